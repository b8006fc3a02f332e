import { Sha256 } from '@aws-crypto/sha256-js'
import { HttpRequest } from '@smithy/protocol-http'
import { SignatureV4 } from '@smithy/signature-v4'
import aws4 from 'aws4'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  presign,
  readAuthorization,
  type SignableRequest,
  type SigningRules,
  s3Rules,
  sign,
  standardRules,
  type Verification,
  verify,
} from '../../src/signature/index.ts'

/*
 * What other people's signers make is judged by our verifier, on requests that nobody would write by hand. The seed is
 * fixed, so a failure comes again.
 */
const seed = 20_260_803
const runs = 300
const at = new Date('2026-08-01T09:30:00Z')
const long = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const temporary = { ...long, sessionToken: 'AQoDYXdzEJr//+=example' }
const credentials = fc.constantFrom<typeof long & { sessionToken?: string }>(long, temporary)

/** Text as people and programs make it: reserved characters, percent signs, other scripts, emoji, control characters. */
const oddText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'a',
        'Z',
        '9',
        '-',
        '_',
        '.',
        '~',
        ' ',
        '+',
        '%',
        '/',
        '?',
        '#',
        '&',
        '=',
        ';',
        ',',
        ':',
        '@',
        '$',
      ),
      fc.constantFrom('!', "'", '(', ')', '*', '[', ']', '{', '}', '|', '\\', '^', '`', '"', '<', '>', '\t'),
      fc.constantFrom('%20', '%2F', '%2f', '%zz', 'é', 'ሴ', '日本', '😀', '\u00a0', '\u200b', '..', '.', '//'),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''))

/** A path as it goes over the wire: segments encoded by the language's own encoder, which is not AWS's. */
const wirePath = fc
  .array(
    fc.oneof(
      oddText.map((text) => encodeURIComponent(text)),
      fc.constantFrom('.', '..', '', 'a'),
    ),
    { maxLength: 5 },
  )
  .map((segments) => `/${segments.join('/')}`)

const parameters = fc.array(
  fc.tuple(
    oddText.filter((name) => name !== ''),
    oddText,
  ),
  { maxLength: 5 },
)
/** As `URLSearchParams` would do it, as a browser would, or half and half. */
const encodings: readonly ((text: string) => string)[] = [
  (text) => encodeURIComponent(text),
  (text) => encodeURIComponent(text).replaceAll('%20', '+'),
  (text) => encodeURIComponent(text).replace(/%[0-9A-F]{2}/g, (triplet) => triplet.toLowerCase()),
  (text) => encodeURIComponent(text).replace(/%(2C|3A|40|24|2F|3B)/g, (triplet) => decodeURIComponent(triplet)),
]
const wireQuery = fc
  .tuple(parameters, fc.constantFrom(...encodings))
  .map(([pairs, encode]) => pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&'))

const headerValue = fc
  .array(fc.constantFrom('a', 'B', '7', ' ', '  ', '\t', ',', ';', '=', '"', '/', '%41', ':'), { maxLength: 8 })
  .map((parts) => parts.join(''))
const headerName = fc.constantFrom(
  'Content-Type',
  'X-Amz-Target',
  'x-amz-meta-Odd',
  'X-Custom',
  'Accept',
  'X-K8s-Aws-Id',
)
const headers = fc.uniqueArray(fc.tuple(headerName, headerValue), { maxLength: 4, selector: ([name]) => name })
const body = fc.oneof(fc.constant(''), fc.string({ unit: 'binary', maxLength: 60 }), fc.uint8Array({ maxLength: 60 }))
const method = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'HEAD')

