import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { noteSecret } from '../setup.ts'
import { issuer } from './authority.ts'
import { inTerminal } from './in-terminal.ts'
import { inside } from './inside.ts'
import { countersign, environment, makeHome, startCountersign } from './program.ts'
import { askIam } from './with-device.ts'

/** `login` and `logout` of profiles of IAM Identity Center, against the project's own authority. */
const here = issuer()
const run = promisify(execFile)
const browser = join(dirname(fileURLToPath(import.meta.url)), 'walking-browser.mjs')
const password = 'worth nothing, and only here'

const [several, alone] = ['ann', 'bob']
beforeAll(async () => {
  noteSecret('password', password)
  const policyArn = 'arn:aws:iam::aws:policy/AdministratorAccess'
  for (const [user, permissionSet] of [
    [several, 'Admin'],
    [several, 'Other'],
    [alone, 'Admin'],
  ] as const)
    expect(await here.authority.ssoAssign({ user, permissionSet, policyArn, password })).toBe(true)
})

const whole = 'sso_account_id = 123456789012\nsso_role_name = Admin\n'

function config(more = whole): Record<string, string> {
  const { url } = here.authority
  return {
    '.aws/config': `[profile sso]\nsso_session = corp\n${more}region = eu-west-1\nendpoint_url = ${url}\n
[sso-session corp]\nsso_start_url = ${url}/start\nsso_region = eu-west-1\nsso_registration_scopes = sso:account:access\n`,
  }
}

function legacy(): Record<string, string> {
  const { url } = here.authority
  return {
    '.aws/config': `[profile sso]\nsso_start_url = ${url}/start\nsso_region = eu-west-1\n${whole}region = eu-west-1\nendpoint_url = ${url}\n`,
  }
}

/** The environment in which a browser signs that person in. */
function walker(name: string, step = 'allow') {
  return { BROWSER: `${process.execPath} ${browser}`, WALKER: JSON.stringify([name, password, step]) }
}

const cacheOf = (home: string) => join(home, '.aws/sso/cache')
const cached = (home: string) =>
  existsSync(cacheOf(home))
    ? readdirSync(cacheOf(home)).map(
        (name) => JSON.parse(readFileSync(join(cacheOf(home), name), 'utf8')) as Record<string, unknown>,
      )
    : []
const tokenIn = (home: string) => cached(home).find((each) => 'accessToken' in each)

/** Logs in with a code that somebody types elsewhere. */
async function withCode(home: string, person: string, args: readonly string[] = []) {
  const started = startCountersign(['login', 'sso', '--no-browser', ...args], { home })
  const text = await new Promise<string>((accept) => {
    let told = ''
    started.child.stderr!.on('data', (piece: string) => {
      told += piece
      if (/[B-Z]{4}-[B-Z]{4}\s*\n/.test(told)) accept(told)
    })
  })
  const userCode = /[B-Z]{4}-[B-Z]{4}/.exec(text)![0]
  expect(here.authority.ssoApprove({ userCode, user: person })).toBe(true)
  return { ...(await started.outcome), userCode }
}

describe('a sign-in through the browser', () => {
  test('comes back by itself, and leaves a token that renews itself', async () => {
    const home = makeHome(config())
    const done = await inside(['login', 'sso'], { home, env: walker(alone) })
    expect(done.code).toBe(0)
    expect(done.stderr).toMatch(/assumed-role\/AWSReservedSSO_Admin_\w+\/bob/)
    expect(Object.keys(tokenIn(home)!)).toEqual([
      'startUrl',
      'region',
      'accessToken',
      'expiresAt',
      'clientId',
      'clientSecret',
      'registrationExpiresAt',
      'refreshToken',
    ])
    expect(cached(home).find((each) => 'grantTypes' in each)).toMatchObject({
      grantTypes: ['authorization_code', 'refresh_token'],
      scopes: ['sso:account:access'],
      expiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    })
    for (const name of readdirSync(cacheOf(home))) expect(statSync(join(cacheOf(home), name)).mode & 0o777).toBe(0o600)
    const again = await inside(['login', 'sso', '--json'], { home })
    expect(JSON.parse(again.stdout)).toMatchObject({ status: 'still-logged-in', how: 'sso', account: '123456789012' })
    const who = await inside(['whoami', 'sso', '--json'], { home })
    expect(JSON.parse(who.stdout)).toMatchObject({ type: 'assumed-role', permissionSet: 'Admin', sessionName: 'bob' })
    expect(JSON.parse(who.stdout).expiration).toMatch(/^\d{4}-/)
    expect((await inside(['whoami', 'sso'], { home })).stdout).toContain('Permission set Admin\n')
  })

  test('that is denied there is said, and nothing stays but the registration', async () => {
    const home = makeHome(config())
    const done = await inside(['login', 'sso'], { home, env: walker(alone, 'deny') })
    expect(done).toMatchObject({ code: 1, stderr: expect.stringContaining('was refused on its page') })
    expect(tokenIn(home)).toBeUndefined()
  })

  test('needs a code with --use-device-code, and for profiles without an sso-session', async () => {
    for (const [files, args] of [
      [config(), ['--use-device-code']],
      [legacy(), []],
    ] as const) {
      const home = makeHome(files)
      const done = await inside(['login', 'sso', ...args], { home, env: walker(alone) })
      expect(done.code).toBe(0)
      expect(done.stderr).toContain('see that it shows this code')
      expect(tokenIn(home)).toBeDefined()
    }
  })
})

