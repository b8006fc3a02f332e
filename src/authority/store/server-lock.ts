import { closeSync, openSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { CountersignError } from '../../errors.ts'
import { storeError } from './store-errors.ts'

export interface ServerLock {
  release(): void
}

/**
 * One server per data directory. The lock is a lock of the operating system, held through an open transaction on a tiny
 * database: it goes with the process, however that ends. A file with a process id in it would have to guess whether that
 * process still lives, and guesses wrong in containers, where every server is process 1.
 * Throws `store`, naming the process that holds it.
 */
export function takeServerLock(path: string, directory: string): ServerLock {
  let database: DatabaseSync | undefined
  try {
    closeSync(openSync(path, 'a', 0o600))
    database = new DatabaseSync(path, { timeout: 250 })
    database.exec('BEGIN IMMEDIATE')
    database.exec('CREATE TABLE IF NOT EXISTS holder (pid INTEGER NOT NULL); DELETE FROM holder')
    database.prepare('INSERT INTO holder (pid) VALUES (?)').run(process.pid)
    database.exec('COMMIT')
    // Reserved, not exclusive: others can still read who holds it.
    database.exec('BEGIN IMMEDIATE')
  } catch (error) {
    const holder = database === undefined ? null : holderOf(database)
    database?.close()
    if (((error as { errcode?: number }).errcode ?? 0) % 256 !== busy) throw storeError(error, path)
    const who = holder === null ? 'another server' : `another server (process ${holder})`
    throw new CountersignError('store', `${who} is using the data directory ${directory}`, {
      cause: error,
      data: holder === null ? { path: directory } : { path: directory, pid: holder },
    })
  }
  const held = database
  return {
    release() {
      if (held.isOpen) held.close()
    },
  }
}

const busy = 5

function holderOf(database: DatabaseSync): number | null {
  try {
    const pid = database.prepare('SELECT pid FROM holder').get()?.['pid']
    return typeof pid === 'number' ? pid : null
  } catch {
    return null
  }
}
