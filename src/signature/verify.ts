import { CountersignError } from '../errors.ts'
import { AsymmetricSigningKey, asymmetricAlgorithm, asymmetricSigningKey, regionSetCovers } from './asymmetric-key.ts'
import { dateToSign, type ReadAuthorization } from './authorization.ts'
import { canonicalPath, canonicalQuery, canonicalRequest, headerValues } from './canonical-request.ts'
import { type ChunkLimits, ChunkReader, sameText, type Trailers } from './chunks.ts'
import { isStreamingMode, payloadHash, type StreamingMode, unsignedPayload } from './payload.ts'
import type { SignableRequest } from './request.ts'
import { type SigningRules, standardRules } from './rules.ts'
import { stringToSignOf, symmetricAlgorithm } from './sign.ts'
import { SigningKey, signingKey } from './signing-key.ts'
import { verifyUsual } from './usual-form.ts'

export interface VerifyOptions {
  readonly request: SignableRequest
  /** What `readAuthorization` read from this very request. */
  readonly authorization: ReadAuthorization
  /** The key of the scope in the request (`signingKey`, or `asymmetricSigningKey` for SigV4A); or else `secret`. */
  readonly signingKey?: SigningKey | AsymmetricSigningKey
  readonly secret?: string
  /** Default: `standardRules`, in which the payload is always hashed. Never chosen by what the request says of itself. */
  readonly rules?: SigningRules
  /** SigV4A: the region that the region set must cover. */
  readonly region?: string | undefined
  /** Bounds of a chunked payload (S3 rules only). */
  readonly chunkLimits?: ChunkLimits
  /** SHA-256 of the request's body in hexadecimal digits, for callers who know it already; it is believed. */
  readonly bodyHash?: string | undefined
  /** `true` when the caller reads a chunked payload itself, with `readerOf`: then only the request's head is judged here. */
  readonly chunksLater?: boolean
}

export interface Verification {
  /** The signature is that of this request under this key. A payload in chunks is included unless `chunksLater`. */
  readonly genuine: boolean
  /**
   * `X-Amz-…` headers that were sent but are not covered by the signature, in lower case. AWS refuses such a request even
   * when `genuine`; a session token added after signing is not among them.
   */
  readonly unsignedHeaders: readonly string[]
  readonly canonicalRequest: string
  readonly stringToSign: string
  /** How the payload took part. `decoded` is the payload without its chunk framing. */
  readonly payload:
    | { readonly kind: 'hashed' }
    | { readonly kind: 'unsigned' }
    | {
        readonly kind: 'chunked'
        readonly mode: StreamingMode
        readonly decoded: Uint8Array | null
        readonly trailers: Trailers
      }
}

/**
 * Judges the signature of a request: builds the canonical request from what arrived, every signed header taken from the
 * request and the payload hashed anew, and compares in constant time. Who signed, when, and whether the scope is the right
 * one are the caller's questions.
 * Source: AWS General Reference, "Create a signed AWS API request", read backwards; S3 API Reference for the S3 rules.
 * @throws CountersignError `defect` when neither a key nor a secret is given, or a key of the other algorithm
 */
export function verify(options: VerifyOptions): Verification {
  return verifyAsUsual(options) ?? verifyInGeneral(options)
}

/** `null` unless the request has the form that most have, and is genuine. */
function verifyAsUsual({
  request,
  authorization,
  rules,
  signingKey: key,
  bodyHash,
}: VerifyOptions): Verification | null {
  if (!(key instanceof SigningKey) || authorization.algorithm !== symmetricAlgorithm) return null
  if (rules !== undefined && rules !== standardRules) return null
  const found = verifyUsual(request, authorization, key, bodyHash)
  return found === null
    ? null
    : {
        genuine: true,
        unsignedHeaders: none,
        canonicalRequest: found.canonicalRequest,
        stringToSign: found.stringToSign,
        payload: hashed,
      }
}

const none: readonly string[] = []
const hashed = { kind: 'hashed' } as const

/** As `verify`, for requests of every form and with every answer. */
function verifyInGeneral(options: VerifyOptions): Verification {
  const { request, authorization } = options
  const rules = options.rules ?? standardRules
  const headers = headerValues(request.headers)
  const payload = payloadOf(options, headers, rules)
  const path = canonicalPath(request.path, rules)
  const key = keyOf(options)
  const complete =
    payload.matches &&
    authorization.signedHeaders.every((name) => headers.has(name)) &&
    coversRegion(authorization, options.region)

  const attempt = (without: readonly string[]): Attempt => {
    const canonical = canonicalRequest({
      method: request.method,
      path,
      query: canonicalQuery(request.query, without),
      headers,
      signedHeaders: authorization.signedHeaders,
      payload: payload.line,
    })
    const stringToSign = stringToSignOf(
      authorization.algorithm,
      dateToSign(authorization.date),
      scopeTextOf(authorization),
      canonical,
    )
    return { canonical, stringToSign, genuine: complete && key !== null && matches(key, stringToSign, authorization) }
  }

  let result = attempt(authorization.form === 'query' ? ['X-Amz-Signature'] : [])
  if (!result.genuine && authorization.form === 'query' && authorization.sessionToken !== null) {
    // Some services want the token added after signing; in the query nothing else tells the two ways apart.
    const unsignedToken = attempt(['X-Amz-Signature', 'X-Amz-Security-Token'])
    if (unsignedToken.genuine) result = unsignedToken
  }
  const chunks = result.genuine && payload.mode !== null ? readChunks(options, payload.mode) : null
  return {
    genuine: result.genuine && (payload.mode === null || options.chunksLater === true || chunks !== null),
    unsignedHeaders: unsignedHeadersOf(headers, authorization),
    canonicalRequest: result.canonical,
    stringToSign: result.stringToSign,
    payload:
      payload.mode !== null
        ? { kind: 'chunked', mode: payload.mode, decoded: chunks?.decoded ?? null, trailers: chunks?.trailers ?? [] }
        : { kind: payload.line === unsignedPayload ? 'unsigned' : 'hashed' },
  }
}

