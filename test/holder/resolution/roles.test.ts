import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Authority, startAuthority } from '../../../src/authority/index.ts'
import type { Machine } from '../../../src/holder/machine/machine.ts'
import { overlayMachine } from '../../../src/holder/machine/overlay.ts'
import { realMachine } from '../../../src/holder/machine/real.ts'
import { mustCall } from '../../../src/lab/caller.ts'
import { endpoint, membersOf, sts } from './endpoint.ts'
import { home, machineWith, resolveOn, valuesOf } from './machine.ts'

const keys = '[keys]\naws_access_key_id = AKIDKEYS\naws_secret_access_key = secret\n'

describe('a role', () => {
  test('is assumed at the configured endpoint with all that its profile says', async () => {
    const { url, seen } = await endpoint(sts)
    const config = `[profile dev]
role_arn = arn:aws:iam::123456789012:role/dev
source_profile = keys
external_id = an id & more
role_session_name = me@example
duration_seconds = 1800
region = eu-west-1
`
    const machine = machineWith({ config, credentials: keys, env: { AWS_ENDPOINT_URL_STS: url } })
    const resolution = await resolveOn(machine, {}, { profile: 'dev' })
    expect(valuesOf(resolution)).toEqual({
      provider: 'assume-role',
      accessKeyId: 'ASIAdevBYAKIDKEYS',
      secretAccessKey: 'secret&ofdev',
      sessionToken: 'token+of/dev==',
      expiration: '2099-01-01T00:00:00.000Z',
      accountId: '123456789012',
    })
    expect(resolution).toMatchObject({
      roleSession: 'arn:aws:sts::123456789012:assumed-role/dev/me@example',
      trail: [{ kind: 'call', operation: 'sts:AssumeRole', host: new URL(url).host, status: 200 }],
    })
    expect(seen.map(membersOf)).toEqual([
      {
        Action: 'AssumeRole',
        Version: '2011-06-15',
        RoleArn: 'arn:aws:iam::123456789012:role/dev',
        RoleSessionName: 'me@example',
        ExternalId: 'an id & more',
        DurationSeconds: '1800',
      },
    ])
    expect(seen[0]!.headers['authorization']).toContain('/eu-west-1/sts/aws4_request')
  })

  test('is given the session name that the SDK would make up when none is configured', async () => {
    const { url, seen } = await endpoint(sts)
    const config = '[default]\nrole_arn = arn:aws:iam::123456789012:role/dev\nsource_profile = keys\n'
    const machine = machineWith({ config, credentials: keys, env: { AWS_ENDPOINT_URL: url, AWS_REGION: 'eu-west-1' } })
    await resolveOn(machine, {}, { sdk: 'aws-cli-v2' })
    expect(membersOf(seen[0]!)['RoleSessionName']).toBe('botocore-session-1795867200')
  })

  test('is assumed from a role, from a role, each signed with what the one before gave', async () => {
    const { url, seen } = await endpoint(sts)
    const role = (name: string, source: string) =>
      `[profile ${name}]\nrole_arn = arn:aws:iam::123456789012:role/${name}\nsource_profile = ${source}\n`
    const config = role('c', 'b') + role('b', 'a') + role('a', 'keys')
    const machine = machineWith({ config, credentials: keys, env: { AWS_ENDPOINT_URL: url, AWS_REGION: 'eu-west-1' } })
    const resolution = await resolveOn(machine, {}, { profile: 'c' })
    expect(valuesOf(resolution)).toMatchObject({ accessKeyId: 'ASIAcBYASIAbBYASIAaBYAKIDKEYS' })
    expect(seen.map(({ headers }) => headers['x-amz-security-token'])).toEqual([
      undefined,
      'token+of/a==',
      'token+of/b==',
    ])
  })

  test('is assumed with the environment, or with what a process prints, when the profile says so', async () => {
    const { url } = await endpoint(sts)
    const config = `[profile named]
role_arn = arn:aws:iam::123456789012:role/named
credential_source = Environment
[profile later]
role_arn = arn:aws:iam::123456789012:role/later
source_profile = printed
[profile printed]
credential_process = print-keys
`
    const printed = '{"Version":1,"AccessKeyId":"AKIDPROCESS","SecretAccessKey":"secret"}'
    const machine = machineWith({
      config,
      env: {
        AWS_ENDPOINT_URL: url,
        AWS_REGION: 'eu-west-1',
        AWS_ACCESS_KEY_ID: 'AKIDENV',
        AWS_SECRET_ACCESS_KEY: 'secret',
      },
      run: { 'print-keys': { kind: 'ended', exitCode: 0, signal: null, stdout: printed, stderr: '' } },
    })
    expect(valuesOf(await resolveOn(machine, {}, { profile: 'named' }))).toMatchObject({
      accessKeyId: 'ASIAnamedBYAKIDENV',
    })
    const later = await resolveOn(machine, {}, { profile: 'later' })
    expect(valuesOf(later)).toMatchObject({ accessKeyId: 'ASIAlaterBYAKIDPROCESS' })
    expect(later.trail).toMatchObject([{ kind: 'process', program: 'print-keys', exitCode: 0 }, { kind: 'call' }])
  })

  test('never sends what could be a secret in the place of a key id', async () => {
    const { url, seen } = await endpoint(sts)
    const config = '[default]\nrole_arn = arn:aws:iam::123456789012:role/dev\nsource_profile = keys\n'
    const credentials = `[keys]\naws_access_key_id = ${'wJalrXUt'.repeat(5)}\naws_secret_access_key = AKIAIOSFODNN7EXAMPLE\n`
    const machine = machineWith({ config, credentials, env: { AWS_ENDPOINT_URL: url, AWS_REGION: 'eu-west-1' } })
    expect(await resolveOn(machine)).toMatchObject({ kind: 'failed', reason: 'keys-unusable' })
    expect(seen).toEqual([])
  })

  test('is not tried when a plan needs what is forbidden; nothing before it is done either', async () => {
    const { url, seen } = await endpoint(sts)
    const config = `[profile dev]
role_arn = arn:aws:iam::123456789012:role/dev
source_profile = printed
[profile printed]
credential_process = print-keys
`
    let runs = 0
    const machine = machineWith({
      config,
      env: { AWS_ENDPOINT_URL: url, AWS_REGION: 'eu-west-1' },
      run: async () => {
        runs += 1
        return { kind: 'refused' }
      },
    })
    expect(await resolveOn(machine, { offline: true }, { profile: 'dev' })).toMatchObject({
      kind: 'described',
      needs: 'network',
      trail: [],
    })
    expect(await resolveOn(machine, { exec: false }, { profile: 'dev' })).toMatchObject({
      kind: 'described',
      needs: 'process',
      trail: [],
    })
    expect([runs, seen]).toEqual([0, []])
  })
})

