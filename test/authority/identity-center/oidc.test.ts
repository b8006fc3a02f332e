import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Authority, startAuthority } from '../../../src/authority/index.ts'
import {
  deviceGrant,
  lastDecision,
  oidc,
  poll,
  portal,
  portalScopes,
  redirectUri,
  refresh,
  register,
  signIn,
  startDevice,
} from './center.ts'

let authority: Authority
beforeAll(async () => {
  authority = await startAuthority({ data: ':memory:', port: 0, testControls: true })
})
beforeEach(async () => {
  await authority.reset()
  expect(await authority.ssoAssign({ user: 'ada', permissionSet: 'Admin' })).toBe(true)
})
afterAll(() => authority.stop())

describe('RegisterClient', () => {
  test('gives a public client an id and a secret for 90 days, and the endpoints', async () => {
    const before = Math.floor(Date.now() / 1000)
    const { status, body } = await oidc(authority, '/client/register', {
      clientName: 'aws',
      clientType: 'public',
      scopes: portalScopes,
      grantTypes: ['authorization_code', 'refresh_token'],
      redirectUris: [redirectUri],
      issuerUrl: authority.startUrl,
    })
    expect(status).toBe(200)
    expect(Object.keys(body).sort()).toEqual([
      'authorizationEndpoint',
      'clientId',
      'clientIdIssuedAt',
      'clientSecret',
      'clientSecretExpiresAt',
      'tokenEndpoint',
    ])
    expect(body.clientSecretExpiresAt - body.clientIdIssuedAt).toBe(90 * 86_400)
    expect(body.clientIdIssuedAt).toBeGreaterThanOrEqual(before)
    expect(body.tokenEndpoint).toBe(`${authority.url}/token`)
  })

  const good = { clientName: 'aws', clientType: 'public' }
  test.each<[string, unknown, string]>([
    ['no name', { clientType: 'public' }, 'InvalidRequestException'],
    ['a confidential client', { ...good, clientType: 'confidential' }, 'InvalidClientMetadataException'],
    ['a control character in the name', { ...good, clientName: 'a\u001b[2J' }, 'InvalidClientMetadataException'],
    ['a scope of another application', { ...good, scopes: ['codewhisperer:completions'] }, 'InvalidScopeException'],
    ['a grant that is not known', { ...good, grantTypes: ['password'] }, 'UnsupportedGrantTypeException'],
    [
      'a redirect to elsewhere by http',
      { ...good, redirectUris: ['http://192.0.2.1/'] },
      'InvalidRedirectUriException',
    ],
    [
      'a redirect to elsewhere by https',
      { ...good, redirectUris: ['https://a.example/'] },
      'InvalidRedirectUriException',
    ],
    ['a redirect with a fragment', { ...good, redirectUris: ['http://127.0.0.1/#x'] }, 'InvalidRedirectUriException'],
    ['a redirect that is a script', { ...good, redirectUris: ['javascript:alert(1)'] }, 'InvalidRedirectUriException'],
    ['a code grant without redirect', { ...good, grantTypes: ['authorization_code'] }, 'InvalidRedirectUriException'],
    [
      'the start URL of others',
      { ...good, issuerUrl: 'https://d-0000000000.awsapps.com/start' },
      'InvalidRequestException',
    ],
    ['lists that are none', { ...good, scopes: 'sso:account:access' }, 'InvalidRequestException'],
    [
      'more than fits',
      { ...good, redirectUris: Array(9).fill(`http://127.0.0.1/${'a'.repeat(900)}`) },
      'InvalidClientMetadataException',
    ],
    ['a body that is no object', '[]', 'InvalidRequestException'],
    ['a body that is no JSON', '{', 'InvalidRequestException'],
    [
      'members named as every object has them',
      '{"__proto__":{"clientName":"a","clientType":"public"}}',
      'InvalidRequestException',
    ],
  ])('refuses %s', async (_, body, error) => {
    const reply = await oidc(authority, '/client/register', body)
    expect(reply.error).toBe(error)
    expect(reply.status).toBe(400)
    expect(typeof reply.body.error).toBe('string')
    expect(reply.body.error_description).toMatch(/\.$/)
    expect((await lastDecision(authority)).code).toBe(error)
  })

  test('takes POST only', async () => {
    const reply = await fetch(`${authority.url}/client/register`)
    expect(reply.status).toBe(405)
    expect(reply.headers.get('allow')).toBe('POST')
  })
})

