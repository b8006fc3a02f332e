import { randomBytes } from 'node:crypto'
import { mintUniqueId } from '../../../anatomy/access-key-id.ts'
import { partitionById } from '../../../anatomy/partitions.ts'
import { arnOf } from '../../model/arn-of.ts'
import type { InstanceProfile } from '../../model/entities.ts'
import type { Permission } from '../../model/permission.ts'
import { type ActionContext, action, type ValueOf } from '../grid.ts'
import { changeableRole, roleHolder } from '../holders.ts'
import {
  instanceProfileName,
  pageReply,
  pageRequest,
  path,
  pathPrefix,
  instanceProfile as profileMember,
  requiredTags,
  roleName,
  tags,
} from '../members.ts'
import { nameKey, type PageRequest, page } from '../pages.ts'
import { quotas } from '../quotas.ts'
import { exists, isRefused, mustFirst, noSuch, overQuota, type Refused } from '../sentences.ts'
import { briefRole } from '../shapes.ts'
import { onInstanceProfile, onNew, onPath, onRole } from '../subjects.ts'
import { newTags, shownTags, tagConditions, wireTags } from '../tags.ts'
import { put, remove, wholeSeconds, write } from '../write.ts'

/** A profile as lists show it: without tags (API reference, ListInstanceProfiles). */
function listedProfile(profile: InstanceProfile, context: ActionContext): ValueOf<typeof profileMember> {
  const role = profile.roleId === null ? undefined : context.directory.role(profile.roleId)
  return {
    Path: profile.path,
    InstanceProfileName: profile.name,
    InstanceProfileId: profile.id,
    Arn: arnOf(context.directory.account, profile),
    CreateDate: profile.createdAt,
    Roles: role === undefined ? [] : [briefRole(role, context)],
  }
}

function profileNamed(name: string, context: ActionContext): InstanceProfile | Refused {
  return context.directory.instanceProfileNamed(name) ?? noSuch.instanceProfile(name)
}

const createInstanceProfile = action({
  service: 'iam',
  name: 'CreateInstanceProfile',
  input: { InstanceProfileName: instanceProfileName, Path: path, Tags: tags },
  output: { InstanceProfile: profileMember },
  permission: (input, context) => {
    const place = { path: input.Path, name: input.InstanceProfileName }
    const tagged = tagConditions(input.Tags)
    const create = onNew('iam:CreateInstanceProfile', 'instance-profile', place, context, tagged)
    if (tagged.size === 0) return create
    return [create, onNew('iam:TagInstanceProfile', 'instance-profile', place, context, tagged)]
  },
  run: (input, context) =>
    write(context, () => {
      const { directory } = context
      if (directory.instanceProfileNamed(input.InstanceProfileName) !== undefined)
        return exists.instanceProfile(input.InstanceProfileName)
      if (directory.instanceProfiles().length >= quotas.instanceProfiles)
        return overQuota('InstanceProfilesPerAccount', quotas.instanceProfiles)
      const tagged = newTags(input.Tags, 'cased')
      if (isRefused(tagged)) return tagged
      const profile: InstanceProfile = {
        kind: 'instance-profile',
        id: mintUniqueId('AIPA', context.account, randomBytes(8)),
        name: input.InstanceProfileName,
        path: input.Path ?? '/',
        createdAt: wholeSeconds(context.now),
        tags: tagged,
        roleId: null,
      }
      return {
        ok: { InstanceProfile: { ...listedProfile(profile, context), Tags: shownTags(tagged) } },
        changes: [put(directory, profile)],
      }
    }),
})

const getInstanceProfile = action({
  service: 'iam',
  name: 'GetInstanceProfile',
  input: { InstanceProfileName: instanceProfileName },
  // Here AWS shows the tags also when there are none (recorded: localstack, `test_iam_instance_profiles.snapshot.json`).
  output: { InstanceProfile: { ...profileMember, members: { ...profileMember.members, Tags: requiredTags } } },
  permission: (input, context) => onInstanceProfile('iam:GetInstanceProfile', input.InstanceProfileName, context),
  run: (input, context) => {
    const profile = profileNamed(input.InstanceProfileName, context)
    if (isRefused(profile)) return profile
    return { ok: { InstanceProfile: { ...listedProfile(profile, context), Tags: wireTags(profile.tags) } } }
  },
})

const profileList = {
  InstanceProfiles: { type: 'list', required: true, member: profileMember },
  ...pageReply,
} as const

function listed(
  operation: string,
  input: PageRequest & object,
  profiles: readonly InstanceProfile[],
  context: ActionContext,
) {
  const some = page(context, operation, input, profiles, (profile) => nameKey(profile.name))
  if (isRefused(some)) return some
  return { ok: { InstanceProfiles: some.items.map((profile) => listedProfile(profile, context)), ...some.end } }
}

