import type { Grammar } from '../documents.ts'
import { PlainSection } from '../plain-section.ts'
import type { Entry, FileReadingByDialect, Section, SyntaxProblem } from '../reading.ts'
import type { IniDocument } from '../syntax.ts'

/** Where the parsers of the SDK for Ruby part. */
export interface RubyGrammarRules {
  readonly name: string
  /** Blanks in a header are joined to one, and those at its ends are dropped. */
  readonly joinsBlanks: boolean
  /** A value of blanks only opens a block, and the parser remembers the last setting from line to line. */
  readonly remembersSetting: boolean
  /** How Ruby takes the bytes of a file: by the locale of its environment. */
  readonly encoding: 'utf-8' | 'us-ascii'
}

/** Characters of values that are looked through for names of nested settings; more than any honest file has. */
const searchLimit = 10_000_000

const blank = '[ \\t\\r\\n\\f\\v]'
const header = new RegExp(`^\\[([^\\[\\]]+)\\]${blank}*(?:#[^\\n]+)?$`)
const comment = new RegExp(`${blank};`)
const prefixed = new RegExp(`^profile${blank}+([^\\n]+)$`)
const needsJoining = /^[ \t\r\n\f\v\0]|[\t\r\n\f\v\0]| {2}| $/
const leadingBlanks = new RegExp(`^${blank}+`)

/**
 * The grammar of the SDK for Ruby: `IniParser.ini_parse`. Lines end at `\n`; a blank with `;` behind it begins a comment, `#`
 * only behind a header; a line without `=` is passed over, and so is a header without `]`, so that its settings land in the
 * section above. A section without a setting is none. What the parser stumbles over is an error of Ruby's own.
 *
 * Source: aws-sdk-ruby gems/aws-sdk-core/lib/aws-sdk-core/ini_parser.rb.
 */
export function rubyGrammar(rules: RubyGrammarRules): Grammar {
  return {
    name: rules.name,
    read(document) {
      const refused = refusedEncoding(document, rules)
      if (refused !== null) return { sections: [], inherited: null, problems: [refused] }
      const reader = new Reader(rules)
      const marked = document.oddities.some(({ kind }) => kind === 'byte-order-mark')
      if (marked || hasLoneCarriage(document)) {
        const text = document.lines.map((line) => line.text + line.ending).join('')
        const lines = (marked ? `\uFEFF${text}` : text).split('\n')
        for (const [index, line] of lines.entries()) {
          const isLast = index === lines.length - 1
          if (!isLast || line !== '') reader.take(index + 1, isLast ? line : `${line}\n`)
        }
      } else readStretches(reader, document, rules)
      return reader.finish()
    },
  }
}

function readStretches(reader: Reader, document: IniDocument, rules: RubyGrammarRules): void {
  const readSection = (
    lines: readonly { readonly number: number; readonly text: string; readonly ending: string }[],
  ): Section => {
    const section = new Reader(rules)
    for (const { number, text, ending } of lines) section.take(number, text + ending)
    return section.finish().sections[0] ?? { name: '', line: 0, column: 1, entries: new Map(), repeated: [] }
  }
  let behindPlain = 0
  for (const stretch of document.stretches) {
    if (stretch.name !== null) {
      reader.takePlain(new PlainSection(document, stretch, readSection))
      continue
    }
    reader.passOver(
      (function* upwards() {
        for (let at = stretch.start - 1; at >= behindPlain; at -= 1) {
          const { text, ending } = document.line(at)
          yield text + ending
        }
      })(),
    )
    for (let at = stretch.start; at < stretch.end; at += 1) {
      const { text, ending } = document.line(at)
      reader.take(at + 1, text + ending)
    }
    behindPlain = stretch.end
  }
}

function hasLoneCarriage(document: IniDocument): boolean {
  return document.stretches.some(({ name, start, end }) => {
    if (name !== null) return false
    for (let at = start; at < end; at += 1) if (document.line(at).ending === '\r') return true
    return false
  })
}

function refusedEncoding(document: IniDocument, { encoding }: RubyGrammarRules): SyntaxProblem | null {
  const refuse = (line: number, column: number, name: string): SyntaxProblem => {
    const says = `a byte is not ${name}, which is what Ruby takes the file for`
    return { kind: 'not-utf-8', line, column, says, sdkSays: `ArgumentError: invalid byte sequence in ${name}` }
  }
  const odd = document.oddities.find(({ kind }) => kind === 'not-utf-8' || kind === 'utf-16')
  if (encoding === 'utf-8') {
    return document.encoding === 'utf-8' ? null : refuse(odd?.line ?? 1, odd?.column ?? 1, 'UTF-8')
  }
  if (document.oddities.some(({ kind }) => kind === 'byte-order-mark')) return refuse(1, 1, 'US-ASCII')
  // Plain stretches are ASCII.
  for (const { name, start, end } of document.stretches) {
    if (name !== null) continue
    for (let at = start; at < end; at += 1) {
      const column = document.line(at).text.search(/[^\0-\x7f]/)
      if (column >= 0) return refuse(at + 1, column + 1, 'US-ASCII')
    }
  }
  return null
}

