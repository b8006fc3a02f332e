import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { traceChain } from '../../../src/holder/chains/index.ts'
import { readAwsFiles } from '../../../src/holder/files/aws-files.ts'
import type { Doors, LoginMeans, Person, RedirectDoor, SignInPage } from '../../../src/holder/login/index.ts'
import { findAssignment } from '../../../src/holder/login/portal.ts'
import { registrationFile } from '../../../src/holder/login/sso-registration.ts'
import { type SsoSettings, ssoSettings } from '../../../src/holder/login/sso-settings.ts'
import { signIn } from '../../../src/holder/login/sso-sign-in.ts'
import { endpoint, type Seen, type Told } from '../resolution/endpoint.ts'
import { home, keepingDisk, machineWith } from '../resolution/machine.ts'

/* What the authority of this project does not do by itself: services that are slow, busy, old, or not what they seem. */

const start = 'https://corp.example/start'
const session = `[profile sso]\nsso_session = corp\n[sso-session corp]\nsso_start_url = ${start}\nsso_region = eu-west-1\n`
const legacy = `[profile sso]\nsso_start_url = ${start}\nsso_region = eu-west-1\n`

interface Scene {
  readonly config?: string
  readonly files?: Readonly<Record<string, string>>
  readonly browser?: boolean
  readonly answer?: Awaited<RedirectDoor['answer']>
}

async function scene(
  answer: (seen: Seen) => Told,
  { config = session, files = {}, browser = false, ...rest }: Scene = {},
) {
  const service = await endpoint(answer)
  const machine = machineWith({ config, files, env: { AWS_ENDPOINT_URL: service.url } })
  const disk = keepingDisk()
  const pauses: number[] = []
  const pages: SignInPage[] = []
  const opened: string[] = []
  const doors: Doors = {
    hasBrowser: () => browser,
    openBrowser: (_machine, url) => opened.push(url) > 0,
    awaitRedirect: async () => ({
      redirectUri: 'http://127.0.0.1:50000/oauth/callback',
      answer: Promise.resolve(rest.answer ?? { kind: 'code', code: 'the-code' }),
      close: () => {},
    }),
    pause: async (ms) => void pauses.push(ms),
  }
  const person = {
    showSignIn: (page: SignInPage) => void pages.push(page),
    choose: async () => null,
  } as unknown as Person
  const awsFiles = readAwsFiles(machine)
  const means: LoginMeans = {
    machine,
    disk,
    files: awsFiles,
    trace: traceChain(machine, { sdk: 'aws-cli-v2', profile: 'sso' }, awsFiles),
    retrace: () => traceChain(machine, { sdk: 'aws-cli-v2', profile: 'sso' }),
    timeoutMs: 500,
    offline: false,
    exec: false,
    onStep: () => {},
    person,
    doors,
    keys: { ofProfile: async () => null, ofProcess: async () => null },
  }
  const settings = ssoSettings(machine, awsFiles, 'sso') as SsoSettings
  return { service, means, settings, disk, pauses, pages, opened }
}

const client = { clientId: 'id', clientSecret: 'hidden-client-secret', clientSecretExpiresAt: 1_900_000_000 }
const device = {
  deviceCode: 'device',
  userCode: 'BCDF-GHJK',
  verificationUri: 'https://corp.example/device',
  verificationUriComplete: 'https://corp.example/device?user_code=BCDF-GHJK',
  expiresIn: 600,
  interval: 1,
}
const token = {
  accessToken: 'the-access-token',
  expiresIn: 3600,
  refreshToken: 'the-refresh-token',
  tokenType: 'Bearer',
}
const refusal = (error: string, name: string, status = 400): Told => ({
  status,
  headers: { 'x-amzn-errortype': name },
  body: { error, error_description: error },
})

