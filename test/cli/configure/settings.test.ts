import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Command } from '../../../src/holder/machine/machine.ts'
import { recordedMachine } from '../../../src/holder/machine/recorded.ts'
import { makeHome } from '../program.ts'
import { configureHere } from './in-process.ts'

// The examples of AWS's own documentation.
const id = 'AKIAIOSFODNN7EXAMPLE'
const temporary = 'ASIAIOSFODNN7EXAMPLE'
const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'

function stage(files: { readonly config?: string; readonly credentials?: string } = {}) {
  const home = makeHome()
  mkdirSync(join(home, '.aws'), { mode: 0o700 })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(home, '.aws', name), text, { mode: 0o600 })
  const env = { HOME: home, PATH: '/usr/bin:/bin', AWS_EC2_METADATA_DISABLED: 'true' }
  return {
    home,
    env,
    run: (args: readonly string[], more: Partial<Parameters<typeof configureHere>[1]> = {}) =>
      configureHere(args, { env: { ...env, ...more.env }, ...(({ env: _, ...rest }) => rest)(more) }),
    read: (name: 'config' | 'credentials') => readFileSync(join(home, '.aws', name), 'utf8'),
  }
}

describe('configure set', () => {
  test('of a long-term key takes away both names of the token and the notes of its end, in both files, and says so', async () => {
    const { run, read } = stage({
      config: `[profile dev]\nregion = eu-west-1\naws_security_token = old\n`,
      credentials: `[dev]\naws_access_key_id = ${temporary}\naws_secret_access_key = ${secret}\naws_session_token = old\naws_security_token = old\nx_security_token_expires = 2026-01-01T00:00:00Z\naws_expiration = x\n[other]\naws_session_token = mine\n`,
    })
    const { code, stdout, stderr } = await run(['set', 'aws_access_key_id', id, '--profile', 'dev'])
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
    expect(read('credentials')).toBe(
      `[dev]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n[other]\naws_session_token = mine\n`,
    )
    expect(read('config')).toBe('[profile dev]\nregion = eu-west-1\n')
    expect(stderr).toMatch(
      /took away aws_session_token, aws_security_token, x_security_token_expires, aws_expiration from \[dev\]/,
    )
    expect(stderr).toMatch(/took away aws_security_token from \[profile dev\]/)
  })

  test('of the parts of a session, one after the other in any order, leaves all of it', async () => {
    const { run, read } = stage()
    await run(['set', 'aws_session_token', 'T'])
    await run(['set', 'aws_access_key_id', temporary])
    await run(['set', 'aws_secret_access_key', secret])
    expect(read('credentials')).toBe(
      `[default]\naws_session_token = T\naws_access_key_id = ${temporary}\naws_secret_access_key = ${secret}\n`,
    )
  })

  test.each([
    ['an id in the place of the secret', 'aws_secret_access_key', id, /access key id, not a secret/],
    ['a secret in the place of the id', 'aws_access_key_id', secret, /secret access key, not an access key id/],
    ['the id of a user', 'aws_access_key_id', 'AIDACKCEVSQ6C2EXAMPLE', /id of an IAM user/],
    ['quotes around it', 'aws_access_key_id', `"${id}"`, /Quotes/],
    ['a comment behind it', 'aws_secret_access_key', `${secret} # mine`, /#/],
    ['a sign that nobody sees', 'aws_access_key_id', `${id}\u200b`, /U\+200B/],
    ['a + that became a blank', 'aws_secret_access_key', secret.replace('/', ' '), /blank/],
    ['a line break', 'region', 'a\nb', /one line/],
  ])('refuses %s, and shows nothing of a secret', async (_, key, value, says) => {
    const { run, home } = stage()
    const { code, stdout, stderr } = await run(['set', key, value])
    expect(code).toBe(2)
    expect(stderr).toMatch(says)
    expect(stdout + stderr).not.toContain(secret.slice(4, 20))
    expect(() => readFileSync(join(home, '.aws', 'credentials'))).toThrow()
  })

  test('leaves blanks around a value out, and says so', async () => {
    const { run, read } = stage()
    const { stderr } = await run(['set', 'aws_access_key_id', ` ${id}\r\n`])
    expect(read('credentials')).toBe(`[default]\naws_access_key_id = ${id}\n`)
    expect(stderr).toMatch(/Blanks around/)
  })

  test('of a secret on the command line is done, with a warning about the history; with - it is read from stdin', async () => {
    const { run, read } = stage()
    expect((await run(['set', 'aws_secret_access_key', secret])).stderr).toMatch(/history/)
    const piped = await run(['set', 'aws_secret_access_key', '-', '--profile', 'b'], { input: `${secret}\n` })
    expect(piped).toMatchObject({ code: 0, stderr: expect.not.stringMatching(/history/) })
    expect(read('credentials')).toBe(
      `[default]\naws_secret_access_key = ${secret}\n\n[b]\naws_secret_access_key = ${secret}\n`,
    )
  })

  test('of an empty token takes the line away, since an empty one breaks several SDKs', async () => {
    const { run, read } = stage({ credentials: '[default]\naws_session_token = T\naws_access_key_id = x\n' })
    expect((await run(['set', 'aws_session_token', ''])).code).toBe(0)
    expect(read('credentials')).toBe('[default]\naws_access_key_id = x\n')
  })

  test('writes the name of a credential in small letters, as all SDKs read it', async () => {
    const { run, read } = stage()
    await run(['set', 'AWS_ACCESS_KEY_ID', id])
    expect(read('credentials')).toBe(`[default]\naws_access_key_id = ${id}\n`)
  })

  test('says which other source of the profile is asked before its key', async () => {
    const { run } = stage({ config: '[profile dev]\nsso_session = corp\n' })
    expect((await run(['set', 'profile.dev.aws_access_key_id', id])).stderr).toMatch(/dev has sso_session too/)
  })

  test('takes a value that begins with a hyphen, with -- and without', async () => {
    const { run, read } = stage()
    await run(['set', 'external_id', '-abc'])
    await run(['set', 'cli_pager', '--', '--profile'])
    expect(read('config')).toBe('[default]\nexternal_id = -abc\ncli_pager = --profile\n')
  })

  test('keeps comments, CRLF, the byte order mark and the order of all else, in a block too', async () => {
    const text =
      '\uFEFF# mine\r\n[profile dev]\r\ns3 =\r\n    # fast\r\n    max_queue_size = 10\r\nregion=eu-west-1\r\n'
    const { run, read } = stage({ config: text })
    const { code, stderr } = await run(['set', 's3.max_queue_size', '20', '--profile', 'dev'])
    expect(code).toBe(0)
    expect(stderr).toMatch(/byte order mark/)
    expect(read('config')).toBe(text.replace('= 10', '= 20'))
  })

  test('finds the section that a profile has, however it is quoted', async () => {
    const { run, read } = stage({ config: '[profile "a b"]\nregion = x\n' })
    await run(['set', 'region', 'eu-west-1', '--profile', 'a b'])
    expect(read('config')).toBe('[profile "a b"]\nregion = eu-west-1\n')
  })

  test('knows the sections of SSO and of services', async () => {
    const { run, read } = stage()
    await run(['set', 'sso-session.corp.sso_region', 'eu-west-1'])
    await run(['set', 'services.local.s3.endpoint_url', 'http://127.0.0.1:9000'])
    expect(read('config')).toBe(
      '[sso-session corp]\nsso_region = eu-west-1\n\n[services local]\ns3 =\n    endpoint_url = http://127.0.0.1:9000\n',
    )
    expect((await run(['get', 'services.local.s3.endpoint_url'])).stdout).toBe('http://127.0.0.1:9000\n')
  })

  test.each([
    [['set', 'dev.region', 'x'], /could mean/],
    [['set', 's3', 'x', '--profile', 'dev'], /block of settings/],
    [['set', 'S3', 'x', '--profile', 'dev'], /block of settings/],
    [['set', 'profile.a]b.region', 'x'], /no brackets/],
    [['set', 'x=', 'y'], /no name of a setting/],
    [['set', 'a.b.c', 'x'], /too deep/],
    [['set', 'profile.dev', 'x'], /names no setting/],
    [['set', 'region'], /takes a value/],
    [['set', 'role_arn', 'x', 'y'], /a name and a value/],
  ])('refuses what would do something else than was meant: %j', async (args, says) => {
    const text = '[profile dev]\ns3 =\n  a = b\n'
    const { run, read } = stage({ config: text })
    const { code, stderr } = await run(args)
    expect(code).not.toBe(0)
    expect(stderr).toMatch(says)
    expect(read('config')).toBe(text)
  })

  test('writes nothing into a file that the AWS tools refuse as a whole, and names the line', async () => {
    const { run, read } = stage({ config: '[default]\nregion = a\nregion = b\n' })
    const { code, stderr } = await run(['set', 'output', 'json'])
    expect(code).toBe(2)
    expect(stderr).toMatch(/config:3: /)
    expect(read('config')).toBe('[default]\nregion = a\nregion = b\n')
  })

  test('makes new files for the person alone, and closes one that holds a secret to others', async () => {
    const { run, home } = stage({ credentials: '[default]\n' })
    chmodSync(join(home, '.aws', 'credentials'), 0o644)
    await run(['set', 'aws_secret_access_key', secret])
    await run(['set', 'region', 'eu-west-1'])
    for (const name of ['credentials', 'config']) expect(statSync(join(home, '.aws', name)).mode & 0o777).toBe(0o600)
  })

  test('changes nothing with --dry-run, and tells as JSON what it would write, without values', async () => {
    const { run, read } = stage({ credentials: '[default]\naws_session_token = T\n' })
    const { stdout } = await run(['set', 'aws_access_key_id', id, '--dry-run', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'countersign.configure/1',
      written: false,
      lines: [
        { what: 'set', section: 'default', key: 'aws_access_key_id', stale: false },
        { what: 'unset', section: 'default', key: 'aws_session_token', stale: true },
      ],
    })
    expect(read('credentials')).toBe('[default]\naws_session_token = T\n')
  })

  test('says when the environment of this shell wins over what was written', async () => {
    const { run } = stage()
    const shadowed = await run(['set', 'region', 'eu-west-1'], { env: { AWS_DEFAULT_REGION: 'us-east-1' } })
    expect(shadowed.stderr).toMatch(/AWS_DEFAULT_REGION is set/)
  })
})

describe('configure unset', () => {
  test('takes a setting away wherever it stands, and a block with its last line', async () => {
    const { run, read } = stage({
      config: '[profile dev]\naws_session_token = a\ns3 =\n  a = 1\n  b = 2\nregion = x\n',
      credentials: '[dev]\naws_session_token = b\n',
    })
    await run(['unset', 'aws_session_token', 's3.a', '--profile', 'dev'])
    expect(read('config')).toBe('[profile dev]\ns3 =\n  b = 2\nregion = x\n')
    expect(read('credentials')).toBe('[dev]\n')
    await run(['unset', 'profile.dev.s3.b'])
    expect(read('config')).toBe('[profile dev]\nregion = x\n')
    expect(await run(['unset', 'profile.dev.s3.b'])).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/nothing to take away/),
    })
  })
})

