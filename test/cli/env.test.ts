import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { issuer } from './authority.ts'
import { inTerminal } from './in-terminal.ts'
import { countersign, environment, main, makeHome, type Setting } from './program.ts'
import { devArn, roleOf } from './roles.ts'
import { type Device, deviceOf } from './vaulted.ts'

/** `env` as a person uses it: in a shell, with the credentials of a profile from the project's own authority. */
const here = issuer()
const setting = roleOf(here)

const program = `'${process.execPath}' '${main}'`
/** What a script in bash prints; secrets must not be among it. */
async function bash(script: string, { files, env, home = makeHome(files) }: Setting) {
  const lines = script.replaceAll('countersign', program)
  const run = promisify(execFile)('bash', ['-c', lines], { env: environment(home, env), cwd: home })
  return (await run.catch((error: { stdout: string; stderr: string }) => error)) as { stdout: string; stderr: string }
}
const names = `env | cut -d= -f1 | grep -E '^(AWS|COUNTERSIGN_(EXEC|PROFILE|S)|AMAZON|X_)' | sort`

describe('eval "$(countersign env …)"', () => {
  test('makes the shell use the role of a profile, in its region and at its endpoint', async () => {
    const { stdout } = await bash(
      `eval "$(countersign env dev)"; ${names}; echo $AWS_REGION $AWS_DEFAULT_REGION $AWS_ENDPOINT_URL; countersign whoami -q`,
      setting(),
    )
    expect(stdout.split('\n')).toEqual([
      ...['AWS_ACCESS_KEY_ID', 'AWS_ACCOUNT_ID'],
      ...['AWS_CREDENTIAL_EXPIRATION', 'AWS_DEFAULT_REGION', 'AWS_EC2_METADATA_DISABLED', 'AWS_ENDPOINT_URL'],
      ...['AWS_REGION', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'COUNTERSIGN_PROFILE', 'COUNTERSIGN_SETS'],
      `eu-central-1 eu-central-1 ${here.authority.url}`,
      devArn,
      '',
    ])
  })

  test('takes away what would lead a program elsewhere: a stale token, a profile, a web identity', async () => {
    const left = {
      AWS_SESSION_TOKEN: 'old',
      AWS_SECURITY_TOKEN: 'older',
      AWS_CREDENTIAL_EXPIRATION: '2020-01-01T00:00:00Z',
    }
    const elsewhere = { AWS_PROFILE: 'dev', AWS_ROLE_ARN: 'arn:aws:iam::1:role/x', AWS_WEB_IDENTITY_TOKEN_FILE: 'none' }
    const other = setting()
    const { stdout } = await bash(`eval "$(countersign env alice)"; ${names}; countersign whoami -q`, {
      ...other,
      env: { ...other.env, ...left, ...elsewhere },
    })
    expect(stdout).not.toMatch(/TOKEN|EXPIRATION|AWS_PROFILE|ROLE/)
    expect(stdout).toContain('arn:aws:iam::123456789012:user/alice')
  })

  test('the next profile inherits neither region nor endpoint of the one before', async () => {
    const { stdout } = await bash(
      `eval "$(countersign env dev)"; eval "$(countersign env other)"; echo "$AWS_REGION \${AWS_ENDPOINT_URL-none}"`,
      setting(
        '[profile other]\nregion = us-west-2\ncredential_process = sh -c \'echo "{\\"Version\\":1,\\"AccessKeyId\\":\\"A\\",\\"SecretAccessKey\\":\\"S\\"}"\'\n',
      ),
    )
    expect(stdout).toBe('us-west-2 none\n')
  })

  test('without a profile it renews what the shell has', async () => {
    const { stdout } = await bash(
      'eval "$(countersign env dev)"; unset AWS_SECRET_ACCESS_KEY; eval "$(countersign env)"; countersign whoami -q',
      setting(),
    )
    expect(stdout).toBe(`${devArn}\n`)
  })

  test('with --unset nothing is left, whoever has set it', async () => {
    const all = [
      ...['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_SECURITY_TOKEN', 'AWS_PROFILE'],
      ...['AWS_CREDENTIAL_EXPIRATION', 'AWS_DEFAULT_PROFILE', 'AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_ROLE_ARN'],
      ...['AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_CONTAINER_CREDENTIALS_FULL_URI', 'AWS_CONTAINER_AUTHORIZATION_TOKEN'],
      ...['AWS_VAULT', 'AWSUME_PROFILE', 'AMAZON_ACCESS_KEY_ID', 'AWS_SESSION_EXPIRATION', 'X_PRINCIPAL_ARN'],
    ]
    const sets = all.map((name) => `export ${name}=x`).join('; ')
    const { stdout } = await bash(
      `eval "$(countersign env dev)"; ${sets}; eval "$(countersign env --unset)"; ${names}`,
      setting(),
    )
    expect(stdout).toBe('AWS_EC2_METADATA_DISABLED\n')
  })
})

