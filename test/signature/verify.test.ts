import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import {
  asymmetricSigningKey,
  presign,
  type ReadAuthorization,
  readAuthorization,
  regionSetCovers,
  type SignableRequest,
  type SignedRequest,
  s3Rules,
  sign,
  signingKey,
  verify,
} from '../../src/signature/index.ts'

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const secret = credentials.secretAccessKey
const at = new Date('2026-08-01T09:30:00Z')
const options = { credentials, region: 'us-east-1', service: 'sts', at }
const request: SignableRequest = {
  method: 'POST',
  path: '/',
  query: '',
  headers: [
    ['Host', 'sts.us-east-1.amazonaws.com'],
    ['Content-Type', 'application/x-www-form-urlencoded'],
  ],
  body: 'Action=GetCallerIdentity&Version=2011-06-15',
}

function judge(signed: SignableRequest, more: Partial<Parameters<typeof verify>[0]> = {}) {
  return verify({ request: signed, authorization: read(signed), secret, ...more })
}

function read(signed: SignableRequest): ReadAuthorization {
  const authorization = readAuthorization(signed)
  if (authorization.kind !== 'read') throw new Error(authorization.kind)
  return authorization
}

function withHeader(signed: SignedRequest, name: string, value: string): SignableRequest {
  return { ...signed.request, headers: [...signed.request.headers, [name, value]] }
}

describe('a signature', () => {
  test('holds over whatever a proxy does to the headers that are not signed', () => {
    const signed = sign(
      { ...request, headers: [...request.headers, ['User-Agent', 'x'], ['Connection', 'close']] },
      options,
    )
    const proxied = {
      ...signed.request,
      headers: [
        ['X-Forwarded-For', '10.0.0.1'] as const,
        ...signed.request.headers
          .filter(([name]) => name !== 'Connection')
          .map(([name, value]) => [name.toLowerCase(), name === 'User-Agent' ? 'y' : ` ${value}  `] as const)
          .reverse(),
      ],
    }
    expect(judge(proxied)).toMatchObject({ genuine: true, unsignedHeaders: [] })
  })

  test('does not hold when a signed header is gone, even one that was empty', () => {
    const signed = sign({ ...request, headers: [...request.headers, ['X-Custom', '']] }, options)
    expect(judge(signed.request).genuine).toBe(true)
    const without = signed.request.headers.filter(([name]) => name !== 'X-Custom')
    const verification = judge({ ...signed.request, headers: without })
    expect(verification.genuine).toBe(false)
    expect(verification.canonicalRequest).toBe(signed.canonicalRequest)
  })

  test('does not hold when a signed header is there once more', () => {
    expect(judge(withHeader(sign(request, options), 'Content-Type', 'text/plain')).genuine).toBe(false)
  })

  test('holds over sorted names, in whatever order the request lists them', () => {
    const signed = sign(request, options)
    const listed = (names: string) => ({
      ...signed.request,
      headers: signed.request.headers.map(
        ([name, value]) => [name, value.replace('content-type;host;x-amz-date', names)] as const,
      ),
    })
    expect(judge(listed('x-amz-date;host;content-type')).genuine).toBe(true)
    expect(judge(listed('content-type;Host;x-amz-date')).genuine).toBe(false)
    expect(judge(listed('content-type;host')).genuine).toBe(false)
  })

  test('takes the host of HTTP/2 for the host that was signed', () => {
    const signed = sign(request, options)
    const [[, host] = ['', ''], ...others] = signed.request.headers
    expect(judge({ ...signed.request, headers: [[':authority', host], ...others] }).genuine).toBe(true)
  })

  test('is reported when x-amz headers arrived that it does not cover', () => {
    const signed = sign(request, options)
    expect(judge(withHeader(signed, 'X-Amz-Target', 'Other.Operation'))).toMatchObject({
      genuine: true,
      unsignedHeaders: ['x-amz-target'],
    })
    expect(judge(withHeader(signed, 'X-Amzn-Trace-Id', 'Root=1'))).toMatchObject({ genuine: true, unsignedHeaders: [] })
    const presigned = presign(request, { ...options, expiresIn: 60 })
    expect(judge(withHeader(presigned, 'X-Amz-Date', '20260801T093000Z'))).toMatchObject({
      genuine: true,
      unsignedHeaders: ['x-amz-date'],
    })
  })

  test('covers the session token, or not, as the signer decided', () => {
    const temporary = { ...options, credentials: { ...credentials, sessionToken: 'first+/=' } }
    for (const sessionTokenPlacement of ['signed', 'after-signing'] as const) {
      const inHeader = sign(request, { ...temporary, sessionTokenPlacement })
      const inQuery = presign(request, { ...temporary, sessionTokenPlacement, expiresIn: 60 })
      const covered = sessionTokenPlacement === 'signed'
      for (const signed of [inHeader, inQuery]) {
        expect(judge(signed.request)).toMatchObject({ genuine: true, unsignedHeaders: [] })
        expect(read(signed.request).sessionToken).toBe('first+/=')
        const swapped = JSON.parse(JSON.stringify(signed.request).replaceAll('first', 'other')) as SignableRequest
        expect(judge(swapped).genuine).toBe(!covered)
        expect(signed.canonicalRequest.includes('first')).toBe(covered)
      }
    }
  })

  test('says in any case what should have been signed', () => {
    const signed = sign(request, options)
    const verification = judge(signed.request, { secret: 'another' })
    expect(verification).toMatchObject({
      genuine: false,
      canonicalRequest: signed.canonicalRequest,
      stringToSign: signed.stringToSign,
    })
  })

  test('with the date in HTTP form is over the ISO form of that instant', () => {
    const signed = sign(request, { ...options, unsignedHeaders: ['x-amz-date'] })
    const headers = signed.request.headers.map(([name, value]) =>
      name === 'X-Amz-Date' ? (['Date', at.toUTCString()] as const) : ([name, value] as const),
    )
    expect(judge({ ...signed.request, headers })).toMatchObject({ genuine: true, stringToSign: signed.stringToSign })
  })

  test('of another algorithm, or in upper case, or in other digits, is none', () => {
    const signed = sign(request, options)
    const change = (from: string, to: string) => ({
      ...signed.request,
      headers: signed.request.headers.map(([name, value]) => [name, value.replace(from, to)] as const),
    })
    expect(judge(change('AWS4-HMAC-SHA256', 'AWS4-HMAC-SHA512')).genuine).toBe(false)
    expect(judge(change('AWS4-HMAC-SHA256', 'AWS3')).genuine).toBe(false)
    expect(judge(change(signed.signature, signed.signature.toUpperCase())).genuine).toBe(false)
    expect(judge(change(signed.signature, signed.signature.slice(1))).genuine).toBe(false)
    expect(judge(change(signed.signature, `${signed.signature}0`)).genuine).toBe(false)
    // One UTF-16 unit whose low byte is that of the right digit.
    const wide = String.fromCharCode(0x100 + signed.signature.charCodeAt(0)) + signed.signature.slice(1)
    expect(judge(change(signed.signature, wide)).genuine).toBe(false)
    expect(judge(change('/sts/aws4_request', '/sts')).genuine).toBe(false)
  })

  test('cannot be judged without a key, nor with one of the other algorithm', () => {
    const signed = sign(request, options).request
    const authorization = read(signed)
    expect(() => verify({ request: signed, authorization })).toThrow(/key or a secret/)
    expect(() => verify({ request: signed, authorization, signingKey: asymmetricSigningKey('a', secret) })).toThrow(
      /another algorithm/,
    )
  })
})

