import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { request } from 'node:http'
import { request as secureRequest } from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { accountOfAccessKeyId } from '../../../src/anatomy/access-key-id.ts'
import { type LogLine, startAuthority } from '../../../src/authority/index.ts'
import type { SigningCredentials } from '../../../src/signature/index.ts'
import { asker, call, decisionOf, makeUser } from './caller.ts'
import { makeCertificate } from './certificate.ts'

const whoAmI = { Action: 'GetCallerIdentity' }
const places: string[] = []
afterAll(() => {
  for (const place of places) rmSync(place, { recursive: true, force: true })
})

function place(): string {
  const made = mkdtempSync(join(tmpdir(), 'countersign-server-'))
  places.push(made)
  return join(made, 'data')
}

describe('a first start', () => {
  test('makes an account whose root key works and carries the account', async () => {
    const authority = await startAuthority({ data: ':memory:', port: 0 })
    expect(authority.account).toMatch(/^[1-9]\d{11}$/)
    expect(authority.root.accessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/)
    expect(accountOfAccessKeyId(authority.root.accessKeyId)).toBe(authority.account)
    expect(authority.created).toBe(true)
    const me = await call(authority, whoAmI)
    expect(me.text('Arn')).toBe(`arn:aws:iam::${authority.account}:root`)
    expect(me.text('UserId')).toBe(authority.account)
    await authority.stop()
  })

  test('takes the first values from outside', async () => {
    const fixed = {
      accountId: '123456789012',
      rootAccessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      rootSecretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    }
    const authority = await startAuthority({ data: ':memory:', port: 0, ...fixed })
    expect(authority).toMatchObject({
      account: fixed.accountId,
      root: { accessKeyId: fixed.rootAccessKeyId, secretAccessKey: fixed.rootSecretAccessKey },
    })
    expect((await call(authority, whoAmI)).text('Account')).toBe(fixed.accountId)
    await authority.stop()
  })

  test.each([
    [{ accountId: '123' }],
    [{ rootAccessKeyId: 'AKIAIOSFODNN7EXAMPLE' }],
    [{ rootAccessKeyId: 'ASIAIOSFODNN7EXAMPLE', rootSecretAccessKey: 'x'.repeat(40) }],
    [{ rootAccessKeyId: 'AKIAIOSFODNN7EXAMPLE', rootSecretAccessKey: 'with a blank in the middle' }],
    [{ partition: 'aws-mars' }],
    [{ masterKey: 'short', data: '/proc/nowhere' }],
  ])('refuses first values that cannot be: %o', async (options) => {
    await expect(startAuthority({ data: ':memory:', port: 0, ...options })).rejects.toMatchObject({ code: 'usage' })
  })
})

