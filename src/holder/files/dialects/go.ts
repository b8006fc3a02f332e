import type { Grammar } from '../documents.ts'
import { PlainSection } from '../plain-section.ts'
import type { Entry, Section, SyntaxProblem } from '../reading.ts'
import type { IniDocument, IniLine } from '../syntax.ts'
import { trimSpace } from './go-text.ts'

/**
 * The grammar of version 2 of the SDK for Go, and so of Terraform. It refuses nothing but a value that is one quotation mark,
 * at which it falls over: lines that it does not know are passed over, so that below a broken header the settings land in the
 * section above. Of a key that stands twice in a section, the last one is in `entries`. What a header means is for
 * `go-sections.ts`.
 *
 * Source: aws-sdk-go-v2 config/internal/ini `tokenize.go`, `parse.go`, `strings.go` (config 1.33.18).
 */
export const goGrammar: Grammar = {
  name: 'go-v2',
  read(document) {
    const sections: Section[] = []
    const hasMark = document.oddities.some(({ kind }) => kind === 'byte-order-mark')
    for (const { name, start, end } of stretchesOf(document)) {
      if (name !== null && !(hasMark && start === 0)) {
        sections.push(new PlainSection(document, { name, start, end }, readSection))
        continue
      }
      const reader = new Reader()
      const lines = Array.from({ length: end - start }, (_, at) => document.line(start + at))
      for (const line of goLines(lines, hasMark && start === 0)) reader.take(line)
      sections.push(...reader.sections)
    }
    return { sections, inherited: null, problems: loneQuotes(document) }
  },
}

/** A `\r` alone ends no line here, so that what the document takes for two lines is one. */
function stretchesOf(document: IniDocument): IniDocument['stretches'] {
  if (!/\r(?!\n)/.test(document.text)) return document.stretches
  return [{ name: null, start: 0, end: document.lines.length }]
}

function readSection(lines: readonly IniLine[]): Pick<Section, 'entries' | 'repeated'> {
  const reader = new Reader()
  for (const line of goLines(lines, false)) reader.take(line)
  return reader.sections[0]!
}

/** A line as Go sees it: `\n` alone ends one, and `\r` stays in it. */
interface GoLine {
  readonly number: number
  readonly text: string
  /** How many characters at its start are not in the document's line. */
  readonly shift: number
}

const mark = '\uFEFF'

function goLines(lines: readonly IniLine[], hasMark: boolean): readonly GoLine[] {
  const joined: GoLine[] = []
  let number = 0
  let parts: string[] = []
  for (const line of lines) {
    if (parts.length === 0) number = line.number
    parts.push(line.text, line.ending === '\n' ? '' : line.ending.replace('\n', ''))
    if (line.ending === '\r') continue
    joined.push({ number, text: parts.join(''), shift: 0 })
    parts = []
  }
  if (parts.length > 0) joined.push({ number, text: parts.join(''), shift: 0 })
  const [first] = joined
  if (hasMark && first !== undefined) joined[0] = { ...first, text: mark + first.text, shift: 1 }
  return joined
}

/** While it is read, a value may still grow by continued lines. */
type OpenEntry = { -readonly [K in keyof Entry]: Entry[K] } & { nested: Map<string, string> | null }

interface OpenSection extends Section {
  readonly entries: Map<string, OpenEntry>
  readonly repeated: OpenEntry[]
}

class Reader {
  readonly sections: OpenSection[] = []
  #section: OpenSection | null = null
  #entry: OpenEntry | null = null

  take(line: GoLine): void {
    const { text } = line
    if (trimSpace(text) === '' || /^[ \t]*[#;]/.test(text)) return
    const header = headerOf(text)
    if (header !== null) this.#open(header, line)
    else if (text[0] === ' ' || text[0] === '\t') this.#takeIndented(line)
    else {
      const cut = withoutComment(text).replace(/(?<![ \t])[ \t]+$/, '')
      const property = splitProperty(cut, 0)
      if (property !== null) this.#assign(property, line, unquoted(property.value))
    }
  }

  #open(name: string, { number, text, shift }: GoLine): void {
    this.#section = { name, line: number, column: text.indexOf('[') + 1 - shift, entries: new Map(), repeated: [] }
    this.#entry = null
    this.sections.push(this.#section)
  }

  #takeIndented(line: GoLine): void {
    const start = line.text.search(/[^ \t]/)
    const property = splitProperty(line.text, start)
    if (property === null) {
      this.#continue(line, line.text.slice(start))
      return
    }
    const value = unquoted(property.value)
    const above = this.#entry
    // The key of a section without a name is the empty text, which counts as none.
    if (above === null || above.key === '' || above.value !== '') {
      this.#assign(property, line, trimSpace(withoutComment(value)))
      return
    }
    above.nested ??= new Map()
    above.nested.set(property.key, value)
    above.rawValue += `\n${line.text}`
    above.lastLine = line.number
  }

  #continue(line: GoLine, text: string): void {
    const entry = this.#entry
    if (entry === null || entry.key === '' || entry.value === '' || entry.nested !== null) return
    entry.value += `\n${text}`
    entry.rawValue += `\n${line.text}`
    entry.lastLine = line.number
  }

