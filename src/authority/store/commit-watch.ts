import type { DatabaseSync } from 'node:sqlite'
import { lastSeq } from './rows.ts'

/** Tells listeners soon after any commit: those of this process at once, those of others by looking now and then. */
export interface CommitWatch {
  add(listener: () => void): () => void
  /** This process has committed up to `seq`. */
  committed(seq: number): void
  close(): void
}

export function createWatch(database: DatabaseSync, pollEvery: number): CommitWatch {
  const listeners = new Set<() => void>()
  let timer: NodeJS.Timeout | undefined
  let dataVersion = 0
  let seen = lastSeq(database)
  let due = false
  let closed = false

  function tellSoon(): void {
    if (due) return
    due = true
    setImmediate(() => {
      due = false
      if (!closed) for (const listener of listeners) listener()
    })
  }

  function look(): void {
    try {
      // Changes only by other connections' commits, and costs no read of a table.
      const current = Number(database.prepare('PRAGMA data_version').get()?.['data_version'])
      if (current === dataVersion) return
      dataVersion = current
      const seq = lastSeq(database)
      if (seq === seen) return
      seen = seq
    } catch {
      // The listener's own read will fail with words; silence would leave it believing that nothing happens.
    }
    tellSoon()
  }

  return {
    add(listener) {
      // Each call is its own subscription, also when the same function comes twice.
      const own = () => listener()
      listeners.add(own)
      timer ??= setInterval(look, pollEvery).unref()
      return () => {
        listeners.delete(own)
        if (listeners.size > 0) return
        clearInterval(timer)
        timer = undefined
      }
    },
    committed(seq) {
      seen = seq
      tellSoon()
    },
    close() {
      closed = true
      clearInterval(timer)
      listeners.clear()
    },
  }
}
