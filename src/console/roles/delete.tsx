import SpaceBetween from '@cloudscape-design/components/space-between'
import { useQueryClient } from '@tanstack/react-query'
import { aws } from '../api/call.ts'
import { useNotices } from '../frame/notices.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { heldQuery, removeHeld } from '../parts/holders.ts'
import { instanceProfilesQuery } from './data.ts'

/** Deletes a role with all that hangs on it, as AWS's console does. */
export function DeleteRole(props: { readonly name: string; readonly close: () => void; readonly gone?: () => void }) {
  const { name, close, gone } = props
  const queryClient = useQueryClient()
  const notices = useNotices()
  return (
    <Confirm
      title={`Delete ${name}?`}
      verb="Delete"
      typed={name}
      close={close}
      act={async () => {
        const now = { staleTime: 0 }
        const profiles = await queryClient.fetchQuery({ ...instanceProfilesQuery(name), ...now })
        for (const { InstanceProfileName } of profiles) {
          await aws('iam', 'RemoveRoleFromInstanceProfile', { InstanceProfileName, RoleName: name })
          // The one that the console made along with the role.
          if (InstanceProfileName === name) await aws('iam', 'DeleteInstanceProfile', { InstanceProfileName })
        }
        for (const policy of await queryClient.fetchQuery({ ...heldQuery({ kind: 'role', name }), ...now }))
          await removeHeld(policy)
        await aws('iam', 'DeleteRole', { RoleName: name })
        gone?.()
        notices.done(`The role ${name} is deleted.`)
        queryClient.removeQueries({ queryKey: ['role', name] })
        await queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' })
      }}
    >
      <SpaceBetween size="xs">
        <div>
          Its inline policies are deleted and its managed ones detached; it is taken out of its instance profiles, and
          the one of the same name is deleted.
        </div>
        <div>
          Whoever uses it now is refused from the next request on, and nobody can assume it any more. This cannot be
          undone: a new role of the same name is another one to the policies that name it.
        </div>
      </SpaceBetween>
    </Confirm>
  )
}
