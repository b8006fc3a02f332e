import { execFile, spawnSync } from 'node:child_process'
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { realMachine } from '../../src/holder/machine/real.ts'
import { mustCall } from '../../src/lab/caller.ts'
import { issuer } from './authority.ts'
import { inTerminal } from './in-terminal.ts'
import { environment, main } from './program.ts'
import { type Device, deviceOf, fillVault, keyItem, vaultEnv } from './vaulted.ts'

/*
 * Programs of others that get their credentials from `countersign process`, as their own configuration tells them. Each is skipped where it
 * is not installed.
 */
const aws = issuer()
/** One for all: what one client has kept is what the next one gets. */
const home = mkdtempSync(join(tmpdir(), 'countersign-clients-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))
let device: Device

const own = (profile: string) => `${process.execPath} ${main} process ${profile}`

beforeAll(async () => {
  device = await deviceOf(aws)
  const { url, root, account } = aws.authority
  const ask = (action: string, parameters: Record<string, string>) =>
    mustCall(realMachine({}), url, root, 'iam', action, parameters)
  const statement = (more: object) =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...more }] })
  const trusted = { Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 'sts:AssumeRole' }
  const withCode = { ...trusted, Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } }
  const made = await ask('CreateRole', { RoleName: 'ops', AssumeRolePolicyDocument: statement(withCode) })
  const policy = statement({ Action: 'sts:AssumeRole', Resource: '*' })
  await ask('PutUserPolicy', { UserName: 'alice', PolicyName: 'assume', PolicyDocument: policy })
  mkdirSync(join(home, '.aws'))
  writeFileSync(
    join(home, '.aws', 'config'),
    `[profile key]
region = us-east-1
credential_process = ${own('key')}
[profile careful]
region = us-east-1
credential_process = ${own('careful')}
mfa_serial = ${device.serial}
[profile ops-role]
region = us-east-1
role_arn = ${made.text('Arn')}
source_profile = careful
mfa_serial = ${device.serial}
[profile ops]
region = us-east-1
credential_process = ${own('ops-role')}
`,
  )
  const key = keyItem(aws.alice)
  await fillVault(home, { 'profile/key': key, 'profile/careful': key, [`device/${device.serial}`]: device.item })
})

const profiles = [
  ['key', /:user\/alice$/],
  ['careful', /:user\/alice$/],
  ['ops', /:assumed-role\/ops\//],
] as const

const python = `
import boto3, sys
session = boto3.Session(profile_name=sys.argv[1])
credentials = session.get_credentials()
print(session.client('sts').get_caller_identity()['Arn'], credentials.method)
`
const javascript = `
const { STSClient, GetCallerIdentityCommand } = require('@aws-sdk/client-sts')
new STSClient({}).send(new GetCallerIdentityCommand({})).then(({ Arn }) => console.log(Arn))
`
/** A version manager's shims look for their own home there. */
const pyenv = process.env['PYENV_ROOT'] === undefined ? {} : { PYENV_ROOT: process.env['PYENV_ROOT'] }
const who = ['sts', 'get-caller-identity', '--query', 'Arn', '--output', 'text']

const clients: readonly (readonly [string, string, (profile: string) => readonly string[]])[] = [
  ['AWS CLI (on PATH)', 'aws', (profile) => [...who, '--profile', profile, '--endpoint-url', aws.authority.url]],
  [
    'AWS CLI (of the system)',
    '/usr/bin/aws',
    (profile) => [...who, '--profile', profile, '--endpoint-url', aws.authority.url],
  ],
  ['boto3', 'python3', (profile) => ['-c', python, profile]],
  ['SDK for JavaScript', process.execPath, () => ['-e', javascript]],
]

for (const [name, program, args] of clients) {
  const probe = name === 'boto3' ? ['-c', 'import boto3'] : ['--version']
  const isThere = spawnSync(program, probe).status === 0
  // The command lines are slow to start.
  const asked = name.startsWith('AWS CLI') ? profiles.slice(-1) : profiles
  test.skipIf(!isThere).each(asked)(`${name} gets what process prints for [%s]`, async (profile, arn) => {
    const { stdout } = await promisify(execFile)(program, [...args(profile)], {
      cwd: process.cwd(),
      env: environment(home, { AWS_ENDPOINT_URL: aws.authority.url, AWS_PROFILE: profile, ...pyenv, ...vaultEnv }),
    }).catch((error: { readonly stderr: string }) => ({ stdout: `it failed: ${error.stderr}` }))
    expect(stdout.trim().split(' ')[0]).toMatch(arn)
  })
}

const hasCli = spawnSync('aws', ['--version']).status === 0

test.skipIf(!hasCli)('the AWS CLI, which captures the output of process, lets it ask at the terminal', async () => {
  const other = await deviceOf(aws, 'alice-typed')
  const typed = `[profile typed]
region = us-east-1
credential_process = ${own('typed')}
mfa_serial = ${other.serial}
`
  appendFileSync(join(home, '.aws', 'config'), typed)
  await fillVault(home, { 'profile/typed': keyItem(aws.alice) })
  const env = { AWS_PROFILE: 'typed', AWS_ENDPOINT_URL: aws.authority.url, AWS_PAGER: '', ...pyenv, ...vaultEnv }
  const person = inTerminal([...who, '--endpoint-url', aws.authority.url], { program: 'aws', home, env })
  await person.until(`One-time code of ${other.serial}: `)
  person.type(`${other.phone.code(new Date())}\r`)
  await person.until(':user/alice')
  expect(await person.ended).toBe(0)
})
