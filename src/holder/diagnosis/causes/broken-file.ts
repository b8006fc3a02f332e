import { readSessionToken } from '../../../anatomy/session-token.ts'
import type { AwsFile } from '../../files/aws-files.ts'
import type { FileEdit } from '../../files/edit.ts'
import type { Entry, Section, SyntaxProblem } from '../../files/reading.ts'
import type { Scene } from '../scene.ts'
import { homePath } from '../shells.ts'
import type { Fix } from '../verdict.ts'
import { automaticCure } from './cause.ts'
import { hiddenFile, hiddenLines, hiddenSet } from './hidden.ts'

/** Other lines in the place of some. */
interface Mend {
  readonly line: number
  /** How many lines go for them. */
  readonly count: number
  readonly lines: readonly string[]
}

interface Plan {
  readonly says: string
  readonly mends: readonly Mend[]
  /** What is written into sections once the lines are right. */
  readonly settings?: readonly FileEdit[]
}

/**
 * What makes a broken AWS file one that every client reads. Nothing of it is lost: what has to go becomes a comment. All of its
 * problems are cured at once, or null is given, for only a person can tell what was meant.
 */
export function mendedFile({ machine, home }: Scene, file: AwsFile): Fix | null {
  const reading = machine.readFile(file.path)
  if (reading.kind !== 'found') return null
  const { problems } = file.reading
  const where = homePath(file.path, home).shown
  const encoded = problems.find(({ kind }) => kind === 'utf-16' || kind === 'not-utf-8')
  if (encoded !== undefined) {
    const text = textOf(reading.bytes, encoded.kind)
    if (text === null) return null
    const edit = hiddenFile({ file: file.path, was: reading.bytes, bytes: new TextEncoder().encode(text) })
    return automaticCure(`Write ${where} as UTF-8`, { edits: [edit] })
  }
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(reading.bytes)
  // A lone carriage return ends lines for some and not for others.
  if (/\r(?!\n)/.test(text)) return null
  const page: Page = { file, lines: text.split('\n').map((line) => line.replace(/\r$/, '')) }
  const plans = plansFor(page, problems)
  if (plans === null) return null
  // From the bottom up, so that the numbers above stay right.
  const mends = plans.flatMap(({ mends: own }) => own).sort((a, b) => b.line - a.line)
  if (mends.some(({ line, count }, index) => index > 0 && line + count > mends[index - 1]!.line)) return null
  const edits = [...mends.map((mend) => linesEdit(page, mend)), ...plans.flatMap(({ settings = [] }) => settings)]
  return automaticCure(`${plans.map(({ says }) => says).join('; ')} (${where})`, { edits })
}

interface Page {
  readonly file: Pick<AwsFile, 'path' | 'reading'>
  /** Without their ends; a byte order mark is part of the first. */
  readonly lines: readonly string[]
}

function linesEdit({ file, lines }: Page, mend: Mend): FileEdit {
  const { line, count } = mend
  return hiddenLines({ file: file.path, line, was: lines.slice(line - 1, line - 1 + count), lines: mend.lines })
}

function textOf(bytes: Uint8Array, kind: SyntaxProblem['kind']): string | null {
  if (kind === 'utf-16') {
    const isBig = bytes[0] === 0xfe || (bytes[0] === 0 && bytes[1] !== 0)
    return new TextDecoder(isBig ? 'utf-16be' : 'utf-16le').decode(bytes)
  }
  const text = new TextDecoder('windows-1252').decode(bytes)
  // Beside whole characters of UTF-8 there is more than one encoding in it.
  const isWhole = (byte: number, at: number) => {
    const next = bytes[at + 1] ?? 0
    return byte >= 0xc2 && byte <= 0xf4 && next >= 0x80 && next <= 0xbf
  }
  return bytes.some(isWhole) ? null : text
}

/** One plan for each problem; null as soon as one of them has none. */
function plansFor(page: Page, problems: readonly SyntaxProblem[]): readonly Plan[] | null {
  const plans = new Map<string, Plan>()
  for (const problem of problems) {
    const key = keyOfPlan(page, problem)
    if (plans.has(key)) continue
    const plan = planFor(page, problem)
    if (plan === null) return null
    plans.set(key, plan)
  }
  return plans.size === 0 ? null : [...plans.values()]
}

/** Several problems are cured by one and the same plan. */
function keyOfPlan(page: Page, { kind, line }: SyntaxProblem): string {
  const { file } = page
  if (kind === 'no-section-yet') return kind
  if (kind === 'duplicate-section') return `${kind} ${sectionOf(file, line)?.name}`
  const header = kind === 'duplicate-key' ? swallowedHeader(page, line) : null
  return header === null ? `${kind} ${line}` : `header ${header}`
}

