import { closeSync, openSync } from 'node:fs'
import { resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { CountersignError } from '../../errors.ts'
import { entityKey } from '../model/entities.ts'
import type {
  Change,
  ChangeRecord,
  Committed,
  Decision,
  DecisionPage,
  DecisionQuery,
  MinuteCount,
  Snapshot,
  Store,
} from '../model/store.ts'
import { createWatch } from './commit-watch.ts'
import { checkQuery, createDecisionTable } from './decision-table.ts'
import { entityToRow } from './entity-row.ts'
import { migrate } from './migrations.ts'
import { createPlaceCheck } from './place-check.ts'
import { instant, lastSeq, logFloor, streamed, toKeyUse, toRecord, toVersioned, uniqueName } from './rows.ts'
import { createSealing, type Sealing } from './sealing.ts'
import { storeError } from './store-errors.ts'

export interface SqliteStoreOptions {
  /** A file, made with mode 0600 when it is not there, or `:memory:`. */
  readonly path: string
  /** 32 bytes; seals the secrets. Must be the one that the file was made with. */
  readonly masterKey: Uint8Array
  /** The authority's clock, milliseconds since the epoch: the time in change records. */
  readonly now: () => number
  /** Decisions kept in the decision log. Default 1,000,000. */
  readonly maxDecisions?: number
  /** Records kept in the change log. Default 100,000. */
  readonly maxChanges?: number
  /** Milliseconds between looks for other processes' commits. Default 100. */
  readonly pollEvery?: number
  /** Milliseconds that a write waits for another process's write. Default 5,000. */
  readonly lockTimeout?: number
}

/**
 * The store over SQLite: write-ahead log, `synchronous = FULL`, so that what was acknowledged survives a power cut
 * (https://www.sqlite.org/pragma.html#pragma_synchronous); `NORMAL` for decisions, the last of which a power cut may take. Several processes may open one file: each write is an immediate
 * transaction that compares versions under SQLite's lock, and `onCommit` looks for the others' commits.
 * Throws `store` when the file is no database of ours, of a newer schema, or was made with another master key.
 */
export function openSqliteStore(options: SqliteStoreOptions): Store {
  const memory = options.path === ':memory:'
  // An absolute path is never taken for a `file:` URI.
  const path = memory ? options.path : resolve(options.path)
  const sealing = createSealing(options.masterKey)
  try {
    if (!memory) closeSync(openSync(path, 'a', 0o600))
  } catch (error) {
    throw storeError(error, path)
  }
  const connections: DatabaseSync[] = []
  const open = (synchronous: 'FULL' | 'NORMAL', prepare: (database: DatabaseSync) => void): DatabaseSync => {
    const database = connect(path, options.lockTimeout ?? 5_000)
    connections.push(database)
    prepare(database)
    database.exec(`PRAGMA synchronous = ${synchronous}`)
    database.exec(`PRAGMA wal_autocheckpoint = ${checkpointPages}`)
    return database
  }
  try {
    const database = open('FULL', (first) => migrate(first, path))
    checkMasterKey(database, path, sealing)
    // No request waits for the disk because of what is only remembered of it. Memory has one connection and no disk.
    const recorder = memory ? database : open('NORMAL', () => {})
    return storeOver({ database, recorder, path, sealing }, options)
  } catch (error) {
    for (const connection of connections) connection.close()
    throw storeError(error, path)
  }
}

function connect(path: string, timeout: number, readOnly = false): DatabaseSync {
  return new DatabaseSync(path, { timeout, readOnly, enableForeignKeyConstraints: true })
}

/** The first opening leaves a sealed word behind; a key that cannot open it is not the one. */
function checkMasterKey(database: DatabaseSync, path: string, sealing: Sealing): void {
  const place = 'master-key-check'
  const word = 'countersign'
  const sealed = sealing.seal(word, place)
  database.prepare('INSERT OR IGNORE INTO meta (name, value) VALUES (?, ?)').run(place, sealed)
  const kept = database.prepare('SELECT value FROM meta WHERE name = ?').get(place)?.['value']
  try {
    if (kept instanceof Uint8Array && sealing.open(kept, place) === word) return
  } catch {
    // Said below in words that fit the situation.
  }
  throw new CountersignError(
    'store',
    `${path} was made with another master key: restore that key, or use a new directory`,
    {
      data: { path },
    },
  )
}

/** Of 4 KiB each. All requests wait for a checkpoint: a few milliseconds often are better than many now and then. */
const checkpointPages = 256
const mostChanges = 10_000
const mostDecisions = 10_000
const searchPortion = 32_768
/** Every text of it is read. */
const textPortion = 4_096
/** Milliseconds after which a page of decisions shows what was found by then. */
const searchTime = 100
const mostUses = 100_000

interface Opened {
  readonly database: DatabaseSync
  /** Writes decisions; what it wrote last may be gone after a power cut (not after a crash of this process). */
  readonly recorder: DatabaseSync
  readonly path: string
  readonly sealing: Sealing
}

function storeOver({ database, recorder, path, sealing }: Opened, options: SqliteStoreOptions): Store {
  const maxChanges = options.maxChanges ?? 100_000
  const slack = Math.ceil(maxChanges / 100)
  const decisions = createDecisionTable(recorder, options.maxDecisions ?? 1_000_000)
  const watch = createWatch(database, options.pollEvery ?? 100)
  const readers = new Set<DatabaseSync>()
  const statements = prepareStatements(database)
  // Once something was read, the write-ahead log is there too.
  const checkPlace = path === ':memory:' ? () => {} : createPlaceCheck(path, [`${path}-wal`])
  let closed = false

  /**
   * Every call: refuses after close and without the files under their names, and turns failures of SQLite and of the disk
   * into ours. Rejects, never throws at once.
   */
  async function inStore<T>(work: () => T): Promise<T> {
    if (closed) throw new CountersignError('store', `${path} is closed`, { data: { path } })
    try {
      checkPlace()
      const result = work()
      // What went into a file that was removed meanwhile must not be acknowledged, nor be read as if it were kept.
      checkPlace()
      return result
    } catch (error) {
      throw storeError(error, path)
    }
  }

  async function search(query: DecisionQuery, time: number): Promise<DecisionPage> {
    const { first, end } = await inStore(() => {
      checkQuery(query)
      return decisions.extent()
    })
    const found: Decision[] = []
    const begun = performance.now()
    let to = query.before === undefined ? end : Math.min(end, Number(query.before))
    // In portions: requests do not wait until a million decisions are looked through.
    while (to > first) {
      const from = Math.max(first, to - (query.text === undefined ? searchPortion : textPortion))
      const rest = { ...query, limit: query.limit - found.length }
      const some = await inStore(() => decisions.find(rest, from, to))
      for (const { decision } of some) found.push(decision)
      to = found.length === query.limit ? some.at(-1)!.n : from
      if (found.length === query.limit || performance.now() - begun > time) break
      await nextTurn()
    }
    if (to <= first) return { decisions: found, next: null, searchedTo: null }
    const reached = await inStore(() => decisions.timeOf(to))
    return { decisions: found, next: String(to), searchedTo: reached === null ? null : new Date(reached).toISOString() }
  }

  function commitChange(change: Change, at: string): ChangeRecord {
    const kind = change.op === 'put' ? change.entity.kind : change.kind
    const key = change.op === 'put' ? entityKey(change.entity) : change.key
    const found = Number(statements.version.get(kind, key)?.['version'] ?? 0)
    if (found !== change.expect || (change.op === 'remove' && found === 0)) {
      throw new CountersignError('conflict', `${kind} ${key} has changed meanwhile`, {
        data: { kind, key, expected: change.expect, found },
      })
    }
    const version = found + 1
    if (change.op === 'remove') {
      statements.remove.run(kind, key)
      if (kind === 'access-key' || kind === 'role') statements.forgetUse.run(key)
      const seq = statements.log.run(at, 'remove', kind, key, version, null, null).lastInsertRowid
      return { seq: Number(seq), at, op: 'remove', kind, key, version, entity: null }
    }
    const { body, sealed } = entityToRow(change.entity, key, sealing)
    const name = uniqueName(change.entity)
    const bearer = name === null ? undefined : statements.bearer.get(kind, name)?.['key']
    if (bearer !== undefined && bearer !== key) {
      throw new CountersignError('conflict', `another ${kind} bears the name of ${key}`, { data: { kind, key } })
    }
    statements.put.run(kind, key, name, version, body, sealed)
    const seq = statements.log.run(at, 'put', kind, key, version, body, sealed).lastInsertRowid
    return { seq: Number(seq), at, op: 'put', kind, key, version, entity: change.entity }
  }

  return {
    load: () =>
      inStore((): Snapshot => {
        // A second connection keeps its view of one moment while this one goes on writing; memory has only this one.
        const reader = path === ':memory:' ? database : connect(path, 5_000, true)
        if (reader !== database) {
          readers.add(reader)
          reader.exec('BEGIN')
        }
        const seq = lastSeq(reader)
        const uses = reader.prepare('SELECT access_key_id, at, service, region FROM key_use').all().map(toKeyUse)
        const rows = reader.prepare('SELECT kind, key, version, body, sealed FROM entity')
        if (reader === database) return { seq, uses, entities: rows.all().map((row) => toVersioned(row, sealing)) }
        return {
          seq,
          uses,
          entities: streamed(rows.iterate(), sealing, path, () => readers.delete(reader) && reader.close()),
        }
      }),

    commit: (changes) =>
      inStore((): Committed => {
        if (changes.length > mostChanges) {
          throw new CountersignError('limit', `one commit takes ${mostChanges} changes at most`)
        }
        const at = new Date(options.now()).toISOString()
        const committed = inTransaction(database, () => {
          const records = changes.map((change) => commitChange(change, at))
          const seq = records.at(-1)?.seq ?? lastSeq(database)
          // In portions, not with each commit.
          if (seq - logFloor(database) > maxChanges + slack) {
            statements.trim.run(seq - maxChanges)
            statements.setFloor.run(seq - maxChanges)
          }
          return { seq, records }
        })
        if (committed.records.length > 0) watch.committed(committed.seq)
        return committed
      }),

    changesAfter: (seq, limit) =>
      inStore(() => {
        if (!Number.isInteger(limit) || limit < 1 || limit > 10_000) {
          throw new CountersignError('usage', 'limit must be from 1 to 10000')
        }
        const rows = statements.changes.all(seq, limit)
        // Read after the rows: what another process trims in between is then noticed.
        const floor = logFloor(database)
        if (seq < floor) {
          throw new CountersignError('limit', 'the change log no longer goes back that far: load again', {
            data: { after: seq, floor },
          })
        }
        return rows.map((row) => toRecord(row, sealing))
      }),

    onCommit: (listener) => watch.add(listener),

    touchKeys: (uses) =>
      inStore(() => {
        if (uses.length > mostUses) throw new CountersignError('limit', `one call takes ${mostUses} uses at most`)
        if (uses.length === 0) return
        inTransaction(database, () => {
          for (const use of uses) statements.use.run(use.accessKeyId, instant(use.at), use.at, use.service, use.region)
        })
      }),

    lastUse: (accessKeyId) =>
      inStore(() => {
        const row = statements.lastUse.get(accessKeyId)
        return row === undefined ? null : toKeyUse(row)
      }),

    async appendDecisions(batch) {
      if (batch.length > mostDecisions) {
        throw new CountersignError('limit', `one call takes ${mostDecisions} decisions at most`)
      }
      // Not within the request that filled the batch, nor before those that have arrived with it.
      await nextTurn()
      await inStore(() => {
        if (batch.length > 0) inTransaction(recorder, () => decisions.append(batch))
      })
    },

    findDecisions: async (query) => (await search(query, Number.POSITIVE_INFINITY)).decisions,

    pageDecisions: (query) => search(query, searchTime),

    async countDecisions(query) {
      const { first, end } = await inStore(() => {
        checkQuery({ ...query, limit: 1 })
        return decisions.extent()
      })
      const minutes = new Map<number, MinuteCount>()
      const begun = performance.now()
      let to = end
      while (to > first) {
        const from = Math.max(first, to - searchPortion)
        await inStore(() => decisions.count(query, from, to, minutes))
        to = from
        if (performance.now() - begun > searchTime) break
        await nextTurn()
      }
      const reached = to > first ? await inStore(() => decisions.timeOf(to)) : null
      const isAll = reached === null || reached < Date.parse(query.since)
      return { minutes, countedFrom: isAll ? null : new Date(reached).toISOString() }
    },

    clear: () =>
      inStore(() => {
        const floor = inTransaction(database, () => {
          // One number of the sequence is spent, so that readers who were up to date notice it too.
          const seq = Number(statements.log.run('', 'clear', '', '', 0, null, null).lastInsertRowid)
          for (const table of ['entity', 'change_log', 'key_use', 'decision_block', 'decision_mismatch'])
            database.exec(`DELETE FROM ${table}`)
          statements.setFloor.run(seq)
          return seq
        })
        watch.committed(floor)
      }),

    async close() {
      if (closed) return
      closed = true
      watch.close()
      for (const reader of readers) reader.close()
      readers.clear()
      if (recorder !== database) recorder.close()
      database.close()
    },
  }
}

function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    database.exec('COMMIT')
    return result
  } finally {
    if (database.isTransaction) database.exec('ROLLBACK')
  }
}

