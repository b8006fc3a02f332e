import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { CountersignError } from '../../../src/errors.ts'
import { realMachine } from '../../../src/holder/machine/real.ts'
import { realDisk } from '../../../src/holder/machine/real-disk.ts'
import type { SsoPlan } from '../../../src/holder/sources/plan.ts'
import { endpoint, type Seen, type Told } from './endpoint.ts'
import { home, keepingDisk, machineWith, resolveOn, resolvePlan, type State, valuesOf } from './machine.ts'

const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex')

const session = `[default]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Admin & more
[sso-session corp]
sso_start_url = https://d-1.awsapps.com/start
sso_region = eu-west-1
`
const tokenFile = `${home}/.aws/sso/cache/${sha1('corp')}.json`
const granted: Told = {
  body: {
    roleCredentials: {
      accessKeyId: 'ASIASSO',
      secretAccessKey: 'secret',
      sessionToken: 'token',
      expiration: Date.parse('2026-11-28T16:00:00Z'),
    },
  },
}
const token = {
  startUrl: 'https://d-1.awsapps.com/start',
  region: 'eu-west-1',
  accessToken: 'access-1',
  expiresAt: '2026-11-28T20:00:00Z',
  clientId: 'client',
  clientSecret: 'client-secret',
  registrationExpiresAt: '2027-01-01T00:00:00Z',
  refreshToken: 'refresh-1',
  somethingElse: { kept: true },
}
const plan: SsoPlan = {
  kind: 'sso',
  profile: 'default',
  startUrl: token.startUrl,
  region: 'eu-west-1',
  accountId: '123456789012',
  roleName: 'Admin & more',
  sessionName: 'corp',
  tokenFile,
  at: { file: `${home}/.aws/config`, line: 3, column: 1 },
}
const withSso = (url: string, held: object | string | null, state: State = {}) =>
  machineWith({
    config: session,
    ...state,
    env: { AWS_ENDPOINT_URL: url, ...state.env },
    files: {
      ...(held === null ? {} : { [tokenFile]: typeof held === 'string' ? held : JSON.stringify(held) }),
      ...state.files,
    },
  })

