import {
  canonicalQuery,
  emptyPayloadHash,
  normalizePath,
  payloadHash,
  percentDecode,
  percentEncode,
  type ReadAuthorization,
  type SignableRequest,
  signingKey,
  unsignedPayload,
} from '../../signature/index.ts'
import { readAsUtf8 } from './header-text.ts'
import { headersBy, type Piece, piecesOf, type RequestParts } from './request-parts.ts'

/** One thing that a signer does otherwise than it should, or that was changed after it signed. */
export interface Mistake {
  /** Two mistakes of one aspect are not tried together. */
  readonly aspect: 'method' | 'path' | 'query' | 'headers' | 'payload' | 'frame' | 'date' | 'scope'
  /** `The request was …` */
  readonly says: string
  /** So frequent that it is also tried together with others. */
  readonly often: boolean
  readonly change: Partial<RequestParts>
}

export interface SignedRequestSeen {
  readonly request: SignableRequest
  readonly authorization: ReadAuthorization
  readonly parts: RequestParts
  readonly secret: string
}

/**
 * The mistakes that may be behind a signature, the likely ones first. What would change nothing is left out.
 * Source: AWS General Reference, "Troubleshoot Signature Version 4 signing"; `causes.md` C67, C81, C83; and what HTTP libraries and
 * proxies do to a request.
 */
export function* mistakesOf(seen: SignedRequestSeen): Generator<Mistake> {
  for (const kind of [payloads, methods, hosts, queries, headerValues, paths, frames, scopes, dates]) {
    for (const mistake of kind(seen)) if (isOther(mistake, seen.parts)) yield mistake
  }
}

function isOther({ change }: Mistake, parts: RequestParts): boolean {
  return Object.entries(change).some(([member, value]) => {
    const before = parts[member as keyof RequestParts]
    if (typeof value === 'function') return true
    if (value instanceof Map) return JSON.stringify([...value]) !== JSON.stringify([...(before as typeof value)])
    return JSON.stringify(value) !== JSON.stringify(before)
  })
}

/** A larger body is not hashed again in other forms. */
const longestBody = 65_536

function* payloads({ request, parts }: SignedRequestSeen): Generator<Mistake> {
  const option = (says: string, payload: string): Mistake => ({
    aspect: 'payload',
    says,
    often: true,
    change: { payload },
  })
  yield option('signed with the hash of an empty body', emptyPayloadHash)
  yield option('signed with UNSIGNED-PAYLOAD in place of the hash of the body', unsignedPayload)
  const said = parts.headers.get('x-amz-content-sha256')
  if (said !== undefined) yield option('signed with the payload hash that x-amz-content-sha256 says', said)
  const inQuery = parts.query.find(([name]) => /^x-amz-content-sha256$/i.test(name))?.[1]
  if (inQuery) yield option('signed with the payload hash that X-Amz-Content-Sha256 says', inQuery)
  if (request.body.length > longestBody) return
  const body = typeof request.body === 'string' ? request.body : Buffer.from(request.body).toString('latin1')
  const hashed = (text: string): string =>
    payloadHash(Buffer.from(text, typeof request.body === 'string' ? 'utf8' : 'latin1'))
  const other = (says: string, text: string): Mistake => ({ ...option(says, hashed(text)), often: false })
  yield option('signed with the hash of the body itself', hashed(body))
  yield other('signed with a body that ends with a line feed', `${body}\n`)
  yield other('signed with a body without the line break at its end', body.replace(/\r?\n$/, ''))
  yield other('signed with a body whose line ends are line feeds', body.replaceAll('\r\n', '\n'))
  yield other('signed with a body whose line ends are carriage returns and line feeds', body.replace(/\r?\n/g, '\r\n'))
  yield other('signed with a body in which blanks are %20', body.replaceAll('+', '%20'))
  yield other('signed with a body in which blanks are plus signs', body.replaceAll('%20', '+'))
  for (const order of ordersOf(body.split('&')))
    yield other('signed with a body whose parameters were in another order', order.join('&'))
  yield other('signed with a body that was not percent-encoded yet', percentDecode(body))
  yield other('signed with the parameters of the query as the body', request.query)
  yield { ...option('signed with the hash of the body in capital letters', parts.payload.toUpperCase()), often: false }
  yield {
    ...option('signed with the body in place of its hash', body.length > 4_096 ? parts.payload : body),
    often: false,
  }
  yield { ...option('signed without a payload line', ''), often: false }
}