/** Registration and start as usual; the polls are answered one after the other, the last one again and again. */
function polled(...polls: readonly Told[]) {
  let at = 0
  return ({ path }: Seen): Told => {
    if (path === '/client/register') return { body: client }
    if (path === '/device_authorization') return { body: device }
    const told = polls[Math.min(at, polls.length - 1)]!
    at += 1
    return told
  }
}

const withCode = { browser: false, deviceCode: false }
const pending = refusal('authorization_pending', 'AuthorizationPendingException')

describe('polling for a token', () => {
  test('waits the interval, and five seconds more after each slow_down', async () => {
    const slow = refusal('slow_down', 'SlowDownException')
    const { means, settings, pauses } = await scene(polled(pending, slow, pending, slow, { body: token }))
    expect(await signIn(means, settings, withCode)).toMatchObject({ kind: 'signed-in', renews: true })
    expect(pauses).toEqual([1000, 1000, 6000, 6000, 11_000])
  })

  test('takes five seconds where the service names no interval', async () => {
    const { interval: _, ...without } = device
    const { means, settings, pauses } = await scene(({ path }) =>
      path === '/device_authorization' ? { body: without } : polled({ body: token })({ path } as Seen),
    )
    await signIn(means, settings, withCode)
    expect(pauses).toEqual([5000])
  })

  test('waits a minute at most, whatever interval the service names', async () => {
    const { means, settings, pauses } = await scene(({ path }) =>
      path === '/device_authorization'
        ? { body: { ...device, interval: 999_999 } }
        : polled({ body: token })({ path } as Seen),
    )
    expect(await signIn(means, settings, withCode)).toMatchObject({ kind: 'signed-in' })
    expect(pauses).toEqual([60_000])
  })

  test('understands a service that names only the exception', async () => {
    const bare: Told = { status: 400, body: { __type: 'com.amazonaws.ssooidc#AuthorizationPendingException' } }
    const { means, settings } = await scene(polled(bare, { body: token }))
    expect(await signIn(means, settings, withCode)).toMatchObject({ kind: 'signed-in' })
  })

  test('goes on when the service is out of reach for a while, less often', async () => {
    const { means, settings, pauses } = await scene(polled({ status: 503, body: '' }, pending, { body: token }))
    expect(await signIn(means, settings, withCode)).toMatchObject({ kind: 'signed-in' })
    expect(pauses).toEqual([1000, 2000, 2000])
  })

  test.each([
    ['expired_token', 'ExpiredTokenException', 'before the code ended'],
    ['access_denied', 'AccessDeniedException', 'refused on its page'],
  ])('ends with %s', async (error, name, says) => {
    const { means, settings, disk } = await scene(polled(pending, refusal(error, name)))
    expect(await signIn(means, settings, withCode)).toMatchObject({
      kind: 'refused',
      reason: 'not-signed-in',
      says: expect.stringContaining(says),
    })
    expect(disk.written.has(settings.tokenFile)).toBe(false)
  })

  test('ends by itself when the code does, however long the service says pending', async () => {
    const { means, settings, pauses } = await scene(polled(pending))
    expect(await signIn(means, settings, withCode)).toMatchObject({ reason: 'not-signed-in' })
    expect(pauses.reduce((sum, ms) => sum + ms, 0)).toBe(600_000)
  })

  test('writes the token as the AWS CLI does, byte for byte', async () => {
    const { means, settings, disk } = await scene(polled({ body: token }))
    await signIn(means, settings, withCode)
    expect(disk.written.get(settings.tokenFile)).toBe(
      `{"startUrl": "${start}", "region": "eu-west-1", "accessToken": "the-access-token", "expiresAt": "2026-11-28T13:00:00Z", "clientId": "id", "clientSecret": "hidden-client-secret", "registrationExpiresAt": "2030-03-17T17:46:40Z", "refreshToken": "the-refresh-token"}`,
    )
  })
})

