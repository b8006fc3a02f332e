import type { Grammar } from '../documents.ts'
import type { FileRole } from '../locate.ts'
import { PlainSection } from '../plain-section.ts'
import type { Entry, FileReadingByDialect, Section, SyntaxProblem } from '../reading.ts'
import { type IniDocument, parseIni, renderIni } from '../syntax.ts'
import { hasKotlinWhitespace, isKotlinBlank, startsWithKotlinWhitespace, trimKotlin } from './java-text.ts'

/** What a header means to the SDK for Kotlin. */
export interface KotlinHeader {
  readonly type: 'profile' | 'sso-session' | 'services' | 'unknown'
  readonly name: string
  /** False for `[default]` and for all of the credentials file: these yield to a section with a prefix. */
  readonly hasPrefix: boolean
  /** A section that is not valid is left out. */
  readonly isValid: boolean
}

const types = new Map<string, KotlinHeader['type']>([
  ['sso-session', 'sso-session'],
  ['services', 'services'],
  ['profile', 'profile'],
  ['default', 'profile'],
])

/**
 * What a header means (`ParseFn.kt` `configurationSection`, `credentialProfile`); null when the SDK fails on it.
 *
 * @param text what is left of the line without its comments, its first and its last character
 */
export function kotlinHeader(role: FileRole, text: string): KotlinHeader | null {
  const inner = trimKotlin(text)
  if (role === 'credentials') {
    return { type: 'profile', name: inner, hasPrefix: false, isValid: !hasKotlinWhitespace(inner) }
  }
  const cut = inner.search(/[ \t]/)
  const parts = (cut < 0 ? [inner] : [inner.slice(0, cut), inner.slice(cut + 1)])
    .filter((part) => !isKotlinBlank(part))
    .map(trimKotlin)
  const [first, second] = parts
  if (first === undefined) return null
  const hasPrefix = first !== 'default'
  const isValid = second === undefined ? !hasPrefix : hasPrefix && !hasKotlinWhitespace(second)
  return { type: types.get(first) ?? 'unknown', name: second ?? first, hasPrefix, isValid }
}

/**
 * The grammar of the AWS SDK for Kotlin, one for each file. Its first pass tells what each line is, and refuses the file at a
 * line that is nothing; its second gathers settings, and fails on lines that continue what it has left out.
 *
 * Source: aws-sdk-kotlin aws-config config/profile `AwsConfigParser.kt`, `FileLine.kt`, `ParseFn.kt`, `Text.kt`.
 */
export const kotlinGrammars: Readonly<Record<FileRole, Grammar>> = {
  config: { name: 'kotlin config', read: (document) => readKotlin(document, 'config') },
  credentials: { name: 'kotlin credentials', read: (document) => readKotlin(document, 'credentials') },
}

function readKotlin(document: IniDocument, role: FileRole): FileReadingByDialect {
  if (document.encoding !== 'utf-8') return readKotlin(replaced(document), role)
  const marked = document.oddities.some(({ kind }) => kind === 'byte-order-mark')
  const reader = new Reader(role)
  const textOf = (index: number): string => `${marked && index === 0 ? '\uFEFF' : ''}${document.line(index).text}`
  const hasRefused = isRefused(role, document.text)
  if (marked && document.stretches.length === 0) reader.take(1, '\uFEFF')
  for (const { name, start, end } of document.stretches) {
    // Whatever a plain header names, the lines below it cannot go wrong.
    if (name !== null && !(marked && start === 0) && kotlinHeader(role, name) !== null && !hasRefused) {
      const plain = { name, start, end }
      reader.takePlain(new PlainSection(document, plain, (lines) => sectionOf(role, lines)))
      continue
    }
    for (let index = start; index < end; index += 1) reader.take(index + 1, textOf(index))
  }
  return reader.finish()
}

function sectionOf(role: FileRole, lines: readonly { readonly number: number; readonly text: string }[]): Section {
  const reader = new Reader(role)
  for (const { number, text } of lines) reader.take(number, text)
  return reader.finish().sections[0]!
}

function replaced(document: IniDocument): IniDocument {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(renderIni(document))
  return parseIni(new TextEncoder().encode(text))
}

/** `isProfile` of the credentials file: a header with this word in its line is none. */
function isRefused(role: FileRole, line: string): boolean {
  return role === 'credentials' && line.includes('sso-session')
}

type OpenEntry = { -readonly [K in keyof Omit<Entry, 'nested'>]: Entry[K] } & { nested: Map<string, string> | null }

interface OpenSection extends Section {
  readonly entries: Map<string, OpenEntry>
  readonly repeated: OpenEntry[]
}

/** The setting that a line below may continue, be it one that is left out. */
interface OpenProperty {
  readonly isEmpty: boolean
  readonly entry: OpenEntry | null
}

class Reader {
  readonly #role: FileRole
  readonly #sections: Section[] = []
  readonly #unreadable: SyntaxProblem[] = []
  readonly #failures: SyntaxProblem[] = []
  #section: OpenSection | null = null
  #isValid = false
  #property: OpenProperty | null = null
  /** The block that was opened last; a block of a setting that is left out goes on in it. */
  #block: Map<string, string> | null = null

  constructor(role: FileRole) {
    this.#role = role
  }

