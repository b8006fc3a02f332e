import { arnOf, type Home } from '../model/arn-of.ts'
import type { Role, User } from '../model/entities.ts'
import { addTags } from './request-conditions.ts'

/**
 * The condition keys that any request of a user or of a role's sessions carries, whenever and from wherever it is made: who
 * it is, in the words of `requestConditions`. What depends on the request or on its session is not among them.
 */
export function callerConditions(home: Home, caller: User | Role): ReadonlyMap<string, readonly string[]> {
  const conditions = new Map<string, readonly string[]>([
    ['aws:principaltype', [caller.kind === 'user' ? 'User' : 'AssumedRole']],
    ['aws:principalisawsservice', ['false']],
    ['aws:principalaccount', [home.id]],
    ['aws:principalarn', [arnOf(home, caller)]],
    ['aws:viaawsservice', ['false']],
  ])
  if (caller.kind === 'user') {
    conditions.set('aws:userid', [caller.id])
    conditions.set('aws:username', [caller.name])
  }
  addTags(conditions, 'aws:principaltag/', caller.tags)
  return conditions
}
