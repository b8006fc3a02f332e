/** What stands in the bodies of AWS's replies, XML or JSON, found by the names of members wherever they stand. */

/** The first value of a member, XML element or JSON string, unescaped; null when it is not there. */
export function memberOf(body: string, name: string): string | null {
  return membersOf(body, name)[0] ?? null
}

/** All values of a member in the order of the reply, at most 2,000. */
export function membersOf(body: string, name: string): readonly string[] {
  const xml = /^\s*</.test(body)
  const pattern = xml
    ? new RegExp(`<${name}>([^<]*)</${name}>`, 'g')
    : new RegExp(`"${name}"\\s*:\\s*("(?:[^"\\\\]|\\\\.)*"|\\d+)`, 'g')
  const found: string[] = []
  for (const match of body.matchAll(pattern)) {
    found.push(xml ? unescapeXml(match[1]!) : unquote(match[1]!))
    if (found.length >= 2000) break
  }
  return found
}

function unquote(text: string): string {
  try {
    return String(JSON.parse(text))
  } catch {
    return text
  }
}

const xmlEntities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

/** Replaces the XML entities and numeric references; unknown ones stay. */
export function unescapeXml(text: string): string {
  return text.replace(/&(#x[0-9a-f]{1,6}|#\d{1,7}|[a-z]{2,4});/gi, (whole, name: string) => {
    if (!name.startsWith('#')) return xmlEntities[name.toLowerCase()] ?? whole
    const code = name[1] === 'x' || name[1] === 'X' ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}
