import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useNotices } from '../frame/notices.tsx'
import { Confirm } from './confirm.tsx'
import { Failure } from './failure.tsx'
import { runInOrder, type Step, StepList } from './in-order.tsx'
import { Loading } from './loading.tsx'

/**
 * Lists what goes with a user or a user group, deletes all of it in order, and says where it stopped if something is refused.
 * `plan` gives the steps as of now, `before` what is said above them.
 */
export function DeleteInOrder(props: {
  readonly kind: 'user' | 'group'
  readonly name: string
  readonly plan: () => Promise<readonly Step[]>
  readonly before: (steps: readonly Step[]) => ReactNode
  readonly close: () => void
  readonly gone?: (() => void) | undefined
}) {
  const { kind, name, plan, before, close, gone } = props
  const queryClient = useQueryClient()
  const notices = useNotices()
  const { data: steps, error } = useQuery({
    queryKey: ['deletion', kind, name],
    queryFn: plan,
    // What is shown is what will be done: a list that changes while it is read would be neither.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
  const [done, setDone] = useState(0)
  const [state, setState] = useState<'waiting' | 'running' | 'stopped'>('waiting')
  const readAnew = () =>
    Promise.all(['group', 'user', 'table'].map((first) => queryClient.invalidateQueries({ queryKey: [first] })))
  return (
    <Confirm
      title={`Delete ${name}?`}
      verb={`Delete ${kind}`}
      typed={name}
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
        notices.done(`The ${kind === 'group' ? 'user group' : 'user'} ${name} is deleted.`)
        gone?.()
        queryClient.removeQueries({ queryKey: [kind, name] })
        await readAnew()
      }}
    >
      <Failure error={error} title={`What belongs to the ${kind} cannot be listed`} />
      {steps === undefined ? (
        error === null ? (
          <Loading />
        ) : null
      ) : (
        <>
          <p>{before(steps)}</p>
          <StepList steps={steps} done={done} state={state} />
        </>
      )}
    </Confirm>
  )
}
