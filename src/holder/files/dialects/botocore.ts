import type { Machine } from '../../machine/machine.ts'
import type { Grammar } from '../documents.ts'
import { PlainSection } from '../plain-section.ts'
import type { Entry, FileReadingByDialect, Section, SyntaxProblem } from '../reading.ts'
import type { IniDocument, IniLine } from '../syntax.ts'
import { indentOf, splitLines, strip, stripEnd } from './python.ts'

/** What botocore fixes by using `configparser.RawConfigParser()` with its defaults (strict, no interpolation). */
const grammar = {
  commentPrefixes: ['#', ';'],
  delimiters: ['=', ':'],
  inheritedSection: 'DEFAULT',
  foldKey: (key: string): string => key.toLowerCase(),
} as const

/**
 * Reads a document as botocore, boto3 and the AWS CLI do. Where those refuse the whole file (`ConfigParseError`), `problems`
 * says where and why, and the rest is read on as if the bad line were not there: for people, not for the SDK.
 *
 * Sources: CPython Lib/configparser.py `RawConfigParser._read` (3.8 to 3.14 agree), botocore configloader.py
 * `raw_config_parse` and `_parse_nested`.
 */
export function readAsBotocore(document: IniDocument, platform: Machine['platform']): FileReadingByDialect {
  const problems = byteProblems(document, platform)
  if (document.oddities.some(({ kind }) => kind === 'utf-16')) return { sections: [], inherited: null, problems }
  const reader = new Reader(problems)
  for (const stretch of document.stretches) {
    if (stretch.name !== null && stretch.name !== grammar.inheritedSection) {
      reader.takePlain(new PlainSection(document, stretch, readSection))
    } else for (let at = stretch.start; at < stretch.end; at += 1) reader.take(document.line(at))
  }
  return reader.finish()
}

function readSection(lines: readonly IniLine[]): Section {
  const reader = new Reader([])
  for (const line of lines) reader.take(line)
  return reader.finish().sections[0]!
}

export const botocoreGrammar: Grammar = { name: 'botocore', readsAll: true, read: readAsBotocore }

/** While it is read, a value may still grow by continued lines. */
type OpenEntry = { -readonly [K in keyof Entry]: Entry[K] }

interface OpenSection extends Section {
  readonly entries: Map<string, OpenEntry>
  readonly repeated: OpenEntry[]
}

class Reader {
  readonly #problems: SyntaxProblem[]
  readonly #sections: Section[] = []
  readonly #firstLines = new Map<string, number>()
  readonly #continued = new Set<OpenEntry>()
  #inherited: OpenSection | null = null
  #section: OpenSection | null = null
  #entry: OpenEntry | null = null
  /** Blank lines since the last line of the entry: they belong to its value if that goes on below them. */
  #blanks: string[] = []
  #indent = 0

  constructor(problems: readonly SyntaxProblem[]) {
    this.#problems = [...problems]
  }

