import { execFile, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { realMachine } from '../../../src/holder/machine/real.ts'
import { realDisk } from '../../../src/holder/machine/real-disk.ts'
import { endpoint, membersOf, type Seen, sts, type Told } from './endpoint.ts'
import { machineWith, resolveOn, valuesOf } from './machine.ts'

/*
 * The real boto3 as the judge: on the same machine it gets the same credentials as we do, and asks the same questions for
 * them. Skipped where it is not installed, but not in CI.
 */
const hasBoto3 = process.env['CI'] !== undefined || spawnSync('python3', ['-c', 'import boto3']).status === 0

const script = `
import json, os, sys
asked = json.load(sys.stdin)
os.environ.clear()
os.environ.update(asked['env'])
import botocore.session
told = []
for case in asked['cases']:
    for name in [name for name in os.environ if name.startswith('AWS_')]:
        del os.environ[name]
    os.environ.update(case['env'])
    got = botocore.session.Session(profile=case['profile']).get_credentials()
    frozen = got.get_frozen_credentials()
    told.append([frozen.access_key, frozen.secret_key, frozen.token, got.method])
json.dump(told, open(asked['out'], 'w'))
`

interface Case {
  readonly name: string
  readonly profile: string | null
  readonly env?: Readonly<Record<string, string>>
}

/** A world in which every endpoint is one: STS, the portal and OIDC, a container and instance metadata. */
function world(seen: Seen): Told {
  const given = {
    AccessKeyId: 'ASIAMETA',
    SecretAccessKey: 'meta',
    Token: 'meta-token',
    Expiration: '2099-01-01T00:00:00Z',
  }
  if (seen.path === '/') return sts(seen)
  if (seen.path === '/token')
    return { body: { accessToken: 'access-2', expiresIn: 28800, refreshToken: 'refresh-2', tokenType: 'Bearer' } }
  if (seen.path.startsWith('/federation/credentials')) {
    const body = {
      accessKeyId: 'ASIASSO',
      secretAccessKey: 'sso',
      sessionToken: 'sso-token',
      expiration: 4070908800000,
    }
    return { body: { roleCredentials: body } }
  }
  if (seen.path === '/latest/api/token') return { body: 'metadata-token' }
  if (seen.path.endsWith('/security-credentials/')) return { body: 'my-role' }
  return { body: { Code: 'Success', ...given } }
}

/** What of a request decides the answer; what differs from run to run (times, signatures, made-up names) is left out. */
function question({ method, path, headers, body }: Seen) {
  const form = path === '/' ? membersOf({ body }) : body === '' ? null : JSON.parse(body)
  const named = form?.RoleSessionName?.startsWith('botocore-session-') ? { RoleSessionName: 'botocore-session' } : {}
  const authorization = String(headers['authorization'] ?? '').replace(
    /^AWS4-HMAC-SHA256 Credential=(\w+)\/\d+\/([\w-]+).*$/,
    '$1 in $2',
  )
  return {
    method,
    path: decodeURIComponent(path),
    form: form === null ? null : { ...form, ...named },
    authorization,
    sessionToken: headers['x-amz-security-token'],
    bearer: headers['x-amz-sso_bearer_token'],
    metadata: [headers['x-aws-ec2-metadata-token'], headers['x-aws-ec2-metadata-token-ttl-seconds']],
  }
}

const role = (name: string, source: string, more = '') =>
  `[profile ${name}]\nrole_arn = arn:aws:iam::123456789012:role/${name}\n${source}\n${more}`

const config = `${role('one', 'source_profile = keys', 'external_id = an id & more\nrole_session_name = me\nduration_seconds = 1800\n')}
${role('two', 'source_profile = one')}
${role('three', 'source_profile = two')}
${role('oftool', 'source_profile = tool')}
${role('ofcontainer', 'credential_source = EcsContainer')}
${role('ofinstance', 'credential_source = Ec2InstanceMetadata')}
[profile tool]
credential_process = sh TOOL "a b"
[profile web]
role_arn = arn:aws:iam::123456789012:role/web
web_identity_token_file = TOKENFILE
role_session_name = pod
[profile sso]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Admin & more
[profile late]
sso_session = late
sso_account_id = 123456789012
sso_role_name = Admin
[profile legacy]
sso_start_url = https://d-2.awsapps.com/start
sso_region = eu-west-1
sso_account_id = 123456789012
sso_role_name = Admin
[profile bare]
region = eu-west-1
[sso-session corp]
sso_start_url = https://d-1.awsapps.com/start
sso_region = eu-west-1
[sso-session late]
sso_start_url = https://d-1.awsapps.com/start
sso_region = eu-west-1
`
const credentials = '[keys]\naws_access_key_id = AKIDKEYS\naws_secret_access_key = secret\n'

describe.runIf(hasBoto3)('boto3 and we', () => {
  test('get the same credentials with the same questions', { timeout: 60_000 }, async () => {
    const { url, seen } = await endpoint(world)
    const meta = { AWS_EC2_METADATA_DISABLED: 'false', AWS_EC2_METADATA_SERVICE_ENDPOINT: url }
    const container = {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/v1/credentials`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: 'pod',
    }
    const cases: readonly Case[] = [
      { name: 'a role', profile: 'one' },
      { name: 'a role from a role', profile: 'two' },
      { name: 'three of them', profile: 'three' },
      { name: 'a program', profile: 'tool' },
      { name: 'a role by what a program prints', profile: 'oftool' },
      { name: 'a role by a container', profile: 'ofcontainer', env: container },
      { name: 'a role by an instance', profile: 'ofinstance', env: meta },
      { name: 'a web identity', profile: 'web' },
      { name: 'SSO', profile: 'sso' },
      { name: 'SSO whose token is over', profile: 'late' },
      { name: 'SSO in the legacy form', profile: 'legacy' },
      { name: 'a container', profile: 'bare', env: container },
      { name: 'an instance', profile: 'bare', env: meta },
    ]
    const usual = { AWS_ENDPOINT_URL: url, AWS_DEFAULT_REGION: 'eu-west-1', AWS_EC2_METADATA_DISABLED: 'true' }
    const theirs = await ask(cases.map((each) => ({ ...each, env: { ...usual, ...each.env } })))
    const askedByThem = seen.splice(0).map(question)
    const home = homeWith()
    const { readFile, run } = realMachine()
    const ours = []
    for (const { profile, env } of cases) {
      const machine = machineWith({
        env: { HOME: home, PATH: process.env['PATH'] ?? '', ...usual, ...env },
        now: () => new Date(),
      })
      const read = (path: string) => (path.startsWith(home) ? readFile(path) : machine.readFile(path))
      const real = { ...machine, readFile: read, run }
      const resolution = await resolveOn(
        real,
        { disk: realDisk() },
        { sdk: 'boto3', ...(profile === null ? {} : { profile }) },
      )
      const { accessKeyId, secretAccessKey, sessionToken, provider } = valuesOf(resolution) as Record<string, string>
      ours.push([accessKeyId, secretAccessKey, sessionToken, provider])
    }
    expect(ours).toEqual(theirs)
    expect(seen.map(question)).toEqual(askedByThem)
    expect(ours.map(([id]) => id)).not.toContain(undefined)
  })
})

/** The same home for each side, made anew: a renewed token is written into it. */
function homeWith(): string {
  const home = mkdtempSync(join(tmpdir(), 'boto3-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  const cached = (name: string) => `.aws/sso/cache/${createHash('sha1').update(name).digest('hex')}.json`
  const token = (expiresAt: string) =>
    JSON.stringify({
      startUrl: 'https://d-1.awsapps.com/start',
      region: 'eu-west-1',
      accessToken: 'access-1',
      expiresAt,
      clientId: 'client',
      clientSecret: 'client-secret',
      registrationExpiresAt: '2099-01-01T00:00:00Z',
      refreshToken: 'refresh-1',
    })
  const files = {
    '.aws/config': config.replace('TOKENFILE', join(home, 'token')).replace('TOOL', join(home, 'tool')),
    '.aws/credentials': credentials,
    token: 'header.payload.signature',
    tool: `printf '{"Version":1,"AccessKeyId":"AKIDTOOL","SecretAccessKey":"%s"}' "$1"`,
    [cached('corp')]: token('2099-01-01T00:00:00Z'),
    [cached('late')]: token('2020-01-01T00:00:00Z'),
    [cached('https://d-2.awsapps.com/start')]: token('2099-01-01T00:00:00Z'),
  }
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, name)), { recursive: true })
    writeFileSync(join(home, name), text, { mode: 0o600 })
  }

  return home
}

async function ask(cases: readonly Case[]): Promise<unknown> {
  const home = homeWith()
  const out = join(home, 'told')
  const env = { HOME: home, PATH: process.env['PATH'] ?? '' }
  const asking = promisify(execFile)('python3', ['-c', script], {
    env: { ...env, ...(process.env['PYENV_ROOT'] === undefined ? {} : { PYENV_ROOT: process.env['PYENV_ROOT'] }) },
    timeout: 50_000,
  })
  asking.child.stdin?.end(JSON.stringify({ env, out, cases }))
  await asking
  return JSON.parse(readFileSync(out, 'utf8'))
}
