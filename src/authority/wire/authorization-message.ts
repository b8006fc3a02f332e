import type { ActionContext } from '../actions/grid.ts'
import type { Refusal } from '../model/refusal.ts'
import { sealMessage } from '../sessions/sealed-message.ts'

/**
 * A denial in the form that DecodeAuthorizationMessage gives back (STS API Reference, its example), sealed; null where it
 * would be too long or nothing was denied by a policy.
 */
export function sealDenial(refusal: Refusal, context: ActionContext): string | null {
  if (refusal.reason !== 'not-authorized') return null
  const { principal, conditions, account, directory } = context
  const matched =
    refusal.statement === null
      ? []
      : [{ statementId: refusal.statement, effect: refusal.verdict.kind === 'explicit' ? 'DENY' : 'ALLOW' }]
  const message = {
    allowed: false,
    explicitDeny: refusal.verdict.kind === 'explicit',
    matchedStatements: { items: matched },
    failures: { items: [] },
    context: {
      principal: { id: principal.userId, name: nameOf(principal), arn: principal.arn },
      action: refusal.action,
      resource: refusal.resource,
      conditions: {
        items: [...conditions].map(([key, values]) => ({
          key,
          values: { items: values.map((value) => ({ value })) },
        })),
      },
    },
  }
  return sealMessage(JSON.stringify(message), account, directory.ringKeys())
}

function nameOf(principal: ActionContext['principal']): string {
  if (principal.type === 'user') return principal.userName
  return principal.arn.split(/[/:]/).at(-1) ?? ''
}
