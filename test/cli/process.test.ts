import { execFile } from 'node:child_process'
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { generateX25519Identity } from 'age-encryption'
import { beforeAll, describe, expect, test } from 'vitest'
import { realMachine } from '../../src/holder/machine/real.ts'
import { mustCall } from '../../src/lab/caller.ts'
import { issuer } from './authority.ts'
import { inTerminal } from './in-terminal.ts'
import { countersign, environment, main, makeHome, sources } from './program.ts'
import { clock, type Device, deviceOf, fillVault, keyItem, passphrase, vaultEnv } from './vaulted.ts'

const aws = issuer()
let device: Device
let roleArn: string

beforeAll(async () => {
  device = await deviceOf(aws)
  const { url, root, account } = aws.authority
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 'sts:AssumeRole' }],
  }
  const allow = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' }] }
  const ask = (action: string, parameters: Record<string, string>) =>
    mustCall(realMachine({}), url, root, 'iam', action, parameters)
  const made = await ask('CreateRole', { RoleName: 'ops', AssumeRolePolicyDocument: JSON.stringify(trust) })
  roleArn = made.text('Arn')
  const policy = { UserName: 'alice', PolicyName: 'assume', PolicyDocument: JSON.stringify(allow) }
  await ask('PutUserPolicy', policy)
})

/** How an SDK starts this checkout. */
const own = (profile: string) => `${process.execPath} ${main} process ${profile}`

const config = (more = '') => `[profile dev]
region = us-east-1
credential_process = ${own('dev')}
[profile careful]
region = us-east-1
credential_process = ${own('careful')}
mfa_serial = ${device.serial}
[profile ops]
region = us-east-1
role_arn = ${roleArn}
source_profile = dev
[profile careful-ops]
region = us-east-1
role_arn = ${roleArn}
source_profile = careful
mfa_serial = ${device.serial}
${more}`

async function homeWithVault(more = '', items: Parameters<typeof fillVault>[1] = {}): Promise<string> {
  const home = makeHome({ '.aws/config': config(more) })
  const key = keyItem(aws.alice)
  await fillVault(home, { 'profile/dev': key, 'profile/careful': key, ...items })
  return home
}

const env = (more: Record<string, string> = {}) => ({ AWS_ENDPOINT_URL: aws.authority.url, ...vaultEnv, ...more })

const byPassphrase = (text: string) => ({
  AWS_ENDPOINT_URL: aws.authority.url,
  COUNTERSIGN_VAULT: 'file',
  COUNTERSIGN_VAULT_PASSPHRASE: text,
})

