import { randomBytes } from 'node:crypto'
import { mintUniqueId } from '../../../anatomy/access-key-id.ts'
import { policyArn } from '../../model/arn-of.ts'
import type { ManagedPolicy } from '../../model/entities.ts'
import { listAwsManagedPolicies } from '../../policy/index.ts'
import { faultOfManagedDocument } from '../documents.ts'
import { type ActionContext, action, type ValuesOf } from '../grid.ts'
import { findPolicy, isAwsManaged, ownPolicy } from '../holders.ts'
import {
  iamArn,
  instant,
  maybeText,
  pageReply,
  pageRequest,
  path,
  policyDocument,
  policyName,
  policyPath,
  policyUsage,
  requiredTags,
  tags,
  text,
} from '../members.ts'
import { nameKey, page } from '../pages.ts'
import { quotas } from '../quotas.ts'
import { deleteConflict, exists, invalidParameter, isRefused, noSuch, overQuota } from '../sentences.ts'
import { onNew, onPolicy, permission } from '../subjects.ts'
import { newTags, shownTags, tagConditions, wireTags } from '../tags.ts'
import { put, remove, wholeSeconds, write } from '../write.ts'

/** What all replies about a managed policy have in common. */
export const policyMembers = {
  PolicyName: text,
  PolicyId: text,
  Arn: text,
  Path: text,
  DefaultVersionId: text,
  AttachmentCount: { type: 'integer', required: true },
  PermissionsBoundaryUsageCount: { type: 'integer', required: true },
  IsAttachable: { type: 'boolean', required: true },
  Description: maybeText,
  CreateDate: instant,
  UpdateDate: instant,
} as const

const policyMember = { type: 'structure', required: true, members: { ...policyMembers, Tags: tags } } as const

/** A policy as lists show it: without description and tags (`authority.md` §1.8). */
export function listedPolicy(
  policy: ManagedPolicy,
  context: Pick<ActionContext, 'directory'>,
): ValuesOf<typeof policyMembers> {
  const uses = context.directory.usersOfPolicy(policy.arn)
  return {
    PolicyName: policy.name,
    PolicyId: policy.id,
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: policy.defaultVersion,
    AttachmentCount: uses.attached.length,
    PermissionsBoundaryUsageCount: uses.boundary.length,
    IsAttachable: true,
    CreateDate: policy.createdAt,
    UpdateDate: policy.updatedAt,
  }
}

const createPolicy = action({
  service: 'iam',
  name: 'CreatePolicy',
  input: {
    PolicyName: policyName,
    Path: policyPath,
    PolicyDocument: policyDocument,
    Description: { type: 'string', max: 1000 },
    Tags: tags,
  },
  output: { Policy: policyMember },
  permission: (input, context) => {
    const place = { path: input.Path, name: input.PolicyName }
    const tagged = tagConditions(input.Tags)
    const create = onNew('iam:CreatePolicy', 'policy', place, context, tagged)
    return tagged.size === 0 ? create : [create, onNew('iam:TagPolicy', 'policy', place, context, tagged)]
  },
  run: (input, context) =>
    write(context, () => {
      const { directory } = context
      const fault = faultOfManagedDocument(input.PolicyDocument, input.PolicyName)
      if (fault !== null) return fault
      const name = input.PolicyName.toLowerCase()
      const policies = directory.policies()
      if (policies.some((policy) => policy.name.toLowerCase() === name)) return exists.policy(input.PolicyName)
      if (policies.length >= quotas.policies) return overQuota('PoliciesPerAccount', quotas.policies)
      const tagged = newTags(input.Tags, 'cased')
      if (isRefused(tagged)) return tagged
      const place = { path: input.Path ?? '/', name: input.PolicyName }
      const createdAt = wholeSeconds(context.now)
      const policy: ManagedPolicy = {
        kind: 'policy',
        arn: policyArn(directory.account, place),
        id: mintUniqueId('ANPA', context.account, randomBytes(8)),
        ...place,
        description: input.Description ?? null,
        createdAt,
        updatedAt: createdAt,
        tags: tagged,
        defaultVersion: 'v1',
        versions: [{ id: 'v1', document: input.PolicyDocument, createdAt }],
        nextVersion: 2,
      }
      return {
        ok: { Policy: { ...listedPolicy(policy, context), Tags: shownTags(policy.tags) } },
        changes: [put(directory, policy)],
      }
    }),
})

const getPolicy = action({
  service: 'iam',
  name: 'GetPolicy',
  input: { PolicyArn: iamArn },
  // Here AWS shows the tags also when there are none.
  output: { Policy: { ...policyMember, members: { ...policyMember.members, Tags: requiredTags } } },
  permission: (input, context) => onPolicy('iam:GetPolicy', input.PolicyArn, context),
  run: ({ PolicyArn }, context) => {
    if (isOfOtherPartition(PolicyArn, context)) return invalidParameter('Invalid ARN partition')
    const policy = findPolicy(PolicyArn, context)
    if (policy === undefined) return noSuch.policy(PolicyArn)
    return {
      ok: {
        Policy: {
          ...listedPolicy(policy, context),
          Description: policy.description ?? undefined,
          Tags: wireTags(policy.tags),
        },
      },
    }
  },
})

function isOfOtherPartition(arn: string, { partition }: ActionContext): boolean {
  const named = /^arn:([^:]+):iam:/.exec(arn)?.[1]
  return named !== undefined && named !== partition
}

