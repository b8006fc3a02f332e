import type { Directory } from '../directory/directory.ts'
import type { Role } from '../model/entities.ts'
import type { Principal } from '../model/principal.ts'
import { type CompiledPolicy, compilePolicy, type PolicyRequest, type PolicySet } from '../policy/index.ts'
import { type Authorization, judge } from './authorize.ts'
import { callerOf, policiesOf } from './policies-of.ts'
import { addTags } from './request-conditions.ts'

export interface AssumeRoleQuestion {
  readonly principal: Principal
  /** Undefined: there is no such role. The caller is refused in the same words as when he may not assume it. */
  readonly role: Role | undefined
  /** The ARN that the request named. */
  readonly resource: string
  readonly directory: Pick<Directory, 'account' | 'user' | 'group' | 'role' | 'policy'>
  /**
   * The request's global keys, with those of the call: `sts:externalid`, `sts:rolesessionname`, `sts:sourceidentity`,
   * `aws:requesttag/…`, `aws:tagkeys`, `sts:transitivetagkeys`, and `aws:multifactorauthpresent` when a code was shown.
   */
  readonly conditions: ReadonlyMap<string, readonly string[]>
  /** Does the new session get tags (given or inherited)? Then `sts:TagSession` must be allowed too. */
  readonly tagging: boolean
  /** The source identity of the new session (given or inherited); then `sts:SetSourceIdentity` must be allowed too. */
  readonly sourceIdentity: string | null
}

/**
 * May the principal assume the role? The trust policy must allow it in so many words, also in the same account; where it
 * names the account and not the caller, the caller's own policies must allow it too (`authority.md` §3.3, §5.4).
 */
export function judgeAssumeRole(question: AssumeRoleQuestion): Authorization {
  const { principal, role, resource, directory } = question
  if (principal.type === 'root') {
    return { allowed: false, refusal: { reason: 'root-may-not-assume', cause: 'explicitly-denied' } }
  }
  const set: PolicySet = {
    ...policiesOf(principal, directory),
    resource: role === undefined ? [] : [trustPolicy(role)],
    resourceKind: 'trust',
    sameAccount: principal.account === directory.account.id,
  }
  const request: Omit<PolicyRequest, 'action'> = {
    resource,
    conditions: roleConditions(question),
    caller: callerOf(principal),
    principalIds: role?.trustPrincipals ?? {},
  }
  const actions = ['sts:AssumeRole']
  if (question.tagging) actions.push('sts:TagSession')
  if (question.sourceIdentity !== null) actions.push('sts:SetSourceIdentity')
  let statement: string | null = null
  for (const action of actions) {
    const answer = judge(set, { ...request, action }, principal)
    if (!answer.allowed) return role === undefined ? withoutRole(answer) : answer
    statement ??= answer.statement
  }
  return { allowed: true, statement }
}

function withoutRole(answer: Exclude<Authorization, { allowed: true }>): Authorization {
  return { allowed: false, refusal: { ...answer.refusal, evidence: ['There is no role with this ARN.'] } }
}

/** A trust policy that cannot be read trusts nobody. */
export function trustPolicy(role: Role): CompiledPolicy {
  const result = compilePolicy(role.trustPolicy, { name: 'trust policy', kind: 'trust' })
  return 'ok' in result ? result.ok : { name: 'trust policy', statements: [] }
}

function roleConditions({ role, conditions, directory }: AssumeRoleQuestion): ReadonlyMap<string, readonly string[]> {
  const all = new Map<string, readonly string[]>([['aws:resourceaccount', [directory.account.id]]])
  addTags(all, 'aws:resourcetag/', role?.tags ?? [])
  addTags(all, 'iam:resourcetag/', role?.tags ?? [])
  // The call's own come last: an inherited transitive tag shadows the role's tag of the same key.
  for (const [key, values] of conditions) all.set(key, values)
  return all
}
