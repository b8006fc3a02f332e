import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  futimesSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  symlinkSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { CountersignError } from '../../errors.ts'
import type { Disk, FileMarks, WriteOptions } from './disk.ts'
import { codeOf, namesIn, textOf } from './real.ts'

/** The disk of this computer. */
export function realDisk(): Disk {
  return {
    write: writeAtomically,
    remove: removeFile,
    list: namesIn,
    marks: marksOf,
    get writer() {
      return writerName()
    },
    isGone,
    whileLocked(path, work) {
      const release = lockFor(path)
      try {
        return work()
      } finally {
        release()
      }
    },
  }
}

function writeAtomically(path: string, bytes: Uint8Array, options: WriteOptions = {}): void {
  whileLocked(path, (target) => {
    const old = statOrNull(target)
    checkBefore(path, target, old, options.before)
    replace(target, bytes, old, options)
  })
}

function removeFile(path: string, options: { readonly before?: Uint8Array } = {}): void {
  whileLocked(path, (target) => {
    const old = statOrNull(target)
    if (old === null) return
    checkBefore(path, target, old, options.before)
    unlinkSync(target)
    syncDirectory(dirname(target))
  })
}

/** Follows links, so that what is removed can be written again through the same link. */
function whileLocked(path: string, work: (target: string) => void): void {
  try {
    const target = followLinks(path)
    makeDirectory(dirname(target))
    const release = takeLock(target, lockPatienceMs)
    try {
      work(target)
    } finally {
      release()
    }
  } catch (cause) {
    throw cause instanceof CountersignError ? cause : unwritable(path, cause)
  }
}

function checkBefore(path: string, target: string, old: Stats | null, before: Uint8Array | null | undefined): void {
  if (before === undefined || isStill(target, old, before)) return
  throw new CountersignError('conflict', `${path} was changed by another program meanwhile; nothing was written.`, {
    data: { path },
  })
}

function makeDirectory(path: string): void {
  const first = mkdirSync(path, { recursive: true, mode: 0o700 })
  if (first === undefined) return
  for (let made = path; made.length >= first.length; made = dirname(made)) syncDirectory(dirname(made))
}

function marksOf(path: string): (FileMarks & { readonly size: number }) | null {
  try {
    const { mode, mtimeMs, size } = statSync(path)
    return { mode: process.platform === 'win32' ? null : mode & 0o7777, modifiedAt: mtimeMs, size }
  } catch {
    return null
  }
}

function replace(target: string, bytes: Uint8Array, old: Stats | null, { mode, modifiedAt }: WriteOptions): void {
  sweep(target)
  const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.${process.hrtime.bigint()}.tmp`)
  const descriptor = openSync(temporary, 'wx', 0o600)
  try {
    try {
      for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written)
      if (process.platform !== 'win32') {
        const made = fstatSync(descriptor)
        if (old !== null && (made.uid !== old.uid || made.gid !== old.gid)) fchownSync(descriptor, old.uid, old.gid)
        const wanted = mode ?? old?.mode
        if (wanted !== undefined) fchmodSync(descriptor, wanted & 0o7777)
      }
      if (modifiedAt !== undefined) futimesSync(descriptor, Date.now() / 1000, modifiedAt / 1000)
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
    renameStubbornly(temporary, target)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
  syncDirectory(dirname(target))
}

/** Who holds the lock is the only one to make temporary files of this one: those that are there were left by a killed process. */
function sweep(target: string): void {
  const directory = dirname(target)
  const start = `.${basename(target)}.`
  for (const name of namesIn(directory))
    if (name.startsWith(start) && /^\d+\.\d+\.tmp$/.test(name.slice(start.length)))
      rmSync(join(directory, name), { force: true })
}

/** On Windows a virus scanner or an editor may hold the file for a moment. */
function renameStubbornly(from: string, to: string): void {
  for (let attempt = 1; ; attempt += 1) {
    try {
      renameSync(from, to)
      return
    } catch (error) {
      if (attempt >= 10 || !['EPERM', 'EBUSY', 'EACCES'].includes(codeOf(error)) || process.platform !== 'win32')
        throw error
      pause(20 * attempt)
    }
  }
}

function syncDirectory(path: string): void {
  if (process.platform === 'win32') return
  try {
    const descriptor = openSync(path, constants.O_RDONLY)
    try {
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
  } catch {
    // Some file systems do not sync directories; the rename itself has happened.
  }
}

const lockPatienceMs = 2000
/** Of several changes in a row, each of which waits for the disk. */
const longLockPatienceMs = 15_000
const lockStaleMs = 30_000
const lockStepMs = 25

/** A lock for what is more than one file; its directory is made. */
function lockFor(path: string): () => void {
  try {
    makeDirectory(dirname(path))
    return takeLock(path, longLockPatienceMs)
  } catch (cause) {
    throw cause instanceof CountersignError ? cause : unwritable(path, cause)
  }
}

/** Waits for the lock and takes it; gives what releases it. */
function takeLock(target: string, patienceMs: number): () => void {
  const lock = join(dirname(target), `.${basename(target)}.countersign-lock`)
  const mine = `${writerName()}#${process.hrtime.bigint()}`
  for (let waited = 0; ; waited += lockStepMs) {
    if (makeLock(lock, mine)) {
      return () => {
        if (ownerOf(lock) === mine) rmSync(lock, { force: true })
      }
    }
    const owner = ownerOf(lock)
    if (owner === null || (isLeftBehind(lock, owner) && breakLock(lock, owner, mine))) continue
    if (waited >= patienceMs) {
      throw new CountersignError('conflict', `Another program is writing ${target} (${lock} is there).`, {
        data: { path: target },
      })
    }
    pause(lockStepMs)
  }
}