describe('configure get', () => {
  test('prints the value alone, and tells a program where it stands', async () => {
    const { run, home } = stage({ config: '[profile dev]\nregion = eu-west-1\n' })
    expect(await run(['get', 'profile.dev.region'])).toEqual({ code: 0, stdout: 'eu-west-1\n', stderr: '' })
    const { stdout } = await run(['get', 'region', '--profile', 'dev', '--json'])
    expect(JSON.parse(stdout)).toEqual({
      schema: 'countersign.configure/1',
      name: 'region',
      value: 'eu-west-1',
      at: { file: join(home, '.aws', 'config'), line: 2, column: 10 },
    })
  })

  test('knows a profile with dots in its name', async () => {
    const { run } = stage({ config: '[profile corp.example.dev]\nregion = eu-west-1\n' })
    expect((await run(['get', 'profile.corp.example.dev.region'])).stdout).toBe('eu-west-1\n')
  })
})

describe('configure list', () => {
  test('tells the true place of each value, and nothing of the secret', async () => {
    const { run } = stage({
      config: '[default]\nregion = eu-west-1\n',
      credentials: `[default]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\nregion = us-east-1\n`,
    })
    const { code, stdout } = await run(['list'])
    expect(code).toBe(0)
    expect(stdout).toBe(
      [
        '      Name                    Value             Type    Location',
        '      ----                    -----             ----    --------',
        '   profile                <not set>             None    None',
        'access_key     ****************MPLE shared-credentials-file    ~/.aws/credentials',
        'secret_key     ******************** shared-credentials-file    ~/.aws/credentials',
        // The AWS CLI says ~/.aws/config here.
        '    region                us-east-1      config-file    ~/.aws/credentials',
        '',
      ].join('\n'),
    )
  })

  test('names the one variable that counts, where the AWS CLI prints a list of names', async () => {
    const { run } = stage({ config: '[profile dev]\n' })
    const { stdout } = await run(['list'], { env: { AWS_PROFILE: 'dev', AWS_DEFAULT_REGION: 'us-west-2' } })
    expect(stdout).toMatch(/ profile +dev +env +AWS_PROFILE\n/)
    expect(stdout).toMatch(/ region +us-west-2 +env +AWS_DEFAULT_REGION\n/)
  })
})

