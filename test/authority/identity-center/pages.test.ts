import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Authority, startAuthority } from '../../../src/authority/index.ts'
import { asker } from '../server/caller.ts'
import {
  formBrowser,
  lastDecision,
  oidc,
  poll,
  portal,
  portalScopes,
  redirectUri,
  register,
  startDevice,
} from './center.ts'

let authority: Authority
beforeAll(async () => {
  authority = await startAuthority({ data: ':memory:', port: 0, testControls: true, passwordWork: 8 })
})
const password = 'Correct-Horse-1'
beforeEach(async () => {
  await authority.reset()
  await authority.ssoAssign({ user: 'ada', permissionSet: 'Admin', password })
})
afterAll(() => authority.stop())

const browser = () => formBrowser(authority)

async function waiting() {
  const client = await register(authority, { clientName: 'the <CLI>' })
  const device = await startDevice(authority, client)
  return { client, device, path: `/device?user_code=${device.userCode}` }
}

describe('the approval page', () => {
  test('asks to sign in, shows who asks, and lets the program in when the person says so', async () => {
    const { client, device, path } = await waiting()
    const person = browser()
    const first = await person.go(path)
    expect([first.status, first.title]).toEqual([200, 'Sign in'])
    expect(first.html).toContain(device.userCode)
    // Who asks is told to nobody who has not signed in.
    expect(first.html).not.toContain('CLI')
    const signedIn = await person.signIn(path)
    expect([signedIn.status, signedIn.location]).toEqual([303, path])
    const ask = await person.go(path)
    expect(ask.title).toBe('Allow access?')
    expect(ask.html).toContain('the &lt;CLI&gt;')
    expect((await poll(authority, client, device)).error).toBe('AuthorizationPendingException')
    const done = await person.go(path, { token: ask.token, step: 'allow', user_code: device.userCode })
    expect([done.status, done.title]).toEqual([200, 'Access allowed'])
    const reply = await poll(authority, client, device)
    expect((await portal(authority, '/assignment/accounts', reply.body.accessToken)).status).toBe(200)
    const decisions = (await authority.decisions({ limit: 10 })).map(
      ({ operation, outcome }) => `${operation} ${outcome}`,
    )
    expect(decisions).toContain('SignIn accepted')
    expect(decisions).toContain('AllowDevice accepted')
    // The code counts once.
    expect((await person.go(path)).status).toBe(404)
  })

  test('tells the program when the person says no', async () => {
    const { client, device, path } = await waiting()
    const person = browser()
    await person.signIn(path)
    const done = await person.send(path, { step: 'deny', user_code: device.userCode })
    expect(done.title).toBe('Access denied')
    const reply = await poll(authority, client, device)
    expect([reply.status, reply.error, reply.body.error]).toEqual([400, 'AccessDeniedException', 'access_denied'])
    expect((await poll(authority, client, device)).error).toBe('InvalidGrantException')
  })

  test('what was allowed with a password that was set anew since does not count', async () => {
    const { client, device, path } = await waiting()
    const person = browser()
    await person.signIn(path)
    await person.send(path, { step: 'allow', user_code: device.userCode })
    const update = { Action: 'UpdateLoginProfile', UserName: 'ada', Password: 'An0ther-one' }
    expect((await asker(authority)(update)).status).toBe(200)
    expect((await poll(authority, client, device)).error).toBe('AccessDeniedException')
    expect((await person.go('/start')).title).toBe('Sign in')
  })

  test('takes a code that is typed, in any case and with or without its dash', async () => {
    const { device } = await waiting()
    const person = browser()
    await person.signIn('/device')
    expect((await person.go('/device')).title).toBe('Enter the code')
    const typed = device.userCode.toLowerCase().replace('-', ' ')
    expect((await person.go(`/device?user_code=${encodeURIComponent(typed)}`)).title).toBe('Allow access?')
    expect((await person.go('/device?user_code=BBBB-BBBB')).status).toBe(404)
  })

  test('slows down whoever guesses at codes', async () => {
    const { path } = await waiting()
    const person = browser()
    await person.signIn('/device')
    for (let guess = 0; guess < 10; guess++) await person.go('/device?user_code=BBBB-BBBB')
    const slowed = await person.go(path)
    expect(slowed.status).toBe(429)
    expect(slowed.alert).toMatch(/Wait \d+ seconds/)
    authority.clock({ offset: 30 })
    expect((await person.go(path)).title).toBe('Allow access?')
    authority.clock({})
  })

  test('shows the person what they have, and lets them sign out', async () => {
    const person = browser()
    const gone = await person.signIn('/start')
    expect(gone.location).toBe('/start')
    const start = await person.go('/start')
    expect(start.html).toContain('signed in as ada')
    expect(start.html).toContain('Admin')
    await person.go('/start', { token: start.token, step: 'sign-out' })
    expect((await person.go('/start')).title).toBe('Sign in')
  })
})

