import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { CountersignError } from '../../errors.ts'
import { takeServerLock } from './server-lock.ts'
import { systemReason } from './store-errors.ts'

export interface DataDirectory {
  readonly path: string
  /** For `openSqliteStore`. */
  readonly databasePath: string
  readonly masterKey: Uint8Array
  readonly rootCredentialsPath: string
  /** Writes `root-credentials` (AWS credentials file syntax, section `[default]`, mode 0600), whole or not at all. */
  writeRootCredentials(key: { readonly id: string; readonly secret: string }): void
  /** Writes one secret alone into a file of that name (mode 0600), whole or not at all; gives its path. */
  writeSecret(name: string, text: string): string
  /** Lets the next server in. */
  close(): void
}

const posix = process.platform !== 'win32'
const masterKeyName = 'master-key'
const databaseName = 'countersign.sqlite'
/** A bound on what one wrong path can litter a disk with. */
const mostLevels = 64

/**
 * Opens or makes the directory of one server: mode 0700, the master key in `master-key` (0600, base64 of 32 random bytes)
 * unless `masterKey` (`COUNTERSIGN_MASTER_KEY`: base64 or hex of 32 bytes) brings it from outside, and a lock against a second
 * server. Throws `store` when it cannot be used as it is, with the command that repairs it where there is one, and `usage`
 * for a master key from outside that is not 32 bytes.
 */
export function openDataDirectory(options: {
  readonly path: string
  readonly masterKey?: string | undefined
}): DataDirectory {
  const path = resolve(options.path)
  const given = options.masterKey === undefined ? null : parseMasterKey(options.masterKey)
  if (options.masterKey !== undefined && given === null) {
    throw new CountersignError('usage', 'COUNTERSIGN_MASTER_KEY must be 32 bytes in base64 (44 characters) or hex (64)')
  }
  prepareDirectory(path)
  const lock = takeServerLock(join(path, 'server.lock'), path)
  try {
    const databasePath = join(path, databaseName)
    const rootCredentialsPath = join(path, 'root-credentials')
    const masterKey = given ?? keptMasterKey(path, existsSync(databasePath))
    return {
      path,
      databasePath,
      masterKey,
      rootCredentialsPath,
      writeRootCredentials(key) {
        // With an endpoint of its own and no region anywhere, botocore fails with NoRegionError before it sends anything.
        const text = `[default]\naws_access_key_id = ${key.id}\naws_secret_access_key = ${key.secret}\nregion = us-east-1\n`
        writeWhole(rootCredentialsPath, text)
      },
      writeSecret(name, text) {
        const file = join(path, name)
        writeWhole(file, text)
        return file
      },
      close: () => lock.release(),
    }
  } catch (error) {
    lock.release()
    throw error
  }
}

/** Base64 (44 characters, or 43 without padding) or hex (64) of 32 bytes; null for anything else. */
function parseMasterKey(text: string): Uint8Array | null {
  const trimmed = text.trim()
  if (/^[0-9a-f]{64}$/i.test(trimmed)) return Uint8Array.from(Buffer.from(trimmed, 'hex'))
  if (/^[A-Za-z0-9+/]{43}=?$/.test(trimmed)) return Uint8Array.from(Buffer.from(trimmed, 'base64'))
  return null
}

function prepareDirectory(path: string): void {
  try {
    makeWithParents(path)
    const stats = statSync(path)
    if (!stats.isDirectory()) throw unusable(path, `${path} is not a directory`)
    if (posix) keepToOneself(path, stats)
  } catch (error) {
    throw asStoreError(error, path, `the data directory ${path} cannot be made or opened`)
  }
}

/**
 * Level by level: where the file system does not let directories be made, as in `/proc`, Node's `recursive` never returns
 * (it goes from the parent to the child and back for as long as the child does not exist).
 */
function makeWithParents(path: string): void {
  const missing: string[] = []
  for (let level = path; !existsSync(level) && level !== dirname(level); level = dirname(level)) missing.push(level)
  if (missing.length > mostLevels) throw unusable(path, `${path} lies more than ${mostLevels} new directories deep`)
  for (const level of missing.reverse()) {
    try {
      mkdirSync(level, { mode: 0o700 })
    } catch (error) {
      // Another process was faster.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

/** A directory of ours is closed to others; a foreign one that others may write to is refused, not changed. */
function keepToOneself(path: string, stats: Stats): void {
  if ((stats.mode & 0o077) === 0) return
  const content = readdirSync(path)
  const ours = content.length === 0 || content.includes(masterKeyName) || content.includes(databaseName)
  if (ours && stats.uid === process.getuid?.()) {
    // Takes away, never adds: an owner who may not write here has a reason.
    chmodSync(path, stats.mode & 0o7700)
  } else if ((stats.mode & 0o022) !== 0) {
    throw unusable(path, `others may write to the data directory ${path}`, `chmod 700 ${quoted(path)}`)
  }
}

function keptMasterKey(directory: string, databaseIsThere: boolean): Uint8Array {
  const path = join(directory, masterKeyName)
  try {
    if (!existsSync(path)) {
      // A fresh key would lock the database's secrets away for good.
      if (databaseIsThere) {
        throw unusable(
          path,
          `${databaseName} is there but its master key ${path} is not: restore it, or set COUNTERSIGN_MASTER_KEY`,
        )
      }
      writeWhole(path, `${randomBytes(32).toString('base64')}\n`)
    }
    const stats = statSync(path)
    if (!stats.isFile()) {
      const found = stats.isDirectory() ? 'a directory' : 'no file'
      throw unusable(path, `${path} must be a file that holds the master key, but it is ${found}`)
    }
    if (posix && (stats.mode & 0o077) !== 0) {
      throw unusable(path, `others may read the master key ${path}`, `chmod 600 ${quoted(path)}`)
    }
    if (stats.size > 1_024) throw unusable(path, `${path} is not a master key: it must be 32 bytes in base64 or hex`)
    const key = parseMasterKey(readFileSync(path, 'latin1'))
    if (key === null) throw unusable(path, `${path} is not a master key: it must be 32 bytes in base64 or hex`)
    return key
  } catch (error) {
    throw asStoreError(error, path, `the master key ${path} cannot be read or made`)
  }
}

/** Writes a file of mode 0600 beside its place, brings it to disk, and moves it there. */
function writeWhole(path: string, text: string): void {
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  try {
    const file = openSync(draft, 'wx', 0o600)
    try {
      writeSync(file, text)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(draft, path)
    syncDirectory(resolve(path, '..'))
  } catch (cause) {
    const reason = systemReason(cause)
    const says = `${path} cannot be written`
    throw new CountersignError('file-unwritable', reason === null ? says : `${says}: ${reason}`, {
      cause,
      data: { path },
    })
  } finally {
    rmSync(draft, { force: true })
  }
}

/** The new name itself must survive a power cut; Windows has no such call. */
function syncDirectory(path: string): void {
  if (!posix) return
  const directory = openSync(path, 'r')
  try {
    fsyncSync(directory)
  } finally {
    closeSync(directory)
  }
}

function unusable(path: string, says: string, repair?: string): CountersignError {
  return new CountersignError('store', repair === undefined ? says : `${says}; run: ${repair}`, {
    data: repair === undefined ? { path } : { path, repair },
  })
}

function asStoreError(error: unknown, path: string, says: string): CountersignError {
  if (error instanceof CountersignError) return error
  const reason = systemReason(error)
  return new CountersignError('store', reason === null ? says : `${says}: ${reason}`, { cause: error, data: { path } })
}

function quoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`
}