describe('a data directory', () => {
  test('keeps when a role was last used', async () => {
    const data = place()
    const first = await startAuthority({ data, port: 0 })
    const ask = asker(first)
    const dev = await makeUser(ask, 'dev', ['sts:AssumeRole'])
    const trust = { Effect: 'Allow', Principal: { AWS: first.account }, Action: 'sts:AssumeRole' }
    const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trust] })
    await ask({ Action: 'CreateRole', RoleName: 'r', AssumeRolePolicyDocument })
    const RoleArn = `arn:aws:iam::${first.account}:role/r`
    const given = await ask({ Action: 'AssumeRole', RoleArn, RoleSessionName: 'me' }, { credentials: dev })
    // Who has got a session has not used it yet.
    expect((await ask({ Action: 'GetRole', RoleName: 'r' })).body).not.toContain('<LastUsedDate>')
    const [accessKeyId, secretAccessKey, sessionToken] = ['AccessKeyId', 'SecretAccessKey', 'SessionToken'].map(
      given.text,
    )
    const credentials = { accessKeyId: accessKeyId!, secretAccessKey: secretAccessKey!, sessionToken: sessionToken! }
    await ask(whoAmI, { credentials, region: 'eu-west-1' })
    const used = await ask({ Action: 'GetRole', RoleName: 'r' })
    expect(Math.abs(Date.parse(used.text('LastUsedDate')) - Date.now())).toBeLessThan(60_000)
    expect(used.text('Region')).toBe('eu-west-1')
    await first.stop()

    const second = await startAuthority({ data, port: 0 })
    const again = await call(second, { Action: 'GetRole', RoleName: 'r' }, { credentials: first.root })
    expect([again.text('LastUsedDate'), again.text('Region')]).toEqual([used.text('LastUsedDate'), 'eu-west-1'])
    await second.stop()
  })

  test('keeps everything over a stop, and its files to itself', async () => {
    const data = place()
    const first = await startAuthority({ data, port: 0 })
    const dev = await makeUser(asker(first), 'dev')
    const seen = await call(first, whoAmI, { credentials: dev })
    await first.stop()

    const credentials = readFileSync(join(data, 'root-credentials'), 'utf8')
    expect(credentials).toBe(
      `[default]\naws_access_key_id = ${first.root.accessKeyId}\naws_secret_access_key = ${first.root.secretAccessKey}\nregion = us-east-1\n`,
    )
    if (process.platform !== 'win32') {
      expect(statSync(data).mode & 0o777).toBe(0o700)
      expect(statSync(join(data, 'root-credentials')).mode & 0o777).toBe(0o600)
    }

    const again = await startAuthority({ data, port: 0, accountId: '999999999999' })
    expect(again).toMatchObject({ account: first.account, root: first.root, created: false })
    expect((await call(again, whoAmI, { credentials: dev })).text('Arn')).toBe(seen.text('Arn'))
    expect(await decisionOf(again, seen)).toMatchObject({ operation: 'GetCallerIdentity', outcome: 'accepted' })
    const used = await call(again, { Action: 'GetAccessKeyLastUsed', AccessKeyId: dev.accessKeyId })
    expect(used.text('ServiceName')).toBe('sts')
    await again.stop()
  })

  /** Why: most session tokens that are refused are days old, and the log must say so, not that they were altered. */
  test('knows a session of days ago as one that has ended', async () => {
    const data = place()
    const start = Date.now()
    let now = start
    const days = 86_400_000
    let credentials = {}
    const seen: unknown[] = []
    for (const later of [0, 1, 3, 12, 40]) {
      now = start + later * days
      const authority = await startAuthority({ data, port: 0, now: () => now })
      const at = new Date(now)
      if (later === 0) {
        const session = await call(authority, { Action: 'GetSessionToken' }, { at })
        credentials = {
          accessKeyId: session.text('AccessKeyId'),
          secretAccessKey: session.text('SecretAccessKey'),
          sessionToken: session.text('SessionToken'),
        }
      }
      const answer = await call(authority, whoAmI, { at, credentials: credentials as SigningCredentials })
      seen.push([later, answer.code, (await decisionOf(authority, answer)).cause])
      await authority.stop()
    }
    const expired = ['ExpiredToken', 'session-expired']
    expect(seen).toEqual([
      [0, null, null],
      [1, ...expired],
      [3, ...expired],
      [12, ...expired],
      // The key that could open it is gone, as AWS's are then: it cannot be proven any more, but the log knows.
      [40, 'InvalidClientTokenId', 'session-expired'],
    ])
  })

  test('belongs to one server at a time', async () => {
    const data = place()
    const first = await startAuthority({ data, port: 0 })
    await expect(startAuthority({ data, port: 0 })).rejects.toMatchObject({ code: 'store' })
    expect((await call(first, whoAmI)).status).toBe(200)
    await first.stop()
    await (await startAuthority({ data, port: 0 })).stop()
  })

  test('is let go when the port is taken', async () => {
    const first = await startAuthority({ data: ':memory:', port: 0 })
    const port = Number(new URL(first.url).port)
    const data = place()
    await expect(startAuthority({ data, port })).rejects.toMatchObject({ code: 'usage', data: { port } })
    await (await startAuthority({ data, port: 0 })).stop()
    await first.stop()
  })
})