  #assign({ key, keyText, keyAt, delimiter, valueAt }: Property, { number, text, shift }: GoLine, value: string): void {
    const section = this.#section
    if (section === null || goSectionName(section.name) === '') return
    const entry: OpenEntry = {
      key,
      keyText,
      value,
      rawValue: text.slice(delimiter + 1).replace(/\r$/, ''),
      nested: null,
      line: number,
      column: valueAt + 1 - shift,
      keyLine: number,
      keyColumn: keyAt + 1 - shift,
      lastLine: number,
    }
    const before = section.entries.get(key)
    if (before !== undefined) section.repeated.push(before)
    section.entries.set(key, entry)
    this.#entry = entry
  }
}

/** The text between the brackets; null when the line is no header. A `#` or `;` ends it even inside the brackets. */
function headerOf(line: string): string | null {
  const trimmed = trimSpace(line.replace(/[#;].*$/s, ''))
  return trimmed.length > 1 && trimmed[0] === '[' && trimmed.at(-1) === ']' ? trimmed.slice(1, -1) : null
}

/**
 * The name under which Go keeps a section: blanks around it are dropped, and those behind its first word become one.
 * Source: config/internal/ini/tokenize.go `asProfile`, strings.go `splitProfile`.
 */
export function goSectionName(text: string): string {
  // Nearly every name is as it should be.
  if (text.trim() === text && !text.includes('  ') && !text.includes('\t') && !text.includes('\u0085')) return text
  return trimSpace(text).replace(/^([^ \t]*)[ \t]+/, '$1 ')
}

interface Property {
  readonly key: string
  readonly keyText: string
  readonly keyAt: number
  readonly delimiter: number
  readonly value: string
  readonly valueAt: number
}

/** `key = value` or `key: value`, whichever sign comes first. */
function splitProperty(text: string, start: number): Property | null {
  const delimiter = text.slice(start).search(/[=:]/) + start
  if (delimiter < start) return null
  const value = trimSpace(text.slice(delimiter + 1))
  const keyText = trimSpace(text.slice(start, delimiter))
  return {
    key: keyText.toLowerCase(),
    keyText,
    keyAt: start,
    delimiter,
    value,
    valueAt: value === '' ? delimiter + 1 : text.indexOf(value[0]!, delimiter + 1),
  }
}

/** A comment begins with `#` or `;` behind a blank. */
function withoutComment(text: string): string {
  const at = text.search(/[ \t][#;]/)
  return at < 0 ? text : text.slice(0, at)
}

function unquoted(value: string): string {
  const isQuoted = value.length > 1 && (value[0] === '"' || value[0] === "'") && value.at(-1) === value[0]
  return isQuoted ? value.slice(1, -1) : value
}

/** `key = "` and nothing else: Go takes the quotation mark off at both ends, and there is but one. */
function loneQuotes(document: IniDocument): readonly SyntaxProblem[] {
  if (!/[=:]\s*["']\s*(?:$|[\n#;])/.test(document.text)) return []
  for (const line of goLines(document.lines, false)) {
    const { text, number } = line
    if (trimSpace(text) === '' || /^[ \t]*[#;]/.test(text) || headerOf(text) !== null) continue
    const isIndented = text[0] === ' ' || text[0] === '\t'
    const property = isIndented
      ? splitProperty(text, text.search(/[^ \t]/))
      : splitProperty(withoutComment(text).replace(/(?<![ \t])[ \t]+$/, ''), 0)
    if (property?.value !== '"' && property?.value !== "'") continue
    const says = `the value of ${property.keyText} is one quotation mark`
    return [
      {
        kind: 'broken-block',
        line: number,
        column: property.valueAt + 1,
        says,
        sdkSays: 'runtime error: slice bounds out of range [1:0]',
      },
    ]
  }
  return []
}
