import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Secret } from '../../../src/anatomy/secret.ts'
import { ownDirectory } from '../../../src/holder/files/own-directory.ts'
import { overlayMachine } from '../../../src/holder/machine/overlay.ts'
import { realDisk } from '../../../src/holder/machine/real-disk.ts'
import {
  forgetAllSessions,
  forgetSession,
  isFresh,
  readSession,
  type Session,
  writeSession,
} from '../../../src/holder/vault/index.ts'
import { open, seal } from '../../../src/holder/vault/sealed.ts'
import { atHome, directory } from './place.ts'

const disk = realDisk()
const minute = 60_000

function session(from: Date, minutes = 60): Session {
  return {
    accessKeyId: 'ASIAQRSTUVWXQRSTUVWX',
    secretAccessKey: new Secret('not a secret, but as long as one is '),
    sessionToken: new Secret('not a token, but it must not be read'.repeat(20)),
    issuedAt: from,
    expiration: new Date(from.getTime() + minutes * minute),
    account: '123456789012',
    arn: 'arn:aws:sts::123456789012:assumed-role/ops/me',
  }
}

describe('a kept session', () => {
  test('comes back whole, and nothing of it stands readable on the disk', async () => {
    const machine = atHome()
    const kept = session(machine.now())
    await writeSession(machine, disk, 'a name', kept)
    const read = await readSession(machine, 'a name')
    expect(read).toMatchObject({ ...kept, secretAccessKey: {}, sessionToken: {} })
    expect(read?.secretAccessKey.reveal()).toBe(kept.secretAccessKey.reveal())
    expect(read?.sessionToken.reveal()).toBe(kept.sessionToken.reveal())
    for (const { path } of filesIn(machine.env('HOME')!)) {
      const text = readFileSync(path, 'latin1')
      for (const part of ['not a secret', 'not a token', kept.accessKeyId, 'assumed-role'])
        expect(text.includes(part)).toBe(false)
      expect(statSync(path).mode & 0o077).toBe(0)
    }
  })

  test('is not found under another name, nor once it is over', async () => {
    const machine = atHome()
    await writeSession(machine, disk, 'one', session(machine.now()))
    expect(await readSession(machine, 'two')).toBeNull()
    const later = overlayMachine(machine, { now: new Date(machine.now().getTime() + 61 * minute) })
    expect(await readSession(later, 'one')).toBeNull()
  })

  test('cannot be moved to another name', async () => {
    const machine = atHome()
    await writeSession(machine, disk, 'one', session(machine.now()))
    await writeSession(machine, disk, 'two', session(machine.now(), 30))
    const [a, b] = filesIn(ownDirectory(machine, 'sessions')).filter(({ name }) => name.endsWith('.session'))
    writeFileSync(a!.path, readFileSync(b!.path))
    const read = [await readSession(machine, 'one'), await readSession(machine, 'two')]
    expect(read.filter((each) => each !== null)).toHaveLength(1)
  })

  test('is no session any more when bytes of it are changed or missing', async () => {
    const machine = atHome()
    await writeSession(machine, disk, 'one', session(machine.now()))
    const file = filesIn(ownDirectory(machine, 'sessions')).find(({ name }) => name.endsWith('.session'))!.path
    const whole = readFileSync(file)
    for (let at = 0; at < whole.length; at += 7) {
      const changed = Buffer.from(whole)
      changed[at]! ^= 1
      writeFileSync(file, changed)
      expect(await readSession(machine, 'one')).toBeNull()
      writeFileSync(file, whole.subarray(0, at))
      expect(await readSession(machine, 'one')).toBeNull()
    }
    writeFileSync(file, whole)
    expect(await readSession(machine, 'one')).not.toBeNull()
  })

  test('is dropped alone or with all others', async () => {
    const machine = atHome()
    for (const name of ['a', 'b', 'c']) await writeSession(machine, disk, name, session(machine.now()))
    forgetSession(machine, disk, 'a')
    forgetSession(machine, disk, 'never there')
    expect(await readSession(machine, 'a')).toBeNull()
    expect(await readSession(machine, 'b')).not.toBeNull()
    expect(forgetAllSessions(machine, disk)).toBe(2)
    expect(await readSession(machine, 'b')).toBeNull()
  })

  test('is taken away in passing when it is long over and there are many', async () => {
    const machine = atHome()
    const past = new Date(Date.now() - 49 * 60 * minute)
    for (let count = 0; count < 70; count += 1) await writeSession(machine, disk, `old ${count}`, session(past))
    for (const { path } of filesIn(ownDirectory(machine, 'sessions'))) utimesSync(path, past, past)
    await writeSession(machine, disk, 'new', session(machine.now()))
    const left = filesIn(ownDirectory(machine, 'sessions')).map(({ name }) => name.replace(/^\w{64}/, ''))
    expect(left.sort()).toEqual(['.session', 'session-key'])
    expect(await readSession(machine, 'new')).not.toBeNull()
  })

  test('is fresh while more than 15 minutes are left, of a short one a quarter', () => {
    const begun = new Date('2026-11-28T12:00:00Z')
    const at = (minutes: number) => new Date(begun.getTime() + minutes * minute)
    expect(isFresh(session(begun, 60), at(44))).toBe(true)
    expect(isFresh(session(begun, 60), at(46))).toBe(false)
    expect(isFresh(session(begun, 15), at(0))).toBe(true)
    expect(isFresh(session(begun, 15), at(12))).toBe(false)
  })
})