describe('a stop', () => {
  test('waits for what has begun, and can be asked for twice', async () => {
    const data = place()
    const authority = await startAuthority({ data, port: 0 })
    const asked = Array.from({ length: 30 }, (_, index) =>
      call(authority, { Action: 'CreateUser', UserName: `u${index}` }),
    )
    // The first answer shows that the others are under way.
    await Promise.race(asked)
    const stopped = Promise.all([authority.stop(), authority.stop()])
    const answers = await Promise.allSettled(asked)
    await stopped
    const again = await startAuthority({ data, port: 0 })
    const users = (await call(again, { Action: 'ListUsers' })).body
    for (const [index, answer] of answers.entries()) {
      if (answer.status === 'fulfilled' && answer.value.status === 200) {
        expect(users).toContain(`<UserName>u${index}</UserName>`)
        expect(await decisionOf(again, answer.value)).toMatchObject({ outcome: 'accepted' })
      }
    }
    await again.stop()
  })

  test('does not wait for connections that only stand there', async () => {
    const authority = await startAuthority({ data: ':memory:', port: 0 })
    const idle = new URL(authority.url)
    await new Promise<void>((resolve, reject) => {
      const kept = request(
        { host: idle.hostname, port: idle.port, path: '/healthz', headers: { Connection: 'keep-alive' } },
        (reply) => {
          reply.resume()
          reply.on('end', resolve)
        },
      )
      kept.on('error', reject)
      kept.end()
    })
    const begun = performance.now()
    await authority.stop()
    expect(performance.now() - begun).toBeLessThan(2_000)
  })

  /** Why: such a connection held the process for the ten seconds that are meant for requests. */
  test.each<[what: string, tls: boolean, text: string]>([
    ['a head that never ends', false, 'POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: '],
    ['not a word', false, ''],
    ['no TLS greeting', true, ''],
    ['half a TLS greeting', true, '\x16\x03\x01'],
  ])('does not wait for a connection that sent %s', async (_what, tls, text) => {
    const authority = await startAuthority({ data: ':memory:', port: 0, ...(tls ? { tls: makeCertificate() } : {}) })
    const socket = connect(Number(new URL(authority.url).port), '127.0.0.1')
    socket.on('error', () => {})
    const closed = new Promise((resolve) => socket.on('close', resolve))
    await new Promise<void>((resolve) => socket.on('connect', resolve))
    if (text !== '') await new Promise((resolve) => socket.write(text, 'latin1', resolve))
    // An answer on a later connection shows that this one has been taken.
    await (tls ? securely(authority.url) : call(authority, whoAmI))
    const begun = performance.now()
    await authority.stop()
    await closed
    expect(performance.now() - begun).toBeLessThan(2_000)
  })
})

/** The status of /healthz over TLS. */
function securely(url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = secureRequest(`${url}/healthz`, { rejectUnauthorized: false, agent: false }, (reply) => {
      reply.resume()
      reply.on('end', () => resolve(reply.statusCode))
    })
    asked.on('error', reject)
    asked.end()
  })
}

describe('a certificate and its key', () => {
  const pair = makeCertificate()

  test('make the listener speak TLS', async () => {
    const authority = await startAuthority({ data: ':memory:', port: 0, tls: pair })
    expect(authority.url).toMatch(/^https:/)
    expect(await securely(authority.url)).toBe(200)
    await authority.stop()
  })

  test.each<[what: string, tls: { cert: string; key: string }, names: RegExp]>([
    ['that were swapped', { cert: pair.key, key: pair.cert }, /--tls-cert cannot be used/],
    ['of which the certificate is no PEM', { ...pair, cert: 'x' }, /--tls-cert cannot be used/],
    ['of which the certificate is empty', { ...pair, cert: '' }, /--tls-cert cannot be used/],
    ['of which the key is no PEM', { ...pair, key: 'x' }, /--tls-key cannot be used/],
    ['of which the key is empty', { ...pair, key: '' }, /--tls-key cannot be used/],
    [
      'of which the key is another',
      { ...pair, key: makeCertificate().key },
      /--tls-cert .*--tls-key do not go together/,
    ],
  ])('%s are a mistake of usage, and the data directory is let go', async (_what, tls, names) => {
    const data = place()
    const refusal = await startAuthority({ data, port: 0, tls }).catch((error: Error) => error)
    expect(refusal).toMatchObject({ code: 'usage', message: expect.stringMatching(names) })
    expect((refusal as Error).message).not.toContain(pair.key.split('\n')[1])
    await (await startAuthority({ data, port: 0 })).stop()
  })
})

test('open test controls are said loudly', async () => {
  const lines: LogLine[] = []
  const authority = await startAuthority({
    data: ':memory:',
    port: 0,
    testControls: true,
    log: (line) => lines.push(line),
  })
  expect(lines).toContainEqual({
    level: 'warn',
    message: expect.stringMatching(/test controls are open/) as unknown as string,
  })
  await authority.stop()
})

test('a store that breaks while it serves is a 503, told to the log and not to the caller', async () => {
  const lines: LogLine[] = []
  const authority = await startAuthority({
    data: ':memory:',
    port: 0,
    log: (line) => lines.push(line),
    limits: { storeSilence: -1 },
  })
  const answer = await call(authority, whoAmI)
  expect(answer).toMatchObject({ status: 503, code: 'ServiceUnavailable' })
  expect((await decisionOf(authority, answer)).reason).toBe('unavailable')
  await authority.stop()
})