describe('an STS that gives no session', () => {
  const config = '[default]\nrole_arn = arn:aws:iam::123456789012:role/dev\nsource_profile = keys\n'
  const at = (url: string): Machine =>
    machineWith({ config, credentials: keys, env: { AWS_ENDPOINT_URL: url, AWS_REGION: 'eu-west-1' } })

  test('is told with its own code and message, and with where the role stands', async () => {
    const body = `<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>User: arn:aws:iam::1:user/a is not authorized &amp; so on, AKIAIOSFODNN7EXAMPLE</Message></Error><RequestId>r-1</RequestId></ErrorResponse>`
    const { url } = await endpoint(() => ({ status: 403, headers: { date: 'Sat, 28 Nov 2026 12:00:00 GMT' }, body }))
    expect(await resolveOn(at(url))).toMatchObject({
      kind: 'failed',
      reason: 'refused',
      says: 'AccessDenied: User: arn:aws:iam::1:user/a is not authorized & so on, AKIA…MPLE',
      at: { file: `${home}/.aws/config`, line: 2 },
      refusal: {
        service: 'sts',
        operation: 'AssumeRole',
        status: 403,
        code: 'AccessDenied',
        requestId: 'r-1',
        date: '2026-11-28T12:00:00Z',
      },
      trail: [{ status: 403 }],
    })
  })

  test.each([
    [
      'a refusal for now',
      { status: 400, body: '<Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error>' },
      'unavailable',
    ],
    ['a failure of the server', { status: 503, body: 'oh' }, 'unavailable'],
    ['a login page', { status: 200, body: '<html>sign in</html>' }, 'unexpected-answer'],
    ['a way elsewhere', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }, 'unexpected-answer'],
    ['half an answer', { body: '<A><AccessKeyId>ASIAX</AccessKeyId></A>' }, 'unexpected-answer'],
  ])('%s says nothing about the keys', async (_, told, reason) => {
    const { url } = await endpoint(() => told)
    expect(await resolveOn(at(url))).toMatchObject({ kind: 'failed', reason })
  })

  test('is given up when it does not answer in time, or is not there', async () => {
    const { url } = await endpoint(() => ({ silent: true }))
    const silent = await resolveOn(at(url), { timeoutMs: 150 })
    expect(silent).toMatchObject({ kind: 'failed', reason: 'unreachable', trail: [{ status: null }] })
    expect(await resolveOn(at('http://127.0.0.1:1'))).toMatchObject({
      kind: 'failed',
      reason: 'unreachable',
      because:
        'sts:AssumeRole got no answer: 127.0.0.1:1 could not be reached: the connection was refused (ECONNREFUSED)',
    })
  })
})

