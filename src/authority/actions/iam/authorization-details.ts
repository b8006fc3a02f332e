import { arnOf } from '../../model/arn-of.ts'
import type { Group, InstanceProfile, ManagedPolicy, Role, User } from '../../model/entities.ts'
import { listAwsManagedPolicies } from '../../policy/index.ts'
import { percentEncoded, shownTrustPolicy } from '../documents.ts'
import { type ActionContext, action, type Members, type ValuesOf } from '../grid.ts'
import { findPolicy } from '../holders.ts'
import {
  boundary,
  instant,
  maybeInstant,
  maybeText,
  pageReply,
  pageRequest,
  requiredTags,
  role as roleMember,
  text,
} from '../members.ts'
import { nameKey, page } from '../pages.ts'
import { invalidParameter, isRefused } from '../sentences.ts'
import { briefRole, roleLastUsed, shownBoundary } from '../shapes.ts'
import { onAll } from '../subjects.ts'
import { wireTags } from '../tags.ts'
import { listedPolicy, policyMembers } from './policies.ts'

/** A list that is shown also when it is empty, as AWS's own example of this reply shows them. */
function list<const M extends Members>(members: M) {
  return { type: 'list', required: true, member: { type: 'structure', members } } as const
}

const inlinePolicies = list({ PolicyName: text, PolicyDocument: text })
const attachedPolicies = list({ PolicyName: text, PolicyArn: text })

const userDetail = {
  Path: text,
  UserName: text,
  UserId: text,
  Arn: text,
  CreateDate: instant,
  // Of users alone it is left out where it is empty (recorded of AWS in February 2026 by localstack,
  // `test_iam_account_authorization_details.snapshot.json`).
  UserPolicyList: { ...inlinePolicies, required: false },
  GroupList: { type: 'list', required: true, member: text },
  AttachedManagedPolicies: attachedPolicies,
  PermissionsBoundary: boundary,
  Tags: requiredTags,
} as const

const groupDetail = {
  Path: text,
  GroupName: text,
  GroupId: text,
  Arn: text,
  CreateDate: instant,
  GroupPolicyList: inlinePolicies,
  AttachedManagedPolicies: attachedPolicies,
} as const

const roleDetail = {
  Path: text,
  RoleName: text,
  RoleId: text,
  Arn: text,
  CreateDate: instant,
  AssumeRolePolicyDocument: text,
  InstanceProfileList: list({
    Path: text,
    InstanceProfileName: text,
    InstanceProfileId: text,
    Arn: text,
    CreateDate: instant,
    Roles: { type: 'list', required: true, member: roleMember },
    // Left out where it is empty, as recorded with the users' policies.
    Tags: { ...requiredTags, required: false },
  }),
  RolePolicyList: inlinePolicies,
  AttachedManagedPolicies: attachedPolicies,
  PermissionsBoundary: boundary,
  Tags: requiredTags,
  RoleLastUsed: { type: 'structure', members: { LastUsedDate: maybeInstant, Region: maybeText } },
} as const

const policyDetail = {
  ...policyMembers,
  PolicyVersionList: list({
    Document: text,
    VersionId: text,
    IsDefaultVersion: { type: 'boolean', required: true },
    CreateDate: instant,
  }),
} as const

/** In the order in which IAM names them (radkawar/stackd, `testdata/aws/iam/account_reporting.json`, September 2026). */
const kinds = ['LocalManagedPolicy', 'User', 'AWSManagedPolicy', 'Role', 'Group'] as const

/**
 * All that there is of users, groups, roles and policies, each kind sorted by name; the four lists page as one stream, so that
 * MaxItems counts what is in all of them together. Of AWS's own policies those that are in use.
 */
const getAccountAuthorizationDetails = action({
  service: 'iam',
  name: 'GetAccountAuthorizationDetails',
  input: {
    Filter: { type: 'list', member: { type: 'string', enum: kinds } },
    MaxItems: pageRequest.MaxItems,
    Marker: pageRequest.Marker,
  },
  output: {
    UserDetailList: list(userDetail),
    GroupDetailList: list(groupDetail),
    RoleDetailList: list(roleDetail),
    Policies: list(policyDetail),
    ...pageReply,
  },
  permission: onAll('iam:GetAccountAuthorizationDetails'),
  run: (input, context) => {
    const wanted = new Set(input.Filter === undefined || input.Filter.length === 0 ? kinds : input.Filter)
    // Kinds named twice, in another order, or all of them by none, are the same question (same recording).
    const asked = { ...input, Filter: [...wanted].sort() }
    const some = page(context, 'GetAccountAuthorizationDetails', asked, everything(wanted, context), placeOf)
    if (isRefused(some)) return invalidParameter('Marker and Filter do not match')
    const { items } = some
    return {
      ok: {
        UserDetailList: items.flatMap((one) => (one.kind === 'user' ? [shownUser(one, context)] : [])),
        GroupDetailList: items.flatMap((one) => (one.kind === 'group' ? [shownGroup(one, context)] : [])),
        RoleDetailList: items.flatMap((one) => (one.kind === 'role' ? [shownRole(one, context)] : [])),
        Policies: items.flatMap((one) => (one.kind === 'policy' ? [shownPolicy(one, context)] : [])),
        ...some.end,
      },
    }
  },
})

