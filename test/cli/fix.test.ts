import { execFile } from 'node:child_process'
import { chmodSync, existsSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { realMachine } from '../../src/holder/machine/real.ts'
import { mustCall } from '../../src/lab/caller.ts'
import type { KeyPair } from '../../src/lab/stage.ts'
import { idOf, secretOf } from '../holder/diagnosis/stand-in.ts'
import { credentialsFile, issuer, short } from './authority.ts'
import { inTerminal } from './in-terminal.ts'
import { inside } from './inside.ts'
import { countersign, environment, main, makeHome } from './program.ts'

const ground = issuer()
/** The authority answers from this very process, which therefore must not be held up. */
const run = promisify(execFile)
const journal = '.local/state/countersign/journal'

/** A home whose default profile holds alice's key and a session token that is not hers. */
function stale(more = '') {
  const { alice, session, authority } = ground
  const text = `# mine\r\n[default]\r\naws_access_key_id = ${alice.accessKeyId}\r\naws_secret_access_key = ${alice.secretAccessKey}\r\n; the token\r\naws_session_token = ${session.sessionToken}\r\n${more}`
  const cured = text.replace(/aws_session_token.*\r\n/, '')
  const home = makeHome({ '.aws/credentials': text })
  const env = { AWS_ENDPOINT_URL: authority.url, AWS_REGION: 'us-east-1' }
  const file = join(home, '.aws', 'credentials')
  return { home, env, file, text, cured, now: () => readFileSync(file, 'utf8') }
}

describe.skipIf(process.platform === 'win32')('fix', () => {
  test('shows the change without a secret, makes it, and AWS accepts what is there then', async () => {
    const here = stale()
    const { code, stdout, stderr } = await countersign(['fix', '--yes'], here)
    expect(code).toBe(0)
    expect(stdout).toContain(
      `-    6  aws_session_token = ‹session token, ${ground.session.sessionToken.length} characters›`,
    )
    expect(stdout).toContain('~/.aws/credentials')
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      '✓ Done: you are arn:aws:iam::123456789012:user/alice. "countersign undo" takes it back (change 1).',
    )
    expect(stderr).toBe('')
    expect(here.now()).toBe(here.cured)
    expect(await inside(['check', '-q'], here)).toMatchObject({ code: 0 })
  })

  test('is taken back by undo, with mode and time; and made again by one more', async () => {
    const here = stale()
    chmodSync(here.file, 0o640)
    utimesSync(here.file, 1_600_000_000.25, 1_600_000_000.25)
    const marks = () => {
      const { mode, mtimeMs } = statSync(here.file)
      return [here.now(), mode & 0o777, mtimeMs]
    }
    const before = marks()
    expect(await inside(['fix', '--yes', '--quiet'], here)).toMatchObject({
      code: 0,
      stdout: 'cured: stale-session-token\n',
    })
    const fixed = marks()
    expect(fixed.slice(0, 2)).toEqual([here.cured, 0o640])
    expect(await inside(['undo'], here)).toMatchObject({ code: 0, stderr: '' })
    expect(marks()).toEqual(before)
    expect(await inside(['check', '-q'], here)).toMatchObject({ code: 1 })
    expect(await inside(['undo', '--yes'], here)).toMatchObject({ code: 0 })
    expect(marks()).toEqual(fixed)
  })

  test('with --dry-run shows the same, changes nothing and ends with 1', async () => {
    const here = stale()
    const { code, stdout } = await inside(['fix', '--dry-run'], here)
    expect(code).toBe(1)
    expect(stdout).toContain('aws_session_token = ‹session token')
    expect(stdout).toContain('Nothing was changed (--dry-run).')
    expect(here.now()).toBe(here.text)
    expect(existsSync(join(here.home, journal))).toBe(false)
  })

  test('changes nothing where nobody can be asked', async () => {
    const here = stale()
    const { code, stderr } = await inside(['fix'], here)
    expect(code).toBe(2)
    expect(stderr).toContain('Nobody is there to be asked; nothing was changed.')
    expect(here.now()).toBe(here.text)
  })

  test('cures several causes as one change', async () => {
    const here = stale()
    const text = here.text.replace(/(aws_access_key_id = )(\w+)/, '$1"$2"')
    writeFileSync(here.file, text)
    const { code, stdout } = await inside(['fix', '--yes', '--json'], here)
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'countersign.fix/1',
      result: 'cured',
      before: { status: 'rejected' },
      steps: [
        { cause: 'quoted-value', certainty: 'proven' },
        { cause: 'stale-session-token', proof: 'cured' },
      ],
      files: [{ file: here.file, what: 'changed' }],
      changes: [1],
      error: null,
      after: { status: 'valid', identity: 'arn:aws:iam::123456789012:user/alice', causes: [] },
    })
    expect(here.now()).toBe(here.cured)
    expect(await inside(['undo'], here)).toMatchObject({ code: 0 })
    expect(here.now()).toBe(text)
  })

  test('cures only the cause that is named, by id or number', async () => {
    const here = stale()
    writeFileSync(here.file, here.text.replace(/(aws_access_key_id = )(\w+)/, '$1"$2"'))
    const { code, stdout } = await inside(['fix', 'C13', '--yes'], here)
    expect(code).toBe(1)
    expect(stdout).toContain('Something else is left')
    expect(here.now()).toBe(here.text)
  })

  test('says so where the named cause is not there, or none has that name', async () => {
    const here = stale()
    const other = await inside(['fix', 'clock-skew', '--yes'], here)
    expect(other.code).toBe(1)
    expect(other.stdout).toContain('clock-skew is not what is wrong here; nothing was changed.')
    expect(other.stdout).toContain('A leftover session token is sent with your long-term key.')
    expect(await inside(['fix', 'stale-sesion-token'], here)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Did you mean: countersign fix stale-session-token?'),
    })
    expect(await inside(['fix', 'dev'], here)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('countersign fix --profile dev'),
    })
    expect(here.now()).toBe(here.text)
  })

  test('finds nothing to do where all is well', async () => {
    const env = { AWS_ENDPOINT_URL: ground.authority.url, AWS_REGION: 'us-east-1' }
    const { code, stdout } = await inside(['fix'], { env, files: credentialsFile(ground.alice) })
    expect([code, stdout]).toEqual([0, expect.stringContaining('Nothing is to be repaired.')])
  })

  test('shows what check shows where only a person can help, and ends with 1', async () => {
    const wrong = { ...ground.alice, secretAccessKey: secretOf(77) }
    const env = { AWS_ENDPOINT_URL: ground.authority.url, AWS_REGION: 'us-east-1' }
    const { code, stdout } = await inside(['fix', '--yes'], { env, files: credentialsFile(wrong) })
    expect(code).toBe(1)
    expect(stdout).toContain('SignatureDoesNotMatch')
    expect(stdout).toContain('Nothing was changed: this needs you.')
  })

  test('asks the other profile to switch a key on again, and undo switches it off', async () => {
    const { authority } = ground
    const ask = (action: string, parameters: Record<string, string>) =>
      mustCall(realMachine({}), authority.url, authority.root, 'iam', action, parameters)
    await ask('CreateUser', { UserName: 'carol' })
    const made = await ask('CreateAccessKey', { UserName: 'carol' })
    const carol: KeyPair = { accessKeyId: made.text('AccessKeyId'), secretAccessKey: made.text('SecretAccessKey') }
    await ask('UpdateAccessKey', { UserName: 'carol', AccessKeyId: carol.accessKeyId, Status: 'Inactive' })
    const files = {
      '.aws/credentials': Object.values({
        ...credentialsFile(carol),
      })
        .concat(Object.values(credentialsFile(authority.root, 'admin')))
        .join('\n'),
    }
    const here = { home: makeHome(files), env: { AWS_ENDPOINT_URL: authority.url, AWS_REGION: 'us-east-1' } }
    const state = async () => (await ask('ListAccessKeys', { UserName: 'carol' })).text('Status')
    const fixed = await inside(['fix', '--with-profile', 'admin', '--yes'], here)
    expect(fixed.stdout).toContain(`make ${short(carol.accessKeyId)} of user carol active again`)
    expect([fixed.code, await state()]).toEqual([0, 'Active'])
    expect(await inside(['undo', '--yes'], here)).toMatchObject({ code: 0 })
    expect(await state()).toBe('Inactive')
    const lone = await inside(['undo', '--offline'], here)
    expect([lone.code, await state()]).toEqual([1, 'Inactive'])
    expect(lone.stdout).toContain('No file was changed')
  })
})

