import type { Decision } from '../model/store.ts'
import { instant } from './rows.ts'

/**
 * Up to `mostInBlock` consecutive decisions as one row of the database. What repeats stands once: most requests of a moment
 * differ in little more than their id. All texts are JSON.
 */
export interface DecisionBlock {
  /** Milliseconds since the epoch of the latest decision; the clock may have been moved, so it need not be the last one. */
  readonly latest: number
  readonly refused: number
  /** The values that occur, each once: a query looks for its own in them before it reads the rest. */
  readonly keys: string
  readonly principals: string
  readonly causes: string
  /** The request ids, oldest first. */
  readonly requests: string
  /**
   * By member: `values`, each once (but for those above), and `rows`, which of them each decision has; without `rows` all
   * have the first. `at` has `rows` only: the milliseconds since the decision before, for the first one since the epoch.
   */
  readonly columns: string
}

/** Writing more at once would let requests wait; fewer would cost a search more than it saves. */
export const mostInBlock = 256

/** Longest text kept of anything that a stranger's request can fill. */
const longestText = 2_048
const mostSentences = 64

/** Takes 1 to `mostInBlock` decisions, oldest first. Throws `usage` when the time of one is none. */
export function encodeBlock(decisions: readonly Decision[]): DecisionBlock {
  const columns = createColumns()
  const times = new Times()
  const requests: string[] = []
  let refused = 0
  let row = 0
  for (const decision of decisions) {
    requests.push(cut(decision.requestId))
    times.add(decision.at)
    if (decision.outcome === 'refused') refused += 1
    columns.outcome.add(decision.outcome, row)
    columns.service.add(decision.service, row)
    columns.operation.add(decision.operation, row)
    columns.accessKeyId.add(decision.accessKeyId, row)
    columns.principal.add(decision.principal, row)
    columns.account.add(decision.account, row)
    columns.region.add(decision.region, row)
    columns.sourceIp.add(decision.sourceIp, row)
    columns.userAgent.add(decision.userAgent, row)
    columns.status.add(decision.status, row)
    columns.code.add(decision.code, row)
    columns.reason.add(decision.reason, row)
    columns.cause.add(decision.cause, row)
    columns.evidence.add(decision.evidence, row)
    columns.checks.add(decision.checks, row)
    columns.statement.add(decision.statement, row)
    row += 1
  }
  const { accessKeyId, principal, cause } = columns
  const apart = { accessKeyId: accessKeyId.rowsOnly(), principal: principal.rowsOnly(), cause: cause.rowsOnly() }
  return {
    latest: times.latest,
    refused,
    keys: JSON.stringify(accessKeyId.values),
    principals: JSON.stringify(principal.values),
    causes: JSON.stringify(cause.values),
    requests: JSON.stringify(requests),
    columns: JSON.stringify({ at: times, ...columns, ...apart }),
  }
}

/** What of a block has to be read to have its decisions back. */
export type Kept = Omit<DecisionBlock, 'latest' | 'refused'>

export type Member = Exclude<keyof Decision, 'requestId' | 'at'>

export interface Wanted {
  /** The value that a member must have. */
  readonly values: ReadonlyMap<Member, string>
  readonly requestId: string | null
  /** Milliseconds since the epoch. */
  readonly earliest: number
  /** The rows from `first` to before `end`, of those that are there; the oldest is row 0. */
  readonly first: number
  readonly end: number
  readonly limit: number
}

export const everything: Wanted = {
  values: new Map(),
  requestId: null,
  earliest: Number.NEGATIVE_INFINITY,
  first: 0,
  end: mostInBlock,
  limit: Number.POSITIVE_INFINITY,
}

