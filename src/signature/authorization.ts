import { asymmetricAlgorithm } from './asymmetric-key.ts'
import { formatBasicInstant, isBasicForm, parseBasicInstant, parseHttpDate } from './dates.ts'
import { percentDecode } from './encoding.ts'
import { isHeaderNamed } from './header-name.ts'
import type { SignableRequest } from './request.ts'

/** Longer texts are not read: no signer makes them, and each part of one is looked at several times. */
const longestHeader = 32_768
const longestQuery = 131_072
const mostSignedHeaders = 1_000

export interface ScopeOfRequest {
  readonly accessKeyId: string
  /** `YYYYMMDD`, as sent and not yet compared with the request's date. */
  readonly date: string
  /** Empty in SigV4A, which has no region in its scope. */
  readonly region: string
  readonly service: string
  readonly terminator: string
}

/** Authentication data that is complete in form. Nothing in it has been checked against a key, a clock or a scope. */
export interface ReadAuthorization {
  readonly kind: 'read'
  readonly form: 'header' | 'query'
  readonly algorithm: string
  readonly credential: string
  /** `null` unless the credential has five parts (four in SigV4A). */
  readonly scope: ScopeOfRequest | null
  /** The names as sent, in the order sent. */
  readonly signedHeaders: readonly string[]
  readonly signature: string
  /** The request's date as sent; `instant` is `null` when it is not of the form that AWS reads. */
  readonly date: { readonly text: string; readonly instant: Date | null }
  /** `X-Amz-Expires` in seconds; `null` in the header form, when absent, and when it is not a whole number. */
  readonly expires: number | null
  /** `''` when a token was sent but empty. */
  readonly sessionToken: string | null
  /** `X-Amz-Region-Set`; `null` when absent or, in the header form, not among the signed headers. */
  readonly regionSet: readonly string[] | null
}

export type Authorization =
  /** Neither an `Authorization` header nor authentication in the query. */
  | { readonly kind: 'none' }
  /** An `Authorization` header and `X-Amz-Algorithm` in the query. */
  | { readonly kind: 'both' }
  /** A part after the algorithm has no `=`. `header` may hold anything, also a secret: never log it. */
  | { readonly kind: 'not-key-value'; readonly fragment: string; readonly header: string }
  | { readonly kind: 'parts-missing'; readonly missing: readonly HeaderPart[]; readonly header: string }
  | { readonly kind: 'query-parts-missing'; readonly missing: readonly string[] }
  | ReadAuthorization

export type HeaderPart = 'Credential' | 'Signature' | 'SignedHeaders' | 'Date'

/**
 * Reads what a request says about its own authentication, in the order in which AWS looks: present at all, not twice,
 * key=value pairs, all parts. What comes after (clock, scope, key, signature) needs knowledge that is not in the request.
 * Source: replies of live services as recorded in dynalite's `index.js` and in public threads.
 */
export function readAuthorization(request: SignableRequest): Authorization {
  const sent = headersOfInterest(request.headers)
  const query = authenticationInQuery(request.query)
  if (sent.authorization === undefined) return query === null ? { kind: 'none' } : fromQuery(query, sent)
  if (query?.has('X-Amz-Algorithm')) return { kind: 'both' }
  return fromHeader(sent.authorization, sent)
}

interface HeadersOfInterest {
  authorization?: string
  amzDate?: string
  date?: string
  token?: string
  regionSet?: string
}

function headersOfInterest(headers: SignableRequest['headers']): HeadersOfInterest {
  const sent: HeadersOfInterest = {}
  for (const [name, value] of headers) {
    switch (name.length) {
      case 4:
        if (isHeaderNamed(name, 'date')) sent.date ??= value.trim()
        break
      case 10:
        if (isHeaderNamed(name, 'x-amz-date')) sent.amzDate ??= value.trim()
        break
      case 13:
        if (isHeaderNamed(name, 'authorization')) {
          // Two lines of one name are one list (RFC 9110 §5.3); the second algorithm is then a part without `=`.
          sent.authorization =
            sent.authorization === undefined ? value.trim() : `${sent.authorization}, ${value.trim()}`
        }
        break
      case 16:
        if (isHeaderNamed(name, 'x-amz-region-set')) sent.regionSet ??= value.trim()
        break
      case 20:
        if (isHeaderNamed(name, 'x-amz-security-token')) sent.token ??= value.trim()
        break
    }
  }
  return sent
}

