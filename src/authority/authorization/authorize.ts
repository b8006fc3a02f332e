import type { Directory } from '../directory/directory.ts'
import type { Permission } from '../model/permission.ts'
import type { Principal } from '../model/principal.ts'
import type { DenialReason, Refusal } from '../model/refusal.ts'
import { decide, type PolicyRequest, type PolicySet, type PolicyVerdict } from '../policy/index.ts'
import { callerOf, policiesOf } from './policies-of.ts'
import { addTags } from './request-conditions.ts'

export type Authorization =
  | { readonly allowed: true; readonly statement: string | null }
  | { readonly allowed: false; readonly refusal: Refusal }

/** A refusal names the caller and the permission besides the verdict. */
type Denied = Extract<PolicyVerdict, { allowed: false }>
type Conditions = ReadonlyMap<string, readonly string[]>

/**
 * May the principal do what `permission` says, by its own policies? `conditions` are the request's global keys
 * (`requestConditions`); the permission's own keys and the tags of its entity are added here. A refusal is
 * `not-authorized`, with its cause: `explicitly-denied`, `permission-missing`, or `mfa-required` when the same request
 * with MFA would have been allowed.
 */
export function authorize(question: {
  readonly principal: Principal
  readonly directory: Pick<Directory, 'account' | 'user' | 'group' | 'role' | 'policy'>
  readonly conditions: Conditions
  readonly permission: Permission
}): Authorization {
  const { principal, directory, permission } = question
  const set: PolicySet = {
    ...policiesOf(principal, directory),
    resource: null,
    resourceKind: 'resource-based',
    sameAccount: principal.account === directory.account.id,
  }
  const request: PolicyRequest = {
    action: permission.action,
    resource: permission.resource,
    conditions: permissionConditions(question.conditions, permission, directory.account.id),
    caller: callerOf(principal),
  }
  return judge(set, request, principal)
}

/** Decides, and says why not in the words of the decision log. */
export function judge(set: PolicySet, request: PolicyRequest, principal: Principal): Authorization {
  const verdict = decide(set, request)
  if (verdict.allowed) return verdict
  const { action, resource } = request
  return {
    allowed: false,
    refusal: {
      reason: 'not-authorized',
      principal: principal.arn,
      action,
      resource,
      verdict: verdict.reason,
      statement: verdict.statement,
      ...explainDenial(verdict, set, request),
    },
  }
}

function permissionConditions(global: Conditions, permission: Permission, account: string): Conditions {
  const conditions = new Map(global)
  conditions.set('aws:resourceaccount', [account])
  const { entity } = permission
  if (entity !== undefined && 'tags' in entity) {
    addTags(conditions, 'aws:resourcetag/', entity.tags)
    addTags(conditions, 'iam:resourcetag/', entity.tags)
  }
  for (const [key, values] of permission.conditions ?? []) conditions.set(key, values)
  return conditions
}

function explainDenial(verdict: Denied, set: PolicySet, request: PolicyRequest): Pick<Refusal, 'cause' | 'evidence'> {
  const plain = describeDenial(verdict, request)
  const withMfa = decide(set, withFreshMfa(request))
  if (!withMfa.allowed) return { cause: causeOf(verdict.reason), evidence: [plain] }
  const present = request.conditions.get('aws:multifactorauthpresent')?.[0] ?? 'absent'
  const age = request.conditions.get('aws:multifactorauthage')?.[0]
  return {
    cause: 'mfa-required',
    evidence: [
      plain,
      `aws:MultiFactorAuthPresent is ${present}${age === undefined ? '' : `, aws:MultiFactorAuthAge is ${age} seconds`}.`,
      `With multi-factor authentication just now the same request would be allowed${
        withMfa.statement === null ? '' : ` by ${withMfa.statement}`
      }.`,
    ],
  }
}

function withFreshMfa(request: PolicyRequest): PolicyRequest {
  const conditions = new Map(request.conditions)
  conditions.set('aws:multifactorauthpresent', ['true'])
  conditions.set('aws:multifactorauthage', ['0'])
  return { ...request, conditions }
}

/** AWS attaches one of these to the user of a key that it has found in public (IAM, "AWSCompromisedKeyQuarantineV3"). */
const quarantine = /:policy\/AWSCompromisedKeyQuarantine(?:V\d+)?$/

/**
 * C78 is a missing allow of the caller's own policies, C10 a denial of AWS's own quarantine; whatever else limits him is C79
 * (`causes.md`).
 */
function causeOf(reason: DenialReason): 'permission-missing' | 'explicitly-denied' | 'key-quarantined' {
  if (reason.kind === 'unstated') return 'permission-missing'
  if (reason.kind === 'explicit' && quarantine.test(reason.policyArn ?? '')) return 'key-quarantined'
  return reason.kind === 'implicit' && reason.policyType === 'identity-based'
    ? 'permission-missing'
    : 'explicitly-denied'
}

const policyNames = {
  'identity-based': { a: 'an', name: 'identity-based policy' },
  'resource-based': { a: 'a', name: 'resource-based policy' },
  session: { a: 'a', name: 'session policy' },
  'permissions-boundary': { a: 'a', name: 'permissions boundary' },
  trust: { a: 'the', name: 'role trust policy' },
} as const

function describeDenial({ reason, statement }: Denied, { action, resource }: PolicyRequest): string {
  switch (reason.kind) {
    case 'implicit':
      return `No ${policyNames[reason.policyType].name} allows ${action} on ${resource}.`
    case 'explicit':
      return `Statement ${statement} of ${policyNames[reason.policyType].a} ${policyNames[reason.policyType].name} denies ${action} on ${resource}.`
    case 'unstated':
      return `${action} on ${resource} is not allowed on both sides of two accounts.`
  }
}
