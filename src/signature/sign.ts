import { CountersignError } from '../errors.ts'
import { asymmetricAlgorithm, asymmetricSigningKey } from './asymmetric-key.ts'
import { canonicalPath, canonicalQuery, canonicalRequest, headerValues } from './canonical-request.ts'
import { ChunkWriter, hasTrailer, type Trailers } from './chunks.ts'
import { formatBasicInstant } from './dates.ts'
import { percentEncode, recode } from './encoding.ts'
import { isStreamingMode, payloadHash, type StreamingMode, unsignedPayload } from './payload.ts'
import type { SignableRequest, SigningCredentials } from './request.ts'
import { rulesOf, type SigningRules } from './rules.ts'
import { signingKey } from './signing-key.ts'

export const symmetricAlgorithm = 'AWS4-HMAC-SHA256'

export interface SignOptions {
  readonly credentials: SigningCredentials
  readonly region: string
  /** The AWS service's signing name, e.g. `sts`. */
  readonly service: string
  readonly at: Date
  /** Default: those of the service. */
  readonly rules?: SigningRules
  /** What stands for the payload: its hash (default, `'body'`), or one of the words that S3 knows. */
  readonly payload?: 'body' | typeof unsignedPayload | StreamingMode
  /** Whether the session token is part of what is signed (default), or added to the signed request. */
  readonly sessionTokenPlacement?: 'signed' | 'after-signing'
  /** Default `AWS4-HMAC-SHA256`. */
  readonly algorithm?: typeof symmetricAlgorithm | typeof asymmetricAlgorithm
  /** SigV4A only: the regions for which the signature holds, `*` allowed. Default: the region. */
  readonly regionSet?: readonly string[]
  /** Headers to leave unsigned, besides those that proxies and HTTP stacks change. Lower case. */
  readonly unsignedHeaders?: readonly string[]
}

export interface PresignOptions extends SignOptions {
  /** How long the URL is good, in seconds, 1 to 604800 (a week). */
  readonly expiresIn: number
}

export interface SignedRequest {
  readonly request: SignableRequest
  readonly canonicalRequest: string
  readonly stringToSign: string
  readonly signature: string
  readonly credentialScope: string
}

/** What HTTP stacks and proxies add, drop or change on the way; the SDKs leave the same ones out. */
const changedOnTheWay = new Set([
  'authorization',
  'cache-control',
  'connection',
  'expect',
  'from',
  'keep-alive',
  'max-forwards',
  'pragma',
  'referer',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
  'x-amzn-trace-id',
])
const madeBySigning = new Set(['authorization', 'x-amz-date', 'x-amz-security-token', 'x-amz-region-set'])
const longestExpiry = 604_800

/**
 * Signs a request in its headers: adds `X-Amz-Date`, the session token, what the rules ask for, and `Authorization`. Headers
 * of these names that the request already has are replaced.
 * Source: AWS General Reference, "Create a signed AWS API request".
 * @throws CountersignError `usage` without a `Host` header, and for values that no header line can carry
 */
export function sign(request: SignableRequest, options: SignOptions): SignedRequest {
  refuseUnsendable(options)
  const { credentials } = options
  const rules = options.rules ?? rulesOf(options.service)
  const payload = payloadLine(request, options.payload ?? 'body')
  const token: [string, string][] =
    credentials.sessionToken === undefined ? [] : [['X-Amz-Security-Token', credentials.sessionToken]]
  const tokenIsSigned = options.sessionTokenPlacement !== 'after-signing'
  const replacesHash = rules.signPayload || payload.isWord

  const headers: [string, string][] = []
  for (const [name, value] of request.headers) {
    const lower = name.toLowerCase()
    if (madeBySigning.has(lower) || (replacesHash && lower === 'x-amz-content-sha256')) continue
    headers.push([name, value])
  }
  headers.push(['X-Amz-Date', formatBasicInstant(options.at)])
  if (options.algorithm === asymmetricAlgorithm) headers.push(['X-Amz-Region-Set', regionSetOf(options).join(',')])
  if (tokenIsSigned) headers.push(...token)
  if (replacesHash) headers.push(['x-amz-content-sha256', payload.line])

  const values = headerValues(headers)
  const signedHeaders = signedHeadersOf(values, options)
  const result = signCanonical(
    canonicalRequest({
      method: request.method,
      path: canonicalPath(request.path, rules),
      query: canonicalQuery(request.query),
      headers: values,
      signedHeaders,
      payload: payload.line,
    }),
    options,
  )
  const authorization = `${algorithmOf(options)} Credential=${credentials.accessKeyId}/${result.credentialScope}, SignedHeaders=${signedHeaders.join(';')}, Signature=${result.signature}`
  if (!tokenIsSigned) headers.push(...token)
  headers.push(['Authorization', authorization])
  return { request: { ...request, headers }, ...result }
}

