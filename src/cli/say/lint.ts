import { knownSdks } from '../../holder/chains/index.ts'
import type { Breaks, Finding, LintReport } from '../../holder/lint/index.ts'
import { shortener } from '../../holder/lint/json.ts'
import type { Machine } from '../../holder/machine/machine.ts'
import type { Look } from '../terminal.ts'
import { legible, mark, page, paint, shortPath, visibleWidth, wrap } from './page.ts'
import { counted } from './sources.ts'

interface Sight {
  readonly look: Look
  readonly machine: Machine
}

/** `lint` as text: how much is wrong, then for each defect the place, what it is, who breaks and how, and the cure. */
export function lintText(sight: Sight, report: LintReport): string {
  const { look } = sight
  const rest =
    report.more === 0 ? [] : ['', ...wrap(look, '', `There are ${report.more} more. Cure these first, and look again.`)]
  return page([
    ...verdict(sight, report),
    ...report.findings.flatMap((finding) => ['', ...findingLines(sight, finding)]),
    ...rest,
  ])
}

/** One line for each defect, as compilers write it: `file:line:column: level: what (rule)`. */
export function lintLines(sight: Sight, { findings }: LintReport): string {
  const short = shortener(sight.machine)
  return page(
    findings.map(({ at, level, says, rule }) =>
      legible(
        sight.look,
        `${shortPath(sight.machine, at.file)}:${at.line}:${at.column}: ${level}: ${short(says)} (${rule})`,
      ),
    ),
  )
}

function verdict({ look, machine }: Sight, { files, findings, more }: LintReport): string[] {
  const there = files.filter(({ state }) => state !== 'absent').map(({ path }) => shortPath(machine, path))
  const tell = (sign: 'good' | 'bad' | 'doubt', says: string): string[] => {
    const first = `${mark(look, sign)} `
    return wrap(look, first, says, visibleWidth(first))
  }
  if (there.length === 0) return tell('good', 'There are no AWS files here.')
  const where = there.join(' and ')
  const counts = (['error', 'warning', 'note'] as const)
    .map((level) => [findings.filter((finding) => finding.level === level).length, level] as const)
    .filter(([count]) => count > 0)
    .map(([count, level]) => counted(count, level))
  if (counts.length === 0) return tell('good', `Nothing is wrong with ${where}.`)
  const levels = findings.map(({ level }) => level)
  const sign = levels.includes('error') ? 'bad' : levels.includes('warning') ? 'doubt' : 'good'
  return tell(sign, `${counts.join(', ')}${more === 0 ? '' : ' and more'} in ${where}.`)
}

const levelStyle = { error: 'bad', warning: 'doubt', note: 'quiet' } as const

function findingLines({ look, machine }: Sight, finding: Finding): string[] {
  const { at, level, rule, says, breaks, cure, fix } = finding
  const short = shortener(machine)
  const place = legible(look, `${shortPath(machine, at.file)}:${at.line}:${at.column}`)
  const arrow = `  ${mark(look, 'arrow')} `
  return [
    `${paint(look, 'strong', place)}  ${paint(look, levelStyle[level], level)}  ${paint(look, 'quiet', rule)}`,
    ...wrap(look, '  ', short(says)),
    ...(breaks ?? []).flatMap((each) => {
      const first = `  ${mark(look, 'item')} `
      return wrap(look, first, short(breaksText(each)), visibleWidth(first))
    }),
    ...wrap(look, arrow, `${short(cure)}${fix === null ? '' : ' (safe)'}`, visibleWidth(arrow)),
  ]
}

function breaksText({ sdks, how }: Breaks): string {
  const end = /[.!?]$/.test(how) ? '' : '.'
  const others = knownSdks.filter((sdk) => !sdks.includes(sdk))
  if (others.length === 0) return `All SDKs ${how}${end}`
  if (others.length <= 3) return `All SDKs but ${others.join(', ')} ${how}${end}`
  return `${sdks.join(', ')} ${sdks.length === 1 ? singular(how) : how}${end}`
}

/** `stop: …` as one SDK does it. */
function singular(how: string): string {
  return how.replace(/^(stop|find|use|take|send|ask)\b/, '$1s')
}
