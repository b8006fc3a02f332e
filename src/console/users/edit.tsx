import Alert from '@cloudscape-design/components/alert'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import { aws } from '../api/call.ts'
import { sessionQuery } from '../api/session.ts'
import { useNotices } from '../frame/notices.tsx'
import { Dialog } from '../parts/dialog.tsx'
import type { User } from './user.ts'

/** Another name or path: AWS has it in the API only. */
export function EditUser({ user, close }: { readonly user: User; readonly close: () => void }) {
  const queryClient = useQueryClient()
  const router = useRouter()
  const { done } = useNotices()
  const [name, setName] = useState(user.UserName)
  const [path, setPath] = useState(user.Path)
  return (
    <Dialog
      title={`Rename or move ${user.UserName}`}
      verb="Save changes"
      ready={name !== '' && path !== '' && (name !== user.UserName || path !== user.Path)}
      failedTitle="Nothing is changed"
      close={close}
      act={async () => {
        await aws('iam', 'UpdateUser', {
          UserName: user.UserName,
          NewUserName: name === user.UserName ? undefined : name,
          NewPath: path === user.Path ? undefined : path,
        })
        done('The user is changed.')
        await router.navigate({ to: '/users/$userName', params: { userName: name } })
        await Promise.all([
          // It may be oneself.
          queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey }),
          queryClient.invalidateQueries({ queryKey: ['user'] }),
          queryClient.invalidateQueries({ queryKey: ['group'] }),
          queryClient.invalidateQueries({ queryKey: ['table'] }),
        ])
      }}
    >
      <FormField label="User name" constraintText="Letters, digits and + = , . @ - _, 64 at most.">
        <Input value={name} onChange={({ detail }) => setName(detail.value)} autoComplete={false} spellcheck={false} />
      </FormField>
      <FormField label="Path" constraintText="Begins and ends with /.">
        <Input value={path} onChange={({ detail }) => setPath(detail.value)} autoComplete={false} spellcheck={false} />
      </FormField>
      <Alert type="info">
        The ARN changes with it: policies that name the user by its ARN do not fit any more. Keys, groups and policies
        of its own stay.
      </Alert>
    </Dialog>
  )
}
