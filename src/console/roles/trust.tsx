import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { aws } from '../api/call.ts'
import { useNotices } from '../frame/notices.tsx'
import { Failure } from '../parts/failure.tsx'
import { PolicyEditor, PolicyText } from '../policies/editor.tsx'
import { type Role, trustPolicyOf } from './data.ts'

/** The tab "Trust relationships": who may assume the role. */
export function TrustRelationships({ role }: { readonly role: Role }) {
  const queryClient = useQueryClient()
  const notices = useNotices()
  const present = trustPolicyOf(role)
  const [text, setText] = useState<string | null>(null)
  const saving = useMutation({
    mutationFn: (document: string) =>
      aws('iam', 'UpdateAssumeRolePolicy', { RoleName: role.RoleName, PolicyDocument: document }),
    onSuccess: async () => {
      notices.done('The trust policy is saved.')
      await queryClient.invalidateQueries({ queryKey: ['role', role.RoleName] })
      await queryClient.invalidateQueries({ queryKey: ['table'] })
      setText(null)
    },
  })
  const editing = text !== null
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Who may assume this role, and under which conditions."
          actions={
            editing ? (
              <SpaceBetween direction="horizontal" size="xs">
                <Button
                  variant="link"
                  onClick={() => {
                    saving.reset()
                    setText(null)
                  }}
                >
                  Cancel
                </Button>
                <Button
                  variant="primary"
                  disabled={text === present}
                  loading={saving.isPending}
                  onClick={() => saving.mutate(text)}
                >
                  Update policy
                </Button>
              </SpaceBetween>
            ) : (
              <Button onClick={() => setText(present)}>Edit trust policy</Button>
            )
          }
        >
          Trusted entities
        </Header>
      }
    >
      <SpaceBetween size="m">
        <Failure error={saving.error} title="The trust policy is as it was" />
        {editing ? (
          <PolicyEditor kind="trust" label="Trust policy" value={text} onChange={setText} />
        ) : (
          <PolicyText text={present} label="Trust policy" />
        )}
      </SpaceBetween>
    </Container>
  )
}
