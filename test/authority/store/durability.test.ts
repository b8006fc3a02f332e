import { spawn } from 'node:child_process'
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { MfaDevice } from '../../../src/authority/model/entities.ts'
import type { Store } from '../../../src/authority/model/store.ts'
import { mintRingKey, mintSecretAccessKey, mintSeed } from '../../../src/authority/sessions/mint.ts'
import { openSqliteStore, type SqliteStoreOptions } from '../../../src/authority/store/sqlite.ts'
import { decision, device, key, user } from '../../store.suite.ts'

const masterKey = new Uint8Array(32).fill(7)
const writer = fileURLToPath(new URL('./writer.ts', import.meta.url))

let directory: string
let path: string
let opened: Store[]
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'countersign-durability-'))
  path = join(directory, 'authority.sqlite')
  opened = []
})
afterEach(async () => {
  for (const store of opened) await store.close()
  rmSync(directory, { recursive: true, force: true })
})

function open(over: Partial<SqliteStoreOptions> = {}): Store {
  const store = openSqliteStore({ path, masterKey, now: () => 0, pollEvery: 5, ...over })
  opened.push(store)
  return store
}

/** Why: an answer that was given must be true after the machine was switched off, and a half-made user is worse than none. */
describe('a process that is killed in the middle of its commits', () => {
  test.each([1, 50, 400])(
    'loses nothing that it acknowledged, and leaves no half, after %i commits',
    async (enough) => {
      const child = spawn(process.execPath, [writer, path], { stdio: ['ignore', 'pipe', 'inherit'] })
      const gone = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)))
      let acknowledged = -1
      for await (const line of createInterface({ input: child.stdout })) {
        acknowledged = Number(line)
        if (acknowledged + 1 >= enough) child.kill('SIGKILL')
      }
      expect(await gone).toBe('SIGKILL')
      const { seq, entities } = await open().load()
      const found = { user: new Set<string>(), 'access-key': new Set<string>() }
      for await (const { entity } of entities) {
        if (entity.kind === 'user') found.user.add(entity.name)
        if (entity.kind === 'access-key') found['access-key'].add(entity.id.replace('AKIA-K', 'u'))
      }
      for (let n = 0; n <= acknowledged; n += 1) expect(found.user).toContain(`u${n}`)
      expect(found['access-key']).toEqual(found.user)
      // The log tells the same as the tables.
      expect(seq).toBe(2 * found.user.size)
    },
  )
})

/** Why: `serve --workers` and offline commands open one file together. */
describe('several processes on one file', () => {
  test('see each other’s commits, in one order without gaps', async () => {
    const here = open({ lockTimeout: 10_000 })
    let told = 0
    here.onCommit(() => {
      told += 1
    })
    const child = spawn(process.execPath, [writer, path], { stdio: ['ignore', 'pipe', 'inherit'] })
    const gone = new Promise((resolve) => child.once('exit', resolve))
    for await (const line of createInterface({ input: child.stdout })) {
      await here.commit([{ op: 'put', entity: { ...user(`here${line}`), path: '/here/' }, expect: 0 }])
      if (Number(line) >= 100) child.kill('SIGKILL')
    }
    await gone
    const records = await here.changesAfter(0, 10_000)
    expect(records.map(({ seq }) => seq)).toEqual(records.map((_, index) => index + 1))
    expect(records.filter(({ entity }) => entity?.kind === 'user' && entity.path === '/here/').length).toBeGreaterThan(
      100,
    )
    expect(records.filter(({ kind }) => kind === 'access-key').length).toBeGreaterThan(100)
    expect(told).toBeGreaterThan(0)
  })

  test('hear of the other’s commit without asking', async () => {
    const [one, other] = [open(), open()]
    let heard = false
    one.onCommit(() => {
      heard = true
    })
    await other.commit([{ op: 'put', entity: user('a'), expect: 0 }])
    while (!heard) await nextTurn()
    expect(await one.changesAfter(0, 10)).toHaveLength(1)
  })

  test('never both change the same version', async () => {
    const [one, other] = [open(), open()]
    await one.commit([{ op: 'put', entity: user('a'), expect: 0 }])
    await other.commit([{ op: 'put', entity: { ...user('a'), path: '/other/' }, expect: 1 }])
    await expect(one.commit([{ op: 'put', entity: user('a'), expect: 1 }])).rejects.toMatchObject({ code: 'conflict' })
  })

  test('give up with words when the other one holds the lock for too long', async () => {
    const store = open({ lockTimeout: 10 })
    const other = new DatabaseSync(path)
    other.exec('BEGIN IMMEDIATE')
    await expect(store.commit([{ op: 'put', entity: user('a'), expect: 0 }])).rejects.toMatchObject({
      code: 'store',
      message: expect.stringContaining('another process keeps the database locked'),
    })
    other.exec('ROLLBACK')
    other.close()
    expect((await store.commit([{ op: 'put', entity: user('a'), expect: 0 }])).seq).toBe(1)
  })
})

