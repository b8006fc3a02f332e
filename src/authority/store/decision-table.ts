import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { CountersignError } from '../../errors.ts'
import type { Decision, DecisionQuery, MinuteCount } from '../model/store.ts'
import {
  cut,
  decodeBlock,
  encodeBlock,
  everything,
  type FoundRow,
  jsonPart,
  type Kept,
  type Member,
  mostInBlock,
  outcomesOf,
  plainCase,
  type Wanted,
} from './decision-block.ts'
import { createMismatchTable } from './mismatch-table.ts'
import { instant, type Row } from './rows.ts'

/** The decision log inside the database: bounded in decisions (the oldest go) and in the size of each. */
export interface DecisionTable {
  /** To be called inside a transaction. */
  append(decisions: readonly Decision[]): void
  /** The numbers of the decisions that are there: from `first` to before `end`. */
  extent(): Extent
  /** Among the numbers from `first` to before `end`; newest first, which is the order of writing. */
  find(query: DecisionQuery, first: number, end: number): readonly Numbered[]
  /** Adds to `minutes` how many there are among these numbers. */
  count(query: Omit<DecisionQuery, 'limit'>, first: number, end: number, minutes: Map<number, MinuteCount>): void
  /** When the decision of this number was taken, or one close to it: milliseconds since the epoch; null when it is not there. */
  timeOf(n: number): number | null
}

export interface Extent {
  readonly first: number
  readonly end: number
}

