import { isGoSpace } from './go-text.ts'

/** A section of a file as version 1 of the SDK for Go reads it. Of two with one name the later replaces the earlier. */
export interface V1Section {
  readonly name: string
  /** Offset of its bracket. */
  readonly at: number
  readonly settings: readonly V1Setting[]
}

export interface V1Setting {
  readonly key: string
  readonly value: string
  readonly keyAt: number
  readonly valueAt: number
  /** Behind the last character of the value. */
  readonly end: number
}

/** Why the whole file is refused. */
export interface V1Refusal {
  readonly kind: 'open-header' | 'no-delimiter' | 'no-value'
  readonly at: number
  /** The SDK's own words. */
  readonly says: string
}

/** Reads a text in linear time: tokens, states, sections, in that order, as the SDK does. */
export function readGoV1(text: string): {
  readonly sections: readonly V1Section[]
  readonly refusal: V1Refusal | null
} {
  const parsed = parse(text, tokenize(text))
  if ('says' in parsed) return { sections: [], refusal: parsed }
  return visit(parsed)
}

// ---- tokens (internal/ini/ini_lexer.go)

type TokenType = 'none' | 'literal' | 'bracket' | 'comma' | 'operator' | 'blank' | 'newline' | 'comment'

interface Token {
  readonly type: TokenType
  readonly start: number
  readonly end: number
  readonly isQuoted: boolean
}

/** A quotation mark without its fellow is an error, upon which the file counts as empty (`countTokens` gives 0). */
function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    const type = typeAt(text, at)
    const isQuoted = type === 'literal' && text[at] === '"'
    const end = isQuoted ? endOfQuoted(text, at) : endOf(text, at, type)
    if (end < 0) return []
    tokens.push({ type, start: at, end, isQuoted })
    at = end
  }
  return tokens
}

function typeAt(text: string, at: number): TokenType {
  const character = text[at]!
  if (isBlank(character)) return 'blank'
  if (character === ',') return 'comma'
  if (character === ';' || character === '#') return 'comment'
  if (isNewline(text, at)) return 'newline'
  if (character === '[' || character === ']') return 'bracket'
  return character === '=' || character === ':' ? 'operator' : 'literal'
}

function isBlank(character: string): boolean {
  return character !== '\n' && character !== '\r' && isGoSpace(character)
}

function isNewline(text: string, at: number): boolean {
  return text[at] === '\n' || (text[at] === '\r' && text[at + 1] === '\n')
}

function endOf(text: string, start: number, type: TokenType): number {
  let end = start + 1
  switch (type) {
    case 'blank':
      while (end < text.length && isBlank(text[end]!)) end += 1
      return end
    case 'newline':
      return text[start] === '\r' ? end + 1 : end
    case 'comment':
      // At the very end of the file the `\r` before the last `\n` is part of the comment.
      while (end < text.length && text[end] !== '\n' && !(isNewline(text, end) && end + 2 < text.length)) end += 1
      return end
    case 'literal':
      while (end < text.length && !isNewline(text, end) && !'=:[] '.includes(text[end]!)) end += 1
      return end
    default:
      return end
  }
}

const escapable = new Set(['"', "'", 'n', 't', '\\'])

function endOfQuoted(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '"' && text[at - 1] !== '\\') return at + 1
  }
  return -1
}

// ---- states (internal/ini/ini_parser.go)

type Node =
  | { readonly kind: 'start' | 'statement' | 'comment' | 'skip'; readonly at: number }
  | { readonly kind: 'expression'; readonly at: number; text: string }
  | { readonly kind: 'equal'; readonly at: number; readonly key: string; readonly operatorEnd: number }
  | { readonly kind: 'setting'; readonly at: number; readonly key: string; value: Value }
  | { readonly kind: 'section'; readonly at: number; text: string }
  | { readonly kind: 'completed'; readonly at: number; readonly name: string | null }

interface Value {
  text: string
  isQuoted: boolean
  readonly at: number
  end: number
}