describe('a role that wants a one-time code', () => {
  const config = `[default]
role_arn = arn:aws:iam::123456789012:role/dev
source_profile = keys
mfa_serial = arn:aws:iam::123456789012:mfa/alice
`
  test('fails clearly without anybody to ask, and sends nothing', async () => {
    const { url, seen } = await endpoint(sts)
    const machine = machineWith({ config, credentials: keys, env: { AWS_ENDPOINT_URL: url, AWS_REGION: 'eu-west-1' } })
    expect(await resolveOn(machine)).toMatchObject({
      kind: 'failed',
      reason: 'needs-mfa',
      because:
        'the role arn:aws:iam::123456789012:role/dev wants a one-time code of arn:aws:iam::123456789012:mfa/alice, and nobody was there to be asked for it',
    })
    expect(await resolveOn(machine, { askCode: async () => null })).toMatchObject({ reason: 'needs-mfa' })
    expect(await resolveOn(machine, { askCode: async () => '12345' })).toMatchObject({ reason: 'needs-mfa' })
    expect(seen).toEqual([])
  })

  test('sends the code of that device', async () => {
    const { url, seen } = await endpoint(sts)
    const machine = machineWith({ config, credentials: keys, env: { AWS_ENDPOINT_URL: url, AWS_REGION: 'eu-west-1' } })
    const asked: string[] = []
    const askCode = async (serial: string) => {
      asked.push(serial)
      return ' 123456\n'
    }
    expect(await resolveOn(machine, { askCode })).toMatchObject({ kind: 'resolved' })
    expect(asked).toEqual(['arn:aws:iam::123456789012:mfa/alice'])
    expect(membersOf(seen[0]!)).toMatchObject({ SerialNumber: asked[0], TokenCode: '123456' })
  })
})

describe('a session that the AWS CLI keeps in its cache', () => {
  // The files are named as AWS CLI 1.45.11 named them when it was run with these very profiles.
  const config = `[profile plain]
role_arn = arn:aws:iam::123456789012:role/dev
source_profile = keys
[profile full]
role_arn = arn:aws:iam::123456789012:role/dev
source_profile = keys
external_id = é"1
role_session_name = me
duration_seconds = 1_800
mfa_serial = arn:aws:iam::123456789012:mfa/alice
`
  const names = {
    plain: 'af854889538ac1a069a8274d5ee4dc500f8b1f91.json',
    full: 'c1f92ae009db2e0ddc9bbec9359bff2255a5bcbd.json',
  }
  const kept = (end: string) =>
    JSON.stringify({
      Credentials: { AccessKeyId: 'ASIAKEPT', SecretAccessKey: 's', SessionToken: 't', Expiration: end },
      AssumedRoleUser: { AssumedRoleId: 'AROA:x', Arn: 'arn:aws:sts::123456789012:assumed-role/dev/x' },
    })
  const machine = (name: string, text: string, url = 'http://127.0.0.1:1') =>
    machineWith({
      config,
      credentials: keys,
      files: { [`${home}/.aws/cli/cache/${name}`]: text },
      env: { AWS_ENDPOINT_URL: url, AWS_REGION: 'eu-west-1' },
    })

  test.each(['plain', 'full'] as const)(
    'is used by its rules for the profile %s, without network and code',
    async (profile) => {
      const resolution = await resolveOn(
        machine(names[profile], kept('2026-11-28T12:15:00UTC')),
        { offline: true },
        { profile },
      )
      expect(valuesOf(resolution)).toMatchObject({ accessKeyId: 'ASIAKEPT', expiration: '2026-11-28T12:15:00.000Z' })
      expect(resolution).toMatchObject({
        roleSession: 'arn:aws:sts::123456789012:assumed-role/dev/x',
        trail: [{ kind: 'cache', what: 'used', file: `${home}/.aws/cli/cache/${names[profile]}` }],
      })
    },
  )

  test('is left where it is when it ends within a quarter of an hour', async () => {
    const { url, seen } = await endpoint(sts)
    const on = machine(names.plain, kept('2026-11-28T12:14:59Z'), url)
    const resolution = await resolveOn(on, {}, { profile: 'plain' })
    expect(valuesOf(resolution)).toMatchObject({ accessKeyId: 'ASIAdevBYAKIDKEYS' })
    expect(seen).toHaveLength(1)
  })

  // As AWS CLI 1.45.11 says when it meets these files (`test/truth`).
  test.each([
    ['has no end that can be read', kept('soon'), 'ParserError: Unknown string format: soon'],
    ['is cut', kept('2099-01-01T00:00:00Z').slice(0, 40), "KeyError: 'af854889538ac1a069a8274d5ee4dc500f8b1f91'"],
    ['is no object', '[1]', 'TypeError: list indices must be integers or slices, not str'],
  ])('stops the CLI when it %s, so that there is nothing to resolve', async (_, text, says) => {
    await expect(resolveOn(machine(names.plain, text), {}, { profile: 'plain' })).rejects.toThrow(says)
  })

  test('is no business of boto3, which has no such cache', async () => {
    const { url } = await endpoint(sts)
    const env = { AWS_DEFAULT_REGION: 'eu-west-1' }
    const on = overlayMachine(machine(names.plain, kept('2099-01-01T00:00:00Z'), url), { env })
    const resolution = await resolveOn(on, {}, { profile: 'plain', sdk: 'boto3' })
    expect(valuesOf(resolution)).toMatchObject({ accessKeyId: 'ASIAdevBYAKIDKEYS' })
  })
})

