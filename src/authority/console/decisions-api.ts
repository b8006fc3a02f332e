import { checkNames } from '../authentication/index.ts'
import type { Decision, MinuteCount } from '../model/store.ts'
import { compareTexts } from './compared-request.ts'
import { factsOf } from './cure-facts.ts'
import { readCount, readFilters, readPlace } from './decision-query.ts'
import { rowOf } from './decision-rows.ts'
import { streamDecisions } from './decision-stream.ts'
import type { Answer, ApiRow, Asked } from './ground.ts'
import type { DecisionAnswer, DecisionsAnswer, TimelineAnswer } from './shapes.ts'

/** The decision log as the pages read it. */
export const decisionRows: readonly ApiRow[] = [
  { method: 'GET', path: 'decisions', permission: ['countersign:ListDecisions'], run: listDecisions },
  { method: 'GET', path: 'decision', permission: ['countersign:GetDecision'], run: getDecision },
  { method: 'GET', path: 'decisions/timeline', permission: ['countersign:ListDecisions'], run: countDecisions },
  { method: 'GET', path: 'decisions/stream', permission: ['countersign:ListDecisions'], run: followDecisions },
]

const mostInPage = 200

async function listDecisions({ ground, parameters }: Asked): Promise<Answer> {
  const filters = readFilters(parameters)
  if ('invalid' in filters) return filters
  const limit = readCount(parameters, 'limit', 50, mostInPage)
  if (limit === null) return { invalid: `limit is a number from 1 to ${mostInPage}.` }
  const before = readPlace(parameters)
  if (before === null) return { invalid: 'before is what the page before gave as next.' }
  const page = await ground.decisions.page({ ...filters, limit, ...(before === undefined ? {} : { before }) })
  const { decisions, next, searchedTo } = page
  return { ok: { decisions: decisions.map(rowOf), more: next !== null, next, searchedTo } satisfies DecisionsAnswer }
}

async function getDecision({ ground, parameters }: Asked): Promise<Answer> {
  const requestId = parameters.get('requestId') ?? ''
  if (requestId === '' || requestId.length > 256) return { invalid: 'requestId is the id of a request.' }
  const near = nearby(parameters.get('at') ?? '')
  const [found] = near === null ? [] : await ground.decisions.find({ requestId, ...near, limit: 1 })
  const [decision] = found === undefined ? await ground.decisions.find({ requestId, limit: 1 }) : [found]
  if (decision === undefined) return { absent: 'There is no decision about a request of that id (any more).' }
  return {
    ok: {
      decision: rowOf(decision),
      walk: walkOf(decision),
      request: decision.mismatch == null ? null : compareTexts(decision.mismatch),
      facts: factsOf(decision, ground.directory()),
    } satisfies DecisionAnswer,
  }
}

/** Whoever knows when it was taken is spared a search through the whole log. */
function nearby(text: string): { readonly since: string; readonly until: string } | null {
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(at)) return null
  return { since: new Date(at - 1_000).toISOString(), until: new Date(at + 1_000).toISOString() }
}

/** Refused before any of the checks was reached: what is no call of AWS's API, and what a web page of another site sent. */
const unasked = new Set(['foreign-host', 'host-missing', 'cross-site', 'injected', 'unavailable'])

/** The checks one by one, and what came after them. */
function walkOf({ checks, outcome, reason }: Decision): DecisionAnswer['walk'] {
  const passed = checks.map((check) => ({ check, result: 'passed' }) as const)
  if (outcome === 'accepted' || reason === null) return passed
  const rest = checkNames.slice(checks.length)
  const isPrefix = checks.every((check, index) => check === checkNames[index])
  const [failed, ...later] = rest
  // With other checks, or none, something else than a signature was judged.
  const isSigned =
    isPrefix && failed !== undefined && !unasked.has(reason) && (checks.length > 0 || reason === 'unsigned')
  if (!isSigned) return [...passed, { check: reason, result: 'failed' }]
  return [
    ...passed,
    { check: failed, result: 'failed' },
    ...later.map((check) => ({ check, result: 'not-reached' }) as const),
  ]
}

const mostMinutes = 1_440
const minute = 60_000

async function countDecisions({ ground, parameters }: Asked): Promise<Answer> {
  const filters = readFilters(parameters)
  if ('invalid' in filters) return filters
  const minutes = readCount(parameters, 'minutes', 60, mostMinutes)
  if (minutes === null) return { invalid: `minutes is a number from 1 to ${mostMinutes}.` }
  const last = Math.floor(ground.now() / minute) * minute
  const first = last - (minutes - 1) * minute
  const begin = new Date(first).toISOString()
  const since = filters.since === undefined || filters.since < begin ? begin : filters.since
  const counted = await ground.decisions.count({ ...filters, since })
  const isCounted = counted.countedFrom === null
  const answer: TimelineAnswer = {
    minutes: Array.from({ length: minutes }, (_, index) => minuteOf(first + index * minute, counted.minutes)),
    complete: isCounted,
    countedFrom: isCounted ? since : counted.countedFrom,
  }
  return { ok: answer }
}

function minuteOf(begin: number, counts: ReadonlyMap<number, MinuteCount>): TimelineAnswer['minutes'][number] {
  const { accepted = 0, refused = [] } = counts.get(begin) ?? {}
  return { at: new Date(begin).toISOString(), accepted, refused: Object.fromEntries(refused) }
}

function followDecisions(asked: Asked): Answer {
  const filters = readFilters(asked.parameters)
  if ('invalid' in filters) return filters
  return { stream: (sink) => streamDecisions(asked, filters, sink) }
}
