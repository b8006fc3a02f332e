import type { DatabaseSync } from 'node:sqlite'
import { CountersignError } from '../../errors.ts'

/** Marks the file as ours (`PRAGMA application_id`): "CSgn". */
const applicationId = 0x4353676e

/**
 * Each step brings the schema one version further (`PRAGMA user_version`), in its own transaction. Steps that were
 * released are never edited.
 */
const steps: readonly string[] = [
  `
  CREATE TABLE entity (
    kind TEXT NOT NULL, key TEXT NOT NULL, name TEXT, version INTEGER NOT NULL, body TEXT NOT NULL, sealed BLOB,
    PRIMARY KEY (kind, key)
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX entity_name ON entity (kind, name) WHERE name IS NOT NULL;

  CREATE TABLE change_log (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, op TEXT NOT NULL,
    kind TEXT NOT NULL, key TEXT NOT NULL, version INTEGER NOT NULL, body TEXT, sealed BLOB
  ) STRICT;

  CREATE TABLE key_use (
    access_key_id TEXT PRIMARY KEY, at_ms INTEGER NOT NULL, at TEXT NOT NULL, service TEXT NOT NULL, region TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE decision_block (
    n INTEGER PRIMARY KEY, count INTEGER NOT NULL, latest_ms INTEGER NOT NULL, refused INTEGER NOT NULL,
    keys TEXT NOT NULL, principals TEXT NOT NULL, causes TEXT NOT NULL,
    requests TEXT NOT NULL, columns TEXT NOT NULL
  ) STRICT;

  CREATE TABLE meta (name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;
  `,
  // What is looked at in every block comes first: it then lies on the block's own page. The times of an old block have no
  // negative step unless the clock was put back.
  `
  CREATE TABLE decision_block_2 (
    n INTEGER PRIMARY KEY, count INTEGER NOT NULL, earliest_ms INTEGER NOT NULL, latest_ms INTEGER NOT NULL,
    refused INTEGER NOT NULL, issued INTEGER NOT NULL, causes TEXT NOT NULL, codes TEXT NOT NULL, operations TEXT NOT NULL,
    keys TEXT NOT NULL, principals TEXT NOT NULL, requests TEXT NOT NULL, columns TEXT NOT NULL
  ) STRICT;
  INSERT INTO decision_block_2
    SELECT n, count,
      coalesce(CASE WHEN json_valid(columns) AND instr(json_extract(columns, '$.at'), '-') = 0
        THEN json_extract(columns, '$.at.rows[0]') END, -8640000000000000),
      latest_ms, refused, 0, causes,
      coalesce(CASE WHEN json_valid(columns) THEN json_extract(columns, '$.code.values') END, '[]'),
      coalesce(CASE WHEN json_valid(columns) THEN json_extract(columns, '$.operation.values') END, '[]'),
      keys, principals, requests, columns
    FROM decision_block;
  DROP TABLE decision_block;
  ALTER TABLE decision_block_2 RENAME TO decision_block;

  CREATE TABLE decision_mismatch (n INTEGER PRIMARY KEY, texts TEXT NOT NULL) STRICT;
  `,
  // One-time codes count one by one, and pairs of them by themselves.
  `
  UPDATE entity SET body = json_set(json_remove(body, '$.lastUsedStep'),
      '$.lastPairStep', coalesce(json_extract(body, '$.lastUsedStep'), 0), '$.usedSteps', json('[]'))
    WHERE kind = 'mfa-device';
  UPDATE change_log SET body = json_set(json_remove(body, '$.lastUsedStep'),
      '$.lastPairStep', coalesce(json_extract(body, '$.lastUsedStep'), 0), '$.usedSteps', json('[]'))
    WHERE kind = 'mfa-device' AND body IS NOT NULL;
  `,
]

const schemaVersion = steps.length

/**
 * Brings an empty or older database up to this schema. Throws `store` for a database of another program or of a newer
 * schema, and leaves both as they are.
 */
export function migrate(database: DatabaseSync, path: string): void {
  refuseStrangers(database, path, versionOf(database))
  // Kept in the file once set, so it comes only after the file is known to be ours.
  database.exec('PRAGMA journal_mode = WAL')
  if (versionOf(database) === schemaVersion) return
  database.exec('BEGIN IMMEDIATE')
  try {
    // Read again under the lock: another process may have migrated meanwhile.
    const found = versionOf(database)
    refuseStrangers(database, path, found)
    if (found === schemaVersion) return
    for (const step of steps.slice(found)) database.exec(step)
    database.exec(`PRAGMA application_id = ${applicationId}`)
    database.exec(`PRAGMA user_version = ${schemaVersion}`)
    database.exec('COMMIT')
  } finally {
    if (database.isTransaction) database.exec('ROLLBACK')
  }
}

function refuseStrangers(database: DatabaseSync, path: string, found: number): void {
  const empty = database.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.['n'] === 0
  if (!empty && !isOurs(database)) {
    throw new CountersignError('store', `${path} is a database of another program`, { data: { path } })
  }
  if (found > schemaVersion) {
    throw new CountersignError(
      'store',
      `${path} was written by a newer Countersign (schema ${found}; this one knows ${schemaVersion}): use that version`,
      { data: { path, schema: found, known: schemaVersion } },
    )
  }
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.['user_version'])
}

function isOurs(database: DatabaseSync): boolean {
  return database.prepare('PRAGMA application_id').get()?.['application_id'] === applicationId
}