describe('the authority of this project', () => {
  let authority: Authority
  const outside = realMachine({ direct: true })
  const ask = (action: string, parameters: Record<string, string>) =>
    mustCall(outside, authority.url, authority.root, 'iam', action, parameters)
  let alice: { id: string; secret: string }

  beforeAll(async () => {
    authority = await startAuthority({ data: ':memory:', port: 0, accountId: '123456789012', testControls: true })
    await ask('CreateUser', { UserName: 'alice' })
    const made = await ask('CreateAccessKey', { UserName: 'alice' })
    alice = { id: made.text('AccessKeyId'), secret: made.text('SecretAccessKey') }
    const trust = (extra: object) =>
      JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::123456789012:root' }, Action: 'sts:AssumeRole', ...extra },
        ],
      })
    const condition = { Condition: { StringEquals: { 'sts:ExternalId': 'open-sesame' } } }
    await ask('CreateRole', { RoleName: 'first', AssumeRolePolicyDocument: trust(condition) })
    await ask('CreateRole', { RoleName: 'second', AssumeRolePolicyDocument: trust({}) })
    const document = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' }],
    })
    await ask('PutUserPolicy', { UserName: 'alice', PolicyName: 'p', PolicyDocument: document })
    await ask('PutRolePolicy', { RoleName: 'first', PolicyName: 'p', PolicyDocument: document })
  })
  afterAll(async () => await authority.stop())

  const machine = (externalId: string) =>
    machineWith({
      config: `[profile first]
role_arn = arn:aws:iam::123456789012:role/first
source_profile = alice
external_id = ${externalId}
[profile second]
role_arn = arn:aws:iam::123456789012:role/second
source_profile = first
role_session_name = chained
`,
      credentials: `[alice]\naws_access_key_id = ${alice.id}\naws_secret_access_key = ${alice.secret}\n`,
      env: { AWS_ENDPOINT_URL: authority.url, AWS_REGION: 'eu-west-1' },
      now: () => new Date(),
    })

  test('gives a chain of two roles a session that it then accepts', async () => {
    const resolution = await resolveOn(machine('open-sesame'), {}, { profile: 'second' })
    expect(resolution).toMatchObject({
      kind: 'resolved',
      roleSession: 'arn:aws:sts::123456789012:assumed-role/second/chained',
    })
    if (resolution.kind !== 'resolved') return
    const { accessKeyId, secretAccessKey, sessionToken } = resolution.credential
    const identity = await mustCall(
      outside,
      authority.url,
      {
        accessKeyId: accessKeyId.value,
        secretAccessKey: secretAccessKey.value.reveal(),
        sessionToken: sessionToken!.value.reveal(),
      },
      'sts',
      'GetCallerIdentity',
    )
    expect(identity.text('Arn')).toBe('arn:aws:sts::123456789012:assumed-role/second/chained')
  })

  test('refuses a wrong external id, and the role behind it is not asked for', async () => {
    const resolution = await resolveOn(machine('open-barley'), {}, { profile: 'second' })
    expect(resolution).toMatchObject({
      kind: 'failed',
      reason: 'refused',
      refusal: { code: 'AccessDenied', operation: 'AssumeRole' },
      trail: [{ status: 403 }],
    })
  })
})