/** The profile that a header means: its text, without `profile` before it, in either file. */
export function rubyProfileName(text: string, { joinsBlanks }: Pick<RubyGrammarRules, 'joinsBlanks'>): string {
  const name =
    joinsBlanks && needsJoining.test(text)
      ? text
          .split(/[ \t\r\n\f\v\0]+/)
          .filter(Boolean)
          .join(' ')
      : text
  return prefixed.exec(name)?.[1] ?? name
}

interface Item {
  readonly key: string
  readonly value: string
  readonly valueAt: number
}

interface OpenSection extends Section {
  readonly entries: Map<string, Entry>
  readonly repeated: Entry[]
}

interface SoFar {
  readonly entries: Map<string, Entry>
  /** Plain sections that nobody has asked for yet. */
  readonly unread: PlainSection[]
}

class Reader {
  readonly #rules: RubyGrammarRules
  readonly #problems: SyntaxProblem[] = []
  readonly #sections: Section[] = []
  /** What each profile holds so far, below all its headers. */
  readonly #profiles = new Map<string, SoFar>()
  /** How many of the sections are in `#profiles`, or are open ones, which put themselves there. */
  #indexed = 0
  #section: OpenSection | null = null
  #soFar: SoFar | null = null
  #prefix: { readonly key: string; readonly number: number } | null = null
  #searched = 0
  #item: Item | null = null
  #previous: Item | null = null

  constructor(rules: RubyGrammarRules) {
    this.#rules = rules
  }

  takePlain(section: PlainSection): void {
    this.#section = null
    this.#sections.push(section)
  }

  /** Takes over what the lines of plain sections leave behind, which come from the last one upwards. */
  passOver(lines: Iterable<string>): void {
    let prefix: { readonly key: string; readonly number: number } | null = null
    let isLast = true
    for (const line of lines) {
      if (header.test(withoutFeed(line))) continue
      const text = firstPiece(line)
      const item = itemOf(text)
      if (isLast) this.#item = item
      isLast = false
      if (item !== null) {
        this.#prefix = prefix
        return
      }
      const key: string | null = prefix === null ? prefixOf(text) : null
      if (key !== null) prefix = { key, number: 0 }
    }
    if (prefix !== null) this.#prefix = prefix
  }

  take(number: number, line: string): void {
    const text = firstPiece(line)
    const opened = header.exec(withoutFeed(text))
    if (opened !== null) {
      this.#section = { name: opened[1]!, line: number, column: 1, entries: new Map(), repeated: [] }
      this.#sections.push(this.#section)
      this.#soFar = this.#look(this.#section.name)
      return
    }
    if (this.#section === null) return
    this.#previous = this.#item
    this.#item = itemOf(text)
    if (this.#item !== null && leadingBlanks.test(this.#item.key)) this.#nest(number, line, text)
    else if (this.#item !== null) this.#assign(number, line, this.#item)
    else {
      const prefix = prefixOf(text)
      if (prefix !== null) this.#prefix = { key: prefix, number }
    }
  }

  finish(): FileReadingByDialect {
    // Ruby has no section without a setting.
    const sections = this.#sections.filter((section) => section instanceof PlainSection || section.entries.size > 0)
    return { sections, inherited: null, problems: this.#problems }
  }

  #assign(number: number, line: string, { key, value, valueAt }: Item): void {
    this.#prefix = null
    const entry: Entry = {
      key,
      keyText: key,
      value,
      rawValue: withoutFeed(line)
        .replace(/\r$/, '')
        .slice(line.indexOf('=') + 1),
      nested: null,
      line: number,
      column: valueAt + 1,
      keyLine: number,
      keyColumn: 1,
      lastLine: number,
    }
    const before = this.#section!.entries.get(key)
    if (before !== undefined) this.#section!.repeated.push(before)
    this.#set(entry)
  }

  #nest(number: number, line: string, text: string): void {
    if (this.#rules.remembersSetting && this.#prefix === null) {
      if (this.#previous === null) {
        this.#stumble(number, "NoMethodError: undefined method `[]' for nil")
        return
      }
      if (this.#previous.value.replace(leadingBlanks, '') === '') {
        this.#prefix = { key: this.#previous.key, number }
        if (this.#soFar!.entries.size === 0) {
          this.#stumble(number, "NoMethodError: undefined method `[]=' for nil")
          return
        }
        this.#set(this.#blockAt(number, line, this.#prefix.key))
      }
    }
    const inner = innerOf(text)
    // Without a setting that opens a block its name is nil, which nobody asks for.
    const key = this.#prefix?.key ?? ''
    const known = this.#soFar!.entries.get(key)
    if (known !== undefined && known.nested === null) {
      // Ruby then takes the name for a part of the text that stands there.
      this.#searched += known.value.length
      if (this.#searched > searchLimit || !known.value.includes(inner.key)) {
        this.#stumble(number, 'IndexError: string not matched')
      } else this.#set({ ...known, value: known.value.replace(inner.key, () => inner.value) })
      return
    }
    const { nested, ...entry } = known ?? this.#blockAt(number, line, key)
    // One map grows through all lines of a block.
    const block = nested instanceof Map ? nested : new Map<string, string>()
    block.set(inner.key, inner.value)
    this.#set({ ...entry, nested: block, lastLine: number })
  }

  #blockAt(number: number, line: string, key: string): Entry {
    return {
      key,
      keyText: key,
      value: '',
      rawValue: '',
      nested: new Map(),
      line: number,
      column: line.search(/[^ \t\r\n\f\v]/) + 1,
      keyLine: this.#prefix?.number ?? number,
      keyColumn: 1,
      lastLine: number,
    }
  }

  #set(entry: Entry): void {
    this.#section!.entries.set(entry.key, entry)
    this.#soFar!.entries.set(entry.key, entry)
  }

