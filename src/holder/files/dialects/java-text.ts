/** What `String.trim()` of Java drops from the ends: control characters and the blank. */
export const javaBlanks: string = String.fromCharCode(...Array.from({ length: 0x21 }, (_, code) => code))

/** `String.trim()`. */
export function trimJava(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && text.charCodeAt(start) <= 0x20) start += 1
  while (end > start && text.charCodeAt(end - 1) <= 0x20) end -= 1
  return start === 0 && end === text.length ? text : text.slice(start, end)
}

/** `Char.isWhitespace()` of Kotlin: what Java calls whitespace or a space. */
function isKotlinWhitespace(code: number): boolean {
  if (code <= 0x20) return code === 0x20 || (code >= 9 && code <= 0x0d) || code >= 0x1c
  if (code < 0x1680) return code === 0xa0
  return (
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000
  )
}

/** `String.trim()` of Kotlin. */
export function trimKotlin(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isKotlinWhitespace(text.charCodeAt(start))) start += 1
  while (end > start && isKotlinWhitespace(text.charCodeAt(end - 1))) end -= 1
  return start === 0 && end === text.length ? text : text.slice(start, end)
}

/** `String.isBlank()` of Kotlin. */
export function isKotlinBlank(text: string): boolean {
  return trimKotlin(text) === ''
}

/** Whether any character is whitespace to Kotlin. */
export function hasKotlinWhitespace(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (isKotlinWhitespace(text.charCodeAt(at))) return true
  return false
}

/** Whether the first character is whitespace to Kotlin. */
export function startsWithKotlinWhitespace(text: string): boolean {
  return text !== '' && isKotlinWhitespace(text.charCodeAt(0))
}

/** Whether all is whitespace to Java's `Character.isWhitespace`: to it, blanks that do not break a line are none. */
export function isJavaBlank(text: string): boolean {
  return isKotlinBlank(text) && !/[\xa0\u2007\u202f]/.test(text)
}
