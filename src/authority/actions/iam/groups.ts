import { randomBytes } from 'node:crypto'
import { mintUniqueId } from '../../../anatomy/access-key-id.ts'
import type { Group, User } from '../../model/entities.ts'
import { action } from '../grid.ts'
import { groupHolder, userHolder } from '../holders.ts'
import {
  existingUserName,
  group as groupMember,
  groupName,
  pageReply,
  pageRequest,
  path,
  pathPrefix,
  renamedGroupName,
  user as userMember,
} from '../members.ts'
import { nameKey, page } from '../pages.ts'
import { quotas } from '../quotas.ts'
import { exists, isRefused, mustFirst, overQuota } from '../sentences.ts'
import { listedUser, shownGroup } from '../shapes.ts'
import { onGroup, onNew, onPath, onUser } from '../subjects.ts'
import { put, remove, wholeSeconds, write } from '../write.ts'

const createGroup = action({
  service: 'iam',
  name: 'CreateGroup',
  input: { Path: path, GroupName: groupName },
  output: { Group: groupMember },
  permission: (input, context) =>
    onNew('iam:CreateGroup', 'group', { path: input.Path, name: input.GroupName }, context),
  run: (input, context) =>
    write(context, () => {
      const { directory } = context
      if (directory.groupNamed(input.GroupName) !== undefined) return exists.group(input.GroupName)
      if (directory.groups().length >= quotas.groups) return overQuota('GroupsPerAccount', quotas.groups)
      const group: Group = {
        kind: 'group',
        id: mintUniqueId('AGPA', context.account, randomBytes(8)),
        name: input.GroupName,
        path: input.Path ?? '/',
        createdAt: wholeSeconds(context.now),
        inlinePolicies: {},
        attachedPolicies: [],
      }
      return { ok: { Group: shownGroup(group, context) }, changes: [put(directory, group)] }
    }),
})

const getGroup = action({
  service: 'iam',
  name: 'GetGroup',
  input: { GroupName: groupName, ...pageRequest },
  output: { Group: groupMember, Users: { type: 'list', required: true, member: userMember }, ...pageReply },
  permission: (input, context) => onGroup('iam:GetGroup', input.GroupName, context),
  run: (input, context) => {
    const group = groupHolder(input.GroupName, context)
    if (isRefused(group)) return group
    const members = context.directory.membersOf(group.id)
    const some = page(context, 'GetGroup', input, members, (user) => nameKey(user.name))
    if (isRefused(some)) return some
    return {
      ok: {
        Group: shownGroup(group, context),
        // Only GetUser and ListUsers tell when a password was last used (API reference, User).
        Users: some.items.map((user) => ({ ...listedUser(user, context), PasswordLastUsed: undefined })),
        ...some.end,
      },
    }
  },
})

const listGroups = action({
  service: 'iam',
  name: 'ListGroups',
  input: { PathPrefix: pathPrefix, ...pageRequest },
  output: { Groups: { type: 'list', required: true, member: groupMember }, ...pageReply },
  permission: (input, context) => onPath('iam:ListGroups', 'group', input.PathPrefix, context),
  run: (input, context) => {
    const groups = context.directory.groups().filter((group) => group.path.startsWith(input.PathPrefix ?? '/'))
    const some = page(context, 'ListGroups', input, groups, (group) => nameKey(group.name))
    if (isRefused(some)) return some
    return { ok: { Groups: some.items.map((group) => shownGroup(group, context)), ...some.end } }
  },
})

const listGroupsForUser = action({
  service: 'iam',
  name: 'ListGroupsForUser',
  input: { UserName: existingUserName, ...pageRequest },
  output: { Groups: { type: 'list', required: true, member: groupMember }, ...pageReply },
  permission: (input, context) => onUser('iam:ListGroupsForUser', input.UserName, context),
  run: (input, context) => {
    const user = userHolder(input.UserName, context)
    if (isRefused(user)) return user
    const groups = context.directory.groupsOf(user.id)
    const some = page(context, 'ListGroupsForUser', input, groups, (group) => nameKey(group.name))
    if (isRefused(some)) return some
    return { ok: { Groups: some.items.map((group) => shownGroup(group, context)), ...some.end } }
  },
})

