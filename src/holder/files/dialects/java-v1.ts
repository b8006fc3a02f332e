import type { Grammar } from '../documents.ts'
import type { Entry, FileReadingByDialect, Section, SyntaxProblem } from '../reading.ts'
import { type IniDocument, parseIni, renderIni } from '../syntax.ts'
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
  const sections: OpenSection[] = []
  const problems: SyntaxProblem[] = []
  let counted = 0
  const refuse = (line: number, kind: SyntaxProblem['kind'], says: string, sdkSays: string): void => {
    problems.push({ kind, line, column: 1, says, sdkSays: `IllegalArgumentException: ${sdkSays} on line ${counted}` })
  }
  const take = (number: number, text: string, offset: number): void => {
    counted += 1
    const line = trimJava(text)
    if (line === '' || line[0] === '#') return
    const indent = text.indexOf(line)
    if (line.startsWith('[') && line.endsWith(']')) {
      const name = trimJava(line.slice(1, -1))
      sections.push({ name, line: number, column: offset + indent + 1, entries: new Map(), repeated: [] })
      return
    }
    const equals = line.indexOf('=')
    const section = sections.at(-1)
    if (equals < 0)
      refuse(number, 'no-delimiter', 'a line has no =', "Invalid property format: no '=' character is found")
    else if (section === undefined) {
      refuse(
        number,
        'no-section-yet',
        'a line stands before any [section]',
        'Property is defined without a preceding profile name',
      )
    } else assign(section, entryOf(line, equals, number, offset + indent))
  }
  const marked = document.oddities.some(({ kind }) => kind === 'byte-order-mark')
  if (marked && document.lines.length === 0) take(1, '\uFEFF', 0)
  for (const { number, text } of document.lines) {
    const whole = marked && number === 1 ? `\uFEFF${text}` : text
    if (!lineSeparators.test(whole)) take(number, whole, 0)
    else {
      let offset = 0
      for (const part of whole.split(lineSeparators)) {
        take(number, part, offset)
        offset += part.length + 1
      }
    }
  }
  return { sections, inherited: null, problems: [...problems, ...namelessProblems(sections)] }
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
