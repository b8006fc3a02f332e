import { homeOf } from '../files/expand.ts'
import type { Machine } from '../machine/machine.ts'
import type { LintReport } from './index.ts'

/** The object of `lint --json` (schema `countersign.lint/1`). Paths below the home directory begin with `~`. */
export function lintJson(machine: Machine, report: LintReport): unknown {
  const short = shortener(machine)
  const count = (level: string): number => report.findings.filter((finding) => finding.level === level).length
  return {
    schema: 'countersign.lint/1',
    files: report.files.map(({ path, ...rest }) => ({ file: short(path), ...rest })),
    summary: { errors: count('error'), warnings: count('warning'), notes: count('note') },
    findings: report.findings.map(({ rule, level, at, profile, says, breaks, cure, fix }) => ({
      rule,
      level,
      at: { ...at, file: short(at.file) },
      profile,
      says: short(says),
      breaks: breaks?.map(({ sdks, how }) => ({ sdks, how: short(how) })) ?? null,
      cure: short(cure),
      fix: fix === null ? null : { edits: fix.edits.map((edit) => ({ ...edit, file: short(edit.file) })) },
    })),
    more: report.more,
  }
}

/** Writes the home directory as `~` wherever it begins a path in a text. */
export function shortener(machine: Machine): (text: string) => string {
  const home = homeOf(machine)?.replace(/[\\/]+$/, '') ?? ''
  if (home.length < 2) return (text) => text
  return (text) => text.replaceAll(`${home}/`, '~/').replaceAll(`${home}\\`, '~\\')
}