const listInstanceProfiles = action({
  service: 'iam',
  name: 'ListInstanceProfiles',
  input: { PathPrefix: pathPrefix, ...pageRequest },
  output: profileList,
  permission: (input, context) => onPath('iam:ListInstanceProfiles', 'instance-profile', input.PathPrefix, context),
  run: (input, context) => {
    const all = context.directory.instanceProfiles()
    const below = all.filter((profile) => profile.path.startsWith(input.PathPrefix ?? '/'))
    return listed('ListInstanceProfiles', input, below, context)
  },
})

const listInstanceProfilesForRole = action({
  service: 'iam',
  name: 'ListInstanceProfilesForRole',
  input: { RoleName: roleName, ...pageRequest },
  output: profileList,
  permission: (input, context) => onRole('iam:ListInstanceProfilesForRole', input.RoleName, context),
  run: (input, context) => {
    const role = roleHolder(input.RoleName, context)
    if (isRefused(role)) return role
    return listed('ListInstanceProfilesForRole', input, context.directory.instanceProfilesOf(role.id), context)
  },
})

const deleteInstanceProfile = action({
  service: 'iam',
  name: 'DeleteInstanceProfile',
  input: { InstanceProfileName: instanceProfileName },
  output: null,
  permission: (input, context) => onInstanceProfile('iam:DeleteInstanceProfile', input.InstanceProfileName, context),
  run: (input, context) =>
    write(context, () => {
      const profile = profileNamed(input.InstanceProfileName, context)
      if (isRefused(profile)) return profile
      if (profile.roleId !== null) return mustFirst('remove roles from instance profile')
      return { ok: {}, changes: [remove(context.directory, profile)] }
    }),
})

/**
 * A role in a profile is passed to EC2, so its giver must be allowed to pass it (API reference, AddRoleToInstanceProfile: also that
 * `iam:AssociatedResourceArn` names neither a region nor an instance). EC2's name ends as the partition's hosts do.
 */
function passRole(name: string, context: ActionContext): Permission {
  const suffix = partitionById(context.partition)?.dnsSuffix ?? 'amazonaws.com'
  const conditions = new Map([
    ['iam:passedtoservice', [`ec2.${suffix}`]],
    ['iam:associatedresourcearn', [`arn:${context.partition}:ec2:*:${context.account}:instance/*`]],
  ])
  return onRole('iam:PassRole', name, context, conditions)
}

const addRoleToInstanceProfile = action({
  service: 'iam',
  name: 'AddRoleToInstanceProfile',
  input: { InstanceProfileName: instanceProfileName, RoleName: roleName },
  output: null,
  permission: (input, context) => [
    onInstanceProfile('iam:AddRoleToInstanceProfile', input.InstanceProfileName, context),
    passRole(input.RoleName, context),
  ],
  run: (input, context) =>
    write(context, () => {
      const { directory } = context
      const profile = profileNamed(input.InstanceProfileName, context)
      if (isRefused(profile)) return profile
      const role = changeableRole(input.RoleName, context)
      if (isRefused(role)) return role
      if (profile.roleId !== null)
        return overQuota('InstanceSessionsPerInstanceProfile', quotas.rolesPerInstanceProfile)
      // The role is held in place, so that another node does not delete it meanwhile.
      return { ok: {}, changes: [put(directory, role), put(directory, { ...profile, roleId: role.id })] }
    }),
})

const removeRoleFromInstanceProfile = action({
  service: 'iam',
  name: 'RemoveRoleFromInstanceProfile',
  input: { InstanceProfileName: instanceProfileName, RoleName: roleName },
  output: null,
  permission: (input, context) =>
    onInstanceProfile('iam:RemoveRoleFromInstanceProfile', input.InstanceProfileName, context),
  run: (input, context) =>
    write(context, () => {
      const profile = profileNamed(input.InstanceProfileName, context)
      if (isRefused(profile)) return profile
      const role = changeableRole(input.RoleName, context)
      if (isRefused(role)) return role
      if (profile.roleId !== role.id) return noSuch.roleInProfile(role.name, profile.name)
      return { ok: {}, changes: [put(context.directory, { ...profile, roleId: null })] }
    }),
})

export const instanceProfiles = [
  createInstanceProfile,
  getInstanceProfile,
  listInstanceProfiles,
  listInstanceProfilesForRole,
  deleteInstanceProfile,
  addRoleToInstanceProfile,
  removeRoleFromInstanceProfile,
]
