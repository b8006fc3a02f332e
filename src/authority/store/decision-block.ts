import type { Decision } from '../model/store.ts'
import { instant } from './rows.ts'

/**
 * Up to `mostInBlock` consecutive decisions as one row of the database. What repeats stands once: most requests of a moment
 * differ in little more than their id. All texts are JSON.
 */
export interface DecisionBlock {
  /** Milliseconds since the epoch of the first and the last in time; the clock may have been moved between them. */
  readonly earliest: number
  readonly latest: number
  readonly refused: number
  /** How many gave a session. */
  readonly issued: number
  /** The values that occur, each once: a query looks for its own in them before it reads the rest. */
  readonly causes: string
  readonly codes: string
  readonly operations: string
  readonly keys: string
  readonly principals: string
  /** The request ids, oldest first. */
  readonly requests: string
  /**
   * By member: `values`, each once (but for those above), and `rows`, which of them each decision has; without `rows` all
   * have the first. `at` has `rows` only: the milliseconds since the decision before, for the first one since the epoch.
   * Of `issued` and `denied`, which few have, `rows` are those few.
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
  const issued = new FewColumn()
  const denied = new FewColumn()
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
    if (decision.issued) issued.add(decision.issued, row)
    if (decision.denied)
      denied.add({ action: cut(decision.denied.action), resource: cut(decision.denied.resource) }, row)
    row += 1
  }
  const apart = Object.fromEntries(membersApart.map(([member]) => [member, columns[member].rowsOnly()]))
  return {
    earliest: times.earliest,
    latest: times.latest,
    refused,
    issued: issued.rows.length,
    causes: JSON.stringify(columns.cause.values),
    codes: JSON.stringify(columns.code.values),
    operations: JSON.stringify(columns.operation.values),
    keys: JSON.stringify(columns.accessKeyId.values),
    principals: JSON.stringify(columns.principal.values),
    requests: JSON.stringify(requests),
    columns: JSON.stringify({ at: times, ...columns, ...apart, issued, denied }),
  }
}

/** Whose values stand in texts of their own. */
const membersApart = [
  ['cause', 'causes'],
  ['code', 'codes'],
  ['operation', 'operations'],
  ['accessKeyId', 'keys'],
  ['principal', 'principals'],
] as const

/** What of a block has to be read to have its decisions back. */
export type Kept = Omit<DecisionBlock, 'earliest' | 'latest' | 'refused' | 'issued'>

export type Member = Exclude<keyof Decision, 'requestId' | 'at' | 'issued' | 'denied' | 'mismatch'>

export interface Wanted {
  /** The value that a member must have. */
  readonly values: ReadonlyMap<Member, string>
  readonly requestId: string | null
  /** Only those that gave a session. */
  readonly issued: boolean
  /** What must stand somewhere in a text, by `plainCase`. */
  readonly text: string | null
  /** Milliseconds since the epoch: from here to before `latest`. */
  readonly earliest: number
  readonly latest: number
  /** The rows from `first` to before `end`, of those that are there; the oldest is row 0. */
  readonly first: number
  readonly end: number
  readonly limit: number
}

export const everything: Wanted = {
  values: new Map(),
  requestId: null,
  issued: false,
  text: null,
  earliest: Number.NEGATIVE_INFINITY,
  latest: Number.POSITIVE_INFINITY,
  first: 0,
  end: mostInBlock,
  limit: Number.POSITIVE_INFINITY,
}

export interface FoundRow {
  readonly row: number
  readonly decision: Decision
}

/** The decisions of a block that are wanted, newest first. Throws anything when the texts are not those of a block. */
export function decodeBlock(block: Kept, wanted: Wanted): FoundRow[] {
  const opened = openBlock(block)
  const found: FoundRow[] = []
  for (const row of rowsOf(opened, block, wanted)) {
    const decision: Record<string, unknown> = {
      requestId: opened.requests()[row],
      at: new Date(opened.times[row]!).toISOString(),
    }
    for (const [member, column] of opened.columns) decision[member] = valueAt(column, row)
    for (const [member, few] of opened.few) if (few.has(row)) decision[member] = few.get(row)
    found.push({ row, decision: decision as unknown as Decision })
    if (found.length >= wanted.limit) break
  }
  return found
}

/** When each decision that is wanted was taken, and with what outcome. */
export function* outcomesOf(
  block: Kept,
  wanted: Wanted,
): Generator<{ readonly at: number; readonly accepted: boolean; readonly cause: string | null }> {
  const opened = openBlock(block)
  const columns = new Map(opened.columns)
  const outcome = columns.get('outcome')!
  const cause = columns.get('cause')!
  for (const row of rowsOf(opened, block, wanted)) {
    const accepted = valueAt(outcome, row) === 'accepted'
    yield { at: opened.times[row]!, accepted, cause: valueAt(cause, row) as string | null }
  }
}

interface OpenBlock {
  readonly times: readonly number[]
  readonly columns: readonly (readonly [Member, KeptColumn])[]
  readonly few: readonly (readonly ['issued' | 'denied', ReadonlyMap<number, unknown>])[]
  /** The request ids are most of a block, and many searches need none of them. */
  requests(): readonly string[]
}

function openBlock(block: Kept): OpenBlock {
  const { at, issued, denied, ...read } = JSON.parse(block.columns) as KeptColumns
  for (const [member, text] of membersApart) read[member].values = JSON.parse(block[text]) as readonly unknown[]
  const times: number[] = []
  let time = 0
  for (const passed of at.rows) times.push((time += passed))
  let requests: readonly string[] | null = null
  return {
    times,
    columns: Object.entries(read as Record<Member, KeptColumn>) as [Member, KeptColumn][],
    few: [
      ['issued', byRow(issued)],
      ['denied', byRow(denied)],
    ],
    requests: () => (requests ??= JSON.parse(block.requests) as string[]),
  }
}

function byRow(column: KeptFew | undefined): ReadonlyMap<number, unknown> {
  return new Map(column?.rows.map((row, index) => [row, column.values[index]]))
}

function valueAt({ values = [], rows }: KeptColumn, row: number): unknown {
  return values[rows?.[row] ?? 0]
}

/** The rows that are wanted, newest first. */
function* rowsOf(opened: OpenBlock, block: Kept, wanted: Wanted): Generator<number> {
  const { times, columns, few } = opened
  const conditions: ((row: number) => boolean)[] = []
  for (const [member, column] of columns) {
    const asked = wanted.values.get(member)
    if (asked !== undefined) conditions.push((row) => valueAt(column, row) === asked)
  }
  if (wanted.issued) conditions.push((row) => few[0]![1].has(row))
  if (wanted.requestId !== null) conditions.push((row) => opened.requests()[row] === wanted.requestId)
  if (wanted.text !== null) conditions.push(holdingText(opened, block, wanted.text))
  for (let row = Math.min(times.length, wanted.end) - 1; row >= Math.max(wanted.first, 0); row -= 1) {
    const time = times[row]!
    if (time >= wanted.earliest && time < wanted.latest && conditions.every((holds) => holds(row))) yield row
  }
}

function holdingText({ columns, few, requests }: OpenBlock, block: Kept, text: string): (row: number) => boolean {
  const holds = (value: unknown): boolean =>
    typeof value === 'string'
      ? plainCase(value).includes(text)
      : typeof value === 'object' && value !== null && Object.values(value).some(holds)
  // Each value once, however many rows have it.
  const holding = columns.map(([, { values = [], rows }]) => ({ found: values.map(holds), rows }))
  const inRequests = plainCase(block.requests).includes(plainCase(jsonPart(text)))
  return (row) =>
    holding.some(({ found, rows }) => found[rows?.[row] ?? 0]) ||
    few.some(([, values]) => values.has(row) && holds(values.get(row))) ||
    (inRequests && holds(requests()[row]))
}

/** Letters as SQLite's `lower` makes them. */
export function plainCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

/** How a text stands inside a JSON text. */
export function jsonPart(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

interface KeptColumn {
  values?: readonly unknown[]
  readonly rows?: readonly number[] | undefined
}

interface KeptFew {
  readonly values: readonly unknown[]
  readonly rows: readonly number[]
}

type KeptColumns = Record<Member, KeptColumn> & {
  readonly at: { readonly rows: readonly number[] }
  readonly issued?: KeptFew
  readonly denied?: KeptFew
}

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

/** A member that few decisions have. */
class FewColumn {
  readonly values: unknown[] = []
  readonly rows: number[] = []

  add(value: object, row: number): void {
    this.values.push(value)
    this.rows.push(row)
  }

  toJSON(): KeptFew | undefined {
    return this.rows.length === 0 ? undefined : { values: this.values, rows: this.rows }
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
  earliest = Number.POSITIVE_INFINITY
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
      if (time < this.earliest) this.earliest = time
    }
    this.rows.push(passed)
  }

  toJSON(): unknown {
    return { rows: this.rows }
  }
}
