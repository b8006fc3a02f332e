import { redactWords } from '../../anatomy/redact.ts'
import { type AwsFiles, readAwsFiles } from '../files/aws-files.ts'
import type { FileRole } from '../files/locate.ts'
import type { Machine } from '../machine/machine.ts'
import { byteDrafts } from './bytes.ts'
import type { Finding } from './finding.ts'
import { Impact } from './impact.ts'
import { agreeingMends } from './mend.ts'
import { oddValueDrafts } from './odd-values.ts'
import { type Draft, type Page, pagesOf, settingsIn } from './page.ts'
import { holdingsOf, profileDrafts, whoRefersTo } from './profiles.ts'
import { syntaxDrafts } from './syntax.ts'
import { valueDrafts } from './values.ts'

export type { Breaks, Finding } from './finding.ts'

/** What lint makes of the AWS files of a machine. */
export interface LintReport {
  readonly files: readonly {
    readonly path: string
    readonly role: FileRole
    readonly state: 'read' | 'absent' | 'unreadable'
    readonly profiles: number
  }[]
  /** In the order of the files, from top to bottom. */
  readonly findings: readonly Finding[]
  /** How many more there are than are told. */
  readonly more: number
}

/** More findings than a person or an editor would ever go through. */
const mostFindings = 1000
/** For so many of them every SDK is asked. */
const mostAsked = 150

/**
 * Every defect of the AWS files, with who breaks and how, and a fix where one is safe. What each SDK makes of a line is not
 * written down here: its own rules are asked, with the defect and without it. Nothing is run, sent or written, and no text of
 * the report holds a secret. Never throws.
 */
export function lint(machine: Machine, files: AwsFiles = readAwsFiles(machine)): LintReport {
  const pages = pagesOf(machine, files)
  // Of bytes that are no text nothing more can be said.
  const legible = pages.filter(({ document }) => !document.oddities.some(({ kind }) => kind === 'utf-16'))
  const holdings = holdingsOf(legible)
  const found = [
    ...byteDrafts(pages, files),
    ...syntaxDrafts(legible, files),
    ...valueDrafts(legible),
    ...profileDrafts(machine, files, legible, holdings),
  ]
  const all = [...found, ...oddValueDrafts(legible, found)]
  const placed = all.map((draft) => withProfile(draft, legible, holdings))
  const order = new Map(pages.map(({ path }, index) => [path, index]))
  const drafts = placed.sort(
    (a, b) =>
      (order.get(a.at.file) ?? -1) - (order.get(b.at.file) ?? -1) || a.at.line - b.at.line || a.at.column - b.at.column,
  )
  const impact = new Impact(machine, pages, holdings, agreeingMends(drafts.filter(({ asks }) => asks === 'mend')))
  const clean = cleaner(pages)
  const findings = drafts.slice(0, mostFindings).flatMap((draft, index) => {
    const finding = findingOf(draft, index < mostAsked && !impact.isSpent ? impact.of(draft) : null, clean)
    return draft.asks === 'reading' && (finding.breaks ?? []).length === 0 ? [] : [finding]
  })
  return { files: filesOf(files, pages), findings, more: Math.max(0, drafts.length - mostFindings) }
}

function filesOf(files: AwsFiles, pages: readonly Page[]): LintReport['files'] {
  return [files.config, files.credentials].map(({ path, role, state }) => {
    const page = pages.find((candidate) => candidate.path === path)
    const names = (page?.sections ?? []).flatMap(({ meaning }) => (meaning.kind === 'profile' ? [meaning.name] : []))
    return { path, role, state: state.kind, profiles: new Set(names).size }
  })
}

/** A section that is no profile is judged by a profile that names it. */
function withProfile(draft: Draft, pages: readonly Page[], holdings: ReturnType<typeof holdingsOf>): Draft {
  if (draft.profile !== null) return draft
  const page = pages.find(({ path }) => path === draft.at.file)
  const section = page?.sections.findLast(({ header }) => header !== null && header.line <= draft.at.line)
  const profile = section === undefined ? null : whoRefersTo(section, holdings)
  return profile === null ? draft : { ...draft, profile }
}

function findingOf(draft: Draft, impact: ReturnType<Impact['of']> | null, clean: (text: string) => string): Finding {
  const breaks = impact === null ? null : impact.breaks.map(({ sdks, how }) => ({ sdks, how: clean(how) }))
  // What no SDK stumbles over is worth a remark and no more.
  const isHarmless = draft.asks === 'mend' && breaks !== null && breaks.length === 0
  // A comment that is moved could hold a secret, which is not told even as an edit.
  const isTellable = draft.mend?.every(({ text }) => clean(text) === text) === true
  const isSafe = draft.isCure === true && isTellable && impact?.isSafe === true
  return {
    rule: draft.rule,
    level: isHarmless ? 'note' : draft.level,
    at: draft.at,
    profile: draft.profile,
    says: clean(draft.says),
    breaks,
    cure: clean(draft.cure),
    fix: isSafe ? { edits: draft.mend! } : null,
  }
}

/** Takes every secret of the files out of a text, whatever it looks like, and then what looks like one. */
function cleaner(pages: readonly Page[]): (text: string) => string {
  const secrets = new Set<string>()
  for (const page of pages) {
    for (const section of page.sections) {
      for (const { key, written } of settingsIn(section)) {
        if (!/secret|token|password/i.test(key)) continue
        for (const piece of written.split(/\s+/)) if (piece.length >= 6 && !piece.includes('/.')) secrets.add(piece)
      }
    }
  }
  const all = [...secrets].sort((a, b) => b.length - a.length)
  return (text) => {
    let clean = text
    for (const secret of all) if (clean.includes(secret)) clean = clean.replaceAll(secret, '‹hidden›')
    return redactWords(clean)
  }
}