describe('the device grant', () => {
  test('waits for the person, then gives a token that counts, once', async () => {
    const client = await register(authority)
    const device = await startDevice(authority, client)
    expect(device).toMatchObject({ expiresIn: 600, interval: 1, verificationUri: `${authority.url}/device` })
    expect(device.userCode).toMatch(/^[B-DF-HJ-NP-TV-XZ]{4}-[B-DF-HJ-NP-TV-XZ]{4}$/)
    expect(device.verificationUriComplete).toBe(`${authority.url}/device?user_code=${device.userCode}`)
    const waiting = await poll(authority, client, device)
    expect([waiting.status, waiting.error, waiting.body.error]).toEqual([
      400,
      'AuthorizationPendingException',
      'authorization_pending',
    ])
    expect(authority.ssoApprove({ userCode: device.userCode, user: 'ada' })).toBe(true)
    const reply = await poll(authority, client, device)
    expect(reply.status).toBe(200)
    // Without a scope a client is of the older kind: eight hours, and nothing to refresh.
    expect(reply.body).toEqual({ accessToken: expect.any(String), tokenType: 'Bearer', expiresIn: 28_800 })
    expect((await portal(authority, '/assignment/accounts', reply.body.accessToken)).status).toBe(200)
    const again = await poll(authority, client, device)
    expect([again.status, again.error, again.body.error]).toEqual([400, 'InvalidGrantException', 'invalid_grant'])
  })

  test('with a scope gives an hour and a refresh token', async () => {
    const tokens = await signIn(authority, 'ada')
    expect(tokens.expiresIn).toBe(3600)
    expect(tokens.refreshToken).toEqual(expect.any(String))
  })

  test('tells clients that ask too often to slow down, and goes on when they do', async () => {
    const client = await register(authority)
    const device = await startDevice(authority, client)
    const errors: (string | null)[] = []
    for (let asked = 0; asked < 8; asked++) errors.push((await poll(authority, client, device)).error)
    expect(errors.slice(0, 3)).toEqual(Array(3).fill('AuthorizationPendingException'))
    expect(errors).toContain('SlowDownException')
    authority.clock({ offset: 20 })
    expect((await poll(authority, client, device)).error).toBe('AuthorizationPendingException')
    authority.clock({})
  })

  test('ends after ten minutes, and says so also when all else is forgotten', async () => {
    const client = await register(authority)
    const device = await startDevice(authority, client)
    authority.clock({ offset: 601 })
    const late = await poll(authority, client, device)
    expect([late.status, late.error, late.body.error]).toEqual([400, 'ExpiredTokenException', 'expired_token'])
    expect(authority.ssoApprove({ userCode: device.userCode, user: 'ada' })).toBe(false)
    authority.clock({ offset: 100_000 })
    expect((await poll(authority, client, device)).error).toBe('ExpiredTokenException')
    authority.clock({})
  })

  test.each([
    ['a client secret that is another one', { clientSecret: 'x' }, 401, 'InvalidClientException'],
    ['a client that nobody registered', { clientId: 'a'.repeat(200) }, 401, 'InvalidClientException'],
    ['a device code that was altered', { deviceCode: 'b'.repeat(120) }, 400, 'InvalidGrantException'],
    ['a grant that is not known', { grantType: 'client_credentials' }, 400, 'UnsupportedGrantTypeException'],
    ['a grant named as every object has it', { grantType: 'constructor' }, 400, 'UnsupportedGrantTypeException'],
    ['a grant that was not registered', { grantType: 'authorization_code' }, 400, 'UnauthorizedClientException'],
    ['no device code', { deviceCode: undefined }, 400, 'InvalidRequestException'],
    ['a device code that is no text', { deviceCode: 7 }, 400, 'InvalidRequestException'],
  ])('refuses %s', async (_, other, status, error) => {
    const client = await register(authority)
    const device = await startDevice(authority, client)
    authority.ssoApprove({ userCode: device.userCode, user: 'ada' })
    const call = { ...client, grantType: deviceGrant, deviceCode: device.deviceCode, ...other }
    const reply = await oidc(authority, '/token', call)
    expect([reply.status, reply.error]).toEqual([status, error])
    // What was wrong has not used the code up.
    expect((await poll(authority, client, device)).status).toBe(200)
  })

  test('belongs to the client that began it', async () => {
    const client = await register(authority)
    const device = await startDevice(authority, client)
    authority.ssoApprove({ userCode: device.userCode, user: 'ada' })
    const other = await register(authority)
    expect((await poll(authority, other, device)).error).toBe('InvalidGrantException')
    expect((await poll(authority, { ...client, clientSecret: other.clientSecret }, device)).error).toBe(
      'InvalidClientException',
    )
    expect((await poll(authority, client, device)).status).toBe(200)
  })

  test('cannot be allowed for somebody without a password, nor under another code', async () => {
    const device = await startDevice(authority, await register(authority))
    expect(authority.ssoApprove({ userCode: device.userCode, user: 'nobody' })).toBe(false)
    expect(authority.ssoApprove({ userCode: 'BBBB-BBBB', user: 'ada' })).toBe(false)
    expect(authority.ssoApprove({ userCode: device.userCode.toLowerCase().replace('-', ''), user: 'ada' })).toBe(true)
  })

  test('knows the start URL under all its names, and no other', async () => {
    const client = await register(authority)
    const ask = (startUrl: string) => oidc(authority, '/device_authorization', { ...client, startUrl })
    const own = [
      authority.startUrl,
      `${authority.startUrl}/`,
      `${authority.startUrl}#/`,
      `${authority.url}/start`,
      `${authority.url.replace('127.0.0.1', 'localhost')}/start/#/`,
    ]
    for (const url of own) expect((await ask(url)).status, url).toBe(200)
    const others = [
      'https://d-0000000000.awsapps.com/start',
      'https://evil.example/start',
      `${authority.url}/`,
      'start',
      '',
    ]
    for (const url of others) expect((await ask(url)).error, url).toBe('InvalidRequestException')
  })

  test('is over for a registration of 90 days ago', async () => {
    const client = await register(authority)
    authority.clock({ offset: 90 * 86_400 + 1 })
    const reply = await oidc(authority, '/device_authorization', { ...client, startUrl: authority.startUrl })
    expect([reply.status, reply.error]).toEqual([401, 'InvalidClientException'])
    authority.clock({})
  })

  test('is bounded by address: who has begun a thousand has to wait until they are over', async () => {
    const client = await register(authority)
    const ask = () => oidc(authority, '/device_authorization', { ...client, startUrl: authority.startUrl })
    for (let begun = 0; begun < 1000; begun += 50) await Promise.all(Array.from({ length: 50 }, ask))
    expect((await ask()).error).toBe('SlowDownException')
    authority.clock({ offset: 601 })
    expect((await ask()).status).toBe(200)
    authority.clock({})
  })
})

