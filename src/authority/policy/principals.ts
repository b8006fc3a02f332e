import type { PolicyRequest, PrincipalMatch } from './policy.ts'

/** What a `Principal` or `NotPrincipal` element names, by kind. `AWS: "*"` and a bare `"*"` both stand as `AWS: ["*"]`. */
export interface PrincipalElement {
  /** It is a bare `"*"`, which trust policies may not have. */
  readonly isStar: boolean
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
  return closerMatch(best, matchVisitor(element, request))
}

function matchVisitor(element: PrincipalElement, { visitor }: PolicyRequest): PrincipalMatch | null {
  if (visitor === undefined) return null
  const named = visitor.kind === 'service' ? element.Service : element.Federated
  return named.includes(visitor.name) ? visitor.kind : null
}

function matchAws(value: string, request: PolicyRequest): PrincipalMatch | null {
  const { caller } = request
  if (value === '*') return 'anyone'
  if (caller === null) return null
  if (value === caller.account || isRootOf(value, caller.account)) return 'account'
  if (value === caller.uniqueId && caller.type !== 'root') return caller.type
  if (value === caller.arn && caller.type === 'role') return isSameEntity(value, request) ? 'role-session' : null
  return namesEntity(value, request) ? (caller.type === 'root' ? null : caller.type) : null
}

/**
 * Does the ARN mean the caller's user or role? Where the policy was saved with unique ids it is about those: it follows
 * who was renamed, an Allow and a Deny alike, and is not about who got the name later (IAM User Guide, "Renaming an IAM
 * user": policies that name the user as the principal go on to name it).
 */
function namesEntity(value: string, request: PolicyRequest): boolean {
  // A session's ARN names that session only, although its role's id was saved with it.
  if (isSessionArn(value)) return false
  if (request.principalIds != null) return isSameEntity(value, request)
  const { caller } = request
  return value === (caller?.type === 'role' ? caller.roleArn : caller?.arn)
}

/** A re-created user or role has its old name but a new id, and the policy was saved about the old one. */
function isSameEntity(value: string, request: PolicyRequest): boolean {
  const { principalIds, caller } = request
  if (principalIds == null) return true
  return Object.hasOwn(principalIds, value) && principalIds[value] === caller?.uniqueId
}

function isSessionArn(value: string): boolean {
  return /^arn:[a-z-]+:sts:/.test(value)
}

function isRootOf(value: string, account: string): boolean {
  return value.endsWith(`:iam::${account}:root`) && /^arn:[a-z-]+:iam::\d{12}:root$/.test(value)
}
