import { randomBytes } from 'node:crypto'
import { mintAccessKeyId } from '../../anatomy/access-key-id.ts'
import { partitionById } from '../../anatomy/partitions.ts'
import { CountersignError } from '../../errors.ts'
import type { AccessKey, Account, Entity } from '../model/entities.ts'
import { mintSecretAccessKey } from '../sessions/mint.ts'

/** What an authority begins with, as far as it is to be fixed from outside. */
export interface FirstSettings {
  /** Twelve digits; a random one when absent. */
  readonly accountId?: string | undefined
  readonly partition?: string | undefined
  readonly rootAccessKeyId?: string | undefined
  readonly rootSecretAccessKey?: string | undefined
}

export interface FirstEntities {
  readonly account: Account
  readonly rootKey: AccessKey
  readonly entities: readonly Entity[]
}

/**
 * The account and its root user with one access key: a real credential like any other, random unless it was fixed.
 * `now`: milliseconds since the epoch. Throws `usage` for settings that no account or key can have.
 */
export function firstEntities(settings: FirstSettings, now: number): FirstEntities {
  const { accountId, rootAccessKeyId, rootSecretAccessKey, partition = 'aws' } = settings
  if (accountId !== undefined && !/^\d{12}$/.test(accountId)) throw unusable('the account id must be 12 digits')
  if (partitionById(partition) === null) throw unusable(`there is no partition '${partition}'`)
  if ((rootAccessKeyId === undefined) !== (rootSecretAccessKey === undefined)) {
    throw unusable('the root access key id and its secret must be given together')
  }
  // What begins with ASIA is taken for temporary, and its secret looked for in a token.
  if (rootAccessKeyId !== undefined && !/^(?!ASIA)[A-Za-z0-9_]{16,128}$/.test(rootAccessKeyId)) {
    throw unusable('the root access key id must be 16 to 128 letters and digits and not begin with ASIA')
  }
  if (rootSecretAccessKey !== undefined && !/^[\x21-\x7e]{16,128}$/.test(rootSecretAccessKey)) {
    throw unusable('the root secret access key must be 16 to 128 printable characters without blanks')
  }
  const id = accountId ?? randomAccountId()
  const createdAt = `${new Date(now).toISOString().slice(0, 19)}Z`
  const account: Account = { kind: 'account', id, partition, createdAt, alias: null }
  const rootKey: AccessKey = {
    kind: 'access-key',
    id: rootAccessKeyId ?? mintAccessKeyId('AKIA', id, randomBytes(8)),
    owner: 'root',
    status: 'Active',
    createdAt,
    secret: rootSecretAccessKey ?? mintSecretAccessKey(),
  }
  return { account, rootKey, entities: [account, rootKey] }
}

function randomAccountId(): string {
  // Not beginning with 0: too many tools take account ids for numbers.
  return String(100_000_000_000 + (randomBytes(6).readUIntBE(0, 6) % 900_000_000_000))
}

function unusable(message: string): CountersignError {
  return new CountersignError('usage', message)
}
