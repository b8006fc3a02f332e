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
    pageDecisions: async () => ({
      decisions: written.map((requestId) => ({ requestId }) as Decision),
      next: null,
      searchedTo: null,
    }),
    countDecisions: async () => ({
      minutes: new Map([[0, { accepted: written.length, refused: new Map<string, number>() }]]),
      countedFrom: null,
    }),
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
    for (const _ of [0, 1, 2, 3]) {
      store.release()
      await new Promise((resolve) => setImmediate(resolve))
    }
    await room
    expect(log.room()).toBeNull()
  })

  // Why: else each write would take what came during the last one, and a busy log would write ever smaller batches.
  test('lets what comes while a batch is on its way wait for a full one', async () => {
    const store = slowStore()
    const log = createDecisionLog({ store, batch: 3 })
    for (let n = 1; n <= 5; n++) log.record(decision(n))
    store.release()
    await new Promise((resolve) => setImmediate(resolve))
    expect(store.written).toEqual(['r1', 'r2', 'r3'])
    expect(store.waiting).toHaveLength(0)
    log.record(decision(6))
    expect(store.waiting).toHaveLength(1)
  })

  test('gives the store no more than a batch at once, also after it was away', async () => {
    const store = slowStore()
    const sizes: number[] = []
    const appendDecisions = (batch: readonly Decision[]) => {
      sizes.push(batch.length)
      return store.appendDecisions(batch)
    }
    const log = createDecisionLog({ store: { ...store, appendDecisions }, batch: 2, most: 5 })
    store.failures.push(new Error('locked'))
    for (let n = 1; n <= 5; n++) log.record(decision(n))
    await new Promise((resolve) => setImmediate(resolve))
    const flushed = log.flush()
    for (const _ of [0, 1, 2]) {
      store.release()
      await new Promise((resolve) => setImmediate(resolve))
    }
    await flushed
    expect(sizes).toEqual([2, 2, 2, 1])
    expect(store.written).toEqual(['r1', 'r2', 'r3', 'r4', 'r5'])
  })

  // Why: with a full disk every request would wait for ever, or try the disk itself.
  test('lets nobody wait while the store fails, tries again only when told to, and keeps the newest', async () => {
    const store = slowStore()
    let tries = 0
    const log = createDecisionLog({ store, batch: 2, most: 3, onFailure: () => tries++ })
    store.failures.push(new Error('disk full'))
    for (let n = 1; n <= 9; n++) {
      log.record(decision(n))
      await new Promise((resolve) => setImmediate(resolve))
      expect(log.room()).toBeNull()
    }
    expect(tries).toBe(1)
    const flushed = log.flush()
    for (const _ of [0, 1]) {
      store.release()
      await new Promise((resolve) => setImmediate(resolve))
    }
    await flushed
    expect(store.written).toEqual(['r7', 'r8', 'r9'])
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