describe('refreshing', () => {
  test('gives new tokens of the same session, and each refresh token counts once', async () => {
    const { client, refreshToken, accessToken } = await signIn(authority, 'ada')
    authority.clock({ offset: 3500 })
    const next = await refresh(authority, client, refreshToken)
    expect(next.status).toBe(200)
    expect(next.body).toMatchObject({ tokenType: 'Bearer', expiresIn: 3600 })
    expect(next.body.refreshToken).not.toBe(refreshToken)
    authority.clock({ offset: 3700 })
    expect((await portal(authority, '/assignment/accounts', accessToken)).status).toBe(401)
    expect((await portal(authority, '/assignment/accounts', next.body.accessToken)).status).toBe(200)
    authority.clock({})
  })

  test('lets a second program lose a race, but ends the session when an old token turns up later', async () => {
    const { client, refreshToken } = await signIn(authority, 'ada')
    const first = await refresh(authority, client, refreshToken)
    const race = await refresh(authority, client, refreshToken)
    expect([race.status, race.error, race.body.error]).toEqual([400, 'InvalidGrantException', 'invalid_grant'])
    expect((await portal(authority, '/assignment/accounts', first.body.accessToken)).status).toBe(200)
    authority.clock({ offset: 120 })
    expect((await refresh(authority, client, refreshToken)).error).toBe('InvalidGrantException')
    expect((await lastDecision(authority)).cause).toBe('sso-session-expired')
    expect((await portal(authority, '/assignment/accounts', first.body.accessToken)).status).toBe(401)
    expect((await refresh(authority, client, first.body.refreshToken)).error).toBe('InvalidGrantException')
    authority.clock({})
  })

  test('shortens the last token to the end of the session, and then is over', async () => {
    const { client, refreshToken } = await signIn(authority, 'ada')
    authority.clock({ offset: 8 * 3600 - 600 })
    const last = await refresh(authority, client, refreshToken)
    expect(last.body.expiresIn).toBeLessThanOrEqual(600)
    expect(last.body.expiresIn).toBeGreaterThan(580)
    authority.clock({ offset: 8 * 3600 + 1 })
    expect((await refresh(authority, client, last.body.refreshToken)).error).toBe('InvalidGrantException')
    authority.clock({})
  })

  test('takes neither another client nor an access token', async () => {
    const { client, refreshToken, accessToken } = await signIn(authority, 'ada')
    const other = await register(authority, { scopes: portalScopes })
    expect((await refresh(authority, other, refreshToken)).error).toBe('InvalidGrantException')
    expect((await refresh(authority, client, accessToken)).error).toBe('InvalidGrantException')
    expect((await refresh(authority, client, refreshToken)).status).toBe(200)
  })
})