describe('IAM Identity Center', () => {
  test('is asked for the role with the cached token', async () => {
    const { url, seen } = await endpoint(() => granted)
    const resolution = await resolveOn(withSso(url, token))
    expect(valuesOf(resolution)).toEqual({
      provider: 'sso',
      accessKeyId: 'ASIASSO',
      secretAccessKey: 'secret',
      sessionToken: 'token',
      expiration: '2026-11-28T16:00:00.000Z',
      accountId: '123456789012',
    })
    expect(seen).toMatchObject([
      {
        method: 'GET',
        path: '/federation/credentials?role_name=Admin%20%26%20more&account_id=123456789012',
        headers: { 'x-amz-sso_bearer_token': 'access-1' },
      },
    ])
    expect(JSON.stringify(resolution)).not.toMatch(/access-1|refresh-1|client-secret/)
  })

  test('is asked at the host of its region when nothing else is configured', async () => {
    const asked: string[] = []
    const machine = withSso('', token, {
      send: async ({ url }) => {
        asked.push(url)
        throw new Error('no network here')
      },
    })
    const resolution = await resolveOn(machine)
    expect(asked[0]).toMatch(/^https:\/\/portal\.sso\.eu-west-1\.amazonaws\.com\/federation\/credentials\?/)
    expect(resolution).toMatchObject({
      reason: 'unreachable',
      because: 'sso:GetRoleCredentials got no answer: the request could not be sent',
    })
    const china = session.replaceAll('eu-west-1', 'cn-north-1')
    await resolveOn(withSso('', token, { config: china, send: async ({ url }) => Promise.reject(asked.push(url)) }))
    expect(asked[1]).toMatch(/^https:\/\/portal\.sso\.cn-north-1\.amazonaws\.com\.cn\//)
  })

  test.each([
    [
      'its own variable before the one for all',
      (url: string) => ({ AWS_ENDPOINT_URL_SSO: url, AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }),
      '',
    ],
    ['the services section', () => ({}), 'services = s\n'],
    ['the profile', () => ({}), 'endpoint_url = URL\n'],
  ])('is asked where %s says', async (_, env, setting) => {
    const { url, seen } = await endpoint(() => granted)
    const config = `${session.replace('[default]\n', `[default]\n${setting.replace('URL', url)}`)}[services s]\nsso =\n  endpoint_url = ${url}\n`
    expect(await resolveOn(withSso('', token, { config, env: env(url) }))).toMatchObject({ kind: 'resolved' })
    expect(seen).toHaveLength(1)
  })

  const both =
    (oidc: (seen: Seen) => Told) =>
    (seen: Seen): Told =>
      seen.path === '/token' ? oidc(seen) : granted
  const fresh = both(() => ({ body: { accessToken: 'access-2', expiresIn: 3600, refreshToken: 'refresh-2' } }))

  test('renews a token that is over, and writes the new one back with all that stood beside it', async () => {
    const { url, seen } = await endpoint(fresh)
    const disk = keepingDisk()
    const resolution = await resolveOn(withSso(url, { ...token, expiresAt: '2026-11-28T11:00:00Z' }), { disk })
    expect(valuesOf(resolution)).toMatchObject({ accessKeyId: 'ASIASSO' })
    expect(JSON.parse(seen[0]!.body)).toEqual({
      clientId: 'client',
      clientSecret: 'client-secret',
      grantType: 'refresh_token',
      refreshToken: 'refresh-1',
    })
    expect(seen[1]!.headers['x-amz-sso_bearer_token']).toBe('access-2')
    const text = disk.written.get(tokenFile) ?? ''
    expect(JSON.parse(text)).toEqual({
      ...token,
      accessToken: 'access-2',
      refreshToken: 'refresh-2',
      expiresAt: '2026-11-28T13:00:00Z',
    })
    // As Python's json.dumps lays it out.
    expect(text.startsWith('{"startUrl": "https://d-1.awsapps.com/start", "region": "eu-west-1", ')).toBe(true)
    expect(resolution.trail.map((step) => (step.kind === 'call' ? step.operation : step.kind))).toEqual([
      'sso-oidc:CreateToken',
      'cache',
      'sso:GetRoleCredentials',
    ])
    expect(JSON.stringify(resolution)).not.toMatch(/access-|refresh-|client-secret/)
  })

  test.runIf(process.platform !== 'win32')('writes to a real disk in one step, for its owner alone', async () => {
    const { url } = await endpoint(fresh)
    const place = mkdtempSync(join(tmpdir(), 'sso-'))
    onTestFinished(() => rmSync(place, { recursive: true, force: true }))
    const file = join(place, '.aws', 'sso', 'cache', `${sha1('corp')}.json`)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, JSON.stringify({ ...token, expiresAt: '2026-11-28T11:00:00Z' }), { mode: 0o600 })
    const { readFile } = realMachine()
    const read = (path: string) => (path.includes('/sso/cache/') ? readFile(path) : data.readFile(path))
    const data = withSso(url, null, {
      files: { [join(place, '.aws/config')]: session },
      env: { HOME: place },
    })
    const resolution = await resolveOn({ ...data, readFile: read }, { disk: realDisk() })
    expect(resolution).toMatchObject({
      kind: 'resolved',
      trail: [{ status: 200 }, { what: 'written', file }, { status: 200 }],
    })
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      accessToken: 'access-2',
      somethingElse: { kept: true },
    })
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readdirSync(dirname(file))).toHaveLength(1)
  })

  test('keeps the token of another program that renewed it meanwhile', async () => {
    const { url } = await endpoint(fresh)
    const disk = {
      ...keepingDisk(),
      write: () => {
        throw new CountersignError('conflict', 'changed')
      },
    }
    const resolution = await resolveOn(withSso(url, { ...token, expiresAt: '2026-11-28T11:00:00Z' }), { disk })
    expect(resolution).toMatchObject({ kind: 'resolved', trail: [{}, { kind: 'cache', what: 'not-written' }, {}] })
  })

  test('does not renew what it could not write back', async () => {
    const { url, seen } = await endpoint(fresh)
    expect(await resolveOn(withSso(url, { ...token, expiresAt: '2026-11-28T12:05:00Z' }))).toMatchObject({
      kind: 'resolved',
    })
    expect(await resolveOn(withSso(url, { ...token, expiresAt: '2026-11-28T12:00:00Z' }))).toMatchObject({
      reason: 'not-renewed',
    })
    expect(seen.map(({ path }) => path.split('?')[0])).toEqual(['/federation/credentials'])
  })

  test.each([
    [
      'is refused',
      {
        status: 400,
        body: { error: 'invalid_grant', error_description: 'Invalid refresh token' },
        headers: { 'x-amzn-errortype': 'InvalidGrantException' },
      },
    ],
    ['brings no token', { body: {} }],
    ['finds a server that fails', { status: 500, body: '' }],
  ])('uses what is left of a token when its renewal %s', async (_, oidc) => {
    const { url } = await endpoint(both(() => oidc))
    const soon = { ...token, expiresAt: '2026-11-28T12:05:00Z' }
    expect(await resolveOn(withSso(url, soon), { disk: keepingDisk() })).toMatchObject({ kind: 'resolved' })
    const over = { ...token, expiresAt: '2026-11-28T11:59:59Z' }
    expect(await resolveOn(withSso(url, over), { disk: keepingDisk() })).toMatchObject({ kind: 'failed' })
  })

  test('tells why a token that is over was not renewed', async () => {
    const { url } = await endpoint(
      both(() => ({
        status: 400,
        headers: { 'x-amzn-errortype': 'InvalidGrantException:http://x/' },
        body: { error: 'invalid_grant', error_description: 'Invalid refresh token' },
      })),
    )
    const over = { ...token, expiresAt: '2026-11-28T11:59:59Z' }
    const disk = keepingDisk()
    expect(await resolvePlan(withSso(url, over), plan, { disk })).toMatchObject({
      reason: 'token-expired',
      says: 'TokenRetrievalError: Error when retrieving token from sso: Token has expired and refresh failed',
      because:
        'the cached token for corp ended 2026-11-28T11:59:59Z; renewing it was refused: InvalidGrantException: Invalid refresh token',
    })
    expect(
      await resolvePlan(withSso(url, { ...over, registrationExpiresAt: '2026-11-01T00:00:00Z' }), plan, { disk }),
    ).toMatchObject({
      because: expect.stringContaining('the registration of the client that could renew it is over, too'),
    })
    const { refreshToken: _, ...bare } = over
    expect(await resolvePlan(withSso(url, bare), plan, { disk })).toMatchObject({
      because: expect.stringContaining('it holds nothing to renew it with'),
    })
    expect(await resolvePlan(withSso(url, over), plan, { disk, offline: true })).toMatchObject({
      kind: 'described',
      needs: 'network',
    })
    expect(disk.written.size).toBe(0)
  })

  test('never renews in the legacy form', async () => {
    const { url, seen } = await endpoint(fresh)
    const file = `${home}/.aws/sso/cache/${sha1('https://d-1.awsapps.com/start')}.json`
    const old: SsoPlan = { ...plan, sessionName: null, tokenFile: file }
    const legacy = (expiresAt: string) =>
      withSso(url, null, { config: '', files: { [file]: JSON.stringify({ ...token, expiresAt }) } })
    expect(await resolvePlan(legacy('2026-11-28T12:00:01Z'), old, { disk: keepingDisk() })).toMatchObject({
      kind: 'resolved',
    })
    expect(await resolvePlan(legacy('2026-11-28T12:00:00UTC'), old, { disk: keepingDisk() })).toMatchObject({
      reason: 'token-expired',
      says: expect.stringMatching(
        /^UnauthorizedSSOTokenError: The SSO session associated with this profile has expired/,
      ),
    })
    expect(seen.map(({ path }) => path.split('?')[0])).toEqual(['/federation/credentials'])
  })

  test.each([
    [401, 'UnauthorizedException', 'token-expired'],
    [403, 'ForbiddenException', 'role-unassigned'],
    [429, 'TooManyRequestsException', 'unavailable'],
    [404, 'ResourceNotFoundException', 'refused'],
  ])('that answers %i %s is understood', async (status, code, reason) => {
    const { url } = await endpoint(() => ({
      status,
      headers: { 'x-amzn-errortype': code },
      body: { message: 'No access' },
    }))
    expect(await resolveOn(withSso(url, token))).toMatchObject({
      kind: 'failed',
      reason,
      refusal: { status, code, message: 'No access' },
    })
  })

  test.each([
    ['{', 'is not a JSON object'],
    [{ accessToken: 'x' }, 'holds no access token with its end'],
    [{ ...token, accessToken: 'a\nb' }, 'cannot be sent'],
  ])('is not asked with a cache file such as %j', async (held, words) => {
    const { url, seen } = await endpoint(() => granted)
    const resolution = await resolvePlan(withSso(url, held), plan)
    expect(resolution).toMatchObject({ kind: 'failed', reason: 'token-missing' })
    if (resolution.kind === 'failed') expect(resolution.because).toContain(words)
    expect(seen).toEqual([])
  })

  test.each([
    ['8457bc68cf9d4aa8d629a61563948e8bd3159d49', 'corp'],
    ['eaf949b0199c32f35d2ca36916b645095494eee8', null],
  ])("is not asked when the AWS CLI keeps the role's session (%s, as botocore names it)", async (name, sessionName) => {
    const kept = {
      Credentials: {
        AccessKeyId: 'ASIAKEPT',
        SecretAccessKey: 's',
        SessionToken: 't',
        Expiration: '2099-01-01T00:00:00Z',
      },
    }
    const files = { [`${home}/.aws/cli/cache/${name}.json`]: JSON.stringify(kept) }
    const machine = withSso('http://127.0.0.1:1', null, { files })
    const resolution = await resolvePlan(machine, { ...plan, roleName: 'Admin', sessionName }, { offline: true })
    expect(valuesOf(resolution)).toMatchObject({ accessKeyId: 'ASIAKEPT' })
  })
})