  /** What the profile of a header holds so far. */
  #look(header: string): SoFar {
    for (; this.#indexed < this.#sections.length; this.#indexed += 1) {
      const section = this.#sections[this.#indexed]!
      if (section instanceof PlainSection) this.#soFarOf(section.name).unread.push(section)
    }
    const soFar = this.#soFarOf(header)
    for (const { entries } of soFar.unread.splice(0)) {
      for (const entry of entries.values()) soFar.entries.set(entry.key, entry)
    }
    return soFar
  }

  #soFarOf(header: string): SoFar {
    const name = rubyProfileName(header, this.#rules)
    const known = this.#profiles.get(name)
    if (known !== undefined) return known
    const soFar: SoFar = { entries: new Map(), unread: [] }
    this.#profiles.set(name, soFar)
    return soFar
  }

  #stumble(number: number, sdkSays: string): void {
    const says = 'an indented line stands where the parser of the SDK for Ruby cannot take it'
    this.#problems.push({ kind: 'broken-block', line: number, column: 1, says, sdkSays })
  }
}

/** `line.split(/^|\s;/).first`. At the beginning the first branch matches, so that a comment is none there. */
function firstPiece(line: string): string {
  const at = line.slice(1).search(comment)
  return at < 0 ? line : line.slice(0, at + 1)
}

/** `/^(.+?)\s*=\s*(.+?)\s*$/`. */
function itemOf(line: string): Item | null {
  const text = withoutFeed(line)
  const equals = text.indexOf('=', 1)
  if (equals < 0) return null
  const rest = text.slice(equals + 1)
  if (rest === '') return null
  const trimmed = rest.replace(leadingBlanks, '')
  const value = trimmed === '' ? rest.at(-1)! : withoutTail(trimmed)
  const key = withoutTail(text.slice(0, equals)) || text[0]!
  return { key, value, valueAt: equals + 1 + (trimmed === '' ? rest.length - 1 : rest.length - trimmed.length) }
}

/** `/^\s*(.+?)\s*=\s*(.+?)\s*$/` of a line that is a setting: without a name the last blank is it. */
function innerOf(line: string): Item {
  const indent = leadingBlanks.exec(line)?.[0] ?? ''
  return itemOf(line.slice(indent.length)) ?? { ...itemOf(line)!, key: indent.at(-1) ?? '' }
}

/** `/^(.+?)\s*=\s*$/`. */
function prefixOf(line: string): string | null {
  const text = withoutTail(line)
  if (text.length < 2 || !text.endsWith('=')) return null
  return withoutTail(text.slice(0, -1)) || text[0]!
}

function withoutFeed(line: string): string {
  return line.endsWith('\n') ? line.slice(0, -1) : line
}

/** Without the blanks at its end, in linear time. */
function withoutTail(text: string): string {
  let end = text.length
  while (end > 0 && ' \t\r\n\f\v'.includes(text[end - 1]!)) end -= 1
  return text.slice(0, end)
}
