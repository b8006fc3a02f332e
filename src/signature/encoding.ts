/*
 * Percent-encoding as AWS wants it: RFC 3986, upper-case hexadecimal digits, and nothing left bare but the unreserved
 * characters A-Z a-z 0-9 - . _ ~ . `encodeURIComponent` leaves five more.
 */

const bare = /^[A-Za-z0-9\-._~]*$/
const barePath = /^[A-Za-z0-9\-._~/]*$/
const leftByTheLanguage = /[!'()*]/g
const encodedOrOther = /%[0-9A-Fa-f]{2}|\+|%|[^A-Za-z0-9\-._~%+]+/g

/** Every byte of the text's UTF-8 form but the unreserved ones. A lone surrogate becomes U+FFFD, as in any UTF-8 encoder. */
export function percentEncode(text: string): string {
  if (bare.test(text)) return text
  return encodeURIComponent(text.toWellFormed()).replace(leftByTheLanguage, hexOf)
}

/** As `percentEncode`, with slashes left as they are. A `%` in the text is encoded too: that is the second layer. */
export function percentEncodePath(path: string): string {
  if (barePath.test(path)) return path
  return percentEncode(path).replaceAll('%2F', '/')
}

/**
 * Brings a text that may be encoded, half encoded or bare to exactly one layer of encoding, byte by byte, so that bytes that
 * are not UTF-8 survive. `+` is a blank, as every web server reads it. A `%` that begins no escape stands for itself.
 */
export function recode(text: string): string {
  if (bare.test(text)) return text
  return text.replace(encodedOrOther, (part) => {
    if (part === '+') return '%20'
    if (part === '%') return '%25'
    if (part.charCodeAt(0) !== 0x25) return percentEncode(part)
    const character = String.fromCharCode(Number.parseInt(part.slice(1), 16))
    return bare.test(character) ? character : part.toUpperCase()
  })
}

/** The text that a query parameter stands for: percent escapes and `+` resolved, bytes that are not UTF-8 as U+FFFD. */
export function percentDecode(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    const bytes: number[] = []
    const encoder = new TextEncoder()
    for (const part of spaced.match(/%[0-9A-Fa-f]{2}|%|[^%]+/g) ?? []) {
      if (part.length === 3 && part.charCodeAt(0) === 0x25) bytes.push(Number.parseInt(part.slice(1), 16))
      else for (const byte of encoder.encode(part)) bytes.push(byte)
    }
    return new TextDecoder().decode(Uint8Array.from(bytes))
  }
}

function hexOf(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}