describe(`our verifier and our signer (seed ${seed})`, () => {
  const request = fc
    .record({
      method,
      path: wirePath,
      query: wireQuery,
      headers: fc.array(fc.tuple(headerName, headerValue), { maxLength: 6 }),
      body,
    })
    .map((made) => ({ ...made, headers: [['Host', 'sts.example'] as const, ...made.headers] }))

  test('agree on every request, in both forms, for both families of services and both algorithms', () => {
    const placement = fc.constantFrom<'signed' | 'after-signing'>('signed', 'after-signing')
    const algorithm = fc.constantFrom<'AWS4-HMAC-SHA256' | 'AWS4-ECDSA-P256-SHA256'>(
      'AWS4-HMAC-SHA256',
      'AWS4-ECDSA-P256-SHA256',
    )
    fc.assert(
      fc.property(
        request,
        credentials,
        placement,
        algorithm,
        fc.boolean(),
        fc.boolean(),
        (made, who, where, how, s3, inQuery) => {
          const rules = s3 ? s3Rules : standardRules
          const options = {
            credentials: who,
            region: 'eu-west-1',
            service: 'sts',
            at,
            rules,
            sessionTokenPlacement: where,
            algorithm: how,
            regionSet: ['us-*', 'eu-west-1'],
          }
          const signed = inQuery ? presign(made, { ...options, expiresIn: 60 }) : sign(made, options)
          const verification = judge(signed.request, rules, 'eu-west-1')
          expect(verification).toMatchObject({ genuine: true, unsignedHeaders: [] })
          expect(verification.canonicalRequest).toBe(signed.canonicalRequest)
          expect(verification.stringToSign).toBe(signed.stringToSign)
        },
      ),
      { seed, numRuns: runs },
    )
  })

  test('disagree when one byte of the payload, the method, a signed header, the query, the path or the signature is another', () => {
    fc.assert(
      fc.property(
        request,
        fc.boolean(),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (made, inQuery, position, difference) => {
          const options = { credentials: long, region: 'eu-west-1', service: 'sts', at }
          const signed = inQuery ? presign(made, { ...options, expiresIn: 60 }) : sign(made, options)
          const before = judge(signed.request, standardRules)
          for (const altered of alterations(signed.request, position, difference)) {
            const after = judge(altered, standardRules)
            // Another spelling of the same request (`%41` for `A`) is the same request: then nothing that is signed differs.
            if (after.canonicalRequest === before.canonicalRequest && sameSignature(altered, signed.request)) continue
            expect(after.genuine).toBe(false)
          }
          const flippedBody = flip(
            typeof made.body === 'string' ? Buffer.from(made.body) : made.body,
            position,
            difference,
          )
          if (flippedBody !== null)
            expect(judge({ ...signed.request, body: flippedBody }, standardRules).genuine).toBe(false)
          const signature = flip(Buffer.from(signed.signature), position, difference)!
          const resigned = replaceSignature(signed.request, signed.signature, signature.toString('latin1'))
          expect(judge(resigned, standardRules).genuine).toBe(false)
        },
      ),
      { seed, numRuns: runs },
    )
  })
})

describe(`our verifier and @smithy/signature-v4 (seed ${seed})`, () => {
  const smithy = fc.record({
    method,
    path: wirePath,
    query: fc.dictionary(oddText, fc.oneof(oddText, fc.array(oddText, { minLength: 1, maxLength: 3 })), { maxKeys: 4 }),
    headers,
    body,
  })

  for (const [family, rules] of [
    ['standard', standardRules],
    ['S3', s3Rules],
  ] as const) {
    test(`agree on signed and presigned requests, ${family} rules`, async () => {
      await fc.assert(
        fc.asyncProperty(smithy, credentials, fc.boolean(), async (made, who, inQuery) => {
          const signer = new SignatureV4({
            credentials: who,
            region: 'eu-west-1',
            service: 'sts',
            sha256: Sha256,
            uriEscapePath: rules.doubleEncodePath,
          })
          // S3 clients of that SDK hand over the path in AWS's own encoding.
          const path = rules.doubleEncodePath
            ? made.path
            : made.path.replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
          const request = new HttpRequest({
            ...made,
            path,
            hostname: 'sts.example',
            protocol: 'https:',
            headers: {
              host: 'sts.example',
              ...Object.fromEntries(made.headers.filter(([, value]) => value.trim() !== '')),
            },
          })
          const signed = inQuery
            ? await signer.presign(request, { signingDate: at, expiresIn: 60 })
            : await signer.sign(request, { signingDate: at })
          const wire: SignableRequest = {
            method: signed.method,
            path: signed.path,
            query: queryOf(signed.query as Record<string, string | string[]>),
            headers: Object.entries(signed.headers),
            body: made.body,
          }
          // A presigned request of that signer counts the payload in; ours takes S3's word only where S3 gives it.
          const judged = judge(wire, inQuery ? { ...rules, signPayload: false } : rules)
          expect(judged).toMatchObject({ genuine: true, unsignedHeaders: [] })
        }),
        { seed, numRuns: runs },
      )
    })
  }
})

