import type { Decision, DecisionCounts, DecisionPage, DecisionQuery, Store } from '../model/store.ts'

/** The decision log of one node: taken in at once, written in batches. */
export interface DecisionLog {
  record(decision: Decision): void
  /** Null as long as the store keeps up (or fails: nobody waits for a full disk), else resolves when there is room again. */
  room(): Promise<void> | null
  /** Writes what is waiting; resolves when everything recorded before the call is in the store. */
  flush(): Promise<void>
  find(query: DecisionQuery): Promise<readonly Decision[]>
  /** As `find`, in bounded time. */
  page(query: DecisionQuery): Promise<DecisionPage>
  count(query: Parameters<Store['countDecisions']>[0]): Promise<DecisionCounts>
  /** Calls back with each decision as it is recorded; gives the way to stop. */
  follow(listener: (decision: Decision) => void): () => void
}

export interface DecisionLogOptions {
  readonly store: Pick<Store, 'appendDecisions' | 'findDecisions' | 'pageDecisions' | 'countDecisions'>
  /** So many are written at once, as soon as they wait; more would let the requests behind them wait too long. */
  readonly batch?: number
  /** Beyond this many, callers wait for `room`. */
  readonly most?: number
  /** Called when the store refused a batch; the batch is kept and tried again with the next `flush`. */
  readonly onFailure?: (error: unknown) => void
}

/**
 * Buffers decisions for the store. Nothing that was recorded is dropped while the store works; when it fails, the newest `most`
 * are kept, so that a full disk cannot take the memory as well. The caller decides about time: it calls `flush` now and then.
 */
export function createDecisionLog(options: DecisionLogOptions): DecisionLog {
  // As many as the SQLite store keeps in one row.
  const batch = options.batch ?? 256
  const most = options.most ?? 8192
  let waiting: Decision[] = []
  let writing: Promise<void> | null = null
  /** How many were recorded, have left `waiting` for good, and are to be written without waiting for a full batch. */
  let recorded = 0
  let settled = 0
  let due = 0
  let failing = false
  const followers = new Set<(decision: Decision) => void>()

  async function writeAll(): Promise<void> {
    // What comes while a batch is on its way waits for a full one again: else a busy log would write ever smaller ones.
    while (settled < due || waiting.length >= batch) {
      const taken = waiting.splice(0, batch)
      try {
        await options.store.appendDecisions(taken)
        settled += taken.length
        failing = false
      } catch (error) {
        failing = true
        waiting = taken.concat(waiting)
        dropOldest()
        options.onFailure?.(error)
        return
      }
    }
  }

  function dropOldest(): void {
    const many = waiting.length - most
    if (many <= 0) return
    waiting.splice(0, many)
    settled += many
  }

  function write(): Promise<void> {
    writing ??= writeAll().finally(() => {
      writing = null
    })
    return writing
  }

  async function flush(): Promise<void> {
    due = recorded
    const mine = due
    await write()
    // Once more after a failure.
    if (settled < mine) await write()
  }

  return {
    record(decision) {
      recorded += 1
      waiting.push(decision)
      for (const tell of followers) tell(decision)
      // While the store fails, `flush` tries again, not every request.
      if (failing) dropOldest()
      else if (waiting.length >= batch && writing === null) void write()
    },
    room: () => (waiting.length >= most && !failing ? write() : null),
    flush,
    follow(listener) {
      followers.add(listener)
      return () => followers.delete(listener)
    },
    async find(query) {
      await flush()
      return options.store.findDecisions(query)
    },
    async page(query) {
      await flush()
      return options.store.pageDecisions(query)
    },
    async count(query) {
      await flush()
      return options.store.countDecisions(query)
    },
  }
}