const listPolicies = action({
  service: 'iam',
  name: 'ListPolicies',
  input: {
    Scope: { type: 'string', enum: ['All', 'AWS', 'Local'] },
    OnlyAttached: { type: 'boolean' },
    PathPrefix: policyPath,
    PolicyUsageFilter: policyUsage,
    ...pageRequest,
  },
  output: { Policies: { type: 'list', required: true, member: policyMember }, ...pageReply },
  permission: (input) => permission('iam:ListPolicies', `policy path ${input.PathPrefix ?? '/'}`),
  run: (input, context) => {
    const { directory } = context
    const uses = (policy: ManagedPolicy): boolean => {
      // How a policy is used is asked only of those in use, and a boundary is a use (radkawar/stackd, `policy_management.json`).
      if (input.OnlyAttached !== true) return true
      const { attached, boundary } = directory.usersOfPolicy(policy.arn)
      if (input.PolicyUsageFilter === 'PermissionsPolicy') return attached.length > 0
      if (input.PolicyUsageFilter === 'PermissionsBoundary') return boundary.length > 0
      return attached.length > 0 || boundary.length > 0
    }
    const policies = [
      ...(input.Scope === 'Local' ? [] : listAwsManagedPolicies(context.partition)),
      ...(input.Scope === 'AWS' ? [] : directory.policies()),
    ].filter((policy) => policy.path.startsWith(input.PathPrefix ?? '/') && uses(policy))
    const some = page(
      context,
      'ListPolicies',
      input,
      policies,
      (policy) => `${nameKey(policy.name)} ${ownership(policy)}`,
    )
    if (isRefused(some)) return some
    return { ok: { Policies: some.items.map((policy) => listedPolicy(policy, context)), ...some.end } }
  },
})

/** One of AWS's and one of the customer's may have the same name. */
function ownership(policy: ManagedPolicy): string {
  return isAwsManaged(policy.arn) ? 'aws' : 'own'
}

const deletePolicy = action({
  service: 'iam',
  name: 'DeletePolicy',
  input: { PolicyArn: iamArn },
  output: null,
  permission: (input, context) => onPolicy('iam:DeletePolicy', input.PolicyArn, context),
  run: ({ PolicyArn }, context) =>
    write(context, () => {
      const policy = ownPolicy('delete policies', PolicyArn, context)
      if (isRefused(policy)) return policy
      const uses = context.directory.usersOfPolicy(policy.arn)
      if (uses.attached.length > 0 || uses.boundary.length > 0)
        return deleteConflict('Cannot delete a policy attached to entities.')
      if (policy.versions.length > 1)
        return deleteConflict(
          "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. " +
            'The default version is deleted with the policy.',
        )
      return { ok: {}, changes: [remove(context.directory, policy)] }
    }),
})

const listEntitiesForPolicy = action({
  service: 'iam',
  name: 'ListEntitiesForPolicy',
  input: {
    PolicyArn: iamArn,
    EntityFilter: { type: 'string', enum: ['User', 'Role', 'Group', 'LocalManagedPolicy', 'AWSManagedPolicy'] },
    PathPrefix: path,
    PolicyUsageFilter: policyUsage,
    ...pageRequest,
  },
  output: {
    PolicyGroups: {
      type: 'list',
      required: true,
      member: { type: 'structure', members: { GroupName: text, GroupId: text } },
    },
    PolicyUsers: {
      type: 'list',
      required: true,
      member: { type: 'structure', members: { UserName: text, UserId: text } },
    },
    PolicyRoles: {
      type: 'list',
      required: true,
      member: { type: 'structure', members: { RoleName: text, RoleId: text } },
    },
    ...pageReply,
  },
  permission: (input, context) => onPolicy('iam:ListEntitiesForPolicy', input.PolicyArn, context),
  run: (input, context) => {
    if (findPolicy(input.PolicyArn, context) === undefined) return noSuch.policy(input.PolicyArn)
    const { attached, boundary } = context.directory.usersOfPolicy(input.PolicyArn)
    const wanted =
      input.PolicyUsageFilter === 'PermissionsPolicy'
        ? attached
        : input.PolicyUsageFilter === 'PermissionsBoundary'
          ? boundary
          : [...new Map([...attached, ...boundary].map((entity) => [entity.id, entity])).values()]
    const kind = input.EntityFilter?.toLowerCase()
    const entities = wanted.filter(
      (entity) => (kind === undefined || entity.kind === kind) && entity.path.startsWith(input.PathPrefix ?? '/'),
    )
    // All kinds page as one stream (`authority.md` §1.9).
    const some = page(
      context,
      'ListEntitiesForPolicy',
      input,
      entities,
      (entity) => `${['group', 'user', 'role'].indexOf(entity.kind)} ${nameKey(entity.name)}`,
    )
    if (isRefused(some)) return some
    return {
      ok: {
        PolicyGroups: some.items
          .filter((entity) => entity.kind === 'group')
          .map((group) => ({ GroupName: group.name, GroupId: group.id })),
        PolicyUsers: some.items
          .filter((entity) => entity.kind === 'user')
          .map((user) => ({ UserName: user.name, UserId: user.id })),
        PolicyRoles: some.items
          .filter((entity) => entity.kind === 'role')
          .map((role) => ({ RoleName: role.name, RoleId: role.id })),
        ...some.end,
      },
    }
  },
})

export const policies = [createPolicy, getPolicy, listPolicies, deletePolicy, listEntitiesForPolicy]
