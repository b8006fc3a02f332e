/** The pieces of Python's text rules that botocore's answers depend on. All are Unicode-aware, as Python's `str` is. */

/** What `str.isspace`, `str.strip` and `\s` take for white space (CPython `unicodetype_db.h`, `_PyUnicode_IsWhitespace`). */
const space = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'
const isSpace = new RegExp(`[${space}]`)
const lineBreaks = /\r\n|[\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]/

/** `str.strip()`. */
export function strip(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isPythonSpace(text, start)) start += 1
  while (end > start && isPythonSpace(text, end - 1)) end -= 1
  return text.slice(start, end)
}

/** `str.rstrip()`. */
export function stripEnd(text: string): string {
  let end = text.length
  while (end > 0 && isPythonSpace(text, end - 1)) end -= 1
  return text.slice(0, end)
}

/** How many characters of white space a text begins with. */
export function indentOf(text: string): number {
  let start = 0
  while (start < text.length && isPythonSpace(text, start)) start += 1
  return start
}

function isPythonSpace(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  // Nearly every character is decided here; the expression is for the rest.
  if (code > 0x20 && code < 0x85) return false
  if (code === 0x20 || (code >= 0x09 && code <= 0x0d)) return true
  return isSpace.test(text[at]!)
}

/** `str.splitlines()`. */
export function splitLines(text: string): readonly string[] {
  const lines = text.split(lineBreaks)
  if (lines.at(-1) === '') lines.pop()
  return lines
}

/** `repr()` of a string. */
export function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  let out = ''
  for (const character of text) {
    const code = character.codePointAt(0)!
    if (character === quote || character === '\\') out += `\\${character}`
    else if (character === '\n') out += '\\n'
    else if (character === '\r') out += '\\r'
    else if (character === '\t') out += '\\t'
    else if (code < 0x20 || code === 0x7f) out += `\\x${code.toString(16).padStart(2, '0')}`
    else if (code >= 0x80 && /[\p{C}\p{Z}]/u.test(character)) out += escaped(code)
    else out += character
  }
  return `${quote}${out}${quote}`
}

function escaped(code: number): string {
  const hex = code.toString(16)
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}

/** `int(text)`; null where Python refuses the text. */
export function pythonInt(text: string): bigint | null {
  const digits = strip(text)
  return /^[+-]?\d+(_\d+)*$/.test(digits) ? BigInt(digits.replace(/[+_]/g, '')) : null
}

/** `repr()` of a list of strings. */
export function quotedList(texts: readonly string[]): string {
  return `[${texts.map(quoted).join(', ')}]`
}

export type Split =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'error'; readonly says: string }

/** `shlex.split(text)` in POSIX mode without comments (CPython Lib/shlex.py). */
export function shellSplit(text: string): Split {
  if (!/[\\'"]/.test(text)) return { kind: 'words', words: text.split(/[ \t\r\n]+/).filter((word) => word !== '') }
  const words: string[] = []
  let word: string | null = null
  let quote = ''
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]!
    if (quote !== '') {
      if (character === quote) quote = ''
      else if (character === '\\' && quote === '"') {
        at += 1
        if (at >= text.length) return { kind: 'error', says: 'No escaped character' }
        const next = text[at]!
        word += next === '"' || next === '\\' ? next : `\\${next}`
      } else word += character
    } else if (' \t\r\n'.includes(character)) {
      if (word !== null) words.push(word)
      word = null
    } else if (character === '\\') {
      at += 1
      if (at >= text.length) return { kind: 'error', says: 'No escaped character' }
      word = (word ?? '') + text[at]!
    } else if (character === '"' || character === "'") {
      quote = character
      word ??= ''
    } else {
      word = (word ?? '') + character
    }
  }
  if (quote !== '') return { kind: 'error', says: 'No closing quotation' }
  if (word !== null) words.push(word)
  return { kind: 'words', words }
}

/** The error of `open(path)` for a file that cannot be read. */
export function pythonOpenError(
  reading: { readonly kind: 'absent' } | { readonly kind: 'unreadable'; readonly because: string },
  path: string,
): string {
  if (reading.kind === 'absent') return `FileNotFoundError: [Errno 2] No such file or directory: ${quoted(path)}`
  if (reading.because === 'directory') return `IsADirectoryError: [Errno 21] Is a directory: ${quoted(path)}`
  return `PermissionError: [Errno 13] Permission denied: ${quoted(path)}`
}
