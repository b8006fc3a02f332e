import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { Secret } from '../../src/anatomy/secret.ts'
import { issuer } from './authority.ts'
import { inTerminal } from './in-terminal.ts'
import { inside } from './inside.ts'
import { environment, makeHome } from './program.ts'
import { fillVault, keyItem, vaultEnv } from './vaulted.ts'
import { askIam, filesOf, type Person, personWithDevice } from './with-device.ts'

/** `login` of roles, of keys in the vault, and what real clients make of the profile. */
const here = issuer()
const run = promisify(execFile)

let roles = 0

/** A role that wants a code; gives its ARN. */
async function roleWithCode(settings: Record<string, string> = {}, condition: object = mfaPresent): Promise<string> {
  roles += 1
  const Statement = [
    { Effect: 'Allow', Principal: { AWS: '123456789012' }, Action: 'sts:AssumeRole', Condition: condition },
  ]
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
  const made = await askIam(here, 'CreateRole', { RoleName: `role-${roles}`, AssumeRolePolicyDocument, ...settings })
  return made.text('Arn')
}

const mfaPresent = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } }

function roleFiles(person: Person, arn: string, more = `mfa_serial = ${person.serial}\n`) {
  const profile = `\n[profile admin]\nrole_arn = ${arn}\nsource_profile = dev\nrole_session_name = me\nregion = eu-west-1\nendpoint_url = ${here.authority.url}\n${more}`
  return filesOf(here, person, profile)
}

describe('a role that wants a code', () => {
  test('is assumed with it, and kept as a profile', async () => {
    const person = await personWithDevice(here)
    const home = makeHome(roleFiles(person, await roleWithCode()))
    const before = ['credentials', 'config'].map((name) => readFileSync(join(home, '.aws', name), 'utf8'))
    const terminal = inTerminal(['login', 'admin'], { home })
    await terminal.until(`One-time code of ${person.serial}`)
    terminal.type('000000\r')
    await terminal.until('wait for the next')
    await terminal.until('One-time code')
    terminal.type(`${person.code()}\r`)
    await terminal.until('the profile admin-mfa')
    expect(await terminal.ended).toBe(0)
    const who = await inside(['whoami', 'admin-mfa', '--json'], { home })
    expect(JSON.parse(who.stdout)).toMatchObject({ type: 'assumed-role', sessionName: 'me' })
    const again = await inside(['login', 'admin', '--json'], { home })
    expect(JSON.parse(again.stdout)).toMatchObject({ status: 'still-logged-in', use: 'admin-mfa' })
    await inside(['logout', 'admin'], { home })
    expect(['credentials', 'config'].map((name) => readFileSync(join(home, '.aws', name), 'utf8'))).toEqual(before)
  })

  test('lasts as long as --duration says, as far as the role allows', async () => {
    const person = await personWithDevice(here)
    const home = makeHome(roleFiles(person, await roleWithCode({ MaxSessionDuration: '7200' })))
    const long = await inside(['login', 'admin', '--duration', '3h', '--code', person.code()], { home })
    expect(long).toMatchObject({ code: 2, stderr: expect.stringContaining('MaxSessionDuration') })
    const never = await inside(['login', 'admin', '--duration', '13h'], { home })
    expect(never).toMatchObject({ code: 2, stderr: expect.stringContaining('at most 12 hours') })
  })

  test('that is chained lasts an hour, and that is said before anybody is asked', async () => {
    const person = await personWithDevice(here)
    const arn = await roleWithCode()
    const chain = `\n[profile deep]\nrole_arn = arn:aws:iam::123456789012:role/deep\nsource_profile = admin\nregion = eu-west-1\n`
    const files = roleFiles(person, arn, `mfa_serial = ${person.serial}\n${chain}`)
    const told = await inside(['login', 'deep', '--duration', '2h'], { files })
    expect(told.code).toBe(2)
    expect(told.stderr.replaceAll(/\s+/g, ' ')).toContain('role chaining')
  })

  test('whose mfa_serial is a passkey cannot be had so', async () => {
    const person = await personWithDevice(here)
    const fido = 'mfa_serial = arn:aws:iam::123456789012:u2f/user/me/key\n'
    const told = await inside(['login', 'admin'], {
      files: roleFiles(person, 'arn:aws:iam::123456789012:role/x', fido),
    })
    expect(told).toMatchObject({ code: 1, stderr: expect.stringContaining('passkey or security key') })
  })
})

