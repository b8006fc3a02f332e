/**
 * Whether a header's name, in any case, is this one; `lower` is in lower case. As `name.toLowerCase() === lower`, but without
 * a new text for each of the many names that a request brings along (RFC 9110 §5.1: names know no case).
 */
export function isHeaderNamed(name: string, lower: string): boolean {
  if (name.length !== lower.length) return false
  if (name === lower) return true
  for (let at = 0; at < lower.length; at++) {
    const code = name.charCodeAt(at)
    const wanted = lower.charCodeAt(at)
    if (code === wanted) continue
    // The language knows characters beyond ASCII whose lower case is within.
    if (code > 0x7f) return name.toLowerCase() === lower
    if (code < 0x41 || code > 0x5a || (code | 0x20) !== wanted) return false
  }
  return true
}
