import type { Grammar } from '../documents.ts'
import { PlainSection } from '../plain-section.ts'
import type { Entry, FileReadingByDialect, Section, SyntaxProblem } from '../reading.ts'
import { type IniDocument, type IniLine, parseIni, renderIni } from '../syntax.ts'

/**
 * How the AWS SDK for .NET reads both files. A line is a setting, a header, a comment or blank; any other line makes the file
 * unreadable. Sections are looked up by name and the first one counts, so that they stand here one per header. A section with
 * `repeated` settings does not count at all.
 *
 * Sources: aws-sdk-net sdk/src/Core/Amazon.Runtime/Internal/Util/IniFile.cs (`Validate`, `SeekProperty`,
 * `TryParseSubproperties`), OptimisticLockedTextFile.cs (`File.ReadAllText`, lines end with `\r`, `\n` or `\r\n`).
 */
export const dotnetGrammar: Grammar = { name: 'dotnet', read: readAsDotnet }

type OpenEntry = { -readonly [K in keyof Entry]: Entry[K] }

interface OpenSection extends Section {
  readonly entries: Map<string, OpenEntry>
  readonly repeated: OpenEntry[]
}

/** A header with a `=` in it is a setting of the section above and a header too; this many may pile up. */
const mostOpenSections = 16

function readAsDotnet(document: IniDocument): FileReadingByDialect {
  const reader = new Reader()
  const text = asText(document)
  // A header with a `=` in it is a setting of the section above too, which is then not what it seems to be.
  const isSafe = !/^\s*\[[^\n]*=/m.test(text.text)
  for (const stretch of text.stretches) {
    if (isSafe && stretch.name !== null) {
      reader.takePlain(new PlainSection(text, { ...stretch, name: trim(stretch.name) }, readSection))
    } else for (let at = stretch.start; at < stretch.end; at += 1) reader.take(text.line(at))
  }
  return { sections: reader.sections, inherited: null, problems: reader.problems }
}

function readSection(lines: readonly IniLine[]): Pick<Section, 'entries' | 'repeated'> {
  const reader = new Reader()
  for (const line of lines) reader.take(line)
  const [section] = reader.sections
  return { entries: section?.entries ?? new Map(), repeated: section?.repeated ?? [] }
}

/** `File.ReadAllText`: UTF-16 with its mark is text too, and bytes that are not UTF-8 become replacement characters. */
function asText(document: IniDocument): IniDocument {
  if (document.encoding === 'utf-8') return document
  const bytes = renderIni(document)
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe ? 'utf-16be' : 'utf-8'
  return parseIni(new TextEncoder().encode(new TextDecoder(encoding).decode(bytes)))
}

class Reader {
  readonly sections: Section[] = []
  readonly problems: SyntaxProblem[] = []
  #open: readonly OpenSection[] = []
  /** The setting whose value is empty: indented lines below it are settings of its own. */
  #parent: OpenEntry | null = null

  /** The same as to take each of its lines. The next line is a header, or there is none. */
  takePlain(section: PlainSection): void {
    this.sections.push(section)
    this.#open = []
    this.#parent = null
  }

  take(line: IniLine): void {
    const start = indentOf(line.text)
    const text = line.text.slice(start, endOf(line.text, start))
    const isHeader = text.length >= 2 && text.startsWith('[') && text.endsWith(']')
    const isComment = text === '' || text.startsWith(';') || text.startsWith('#')
    const equals = isComment ? -1 : text.indexOf('=')
    if (!isComment && !isHeader && equals < 0) this.#refuse(line.number, start + 1)
    const parent = this.#parent
    if (parent !== null && (start > 0 || line.text === '') && !isHeader) {
      if (equals >= 0) addTo(parent, line, text, equals)
      return
    }
    this.#parent = null
    if (equals >= 0) this.#assign(line, text, start, equals)
    if (isHeader) this.#begin(line, text, start, equals >= 0)
  }

  #refuse(line: number, column: number): void {
    this.problems.push({
      kind: 'no-delimiter',
      line,
      column,
      says: 'a line is neither a [section] nor a setting nor a comment',
      sdkSays: `InvalidDataException: Line ${line} does not contain a section, property or comment.`,
    })
  }

  #begin(line: IniLine, text: string, start: number, isSettingToo: boolean): void {
    const name = trim(text.slice(1, -1))
    const opened: OpenSection = { name, line: line.number, column: start + 1, entries: new Map(), repeated: [] }
    this.sections.push(opened)
    this.#open = isSettingToo ? [...this.#open, opened].slice(-mostOpenSections) : [opened]
  }

  #assign(line: IniLine, text: string, start: number, equals: number): void {
    const keyText = trim(text.slice(0, equals))
    const value = trim(text.slice(equals + 1))
    const rawStart = start + equals + 1
    for (const section of this.#open) {
      const entry: OpenEntry = {
        key: keyText.toLowerCase(),
        keyText,
        value,
        rawValue: line.text.slice(rawStart),
        nested: null,
        line: line.number,
        column: rawStart + 1 + (value === '' ? 0 : indentOf(line.text.slice(rawStart))),
        keyLine: line.number,
        keyColumn: start + 1,
        lastLine: line.number,
      }
      if (section.entries.has(entry.key)) section.repeated.push(entry)
      else section.entries.set(entry.key, entry)
      if (value === '') this.#parent = entry
    }
  }
}

function addTo(parent: OpenEntry, line: IniLine, text: string, equals: number): void {
  const nested = new Map(parent.nested)
  nested.set(trim(text.slice(0, equals)).toLowerCase(), trim(text.slice(equals + 1)))
  parent.nested = nested
  parent.lastLine = line.number
}

/** `String.Trim()`: what `Char.IsWhiteSpace` takes for white space. */
const space = /[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/

function isSpace(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  if (code > 0x20 && code < 0x85) return false
  return space.test(text[at]!)
}

function trim(text: string): string {
  const start = indentOf(text)
  return text.slice(start, endOf(text, start))
}

function indentOf(text: string): number {
  let at = 0
  while (at < text.length && isSpace(text, at)) at += 1
  return at
}

function endOf(text: string, start: number): number {
  let at = text.length
  while (at > start && isSpace(text, at - 1)) at -= 1
  return at
}
