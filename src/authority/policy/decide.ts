import type {
  CompiledPolicy,
  CompiledStatement,
  DenialReason,
  PolicyRequest,
  PolicySet,
  PolicyType,
  PolicyVerdict,
  PrincipalMatch,
} from './policy.ts'
import { closerMatch } from './principals.ts'

/**
 * May this be done? AWS's order (IAM User Guide, "Policy evaluation logic"; `authority.md` §5.2–5.4): an explicit deny of
 * any kind ends it; root may do the rest of its own account; what the resource's own policy allows may stand alone; else
 * the identity-based policies must allow, and the boundary and the session policies as well. Pure: the same question has
 * the same answer.
 */
export function decide(set: PolicySet, request: PolicyRequest): PolicyVerdict {
  const denied = explicitDeny(set, request)
  if (denied !== null) return crossAccountBrief(set, denied)
  const grant = resourceGrant(set, request)
  if (set.resourceKind === 'trust' || !set.sameAccount) {
    if (grant === null) return refuse(set, set.resourceKind)
  } else if (set.callerIsRoot) {
    return { allowed: true, statement: grant?.label ?? 'root' }
  }
  return callerSide(set, request, grant)
}

/**
 * Which of the caller's own policies still count when the resource's policy, in the same account, names him in this way
 * (`authority.md` §5.3). For `*` the guide only says that it suffices; a session policy is read as a limit all the same,
 * since whoever passed it wanted one.
 */
const stillCounts: Readonly<Record<PrincipalMatch, { identity?: true; boundary?: true; session?: true }>> = {
  account: { identity: true, boundary: true, session: true },
  role: { boundary: true, session: true },
  anyone: { session: true },
  user: {},
  'role-session': {},
  service: {},
  federated: {},
}

/** The caller's own policies, as far as the resource's policy has not made them needless. */
function callerSide(set: PolicySet, request: PolicyRequest, grant: Grant | null): PolicyVerdict {
  const own = set.sameAccount ? grant : null
  const counts = stillCounts[own?.match ?? 'account']
  let statement = own?.label ?? null
  if (counts.identity) {
    statement = set.callerIsRoot ? 'root' : allowing(set.identity, request)
    if (statement === null) return refuse(set, 'identity-based')
  }
  if (counts.boundary && isSilent(set.boundary, request)) return refuse(set, 'permissions-boundary')
  if (counts.session && isSilent(set.session, request)) return refuse(set, 'session')
  return { allowed: true, statement }
}

function isSilent(policies: readonly CompiledPolicy[] | null, request: PolicyRequest): boolean {
  return policies !== null && allowing(policies, request) === null
}

function refuse(set: PolicySet, policyType: PolicyType): PolicyVerdict {
  return crossAccountBrief(set, { allowed: false, reason: { kind: 'implicit', policyType }, statement: null })
}

/** Another account must not learn which policy refused (`authority.md` §5.10). */
function crossAccountBrief(set: PolicySet, verdict: PolicyVerdict): PolicyVerdict {
  return set.sameAccount || verdict.allowed ? verdict : { ...verdict, reason: { kind: 'unstated' } }
}

function explicitDeny(set: PolicySet, request: PolicyRequest): PolicyVerdict | null {
  const kinds: readonly (readonly [PolicyType, readonly CompiledPolicy[] | null])[] = [
    ['identity-based', set.callerIsRoot ? null : set.identity],
    [set.resourceKind, set.resource],
    ['permissions-boundary', set.callerIsRoot ? null : set.boundary],
    ['session', set.session],
  ]
  for (const [policyType, policies] of kinds) {
    for (const policy of policies ?? []) {
      const statement = policy.statements.find((one) => one.effect === 'Deny' && speaksOf(one, set, request))
      if (statement !== undefined) {
        const policyArn = policy.name.startsWith('arn:') ? policy.name : null
        const reason: DenialReason = { kind: 'explicit', policyType, policyArn }
        return { allowed: false, reason, statement: labelOf(policy, statement) }
      }
    }
  }
  return null
}

/**
 * In a policy with principals the statement must name the caller too. A Deny with NotPrincipal always hits a caller that
 * has a permissions boundary, whatever the element says (IAM User Guide, "NotPrincipal").
 */
export function speaksOf(statement: CompiledStatement, set: PolicySet, request: PolicyRequest): boolean {
  const { principalMatch, exceptsPrincipals } = statement
  const named =
    principalMatch === null || principalMatch(request) !== null || (exceptsPrincipals && set.boundary !== null)
  return named && statement.matches(request)
}

interface Grant {
  readonly match: PrincipalMatch
  readonly label: string
}

/** The allowing statement of the resource's policy that names the caller most closely. */
function resourceGrant(set: PolicySet, request: PolicyRequest): Grant | null {
  let best: Grant | null = null
  for (const policy of set.resource ?? []) {
    for (const statement of policy.statements) {
      if (statement.effect !== 'Allow' || statement.principalMatch === null) continue
      const match = statement.principalMatch(request)
      // Who comes from an identity provider is let in by its name only (radkawar/stackd, `saml_trust_aws.json`, September 2026).
      if (match === null || (match === 'anyone' && request.visitor?.kind === 'federated')) continue
      if (!statement.matches(request)) continue
      if (best === null || (match !== best.match && closerMatch(best.match, match) === match)) {
        best = { match, label: labelOf(policy, statement) }
      }
    }
  }
  return best
}

function allowing(policies: readonly CompiledPolicy[], request: PolicyRequest): string | null {
  for (const policy of policies) {
    const statement = policy.statements.find((one) => one.effect === 'Allow' && one.matches(request))
    if (statement !== undefined) return labelOf(policy, statement)
  }
  return null
}

/**
 * `policy#sid`, or `policy#index` (from 0) where the statement has no Sid; `group/NAME/policy#…` where a group has the policy.
 */
function labelOf(policy: CompiledPolicy, statement: CompiledStatement): string {
  const holder = policy.group === undefined ? '' : `group/${policy.group}/`
  return `${holder}${policy.name}#${statement.sid ?? statement.index}`
}