describe('the payload', () => {
  const s3 = { ...options, service: 's3' }

  test('counts always under the standard rules, whatever the request says of it', () => {
    for (const payload of ['UNSIGNED-PAYLOAD', 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD'] as const) {
      const signed = sign(request, { ...options, payload })
      expect(judge(signed.request).genuine).toBe(false)
    }
    const lying = sign(request, {
      ...options,
      rules: { doubleEncodePath: true, normalizePath: true, signPayload: true },
    })
    expect(judge(lying.request).genuine).toBe(true)
    expect(judge({ ...lying.request, body: 'Action=DeleteUser' }).genuine).toBe(false)
  })

  test('may be left out where S3 rules hold', () => {
    const signed = sign(request, { ...s3, payload: 'UNSIGNED-PAYLOAD' })
    expect(judge({ ...signed.request, body: 'anything' }, { rules: s3Rules })).toMatchObject({
      genuine: true,
      payload: { kind: 'unsigned' },
    })
    const presigned = presign(request, { ...s3, expiresIn: 60 })
    expect(judge({ ...presigned.request, body: 'anything' }, { rules: s3Rules })).toMatchObject({
      genuine: true,
      payload: { kind: 'unsigned' },
    })
  })

  test('must be the one whose hash was signed, under S3 rules too', () => {
    for (const signed of [sign(request, s3), presign(request, { ...s3, expiresIn: 60, payload: 'body' })]) {
      // A presigned hash stands in the query; it is honoured there.
      expect(judge(signed.request, { rules: s3Rules })).toMatchObject({ genuine: true, payload: { kind: 'hashed' } })
      expect(judge({ ...signed.request, body: 'other' }, { rules: s3Rules }).genuine).toBe(false)
    }
  })
})

describe('SigV4A', () => {
  const both = { ...options, algorithm: 'AWS4-ECDSA-P256-SHA256', regionSet: ['us-*', 'eu-west-1'] } as const

  test('holds in the regions of its set and nowhere else', () => {
    for (const signed of [sign(request, both), presign(request, { ...both, expiresIn: 60 })]) {
      for (const [region, holds] of [
        ['us-east-1', true],
        ['eu-west-1', true],
        ['eu-west-2', false],
        ['', false],
      ] as const) {
        expect(judge(signed.request, { region }).genuine).toBe(holds)
      }
      expect(judge(signed.request, { secret: 'another' }).genuine).toBe(false)
    }
  })

  test('does not hold when the region set is not signed or was widened', () => {
    const signed = sign(request, both)
    const widened = signed.request.headers.map(
      ([name, value]) => [name, name === 'X-Amz-Region-Set' ? '*' : value] as const,
    )
    expect(judge({ ...signed.request, headers: widened }, { region: 'eu-west-2' }).genuine).toBe(false)
    const unsigned = sign(request, { ...both, unsignedHeaders: ['x-amz-region-set'] })
    expect(judge(unsigned.request, { region: 'us-east-1' })).toMatchObject({
      genuine: false,
      unsignedHeaders: ['x-amz-region-set'],
    })
  })

  test('takes no text for a signature that is none', () => {
    const key = asymmetricSigningKey(credentials.accessKeyId, secret)
    for (const text of [
      '',
      '00',
      'zz',
      '30',
      '3006020100020100',
      'f'.repeat(144),
      '30'.repeat(500),
      key.sign('other'),
    ]) {
      expect(key.verify('text', text)).toBe(false)
    }
    expect(key.verify('text', key.sign('text'))).toBe(true)
  })

  test.each([
    ['*', 'eu-west-1', true],
    ['eu-*', 'eu-west-1', true],
    ['*-1', 'eu-west-1', true],
    ['eu*west*1', 'eu-west-1', true],
    ['eu-west-1*', 'eu-west-1', true],
    ['e*t*t*1', 'eu-west-1', false],
    ['eu-west-1', 'eu-west-11', false],
    ['eu-*-1', 'eu-1', false],
    ['', 'eu-west-1', false],
    ['a*bc*c', 'abc', false],
    ['a*bc*c', 'abcc', true],
    ['EU-*', 'eu-west-1', false],
    ['*a*a*a*a*a*a*a*a*a*b', 'a'.repeat(5000), false],
  ])('set %s covers %s: %s', (pattern, region, covers) => {
    expect(regionSetCovers(['none', pattern], region)).toBe(covers)
  })
})

describe('signing', () => {
  test('refuses what cannot be sent, and does not repeat it', () => {
    expect(() => sign({ ...request, headers: [] }, options)).toThrow(/Host/)
    expect(() => sign(request, { ...options, credentials: { ...credentials, accessKeyId: 'a\nb' } })).toThrow(
      /access key id holds a line break/,
    )
    expect(() => sign(request, { ...options, credentials: { ...credentials, sessionToken: 'tok\r\nX: y' } })).toThrow(
      /^The session token holds a line break or a null character and cannot be sent$/,
    )
    expect(() => sign(request, { ...options, at: new Date(Number.NaN) })).toThrow(/instant/)
    for (const expiresIn of [0, -1, 1.5, 604_801, Number.NaN]) {
      expect(() => presign(request, { ...options, expiresIn })).toThrow(/604800 seconds/)
    }
  })

  test('replaces an earlier signature instead of adding a second one', () => {
    const once = sign(request, { ...options, at: new Date(0) })
    const twice = sign(once.request, options)
    expect(twice.signature).toBe(sign(request, options).signature)
    const presigned = presign(request, { ...options, at: new Date(0), expiresIn: 5 })
    expect(presign(presigned.request, { ...options, expiresIn: 60 }).request.query).toBe(
      presign(request, { ...options, expiresIn: 60 }).request.query,
    )
  })

  test('keeps its keys to itself when they are printed', () => {
    const key = signingKey(secret, '20260801', 'us-east-1', 'sts')
    for (const each of [key, asymmetricSigningKey('AKIDEXAMPLE', secret)]) {
      expect(inspect({ each }, { depth: 9, showHidden: true })).toBe('{ each: ‹hidden› }')
      expect(JSON.stringify({ each })).toBe('{"each":"‹hidden›"}')
    }
  })

  test('signs texts of any length alike', async () => {
    const { createHmac } = await import('node:crypto')
    let derived = Buffer.from(`AWS4${secret}`)
    for (const part of ['20260801', 'us-east-1', 'sts', 'aws4_request'])
      derived = createHmac('sha256', derived).update(part).digest()
    const key = signingKey(secret, '20260801', 'us-east-1', 'sts')
    for (const text of ['', 'a', 'ሴ'.repeat(1300), 'ሴ'.repeat(1400), 'x'.repeat(4032), 'x'.repeat(10_000)]) {
      expect(key.sign(text)).toBe(createHmac('sha256', derived).update(text).digest('hex'))
    }
  })
})
