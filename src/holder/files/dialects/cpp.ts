import type { Grammar } from '../documents.ts'
import { PlainSection } from '../plain-section.ts'
import type { Entry, FileReadingByDialect, Section, SyntaxProblem } from '../reading.ts'
import type { IniDocument, IniLine, Stretch } from '../syntax.ts'

/**
 * How the AWS SDK for C++ reads its files. A line that it does not expect ends the reading: sections above stay, but the one that
 * the line stands in is lost, because a section is only kept when the next one begins. A header that it cannot read opens a
 * section of no name, whose lines are passed over. Names are told as `default`, `profile x` and `sso-session x` in the config
 * file and plainly in the credentials file; sections stand one per header.
 *
 * Source: aws-sdk-cpp src/aws-cpp-sdk-core/source/config/AWSConfigFileProfileConfigLoader.cpp (`ConfigFileProfileFSM`).
 */
export const cppConfigGrammar: Grammar = {
  name: 'cpp-config',
  read: (document) => readAsCpp(document, configHeader),
}

/** The same without prefixes. */
export const cppCredentialsGrammar: Grammar = {
  name: 'cpp-credentials',
  read: (document) => readAsCpp(document, credentialsHeader),
}

interface OpenSection extends Section {
  readonly entries: Map<string, Entry>
  /** Earlier ones: of a key that stands twice in a section the last one counts. */
  readonly repeated: Entry[]
}

type HeaderReader = (line: string) => string | null

/** Lines that are shorter count as empty. */
const shortestLine = 3
const identifier = /[%+\-./0-9:@A-Z_a-z]+/y
const commentMarks = ['#', ';']
const commentStarts = [' #', ' ;', '\t#', '\t;']

function readAsCpp(document: IniDocument, headerOf: HeaderReader): FileReadingByDialect {
  const reader = new Reader(headerOf)
  if (!isSafe(document)) for (const line of feedLines(document)) reader.take(line)
  else {
    for (const stretch of document.stretches) {
      if (stretch.name !== null) reader.takePlain(document, stretch)
      else for (let at = stretch.start; at < stretch.end; at += 1) reader.take(document.line(at))
    }
  }
  return reader.finish()
}