describe.skipIf(process.platform === 'win32')('fix for the running shell', () => {
  const variables = () => ({
    AWS_ACCESS_KEY_ID: ground.alice.accessKeyId,
    AWS_SECRET_ACCESS_KEY: ground.alice.secretAccessKey,
    AWS_SESSION_TOKEN: ground.session.sessionToken,
    AWS_ENDPOINT_URL: ground.authority.url,
    AWS_REGION: 'us-east-1',
  })

  test('prints the lines, for the shell at hand, and ends with 1', async () => {
    const bash = await inside(['fix'], { env: variables() })
    expect([bash.code, bash.stdout]).toEqual([1, expect.stringContaining('      unset AWS_SESSION_TOKEN\n')])
    const fish = await inside(['fix', '--quiet'], { env: { ...variables(), SHELL: '/usr/bin/fish' } })
    expect([fish.code, fish.stdout]).toEqual([1, 'set -e AWS_SESSION_TOKEN\n'])
    const json = await inside(['fix', '--json'], { env: variables() })
    expect(JSON.parse(json.stdout)).toMatchObject({
      result: 'in-shell',
      proved: { status: 'valid' },
      after: null,
      shell: { bash: ['unset AWS_SESSION_TOKEN'], powershell: [expect.stringContaining('Env:AWS_SESSION_TOKEN')] },
    })
  })

  test('hands them to a shell that waits, which then is well', async () => {
    const home = makeHome({ lines: '' })
    const script = `export COUNTERSIGN_SHELL=bash COUNTERSIGN_SHELL_FILE=${home}/lines
"${process.execPath}" "${main}" fix --yes || exit 9
unset COUNTERSIGN_SHELL COUNTERSIGN_SHELL_FILE
eval "$(cat ${home}/lines)"
"${process.execPath}" "${main}" check --quiet`
    const { stdout: told } = await run('bash', ['-c', script], { env: environment(home, variables()), cwd: home })
    expect(told.replace(/\s+/g, ' ')).toContain('Your shell carries its lines out now.')
    expect(told).toMatch(/✓ You are arn:aws:iam::123456789012:user\/alice.*\n$/)
  })
})

