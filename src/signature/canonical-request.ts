import { percentEncodePath, recode } from './encoding.ts'
import type { SignableRequest } from './request.ts'
import type { SigningRules } from './rules.ts'

/**
 * The path line of the canonical request.
 * Source: AWS General Reference, "Create a canonical request"; S3 API Reference, "Canonical URI".
 */
export function canonicalPath(path: string, rules: SigningRules): string {
  const walked = rules.normalizePath ? normalizePath(path) : path
  if (rules.doubleEncodePath) return percentEncodePath(walked) || '/'
  return walked.split('/').map(recode).join('/') || '/'
}

/** Removes empty and `.` segments and lets `..` take back the one before it; a closing slash stays. */
export function normalizePath(path: string): string {
  if (!/\/\/|\/\./.test(path)) return path
  const segments: string[] = []
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue
    if (segment === '..') segments.pop()
    else segments.push(segment)
  }
  const closing = segments.length > 0 && path.endsWith('/') ? '/' : ''
  return `/${segments.join('/')}${closing}`
}

/**
 * The query line: every name and value at one layer of encoding, sorted by encoded name, then by encoded value; a name
 * without a value gets its `=`. Parameters whose decoded name is in `without` are left out.
 */
export function canonicalQuery(query: string, without: readonly string[] = []): string {
  if (query === '') return ''
  const pairs: [name: string, value: string][] = []
  for (const piece of query.split('&')) {
    if (piece === '') continue
    const equals = piece.indexOf('=')
    const name = recode(equals < 0 ? piece : piece.slice(0, equals))
    if (without.includes(name)) continue
    pairs.push([name, equals < 0 ? '' : recode(piece.slice(equals + 1))])
  }
  // By the pair and not by the joined text: `a-=` sorts before `a=` there.
  pairs.sort(([name, value], [otherName, otherValue]) =>
    name < otherName ? -1 : name > otherName ? 1 : value < otherValue ? -1 : value > otherValue ? 1 : 0,
  )
  return pairs.map(([name, value]) => `${name}=${value}`).join('&')
}

/** Header values by lower-case name, repeated headers joined by `,` in wire order, blanks trimmed and collapsed. */
export function headerValues(headers: SignableRequest['headers']): Map<string, string> {
  const values = new Map<string, string>()
  for (const [name, value] of headers) {
    const key = name.toLowerCase()
    const trimmed = collapseBlanks(value)
    const before = values.get(key)
    values.set(key, before === undefined ? trimmed : `${before},${trimmed}`)
  }
  // HTTP/2 says `:authority` where HTTP/1.1 says `Host`; signers only know the latter.
  const authority = values.get(':authority')
  if (authority !== undefined && !values.has('host')) values.set('host', authority)
  return values
}

/** The canonical request itself. `signedHeaders` is the list as it stands in the request; absent headers count as empty. */
export function canonicalRequest(parts: {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly headers: ReadonlyMap<string, string>
  readonly signedHeaders: readonly string[]
  readonly payload: string
}): string {
  let lines = ''
  for (const name of sorted(parts.signedHeaders)) lines += `${name}:${parts.headers.get(name) ?? ''}\n`
  return `${parts.method}\n${parts.path}\n${parts.query}\n${lines}\n${sorted(parts.signedHeaders).join(';')}\n${parts.payload}`
}

const blanksToCollapse = /^[ \t\r\n]|[ \t\r\n]$|[\t\r\n]| {2}/

/** Whether a header's value stands in the canonical request as it is. */
export function isPlainValue(value: string): boolean {
  return !blanksToCollapse.test(value)
}

/** Only the blanks that HTTP knows: a no-break space is a character of the value. */
function collapseBlanks(value: string): string {
  if (isPlainValue(value)) return value
  return value.replace(/[ \t\r\n]+/g, ' ').replace(/^ | $/g, '')
}

function sorted(names: readonly string[]): readonly string[] {
  for (let index = 1; index < names.length; index++) {
    if ((names[index - 1] as string) > (names[index] as string)) return [...names].sort()
  }
  return names
}
