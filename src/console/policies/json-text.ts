/** Where a text stops being JSON; offsets are UTF-16 code units from the start. */
export interface JsonTextFault {
  readonly from: number
  readonly to: number
  readonly says: string
}

const blanks = /[ \t\r\n]*/y
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const word = /[\w.+-]+/y
const closedString = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4}))*"/y
/** Deeper than any policy; what the authority takes is less. */
const deepest = 64

/**
 * The first fault of a text by RFC 8259, in words that say what to mend; null when it is JSON. Browsers say it each in their own way and
 * not all of them with a place. Names that stand twice are the authority's to find.
 */
export function jsonFaultOf(text: string): JsonTextFault | null {
  const walk = { text, at: 0 }
  skip(walk, blanks)
  if (walk.at === text.length) return { from: 0, to: 0, says: 'The document is empty.' }
  const fault = value(walk, 0)
  if (fault !== null) return fault
  skip(walk, blanks)
  return walk.at === text.length ? null : here(walk, 'Nothing may follow the end of the document.')
}

interface Walk {
  readonly text: string
  at: number
}

/** Goes past what the pattern matches at this place; false when it does not. */
function skip(walk: Walk, pattern: RegExp): boolean {
  pattern.lastIndex = walk.at
  const found = pattern.exec(walk.text)
  if (found === null) return false
  walk.at += found[0].length
  return true
}

/** Marks the word that stands here, or the one character. */
function here({ text, at }: Walk, says: string): JsonTextFault {
  word.lastIndex = at
  const length = word.exec(text)?.[0].length ?? 1
  return {
    from: at,
    to: Math.min(text.length, at + length),
    says: at >= text.length ? `${says} The text ends here.` : says,
  }
}

function value(walk: Walk, depth: number): JsonTextFault | null {
  skip(walk, blanks)
  if (depth > deepest) return here(walk, 'This is nested too deeply.')
  const next = walk.text[walk.at]
  if (next === '{') return several(walk, '}', (one) => member(one, depth), 'A name in double quotes')
  if (next === '[') return several(walk, ']', (one) => value(one, depth + 1), 'A value')
  if (next === '"') return string(walk)
  for (const literal of ['true', 'false', 'null']) {
    if (!walk.text.startsWith(literal, walk.at) || /\w/.test(walk.text[walk.at + literal.length] ?? '')) continue
    walk.at += literal.length
    return null
  }
  if (skip(walk, number)) return null
  if (next === "'") return here(walk, 'JSON wants double quotes (") around text.')
  return here(walk, 'A value is expected: text in double quotes, a list or an object.')
}

/** What stands between brackets, with commas between. */
function several(
  walk: Walk,
  close: string,
  one: (walk: Walk) => JsonTextFault | null,
  expected: string,
): JsonTextFault | null {
  walk.at += 1
  skip(walk, blanks)
  if (walk.text[walk.at] === close) {
    walk.at += 1
    return null
  }
  for (;;) {
    const fault = one(walk)
    if (fault !== null) return fault
    skip(walk, blanks)
    const next = walk.text[walk.at]
    if (next === close) {
      walk.at += 1
      return null
    }
    if (next !== ',') return here(walk, `A comma or "${close}" is expected.`)
    const comma = walk.at
    walk.at += 1
    skip(walk, blanks)
    if (walk.text[walk.at] === close)
      return { from: comma, to: comma + 1, says: `${expected} is expected after this comma; or take the comma away.` }
  }
}

function member(walk: Walk, depth: number): JsonTextFault | null {
  skip(walk, blanks)
  if (walk.text[walk.at] !== '"') return here(walk, 'A name in double quotes is expected.')
  const fault = string(walk)
  if (fault !== null) return fault
  skip(walk, blanks)
  if (walk.text[walk.at] !== ':') return here(walk, 'A colon is expected after the name.')
  walk.at += 1
  return value(walk, depth + 1)
}

function string(walk: Walk): JsonTextFault | null {
  if (skip(walk, closedString)) return null
  const rest = /^"(?:[^"\\\n\r]|\\[^\n\r])*/.exec(walk.text.slice(walk.at))?.[0] ?? '"'
  const closed = walk.text[walk.at + rest.length] === '"'
  return {
    from: walk.at,
    to: walk.at + rest.length + (closed ? 1 : 0),
    says: closed
      ? 'This text has a character or an escape (\\) that JSON does not allow.'
      : 'This text is not closed by a double quote on its line.',
  }
}

const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g

/**
 * The same JSON, every member on its line, indented by four as AWS's console does it. Goes by the text and not by the value, so that
 * nothing is lost that `JSON.parse` would fold together.
 */
export function formatJson(text: string): string {
  if (jsonFaultOf(text) !== null) return text
  let depth = 0
  let written = ''
  const line = () => `\n${'    '.repeat(depth)}`
  const all = text.match(tokens) ?? []
  for (const [place, token] of all.entries()) {
    const before = all[place - 1]
    if (token === '}' || token === ']') {
      depth -= 1
      written += before === '{' || before === '[' ? token : line() + token
    } else if (token === ',') written += token
    else if (token === ':') written += ': '
    else {
      if (before === '{' || before === '[' || before === ',') written += line()
      written += token
    }
    if (token === '{' || token === '[') depth += 1
  }
  return written
}

/** Line and column, both from 1. */
export function placeOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset).split(/\r\n|[\r\n]/)
  return { line: before.length, column: before.at(-1)!.length + 1 }
}

/** What stands all on one line, as programs write it, is shown line by line; what somebody has laid out stays as it is. */
export function readable(text: string): string {
  return /[\r\n]/.test(text.trim()) ? text : formatJson(text)
}

/** The offset in `shown`, which is `text` laid out otherwise, of what stands at `offset` in `text`. */
export function sameOffset(text: string, offset: number, shown: string): number {
  let before = text.slice(0, offset).replace(/\s/g, '').length
  for (let at = 0; at < shown.length; at += 1) {
    if (/\s/.test(shown[at]!)) continue
    if (before === 0) return at
    before -= 1
  }
  return shown.length
}

/** Offset of a line and a column, both from 1; at most the end of the line. */
export function offsetOf(text: string, line: number, column: number): number {
  const ends = /\r\n|[\r\n]/g
  let start = 0
  for (let number = 1; number < line; number += 1) {
    if (ends.exec(text) === null) return text.length
    start = ends.lastIndex
  }
  const length = /[^\r\n]*/.exec(text.slice(start))![0].length
  return start + Math.min(length, column - 1)
}