function prepareStatements(database: DatabaseSync) {
  return {
    version: database.prepare('SELECT version FROM entity WHERE kind = ? AND key = ?'),
    bearer: database.prepare('SELECT key FROM entity WHERE kind = ? AND name = ?'),
    put: database.prepare(
      `INSERT INTO entity (kind, key, name, version, body, sealed) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (kind, key) DO UPDATE SET name = excluded.name, version = excluded.version, body = excluded.body,
         sealed = excluded.sealed`,
    ),
    remove: database.prepare('DELETE FROM entity WHERE kind = ? AND key = ?'),
    forgetUse: database.prepare('DELETE FROM key_use WHERE access_key_id = ?'),
    log: database.prepare(
      'INSERT INTO change_log (at, op, kind, key, version, body, sealed) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ),
    changes: database.prepare(
      'SELECT seq, at, op, kind, key, version, body, sealed FROM change_log WHERE seq > ? ORDER BY seq LIMIT ?',
    ),
    setFloor: database.prepare(
      `INSERT INTO meta (name, value) VALUES ('log-floor', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
    ),
    trim: database.prepare('DELETE FROM change_log WHERE seq <= ?'),
    use: database.prepare(
      `INSERT INTO key_use (access_key_id, at_ms, at, service, region)
       SELECT ?1, ?2, ?3, ?4, ?5 WHERE EXISTS (SELECT 1 FROM entity WHERE kind IN ('access-key', 'role') AND key = ?1)
       ON CONFLICT (access_key_id) DO UPDATE SET at_ms = excluded.at_ms, at = excluded.at, service = excluded.service,
         region = excluded.region WHERE excluded.at_ms >= at_ms`,
    ),
    lastUse: database.prepare('SELECT access_key_id, at, service, region FROM key_use WHERE access_key_id = ?'),
  }
}
