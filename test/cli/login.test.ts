import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { issuer } from './authority.ts'
import { inTerminal } from './in-terminal.ts'
import { inside } from './inside.ts'
import { countersign, makeHome } from './program.ts'
import { askIam, filesOf, giveDevice, personWithDevice } from './with-device.ts'

/** `login` and `logout` of users with an MFA device, against the project's own authority. */
const here = issuer()

const read = (home: string, name = 'credentials') => readFileSync(join(home, '.aws', name), 'utf8')
const bytes = (home: string) => [read(home), read(home, 'config')]

describe('a user with an MFA device', () => {
  test('is asked for the code alone, and gets a profile that works until a told time', async () => {
    const person = await personWithDevice(here)
    const home = makeHome(filesOf(here, person))
    const terminal = inTerminal(['login', 'dev'], { home })
    await terminal.until(`One-time code of ${person.serial}:`)
    const code = person.code()
    terminal.type(`${code.slice(0, 3)} ${code.slice(3)}\r`)
    await terminal.until('its session is the profile dev-mfa')
    await terminal.until(`user/${person.name} until`)
    await terminal.until('aws --profile dev-mfa')
    expect(await terminal.ended).toBe(0)
    expect(terminal.text().replaceAll('\n', '')).not.toContain(code)
    expect(read(home)).toMatch(
      /^# mine\n\[dev\]\n.*\n.*\n\n\[dev-mfa\]\naws_access_key_id = ASIA\w+\naws_secret_access_key = .+\naws_session_token = .+\nx_security_token_expires = \S+Z\n$/,
    )
    expect(read(home, 'config')).toContain(
      `[profile dev-mfa]\nregion = eu-west-1\nendpoint_url = ${here.authority.url}\n`,
    )
    const who = await inside(['whoami', 'dev-mfa', '--json'], { home })
    expect(JSON.parse(who.stdout)).toMatchObject({
      name: person.name,
      expiration: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    })
  })

  test('is logged out byte for byte, and nothing of the login is left', async () => {
    const person = await personWithDevice(here)
    const home = makeHome(filesOf(here, person))
    const before = bytes(home)
    expect((await countersign(['login', 'dev', '--code', person.code()], { home })).code).toBe(0)
    expect(bytes(home)).not.toEqual(before)
    const look = await inside(['logout', 'dev', '--dry-run'], { home })
    expect(look).toMatchObject({ code: 0, stderr: expect.stringContaining('would take back') })
    expect(bytes(home)).not.toEqual(before)
    expect((await countersign(['logout', 'dev'], { home })).code).toBe(0)
    expect(bytes(home)).toEqual(before)
    const again = await inside(['logout', 'dev'], { home })
    expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining('has written nothing for dev') })
  })

  test.each([
    ['new', 'countersign configure --profile new gives it a key; countersign check new shows'],
    ["a $(touch it) 'b'", `countersign check 'a $(touch it) '\\''b'\\''' shows`],
    ['-rf', 'countersign check --profile=-rf shows'],
  ])('is told of commands that a shell reads as one name: %s', async (profile, command) => {
    const told = await inside(['login', `--profile=${profile}`], {
      home: makeHome({ '.aws/credentials': `[${profile}]\nregion = eu-west-1\n` }),
      env: { COLUMNS: '100' },
    })
    expect(told.code).toBe(1)
    expect(told.stderr.replace(/\s+/g, ' ')).toContain(command)
  })

  test('may be logged in twice at once, and is logged out of whatever stands there', async () => {
    const [one, other] = [await personWithDevice(here), await personWithDevice(here)]
    const home = makeHome(filesOf(here, one))
    for (const name of ['credentials', 'config']) {
      const mine = filesOf(here, other)[`.aws/${name}`]!.replace('dev]', 'dev2]')
      writeFileSync(join(home, '.aws', name), `${read(home, name).trimEnd()}\n${mine}`)
    }
    const before = bytes(home)
    const both = await Promise.all(
      Object.entries({ dev: one, dev2: other }).map(([name, { code }]) =>
        countersign(['login', name, '--update-profile', 'shared', '--code', code()], { home }),
      ),
    )
    expect(both.map(({ code }) => code)).toEqual([0, 0])
    expect(read(home).match(/^\[shared\]$/gm)).toHaveLength(1)
    expect((await countersign(['logout', 'shared'], { home })).code).toBe(0)
    expect(bytes(home)).toEqual(before)
  })

  test('is not asked again while enough time is left, and is with --force', async () => {
    const person = await personWithDevice(here)
    const home = makeHome(filesOf(here, person))
    await inside(['login', 'dev', '--code', person.code()], { home })
    const first = bytes(home)
    for (const name of ['dev', 'dev-mfa']) {
      const again = await inside(['login', name, '--json'], { home })
      expect(again.code).toBe(0)
      expect(JSON.parse(again.stdout)).toMatchObject({ status: 'still-logged-in', use: 'dev-mfa', wrote: [] })
    }
    expect(bytes(home)).toEqual(first)
    const forced = await inside(['login', 'dev', '--force'], { home })
    expect(forced).toMatchObject({ code: 2, stderr: expect.stringContaining('A one-time code of') })
  })

  test('can renew a session and be logged out of both at once', async () => {
    const one = await personWithDevice(here)
    const home = makeHome(filesOf(here, one))
    const before = bytes(home)
    await inside(['login', 'dev', '--code', one.code()], { home })
    const first = read(home)
    const second = await giveDevice(here, one.name, `${one.name}-two`)
    const { nextCode } = await import('../../src/lab/phone.ts')
    const code = nextCode(second.phone, new Date())
    const renewed = await inside(['login', 'dev', '--force', '--serial', second.serial, '--code', code], { home })
    expect(renewed.code).toBe(0)
    expect(read(home)).not.toBe(first)
    expect(read(home).match(/\[dev-mfa\]/g)).toHaveLength(1)
    await inside(['logout', 'dev-mfa'], { home })
    expect(bytes(home)).toEqual(before)
  })

  test('chooses among several devices', async () => {
    const person = await personWithDevice(here)
    const second = await giveDevice(here, person.name, `${person.name}-b`)
    const home = makeHome(filesOf(here, person))
    const terminal = inTerminal(['login', 'dev'], { home })
    await terminal.until('Which device? (1 to 2)')
    const line = terminal
      .text()
      .split('\n')
      .find((each) => each.includes(second.serial))
    terminal.type(`${/\d/.exec(line ?? '')?.[0]}\r`)
    await terminal.until(`One-time code of ${second.serial}:`)
    terminal.type('\x03')
    expect(await terminal.ended).toBe(130)
    const alone = await inside(['login', 'dev'], { home })
    expect(alone.code).toBe(2)
    expect(alone.stderr).toContain('--serial')
  })

  test('takes the device that mfa_serial names, or says that this user has no such one', async () => {
    const person = await personWithDevice(here)
    await giveDevice(here, person.name, `${person.name}-b`)
    const named = makeHome(filesOf(here, person, `mfa_serial = ${person.serial}\n`))
    const asked = await inside(['login', 'dev'], { home: named })
    expect(asked.stderr).toContain(`A one-time code of ${person.serial}`)
    const strange = 'arn:aws:iam::123456789012:mfa/replaced'
    const wrong = makeHome(filesOf(here, person, `mfa_serial = ${strange}\n`))
    const told = await inside(['login', 'dev'], { home: wrong })
    expect(told.stderr.replaceAll(/\s+/g, ' ')).toContain(`is ${strange}; this user has no such device`)
  })

  test('has one more try after a wrong code, but not with the same one', async () => {
    const person = await personWithDevice(here)
    const home = makeHome(filesOf(here, person))
    const terminal = inTerminal(['login', 'dev'], { home })
    await terminal.until('One-time code')
    terminal.type('12345\r')
    await terminal.until('A code is six digits.')
    await terminal.until('One-time code')
    terminal.type('000000\r')
    await terminal.until('wait for the next')
    await terminal.until('One-time code')
    terminal.type(`${person.code()}\r`)
    await terminal.until('Logged in with dev')
    expect(await terminal.ended).toBe(0)
    const wrong = await inside(['login', 'dev', '--force', '--code', '000000'], { home })
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('did not take the code') })
  })

  test('who may not list the devices is told so, asked for the serial number, and shown the usual one', async () => {
    const person = await personWithDevice(here, [])
    const home = makeHome(filesOf(here, person))
    const terminal = inTerminal(['login', 'dev'], { home, columns: 100 })
    await terminal.until('cannot be looked up')
    await terminal.until(/often arn:aws:iam::123456789012:mfa\/person-\d+/)
    terminal.type(`${person.serial}\r`)
    await terminal.until('One-time code')
    terminal.type(`${person.code()}\r`)
    await terminal.until('Logged in')
    expect(await terminal.ended).toBe(0)
    const alone = await inside(['login', 'dev', '--force'], { home })
    expect(alone).toMatchObject({ code: 2, stderr: expect.stringContaining(`--serial ${person.serial}`) })
  })

  test('whose device is a passkey is told what to do instead', async () => {
    const person = await personWithDevice(here)
    const serial = 'arn:aws:iam::123456789012:u2f/user/alice/key-ABCDEF'
    const told = await inside(['login', 'dev', '--serial', serial], { files: filesOf(here, person) })
    expect(told.code).toBe(1)
    expect(told.stderr).toContain('passkey or security key')
    expect(told.stderr).toContain('aws login')
  })

  test('is told of a serial number that AWS does not know', async () => {
    const person = await personWithDevice(here)
    const serial = 'arn:aws:iam::123456789012:mfa/nobody'
    const told = await inside(['login', 'dev', '--serial', serial, '--code', person.code()], {
      files: filesOf(here, person),
    })
    expect(told).toMatchObject({ code: 1, stderr: expect.stringContaining(`AWS knows no MFA device ${serial}`) })
  })

  test('is told when the clock is why the code does not count', async () => {
    const person = await personWithDevice(here)
    const { phoneWith } = await import('../../src/lab/phone.ts')
    const behind = new Date(Date.now() - 5 * 60_000)
    const code = phoneWith(person.seed).code(behind)
    const told = await inside(['login', 'dev', '--code', code], {
      files: filesOf(here, person),
      env: { COUNTERSIGN_NOW: behind.toISOString() },
    })
    // Nobody is there for another one, and one try is enough to see the clock.
    expect(told.code).toBe(1)
    expect(told.stderr.replaceAll(/\s+/g, ' ')).toMatch(/The clock of this computer is 5 min behind/)
  })
})

