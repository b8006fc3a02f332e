import type { DatabaseSync, SQLOutputValue } from 'node:sqlite'
import { CountersignError } from '../../errors.ts'
import type { Entity, EntityKind } from '../model/entities.ts'
import type { ChangeRecord, KeyUse, Versioned } from '../model/store.ts'
import { entityFromRow } from './entity-row.ts'
import type { Sealing } from './sealing.ts'
import { storeError } from './store-errors.ts'

export type Row = Readonly<Record<string, SQLOutputValue>>

/** The number of the newest change, also when the log has been cut meanwhile. */
export function lastSeq(database: DatabaseSync): number {
  const row = database
    .prepare(
      `SELECT max(coalesce((SELECT max(seq) FROM change_log), 0),
        coalesce((SELECT value FROM meta WHERE name = 'log-floor'), 0)) AS seq`,
    )
    .get()
  return Number(row?.['seq'])
}

/** Changes up to this number are no longer in the log. */
export function logFloor(database: DatabaseSync): number {
  return Number(database.prepare(`SELECT value FROM meta WHERE name = 'log-floor'`).get()?.['value'] ?? 0)
}

export function toVersioned(row: Row, sealing: Sealing): Versioned {
  return { entity: toEntity(row, sealing), version: Number(row['version']) }
}

export function toRecord(row: Row, sealing: Sealing): ChangeRecord {
  return {
    seq: Number(row['seq']),
    at: String(row['at']),
    op: row['op'] === 'put' ? 'put' : 'remove',
    kind: String(row['kind']) as EntityKind,
    key: String(row['key']),
    version: Number(row['version']),
    entity: row['op'] === 'put' ? toEntity(row, sealing) : null,
  }
}

export function toKeyUse(row: Row): KeyUse {
  return {
    accessKeyId: String(row['access_key_id']),
    at: String(row['at']),
    service: String(row['service']),
    region: String(row['region']),
  }
}

function toEntity(row: Row, sealing: Sealing): Entity {
  const sealed = row['sealed']
  return entityFromRow(
    String(row['kind']) as EntityKind,
    String(row['key']),
    { body: String(row['body']), sealed: sealed instanceof Uint8Array ? sealed : null },
    sealing,
  )
}

/** Entities one by one, so that a large directory is never in memory twice; `done` is called however the reading ends. */
export function* streamed(rows: Iterable<Row>, sealing: Sealing, path: string, done: () => void): Generator<Versioned> {
  try {
    for (const row of rows) yield toVersioned(row, sealing)
  } catch (error) {
    throw storeError(error, path)
  } finally {
    done()
  }
}

/**
 * Under which name an entity must be alone in its kind: IAM's names are unique whatever their case and path
 * (IAM User Guide, "IAM and AWS STS quotas": names within an account must be unique, not distinguished by case).
 */
export function uniqueName(entity: Entity): string | null {
  switch (entity.kind) {
    case 'user':
    case 'group':
    case 'role':
    case 'instance-profile':
    case 'policy':
    case 'saml-provider':
    case 'permission-set':
      return entity.name.toLowerCase()
    case 'mfa-device':
      return entity.serialNumber.toLowerCase()
    default:
      return null
  }
}

/** Milliseconds since the epoch of an ISO 8601 instant; `usage` for anything else. */
export function instant(text: string): number {
  const at = Date.parse(text)
  if (Number.isNaN(at)) throw new CountersignError('usage', 'a time must be an ISO 8601 instant')
  return at
}