/** Why: a stolen backup must be worthless without the master key. */
describe('secrets at rest', () => {
  test('stand nowhere in the files: not in the tables, the log, the write-ahead log, nor after removal', async () => {
    const store = open()
    const secrets: string[] = []
    const keep = (secret: string) => secrets[secrets.push(secret) - 1] as string
    const phone: MfaDevice = { ...device, seed: keep(mintSeed()) }
    const ring = mintRingKey('2026-11-28T12:00:00Z', [])
    keep(ring.secret)
    await store.commit([
      { op: 'put', entity: { ...key('A'), secret: keep(mintSecretAccessKey()) }, expect: 0 },
      { op: 'put', entity: phone, expect: 0 },
      { op: 'put', entity: ring, expect: 0 },
    ])
    await store.commit([
      { op: 'put', entity: { ...key('A'), secret: keep(mintSecretAccessKey()) }, expect: 1 },
      { op: 'remove', kind: 'mfa-device', key: phone.serialNumber, expect: 1 },
    ])
    await store.appendDecisions([decision('r1', {})])
    const read = () => readdirSync(directory).map((name) => readFileSync(join(directory, name)))
    const before = read()
    await store.close()
    const files = [...before, ...read()]
    expect(files.length).toBeGreaterThan(2)
    // Something that must be there: the search does find what stands in the clear.
    expect(files.some((bytes) => bytes.includes('AKIA-A'))).toBe(true)
    for (const secret of secrets) {
      const forms = [secret, Buffer.from(secret, 'base64'), Buffer.from(secret).toString('hex')]
      for (const form of forms) expect(files.some((bytes) => bytes.includes(form))).toBe(false)
    }
  })

  test('open only where they belong', async () => {
    const store = open()
    await store.commit([
      { op: 'put', entity: key('A'), expect: 0 },
      { op: 'put', entity: key('B'), expect: 0 },
    ])
    await store.close()
    const database = new DatabaseSync(path)
    database.exec(`UPDATE entity SET sealed = (SELECT sealed FROM entity WHERE key = 'AKIA-A') WHERE key = 'AKIA-B'`)
    database.close()
    const { entities } = await open().load()
    const read = async () => {
      for await (const _ of entities);
    }
    await expect(read()).rejects.toMatchObject({ code: 'store', data: { place: 'access-key AKIA-B' } })
  })

  test.skipIf(process.platform === 'win32')('lie in files that only their owner reads', async () => {
    await open().commit([{ op: 'put', entity: key('A'), expect: 0 }])
    const modes = readdirSync(directory).map((name) => statSync(join(directory, name)).mode & 0o777)
    expect(modes).toEqual(modes.map(() => 0o600))
    expect(modes.length).toBeGreaterThan(1)
  })
})

/** Why: SQLite goes on writing into a file without a name, and all that was acknowledged is gone when the process ends. */
describe.skipIf(process.platform === 'win32')('a database whose files do not keep their place while it is open', () => {
  const put = (name: string) => [{ op: 'put', entity: user(name), expect: 0 }] as const
  const writings: readonly [string, (store: Store) => Promise<unknown>][] = [
    ['commit', (store) => store.commit(put('b'))],
    ['clear', (store) => store.clear()],
    ['touchKeys', (store) => store.touchKeys([])],
    ['appendDecisions', (store) => store.appendDecisions([decision('r1', {})])],
    ['changesAfter', (store) => store.changesAfter(0, 10)],
    ['load', (store) => store.load()],
  ]

  test.each(writings)('refuses %s when the database was removed', async (_, call) => {
    const store = open()
    await store.commit(put('a'))
    rmSync(path)
    await expect(call(store)).rejects.toMatchObject({
      code: 'store',
      message: expect.stringContaining('has been removed'),
      data: { path },
    })
  })

  test('refuses writing when only the write-ahead log was removed', async () => {
    const store = open()
    await store.commit(put('a'))
    rmSync(`${path}-wal`)
    await expect(store.commit(put('b'))).rejects.toMatchObject({ code: 'store', data: { path: `${path}-wal` } })
  })

  test('refuses writing when another file has taken the name, even one of the same bytes', async () => {
    const store = open()
    await store.commit(put('a'))
    copyFileSync(path, `${path}.copy`)
    renameSync(`${path}.copy`, path)
    await expect(store.commit(put('b'))).rejects.toMatchObject({
      code: 'store',
      message: expect.stringContaining('has been replaced'),
    })
  })

  test('goes on when the file is put back, without what it refused', async () => {
    const store = open()
    await store.commit(put('a'))
    renameSync(path, `${path}.away`)
    await expect(store.commit(put('b'))).rejects.toMatchObject({ code: 'store' })
    renameSync(`${path}.away`, path)
    expect((await store.commit(put('c'))).seq).toBe(2)
    await store.close()
    const records = await open().changesAfter(0, 10)
    expect(records.map(({ key }) => key)).toEqual(['AIDA-a', 'AIDA-c'])
  })

  test('does not acknowledge a commit during which the file was removed', async () => {
    const store = open({
      now: () => {
        rmSync(path, { force: true })
        return 0
      },
    })
    await expect(store.commit(put('a'))).rejects.toMatchObject({ code: 'store' })
  })

  test('keeps its place through checkpoints, readers and other connections that come and go', async () => {
    const store = open()
    for (let n = 0; n < 30; n += 1) {
      await store.appendDecisions(Array.from({ length: 300 }, (_, i) => decision(`r${n}-${i}`, { userAgent: `${i}` })))
      const other = open()
      await other.commit(put(`u${n}`))
      for await (const _ of (await store.load()).entities);
      await other.close()
    }
    const database = new DatabaseSync(path)
    database.exec('PRAGMA wal_checkpoint(TRUNCATE); VACUUM')
    database.close()
    expect((await store.commit(put('last'))).seq).toBe(31)
  })
})

