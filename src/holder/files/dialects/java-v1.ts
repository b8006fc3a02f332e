import type { Grammar } from '../documents.ts'
import { PlainSection } from '../plain-section.ts'
import type { Entry, FileReadingByDialect, Section, SyntaxProblem } from '../reading.ts'
import { type IniDocument, type IniLine, parseIni, renderIni } from '../syntax.ts'
import { trimJava } from './java-text.ts'

/** What ends a line to `java.util.Scanner`, beyond what ends one to editors. */
const lineSeparators = /[\u2028\u2029\u0085]/

/**
 * The grammar of the AWS SDK for Java 1: blanks around a line do not count, `#` alone begins a comment and only at the start of
 * a line, nothing continues a value, and of two sections with one name the later replaces the earlier.
 *
 * Source: aws-sdk-java auth/profile/internal `AbstractProfilesConfigFileScanner`, `BasicProfileConfigLoader`.
 */
export const javaV1Grammar: Grammar = { name: 'java-v1', read: readJavaV1 }

interface OpenSection extends Section {
  readonly entries: Map<string, Entry>
  readonly repeated: Entry[]
}

function readJavaV1(document: IniDocument): FileReadingByDialect {
  if (document.encoding !== 'utf-8') {
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(renderIni(document))
    return readJavaV1(parseIni(new TextEncoder().encode(text)))
  }
  const reader = new Reader()
  const marked = document.oddities.some(({ kind }) => kind === 'byte-order-mark')
  if (marked && document.stretches.length === 0) reader.takeLine(1, '\uFEFF')
  // What other SDKs take for a comment is a broken line to this one.
  const hasOtherComments = /^;/m.test(document.text)
  for (const stretch of document.stretches) {
    const { name, start, end } = stretch
    if (name !== null && name === trimJava(name) && !hasOtherComments && !(marked && start === 0)) {
      reader.takePlain(new PlainSection(document, stretch, sectionOf), end - start)
      continue
    }
    for (let index = start; index < end; index += 1) {
      const { text } = document.line(index)
      reader.takeLine(index + 1, marked && index === 0 ? `\uFEFF${text}` : text)
    }
  }
  return reader.finish()
}

function sectionOf(lines: readonly IniLine[]): Section {
  const reader = new Reader()
  for (const { number, text } of lines) reader.takeLine(number, text)
  return reader.finish().sections[0]!
}

class Reader {
  readonly #sections: Section[] = []
  readonly #problems: SyntaxProblem[] = []
  #section: OpenSection | null = null
  /** Lines as this SDK counts them. */
  #counted = 0

  takePlain(section: PlainSection, lines: number): void {
    this.#counted += lines
    this.#sections.push(section)
    this.#section = { name: section.name, line: section.line, column: 1, entries: new Map(), repeated: [] }
  }

  takeLine(number: number, text: string): void {
    if (!lineSeparators.test(text)) {
      this.#take(number, text, 0)
      return
    }
    let offset = 0
    for (const part of text.split(lineSeparators)) {
      this.#take(number, part, offset)
      offset += part.length + 1
    }
  }

  finish(): FileReadingByDialect {
    const problems = [...this.#problems, ...namelessProblems(this.#sections)]
    return { sections: this.#sections, inherited: null, problems }
  }

  #take(number: number, text: string, offset: number): void {
    this.#counted += 1
    const line = trimJava(text)
    if (line === '' || line[0] === '#') return
    const indent = offset + text.indexOf(line)
    if (line.startsWith('[') && line.endsWith(']')) {
      const name = trimJava(line.slice(1, -1))
      this.#section = { name, line: number, column: indent + 1, entries: new Map(), repeated: [] }
      this.#sections.push(this.#section)
      return
    }
    const equals = line.indexOf('=')
    if (equals < 0) {
      const words = "Invalid property format: no '=' character is found"
      this.#refuse(number, 'no-delimiter', 'a line has no =', words)
    } else if (this.#section === null) {
      const words = 'Property is defined without a preceding profile name'
      this.#refuse(number, 'no-section-yet', 'a line stands before any [section]', words)
    } else assign(this.#section, entryOf(line, equals, number, indent))
  }

  #refuse(line: number, kind: SyntaxProblem['kind'], says: string, words: string): void {
    const sdkSays = `IllegalArgumentException: ${words} on line ${this.#counted}`
    this.#problems.push({ kind, line, column: 1, says, sdkSays })
  }
}

function assign(section: OpenSection, entry: Entry): void {
  const before = section.entries.get(entry.key)
  if (before !== undefined) section.repeated.push(before)
  section.entries.set(entry.key, entry)
}

function entryOf(line: string, equals: number, number: number, offset: number): Entry {
  const key = trimJava(line.slice(0, equals))
  const rawValue = line.slice(equals + 1)
  const value = trimJava(rawValue)
  const column = offset + equals + 2 + (value === '' ? 0 : rawValue.indexOf(value))
  return {
    key,
    keyText: key,
    value,
    rawValue,
    nested: null,
    line: number,
    column,
    keyLine: number,
    keyColumn: offset + 1,
    lastLine: number,
  }
}

function namelessProblems(sections: readonly Section[]): readonly SyntaxProblem[] {
  const nameless = sections.find(({ name }) => name === '')
  if (nameless === undefined) return []
  const { line, column } = nameless
  const sdkSays = 'SdkClientException: Unable to load properties from profile: Profile name is empty.'
  return [{ kind: 'open-header', line, column, says: 'a header names nothing', sdkSays }]
}
