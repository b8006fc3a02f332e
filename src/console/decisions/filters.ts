import type { PropertyFilterProps } from '@cloudscape-design/components/property-filter'
import type { DecisionFilters, DecisionRow } from '../../authority/console/shapes.ts'
import { causeNumbers } from '../../cause-ids.ts'

export type Outcome = 'refused' | 'accepted' | 'all'

/** What can be asked for by name; the rest of what is typed is looked for in all texts. */
const properties = [
  ['principal', 'Principal', 'Principals'],
  ['accessKeyId', 'Access key ID', 'Access key IDs'],
  ['code', 'Error code', 'Error codes'],
  ['cause', 'Cause', 'Causes'],
  ['operation', 'Operation', 'Operations'],
  ['since', 'Not before', 'Times'],
  ['until', 'Before', 'Times'],
] as const satisfies readonly (readonly [keyof DecisionFilters, string, string])[]

export const filteringProperties: readonly PropertyFilterProps.FilteringProperty[] = properties.map(
  ([key, propertyLabel, groupValuesLabel]) => ({ key, propertyLabel, groupValuesLabel, operators: ['='] }),
)

/** The filters as they stand in the address; whatever else stands there is left out. Refusals alone unless it says otherwise. */
export function filtersOf(search: Readonly<Record<string, unknown>>): DecisionFilters {
  const filters: Partial<Record<Exclude<keyof DecisionFilters, 'outcome'>, string>> = {}
  for (const key of [...properties.map(([name]) => name), 'text'] as const) {
    const value = search[key]
    // What looks like a number or a boolean comes as one.
    if (['string', 'number', 'boolean'].includes(typeof value) && value !== '') filters[key] = String(value)
  }
  const outcome = outcomeOf(search)
  return outcome === 'all' ? filters : { ...filters, outcome }
}

export function outcomeOf(search: Readonly<Record<string, unknown>>): Outcome {
  const { outcome } = search
  return outcome === 'accepted' || outcome === 'all' ? outcome : 'refused'
}

/** What the address becomes. */
export function searchOf(filters: DecisionFilters, outcome: Outcome): Readonly<Record<string, string>> {
  const { outcome: _, ...rest } = filters
  return { ...rest, ...(outcome === 'refused' ? {} : { outcome }) }
}

export function queryOf(filters: DecisionFilters): PropertyFilterProps.Query {
  const named = properties.flatMap(([propertyKey]) => {
    const value = filters[propertyKey]
    return value === undefined ? [] : [{ propertyKey, operator: '=', value } as const]
  })
  const { text } = filters
  return {
    operation: 'and',
    tokens: [...named, ...(text === undefined ? [] : [{ operator: ':', value: text } as const])],
  }
}

/** Of several tokens for one property the last counts: all filters hold together, and no request has two principals. */
export function filtersOfQuery({ tokens }: PropertyFilterProps.Query): DecisionFilters {
  const filters: Partial<Record<Exclude<keyof DecisionFilters, 'outcome'>, string>> = {}
  for (const { propertyKey, value } of tokens) {
    const text = String(value ?? '').trim()
    const key = properties.find(([name]) => name === propertyKey)?.[0] ?? 'text'
    if (text !== '') filters[key] = key === 'since' || key === 'until' ? instantOf(text) : text
  }
  return filters
}

/** `2026-11-28 12:00` is meant as UTC, as all times here are shown; what is no time is left to the authority to refuse. */
function instantOf(text: string): string {
  const zoned =
    /[zZ]$|[+-]\d\d:?\d\d$/.test(text) || /^\d{4}-\d\d-\d\d$/.test(text) ? text : `${text.replace(' ', 'T')}Z`
  const milliseconds = Date.parse(zoned)
  return Number.isNaN(milliseconds) ? text : new Date(milliseconds).toISOString()
}

const ago: readonly (readonly [minutes: number, label: string])[] = [
  [15, '15 minutes ago'],
  [60, 'an hour ago'],
  [1440, 'a day ago'],
  [10_080, 'a week ago'],
]

/** What is suggested: what the rows that are shown have, all causes, and some times. */
export function filteringOptions(
  rows: readonly DecisionRow[],
  now: number,
): readonly PropertyFilterProps.FilteringOption[] {
  const seen = (propertyKey: keyof DecisionRow & keyof DecisionFilters) =>
    [...new Set(rows.map((row) => row[propertyKey]))]
      .filter((value) => typeof value === 'string' && value !== '')
      .slice(0, 50)
      .map((value) => ({ propertyKey, value: value as string }))
  const times = ago.map(([minutes, label]) => {
    const value = new Date(now - minutes * 60_000).toISOString()
    return { propertyKey: 'since', value, label: `${label}, ${value.slice(0, 16).replace('T', ' ')} UTC` }
  })
  const causes = Object.keys(causeNumbers).map((value) => ({ propertyKey: 'cause', value }))
  return [...seen('principal'), ...seen('accessKeyId'), ...seen('code'), ...seen('operation'), ...causes, ...times]
}
