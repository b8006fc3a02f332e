import { execFile, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { realMachine } from '../../src/holder/machine/real.ts'
import { mustCall } from '../../src/lab/caller.ts'
import type { KeyPair } from '../../src/lab/stage.ts'
import { noteSecret } from '../setup.ts'
import { issuer, short } from './authority.ts'
import { inTerminal } from './in-terminal.ts'
import { inside } from './inside.ts'
import { main, makeHome, startCountersign } from './program.ts'
import { fillVault, keyItem, vaultEnv } from './vaulted.ts'

/** `rotate` as a person or a scheduled job runs it, against the project's own authority. */
const here = issuer()
const machine = realMachine({})
const ask = (action: string, parameters: Record<string, string> = {}, who: KeyPair = here.authority.root) =>
  mustCall(machine, here.authority.url, who, 'iam', action, parameters)

const ownKeys = ['ListAccessKeys', 'CreateAccessKey', 'UpdateAccessKey', 'DeleteAccessKey']

const run = promisify(execFile)
const has = (program: string) => spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined

let users = 0

/** A user who may rotate the own keys, unless it is said which actions are allowed. */
async function makeUser(allowed = ownKeys): Promise<{ readonly name: string; readonly pair: KeyPair }> {
  users += 1
  const name = `rotating-${users}`
  await ask('CreateUser', { UserName: name })
  const Statement = [
    { Effect: 'Allow', Action: allowed.map((action) => `iam:${action}`), Resource: `arn:aws:iam::*:user/${name}` },
  ]
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
  if (allowed.length > 0) await ask('PutUserPolicy', { UserName: name, PolicyName: 'own-keys', PolicyDocument })
  return { name, pair: await makeKey(name) }
}

async function makeKey(UserName: string): Promise<KeyPair> {
  const key = await ask('CreateAccessKey', { UserName })
  const pair = { accessKeyId: key.text('AccessKeyId'), secretAccessKey: key.text('SecretAccessKey') }
  noteSecret('secret key', pair.secretAccessKey)
  return pair
}

/** Every key of a user with its state, e.g. `AKIA…=Active`. */
async function keysOf(name: string): Promise<Readonly<Record<string, string>>> {
  const { body } = await ask('ListAccessKeys', { UserName: name })
  const found = [
    ...body.matchAll(
      /<AccessKeyId>(\w+)<\/AccessKeyId>\s*<Status>(\w+)<|<Status>(\w+)<\/Status>\s*<AccessKeyId>(\w+)</g,
    ),
  ]
  return Object.fromEntries(found.map(([, id, status, first, later]) => [id ?? later!, status ?? first!]))
}

const section = (name: string, { accessKeyId, secretAccessKey }: KeyPair, more = '') =>
  `[${name}]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n${more}`

const setting = (home: string) => ({ home, env: { AWS_ENDPOINT_URL: here.authority.url, AWS_REGION: 'eu-west-1' } })
const read = (home: string, path: string) => readFileSync(join(home, path), 'utf8')
const records = (home: string) => {
  const directory = join(home, '.local/state/countersign/rotations')
  return existsSync(directory) ? readdirSync(directory) : []
}

/** The pair that a file holds now; the secret is noted, so that the hunt at the end looks for it. */
function pairIn(text: string): KeyPair {
  const value = (key: RegExp) => key.exec(text)?.[1] ?? ''
  const pair = {
    accessKeyId: value(/(?:aws_access_key_id|AWS_ACCESS_KEY_ID)\s*=\s*(\w+)/),
    secretAccessKey: value(/(?:aws_secret_access_key|AWS_SECRET_ACCESS_KEY)\s*=\s*"?([\w/+=]+)/),
  }
  noteSecret('secret key', pair.secretAccessKey)
  return pair
}

describe('rotate', () => {
  test('writes the new key everywhere the old one stood, and leaves all else as it was', async () => {
    const { name, pair } = await makeUser()
    const other = await makeUser([])
    const home = makeHome({
      '.aws/credentials': `# mine\r\n${section('dev', pair).replaceAll('\n', '\r\n')}\r\n; kept\r\n${section('other', other.pair).replaceAll('\n', '\r\n')}`,
      '.aws/config': `[profile ci]\naws_access_key_id=${pair.accessKeyId}\naws_secret_access_key=${pair.secretAccessKey} \nregion = eu-west-1\n`,
      '.env': `A=1\nexport AWS_ACCESS_KEY_ID=${pair.accessKeyId}\nAWS_SECRET_ACCESS_KEY="${pair.secretAccessKey}" # mine\n`,
    })
    const { code, stderr, stdout } = await inside(['rotate', 'dev', '--yes'], setting(home))
    expect({ code, stdout }, stderr).toEqual({ code: 0, stdout: '' })
    const fresh = pairIn(read(home, '.aws/credentials'))
    expect(fresh.accessKeyId).not.toBe(pair.accessKeyId)
    const renewed = (text: string) =>
      text.replaceAll(pair.accessKeyId, fresh.accessKeyId).replaceAll(pair.secretAccessKey, fresh.secretAccessKey)
    expect(read(home, '.aws/credentials')).toBe(
      renewed(
        `# mine\r\n${section('dev', pair).replaceAll('\n', '\r\n')}\r\n; kept\r\n${section('other', other.pair).replaceAll('\n', '\r\n')}`,
      ),
    )
    expect(pairIn(read(home, '.aws/config'))).toEqual(fresh)
    expect(read(home, '.env')).toBe(
      `A=1\nexport AWS_ACCESS_KEY_ID=${fresh.accessKeyId}\nAWS_SECRET_ACCESS_KEY="${fresh.secretAccessKey}" # mine\n`,
    )
    expect(statSync(join(home, '.aws/credentials')).mode & 0o777).toBe(0o600)
    expect(await keysOf(name)).toEqual({ [pair.accessKeyId]: 'Inactive', [fresh.accessKeyId]: 'Active' })
    for (const place of ['~/.aws/credentials:2 [dev]', '~/.aws/config:1 [profile ci]', '~/.env:2', '~/.env:3'])
      expect(stderr).toContain(place)
    expect(stderr).toContain(`works with its new key ${short(fresh.accessKeyId)}`)
    expect(stderr).not.toContain(fresh.secretAccessKey)
  })

  test('deletes the old key with the next run, or with --finish, but not one that somebody uses again', async () => {
    const { name, pair } = await makeUser()
    const home = makeHome({ '.aws/credentials': section('default', pair) })
    expect(await inside(['rotate', '--yes'], setting(home))).toMatchObject({ code: 0 })
    const second = pairIn(read(home, '.aws/credentials'))
    await ask('UpdateAccessKey', { UserName: name, AccessKeyId: pair.accessKeyId, Status: 'Active' })
    const kept = await inside(['rotate', '--finish', '--yes'], setting(home))
    expect(kept.stderr).toContain('made active again')
    expect(Object.keys(await keysOf(name))).toHaveLength(2)
    await ask('UpdateAccessKey', { UserName: name, AccessKeyId: pair.accessKeyId, Status: 'Inactive' })
    expect(await inside(['rotate', '--yes'], setting(home))).toMatchObject({ code: 0 })
    const third = pairIn(read(home, '.aws/credentials'))
    expect(await keysOf(name)).toEqual({ [second.accessKeyId]: 'Inactive', [third.accessKeyId]: 'Active' })
    expect(await inside(['rotate', '--finish', '--yes'], setting(home))).toMatchObject({ code: 0 })
    expect(await keysOf(name)).toEqual({ [third.accessKeyId]: 'Active' })
    expect(records(home)).toEqual([])
  })

  test('deletes the old key at once with --delete-after now, and not before its time else', async () => {
    const { name, pair } = await makeUser()
    const home = makeHome({ '.aws/credentials': section('default', pair) })
    expect(await inside(['rotate', '--yes', '--delete-after', 'now'], setting(home))).toMatchObject({ code: 0 })
    const second = pairIn(read(home, '.aws/credentials'))
    expect(await keysOf(name)).toEqual({ [second.accessKeyId]: 'Active' })
    expect(await inside(['rotate', '--yes', '--delete-after', '7d'], setting(home))).toMatchObject({ code: 0 })
    const early = await inside(['rotate', '--finish', '--yes'], setting(home))
    expect(early.stderr).toContain('no old key of it is due')
    const later = new Date(Date.now() + 8 * 86_400_000).toISOString()
    const { url } = here.authority
    await fetch(`${url}/_test/clock`, {
      method: 'POST',
      headers: { 'X-Countersign-Test': '1' },
      body: JSON.stringify({ offset: 8 * 86_400 }),
    })
    try {
      const { env } = setting(home)
      expect(
        await inside(['rotate', '--finish', '--yes'], { home, env: { ...env, COUNTERSIGN_NOW: later } }),
      ).toMatchObject({ code: 0 })
    } finally {
      await fetch(`${url}/_test/clock`, { method: 'POST', headers: { 'X-Countersign-Test': '1' }, body: '{}' })
    }
    expect(Object.values(await keysOf(name))).toEqual(['Active'])
  })

  test('at the limit of two keys deletes the other one only where it is inactive, or with leave', async () => {
    const { name, pair } = await makeUser()
    const other = await makeKey(name)
    const home = makeHome({ '.aws/credentials': section('default', pair) })
    const refused = await inside(['rotate', '--yes'], setting(home))
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('two keys')
    expect(Object.keys(await keysOf(name)).toSorted()).toEqual([pair.accessKeyId, other.accessKeyId].toSorted())
    await ask('UpdateAccessKey', { UserName: name, AccessKeyId: other.accessKeyId, Status: 'Inactive' })
    const done = await inside(['rotate', '--yes'], setting(home))
    expect(done.code, done.stderr).toBe(0)
    expect(done.stderr).toContain(`${short(other.accessKeyId)}, for good`)
    const fresh = pairIn(read(home, '.aws/credentials'))
    expect(await keysOf(name)).toEqual({ [pair.accessKeyId]: 'Inactive', [fresh.accessKeyId]: 'Active' })
    const third = await makeUser()
    await makeKey(third.name)
    const again = makeHome({ '.aws/credentials': section('default', third.pair) })
    expect(await inside(['rotate', '--yes', '--delete-other'], setting(again))).toMatchObject({ code: 0 })
  })

  test('waits until AWS knows the new key everywhere', async () => {
    const { name, pair } = await makeUser()
    const home = makeHome({ '.aws/credentials': section('default', pair) })
    here.authority.propagation(1)
    try {
      const { code, stderr } = await inside(['rotate', '--yes'], setting(home))
      expect(code, stderr).toBe(0)
    } finally {
      here.authority.propagation(0)
    }
    expect(Object.values(await keysOf(name)).toSorted()).toEqual(['Active', 'Inactive'])
  })

  test.each([
    ['making the new one', ['ListAccessKeys', 'UpdateAccessKey', 'DeleteAccessKey']],
    ['making the old one inactive', ['ListAccessKeys', 'CreateAccessKey', 'DeleteAccessKey']],
  ])('takes everything back when AWS refuses %s', async (_, allowed) => {
    const { name, pair } = await makeUser(allowed)
    const before = section('default', pair, 'region = eu-west-1\n')
    const home = makeHome({ '.aws/credentials': before })
    const { code, stderr } = await inside(['rotate', '--yes'], setting(home))
    expect(code).toBe(1)
    expect(stderr).toContain('AccessDenied')
    expect(stderr).toContain('the old key works as before')
    expect(read(home, '.aws/credentials')).toBe(before)
    expect(await keysOf(name)).toEqual({ [pair.accessKeyId]: 'Active' })
    expect(records(home)).toEqual([])
    expect(await inside(['check'], setting(home))).toMatchObject({ code: 0 })
  })

  test('says which key is left when not even that can be taken back', async () => {
    const { name, pair } = await makeUser(['ListAccessKeys', 'CreateAccessKey'])
    const home = makeHome({ '.aws/credentials': section('default', pair) })
    const { code, stderr } = await inside(['rotate', '--yes'], setting(home))
    expect(code).toBe(1)
    expect(stderr).toMatch(/The new key AKIA….{4} is still there/)
    expect(read(home, '.aws/credentials')).toBe(section('default', pair))
    expect(Object.values(await keysOf(name))).toEqual(['Active', 'Active'])
    // Once it is allowed, the next run goes on with that very key.
    const Statement = [{ Effect: 'Allow', Action: 'iam:*AccessKey*', Resource: '*' }]
    await ask('PutUserPolicy', {
      UserName: name,
      PolicyName: 'more',
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
    })
    const made = Object.keys(await keysOf(name)).find((id) => id !== pair.accessKeyId)!
    const next = await inside(['rotate', '--yes'], setting(home))
    expect(next.code, next.stderr).toBe(0)
    expect(next.stderr).toContain('with the rotation that began at')
    expect(pairIn(read(home, '.aws/credentials')).accessKeyId).toBe(made)
    expect(await keysOf(name)).toEqual({ [pair.accessKeyId]: 'Inactive', [made]: 'Active' })
  })

  test('with --with-profile lets somebody else ask IAM', async () => {
    const { name, pair } = await makeUser([])
    const files = { '.aws/credentials': section('default', pair) + section('admin', here.authority.root) }
    const home = makeHome(files)
    expect(await inside(['rotate', '--yes'], setting(home))).toMatchObject({ code: 1 })
    const { code, stderr } = await inside(['rotate', '--yes', '--with-profile', 'admin'], setting(home))
    expect(code, stderr).toBe(0)
    pairIn(read(home, '.aws/credentials'))
    expect(Object.values(await keysOf(name)).toSorted()).toEqual(['Active', 'Inactive'])
  })

  test('changes nothing with --dry-run, and tells programs what it would do', async () => {
    const { name, pair } = await makeUser()
    const home = makeHome({ '.aws/credentials': section('default', pair) })
    const { code, stdout } = await inside(['rotate', '--dry-run', '--json'], setting(home))
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'countersign.rotate/1',
      keys: [
        {
          profile: 'default',
          status: 'would-rotate',
          user: `arn:aws:iam::123456789012:user/${name}`,
          oldKey: pair.accessKeyId,
          places: [{ file: join(home, '.aws/credentials'), line: 1, section: 'default' }],
        },
      ],
    })
    expect(read(home, '.aws/credentials')).toBe(section('default', pair))
    expect(Object.keys(await keysOf(name))).toEqual([pair.accessKeyId])
  })

  test('with --all takes each key once, leaves young ones, and passes over profiles without a key', async () => {
    const one = await makeUser()
    const home = makeHome({
      '.aws/credentials': section('a', one.pair) + section('b', one.pair),
      '.aws/config': '[profile role]\nrole_arn = arn:aws:iam::123456789012:role/x\nsource_profile = a\n',
    })
    const young = await inside(['rotate', '--all', '--older-than', '90d', '--yes', '--json'], setting(home))
    expect(young.code, young.stderr).toBe(0)
    expect(JSON.parse(young.stdout).keys).toMatchObject([{ profile: 'a', status: 'young' }])
    const done = await inside(['rotate', '--all', '--yes', '--json'], setting(home))
    expect(JSON.parse(done.stdout).keys).toMatchObject([{ profile: 'a', status: 'rotated', oldKeyIs: 'inactive' }])
    const fresh = pairIn(read(home, '.aws/credentials'))
    expect(read(home, '.aws/credentials')).toBe(section('a', fresh) + section('b', fresh))
  })

  test.each([
    [
      'a role, and names the profile to rotate',
      '[profile x]\nrole_arn = arn:aws:iam::123456789012:role/x\nsource_profile = base\n',
      'countersign rotate base',
    ],
    ['a session', '', 'it holds a session'],
    ['a key that AWS does not know', '', 'AWS does not accept its key'],
  ])('refuses %s', async (what, config, says) => {
    const session = what === 'a session'
    const pair = session ? here.session : here.alice
    const token = session ? `aws_session_token = ${here.session.sessionToken}\n` : ''
    const foreign = what.startsWith('a key') ? { ...pair, accessKeyId: 'AKIAQQQQQQQQQQQQQQQQ' } : pair
    const home = makeHome({
      '.aws/config': config,
      '.aws/credentials': section(config === '' ? 'x' : 'base', foreign, token),
    })
    const { code, stderr } = await inside(['rotate', 'x', '--yes'], setting(home))
    expect(code).toBe(1)
    expect(stderr.replace(/\s+/g, ' ')).toContain(says)
  })

  test('replaces a key in the vault under every name that it has there, and leaves no secret on the disk', async () => {
    const { name, pair } = await makeUser()
    const own = (profile: string) => `credential_process = ${process.execPath} ${main} process ${profile}\n`
    const home = makeHome({ '.aws/config': `[profile dev]\n${own('dev')}[profile ci]\n${own('ci')}` })
    await fillVault(home, { 'profile/dev': keyItem(pair), 'profile/ci': keyItem(pair) })
    const { env } = setting(home)
    const kept = { home, env: { ...env, ...vaultEnv } }
    const { code, stderr } = await inside(['rotate', 'dev', '--yes'], kept)
    expect(code, stderr).toBe(0)
    expect(stderr).toContain('profile/ci in the vault')
    const printed = await Promise.all(
      ['dev', 'ci'].map(async (profile) => JSON.parse((await inside(['process', profile], kept)).stdout)),
    )
    const [fresh] = printed
    noteSecret('secret key', fresh.SecretAccessKey)
    expect(printed).toEqual([fresh, fresh])
    expect(await keysOf(name)).toEqual({ [pair.accessKeyId]: 'Inactive', [fresh.AccessKeyId]: 'Active' })
    const everything = readdirSync(home, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    expect(everything.filter((text) => text.includes(fresh.SecretAccessKey))).toEqual([])
  })

  test('says how to go on where IAM wants a second factor for it', async () => {
    const { pair } = await makeUser([])
    const home = makeHome({ '.aws/credentials': section('dev', pair) })
    const { code, stderr } = await inside(['rotate', 'dev', '--yes'], setting(home))
    expect(code).toBe(1)
    expect(stderr.replace(/\s+/g, ' ')).toContain('countersign login dev')
  })

  test.skipIf(!has('aws'))('leaves a profile that the AWS CLI uses', async () => {
    const { name, pair } = await makeUser()
    const home = makeHome({ '.aws/credentials': section('dev', pair) })
    expect(await inside(['rotate', 'dev', '--yes', '--delete-after', 'now'], setting(home))).toMatchObject({
      code: 0,
    })
    pairIn(read(home, '.aws/credentials'))
    const { env } = setting(home)
    const asked = ['sts', 'get-caller-identity', '--profile', 'dev', '--query', 'Arn', '--output', 'text']
    // What starts it may need the home of the person who runs the tests.
    const files = {
      AWS_SHARED_CREDENTIALS_FILE: join(home, '.aws/credentials'),
      AWS_CONFIG_FILE: join(home, '.aws/config'),
    }
    const { stdout } = await run('aws', asked, {
      env: { ...process.env, ...env, AWS_DEFAULT_REGION: 'eu-west-1', ...files },
    })
    expect(stdout.trim()).toBe(`arn:aws:iam::123456789012:user/${name}`)
  })

  test('asks before it does anything, and does nothing where nobody can be asked', async () => {
    const { name, pair } = await makeUser()
    const home = makeHome({ '.aws/credentials': section('default', pair) })
    expect(await inside(['rotate'], setting(home))).toMatchObject({ code: 2 })
    const no = inTerminal(['rotate'], setting(home))
    await no.until('Replace one key?')
    no.type('n\r')
    expect(await no.ended).toBe(1)
    const cut = inTerminal(['rotate'], setting(home))
    await cut.until('Replace one key?')
    cut.type('\x03')
    expect(await cut.ended).toBe(130)
    expect(Object.keys(await keysOf(name))).toEqual([pair.accessKeyId])
    expect(read(home, '.aws/credentials')).toBe(section('default', pair))
  })

  test('goes on after a kill at any moment: in the end one key works and stands in the file', async () => {
    // Seed 7: the moments are drawn, the same in every run.
    let seed = 7
    const draw = () => {
      seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff
      return seed / 0x7fffffff
    }
    const { name, pair } = await makeUser()
    const home = makeHome({ '.aws/credentials': section('default', pair) })
    // Each run waits six seconds first, until it takes the dead one's turn over.
    for (let turn = 0; turn < 6; turn += 1) {
      const { child, outcome } = startCountersign(['rotate', '--yes', '--debug'], setting(home))
      const requests = Math.floor(draw() * 9)
      let seen = 0
      child.stderr!.on('data', (text: Buffer) => {
        seen += String(text).split('answer ').length - 1
        if (seen > requests) child.kill('SIGKILL')
      })
      await outcome
      expect(await inside(['check', '--quiet'], setting(home)), `killed after ${requests} answers`).toMatchObject({
        code: 0,
      })
    }
    const last = await inside(['rotate', '--yes'], setting(home))
    expect(last.code, last.stderr).toBe(0)
    const fresh = pairIn(read(home, '.aws/credentials'))
    expect((await keysOf(name))[fresh.accessKeyId]).toBe('Active')
    await inside(['rotate', '--finish', '--yes'], setting(home))
    expect(await keysOf(name)).toEqual({ [fresh.accessKeyId]: 'Active' })
  }, 60_000)
})