describe('how long a session lasts', () => {
  test('is what --duration says', async () => {
    const person = await personWithDevice(here)
    const home = makeHome(filesOf(here, person))
    const asked = await inside(['login', 'dev', '--duration', '1h', '--code', person.code(), '--json'], { home })
    const { expiration } = JSON.parse(asked.stdout) as { expiration: string }
    const minutes = (Date.parse(expiration) - Date.now()) / 60_000
    expect(minutes).toBeGreaterThan(55)
    expect(minutes).toBeLessThan(61)
  })

  test.each([
    ['10m', 'from 15 minutes to 36 hours'],
    ['37h', 'from 15 minutes to 36 hours'],
    ['soon', '--duration is a span of time'],
  ])('cannot be %s, and nobody is asked for a code', async (duration, says) => {
    const person = await personWithDevice(here)
    const told = await inside(['login', 'dev', '--duration', duration], { files: filesOf(here, person) })
    expect(told.code).toBe(2)
    expect(told.stderr).toContain(says)
  })
})

describe('where the session goes', () => {
  test('is the profile that --update-profile names, with its older token name taken away', async () => {
    const person = await personWithDevice(here)
    const files = filesOf(here, person)
    const old =
      '[tool]\naws_access_key_id = ASIAOLDOLDOLDOLDOLD1\naws_secret_access_key = x\naws_session_token = y\naws_security_token = y\n'
    const home = makeHome({ ...files, '.aws/credentials': `${old}\n${files['.aws/credentials']}\n` })
    const before = bytes(home)
    const done = await inside(['login', 'dev', '--update-profile', 'tool', '--code', person.code()], { home })
    expect(done).toMatchObject({ code: 0, stderr: expect.stringContaining('the profile tool') })
    const who = await inside(['whoami', 'tool', '--json'], {
      home,
      env: { AWS_ENDPOINT_URL: here.authority.url, AWS_REGION: 'eu-west-1' },
    })
    expect(JSON.parse(who.stdout)).toMatchObject({ name: person.name })
    expect(read(home)).not.toContain('aws_security_token')
    await inside(['logout', 'tool'], { home })
    expect(bytes(home)).toEqual(before)
  })

  test.each([
    ['dev', 'holds a key of its own'],
    ['role', 'gets its credentials elsewhere'],
  ])('is never %s, which %s', async (target, says) => {
    const person = await personWithDevice(here)
    const home = makeHome(
      filesOf(here, person, '[profile role]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = dev\n'),
    )
    const before = bytes(home)
    const told = await inside(['login', 'dev', '--update-profile', target, '--code', person.code()], { home })
    expect(told.code).toBe(2)
    expect(told.stderr.replaceAll(/\s+/g, ' ')).toContain(says)
    expect(bytes(home)).toEqual(before)
  })

  test('keeps what was added to the files meanwhile when it is taken away', async () => {
    const person = await personWithDevice(here)
    const home = makeHome(filesOf(here, person))
    await inside(['login', 'dev', '--code', person.code()], { home })
    const path = join(home, '.aws/credentials')
    writeFileSync(path, `${read(home)}\n[other]\naws_access_key_id = AKIAOTHER\n`)
    await inside(['logout', 'dev'], { home })
    expect(read(home)).toMatch(/^# mine\n\[dev\]\n.*\n.*\n\[other\]\naws_access_key_id = AKIAOTHER\n$/)
  })

  test('and a section that somebody edited loses only the session', async () => {
    const person = await personWithDevice(here)
    const home = makeHome(filesOf(here, person))
    await inside(['login', 'dev', '--code', person.code()], { home })
    const path = join(home, '.aws/credentials')
    writeFileSync(path, read(home).replace('[dev-mfa]\n', '[dev-mfa]\nregion = us-west-2\n'))
    await inside(['logout', 'dev'], { home })
    expect(read(home)).toContain('[dev-mfa]\nregion = us-west-2\n')
    expect(read(home)).not.toContain('ASIA')
  })

  test('and settings that somebody changed stay, and are named', async () => {
    const person = await personWithDevice(here)
    const home = makeHome(filesOf(here, person))
    await inside(['login', 'dev', '--code', person.code()], { home })
    writeFileSync(join(home, '.aws/config'), read(home, 'config').replaceAll('eu-west-1', 'eu-west-2'))
    const told = await inside(['logout', 'dev'], { home, env: { COLUMNS: '100' } })
    expect(told).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('[profile dev-mfa] of ~/.aws/config was changed since, and was left as it is.'),
    })
    expect(read(home)).not.toContain('dev-mfa')
    expect(read(home, 'config')).toContain('[profile dev-mfa]')
  })

  test('and another session that came there since is left alone', async () => {
    const person = await personWithDevice(here)
    const home = makeHome(filesOf(here, person))
    await inside(['login', 'dev', '--code', person.code()], { home })
    const path = join(home, '.aws/credentials')
    const other = read(home).replace(/ASIA\w+/, 'ASIAANOTHERSESSION00')
    writeFileSync(path, other)
    const told = await inside(['logout', 'dev'], { home })
    expect(told).toMatchObject({ code: 0, stderr: expect.stringContaining('was changed since, and was left') })
    expect(read(home)).toBe(other)
  })

  test('is not left behind by undo either', async () => {
    const person = await personWithDevice(here)
    const home = makeHome(filesOf(here, person))
    const before = bytes(home)
    await inside(['login', 'dev', '--code', person.code()], { home })
    expect((await countersign(['undo', '--yes'], { home })).code).toBe(0)
    expect(bytes(home)).toEqual(before)
    expect((await inside(['logout', 'dev'], { home })).code).toBe(0)
    expect(bytes(home)).toEqual(before)
  })

  test('is known to AWS files alone: records are 0600 below 0700 and hold no secret', async () => {
    const person = await personWithDevice(here)
    const home = makeHome(filesOf(here, person))
    await inside(['login', 'dev', '--code', person.code()], { home })
    const directory = join(home, '.local/state/countersign/logins')
    expect(statSync(directory).mode & 0o777).toBe(0o700)
    const { readdirSync } = await import('node:fs')
    const [name] = readdirSync(directory)
    expect(statSync(join(directory, name!)).mode & 0o777).toBe(0o600)
    const text = readFileSync(join(directory, name!), 'utf8')
    expect(text).not.toContain(person.pair.secretAccessKey)
    for (const [, value] of read(home).matchAll(/(?:secret_access_key|session_token) = (.+)/g))
      expect(text).not.toContain(value)
    await inside(['logout', '--all'], { home })
    expect(existsSync(join(directory, name!))).toBe(false)
  })
})

