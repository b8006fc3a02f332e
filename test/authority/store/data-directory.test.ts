import { spawn } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type DataDirectory, openDataDirectory } from '../../../src/authority/store/data-directory.ts'
import { openSqliteStore } from '../../../src/authority/store/sqlite.ts'

const posix = process.platform !== 'win32'
const root = process.getuid?.() === 0
const holder = fileURLToPath(new URL('./holder.ts', import.meta.url))

let parent: string
let path: string
let opened: DataDirectory[]
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'countersign-data-'))
  path = join(parent, 'data')
  opened = []
})
afterEach(() => {
  for (const directory of opened) directory.close()
  rmSync(parent, { recursive: true, force: true })
})

function open(masterKey?: string): DataDirectory {
  const directory = openDataDirectory({ path, masterKey })
  opened.push(directory)
  return directory
}

describe('a data directory', () => {
  test('is made with its master key, which it gives again the next time', () => {
    const first = open()
    first.close()
    const second = open()
    expect(second.masterKey).toEqual(first.masterKey)
    expect(first.masterKey).toHaveLength(32)
    expect(new Set(first.masterKey).size).toBeGreaterThan(8)
  })

  test('is made with all its parents', () => {
    path = join(path, 'a', 'b')
    open()
    expect(existsSync(join(path, 'master-key'))).toBe(true)
  })

  test.skipIf(!posix)('is for its owner alone, and so is everything in it', () => {
    const directory = open()
    openSqliteStore({ path: directory.databasePath, masterKey: directory.masterKey, now: () => 0 }).close()
    directory.writeRootCredentials({ id: 'AKIAIOSFODNN7EXAMPLE', secret: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' })
    expect(statSync(path).mode & 0o777).toBe(0o700)
    const files = readdirSync(path)
    expect(files).toEqual(
      expect.arrayContaining(['countersign.sqlite', 'master-key', 'root-credentials', 'server.lock']),
    )
    for (const name of files) expect([name, statSync(join(path, name)).mode & 0o777]).toEqual([name, 0o600])
  })

  test.skipIf(!posix)('that stood open and empty is closed to others', () => {
    mkdirSync(path)
    chmodSync(path, 0o777)
    open()
    expect(statSync(path).mode & 0o777).toBe(0o700)
  })

  test.skipIf(!posix).each([
    [0o555, 0o500],
    [0o1750, 0o1700],
  ])('that was empty and of mode %o has nothing taken but what others had, and nothing added', (before, after) => {
    mkdirSync(path)
    chmodSync(path, before)
    try {
      open()
    } catch {
      // Only root may write into it.
    }
    expect(statSync(path).mode & 0o7777).toBe(after)
    chmodSync(path, 0o700)
  })

  test.skipIf(!posix)('of someone else’s files is left as it is, and refused when others may write to it', () => {
    mkdirSync(path)
    writeFileSync(join(path, 'letter.txt'), 'dear')
    chmodSync(path, 0o755)
    open().close()
    rmSync(join(path, 'master-key'))
    chmodSync(path, 0o777)
    expect(() => open()).toThrow(
      expect.objectContaining({ code: 'store', data: { path, repair: `chmod 700 ${path}` } }),
    )
    expect(statSync(path).mode & 0o777).toBe(0o777)
  })

  test.skipIf(!posix).each([0o640, 0o604, 0o620])(
    'refuses a master key of mode %o and says how to repair it',
    (mode) => {
      open().close()
      const file = join(path, 'master-key')
      chmodSync(file, mode)
      expect(() => open()).toThrow(
        expect.objectContaining({ code: 'store', message: expect.stringContaining(`chmod 600 ${file}`) }),
      )
      chmodSync(file, 0o600)
      open()
    },
  )

  test('takes the master key from outside, in base64 or hex, and then writes none', () => {
    const bytes = Uint8Array.from({ length: 32 }, (_, index) => index * 7)
    for (const text of [Buffer.from(bytes).toString('base64'), Buffer.from(bytes).toString('hex')]) {
      const directory = open(`${text}\n`)
      expect([...directory.masterKey]).toEqual([...bytes])
      directory.close()
    }
    expect(existsSync(join(path, 'master-key'))).toBe(false)
  })

  test.each(['', 'short', 'A'.repeat(45), 'z'.repeat(64)])(
    'refuses the master key %j from outside without repeating it',
    (text) => {
      let error: unknown
      try {
        open(text)
      } catch (thrown) {
        error = thrown
      }
      expect(error).toMatchObject({ code: 'usage' })
      if (text !== '') expect(String(error)).not.toContain(text)
    },
  )

  test('does not make a new master key for a database that was made with a lost one', () => {
    const directory = open()
    openSqliteStore({ path: directory.databasePath, masterKey: directory.masterKey, now: () => 0 }).close()
    directory.close()
    rmSync(join(path, 'master-key'))
    expect(() => open()).toThrow(
      expect.objectContaining({ code: 'store', message: expect.stringContaining('restore it') }),
    )
    expect(existsSync(join(path, 'master-key'))).toBe(false)
  })

  test.each(['', 'not a key', 'x'.repeat(5_000)])('refuses a master key file that holds something else', (text) => {
    mkdirSync(path, { mode: 0o700 })
    writeFileSync(join(path, 'master-key'), text, { mode: 0o600 })
    expect(() => open()).toThrow(expect.objectContaining({ code: 'store' }))
    expect(readFileSync(join(path, 'master-key'), 'utf8')).toBe(text)
  })

  test('refuses a directory in the place of the master key, and names it so', () => {
    mkdirSync(join(path, 'master-key'), { recursive: true })
    expect(() => open()).toThrow(
      expect.objectContaining({
        code: 'store',
        message: `${join(path, 'master-key')} must be a file that holds the master key, but it is a directory`,
      }),
    )
  })

  /** Why: a container's volume may belong to another user; that is a matter for its owner, not a defect of ours. */
  test.skipIf(!posix || root).each([
    ['directory', () => chmodSync(path, 0o500)],
    [
      'lock file',
      () => {
        writeFileSync(join(path, 'server.lock'), '')
        chmodSync(join(path, 'server.lock'), 0o400)
      },
    ],
  ])('says which file it may not write, when its %s is not writable', (_, close) => {
    mkdirSync(path, { mode: 0o700 })
    close()
    expect(() => open()).toThrow(
      expect.objectContaining({
        code: 'store',
        message: `${join(path, 'server.lock')}: permission denied (EACCES)`,
        data: { path: join(path, 'server.lock') },
      }),
    )
    chmodSync(path, 0o700)
  })

  test('says what is wrong with a lock file that cannot be opened', () => {
    const file = join(path, 'server.lock')
    mkdirSync(file, { recursive: true })
    expect(() => open()).toThrow(
      expect.objectContaining({
        code: 'store',
        message: expect.stringMatching(/server\.lock: .+ \(EISDIR\)$/),
        data: { path: file },
      }),
    )
  })

  test('refuses a path below a file', () => {
    writeFileSync(path, '')
    path = join(path, 'data')
    expect(() => open()).toThrow(
      expect.objectContaining({ code: 'store', message: expect.stringContaining('ENOTDIR'), data: { path } }),
    )
  })

  /** Why: Node's own recursive `mkdir` never comes back there. */
  test.skipIf(process.platform !== 'linux').each(['/proc/countersign', '/proc/countersign/a/b'])(
    'refuses %s, where no directory can be made',
    (place) => {
      path = place
      expect(() => open()).toThrow(
        expect.objectContaining({ code: 'store', message: expect.stringMatching(/\((?:ENOENT|EACCES)\)$/) }),
      )
    },
  )

  test('refuses a path of endless depth, and makes nothing of it', () => {
    path = join(path, ...Array.from({ length: 1_000 }, () => 'a'))
    expect(() => open()).toThrow(expect.objectContaining({ code: 'store' }))
    expect(readdirSync(parent)).toEqual([])
  })

  test('refuses a link to nowhere', () => {
    symlinkSync(join(parent, 'absent'), path)
    expect(() => open()).toThrow(expect.objectContaining({ code: 'store' }))
  })

  test('refuses a path that is a file', () => {
    writeFileSync(path, '')
    expect(() => open()).toThrow(expect.objectContaining({ code: 'store' }))
  })

  test('writes the root credentials as an AWS credentials file, again over the old ones, and leaves no draft behind', () => {
    const directory = open()
    directory.writeRootCredentials({ id: 'AKIAI44QH8DHBEXAMPLE', secret: 'old' })
    directory.writeRootCredentials({ id: 'AKIAIOSFODNN7EXAMPLE', secret: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' })
    expect(readFileSync(directory.rootCredentialsPath, 'utf8')).toBe(
      '[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\nregion = us-east-1\n',
    )
    expect(readdirSync(path).filter((name) => name.startsWith('root-credentials'))).toEqual(['root-credentials'])
  })
})

/** Why: two servers would each believe in their own memory and their own test clock. */
describe('the lock of a data directory', () => {
  test('keeps a second server out, names the first, and is free again after it', () => {
    const first = open()
    expect(() => open()).toThrow(expect.objectContaining({ code: 'store', data: { path, pid: process.pid } }))
    first.close()
    open()
  })

  test('holds against another process and goes with it, even when that is killed', async () => {
    const child = spawn(process.execPath, [holder, path], { stdio: ['ignore', 'pipe', 'inherit'] })
    const gone = new Promise((resolve) => child.once('exit', resolve))
    await new Promise((resolve) => child.stdout.once('data', resolve))
    expect(() => open()).toThrow(
      expect.objectContaining({ code: 'store', message: expect.stringContaining(`process ${child.pid}`) }),
    )
    child.kill('SIGKILL')
    await gone
    open()
  })
})