type Detailed = User | Group | Role | ManagedPolicy

function everything(wanted: ReadonlySet<string>, { directory, partition }: ActionContext): readonly Detailed[] {
  return [
    ...(wanted.has('User') ? directory.users() : []),
    ...(wanted.has('Group') ? directory.groups() : []),
    ...(wanted.has('Role') ? directory.roles() : []),
    ...(wanted.has('LocalManagedPolicy') ? directory.policies() : []),
    ...(wanted.has('AWSManagedPolicy')
      ? listAwsManagedPolicies(partition).filter(({ arn }) => {
          const { attached, boundary: bounded } = directory.usersOfPolicy(arn)
          return attached.length > 0 || bounded.length > 0
        })
      : []),
  ]
}

const order = { user: 'a', group: 'b', role: 'c', policy: 'd' } as const

/** One of AWS's policies and one of the customer's may have the same name. */
function placeOf(one: Detailed): string {
  return `${order[one.kind]} ${nameKey(one.name)}${one.kind === 'policy' ? ` ${one.arn}` : ''}`
}

type Holder = User | Group | Role

function identity(holder: Holder, { directory }: ActionContext) {
  return { Path: holder.path, Arn: arnOf(directory.account, holder), CreateDate: holder.createdAt }
}

function inlineOf({ inlinePolicies: texts }: Holder): ValuesOf<{ readonly all: typeof inlinePolicies }>['all'] {
  return Object.entries(texts).map(([PolicyName, document]) => ({
    PolicyName,
    PolicyDocument: percentEncoded(document),
  }))
}

function attachedTo({ attachedPolicies: arns }: Holder, context: ActionContext) {
  return arns.map((PolicyArn) => ({
    PolicyName: findPolicy(PolicyArn, context)?.name ?? PolicyArn.split('/').at(-1)!,
    PolicyArn,
  }))
}

function shownUser(user: User, context: ActionContext): ValuesOf<typeof userDetail> {
  return {
    ...identity(user, context),
    UserName: user.name,
    UserId: user.id,
    UserPolicyList: Object.keys(user.inlinePolicies).length === 0 ? undefined : inlineOf(user),
    GroupList: context.directory.groupsOf(user.id).map(({ name }) => name),
    AttachedManagedPolicies: attachedTo(user, context),
    PermissionsBoundary: shownBoundary(user.boundary),
    Tags: wireTags(user.tags),
  }
}

function shownGroup(group: Group, context: ActionContext): ValuesOf<typeof groupDetail> {
  return {
    ...identity(group, context),
    GroupName: group.name,
    GroupId: group.id,
    GroupPolicyList: inlineOf(group),
    AttachedManagedPolicies: attachedTo(group, context),
  }
}

function shownRole(role: Role, context: ActionContext): ValuesOf<typeof roleDetail> {
  const profiles = context.directory.instanceProfilesOf(role.id)
  return {
    ...identity(role, context),
    RoleName: role.name,
    RoleId: role.id,
    AssumeRolePolicyDocument: shownTrustPolicy(role, context),
    InstanceProfileList: profiles.map((profile) => shownProfile(profile, role, context)),
    RolePolicyList: inlineOf(role),
    AttachedManagedPolicies: attachedTo(role, context),
    PermissionsBoundary: shownBoundary(role.boundary),
    Tags: wireTags(role.tags),
    RoleLastUsed: roleLastUsed(role, context),
  }
}

function shownProfile(profile: InstanceProfile, role: Role, context: ActionContext) {
  return {
    Path: profile.path,
    InstanceProfileName: profile.name,
    InstanceProfileId: profile.id,
    Arn: arnOf(context.directory.account, profile),
    CreateDate: profile.createdAt,
    Roles: [briefRole(role, context)],
    Tags: profile.tags.length === 0 ? undefined : wireTags(profile.tags),
  }
}

function shownPolicy(policy: ManagedPolicy, context: ActionContext): ValuesOf<typeof policyDetail> {
  return {
    ...listedPolicy(policy, context),
    PolicyVersionList: policy.versions.toReversed().map(({ id, document, createdAt }) => ({
      Document: percentEncoded(document),
      VersionId: id,
      IsDefaultVersion: id === policy.defaultVersion,
      CreateDate: createdAt,
    })),
  }
}

export const authorizationDetails = [getAccountAuthorizationDetails]
