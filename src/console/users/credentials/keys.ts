import { queryOptions } from '@tanstack/react-query'
import { aws, awsAll } from '../../api/call.ts'
import { keyOf, memberOf, type Owner } from './owner.ts'

/** "You can have a maximum of two access keys" (IAM User Guide, "Manage access keys for IAM users"). */
export const mostKeys = 2

export interface Key {
  readonly id: string
  readonly status: 'Active' | 'Inactive'
  /** Seconds since the epoch, as AWS's JSON has it. */
  readonly createdAt: number
  /** Null when it may not be seen; `at` null: never. */
  readonly lastUsed: { readonly at: number | null; readonly service: string; readonly region: string } | null
  /** AWS's console keeps it as a tag of the user whose key is the access key's id. */
  readonly description: string | null
}

export function keysQuery(owner: Owner) {
  return queryOptions({
    queryKey: [...keyOf(owner), 'access-keys'],
    queryFn: async (): Promise<readonly Key[]> => {
      type Listed = { readonly AccessKeyId: string; readonly Status: Key['status']; readonly CreateDate: number }
      const [listed, descriptions] = await Promise.all([
        awsAll<Listed>('ListAccessKeys', 'AccessKeyMetadata', memberOf(owner)),
        descriptionsOf(owner),
      ])
      return Promise.all(
        listed.map(async ({ AccessKeyId, Status, CreateDate }) => ({
          id: AccessKeyId,
          status: Status,
          createdAt: CreateDate,
          lastUsed: await lastUseOf(AccessKeyId),
          description: descriptions.get(AccessKeyId) ?? null,
        })),
      )
    },
  })
}

async function lastUseOf(id: string): Promise<Key['lastUsed']> {
  type Reply = {
    readonly AccessKeyLastUsed: {
      readonly LastUsedDate?: number
      readonly ServiceName: string
      readonly Region: string
    }
  }
  try {
    const { AccessKeyLastUsed: use } = await aws<Reply>('iam', 'GetAccessKeyLastUsed', { AccessKeyId: id })
    return { at: use.LastUsedDate ?? null, service: use.ServiceName, region: use.Region }
  } catch {
    // Who may list keys need not be allowed to see their use.
    return null
  }
}

async function descriptionsOf({ userName }: Owner): Promise<ReadonlyMap<string, string>> {
  if (userName === null) return new Map()
  try {
    const tags = await awsAll<{ readonly Key: string; readonly Value: string }>('ListUserTags', 'Tags', {
      UserName: userName,
    })
    return new Map(tags.map(({ Key, Value }) => [Key, Value]))
  } catch {
    return new Map()
  }
}
