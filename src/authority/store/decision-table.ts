import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { CountersignError } from '../../errors.ts'
import type { Decision, DecisionQuery } from '../model/store.ts'
import { instant } from './rows.ts'

/** The decision log inside the database: bounded in rows (the oldest go) and in the size of each row. */
export interface DecisionTable {
  /** To be called inside a transaction. */
  append(decisions: readonly Decision[]): void
  find(query: DecisionQuery): readonly Decision[]
}

/** Longest text kept of anything that a stranger's request can fill. */
const longestText = 2_048
const mostSentences = 64
/** So many newer rows are sorted at once; a wider range is walked from its new end instead. */
const narrowRange = 5_000

export function createDecisionTable(database: DatabaseSync, maxRows: number): DecisionTable {
  const insert = database.prepare(
    `INSERT INTO decision (at, request_id, outcome, access_key_id, principal, cause, body) VALUES (?, ?, ?, ?, ?, ?, ?)`,
  )
  // In portions: when the bound was lowered, one append must not wait until millions of rows are gone.
  const trim = database.prepare(
    'DELETE FROM decision WHERE n IN (SELECT n FROM decision WHERE n <= ? ORDER BY n LIMIT ?)',
  )
  const newerThan = database.prepare('SELECT count(*) AS n FROM (SELECT 1 FROM decision WHERE at >= ? LIMIT ?)')
  const finders = new Map<string, StatementSync>()

  return {
    append(decisions) {
      let last = 0
      for (const decision of decisions.map(bounded)) {
        const { at, requestId, outcome, accessKeyId, principal, cause } = decision
        const body = JSON.stringify(decision)
        last = Number(insert.run(at, requestId, outcome, accessKeyId, principal, cause, body).lastInsertRowid)
      }
      if (last > maxRows) trim.run(last - maxRows, Math.max(1_000, 2 * decisions.length))
    },

    find(query) {
      const narrow =
        query.since !== undefined && Number(newerThan.get(sinceText(query.since), narrowRange)?.['n']) < narrowRange
      const { sql, values } = selection(query, narrow)
      let finder = finders.get(sql)
      if (finder === undefined) finders.set(sql, (finder = database.prepare(sql)))
      return finder.all(...values, query.limit).map((row) => JSON.parse(String(row['body'])) as Decision)
    },
  }
}

/** Throws `usage` for a query that cannot be meant. */
export function checkQuery(query: DecisionQuery): void {
  if (!Number.isInteger(query.limit) || query.limit < 1 || query.limit > 1_000) {
    throw new CountersignError('usage', 'limit must be from 1 to 1000')
  }
  if (query.since !== undefined) sinceText(query.since)
}

function selection(query: DecisionQuery, narrow: boolean): { readonly sql: string; readonly values: string[] } {
  // The unary plus keeps SQLite from choosing the index of that column.
  const free = narrow ? '+' : ''
  const where: string[] = []
  const values: string[] = []
  const columns = [
    ['request_id', query.requestId],
    ['access_key_id', query.accessKeyId],
    ['principal', query.principal],
    ['cause', query.cause],
  ] as const
  for (const [column, value] of columns) {
    if (value === undefined) continue
    where.push(`${free}${column} = ?`)
    values.push(cut(value))
  }
  // A literal, because the partial index is chosen only for one.
  if (query.outcome !== undefined) where.push(`outcome = '${query.outcome === 'refused' ? 'refused' : 'accepted'}'`)
  if (query.since !== undefined) {
    where.push(narrow ? 'at >= ?' : '+at >= ?')
    values.push(sinceText(query.since))
  }
  const table = narrow ? 'decision INDEXED BY decision_by_at' : 'decision'
  const condition = where.length === 0 ? '' : ` WHERE ${where.join(' AND ')}`
  return { sql: `SELECT body FROM ${table}${condition} ORDER BY n DESC LIMIT ?`, values }
}

/** In the one form that the rows have, so that texts compare as instants do. */
function sinceText(text: string): string {
  return new Date(instant(text)).toISOString()
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
    reason: short(decision.reason),
    statement: short(decision.statement),
    evidence: decision.evidence.slice(0, mostSentences).map(cut),
    checks: decision.checks.slice(0, mostSentences).map(cut),
  }
}

function cut(text: string): string {
  return text.length <= longestText ? text : `${text.slice(0, longestText - 1)}…`
}
