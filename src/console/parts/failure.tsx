import Alert from '@cloudscape-design/components/alert'
import { useRouterState } from '@tanstack/react-router'
import { awsCodeOf, faultsOf, requestIdOf, statusOf } from '../api/failure.ts'
import { To } from './to.tsx'

/** What the authority said when it refused, and the way to why. */
export function Failure({ error, title }: { readonly error: unknown; readonly title?: string }) {
  const code = awsCodeOf(error)
  const requestId = requestIdOf(error)
  // Whoever may not see one decision may not see that on it either.
  const isDecision = useRouterState({ select: ({ location }) => location.pathname.startsWith('/decisions/') })
  if (error === null || error === undefined) return null
  return (
    <Alert type="error" header={title ?? 'That did not work'}>
      {error instanceof Error ? error.message : 'Something went wrong.'}
      {faultsOf(error).map((fault) => ` ${fault}`)}
      {code === null ? null : ` (${code})`}
      {statusOf(error) === 0 ? ' When it is back, pages fill by themselves; try again what you were changing.' : null}
      {requestId === null || code !== 'AccessDenied' || isDecision ? null : (
        <>
          {' '}
          <To to={`/decisions/${requestId}`}>Why was it refused?</To>
        </>
      )}
    </Alert>
  )
}