function fromHeader(header: string, sent: HeadersOfInterest): Authorization {
  const known = recall(header, sent)
  if (known !== null) return known
  if (header.length > longestHeader) return { kind: 'not-key-value', fragment: '', header: header.slice(0, 256) }
  const blank = header.search(/[\s,]/)
  const algorithm = blank < 0 ? header : header.slice(0, blank)
  let credential: string | undefined
  let signature: string | undefined
  let names: string | undefined
  for (const fragment of blank < 0 ? [] : header.slice(blank).split(/[\s,]+/)) {
    if (fragment === '') continue
    const equals = fragment.indexOf('=')
    if (equals < 0) return { kind: 'not-key-value', fragment, header }
    const name = fragment.slice(0, equals)
    const value = fragment.slice(equals + 1)
    if (name === 'Credential') credential = value
    else if (name === 'Signature') signature = value
    else if (name === 'SignedHeaders') names = value
  }
  // An empty list passes here: what it lacks is `host`, and that is said later.
  const signedHeaders = namesOf(names)
  const date = dateOf(sent)
  if (!credential || !signature || signedHeaders === null || date === null) {
    const missing: HeaderPart[] = []
    if (!credential) missing.push('Credential')
    if (!signature) missing.push('Signature')
    if (signedHeaders === null) missing.push('SignedHeaders')
    if (date === null) missing.push('Date')
    return { kind: 'parts-missing', missing, header }
  }
  const start: HeaderStart = { algorithm, credential, scope: scopeOf(credential, algorithm), signedHeaders }
  remember(header, signature, start)
  return complete(start, signature, date, sent)
}

/** What an `Authorization` header says before its signature: the same in all requests of one caller on one day. */
interface HeaderStart {
  readonly algorithm: string
  readonly credential: string
  readonly scope: ScopeOfRequest | null
  readonly signedHeaders: readonly string[]
}

function complete(
  { algorithm, credential, scope, signedHeaders }: HeaderStart,
  signature: string,
  date: ReadAuthorization['date'],
  sent: HeadersOfInterest,
): ReadAuthorization {
  const regionSet = sent.regionSet !== undefined && signedHeaders.includes('x-amz-region-set') ? sent.regionSet : null
  return {
    kind: 'read',
    form: 'header',
    algorithm,
    credential,
    scope,
    signedHeaders,
    signature,
    date,
    expires: null,
    sessionToken: sent.token ?? null,
    regionSet: regionSet === null ? null : listOf(regionSet),
  }
}

/** The starts of headers that were read before, by their text up to and with `Signature=`. They hold no secret. */
const starts = new Map<string, HeaderStart>()
const mostStarts = 1_024
const longestStart = 1_024
const signatureLength = 64

/** Only where the signature stands last, so that nothing after the start can change what it says. */
function remember(header: string, signature: string, start: HeaderStart): void {
  const length = header.length - signatureLength
  if (length > longestStart || start.scope === null || signature.length !== signatureLength) return
  if (!/[\s,]Signature=$/.test(header.slice(0, length)) || !header.endsWith(signature)) return
  if (starts.size >= mostStarts) starts.clear()
  starts.set(header.slice(0, length), start)
}

function recall(header: string, sent: HeadersOfInterest): ReadAuthorization | null {
  const length = header.length - signatureLength
  if (length <= 0 || length > longestStart) return null
  const start = starts.get(header.slice(0, length))
  if (start === undefined || !isOneWord(header, length)) return null
  const date = dateOf(sent)
  return date === null ? null : complete(start, header.slice(length), date, sent)
}

/** Nothing from here on that could end the signature: no blank and no comma, and no character that might be a blank. */
function isOneWord(text: string, from: number): boolean {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code <= 0x20 || code === 0x2c || code > 0x7e) return false
  }
  return true
}

const requiredInQuery = ['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Signature', 'X-Amz-SignedHeaders', 'X-Amz-Date']

