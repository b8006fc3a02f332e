import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { type Authority, startAuthority } from '../../src/authority/index.ts'
import { formBrowser } from './identity-center/center.ts'
import { asker } from './server/caller.ts'

/*
 * Real clients sign in with endpoint settings and nothing else. Skipped where a client is not installed; only Python's are in CI for sure.
 */
const run = promisify(execFile)
const inCi = process.env['CI'] !== undefined
const hasBoto3 = inCi || spawnSync('python3', ['-c', 'import boto3']).status === 0
const cli1 = cliOf(1)
const cli2 = cliOf(2)

/** The first AWS CLI of that version on PATH, or where `COUNTERSIGN_AWS_CLI2` says. */
function cliOf(major: number): { readonly path: string; readonly version: readonly number[] } | null {
  const named = major === 2 ? [process.env['COUNTERSIGN_AWS_CLI2'] ?? ''] : []
  const onPath = (process.env['PATH'] ?? '').split(':').map((directory) => join(directory, 'aws'))
  for (const path of [...named, ...onPath]) {
    if (path === '' || !existsSync(path)) continue
    const told = /^aws-cli\/(\d+)\.(\d+)/.exec(spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout ?? '')
    if (told !== null && Number(told[1]) === major) return { path, version: [major, Number(told[2])] }
  }
  return null
}

let authority: Authority
let home: string
beforeAll(async () => {
  authority = await startAuthority({ data: ':memory:', port: 0, testControls: true, passwordWork: 8 })
})
beforeEach(async () => {
  await authority.reset()
  const policyArn = 'arn:aws:iam::aws:policy/AdministratorAccess'
  await authority.ssoAssign({ user: 'ada', permissionSet: 'Admin', policyArn })
  home = mkdtempSync(join(tmpdir(), 'countersign-sso-clients-'))
  mkdirSync(join(home, '.aws'))
  const role = `sso_account_id = ${authority.account}\nsso_role_name = Admin\nregion = us-east-1\n`
  const where = `sso_start_url = ${authority.startUrl}\nsso_region = us-east-1\n`
  writeFileSync(
    join(home, '.aws/config'),
    `[profile team]\nsso_session = here\n${role}[sso-session here]\n${where}sso_registration_scopes = sso:account:access\n` +
      `[profile old]\n${where}${role}`,
  )
})
afterAll(() => authority.stop())

function environment(more: Record<string, string> = {}): NodeJS.ProcessEnv {
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  return {
    PATH: process.env['PATH'],
    HOME: home,
    AWS_ENDPOINT_URL: authority.url,
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
    AWS_MAX_ATTEMPTS: '1',
    // A version manager's shims look for their own home there.
    ...(process.env['PYENV_ROOT'] === undefined ? {} : { PYENV_ROOT: process.env['PYENV_ROOT'] }),
    ...more,
  }
}

const isAda = /assumed-role\/AWSReservedSSO_Admin_[0-9a-f]{16}\/ada/

/** Waits for a line of this shape; throws with all that was said when the program ends first. */
function lineOf(child: ChildProcess, shape: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    for (const stream of [child.stdout!, child.stderr!])
      createInterface({ input: stream }).on('line', (line) => {
        said += `${line}\n`
        const found = shape.exec(line)
        if (found !== null) resolve(found[1] ?? found[0])
      })
    child.on('close', () => reject(new Error(`it ended: ${said}`)))
  })
}

async function exitOf(child: ChildProcess): Promise<number> {
  if (child.exitCode !== null) return child.exitCode
  const [code] = (await once(child, 'close')) as [number]
  return code
}

