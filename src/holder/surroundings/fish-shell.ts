import { type Assignment, mostSteps, type Step } from './assignment.ts'
import { controlEscapes, numberedCharacter } from './escapes.ts'

/** Quotes in substitutions in quotes: deeper than that nobody writes. */
const mostDepth = 50
const mostBlocks = 300

interface Word {
  readonly offset: number
  readonly raw: string
  /** Null when it is computed: a substitution, a variable, a brace expansion. */
  readonly value: string | null
  readonly isQuoted: boolean
}

type Token = Word | { readonly end: string }

/**
 * What a script of fish does to variables, in order (fish documentation, "The fish language": quotes, escapes, `set`). Functions
 * do not count, what stands behind a condition is marked.
 *
 * @param home put in for `~` and `$HOME`; null where it is unknown
 */
export function readFishScript(text: string, home: string | null): readonly Step[] {
  const steps: Step[] = []
  const blocks: string[] = []
  let words: Word[] = []
  let isConditional = false
  const finish = (end: string): void => {
    const [first] = words
    if (first !== undefined && steps.length < mostSteps && blocks.length < mostBlocks) {
      const isLinked = isConditional || /^(and|or|not|!)$/.test(first.raw)
      const command = words.slice(/^(and|or|not|!|command|builtin)$/.test(first.raw) ? 1 : 0)
      block(command[0]?.raw ?? '', blocks)
      if (!blocks.includes('function')) steps.push(...run(command, isLinked || blocks.some((each) => each !== 'begin')))
    }
    words = []
    isConditional = end === '&&' || end === '||' || end === '|'
  }
  for (const token of tokenize(text, home)) {
    if ('end' in token) finish(token.end)
    else words.push(token)
  }
  finish('\n')
  return steps
}

function block(word: string, blocks: string[]): void {
  if (/^(if|for|while|switch|function|begin)$/.test(word)) blocks.push(word)
  else if (word === 'end') blocks.pop()
}

function run([command, ...rest]: readonly Word[], isConditional: boolean): readonly Step[] {
  switch (command?.value) {
    case 'set':
      return setCommand(rest, isConditional)
    case 'export':
      return rest.flatMap((word) => exported(word, isConditional))
    case 'source':
    case '.': {
      const includes = rest[0]?.value
      return includes == null ? [] : [{ includes, isConditional }]
    }
    // `if set -q X; set -gx …` on one line: the condition is a command of its own.
    case 'if':
    case 'while':
      return []
    default:
      return []
  }
}