test('process and exec need no second code, until logout', async () => {
  const person = await personWithDevice(here)
  const home = makeHome(filesOf(here, person, `mfa_serial = ${person.serial}\n`))
  await inside(['login', 'dev', '--code', person.code()], { home })
  const kept = await countersign(['process', 'dev'], { home })
  expect(kept.code).toBe(0)
  const { AccessKeyId } = JSON.parse(kept.stdout) as { AccessKeyId: string }
  expect(read(home)).toContain(`[dev-mfa]\naws_access_key_id = ${AccessKeyId}\n`)
  await inside(['logout', 'dev'], { home })
  expect((await countersign(['process', 'dev'], { home })).code).not.toBe(0)
})

describe('for the shell itself', () => {
  test('--shell prints lines that it can take, and everything else on stderr', async () => {
    const person = await personWithDevice(here)
    const home = makeHome(filesOf(here, person))
    const done = await inside(['login', 'dev', '--code', person.code(), '--shell', 'bash'], { home })
    expect(done.code).toBe(0)
    expect(done.stdout).toMatch(/^export AWS_ACCESS_KEY_ID='?ASIA\w+'?$/m)
    expect(done.stdout).toMatch(/^export AWS_CREDENTIAL_EXPIRATION=/m)
    expect(done.stderr).not.toMatch(/ASIA\w{8}/)
    const shown = inTerminal(['login', 'dev', '--shell', 'bash'], { home })
    await shown.until('This shows secrets on the screen')
    shown.type('n\r')
    expect(await shown.ended).toBe(1)
  })

  test('the function of shell-init is left the lines', async () => {
    const person = await personWithDevice(here)
    const home = makeHome({ ...filesOf(here, person), lines: '' })
    const file = join(home, 'lines')
    const env = { COUNTERSIGN_SHELL: 'fish', COUNTERSIGN_SHELL_FILE: file }
    const done = await inside(['login', 'dev', '--code', person.code()], { home, env })
    expect(done).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('This shell uses it') })
    expect(readFileSync(file, 'utf8')).toMatch(/^set -gx AWS_ACCESS_KEY_ID '?ASIA/m)
  })
})

