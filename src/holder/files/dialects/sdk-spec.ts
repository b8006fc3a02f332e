import type { Grammar } from '../documents.ts'
import { PlainSection } from '../plain-section.ts'
import type { Entry, FileReadingByDialect, Section, SyntaxProblem } from '../reading.ts'
import { type IniDocument, type IniLine, parseIni, renderIni } from '../syntax.ts'

/**
 * Where the SDKs part that read the files by the one specification of AWS ("SDKs and tools", shared config and credentials
 * files): Rust, Java v2, Kotlin. All else they have in common.
 */
export interface SpecGrammarRules {
  readonly name: string
  /** The form in which keys are compared. */
  readonly foldKey: (key: string) => string
  /** Whether a lone `\r` ends a line (Java's `readLine`), or is a character of it (Rust's `lines`). */
  readonly loneCarriageEndsLine: boolean
  /** Characters that are trimmed from the ends of lines, keys and values, as members of a regular expression's class. */
  readonly blanks: string
  /** A line that begins with one of these continues the value above. */
  readonly indents: string
  /** Whether ` [x]` is a header like `[x]`, or a continued line. */
  readonly readsIndentedHeaders: boolean
  /** After which characters `#` and `;` begin a comment in the line of a setting. */
  readonly beforeComment: RegExp
  /** Lines of nothing but these are empty; default: `blanks`. */
  readonly emptyLine?: string
  /** Whether all below a header is passed over unread, whatever it is; `text` stands between the brackets. */
  readonly passesOverSection?: (text: string) => boolean
  /** Below a header of `later`, once there was one of `after`, all is passed over as well. */
  readonly passesOverLater?: {
    readonly after: (text: string) => boolean
    readonly later: (text: string) => boolean
  }
  /** Whether a setting with such a key is passed over with all that continues it. */
  readonly passesOverKey?: (key: string) => boolean
  /** `#` and `;` in the lines of a block below an empty setting; default: as in other lines. */
  readonly commentsInBlocks?: 'kept'
  /** A byte order mark: a character of the first line, or dropped. */
  readonly byteOrderMark: 'kept' | 'dropped'
  /** A file with bytes that are not UTF-8: as if it were empty, or read with replacement characters. */
  readonly notUtf8: 'empty' | 'replaced'
  /** That SDK's own words for a line that it refuses; `line` counts from 1. */
  readonly words: (refusal: SpecRefusal, line: number) => string
}

/** Why a line makes the whole file unreadable. */
export type SpecRefusal =
  | 'setting-before-header'
  | 'continuation-before-header'
  | 'continuation-before-setting'
  | 'header-not-closed'
  | 'setting-without-delimiter'
  | 'setting-without-key'
  | 'sub-setting-without-delimiter'
  | 'sub-setting-without-key'

const refusals: Readonly<Record<SpecRefusal, Pick<SyntaxProblem, 'kind' | 'says'>>> = {
  'setting-before-header': { kind: 'no-section-yet', says: 'a line stands before any [section]' },
  'continuation-before-header': { kind: 'no-section-yet', says: 'a line stands before any [section]' },
  'continuation-before-setting': {
    kind: 'no-setting-yet',
    says: 'an indented line stands below a header, not below a setting',
  },
  'header-not-closed': { kind: 'open-header', says: 'a header does not end with ]' },
  'setting-without-delimiter': { kind: 'no-delimiter', says: 'a line has no =' },
  'setting-without-key': { kind: 'no-key', says: 'a line begins with its delimiter and has no key' },
  'sub-setting-without-delimiter': { kind: 'broken-block', says: 'an indented line below an empty setting has no =' },
  'sub-setting-without-key': { kind: 'broken-block', says: 'an indented line below an empty setting has no key' },
}

/**
 * A grammar by that specification. Sections stand as they do in the file, one per header, so that who merges them by name
 * merges in that order. Of a key that stands twice in a section, the last one is in `entries` and the others are in `repeated`.
 * An SDK refuses the file at the first of `problems`; the rest is read on for people.
 *
 * Sources: smithy-rs aws/rust-runtime/aws-runtime/src/env_config/parse.rs; aws-sdk-java-v2 profiles `ProfileFileReader`;
 * aws-sdk-kotlin aws-config `AwsConfigParser`.
 */