test('a role without a code needs no login, and is tried', async () => {
  const person = await personWithDevice(here)
  const home = makeHome(roleFiles(person, await roleWithCode({}, {}), ''))
  const told = await inside(['login', 'admin'], { home })
  expect(told).toMatchObject({ code: 0, stderr: expect.stringContaining('Nothing to log in to') })
  expect(existsSync(join(home, '.local/state/countersign/logins'))).toBe(false)
})

test('a key and a seed in the vault: nobody is asked for anything', async () => {
  const person = await personWithDevice(here)
  const files = filesOf(here, person, 'credential_process = countersign process dev\n')
  const home = makeHome({ '.aws/config': files['.aws/config']! })
  await fillVault(home, {
    'profile/dev': keyItem(person.pair),
    [`device/${person.serial}`]: { kind: 'totp-seed', serial: person.serial, seed: new Secret(person.seed) },
  })
  // The two codes that enabled the device are used up: the next one counts a step ahead.
  const soon = new Date(Date.now() + 30_000).toISOString()
  const done = await inside(['login', 'dev'], { home, env: { ...vaultEnv, COUNTERSIGN_NOW: soon } })
  expect(done).toMatchObject({ code: 0, stderr: expect.stringContaining('Logged in with dev') })
  expect(readFileSync(join(home, '.aws/credentials'), 'utf8')).toMatch(/^\[dev-mfa\]\naws_access_key_id = ASIA/)
  await inside(['logout', 'dev'], { home })
  expect(existsSync(join(home, '.aws/credentials'))).toBe(false)
})

test('both AWS CLIs, boto3 and the SDK for JavaScript use the profile', async ({ skip }) => {
  const person = await personWithDevice(here)
  const home = makeHome(filesOf(here, person))
  expect((await inside(['login', 'dev', '--code', person.code()], { home })).code).toBe(0)
  const setting = {
    cwd: dirname(fileURLToPath(import.meta.url)),
    env: { ...environment(home), AWS_PROFILE: 'dev-mfa', AWS_ENDPOINT_URL: here.authority.url },
    timeout: 30_000,
  }
  const javascript =
    "import {STSClient,GetCallerIdentityCommand} from '@aws-sdk/client-sts';console.log((await new STSClient({}).send(new GetCallerIdentityCommand({}))).Arn)"
  const python = "import boto3;print(boto3.client('sts').get_caller_identity()['Arn'])"
  const who = ['--endpoint-url', here.authority.url, 'sts', 'get-caller-identity', '--query', 'Arn', '--output', 'text']
  const clients: readonly (readonly [string, string, readonly string[]])[] = [
    ['the SDK for JavaScript', process.execPath, ['--input-type=module', '-e', javascript]],
    ['boto3', 'python3', ['-c', python]],
    ['the AWS CLI v1', 'aws', who],
    ['the AWS CLI v2', '/usr/bin/aws', who],
  ]
  const missing: string[] = []
  for (const [name, program, args] of clients) {
    const told = await run(program, [...args], setting).catch((error: { code?: unknown; stderr?: string }) => {
      const isMissing = error.code === 'ENOENT' || /No module named/.test(error.stderr ?? '')
      if (!isMissing) throw error
      missing.push(name)
      return null
    })
    if (told !== null) expect(told.stdout.trim(), name).toBe(`arn:aws:iam::123456789012:user/${person.name}`)
  }
  if (missing.length > 2) skip(`not there: ${missing.join(', ')}`)
})