function fromQuery(query: ReadonlyMap<string, string>, sent: HeadersOfInterest): Authorization {
  const value = (name: string): string => query.get(name) ?? ''
  const signedHeaders = namesOf(query.get('X-Amz-SignedHeaders') || undefined)
  const missing = requiredInQuery.filter(
    (name) => value(name) === '' || (name === 'X-Amz-SignedHeaders' && signedHeaders === null),
  )
  if (missing.length > 0) return { kind: 'query-parts-missing', missing }
  const algorithm = value('X-Amz-Algorithm')
  const credential = value('X-Amz-Credential')
  const text = value('X-Amz-Date')
  const regionSet = query.get('X-Amz-Region-Set')
  const expires = value('X-Amz-Expires')
  return {
    kind: 'read',
    form: 'query',
    algorithm,
    credential,
    scope: scopeOf(credential, algorithm),
    signedHeaders: signedHeaders ?? [],
    signature: value('X-Amz-Signature'),
    date: { text, instant: parseBasicInstant(text) },
    expires: /^\d{1,10}$/.test(expires) ? Number(expires) : null,
    sessionToken: query.get('X-Amz-Security-Token') ?? sent.token ?? null,
    regionSet: regionSet === undefined ? null : listOf(regionSet),
  }
}

/** The `X-Amz-…` parameters, decoded, first of each name; `null` when none of them is about authentication. */
function authenticationInQuery(query: string): ReadonlyMap<string, string> | null {
  // Names may be percent-encoded, so only the shortest certain sign is looked for before the real reading.
  if (query.length < 10 || query.length > longestQuery || !/amz|%/i.test(query)) return null
  const parameters = new Map<string, string>()
  for (const piece of query.split('&')) {
    const equals = piece.indexOf('=')
    const name = percentDecode(equals < 0 ? piece : piece.slice(0, equals))
    if (!name.startsWith('X-Amz-') || parameters.has(name)) continue
    parameters.set(name, equals < 0 ? '' : percentDecode(piece.slice(equals + 1)))
  }
  const about = ['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Signature'].some((name) => parameters.has(name))
  return about ? parameters : null
}

/** `X-Amz-Date` in ISO basic format, else `Date` in that or in the form of HTTP. `null` when neither was sent. */
function dateOf(sent: HeadersOfInterest): ReadAuthorization['date'] | null {
  if (sent.amzDate) return basicDate(sent.amzDate)
  if (sent.date) return { text: sent.date, instant: parseBasicInstant(sent.date) ?? parseHttpDate(sent.date) }
  return null
}

/** Requests of one second say the same, and a date costs more to read than to look up. */
const recentDates = new Map<string, ReadAuthorization['date']>()
const mostDates = 256

function basicDate(text: string): ReadAuthorization['date'] {
  let date = recentDates.get(text)
  if (date === undefined) {
    date = { text, instant: parseBasicInstant(text) }
    if (date.instant === null) return date
    if (recentDates.size >= mostDates) recentDates.clear()
    recentDates.set(text, date)
  }
  return date
}

/** The date as it stands in the string to sign: always ISO basic, also when the request said it in HTTP's form. */
export function dateToSign(date: ReadAuthorization['date']): string {
  return date.instant === null || isBasicForm(date.text) ? date.text : formatBasicInstant(date.instant)
}

function scopeOf(credential: string, algorithm: string): ScopeOfRequest | null {
  const parts = credential.split('/')
  // AWS does not count empty elements at the end.
  while (parts.length > 1 && parts.at(-1) === '') parts.pop()
  if (algorithm === asymmetricAlgorithm) {
    const [accessKeyId = '', date = '', service = '', terminator = ''] = parts
    return parts.length === 4 ? { accessKeyId, date, region: '', service, terminator } : null
  }
  const [accessKeyId = '', date = '', region = '', service = '', terminator = ''] = parts
  return parts.length === 5 ? { accessKeyId, date, region, service, terminator } : null
}

function namesOf(list: string | undefined): readonly string[] | null {
  if (list === undefined) return null
  const names = list.split(';')
  const sent = names.includes('') ? names.filter((name) => name !== '') : names
  return sent.length > mostSignedHeaders ? null : sent
}

function listOf(text: string): readonly string[] {
  return text
    .split(',')
    .map((member) => member.trim())
    .filter((member) => member !== '')
}
