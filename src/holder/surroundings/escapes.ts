/** The letters that stand for control characters behind a backslash, or its like, wherever C has been an example. */
export const controlEscapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

/** The character of a number in an escape, e.g. `1b` to the radix 16; nothing beyond Unicode. */
export function numberedCharacter(digits: string, radix: 8 | 16): string {
  const code = Number.parseInt(digits, radix)
  return code <= 0x10ffff ? String.fromCodePoint(code) : ''
}
