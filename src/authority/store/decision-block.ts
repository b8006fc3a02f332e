import type { Decision } from '../model/store.ts'
import { instant } from './rows.ts'

/**
 * Up to `mostInBlock` consecutive decisions as one row of the database. What repeats stands once: most requests of a moment
 * differ in their id and time only. The first members tell a query whether the rest is worth reading.
 */
export interface DecisionBlock {
  /** Milliseconds since the epoch of the latest decision; the clock may have been moved, so it need not be the last one. */
  readonly latest: number
  readonly refused: number
  /** JSON lists of each value that occurs: to be searched for the value as JSON, quotes included. */
  readonly keys: string
  readonly principals: string
  readonly causes: string
  /** JSON list of the request ids, oldest first. */
  readonly requests: string
  /** JSON: a list of member names, then for each distinct set of facts the list of its values. */
  readonly facts: string
  /** JSON list of two numbers for each decision: which facts, and the milliseconds since the decision before (since the epoch for the first). */
  readonly rows: string
}

/** Writing more at once would let requests wait; fewer would cost a search more than it saves. */
export const mostInBlock = 256

/** All that is the same for many decisions. */
type Facts = Omit<Decision, 'requestId' | 'at'>

const members = [
  'outcome',
  'service',
  'operation',
  'accessKeyId',
  'principal',
  'account',
  'region',
  'sourceIp',
  'userAgent',
  'status',
  'code',
  'reason',
  'cause',
  'evidence',
  'checks',
  'statement',
] as const satisfies readonly (keyof Facts)[]

/** Longest text kept of anything that a stranger's request can fill. */
const longestText = 2_048
const mostSentences = 64
/** Facts compared before new ones are written down: a flood of the same caller's must not make this quadratic. */
const mostCompared = 8

/** Texts of one member, each with the number under which it was first seen. */
class Texts {
  readonly numbers = new Map<string, number>()
  private text: string | null = null
  private number = -1

  numberOf(text: string | null): number {
    if (text === null) return -1
    if (text === this.text) return this.number
    let number = this.numbers.get(text)
    if (number === undefined) this.numbers.set(text, (number = this.numbers.size))
    this.text = text
    this.number = number
    return number
  }

  toJson(): string {
    return this.numbers.size === 0 ? '[]' : JSON.stringify(Array.from(this.numbers.keys(), cut))
  }
}

/** Takes 1 to `mostInBlock` decisions, oldest first. Throws `usage` when the time of one is none. */
export function encodeBlock(decisions: readonly Decision[]): DecisionBlock {
  const keys = new Texts()
  const agents = new Texts()
  const principals = new Texts()
  const causes = new Texts()
  const distinct: Decision[] = []
  const chains = new Map<number, number>()
  const next: number[] = []
  const requests: string[] = []
  const rows: number[] = []
  let refused = 0
  let latest = Number.NEGATIVE_INFINITY
  let time = 0
  let timeText: string | null = null

  function factsOf(decision: Decision): number {
    const caller = (keys.numberOf(decision.accessKeyId) + 1) * mostInBlock + agents.numberOf(decision.userAgent)
    const newest = chains.get(caller)
    let at = newest
    for (let compared = 0; at !== undefined && at >= 0 && compared < mostCompared; compared += 1) {
      if (sameFacts(decision, distinct[at]!)) return at
      at = next[at]
    }
    principals.numberOf(decision.principal)
    causes.numberOf(decision.cause)
    next.push(newest ?? -1)
    chains.set(caller, distinct.length)
    return distinct.push(decision) - 1
  }

  let before: Decision | null = null
  let facts = 0
  for (const decision of decisions) {
    if (before === null || !sameFacts(decision, before)) facts = factsOf(decision)
    before = decision
    let passed = 0
    if (decision.at !== timeText) {
      timeText = decision.at
      passed = instant(timeText) - time
      time += passed
      if (time > latest) latest = time
    }
    if (decision.outcome === 'refused') refused += 1
    requests.push(cut(decision.requestId))
    rows.push(facts, passed)
  }
  return {
    latest,
    refused,
    keys: keys.toJson(),
    principals: principals.toJson(),
    causes: causes.toJson(),
    requests: JSON.stringify(requests),
    facts: JSON.stringify([members, ...distinct.map(valuesOf)]),
    rows: JSON.stringify(rows),
  }
}