type Step =
  | 'statement'
  | 'prime'
  | 'value'
  | 'open'
  | 'section'
  | 'close'
  | 'skip'
  | 'pass'
  | 'comment'
  | 'complete'
  | 'end'

const betweenLines = {
  literal: 'statement',
  bracket: 'open',
  blank: 'pass',
  newline: 'pass',
  comment: 'comment',
} as const

const table: Readonly<Record<Node['kind'], Partial<Record<TokenType, Step>>>> = {
  start: { ...betweenLines, none: 'end' },
  comment: { ...betweenLines, none: 'complete' },
  skip: { ...betweenLines, none: 'end' },
  completed: { ...betweenLines, none: 'complete' },
  expression: {
    operator: 'prime',
    literal: 'value',
    bracket: 'open',
    blank: 'value',
    newline: 'skip',
    comment: 'comment',
    none: 'complete',
  },
  equal: { literal: 'value', bracket: 'value', operator: 'value', blank: 'pass', newline: 'skip', none: 'skip' },
  statement: {
    literal: 'section',
    bracket: 'close',
    blank: 'pass',
    newline: 'pass',
    comment: 'comment',
    none: 'complete',
  },
  setting: {
    literal: 'value',
    bracket: 'value',
    operator: 'value',
    blank: 'value',
    newline: 'complete',
    comment: 'comment',
    none: 'end',
    comma: 'skip',
  },
  section: { literal: 'section', operator: 'section', bracket: 'close', blank: 'section', newline: 'pass' },
}

const nothing: Token = { type: 'none', start: 0, end: 0, isQuoted: false }

function parse(text: string, tokens: readonly Token[]): readonly Node[] | V1Refusal {
  const stack: Node[] = [{ kind: 'start', at: 0 }]
  const list: Node[] = []
  const skipper = new Skipper()
  let next = 0
  while (stack.length > 0) {
    const node = stack.pop()!
    const token = tokens[next] ?? { ...nothing, start: text.length, end: text.length }
    let step = table[node.kind][token.type]
    if (skipper.skips(token)) {
      if (next >= tokens.length) break
      step = 'pass'
    }
    if (step === 'end') {
      if (node.kind !== 'start') list.push(node)
      break
    }
    const refusal = take(text, node, token, step, stack, list, skipper)
    if (refusal !== null) return refusal
    if (next < tokens.length) next += 1
  }
  return stack.length > 1 ? refused('no-delimiter', text.length, 'incomplete ini expression') : list
}

/** Passes over the rest of a line, and over the indented lines below it. */
class Skipper {
  #isOn = false
  #before: TokenType = 'none'

  start(): void {
    this.#isOn = true
  }

  skips({ type }: Token): boolean {
    if (this.#isOn && this.#before === 'newline' && type !== 'blank') {
      this.#isOn = false
      this.#before = 'none'
      return false
    }
    this.#before = type
    return this.#isOn
  }
}

function take(
  text: string,
  node: Node,
  token: Token,
  step: Step | undefined,
  stack: Node[],
  list: Node[],
  skipper: Skipper,
): V1Refusal | null {
  const raw = text.slice(token.start, token.end)
  const finish = (): void => {
    if (node.kind !== 'start') list.push(node)
  }
  switch (step) {
    case 'pass':
      stack.push(node)
      return null
    case 'statement':
      finish()
      stack.push({ kind: 'expression', at: token.start, text: raw })
      return null
    case 'prime':
      if (node.kind === 'expression')
        stack.push({ kind: 'equal', at: node.at, key: trimBlanks(node.text), operatorEnd: token.end })
      return null
    case 'value':
      stack.push(withValue(node, token, raw))
      return null
    case 'open':
      if (raw !== '[') return refused('open-header', token.start, "expected '['")
      finish()
      stack.push({ kind: 'statement', at: token.start })
      return null
    case 'section':
      if (node.kind === 'section') node.text += raw
      stack.push(node.kind === 'section' ? node : { kind: 'section', at: node.at, text: raw })
      return null
    case 'close':
      if (raw !== ']') return refused('open-header', node.at, "expected ']'")
      stack.push({ kind: 'completed', at: node.at, name: node.kind === 'section' ? trimBlanks(node.text) : null })
      return null
    case 'complete':
      finish()
      if (stack.length === 0) stack.push({ kind: 'start', at: token.start })
      return null
    case 'skip':
      // What was being read is lost with this.
      stack.push({ kind: 'skip', at: token.start })
      skipper.start()
      return null
    case 'comment':
      if (node.kind === 'start') stack.push(node)
      else list.push(node)
      stack.push({ kind: 'comment', at: token.start })
      return null
    default:
      return invalid(node, token)
  }
}