const signInProgram = `
import boto3, hashlib, json, os, sys, datetime
oidc = boto3.client('sso-oidc')
client = oidc.register_client(clientName='a test', clientType='public', scopes=['sso:account:access'])
keys = dict(clientId=client['clientId'], clientSecret=client['clientSecret'])
start = sys.argv[1]
device = oidc.start_device_authorization(startUrl=start, **keys)
grant = dict(grantType='urn:ietf:params:oauth:grant-type:device_code', deviceCode=device['deviceCode'], **keys)
try:
    oidc.create_token(**grant)
except oidc.exceptions.AuthorizationPendingException as e:
    assert e.response['error'] == 'authorization_pending', e.response
print(device['userCode'], flush=True)
sys.stdin.readline()
token = oidc.create_token(**grant)
try:
    oidc.create_token(**grant)
except oidc.exceptions.InvalidGrantException as e:
    assert e.response['error'] == 'invalid_grant', e.response
def iso(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime('%Y-%m-%dT%H:%M:%SZ')
import time
cache = os.path.expanduser('~/.aws/sso/cache')
os.makedirs(cache, exist_ok=True)
# A token with ten minutes left is one that botocore refreshes before it uses it.
with open(os.path.join(cache, hashlib.sha1(b'here').hexdigest() + '.json'), 'w') as f:
    json.dump(dict(startUrl=start, region='us-east-1', accessToken=token['accessToken'], refreshToken=token['refreshToken'],
        expiresAt=iso(time.time() + 600), registrationExpiresAt=iso(client['clientSecretExpiresAt']), **keys), f)
session = boto3.Session(profile_name='team')
print(session.client('sts').get_caller_identity()['Arn'])
with open(os.path.join(cache, hashlib.sha1(b'here').hexdigest() + '.json')) as f:
    kept = json.load(f)
assert kept['accessToken'] != token['accessToken'], 'it was not refreshed'
sso = boto3.client('sso')
accounts = sso.list_accounts(accessToken=kept['accessToken'])['accountList']
roles = sso.list_account_roles(accessToken=kept['accessToken'], accountId=accounts[0]['accountId'])['roleList']
print(roles[0]['roleName'])
try:
    sso.get_role_credentials(roleName='Other', accountId=accounts[0]['accountId'], accessToken=kept['accessToken'])
except sso.exceptions.ClientError as e:
    print(e)
sso.logout(accessToken=kept['accessToken'])
try:
    sso.list_accounts(accessToken=kept['accessToken'])
except sso.exceptions.UnauthorizedException as e:
    print(e)
`

/** Signs in by boto3, which leaves the token where every client finds it. */
async function pythonSignsIn(env: NodeJS.ProcessEnv, program = signInProgram): Promise<string[]> {
  const child = spawn('python3', ['-c', program, authority.startUrl], { env })
  const lines: string[] = []
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line))
  let errors = ''
  child.stderr.on('data', (chunk) => (errors += chunk))
  const userCode = await lineOf(child, /^[A-Z]{4}-[A-Z]{4}$/)
  expect(authority.ssoApprove({ userCode, user: 'ada' })).toBe(true)
  child.stdin.end('\n')
  if ((await exitOf(child)) !== 0) throw new Error(errors)
  return lines.slice(1)
}

describe.skipIf(!hasBoto3)('boto3', () => {
  it('signs in, refreshes, uses an SSO profile, lists, and signs out', async () => {
    const [arn, role, forbidden, unauthorized] = await pythonSignsIn(environment())
    expect(arn).toMatch(isAda)
    expect(role).toBe('Admin')
    expect(forbidden).toBe(
      'An error occurred (ForbiddenException) when calling the GetRoleCredentials operation: No access',
    )
    expect(unauthorized).toBe(
      'An error occurred (UnauthorizedException) when calling the ListAccounts operation: Session token not found or invalid',
    )
  })

  it('leaves a token that the SDK for JavaScript uses', async () => {
    const env = environment()
    await pythonSignsIn(env, signInProgram.slice(0, signInProgram.indexOf('session = boto3')))
    // The SDK reads its files by the environment of the process.
    const before = { ...process.env }
    onTestFinished(() => {
      process.env = before
    })
    for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name]
    Object.assign(process.env, env, { AWS_PROFILE: 'team', AWS_CONFIG_FILE: join(home, '.aws/config') })
    const client = new STSClient({})
    onTestFinished(() => client.destroy())
    expect((await client.send(new GetCallerIdentityCommand({}))).Arn).toMatch(isAda)
  })

  it.skipIf(cli1 === null)('leaves a token that the AWS CLI v1 uses', async () => {
    const env = environment()
    await pythonSignsIn(env, signInProgram.slice(0, signInProgram.indexOf('session = boto3')))
    const who = await run(cli1!.path, ['sts', 'get-caller-identity', '--profile', 'team'], { env })
    expect(who.stdout).toMatch(isAda)
  })
})