describe(`our verifier and aws4 (seed ${seed})`, () => {
  test('agree on signed and presigned requests', () => {
    fc.assert(
      fc.property(
        method,
        wirePath,
        wireQuery,
        headers,
        fc.string({ unit: 'binary', maxLength: 60 }),
        credentials,
        fc.boolean(),
        (verb, path, query, lines, text, who, inQuery) => {
          const target = inQuery ? `${path}?${query}&X-Amz-Date=20260801T093000Z&X-Amz-Expires=60` : `${path}?${query}`
          const signed = aws4.sign(
            {
              host: 'sts.example',
              method: verb,
              path: target,
              service: 'sts',
              region: 'eu-west-1',
              headers: { ...Object.fromEntries(lines), ...(inQuery ? {} : { 'X-Amz-Date': '20260801T093000Z' }) },
              body: text,
              signQuery: inQuery,
            },
            who,
          )
          const mark = signed.path!.indexOf('?')
          const wire: SignableRequest = {
            method: verb,
            path: mark < 0 ? signed.path! : signed.path!.slice(0, mark),
            query: mark < 0 ? '' : signed.path!.slice(mark + 1),
            headers: Object.entries(signed.headers!).map(([name, value]) => [name, String(value)] as const),
            body: text,
          }
          expect(judge(wire, standardRules)).toMatchObject({ genuine: true, unsignedHeaders: [] })
        },
      ),
      { seed, numRuns: runs },
    )
  })
})

function judge(request: SignableRequest, rules: SigningRules, region?: string): Verification {
  const authorization = readAuthorization(request)
  // As an issuer would: an id that nobody has leads to no secret.
  if (authorization.kind !== 'read' || authorization.scope?.accessKeyId !== long.accessKeyId)
    return { genuine: false, unsignedHeaders: [], canonicalRequest: '', stringToSign: '', payload: { kind: 'hashed' } }
  return verify({
    request,
    authorization,
    secret: long.secretAccessKey,
    rules,
    ...(region === undefined ? {} : { region }),
  })
}

function queryOf(query: Record<string, string | string[]>): string {
  return Object.entries(query)
    .flatMap(([name, values]) =>
      [values].flat().map((value) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`),
    )
    .join('&')
}

/** The request with one character changed in each of its parts in turn. */
function* alterations(request: SignableRequest, position: number, difference: number): Generator<SignableRequest> {
  const change = (text: string): string | null =>
    flip(Buffer.from(text), position, difference)?.toString('latin1') ?? null
  for (const part of ['method', 'path', 'query'] as const) {
    const changed = change(request[part])
    if (changed !== null) yield { ...request, [part]: changed }
  }
  for (const [index, [name, value]] of request.headers.entries()) {
    const changed = change(value)
    if (changed !== null) yield { ...request, headers: request.headers.with(index, [name, changed]) }
  }
}

function flip(bytes: Uint8Array, position: number, difference: number): Buffer | null {
  if (bytes.length === 0) return null
  const copy = Buffer.from(bytes)
  const at = position % copy.length
  copy[at] = copy[at]! ^ difference
  return copy
}

function sameSignature(one: SignableRequest, other: SignableRequest): boolean {
  const read = (request: SignableRequest) => {
    const authorization = readAuthorization(request)
    return authorization.kind === 'read'
      ? [authorization.signature, authorization.scope, authorization.date.text, authorization.algorithm]
      : null
  }
  return JSON.stringify(read(one)) === JSON.stringify(read(other))
}

function replaceSignature(request: SignableRequest, from: string, to: string): SignableRequest {
  return {
    ...request,
    query: request.query.replace(from, encodeURIComponent(to)),
    headers: request.headers.map(([name, value]) => [name, value.replace(from, () => to)] as const),
  }
}