describe('what is opened', () => {
  test('is only ever a web page, whatever the service names', async () => {
    const evil = { ...device, verificationUri: 'file:///etc/passwd' }
    const { means, settings, opened } = await scene(
      ({ path }) => (path === '/device_authorization' ? { body: evil } : polled(pending)({ path } as Seen)),
      { config: legacy, browser: true },
    )
    expect(await signIn(means, settings, { browser: true, deviceCode: false })).toMatchObject({ kind: 'refused' })
    expect(opened).toEqual([])
  })

  test.each([
    ['steers a terminal', 'AB\u001b[2J'],
    ['has lines', 'ABCD\nforged'],
    ['nobody could type', 'A'.repeat(500)],
  ])('is nothing where the code %s', async (_, userCode) => {
    const { means, settings, opened, pages } = await scene(
      ({ path }) => (path === '/device_authorization' ? { body: { ...device, userCode } } : { body: client }),
      { config: legacy, browser: true },
    )
    expect(await signIn(means, settings, { browser: true, deviceCode: false })).toMatchObject({ kind: 'refused' })
    expect([opened, pages]).toEqual([[], []])
  })

  test('is nothing with --no-browser', async () => {
    const { means, settings, opened, pages } = await scene(polled({ body: token }), { browser: true })
    await signIn(means, settings, withCode)
    expect(opened).toEqual([])
    expect(pages).toEqual([
      { url: device.verificationUri, filledIn: device.verificationUriComplete, userCode: 'BCDF-GHJK', opened: false },
    ])
  })
})

describe('the way back through the browser', () => {
  const browser = { browser: true, deviceCode: false }

  test('is asked for with a challenge (RFC 7636) and answered with its verifier', async () => {
    const { means, settings, opened, service } = await scene(polled({ body: token }), { browser: true })
    expect(await signIn(means, settings, browser)).toMatchObject({ kind: 'signed-in' })
    const query = new URL(opened[0]!).searchParams
    expect(opened[0]).toMatch(new RegExp(`^${service.url}/authorize\\?`))
    const exchange = JSON.parse(service.seen.at(-1)!.body) as Record<string, string>
    expect(exchange).toMatchObject({
      grantType: 'authorization_code',
      code: 'the-code',
      redirectUri: 'http://127.0.0.1:50000/oauth/callback',
    })
    const { createHash } = await import('node:crypto')
    expect(query.get('code_challenge')).toBe(createHash('sha256').update(exchange['codeVerifier']!).digest('base64url'))
    expect(exchange['codeVerifier']).toMatch(/^[\w.~-]{43,128}$/)
    expect(JSON.parse(service.seen[0]!.body)).toEqual({
      clientName: 'botocore-client-corp',
      clientType: 'public',
      scopes: ['sso:account:access'],
      grantTypes: ['authorization_code', 'refresh_token'],
      redirectUris: ['http://127.0.0.1/oauth/callback'],
      issuerUrl: start,
    })
  })

  test('falls back to a code where the service does not know it', async () => {
    const { means, settings } = await scene(
      (seen) =>
        seen.path === '/client/register' && seen.body.includes('redirectUris')
          ? refusal('unsupported_grant_type', 'UnsupportedGrantTypeException')
          : polled({ body: token })(seen),
      { browser: true },
    )
    expect(await signIn(means, settings, browser)).toMatchObject({ kind: 'signed-in' })
  })

  test.each([
    [{ kind: 'error', error: 'access_denied' }, 'refused on its page'],
    [{ kind: 'error', error: '<b>server_error' }, '(bserver_error)'],
    [{ kind: 'timed-out' }, 'within ten minutes'],
  ] as const)('that ends with %j is told', async (answer, says) => {
    const { means, settings } = await scene(polled({ body: token }), { browser: true, answer })
    expect(await signIn(means, settings, browser)).toMatchObject({ says: expect.stringContaining(says) })
  })
})

