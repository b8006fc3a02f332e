import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mintAccessKeyId } from '../../../src/anatomy/access-key-id.ts'
import { type Authority, startAuthority } from '../../../src/authority/index.ts'
import type { CauseId } from '../../../src/cause-ids.ts'
import { presign, type SignableRequest, sign } from '../../../src/signature/index.ts'
import {
  type Answer,
  type Ask,
  asker,
  type CallOptions,
  call,
  decisionOf,
  makeSession,
  makeUser,
  send,
} from '../server/caller.ts'

const whoAmI = { Action: 'GetCallerIdentity' }
const invalid = 'The security token included in the request is invalid'
const started = Date.parse('2026-11-28T12:00:00Z')
let authority: Authority
let ask: Ask
let dev: { accessKeyId: string; secretAccessKey: string }
let session: { accessKeyId: string; secretAccessKey: string; sessionToken: string }
const at = new Date(started)

beforeAll(async () => {
  // A clock that stands still: both edges of the window can be met exactly.
  authority = await startAuthority({ data: ':memory:', port: 0, now: () => started })
  ask = asker(authority, { at })
  dev = await makeUser(ask, 'dev', ['iam:*', 'sts:*'])
  session = await makeSession(ask, dev)
})
afterAll(() => authority.stop())

async function expectRefusal(
  answer: Answer,
  outside: { status: number; code: string; message?: string | RegExp },
  inside: { reason: string; cause?: CauseId | null },
) {
  expect({ status: answer.status, code: answer.code }).toEqual({ status: outside.status, code: outside.code })
  if (typeof outside.message === 'string') expect(answer.message).toBe(outside.message)
  else if (outside.message !== undefined) expect(answer.message).toMatch(outside.message)
  expect(answer.headers['x-amzn-requestid']).toBe(answer.requestId)
  expect(answer.headers['date']).toBe(new Date(started).toUTCString())
  expect(answer.headers['content-type']).toBe('text/xml')
  const decision = await decisionOf(authority, answer)
  expect(decision).toMatchObject({ outcome: 'refused', code: outside.code, status: outside.status, ...inside })
  return decision
}

const withHeader =
  (name: string, change: (value: string) => string | null) =>
  (request: SignableRequest): SignableRequest => ({
    ...request,
    headers: request.headers.flatMap(([each, value]) => {
      if (each.toLowerCase() !== name.toLowerCase()) return [[each, value] as const]
      const changed = change(value)
      return changed === null ? [] : [[each, changed] as const]
    }),
  })

const withEmptyToken = (request: SignableRequest): SignableRequest => ({
  ...request,
  headers: [...request.headers, ['X-Amz-Security-Token', '']],
})

