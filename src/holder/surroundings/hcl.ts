/**
 * The structure of HCL files as far as literal settings need it: blocks, labels, attributes, strings, lists, objects. What is
 * computed (references, functions, conditions) is kept as its source. Source: the HCL native syntax specification
 * (hashicorp/hcl hclsyntax/spec.md).
 */
export type HclValue =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly HclValue[] }
  | { readonly kind: 'object'; readonly body: HclBody }
  /** Anything else as it stands, at most 200 characters: `var.profile`, `true`, `3600`. */
  | { readonly kind: 'expression'; readonly source: string }

export interface HclAttribute {
  readonly name: string
  readonly value: HclValue
  /** Where its name begins, in UTF-16 units from the start of the text. */
  readonly offset: number
}

export interface HclBlock {
  readonly type: string
  readonly labels: readonly string[]
  readonly body: HclBody
  readonly offset: number
}

export interface HclBody {
  readonly attributes: ReadonlyMap<string, HclAttribute>
  readonly blocks: readonly HclBlock[]
}

/** Deeper than this nobody writes; what lies deeper is passed over. */
const deepest = 40

/**
 * Reads a text as HCL. Never fails: where the text is no HCL, reading goes on at the next line. Takes time in proportion to the
 * length of the text.
 */
export function parseHcl(text: string): HclBody {
  return new Reader(text).body(0)
}

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  /** Up to the brace that ends it, or to the end of the text. */
  body(depth: number): HclBody {
    const attributes = new Map<string, HclAttribute>()
    const blocks: HclBlock[] = []
    for (;;) {
      this.#skip(true)
      if (this.#at >= this.#text.length) break
      if (this.#text[this.#at] === '}') {
        this.#at += 1
        if (depth > 0) break
        continue
      }
      const offset = this.#at
      const name = this.#name()
      if (name === null) {
        this.#junk(depth)
        continue
      }
      this.#skip(false)
      const next = this.#text[this.#at]
      // `:` stands in objects, `==` in no place where an attribute begins.
      if (next === '=' || (next === ':' && depth > 0)) {
        this.#at += 1
        attributes.set(name, { name, value: this.#value(depth), offset })
      } else {
        const labels = this.#labels()
        if (this.#text[this.#at] !== '{') {
          this.#restOfLine(depth)
          continue
        }
        this.#at += 1
        if (depth >= deepest) this.#past('}')
        else blocks.push({ type: name, labels, body: this.body(depth + 1), offset })
      }
    }
    return { attributes, blocks }
  }

  #labels(): readonly string[] {
    const labels: string[] = []
    for (;;) {
      this.#skip(false)
      const label = this.#name()
      if (label === null) return labels
      labels.push(label)
    }
  }

  /** An identifier, or the text of a quoted one; null where none stands. */
  #name(): string | null {
    if (this.#text[this.#at] === '"') {
      const value = this.#string()
      return value.kind === 'text' ? value.text : ''
    }
    identifier.lastIndex = this.#at
    const found = identifier.exec(this.#text)
    if (found === null) return null
    this.#at = identifier.lastIndex
    return found[0]
  }

  #value(depth: number): HclValue {
    this.#skip(false)
    const start = this.#at
    const first = this.#literal(depth)
    const end = this.#at
    this.#skip(false)
    if (first !== null && (this.#at >= this.#text.length || /[\n\r,}\])]/.test(this.#text[this.#at]!))) return first
    this.#at = Math.max(end, this.#at)
    this.#restOfLine(depth)
    return expression(this.#text.slice(start, Math.min(this.#at, start + 200)).trim())
  }

  /** A string, heredoc, list or object that stands here; null for anything else, which stays unread. */
  #literal(depth: number): HclValue | null {
    switch (this.#text[this.#at]) {
      case '"':
        return this.#string()
      case '<':
        return this.#heredoc()
      case '[':
        this.#at += 1
        if (depth < deepest) return { kind: 'list', items: this.#items(depth + 1) }
        this.#past(']')
        return expression('[…]')
      case '{':
        this.#at += 1
        if (depth < deepest) return { kind: 'object', body: this.body(depth + 1) }
        this.#past('}')
        return expression('{…}')
      default:
        return null
    }
  }

  #items(depth: number): readonly HclValue[] {
    const items: HclValue[] = []
    for (;;) {
      this.#skip(true)
      const character = this.#text[this.#at]
      if (character === undefined) return items
      if (character === ']') {
        this.#at += 1
        return items
      }
      const start = this.#at
      const value = this.#value(depth)
      if (items.length < 1000) items.push(value)
      // What is no value, such as a brace too many, must not hold the reader up.
      if (this.#at === start) this.#at += 1
    }
  }

  /** A quoted string. With a template in it, it is an expression; one that is nothing but a template is what stands inside. */
  #string(): HclValue {
    const start = this.#at
    let text = ''
    let isTemplate = false
    this.#at += 1
    while (this.#at < this.#text.length) {
      const character = this.#text[this.#at]!
      if (character === '"') {
        this.#at += 1
        break
      }
      // A string ends with its line; heredocs are for more.
      if (character === '\n') break
      const pair = this.#text.slice(this.#at, this.#at + 2)
      if (character === '\\') text += this.#escape()
      else if (pair === '$$' || pair === '%%') {
        const isEscaped = this.#text[this.#at + 2] === '{'
        text += isEscaped ? `${character}{` : character
        this.#at += isEscaped ? 3 : 1
      } else if (pair === '${' || pair === '%{') {
        isTemplate = true
        this.#at += 2
        this.#past('}')
      } else {
        text += character
        this.#at += 1
      }
    }
    if (!isTemplate) return { kind: 'text', text }
    const source = this.#text.slice(start, Math.min(this.#at, start + 200))
    return expression(/^"\$\{~?\s*([^{}"]*?)\s*~?\}"$/.exec(source)?.[1] ?? source)
  }

  #escape(): string {
    escaped.lastIndex = this.#at
    const found = escaped.exec(this.#text)
    if (found === null) {
      this.#at += 1
      return '\\'
    }
    this.#at = escaped.lastIndex
    const [, code] = found
    if (code![0] === 'u' || code![0] === 'U') {
      const point = Number.parseInt(code!.slice(1), 16)
      return point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd'
    }
    return { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' }[code!]!
  }

  /** `<<NAME` or `<<-NAME`, to the line that is nothing but the name. */
  #heredoc(): HclValue | null {
    heredocStart.lastIndex = this.#at
    const found = heredocStart.exec(this.#text)
    if (found === null) return null
    this.#at = heredocStart.lastIndex
    const from = this.#at
    while (this.#at < this.#text.length) {
      const end = lineEnd(this.#text, this.#at)
      const line = this.#text.slice(this.#at, end)
      if (line.trim() === found[2]) {
        const text = this.#text.slice(from, this.#at)
        this.#at = end
        return /[$%]\{/.test(text) ? expression(text.slice(0, 200)) : { kind: 'text', text }
      }
      this.#at = end + 1
    }
    return expression('<<')
  }

  /** Past the bracket that closes what was just opened; strings and comments between are no brackets. */
  #past(closing: string): void {
    let open = 1
    const opening = closing === '}' ? '{' : closing === ']' ? '[' : '('
    while (this.#at < this.#text.length) {
      const character = this.#text[this.#at]!
      if (character === '"') this.#plainString()
      else if (this.#comment() === false) {
        if (character === opening) open += 1
        if (character === closing) open -= 1
        this.#at += 1
        if (open === 0) return
      }
    }
  }

  /** A string inside of what is passed over; templates in it are not looked into. */
  #plainString(): void {
    this.#at += 1
    while (this.#at < this.#text.length) {
      const character = this.#text[this.#at]!
      if (character === '\n') return
      this.#at += character === '\\' ? 2 : 1
      if (character === '"') return
    }
  }

  /** To the end of an expression: of its line, or of the object or list in which it stands. */
  #restOfLine(depth: number): void {
    const start = this.#at
    while (this.#at < this.#text.length) {
      const character = this.#text[this.#at]!
      if (character === '\n' || (depth > 0 && /[,}\]]/.test(character))) break
      if (character === '"') this.#plainString()
      else if (character === '(' || character === '[' || character === '{') {
        this.#at += 1
        this.#past(character === '(' ? ')' : character === '[' ? ']' : '}')
      } else if (this.#comment() === false) this.#at += 1
    }
    if (this.#at === start && this.#at < this.#text.length && this.#text[this.#at] === ',') this.#at += 1
  }

  #junk(depth: number): void {
    const start = this.#at
    this.#restOfLine(depth)
    if (this.#at === start) this.#at += 1
  }

  /** Blanks and comments; line ends and commas too where they only separate. */
  #skip(lines: boolean): void {
    for (;;) {
      const character = this.#text[this.#at]
      if (character === ' ' || character === '\t' || character === '\r') this.#at += 1
      else if (lines && (character === '\n' || character === ',')) this.#at += 1
      else if (character === undefined || this.#comment() === false) return
    }
  }

  /** Takes a comment that begins here, without its line end; false when there is none. */
  #comment(): boolean {
    const character = this.#text[this.#at]
    const next = this.#text[this.#at + 1]
    if (character === '#' || (character === '/' && next === '/')) {
      this.#at = lineEnd(this.#text, this.#at)
      return true
    }
    if (character !== '/' || next !== '*') return false
    const end = this.#text.indexOf('*/', this.#at + 2)
    this.#at = end === -1 ? this.#text.length : end + 2
    return true
  }
}

const identifier = /[\p{L}_][\p{L}\p{N}_-]*/uy
const escaped = /\\([nrt"\\]|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})/y
const heredocStart = /<<(-?)([\p{L}_][\p{L}\p{N}_-]*)[ \t\r]*\n/uy

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end === -1 ? text.length : end
}

function expression(source: string): HclValue {
  return { kind: 'expression', source }
}
