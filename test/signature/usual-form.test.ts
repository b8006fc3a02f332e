import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  payloadHash,
  type ReadAuthorization,
  readAuthorization,
  type SignableRequest,
  sign,
  signingKey,
  type Verification,
  verify,
} from '../../src/signature/index.ts'

/*
 * A verifier that is given a signing key takes a short way for requests of the usual form; one that is given the secret
 * never does. So each request is judged by both, and both must say the same, word for word.
 */
const seed = 20_261_128
const runs = 1_000
const at = new Date('2026-11-28T12:00:00Z')
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const key = signingKey(credentials.secretAccessKey, '20261128', 'us-east-1', 'sts')
const body = 'Action=GetCallerIdentity&Version=2011-06-15'

function byBothWays(request: SignableRequest): readonly [Verification | null, Verification | null] {
  const authorization = readAuthorization(request)
  if (authorization.kind !== 'read') return [null, null]
  return [
    verify({ request, authorization, signingKey: key }),
    verify({ request, authorization, secret: credentials.secretAccessKey }),
  ]
}

const value = fc.oneof(
  fc.constantFrom('a', 'a  b', ' a', 'a ', '\ta', 'a\tb', '', '\n', 'é', '日本', '\u00a0', 'a,b', 'x'.repeat(300)),
  fc.string({ maxLength: 12 }),
)
const name = fc.constantFrom(
  'Host',
  'host',
  'HOST',
  'Content-Type',
  'X-Amz-Meta-A',
  'x-amz-meta-a',
  'X-Amz-Content-Sha256',
  'X-Amz-Security-Token',
  'X-Other',
  'xother',
  'Accept',
  ':authority',
)
const extra = fc.array(fc.tuple(name, value), { maxLength: 4 })

const requests = fc
  .record({
    method: fc.constantFrom('POST', 'GET'),
    path: fc.constantFrom('/', '/', '/', '/a', '//'),
    query: fc.constantFrom('', '', '', 'a=b'),
    headers: extra,
    body: fc.constantFrom(body, '', 'é'),
    token: fc.constantFrom(undefined, 'AQoDYXdzEJr//+=example'),
    placement: fc.constantFrom('signed', 'after-signing') as fc.Arbitrary<'signed' | 'after-signing'>,
    unsigned: fc.subarray(['x-amz-meta-a', 'x-other', 'content-type']),
  })
  .map(({ headers, token, placement, unsigned, ...rest }) => {
    const { request } = sign(
      { ...rest, headers: [['Host', 'sts.amazonaws.com'], ...headers] },
      {
        credentials: { ...credentials, ...(token === undefined ? {} : { sessionToken: token }) },
        region: 'us-east-1',
        service: 'sts',
        at,
        sessionTokenPlacement: placement,
        unsignedHeaders: unsigned,
      },
    )
    return request
  })

