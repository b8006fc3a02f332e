import type { Group, ManagedPolicy, Role, User } from '../model/entities.ts'
import { reservedPath } from '../model/identity-center.ts'
import type { Change } from '../model/store.ts'
import { findAwsManagedPolicy, policySize } from '../policy/index.ts'
import { faultOfDocument, percentEncoded } from './documents.ts'
import type { ActionContext } from './grid.ts'
import { nameKey, type PageRequest, page } from './pages.ts'
import { quotas } from './quotas.ts'
import {
  invalidInput,
  invalidParameter,
  isRefused,
  keptByAws,
  noSuch,
  overLimit,
  overQuota,
  type Refused,
} from './sentences.ts'
import { type Plan, put } from './write.ts'

/** Who holds policies: users, groups and roles alike. */
export type Holder = User | Group | Role

export function userHolder(name: string, context: ActionContext): User | Refused {
  return context.directory.userNamed(name) ?? noSuch.user(name)
}

export function groupHolder(name: string, context: ActionContext): Group | Refused {
  return context.directory.groupNamed(name) ?? noSuch.group(name)
}

export function roleHolder(name: string, context: ActionContext): Role | Refused {
  return context.directory.roleNamed(name) ?? noSuch.role(name)
}

/** Who may be changed by IAM: not the roles that Identity Center makes (seen in rebuy-de/aws-nuke#441 and #1028). */
export function changeable<T extends Holder>(holder: T | Refused): T | Refused {
  if (isRefused(holder) || !holder.path.startsWith(reservedPath)) return holder
  const says = `Cannot perform the operation on the protected role '${holder.name}' - this role is only modifiable by AWS`
  return { refused: { reason: 'unmodifiable', says } }
}

export function changeableRole(name: string, context: ActionContext): Role | Refused {
  return changeable(roleHolder(name, context))
}

/** A customer's or an AWS managed policy of this partition. */
export function findPolicy(
  arn: string,
  context: Pick<ActionContext, 'directory' | 'partition'>,
): ManagedPolicy | undefined {
  return (
    context.directory.policy(arn) ??
    (arn.startsWith(`arn:${context.partition}:`) ? findAwsManagedPolicy(arn) : undefined)
  )
}

export function isAwsManaged(arn: string): boolean {
  return /^arn:[a-z-]+:iam::aws:policy\//.test(arn)
}

/** A policy that may be changed: AWS's own may not, by anyone. `change` is what IAM calls that: `delete policies`. */
export function ownPolicy(change: string, arn: string, context: ActionContext): ManagedPolicy | Refused {
  if (isAwsManaged(arn)) return keptByAws(change)
  return context.directory.policy(arn) ?? noSuch.policy(arn)
}

function isPolicyArn(arn: string): boolean {
  return /^arn:[a-z-]+:iam::(\d{12}|aws):policy\//.test(arn)
}

/** The policy that is to bound a user or a role. */
export function boundaryPolicy(arn: string, context: ActionContext): ManagedPolicy | Refused {
  if (!isPolicyArn(arn)) return invalidInput(`ARN ${arn} is not valid.`)
  return findPolicy(arn, context) ?? noSuch.boundaryPolicy(arn)
}

/** Holds a policy in place until the commit, so that it is not deleted while it is being attached. AWS's own cannot go. */
export function holding(policy: ManagedPolicy, context: Pick<ActionContext, 'directory'>): readonly Change[] {
  return isAwsManaged(policy.arn) ? [] : [put(context.directory, policy)]
}

type Done = Readonly<Record<string, never>>

const limits = {
  user: { attached: quotas.attachedPoliciesPerUser, quota: 'PoliciesPerUser', inlineSize: quotas.userPolicySize },
  group: { attached: quotas.attachedPoliciesPerGroup, quota: 'PoliciesPerGroup', inlineSize: quotas.groupPolicySize },
  role: { attached: quotas.attachedPoliciesPerRole, quota: 'PoliciesPerRole', inlineSize: quotas.rolePolicySize },
} as const

export function attach(holder: Holder | Refused, arn: string, context: ActionContext): Plan<Done> {
  if (isRefused(holder)) return holder
  if (!isPolicyArn(arn)) return invalidParameter(`ARN ${arn} is not valid.`)
  const policy = findPolicy(arn, context)
  if (policy === undefined) return noSuch.attachablePolicy(arn)
  if (holder.attachedPolicies.includes(policy.arn)) return { ok: {}, changes: [] }
  const { attached: limit, quota } = limits[holder.kind]
  if (holder.attachedPolicies.length >= limit) return overQuota(quota, limit)
  const attached = { ...holder, attachedPolicies: [...holder.attachedPolicies, policy.arn] }
  return { ok: {}, changes: [...holding(policy, context), put(context.directory, attached)] }
}