/**
 * Signs a request in its query, so that whoever has the URL may send it until it expires. Headers of the request are signed
 * too and must be sent with it.
 * Source: AWS General Reference, "Add the signature to the request", query string; S3 API Reference, "Using query parameters".
 * @throws CountersignError `usage` as `sign`, and when `expiresIn` is out of range
 */
export function presign(request: SignableRequest, options: PresignOptions): SignedRequest {
  refuseUnsendable(options)
  const { credentials, expiresIn } = options
  if (!Number.isInteger(expiresIn) || expiresIn < 1 || expiresIn > longestExpiry) {
    throw new CountersignError('usage', `A presigned request lasts 1 to ${longestExpiry} seconds`)
  }
  const rules = options.rules ?? rulesOf(options.service)
  const payload = payloadLine(request, options.payload ?? (rules.signPayload ? unsignedPayload : 'body'))
  const headers = request.headers.filter(([name]) => !madeBySigning.has(name.toLowerCase()))
  const values = headerValues(headers)
  const signedHeaders = signedHeadersOf(values, options)
  const tokenIsSigned = options.sessionTokenPlacement !== 'after-signing'
  const date = formatBasicInstant(options.at)

  const parameters: [string, string][] = [
    ['X-Amz-Algorithm', algorithmOf(options)],
    ['X-Amz-Credential', `${credentials.accessKeyId}/${scopeFor(options, date)}`],
    ['X-Amz-Date', date],
    ['X-Amz-SignedHeaders', signedHeaders.join(';')],
    ['X-Amz-Expires', String(expiresIn)],
  ]
  if (options.algorithm === asymmetricAlgorithm) parameters.push(['X-Amz-Region-Set', regionSetOf(options).join(',')])
  // S3 takes the hash from here when the payload is signed after all.
  if (rules.signPayload && payload.line !== unsignedPayload) parameters.push(['X-Amz-Content-Sha256', payload.line])
  const token: [string, string][] =
    credentials.sessionToken === undefined ? [] : [['X-Amz-Security-Token', credentials.sessionToken]]
  if (tokenIsSigned) parameters.push(...token)

  const replaced = new Set([...parameters, ...token].map(([name]) => name).concat('X-Amz-Signature'))
  const kept = request.query
    .split('&')
    .filter((piece) => piece !== '' && !replaced.has(recode(piece.split('=', 1)[0]!)))
  const unsigned = [...kept, ...parameters.map(queryPiece)].join('&')
  const result = signCanonical(
    canonicalRequest({
      method: request.method,
      path: canonicalPath(request.path, rules),
      query: canonicalQuery(unsigned),
      headers: values,
      signedHeaders,
      payload: payload.line,
    }),
    options,
  )
  const last = [...(tokenIsSigned ? [] : token), ['X-Amz-Signature', result.signature] as const]
  return { request: { ...request, headers, query: [unsigned, ...last.map(queryPiece)].join('&') }, ...result }
}

/**
 * Signs a request whose payload goes out in signed chunks, and encodes the payload so.
 * @param request its body is the plain payload; its `Content-Length` is replaced by that of the encoded one
 * @param options `payload` is the streaming mode; `chunkBytes` the size of each chunk but the last (default 64 KiB);
 *   `trailers` the header lines that close the payload in the trailer modes
 */
