import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Authority, startAuthority } from '../../../src/authority/index.ts'
import { presign, type SigningCredentials } from '../../../src/signature/index.ts'
import { type Answer, type Ask, asker, call, decisionOf, makeSession, makeUser, send } from '../server/caller.ts'

/*
 * What the log knows beyond the answer: a presigned URL that was altered, came late or outlived its session, a signature of
 * another version, values that were encoded once more, tokens of elsewhere, AWS's quarantine.
 */
const started = Date.parse('2026-11-28T12:00:00Z')
let authority: Authority
let ask: Ask
let dev: { accessKeyId: string; secretAccessKey: string }

beforeAll(async () => {
  authority = await startAuthority({ data: ':memory:', port: 0, testControls: true, now: () => started })
})
beforeEach(async () => {
  await authority.reset()
  ask = asker(authority, { at: new Date(started) })
  dev = await makeUser(ask, 'dev', ['iam:*', 'sts:*'])
})
afterAll(() => authority.stop())

async function causeOf(answer: Answer) {
  expect(answer.status).toBeGreaterThanOrEqual(400)
  const decision = await decisionOf(authority, answer)
  return decision.cause
}

const form = 'Action=GetCallerIdentity&Version=2011-06-15'
const host = () => ['Host', new URL(authority.url).host] as const

function presigned({ credentials = dev as SigningCredentials, ago = 0, expiresIn = 43_200 } = {}): string {
  const request = { method: 'GET', path: '/', query: form, headers: [host()], body: '' }
  const at = new Date(started - ago * 1000)
  return presign(request, { credentials, region: 'us-east-1', service: 'sts', at, expiresIn }).request.query
}

function follow(query: string, method = 'GET', headers: readonly (readonly [string, string])[] = []) {
  return send(authority, { method, path: '/', query, headers: [host(), ...headers], body: '' })
}

describe('a presigned URL', () => {
  test('is good as it was made', async () => {
    expect((await follow(presigned())).status).toBe(200)
  })

  test.each<[what: string, send: () => Promise<Answer>]>([
    ['with one parameter more', () => follow(`${presigned()}&utm_source=mail`)],
    ['for another verb', () => follow(presigned(), 'POST')],
    ['whose `&` were written as in HTML', () => follow(presigned().replaceAll('&', '&amp;'))],
    ['beside an Authorization header', () => follow(presigned(), 'GET', [['Authorization', 'Bearer abc']])],
  ])('%s was altered', async (_what, sent) => {
    expect(await causeOf(await sent())).toBe('presigned-altered')
  })

  test('whose signature fits to nothing is not called altered', async () => {
    const query = presigned({ credentials: { ...dev, secretAccessKey: 'x'.repeat(40) } })
    expect(await causeOf(await follow(query))).toBe('secret-wrong')
  })

  test('that is used after its window was delayed, whatever its own end is', async () => {
    expect(await causeOf(await follow(presigned({ ago: 20 * 60 })))).toBe('request-delayed')
  })

  test('dies with its session, and that it was made in time is known', async () => {
    const session = await makeSession(ask, dev, { DurationSeconds: '900' })
    authority.clock({ offset: 1000 })
    const query = presigned({ credentials: session, ago: -500 })
    expect(await causeOf(await follow(query))).toBe('presigned-outlives-session')
    const late = presigned({ credentials: session, ago: -950 })
    expect(await causeOf(await follow(late))).toBe('session-expired')
  })
})

describe('a signature of another version', () => {
  test.each([
    ['AWS AKIAIOSFODNN7EXAMPLE:frJIUN8DYpKDtOLCwo//yllqDzg='],
    ['AWS3-HTTPS AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE,Algorithm=HmacSHA256,Signature=abc='],
  ])('in the header is told: %s', async (value) => {
    const headers = [host(), ['Authorization', value], ['Content-Type', 'application/x-www-form-urlencoded']] as const
    expect(await causeOf(await send(authority, { method: 'POST', path: '/', query: '', headers, body: form }))).toBe(
      'old-signing',
    )
  })

  test('in the parameters is told', async () => {
    const query = `${form}&AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&SignatureVersion=2&SignatureMethod=HmacSHA256&Signature=abc%3D`
    expect(await causeOf(await follow(query))).toBe('old-signing')
    const headers = [host(), ['Content-Type', 'application/x-www-form-urlencoded']] as const
    const posted = { method: 'POST', path: '/', query: '', headers, body: query }
    expect(await causeOf(await send(authority, posted))).toBe('old-signing')
  })
})

describe('a key', () => {
  const whoAmI = { Action: 'GetCallerIdentity' }

  test.each(['', '\n'])('whose id was encoded once more, with %j behind it, is known for that', async (end) => {
    const accessKeyId = Buffer.from(dev.accessKeyId + end).toString('base64')
    const answer = await call(authority, whoAmI, { at: new Date(started), credentials: { ...dev, accessKeyId } })
    expect(await causeOf(answer)).toBe('base64-wrapped')
  })

  test('of a session that another account’s authority made is unknown here', async () => {
    const elsewhere = await startAuthority({ data: ':memory:', port: 0, now: () => started })
    try {
      const root = { ...elsewhere.root }
      const session = await makeSession(asker(elsewhere, { at: new Date(started) }), root)
      const answer = await call(authority, whoAmI, { at: new Date(started), credentials: session })
      expect(answer.code).toBe('InvalidClientTokenId')
      expect(await causeOf(answer)).toBe('key-unknown')
    } finally {
      await elsewhere.stop()
    }
  })

  test('in AWS’s quarantine is denied what the quarantine denies, under its name', async () => {
    const PolicyArn = 'arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3'
    await ask({ Action: 'AttachUserPolicy', UserName: 'dev', PolicyArn })
    const answer = await call(
      authority,
      { Action: 'CreateAccessKey', UserName: 'dev' },
      { at: new Date(started), credentials: dev },
    )
    expect(answer.message).toContain(`with an explicit deny in an identity-based policy: ${PolicyArn}`)
    expect(await causeOf(answer)).toBe('key-quarantined')
  })

  test('with a code of a security key hears what every wrong device hears, and the log knows better', async () => {
    const SerialNumber = `arn:aws:iam::${authority.account}:u2f/user/dev/yubikey-GHIJ2345`
    const answer = await call(
      authority,
      { Action: 'GetSessionToken', SerialNumber, TokenCode: '123456' },
      { at: new Date(started), credentials: dev },
    )
    expect(answer.code).toBe('AccessDenied')
    expect(await causeOf(answer)).toBe('mfa-device-unusable')
  })
})
