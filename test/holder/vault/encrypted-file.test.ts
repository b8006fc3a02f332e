import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { Decrypter, Encrypter, generateX25519Identity } from 'age-encryption'
import { describe, expect, test } from 'vitest'
import { Secret } from '../../../src/anatomy/secret.ts'
import type { Machine } from '../../../src/holder/machine/machine.ts'
import { realDisk } from '../../../src/holder/machine/real-disk.ts'
import {
  openEncryptedFile,
  type Unlocking,
  type Vault,
  type VaultItem,
  vaultFile,
} from '../../../src/holder/vault/index.ts'
import { atHome } from './place.ts'

const key = (accessKeyId = 'AKIAQRSTUVWXQRSTUVWX'): VaultItem => ({
  kind: 'access-key',
  accessKeyId,
  secretAccessKey: new Secret('a secret that nobody may read here'),
  sessionToken: null,
})
const seed: VaultItem = {
  kind: 'totp-seed',
  serial: 'arn:aws:iam::123456789012:mfa/alice',
  seed: new Secret('JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'),
}

/** A thousandth of the work that age asks for by itself. */
const workFactor = 8

function by(passphrase: string | null, asked: { fresh: boolean; again: boolean }[] = []): Unlocking {
  return {
    kind: 'passphrase',
    workFactor,
    async ask(how) {
      asked.push(how)
      return passphrase === null ? null : new Secret(passphrase)
    },
  }
}

const open = (machine: Machine, unlocking: Unlocking): Vault => openEncryptedFile(machine, realDisk(), unlocking)

const code = async (work: Promise<unknown>): Promise<string> =>
  await work.then(
    () => 'fine',
    (error) => error.code,
  )