export function specGrammar(rules: SpecGrammarRules): Grammar {
  return {
    name: rules.name,
    read(document, platform) {
      const odd = (kind: IniDocument['oddities'][number]['kind']): boolean =>
        document.oddities.some((oddity) => oddity.kind === kind)
      if (rules.notUtf8 === 'empty' && document.encoding !== 'utf-8') {
        return { sections: [], inherited: null, problems: [] }
      }
      if (rules.notUtf8 === 'replaced' && document.encoding !== 'utf-8') return this.read(replaced(document), platform)
      const reader = new Reader(rules)
      const marked = rules.byteOrderMark === 'kept' && odd('byte-order-mark')
      if (marked || (!rules.loneCarriageEndsLine && hasLoneCarriage(document)))
        readLines(reader, document, rules, marked)
      else readStretches(reader, document, rules)
      return reader.finish()
    },
  }
}

function readLines(reader: Reader, document: IniDocument, rules: SpecGrammarRules, marked: boolean): void {
  const lines = rules.loneCarriageEndsLine ? document.lines : joinedAtCarriage(document.lines)
  // A file that is nothing but the mark has no line in the document.
  if (marked && lines.length === 0) reader.take(1, '\uFEFF')
  for (const [index, { text }] of lines.entries())
    reader.take(index + 1, marked && index === 0 ? `\uFEFF${text}` : text)
}

function readStretches(reader: Reader, document: IniDocument, rules: SpecGrammarRules): void {
  const readSection = (lines: readonly IniLine[]): Section => {
    const section = new Reader(rules)
    for (const { number, text } of lines) section.take(number, text)
    return section.finish().sections[0]!
  }
  for (const stretch of document.stretches) {
    if (stretch.name !== null) reader.takePlain(new PlainSection(document, stretch, readSection))
    else {
      for (let at = stretch.start; at < stretch.end; at += 1) reader.take(at + 1, document.line(at).text)
    }
  }
}

/** Plain stretches have none. */
function hasLoneCarriage(document: IniDocument): boolean {
  return document.stretches.some(({ name, start, end }) => {
    if (name !== null) return false
    for (let at = start; at < end; at += 1) if (document.line(at).ending === '\r') return true
    return false
  })
}

/** What is not UTF-8 as replacement characters. */
function replaced(document: IniDocument): IniDocument {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(renderIni(document))
  return parseIni(new TextEncoder().encode(text))
}

function joinedAtCarriage(lines: readonly IniLine[]): readonly Pick<IniLine, 'text'>[] {
  if (!lines.some(({ ending }) => ending === '\r')) return lines
  const joined: { text: string }[] = []
  let parts: string[] = []
  for (const { text, ending } of lines) {
    parts.push(text)
    if (ending === '\r') parts.push('\r')
    else {
      joined.push({ text: parts.join('') })
      parts = []
    }
  }
  if (parts.length > 0) joined.push({ text: parts.join('') })
  return joined
}

/** While it is read, a value may still grow by continued lines. */
type OpenEntry = { -readonly [K in keyof Entry]: Entry[K] }

interface OpenSection extends Section {
  readonly entries: Map<string, OpenEntry>
  readonly repeated: OpenEntry[]
}

class Reader {
  readonly #rules: SpecGrammarRules
  readonly #isBlank: ReadonlySet<string>
  readonly #isIndent: ReadonlySet<string>
  readonly #problems: SyntaxProblem[] = []
  readonly #sections: Section[] = []
  readonly #continued = new Set<OpenEntry>()
  #section: OpenSection | null = null
  #entry: OpenEntry | null = null
  /** The open setting began with an empty value: what continues it are settings of its own. */
  #hasSubSettings = false
  /** What stands below the last header, or continues the last setting, does not count. */
  #passesOver: 'section' | 'setting' | null = null
  /** See `passesOverLater`. */
  #isLater = false

  constructor(rules: SpecGrammarRules) {
    this.#rules = rules
    this.#isBlank = new Set(rules.blanks)
    this.#isIndent = new Set(rules.indents)
  }