describe('configure alone', () => {
  test('asks the four questions with what is there, and Enter keeps it', async () => {
    const { run, read } = stage({
      config: '[default]\nregion = eu-west-1\n',
      credentials: `[default]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`,
    })
    const { code, stderr } = await run([], { answers: ['', '', '', 'text'] })
    expect(code).toBe(0)
    expect(stderr).toContain('AWS Access Key ID [****************MPLE]:')
    expect(stderr).toContain('AWS Secret Access Key [********************]:')
    expect(stderr).toContain('Default region name [eu-west-1]:')
    expect(stderr).toContain('Default output format [None]:')
    expect(stderr).not.toContain('EKEY')
    expect(read('config')).toBe('[default]\nregion = eu-west-1\noutput = text\n')
  })

  test('says before the first question what a new key would replace, and asks again for what cannot be meant', async () => {
    const { run, read } = stage({
      credentials: `[default]\naws_access_key_id = ${temporary}\naws_secret_access_key = x\naws_session_token = T\n`,
    })
    const { stderr } = await run([], { answers: [secret, id, secret, '', ''] })
    expect(stderr).toMatch(/^default has the key ASIA…MPLE already/)
    expect(stderr).toMatch(/not an access key id/)
    expect(read('credentials')).toBe(`[default]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`)
  })

  test('warns when only one half of the pair is new', async () => {
    const { run } = stage({
      credentials: `[default]\naws_access_key_id = AKIAI44QH8DHBEXAMPLE\naws_secret_access_key = x\n`,
    })
    expect((await run([], { answers: [id, '', '', ''] })).stderr).toMatch(/AWS refuses the pair/)
  })
})

