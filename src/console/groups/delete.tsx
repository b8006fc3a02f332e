import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { aws, awsAll } from '../api/call.ts'
import { useNotices } from '../frame/notices.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { Failure } from '../parts/failure.tsx'
import { heldBy, removeHeld } from '../parts/holders.ts'
import { runInOrder, type Step, StepList, unlessGone } from '../parts/in-order.tsx'
import { Loading } from '../parts/loading.tsx'
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
  const queryClient = useQueryClient()
  const notices = useNotices()
  const { data: steps, error } = useQuery({
    queryKey: ['deletion', 'group', groupName],
    queryFn: () => planDeletion(groupName),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
  const [done, setDone] = useState(0)
  const [state, setState] = useState<'waiting' | 'running' | 'stopped'>('waiting')
  const readAnew = () =>
    Promise.all(['group', 'user', 'table'].map((first) => queryClient.invalidateQueries({ queryKey: [first] })))
  return (
    <Confirm
      title={`Delete ${groupName}?`}
      verb="Delete group"
      typed={groupName}
      disabled={steps === undefined}
      close={close}
      act={async () => {
        setState('running')
        try {
          await runInOrder(steps ?? [], done, setDone)
        } catch (failure) {
          setState('stopped')
          await readAnew()
          throw failure
        }
        notices.done(`The user group ${groupName} is deleted.`)
        gone?.()
        queryClient.removeQueries({ queryKey: ['group', groupName] })
        await readAnew()
      }}
    >
      <Failure error={error} title="What belongs to the group cannot be listed" />
      {steps === undefined ? (
        error === null ? (
          <Loading />
        ) : null
      ) : (
        <>
          <p>Its users stay, but lose what only this group allows. This is done, one after the other:</p>
          <StepList steps={steps} done={done} state={state} />
        </>
      )}
    </Confirm>
  )
}
