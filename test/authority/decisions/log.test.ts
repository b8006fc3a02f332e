import { describe, expect, test } from 'vitest'
import { createDecisionLog } from '../../../src/authority/decisions/index.ts'
import type { Decision } from '../../../src/authority/model/store.ts'

const decision = (n: number) => ({ requestId: `r${n}` }) as Decision

/** A store whose writes end when the test says so. */
function slowStore() {
  const written: string[] = []
  const waiting: (() => void)[] = []
  const failures: Error[] = []
  return {
    written,
    failures,
    waiting,
    release: () => waiting.shift()?.(),
    appendDecisions(batch: readonly Decision[]) {
      const failure = failures.shift()
      if (failure !== undefined) return Promise.reject(failure)
      return new Promise<void>((resolve) => {
        waiting.push(() => {
          written.push(...batch.map(({ requestId }) => requestId))
          resolve()
        })
      })
    },
    findDecisions: async () => written.map((requestId) => ({ requestId }) as Decision),
  }
}

describe('the decision log', () => {
  test('writes nothing until a batch is full or it is told to', async () => {
    const store = slowStore()
    const log = createDecisionLog({ store, batch: 3 })
    log.record(decision(1))
    log.record(decision(2))
    expect(store.waiting).toHaveLength(0)
    log.record(decision(3))
    expect(store.waiting).toHaveLength(1)
    store.release()
    await log.flush()
    expect(store.written).toEqual(['r1', 'r2', 'r3'])
  })

  test('shows a query everything that was recorded before it', async () => {
    const store = slowStore()
    const log = createDecisionLog({ store, batch: 2 })
    log.record(decision(1))
    log.record(decision(2))
    log.record(decision(3))
    const found = log.find({ limit: 10 })
    store.release()
    await Promise.resolve()
    await new Promise((resolve) => setImmediate(resolve))
    store.release()
    expect((await found).map(({ requestId }) => requestId)).toEqual(['r1', 'r2', 'r3'])
  })

  test('makes callers wait when the store cannot keep up', async () => {
    const store = slowStore()
    const log = createDecisionLog({ store, batch: 1, most: 3 })
    log.record(decision(0))
    expect(log.room()).toBeNull()
    for (const n of [1, 2, 3]) log.record(decision(n))
    const room = log.room()
    expect(room).toBeInstanceOf(Promise)
    store.release()
    await new Promise((resolve) => setImmediate(resolve))
    store.release()
    await room
    expect(log.room()).toBeNull()
  })

  test('keeps what the store refused, bounded, and tries again', async () => {
    const store = slowStore()
    const seen: unknown[] = []
    const log = createDecisionLog({ store, batch: 100, most: 4, onFailure: (error) => seen.push(error) })
    store.failures.push(new Error('disk full'))
    for (let n = 1; n <= 6; n++) log.record(decision(n))
    const flushed = log.flush()
    await new Promise((resolve) => setImmediate(resolve))
    expect(seen).toHaveLength(1)
    store.release()
    await flushed
    expect(store.written).toEqual(['r3', 'r4', 'r5', 'r6'])
  })
})
