import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { CountersignError } from '../../errors.ts'
import type { Decision, DecisionQuery } from '../model/store.ts'
import {
  cut,
  decodeBlock,
  encodeBlock,
  everything,
  type Kept,
  type Member,
  mostInBlock,
  type Wanted,
} from './decision-block.ts'
import { instant, type Row } from './rows.ts'

/** The decision log inside the database: bounded in decisions (the oldest go) and in the size of each. */
export interface DecisionTable {
  /** To be called inside a transaction. */
  append(decisions: readonly Decision[]): void
  /** The numbers of the decisions that are there: from `first` to before `end`. */
  extent(): { readonly first: number; readonly end: number }
  /** Among the numbers from `first` to before `end`; newest first, which is the order of writing. */
  find(query: DecisionQuery, first: number, end: number): readonly Decision[]
}

/**
 * Every request appends here, so a row holds a whole block of decisions, and the table grows at its end only: a row for each
 * decision, or an index, would cost several times the writing (`docs/decisions/0002-store.md`). A query walks the blocks,
 * newest first, and reads those whose summary fits.
 *
 * Decisions are numbered; `n` of a block is the number of its first one, so the blocks follow each other without gaps.
 */
export function createDecisionTable(database: DatabaseSync, most: number): DecisionTable {
  const sizes = database.prepare('SELECT n, count FROM decision_block ORDER BY n DESC')
  const read = database.prepare(`SELECT ${texts} FROM decision_block WHERE n = ?`)
  const insert = database.prepare(
    `INSERT INTO decision_block (n, count, latest_ms, refused, keys, principals, causes, requests, columns)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const removeFrom = database.prepare('DELETE FROM decision_block WHERE n >= ?')
  const oldest = database.prepare('SELECT min(n) AS n FROM decision_block')
  const trim = database.prepare('DELETE FROM decision_block WHERE n < (SELECT max(n) FROM decision_block WHERE n <= ?)')
  const finders = new Map<string, StatementSync>()

  /** The number that the next decision gets. */
  function nextNumber(): number {
    const last = sizes.get()
    return last === undefined ? 1 : Number(last['n']) + Number(last['count'])
  }

  /**
   * How many decisions at the end of the table become one block with so many new ones. A block is joined only when it is at
   * most twice as large as what joins it: small batches then cost each decision a few writings, not one per batch.
   */
  function joining(added: number): number {
    let joined = 0
    for (const { count } of sizes.iterate()) {
      const size = Number(count)
      if (size > 2 * (joined + added) || size + joined + added > mostInBlock) break
      joined += size
    }
    return joined
  }

  /** The decisions from number `first` on, oldest first; they are taken out of the table. */
  function takeFrom(first: number, end: number): readonly Decision[] {
    const taken: Decision[] = []
    for (let n = first; n < end; ) {
      const decisions = decode(read.get(n), everything)
      if (decisions.length === 0) throw unreadable()
      taken.push(...decisions.reverse())
      n += decisions.length
    }
    removeFrom.run(first)
    return taken
  }

  function put(n: number, decisions: readonly Decision[]): void {
    const { latest, refused, keys, principals, causes, requests, columns } = encodeBlock(decisions)
    insert.run(n, decisions.length, latest, refused, keys, principals, causes, requests, columns)
  }

  return {
    append(decisions) {
      let end = nextNumber()
      const joined = joining(decisions.length)
      end -= joined
      const all = joined === 0 ? decisions : takeFrom(end, end + joined).concat(decisions)
      for (let at = 0; at < all.length; at += mostInBlock) {
        const block = all.length <= mostInBlock ? all : all.slice(at, at + mostInBlock)
        put(end, block)
        end += block.length
      }
      if (end <= most) return
      // In portions: when the bound was lowered, one append must not wait until millions are gone.
      const first = Number(oldest.get()?.['n'])
      trim.run(Math.min(end - most, first + Math.max(1_000, 2 * decisions.length)))
    },

    extent() {
      const end = nextNumber()
      return { first: Math.max(end - most, 1), end }
    },

    find(query, first, end) {
      const { sql, values } = selection(query)
      let finder = finders.get(sql)
      if (finder === undefined) finders.set(sql, (finder = database.prepare(sql)))
      const wanted = wantedBy(query)
      const found: Decision[] = []
      for (const row of finder.iterate(end, first - mostInBlock, ...values)) {
        const n = Number(row['n'])
        const limit = query.limit - found.length
        found.push(...decode(row, { ...wanted, first: first - n, end: end - n, limit }))
        if (found.length === query.limit) break
      }
      return found
    },
  }
}

const texts = 'keys, principals, causes, requests, columns'

/** Throws `usage` for a query that cannot be meant. */
export function checkQuery(query: DecisionQuery): void {
  if (!Number.isInteger(query.limit) || query.limit < 1 || query.limit > 1_000) {
    throw new CountersignError('usage', 'limit must be from 1 to 1000')
  }
  if (query.since !== undefined) instant(query.since)
}

function selection(query: DecisionQuery): { readonly sql: string; readonly values: readonly (string | number)[] } {
  const holds = (column: string, text: string | undefined): readonly [string, string | undefined] => [
    `instr(${column}, ?) > 0`,
    text === undefined ? undefined : JSON.stringify(cut(text)),
  ]
  const conditions: readonly (readonly [string, string | number | undefined])[] = [
    ['latest_ms >= ?', query.since === undefined ? undefined : instant(query.since)],
    ['(refused > 0) >= ?', query.outcome === 'refused' ? 1 : undefined],
    ['(refused < count) >= ?', query.outcome === 'accepted' ? 1 : undefined],
    // In the order of the columns: the request ids, which are long, are looked through last.
    holds('keys', query.accessKeyId),
    holds('principals', query.principal),
    holds('causes', query.cause),
    holds('requests', query.requestId),
  ]
  const given = conditions.filter((one): one is readonly [string, string | number] => one[1] !== undefined)
  const where = ['n < ?', 'n > ?', ...given.map(([condition]) => condition)].join(' AND ')
  const sql = `SELECT n, ${texts} FROM decision_block WHERE ${where} ORDER BY n DESC`
  return { sql, values: given.map(([, value]) => value) }
}

function wantedBy(query: DecisionQuery): Wanted {
  const { accessKeyId, principal, cause, outcome } = query
  const asked = Object.entries({ accessKeyId, principal, cause, outcome }) as [Member, string | undefined][]
  return {
    ...everything,
    values: new Map(asked.flatMap(([member, value]) => (value === undefined ? [] : [[member, cut(value)]]))),
    requestId: query.requestId === undefined ? null : cut(query.requestId),
    earliest: query.since === undefined ? Number.NEGATIVE_INFINITY : instant(query.since),
  }
}

function decode(row: Row | undefined, wanted: Wanted): Decision[] {
  const text = (column: keyof Kept): string => String(row?.[column])
  const [keys, principals, causes] = [text('keys'), text('principals'), text('causes')]
  try {
    return decodeBlock({ keys, principals, causes, requests: text('requests'), columns: text('columns') }, wanted)
  } catch (cause) {
    throw unreadable(cause)
  }
}

function unreadable(cause?: unknown): CountersignError {
  return new CountersignError('store', 'the decision log is not readable in the database', { cause })
}
