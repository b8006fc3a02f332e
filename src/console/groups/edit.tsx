import Alert from '@cloudscape-design/components/alert'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import { aws } from '../api/call.ts'
import { useNotices } from '../frame/notices.tsx'
import { Dialog } from '../parts/dialog.tsx'
import type { Group } from './group.ts'

/** Another name or path. */
export function EditGroup({ group, close }: { readonly group: Group; readonly close: () => void }) {
  const queryClient = useQueryClient()
  const router = useRouter()
  const { done } = useNotices()
  const [name, setName] = useState(group.GroupName)
  const [path, setPath] = useState(group.Path)
  return (
    <Dialog
      title={`Rename or move ${group.GroupName}`}
      verb="Save changes"
      ready={name !== '' && path !== '' && (name !== group.GroupName || path !== group.Path)}
      failedTitle="Nothing is changed"
      close={close}
      act={async () => {
        await aws('iam', 'UpdateGroup', {
          GroupName: group.GroupName,
          NewGroupName: name === group.GroupName ? undefined : name,
          NewPath: path === group.Path ? undefined : path,
        })
        done('The user group is changed.')
        await router.navigate({ to: '/groups/$groupName', params: { groupName: name } })
        await Promise.all(
          ['group', 'user', 'table'].map((first) => queryClient.invalidateQueries({ queryKey: [first] })),
        )
      }}
    >
      <FormField label="User group name" constraintText="Letters, digits and + = , . @ - _, 128 at most.">
        <Input value={name} onChange={({ detail }) => setName(detail.value)} autoComplete={false} spellcheck={false} />
      </FormField>
      <FormField label="Path" constraintText="Begins and ends with /.">
        <Input value={path} onChange={({ detail }) => setPath(detail.value)} autoComplete={false} spellcheck={false} />
      </FormField>
      <Alert type="info">The ARN changes with it. Users and policies of the group stay.</Alert>
    </Dialog>
  )
}