function exported(word: Word, isConditional: boolean): readonly Assignment[] {
  const name = /^["']?([A-Za-z_]\w*)=/.exec(word.raw)?.[1]
  if (name === undefined) return []
  const value = word.value === null ? null : word.value.slice(name.length + 1)
  return [{ name, effect: 'sets', value, offset: word.offset, isConditional, isExported: true }]
}

const longOptions: Readonly<Record<string, string>> = {
  '--export': 'x',
  '--unexport': 'u',
  '--global': 'g',
  '--universal': 'U',
  '--local': 'l',
  '--function': 'f',
  '--erase': 'e',
  '--query': 'q',
  '--append': 'a',
  '--prepend': 'p',
  '--show': 'S',
  '--names': 'n',
}

function setCommand(words: readonly Word[], isConditional: boolean): readonly Assignment[] {
  let flags = ''
  let at = 0
  for (; at < words.length && words[at]!.raw.startsWith('-'); at += 1) {
    const { raw } = words[at]!
    if (raw === '--') {
      at += 1
      break
    }
    flags += longOptions[raw] ?? (raw.startsWith('--') ? '' : raw.slice(1))
  }
  const [name, ...values] = words.slice(at)
  if (name?.value == null || /[qSn]/.test(flags)) return []
  if (flags.includes('e')) {
    return words.slice(at).flatMap((word) =>
      word.value === null
        ? []
        : [
            {
              name: word.value,
              effect: 'removes' as const,
              value: null,
              offset: word.offset,
              isConditional,
              isExported: true,
            },
          ],
    )
  }
  // Of a list programs get one text, its parts with blanks between.
  const parts = values.map(({ value }) => value)
  const isComputed = parts.includes(null) || /[ap]/.test(flags)
  const value = isComputed ? null : parts.join(' ')
  const isExported = flags.includes('x') && !/[lf]/.test(flags)
  return [{ name: name.value, effect: 'sets', value, offset: name.offset, isConditional, isExported }]
}

function* tokenize(text: string, home: string | null): Generator<Token> {
  let at = 0
  while (at < text.length) {
    const character = text[at]!
    if (character === ' ' || character === '\t' || character === '\r') at += 1
    else if (character === '\\' && /^\\\r?\n/.test(text.slice(at, at + 3))) at += text[at + 1] === '\r' ? 3 : 2
    else if (character === '#') at = text.indexOf('\n', at) === -1 ? text.length : text.indexOf('\n', at)
    else if (text.startsWith('&&', at) || text.startsWith('||', at)) {
      yield { end: text.slice(at, at + 2) }
      at += 2
    } else if ('\n;|&'.includes(character)) {
      yield { end: character }
      at += 1
    } else {
      const [word, after] = readWord(text, at, home)
      yield word
      at = after
    }
  }
}

function readWord(text: string, offset: number, home: string | null): readonly [word: Word, after: number] {
  let value: string | null = ''
  let isQuoted = false
  let at = offset
  const add = (part: string | null): void => {
    value = value === null || part === null ? null : value + part
  }
  if (text[at] === '~' && /^~(?=[\s/;]|$)/.test(text.slice(at, at + 2))) {
    add(home)
    at += 1
  }
  while (at < text.length && !/[\s;&|<>]/.test(text[at]!)) {
    const character = text[at]!
    if (character === "'" || character === '"') {
      isQuoted = true
      const [part, after] = character === "'" ? singleQuoted(text, at + 1) : doubleQuoted(text, at + 1, home)
      add(part)
      at = after
    } else if (character === '\\') {
      const [part, length] = escaped(text, at)
      add(part)
      at += length
    } else if (character === '(') {
      add(null)
      at = afterParentheses(text, at + 1)
    } else if (character === '$') {
      const [part, after] = variable(text, at, home)
      add(part)
      at = after
    } else {
      add('{}*?'.includes(character) ? null : character)
      at += 1
    }
  }
  if (at === offset) at += 1
  return [{ offset, raw: text.slice(offset, at), value, isQuoted }, at]
}

function singleQuoted(text: string, from: number): readonly [value: string, after: number] {
  let value = ''
  let at = from
  while (at < text.length && text[at] !== "'") {
    const isEscape = text[at] === '\\' && (text[at + 1] === '\\' || text[at + 1] === "'")
    if (isEscape) at += 1
    value += text[at]
    at += 1
  }
  return [value, at + 1]
}

function doubleQuoted(
  text: string,
  from: number,
  home: string | null,
  depth = 0,
): readonly [value: string | null, after: number] {
  if (depth > mostDepth) return [null, text.length]
  let value: string | null = ''
  let at = from
  while (at < text.length && text[at] !== '"') {
    const character = text[at]!
    const next = text[at + 1] ?? ''
    if (character === '\\' && next === '\n') at += 2
    else if (character === '\\' && '\\"$'.includes(next) && next !== '') {
      value = value === null ? null : value + next
      at += 2
    } else if (character === '$') {
      const [part, after] = variable(text, at, home, depth)
      value = value === null || part === null ? null : value + part
      at = after
    } else {
      value = value === null ? null : value + character
      at += 1
    }
  }
  return [value, at + 1]
}

function variable(
  text: string,
  at: number,
  home: string | null,
  depth = 0,
): readonly [value: string | null, after: number] {
  if (text[at + 1] === '(') return [null, afterParentheses(text, at + 2, depth)]
  const name = /^\w+/.exec(text.slice(at + 1, at + 257))?.[0]
  if (name === undefined) return [null, at + 1]
  return [name === 'HOME' ? home : null, at + 1 + name.length]
}

const plainEscapes: Readonly<Record<string, string>> = { ...controlEscapes, e: '\x1b' }

function escaped(text: string, at: number): readonly [value: string, length: number] {
  const rest = text.slice(at + 1, at + 11)
  const number = /^(?:[xX]([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})|([0-7]{1,3}))/.exec(rest)
  if (number !== null) {
    const hexadecimal = number[1] ?? number[2] ?? number[3]
    const character = hexadecimal === undefined ? numberedCharacter(number[4]!, 8) : numberedCharacter(hexadecimal, 16)
    return [character, 1 + number[0].length]
  }
  const next = rest[0] ?? ''
  if (next === '\n') return ['', 2]
  return [plainEscapes[next] ?? next, 1 + next.length]
}

function afterParentheses(text: string, from: number, outer = 0): number {
  let depth = 1
  let at = from
  while (at < text.length && depth > 0) {
    const character = text[at]!
    if (character === "'") at = singleQuoted(text, at + 1)[1]
    else if (character === '"') at = doubleQuoted(text, at + 1, null, outer + 1)[1]
    else {
      if (character === '\\') at += 1
      else if (character === '(') depth += 1
      else if (character === ')') depth -= 1
      at += 1
    }
  }
  return at
}

/**
 * Universal variables as fish keeps them (`fish_variables`): lines `SETUVAR --export NAME:value`, whatever is no letter, digit,
 * `/` or `_` written `\xHH`, `\uHHHH` or `\UHHHHHHHH`; parts of a list stand behind `\x1e` (fish `env_universal_common`).
 */
export function readFishVariables(text: string): readonly Assignment[] {
  const assignments: Assignment[] = []
  // Without it fish 3 and later take the file for one of fish 2, and read none of these lines.
  if (!/^# VERSION: /m.test(text)) return assignments
  let offset = 0
  for (const line of text.split('\n')) {
    const match = /^SETUVAR ((?:--\w+ )*)(\w+):(.*)$/.exec(line)
    if (match !== null && assignments.length < mostSteps) {
      const [, options = '', name = '', kept = ''] = match
      const value = unescaped(kept).replaceAll('\x1e', ' ')
      const isExported = options.includes('--export')
      const at = offset + 'SETUVAR '.length + options.length
      // An empty list is kept as one part that says so.
      const isEmpty = kept === '\\x1d'
      assignments.push({
        name,
        effect: 'sets',
        value: isEmpty ? '' : value,
        offset: at,
        isConditional: false,
        isExported,
      })
    }
    offset += line.length + 1
  }
  return assignments
}

function unescaped(text: string): string {
  let value = ''
  for (let at = 0; at < text.length; ) {
    if (text[at] !== '\\') {
      value += text[at]
      at += 1
      continue
    }
    const [part, length] = escaped(text, at)
    value += part
    at += length
  }
  return value
}