/** Whether plain stretches can be taken as they are: no line but a header has brackets, and lines end as this SDK sees it. */
function isSafe({ text, oddities }: IniDocument): boolean {
  return oddities.length === 0 && !/[^\n]\[|\r(?!\n)/.test(text)
}

type Line = Pick<IniLine, 'number' | 'text'>

class Reader {
  readonly #headerOf: HeaderReader
  readonly #sections: Section[] = []
  readonly #problems: SyntaxProblem[] = []
  #open: OpenSection | null = null
  #state: 'start' | 'known' | 'unknown' | 'failed' = 'start'

  constructor(headerOf: HeaderReader) {
    this.#headerOf = headerOf
  }

  takePlain(document: IniDocument, stretch: Stretch): void {
    if (this.#state === 'failed') return
    this.#keep()
    const name = this.#headerOf(`[${stretch.name}]`)
    this.#state = name === null ? 'unknown' : 'known'
    if (name !== null) this.#sections.push(new PlainSection(document, { ...stretch, name }, readSection))
  }

  take({ number, text }: Line): void {
    if (this.#state === 'failed') return
    const line = withoutComment(text)
    if (line.length < shortestLine || /^[\t ]*$/.test(line)) return
    if (line.includes('[') && line.includes(']')) {
      this.#keep()
      const name = this.#headerOf(line)
      this.#state = name === null ? 'unknown' : 'known'
      const column = line.indexOf('[') + 1
      this.#open = name === null ? null : { name, line: number, column, entries: new Map(), repeated: [] }
      return
    }
    const equals = line.indexOf('=')
    if (this.#open !== null && equals >= 0) {
      const entry = entryOf(line, text, number, equals)
      const before = this.#open.entries.get(entry.key)
      if (before !== undefined) this.#open.repeated.push(before)
      this.#open.entries.set(entry.key, entry)
    } else if (this.#state !== 'unknown') {
      this.#problems.push(refusal(number, line, this.#open))
      this.#state = 'failed'
      this.#open = null
    }
  }

  finish(): FileReadingByDialect {
    this.#keep()
    return { sections: this.#sections, inherited: null, problems: this.#problems }
  }

  #keep(): void {
    if (this.#open !== null) this.#sections.push(this.#open)
    this.#open = null
  }
}

/** All its settings, whatever its header is called. */
function readSection(lines: readonly IniLine[]): Pick<Section, 'entries' | 'repeated'> {
  const reader = new Reader(() => '')
  for (const line of lines) reader.take(line)
  const [section] = reader.finish().sections
  return { entries: section?.entries ?? new Map(), repeated: section?.repeated ?? [] }
}

function refusal(line: number, text: string, open: Section | null): SyntaxProblem {
  const column = text.search(/[^\t ]/) + 1
  if (open === null) {
    const says = 'a line stands before any [section], and the file is not read on from there'
    return { kind: 'no-section-yet', line, column, says }
  }
  const says = `a line has no =, and neither [${open.name}] nor anything below counts`
  return { kind: 'no-delimiter', line, column, says }
}

function entryOf(line: string, text: string, number: number, equals: number): Entry {
  const keyText = trim(line.slice(0, equals))
  const value = trim(line.slice(equals + 1))
  return {
    key: keyText,
    keyText,
    value,
    rawValue: text.slice(equals + 1),
    nested: null,
    line: number,
    column: equals + 2 + (value === '' ? 0 : line.slice(equals + 1).search(/[^\s]/)),
    keyLine: number,
    keyColumn: keyText === '' ? equals + 1 : line.indexOf(keyText) + 1,
    lastLine: number,
  }
}

/** `std::getline`: only `\n` ends a line; one `\r` before it is dropped. A byte order mark is part of the first line. */
function feedLines(document: IniDocument): readonly Line[] {
  const lines: { number: number; text: string }[] = []
  let joined: string | null = document.oddities.some(({ kind }) => kind === 'byte-order-mark') ? '\uFEFF' : null
  let number = 1
  for (const line of document.lines) {
    if (joined === null || joined === '\uFEFF') number = line.number
    const text: string = (joined ?? '') + line.text
    joined = line.ending === '\r' ? `${text}\r` : null
    if (joined === null) lines.push({ number, text })
  }
  // A file that ends in a lone `\r` has that as the end of its last line.
  if (joined !== null) lines.push({ number, text: joined.replace(/\r$/, '') })
  return lines
}

function withoutComment(line: string): string {
  if (commentMarks.includes(line[0] ?? '')) return ''
  const starts = commentStarts.map((mark) => line.indexOf(mark)).filter((at) => at >= 0)
  return starts.length === 0 ? line : line.slice(0, Math.min(...starts))
}

/** `[name]`, with blanks where they may be; null when it cannot be read. */
function credentialsHeader(line: string): string | null {
  const start = headerStart(line)
  return start === null ? null : closed(line, start)
}

/** `[default]`, `[profile name]` and `[sso-session name]`; null when it cannot be read or is another one. */
function configHeader(line: string): string | null {
  const start = headerStart(line)
  if (start === null) return null
  // The keyword is looked for anywhere up to the place where it should stand.
  if (line.lastIndexOf('profile', start + 'profile'.length) >= 0) {
    const after = start + 'profile'.length
    if (!isBlank(line[after])) return null
    const name = closed(line, skipBlanks(line, after))
    return name === null ? null : `profile ${name}`
  }
  const word = identifierAt(line, start)
  if (word === 'default') return closed(line, start)
  if (word !== 'sso-session') return null
  const name = closed(line, skipBlanks(line, start + word.length))
  return name === null ? null : `sso-session ${name}`
}

function headerStart(line: string): number | null {
  const bracket = skipBlanks(line, 0)
  return line[bracket] === '[' ? skipBlanks(line, bracket + 1) : null
}

/** The name at a place, when `]` and at most a comment follow it. */
function closed(line: string, at: number): string | null {
  const name = identifierAt(line, at)
  if (name === null) return null
  const bracket = skipBlanks(line, at + name.length)
  if (line[bracket] !== ']') return null
  const rest = line[skipBlanks(line, bracket + 1)]
  return rest === undefined || commentMarks.includes(rest) ? name : null
}

/** A name that ends with a blank or `]`; null for none. */
function identifierAt(line: string, at: number): string | null {
  identifier.lastIndex = at
  const name = identifier.exec(line)?.[0]
  if (name === undefined) return null
  const next = line[at + name.length]
  return isBlank(next) || next === ']' ? name : null
}

function skipBlanks(line: string, from: number): number {
  let at = from
  while (isBlank(line[at])) at += 1
  return at
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t'
}

/** `StringUtils::Trim`: `isspace` of the C locale. */
function trim(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isSpace(text.charCodeAt(start))) start += 1
  while (end > start && isSpace(text.charCodeAt(end - 1))) end -= 1
  return text.slice(start, end)
}

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d)
}