describe('process', () => {
  test('prints the key that the vault holds, and nothing else', async () => {
    const home = await homeWithVault()
    const { code, stdout, stderr } = await countersign(['process', 'dev'], { home, env: env() })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toEqual({
      Version: 1,
      AccessKeyId: aws.alice.accessKeyId,
      SecretAccessKey: aws.alice.secretAccessKey,
    })
  })

  test('uses a key in the vault for a profile that has no section', async () => {
    const home = await homeWithVault('', { 'profile/elsewhere': keyItem(aws.alice) })
    const { code, stdout } = await countersign(['process', 'elsewhere'], { home, env: env() })
    expect(code).toBe(0)
    expect(JSON.parse(stdout).AccessKeyId).toBe(aws.alice.accessKeyId)
  })

  test('assumes a role with a key of the vault, and keeps the session encrypted', async () => {
    const home = await homeWithVault()
    const first = await countersign(['process', 'ops'], { home, env: env() })
    expect(first.stderr).toBe('')
    const printed = JSON.parse(first.stdout)
    expect(printed).toMatchObject({ Version: 1, AccountId: '123456789012' })
    expect(Date.parse(printed.Expiration)).toBeGreaterThan(Date.now() + 3_000_000)
    // The vault is not opened for it any more, and AWS is not asked.
    const unable = env({ COUNTERSIGN_VAULT_PASSPHRASE: 'wrong', HTTPS_PROXY: 'http://127.0.0.1:9' })
    const second = await countersign(['process', 'ops'], { home, env: unable })
    expect(second.stdout).toBe(first.stdout)
    for (const path of allFiles(home)) {
      const text = readFileSync(path, 'latin1')
      for (const secret of [printed.SecretAccessKey, printed.SessionToken, aws.alice.secretAccessKey])
        expect(text.includes(secret), path).toBe(false)
    }
  })

  test('asks for another session when the settings of the role change', async () => {
    const home = await homeWithVault()
    const first = await countersign(['process', 'ops'], { home, env: env() })
    writeFileSync(
      join(home, '.aws', 'config'),
      config().replace('[profile ops]', '[profile ops]\nduration_seconds = 900'),
    )
    const second = await countersign(['process', 'ops'], { home, env: env() })
    const [before, after] = [first, second].map(({ stdout }) => JSON.parse(stdout))
    expect(after.AccessKeyId).not.toBe(before.AccessKeyId)
    expect(Date.parse(after.Expiration)).toBeLessThan(Date.now() + 901_000)
  })

  test('keeps nothing with --no-cache, and lets --duration choose the length', async () => {
    const home = await homeWithVault()
    const ask = async () =>
      JSON.parse(
        (await countersign(['process', 'ops', '--no-cache', '--duration', '20m'], { home, env: env() })).stdout,
      )
    const [first, second] = [await ask(), await ask()]
    expect(first.AccessKeyId).not.toBe(second.AccessKeyId)
    expect(Date.parse(first.Expiration)).toBeLessThan(Date.now() + 1_201_000)
    expect(allFiles(home).filter((path) => path.endsWith('.session'))).toEqual([])
  })

  test('makes a new session when less than 15 minutes are left of the old one', async () => {
    const home = await homeWithVault()
    const first = JSON.parse((await countersign(['process', 'ops'], { home, env: env() })).stdout)
    const soon = new Date(Date.now() + 46 * 60_000).toISOString()
    await clock(aws.authority.url, { offset: 46 * 60 })
    try {
      const second = JSON.parse(
        (await countersign(['process', 'ops'], { home, env: env({ COUNTERSIGN_NOW: soon }) })).stdout,
      )
      expect(second.AccessKeyId).not.toBe(first.AccessKeyId)
    } finally {
      await clock(aws.authority.url, {})
    }
  })

  test('goes on with what is left of a session when AWS cannot be reached', async () => {
    const home = await homeWithVault()
    const first = await countersign(['process', 'ops'], { home, env: env() })
    const soon = new Date(Date.now() + 50 * 60_000).toISOString()
    // The same endpoint by name, for the session is kept under the address; nobody answers there through this proxy.
    const cut = env({ COUNTERSIGN_NOW: soon, HTTP_PROXY: 'http://127.0.0.1:9', NO_PROXY: '' })
    const second = await countersign(['process', 'ops'], { home, env: cut })
    expect(second.code).toBe(0)
    expect(JSON.parse(second.stdout).AccessKeyId).toBe(JSON.parse(first.stdout).AccessKeyId)
  })

  test('gives credentials also where nothing can be kept', async () => {
    const home = makeHome({
      '.aws/config': config().replace('source_profile = dev', 'source_profile = plain'),
      '.aws/credentials': `[plain]\naws_access_key_id = ${aws.alice.accessKeyId}\naws_secret_access_key = ${aws.alice.secretAccessKey}\n`,
      '.local': 'in the way of all that is ours',
    })
    const first = await countersign(['process', 'ops'], { home, env: env() })
    expect({ code: first.code, stderr: first.stderr }).toEqual({ code: 0, stderr: '' })
    const second = await countersign(['process', 'ops'], { home, env: env() })
    expect(JSON.parse(second.stdout).AccessKeyId).not.toBe(JSON.parse(first.stdout).AccessKeyId)
  })

  test('makes a session with a code of the seed in the vault, and one code is enough for a role of the same device', async () => {
    const home = await homeWithVault('', { [`device/${device.serial}`]: device.item })
    const session = await countersign(['process', 'careful'], { home, env: env() })
    expect(session.stderr).toBe('')
    expect(JSON.parse(session.stdout).AccessKeyId).toMatch(/^ASIA/)
    // A second code of the same half minute would be refused, or waited for.
    const role = await countersign(['process', 'careful-ops'], { home, env: env() })
    expect(role.stderr).toBe('')
    expect(JSON.parse(role.stdout).AccountId).toBe('123456789012')
  })

  test('says in one line that a code is needed where there is no terminal', async () => {
    const home = await homeWithVault()
    const { code, stdout, stderr } = await countersign(['process', 'careful'], { home, env: env() })
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
    expect(stderr).toBe(
      `countersign: a one-time code of ${device.serial} is needed, and there is no terminal to ask for it: run this in one first, or keep the seed of the device (countersign configure import --mfa-seed)\n`,
    )
  })

  test('refuses profiles whose processes lead back to each other, with the way', async () => {
    const home = await homeWithVault(
      `[profile a]\ncredential_process = ${own('b')}\n[profile b]\ncredential_process = ${own('a')}\n`,
    )
    const { code, stderr } = await countersign(['process', 'a'], { home, env: env() })
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'countersign: the credential_process of a profile leads back to where it began: [a] → [b] → [a]\n',
    })
  })

  test('notices a way back that leads through another program', async () => {
    const home = await homeWithVault(`[profile a]\ncredential_process = sh -c "${own('a')}"\n`)
    const { code, stderr } = await countersign(['process', 'a'], { home, env: env() })
    expect(code).toBe(1)
    expect(stderr).toContain('leads back to where it began: [a] → [a]')
  })

  test('says what to do when the vault holds no key of the profile', async () => {
    const home = await homeWithVault(`[profile empty]\ncredential_process = countersign process empty\n`)
    const { code, stdout, stderr } = await countersign(['process', 'empty'], { home, env: env() })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain('holds no key of [empty]; to put it there: countersign configure import --keychain')
    expect(stderr.trim()).not.toContain('\n')
  })

  test('says that the passphrase is wrong, and tells none', async () => {
    const home = makeHome({ '.aws/config': config() })
    await fillVault(home, { 'profile/dev': keyItem(aws.alice) }, 'passphrase')
    const { code, stdout, stderr } = await countersign(['process', 'dev'], { home, env: byPassphrase('not this one') })
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
    expect(stderr).toMatch(/vault\.age\s+is locked/)
    expect(stderr).not.toContain('not this one')
  })
})

