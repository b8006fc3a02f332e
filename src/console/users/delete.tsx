import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useNotices } from '../frame/notices.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { Failure } from '../parts/failure.tsx'
import { runInOrder, StepList } from '../parts/in-order.tsx'
import { Loading } from '../parts/loading.tsx'
import { planDeletion } from './deletion.ts'

/** Lists what goes with a user, deletes all of it in order, and says where it stopped if something is refused. */
export function DeleteUser(props: {
  readonly userName: string
  readonly close: () => void
  readonly gone?: () => void
}) {
  const { userName, close, gone } = props
  const queryClient = useQueryClient()
  const notices = useNotices()
  const { data: steps, error } = useQuery({
    queryKey: ['deletion', userName],
    queryFn: () => planDeletion(userName),
    // What is shown is what will be done: a list that changes while it is read would be neither.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
  const [done, setDone] = useState(0)
  const [state, setState] = useState<'waiting' | 'running' | 'stopped'>('waiting')
  const readAnew = () =>
    Promise.all([
      queryClient.invalidateQueries({ queryKey: ['user', userName] }),
      queryClient.invalidateQueries({ queryKey: ['group'] }),
      queryClient.invalidateQueries({ queryKey: ['table'] }),
    ])
  return (
    <Confirm
      title={`Delete ${userName}?`}
      verb="Delete user"
      typed={userName}
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
        notices.done(`The user ${userName} is deleted.`)
        gone?.()
        queryClient.removeQueries({ queryKey: ['user', userName] })
        await readAnew()
      }}
    >
      <Failure error={error} title="What belongs to the user cannot be listed" />
      {steps === undefined ? (
        error === null ? (
          <Loading />
        ) : null
      ) : (
        <>
          <p>
            {steps.length === 1
              ? 'It has no keys, devices, policies or groups. None of this can be taken back:'
              : 'This is done, one after the other, and cannot be taken back:'}
          </p>
          <StepList steps={steps} done={done} state={state} />
        </>
      )}
    </Confirm>
  )
}
