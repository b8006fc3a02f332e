import { CountersignError } from '../../errors.ts'
import type { Entity, EntityKind } from '../model/entities.ts'
import type { Sealing } from './sealing.ts'

/** An entity as it lies on disk: its members as JSON, the secret one apart and sealed. */
export interface EntityRow {
  readonly body: string
  readonly sealed: Uint8Array | null
}

/** The member of each kind that never touches the disk in the clear. */
const secretMembers: Readonly<Partial<Record<EntityKind, string>>> = {
  'access-key': 'secret',
  'mfa-device': 'seed',
  'saml-provider': 'secret',
  'login-profile': 'secret',
  'ring-key': 'secret',
}

/** One policy may have 5 versions of 128 KiB of text (`authority.md` §4.2); beyond a megabyte something is wrong. */
const largestBody = 1_048_576

/** Throws `limit` for an entity that is too large. */
export function entityToRow(entity: Entity, key: string, sealing: Sealing): EntityRow {
  const member = secretMembers[entity.kind]
  const { [member ?? '']: secret, ...rest } = entity as unknown as Record<string, unknown>
  const body = JSON.stringify(rest)
  if (body.length > largestBody) {
    throw new CountersignError('limit', `${entity.kind} ${key} is larger than ${largestBody} characters`, {
      data: { kind: entity.kind, key, limit: largestBody },
    })
  }
  return { body, sealed: member === undefined ? null : sealing.seal(String(secret), placeOf(entity.kind, key)) }
}

/** Throws `store` when the row cannot be read back. */
export function entityFromRow(kind: EntityKind, key: string, row: EntityRow, sealing: Sealing): Entity {
  let entity: Record<string, unknown>
  try {
    entity = JSON.parse(row.body) as Record<string, unknown>
  } catch (cause) {
    throw new CountersignError('store', `${kind} ${key} is not readable in the database`, {
      cause,
      data: { kind, key },
    })
  }
  const member = secretMembers[kind]
  if (member !== undefined) {
    if (row.sealed === null) {
      throw new CountersignError('store', `${kind} ${key} has lost its secret in the database`, { data: { kind, key } })
    }
    entity[member] = sealing.open(row.sealed, placeOf(kind, key))
  }
  return entity as unknown as Entity
}

function placeOf(kind: EntityKind, key: string): string {
  return `${kind} ${key}`
}