const updateGroup = action({
  service: 'iam',
  name: 'UpdateGroup',
  input: { GroupName: groupName, NewPath: path, NewGroupName: renamedGroupName },
  output: null,
  // Both ends must be allowed, the group as it is and as it will be (API reference, UpdateGroup).
  permission: (input, context) => {
    const group = context.directory.groupNamed(input.GroupName)
    const before = onGroup('iam:UpdateGroup', input.GroupName, context)
    if (group === undefined) return before
    const place = { path: input.NewPath ?? group.path, name: input.NewGroupName ?? group.name }
    const after = onNew('iam:UpdateGroup', 'group', place, context)
    return after.resource === before.resource ? before : [before, after]
  },
  run: (input, context) =>
    write(context, () => {
      const { directory } = context
      const group = groupHolder(input.GroupName, context)
      if (isRefused(group)) return group
      const rival = input.NewGroupName === undefined ? undefined : directory.groupNamed(input.NewGroupName)
      if (rival !== undefined && rival.id !== group.id) return exists.group(rival.name)
      const renamed: Group = { ...group, name: input.NewGroupName ?? group.name, path: input.NewPath ?? group.path }
      return { ok: {}, changes: [put(directory, renamed)] }
    }),
})

const deleteGroup = action({
  service: 'iam',
  name: 'DeleteGroup',
  input: { GroupName: groupName },
  output: null,
  permission: (input, context) => onGroup('iam:DeleteGroup', input.GroupName, context),
  run: (input, context) =>
    write(context, () => {
      const { directory } = context
      const group = groupHolder(input.GroupName, context)
      if (isRefused(group)) return group
      if (directory.membersOf(group.id).length > 0) return mustFirst('remove users from group')
      if (group.attachedPolicies.length > 0) return mustFirst('detach all policies')
      if (Object.keys(group.inlinePolicies).length > 0) return mustFirst('delete policies')
      return { ok: {}, changes: [remove(directory, group)] }
    }),
})

const addUserToGroup = action({
  service: 'iam',
  name: 'AddUserToGroup',
  input: { GroupName: groupName, UserName: existingUserName },
  output: null,
  permission: (input, context) => onGroup('iam:AddUserToGroup', input.GroupName, context),
  run: (input, context) =>
    write(context, () => {
      const { directory } = context
      const user = userHolder(input.UserName, context)
      if (isRefused(user)) return user
      const group = groupHolder(input.GroupName, context)
      if (isRefused(group)) return group
      const groups = user.groups ?? []
      if (groups.includes(group.id)) return { ok: {}, changes: [] }
      if (groups.length >= quotas.groupsPerUser) return overQuota('GroupsPerUser', quotas.groupsPerUser)
      const joined: User = { ...user, groups: [...groups, group.id] }
      // The group is held in place, so that another node does not find it empty and delete it meanwhile.
      return { ok: {}, changes: [put(directory, group), put(directory, joined)] }
    }),
})

const removeUserFromGroup = action({
  service: 'iam',
  name: 'RemoveUserFromGroup',
  input: { GroupName: groupName, UserName: existingUserName },
  output: null,
  permission: (input, context) => onGroup('iam:RemoveUserFromGroup', input.GroupName, context),
  run: (input, context) =>
    write(context, () => {
      // The user first, as AWS was recorded in February 2026 (localstack, `test_iam_groups.snapshot.json`).
      const user = userHolder(input.UserName, context)
      if (isRefused(user)) return user
      const group = groupHolder(input.GroupName, context)
      if (isRefused(group)) return group
      const groups = user.groups ?? []
      // Who is not in the group is taken out of it without a word, as AWS was seen to do (cloud-custodian#4730).
      if (!groups.includes(group.id)) return { ok: {}, changes: [] }
      const left: User = { ...user, groups: groups.filter((id) => id !== group.id) }
      return { ok: {}, changes: [put(context.directory, left)] }
    }),
})

export const groups = [
  createGroup,
  getGroup,
  listGroups,
  listGroupsForUser,
  updateGroup,
  deleteGroup,
  addUserToGroup,
  removeUserFromGroup,
]
