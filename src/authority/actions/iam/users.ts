import { randomBytes } from 'node:crypto'
import { mintUniqueId } from '../../../anatomy/access-key-id.ts'
import type { User } from '../../model/entities.ts'
import { action } from '../grid.ts'
import { boundaryPolicy, holding } from '../holders.ts'
import {
  callerOrUserName,
  existingUserName,
  newUserName,
  optionalIamArn,
  pageReply,
  pageRequest,
  path,
  pathPrefix,
  renamedUserName,
  tags,
  user as userMember,
} from '../members.ts'
import { nameKey, page } from '../pages.ts'
import { quotas } from '../quotas.ts'
import { exists, isRefused, mustFirst, noSuch, overQuota, type Refused } from '../sentences.ts'
import { listedUser, shownRoot, shownUser } from '../shapes.ts'
import { boundaryCondition, merged, onNew, onPath, onUser, ownerNamed } from '../subjects.ts'
import { newTags, tagConditions } from '../tags.ts'
import { put, remove, wholeSeconds, write } from '../write.ts'

const createUser = action({
  service: 'iam',
  name: 'CreateUser',
  input: { Path: path, UserName: newUserName, PermissionsBoundary: optionalIamArn, Tags: tags },
  output: { User: userMember },
  permission: (input, context) => {
    const place = { path: input.Path, name: input.UserName }
    const tagged = tagConditions(input.Tags)
    const create = onNew(
      'iam:CreateUser',
      'user',
      place,
      context,
      merged(tagged, boundaryCondition(input.PermissionsBoundary)),
    )
    return tagged.size === 0 ? create : [create, onNew('iam:TagUser', 'user', place, context, tagged)]
  },
  run: (input, context) =>
    write(context, () => {
      const { directory } = context
      if (directory.userNamed(input.UserName) !== undefined) return exists.user(input.UserName)
      if (directory.users().length >= quotas.users) return overQuota('UsersPerAccount', quotas.users)
      const bounds = input.PermissionsBoundary === undefined ? null : boundaryPolicy(input.PermissionsBoundary, context)
      if (bounds !== null && isRefused(bounds)) return bounds
      const tagged = newTags(input.Tags, 'caseless')
      if (isRefused(tagged)) return tagged
      const user: User = {
        kind: 'user',
        id: mintUniqueId('AIDA', context.account, randomBytes(8)),
        name: input.UserName,
        path: input.Path ?? '/',
        createdAt: wholeSeconds(context.now),
        tags: tagged,
        boundary: bounds?.arn ?? null,
        inlinePolicies: {},
        attachedPolicies: [],
      }
      const held = bounds === null ? [] : holding(bounds, context)
      return {
        ok: { User: shownUser(user, context) },
        changes: [...held, put(directory, user)],
      }
    }),
})

const getUser = action({
  service: 'iam',
  name: 'GetUser',
  input: { UserName: callerOrUserName },
  output: { User: userMember },
  permission: (input, context) => onUser('iam:GetUser', input.UserName, context),
  run: (input, context) => {
    const owner = ownerNamed(input.UserName, context)
    if (owner === 'root') return { ok: { User: shownRoot(context) } }
    return isRefused(owner) ? owner : { ok: { User: shownUser(owner, context) } }
  },
})

const listUsers = action({
  service: 'iam',
  name: 'ListUsers',
  input: { PathPrefix: pathPrefix, ...pageRequest },
  output: { Users: { type: 'list', required: true, member: userMember }, ...pageReply },
  permission: (input, context) => onPath('iam:ListUsers', 'user', input.PathPrefix, context),
  run: (input, context) => {
    const users = context.directory.users().filter((user) => user.path.startsWith(input.PathPrefix ?? '/'))
    const some = page(context, 'ListUsers', input, users, (user) => nameKey(user.name))
    if (isRefused(some)) return some
    return { ok: { Users: some.items.map((user) => listedUser(user, context)), ...some.end } }
  },
})

const updateUser = action({
  service: 'iam',
  name: 'UpdateUser',
  input: { UserName: existingUserName, NewPath: path, NewUserName: renamedUserName },
  output: null,
  // Both ends must be allowed, the user as it is and as it will be (API reference, UpdateUser).
  permission: (input, context) => {
    const user = context.directory.userNamed(input.UserName)
    const before = onUser('iam:UpdateUser', input.UserName, context)
    if (user === undefined) return before
    const place = { path: input.NewPath ?? user.path, name: input.NewUserName ?? user.name }
    const after = onNew('iam:UpdateUser', 'user', place, context)
    return after.resource === before.resource ? before : [before, { ...after, entity: user }]
  },
  run: (input, context) =>
    write(context, () => {
      const { directory } = context
      const user = directory.userNamed(input.UserName)
      if (user === undefined) return noSuch.user(input.UserName)
      const rival = input.NewUserName === undefined ? undefined : directory.userNamed(input.NewUserName)
      if (rival !== undefined && rival.id !== user.id) return exists.user(rival.name)
      const renamed: User = { ...user, name: input.NewUserName ?? user.name, path: input.NewPath ?? user.path }
      return { ok: {}, changes: [put(directory, renamed)] }
    }),
})

const deleteUser = action({
  service: 'iam',
  name: 'DeleteUser',
  input: { UserName: existingUserName },
  output: null,
  permission: (input, context) => onUser('iam:DeleteUser', input.UserName, context),
  run: (input, context) =>
    write(context, () => {
      const user = context.directory.userNamed(input.UserName)
      if (user === undefined) return noSuch.user(input.UserName)
      return whatIsLeftOf(user, context.directory) ?? { ok: {}, changes: [remove(context.directory, user)] }
    }),
})

/** What must be gone before a user goes; a boundary does not count (`authority.md` §4.5). */
function whatIsLeftOf(user: User, directory: Parameters<typeof put>[0]): Refused | null {
  if (directory.loginProfile(user.id) !== undefined) return mustFirst('delete login profile')
  if (directory.accessKeysOf(user.id).length > 0) return mustFirst('delete access keys')
  // In these words, which are not those of the documentation (radkawar/stackd, `testdata/aws/iam/mfa.json`, September 2026).
  if (directory.mfaDevicesOf(user.id).length > 0) return mustFirst('remove tokens from principal')
  if (user.attachedPolicies.length > 0) return mustFirst('detach all policies')
  if (Object.keys(user.inlinePolicies).length > 0) return mustFirst('delete policies')
  if ((user.groups ?? []).length > 0) return mustFirst('remove users from group')
  return null
}

export const users = [createUser, getUser, listUsers, updateUser, deleteUser]