/** What of a block has to be read to have its decisions back. */
export type Kept = Pick<DecisionBlock, 'requests' | 'facts' | 'rows'>

export interface Wanted {
  facts(facts: Facts): boolean
  readonly requestId: string | null
  /** Milliseconds since the epoch. */
  readonly earliest: number
  /** So many of the oldest are not wanted. */
  readonly skip: number
  readonly limit: number
}

export const everything: Wanted = {
  facts: () => true,
  requestId: null,
  earliest: Number.NEGATIVE_INFINITY,
  skip: 0,
  limit: Number.POSITIVE_INFINITY,
}

/** The decisions of a block that are wanted, newest first. Throws anything when the texts are not those of a block. */
export function decodeBlock(block: Kept, wanted: Wanted): Decision[] {
  const [names = [], ...values] = JSON.parse(block.facts) as [string[], ...unknown[][]]
  const facts = values.map((of) => {
    const one = Object.fromEntries(names.map((name, index) => [name, of[index]])) as unknown as Facts
    return wanted.facts(one) ? one : null
  })
  if (facts.every((one) => one === null)) return []
  const requests = JSON.parse(block.requests) as string[]
  const rows = JSON.parse(block.rows) as number[]
  const times: number[] = []
  for (let at = 1, time = 0; at < rows.length; at += 2) times.push((time += rows[at]!))
  const found: Decision[] = []
  for (let index = requests.length - 1; index >= Math.max(wanted.skip, 0); index -= 1) {
    if (found.length >= wanted.limit) break
    const of = facts[rows[2 * index]!]
    const requestId = requests[index]!
    if (of === null || of === undefined || times[index]! < wanted.earliest) continue
    if (wanted.requestId !== null && wanted.requestId !== requestId) continue
    found.push({ requestId, at: new Date(times[index]!).toISOString(), ...of })
  }
  return found
}

/** Text as it is kept. */
export function cut(text: string): string {
  return text.length <= longestText ? text : `${text.slice(0, longestText - 1)}…`
}

function sameFacts(one: Decision, other: Decision): boolean {
  return (
    one.userAgent === other.userAgent &&
    one.accessKeyId === other.accessKeyId &&
    one.operation === other.operation &&
    one.status === other.status &&
    one.region === other.region &&
    one.sourceIp === other.sourceIp &&
    one.principal === other.principal &&
    one.statement === other.statement &&
    one.outcome === other.outcome &&
    one.service === other.service &&
    one.account === other.account &&
    one.code === other.code &&
    one.reason === other.reason &&
    one.cause === other.cause &&
    sameTexts(one.checks, other.checks) &&
    sameTexts(one.evidence, other.evidence)
  )
}

function sameTexts(one: readonly string[], other: readonly string[]): boolean {
  if (one === other) return true
  if (one.length !== other.length) return false
  for (let index = 0; index < one.length; index += 1) if (one[index] !== other[index]) return false
  return true
}

/** In the order of `members`. */
function valuesOf(facts: Facts): readonly unknown[] {
  return [
    facts.outcome,
    cut(facts.service),
    cut(facts.operation),
    short(facts.accessKeyId),
    short(facts.principal),
    facts.account,
    short(facts.region),
    cut(facts.sourceIp),
    cut(facts.userAgent),
    facts.status,
    short(facts.code),
    short(facts.reason),
    facts.cause,
    sentences(facts.evidence),
    sentences(facts.checks),
    short(facts.statement),
  ]
}

function short(text: string | null): string | null {
  return text === null ? null : cut(text)
}

function sentences(texts: readonly string[]): readonly string[] {
  return texts.length === 0 ? texts : texts.slice(0, mostSentences).map(cut)
}
