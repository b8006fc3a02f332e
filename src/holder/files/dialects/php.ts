import type { Grammar } from '../documents.ts'
import { PlainSection } from '../plain-section.ts'
import type { Entry, FileReadingByDialect, Section, SyntaxProblem } from '../reading.ts'
import type { IniDocument, IniLine } from '../syntax.ts'

/**
 * How the AWS SDK for PHP reads both files: lines that begin with `#` are dropped, and PHP itself reads the rest
 * (`parse_ini_string`, `INI_SCANNER_RAW`). One line that it does not understand makes the whole file unreadable. A section that
 * stands twice is replaced by the later one, at its place.
 *
 * Sources: aws-sdk-php src/functions.php `parse_ini_file`; php-src Zend/zend_ini_scanner.l, Zend/zend_ini_parser.y, main/main.c;
 * compared with PHP 8.2.
 */
export const phpGrammar: Grammar = { name: 'php', read: readAsPhp }

interface OpenSection extends Section {
  readonly entries: Map<string, Entry>
  readonly repeated: Entry[]
}

/** What may not stand in a key. */
const notInLabel = /[=\t;&|^$~(){}!"[]/g
/** Words that are values to PHP and so cannot be keys, unless blanks stand before them. */
const reserved = /^(?:true|on|yes|false|off|no|none|null)[ \t]*$/i
const reservedKey = /^(?:true|on|yes|false|off|no|none|null)[ \t]*(?:=|$)/im

function readAsPhp(document: IniDocument): FileReadingByDialect {
  const reader = new Reader()
  if (!isSafe(document)) for (const line of phpLines(document)) reader.take(line)
  else {
    for (const stretch of document.stretches) {
      if (stretch.name !== null) reader.open(new PlainSection(document, stretch, readSection))
      else for (const line of phpLines(document, stretch.start, stretch.end)) reader.take(line)
    }
  }
  return reader.finish()
}

/** Whether plain stretches can be taken as they are: no key is a word of PHP, and only a line feed ends a comment with `#`. */
function isSafe({ text, oddities }: IniDocument): boolean {
  return (
    oddities.length === 0 &&
    !text.includes('\r') &&
    !reservedKey.test(text) &&
    (text.endsWith('\n') || text[text.lastIndexOf('\n') + 1] !== '#')
  )
}

function readSection(lines: readonly IniLine[]): Pick<Section, 'entries' | 'repeated'> {
  const reader = new Reader()
  for (const { number, text, ending } of lines) {
    if (!text.startsWith('#')) reader.take({ number, text, isEnd: ending === '' })
  }
  const [section] = reader.finish().sections
  return { entries: section?.entries ?? new Map(), repeated: section?.repeated ?? [] }
}

class Reader {
  readonly #sections = new Map<string, Section>()
  readonly #problems: SyntaxProblem[] = []
  #open: OpenSection | null = null

  /** A section that stands twice is replaced. */
  open(section: Section): void {
    this.#sections.delete(section.name)
    this.#sections.set(section.name, section)
    this.#open = null
  }

  take(line: PhpLine): void {
    const { found, error } = scanLine(line)
    for (const item of found) {
      if (item.kind === 'section') {
        const { name, at } = item
        const opened = { name, line: line.number, column: at + 1, entries: new Map(), repeated: [] }
        this.open(opened)
        this.#open = opened
      } else if (this.#open !== null) {
        const before = this.#open.entries.get(item.key)
        if (before !== undefined) this.#open.repeated.push(before)
        this.#open.entries.set(item.key, entryOf(item, line))
      }
    }
    if (error === null) return
    this.#problems.push({ kind: error.kind, line: line.number, column: error.at + 1, says: error.says })
  }

  finish(): FileReadingByDialect {
    return { sections: [...this.#sections.values()], inherited: null, problems: this.#problems }
  }
}

interface PhpLine {
  readonly number: number
  readonly text: string
  /** Nothing stands below it, not even the end of this line. */
  readonly isEnd: boolean
}

/** Without the lines that are dropped; `\n`, `\r\n` and a lone `\r` end a line, and a NUL ends the file. */
function phpLines(document: IniDocument, start = 0, end = Number.POSITIVE_INFINITY): readonly PhpLine[] {
  const lines: PhpLine[] = []
  let marked = document.oddities.some(({ kind }) => kind === 'byte-order-mark')
  /** What stands since the last line feed: `#` at its start drops all of it, but only when a line feed ends it. */
  let pieces: PhpLine[] = []
  const all = end === Number.POSITIVE_INFINITY ? document.lines : linesOf(document, start, end)
  for (const { number, text, ending } of all) {
    pieces.push({ number, text, isEnd: ending === '' })
    if (!ending.endsWith('\n')) continue
    // The mark stands before the `#` of a first line, so that this one is not dropped.
    if (marked || !pieces[0]!.text.startsWith('#')) for (const piece of pieces) lines.push(piece)
    marked = false
    pieces = []
  }
  return upToNul([...lines, ...pieces])
}

function linesOf(document: IniDocument, start: number, end: number): readonly IniLine[] {
  return Array.from({ length: end - start }, (_, index) => document.line(start + index))
}

function upToNul(lines: readonly PhpLine[]): readonly PhpLine[] {
  const last = lines.findIndex(({ text }) => text.includes('\0'))
  if (last < 0) return lines
  const { number, text } = lines[last]!
  return [...lines.slice(0, last), { number, text: text.slice(0, text.indexOf('\0')), isEnd: true }]
}

type Found =
  | { readonly kind: 'section'; readonly name: string; readonly at: number }
  | {
      readonly kind: 'setting'
      readonly key: string
      readonly keyAt: number
      readonly value: string
      readonly valueAt: number
      readonly equals: number
    }

interface Scan {
  readonly found: readonly Found[]
  readonly error: { readonly kind: SyntaxProblem['kind']; readonly at: number; readonly says: string } | null
}

/** One line as the scanner's state INITIAL takes it: any number of sections and bare words, and a setting up to the end. */
function scanLine({ text, isEnd }: PhpLine): Scan {
  const found: Found[] = []
  const fail = (kind: SyntaxProblem['kind'], at: number, says: string): Scan => ({ found, error: { kind, at, says } })
  let at = 0
  while (at < text.length) {
    if (text[at] === '\t' || text[at] === ';') {
      if (text[at] === ';') break
      at += 1
      continue
    }
    if (text[at] === '[') {
      const end = text.indexOf(']', at)
      if (end < 0) return fail('open-header', at, 'a header has no ]')
      found.push({ kind: 'section', name: sectionName(text.slice(at + 1, end)), at })
      at = end + 1
      while (text[at] === ' ' || text[at] === '\t') at += 1
      continue
    }
    notInLabel.lastIndex = at
    const end = notInLabel.test(text) ? notInLabel.lastIndex - 1 : text.length
    const label = text.slice(at, end)
    const mark = text[end]
    if (mark === '[') {
      // `key[name] = value` fills a list, which no setting of the SDK is.
      const close = text.indexOf(']', end)
      if (close < 0 || text[skipBlanks(text, close + 1)] !== '=') {
        return fail('no-delimiter', at, 'a [ stands in a line that is no header')
      }
      return { found, error: null }
    }
    if (reserved.test(label) && !(isEnd && end === text.length))
      return fail('no-key', at, 'a key is a word that PHP takes for a value')
    const next = mark === '\t' ? skipBlanks(text, end) : end
    const key = trim(label)
    if (text[next] === '=') {
      if (key === '') return fail('no-key', at, 'a line begins with its delimiter and has no key')
      found.push(settingAt(text, key, at + label.indexOf(key), next))
      const start = skipBlanks(text, next + 1)
      // In place of a value, only a line end makes a comment of what follows the `;`.
      if (text[start] !== ';' || !isEnd) return { found, error: null }
      at = start + 1
      continue
    }
    if (mark !== undefined && mark !== '\t' && mark !== ';') {
      return fail('no-delimiter', end, `PHP does not understand the ${mark} here`)
    }
    at = end
  }
  return { found, error: null }
}

/** Quotes around the whole name are dropped when they are single ones. */
function sectionName(text: string): string {
  return /^'[^']+'$/.test(text) ? text.slice(1, -1) : text
}

function settingAt(text: string, key: string, keyAt: number, equals: number): Found {
  const start = skipBlanks(text, equals + 1)
  const isQuoted = text[start] === '"'
  let comment = -1
  for (let at = start; at < text.length; at += 1) {
    if (text[at] === ';' && comment < 0) comment = at
    else if (text[at] === '"' && isQuoted) comment = -1
  }
  const value = trim(text.slice(start, comment < 0 ? text.length : comment))
  const isWhole = isQuoted && value.length > 1 && value.endsWith('"')
  return {
    kind: 'setting',
    key,
    keyAt,
    value: isWhole ? value.slice(1, -1) : value,
    valueAt: isWhole ? start + 1 : start,
    equals,
  }
}

function entryOf(found: Extract<Found, { kind: 'setting' }>, { number, text }: PhpLine): Entry {
  return {
    key: found.key,
    keyText: found.key,
    value: found.value,
    rawValue: text.slice(found.equals + 1),
    nested: null,
    line: number,
    column: found.valueAt + 1,
    keyLine: number,
    keyColumn: found.keyAt + 1,
    lastLine: number,
  }
}

function skipBlanks(text: string, from: number): number {
  let at = from
  while (text[at] === ' ' || text[at] === '\t') at += 1
  return at
}

function trim(text: string): string {
  const start = skipBlanks(text, 0)
  let end = text.length
  while (end > start && (text[end - 1] === ' ' || text[end - 1] === '\t')) end -= 1
  return text.slice(start, end)
}
