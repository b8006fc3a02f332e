import { withoutSecretShapes } from '../../anatomy/redact.ts'
import type { Verdict } from '../../holder/diagnosis/verdict.ts'
import { legible, mark, padded, page, paint, visibleWidth } from './page.ts'
import { counted, credentialText, untilText } from './sources.ts'
import { type Sight, verdictWords } from './verdict.ts'

/** One row of the table. */
export interface NamedVerdict {
  readonly name: string
  readonly verdict: Verdict
}

const marks = { valid: 'good', unverified: 'doubt', rejected: 'bad', unusable: 'bad', absent: 'bad' } as const

/** What the rows are of. */
export type Column = 'profile' | 'SDK'

/** How many are well, then one line per profile or SDK. `quiet` leaves out those that are. */
export function verdictTable(sight: Sight, what: Column, told: readonly NamedVerdict[], quiet: boolean): string {
  const { look } = sight
  const shown = quiet ? told.filter(({ verdict }) => verdict.status !== 'valid') : told
  const rows = shown.map((row) => ({ status: row.verdict.status, cells: cellsOf(sight, row) }))
  const header = [what, 'credential', 'account', 'ends']
  const widths = header.map((name, column) =>
    Math.max(name.length, ...rows.map(({ cells }) => visibleWidth(cells[column]!))),
  )
  const line = (cells: readonly string[], last: string): string =>
    [...cells.map((cell, column) => padded(cell, widths[column]!)), last].join('  ').trimEnd()
  return page([
    ...(quiet
      ? []
      : [
          `${mark(look, worst(told))} ${summary(what, told)}`,
          '',
          paint(look, 'quiet', `  ${line(header, 'verdict')}`),
        ]),
    ...rows.map(({ status, cells }) => `${mark(look, marks[status])} ${line(cells.slice(0, 4), cells[4]!)}`),
  ])
}

function cellsOf({ look, machine }: Sight, { name, verdict }: NamedVerdict): readonly string[] {
  const { credential, identity } = verdict
  return [
    legible(look, withoutSecretShapes(name)),
    credential === null ? '' : legible(look, credentialText(credential)),
    identity?.account ?? credential?.account ?? '',
    credential?.expiration == null ? '' : untilText(machine, credential.expiration),
    legible(look, identity === null ? verdictWords(verdict) : identity.arn.split(':').slice(5).join(':')),
  ]
}

function summary(what: Column, told: readonly NamedVerdict[]): string {
  const count = (...statuses: readonly Verdict['status'][]): number =>
    told.filter(({ verdict }) => statuses.includes(verdict.status)).length
  const [good, open] = [count('valid'), count('unverified')]
  const bad = told.length - good - open
  const parts = [
    ...(good > 0 ? [`${good} valid`] : []),
    ...(bad > 0 ? [`${bad} with a problem`] : []),
    ...(open > 0 ? [`${open} that could not be told`] : []),
  ]
  return `${counted(told.length, what)}: ${parts.join(', ')}. More of one: countersign check ${what === 'profile' ? 'NAME' : '--sdk NAME'}`
}

function worst(told: readonly NamedVerdict[]): 'good' | 'doubt' | 'bad' {
  const all = told.map(({ verdict }) => marks[verdict.status])
  return all.includes('bad') ? 'bad' : all.includes('doubt') ? 'doubt' : 'good'
}