  take(line: IniLine): void {
    const text = strip(line.text)
    if (text === '') {
      if (this.#entry !== null) this.#blanks.push(line.text)
      return
    }
    if (isComment(text)) return
    const indent = indentOf(line.text)
    if (this.#entry !== null && indent > this.#indent) {
      this.#continue(this.#entry, line, text)
      return
    }
    this.#indent = indent
    const header = headerOf(text)
    if (header !== null) this.#open(header, line, indent + 1)
    else if (this.#section === null)
      this.#complain('no-section-yet', line, indent + 1, 'a line stands before any [section]')
    else this.#assign(this.#section, text, line, indent)
  }

  /** The same as to take each of its lines. The next line is a header, or there is none. */
  takePlain(section: PlainSection): void {
    this.#end(null)
    this.#list(section)
  }

  finish(): FileReadingByDialect {
    const blocks = [...this.#continued].filter(({ value }) => value.startsWith('\n'))
    for (const entry of blocks) entry.nested = this.#block(entry, this.#isRead(entry))
    const problems = this.#problems.sort((a, b) => a.line - b.line || a.column - b.column)
    return { sections: this.#sections, inherited: this.#inherited, problems }
  }

  #continue(entry: OpenEntry, line: IniLine, text: string): void {
    for (const blank of this.#blanks) {
      entry.value += '\n'
      entry.rawValue += `\n${blank}`
    }
    this.#blanks = []
    entry.value += `\n${text}`
    entry.rawValue += `\n${line.text}`
    entry.lastLine = line.number
    this.#continued.add(entry)
  }

  #open(name: string, line: IniLine, column: number): void {
    this.#end(null)
    const opened: OpenSection = { name, line: line.number, column, entries: new Map(), repeated: [] }
    if (name === grammar.inheritedSection) {
      // This one may stand any number of times.
      this.#section = this.#inherited ??= opened
      return
    }
    this.#section = opened
    this.#list(opened)
  }

  #list(section: Section): void {
    const { name, line, column } = section
    const first = this.#firstLines.get(name)
    if (first === undefined) this.#firstLines.set(name, line)
    else {
      const says = `[${name}] stands twice (first on line ${first})`
      this.#complain('duplicate-section', { number: line }, column, says)
    }
    this.#sections.push(section)
  }

  #assign(section: OpenSection, text: string, line: IniLine, indent: number): void {
    const delimiter = delimiterOf(text)
    if (delimiter < 0) {
      // botocore goes on with the entry above: an indented line after this one still continues that.
      this.#complain('no-delimiter', line, indent + 1, 'a line has neither = nor :')
      return
    }
    const keyText = stripEnd(text.slice(0, delimiter))
    if (keyText === '') this.#complain('no-key', line, indent + 1, 'a line begins with its delimiter and has no key')
    const key = grammar.foldKey(keyText)
    const rawValue = line.text.slice(indent + delimiter + 1)
    const value = strip(rawValue)
    const entry: OpenEntry = {
      key,
      keyText,
      value,
      rawValue,
      nested: null,
      line: line.number,
      column: indent + delimiter + 2 + (value === '' ? 0 : indentOf(rawValue)),
      keyLine: line.number,
      keyColumn: indent + 1,
      lastLine: line.number,
    }
    const first = section.entries.get(key)
    if (first === undefined) section.entries.set(key, entry)
    else {
      section.repeated.push(entry)
      const says = `${keyText} stands twice in [${section.name}] (first on line ${first.line})`
      this.#complain('duplicate-key', line, indent + 1, says)
    }
    this.#end(keyText === '' ? null : entry)
  }

  #end(next: OpenEntry | null): void {
    this.#entry = next
    this.#blanks = []
  }

  /** What nobody inherits is not looked at, and so cannot be wrong. */
  #isRead(entry: OpenEntry): boolean {
    if (this.#inherited?.entries.get(entry.key) !== entry) return true
    return this.#sections.some(({ entries }) => !entries.has(entry.key))
  }

  /** `_parse_nested`: an indented block below an empty value is a map of its own; its keys are not folded. */
  #block({ value, keyText, line, keyColumn }: Entry, isRead: boolean): ReadonlyMap<string, string> {
    const settings = new Map<string, string>()
    for (const piece of splitLines(value)) {
      const text = strip(piece)
      if (text === '') continue
      const delimiter = text.indexOf('=')
      if (delimiter >= 0) settings.set(strip(text.slice(0, delimiter)), strip(text.slice(delimiter + 1)))
      else if (isRead) {
        const says = `the block below ${keyText} has a line without =`
        this.#problems.push({ kind: 'broken-block', line, column: keyColumn, says })
      }
    }
    return settings
  }

  #complain(kind: SyntaxProblem['kind'], line: Pick<IniLine, 'number'>, column: number, says: string): void {
    this.#problems.push({ kind, line: line.number, column, says })
  }
}

function isComment(text: string): boolean {
  return grammar.commentPrefixes.some((prefix) => text.startsWith(prefix))
}

/** `SECTCRE`: from a leading `[` to the last `]` of the line, whatever follows it. */
function headerOf(text: string): string | null {
  if (text[0] !== '[') return null
  const end = text.lastIndexOf(']')
  return end >= 2 ? text.slice(1, end) : null
}

/** Where the first `=` or `:` stands; -1 without any. */
function delimiterOf(text: string): number {
  const [first, second] = grammar.delimiters
  const equals = text.indexOf(first)
  const colon = text.indexOf(second)
  return equals < 0 || colon < 0 ? Math.max(equals, colon) : Math.min(equals, colon)
}

const byteWords = {
  'byte-order-mark': 'the file begins with a byte order mark, so that its first line is no [section]',
  'utf-16': 'the file is UTF-16, not UTF-8',
  'not-utf-8': 'a byte is not UTF-8',
} as const

function byteProblems(document: IniDocument, platform: Machine['platform']): readonly SyntaxProblem[] {
  return document.oddities.flatMap(({ kind, line, column }): readonly SyntaxProblem[] => {
    // On Windows Python decodes by the code page, in which nearly every byte is a character.
    if (kind === 'nul-byte' || (kind === 'not-utf-8' && platform === 'win32')) return []
    return [{ kind, line, column, says: byteWords[kind] }]
  })
}
