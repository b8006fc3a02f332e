import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Authority, startAuthority } from '../../../src/authority/index.ts'
import { isOwnHost } from '../../../src/authority/wire/index.ts'
import type { SignableRequest } from '../../../src/signature/index.ts'
import { type Answer, call, decisionOf, send, sendRaw } from './caller.ts'

const whoAmI = { Action: 'GetCallerIdentity' }
let authority: Authority
let closed: Authority

beforeAll(async () => {
  authority = await startAuthority({
    data: ':memory:',
    port: 0,
    testControls: true,
    allowHosts: ['sts.internal.example'],
  })
  closed = await startAuthority({ data: ':memory:', port: 0 })
})
afterAll(() => Promise.all([authority.stop(), closed.stop()]))

const port = () => new URL(authority.url).port
const plain = (method: string, path: string, headers: Record<string, string> = {}, body = '', to = authority) =>
  send(to, {
    method,
    path,
    query: '',
    headers: Object.entries({ Host: new URL(to.url).host, ...headers }),
    body,
  })
const control = (path: string, body: unknown, headers: Record<string, string> = {}, to = authority) =>
  plain('POST', `/_test/${path}`, { 'X-Countersign-Test': '1', ...headers }, JSON.stringify(body), to)

describe('a web page in a browser of this computer', () => {
  test.each<[what: string, headers: Record<string, string>]>([
    ['an Origin of elsewhere', { Origin: 'https://evil.example' }],
    ['an opaque Origin', { Origin: 'null' }],
    ['an Origin of the same host and another port', { Origin: 'http://127.0.0.1:1' }],
    ['Sec-Fetch-Site: cross-site', { 'Sec-Fetch-Site': 'cross-site' }],
    ['Sec-Fetch-Site: same-site', { 'Sec-Fetch-Site': 'same-site' }],
  ])('is refused by %s, however well it signs', async (_what, headers) => {
    const answer = await call(authority, { Action: 'CreateUser', UserName: 'x' }, { headers: Object.entries(headers) })
    expect(answer).toMatchObject({ status: 403, code: 'AccessDenied' })
    expect(await decisionOf(authority, answer)).toMatchObject({ outcome: 'refused', reason: 'cross-site', checks: [] })
  })

  test('gets no leave by a preflight', async () => {
    const answer = await plain('OPTIONS', '/', {
      Origin: 'https://evil.example',
      'Access-Control-Request-Method': 'POST',
    })
    expect(answer.status).toBe(403)
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([])
  })

  test('may be the authority’s own', async () => {
    const headers = [
      ['Origin', authority.url],
      ['Sec-Fetch-Site', 'same-origin'],
    ] as const
    expect((await call(authority, whoAmI, { headers })).status).toBe(200)
  })

  test('is refused under a name that its owner may have pointed here', async () => {
    const answer = await plain('POST', '/', { Host: `evil.example:${port()}` }, 'Action=GetCallerIdentity')
    expect(answer).toMatchObject({ status: 403, code: 'AccessDenied' })
    expect(await decisionOf(authority, answer)).toMatchObject({ reason: 'foreign-host' })
  })

  test('is refused without a host, or with two', async () => {
    const two = await sendRaw(
      authority,
      `GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`,
    )
    const old = await sendRaw(authority, 'GET / HTTP/1.0\r\nConnection: close\r\n\r\n')
    const none = await sendRaw(authority, 'POST / HTTP/1.1\r\nConnection: close\r\nContent-Length: 3\r\n\r\na=b')
    for (const reply of [two, old, none]) {
      expect(reply).toMatch(/^HTTP\/1\.1 400 /)
      expect(reply).toContain('<Code>MalformedHttpRequestException</Code>')
      const requestId = /\r\nx-amzn-RequestId: (\S+)\r\n/.exec(reply)?.[1]
      expect(reply).toContain(`<RequestId>${requestId}</RequestId>`)
      expect(await authority.decisions({ requestId: requestId!, limit: 1 })).toMatchObject([{ reason: 'host-missing' }])
    }
  })
})