describe('what needs no login, or cannot have one', () => {
  test('a user without a device: the key is tried, and that is all', async () => {
    const told = await inside(['login', 'dev'], { files: filesOf(here, { pair: here.alice }) })
    // alice may not even look.
    expect(told.code).toBe(2)
    const Statement = [{ Effect: 'Allow', Action: 'iam:ListMFADevices', Resource: '*' }]
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
    await askIam(here, 'PutUserPolicy', { UserName: 'alice', PolicyName: 'look', PolicyDocument })
    const fine = await inside(['login', 'dev'], { files: filesOf(here, { pair: here.alice }) })
    expect(fine.code).toBe(0)
    expect(fine.stderr.replaceAll(/\s+/g, ' ')).toContain('without an MFA device, and it works')
  })

  test('a session: no session is made of one, and it is said where to start', async () => {
    const person = await personWithDevice(here)
    const { session } = here
    const files = filesOf(here, person)
    const temporary = `\n[temp]\naws_access_key_id = ${session.accessKeyId}\naws_secret_access_key = ${session.secretAccessKey}\naws_session_token = ${session.sessionToken}\n`
    const told = await inside(['login', 'temp'], {
      files: { ...files, '.aws/credentials': files['.aws/credentials'] + temporary },
    })
    expect(told.code).toBe(1)
    expect(told.stderr).toContain('are a session already')
    expect(told.stderr).toContain('countersign login dev')
    const renamed = files['.aws/credentials']!.replace('[dev]', '[temp-long-term]')
    const ofAwsMfa = await inside(['login', 'temp'], { files: { '.aws/credentials': renamed + temporary } })
    expect(ofAwsMfa.stderr.replaceAll(/\s+/g, ' ')).toContain('countersign login temp-long-term --update-profile temp')
  })

  test('a key that AWS does not take leads to check, before anybody is asked', async () => {
    const pair = { ...here.alice, secretAccessKey: 'w'.repeat(40) }
    const terminal = inTerminal(['login', 'dev'], { files: filesOf(here, { pair }) })
    await terminal.until('countersign check dev')
    expect(await terminal.ended).toBe(1)
    expect(terminal.text()).toContain('SignatureDoesNotMatch')
  })

  test('a process: it is run, and nothing is written', async () => {
    const { session } = here
    const json = JSON.stringify({
      Version: 1,
      AccessKeyId: session.accessKeyId,
      SecretAccessKey: session.secretAccessKey,
      SessionToken: session.sessionToken,
      Expiration: '2099-01-01T00:00:00Z',
    })
    const home = makeHome({ 'out.json': json })
    mkdirSync(join(home, '.aws'))
    const config = `[profile p]\ncredential_process = cat ${home}/out.json\nendpoint_url = ${here.authority.url}\nregion = eu-west-1\n`
    writeFileSync(join(home, '.aws/config'), config)
    const told = await countersign(['login', 'p', '--json'], { home })
    expect(JSON.parse(told.stdout)).toMatchObject({
      status: 'nothing-to-do',
      how: 'by-itself',
      account: '123456789012',
    })
    expect(existsSync(join(home, '.aws/credentials'))).toBe(false)
  })

  test('aws login: its session is tried; without one, or when AWS does not take it, the AWS CLI has to sign in', async () => {
    const { session } = here
    const name = 'arn:aws:iam::123456789012:user/alice'
    const { createHash } = await import('node:crypto')
    const cache = `.aws/login/cache/${createHash('sha256').update(name).digest('hex')}.json`
    const held = (sessionToken: string) =>
      JSON.stringify({
        accessToken: {
          accessKeyId: session.accessKeyId,
          secretAccessKey: session.secretAccessKey,
          sessionToken,
          accountId: '123456789012',
          expiresAt: '2099-01-01T00:00:00Z',
        },
        tokenType: 'urn:aws:params:oauth:token-type:access_token_sigv4',
        clientId: 'arn:aws:signin:::devtools/same-device',
        refreshToken: 'worth-nothing',
        dpopKey: 'none',
      })
    const files = {
      '.aws/config': `[profile console]\nlogin_session = ${name}\nregion = eu-west-1\nendpoint_url = ${here.authority.url}\n`,
    }
    const fine = await inside(['login', 'console', '--json'], {
      files: { ...files, [cache]: held(session.sessionToken) },
    })
    expect(JSON.parse(fine.stdout)).toMatchObject({ status: 'still-logged-in', how: 'aws-login' })
    const missing = await inside(['login', 'console'], { files })
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining('aws login --profile console') })
    const wrong = await inside(['login', 'console'], { files: { ...files, [cache]: held('no-token') } })
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('aws login --profile console') })
  })

  test('a profile that is not there is said in the words of the AWS CLI', async () => {
    const told = await inside(['login', 'nothere'], { files: filesOf(here, { pair: here.alice }) })
    expect(told.code).toBe(1)
    expect(told.stderr.replaceAll(/\s+/g, ' ')).toContain('The config profile (nothere) could not be found.')
  })

  test('an endpoint that does not answer is said at once, with the code for not knowing', async () => {
    const files = filesOf(here, { pair: here.alice })
    const config = files['.aws/config']!.replace(here.authority.url, 'http://127.0.0.1:9')
    const told = await inside(['login', 'dev'], { files: { ...files, '.aws/config': config } })
    expect(told).toMatchObject({ code: 3, stderr: expect.stringContaining('could not be reached') })
  })

  test('offline nothing is sent', async () => {
    const told = await inside(['login', 'dev', '--offline'], { files: filesOf(here, { pair: here.alice }) })
    expect(told).toMatchObject({ code: 3, stderr: expect.stringContaining('Offline') })
  })
})