/** Why: all requests wait while the write-ahead log is brought into the database. */
test('the write-ahead log stays short, however much is written', async () => {
  const store = open()
  const batch = Array.from({ length: 256 }, (_, n) => decision('r'.repeat(36) + n, {}))
  for (let n = 0; n < 300; n += 1) await store.appendDecisions(batch)
  expect(statSync(path).size).toBeGreaterThan(2_000_000)
  expect(statSync(`${path}-wal`).size).toBeLessThan(2_000_000)
})

/** Why: an authority that starts with the wrong file would refuse everyone, or overwrite what is not its own. */
describe('a file that cannot be used as it is', () => {
  test('is refused with another master key, and still opens with its own', async () => {
    await open().commit([{ op: 'put', entity: key('A'), expect: 0 }])
    const wrong = () => open({ masterKey: new Uint8Array(32).fill(8) })
    expect(wrong).toThrow(
      expect.objectContaining({ code: 'store', message: expect.stringContaining('another master key') }),
    )
    expect((await open().load()).seq).toBe(1)
  })

  test('is refused when a newer Countersign wrote it, and left as it is', async () => {
    await open().close()
    const database = new DatabaseSync(path)
    database.exec('PRAGMA user_version = 99')
    database.close()
    const before = readFileSync(path)
    expect(() => open()).toThrow(
      expect.objectContaining({ code: 'store', message: expect.stringContaining('a newer Countersign (schema 99') }),
    )
    expect(readFileSync(path).equals(before)).toBe(true)
  })

  test('is refused when it is the database of another program, and left as it is', () => {
    const database = new DatabaseSync(path)
    database.exec('CREATE TABLE bookmarks (url TEXT)')
    database.close()
    const before = readFileSync(path)
    expect(() => open()).toThrow(
      expect.objectContaining({ code: 'store', message: expect.stringContaining('another program') }),
    )
    expect(readFileSync(path).equals(before)).toBe(true)
  })

  test('is refused when it is no database', () => {
    writeFileSync(path, 'aws_access_key_id = AKIA…\n'.repeat(100))
    expect(() => open()).toThrow(
      expect.objectContaining({ code: 'store', message: expect.stringContaining('not a database') }),
    )
  })

  test('is refused when it is a directory, or in none', () => {
    expect(() => open({ path: directory })).toThrow(expect.objectContaining({ code: 'store' }))
    expect(() => open({ path: join(directory, 'absent', 'a.sqlite') })).toThrow(
      expect.objectContaining({ code: 'store' }),
    )
  })

  test('is refused with a master key that is too short', () => {
    expect(() => open({ masterKey: new Uint8Array(16) })).toThrow(expect.objectContaining({ code: 'usage' }))
  })

  test('is refused with words when it was damaged', async () => {
    const store = open()
    for (let n = 0; n < 50; n += 1) await store.commit([{ op: 'put', entity: user(`u${n}`), expect: 0 }])
    await store.close()
    const bytes = readFileSync(path)
    // All pages but the first, which holds the schema.
    writeFileSync(path, Buffer.concat([bytes.subarray(0, 4096), Buffer.alloc(bytes.length - 4096, 0x5a)]))
    const load = async () => {
      for await (const _ of (await open().load()).entities);
    }
    await expect(load()).rejects.toMatchObject({ code: 'store', message: expect.stringContaining('damaged') })
  })
})