describe('a host name', () => {
  const rules = { boundHost: 'authority', allowHosts: ['sts.internal.example'] }
  test.each([
    '127.0.0.1',
    '127.0.0.1:7374',
    '[::1]:7374',
    'localhost:7374',
    'LOCALHOST',
    'countersign.localhost:7374',
    '10.1.2.3:7374',
    'authority:7374',
    'sts.internal.example',
    'sts.amazonaws.com',
    'sts.eu-west-1.amazonaws.com',
    'iam.amazonaws.com',
    'sts.cn-north-1.amazonaws.com.cn',
  ])('%s is our own', (host) => {
    expect(isOwnHost(host, rules)).toBe(true)
  })
  test.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'sts.amazonaws.com.evil.example',
    'bucket.s3-website-us-east-1.amazonaws.com',
    'ec2-1-2-3-4.compute-1.amazonaws.com',
    'evil.example@127.0.0.1',
    '127.0.0.1:7374:80',
    '[::1',
    '',
  ])('%s is foreign', (host) => {
    expect(isOwnHost(host, rules)).toBe(false)
  })
  test('that the operator allowed is answered', async () => {
    const answer = await call(authority, whoAmI, { alter: (request) => request })
    expect(answer.status).toBe(200)
    expect((await plain('GET', '/healthz', { Host: 'sts.internal.example' })).status).toBe(200)
  })
})

describe('a signed header in another script', () => {
  const headers = [['X-Note', 'Grüße, é']] as const
  const bytesOf = (encode: (value: string) => string) => ({
    headers,
    alter: (request: SignableRequest) => ({
      ...request,
      // Node writes the header in Latin-1 only when the body is bytes; behind a text it takes the text's UTF-8.
      body: Buffer.from(request.body),
      headers: request.headers.map(([name, value]) => [name, name === 'X-Note' ? encode(value) : value] as const),
    }),
  })
  const asUtf8 = (value: string): string => Buffer.from(value).toString('latin1')

  test('is genuine when it is sent in UTF-8, and when it is sent in Latin-1', async () => {
    expect((await call(authority, whoAmI, bytesOf(asUtf8))).status).toBe(200)
    expect(
      (
        await call(
          authority,
          whoAmI,
          bytesOf((value) => value),
        )
      ).status,
    ).toBe(200)
  })

  test('is refused when one of its characters was changed, and the answer shows what was read', async () => {
    const answer = await call(
      authority,
      whoAmI,
      bytesOf((value) => asUtf8(value.replace('é', 'è'))),
    )
    expect(answer.code).toBe('SignatureDoesNotMatch')
    expect(answer.message).toContain('x-note:Grüße, è\n')
  })
})