export function signStreaming(
  request: SignableRequest,
  options: SignOptions & {
    readonly payload: StreamingMode
    readonly chunkBytes?: number
    readonly trailers?: Trailers
  },
): SignedRequest {
  const { chunkBytes = 65_536, trailers = [], payload: mode } = options
  if (!Number.isInteger(chunkBytes) || chunkBytes < 1)
    throw new CountersignError('usage', 'A chunk has at least one byte')
  if (options.algorithm === asymmetricAlgorithm) {
    throw new CountersignError('usage', 'Chunks can be signed with AWS4-HMAC-SHA256 only')
  }
  const body = typeof request.body === 'string' ? Buffer.from(request.body) : request.body
  const encode = (seedSignature: string): Uint8Array => {
    const { at, credentials, region, service } = options
    const date = formatBasicInstant(at)
    const key = signingKey(credentials.secretAccessKey, date.slice(0, 8), region, service)
    const writer = new ChunkWriter({ mode, signingKey: key, date, scope: scopeFor(options, date), seedSignature })
    const pieces: Uint8Array[] = []
    for (let start = 0; start < body.length; start += chunkBytes) {
      pieces.push(writer.chunk(body.subarray(start, start + chunkBytes)))
    }
    return Buffer.concat([...pieces, writer.end(trailers)])
  }
  // Every signature has the same length, so a made-up seed tells how long the encoded payload will be.
  const length = encode('0'.repeat(64)).length
  const replaced = ['content-length', 'content-encoding', 'x-amz-decoded-content-length', 'x-amz-trailer']
  const encodings = request.headers
    .filter(([name]) => name.toLowerCase() === 'content-encoding')
    .map(([, value]) => value)
  const headers: (readonly [string, string])[] = [
    ...request.headers.filter(([name]) => !replaced.includes(name.toLowerCase())),
    ['Content-Encoding', ['aws-chunked', ...encodings].join(',')],
    ['Content-Length', String(length)],
    ['X-Amz-Decoded-Content-Length', String(body.length)],
  ]
  if (hasTrailer(mode)) headers.push(['X-Amz-Trailer', trailers.map(([name]) => name.toLowerCase()).join(',')])
  const signed = sign({ ...request, headers }, options)
  return { ...signed, request: { ...signed.request, body: encode(signed.signature) } }
}

function signCanonical(canonical: string, options: SignOptions): Omit<SignedRequest, 'request'> {
  const { credentials, region, service } = options
  const date = formatBasicInstant(options.at)
  const credentialScope = scopeFor(options, date)
  const stringToSign = stringToSignOf(algorithmOf(options), date, credentialScope, canonical)
  const signature =
    options.algorithm === asymmetricAlgorithm
      ? asymmetricSigningKey(credentials.accessKeyId, credentials.secretAccessKey).sign(stringToSign)
      : signingKey(credentials.secretAccessKey, date.slice(0, 8), region, service).sign(stringToSign)
  return { canonicalRequest: canonical, stringToSign, signature, credentialScope }
}

/** The four lines that are signed. Source: AWS General Reference, "Create a string to sign". */
export function stringToSignOf(algorithm: string, date: string, scope: string, canonical: string): string {
  return `${algorithm}\n${date}\n${scope}\n${payloadHash(canonical)}`
}

function algorithmOf(options: SignOptions): string {
  return options.algorithm ?? symmetricAlgorithm
}

function scopeFor({ algorithm, region, service }: SignOptions, date: string): string {
  const day = date.slice(0, 8)
  return algorithm === asymmetricAlgorithm
    ? `${day}/${service}/aws4_request`
    : `${day}/${region}/${service}/aws4_request`
}

function regionSetOf(options: SignOptions): readonly string[] {
  return options.regionSet ?? [options.region]
}

function payloadLine(
  request: SignableRequest,
  payload: NonNullable<SignOptions['payload']>,
): { readonly line: string; readonly isWord: boolean } {
  if (payload === unsignedPayload || isStreamingMode(payload)) return { line: payload, isWord: true }
  return { line: payloadHash(request.body), isWord: false }
}

function signedHeadersOf(values: ReadonlyMap<string, string>, options: SignOptions): readonly string[] {
  if (!values.has('host')) throw new CountersignError('usage', 'A request without a Host header cannot be signed')
  return [...values.keys()]
    .filter(
      (name) =>
        !changedOnTheWay.has(name) &&
        !name.startsWith('proxy-') &&
        !name.startsWith('sec-') &&
        !name.startsWith(':') &&
        !options.unsignedHeaders?.includes(name),
    )
    .sort()
}

function queryPiece([name, value]: readonly [string, string]): string {
  return `${percentEncode(name)}=${percentEncode(value)}`
}

/** A line break in one of these would write further header lines. The value itself is not repeated: it may be a secret. */
function refuseUnsendable({ at, credentials, region, service }: SignOptions): void {
  const year = at.getUTCFullYear()
  if (!(year >= 0 && year <= 9999))
    throw new CountersignError('usage', 'A request is signed at an instant of the years 0 to 9999')
  const values = {
    'access key id': credentials.accessKeyId,
    region,
    service,
    'session token': credentials.sessionToken,
  }
  for (const [what, value] of Object.entries(values)) {
    if (value !== undefined && /[\0\r\n]/.test(value)) {
      throw new CountersignError('usage', `The ${what} holds a line break or a null character and cannot be sent`)
    }
  }
}
