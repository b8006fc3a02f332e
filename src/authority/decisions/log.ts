import type { Decision, DecisionQuery, Store } from '../model/store.ts'

/** The decision log of one node: taken in at once, written in batches. */
export interface DecisionLog {
  record(decision: Decision): void
  /** Null as long as the store keeps up, else resolves when there is room again. */
  room(): Promise<void> | null
  /** Writes what is waiting; resolves when everything recorded before the call is in the store. */
  flush(): Promise<void>
  find(query: DecisionQuery): Promise<readonly Decision[]>
}

export interface DecisionLogOptions {
  readonly store: Pick<Store, 'appendDecisions' | 'findDecisions'>
  /** A batch is written as soon as this many wait; more at once would let the requests behind it wait too long. */
  readonly batch?: number
  /** Beyond this many, callers wait for `room`. */
  readonly most?: number
  /** Called when the store refused a batch; the batch is kept and tried again with the next one. */
  readonly onFailure?: (error: unknown) => void
}

/**
 * Buffers decisions for the store. Nothing that was recorded is dropped while the store works; when it fails, the newest `most`
 * are kept, so that a full disk cannot take the memory as well. The caller decides about time: it calls `flush` now and then.
 */
export function createDecisionLog(options: DecisionLogOptions): DecisionLog {
  const batch = options.batch ?? 128
  const most = options.most ?? 8192
  let waiting: Decision[] = []
  let writing: Promise<void> | null = null

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const taken = waiting
      waiting = []
      try {
        await options.store.appendDecisions(taken)
      } catch (error) {
        waiting = taken.concat(waiting).slice(-most)
        options.onFailure?.(error)
        return
      }
    }
  }

  function write(): Promise<void> {
    writing ??= writeAll().finally(() => {
      writing = null
    })
    return writing
  }

  async function flush(): Promise<void> {
    // Twice: what was recorded while a batch was on its way belongs to the answer as well.
    await write()
    if (waiting.length > 0) await write()
  }

  return {
    record(decision) {
      waiting.push(decision)
      if (waiting.length >= batch && writing === null) void write()
    },
    room: () => (waiting.length >= most ? write() : null),
    flush,
    async find(query) {
      await flush()
      return options.store.findDecisions(query)
    },
  }
}