function sectionOf({ reading }: Page['file'], line: number): Section | undefined {
  return reading.sections.findLast((section) => section.line <= line)
}

function planFor(page: Page, problem: SyntaxProblem): Plan | null {
  const { line } = problem
  const text = page.lines[line - 1] ?? ''
  switch (problem.kind) {
    case 'byte-order-mark':
      return { says: 'Take the byte order mark off', mends: [{ line: 1, count: 1, lines: [page.lines[0]!.slice(1)] }] }
    case 'no-section-yet':
      return closedHeader(text, line) ?? headed(page, line, text)
    case 'duplicate-section':
      return oneSection(page, line)
    case 'duplicate-key':
      return freedHeader(page, line) ?? oneLine(page, line)
    case 'no-delimiter':
      return joinedToken(page, line) ?? closedHeader(text, line) ?? seenHeader(text, line) ?? asComment(page, line)
    case 'no-key':
      return asComment(page, line)
    default:
      return null
  }
}

/** Lines without a header are those of the profile that is used without a name. */
function headed({ file }: Page, line: number, text: string): Plan | null {
  if (file.reading.sections.some(({ name }) => name === 'default')) return null
  return { says: `Put [default] above line ${line}`, mends: [{ line, count: 1, lines: ['[default]', text] }] }
}

const mark = '# '

function asComment({ lines }: Page, line: number): Plan {
  return { says: `Make a comment of line ${line}`, mends: [{ line, count: 1, lines: [mark + lines[line - 1]] }] }
}

function closedHeader(text: string, line: number): Plan | null {
  return /^\s*\[[^\]=:]+$/.test(text)
    ? { says: `Close the bracket of line ${line}`, mends: [{ line, count: 1, lines: [`${text.trimEnd()}]`] }] }
    : null
}

/** What nobody sees stands before a header, as where two files were put together. */
function seenHeader(text: string, line: number): Plan | null {
  const header = /^[\p{Cf}\p{Cc}\u00a0]+(\[[^\]]+\].*)$/u.exec(text)?.[1]
  return header === undefined
    ? null
    : {
        says: `Take away what cannot be seen before the header in line ${line}`,
        mends: [{ line, count: 1, lines: [header] }],
      }
}

/** A token that was wrapped as it was pasted: its other lines have no key before them. */
function joinedToken({ file, lines }: Page, line: number): Plan | null {
  const entries = [...(sectionOf(file, line)?.entries.values() ?? [])]
  const token = entries.find(({ key, lastLine }) => key === 'aws_session_token' && lastLine === line - 1)
  const rest = lines[line - 1]!.trim()
  if (token === undefined || !/^[A-Za-z0-9+/=]+$/.test(rest)) return null
  if (readSessionToken(token.value + rest).form !== 'well-formed') return null
  return {
    says: 'Write the session token on one line',
    mends: [{ line: line - 1, count: 2, lines: [lines[line - 2]!.trimEnd() + rest] }],
  }
}

