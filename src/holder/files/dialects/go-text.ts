/** The pieces of Go's text rules that the answers of the SDKs for Go depend on. */

/** White space as `unicode.IsSpace` knows it (strings.TrimSpace). */
const space = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/

export function isGoSpace(character: string): boolean {
  const code = character.charCodeAt(0)
  if (code > 0x20 && code < 0x85) return false
  return space.test(character)
}

/** `strings.TrimSpace`. */
export function trimSpace(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isGoSpace(text[start]!)) start += 1
  while (end > start && isGoSpace(text[end - 1]!)) end -= 1
  return text.slice(start, end)
}

const integers: Readonly<Record<string, RegExp>> = {
  decimal: /^[+-]?\d+$/,
  /** Base 0: the prefix tells the base, and `_` may stand between digits and behind the prefix. */
  prefixed: /^[+-]?(?:0[xX](?:_?[0-9a-fA-F])+|0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0(?:_?[0-7])*|[1-9](?:_?\d)*)$/,
}

/** `strconv.ParseInt(text, 10, 64)`, or with base 0, which takes `0x1F` and `1_000` too. Null where that is an error. */
export function parseInt64(text: string, form: 'decimal' | 'prefixed'): bigint | null {
  if (!integers[form]!.test(text)) return null
  const isNegative = text[0] === '-'
  const digits = text.replace(/^[+-]/, '').replaceAll('_', '')
  const value = BigInt(form === 'prefixed' && /^0\d/.test(digits) ? `0o${digits.slice(1)}` : digits)
  const signed = isNegative ? -value : value
  return signed === BigInt.asIntN(64, signed) ? signed : null
}

const quotes: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** `%q` of a text, as far as it is printable. */
export function quotedText(text: string): string {
  return `"${text.replace(/["\\\n\r\t]/g, (character) => quotes[character]!)}"`
}

const instant = /^(\d{4})-(\d{2})-(\d{2})T(\d{1,2}):(\d{2}):(\d{2})(?:[.,](\d+))?(?:Z|([+-])(\d{2}):(\d{2}))$/

/**
 * `time.Parse(time.RFC3339, text)`; null where that is an error. An hour of one digit and a comma before the fraction pass
 * (Go time/format.go `parse`); `strict` is for `time.Time.UnmarshalJSON`, which refuses both.
 */
export function parseRfc3339(text: string, strict = false): Date | null {
  const found = instant.exec(text)
  if (found === null || (strict && (found[4]!.length === 1 || text.includes(',')))) return null
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const zoneMinutes = Number(found[9] ?? 0) * 60 + Number(found[10] ?? 0)
  if (month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59) return null
  if (Number(found[9] ?? 0) > 24 || Number(found[10] ?? 0) > 59) return null
  const at = new Date(0)
  at.setUTCFullYear(year, month - 1, day)
  if (at.getUTCDate() !== day || at.getUTCMonth() !== month - 1) return null
  at.setUTCHours(hour, minute, second, Math.floor(Number(`0.${found[7] ?? 0}`) * 1000))
  return new Date(at.getTime() - (found[8] === '-' ? -1 : 1) * zoneMinutes * 60_000)
}
