import { randomBytes } from 'node:crypto'
import { mintUniqueId } from '../../../anatomy/access-key-id.ts'
import { policyArn } from '../../model/arn-of.ts'
import type { CustomerPolicy, ManagedPolicy, PermissionSet, Role, User } from '../../model/entities.ts'
import {
  durationSeconds,
  permissionSetArn,
  reservedPath,
  reservedRoleName,
  samlProviderArn,
} from '../../model/identity-center.ts'
import type { Change } from '../../model/store.ts'
import type { ActionContext } from '../grid.ts'
import { findPolicy, holding } from '../holders.ts'
import { quotas } from '../quotas.ts'
import { overQuota, taken } from '../sentences.ts'
import { type Plan, put, remove, wholeSeconds } from '../write.ts'

type Context = Pick<ActionContext, 'account' | 'partition' | 'directory' | 'now'>
type Provisioned = { readonly changes: readonly Change[] } | { readonly failure: string }

/** The inline policy of a permission set stands in its role under this name. */
const inlinePolicyName = 'AwsSSOInlinePolicy'
/** Of every role that Identity Center makes, whatever the permission set says; that counts for each session. */
const longestSession = 43_200
const shortestSession = 3_600

export interface NewPermissionSet {
  readonly name: string
  readonly description?: string | undefined
  readonly sessionDuration?: string | undefined
  readonly relayState?: string | undefined
  readonly tags?: PermissionSet['tags']
  readonly managedPolicies?: readonly string[]
}

export function planPermissionSet(wanted: NewPermissionSet, context: Context): Plan<PermissionSet> {
  const { directory } = context
  const present = directory.permissionSets()
  if (present.some((set) => set.name.toLowerCase() === wanted.name.toLowerCase()))
    return taken(`PermissionSet with name ${wanted.name} already exists.`)
  if (present.length >= quotas.permissionSets) return overQuota('PermissionSetsPerInstance', quotas.permissionSets)
  const set: PermissionSet = {
    kind: 'permission-set',
    arn: permissionSetArn(directory.account, `ps-${randomBytes(8).toString('hex')}`),
    name: wanted.name,
    description: wanted.description ?? null,
    createdAt: wholeSeconds(context.now),
    sessionDuration: wanted.sessionDuration ?? 'PT1H',
    relayState: wanted.relayState ?? null,
    tags: wanted.tags ?? [],
    inlinePolicy: null,
    managedPolicies: wanted.managedPolicies ?? [],
    customerPolicies: [],
    boundary: null,
    assignedTo: [],
    roleId: null,
    roleSeconds: shortestSession,
    provisioned: false,
  }
  return { ok: set, changes: [put(directory, set)] }
}

/**
 * Gives the set to a user: the role is made of it where there is none, and brought up to date where there is one, as AWS does with each
 * assignment (IAM Identity Center User Guide, "Create, manage, and delete permission sets").
 */
export function planAssignment(set: PermissionSet, user: User, context: Context): Provisioned {
  const assignedTo = set.assignedTo.includes(user.id) ? set.assignedTo : [...set.assignedTo, user.id]
  if (assignedTo.length > quotas.assignmentsPerPermissionSet)
    return { failure: 'The permission set is assigned to as many people as it can be.' }
  return planProvisioning({ ...set, assignedTo }, context)
}

/** Takes it from the user; with the last one the role goes, and with it every session of it. */
export function planUnassignment(set: PermissionSet, userId: string, { directory }: Context): readonly Change[] {
  const assignedTo = set.assignedTo.filter((id) => id !== userId)
  if (assignedTo.length > 0) return [put(directory, { ...set, assignedTo })]
  const role = set.roleId === null ? undefined : directory.role(set.roleId)
  return [
    put(directory, { ...set, assignedTo, roleId: null, provisioned: false }),
    ...(role === undefined ? [] : [remove(directory, role)]),
  ]
}

/** Makes the role of a permission set, or makes it what the set is now. Fails where a policy that the set names is not there. */
export function planProvisioning(set: PermissionSet, context: Context): Provisioned {
  const { directory } = context
  const policies: ManagedPolicy[] = []
  const named = [...set.managedPolicies, ...set.customerPolicies.map((policy) => arnOfCustomerPolicy(policy, context))]
  const bound = set.boundary === null ? null : boundaryArn(set.boundary, context)
  for (const arn of bound === null ? named : [...named, bound]) {
    const policy = findPolicy(arn, context)
    if (policy === undefined) return { failure: `Policy ${arn} does not exist or is not attachable.` }
    policies.push(policy)
  }
  const before = set.roleId === null ? undefined : directory.role(set.roleId)
  const role: Role = {
    kind: 'role',
    id: before?.id ?? mintUniqueId('AROA', context.account, randomBytes(8)),
    name: reservedRoleName(directory.account, set),
    path: reservedPath,
    createdAt: before?.createdAt ?? wholeSeconds(context.now),
    description: set.description,
    trustPolicy: trustPolicyText(context),
    trustPrincipals: {},
    maxSessionDuration: longestSession,
    tags: [],
    boundary: bound,
    inlinePolicies: set.inlinePolicy === null ? {} : { [inlinePolicyName]: set.inlinePolicy },
    attachedPolicies: named,
  }
  const held = policies.flatMap((policy) => holding(policy, context))
  const roleSeconds = durationSeconds(set.sessionDuration) ?? shortestSession
  const provisioned = { ...set, roleId: role.id, roleSeconds, provisioned: true }
  return { changes: [...held, put(directory, role), put(directory, provisioned)] }
}

export function arnOfCustomerPolicy(policy: CustomerPolicy, { directory }: Pick<Context, 'directory'>): string {
  return policyArn(directory.account, policy)
}

function boundaryArn(boundary: NonNullable<PermissionSet['boundary']>, context: Context): string {
  return 'managed' in boundary ? boundary.managed : arnOfCustomerPolicy(boundary.customer, context)
}

/** As AWS writes it, but for the name of the provider. */
function trustPolicyText({ directory }: Context): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: samlProviderArn(directory.account) },
        Action: ['sts:AssumeRoleWithSAML', 'sts:TagSession'],
        Condition: { StringEquals: { 'SAML:aud': samlAudience } },
      },
    ],
  })
}

/** Whom SAML assertions for AWS are meant for. */
export const samlAudience = 'https://signin.aws.amazon.com/saml'
