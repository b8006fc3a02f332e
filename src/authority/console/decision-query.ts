import { type CauseId, causeNumbers } from '../../cause-ids.ts'
import type { Decision, DecisionQuery } from '../model/store.ts'

export type Filters = Omit<DecisionQuery, 'limit' | 'before' | 'requestId' | 'issued'>

/** An ARN is not longer, nor is anything else that is looked for whole. */
const longestValue = 2_048
const longestText = 256

/** The filters of a URL (`shapes.ts`, `DecisionFilters`); empty ones count as absent. `invalid` says which one cannot be meant. */
export function readFilters(parameters: URLSearchParams): Filters | { readonly invalid: string } {
  const { value, faults } = createReader(parameters)
  const cause = value('cause', longestValue)
  const outcome = value('outcome', 16)
  const since = value('since', 64)
  const until = value('until', 64)
  const filters = {
    principal: value('principal', longestValue),
    accessKeyId: value('accessKeyId', longestValue),
    code: value('code', longestValue),
    operation: value('operation', longestValue),
    text: value('text', longestText),
    cause,
    outcome,
    since: since === undefined ? undefined : instantOf(since),
    until: until === undefined ? undefined : instantOf(until),
  }
  if (cause !== undefined && !Object.hasOwn(causeNumbers, cause))
    faults.push('cause is none of the causes that there are.')
  if (outcome !== undefined && outcome !== 'accepted' && outcome !== 'refused')
    faults.push('outcome is accepted or refused.')
  for (const name of ['since', 'until'] as const)
    if (filters[name] === null) faults.push(`${name} is a time such as 2026-11-28T12:00:00Z.`)
  if (faults.length > 0) return { invalid: faults.join(' ') }
  const given = Object.entries(filters).filter(([, one]) => one !== undefined)
  return Object.fromEntries(given) as Filters & { readonly cause: CauseId }
}

function createReader(parameters: URLSearchParams) {
  const faults: string[] = []
  return {
    faults,
    value(name: string, most: number): string | undefined {
      const text = parameters.get(name)
      if (text === null || text === '') return undefined
      if (text.length > most) faults.push(`${name} has ${most} characters at most.`)
      return text
    },
  }
}

function instantOf(text: string): string | null {
  if (!/^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d))?$/.test(text)) return null
  const at = Date.parse(text)
  return Number.isNaN(at) ? null : new Date(at).toISOString()
}

/** A whole number of a URL within bounds; null when it is something else. */
export function readCount(parameters: URLSearchParams, name: string, usual: number, most: number): number | null {
  const text = parameters.get(name)
  if (text === null || text === '') return usual
  const count = Number(text)
  return /^\d{1,9}$/.test(text) && count >= 1 && count <= most ? count : null
}

/** `next` of a page; undefined without one, null for what can be none. */
export function readPlace(parameters: URLSearchParams): string | undefined | null {
  const text = parameters.get('before')
  if (text === null || text === '') return undefined
  return /^[1-9]\d{0,14}$/.test(text) ? text : null
}

/** As the store finds, for one decision that has just been taken. */
export function matcherOf({ text, since, until, ...values }: Filters): (decision: Decision) => boolean {
  const asked = Object.entries(values) as readonly [keyof typeof values, string][]
  const [earliest, latest] = [since, until].map((time) => (time === undefined ? null : Date.parse(time)))
  const sought = text === undefined ? null : plainCase(text)
  return (decision) => {
    if (!asked.every(([member, value]) => decision[member] === value)) return false
    if (earliest != null && Date.parse(decision.at) < earliest) return false
    if (latest != null && Date.parse(decision.at) >= latest) return false
    const { at: _, mismatch: __, ...rest } = decision
    return sought === null || holds(rest, sought)
  }
}

function holds(value: unknown, text: string): boolean {
  if (typeof value === 'string') return plainCase(value).includes(text)
  return typeof value === 'object' && value !== null && Object.values(value).some((one) => holds(one, text))
}

function plainCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}