describe('every page', () => {
  test('has no script, loads only the console’s font, is framed by nobody and kept nowhere', async () => {
    const { path } = await waiting()
    const { headers, html } = await browser().go(path)
    const style = /<style>([\s\S]*)<\/style>/.exec(html)?.[1] ?? ''
    const digest = createHash('sha256').update(style).digest('base64')
    expect(headers.get('content-security-policy')).toBe(
      `default-src 'none'; style-src 'sha256-${digest}'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
    )
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('referrer-policy')).toBe('same-origin')
    expect(headers.get('set-cookie')).toMatch(/; Max-Age=3600; Path=\/; HttpOnly; SameSite=Strict$/)
    expect(html).not.toMatch(/<script|<img|<link|https?:\/\//)
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">/)
    for (const [, id] of html.matchAll(/<input id="([^"]+)"/g)) expect(html).toContain(`<label for="${id}">`)
  })

  test('is not for pages of other origins, nor for frames and scripts of them', async () => {
    const { path } = await waiting()
    for (const headers of [{ Origin: 'http://evil.example' }, { 'Sec-Fetch-Site': 'cross-site' }, { Origin: 'null' }])
      expect((await browser().go(path, undefined, headers)).status).toBe(403)
  })

  test.each([
    ['without a token', () => ({})],
    ['with a token of another browser', async () => ({ token: (await browser().go('/start')).token })],
  ])('takes no form %s', async (_, more) => {
    const { client, device, path } = await waiting()
    const person = browser()
    await person.signIn(path)
    const reply = await person.go(path, { step: 'allow', user_code: device.userCode, ...(await more()) })
    expect([reply.status, reply.title]).toEqual([403, 'Please try again'])
    // Trying again leads back to the same question.
    expect(reply.html).toContain(`name="user_code" value="${device.userCode}"`)
    expect((await poll(authority, client, device)).error).toBe('AuthorizationPendingException')
  })

  test('takes no form of a browser without the cookie, and no body of another kind', async () => {
    const { token } = await browser().go('/start')
    expect((await browser().go('/start', { token, step: 'sign-in', username: 'ada', password })).status).toBe(403)
    const body = JSON.stringify({ step: 'sign-in' })
    expect((await fetch(`${authority.url}/start`, { method: 'POST', body })).status).toBe(403)
    const put = await fetch(`${authority.url}/start`, { method: 'PUT' })
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST'])
  })

  test('writes what it was told as text, whatever it is', async () => {
    const evil = '"><script>alert(1)</script>'
    const reply = await browser().signIn(`/device?user_code=${encodeURIComponent(evil)}`, { username: evil })
    expect(reply.html).not.toContain('<script')
    expect(reply.html).toContain('value="&quot;&gt;&lt;script')
  })
})

describe('signing in', () => {
  const wrong = 'User name, password or one-time code is not right.'

  test.each([
    ['another password', { password: 'Correct-Horse-2' }],
    ['a name that nobody has', { username: 'nobody' }],
    ['a user without a password', { username: 'robot' }],
    ['no password', { password: '' }],
  ])('with %s gets one and the same answer', async (_, as) => {
    await asker(authority)({ Action: 'CreateUser', UserName: 'robot' })
    const reply = await browser().signIn('/start', as)
    expect([reply.status, reply.title, reply.alert]).toEqual([403, 'Sign in', wrong])
    expect(await lastDecision(authority)).toMatchObject({ service: 'signin', operation: 'SignIn', outcome: 'refused' })
  })

  test('is slowed down by name, also for names that nobody has, and never shut for good', async () => {
    for (const username of ['ada', 'nobody']) {
      const person = browser()
      for (let guess = 0; guess < 10; guess++) await person.signIn('/start', { username, password: 'x' })
      const slowed = await person.signIn('/start', { username: username.toUpperCase() })
      expect([slowed.status, slowed.alert]).toEqual([
        429,
        expect.stringMatching(/^Too many wrong tries\. Wait \d+ seconds/),
      ])
    }
    authority.clock({ offset: 900 })
    expect((await browser().signIn('/start')).status).toBe(303)
    authority.clock({})
  })

  test('counts guesses that come all at once, too', async () => {
    const people = await Promise.all(
      Array.from({ length: 40 }, async () => {
        const person = browser()
        return { person, token: (await person.go('/start')).token }
      }),
    )
    const replies = await Promise.all(
      people.map(({ person, token }) =>
        person.go('/start', { token, step: 'sign-in', username: 'ada', password: 'wrong' }),
      ),
    )
    // Ten are free, and one more is judged before there is a wait.
    expect(replies.filter(({ alert }) => alert === wrong).length).toBeLessThanOrEqual(11)
    expect(replies.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(29)
  })

  test('needs the code of the device where there is one, and each code counts once', async () => {
    const ask = asker(authority)
    const made = await ask({ Action: 'CreateVirtualMFADevice', VirtualMFADeviceName: 'ada' })
    const SerialNumber = made.text('SerialNumber')
    const at = (offset: number) => {
      authority.clock({ offset })
      return authority.mfaCode(SerialNumber)!
    }
    await ask({
      Action: 'EnableMFADevice',
      UserName: 'ada',
      SerialNumber,
      AuthenticationCode1: at(-60),
      AuthenticationCode2: at(-30),
    })
    const code = at(0)
    expect((await browser().signIn('/start')).alert).toBe(wrong)
    expect((await lastDecision(authority)).cause).toBe('mfa-code-wrong')
    const other = code === '000000' ? '000001' : '000000'
    expect((await browser().signIn('/start', { code: other })).alert).toBe(wrong)
    // A wrong password does not use the code up.
    expect((await browser().signIn('/start', { password: 'x', code })).alert).toBe(wrong)
    expect((await browser().signIn('/start', { code: `${code.slice(0, 3)} ${code.slice(3)}` })).status).toBe(303)
    expect((await browser().signIn('/start', { code })).alert).toBe(wrong)
    authority.clock({})
  })

  test('ends when the password is set anew, when a device is registered, and after an hour', async () => {
    const ask = asker(authority)
    const [one, two, three] = [browser(), browser(), browser()]
    for (const person of [one, two, three]) await person.signIn('/start')
    authority.clock({ offset: 3601 })
    expect((await one.go('/start')).title).toBe('Sign in')
    authority.clock({})
    const made = await ask({ Action: 'CreateVirtualMFADevice', VirtualMFADeviceName: 'ada' })
    const SerialNumber = made.text('SerialNumber')
    const codes = [-60, -30].map((offset) => {
      authority.clock({ offset })
      return authority.mfaCode(SerialNumber)!
    })
    authority.clock({})
    const [AuthenticationCode1, AuthenticationCode2] = codes as [string, string]
    await ask({ Action: 'EnableMFADevice', UserName: 'ada', SerialNumber, AuthenticationCode1, AuthenticationCode2 })
    expect((await two.go('/start')).title).toBe('Sign in')
    await ask({ Action: 'DeactivateMFADevice', UserName: 'ada', SerialNumber })
    await three.signIn('/start')
    expect((await three.go('/start')).title).toBe('Your access')
    authority.clock({ offset: 2 })
    const at = new Date(Date.now() + 2000)
    await asker(authority, { at })({ Action: 'UpdateLoginProfile', UserName: 'ada', Password: 'An0ther-one' })
    expect((await three.go('/start')).title).toBe('Sign in')
    authority.clock({})
  })

  test('asks for another password where one is required, and lets nothing else be done before', async () => {
    const update = { Action: 'UpdateLoginProfile', UserName: 'ada', PasswordResetRequired: 'true' }
    await asker(authority)(update)
    const { client, device, path } = await waiting()
    const person = browser()
    await person.signIn(path)
    const asked = await person.go(path)
    expect(asked.title).toBe('Choose a new password')
    await person.go(path, { token: asked.token, step: 'allow', user_code: device.userCode })
    expect((await poll(authority, client, device)).error).toBe('AuthorizationPendingException')
    const choose = async (chosen: string, again = chosen) => {
      const { token } = await person.go(path)
      return person.go(path, { token, step: 'new-password', 'new-password': chosen, again })
    }
    expect((await choose('Another-1-horse', 'Another-1-hors')).alert).toBe('The two passwords are not the same.')
    expect((await choose('short')).alert).toContain('at least 8 characters')
    expect((await choose(password)).alert).toBe('The password has been used before.')
    expect((await choose('Another-1-horse')).status).toBe(303)
    expect((await person.go(path)).title).toBe('Allow access?')
    expect((await browser().signIn('/start')).status).toBe(403)
    expect((await browser().signIn('/start', { password: 'Another-1-horse' })).status).toBe(303)
  })

  test('knows that passwords can expire, softly and hard', async () => {
    const policy = { Action: 'UpdateAccountPasswordPolicy', MinimumPasswordLength: '8', MaxPasswordAge: '30' }
    const ask = asker(authority)
    await ask(policy)
    authority.clock({ offset: 31 * 86_400 })
    const person = browser()
    await person.signIn('/start')
    expect((await person.go('/start')).title).toBe('Choose a new password')
    authority.clock({})
    await ask({ ...policy, HardExpiry: 'true' })
    authority.clock({ offset: 31 * 86_400 })
    expect((await browser().signIn('/start')).alert).toContain('has expired. Ask your administrator')
    authority.clock({})
  })
})

describe('the authorization code grant', () => {
  const verifier = randomBytes(32).toString('base64url')
  const challenge = createHash('sha256').update(verifier).digest('base64url')
  const callback = 'http://127.0.0.1:50123/oauth/callback'
  const browserClient = () =>
    register(authority, {
      clientName: 'aws',
      scopes: portalScopes,
      grantTypes: ['authorization_code', 'refresh_token'],
      redirectUris: [redirectUri],
    })
  const authorize = (clientId: string, more: Record<string, string | null> = {}) => {
    const parameters = {
      response_type: 'code',
      client_id: clientId,
      redirect_uri: callback,
      state: 'a state & more',
      code_challenge_method: 'S256',
      scopes: 'sso:account:access',
      code_challenge: challenge,
      ...more,
    }
    const kept = Object.entries(parameters).filter(([, value]) => value !== null) as [string, string][]
    return `/authorize?${new URLSearchParams(kept)}`
  }

  async function codeFor(path: string): Promise<URL> {
    const person = browser()
    await person.signIn(path)
    const { html, headers } = await person.go(path)
    expect(headers.get('content-security-policy')).toContain(`form-action 'self' http://127.0.0.1:50123;`)
    expect(html).toContain('127.0.0.1:50123')
    const { location, status } = await person.send(path, { step: 'allow' })
    expect(status).toBe(303)
    return new URL(location!)
  }

  test('sends the person back with a code that is worth tokens, once, with the right verifier', async () => {
    const client = await browserClient()
    const back = await codeFor(authorize(client.clientId))
    expect(`${back.origin}${back.pathname}`).toBe(callback)
    expect(back.searchParams.get('state')).toBe('a state & more')
    const code = back.searchParams.get('code')
    const exchange = { ...client, grantType: 'authorization_code', code, redirectUri: callback, codeVerifier: verifier }
    const reply = await oidc(authority, '/token', exchange)
    expect(reply.body).toEqual({
      accessToken: expect.any(String),
      tokenType: 'Bearer',
      expiresIn: 3600,
      refreshToken: expect.any(String),
    })
    expect((await portal(authority, '/assignment/accounts', reply.body.accessToken)).status).toBe(200)
    const again = await oidc(authority, '/token', exchange)
    expect([again.status, again.error]).toEqual([400, 'InvalidGrantException'])
  })

  test.each<[string, object]>([
    ['another verifier', { codeVerifier: randomBytes(32).toString('base64url') }],
    ['the challenge for the verifier', { codeVerifier: challenge }],
    ['another redirect URI', { redirectUri: 'http://127.0.0.1:50124/oauth/callback' }],
    ['another code', { code: 'x'.repeat(43) }],
  ])('gives nothing for %s, and the code is gone', async (_, other) => {
    const client = await browserClient()
    const code = (await codeFor(authorize(client.clientId))).searchParams.get('code')
    const right = { ...client, grantType: 'authorization_code', code, redirectUri: callback, codeVerifier: verifier }
    expect((await oidc(authority, '/token', { ...right, ...other })).error).toBe('InvalidGrantException')
    const after = await oidc(authority, '/token', right)
    expect(after.status).toBe('code' in other ? 200 : 400)
  })

  test('ends a minute later', async () => {
    const client = await browserClient()
    const code = (await codeFor(authorize(client.clientId))).searchParams.get('code')
    authority.clock({ offset: 61 })
    const exchange = { ...client, grantType: 'authorization_code', code, redirectUri: callback, codeVerifier: verifier }
    expect((await oidc(authority, '/token', exchange)).error).toBe('InvalidGrantException')
    authority.clock({})
  })

  test('tells the program when the person says no', async () => {
    const { clientId } = await browserClient()
    const person = browser()
    await person.signIn(authorize(clientId))
    const { location } = await person.send(authorize(clientId), { step: 'deny' })
    expect(Object.fromEntries(new URL(location!).searchParams)).toMatchObject({
      error: 'access_denied',
      state: 'a state & more',
    })
  })

  test.each<[string, Record<string, string | null>, string]>([
    ['no challenge', { code_challenge: null }, 'invalid_request'],
    ['a plain challenge', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['another response type', { response_type: 'token' }, 'unsupported_response_type'],
    ['a scope that was not registered', { scopes: 'openid' }, 'invalid_scope'],
  ])('tells the program of %s', async (_, more, error) => {
    const { clientId } = await browserClient()
    const { status, location } = await browser().go(authorize(clientId, more))
    expect(status).toBe(303)
    expect(location).toMatch(/^http:\/\/127\.0\.0\.1:50123\/oauth\/callback\?/)
    expect(new URL(location!).searchParams.get('error')).toBe(error)
  })

  test.each<[string, Record<string, string | null>]>([
    ['a client that is not known', { client_id: 'x' }],
    ['an address that was not registered', { redirect_uri: 'https://evil.example/' }],
    ['another path', { redirect_uri: 'http://127.0.0.1:50123/other' }],
    ['another loopback name', { redirect_uri: 'http://localhost:50123/oauth/callback' }],
    ['a name before the address', { redirect_uri: 'http://127.0.0.1:1@evil.example/oauth/callback' }],
    ['no address', { redirect_uri: null }],
  ])('sends nobody anywhere for %s', async (_, more) => {
    const { clientId } = await browserClient()
    const reply = await browser().go(authorize(clientId, more))
    expect([reply.status, reply.title, reply.location]).toEqual([400, 'This cannot be allowed', null])
  })

  test('is not for a client of the device grant', async () => {
    const client = await register(authority, { scopes: portalScopes, redirectUris: [redirectUri] })
    const { location } = await browser().go(authorize(client.clientId))
    expect(new URL(location!).searchParams.get('error')).toBe('unauthorized_client')
  })
})