/**
 * A symbolic link to nowhere is made together with what it says, in one step: a process that is killed cannot leave one behind
 * that does not tell its owner. Where there are none (Windows) it is a file.
 */
function makeLock(lock: string, owner: string): boolean {
  try {
    if (process.platform !== 'win32') {
      symlinkSync(owner, lock)
      return true
    }
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    if (!['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP'].includes(codeOf(error))) throw error
  }
  try {
    const descriptor = openSync(lock, 'wx', 0o600)
    writeSync(descriptor, owner)
    closeSync(descriptor)
    return true
  } catch (error) {
    // Windows says EPERM of a file that is just being deleted.
    if (codeOf(error) === 'EEXIST' || (codeOf(error) === 'EPERM' && process.platform === 'win32')) return false
    throw error
  }
}

/** Null when it is gone. */
function ownerOf(lock: string): string | null {
  try {
    return readlinkSync(lock)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    return textOf(lock)
  }
}

function isLeftBehind(lock: string, owner: string): boolean {
  if (isGone(owner.replace(/#\d+$/, ''))) return true
  try {
    return Date.now() - lstatSync(lock).mtimeMs > lockStaleMs
  } catch {
    return false
  }
}

/** Takes a dead process's lock away; one at a time, or the second would take away what the first has made instead. */
function breakLock(lock: string, dead: string, mine: string): boolean {
  const guard = `${lock}.broken`
  if (!makeLock(guard, mine)) {
    const breaker = ownerOf(guard)
    if (breaker !== null && isLeftBehind(guard, breaker)) rmSync(guard, { force: true })
    return false
  }
  try {
    if (ownerOf(lock) === dead) rmSync(lock, { force: true })
    return true
  } finally {
    rmSync(guard, { force: true })
  }
}

function writerName(): string {
  return `${process.pid}@${hostName()}`
}

/** Of a process on another computer, or in another container, nobody can tell here whether it lives. */
function isGone(writer: string): boolean {
  const [, id, host] = /^(\d+)@(.*)$/.exec(writer) ?? []
  return host === hostName() && !isAlive(Number(id))
}

function isAlive(id: number): boolean {
  try {
    process.kill(id, 0)
    return true
  } catch (error) {
    return codeOf(error) !== 'ESRCH'
  }
}

function hostName(): string {
  return process.getBuiltinModule('node:os').hostname()
}

/** The file that a path means at last, also when it is a link to a file that is not there yet. */
function followLinks(path: string): string {
  let target = resolve(path)
  for (let hops = 0; hops < 40; hops += 1) {
    try {
      return realpathSync(target)
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error
    }
    let link: Stats
    try {
      link = lstatSync(target)
    } catch {
      return target
    }
    if (!link.isSymbolicLink()) return target
    target = resolve(dirname(target), readlinkSync(target))
  }
  return target
}

function statOrNull(path: string): Stats | null {
  try {
    return statSync(path)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

function isStill(target: string, now: Stats | null, before: Uint8Array | null): boolean {
  if (before === null || now === null) return before === null && now === null
  if (now.size !== before.length) return false
  return Buffer.compare(readFileSync(target), before) === 0
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

function unwritable(path: string, cause: unknown): CountersignError {
  return new CountersignError('file-unwritable', `${path} could not be written (${codeOf(cause)}); it is as it was.`, {
    cause,
    data: { path },
  })
}