/** Sorted, the other way round, and each parameter first. */
function* ordersOf(parameters: readonly string[]): Generator<readonly string[]> {
  yield parameters.toSorted()
  yield parameters.toReversed()
  for (const [place, parameter] of parameters.slice(1, 8).entries()) {
    yield [parameter, ...parameters.toSpliced(place + 1, 1)]
  }
}

function* methods({ request }: SignedRequestSeen): Generator<Mistake> {
  for (const method of ['GET', 'POST', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', request.method.toLowerCase()])
    yield {
      aspect: 'method',
      says: `signed for ${method} and sent as ${request.method}`,
      often: method === 'GET' || method === 'POST',
      change: { method },
    }
}

/** Proxies, tunnels and port mappings change the Host; signers leave its port out or put it in. */
function* hosts({ parts, authorization }: SignedRequestSeen): Generator<Mistake> {
  const host = parts.headers.get('host')
  if (host === undefined || !parts.names.includes('host')) return
  const bare = host.replace(/:\d+$/, '')
  const region = authorization.scope?.region ?? ''
  const service = authorization.scope?.service ?? ''
  const port = /:(\d+)$/.exec(host)?.[0] ?? ''
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
  const others: readonly (readonly [says: string, host: string])[] = [
    ['without its port', bare],
    ['with the port 443', `${bare}:443`],
    ['with the port 80', `${bare}:80`],
    ['in small letters', host.toLowerCase()],
    [`for ${service}.${suffix}`, `${service}.${suffix}`],
    [`for ${service}.${region}.${suffix}`, `${service}.${region}.${suffix}`],
    ...['localhost', '127.0.0.1', '[::1]', 'host.docker.internal'].flatMap((name) => [
      [`for ${name}`, name] as const,
      [`for ${name}${port}`, `${name}${port}`] as const,
    ]),
    ['without a value', ''],
  ]
  for (const [says, other] of others)
    yield {
      aspect: 'headers',
      says: `signed with a Host ${says}, and sent with ${shown(host)}`,
      often: true,
      change: { headers: new Map(parts.headers).set('host', other) },
    }
}

const mostParameters = 20

function* queries({ request, authorization, parts }: SignedRequestSeen): Generator<Mistake> {
  const option = (says: string, query: readonly Piece[], often = false): Mistake => ({
    aspect: 'query',
    says,
    often,
    change: { query },
  })
  const isSignature = ([name]: Piece): boolean => authorization.form === 'query' && name === 'X-Amz-Signature'
  const sent = piecesOf(request.query).filter((piece) => !isSignature(piece) && piece[0] !== '')
  const each = (pieces: readonly Piece[], write: (text: string) => string): readonly Piece[] =>
    pieces.map(([name, value]) => [write(name), value === null ? null : write(value)])
  yield option('signed without its query', [], true)
  if (parts.query.length === 0) return
  const literal = canonicalQuery(request.query.replaceAll('+', '%2B'), ['X-Amz-Signature'])
  yield option('signed with its plus signs as plus signs (%2B), and not as blanks', piecesOf(literal), true)
  yield option(
    'signed with plus signs in the query where blanks are %20',
    each(parts.query, (text) => text.replaceAll('%20', '+')),
    true,
  )
  yield option('signed with its query as it was sent, neither sorted nor encoded anew', sent, true)
  yield option('signed with its query not sorted', piecesInOrder(sent), true)
  yield option('signed with its query not percent-encoded', each(parts.query, percentDecode))
  yield option('signed with its query percent-encoded twice', each(parts.query, percentEncode), true)
  yield option(
    'signed with small letters in the percent-encoding of its query',
    each(parts.query, (text) => text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())),
  )
  yield option(
    'signed without the = of parameters that have no value',
    parts.query.map(([name, value]) => [name, value === '' ? null : value]),
  )
  yield option(
    'signed with slashes in the query not percent-encoded',
    each(parts.query, (text) => text.replaceAll('%2F', '/')),
  )
  yield option(
    'signed with colons and slashes in the query not percent-encoded',
    each(parts.query, (text) => text.replaceAll('%2F', '/').replaceAll('%3A', ':')),
  )
  yield option(
    "signed with its query encoded as JavaScript does it (! ' ( ) * left as they are)",
    each(parts.query, (text) => text.replace(/%(?:21|27|28|29|2A)/g, percentDecode)),
  )
  yield option(
    'signed with ~ in its query percent-encoded',
    each(parts.query, (text) => text.replaceAll('~', '%7E')),
  )
  yield option(
    'signed with its query sorted whatever its case',
    parts.query.toSorted(([a], [b]) =>
      a.toLowerCase() < b.toLowerCase() ? -1 : a.toLowerCase() > b.toLowerCase() ? 1 : 0,
    ),
  )
  for (const [place, [name]] of parts.query.slice(0, mostParameters).entries()) {
    if (authorization.form === 'query' && name.startsWith('X-Amz-')) continue
    yield option(`signed without the parameter ${shown(name)}`, parts.query.toSpliced(place, 1), true)
  }
}

function piecesInOrder(sent: readonly Piece[]): readonly Piece[] {
  return sent.flatMap(([name, value]) => piecesOf(canonicalQuery(value === null ? name : `${name}=${value}`)))
}

const mostHeaders = 20

function* headerValues({ request, parts }: SignedRequestSeen): Generator<Mistake> {
  const option = (says: string, change: Partial<RequestParts>, often = false): Mistake => ({
    aspect: 'headers',
    says,
    often,
    change,
  })
  const of = (name: string, value: string) => ({ headers: new Map(parts.headers).set(name, value) })
  const trimmed = headersBy(request, (value) => value.trim())
  yield option('signed with rows of blanks in header values left as they are', { headers: trimmed })
  yield option('signed with header values that were not trimmed', { headers: headersBy(request, (value) => value) })
  const utf8 = readAsUtf8(request.headers)
  if (utf8 !== null)
    yield option('signed with header values in UTF-8', {
      headers: headersBy({ headers: utf8 }, (value) => value.trim()),
    })
  const type = parts.headers.get('content-type')
  if (type !== undefined && parts.names.includes('content-type')) {
    const bare = type.replace(/\s*;.*$/s, '')
    yield option('signed with a Content-Type without its charset', of('content-type', bare), true)
    for (const charset of ['; charset=utf-8', '; charset=UTF-8', ';charset=utf-8', ';charset=UTF-8'])
      yield option(`signed with the Content-Type ${shown(bare + charset)}`, of('content-type', bare + charset), true)
  }
  for (const [name, value] of [...parts.headers].slice(0, 2 * mostHeaders)) {
    if (name === 'host' || !parts.names.includes(name)) continue
    yield option(`signed with an empty header ${shown(name)}, or without it`, of(name, ''), true)
    yield option(`signed with the header ${shown(name)} in small letters`, of(name, value.toLowerCase()))
  }
  // A header that was signed and did not arrive counts as empty in what was computed.
  for (const name of parts.names.slice(0, mostHeaders)) {
    if (parts.headers.has(name)) continue
    for (const value of usualValues[name] ?? [])
      yield option(`signed with the header ${shown(name)}, which did not arrive`, of(name, value))
  }
  const sent = [...parts.headers.keys()]
  yield option('signed with its headers in the order in which they were sent', {
    names: sent.filter((name) => parts.names.includes(name)),
  })
  const written = new Map(request.headers.map(([name]) => [name.toLowerCase(), name]))
  const asWritten = parts.names.map((name) => written.get(name) ?? name)
  yield option('signed with the names of its headers not in small letters', {
    names: asWritten,
    headers: new Map([...parts.headers].map(([name, value]) => [written.get(name) ?? name, value])),
  })
  for (const [place, name] of parts.names.slice(0, mostHeaders).entries())
    yield option(`signed without the header ${shown(name)} in its lines`, { names: parts.names.toSpliced(place, 1) })
}

/** What SDKs send in headers that proxies like to take away. */
const usualValues: Readonly<Record<string, readonly string[]>> = {
  'accept-encoding': ['identity', 'gzip', 'gzip, deflate', 'gzip, deflate, br'],
  accept: ['*/*', 'application/json'],
  connection: ['keep-alive', 'close', 'Keep-Alive'],
  'content-length': ['0'],
  expect: ['100-continue'],
  te: ['trailers'],
}

function* paths({ request, parts }: SignedRequestSeen): Generator<Mistake> {
  const { path } = request
  const option = (says: string, other: string): Mistake => ({
    aspect: 'path',
    says,
    often: true,
    change: { path: other },
  })
  yield option('signed with its path encoded once, as it was sent', path)
  yield option('signed with its path not percent-encoded', percentDecode(path.replaceAll('+', '%2B')))
  yield option('signed with its path encoded three times', percentEncodePath(parts.path))
  yield option('signed with its path not normalised', percentEncodePath(path))
  yield option('signed with its path encoded once, and normalised', normalizePath(path))
  yield option('signed for the path /', '/')
  yield option('signed with an empty path', '')
  yield option('signed with a slash at the end of its path', `${parts.path}/`)
  yield option('signed without the slash at the end of its path', parts.path.replace(/\/$/, ''))
  const target = option('signed with its query in its path', `${path}?${request.query}`)
  if (request.query !== '') yield { ...target, change: { ...target.change, query: [] } }
}

function* frames({ parts }: SignedRequestSeen): Generator<Mistake> {
  const option = (says: string, frame: RequestParts['frame']): Mistake => ({
    aspect: 'frame',
    says,
    often: true,
    change: { frame },
  })
  yield option('signed without the empty line after its headers', 'without-blank-line')
  yield option('signed with a line feed at the end of its canonical request', 'closing-line-feed')
  yield option('signed with carriage returns in its canonical request', 'carriage-returns')
  const doubled = { aspect: 'scope', often: false } as const
  yield { ...doubled, says: 'signed with blanks in its scope', change: { scope: ` ${parts.scope}` } }
}

/** The right scope is written and the key is made of another one, or the string to sign names another one too. */
function* scopes({ authorization, parts, secret }: SignedRequestSeen): Generator<Mistake> {
  const { scope } = authorization
  if (scope === null) return
  const day = (offset: number): string => {
    const [year, month, date] = [scope.date.slice(0, 4), scope.date.slice(4, 6), scope.date.slice(6, 8)].map(Number)
    const at = new Date(Date.UTC(year!, month! - 1, date! + offset))
    return Number.isNaN(at.getTime()) ? scope.date : at.toISOString().slice(0, 10).replaceAll('-', '')
  }
  const others: readonly (readonly [says: string, other: Partial<typeof scope>])[] = [
    ...['us-east-1', 'eu-west-1', 'aws-global', ''].map(
      (region) => [`the Region ${region || '(none)'}`, { region }] as const,
    ),
    ...['sts', 'iam', 's3', 'execute-api', 'ec2', ''].map(
      (service) => [`the service ${service || '(none)'}`, { service }] as const,
    ),
    [`the day ${day(-1)}`, { date: day(-1) }],
    [`the day ${day(1)}`, { date: day(1) }],
    ['the date with its time', { date: parts.date }],
    ['capital letters in its Region', { region: scope.region.toUpperCase() }],
  ]
  for (const [says, change] of others) {
    const other = { ...scope, ...change }
    if (other.date === scope.date && other.region === scope.region && other.service === scope.service) continue
    const key = () => signingKey(secret, other.date, other.region, other.service)
    const text = `${other.date}/${other.region}/${other.service}/${scope.terminator}`
    const sent = parts.scope
    yield { aspect: 'scope', often: false, says: `signed with a key for ${says}, and names ${sent}`, change: { key } }
    yield { aspect: 'scope', often: false, says: `signed for ${says}, and names ${sent}`, change: { key, scope: text } }
    yield { aspect: 'scope', often: false, says: `signed with ${says} in its string to sign`, change: { scope: text } }
  }
}

function* dates({ request, authorization, parts }: SignedRequestSeen): Generator<Mistake> {
  const option = (says: string, date: string): Mistake => ({ aspect: 'date', says, often: true, change: { date } })
  yield option('signed with its date as the header says it', authorization.date.text)
  const header = headersBy(request, (value) => value.trim()).get('date')
  if (header !== undefined) yield option('signed with the Date header in its string to sign', header)
  yield option('signed with the day alone in its string to sign', parts.date.slice(0, 8))
  const digits = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(parts.date)?.slice(1)
  if (digits === undefined) return
  const [year, month, day, hour, minute, second] = digits.map(Number)
  const at = new Date(Date.UTC(year!, month! - 1, day, hour, minute, second))
  for (const [says, offset] of [
    ['a second before', -1_000],
    ['a second after', 1_000],
  ] as const) {
    const other = new Date(at.getTime() + offset).toISOString().replace(/[-:]|\.\d{3}/g, '')
    yield option(`signed with the time ${says} the one that it says`, other)
  }
}

function percentEncodePath(path: string): string {
  return percentEncode(path).replaceAll('%2F', '/')
}

/** Whoever signs chooses the names: as much as a sentence bears. */
function shown(name: string): string {
  return name.length <= 64 ? name : `${name.slice(0, 63)}…`
}