describe('in the terminal', () => {
  test('Ctrl-C at the code ends with 130, and nothing was written', async () => {
    const person = await personWithDevice(here)
    const home = makeHome(filesOf(here, person))
    const before = bytes(home)
    const terminal = inTerminal(['login', 'dev'], { home })
    await terminal.until('One-time code')
    terminal.type('12\x03')
    expect(await terminal.ended).toBe(130)
    expect(bytes(home)).toEqual(before)
  })

  test('a narrow one and NO_COLOR get plain lines', async () => {
    const person = await personWithDevice(here)
    const home = makeHome(filesOf(here, person))
    const terminal = inTerminal(['login', 'dev', '--code', person.code()], {
      home,
      columns: 40,
      env: { NO_COLOR: '1' },
    })
    expect(await terminal.ended).toBe(0)
    expect(terminal.raw()).not.toContain('\x1b[1;')
    expect(terminal.text()).toContain('Logged in with dev')
  })

  test('--dry-run asks nobody, sends nothing and writes nothing', async () => {
    const person = await personWithDevice(here)
    const home = makeHome(filesOf(here, person))
    const before = bytes(home)
    const told = await inside(['login', 'dev', '--dry-run'], {
      home,
      env: { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' },
    })
    expect(told).toMatchObject({ code: 0, stderr: expect.stringContaining('dev-mfa') })
    expect(bytes(home)).toEqual(before)
  })
})