describe('the key of the sessions', () => {
  test('is in the directory that ends with the login, where there is one, and away from the sessions', async () => {
    const runtime = directory()
    const machine = atHome({ XDG_RUNTIME_DIR: runtime })
    await writeSession(machine, disk, 'one', session(machine.now()))
    expect(readFileSync(join(runtime, 'countersign', 'session-key'))).toHaveLength(32)
    expect(statSync(join(runtime, 'countersign', 'session-key')).mode & 0o777).toBe(0o600)
    expect(filesIn(machine.env('HOME')!).map(({ name }) => name.slice(-8))).toEqual(['.session'])
    // The person has logged out: what was kept cannot be opened by anybody.
    const next = overlayMachine(machine, { env: { XDG_RUNTIME_DIR: directory() } })
    expect(await readSession(next, 'one')).toBeNull()
    await writeSession(next, disk, 'one', session(machine.now()))
    expect(await readSession(next, 'one')).not.toBeNull()
  })

  test('is beside the sessions where that directory is none, is not there, or cannot be used', async () => {
    const blocked = directory()
    mkdirSync(join(blocked, 'countersign', 'session-key'), { recursive: true })
    const missing = join(directory(), 'missing')
    for (const runtime of ['run', missing, blocked]) {
      const machine = atHome({ XDG_RUNTIME_DIR: runtime })
      await writeSession(machine, disk, 'one', session(machine.now()))
      expect(filesIn(ownDirectory(machine, 'sessions')).map(({ name }) => name)).toContain('session-key')
      expect(await readSession(machine, 'one')).not.toBeNull()
    }
    expect(existsSync(missing)).toBe(false)
  })

  test('is made anew when what stands there is none', async () => {
    const machine = atHome()
    await writeSession(machine, disk, 'one', session(machine.now()))
    const key = join(ownDirectory(machine, 'sessions'), 'session-key')
    writeFileSync(key, 'short')
    expect(await readSession(machine, 'one')).toBeNull()
    await writeSession(machine, disk, 'one', session(machine.now()))
    expect(await readSession(machine, 'one')).not.toBeNull()
  })
})

describe('sealing', () => {
  test('is XChaCha20-Poly1305, as its draft computes it', async () => {
    // draft-irtf-cfrg-xchacha-03, A.3.1; the key, nonce, text and tag stand there.
    const hex = (text: string) => new Uint8Array(Buffer.from(text.replace(/\s/g, ''), 'hex'))
    const plain = new TextEncoder().encode(
      "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
    )
    const key = hex('808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f')
    const nonce = hex('404142434445464748494a4b4c4d4e4f5051525354555657')
    const { xchacha20poly1305 } = await import('@noble/ciphers/chacha.js')
    const sealed = xchacha20poly1305(key, nonce, hex('50515253c0c1c2c3c4c5c6c7')).encrypt(plain)
    expect(Buffer.from(sealed).toString('hex')).toBe(
      'bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff921f9664c97637da9768812f615c68b13b52ec0875924c1c7987947deafd8780acf49',
    )
  })

  test('never draws the same nonce, and opens under its own key alone', async () => {
    const key = new Uint8Array(32).fill(1)
    const plain = new TextEncoder().encode('text')
    const [a, b] = [await seal(key, plain, 'x'), await seal(key, plain, 'x')]
    expect(Buffer.compare(a, b)).not.toBe(0)
    expect(open(key, a, 'x')).toEqual(plain)
    expect(open(new Uint8Array(32), a, 'x')).toBeNull()
    expect(open(key, a, 'y')).toBeNull()
    expect(open(key, new Uint8Array(), 'x')).toBeNull()
  })
})

function filesIn(root: string): readonly { readonly name: string; readonly path: string }[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => ({ name: entry.name, path: join(entry.parentPath, entry.name) }))
}
