import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { CountersignError } from '../../errors.ts'
import type { Decision, DecisionQuery } from '../model/store.ts'
import { instant } from './rows.ts'

/** The decision log inside the database: bounded in rows (the oldest go) and in the size of each row. */
export interface DecisionTable {
  /** To be called inside a transaction. */
  append(decisions: readonly Decision[]): void
  /** Newest first, which is the order of writing. */
  find(query: DecisionQuery): readonly Decision[]
}

/** Longest text kept of anything that a stranger's request can fill. */
const longestText = 2_048
const mostSentences = 64

/**
 * Every request appends here, so both tables grow at their end only: indexes by request, key and principal cost five times
 * the writing (`docs/decisions/0002-store.md`). A narrow table of numbers is walked instead, newest first, and the text of
 * a row is read only where the numbers fit.
 */
export function createDecisionTable(database: DatabaseSync, maxRows: number): DecisionTable {
  const insert = database.prepare(
    `INSERT INTO decision (at_ms, refused, request_mark, key_mark, principal_mark, cause_mark) VALUES (?, ?, ?, ?, ?, ?)`,
  )
  const insertText = database.prepare('INSERT INTO decision_text (n, body) VALUES (?, ?)')
  const oldest = database.prepare('SELECT min(n) AS n FROM decision')
  const trims = ['decision', 'decision_text'].map((table) => database.prepare(`DELETE FROM ${table} WHERE n < ?`))
  const finders = new Map<string, StatementSync>()

  return {
    append(decisions) {
      let last = 0
      for (const decision of decisions.map(bounded)) {
        const { at, outcome, requestId, accessKeyId, principal, cause } = decision
        const refused = outcome === 'refused' ? 1 : 0
        const marks = [markOf(requestId), markOf(accessKeyId), markOf(principal), markOf(cause)]
        last = Number(insert.run(instant(at), refused, ...marks).lastInsertRowid)
        insertText.run(last, JSON.stringify(decision))
      }
      const first = last > maxRows ? Number(oldest.get()?.['n']) : last
      // In portions: when the bound was lowered, one append must not wait until millions of rows are gone.
      const keep = Math.min(last - maxRows + 1, first + Math.max(1_000, 2 * decisions.length))
      if (keep > first) for (const trim of trims) trim.run(keep)
    },

    find(query) {
      const { sql, values } = selection(query)
      let finder = finders.get(sql)
      if (finder === undefined) finders.set(sql, (finder = database.prepare(sql)))
      const found: Decision[] = []
      for (const row of finder.iterate(...values)) {
        const decision = JSON.parse(String(row['body'])) as Decision
        // Two texts may have the same mark.
        if (fits(decision, query)) found.push(decision)
        if (found.length === query.limit) break
      }
      return found
    },
  }
}

/** Throws `usage` for a query that cannot be meant. */
export function checkQuery(query: DecisionQuery): void {
  if (!Number.isInteger(query.limit) || query.limit < 1 || query.limit > 1_000) {
    throw new CountersignError('usage', 'limit must be from 1 to 1000')
  }
  if (query.since !== undefined) instant(query.since)
}

function selection(query: DecisionQuery): { readonly sql: string; readonly values: readonly number[] } {
  const conditions: readonly (readonly [string, number | undefined])[] = [
    ['request_mark =', query.requestId === undefined ? undefined : markOf(cut(query.requestId))],
    ['key_mark =', query.accessKeyId === undefined ? undefined : markOf(cut(query.accessKeyId))],
    ['principal_mark =', query.principal === undefined ? undefined : markOf(cut(query.principal))],
    ['cause_mark =', query.cause === undefined ? undefined : markOf(query.cause)],
    ['refused =', query.outcome === undefined ? undefined : query.outcome === 'refused' ? 1 : 0],
    ['at_ms >=', query.since === undefined ? undefined : instant(query.since)],
  ]
  const given = conditions.filter((condition): condition is readonly [string, number] => condition[1] !== undefined)
  const where = given.length === 0 ? '' : `WHERE ${given.map(([column]) => `d.${column} ?`).join(' AND ')}`
  // A cross join keeps SQLite from walking the wide table first.
  const sql = `SELECT body FROM decision d CROSS JOIN decision_text t ON t.n = d.n ${where} ORDER BY d.n DESC`
  return { sql, values: given.map(([, value]) => value) }
}

function fits(decision: Decision, query: DecisionQuery): boolean {
  const same = (asked: string | undefined, kept: string | null) => asked === undefined || cut(asked) === kept
  return (
    same(query.requestId, decision.requestId) &&
    same(query.accessKeyId, decision.accessKeyId) &&
    same(query.principal, decision.principal) &&
    same(query.cause, decision.cause)
  )
}

/** FNV-1a over UTF-16 units, 32 bits (http://www.isthe.com/chongo/tech/comp/fnv/); 0 for null. */
function markOf(text: string | null): number {
  if (text === null) return 0
  let mark = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) mark = Math.imul(mark ^ text.charCodeAt(at), 0x01000193)
  return mark >>> 0
}

function bounded(decision: Decision): Decision {
  const short = (text: string | null) => (text === null ? null : cut(text))
  return {
    ...decision,
    requestId: cut(decision.requestId),
    service: cut(decision.service),
    operation: cut(decision.operation),
    accessKeyId: short(decision.accessKeyId),
    principal: short(decision.principal),
    region: short(decision.region),
    sourceIp: cut(decision.sourceIp),
    userAgent: cut(decision.userAgent),
    code: short(decision.code),
    reason: short(decision.reason),
    statement: short(decision.statement),
    evidence: decision.evidence.slice(0, mostSentences).map(cut),
    checks: decision.checks.slice(0, mostSentences).map(cut),
  }
}

function cut(text: string): string {
  return text.length <= longestText ? text : `${text.slice(0, longestText - 1)}…`
}
