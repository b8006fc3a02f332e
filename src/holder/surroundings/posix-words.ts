import { controlEscapes, numberedCharacter } from './escapes.ts'
/**
 * Words and operators of the POSIX shells, as bash and zsh read them in a script (POSIX.1-2024 XCU 2.2, 2.3, 2.10; bash manual
 * 3.1.2). Nothing is run and nothing is expanded: what would be computed is a hole in the word.
 */
export type Segment =
  | { readonly text: string; readonly isQuoted: boolean }
  | { readonly variable: string; readonly isQuoted: boolean }
  | { readonly computed: true; readonly isArray?: boolean }

export type Token =
  | { readonly kind: 'word'; readonly offset: number; readonly raw: string; readonly segments: readonly Segment[] }
  | { readonly kind: 'operator'; readonly offset: number; readonly text: string }

const operators = [
  ';;&',
  '<<-',
  '<<<',
  '&>>',
  '&&',
  '||',
  ';;',
  ';&',
  ';|',
  '|&',
  '&>',
  '<<',
  '>>',
  '<&',
  '>&',
  '<>',
  '>|',
  ';',
  '&',
  '|',
  '(',
  ')',
  '<',
  '>',
  '\n',
] as const

/** Quotes in substitutions in quotes: deeper than that nobody writes, and the rest of the text is taken for one word. */
const mostDepth = 50

/** All tokens of a script. Never fails: what is not closed ends with the text. */
export function tokenize(text: string): readonly Token[] {
  return new Reader(text).tokens()
}

