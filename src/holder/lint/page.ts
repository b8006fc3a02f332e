import { type AwsFiles, profileOfHeader, secondWord } from '../files/aws-files.ts'
import type { FileRole } from '../files/locate.ts'
import type { IniDocument } from '../files/syntax.ts'
import type { Machine } from '../machine/machine.ts'
import type { Region, RuleId, TextEdit } from './finding.ts'
import { type MeantLine, type MeantSection, type MeantSetting, meantSections } from './lines.ts'

/** One file as lint looks at it. */
export interface Page {
  readonly path: string
  readonly role: FileRole
  readonly document: IniDocument
  readonly mode: number | null
  readonly sections: readonly PageSection[]
}

/** A section with what its header means to say. */
export interface PageSection extends MeantSection {
  readonly meaning: Meaning
}

export type Meaning =
  | { readonly kind: 'profile' | 'sso-session' | 'services'; readonly name: string }
  | { readonly kind: 'inherited' }
  | { readonly kind: 'other' }
  | { readonly kind: 'none' }

/** A finding before the SDKs are asked what they make of it. */
export interface Draft {
  readonly rule: RuleId
  readonly level: 'error' | 'warning' | 'note'
  readonly at: Region
  readonly profile: string | null
  readonly says: string
  readonly cure: string
  /** How who breaks is found out. */
  readonly asks:
    | 'mend' /** Each SDK with the defect against each SDK without it. */
    | 'reading' /** The same, but only for whether it has credentials in the end. */
    | 'profile' /** What each SDK makes of the profile. */
    | 'users' /** Which SDKs use the value at this place. */
    | 'nobody'
  /** What takes the defect away. */
  readonly mend?: readonly TextEdit[] | undefined
  /** The mend is what a person would do, not only a way to look past the defect. */
  readonly isCure?: boolean | undefined
  /** Another profile that suffers: settings of this one may land in it. */
  readonly alsoProfile?: string | null | undefined
  /** With `users`: what happens to who uses it. */
  readonly how?: string | undefined
}

/** The files that there are to look at, in the order config, credentials. */
export function pagesOf(machine: Machine, files: AwsFiles): readonly Page[] {
  return [files.config, files.credentials].flatMap(({ path, role, state }) => {
    if (state.kind !== 'read') return []
    const { document, mode } = state
    const sections = meantSections(document).map((section) => ({ ...section, meaning: meaningOf(role, section) }))
    return [{ path, role, document, mode: machine.platform === 'win32' ? null : mode, sections }]
  })
}

function meaningOf(role: FileRole, { header }: MeantSection): Meaning {
  if (header === null) return { kind: 'none' }
  const name = header.name.trim().replace(/\s+/g, ' ')
  if (header.name === 'DEFAULT') return { kind: 'inherited' }
  if (name.toLowerCase() === 'default') return { kind: 'profile', name: 'default' }
  const [, word = '', rest = ''] = /^(\S+)\s+(.+)$/.exec(name) ?? []
  const second = unquoted(rest)
  if (word.toLowerCase() === 'profile') return { kind: 'profile', name: second }
  if (role === 'config' && /^sso[-_]session$/i.test(word)) return { kind: 'sso-session', name: second }
  if (role === 'config' && word.toLowerCase() === 'services') return { kind: 'services', name: second }
  if (role === 'config' && /^(plugins|preview)$/.test(name)) return { kind: 'other' }
  const exact = role === 'config' ? profileOfHeader(header.name) : header.name
  return { kind: 'profile', name: exact ?? secondWord(header.name) ?? unquoted(name) }
}

function unquoted(text: string): string {
  return text.replace(/^(["'])(.*)\1$/, '$2')
}

/** Settings of a section in their order, also those of a line that some SDKs do not take for one. */
export function settingsIn({ lines }: MeantSection): readonly MeantSetting[] {
  return lines.filter((line): line is MeantSetting => line.kind === 'setting')
}

/** Signs that nobody sees, beside the blank and the tab. */
export const unseen = /[\p{Cf}\p{Zl}\p{Zp}\p{Cc}\u00a0\u2000-\u200a\u202f\u205f\u3000]+/gu

/** A comment behind a value, with the blanks before it. */
export const commentBehind = /(?<![ \t])[ \t]+[#;]/

/** What was meant as the value: without a comment behind it, quotes around it and signs that nobody sees. */
export function meantValue(setting: MeantSetting): string {
  const comment = commentBehind.exec(setting.written)
  const value = (comment === null ? setting.written : setting.written.slice(0, comment.index)).replace(unseen, '')
  return /^(["']).*\1$/.test(value) && value.length > 1 ? value.slice(1, -1) : value
}

/** The part of a line between two columns. */
export function regionOf(page: Page, line: number, column: number, endColumn: number): Region {
  return { file: page.path, line, column, endLine: line, endColumn }
}

/** The whole of a line. */
export function lineRegion(page: Page, line: MeantLine): Region {
  const column = line.text.length - line.text.trimStart().length + 1
  return regionOf(page, line.line, column, line.text.trimEnd().length + 1)
}

/** The value of a setting; its place where it has none. */
export function valueRegion(page: Page, setting: MeantSetting): Region {
  return regionOf(page, setting.line, setting.valueColumn, setting.valueColumn + setting.written.length)
}

export function keyRegion(page: Page, setting: MeantSetting): Region {
  return regionOf(page, setting.line, setting.column, setting.column + setting.key.length)
}

export function edit(at: Region, text: string): TextEdit {
  return { ...at, text }
}

/** Takes whole lines away, with their endings. */
export function withoutLine(page: Page, line: number): TextEdit {
  const text = page.document.line(line - 1).text
  const isLast = line === page.document.lines.length
  if (isLast) return edit(regionOf(page, line, 1, text.length + 1), '')
  return { file: page.path, line, column: 1, endLine: line + 1, endColumn: 1, text: '' }
}

/** Makes a comment of a line: nothing is lost. */
export function asComment(page: Page, line: number): TextEdit {
  return edit(regionOf(page, line, 1, 1), '# ')
}

/** The profile of a section; null for a section that is none. */
export function profileOf({ meaning }: PageSection): string | null {
  return meaning.kind === 'profile' ? meaning.name : null
}