export interface Numbered {
  readonly n: number
  readonly decision: Decision
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
    `INSERT INTO decision_block (n, count, earliest_ms, latest_ms, refused, issued, ${texts})
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const removeFrom = database.prepare('DELETE FROM decision_block WHERE n >= ?')
  const oldest = database.prepare('SELECT min(n) AS n FROM decision_block')
  const trim = database.prepare('DELETE FROM decision_block WHERE n < (SELECT max(n) FROM decision_block WHERE n <= ?)')
  const time = database.prepare('SELECT latest_ms FROM decision_block WHERE n <= ? ORDER BY n DESC LIMIT 1')
  const mismatches = createMismatchTable(database)
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
      for (const { decision } of decisions.reverse()) taken.push(decision)
      n += decisions.length
    }
    removeFrom.run(first)
    return taken
  }

  function put(n: number, decisions: readonly Decision[]): void {
    const block = encodeBlock(decisions)
    const { earliest, latest, refused, issued, causes, codes, operations, keys, principals, requests, columns } = block
    const summary = [n, decisions.length, earliest, latest, refused, issued]
    insert.run(...summary, causes, codes, operations, keys, principals, requests, columns)
  }

  /** The blocks that may hold what is asked for, newest first. */
  function blocksOf(query: Omit<DecisionQuery, 'limit'>, first: number, end: number): Iterable<Row> {
    const { sql, values } = selection(query)
    let finder = finders.get(sql)
    if (finder === undefined) finders.set(sql, (finder = database.prepare(sql)))
    return finder.iterate(end, first - mostInBlock, ...values)
  }

  return {
    append(decisions) {
      const begin = nextNumber()
      const joined = joining(decisions.length)
      let end = begin - joined
      const all = joined === 0 ? decisions : takeFrom(end, begin).concat(decisions)
      for (let at = 0; at < all.length; at += mostInBlock) {
        const block = all.length <= mostInBlock ? all : all.slice(at, at + mostInBlock)
        put(end, block)
        end += block.length
      }
      mismatches.append(decisions, begin)
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
      const wanted = wantedBy(query)
      const found: Numbered[] = []
      for (const row of blocksOf(query, first, end)) {
        const n = Number(row['n'])
        const limit = query.limit - found.length
        for (const one of decode(row, { ...wanted, first: first - n, end: end - n, limit }))
          found.push({ n: n + one.row, decision: mismatches.complete(n + one.row, one.decision) })
        if (found.length === query.limit) break
      }
      return found
    },

    count(query, first, end, minutes) {
      const wanted = wantedBy(query)
      for (const row of blocksOf(query, first, end)) {
        const n = Number(row['n'])
        const [earliest, latest, count] = [Number(row['earliest_ms']), Number(row['latest_ms']), Number(row['count'])]
        const isWhole =
          n >= first && n + count <= end && earliest >= wanted.earliest && latest < wanted.latest && asksForAll(query)
        if (isWhole && Number(row['refused']) === 0 && minuteOf(earliest) === minuteOf(latest)) {
          if (query.outcome !== 'refused') minuteIn(minutes, latest).accepted += count
          continue
        }
        reading(() => {
          for (const { at, accepted, cause } of outcomesOf(keptOf(row), {
            ...wanted,
            first: first - n,
            end: end - n,
          })) {
            const minute = minuteIn(minutes, at)
            if (accepted) minute.accepted += 1
            else minute.refused.set(cause ?? 'other', (minute.refused.get(cause ?? 'other') ?? 0) + 1)
          }
        })
      }
    },

    timeOf(n) {
      const latest = time.get(n)?.['latest_ms']
      return latest === undefined ? null : Number(latest)
    },
  }
}

/** In the order of the table: what is long comes last. */
const texts = 'causes, codes, operations, keys, principals, requests, columns'

/** A word that somebody types to find something. */
const longestSearch = 256

/** Throws `usage` for a query that cannot be meant. */
export function checkQuery(query: DecisionQuery): void {
  if (!Number.isInteger(query.limit) || query.limit < 1 || query.limit > 1_000) {
    throw new CountersignError('usage', 'limit must be from 1 to 1000')
  }
  if (query.since !== undefined) instant(query.since)
  if (query.until !== undefined) instant(query.until)
  if (query.before !== undefined && !/^[1-9]\d{0,14}$/.test(query.before)) {
    throw new CountersignError('usage', 'before must be what a page gave as next')
  }
  if (query.text !== undefined && query.text.length > longestSearch) {
    throw new CountersignError('usage', `text must have ${longestSearch} characters at most`)
  }
}

type Condition = readonly [sql: string, value: string | number | undefined]

function selection(query: Omit<DecisionQuery, 'limit'>): {
  readonly sql: string
  readonly values: readonly (string | number)[]
} {
  const holds = (column: string, text: string | undefined): Condition => [
    `instr(${column}, ?) > 0`,
    text === undefined ? undefined : JSON.stringify(cut(text)),
  ]
  const text = query.text === undefined ? undefined : plainCase(jsonPart(query.text))
  const anywhere = texts.split(', ').map((column) => `instr(lower(${column}), ?1) > 0`)
  const conditions: readonly Condition[] = [
    ['latest_ms >= ?', query.since === undefined ? undefined : instant(query.since)],
    ['earliest_ms < ?', query.until === undefined ? undefined : instant(query.until)],
    ['(refused > 0) >= ?', query.outcome === 'refused' ? 1 : undefined],
    ['(refused < count) >= ?', query.outcome === 'accepted' ? 1 : undefined],
    ['issued >= ?', query.issued === true ? 1 : undefined],
    // In the order of the columns: the request ids, which are long, are looked through last.
    holds('causes', query.cause),
    holds('codes', query.code),
    holds('operations', query.operation),
    holds('keys', query.accessKeyId),
    holds('principals', query.principal),
    holds('requests', query.requestId),
    [`(${anywhere.join(' OR ')})`, text],
  ]
  const given = conditions.filter((one): one is readonly [string, string | number] => one[1] !== undefined)
  let place = 2
  const numbered = given.map(([condition]) => {
    place += 1
    return condition.replace(/\?1?/g, `?${place}`)
  })
  const where = ['n < ?1', 'n > ?2', ...numbered].join(' AND ')
  const sql = `SELECT n, count, earliest_ms, latest_ms, refused, ${texts} FROM decision_block WHERE ${where} ORDER BY n DESC`
  return { sql, values: given.map(([, value]) => value) }
}

function wantedBy(query: Omit<DecisionQuery, 'limit'>): Wanted {
  const { accessKeyId, principal, cause, outcome, code, operation } = query
  const asked = Object.entries({ accessKeyId, principal, cause, outcome, code, operation })
  const given = asked.filter((one): one is [string, string] => one[1] !== undefined)
  return {
    ...everything,
    values: new Map(given.map(([member, value]) => [member as Member, cut(value)])),
    requestId: query.requestId === undefined ? null : cut(query.requestId),
    issued: query.issued === true,
    text: query.text === undefined ? null : plainCase(query.text),
    earliest: query.since === undefined ? Number.NEGATIVE_INFINITY : instant(query.since),
    latest: query.until === undefined ? Number.POSITIVE_INFINITY : instant(query.until),
  }
}

/** Does nothing but the time, and perhaps the outcome, decide? */
function asksForAll({
  since: _,
  until: __,
  outcome: ___,
  before: ____,
  ...rest
}: Omit<DecisionQuery, 'limit'>): boolean {
  return Object.values(rest).every((value) => value === undefined)
}

const minute = 60_000

function minuteOf(at: number): number {
  return Math.floor(at / minute) * minute
}

function minuteIn(minutes: Map<number, MinuteCount>, at: number): MinuteCount {
  const begin = minuteOf(at)
  let counted = minutes.get(begin)
  if (counted === undefined) minutes.set(begin, (counted = { accepted: 0, refused: new Map() }))
  return counted
}

function keptOf(row: Row | undefined): Kept {
  const text = (column: keyof Kept): string => String(row?.[column])
  return {
    causes: text('causes'),
    codes: text('codes'),
    operations: text('operations'),
    keys: text('keys'),
    principals: text('principals'),
    requests: text('requests'),
    columns: text('columns'),
  }
}

function decode(row: Row | undefined, wanted: Wanted): FoundRow[] {
  return reading(() => decodeBlock(keptOf(row), wanted))
}

function reading<T>(read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw unreadable(cause)
  }
}

function unreadable(cause?: unknown): CountersignError {
  return new CountersignError('store', 'the decision log is not readable in the database', { cause })
}