describe('a sign-in with a code', () => {
  test('prints the address and the code, and waits', async () => {
    const home = makeHome(config())
    const done = await withCode(home, alone)
    expect(done.code).toBe(0)
    expect(done.stderr).toContain(`${here.authority.url}/device\n`)
    expect(done.stderr).toContain(`${here.authority.url}/device?user_code=${done.userCode}\n`)
  })

  test('ends with 130 at Ctrl-C, with a word', async () => {
    const home = makeHome(config())
    const terminal = inTerminal(['login', 'sso', '--no-browser'], { home })
    await terminal.until('With the code filled in')
    await terminal.until(/waiting for the sign-in with the code [B-Z]{4}-[B-Z]{4}, \d+ min left/)
    terminal.type('\x03')
    await terminal.until('nobody was logged in')
    expect(await terminal.ended).toBe(130)
    expect(tokenIn(home)).toBeUndefined()
  })

  test('registers anew when the cached client is forgotten there', async () => {
    const home = makeHome(config())
    await withCode(home, alone)
    await inside(['logout', 'sso'], { home })
    await withCode(home, alone)
    const name = readdirSync(cacheOf(home)).find((each) => {
      return !('accessToken' in (JSON.parse(readFileSync(join(cacheOf(home), each), 'utf8')) as object))
    })!
    const file = join(cacheOf(home), name)
    writeFileSync(file, readFileSync(file, 'utf8').replace(/"clientSecret": "[^"]+"/, '"clientSecret": "over"'))
    expect((await withCode(home, alone, ['--force'])).code).toBe(0)
    expect(readFileSync(file, 'utf8')).not.toContain('"over"')
  })
})

describe('account and role', () => {
  test('are chosen by the person and written into the profile when they agree', async () => {
    const home = makeHome(config(''))
    const terminal = inTerminal(['login', 'sso'], { home, env: walker(several) })
    await terminal.until('Which role in 123456789012? (1 to 2)')
    const line = terminal
      .text()
      .split('\n')
      .find((each) => each.includes('Other'))
    terminal.type(`${/\d/.exec(line ?? '')?.[0]}\r`)
    await terminal.until('[y/N]')
    terminal.type('y\r')
    await terminal.until('Logged in with sso')
    expect(await terminal.ended).toBe(0)
    expect(readFileSync(join(home, '.aws/config'), 'utf8')).toContain(
      'sso_account_id = 123456789012\nsso_role_name = Other\n',
    )
  })

  test.each(['Which role', '[y/N]'])('Ctrl-C at "%s" ends with 130, and the profile is as it was', async (prompt) => {
    const home = makeHome(config(''))
    const before = readFileSync(join(home, '.aws/config'), 'utf8')
    const terminal = inTerminal(['login', 'sso'], { home, env: walker(prompt === '[y/N]' ? alone : several) })
    await terminal.until(prompt)
    terminal.type('\x03')
    expect(await terminal.ended).toBe(130)
    expect(readFileSync(join(home, '.aws/config'), 'utf8')).toBe(before)
  })

  test('are not written without leave, and that is said', async () => {
    const home = makeHome(config(''))
    const before = readFileSync(join(home, '.aws/config'), 'utf8')
    const done = await inside(['login', 'sso', '--role', 'Admin'], { home, env: walker(several) })
    expect(done).toMatchObject({ code: 0, stderr: expect.stringContaining('sso_role_name = Admin') })
    expect(readFileSync(join(home, '.aws/config'), 'utf8')).toBe(before)
  })

  test('have to be named where nobody can choose', async () => {
    const done = await inside(['login', 'sso'], { files: config(''), env: walker(several) })
    expect(done).toMatchObject({ code: 2, stderr: expect.stringContaining('--role NAME') })
  })

  test('that are not assigned are refused with those that are, before anything is written', async () => {
    const home = makeHome(config('sso_account_id = 123456789012\n'))
    const before = readFileSync(join(home, '.aws/config'), 'utf8')
    const done = await inside(['login', 'sso', '--role', 'Nope', '--yes'], { home, env: walker(several) })
    expect(done.code).toBe(1)
    expect(done.stderr).toContain('Admin, Other')
    expect(readFileSync(join(home, '.aws/config'), 'utf8')).toBe(before)
  })
})

describe('what comes of it', () => {
  test('logout ends the session at the portal and takes the caches away', async () => {
    const home = makeHome(config())
    const before = readFileSync(join(home, '.aws/config'), 'utf8')
    await inside(['login', 'sso'], { home, env: walker(alone) })
    const accessToken = String(tokenIn(home)!['accessToken'])
    noteSecret('access token', accessToken)
    const ask = () =>
      fetch(`${here.authority.url}/assignment/accounts`, { headers: { 'x-amz-sso_bearer_token': accessToken } })
    expect((await ask()).status).toBe(200)
    expect((await inside(['logout', 'sso'], { home })).code).toBe(0)
    expect((await ask()).status).toBe(401)
    expect(readdirSync(cacheOf(home))).toEqual([])
    expect(readFileSync(join(home, '.aws/config'), 'utf8')).toBe(before)
  })

  test('logout forgets what this program keeps of it, also for profiles that share the sign-in', async () => {
    const files = config()['.aws/config']!
    const second = files
      .slice(0, files.indexOf('[sso-session'))
      .replace('[profile sso]', '[profile twin]')
      .replace('Admin', 'Other')
    const home = makeHome({ '.aws/config': second + files })
    await inside(['login', 'sso'], { home, env: walker(several) })
    for (const profile of ['sso', 'twin']) expect((await countersign(['process', profile], { home })).code).toBe(0)
    const sessions = () =>
      readdirSync(join(home, '.local/state/countersign/sessions')).filter((name) => name.endsWith('.session'))
    expect(sessions()).toHaveLength(2)
    await inside(['logout', 'twin'], { home })
    expect(sessions()).toEqual([])
    expect((await countersign(['process', 'sso'], { home })).code).not.toBe(0)
  })

  test('logout leaves the token of another sign-in alone', async () => {
    const home = makeHome(config())
    await inside(['login', 'sso'], { home, env: walker(alone) })
    for (const name of readdirSync(cacheOf(home)))
      writeFileSync(
        join(cacheOf(home), name),
        readFileSync(join(cacheOf(home), name), 'utf8').replace(/"clientId": "[^"]+"/, '"clientId": "another"'),
      )
    await inside(['logout', 'sso'], { home })
    expect(readdirSync(cacheOf(home))).toHaveLength(2)
  })

  test('--update-profile keeps the role for tools that know no SSO', async () => {
    const home = makeHome(config())
    const done = await inside(['login', 'sso', '--update-profile', 'plain'], { home, env: walker(alone) })
    expect(done.code).toBe(0)
    const who = await inside(['whoami', 'plain', '--json'], { home })
    expect(JSON.parse(who.stdout)).toMatchObject({ sessionName: 'bob' })
    await inside(['logout', '--all'], { home })
    expect(existsSync(join(home, '.aws/credentials'))).toBe(false)
    expect(readdirSync(cacheOf(home))).toEqual([])
  })

  test('a token that is over is renewed without asking anybody', async () => {
    const home = makeHome(config())
    await inside(['login', 'sso'], { home, env: walker(alone) })
    const first = tokenIn(home)!
    const file = join(
      cacheOf(home),
      readdirSync(cacheOf(home)).find((name) =>
        readFileSync(join(cacheOf(home), name), 'utf8').includes('accessToken'),
      )!,
    )
    const over = { ...first, expiresAt: new Date(Date.now() - 60_000).toISOString().replace(/\.\d+/, '') }
    writeFileSync(file, JSON.stringify(over))
    const again = await inside(['login', 'sso', '--json'], { home })
    expect(JSON.parse(again.stdout)).toMatchObject({ status: 'still-logged-in' })
    expect(tokenIn(home)!['accessToken']).not.toBe(first['accessToken'])
    await inside(['logout', 'sso'], { home })
    expect(readdirSync(cacheOf(home))).toEqual([])
  })

  test('a session that was ended at the portal is signed in to anew', async () => {
    const home = makeHome(config())
    await inside(['login', 'sso'], { home, env: walker(alone) })
    const accessToken = String(tokenIn(home)!['accessToken'])
    noteSecret('access token', accessToken)
    const headers = { 'x-amz-sso_bearer_token': accessToken }
    await fetch(`${here.authority.url}/logout`, { method: 'POST', headers })
    const again = await inside(['login', 'sso', '--json'], { home, env: walker(alone) })
    expect(JSON.parse(again.stdout)).toMatchObject({ status: 'logged-in', how: 'sso' })
  })

  test('a role that starts from the sign-in gets the sign-in first', async () => {
    const Statement = [{ Effect: 'Allow', Principal: { AWS: '123456789012' }, Action: 'sts:AssumeRole' }]
    const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
    await askIam(here, 'CreateRole', { RoleName: 'deep', AssumeRolePolicyDocument })
    const role = `\n[profile deep]\nrole_arn = arn:aws:iam::123456789012:role/deep\nrole_session_name = me\nsource_profile = sso\nregion = eu-west-1\nendpoint_url = ${here.authority.url}\n`
    const home = makeHome({ '.aws/config': config()['.aws/config'] + role })
    const done = await inside(['login', 'deep', '--json'], { home, env: walker(alone) })
    expect(JSON.parse(done.stdout)).toMatchObject({
      how: 'role',
      use: 'deep',
      arn: 'arn:aws:sts::123456789012:assumed-role/deep/me',
    })
    expect(tokenIn(home)).toBeDefined()
  })

  test('logout says whose sign-in it is, when it is of another program', async () => {
    const home = makeHome(config())
    await inside(['login', 'sso'], { home, env: walker(alone) })
    rmSync(join(home, '.local'), { recursive: true })
    const told = await inside(['logout', 'sso'], { home })
    expect(told).toMatchObject({ code: 0, stderr: expect.stringContaining('aws sso logout') })
    expect(tokenIn(home)).toBeDefined()
  })

  test('--duration is refused: the permission set decides', async () => {
    const told = await inside(['login', 'sso', '--duration', '2h'], { files: config() })
    expect(told).toMatchObject({ code: 2, stderr: expect.stringContaining('permission set') })
  })

  test('a wrong start URL is named as such', async () => {
    const files = config()
    const wrong = files['.aws/config']!.replace('/start', '/elsewhere')
    const done = await inside(['login', 'sso'], { files: { '.aws/config': wrong }, env: walker(alone) })
    expect(done).toMatchObject({ code: 1, stderr: expect.stringContaining('sso_start_url') })
  })

  test('the AWS CLI, boto3 and the SDK for JavaScript use the profile', async ({ skip }) => {
    const home = makeHome(config())
    expect((await inside(['login', 'sso'], { home, env: walker(alone) })).code).toBe(0)
    const setting = {
      cwd: dirname(browser),
      env: {
        ...environment(home),
        AWS_ENDPOINT_URL: here.authority.url,
        AWS_PROFILE: 'sso',
        AWS_EC2_METADATA_DISABLED: 'true',
      },
      timeout: 30_000,
    }
    const javascript =
      "import {STSClient,GetCallerIdentityCommand} from '@aws-sdk/client-sts';const c=new STSClient({region:'eu-west-1'});console.log((await c.send(new GetCallerIdentityCommand({}))).Arn)"
    const python = "import boto3;print(boto3.client('sts').get_caller_identity()['Arn'])"
    const clients: readonly (readonly [string, string, readonly string[]])[] = [
      ['the SDK for JavaScript', process.execPath, ['--input-type=module', '-e', javascript]],
      ['boto3', 'python3', ['-c', python]],
      ['the AWS CLI', 'aws', ['sts', 'get-caller-identity', '--query', 'Arn', '--output', 'text']],
    ]
    const missing: string[] = []
    for (const [name, program, args] of clients) {
      const told = await run(program, [...args], setting).catch((error: { code?: unknown; stderr?: string }) => {
        const isMissing = error.code === 'ENOENT' || /No module named/.test(error.stderr ?? '')
        if (!isMissing) throw error
        missing.push(name)
        return null
      })
      if (told !== null) expect(told.stdout.trim(), name).toMatch(/assumed-role\/AWSReservedSSO_Admin_\w+\/bob$/)
    }
    if (missing.length > 1) skip(`not there: ${missing.join(', ')}`)
  })
})