  take(number: number, text: string): void {
    const start = this.#start(text, 0, text.length)
    if ((start === text.length && this.#isEmpty(text)) || text[0] === '#' || text[0] === ';') return
    if (text[0] === '[' || (this.#rules.readsIndentedHeaders && text[start] === '[')) this.#open(number, text, start)
    else if (this.#isIndent.has(text[0]!)) this.#continue(number, text, start)
    else this.#assign(number, text)
  }

  /** The same as to take each of its lines. The next line is a header, or there is none. */
  takePlain(section: PlainSection): void {
    this.#section = null
    this.#entry = null
    this.#passesOver = null
    this.#sections.push(section)
    this.#isLater ||= this.#rules.passesOverLater?.after(section.name) === true
  }

  finish(): FileReadingByDialect {
    for (const entry of this.#continued) {
      if (entry.value.startsWith('\n')) entry.nested = this.#block(entry.value)
    }
    return { sections: this.#sections, inherited: null, problems: this.#problems }
  }

  #open(number: number, text: string, start: number): void {
    const mark = text.search(/[#;]/)
    const end = this.#end(text, start, mark < 0 ? text.length : mark)
    this.#entry = null
    this.#passesOver = null
    if (end - start < 2 || text[end - 1] !== ']') {
      this.#refuse('header-not-closed', number, start + 1)
      return
    }
    const name = text.slice(start + 1, end - 1)
    this.#section = { name, line: number, column: start + 1, entries: new Map(), repeated: [] }
    this.#sections.push(this.#section)
    const { passesOverSection, passesOverLater } = this.#rules
    if (passesOverSection?.(name) || (this.#isLater && passesOverLater?.later(name))) this.#passesOver = 'section'
    this.#isLater ||= passesOverLater?.after(name) === true
  }

  #continue(number: number, text: string, start: number): void {
    if (this.#passesOver !== null) return
    if (this.#section === null) this.#refuse('continuation-before-header', number, start + 1)
    else if (this.#entry === null) this.#refuse('continuation-before-setting', number, start + 1)
    else {
      const entry = this.#entry
      if (this.#hasSubSettings) {
        const split = this.#split(text, this.#rules.commentsInBlocks === 'kept')
        if (split === null) this.#refuse('sub-setting-without-delimiter', number, start + 1)
        else if (split.key === '') this.#refuse('sub-setting-without-key', number, start + 1)
      }
      entry.value += `\n${text.slice(start, this.#end(text, start, text.length))}`
      entry.rawValue += `\n${text}`
      entry.lastLine = number
      this.#continued.add(entry)
    }
  }

  #assign(number: number, text: string): void {
    if (this.#passesOver === 'section') return
    if (this.#section === null) {
      this.#refuse('setting-before-header', number, 1)
      return
    }
    const split = this.#split(text)
    if (split === null || split.key === '') {
      this.#refuse(split === null ? 'setting-without-delimiter' : 'setting-without-key', number, 1)
      return
    }
    const { key: keyText, value, valueAt, equals } = split
    this.#passesOver = this.#rules.passesOverKey?.(keyText) ? 'setting' : null
    if (this.#passesOver !== null) return
    const key = this.#rules.foldKey(keyText)
    const entry: OpenEntry = {
      key,
      keyText,
      value,
      rawValue: text.slice(equals + 1),
      nested: null,
      line: number,
      column: valueAt + 1,
      keyLine: number,
      keyColumn: this.#start(text, 0, text.length) + 1,
      lastLine: number,
    }
    const before = this.#section.entries.get(key)
    if (before !== undefined) this.#section.repeated.push(before)
    this.#section.entries.set(key, entry)
    this.#entry = entry
    this.#hasSubSettings = value === ''
  }

  /** `key = value # comment`; null without a delimiter before the comment. */
  #split(
    text: string,
    keepsComments = false,
  ): { readonly key: string; readonly value: string; readonly valueAt: number; readonly equals: number } | null {
    const start = this.#start(text, 0, text.length)
    let end = this.#end(text, start, text.length)
    for (let at = start + 1; at < end && !keepsComments; at += 1) {
      if ((text[at] === '#' || text[at] === ';') && this.#rules.beforeComment.test(text[at - 1]!)) {
        end = this.#end(text, start, at)
        break
      }
    }
    const equals = text.indexOf('=', start)
    if (equals < 0 || equals >= end) return null
    const valueAt = this.#start(text, equals + 1, end)
    return { key: text.slice(start, this.#end(text, start, equals)), value: text.slice(valueAt, end), valueAt, equals }
  }

  #isEmpty(text: string): boolean {
    const { emptyLine } = this.#rules
    return emptyLine === undefined || [...text].every((character) => emptyLine.includes(character))
  }

  #start(text: string, from: number, to: number): number {
    let at = from
    while (at < to && this.#isBlank.has(text[at]!)) at += 1
    return at
  }

  #end(text: string, from: number, to: number): number {
    let at = to
    while (at > from && this.#isBlank.has(text[at - 1]!)) at -= 1
    return at
  }

  /** Sub-settings are told apart only by those who use them: the first `=` of each line, comments are not cut off. */
  #block(value: string): ReadonlyMap<string, string> {
    const settings = new Map<string, string>()
    for (const text of value.split('\n')) {
      const equals = text.indexOf('=')
      if (equals < 0) continue
      const from = this.#start(text, equals + 1, text.length)
      const to = this.#end(text, from, text.length)
      settings.set(text.slice(0, this.#end(text, 0, equals)), text.slice(from, to))
    }
    return settings
  }

  #refuse(refusal: SpecRefusal, line: number, column: number): void {
    this.#problems.push({ ...refusals[refusal], line, column, sdkSays: this.#rules.words(refusal, line) })
  }
}