describe('a request without a usable signature', () => {
  test('is told that its token is missing when it carries none', async () => {
    const answer = await ask(whoAmI, { alter: withHeader('authorization', () => null) })
    await expectRefusal(
      answer,
      { status: 403, code: 'MissingAuthenticationToken', message: 'Request is missing Authentication Token' },
      { reason: 'unsigned', cause: 'authorization-missing' },
    )
  })

  test('is refused when it is signed in the header and in the query', async () => {
    const answer = await ask(whoAmI, {
      alter: (request) => ({ ...request, query: 'X-Amz-Algorithm=AWS4-HMAC-SHA256' }),
    })
    await expectRefusal(
      answer,
      {
        status: 403,
        code: 'SignatureDoesNotMatch',
        message: "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
      },
      { reason: 'two-authentications' },
    )
  })

  test.each<[what: string, change: (value: string) => string, fragment: RegExp, cause: CauseId | null]>([
    [
      'a blank after the key id',
      (v) => v.replace(/(Credential=[^/]+)/, '$1 '),
      /^'\/20261128\//,
      'surrounding-whitespace',
    ],
    ['a blank before the key id', (v) => v.replace('Credential=', 'Credential= '), /^'AKIA/, 'surrounding-whitespace'],
    [
      'an inline comment after the key id',
      (v) => v.replace(/(Credential=[^/]+)/, '$1 # mine'),
      /^'#'/,
      'inline-comment',
    ],
    ['a bearer token', () => 'Bearer eyJhbGciOiJub25lIn0.e30.x', /^'eyJ/, 'authorization-missing'],
    ['the name of the header in its value', (v) => `AWS4-HMAC-SHA256 ${v}`, /^'AWS4-HMAC-SHA256'/, null],
  ])('is told which part is no key=value pair: %s', async (_what, change, fragment, cause) => {
    const answer = await ask(whoAmI, { alter: withHeader('authorization', change) })
    await expectRefusal(
      answer,
      { status: 400, code: 'IncompleteSignature', message: fragment },
      { reason: 'not-key-value', cause },
    )
    expect(answer.message).toMatch(
      / not a valid key=value pair \(missing equal-sign\) in Authorization header: '.*'\.$/s,
    )
  })

  test('is told what its header lacks', async () => {
    const answer = await ask(whoAmI, {
      alter: withHeader('authorization', (v) => v.replace(/SignedHeaders=[^,]+, /, '')),
    })
    await expectRefusal(
      answer,
      {
        status: 400,
        code: 'IncompleteSignature',
        message: /^Authorization header requires 'SignedHeaders' parameter\. Authorization=AWS4-HMAC-SHA256 /,
      },
      { reason: 'parts-missing' },
    )
  })

  test('is told that it has no date', async () => {
    const answer = await ask(whoAmI, { alter: withHeader('x-amz-date', () => null) })
    await expectRefusal(
      answer,
      {
        status: 400,
        code: 'IncompleteSignature',
        message:
          /^Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header\. Authorization=/,
      },
      { reason: 'parts-missing' },
    )
  })

  test('is told that its date is none', async () => {
    const answer = await ask(whoAmI, { alter: withHeader('x-amz-date', () => '2026-11-28 12:00') })
    await expectRefusal(
      answer,
      {
        status: 400,
        code: 'IncompleteSignature',
        message:
          "Date must be in ISO-8601 'basic format'. Got '2026-11-28 12:00'. See http://en.wikipedia.org/wiki/ISO_8601",
      },
      { reason: 'date-malformed' },
    )
  })

  test('is told that the algorithm is not known', async () => {
    const answer = await ask(whoAmI, {
      alter: withHeader('authorization', (v) => v.replace('AWS4-HMAC-SHA256', 'AWS3-HTTPS')),
    })
    await expectRefusal(
      answer,
      { status: 400, code: 'IncompleteSignature', message: "Unsupported AWS 'algorithm': 'AWS3-HTTPS'." },
      { reason: 'algorithm-unsupported', cause: 'old-signing' },
    )
  })

  test('must have signed its host', async () => {
    const answer = await ask(whoAmI, { alter: withHeader('authorization', (v) => v.replace(';host', '')) })
    await expectRefusal(
      answer,
      {
        status: 403,
        code: 'SignatureDoesNotMatch',
        message: "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
      },
      { reason: 'host-not-signed' },
    )
  })

  test('has its secret named when it stands in the place of the key id, and nowhere shown', async () => {
    const swapped = { accessKeyId: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', secretAccessKey: dev.accessKeyId }
    const answer = await ask(whoAmI, { credentials: swapped })
    const decision = await expectRefusal(
      answer,
      {
        status: 400,
        code: 'IncompleteSignature',
        message:
          /^Credential must have exactly 5 slash-delimited elements, e\.g\. keyid\/date\/region\/service\/term, got '/,
      },
      { reason: 'credential-malformed', cause: 'id-secret-swapped' },
    )
    expect(JSON.stringify(decision)).not.toContain('bPxRfiCY')
    expect(decision.accessKeyId).toBeNull()
  })
})

describe('the clock', () => {
  const shifted = (seconds: number) => ask(whoAmI, { at: new Date(started + seconds * 1000), credentials: dev })

  test.each([-900, -899, 0, 899, 900])('takes a request dated %d seconds off', async (seconds) => {
    expect((await shifted(seconds)).status).toBe(200)
  })

  test('refuses a slow client with all three instants', async () => {
    await expectRefusal(
      await shifted(-901),
      {
        status: 403,
        code: 'SignatureDoesNotMatch',
        message:
          'Signature expired: 20261128T114459Z is now earlier than 20261128T114500Z (20261128T120000Z - 15 min.)',
      },
      { reason: 'signature-expired', cause: 'clock-skew' },
    )
  })

  test('refuses a fast client with all three instants', async () => {
    await expectRefusal(
      await shifted(901),
      {
        status: 403,
        code: 'SignatureDoesNotMatch',
        message:
          'Signature not yet current: 20261128T121501Z is still later than 20261128T121500Z (20261128T120000Z + 15 min.)',
      },
      { reason: 'signature-not-yet-current', cause: 'clock-skew' },
    )
  })

  test('is looked at before the key', async () => {
    const credentials = { accessKeyId: 'AKIAQNZGKIQYSOMEKEY2', secretAccessKey: 'x' }
    const answer = await ask(whoAmI, { at: new Date(started - 3_600_000), credentials })
    await expectRefusal(answer, { status: 403, code: 'SignatureDoesNotMatch' }, { reason: 'signature-expired' })
  })
})

describe('the scope', () => {
  test('may name any region, also one that nobody knows', async () => {
    for (const region of ['us-east-1', 'ap-northeast-3', 'local', 'garage_1']) {
      expect((await ask(whoAmI, { region, credentials: dev })).status).toBe(200)
    }
  })

  test.each<[what: string, options: CallOptions, message: string]>([
    ['another service', { service: 's3' }, "Credential should be scoped to correct service: 'sts'. "],
    ['the other of the two services', { service: 'iam' }, "Credential should be scoped to correct service: 'sts'. "],
    [
      'another terminator',
      { alter: withHeader('authorization', (v) => v.replace('aws4_request', 'aws3_request')) },
      "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws3_request'. ",
    ],
    [
      'another day and service',
      { alter: withHeader('authorization', (v) => v.replace('/20261128/us-east-1/sts/', '/20261127/us-east-1/ec2/')) },
      "Credential should be scoped to correct service: 'sts'. Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20261127' != '20261128', from '20261128T120000Z'. ",
    ],
    [
      'a region that is no name',
      { alter: withHeader('authorization', (v) => v.replace('us-east-1', 'us%east')) },
      "Credential should be scoped to a valid region, not 'us%east'. ",
    ],
  ])('is refused with its faults for %s', async (_what, options, message) => {
    await expectRefusal(
      await ask(whoAmI, { credentials: dev, ...options }),
      { status: 403, code: 'SignatureDoesNotMatch', message },
      { reason: 'scope-wrong', cause: 'signing-scope-wrong' },
    )
  })
})

describe('a long-term key', () => {
  test('gets one and the same answer whether it is unknown, inactive, deleted or of another partition', async () => {
    const inactive = await makeUser(ask, 'inactive')
    await ask({
      Action: 'UpdateAccessKey',
      UserName: 'inactive',
      AccessKeyId: inactive.accessKeyId,
      Status: 'Inactive',
    })
    const deleted = await makeUser(ask, 'deleted')
    await ask({ Action: 'DeleteAccessKey', UserName: 'deleted', AccessKeyId: deleted.accessKeyId })
    const unknown = {
      accessKeyId: mintAccessKeyId('AKIA', authority.account, Buffer.alloc(8, 7)),
      secretAccessKey: dev.secretAccessKey,
    }
    const asked: readonly [reason: string, cause: CauseId, options: CallOptions][] = [
      ['key-unknown', 'key-unknown', { credentials: unknown }],
      ['key-inactive', 'key-inactive', { credentials: inactive }],
      ['key-deleted', 'key-deleted', { credentials: deleted }],
      ['key-of-other-partition', 'other-partition', { credentials: dev, region: 'cn-north-1' }],
    ]
    const answers = []
    for (const [reason, cause, options] of asked) {
      const answer = await ask(whoAmI, options)
      const decision = await expectRefusal(
        answer,
        { status: 403, code: 'InvalidClientTokenId', message: `${invalid}.` },
        { reason, cause },
      )
      expect(decision.accessKeyId).toBe(options.credentials?.accessKeyId)
      answers.push(answer.body.replace(answer.requestId, ''))
    }
    expect(new Set(answers).size).toBe(1)
  })

  test('is refused before its secret is looked at when it is inactive', async () => {
    const key = await makeUser(ask, 'twice-wrong')
    await ask({
      Action: 'UpdateAccessKey',
      UserName: 'twice-wrong',
      AccessKeyId: key.accessKeyId,
      Status: 'Inactive',
    })
    const answer = await ask(whoAmI, { credentials: { ...key, secretAccessKey: 'wrong' } })
    await expectRefusal(answer, { status: 403, code: 'InvalidClientTokenId' }, { reason: 'key-inactive' })
    await ask({ Action: 'UpdateAccessKey', UserName: 'twice-wrong', AccessKeyId: key.accessKeyId, Status: 'Active' })
    expect((await ask(whoAmI, { credentials: key })).status).toBe(200)
  })

  test.each<[id: string, cause: CauseId]>([
    ['AKIAIOSFODNN7EXAMPLE', 'placeholder-value'],
    ['AKIAI44QH8DHBEXAMPLE', 'placeholder-value'],
    ['YOUR_ACCESS_KEY_ID', 'placeholder-value'],
    ['undefined', 'placeholder-value'],
    ['test', 'placeholder-value'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: that is the mistake.
    ['${AWS_ACCESS_KEY_ID}', 'placeholder-value'],
    ['AIDAQNZGKIQYSOMEUSER2', 'not-an-access-key'],
    ['AROAQNZGKIQYSOMEROLE2', 'not-an-access-key'],
    ['123456789012', 'not-an-access-key'],
    ['dev@example.com', 'not-an-access-key'],
    ['"AKIAQNZGKIQYSOMEKEY2"', 'quoted-value'],
    ["'AKIAQNZGKIQYSOMEKEY2'", 'quoted-value'],
    ['akiaqnzgkiqysomekey2', 'key-unknown'],
    ['AKIAQNZGKIQYSOMEKEY2', 'key-unknown'],
    ['wJalrXUtnFEMIaK7MDENGabPxRfiCYzXbMPLcKEY', 'id-secret-swapped'],
  ])('that is no key here is named in the log by what it is: %s', async (accessKeyId, cause) => {
    const answer = await ask(whoAmI, { credentials: { accessKeyId, secretAccessKey: 'x'.repeat(40) } })
    const decision = await expectRefusal(
      answer,
      { status: 403, code: 'InvalidClientTokenId', message: `${invalid}.` },
      { reason: 'key-unknown', cause },
    )
    if (cause === 'id-secret-swapped') expect(JSON.stringify(decision)).not.toContain(accessKeyId)
  })

  test('whose id was sent with an invisible character is named so', async () => {
    const answer = await ask(whoAmI, {
      credentials: dev,
      alter: withHeader('authorization', (v) => v.replace('Credential=', 'Credential=\u00ef\u00bb\u00bf')),
    })
    await expectRefusal(
      answer,
      { status: 403, code: 'InvalidClientTokenId' },
      { reason: 'key-unknown', cause: 'invisible-character' },
    )
  })

  test('with any session token is refused, once its signature is proven', async () => {
    await expectRefusal(
      await ask(whoAmI, { credentials: { ...dev, sessionToken: session.sessionToken } }),
      { status: 403, code: 'InvalidClientTokenId', message: invalid },
      { reason: 'token-unexpected', cause: 'stale-session-token' },
    )
    await expectRefusal(
      await ask(whoAmI, { credentials: { ...dev, secretAccessKey: 'wrong', sessionToken: session.sessionToken } }),
      { status: 403, code: 'SignatureDoesNotMatch' },
      { reason: 'signature-mismatch', cause: 'secret-wrong' },
    )
  })

  test('with an empty token header is refused', async () => {
    const answer = await ask(whoAmI, { credentials: dev, alter: withEmptyToken })
    await expectRefusal(
      answer,
      { status: 403, code: 'InvalidClientTokenId', message: invalid },
      { reason: 'token-empty', cause: 'session-token-empty' },
    )
  })
})

describe('a wrong signature', () => {
  test('is answered with the canonical request and the string to sign', async () => {
    let sent: SignableRequest | null = null
    const answer = await ask(whoAmI, {
      credentials: { ...dev, secretAccessKey: 'wrong' },
      alter: (request) => (sent = request),
    })
    await expectRefusal(
      answer,
      { status: 403, code: 'SignatureDoesNotMatch', message: /^The request signature we calculated does not match / },
      { reason: 'signature-mismatch', cause: 'secret-wrong' },
    )
    const { body, method, path, query } = sent!
    const again = sign(
      {
        method,
        path,
        query,
        body,
        headers: sent!.headers.filter(([name]) => !/^(?:authorization|x-amz-date)$/i.test(name)),
      },
      { credentials: { ...dev, secretAccessKey: 'wrong' }, region: 'us-east-1', service: 'sts', at },
    )
    expect(answer.message).toBe(
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.' +
        `\n\nThe Canonical String for this request should have been\n'${again.canonicalRequest}'` +
        `\n\nThe String-to-Sign should have been\n'${again.stringToSign}'\n`,
    )
  })

  test.each<[what: string, mangle: (secret: string) => string, cause: CauseId]>([
    ['a line feed at its end', (s) => `${s}\n`, 'surrounding-whitespace'],
    ['a carriage return at its end', (s) => `${s}\r`, 'surrounding-whitespace'],
    ['a blank before it', (s) => ` ${s}`, 'surrounding-whitespace'],
    ['quotation marks around it', (s) => `"${s}"`, 'quoted-value'],
    ['a byte order mark before it', (s) => `\ufeff${s}`, 'invisible-character'],
    ['its last character lost', (s) => s.slice(0, -1), 'secret-mangled'],
    ['base64 around it', (s) => Buffer.from(s).toString('base64'), 'base64-wrapped'],
    ['another value', () => 'x'.repeat(40), 'secret-wrong'],
  ])('made by a secret with %s is proven to be so', async (_what, mangle, cause) => {
    const answer = await ask(whoAmI, { credentials: { ...dev, secretAccessKey: mangle(dev.secretAccessKey) } })
    const decision = await expectRefusal(
      answer,
      { status: 403, code: 'SignatureDoesNotMatch' },
      { reason: 'signature-mismatch', cause },
    )
    expect(JSON.stringify(decision)).not.toContain(dev.secretAccessKey.slice(0, -1))
  })

  test('made by the key id instead of the secret, or by the secret of a sibling key, is proven to be so', async () => {
    const swapped = await ask(whoAmI, { credentials: { ...dev, secretAccessKey: dev.accessKeyId } })
    expect(await decisionOf(authority, swapped)).toMatchObject({ cause: 'id-secret-swapped' })
    const second = await ask({ Action: 'CreateAccessKey', UserName: 'dev' })
    const sibling = await ask(whoAmI, { credentials: { ...dev, secretAccessKey: second.text('SecretAccessKey') } })
    const decision = await decisionOf(authority, sibling)
    expect(decision).toMatchObject({ cause: 'secret-wrong' })
    expect(decision.evidence).toEqual([`the request was signed with the secret of ${second.text('AccessKeyId')}`])
  })

  test.each<[what: string, alter: (request: SignableRequest) => SignableRequest]>([
    ['the body', (request) => ({ ...request, body: `${String(request.body)}&X=1` })],
    ['a signed header', withHeader('content-type', () => 'application/x-www-form-urlencoded')],
    ['the query', (request) => ({ ...request, query: 'X=1' })],
    ['the path', (request) => ({ ...request, path: '//' })],
  ])('is found when %s was changed after signing', async (what, alter) => {
    const answer = await ask(whoAmI, { credentials: dev, alter })
    // `//` is normalised to `/` before signing: no change at all (AWS: "normalize the path").
    if (what === 'the path') expect(answer.status).toBe(200)
    else await expectRefusal(answer, { status: 403, code: 'SignatureDoesNotMatch' }, { reason: 'signature-mismatch' })
  })

  test('is a changed body for certain when the hash of another body was signed', async () => {
    const answer = await ask(whoAmI, {
      credentials: dev,
      headers: [['X-Amz-Content-Sha256', '0'.repeat(64)]],
      alter: (request) => ({ ...request, body: `${String(request.body)}&X=1` }),
    })
    await expectRefusal(
      answer,
      { status: 403, code: 'SignatureDoesNotMatch' },
      { reason: 'signature-mismatch', cause: 'request-altered' },
    )
  })
})

describe('a temporary key', () => {
  test('with its token is the user itself', async () => {
    const answer = await ask(whoAmI, { credentials: session })
    expect(answer.text('Arn')).toBe(`arn:aws:iam::${authority.account}:user/dev`)
  })

  const outside = { status: 403, code: 'InvalidClientTokenId', message: invalid }

  test('without its token is refused', async () => {
    const { accessKeyId, secretAccessKey } = session
    await expectRefusal(await ask(whoAmI, { credentials: { accessKeyId, secretAccessKey } }), outside, {
      reason: 'token-missing',
      cause: 'session-token-missing',
    })
  })

  test('with an empty token is refused', async () => {
    const { accessKeyId, secretAccessKey } = session
    const answer = await ask(whoAmI, {
      credentials: { accessKeyId, secretAccessKey },
      alter: withEmptyToken,
    })
    await expectRefusal(answer, outside, { reason: 'token-empty', cause: 'session-token-empty' })
  })

  test.each<[what: string, change: (token: string) => string]>([
    ['cut in half', (token) => token.slice(0, token.length / 2)],
    ['without its last four characters', (token) => token.slice(0, -4)],
    ['of other text', () => 'garbage'],
    ['altered in the middle', (token) => token.slice(0, 200) + (token[200] === 'A' ? 'B' : 'A') + token.slice(201)],
  ])('with a token %s is refused, and the token appears nowhere', async (_what, change) => {
    const sessionToken = change(session.sessionToken)
    const answer = await ask(whoAmI, { credentials: { ...session, sessionToken } })
    const decision = await expectRefusal(answer, outside, {
      reason: expect.stringMatching(/^token-(?:malformed|foreign)$/) as unknown as string,
      cause: 'session-token-cut',
    })
    if (sessionToken.length > 20) expect(JSON.stringify(decision)).not.toContain(sessionToken.slice(0, 40))
  })

  test('with the token of another session is refused', async () => {
    const other = await makeSession(ask, dev)
    await expectRefusal(await ask(whoAmI, { credentials: { ...session, sessionToken: other.sessionToken } }), outside, {
      reason: 'token-of-other-key',
      cause: 'mixed-sessions',
    })
  })

  test('with the secret of its parent is found to be mixed', async () => {
    const answer = await ask(whoAmI, { credentials: { ...session, secretAccessKey: dev.secretAccessKey } })
    await expectRefusal(
      answer,
      { status: 403, code: 'SignatureDoesNotMatch' },
      { reason: 'signature-mismatch', cause: 'mixed-sessions' },
    )
  })

  test('cannot call IAM without a one-time code, nor STS beyond two actions', async () => {
    await expectRefusal(await ask({ Action: 'ListUsers' }, { credentials: session }), outside, {
      reason: 'session-barred',
      cause: 'session-without-mfa',
    })
    await expectRefusal(
      await ask({ Action: 'GetAccessKeyInfo', AccessKeyId: dev.accessKeyId }, { credentials: session }),
      outside,
      { reason: 'session-barred' },
    )
    await expectRefusal(
      await ask({ Action: 'GetSessionToken' }, { credentials: session }),
      { status: 403, code: 'AccessDenied', message: 'Cannot call GetSessionToken with session credentials' },
      { reason: 'called-with-session' },
    )
  })

  test('ends with the key that it was made with', async () => {
    const parent = await makeUser(ask, 'parent')
    const child = await makeSession(ask, parent)
    await ask({ Action: 'UpdateAccessKey', UserName: 'parent', AccessKeyId: parent.accessKeyId, Status: 'Inactive' })
    await expectRefusal(await ask(whoAmI, { credentials: child }), outside, {
      reason: 'parent-gone',
      cause: 'session-parent-gone',
    })
  })

  test('past its end is told so, but only with a token that is genuine', async () => {
    const child = await makeSession(ask, dev)
    const later = new Date(started + 43_201_000)
    authority.clock({ now: later.toISOString() })
    try {
      const expired = await call(authority, whoAmI, { at: later, credentials: child })
      expect(expired).toMatchObject({
        status: 403,
        code: 'ExpiredToken',
        message: 'The security token included in the request is expired',
      })
      expect(await decisionOf(authority, expired)).toMatchObject({ reason: 'token-expired', cause: 'session-expired' })
      const altered = await call(authority, whoAmI, {
        at: later,
        credentials: { ...child, sessionToken: child.sessionToken.replace(/.{8}$/, 'AAAAAAAA') },
      })
      expect(altered.code).toBe('InvalidClientTokenId')
    } finally {
      authority.clock({})
    }
  })
})

describe('other forms of a signature', () => {
  const host = () => new URL(authority.url).host

  test('a presigned GET is as good as a signed POST', async () => {
    const { request } = presign(
      {
        method: 'GET',
        path: '/',
        query: 'Action=GetCallerIdentity&Version=2011-06-15',
        headers: [['Host', host()]],
        body: '',
      },
      { credentials: session, region: 'us-east-1', service: 'sts', at, expiresIn: 60 },
    )
    expect((await send(authority, request)).text('Account')).toBe(authority.account)
    const altered = { ...request, query: request.query.replace('GetCallerIdentity', 'GetSessionToken') }
    expect((await send(authority, altered)).code).toBe('SignatureDoesNotMatch')
  })

  test('a presigned call with a part missing is told which', async () => {
    const { request } = presign(
      {
        method: 'GET',
        path: '/',
        query: 'Action=GetCallerIdentity&Version=2011-06-15',
        headers: [['Host', host()]],
        body: '',
      },
      { credentials: dev, region: 'us-east-1', service: 'sts', at, expiresIn: 60 },
    )
    const answer = await send(authority, { ...request, query: request.query.replace(/&?X-Amz-Date=[^&]+/, '') })
    expect(answer).toMatchObject({
      status: 400,
      code: 'IncompleteSignature',
      message: "AWS query-string parameters must include 'X-Amz-Date'. Re-examine the query-string parameters.",
    })
  })

  test('SigV4A is taken by STS and not by IAM', async () => {
    const asymmetric = { sign: { algorithm: 'AWS4-ECDSA-P256-SHA256', regionSet: ['*'] }, credentials: dev } as const
    expect((await ask(whoAmI, asymmetric)).status).toBe(200)
    const wrong = await ask(whoAmI, { ...asymmetric, credentials: { ...dev, secretAccessKey: 'wrong' } })
    expect(wrong.code).toBe('SignatureDoesNotMatch')
    expect((await ask({ Action: 'ListUsers' }, asymmetric)).code).toBe('IncompleteSignature')
  })

  test('an x-amz header that was sent but not signed is refused', async () => {
    const answer = await ask(whoAmI, {
      credentials: dev,
      alter: (request) => ({ ...request, headers: [...request.headers, ['X-Amz-Something', 'x']] }),
    })
    await expectRefusal(
      answer,
      { status: 403, code: 'SignatureDoesNotMatch' },
      { reason: 'signature-mismatch', cause: 'request-altered' },
    )
  })

  test('every signed header counts, whatever its name', async () => {
    const options = { credentials: dev, headers: [['X-Vault-AWS-IAM-Server-ID', 'vault.example.com']] as const }
    expect((await ask(whoAmI, options)).status).toBe(200)
    const altered = await ask(whoAmI, { ...options, alter: withHeader('x-vault-aws-iam-server-id', () => 'other') })
    expect(altered.code).toBe('SignatureDoesNotMatch')
  })
})

describe('after authentication', () => {
  test('an action is asked for, known, and of the version', async () => {
    const asked: readonly [body: string, code: string, status: number, message?: string][] = [
      ['Version=2011-06-15', 'MissingAction', 400],
      ['Action=&Version=2011-06-15', 'MissingAction', 400],
      ['Action=Foo&Version=2011-06-15', 'InvalidAction', 400, 'Could not find operation Foo for version 2011-06-15'],
      [
        'Action=GetCallerIdentity&Version=2010-05-08',
        'InvalidAction',
        400,
        'Could not find operation GetCallerIdentity for version 2010-05-08',
      ],
      ['Action=GetCallerIdentity', 'InvalidAction', 400],
      ['Action=%ZZ', 'MalformedQueryString', 404],
      ['Action=GetCallerIdentity&Version=2011-06-15&Version=2011-06-15', 'MalformedInput', 400],
    ]
    for (const [body, code, status, message] of asked) {
      const answer = await ask(body, { service: 'sts', credentials: dev })
      expect([body, answer.code, answer.status]).toEqual([body, code, status])
      if (message !== undefined) expect(answer.message).toBe(message)
    }
  })

  test('parameters are judged before permissions, and permissions before existence', async () => {
    const nobody = await makeUser(ask, 'nobody')
    const invalidName = await ask({ Action: 'GetUser', UserName: 'a b' }, { credentials: nobody })
    expect(invalidName.code).toBe('ValidationError')
    const absent = await ask({ Action: 'GetUser', UserName: 'absent' }, { credentials: nobody })
    expect(absent).toMatchObject({ code: 'AccessDenied', status: 403 })
    expect(await decisionOf(authority, absent)).toMatchObject({
      reason: 'not-authorized',
      cause: 'permission-missing',
      principal: `arn:aws:iam::${authority.account}:user/nobody`,
    })
    expect((await ask({ Action: 'GetUser', UserName: 'absent' })).code).toBe('NoSuchEntity')
  })

  test('the answer is JSON for those who ask for it', async () => {
    const fine = await ask(whoAmI, { headers: [['Accept', 'application/json']] })
    expect(JSON.parse(fine.body)).toMatchObject({
      GetCallerIdentityResponse: { GetCallerIdentityResult: { Account: authority.account } },
    })
    expect(fine.headers['content-type']).toBe('application/json')
    const refused = await ask(whoAmI, {
      headers: [['Accept', 'application/json']],
      credentials: { ...dev, secretAccessKey: 'wrong' },
    })
    expect(JSON.parse(refused.body)).toMatchObject({ Error: { Code: 'SignatureDoesNotMatch', Type: 'Sender' } })
  })
})

describe('a one-time code', () => {
  const serial = 'arn:aws:iam::123456789012:mfa/phone'
  test.each<[what: string, parameters: Record<string, string>, reason: string, cause: CauseId | null]>([
    ['of five digits', { SerialNumber: serial, TokenCode: '12345' }, 'constraints', 'mfa-code-wrong'],
    ['of letters', { SerialNumber: serial, TokenCode: 'abcdef' }, 'constraints', 'mfa-code-wrong'],
    ['that is well-formed beside a bad duration', { DurationSeconds: '1', TokenCode: '123456' }, 'constraints', null],
    ['without a serial number', { TokenCode: '123456' }, 'mfa-pair-incomplete', null],
    ['that is missing beside its serial number', { SerialNumber: serial }, 'mfa-pair-incomplete', null],
  ])('%s has its cause named where there is one', async (_what, parameters, reason, cause) => {
    const answer = await ask({ Action: 'GetSessionToken', ...parameters }, { credentials: dev })
    const decision = await decisionOf(authority, answer)
    expect(decision).toMatchObject({ outcome: 'refused', reason, cause })
  })

  test('that EnableMFADevice lacks is a plain mistake, and one of letters is a wrong code', async () => {
    const device = { Action: 'EnableMFADevice', UserName: 'dev', SerialNumber: serial, AuthenticationCode1: '123456' }
    const lacking = await ask(device)
    expect(await decisionOf(authority, lacking)).toMatchObject({ reason: 'constraints', cause: null })
    const malformed = await ask({ ...device, AuthenticationCode2: 'abcdef' })
    expect(await decisionOf(authority, malformed)).toMatchObject({ reason: 'constraints', cause: 'mfa-code-wrong' })
  })
})

test('the log says which statement let a role be assumed', async () => {
  const trust = {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'Devs',
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${authority.account}:user/dev` },
        Action: 'sts:AssumeRole',
      },
    ],
  }
  const role = await ask({ Action: 'CreateRole', RoleName: 'r', AssumeRolePolicyDocument: JSON.stringify(trust) })
  const parameters = { Action: 'AssumeRole', RoleArn: role.text('Arn'), RoleSessionName: 'work' }
  const assumed = await ask(parameters, { credentials: dev })
  expect(await decisionOf(authority, assumed)).toMatchObject({
    outcome: 'accepted',
    statement: expect.stringMatching(/#Devs$/) as unknown as string,
  })
})

test('what the tests made is what the log says of an accepted call', async () => {
  const answer = await ask(whoAmI, { credentials: session, headers: [['User-Agent', 'tests/1']] })
  const decision = await decisionOf(authority, answer)
  expect(decision).toMatchObject({
    at: '2026-11-28T12:00:00.000Z',
    outcome: 'accepted',
    service: 'sts',
    operation: 'GetCallerIdentity',
    accessKeyId: session.accessKeyId,
    principal: `arn:aws:iam::${authority.account}:user/dev`,
    account: authority.account,
    region: 'us-east-1',
    status: 200,
    code: null,
    reason: null,
    cause: null,
    userAgent: 'tests/1',
    evidence: [],
  })
  expect(decision.checks).toEqual([
    'authentication-present',
    'one-authentication',
    'authorization-complete',
    'date',
    'clock',
    'host-signed',
    'algorithm',
    'credential',
    'scope',
    'key',
    'session',
    'signature',
    'no-token',
    'session-scope',
  ])
})