describe('process asks at the terminal', () => {
  // The shell stays, for a terminal that nothing has open is gone.
  const captured = (profile: string) => `${own(profile)} </dev/null >out 2>err; exit $?`

  test('although stdin, stdout and stderr are captured', async () => {
    const home = await homeWithVault()
    const person = inTerminal(['-c', captured('careful')], { home, env: env(), program: '/bin/sh' })
    await person.until(`One-time code of ${device.serial}: `)
    person.type(`${spaced(device.phone.code(new Date(Date.now() + 30_000)))}\r`)
    expect(await person.ended).toBe(0)
    expect(readFileSync(join(home, 'err'), 'utf8')).toBe('')
    expect(JSON.parse(readFileSync(join(home, 'out'), 'utf8')).AccessKeyId).toMatch(/^ASIA/)
    expect(person.raw()).not.toContain(device.phone.code(new Date(Date.now() + 30_000)))
  })

  test('once for two processes: the second waits and takes the session of the first', async () => {
    const other = await deviceOf(aws, 'alice-two')
    const home = await homeWithVault(
      `[profile two]\nregion = us-east-1\ncredential_process = ${own('two')}\nmfa_serial = ${other.serial}\n`,
      { 'profile/two': keyItem(aws.alice) },
    )
    const both = `${own('two')} >a 2>a.err & ${own('two')} >b 2>b.err & wait`
    const person = inTerminal(['-c', both], { home, env: env(), program: '/bin/sh' })
    // In whatever order they come to it.
    await person.until(/One-time code of [\s\S]*waiting for it\.|waiting for it\.[\s\S]*One-time code of .*: /)
    person.type(`${other.phone.code(new Date())}\r`)
    expect(await person.ended).toBe(0)
    expect(person.text().split('One-time code').length - 1).toBe(1)
    const [a, b] = ['a', 'b'].map((name) => readFileSync(join(home, name), 'utf8'))
    expect(a).toBe(b)
    expect(JSON.parse(a!).AccessKeyId).toMatch(/^ASIA/)
    const errors = ['a.err', 'b.err'].map((name) => readFileSync(join(home, name), 'utf8')).join('')
    expect(errors).toBe('')
  })

  test('ends with 130 on Ctrl-C, and leaves nothing that the next one waits for', async () => {
    const home = await homeWithVault()
    const first = inTerminal(['-c', captured('careful')], { home, env: env(), program: '/bin/sh' })
    await first.until('One-time code')
    first.type('\x03')
    expect(await first.ended).toBe(130)
    expect(readFileSync(join(home, 'out'), 'utf8')).toBe('')
    const second = inTerminal(['-c', captured('careful')], { home, env: env(), program: '/bin/sh' })
    await second.until('One-time code')
    expect(readFileSync(join(home, 'err'), 'utf8')).toBe('')
    second.type('\x04')
    expect(await second.ended).toBe(3)
    expect(readFileSync(join(home, 'err'), 'utf8')).toContain('and none was given')
  })
})