function withValue(node: Node, token: Token, raw: string): Node {
  if (node.kind === 'equal') {
    const value: Value = { text: raw, isQuoted: token.isQuoted, at: token.start, end: token.end }
    return { kind: 'setting', at: node.at, key: node.key, value }
  }
  if (node.kind === 'expression') node.text += raw
  else if (node.kind === 'setting') {
    // Behind a quoted value the rest of the line is dropped.
    if (!node.value.isQuoted) {
      node.value.text += raw
      node.value.end = token.end
    }
  }
  return node
}

function invalid(node: Node, { start, type }: Token): V1Refusal {
  const kind =
    node.kind === 'section' || node.kind === 'statement'
      ? 'open-header'
      : node.kind === 'equal'
        ? 'no-value'
        : 'no-delimiter'
  // The SDK prints its whole tree here, values and all.
  return refused(
    kind,
    kind === 'open-header' ? node.at : start,
    `invalid state with ASTKind … and TokenType ${typeNames[type]}`,
  )
}

const typeNames: Readonly<Record<TokenType, string>> = {
  none: 'none',
  literal: 'literal',
  bracket: 'sep',
  operator: 'op',
  blank: 'ws',
  newline: 'newline',
  comment: 'comment',
  comma: 'comma',
}

function refused(kind: V1Refusal['kind'], at: number, says: string): V1Refusal {
  return { kind, at, says: `INIParseError: ${says}` }
}

function trimBlanks(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isBlank(text[start]!)) start += 1
  while (end > start && isBlank(text[end - 1]!)) end -= 1
  return text.slice(start, end)
}

// ---- sections (internal/ini/visitor.go, walker.go)

function visit(nodes: readonly Node[]): {
  readonly sections: readonly V1Section[]
  readonly refusal: V1Refusal | null
} {
  const sections: V1Section[] = []
  let settings: V1Setting[] = []
  for (const node of nodes) {
    if (node.kind === 'expression')
      return { sections, refusal: refused('no-delimiter', node.at, 'unsupported expression …') }
    if (node.kind === 'statement')
      return { sections, refusal: refused('open-header', node.at, 'unsupported statement: stmt') }
    if (node.kind === 'completed') {
      if (node.name === null)
        return { sections, refusal: refused('open-header', node.at, 'unsupported child statement: ini.AST') }
      settings = []
      sections.push({ name: node.name, at: node.at, settings })
    } else if (node.kind === 'setting') {
      const { at, end } = node.value
      settings.push({ key: node.key, value: settingValue(node.value), keyAt: node.at, valueAt: at, end })
    }
  }
  return { sections, refusal: null }
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t' }

/** Of a bare value only blanks and line feeds fall off its ends; in a quoted one a backslash escapes five characters. */
function settingValue({ text, isQuoted }: Value): string {
  if (!isQuoted) return text.replace(/^[ \n]+/, '').replace(/(?<![ \n])[ \n]+$/, '')
  const kept: string[] = []
  for (const character of text.slice(1, -1)) {
    if (kept.at(-1) === '\\' && escapable.has(character)) kept[kept.length - 1] = escapes[character] ?? character
    else kept.push(character)
  }
  return kept.join('')
}