describe('the registration', () => {
  test('is taken from the cache of the AWS CLI while it is good, and of the right grant', async () => {
    const plain = await scene(polled({ body: token }))
    const file = registrationFile(plain.means, plain.settings)
    const cached = (more: object) => ({
      [file]: JSON.stringify({ clientId: 'kept', clientSecret: 'kept-secret-of-client', ...more }),
    })
    const asks = async (more: object): Promise<boolean> => {
      const { means, settings, service } = await scene(polled({ body: token }), { files: cached(more) })
      await signIn(means, settings, withCode)
      return service.seen.some(({ path }) => path === '/client/register')
    }
    const far = '2027-01-01T00:00:00Z'
    expect(await asks({ expiresAt: far })).toBe(false)
    expect(await asks({ expiresAt: '2026-11-28T12:10:00Z' })).toBe(true)
    expect(await asks({ expiresAt: far, grantTypes: ['authorization_code', 'refresh_token'] })).toBe(true)
    expect(await asks({ expiresAt: 'soon' })).toBe(true)
  })

  test('has the file name that the AWS CLI gives it', async ({ skip }) => {
    const scopes = `${session}sso_registration_scopes = sso:account:access, codewhisperer:completions\n`
    const plain = await scene(polled({ body: token }), { config: scopes })
    const script = `
import json, sys
sys.path.insert(0, '/usr/lib/python3/dist-packages')
from awscli.botocore.utils import SSOTokenFetcher
f = SSOTokenFetcher('eu-west-1', None)
print(f._registration_cache_key('${start}', 'corp', ['sso:account:access', 'codewhisperer:completions']))
print(f._token_cache_key('${start}', 'corp'))`
    let told: string
    try {
      told = execFileSync('/usr/bin/python3', ['-c', script], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    } catch {
      return skip('the AWS CLI v2 is not there as Python')
    }
    const [registration, cached] = told.trim().split('\n')
    expect(registrationFile(plain.means, plain.settings)).toBe(`${home}/.aws/sso/cache/${registration}.json`)
    expect(plain.settings.tokenFile).toBe(`${home}/.aws/sso/cache/${cached}.json`)
  })
})

describe('the accounts of a person', () => {
  test('are read page by page, and one alone needs no question', async () => {
    const { means, settings, service } = await scene(({ path }) => {
      if (path === '/assignment/accounts') return { body: { accountList: [], nextToken: 'a b+c' } }
      if (path.startsWith('/assignment/accounts?'))
        return { body: { accountList: [{ accountId: '123456789012', accountName: 'only' }] } }
      return { body: { roleList: [{ roleName: 'Admin', accountId: '123456789012' }] } }
    })
    expect(await findAssignment(means, settings, 'tok')).toEqual({
      kind: 'assignment',
      account: '123456789012',
      role: 'Admin',
    })
    expect(service.seen.map(({ path }) => path)).toEqual([
      '/assignment/accounts',
      '/assignment/accounts?next_token=a%20b%2Bc',
      '/assignment/roles?account_id=123456789012',
    ])
    expect(service.seen[0]!.headers['x-amz-sso_bearer_token']).toBe('tok')
  })

  test('come with roles only whose names can be names', async () => {
    const roleNames = ['Ro\nle\n[profile evil]', '', 'A'.repeat(65), '# x', 'Admin']
    const { means, settings } = await scene(({ path }) =>
      path.startsWith('/assignment/accounts')
        ? { body: { accountList: [{ accountId: '123456789012' }] } }
        : { body: { roleList: roleNames.map((roleName) => ({ roleName })) } },
    )
    expect(await findAssignment(means, settings, 'tok')).toMatchObject({ kind: 'assignment', role: 'Admin' })
  })

  test('are never asked for without end', async () => {
    const { means, settings, service } = await scene(() => ({ body: { accountList: [], nextToken: 'again' } }))
    expect(await findAssignment(means, settings, 'tok')).toMatchObject({ kind: 'refused' })
    expect(service.seen).toHaveLength(100)
  })
})
