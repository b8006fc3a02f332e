import type { Grammar } from '../documents.ts'
import { PlainSection, type SectionReader } from '../plain-section.ts'
import type { Entry, FileReadingByDialect, Section, SyntaxProblem } from '../reading.ts'
import { type IniDocument, type IniLine, renderIni } from '../syntax.ts'

/** Where the parsers of the two SDKs for JavaScript part. All else the younger one has from the older one. */
interface JavascriptGrammarRules {
  readonly name: string
  /** Settings below an empty one belong to it, as `name.key`, until a line that is not indented. */
  readonly hasSubSettings: boolean
  /** Headers that make the SDK refuse the whole file, because they would reach into the language itself. */
  readonly refuses: (header: string) => boolean
  /** The error with which it does so. */
  readonly words: (header: string) => string
}

/**
 * How `@smithy/core` reads both files. Of a key that stands twice in a section the last one is in `entries` and the others are
 * in `repeated`; sections stand as they do in the file, one per header, and a section counts only when it has entries. A line
 * that is neither a header nor a setting is passed over, so that the settings below a broken header belong to the section
 * above. With a problem the file is as if it were empty.
 *
 * Source: @smithy/core 3.41.1 config/shared-ini-file-loader/parseIni.js.
 */
export const javascriptV3Grammar: Grammar = javascriptGrammar({
  name: 'javascript-v3',
  hasSubSettings: true,
  refuses: (header) => header === '__proto__' || header === 'profile __proto__',
  words: (header) => `Error: Found invalid profile name "${header}"`,
})

/** The same for aws-sdk 2: empty settings are passed over and open nothing. Source: aws-sdk 2.1693.0 lib/util.js `ini.parse`. */
export const javascriptV2Grammar: Grammar = javascriptGrammar({
  name: 'javascript-v2',
  hasSubSettings: false,
  refuses: (header) =>
    header.includes('__proto__') && (header === '__proto__' || header.split(/\s/)[1] === '__proto__'),
  words: (header) => `Error: Cannot load profile name '${header}' from shared ini file.`,
})

function javascriptGrammar(rules: JavascriptGrammarRules): Grammar {
  return {
    name: rules.name,
    read(document) {
      const reader = new Reader(rules)
      // What is not UTF-8 stands as replacement characters.
      if (document.encoding !== 'utf-8') takeLines(reader, decodedLines(renderIni(document)))
      else if (!hasMark(document) && !hasLoneCarriage(document)) takeStretches(reader, document, rules)
      else takeLines(reader, joinedLines(document.lines, hasMark(document) ? '\uFEFF' : ''))
      return reader.finish()
    },
  }
}

type Line = Pick<IniLine, 'number' | 'text'>

function takeLines(reader: Reader, lines: Iterable<Line>): void {
  for (const { number, text } of lines) reader.take(number, text)
}

function takeStretches(reader: Reader, document: IniDocument, rules: JavascriptGrammarRules): void {
  const readSection: SectionReader = (lines) => {
    const section = new Reader(rules)
    takeLines(section, lines)
    return section.finish().sections[0]!
  }
  for (const stretch of document.stretches) {
    if (stretch.name !== null) reader.takePlain(new PlainSection(document, stretch, readSection))
    else {
      for (let at = stretch.start; at < stretch.end; at += 1) reader.take(at + 1, document.line(at).text)
    }
  }
}

function hasMark({ oddities }: IniDocument): boolean {
  return oddities.some(({ kind }) => kind === 'byte-order-mark')
}

/** Plain stretches have none. */
function hasLoneCarriage(document: IniDocument): boolean {
  return document.stretches.some(({ name, start, end }) => {
    if (name !== null) return false
    for (let at = start; at < end; at += 1) if (document.line(at).ending === '\r') return true
    return false
  })
}

/** The lines that `split(/\r?\n/)` gives: a lone `\r` ends none, and the byte order mark is a character of the first one. */
function* joinedLines(lines: readonly IniLine[], mark: string): Generator<Line> {
  let parts: string[] = mark === '' ? [] : [mark]
  let first: number | null = null
  for (const { number, text, ending } of lines) {
    first ??= number
    parts.push(text)
    if (ending === '\r') {
      parts.push('\r')
      continue
    }
    yield { number: first, text: parts.join('') }
    parts = []
    first = null
  }
  if (first !== null) yield { number: first, text: parts.join('') }
}

function decodedLines(bytes: Uint8Array): readonly Line[] {
  const lines = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes).split(/\r?\n/)
  return lines.map((text, index) => ({ number: index + 1, text }))
}

interface OpenSection extends Section {
  readonly entries: Map<string, Entry>
  readonly repeated: Entry[]
}

class Reader {
  readonly #rules: JavascriptGrammarRules
  readonly #sections: Section[] = []
  readonly #problems: SyntaxProblem[] = []
  #section: OpenSection | null = null
  /** The empty setting that the next indented ones belong to. */
  #above: string | null = null

  constructor(rules: JavascriptGrammarRules) {
    this.#rules = rules
  }

  take(number: number, line: string): void {
    const text = withoutComment(line)
    const start = line.length - line.trimStart().length
    if (text[0] === '[' && text.endsWith(']')) this.#open(text.slice(1, -1), number, start + 1)
    else if (this.#section !== null) this.#assign(this.#section, text, { line, number, start })
  }

  /** The same as to take each of its lines. The next line is a header, or there is none. */
  takePlain(section: PlainSection): void {
    this.#above = null
    this.#section = null
    this.#check(section)
    this.#sections.push(section)
  }

  finish(): FileReadingByDialect {
    return { sections: this.#sections, inherited: null, problems: this.#problems }
  }

  #open(name: string, line: number, column: number): void {
    this.#above = null
    this.#check({ name, line, column })
    // Below `[]` nothing is read.
    this.#section = name === '' ? null : { name, line, column, entries: new Map(), repeated: [] }
    if (this.#section !== null) this.#sections.push(this.#section)
  }

  #check({ name, line, column }: Pick<Section, 'name' | 'line' | 'column'>): void {
    if (!this.#rules.refuses(name)) return
    const says = `[${name}] has a name that means something else to the language`
    this.#problems.push({ kind: 'reserved-name', line, column, says, sdkSays: this.#rules.words(name) })
  }

  #assign(section: OpenSection, text: string, { line, number, start }: Readonly<LineRead>): void {
    const equals = text.indexOf('=')
    if (equals <= 0) return
    const keyText = text.slice(0, equals).trim()
    const value = text.slice(equals + 1).trim()
    if (value === '') {
      if (this.#rules.hasSubSettings) this.#above = keyText
      return
    }
    if (start === 0) this.#above = null
    const key = this.#above === null ? keyText : `${this.#above}.${keyText}`
    const rawValue = line.slice(start + equals + 1)
    const entry: Entry = {
      key,
      keyText,
      value,
      rawValue,
      nested: null,
      line: number,
      column: start + equals + 2 + (rawValue.length - rawValue.trimStart().length),
      keyLine: number,
      keyColumn: start + 1,
      lastLine: number,
    }
    const before = section.entries.get(key)
    if (before !== undefined) section.repeated.push(before)
    section.entries.set(key, entry)
  }
}

interface LineRead {
  readonly line: string
  readonly number: number
  /** How far it is indented. */
  readonly start: number
}

/** A comment begins with `#` or `;` at the start of the line or after a blank. */
function withoutComment(line: string): string {
  if (!line.includes('#') && !line.includes(';')) return line.trim()
  const at = line.search(/(?:^|\s)[;#]/)
  return at < 0 ? line.trim() : line.slice(0, at).trim()
}
