import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type Authority, startAuthority } from '../../../src/authority/index.ts'
import { type DiagnosisQuestion, diagnose } from '../../../src/holder/diagnosis/index.ts'
import { realMachine } from '../../../src/holder/machine/real.ts'
import { type Recording, recordedMachine } from '../../../src/holder/machine/recorded.ts'
import { mustCall } from '../../../src/lab/caller.ts'

/*
 * A credential that stands nowhere: it is got first, then judged like any other. Against the authority of this project.
 */
let authority: Authority
let alice: { id: string; secret: string }
const outside = realMachine({ direct: true })
const home = '/u/alice'

beforeAll(async () => {
  authority = await startAuthority({ data: ':memory:', port: 0, accountId: '123456789012', testControls: true })
  const ask = (action: string, parameters: Record<string, string>) =>
    mustCall(outside, authority.url, authority.root, 'iam', action, parameters)
  await ask('CreateUser', { UserName: 'alice' })
  const made = await ask('CreateAccessKey', { UserName: 'alice' })
  alice = { id: made.text('AccessKeyId'), secret: made.text('SecretAccessKey') }
  const statement = (rest: object) =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...rest }] })
  const trust = statement({ Principal: { AWS: 'arn:aws:iam::123456789012:root' }, Action: 'sts:AssumeRole' })
  await ask('CreateRole', { RoleName: 'open', AssumeRolePolicyDocument: trust })
  await ask('CreateRole', { RoleName: 'closed', AssumeRolePolicyDocument: trust })
  const document = statement({ Action: 'sts:AssumeRole', Resource: 'arn:aws:iam::123456789012:role/open' })
  await ask('PutUserPolicy', { UserName: 'alice', PolicyName: 'p', PolicyDocument: document })
})
afterAll(async () => await authority.stop())

const keys = () => `[keys]\naws_access_key_id = ${alice.id}\naws_secret_access_key = ${alice.secret}\n`
const role = (name: string) => `[default]\nrole_arn = arn:aws:iam::123456789012:role/${name}\nsource_profile = keys\n`

function check(config: string, question: DiagnosisQuestion = {}, rest: Recording = {}) {
  const machine = recordedMachine({
    userHome: home,
    now: () => outside.now(),
    send: (request) => outside.send(request),
    ...rest,
    env: {
      HOME: home,
      AWS_ENDPOINT_URL: authority.url,
      AWS_REGION: 'eu-west-1',
      AWS_EC2_METADATA_DISABLED: 'true',
      ...rest.env,
    },
    files: { [`${home}/.aws/config`]: config, [`${home}/.aws/credentials`]: keys(), ...rest.files },
  })
  return diagnose(machine, question)
}

describe('check of a role', () => {
  test('assumes it, and says who one is then', async () => {
    const given: string[] = []
    const steps: string[] = []
    const verdict = await check(`${role('open')}role_session_name = me\n`, {
      onCredential: ({ accessKeyId }) => given.push(accessKeyId.value),
      onStep: (says) => steps.push(says),
    })
    expect(verdict).toMatchObject({
      status: 'valid',
      identity: { arn: 'arn:aws:sts::123456789012:assumed-role/open/me' },
      credential: {
        accessKeyId: expect.stringMatching(/^ASIA…/),
        kind: 'temporary',
        account: '123456789012',
        sessionToken: { present: true },
        source: { provider: 'assume-role', profile: 'default', file: `${home}/.aws/config`, line: 2 },
      },
      causes: [],
    })
    expect(Date.parse(verdict.credential!.expiration!)).toBeGreaterThan(outside.now().getTime())
    expect(verdict.chain.find(({ outcome }) => outcome === 'found')).toMatchObject({
      because: 'the role arn:aws:iam::123456789012:role/open was assumed as me',
      credential: null,
      plan: null,
    })
    expect(given).toEqual([expect.stringMatching(/^ASIA[A-Z0-9]{16}$/)])
    expect(steps).toEqual([`asking ${new URL(authority.url).host} for sts:AssumeRole`])
    expect(JSON.stringify(verdict)).not.toContain(given[0])
  })

  test('tells what STS answered when it may not be assumed, and what that means', async () => {
    expect(await check(role('closed'))).toMatchObject({
      status: 'unusable',
      identity: null,
      causes: expect.arrayContaining([expect.objectContaining({ id: 'permission-missing', certainty: 'proven' })]),
      reply: { operation: 'AssumeRole', status: 403, code: 'AccessDenied' },
    })
  })

  test('still explains the keys that it would be assumed with', async () => {
    const config = `${role('open').replace('keys', 'stale')}[profile stale]\naws_access_key_id = ${alice.id}\naws_secret_access_key = ${alice.secret}\naws_session_token = leftover\n`
    const verdict = await check(config)
    expect(verdict.status).toBe('rejected')
    expect(verdict.causes.map(({ id, certainty }) => `${certainty} ${id}`)).toContain('proven stale-session-token')
  })

  test('cannot tell without the network, without a code, or without an answer', async () => {
    expect(await check(role('open'), { offline: true })).toMatchObject({
      status: 'unverified',
      because: 'sts:AssumeRole would be asked for arn:aws:iam::123456789012:role/open',
    })
    const device = 'mfa_serial = arn:aws:iam::123456789012:mfa/alice\n'
    expect(await check(role('open') + device)).toMatchObject({
      status: 'unverified',
      because: expect.stringContaining('wants a one-time code of arn:aws:iam::123456789012:mfa/alice'),
    })
    expect(await check(role('open'), { endpointUrl: 'http://127.0.0.1:1' })).toMatchObject({
      status: 'unverified',
      because: expect.stringContaining('sts:AssumeRole got no answer'),
    })
  })
})