describe('paths and verbs', () => {
  test('other paths are a 404 in AWS’s form', async () => {
    const answer = await plain('POST', '/foo', {}, 'Action=GetCallerIdentity')
    expect(answer).toMatchObject({ status: 404, code: 'UnknownOperationException' })
    expect(answer.requestId).toBe(answer.headers['x-amzn-requestid'])
  })
  // Why: a client whose endpoint has a path, or that sends all of AWS here, is refused; and nobody would know why.
  test.each([
    ['a call of STS', '/sts', 'sts', 'eu-west-1', 'no-such-path'],
    ['a request for S3', '/bucket/key', 's3', 'us-east-1', 'no-such-path'],
  ])('%s at another path is on record with what it is signed for', async (_, path, service, region, reason) => {
    const answer = await call(authority, whoAmI, { service, region, alter: (request) => ({ ...request, path }) })
    expect(answer.status).toBe(404)
    expect(await decisionOf(authority, answer)).toMatchObject({
      outcome: 'refused',
      status: 404,
      code: 'UnknownOperationException',
      reason,
      cause: 'endpoint-override',
      service,
      region,
      accessKeyId: authority.root.accessKeyId,
      principal: null,
      evidence: [expect.stringContaining(`POST ${path.split('/', 2).join('/')}`), expect.any(String)],
    })
  })
  test('a form that needs no signature is on record at another path, and what no client of AWS sends is not', async () => {
    const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
    const answer = await plain('POST', '/x', form, 'Action=AssumeRoleWithWebIdentity&WebIdentityToken=secret')
    const decision = await decisionOf(authority, answer)
    expect(decision).toMatchObject({ reason: 'no-such-path', service: '', accessKeyId: null })
    expect(JSON.stringify(decision)).not.toContain('secret')
    const others = [await plain('GET', '/favicon.ico'), await plain('POST', '/foo', {}, 'x'), await plain('PUT', '/')]
    const ids = (await authority.decisions({ limit: 10 })).map(({ requestId }) => requestId)
    for (const { requestId } of others) expect(ids).not.toContain(requestId)
  })
  test.each([
    ['/x/wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 'POST /x/… is signed'],
    [`/${'y'.repeat(4_000)}`, 'POST /… is signed'],
  ])('of a path no more than its begin is on record: %.20s', async (path, begin) => {
    const answer = await call(authority, whoAmI, { alter: (request) => ({ ...request, path }) })
    const text = JSON.stringify(await decisionOf(authority, answer))
    expect(text).toContain(begin)
    expect(text).not.toMatch(/wJalr|yyy/)
  })
  test('other verbs are a 405 in AWS’s form', async () => {
    expect(await plain('PUT', '/', {}, 'x')).toMatchObject({ status: 405, code: 'MethodNotAllowed' })
    const deleted = await plain('DELETE', '/')
    expect(deleted).toMatchObject({ status: 405 })
    expect(deleted.headers['allow']).toBe('GET, HEAD, POST')
  })
  test('a bare GET is an unsigned call', async () => {
    expect(await plain('GET', '/')).toMatchObject({ status: 403, code: 'MissingAuthenticationToken' })
  })
  test('health and readiness are told', async () => {
    expect(await plain('GET', '/healthz')).toMatchObject({ status: 200, body: '{"status":"ok"}' })
    expect(await plain('GET', '/readyz')).toMatchObject({ status: 200, body: '{"status":"ready"}' })
  })
  test('the absolute form of a request target is understood', async () => {
    const reply = await sendRaw(
      authority,
      `GET http://127.0.0.1:${port()}/healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`,
    )
    expect(reply).toMatch(/^HTTP\/1\.1 200 /)
  })
  test('an unsigned action is not one of ours yet, and says what unsigned calls hear', async () => {
    const answer = await plain(
      'POST',
      '/',
      { 'Content-Type': 'application/x-www-form-urlencoded' },
      'Action=AssumeRoleWithSAML&Version=2011-06-15',
    )
    expect(answer).toMatchObject({
      status: 400,
      code: 'InvalidAction',
      message: 'Could not find operation AssumeRoleWithSAML for version 2011-06-15',
    })
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
    expect(await plain('POST', '/', headers, 'Action=AssumeRoleWithWebIdentity&Version=2010-05-08')).toMatchObject({
      status: 400,
      code: 'InvalidAction',
    })
  })
})

describe('test controls', () => {
  const json = (answer: Answer) => JSON.parse(answer.body) as Record<string, unknown>

  test('are closed unless they were opened', async () => {
    const answer = await control('reset', {}, {}, closed)
    expect(answer.status).toBe(404)
    expect(json(answer)).toHaveProperty('error')
  })

  test('are opened on a loopback address only', async () => {
    await expect(
      startAuthority({ data: ':memory:', port: 0, host: '0.0.0.0', testControls: true }),
    ).rejects.toMatchObject({
      code: 'usage',
    })
  })

  test.each<[what: string, headers: Record<string, string>]>([
    ['without their header', { 'X-Countersign-Test': '' }],
    ['with another value in their header', { 'X-Countersign-Test': 'yes' }],
    ['from a web page', { Origin: 'https://evil.example' }],
    ['from a page under a foreign name', { Host: 'evil.example' }],
    ['under the name of AWS', { Host: 'sts.amazonaws.com' }],
    ['from a page of our own', { Origin: '' }],
    ['by a browser that calls it cross-site', { 'Sec-Fetch-Site': 'cross-site' }],
  ])('are refused %s', async (_what, headers) => {
    const before = new Date((await plain('GET', '/healthz')).headers['date'] as string)
    const given = headers['Origin'] === '' ? { Origin: authority.url } : headers
    const refused = await control('clock', { now: '2001-01-01T00:00:00Z' }, given)
    expect(refused.status).toBe(403)
    expect(refused.headers['content-type']).toBe('application/json')
    expect(json(refused)).toEqual({ error: expect.stringMatching(/./) })
    const after = new Date((await plain('GET', '/healthz')).headers['date'] as string)
    expect(Math.abs(after.getTime() - before.getTime())).toBeLessThan(60_000)
  })

  test('move the clock, which goes on ticking, and give it back', async () => {
    expect(await control('clock', { now: '2015-08-30T12:36:00Z' })).toMatchObject({ status: 200, body: '{}' })
    const moved = await call(authority, whoAmI, { at: new Date('2015-08-30T12:36:00Z') })
    expect(moved.status).toBe(200)
    expect(new Date(moved.headers['date'] as string).toISOString()).toMatch(/^2015-08-30T12:3[67]:/)
    expect((await call(authority, whoAmI)).code).toBe('SignatureDoesNotMatch')
    await control('clock', { offset: 3600 })
    expect((await call(authority, whoAmI, { at: new Date(Date.now() + 3_600_000) })).status).toBe(200)
    await control('clock', {})
    expect((await call(authority, whoAmI)).status).toBe(200)
  })

  test.each<[path: string, body: unknown, status: number]>([
    ['clock', { now: 'yesterday' }, 400],
    ['clock', { now: '2015-08-30T12:36:00Z', offset: 1 }, 400],
    ['clock', { offset: 'x' }, 400],
    ['clock', { foo: 1 }, 400],
    ['clock', { offset: 1, foo: 1 }, 400],
    ['clock', { now: '2015-08-30T12:36:00' }, 400],
    ['clock', { now: '2015-08-30' }, 400],
    ['clock', { now: '1969-12-31T23:59:59Z' }, 400],
    ['clock', { now: '2101-01-01T00:00:00Z' }, 400],
    ['clock', { now: '9999-12-31T23:59:59Z' }, 400],
    ['clock', { now: '0001-01-01T00:00:00Z' }, 400],
    ['clock', { offset: 86_400 * 366 * 90 }, 400],
    ['clock', { offset: -86_400 * 366 * 90 }, 400],
    ['reset', { all: true }, 400],
    ['propagation', { seconds: 1, delay: 1 }, 400],
    ['fault', { operation: '*', code: 'Throttling', service: 'sts' }, 400],
    ['clock', [], 400],
    ['propagation', {}, 400],
    ['propagation', { seconds: -1 }, 400],
    ['propagation', { seconds: 1e9 }, 400],
    ['fault', { operation: 'sts:AssumeRole' }, 400],
    ['fault', { operation: 'AssumeRole', code: 'Throttling' }, 400],
    ['fault', { operation: 'sts:AssumeRole', code: '<b>' }, 400],
    ['nothing', {}, 404],
  ])('say what is wrong with a call of %s %o', async (path, body, status) => {
    const answer = await control(path, body)
    expect(answer.status).toBe(status)
    expect(json(answer)).toHaveProperty('error')
  })

  test('move the clock to the edges of what it may show, in any zone', async () => {
    const shown = async () => Date.parse((await plain('GET', '/healthz')).headers['date'] as string)
    for (const [now, milliseconds] of [
      ['1970-01-01T00:00:00Z', 0],
      ['2100-12-31T23:59:00Z', Date.UTC(2100, 11, 31, 23, 59)],
      ['2015-08-30T14:36:00.5+02:00', Date.UTC(2015, 7, 30, 12, 36)],
    ] as const) {
      expect((await control('clock', { now })).status).toBe(200)
      expect(Math.abs((await shown()) - milliseconds)).toBeLessThan(10_000)
    }
    expect((await control('clock', {})).status).toBe(200)
    expect(Math.abs((await shown()) - Date.now())).toBeLessThan(10_000)
  })

  test('say which verb a control takes', async () => {
    const answer = await plain('GET', '/_test/clock', { 'X-Countersign-Test': '1' })
    expect(answer.status).toBe(405)
    expect(answer.headers['allow']).toBe('POST')
  })

  test('answer the next calls with a fault, so many times', async () => {
    await control('fault', { operation: 'sts:GetCallerIdentity', code: 'Throttling', times: 2 })
    const first = await call(authority, whoAmI)
    expect(first).toMatchObject({ status: 400, code: 'Throttling', message: 'Rate exceeded' })
    expect(await decisionOf(authority, first)).toMatchObject({ reason: 'injected', cause: null })
    expect((await call(authority, { Action: 'ListUsers' })).status).toBe(200)
    expect((await call(authority, whoAmI)).code).toBe('Throttling')
    expect((await call(authority, whoAmI)).status).toBe(200)
    authority.fault({ operation: '*', code: 'InternalFailure', times: 1 })
    expect(await call(authority, { Action: 'ListUsers' })).toMatchObject({ status: 500, code: 'InternalFailure' })
    expect((await call(authority, { Action: 'ListUsers' })).status).toBe(200)
  })

  test('let new keys and changes take effect later', async () => {
    await call(authority, { Action: 'CreateUser', UserName: 'late' })
    await control('propagation', { seconds: 8 })
    const made = await call(authority, { Action: 'CreateAccessKey', UserName: 'late' })
    const credentials = { accessKeyId: made.text('AccessKeyId'), secretAccessKey: made.text('SecretAccessKey') }
    const early = await call(authority, whoAmI, { credentials })
    expect(early).toMatchObject({ status: 403, code: 'InvalidClientTokenId' })
    expect(await decisionOf(authority, early)).toMatchObject({
      reason: 'key-not-propagated',
      cause: 'key-not-propagated',
    })
    const later = () => new Date(Date.now() + 9_000)
    authority.clock({ offset: 9 })
    expect((await call(authority, whoAmI, { credentials, at: later() })).status).toBe(200)
    await call(
      authority,
      { Action: 'DeleteAccessKey', UserName: 'late', AccessKeyId: credentials.accessKeyId },
      { at: later() },
    )
    expect((await call(authority, whoAmI, { credentials, at: later() })).status).toBe(200)
    await control('propagation', { seconds: 0 })
    expect((await call(authority, whoAmI, { credentials, at: later() })).code).toBe('InvalidClientTokenId')
    authority.clock({})
  })

  test('let a new membership, and what a group may, take effect later', async () => {
    for (const parameters of [
      { Action: 'CreateUser', UserName: 'joins' },
      { Action: 'CreateGroup', GroupName: 'joined' },
    ])
      expect((await call(authority, parameters)).status).toBe(200)
    const made = await call(authority, { Action: 'CreateAccessKey', UserName: 'joins' })
    const credentials = { accessKeyId: made.text('AccessKeyId'), secretAccessKey: made.text('SecretAccessKey') }
    const allowed = async (seconds: number) => {
      authority.clock({ offset: seconds })
      const at = new Date(Date.now() + seconds * 1000)
      return (await call(authority, { Action: 'GetUser' }, { credentials, at })).status === 200
    }
    const change = async (seconds: number, parameters: Readonly<Record<string, string>>) => {
      authority.clock({ offset: seconds })
      const answer = await call(authority, parameters, { at: new Date(Date.now() + seconds * 1000) })
      expect(answer.status).toBe(200)
    }
    const PolicyArn = 'arn:aws:iam::aws:policy/IAMReadOnlyAccess'
    await control('propagation', { seconds: 8 })
    await change(20, { Action: 'AddUserToGroup', GroupName: 'joined', UserName: 'joins' })
    await change(40, { Action: 'AttachGroupPolicy', GroupName: 'joined', PolicyArn })
    expect([await allowed(41), await allowed(49)]).toEqual([false, true])
    await change(60, { Action: 'RemoveUserFromGroup', GroupName: 'joined', UserName: 'joins' })
    expect([await allowed(61), await allowed(69)]).toEqual([true, false])
    await control('propagation', { seconds: 0 })
    authority.clock({})
  })

  test('show the current code of a device', async () => {
    const made = await call(authority, { Action: 'CreateVirtualMFADevice', VirtualMFADeviceName: 'phone' })
    const serial = made.text('SerialNumber')
    const asked = await send(authority, {
      method: 'GET',
      path: '/_test/mfa',
      query: `serial=${encodeURIComponent(serial)}`,
      headers: [
        ['Host', `127.0.0.1:${port()}`],
        ['X-Countersign-Test', '1'],
      ],
      body: '',
    })
    expect(json(asked)).toEqual({ code: expect.stringMatching(/^\d{6}$/) })
    expect(authority.mfaCode('arn:aws:iam::123456789012:mfa/none')).toBeNull()
  })

  test('bring back the first state, with the same account and root key', async () => {
    await call(authority, { Action: 'CreateUser', UserName: 'gone' })
    const second = await call(authority, { Action: 'CreateAccessKey' })
    expect(second.status).toBe(200)
    authority.clock({ offset: 7200 })
    expect((await control('reset', {})).status).toBe(200)
    const me = await call(authority, whoAmI)
    expect(me.text('Account')).toBe(authority.account)
    expect((await call(authority, { Action: 'ListUsers' })).body).not.toContain('gone')
    const credentials = { accessKeyId: second.text('AccessKeyId'), secretAccessKey: second.text('SecretAccessKey') }
    expect((await call(authority, whoAmI, { credentials })).code).toBe('InvalidClientTokenId')
  })
})