describe(`the short way and the general way (seed ${seed})`, () => {
  test('agree on every signed request', () => {
    let genuine = 0
    fc.assert(
      fc.property(requests, (request) => {
        const [short, general] = byBothWays(request)
        expect(short).toEqual(general)
        if (short?.genuine) genuine += 1
      }),
      { seed, numRuns: runs },
    )
    expect(genuine).toBeGreaterThan(runs / 2)
  })

  test('agree on requests whose header lines were added to, doubled, dropped, turned or renamed after signing', () => {
    const change = fc.tuple(
      fc.constantFrom('add', 'double', 'drop', 'turn', 'upper', 'lower', 'value'),
      fc.nat(20),
      name,
      value,
    )
    fc.assert(
      fc.property(requests, fc.array(change, { minLength: 1, maxLength: 3 }), (request, changes) => {
        const headers = [...request.headers]
        for (const [what, position, newName, newValue] of changes) {
          const index = position % headers.length
          const [oldName, oldValue] = headers[index]!
          if (what === 'add') headers.splice(index, 0, [newName, newValue])
          if (what === 'double') headers.push([oldName, oldValue])
          if (what === 'drop' && headers.length > 1) headers.splice(index, 1)
          if (what === 'turn') headers.unshift(...headers.splice(index))
          if (what === 'upper') headers[index] = [oldName.toUpperCase(), oldValue]
          if (what === 'lower') headers[index] = [oldName.toLowerCase(), oldValue]
          if (what === 'value') headers[index] = [oldName, newValue]
        }
        const [short, general] = byBothWays({ ...request, headers })
        expect(short).toEqual(general)
      }),
      { seed, numRuns: runs },
    )
  })

  test('agree when one character of the Authorization header is another', () => {
    fc.assert(
      fc.property(requests, fc.nat(400), fc.constantFrom(...'0aAz;,= /é\u0161\t'), (request, position, character) => {
        const headers = request.headers.map(([name, text]) => {
          if (name.toLowerCase() !== 'authorization') return [name, text] as const
          const place = position % text.length
          return [name, text.slice(0, place) + character + text.slice(place + 1)] as const
        })
        const [short, general] = byBothWays({ ...request, headers })
        expect(short).toEqual(general)
      }),
      { seed, numRuns: runs },
    )
  })

  test('take a signature for the same only when all of each character is', () => {
    const { request, signature } = sign(
      { method: 'POST', path: '/', query: '', headers: [['Host', 'sts.amazonaws.com']], body },
      { credentials, region: 'us-east-1', service: 'sts', at },
    )
    const authorization = readAuthorization(request) as ReadAuthorization
    const judge = (text: string) =>
      verify({ request, authorization: { ...authorization, signature: text }, signingKey: key })
    expect(judge(signature).genuine).toBe(true)
    // The lower half of each of these code units is that of the right digit.
    const wide = [...signature].map((digit) => String.fromCharCode(digit.charCodeAt(0) + 0x100)).join('')
    expect(judge(wide).genuine).toBe(false)
    expect(judge(signature.toUpperCase()).genuine).toBe(false)
    expect(judge(signature.slice(1)).genuine).toBe(false)
    expect(judge('').genuine).toBe(false)
  })

  test('believe a hash of the body that is given, and no other', () => {
    const { request } = sign(
      { method: 'POST', path: '/', query: '', headers: [['Host', 'sts.amazonaws.com']], body },
      { credentials, region: 'us-east-1', service: 'sts', at },
    )
    const authorization = readAuthorization(request) as ReadAuthorization
    const judge = (bodyHash: string | undefined) =>
      verify({ request, authorization, signingKey: key, bodyHash }).genuine
    expect([judge(undefined), judge(payloadHash(body)), judge(payloadHash('Action=Other'))]).toEqual([
      true,
      true,
      false,
    ])
  })
})

describe(`an Authorization header that was read before (seed ${seed})`, () => {
  const scope = 'AKIDEXAMPLE/20261128/us-east-1/sts/aws4_request'
  const read = (authorization: string, date: string) =>
    readAuthorization({
      method: 'POST',
      path: '/',
      query: '',
      headers: [
        ['Authorization', authorization],
        ['X-Amz-Date', date],
      ],
      body: '',
    })

  test('is read as if it were new, whatever its signature and its date are', () => {
    const tail = fc.oneof(
      fc.string({ minLength: 64, maxLength: 64, unit: fc.constantFrom(...'0123456789abcdef') }),
      fc.string({ minLength: 64, maxLength: 64, unit: fc.constantFrom(...'0af, =\t\u00a0\u2003é') }),
      fc.string({ maxLength: 80, unit: fc.constantFrom(...'0af,=') }),
    )
    const date = fc.constantFrom('20261128T120000Z', '20261128T120001Z', 'today', '')
    const separator = fc.constantFrom(', ', ',', ' ')
    fc.assert(
      fc.property(
        tail,
        date,
        separator,
        fc.constantFrom('host', 'host;x-amz-date', ''),
        (text, day, between, names) => {
          const start = `AWS4-HMAC-SHA256 Credential=${scope}${between}SignedHeaders=${names}${between}`
          read(`${start}Signature=${'0'.repeat(64)}`, '20261128T120000Z')
          // An unknown part in front makes it a header that was never seen; nothing that is told of it changes.
          const unseen = `AWS4-HMAC-SHA256 New=${text.replace(/[^0-9a-f]/g, '')}x, ${start.slice(17)}Signature=${text}`
          const expected = read(unseen, day)
          const answer = read(`${start}Signature=${text}`, day)
          if (answer.kind === 'read') expect(answer).toEqual(expected)
          else expect(answer).toEqual({ ...expected, ...('header' in answer ? { header: answer.header } : {}) })
        },
      ),
      { seed, numRuns: runs },
    )
  })
})