describe('configure import', () => {
  const csv = `User name,Access key ID,Secret access key\r\nalice,${id},${secret}\r\nbob,,\r\n`

  test('makes a profile of each user, in the words of the AWS CLI on stdout', async () => {
    const { run, home, read } = stage()
    writeFileSync(join(home, 'keys.csv'), csv)
    const strict = await run(['import', '--csv', 'file://keys.csv'])
    expect(strict).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/Failed to parse entry #2: Row missing value/),
    })
    const skipping = await run(['import', '--csv', 'keys.csv', '--skip-invalid', '--profile-prefix', 'test-'])
    expect(skipping).toMatchObject({ code: 0, stdout: 'Successfully imported 1 profile(s)\n' })
    expect(skipping.stderr).toMatch(/\n\n {2}countersign check test-alice\n$/)
    expect(read('credentials')).toBe(`[test-alice]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`)
  })

  test('of a session over a long-term key, and back, leaves nothing of the other', async () => {
    const { run, read } = stage({
      credentials: `[default]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\naws_security_token = old\n`,
    })
    const session = {
      Credentials: {
        AccessKeyId: temporary,
        SecretAccessKey: secret,
        SessionToken: 'T',
        Expiration: '2027-01-01T00:00:00Z',
      },
    }
    await run(['import'], { input: JSON.stringify(session) })
    expect(read('credentials')).toBe(
      `[default]\naws_access_key_id = ${temporary}\naws_secret_access_key = ${secret}\naws_session_token = T\nx_security_token_expires = 2027-01-01T00:00:00Z\n`,
    )
    await run(['import'], { input: `export AWS_ACCESS_KEY_ID=${id}\nexport AWS_SECRET_ACCESS_KEY=${secret}\n` })
    expect(read('credentials')).toBe(`[default]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`)
  })

  test('of several keys that nobody names asks whose they are', async () => {
    const { run } = stage()
    const { code, stderr } = await run(['import'], {
      input: `Access key ID,Secret access key\n${id},${secret}\nAKIAI44QH8DHBEXAMPLE,${secret}\n`,
    })
    expect(code).toBe(2)
    expect(stderr).toMatch(/nothing says whose they are/)
  })

  test('into the keychain leaves no key in the files, and the profile asks this program for it', async () => {
    const { run, read } = stage({
      config: '[profile dev]\nregion = eu-west-1\n',
      credentials: `# mine\n[dev]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\naws_session_token = stale\n`,
    })
    const vault = { COUNTERSIGN_VAULT: 'file', COUNTERSIGN_VAULT_PASSPHRASE: 'correct horse battery staple' }
    const { code, stderr } = await run(['import', '--keychain', '--profile', 'dev'], { env: vault })
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringMatching(/--forget/) })
    expect(read('credentials')).toBe('# mine\n[dev]\n')
    expect(read('config')).toBe(
      '[profile dev]\nregion = eu-west-1\ncredential_process = /usr/bin/node /opt/countersign/dist/countersign.cjs process dev\n',
    )
  })
})

