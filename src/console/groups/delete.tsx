import { aws, awsAll } from '../api/call.ts'
import { DeleteInOrder } from '../parts/delete-in-order.tsx'
import { heldBy, removeHeld } from '../parts/holders.ts'
import { type Step, unlessGone } from '../parts/in-order.tsx'
import type { Member } from './group.ts'

/** What has to be done before a user group can go (API reference, DeleteGroup), as of now, and then that. */
async function planDeletion(groupName: string): Promise<readonly Step[]> {
  const group = { GroupName: groupName }
  const [members, held] = await Promise.all([
    awsAll<Member>('GetGroup', 'Users', group),
    heldBy({ kind: 'group', name: groupName }),
  ])
  return [
    ...members.map(({ UserName }) => ({
      says: `Remove user ${UserName}`,
      run: () => unlessGone(aws('iam', 'RemoveUserFromGroup', { ...group, UserName })),
    })),
    ...held.map((policy) => ({
      says: `${policy.arn === null ? 'Delete inline' : 'Detach'} policy ${policy.name}`,
      run: () => unlessGone(removeHeld(policy)),
    })),
    { says: `Delete user group ${groupName}`, run: () => unlessGone(aws('iam', 'DeleteGroup', group)) },
  ]
}

/** Deletes a user group with all that hangs on it; its users stay. */
export function DeleteGroup(props: {
  readonly groupName: string
  readonly close: () => void
  readonly gone?: () => void
}) {
  const { groupName, close, gone } = props
  return (
    <DeleteInOrder
      kind="group"
      name={groupName}
      plan={() => planDeletion(groupName)}
      before={() => 'Its users stay, but lose what only this group allows. This is done, one after the other:'}
      close={close}
      gone={gone}
    />
  )
}
