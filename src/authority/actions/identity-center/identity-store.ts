import type { User } from '../../model/entities.ts'
import { identityStoreId, personId } from '../../model/identity-center.ts'
import type { Permission } from '../../model/permission.ts'
import { type ActionContext, action } from '../grid.ts'
import { maybeText, text } from '../members.ts'
import { nameKey } from '../pages.ts'
import { absent, invalidParameter, isRefused, type Refused } from '../sentences.ts'
import { permission } from '../subjects.ts'
import { personOf } from './assignments.ts'
import { principalId } from './members.ts'
import { pageOf } from './sets.ts'

/*
 * The people of Identity Center are the account's users with a password, so this store is only read: users come and go by IAM
 * (docs/decisions/0017-identity-center.md).
 */

const storeId = {
  type: 'string',
  required: true,
  min: 1,
  max: 36,
  pattern: 'd-[0-9a-f]{10}$|^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}',
} as const
const extensions = {
  type: 'list',
  min: 1,
  max: 10,
  member: { type: 'string', min: 1, max: 50, pattern: 'aws:identitystore:[a-z]{1,20}' },
} as const
const attributePath = {
  type: 'string',
  required: true,
  min: 1,
  max: 255,
  pattern: '(?:\\p{L}+:\\p{L}+:\\p{L}+(?:\\.\\p{L}+){0,3}|\\p{L}+(?:\\.\\p{L}+){0,2})',
} as const

const personMembers = {
  IdentityStoreId: text,
  UserId: text,
  UserName: maybeText,
  DisplayName: maybeText,
  UserStatus: maybeText,
  CreatedAt: { type: 'timestamp' },
} as const

interface OfStore {
  readonly IdentityStoreId: string
}

/** Store and user both (Service Authorization Reference, "AWS Identity Store"). */
function onStore(name: string) {
  return ({ IdentityStoreId }: OfStore, { directory: { account } }: ActionContext): readonly Permission[] => [
    permission(
      `identitystore:${name}`,
      `arn:${account.partition}:identitystore::${account.id}:identitystore/${IdentityStoreId}`,
    ),
    permission(`identitystore:${name}`, `arn:${account.partition}:identitystore:::user/*`),
  ]
}

function onPerson(name: string) {
  return (input: OfStore & { readonly UserId: string }, context: ActionContext): readonly Permission[] => {
    const { partition } = context.directory.account
    const user = personOf(input.UserId, context)
    return [
      onStore(name)(input, context)[0]!,
      permission(`identitystore:${name}`, `arn:${partition}:identitystore:::user/${input.UserId}`, undefined, user),
    ]
  }
}

function faultOfStore({ IdentityStoreId }: OfStore, { directory }: ActionContext): Refused | null {
  return IdentityStoreId === identityStoreId(directory.account) ? null : absent('IDENTITY_STORE not found.')
}

function shown(user: User, { directory: { account } }: ActionContext) {
  return {
    IdentityStoreId: identityStoreId(account),
    UserId: personId(account, user),
    UserName: user.name,
    DisplayName: user.name,
    UserStatus: 'ENABLED',
    CreatedAt: user.createdAt,
  }
}

const listUsers = action({
  service: 'identitystore',
  name: 'ListUsers',
  input: {
    IdentityStoreId: storeId,
    Extensions: extensions,
    MaxResults: { type: 'integer', min: 1, max: 100 },
    NextToken: { type: 'string', min: 1, max: 65535, pattern: '[-a-zA-Z0-9+=/:_]*' },
    Filters: {
      type: 'list',
      min: 0,
      max: 1,
      member: {
        type: 'structure',
        members: {
          AttributePath: attributePath,
          AttributeValue: {
            type: 'string',
            required: true,
            min: 1,
            max: 1024,
            pattern: '[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\t\\n\\r  　]+',
            sensitive: true,
          },
        },
      },
    },
  },
  output: {
    Users: { type: 'list', required: true, member: { type: 'structure', members: personMembers } },
    NextToken: maybeText,
  },
  permission: onStore('ListUsers'),
  run: (input, context) => {
    const fault = faultOfStore(input, context)
    if (fault !== null) return fault
    const { directory } = context
    const filter = input.Filters?.[0]
    if (filter !== undefined && filter.AttributePath.toLowerCase() !== 'username')
      return invalidParameter(`The attribute ${filter.AttributePath} cannot be filtered by.`)
    const wanted = filter?.AttributeValue.toLowerCase()
    const users = directory
      .users()
      .filter((user) => directory.loginProfile(user.id) !== undefined)
      .filter((user) => wanted === undefined || user.name.toLowerCase() === wanted)
    const some = pageOf(context, 'identitystore ListUsers', input, users, (user) => nameKey(user.name))
    if (isRefused(some)) return some
    return { ok: { Users: some.items.map((user) => shown(user, context)), NextToken: some.NextToken } }
  },
})

const describeUser = action({
  service: 'identitystore',
  name: 'DescribeUser',
  input: { IdentityStoreId: storeId, UserId: principalId, Extensions: extensions },
  output: personMembers,
  permission: onPerson('DescribeUser'),
  run: (input, context) => {
    const user = personOf(input.UserId, context)
    return faultOfStore(input, context) ?? (user === undefined ? noUser : { ok: shown(user, context) })
  },
})

const getUserId = action({
  service: 'identitystore',
  name: 'GetUserId',
  input: {
    IdentityStoreId: storeId,
    AlternateIdentifier: {
      type: 'structure',
      required: true,
      members: {
        ExternalId: {
          type: 'structure',
          members: {
            Issuer: { type: 'string', required: true, min: 1, max: 256, sensitive: true },
            Id: { type: 'string', required: true, min: 1, max: 256, sensitive: true },
          },
        },
        UniqueAttribute: {
          type: 'structure',
          members: {
            AttributePath: attributePath,
            AttributeValue: { type: 'string', required: true, max: 1024, sensitive: true },
          },
        },
      },
    },
  },
  output: { IdentityStoreId: text, UserId: text },
  permission: onStore('GetUserId'),
  run: (input, context) => {
    const fault = faultOfStore(input, context)
    if (fault !== null) return fault
    const { ExternalId: external, UniqueAttribute: unique } = input.AlternateIdentifier
    if ((external === undefined) === (unique === undefined))
      return invalidParameter('AlternateIdentifier is either ExternalId or UniqueAttribute.')
    // People come from no other directory, and have no address.
    if (unique === undefined) return noUser
    const path = unique.AttributePath.toLowerCase()
    if (path !== 'username' && path !== 'emails.value')
      return invalidParameter(`The attribute ${unique.AttributePath} is not a unique attribute`)
    const { directory } = context
    const user = path === 'username' ? directory.userNamed(unique.AttributeValue) : undefined
    if (user === undefined || directory.loginProfile(user.id) === undefined) return noUser
    return { ok: { IdentityStoreId: input.IdentityStoreId, UserId: personId(directory.account, user) } }
  },
})

const noUser = absent('USER not found.')

export const identityStore = [listUsers, describeUser, getUserId]