  take(number: number, text: string): void {
    const inner = trimKotlin(text)
    if (inner === '' || inner[0] === '#' || inner[0] === ';') return
    const bare = withoutComments(text)
    const isHeader = isBracketed(trimKotlin(bare)) && !isRefused(this.#role, text)
    if (isHeader) this.#open(number, text)
    else if (!startsWithKotlinWhitespace(text)) this.#assign(number, text)
    else this.#continue(number, text)
  }

  takePlain(section: PlainSection): void {
    this.#section = null
    this.#property = null
    this.#sections.push(section)
  }

  finish(): FileReadingByDialect {
    return { sections: this.#sections, inherited: null, problems: [...this.#unreadable, ...this.#failures] }
  }

  #open(number: number, text: string): void {
    const bare = withoutComments(cutAt(cutAt(text, ' #'), ' ;'))
    const name = bare.slice(1, -1)
    const header = kotlinHeader(this.#role, name)
    this.#property = null
    if (header === null) {
      this.#fail(
        number,
        'IndexOutOfBoundsException: Index 0 out of bounds for length 0',
        'open-header',
        'a header names nothing',
      )
    }
    this.#isValid = header?.isValid ?? false
    const column = text.indexOf('[') + 1
    this.#section = { name, line: number, column, entries: new Map(), repeated: [] }
    this.#sections.push(this.#section)
  }

  #assign(number: number, text: string): void {
    const equals = text.indexOf('=')
    const keyText = trimKotlin(text.slice(0, Math.max(equals, 0)))
    if (keyText === '' || this.#section === null) {
      if (this.#section === null) this.#refuse(number, 'no-section-yet', 'a line stands before any [section]')
      else if (equals < 0) this.#refuse(number, 'no-delimiter', 'a line has no =')
      else this.#refuse(number, 'no-key', 'a line begins with its delimiter and has no key')
      return
    }
    const whole = trimKotlin(text.slice(equals + 1))
    const value = cutAt(cutAt(whole, ' #'), ' ;')
    const section = this.#section
    const isKept = this.#isValid && !hasKotlinWhitespace(keyText)
    const rawValue = text.slice(equals + 1)
    const entry: OpenEntry = {
      key: keyText,
      keyText,
      value,
      rawValue,
      nested: null,
      line: number,
      column: equals + 2 + (whole === '' ? 0 : rawValue.indexOf(whole)),
      keyLine: number,
      keyColumn: 1,
      lastLine: number,
    }
    this.#property = { isEmpty: value === '', entry: isKept ? entry : null }
    if (!isKept) return
    const before = section.entries.get(keyText)
    if (before !== undefined) section.repeated.push(before)
    section.entries.set(keyText, entry)
  }

  #continue(number: number, text: string): void {
    const property = this.#property
    const inner = trimKotlin(text)
    if (this.#section === null) this.#refuse(number, 'no-section-yet', 'a line stands before any [section]')
    else if (property === null) {
      this.#refuse(number, 'no-setting-yet', 'an indented line stands below a header, not below a setting')
    } else if (!property.isEmpty) this.#extend(number, text, property)
    else {
      const equals = inner.indexOf('=')
      if (equals < 0 || trimKotlin(inner.slice(0, equals)) === '') {
        this.#refuse(number, 'broken-block', 'an indented line below an empty setting has no key or no =')
      } else this.#nest(number, text, trimKotlin(inner.slice(0, equals)), trimKotlin(inner.slice(equals + 1)), property)
    }
  }

  #extend(number: number, text: string, { entry }: OpenProperty): void {
    if (entry === null) {
      this.#failOnNull(number)
      return
    }
    entry.value += `\n${trimKotlin(text)}`
    entry.rawValue += `\n${text}`
    entry.lastLine = number
  }

  #nest(number: number, text: string, key: string, value: string, { entry }: OpenProperty): void {
    if (hasKotlinWhitespace(key)) return
    if (!this.#isValid || (entry === null && this.#block === null)) {
      this.#failOnNull(number)
      return
    }
    if (entry !== null) {
      if (entry.nested === null) {
        entry.nested = new Map()
        this.#block = entry.nested
      }
      entry.rawValue += `\n${text}`
      entry.lastLine = number
    }
    this.#block!.set(key, value)
  }

  #refuse(line: number, kind: SyntaxProblem['kind'], says: string): void {
    const help = 'See https://docs.aws.amazon.com/cli/latest/userguide/cli-chap-configure.html for file format details.'
    const sdkSays = `AwsConfigParseException: Encountered unexpected token on line ${line}. ${help}`
    this.#unreadable.push({ kind, line, column: 1, says, sdkSays })
  }

  /** The second pass stumbles over what it has left out. */
  #failOnNull(line: number): void {
    this.#fail(line, 'NullPointerException: null', 'no-setting-yet', 'an indented line continues what does not count')
  }

  #fail(line: number, sdkSays: string, kind: SyntaxProblem['kind'], says: string): void {
    this.#failures.push({ kind, line, column: 1, says, sdkSays })
  }
}

function isBracketed(text: string): boolean {
  return text.startsWith('[') && text.endsWith(']')
}

function withoutComments(text: string): string {
  return cutAt(cutAt(text, '#'), ';')
}

function cutAt(text: string, mark: string): string {
  const at = text.indexOf(mark)
  return at < 0 ? text : text.slice(0, at)
}
