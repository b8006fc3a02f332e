import { randomBytes } from 'node:crypto'
import { mintAccessKeyId } from '../../../anatomy/access-key-id.ts'
import { arnOf, rootArn } from '../../model/arn-of.ts'
import type { AccessKey, DeletedKey } from '../../model/entities.ts'
import { mintSecretAccessKey } from '../../sessions/mint.ts'
import { type ActionContext, action } from '../grid.ts'
import {
  accessKeyId,
  callerOrUserName,
  instant,
  maybeInstant,
  maybeText,
  pageReply,
  pageRequest,
  text,
} from '../members.ts'
import { page } from '../pages.ts'
import { quotas } from '../quotas.ts'
import { invalidInput, isRefused, noSuch, overQuota, type Refused } from '../sentences.ts'
import { type Owner, onUser, ownerEntity, ownerId, ownerName, ownerNamed, permission } from '../subjects.ts'
import { put, remove, wholeSeconds, write } from '../write.ts'

const keyStatus = { type: 'string', required: true, enum: ['Active', 'Inactive', 'Expired'] } as const

const createAccessKey = action({
  service: 'iam',
  name: 'CreateAccessKey',
  input: { UserName: callerOrUserName },
  output: {
    AccessKey: {
      type: 'structure',
      required: true,
      members: {
        UserName: maybeText,
        AccessKeyId: text,
        Status: text,
        SecretAccessKey: { type: 'string', required: true, sensitive: true },
        CreateDate: instant,
      },
    },
  },
  permission: (input, context) => onUser('iam:CreateAccessKey', input.UserName, context),
  run: (input, context) =>
    write(context, () => {
      const { directory } = context
      const owner = ownerNamed(input.UserName, context)
      if (owner !== 'root' && isRefused(owner)) return owner
      if (directory.accessKeysOf(ownerId(owner)).length >= quotas.accessKeysPerUser)
        return overQuota('AccessKeysPerUser', quotas.accessKeysPerUser)
      const key: AccessKey = {
        kind: 'access-key',
        id: mintAccessKeyId('AKIA', context.account, randomBytes(8)),
        owner: ownerId(owner),
        status: 'Active',
        createdAt: wholeSeconds(context.now),
        secret: mintSecretAccessKey(),
      }
      return {
        ok: {
          AccessKey: {
            UserName: ownerName(owner),
            AccessKeyId: key.id,
            Status: key.status,
            SecretAccessKey: key.secret,
            CreateDate: key.createdAt,
          },
        },
        changes: [put(directory, ownerEntity(owner, directory)), put(directory, key)],
      }
    }),
})

const listAccessKeys = action({
  service: 'iam',
  name: 'ListAccessKeys',
  input: { UserName: callerOrUserName, ...pageRequest },
  output: {
    AccessKeyMetadata: {
      type: 'list',
      required: true,
      member: {
        type: 'structure',
        members: { UserName: maybeText, AccessKeyId: text, Status: text, CreateDate: instant },
      },
    },
    ...pageReply,
  },
  permission: (input, context) => onUser('iam:ListAccessKeys', input.UserName, context),
  run: (input, context) => {
    const owner = ownerNamed(input.UserName, context)
    if (owner !== 'root' && isRefused(owner)) return owner
    const keys = context.directory.accessKeysOf(ownerId(owner))
    const some = page(context, 'ListAccessKeys', input, keys, (key) => `${key.createdAt} ${key.id}`)
    if (isRefused(some)) return some
    return {
      ok: {
        AccessKeyMetadata: some.items.map((key) => ({
          UserName: ownerName(owner),
          AccessKeyId: key.id,
          Status: key.status,
          CreateDate: key.createdAt,
        })),
        ...some.end,
      },
    }
  },
})

const updateAccessKey = action({
  service: 'iam',
  name: 'UpdateAccessKey',
  input: { UserName: callerOrUserName, AccessKeyId: accessKeyId, Status: keyStatus },
  output: null,
  permission: (input, context) => onUser('iam:UpdateAccessKey', input.UserName, context),
  run: (input, context) =>
    write(context, () => {
      const key = keyOf(input, context)
      if (isRefused(key)) return key
      if (input.Status !== 'Active' && input.Status !== 'Inactive')
        return invalidInput('An access key can be set to Active or Inactive only.')
      return { ok: {}, changes: [put(context.directory, { ...key, status: input.Status })] }
    }),
})

const deleteAccessKey = action({
  service: 'iam',
  name: 'DeleteAccessKey',
  input: { UserName: callerOrUserName, AccessKeyId: accessKeyId },
  output: null,
  permission: (input, context) => onUser('iam:DeleteAccessKey', input.UserName, context),
  run: (input, context) =>
    write(context, () => {
      const key = keyOf(input, context)
      if (isRefused(key)) return key
      const { directory } = context
      const grave: DeletedKey = {
        kind: 'deleted-key',
        id: key.id,
        owner: key.owner,
        deletedAt: wholeSeconds(context.now),
      }
      return { ok: {}, changes: [remove(directory, key), put(directory, grave)] }
    }),
})

const getAccessKeyLastUsed = action({
  service: 'iam',
  name: 'GetAccessKeyLastUsed',
  input: { AccessKeyId: accessKeyId },
  output: {
    UserName: maybeText,
    AccessKeyLastUsed: {
      type: 'structure',
      required: true,
      members: { LastUsedDate: maybeInstant, ServiceName: text, Region: text },
    },
  },
  permission: (input, context) => {
    const { directory } = context
    const key = directory.accessKey(input.AccessKeyId)
    if (key === undefined) return permission('iam:GetAccessKeyLastUsed', `access key ${input.AccessKeyId}`)
    const user = directory.user(key.owner)
    return user === undefined
      ? permission('iam:GetAccessKeyLastUsed', rootArn(directory.account))
      : permission('iam:GetAccessKeyLastUsed', arnOf(directory.account, user), undefined, user)
  },
  run: ({ AccessKeyId }, context) => {
    const key = context.directory.accessKey(AccessKeyId)
    if (key === undefined)
      return { refused: { reason: 'key-not-visible', principal: context.principal.arn, accessKeyId: AccessKeyId } }
    const use = context.directory.lastUse(AccessKeyId)
    return {
      ok: {
        UserName: context.directory.user(key.owner)?.name,
        AccessKeyLastUsed:
          use === undefined
            ? { ServiceName: 'N/A', Region: 'N/A' }
            : { LastUsedDate: wholeSeconds(new Date(use.at)), ServiceName: use.service, Region: use.region },
      },
    }
  },
})

/** The key that a call means: it must be the named user's own. */
function keyOf(
  input: { readonly UserName?: string | undefined; readonly AccessKeyId: string },
  context: ActionContext,
): AccessKey | Refused {
  const owner: Owner | Refused = ownerNamed(input.UserName, context)
  if (owner !== 'root' && isRefused(owner)) return owner
  const key = context.directory.accessKey(input.AccessKeyId)
  return key === undefined || key.owner !== ownerId(owner) ? noSuch.accessKey(input.AccessKeyId) : key
}

export const accessKeys = [createAccessKey, listAccessKeys, updateAccessKey, deleteAccessKey, getAccessKeyLastUsed]