/** What means itself wherever it stands in a word. */
const plainRun = /[^ \t\n;&|()<>\\'"`$~]+/y

class Reader {
  readonly #text: string
  #at = 0
  readonly #tokens: Token[] = []
  #heredocs: { readonly end: string; readonly isIndented: boolean }[] = []

  constructor(text: string) {
    this.#text = text
  }

  tokens(): readonly Token[] {
    while (this.#at < this.#text.length) this.#next()
    return this.#tokens
  }

  #next(): void {
    const text = this.#text
    const character = text[this.#at]!
    if (character === ' ' || character === '\t') this.#at += 1
    else if (text.startsWith('\\\n', this.#at)) this.#at += 2
    else if (character === '#') this.#at = endOfLine(text, this.#at)
    else if (text.startsWith('((', this.#at) && this.#isCommandPosition()) this.#at = afterArithmetic(text, this.#at)
    else {
      const operator = ';&|()<>\n'.includes(character)
        ? operators.find((each) => text.startsWith(each, this.#at))
        : undefined
      if (operator === undefined || this.#isProcessSubstitution(operator)) this.#word()
      else this.#operator(operator)
    }
  }

  #isProcessSubstitution(operator: string): boolean {
    return (operator === '<' || operator === '>') && this.#text[this.#at + 1] === '('
  }

  #isCommandPosition(): boolean {
    const last = this.#tokens.at(-1)
    return last === undefined || (last.kind === 'operator' && !/[<>]/.test(last.text)) || isOpening(last)
  }

  #operator(operator: string): void {
    this.#tokens.push({ kind: 'operator', offset: this.#at, text: operator })
    this.#at += operator.length
    if (operator === '<<' || operator === '<<-') this.#heredocs.push(this.#heredocEnd(operator === '<<-'))
    if (operator === '\n') this.#skipHeredocs()
  }

  #heredocEnd(isIndented: boolean): { end: string; isIndented: boolean } {
    while (this.#text[this.#at] === ' ' || this.#text[this.#at] === '\t') this.#at += 1
    const before = this.#tokens.length
    this.#word()
    const word = this.#tokens[before]
    const segments = word?.kind === 'word' ? word.segments : []
    return { end: segments.map((each) => ('text' in each ? each.text : '')).join(''), isIndented }
  }

  #skipHeredocs(): void {
    for (const { end, isIndented } of this.#heredocs) {
      while (this.#at < this.#text.length) {
        const stop = endOfLine(this.#text, this.#at)
        const line = this.#text.slice(this.#at, stop)
        this.#at = stop + 1
        if ((isIndented ? line.replace(/^\t+/, '') : line) === end) break
      }
    }
    this.#heredocs = []
  }

  #word(): void {
    const offset = this.#at
    const segments: Segment[] = []
    let plain = ''
    const flush = (): void => {
      if (plain !== '') segments.push({ text: plain, isQuoted: false })
      plain = ''
    }
    const text = this.#text
    while (this.#at < text.length) {
      plainRun.lastIndex = this.#at
      const run = plainRun.exec(text)
      if (run !== null) {
        plain += run[0]
        this.#at += run[0].length
        continue
      }
      const character = text[this.#at]!
      const isArray = character === '(' && /^[A-Za-z_]\w*\+?=$/.test(text.slice(offset, this.#at))
      if (isArray) {
        flush()
        segments.push({ computed: true, isArray: true })
        this.#at = afterParentheses(text, this.#at + 1)
      } else if ((character === '<' || character === '>') && text[this.#at + 1] === '(' && this.#at === offset) {
        segments.push({ computed: true })
        this.#at = afterParentheses(text, this.#at + 2)
      } else if (' \t\n;&|()<>'.includes(character)) break
      else if (character === '\\') {
        if (text[this.#at + 1] !== '\n') {
          flush()
          segments.push({ text: text[this.#at + 1] ?? '\\', isQuoted: true })
        }
        this.#at += 2
      } else if (`'"\`$`.includes(character)) {
        flush()
        this.#at = quoted(text, this.#at, segments)
      } else if (character === '~' && isTilde(text, offset, this.#at)) {
        flush()
        segments.push({ variable: 'HOME', isQuoted: true })
        this.#at += 1
      } else {
        plain += character
        this.#at += 1
      }
    }
    flush()
    // An operator that nothing starts, such as a lone parenthesis, was taken care of before: a word moves on.
    if (this.#at === offset) this.#at += 1
    this.#tokens.push({ kind: 'word', offset, raw: text.slice(offset, this.#at), segments })
  }
}

function isOpening(token: Token): boolean {
  return token.kind === 'word' && /^(then|do|else|elif|if|while|until|!|\{|time)$/.test(token.raw)
}

/** `~` at the start of a word or of a value, and a slash or the end after it: the home directory. */
function isTilde(text: string, start: number, at: number): boolean {
  // No name or path is as long as that.
  if (at - start > 4096) return false
  const before = text.slice(start, at)
  return (before === '' || /^[A-Za-z_]\w*=(?:.*:)?$/s.test(before)) && !/[^\s/:;&|()<>]/.test(text[at + 1] ?? ' ')
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end === -1 ? text.length : end
}

/** Adds what a quote or a dollar sign begins; gives the offset after it. */
function quoted(text: string, at: number, segments: Segment[], depth = 0): number {
  if (depth > mostDepth) return text.length
  switch (text[at]) {
    case "'": {
      const end = endOf(text, at + 1, "'")
      segments.push({ text: text.slice(at + 1, end), isQuoted: true })
      return end + 1
    }
    case '"':
      return doubleQuoted(text, at + 1, segments, depth)
    case '`':
      segments.push({ computed: true })
      return afterBackquote(text, at + 1)
    default:
      return dollar(text, at, segments, false, depth)
  }
}

function endOf(text: string, from: number, character: string): number {
  const end = text.indexOf(character, from)
  return end === -1 ? text.length : end
}

function doubleQuoted(text: string, from: number, segments: Segment[], depth: number): number {
  let plain = ''
  let at = from
  const flush = (): void => {
    segments.push({ text: plain, isQuoted: true })
    plain = ''
  }
  while (at < text.length && text[at] !== '"') {
    const character = text[at]!
    if (character === '\\') {
      const next = text[at + 1] ?? ''
      if (next !== '\n') plain += '$`"\\'.includes(next) ? next : `\\${next}`
      at += 2
    } else if (character === '`') {
      flush()
      segments.push({ computed: true })
      at = afterBackquote(text, at + 1)
    } else if (character === '$') {
      flush()
      at = dollar(text, at, segments, true, depth)
    } else {
      plain += character
      at += 1
    }
  }
  flush()
  return at + 1
}

function dollar(text: string, at: number, segments: Segment[], isQuoted: boolean, depth: number): number {
  const next = text[at + 1] ?? ''
  if (next === '(') {
    segments.push({ computed: true })
    return text[at + 2] === '(' ? afterArithmetic(text, at + 1) : afterParentheses(text, at + 2, depth)
  }
  if (next === '{') {
    const end = afterClosing(text, at + 2, '{}', depth)
    const name = /^\{([A-Za-z_]\w*)\}$/.exec(text.slice(at + 1, end))?.[1]
    segments.push(name === undefined ? { computed: true } : { variable: name, isQuoted })
    return end
  }
  if (next === "'" && !isQuoted) return ansiQuoted(text, at + 2, segments)
  if (next === '"' && !isQuoted) return doubleQuoted(text, at + 2, segments, depth)
  const name = /^[A-Za-z_]\w*/.exec(text.slice(at + 1, at + 257))?.[0]
  if (name !== undefined) {
    segments.push({ variable: name, isQuoted })
    return at + 1 + name.length
  }
  if (/[0-9@*#?$!-]/.test(next)) {
    segments.push({ computed: true })
    return at + 2
  }
  segments.push({ text: '$', isQuoted })
  return at + 1
}

const ansiEscapes: Readonly<Record<string, string>> = {
  ...controlEscapes,
  e: '\x1b',
  E: '\x1b',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '?': '?',
}

/** `$'…'` (bash manual 3.1.2.4). */
function ansiQuoted(text: string, from: number, segments: Segment[]): number {
  let plain = ''
  let at = from
  while (at < text.length && text[at] !== "'") {
    if (text[at] !== '\\') {
      plain += text[at]
      at += 1
      continue
    }
    const rest = text.slice(at + 1, at + 12)
    const number = /^(?:x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})|([0-7]{1,3}))/.exec(rest)
    if (number !== null) {
      const hexadecimal = number[1] ?? number[2] ?? number[3]
      plain += hexadecimal === undefined ? numberedCharacter(number[4]!, 8) : numberedCharacter(hexadecimal, 16)
      at += 1 + number[0].length
    } else {
      plain += ansiEscapes[rest[0] ?? ''] ?? `\\${rest[0] ?? ''}`
      at += 2
    }
  }
  segments.push({ text: plain, isQuoted: true })
  return at + 1
}

function afterBackquote(text: string, from: number): number {
  let at = from
  while (at < text.length && text[at] !== '`') at += text[at] === '\\' ? 2 : 1
  return at + 1
}

/** After the `)` that closes; quotes and comments inside are passed over. */
function afterParentheses(text: string, from: number, outer = 0): number {
  return afterClosing(text, from, '()', outer)
}

/** After the sign that closes, with those of its kind inside. Only commands, in parentheses, have comments. */
function afterClosing(text: string, from: number, [open, close]: '()' | '{}', outer: number): number {
  let depth = 1
  let at = from
  while (at < text.length && depth > 0) {
    const character = text[at]!
    if (`'"\``.includes(character)) {
      at = quoted(text, at, [], outer + 1)
      continue
    }
    if (character === '\\') at += 1
    else if (character === open) depth += 1
    else if (character === close) depth -= 1
    else if (open === '(' && character === '#' && /\s/.test(text[at - 1] ?? '')) at = endOfLine(text, at) - 1
    at += 1
  }
  return at
}

function afterArithmetic(text: string, from: number): number {
  let depth = 0
  let at = from
  do {
    if (text[at] === '(') depth += 1
    else if (text[at] === ')') depth -= 1
    at += 1
  } while (at < text.length && depth > 0)
  return at
}
