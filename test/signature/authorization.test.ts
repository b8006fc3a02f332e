import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Authorization, readAuthorization, type SignableRequest } from '../../src/signature/index.ts'

const seed = 20_260_804
const date = ['X-Amz-Date', '20150830T123600Z'] as const
const scope = 'AKIDEXAMPLE/20150830/us-east-1/sts/aws4_request'
const good = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`

function read(authorization: string | null, ...headers: (readonly [string, string])[]): Authorization {
  return readAuthorization(
    requestWith([...(authorization === null ? [] : [['Authorization', authorization] as const]), ...headers]),
  )
}

function readQuery(query: string, ...headers: (readonly [string, string])[]): Authorization {
  return readAuthorization({ ...requestWith(headers), method: 'GET', query })
}

function requestWith(headers: SignableRequest['headers']): SignableRequest {
  return { method: 'POST', path: '/', query: '', headers: [['Host', 'sts.amazonaws.com'], ...headers], body: '' }
}

describe('an Authorization header', () => {
  test('is read whole', () => {
    expect(read(good, date)).toEqual({
      kind: 'read',
      form: 'header',
      algorithm: 'AWS4-HMAC-SHA256',
      credential: scope,
      scope: {
        accessKeyId: 'AKIDEXAMPLE',
        date: '20150830',
        region: 'us-east-1',
        service: 'sts',
        terminator: 'aws4_request',
      },
      signedHeaders: ['host', 'x-amz-date'],
      signature: '0'.repeat(64),
      date: { text: '20150830T123600Z', instant: new Date('2015-08-30T12:36:00Z') },
      expires: null,
      sessionToken: null,
      regionSet: null,
    })
  })

  test('is read in every spacing and order that signers use', () => {
    const compact = good.replaceAll(', ', ',')
    const wide = good.replaceAll(', ', ',    ')
    const [algorithm, credential, headers, signature] = good.split(/,? /)
    const turned = `${algorithm} ${signature}, ${credential},${headers}`
    for (const text of [compact, wide, turned, `  ${good}  `, good.replaceAll(', ', ' ')])
      expect(read(text, date)).toEqual(read(good, date))
  })

  test('is not there when there is none', () => {
    expect(read(null)).toEqual({ kind: 'none' })
    expect(readQuery('Action=GetCallerIdentity&Version=2011-06-15')).toEqual({ kind: 'none' })
  })

  // Source: replies quoted in public threads; see the catalogue's table of malformed authentication.
  test.each([
    ['a blank before the key id', good.replace('=AKID', '= AKID'), `AKIDEXAMPLE/20150830/us-east-1/sts/aws4_request`],
    ['a blank behind the key id', good.replace('EXAMPLE/', 'EXAMPLE /'), '/20150830/us-east-1/sts/aws4_request'],
    ['a line break behind the key id', good.replace('EXAMPLE/', 'EXAMPLE\n/'), '/20150830/us-east-1/sts/aws4_request'],
    ['the header name twice', `Authorization: ${good}`, 'AWS4-HMAC-SHA256'],
    ['a comment behind the key id', good.replace('EXAMPLE/', 'EXAMPLE # old key/'), '#'],
    ['a bearer token', 'Bearer eyJhbGciOiJub25lIn0.e30.', 'eyJhbGciOiJub25lIn0.e30.'],
    ['a Basic password', 'Basic dXNlcjpwYXNzd29yZA', 'dXNlcjpwYXNzd29yZA'],
    ['a name alone', 'AWS4-HMAC-SHA256 Signature=b,    Credential,    SignedHeaders', 'Credential'],
  ])('with %s is no list of key=value pairs, and the fragment that AWS quotes is given', (_, header, fragment) => {
    expect(read(header, date)).toEqual({ kind: 'not-key-value', fragment, header })
  })

  test('sent twice is one list, in which the second algorithm is a fragment', () => {
    expect(read(good, ['authorization', good], date)).toMatchObject({
      kind: 'not-key-value',
      fragment: 'AWS4-HMAC-SHA256',
    })
  })

  test.each([
    ['AWS4-HMAC-SHA256', [date], ['Credential', 'Signature', 'SignedHeaders']],
    ['AWS4-', [], ['Credential', 'Signature', 'SignedHeaders', 'Date']],
    [good, [], ['Date']],
    [good, [['x-amz-date', '']], ['Date']],
    [good.replace(/Signature=.*/, ''), [date], ['Signature']],
    [good.replace(scope, ''), [date], ['Credential']],
    [good.replace('SignedHeaders', 'signedheaders'), [date], ['SignedHeaders']],
  ] as const)('%s lacks parts, told in AWS order', (header, headers, missing) => {
    expect(read(header, ...headers)).toEqual({ kind: 'parts-missing', missing, header: header.trim() })
  })

  test('may have an empty list of signed headers: what it lacks is said later', () => {
    expect(read(good.replace('host;x-amz-date', ''), date)).toMatchObject({ kind: 'read', signedHeaders: [] })
  })

  test('takes its date from X-Amz-Date, else from Date, in the forms of each', () => {
    const instant = new Date('2015-08-30T12:36:00Z')
    const http = ['Date', 'Sun, 30 Aug 2015 12:36:00 GMT'] as const
    expect(read(good, http)).toMatchObject({ date: { text: http[1], instant } })
    expect(read(good, ['Date', '20150830T123600Z'])).toMatchObject({ date: { text: '20150830T123600Z', instant } })
    expect(read(good, ['Date', 'Thu, 01 Jan 1970 00:00:00 GMT'], date)).toMatchObject({
      date: { text: date[1], instant },
    })
    for (const text of [http[1], '2015-08-30T12:36:00Z', '20150230T000000Z', '201', '20150830T123600']) {
      expect(read(good, ['X-Amz-Date', text])).toMatchObject({ kind: 'read', date: { text, instant: null } })
    }
  })

  test.each([
    ['a/20150830/us-east-1/sts', null],
    ['a/b/20150830/us-east-1/sts/aws4_request', null],
    ['a', null],
    ['a/20150830//sts/aws4_request', { region: '', service: 'sts' }],
    ['a/20150830/us-east-1/sts/aws4_request//', { terminator: 'aws4_request' }],
    ['/20150830/us-east-1/sts/aws4_request', { accessKeyId: '' }],
  ])('with the credential %s has the scope %j', (credential, expected) => {
    const authorization = read(good.replace(scope, credential), date)
    if (expected === null) expect(authorization).toMatchObject({ kind: 'read', credential, scope: null })
    else expect(authorization).toMatchObject({ kind: 'read', credential, scope: expected })
  })

  test('of SigV4A has four parts in its credential and a region set that counts only when signed', () => {
    const header = `AWS4-ECDSA-P256-SHA256 Credential=AKIDEXAMPLE/20150830/sts/aws4_request, SignedHeaders=host;x-amz-region-set, Signature=30`
    const set = ['X-Amz-Region-Set', 'us-*, eu-west-1'] as const
    expect(read(header, date, set)).toMatchObject({
      scope: { accessKeyId: 'AKIDEXAMPLE', date: '20150830', region: '', service: 'sts', terminator: 'aws4_request' },
      regionSet: ['us-*', 'eu-west-1'],
    })
    expect(read(header.replace(';x-amz-region-set', ''), date, set)).toMatchObject({ regionSet: null })
    expect(read(header.replace('/sts/', '/us-east-1/sts/'), date, set)).toMatchObject({ scope: null })
  })

  test('tells an empty session token from none', () => {
    expect(read(good, date, ['X-Amz-Security-Token', ''])).toMatchObject({ sessionToken: '' })
    expect(read(good, date, ['x-amz-security-token', ' abc '])).toMatchObject({ sessionToken: 'abc' })
  })

  test('has bounds', () => {
    expect(read(`AWS4-HMAC-SHA256 ${'a=b,'.repeat(100_000)}`, date).kind).toBe('not-key-value')
    expect(read(good.replace('host;', 'h;'.repeat(2000)), date)).toMatchObject({
      kind: 'parts-missing',
      missing: ['SignedHeaders'],
    })
    expect(readQuery(`X-Amz-Algorithm=AWS4-HMAC-SHA256&${'a&'.repeat(200_000)}`)).toEqual({ kind: 'none' })
  })
})

describe('authentication in the query', () => {
  const query = [
    'X-Amz-Algorithm=AWS4-HMAC-SHA256',
    `X-Amz-Credential=${encodeURIComponent(scope)}`,
    'X-Amz-Date=20150830T123600Z',
    'X-Amz-SignedHeaders=host%3Bx-k8s-aws-id',
    'X-Amz-Expires=60',
    `X-Amz-Signature=${'0'.repeat(64)}`,
  ]

  test('is read whole', () => {
    expect(readQuery(['Action=GetCallerIdentity', ...query, 'X-Amz-Security-Token=a%2Fb%2B'].join('&'))).toEqual({
      ...read(good, date),
      form: 'query',
      signedHeaders: ['host', 'x-k8s-aws-id'],
      expires: 60,
      sessionToken: 'a/b+',
    })
  })

  test('together with a header is too much', () => {
    expect(readQuery(query.join('&'), ['Authorization', good], date)).toEqual({ kind: 'both' })
    // AWS looks for the one parameter only.
    expect(readQuery('X-Amz-Signature=x', ['Authorization', good], date).kind).toBe('read')
  })

  test.each([
    ['X-Amz-Algorithm', 0],
    ['X-Amz-Credential', 1],
    ['X-Amz-Date', 2],
    ['X-Amz-SignedHeaders', 3],
    ['X-Amz-Signature', 5],
  ])('without %s, or with an empty one, lacks just that', (name, index) => {
    expect(readQuery(query.toSpliced(index, 1).join('&'))).toEqual({ kind: 'query-parts-missing', missing: [name] })
    expect(readQuery(query.with(index, name).join('&'))).toEqual({ kind: 'query-parts-missing', missing: [name] })
  })

  test('of which only the first parameter is there lacks all others, in AWS order', () => {
    expect(readQuery('X-Amz-Algorithm=AWS4-HMAC-SHA256')).toEqual({
      kind: 'query-parts-missing',
      missing: ['X-Amz-Credential', 'X-Amz-Signature', 'X-Amz-SignedHeaders', 'X-Amz-Date'],
    })
  })

  test('has no expiry when that is no whole number', () => {
    for (const text of ['', '-1', '1.5', '1e3', 'x', '99999999999']) {
      expect(readQuery(query.with(4, `X-Amz-Expires=${text}`).join('&'))).toMatchObject({ kind: 'read', expires: null })
    }
    expect(readQuery(query.toSpliced(4, 1).join('&'))).toMatchObject({ kind: 'read', expires: null })
  })
})

test(`no request makes the reader throw (seed ${seed})`, () => {
  const part = fc.constantFrom(
    'Credential=',
    'Signature=',
    'SignedHeaders=',
    'AWS4-HMAC-SHA256',
    ' ',
    ',',
    ';',
    '/',
    '=',
    scope,
    '%',
    '%00',
    '&',
  )
  const text = fc
    .array(fc.oneof(part, fc.string({ unit: 'binary', maxLength: 4 })), { maxLength: 12 })
    .map((parts) => parts.join(''))
  fc.assert(
    fc.property(text, text, text, text, (authorization, query, day, token) => {
      const request = requestWith([
        ['Authorization', authorization],
        ['X-Amz-Date', day],
        ['X-Amz-Security-Token', token],
      ])
      expect(readAuthorization({ ...request, query }).kind).not.toBe('')
      expect(readAuthorization({ ...request, headers: [], query: `X-Amz-Signature=1&${query}` }).kind).not.toBe('none')
    }),
    { seed, numRuns: 1000 },
  )
})