/** As authenticator apps show it. */
function spaced(code: string): string {
  return `${code.slice(0, 3)} ${code.slice(3)}`
}

function allFiles(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

describe('the short way of process', () => {
  /** What the launcher asks first; null: the long way. */
  async function quick(home: string, profile: string, more: Record<string, string> = {}): Promise<string | null> {
    const short = pathToFileURL(join(sources, 'cli', 'quick-process.ts')).href
    const module = `import { quickProcess } from ${JSON.stringify(short)}
      import { writeFileSync } from 'node:fs'
      writeFileSync('told', JSON.stringify(await quickProcess(process.argv[1])))`
    const words = ['--input-type=module', '-e', module, '--', profile]
    const options = { cwd: home, env: environment(home, env(more)) }
    await promisify(execFile)(process.execPath, words, options)
    return JSON.parse(readFileSync(join(home, 'told'), 'utf8'))
  }

  test('prints the same, as long as nothing has changed that the session depends on', async () => {
    const home = await homeWithVault()
    expect(await quick(home, 'ops')).toBeNull()
    const { stdout } = await countersign(['process', 'ops'], { home, env: env() })
    expect(await quick(home, 'ops')).toBe(stdout)
    expect(await quick(home, 'dev')).toBeNull()
    expect(await quick(home, 'ops', { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' })).toBeNull()
    expect(await quick(home, 'ops', { AWS_CONFIG_FILE: 'other' })).toBeNull()
    expect(await quick(home, 'ops', { COUNTERSIGN_NOW: '2026-11-28T12:00:00Z' })).toBeNull()
    // What is no matter of the session's is no matter here.
    expect(await quick(home, 'ops', { EDITOR: 'vi' })).toBe(stdout)
    appendFileSync(join(home, '.aws', 'config'), '# one more line\n')
    expect(await quick(home, 'ops')).toBeNull()
    expect((await countersign(['process', 'ops'], { home, env: env() })).stdout).toBe(stdout)
    expect(await quick(home, 'ops')).toBe(stdout)
    await fillVault(home, { 'profile/dev': keyItem(aws.authority.root) })
    expect(await quick(home, 'ops')).toBeNull()
  })

  test('is left where a flag asks for something else, and for what is not kept', async () => {
    const home = await homeWithVault()
    await countersign(['process', 'ops', '--duration', '20m'], { home, env: env() })
    await countersign(['process', 'dev'], { home, env: env() })
    expect([await quick(home, 'ops'), await quick(home, 'dev')]).toEqual([null, null])
  })
})

describe('the vault of a process', () => {
  test('is opened by a file with the passphrase, or by an age identity', async () => {
    const home = makeHome({ '.aws/config': config() })
    await fillVault(home, { 'profile/dev': keyItem(aws.alice) }, 'passphrase')
    writeFileSync(join(home, 'passphrase'), `${passphrase}\n`)
    const by = { AWS_ENDPOINT_URL: aws.authority.url, COUNTERSIGN_VAULT: 'file' }
    const file = await countersign(['process', 'dev'], {
      home,
      env: { ...by, COUNTERSIGN_VAULT_PASSPHRASE_FILE: join(home, 'passphrase') },
    })
    expect(JSON.parse(file.stdout).AccessKeyId).toBe(aws.alice.accessKeyId)
    const identity = await generateX25519Identity()
    const other = makeHome({
      identity: `# created: today\n${identity}\n`,
      '.aws/credentials': `[mine]\naws_access_key_id = ${aws.alice.accessKeyId}\naws_secret_access_key = ${aws.alice.secretAccessKey}\n`,
    })
    const own = { home: other, env: { ...by, COUNTERSIGN_VAULT_IDENTITY: join(other, 'identity') } }
    await countersign(['configure', 'import', '--keychain', '--profile', 'mine', '--yes'], own)
    expect(readFileSync(join(other, '.aws', 'credentials'), 'utf8')).not.toContain('aws_secret')
    const { stdout } = await countersign(['process', 'mine'], own)
    expect(JSON.parse(stdout).SecretAccessKey).toBe(aws.alice.secretAccessKey)
  })

  test('that is chosen by a word that is none, or cannot be had, is told', async () => {
    const home = await homeWithVault()
    const chosen = async (word: string) =>
      await countersign(['process', 'dev'], { home, env: { ...env(), COUNTERSIGN_VAULT: word } })
    expect((await chosen('drawer')).code).toBe(2)
    const none = await chosen('keychain')
    if (process.platform === 'linux') {
      expect(none.code).toBe(3)
      expect(none.stderr).toContain('No keychain answers here.')
    }
  })
})

describe('a credential_process that is countersign itself', () => {
  test('is not started by check, which asks for the code', async () => {
    const third = await deviceOf(aws, 'alice-three')
    const home = await homeWithVault(
      `[profile three]\nregion = us-east-1\ncredential_process = countersign process three\nmfa_serial = ${third.serial}\n`,
      { 'profile/three': keyItem(aws.alice) },
    )
    const person = inTerminal(['check', 'three'], { home, env: env() })
    await person.until(`One-time code of ${third.serial}: `)
    person.type(`${third.phone.code(new Date())}\r`)
    expect(await person.ended).toBe(0)
    expect(person.text()).toContain('user/alice')
    // What check has got is kept, and there is no program of that name on the path.
    const resolved = await countersign(['chain', 'three', '--resolve', '--json'], { home, env: env() })
    expect(resolved.code).toBe(0)
    expect(JSON.parse(resolved.stdout).sdks['aws-cli-v2'].winner.source.provider).toBe('custom-process')
  })
})

describe('the seed of a device', () => {
  test('is taken from stdin, as the console shows it, and makes the codes from then on', async () => {
    const fourth = await deviceOf(aws, 'alice-four')
    const home = await homeWithVault(
      `[profile four]\nregion = us-east-1\ncredential_process = countersign process four\nmfa_serial = ${fourth.serial}\n`,
      { 'profile/four': keyItem(aws.alice) },
    )
    const seed = fourth.item.kind === 'totp-seed' ? fourth.item.seed.reveal() : ''
    const shown = seed.toLowerCase().replace(/(.{4})/g, '$1 ')
    const importing = ['configure', 'import', '--mfa-seed', fourth.serial]
    const kept = await countersign(importing, { home, env: env(), input: `${shown}\n` })
    expect({ code: kept.code, stdout: kept.stdout }).toEqual({ code: 0, stdout: '' })
    const { code, stdout } = await countersign(['process', 'four'], { home, env: env() })
    expect(code).toBe(0)
    expect(JSON.parse(stdout).AccessKeyId).toMatch(/^ASIA/)
  })

  test.each([
    ['not-an-arn', 'JBSWY3DPEHPK3PXP', /named by its ARN/],
    ['arn:aws:iam::123456789012:mfa/alice', 'JBSWY3DP', /no seed/],
    [
      'arn:aws:iam::123456789012:mfa/alice',
      'otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&digits=8',
      /of the kind that AWS/,
    ],
    ['arn:aws:iam::123456789012:mfa/alice', '', /no seed/],
  ])('of %s is refused when it is none', async (device, input, says) => {
    const { code, stderr } = await countersign(['configure', 'import', '--mfa-seed', device], { input, env: env() })
    expect(code).toBe(2)
    expect(stderr.replace(/\s+/g, ' ')).toMatch(says)
  })
})