/** A header with blanks before it goes on with the value above it, so that its keys are taken for those of the section above. */
function swallowedHeader({ file, lines }: Page, line: number): number | null {
  const above = sectionOf(file, line)?.line ?? line
  const at = lines.slice(above, line - 1).findLastIndex((text) => /^\s+\[[^\]]+\]\s*(?:[#;].*)?$/.test(text))
  return at < 0 ? null : above + at + 1
}

function freedHeader(page: Page, line: number): Plan | null {
  const header = swallowedHeader(page, line)
  if (header === null) return null
  const mend = { line: header, count: 1, lines: [page.lines[header - 1]!.trimStart()] }
  return { says: `Take the blanks before the header in line ${header} away`, mends: [mend] }
}

/** The last of two lines with one key counts for most clients, and is mostly the newer one; an empty one only hides the other. */
function oneLine(page: Page, line: number): Plan | null {
  const section = sectionOf(page.file, line)
  const again = section?.repeated.find((entry) => entry.keyLine === line)
  const all = [section?.entries.get(again?.key ?? ''), ...(section?.repeated ?? [])].filter(
    (entry): entry is Entry => entry !== undefined && entry.key === again?.key,
  )
  const before = all.findLast(({ keyLine }) => keyLine < line)
  if (before === undefined) return null
  // Some clients know these names in small letters only.
  const isSmall = ({ key, keyText }: Entry) => key === keyText
  const isLess =
    again !== undefined && before.value !== '' && (again.value === '' || (isSmall(before) && !isSmall(again)))
  const [gone, kept] = isLess ? [again, before] : [before, again]
  if (gone.lastLine !== gone.keyLine) return null
  return {
    ...asComment(page, gone.keyLine),
    says: `Make a comment of line ${gone.keyLine}: line ${kept?.keyLine ?? line} says it, too`,
  }
}

/**
 * The edits that move the settings of one section below the header of another: its own lines become comments. Null where both have
 * a setting, or a setting has more than one line.
 */
export function mergedSection(
  { machine }: Scene,
  { path, reading }: AwsFile,
  from: string,
  to: string,
): readonly FileEdit[] | null {
  const bytes = machine.readFile(path)
  const [moved, ...more] = reading.sections.filter(({ name }) => name === from)
  const target = reading.sections.find(({ name }) => name === to)
  if (bytes.kind !== 'found' || moved === undefined || target === undefined || more.length > 0) return null
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.bytes)
  if (reading.problems.length > 0 || /\r(?!\n)/.test(text)) return null
  const entries = [...moved.entries.values()]
  if (entries.some(({ key, value }) => target.entries.has(key) || value.includes('\n'))) return null
  const page: Page = { file: { path, reading }, lines: text.split('\n').map((line) => line.replace(/\r$/, '')) }
  return [
    ...asComments(page, moved).map((mend) => linesEdit(page, mend)),
    ...entries.map(({ keyText, value }) => hiddenSet({ file: path, section: to, key: keyText, value })),
  ]
}

/** Where credentials come from: of two sections those of the last one count, and none of the other's are mixed in where it has all it needs. */
const choosing =
  /^(aws_(access_key_id|secret_access_key|session_token|security_token)|role_arn|source_profile|credential_(source|process)|web_identity_token_file|sso_.*|login_session|mfa_serial)$/

/** What has one of these needs no half of it from elsewhere. */
const wholeSources: readonly (readonly string[])[] = [
  ['aws_access_key_id', 'aws_secret_access_key'],
  ['role_arn', 'source_profile'],
  ['role_arn', 'credential_source'],
  ['role_arn', 'web_identity_token_file'],
  ['credential_process'],
  ['login_session'],
  ['sso_session', 'sso_account_id', 'sso_role_name'],
  ['sso_start_url', 'sso_region', 'sso_account_id', 'sso_role_name'],
]

/** Each line of a section that says something, its header too, as a comment. */
function asComments({ file, lines }: Page, section: Section): readonly Mend[] {
  const { sections, inherited } = file.reading
  const headers = [...sections, ...(inherited === null ? [] : [inherited])].map(({ line }) => line)
  const end = Math.min(...headers.filter((header) => header > section.line), lines.length + 1)
  return lines.slice(section.line - 1, end - 1).flatMap((text, index): readonly Mend[] => {
    const isNothing = /^\s*([#;].*)?$/.test(text)
    return isNothing ? [] : [{ line: section.line + index, count: 1, lines: [mark + text] }]
  })
}

/** The last of two sections is mostly the newer one. Settings that only the other has are written into it. */
function oneSection(page: Page, line: number): Plan | null {
  const { path, reading } = page.file
  const name = sectionOf(page.file, line)?.name
  const twins = reading.sections.filter((section) => section.name === name)
  const last = twins.at(-1)
  if (name === undefined || last === undefined) return null
  const others = twins.slice(0, -1)
  const mends = others.flatMap((section) => asComments(page, section))
  const missing = new Map(others.flatMap(({ entries }) => [...entries].filter(([key]) => !last.entries.has(key))))
  const has = (key: string) => last.entries.has(key)
  const isHalf = (keys: readonly string[]) => keys.some(has) && !keys.every(has)
  const isMadeWhole = (keys: readonly string[]) => isHalf(keys) && keys.every((key) => has(key) || missing.has(key))
  const hasOwn = wholeSources.some((keys) => keys.every(has)) && !wholeSources.some(isMadeWhole)
  const kept = [...missing.values()].filter(({ key }) => !hasOwn || !choosing.test(key))
  if (kept.some(({ value }) => value.includes('\n'))) return null
  const settings = kept.map(({ keyText, value }) => hiddenSet({ file: path, section: name, key: keyText, value }))
  const lines = others.map((each) => each.line).join(' and ')
  return { says: `Keep the last [${name}], and make comments of the one in line ${lines}`, mends, settings }
}