describe('configure export', () => {
  const credentials = `[default]\naws_access_key_id = ${temporary}\naws_secret_access_key = ${secret}\naws_session_token = T/+=\nx_security_token_expires = 2099-01-01T00:00:00Z\n`

  test.each([
    [
      'env',
      `export AWS_ACCESS_KEY_ID=${temporary}\nexport AWS_SECRET_ACCESS_KEY=${secret}\nexport AWS_SESSION_TOKEN=T/+=\nexport AWS_CREDENTIAL_EXPIRATION=2099-01-01T00:00:00+00:00\n`,
    ],
    [
      'env-no-export',
      `AWS_ACCESS_KEY_ID=${temporary}\nAWS_SECRET_ACCESS_KEY=${secret}\nAWS_SESSION_TOKEN=T/+=\nAWS_CREDENTIAL_EXPIRATION=2099-01-01T00:00:00+00:00\n`,
    ],
    [
      'powershell',
      `$Env:AWS_ACCESS_KEY_ID="${temporary}"\n$Env:AWS_SECRET_ACCESS_KEY="${secret}"\n$Env:AWS_SESSION_TOKEN="T/+="\n$Env:AWS_CREDENTIAL_EXPIRATION="2099-01-01T00:00:00+00:00"\n`,
    ],
    [
      'windows-cmd',
      `set AWS_ACCESS_KEY_ID=${temporary}\nset AWS_SECRET_ACCESS_KEY=${secret}\nset AWS_SESSION_TOKEN=T/+=\nset AWS_CREDENTIAL_EXPIRATION=2099-01-01T00:00:00+00:00\n`,
    ],
    [
      'fish',
      `set -gx AWS_ACCESS_KEY_ID ${temporary}\nset -gx AWS_SECRET_ACCESS_KEY ${secret}\nset -gx AWS_SESSION_TOKEN T/+=\nset -gx AWS_CREDENTIAL_EXPIRATION 2099-01-01T00:00:00+00:00\n`,
    ],
  ])('writes the format %s as the AWS CLI does', async (format, wanted) => {
    const { run } = stage({ credentials })
    expect(await run(['export-credentials', '--format', format])).toEqual({ code: 0, stdout: wanted, stderr: '' })
  })

  test('ends a circle of profiles that ask each other', async () => {
    const { run } = stage({ credentials })
    const { code, stderr } = await run(['export'], { env: { _AWS_CLI_PROFILE_CHAIN: 'dev,default' } })
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringMatching(/circle/) })
  })
})

describe('configure set-environment', () => {
  const windows = (commands: Command[], started: (program: string) => boolean) =>
    recordedMachine({
      platform: 'win32',
      env: { USERPROFILE: 'C:\\Users\\a' },
      run: async (command) => {
        commands.push(command)
        const program = 'shell' in command.line ? '' : command.line[0]
        return started(program)
          ? { kind: 'ended', exitCode: 0, signal: null, stdout: '', stderr: '' }
          : { kind: 'not-started', because: 'not-found', detail: 'ENOENT' }
      },
    })

  test('takes what people paste behind setx, and does not lose it', async () => {
    const commands: Command[] = []
    const machine = windows(commands, (program) => program === 'setx.exe')
    const { code, stderr } = await stage().run(['set-environment', 'AWS_PROFILE=dev'], { machine })
    expect(code).toBe(0)
    expect(stderr).toMatch(/open a new one/)
    expect(commands.at(-1)!.line).toEqual(['setx.exe', 'AWS_PROFILE', 'dev'])
  })

  test('refuses what setx would cut when there is no PowerShell, and names the way that has no such limit', async () => {
    const machine = windows([], () => false)
    const { code, stderr } = await stage().run(['set-environment', 'AWS_SESSION_TOKEN', 'x'.repeat(1500)], { machine })
    expect(code).toBe(2)
    expect(stderr).toMatch(/setx cuts values at 1024 characters/)
    expect(stderr).toMatch(/\[Environment\]::SetEnvironmentVariable/)
  })

  test('says on other systems that there is no such thing, and what to do', async () => {
    const { code, stderr } = await stage().run(['set-environment', 'AWS_PROFILE', 'dev'])
    expect(code).toBe(2)
    expect(stderr).toMatch(/export AWS_PROFILE=dev/)
  })
})

test('what AWS CLI users type that is done elsewhere here is answered with where', async () => {
  expect((await stage().run(['sso'])).stderr).toMatch(/countersign login/)
  expect((await stage().run(['lst'])).stderr).toMatch(/configure list/)
  expect((await stage().run(['get', 'region', '--csv', 'x'])).stderr).toMatch(/belongs to "configure import"/)
})