describe('check of a credential_process', () => {
  const config = '[default]\ncredential_process = print-keys\n'
  const printing = (id: string, secret: string): Recording => ({
    run: {
      'print-keys': {
        kind: 'ended',
        exitCode: 0,
        signal: null,
        stdout: JSON.stringify({ Version: 1, AccessKeyId: id, SecretAccessKey: secret }),
        stderr: '',
      },
    },
  })

  test('runs it and judges what it prints', async () => {
    expect(await check(config, {}, printing(alice.id, alice.secret))).toMatchObject({
      status: 'valid',
      identity: { arn: 'arn:aws:iam::123456789012:user/alice' },
      credential: { kind: 'long-term', source: { provider: 'custom-process', line: 2 } },
    })
  })

  test('names the cause when AWS refuses what it prints, and edits no file for it', async () => {
    const verdict = await check(config, {}, printing(alice.id, `${alice.secret.slice(0, -4)}AAAA`))
    expect(verdict.status).toBe('rejected')
    expect(verdict.causes[0]).toMatchObject({ id: 'secret-wrong', fix: { edits: [] } })
    const spaced = await check(config, {}, printing(` ${alice.id}`, alice.secret))
    expect(spaced.causes.map(({ id }) => id)).toContain('surrounding-whitespace')
    expect(spaced.causes.flatMap(({ fix }) => fix.edits)).toEqual([])
    expect(JSON.stringify(spaced.causes)).toContain('the output of the credential_process')
  })

  test('runs it also without network, unless that is forbidden too', async () => {
    const dead = printing('AKIAIOSFODNN7EXAMPLE', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY')
    expect(await check(config, { offline: true }, dead)).toMatchObject({
      status: 'unverified',
      credential: { accessKeyId: 'AKIA…MPLE' },
    })
    expect(await check(config, { offline: true, exec: false }, dead)).toMatchObject({
      status: 'unverified',
      credential: { accessKeyId: null },
      because: 'the credential_process of [default] would be run',
    })
  })

  test('that fails is unusable, with its complaint in the chain', async () => {
    const failing: Recording = {
      run: { 'print-keys': { kind: 'ended', exitCode: 2, signal: null, stdout: '', stderr: 'please sign in\n' } },
    }
    const verdict = await check(config, {}, failing)
    expect(verdict).toMatchObject({
      status: 'unusable',
      reply: null,
      causes: [{ id: 'process-failed', certainty: 'proven', evidence: [{ at: { line: 2 } }] }],
    })
    expect(verdict.chain.find(({ outcome }) => outcome === 'broken')).toMatchObject({
      provider: 'custom-process',
      because: 'the credential_process of [default] ended with exit code 2: please sign in',
      at: { line: 2 },
    })
  })
})

describe('check of an SSO profile', () => {
  const config = `[profile sso]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Admin
[sso-session corp]
sso_start_url = https://d-1.awsapps.com/start
sso_region = eu-west-1
[profile role]
role_arn = arn:aws:iam::123456789012:role/open
source_profile = sso
`
  const file = `${home}/.aws/sso/cache/${createHash('sha1').update('corp').digest('hex')}.json`
  const cached = (expiresAt: string) => ({
    [file]: JSON.stringify({
      startUrl: 'https://d-1.awsapps.com/start',
      region: 'eu-west-1',
      accessToken: 'a',
      expiresAt,
    }),
  })
  const portal = (status: number, code: string): Recording => ({
    files: cached('2099-01-01T00:00:00Z'),
    send: async () => ({
      status,
      headers: [['x-amzn-errortype', code]],
      body: '{"message":"No access"}',
      receivedAt: outside.now(),
    }),
  })

  test.each([
    ['is not there', {}],
    ['is over', { files: cached('2020-01-01T00:00:00Z') }],
    ['is not accepted', portal(401, 'UnauthorizedException')],
  ])('names the sign-in when its token %s', async (_, state) => {
    expect(await check(config, { profile: 'sso' }, state)).toMatchObject({
      status: 'unusable',
      causes: [
        {
          id: 'sso-session-expired',
          certainty: 'proven',
          fix: { commands: { bash: ['countersign login sso'] } },
        },
      ],
    })
  })

  test('names the sign-in of the profile that a role starts from', async () => {
    const verdict = await check(config, { profile: 'role' }, portal(401, 'UnauthorizedException'))
    expect(verdict.causes).toMatchObject([
      { id: 'sso-session-expired', fix: { commands: { bash: ['countersign login sso'] } } },
    ])
  })

  test('names the assignment when the portal refuses account and role', async () => {
    const verdict = await check(config, { profile: 'sso' }, portal(403, 'ForbiddenException'))
    expect(verdict).toMatchObject({
      status: 'unusable',
      reply: { service: 'sso', operation: 'GetRoleCredentials', status: 403, code: 'ForbiddenException' },
      causes: [{ id: 'sso-role-unassigned', certainty: 'proven' }],
    })
  })

  test('names nothing when the portal only asks to wait', async () => {
    expect(await check(config, { profile: 'sso' }, portal(429, 'TooManyRequestsException'))).toMatchObject({
      status: 'unverified',
      causes: [],
    })
  })
})

describe('check of an aws login', () => {
  test('names the sign-in when it is not there', async () => {
    const config = '[default]\nlogin_session = arn:aws:iam::123456789012:user/alice\n'
    const file = `${home}/.aws/login/cache/${createHash('sha256').update('arn:aws:iam::123456789012:user/alice').digest('hex')}.json`
    const accessToken = { accessKeyId: 'ASIALOGIN', secretAccessKey: 's', sessionToken: 't', accountId: '123456789012' }
    const over = {
      accessToken: { ...accessToken, expiresAt: '2020-01-01T00:00:00Z' },
      refreshToken: 'r',
      clientId: 'c',
      dpopKey: 'k',
    }
    const state = { files: { [file]: JSON.stringify(over) } }
    // Without a place for a renewed one nobody can say that there is none.
    expect(await check(config, {}, state)).toMatchObject({ status: 'unverified', causes: [] })
    const disk = { write: () => {}, remove: () => {}, list: () => [] }
    const verdict = await check(config, { disk }, state)
    expect(verdict).toMatchObject({
      status: 'unusable',
      causes: [{ id: 'session-expired', certainty: 'proven', fix: { commands: { bash: ['aws login'] } } }],
    })
  })
})

describe('check of a container', () => {
  test('asks its endpoint and then STS', async () => {
    const body = JSON.stringify({
      AccessKeyId: alice.id,
      SecretAccessKey: alice.secret,
      Token: 't',
      Expiration: '2099-01-01T00:00:00Z',
    })
    const server = createServer((_, response) => response.end(body))
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
    onTestFinished(() => void server.close())
    const uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`
    const verdict = await check('', {}, { env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: uri } })
    // A long-term key with somebody's token beside it: refused, and the container is where both came from.
    expect(verdict).toMatchObject({
      status: 'rejected',
      credential: { source: { provider: 'container-role', variable: 'AWS_CONTAINER_CREDENTIALS_FULL_URI' } },
    })
    expect(verdict.causes[0]).toMatchObject({ id: 'stale-session-token', certainty: 'proven' })
  })
})