describe.skipIf(process.platform === 'win32')('fix in a terminal', () => {
  test('asks once, with the change in sight, and does it after y', async () => {
    const here = stale()
    const person = inTerminal(['fix'], here)
    await person.until('aws_session_token = ‹session token')
    await person.until('Do this? [y/N]')
    expect(here.now()).toBe(here.text)
    person.type('y\r')
    expect(await person.ended).toBe(0)
    expect(here.now()).toBe(here.cured)
  })

  test.each([
    ['n', 'n\r', 1],
    ['Enter', '\r', 1],
    ['Ctrl-C', '\x03', 130],
  ])('changes nothing after %s', async (_, keys, code) => {
    const here = stale()
    const person = inTerminal(['fix'], { ...here, columns: 60 })
    await person.until('Do this? [y/N]')
    person.type(keys)
    expect(await person.ended).toBe(code)
    expect(here.now()).toBe(here.text)
  })
})

test('an id of nobody is left alone by fix --offline', async () => {
  const pair = { accessKeyId: idOf('AKIA', 5), secretAccessKey: secretOf(5) }
  const { code, stdout } = await inside(['fix', '--offline'], { files: credentialsFile(pair) })
  // Offline nobody can tell whether it is accepted.
  expect([code, stdout]).toEqual([3, expect.stringContaining('Nothing is to be repaired.')])
})
