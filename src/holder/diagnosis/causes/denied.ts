import type { Scene } from '../scene.ts'
import type { Evidence } from '../verdict.ts'
import { type Cause, cure, evidence, type Found, found } from './cause.ts'

/** The credentials are good and the answer is no: what the decoded message of the refusal says. */
export const deniedCauses: readonly Cause[] = [
  { id: 'explicitly-denied', failsAt: ['denied'], look: (scene) => (isExplicit(scene) ? denied(scene) : null) },
  {
    id: 'permission-missing',
    failsAt: ['denied'],
    look: (scene) => (isExplicit(scene) === false ? denied(scene) : null),
  },
]

function isExplicit({ told }: Scene): boolean | null {
  return told?.message?.explicitDeny ?? null
}

function denied({ told, refusal }: Scene): Found | null {
  const message = told?.message ?? null
  if (message === null) return null
  const at = { probe: 'sts-decode-message' }
  const { action, resource, principal, statements, explicitDeny } = message
  // The refusal itself may have said it.
  const isNamed = refusal !== null && /\bUser: arn:/.test(refusal.reply.message)
  const facts: Evidence[] = [
    evidence(
      explicitDeny
        ? `The decoded message says that a policy denies ${action ?? 'the action'} on purpose`
        : `The decoded message says that nothing allows ${action ?? 'the action'}`,
      at,
    ),
  ]
  if (resource !== null)
    facts.push(
      evidence(
        `It was asked for ${resource === '*' ? 'everything (*)' : resource}${principal === null || isNamed ? '' : ` by ${principal}`}`,
        at,
      ),
    )
  if (statements.length > 0)
    facts.push(evidence(`The statement that decided is ${statements.slice(0, 4).join(', ')}`, at))
  return found(
    'proven',
    explicitDeny
      ? 'The credentials are fine; a policy denies the action'
      : 'The credentials are fine; a permission is missing',
    facts,
    cure(explicitDeny ? 'Have that policy changed' : `Have a policy allow ${action ?? 'the action'}`),
  )
}
