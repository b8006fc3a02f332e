import { CountersignError } from '../../errors.ts'

/** A JSON value that remembers where it stood. Objects keep their members in order, so that a repeated name can be seen. */
export type JsonNode = { readonly start: number; readonly end: number } & (
  | { readonly type: 'object'; readonly members: readonly JsonMember[] }
  | { readonly type: 'array'; readonly items: readonly JsonNode[] }
  | { readonly type: 'string'; readonly value: string }
  /** The number as it was written: policies compare it as text. */
  | { readonly type: 'number'; readonly value: string }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'null' }
)

export interface JsonMember {
  readonly name: string
  readonly start: number
  readonly value: JsonNode
}

/** 1-based, counted in UTF-16 code units. */
export interface TextPosition {
  readonly line: number
  readonly column: number
}

export type JsonFault = { readonly fault: 'syntax' | 'repeated-name' | 'too-deep'; readonly at: TextPosition }

/** Policies need six levels; the rest is room for `Condition` oddities that the grammar then refuses by name. */
const deepest = 32

/** Ends the walk from wherever it is; `parseJson` makes a value of it. */
function stop(fault: JsonFault['fault'], offset: number): CountersignError {
  return new CountersignError('syntax', fault, { data: { fault, offset } })
}

/**
 * Reads one JSON text (RFC 8259, strictly: no comments, no trailing commas, no byte-order mark) and refuses a name that
 * an object gives twice, which `JSON.parse` would pass over silently. Never throws; deeper than 32 levels is a fault.
 */
export function parseJson(text: string): { readonly node: JsonNode } | JsonFault {
  const walk = new JsonWalk(text)
  try {
    return { node: walk.document() }
  } catch (error) {
    if (!(error instanceof CountersignError) || error.code !== 'syntax') throw error
    return { fault: error.data['fault'] as JsonFault['fault'], at: positionOf(text, error.data['offset'] as number) }
  }
}

/** Line and column of an offset; lines end with LF, CR LF or CR. */
export function positionOf(text: string, offset: number): TextPosition {
  let line = 1
  let lineStart = 0
  for (let i = 0; i < offset && i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit === 10 || (unit === 13 && text.charCodeAt(i + 1) !== 10)) {
      line++
      lineStart = i + 1
    }
  }
  return { line, column: offset - lineStart + 1 }
}

const numberShape = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y
const plainRun = /[^"\\\u0000-\u001f]*/y
const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}

class JsonWalk {
  private readonly text: string
  private at = 0

  constructor(text: string) {
    this.text = text
  }

  document(): JsonNode {
    const node = this.value(0)
    this.skipBlanks()
    if (this.at < this.text.length) throw stop('syntax', this.at)
    return node
  }

  private skipBlanks(): void {
    for (;;) {
      const unit = this.text.charCodeAt(this.at)
      if (unit !== 32 && unit !== 9 && unit !== 10 && unit !== 13) return
      this.at++
    }
  }

  private expect(character: string): void {
    if (this.text[this.at] !== character) throw stop('syntax', this.at)
    this.at++
  }

  private value(depth: number): JsonNode {
    this.skipBlanks()
    if (depth > deepest) throw stop('too-deep', this.at)
    const start = this.at
    switch (this.text[start]) {
      case '{':
        return this.object(start, depth)
      case '[':
        return this.array(start, depth)
      case '"': {
        const value = this.string()
        return { type: 'string', value, start, end: this.at }
      }
      case 't':
        return this.word('true', { type: 'boolean', value: true, start, end: start + 4 })
      case 'f':
        return this.word('false', { type: 'boolean', value: false, start, end: start + 5 })
      case 'n':
        return this.word('null', { type: 'null', start, end: start + 4 })
      default:
        return this.number(start)
    }
  }

  private word(word: string, node: JsonNode): JsonNode {
    if (!this.text.startsWith(word, this.at)) throw stop('syntax', this.at)
    this.at += word.length
    return node
  }

  private number(start: number): JsonNode {
    numberShape.lastIndex = start
    const found = numberShape.exec(this.text)
    if (found === null) throw stop('syntax', start)
    this.at = start + found[0].length
    return { type: 'number', value: found[0], start, end: this.at }
  }

  private string(): string {
    this.expect('"')
    let value = ''
    for (;;) {
      plainRun.lastIndex = this.at
      const run = plainRun.exec(this.text)![0]
      value += run
      this.at += run.length
      const next = this.text[this.at]
      if (next === '"') {
        this.at++
        return value
      }
      if (next !== '\\') throw stop('syntax', this.at)
      value += this.escape()
    }
  }

  private escape(): string {
    const letter = this.text[this.at + 1] ?? ''
    if (letter === 'u') {
      const digits = this.text.slice(this.at + 2, this.at + 6)
      if (!/^[0-9A-Fa-f]{4}$/.test(digits)) throw stop('syntax', this.at)
      this.at += 6
      return String.fromCharCode(Number.parseInt(digits, 16))
    }
    const meant = Object.hasOwn(escapes, letter) ? escapes[letter] : undefined
    if (meant === undefined) throw stop('syntax', this.at)
    this.at += 2
    return meant
  }

  private object(start: number, depth: number): JsonNode {
    this.at++
    const members: JsonMember[] = []
    const names = new Set<string>()
    this.skipBlanks()
    if (this.text[this.at] === '}') {
      this.at++
      return { type: 'object', members, start, end: this.at }
    }
    for (;;) {
      this.skipBlanks()
      const nameStart = this.at
      const name = this.string()
      if (names.has(name)) throw stop('repeated-name', nameStart)
      names.add(name)
      this.skipBlanks()
      this.expect(':')
      members.push({ name, start: nameStart, value: this.value(depth + 1) })
      this.skipBlanks()
      if (this.text[this.at] === '}') break
      this.expect(',')
    }
    this.at++
    return { type: 'object', members, start, end: this.at }
  }

  private array(start: number, depth: number): JsonNode {
    this.at++
    const items: JsonNode[] = []
    this.skipBlanks()
    if (this.text[this.at] === ']') {
      this.at++
      return { type: 'array', items, start, end: this.at }
    }
    for (;;) {
      items.push(this.value(depth + 1))
      this.skipBlanks()
      if (this.text[this.at] === ']') break
      this.expect(',')
    }
    this.at++
    return { type: 'array', items, start, end: this.at }
  }
}
