import type { PolicyRequest, PrincipalMatch } from './policy.ts'

/** What a `Principal` or `NotPrincipal` element names, by kind. `AWS: "*"` and a bare `"*"` both stand as `AWS: ["*"]`. */
export interface PrincipalElement {
  readonly AWS: readonly string[]
  readonly Service: readonly string[]
  readonly Federated: readonly string[]
  readonly CanonicalUser: readonly string[]
}

/** The closer a match names the caller, the less has to be allowed besides (`decide.ts`). */
const closeness: Readonly<Record<PrincipalMatch, number>> = {
  account: 0,
  anyone: 1,
  service: 2,
  federated: 2,
  role: 3,
  user: 4,
  'role-session': 5,
}

export function closerMatch(a: PrincipalMatch | null, b: PrincipalMatch | null): PrincipalMatch | null {
  if (a === null || b === null) return a ?? b
  return closeness[a] >= closeness[b] ? a : b
}

/**
 * How the element names the caller, by the closest of its values; null when it does not. There are no partial wildcards
 * (IAM User Guide, "Principal").
 */
export function matchPrincipal(element: PrincipalElement, request: PolicyRequest): PrincipalMatch | null {
  let best: PrincipalMatch | null = null
  for (const value of element.AWS) best = closerMatch(best, matchAws(value, request))
  return best
}

function matchAws(value: string, request: PolicyRequest): PrincipalMatch | null {
  const { caller } = request
  if (value === '*') return 'anyone'
  if (caller === null) return null
  if (value === caller.account || isRootOf(value, caller.account)) return 'account'
  const match = matchOneself(value, caller)
  return match === null || isSameEntity(value, request) ? match : null
}

type Caller = NonNullable<PolicyRequest['caller']>

function matchOneself(value: string, caller: Caller): PrincipalMatch | null {
  if (value === caller.uniqueId && caller.type !== 'root') return caller.type
  if (caller.type === 'user') return value === caller.arn ? 'user' : null
  if (caller.type !== 'role') return null
  if (value === caller.arn) return 'role-session'
  return value === caller.roleArn ? 'role' : null
}

/** A re-created user or role has its old name but a new id, and the policy was saved about the old one. */
function isSameEntity(value: string, request: PolicyRequest): boolean {
  if (request.principalIds == null || value === request.caller?.uniqueId) return true
  return Object.hasOwn(request.principalIds, value) && request.principalIds[value] === request.caller?.uniqueId
}

function isRootOf(value: string, account: string): boolean {
  return value.endsWith(`:iam::${account}:root`) && /^arn:[a-z-]+:iam::\d{12}:root$/.test(value)
}