/** The decisions of a block that are wanted, newest first. Throws anything when the texts are not those of a block. */
export function decodeBlock(block: Kept, wanted: Wanted): Decision[] {
  const { at, ...read } = JSON.parse(block.columns) as KeptColumns
  const columns = Object.entries(read as Record<Member, KeptColumn>) as [Member, KeptColumn][]
  for (const [member, text] of [
    ['accessKeyId', block.keys],
    ['principal', block.principals],
    ['cause', block.causes],
  ] as const) {
    read[member].values = JSON.parse(text) as readonly unknown[]
  }
  const conditions = columns.flatMap(([member, { values = [], rows }]) => {
    const asked = wanted.values.get(member)
    return asked === undefined ? [] : [(row: number) => values[rows?.[row] ?? 0] === asked]
  })
  const fitting: number[] = []
  for (let row = Math.min(at.rows.length, wanted.end) - 1; row >= Math.max(wanted.first, 0); row -= 1) {
    if (conditions.every((holds) => holds(row))) fitting.push(row)
  }
  // The request ids are most of a block.
  if (fitting.length === 0) return []
  const requests = JSON.parse(block.requests) as string[]
  const times: number[] = []
  for (const passed of at.rows) times.push((times.at(-1) ?? 0) + passed)
  const found: Decision[] = []
  for (const row of fitting) {
    if (found.length >= wanted.limit) break
    if (times[row]! < wanted.earliest || (wanted.requestId !== null && wanted.requestId !== requests[row])) continue
    const decision: Record<string, unknown> = { requestId: requests[row], at: new Date(times[row]!).toISOString() }
    for (const [member, { values = [], rows }] of columns) decision[member] = values[rows?.[row] ?? 0]
    found.push(decision as unknown as Decision)
  }
  return found
}

interface KeptColumn {
  values?: readonly unknown[]
  readonly rows?: readonly number[] | undefined
}

type KeptColumns = Record<Member, KeptColumn> & { readonly at: { readonly rows: readonly number[] } }

/** Text as it is kept. */
export function cut(text: string): string {
  return text.length <= longestText ? text : `${text.slice(0, longestText - 1)}…`
}

/** One member of all decisions of a block. */
class Column<T> {
  readonly values: T[] = []
  /** Only from the second value on. */
  protected rows: number[] | undefined
  protected number = 0
  private readonly numbers = new Map<string | number | null, number>()

  /** From `row` on it is this value, which `key` tells from others. */
  protected turnTo(key: string | number | null, value: T, row: number): void {
    const known = this.numbers.get(key)
    if (known !== undefined) {
      this.number = known
      return
    }
    this.number = this.values.push(value) - 1
    this.numbers.set(key, this.number)
    if (this.number === 1) this.rows = new Array<number>(row).fill(0)
  }

  rowsOnly(): { readonly rows: readonly number[] | undefined } {
    return { rows: this.rows }
  }

  toJSON(): KeptColumn {
    return { values: this.values, rows: this.rows }
  }
}

class ValueColumn extends Column<string | number | null> {
  private last: string | number | null | undefined

  add(value: string | number | null, row: number): void {
    if (value !== this.last) {
      this.last = value
      this.turnTo(value, typeof value === 'string' ? cut(value) : value, row)
    }
    this.rows?.push(this.number)
  }
}

class ListColumn extends Column<readonly string[]> {
  private last: readonly string[] | undefined

  add(list: readonly string[], row: number): void {
    if (this.last === undefined || !sameTexts(list, this.last)) {
      this.last = list
      const kept = list.slice(0, mostSentences).map(cut)
      this.turnTo(JSON.stringify(kept), kept, row)
    }
    this.rows?.push(this.number)
  }
}

function createColumns() {
  return {
    outcome: new ValueColumn(),
    service: new ValueColumn(),
    operation: new ValueColumn(),
    accessKeyId: new ValueColumn(),
    principal: new ValueColumn(),
    account: new ValueColumn(),
    region: new ValueColumn(),
    sourceIp: new ValueColumn(),
    userAgent: new ValueColumn(),
    status: new ValueColumn(),
    code: new ValueColumn(),
    reason: new ValueColumn(),
    cause: new ValueColumn(),
    evidence: new ListColumn(),
    checks: new ListColumn(),
    statement: new ValueColumn(),
  } satisfies Record<Member, unknown>
}

function sameTexts(one: readonly string[], other: readonly string[]): boolean {
  if (one === other) return true
  if (one.length !== other.length) return false
  for (let index = 0; index < one.length; index += 1) if (one[index] !== other[index]) return false
  return true
}

class Times {
  latest = Number.NEGATIVE_INFINITY
  private readonly rows: number[] = []
  private time = 0
  private text: string | undefined

  add(text: string): void {
    let passed = 0
    // Many requests come within one millisecond, and reading a time costs more than comparing it.
    if (text !== this.text) {
      const time = instant(text)
      passed = time - this.time
      this.time = time
      this.text = text
      if (time > this.latest) this.latest = time
    }
    this.rows.push(passed)
  }

  toJSON(): unknown {
    return { rows: this.rows }
  }
}