describe.skipIf(cli1 === null)('the AWS CLI v1', () => {
  it('says who has which role', async () => {
    const { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY } = authority.root
    const env = environment({ AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY })
    const aws = async (...args: string[]) => {
      const { stdout } = await run(cli1!.path, args, { env })
      // biome-ignore lint/suspicious/noExplicitAny: a test reads the members it expects of any reply
      return (stdout.trim() === '' ? null : JSON.parse(stdout)) as any
    }
    const [{ InstanceArn: instance, IdentityStoreId: store }] = (await aws('sso-admin', 'list-instances')).Instances
    const { PermissionSet } = await aws(
      ...[
        'sso-admin',
        'create-permission-set',
        '--instance-arn',
        instance,
        '--name',
        'Reader',
        '--tags',
        'Key=a,Value=b',
      ],
    )
    const set = ['--instance-arn', instance, '--permission-set-arn', PermissionSet.PermissionSetArn]
    const attribute = { UniqueAttribute: { AttributePath: 'userName', AttributeValue: 'ada' } }
    const { UserId } = await aws(
      ...[
        'identitystore',
        'get-user-id',
        '--identity-store-id',
        store,
        '--alternate-identifier',
        JSON.stringify(attribute),
      ],
    )
    const who = ['--principal-type', 'USER', '--principal-id', UserId]
    const assignment = [...set, '--target-id', authority.account, '--target-type', 'AWS_ACCOUNT', ...who]
    const made = await aws('sso-admin', 'create-account-assignment', ...assignment)
    expect(made.AccountAssignmentCreationStatus.Status).toBe('SUCCEEDED')
  })
})

describe.skipIf(cli2 === null)('aws sso login of the AWS CLI v2', () => {
  /** Before 2.13 it knew no endpoint settings: there its own data are told another endpoint. */
  function endpointSettings(): Record<string, string> {
    const [, minor] = cli2!.version
    if (minor! >= 13) return {}
    const rules = {
      version: '1.0',
      parameters: { Region: { builtIn: 'AWS::Region', required: false, documentation: '', type: 'String' } },
      rules: [{ conditions: [], endpoint: { url: authority.url, properties: {}, headers: {} }, type: 'endpoint' }],
    }
    for (const [name, version] of [
      ['sso-oidc', '2019-06-10'],
      ['sso', '2019-06-10'],
      ['sts', '2011-06-15'],
    ] as const) {
      const directory = join(home, 'data', name, version)
      mkdirSync(directory, { recursive: true })
      writeFileSync(join(directory, 'endpoint-rule-set-1.json'), JSON.stringify(rules))
    }
    return { AWS_DATA_PATH: join(home, 'data') }
  }

  it.each(['old', 'team'])('by the device grant, with the profile %s', async (profile) => {
    const env = environment(endpointSettings())
    const device = (cli2!.version[1] ?? 0) >= 22 ? ['--use-device-code'] : []
    const child = spawn(cli2!.path, ['sso', 'login', '--no-browser', ...device, '--profile', profile], { env })
    const userCode = await lineOf(child, /^[A-Z]{4}-[A-Z]{4}$/)
    expect(authority.ssoApprove({ userCode, user: 'ada' })).toBe(true)
    expect(await exitOf(child)).toBe(0)
    const who = await run(cli2!.path, ['sts', 'get-caller-identity', '--profile', profile], { env })
    expect(who.stdout).toMatch(isAda)
    const handed = await run(cli2!.path, ['configure', 'export-credentials', '--profile', profile], { env })
    const { AccessKeyId, SecretAccessKey, SessionToken } = JSON.parse(handed.stdout) as Record<string, string>
    const credentials = { accessKeyId: AccessKeyId!, secretAccessKey: SecretAccessKey!, sessionToken: SessionToken! }
    expect((await asker(authority, { credentials })({ Action: 'GetCallerIdentity' })).text('Arn')).toMatch(isAda)
    const tokens = readdirSync(join(home, '.aws/sso/cache')).map((name) =>
      JSON.parse(readFileSync(join(home, '.aws/sso/cache', name), 'utf8')),
    )
    expect(tokens.some((token) => 'accessToken' in token && 'refreshToken' in token === (profile === 'team'))).toBe(
      true,
    )
    await run(cli2!.path, ['sso', 'logout'], { env })
    const [last] = await authority.decisions({ limit: 1 })
    expect(last).toMatchObject({ service: 'sso', operation: 'Logout', outcome: 'accepted' })
  })

  it.skipIf((cli2?.version[1] ?? 0) < 22)('by the browser', async () => {
    await authority.ssoAssign({ user: 'bob', permissionSet: 'Admin', password: 'Correct-Horse-1' })
    const env = environment()
    const child = spawn(cli2!.path, ['sso', 'login', '--no-browser', '--profile', 'team'], { env })
    const address = new URL(await lineOf(child, /^http:\S+\/authorize\?\S+$/))
    const path = address.pathname + address.search
    const person = formBrowser(authority)
    await person.signIn(path, { username: 'bob' })
    const { location } = await person.send(path, { step: 'allow' })
    expect((await fetch(location!)).status).toBe(200)
    expect(await exitOf(child)).toBe(0)
    const who = await run(cli2!.path, ['sts', 'get-caller-identity', '--profile', 'team'], { env })
    expect(who.stdout).toMatch(/assumed-role\/AWSReservedSSO_Admin_[0-9a-f]{16}\/bob/)
  })
})