/** A reader for the chunks of a request whose head was found genuine with `chunksLater`. The key is that of the head. */
export function readerOf(
  authorization: ReadAuthorization,
  mode: StreamingMode,
  key: SigningKey,
  limits: ChunkLimits = {},
): ChunkReader {
  return new ChunkReader(
    {
      mode,
      signingKey: key,
      date: dateToSign(authorization.date),
      scope: scopeTextOf(authorization),
      seedSignature: authorization.signature,
    },
    limits,
  )
}

interface Attempt {
  readonly canonical: string
  readonly stringToSign: string
  readonly genuine: boolean
}

function matches(key: SigningKey | AsymmetricSigningKey, stringToSign: string, sent: ReadAuthorization): boolean {
  if (key instanceof SigningKey) return sameText(key.sign(stringToSign), sent.signature)
  return key.verify(stringToSign, sent.signature)
}

/** `null` when the request names an algorithm that nobody knows, or a scope that has no key. */
function keyOf(options: VerifyOptions): SigningKey | AsymmetricSigningKey | null {
  const { authorization, secret, signingKey: given } = options
  const { algorithm, scope } = authorization
  if (algorithm !== symmetricAlgorithm && algorithm !== asymmetricAlgorithm) return null
  if (given !== undefined) {
    if ((algorithm === asymmetricAlgorithm) !== given instanceof AsymmetricSigningKey) {
      throw new CountersignError('defect', `A key of another algorithm was given for ${algorithm}`)
    }
    return given
  }
  if (secret === undefined)
    throw new CountersignError('defect', 'A signature can only be judged with a key or a secret')
  if (scope === null) return null
  if (algorithm === asymmetricAlgorithm) return asymmetricSigningKey(scope.accessKeyId, secret)
  return signingKey(secret, scope.date, scope.region, scope.service)
}

function scopeTextOf({ credential, scope, algorithm }: ReadAuthorization): string {
  if (scope === null) return credential.slice(credential.indexOf('/') + 1)
  const { date, region, service, terminator } = scope
  return algorithm === asymmetricAlgorithm
    ? `${date}/${service}/${terminator}`
    : `${date}/${region}/${service}/${terminator}`
}

function coversRegion({ algorithm, regionSet }: ReadAuthorization, region: string | undefined): boolean {
  if (algorithm !== asymmetricAlgorithm) return true
  return regionSet !== null && (region === undefined || regionSetCovers(regionSet, region))
}

/** The payload line, and whether what it says is true of the body. */
function payloadOf(
  { request, authorization, bodyHash }: VerifyOptions,
  headers: ReadonlyMap<string, string>,
  rules: SigningRules,
): { readonly line: string; readonly mode: StreamingMode | null; readonly matches: boolean } {
  const actual = (): string => bodyHash ?? payloadHash(request.body)
  if (!rules.signPayload) return { line: actual(), mode: null, matches: true }
  const said = headers.get('x-amz-content-sha256') ?? contentHashInQuery(request.query)
  if (said === undefined) {
    return { line: authorization.form === 'query' ? unsignedPayload : actual(), mode: null, matches: true }
  }
  if (said === unsignedPayload) return { line: said, mode: null, matches: true }
  // Chunks are signed with the symmetric key only.
  if (isStreamingMode(said)) {
    return { line: said, mode: said, matches: authorization.algorithm === symmetricAlgorithm }
  }
  return { line: said, mode: null, matches: sameText(said, actual()) }
}

function contentHashInQuery(query: string): string | undefined {
  const piece = query.split('&').find((part) => part.startsWith('X-Amz-Content-Sha256='))
  return piece?.slice(piece.indexOf('=') + 1)
}

function readChunks(options: VerifyOptions, mode: StreamingMode): { decoded: Uint8Array; trailers: Trailers } | null {
  const { authorization, request } = options
  const key = keyOf(options)
  if (options.chunksLater === true || !(key instanceof SigningKey)) return null
  const length = headerValues(request.headers).get('x-amz-decoded-content-length')
  const limits = /^\d{1,15}$/.test(length ?? '')
    ? { ...options.chunkLimits, decodedLength: Number(length) }
    : options.chunkLimits
  const reader = readerOf(authorization, mode, key, limits)
  const progress = reader.push(typeof request.body === 'string' ? Buffer.from(request.body) : request.body)
  const end = reader.end()
  if (progress.kind === 'refused' || end.kind === 'refused') return null
  return { decoded: Buffer.concat(progress.data), trailers: end.trailers }
}

function unsignedHeadersOf(headers: ReadonlyMap<string, string>, authorization: ReadAuthorization): readonly string[] {
  const unsigned: string[] = []
  for (const name of headers.keys()) {
    if (!name.startsWith('x-amz-') || authorization.signedHeaders.includes(name)) continue
    // The date of the header form stands in the string to sign; the token may be added after signing.
    if (name === 'x-amz-security-token' || (name === 'x-amz-date' && authorization.form === 'header')) continue
    unsigned.push(name)
  }
  return unsigned
}