test('keeps at most fifty sign-ins of a person: the oldest is forgotten', async () => {
  const client = await register(authority, { scopes: portalScopes })
  const first = await signIn(authority, 'ada', client)
  authority.clock({ offset: 5 })
  for (let more = 0; more < 50; more++) await signIn(authority, 'ada', client)
  expect((await portal(authority, '/assignment/accounts', first.accessToken)).status).toBe(401)
  authority.clock({})
})

test('registrations and sessions outlive a restart, what waits to be allowed does not', async () => {
  const data = mkdtempSync(join(tmpdir(), 'countersign-sso-'))
  try {
    const one = await startAuthority({ data, port: 0, testControls: true })
    await one.ssoAssign({ user: 'ada', permissionSet: 'Admin' })
    const tokens = await signIn(one, 'ada')
    const device = await startDevice(one, tokens.client)
    await one.stop()
    const two = await startAuthority({ data, port: 0, testControls: true })
    expect(two.startUrl).toBe(one.startUrl)
    expect((await portal(two, '/assignment/accounts', tokens.accessToken)).status).toBe(200)
    expect((await refresh(two, tokens.client, tokens.refreshToken)).status).toBe(200)
    expect((await poll(two, tokens.client, device)).error).toBe('InvalidGrantException')
    await two.stop()
  } finally {
    rmSync(data, { recursive: true, force: true })
  }
})

describe('the test controls over HTTP', () => {
  const control = async (name: string, body: unknown) => {
    const reply = await fetch(`${authority.url}/_test/${name}`, {
      method: 'POST',
      headers: { 'X-Countersign-Test': '1' },
      body: JSON.stringify(body),
    })
    return reply.status
  }

  test('make a person with a role, and allow a sign-in', async () => {
    expect(await control('sso-assign', { user: 'bob', permissionSet: 'Reader', password: 'Correct-Horse-1' })).toBe(200)
    const client = await register(authority)
    const device = await startDevice(authority, client)
    expect(await control('sso-approve', { userCode: device.userCode, user: 'bob' })).toBe(200)
    const { body } = await poll(authority, client, device)
    const roles = await portal(authority, `/assignment/roles?account_id=${authority.account}`, body.accessToken)
    expect(roles.body.roleList).toEqual([{ roleName: 'Reader', accountId: authority.account }])
  })

  test.each<[string, unknown]>([
    ['sso-approve', { userCode: 'BBBB-BBBB', user: 'ada' }],
    ['sso-approve', { userCode: 'BBBB-BBBB' }],
    ['sso-assign', { user: 'a b', permissionSet: 'Reader' }],
    ['sso-assign', { user: 'bob', permissionSet: 'Reader', policyArn: 'arn:aws:iam::aws:policy/NoSuch' }],
    ['sso-assign', { user: 'bob', permissionSet: 'Reader', role: 'x' }],
  ])('refuse what cannot be: %s %j', async (name, body) => {
    expect(await control(name, body)).toBe(400)
  })
})