describe('countersign env', () => {
  test('refuses a value with a line end, and shows nothing of it', async () => {
    const env = { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'half\nrm -rf x' }
    const { code, stdout, stderr } = await countersign(['env', '--shell', 'bash'], { env })
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain('AWS_SECRET_ACCESS_KEY has a line end in it')
    expect(stderr).not.toContain('half')
  })

  test('says why there are no credentials, with the exit code for it', async () => {
    const { code, stdout, stderr } = await countersign(['env', 'nobody'], setting())
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/^✗ There are no credentials for "nobody": /)
    expect(stderr).toContain('countersign check nobody')
  })

  test('tells it in plain words, and where', async () => {
    const { stderr } = await countersign(
      ['env', 'regionless'],
      setting(
        '[profile regionless]\nrole_arn = arn:aws:iam::123456789012:role/dev\nsource_profile = alice\nendpoint_url = http://127.0.0.1:9\n',
      ),
    )
    expect(stderr.replace(/\s+/g, ' ')).toMatch(
      /: You must specify a region \(~\/\.aws\/config:\d+:\d+\)\. countersign check/,
    )
  })

  test('a .env file can take nothing away', async () => {
    const { code, stderr } = await countersign(['env', '--unset', '--shell', 'dotenv'])
    expect(code).toBe(2)
    expect(stderr).toMatch(/remove the file\s+instead/)
  })

  test('asks before secrets stand on a screen, and with no nothing is shown', async () => {
    const terminal = inTerminal(['env', 'alice'], setting())
    await terminal.until('Show them? [y/N]')
    terminal.type('n\r')
    expect(await terminal.ended).toBe(1)
    expect(terminal.text()).not.toContain('export')
  })

  test('shows them on a screen with leave', async () => {
    const terminal = inTerminal(['env', 'alice', '--yes'], setting())
    await terminal.until('export AWS_SECRET_ACCESS_KEY=')
    expect(await terminal.ended).toBe(0)
  })
})

describe('a profile that wants a one-time code', () => {
  let device: Device
  beforeAll(async () => {
    device = await deviceOf(here)
  })

  test('asks for it at the terminal, although the lines themselves are captured', async () => {
    const { files, env } = setting(`[profile careful]
source_profile = alice
role_arn = arn:aws:iam::123456789012:role/dev
role_session_name = me
region = eu-west-1
mfa_serial = ${device.serial}
endpoint_url = ${here.authority.url}
`)
    const terminal = inTerminal(['--norc', '--noprofile', '-i'], {
      program: 'bash',
      home: makeHome(files),
      env: { ...env, PS1: '> ' },
      columns: 250,
    })
    await terminal.until('> ')
    terminal.type(`eval "$(${program} env careful)"; ${program} exec careful -- ${program} whoami -q\r`)
    await terminal.until(`One-time code of ${device.serial}:`)
    terminal.type(`${device.phone.code(new Date())}\r`)
    await terminal.until(devArn)
    // The session is kept: exec asked for no second code.
    expect(terminal.text().split('One-time code').length - 1).toBe(1)
    terminal.type('exit\r')
    await terminal.ended
  })
})

describe('the lines are for the shell that runs', () => {
  const hasFish = spawnSync('fish', ['-c', ':'], { stdio: 'ignore' }).error === undefined
  test('which need not be the login shell', { skip: !hasFish }, async () => {
    const home = makeHome()
    const { stdout } = await promisify(execFile)('fish', ['--no-config', '-c', `${program} env --unset; true`], {
      env: environment(home, { SHELL: '/bin/bash' }),
    })
    expect(stdout).toMatch(/^set -e AWS_ACCESS_KEY_ID; /)
  })

  test('and a program gets them as JSON', async () => {
    const { stdout } = await bash(
      "countersign env dev --json | python3 -c \"import json, sys; it = json.load(sys.stdin); print(it['schema'], it['set']['AWS_REGION'], 'AWS_PROFILE' in it['unset'])\"",
      setting(),
    )
    expect(stdout).toBe('countersign.env/1 eu-central-1 True\n')
  })

  test('--region and --endpoint-url are what the shell gets, for every service', async () => {
    const flags = `--region ap-south-1 --endpoint-url ${here.authority.url}`
    const { files } = setting()
    const env = { AWS_ENDPOINT_URL_IAM: 'http://127.0.0.1:9' }
    const { stdout } = await bash(
      `eval "$(countersign env alice ${flags})"; echo $AWS_REGION $AWS_ENDPOINT_URL $AWS_ENDPOINT_URL_IAM`,
      { files, env },
    )
    expect(stdout).toBe(`ap-south-1 ${here.authority.url} ${here.authority.url}\n`)
  })
})