export function detach(holder: Holder | Refused, arn: string, context: ActionContext): Plan<Done> {
  if (isRefused(holder)) return holder
  if (!holder.attachedPolicies.includes(arn)) return noSuch.policy(arn)
  const detached = { ...holder, attachedPolicies: holder.attachedPolicies.filter((other) => other !== arn) }
  return { ok: {}, changes: [put(context.directory, detached)] }
}

export function listAttached(
  holder: Holder | Refused,
  operation: string,
  input: PageRequest & { readonly PathPrefix?: string | undefined },
  context: ActionContext,
) {
  if (isRefused(holder)) return holder
  const policies = holder.attachedPolicies
    .map((arn) => findPolicy(arn, context))
    .filter((policy) => policy?.path.startsWith(input.PathPrefix ?? '/') === true) as readonly ManagedPolicy[]
  const some = page(context, operation, input, policies, (policy) => `${nameKey(policy.name)} ${policy.arn}`)
  if (isRefused(some)) return some
  return {
    ok: {
      AttachedPolicies: some.items.map((policy) => ({ PolicyName: policy.name, PolicyArn: policy.arn })),
      ...some.end,
    },
  }
}

export function putInline(
  holder: Holder | Refused,
  name: string,
  document: string,
  context: ActionContext,
): Plan<Done> {
  if (isRefused(holder)) return holder
  const fault = faultOfDocument(document, 'identity', name)
  if (fault !== null) return fault
  const inlinePolicies = { ...holder.inlinePolicies, [inlineName(holder, name) ?? name]: document }
  const size = Object.values(inlinePolicies).reduce((sum, text) => sum + policySize(text), 0)
  const limit = limits[holder.kind].inlineSize
  if (size > limit) return overLimit(`Maximum policy size of ${limit} bytes exceeded for ${holder.kind} ${holder.name}`)
  return { ok: {}, changes: [put(context.directory, { ...holder, inlinePolicies })] }
}

/** The text of an inline policy as replies carry it. */
export function inlineText(holder: Holder, name: string): string | Refused {
  const found = inlineName(holder, name)
  const document = found === undefined ? undefined : holder.inlinePolicies[found]
  return document === undefined ? noSuch.inlinePolicy(holder.kind, name) : percentEncoded(document)
}

export function deleteInline(holder: Holder | Refused, name: string, context: ActionContext): Plan<Done> {
  if (isRefused(holder)) return holder
  const found = inlineName(holder, name)
  if (found === undefined) return noSuch.inlinePolicy(holder.kind, name)
  const { [found]: _gone, ...inlinePolicies } = holder.inlinePolicies
  return { ok: {}, changes: [put(context.directory, { ...holder, inlinePolicies })] }
}

export function listInline(holder: Holder | Refused, operation: string, input: PageRequest, context: ActionContext) {
  if (isRefused(holder)) return holder
  const some = page(context, operation, input, Object.keys(holder.inlinePolicies), (name) => name)
  return isRefused(some) ? some : { ok: { PolicyNames: some.items, ...some.end } }
}

/** Sets the boundary, or takes it away with null. */
export function bound(holder: User | Role | Refused, arn: string | null, context: ActionContext): Plan<Done> {
  if (isRefused(holder)) return holder
  if (arn === null) {
    if (holder.boundary === null) return noSuch.boundary(holder.kind, holder.name)
    return { ok: {}, changes: [put(context.directory, { ...holder, boundary: null })] }
  }
  const policy = boundaryPolicy(arn, context)
  if (isRefused(policy)) return policy
  const bounded = { ...holder, boundary: policy.arn }
  return { ok: {}, changes: [...holding(policy, context), put(context.directory, bounded)] }
}

/**
 * The name, as it was first written, of an inline policy: names compare without case, and the first spelling stays (radkawar/stackd,
 * `testdata/aws/iam/policy_management.json`, September 2026).
 */
function inlineName({ inlinePolicies }: Holder, name: string): string | undefined {
  if (Object.hasOwn(inlinePolicies, name)) return name
  const wanted = name.toLowerCase()
  return Object.keys(inlinePolicies).find((one) => one.toLowerCase() === wanted)
}