describe('a vault in a file', () => {
  test('gives back what was put, and asks once for its passphrase', async () => {
    const machine = atHome()
    const asked: { fresh: boolean; again: boolean }[] = []
    const vault = open(machine, by('pass', asked))
    expect(await vault.get('profile/dev')).toBeNull()
    expect(asked).toEqual([])
    await vault.put('profile/dev', key())
    await vault.put('device/x', seed)
    await vault.remove('never there')
    expect(await vault.names()).toEqual(['device/x', 'profile/dev'])
    expect(asked).toEqual([{ fresh: true, again: false }])
    const later = open(machine, by('pass'))
    const item = await later.get('profile/dev')
    expect(item?.kind === 'access-key' && item.secretAccessKey.reveal()).toBe('a secret that nobody may read here')
    await later.remove('profile/dev')
    expect(await open(machine, by('pass')).names()).toEqual(['device/x'])
  })

  test('is one file for its owner alone, and tells nothing, not even names', async () => {
    const machine = atHome()
    await open(machine, by('pass')).put('profile/dev', key())
    const file = vaultFile(machine)
    expect(readdirSync(dirname(file))).toEqual(['vault.age'])
    expect([statSync(file).mode & 0o777, statSync(dirname(file)).mode & 0o777]).toEqual([0o600, 0o700])
    const text = readFileSync(file, 'latin1')
    for (const part of ['dev', 'AKIA', 'secret']) expect(text.includes(part)).toBe(false)
  })

  test('is opened by the age of others, and opens what they wrote', async () => {
    const machine = atHome()
    await open(machine, by('pass')).put('profile/dev', key())
    const decrypter = new Decrypter()
    decrypter.addPassphrase('pass')
    const text = await decrypter.decrypt(new Uint8Array(readFileSync(vaultFile(machine))), 'text')
    expect(Object.keys(JSON.parse(text).items)).toEqual(['profile/dev'])
    const encrypter = new Encrypter()
    encrypter.setPassphrase('other')
    encrypter.setScryptWorkFactor(workFactor)
    writeFileSync(vaultFile(machine), await encrypter.encrypt(text))
    expect((await open(machine, by('other')).get('profile/dev'))?.kind).toBe('access-key')
  })

  const hasAge = spawnSync('age', ['--version']).status === 0
  test.skipIf(!hasAge)('is opened by age(1) with an identity of age-keygen(1) (skipped without them)', async () => {
    const machine = atHome()
    const { stdout } = spawnSync('age-keygen', { encoding: 'utf8' })
    const identity = /AGE-SECRET-KEY-1\w+/.exec(stdout)![0]
    await open(machine, { kind: 'identity', identities: [new Secret(identity)] }).put('profile/dev', key())
    const home = machine.env('HOME')!
    writeFileSync(`${home}/identity`, stdout)
    const opened = spawnSync('age', ['--decrypt', '-i', `${home}/identity`, vaultFile(machine)], { encoding: 'utf8' })
    expect(opened.status).toBe(0)
    expect(opened.stdout).toContain('"profile/dev"')
  })

  test('asks again after a wrong passphrase, three times in all, and leaves the file as it is', async () => {
    const machine = atHome()
    await open(machine, by('pass')).put('profile/dev', key())
    const before = readFileSync(vaultFile(machine))
    const answers = ['no', 'nor this', 'pass']
    const unlocking: Unlocking = { kind: 'passphrase', ask: async () => new Secret(answers.shift()!) }
    expect(await open(machine, unlocking).names()).toEqual(['profile/dev'])
    const asked: { fresh: boolean; again: boolean }[] = []
    expect(await code(open(machine, by('wrong', asked)).get('profile/dev'))).toBe('vault-locked')
    expect(asked.map(({ again }) => again)).toEqual([false, true, true])
    expect(await code(open(machine, by('wrong')).put('profile/x', key()))).toBe('vault-locked')
    expect(await code(open(machine, by(null)).get('profile/dev'))).toBe('vault-locked')
    expect(readFileSync(vaultFile(machine))).toEqual(before)
  })

  test('opens with an identity, and with none but that', async () => {
    const machine = atHome()
    const [mine, other] = [await generateX25519Identity(), await generateX25519Identity()]
    const unlocking = (...identities: string[]): Unlocking => ({
      kind: 'identity',
      identities: identities.map((each) => new Secret(each)),
    })
    await open(machine, unlocking(mine)).put('profile/dev', key())
    expect(await open(machine, unlocking(other, mine)).names()).toEqual(['profile/dev'])
    expect(await code(open(machine, unlocking(other)).names())).toBe('vault-locked')
    expect(await code(open(machine, by('pass')).names())).toBe('vault-locked')
  })

  test.each([
    ['cut at its end', (bytes: Buffer) => bytes.subarray(0, -1)],
    ['cut in its head', (bytes: Buffer) => bytes.subarray(0, 40)],
    ['empty', () => Buffer.alloc(0)],
    ['another file', () => Buffer.from('hello\n')],
    [
      'changed in its last byte',
      (bytes: Buffer) => Buffer.concat([bytes.subarray(0, -1), Buffer.from([bytes.at(-1)! ^ 1])]),
    ],
  ])('that is %s is said to be damaged, and is not written over', async (_what, harm) => {
    const machine = atHome()
    await open(machine, by('pass')).put('profile/dev', key())
    const harmed = harm(readFileSync(vaultFile(machine)))
    writeFileSync(vaultFile(machine), harmed)
    expect(await code(open(machine, by('pass')).get('profile/dev'))).toBe('syntax')
    expect(await code(open(machine, by('pass')).put('profile/x', key()))).toBe('syntax')
    expect(readFileSync(vaultFile(machine)).equals(harmed)).toBe(true)
  })

  test('of a later version is left alone, and an item of a later kind is kept', async () => {
    const machine = atHome()
    const write = async (content: unknown) => {
      const encrypter = new Encrypter()
      encrypter.setPassphrase('pass')
      encrypter.setScryptWorkFactor(workFactor)
      mkdirSync(dirname(vaultFile(machine)), { recursive: true })
      writeFileSync(vaultFile(machine), await encrypter.encrypt(JSON.stringify(content)))
    }
    await write({ version: 2, items: {} })
    expect(await code(open(machine, by('pass')).put('profile/dev', key()))).toBe('syntax')
    await write({ version: 1, items: { 'passkey/me': { kind: 'passkey', more: [1] } } })
    await open(machine, by('pass')).put('profile/dev', key())
    const decrypter = new Decrypter()
    decrypter.addPassphrase('pass')
    const text = await decrypter.decrypt(new Uint8Array(readFileSync(vaultFile(machine))), 'text')
    expect(JSON.parse(text).items['passkey/me']).toEqual({ kind: 'passkey', more: [1] })
  })

  test('loses nothing when several write at once', async () => {
    const machine = atHome()
    await open(machine, by('pass')).put('profile/first', key())
    const names = ['a', 'b', 'c']
    await Promise.all(names.map((name) => open(machine, by('pass')).put(`profile/${name}`, key())))
    expect(await open(machine, by('pass')).names()).toEqual(['profile/a', 'profile/b', 'profile/c', 'profile/first'])
  })
})
