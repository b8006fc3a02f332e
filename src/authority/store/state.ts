import { CountersignError } from '../../errors.ts'
import { createDirectory, type LiveDirectory } from '../directory/in-memory.ts'
import type { HistoryBounds } from '../directory/recent-changes.ts'
import type { Account, Entity } from '../model/entities.ts'
import type { Change, ChangeRecord, Store } from '../model/store.ts'
import { createSessionRing, type SessionRing } from '../sessions/ring.ts'
import { planRotation } from '../sessions/rotation.ts'

/** The authority's state as one thing: what is durable, what answers from memory, and the way from one to the other. */
export interface AuthorityState {
  readonly directory: LiveDirectory
  readonly ring: SessionRing
  /** On disk and visible in `directory` when it resolves; rejects with `conflict` after bringing the directory up to date. */
  commit(changes: readonly Change[]): Promise<void>
  /** Applies everything that is in the log now. */
  refresh(): Promise<void>
  /**
   * Milliseconds since the log was last read to its end, whatever the authority's clock shows. Stays around a second; when
   * it grows, the store does not answer, and a directory that may be behind must not answer either.
   */
  silentFor(): number
  /** A fresh ring key when it is time for one. To be called now and then; `openState` has done it once. */
  rotateRing(): Promise<void>
  /** Hands the key uses noted in the directory to the store. */
  flushUses(): Promise<void>
  /** Empties the store and begins again with these entities (and a fresh ring key unless they hold one). */
  reset(entities: readonly Entity[]): Promise<void>
  /** Flushes and stops listening; the store stays open, for whoever opened it. */
  close(): Promise<void>
}

export interface StateOptions {
  readonly store: Store
  /** The authority's clock, milliseconds since the epoch. */
  readonly now: () => number
  /** What an empty store begins with, the account among it; not asked for when the store has an account. */
  readonly first?: () => readonly Entity[]
  readonly history?: HistoryBounds
}

const portion = 1_000
/** Milliseconds. Commits are heard of sooner; this shows that the store is there when nothing happens. */
const beat = 1_000
const mostRaces = 5

/**
 * Loads the directory from the store and keeps it following the change log, commits of other processes included.
 * Throws `store` when the store holds no account and `first` brings none.
 */
export async function openState(options: StateOptions): Promise<AuthorityState> {
  const { store, now } = options
  const directory = createDirectory(nobody, options.history === undefined ? {} : { history: options.history })
  let heard = performance.now()
  let loading = false
  let tail: Promise<void> = Promise.resolve()
  let queued: Promise<void> | null = null

  async function load(): Promise<void> {
    loading = true
    try {
      await directory.reload(await store.load())
    } finally {
      loading = false
    }
    // What was committed while the snapshot was read.
    await readLog()
  }

  async function readLog(): Promise<void> {
    for (;;) {
      let records: readonly ChangeRecord[]
      try {
        records = await store.changesAfter(directory.appliedSeq, portion)
      } catch (error) {
        if (error instanceof CountersignError && error.code === 'limit') return load()
        throw error
      }
      directory.apply(records, now())
      if (records.length === portion) continue
      heard = performance.now()
      return
    }
  }

  /** One reading at a time. */
  function inTurn(work: () => Promise<void>): Promise<void> {
    const mine = tail.then(work)
    tail = mine.catch(() => {})
    return mine
  }

  /** Whoever comes while a reading is under way shares the next one: the present one may have begun too early. */
  function refresh(): Promise<void> {
    queued ??= inTurn(() => {
      queued = null
      return readLog()
    })
    return queued
  }

  async function commit(changes: readonly Change[]): Promise<void> {
    try {
      const { records, seq } = await store.commit(changes)
      // Without a gap there is nothing of others in between; else the log tells all of it in order.
      if (!loading && records[0]?.seq === directory.appliedSeq + 1) directory.apply(records, now())
      else if (loading || seq > directory.appliedSeq) await refresh()
    } catch (error) {
      if (error instanceof CountersignError && error.code === 'conflict') await refresh()
      throw error
    }
  }

  async function begin(entities: readonly Entity[]): Promise<void> {
    const hasAccount = () => directory.versionOf('account', directory.account.id) > 0
    await insist(async () => {
      if (!hasAccount()) await commit(entities.map((entity): Change => ({ op: 'put', entity, expect: 0 })))
    })
    if (!hasAccount()) throw new CountersignError('store', 'the store holds no account')
  }

  const rotateRing = () =>
    insist(async () => {
      const versionOf = (key: string) => directory.versionOf('ring-key', key)
      const changes = planRotation(directory.ringKeys(), versionOf, now())
      if (changes.length > 0) await commit(changes)
    })

  async function flushUses(): Promise<void> {
    const uses = directory.takeUses()
    if (uses.length === 0) return
    try {
      await store.touchKeys(uses)
    } catch (error) {
      // Given back, unless something newer was noted meanwhile.
      for (const use of uses) if (directory.lastUse(use.accessKeyId) === use) directory.noteUse(use)
      throw error
    }
  }

  await inTurn(load)
  if (directory.account === nobody) await begin(options.first?.() ?? [])
  await rotateRing()
  // A reading that fails shows in `silentFor`, which goes on growing.
  const follow = () => void refresh().catch(() => {})
  const stop = store.onCommit(follow)
  const heartbeat = setInterval(follow, beat).unref()

  return {
    directory,
    ring: createSessionRing({ keys: () => directory.ringKeys() }),
    commit,
    refresh,
    silentFor: () => performance.now() - heard,
    rotateRing,
    flushUses,
    async reset(entities) {
      await store.clear()
      await inTurn(load)
      await begin(entities)
      await rotateRing()
    },
    async close() {
      stop()
      clearInterval(heartbeat)
      await tail
      await flushUses()
    },
  }
}

/** Stands in until the store has told the account. */
const nobody: Account = { kind: 'account', id: '', partition: 'aws', createdAt: '', alias: null }

/** Again after a lost race: another process did the same at the same time, and then there is usually nothing left to do. */
async function insist(work: () => Promise<void>): Promise<void> {
  for (let races = 1; ; races += 1) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof CountersignError && error.code === 'conflict') || races === mostRaces) throw error
    }
  }
}
