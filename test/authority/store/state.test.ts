import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Entity } from '../../../src/authority/model/entities.ts'
import { ownSession, type SessionClaims } from '../../../src/authority/model/principal.ts'
import type { ChangeRecord, Store } from '../../../src/authority/model/store.ts'
import { openSqliteStore } from '../../../src/authority/store/sqlite.ts'
import { type AuthorityState, openState } from '../../../src/authority/store/state.ts'
import { CountersignError } from '../../../src/errors.ts'
import { account, key, user } from '../../store.suite.ts'

const masterKey = new Uint8Array(32).fill(7)
const day = 86_400_000
let now: number
let store: Store
let states: AuthorityState[]
beforeEach(() => {
  now = Date.UTC(2026, 10, 28, 12)
  store = openSqliteStore({ path: ':memory:', masterKey, now: () => now, maxChanges: 50 })
  states = []
})
afterEach(async () => {
  for (const state of states) await state.close()
  await store.close()
})

/** One node. Several on one store are what several processes on one database are. */
async function open(over: Partial<Parameters<typeof openState>[0]> = {}): Promise<AuthorityState> {
  const state = await openState({ store, now: () => now, first: () => [account, key('root', 'root')], ...over })
  states.push(state)
  return state
}

const put = (entity: Entity, expected = 0) => ({ op: 'put' as const, entity, expect: expected })

const claims: SessionClaims = {
  type: 'session',
  accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  account: '123456789012',
  issuedAt: Date.UTC(2026, 10, 28, 12) / 1000,
  expiresAt: Date.UTC(2026, 10, 29, 12) / 1000,
  mfaAt: null,
  ownerId: 'root',
  parentKeyId: null,
  ...ownSession,
}

describe('the first start', () => {
  test('puts the first entities and a ring key into the empty store', async () => {
    const state = await open()
    expect(state.directory.account).toEqual(account)
    expect(state.directory.accessKeysOf('root')).toHaveLength(1)
    expect(state.directory.ringKeys()).toHaveLength(1)
    expect(state.directory.appliedSeq).toBe(3)
  })

  test('is the only one that asks for them', async () => {
    const first = await open()
    const later = await open({
      first: () => {
        throw new Error('asked again')
      },
    })
    expect(later.directory.account).toEqual(account)
    expect(later.ring.open(first.ring.seal(claims, 'eu-west-1')).kind).toBe('genuine')
  })

  test('of two nodes at once gives one account and one ring', async () => {
    const [one, other] = await Promise.all([open(), open()])
    expect(other.ring.open(one.ring.seal(claims, 'eu-west-1')).kind).toBe('genuine')
    expect(other.directory.ringKeys()).toEqual(one.directory.ringKeys())
  })

  test('without an account is an error', async () => {
    await expect(open({ first: () => [] })).rejects.toMatchObject({ code: 'store' })
  })
})

describe('a commit', () => {
  test('is visible to its own node when it is answered, and to others soon after', async () => {
    const [here, there] = [await open(), await open()]
    await here.commit([put(user('ann'))])
    expect(here.directory.userNamed('ann')).toEqual(user('ann'))
    while (there.directory.userNamed('ann') === undefined) await nextTurn()
    expect(there.directory.appliedSeq).toBe(here.directory.appliedSeq)
  })

  test('does not skip what another node committed in between', async () => {
    const [here, there] = [await open(), await open()]
    await Promise.all([there.commit([put(user('a'))]), there.commit([put(user('b'))]), here.commit([put(user('c'))])])
    expect(here.directory.users().map(({ name }) => name)).toEqual(['a', 'b', 'c'])
  })

  test('that lost against another node is a conflict, and the directory is up to date after it', async () => {
    const [here, there] = [await open(), await open()]
    await there.commit([put(user('a'))])
    await expect(here.commit([put(user('a'))])).rejects.toMatchObject({ code: 'conflict' })
    expect(here.directory.versionOf('user', 'AIDA-a')).toBe(1)
  })

  test('of many at once is all there, in the log’s order', async () => {
    const state = await open()
    await Promise.all(Array.from({ length: 40 }, (_, n) => state.commit([put(user(`u${n}`))])))
    expect(state.directory.users()).toHaveLength(40)
  })

  test('is visible also while the directory is being loaded anew', async () => {
    const state = await open()
    // The log is cut under the directory's feet, so that its next reading is a load.
    await store.clear()
    await store.commit([put(account), put(user('old'))])
    const reading = state.refresh()
    await Promise.all([reading, state.commit([put(user('new'))])])
    expect(state.directory.users().map(({ name }) => name)).toEqual(['new', 'old'])
  })
})

describe('a node that fell behind', () => {
  test('further than the log goes back loads anew', async () => {
    const silent: Store = { ...store, onCommit: () => () => {} }
    const state = await open({ store: silent })
    await store.commit([put(user('gone'))])
    await store.commit([{ op: 'remove', kind: 'user', key: 'AIDA-gone', expect: 1 }])
    for (let n = 0; n < 120; n += 1) await store.commit([put(user(`u${n}`))])
    await expect(store.changesAfter(state.directory.appliedSeq, 10)).rejects.toMatchObject({ code: 'limit' })
    await state.refresh()
    expect(state.directory.users()).toHaveLength(120)
    expect(state.directory.userNamed('gone')).toBeUndefined()
  })

  test('says for how long it has heard nothing', async () => {
    let broken = false
    const state = await open({
      store: {
        ...store,
        changesAfter: (seq, limit) =>
          broken ? Promise.reject(new CountersignError('store', 'the disk is gone')) : store.changesAfter(seq, limit),
      },
    })
    await state.refresh()
    const before = state.silentFor()
    expect(before).toBeLessThan(1_000)
    broken = true
    await expect(state.refresh()).rejects.toMatchObject({ code: 'store' })
    expect(state.silentFor()).toBeGreaterThan(before)
    broken = false
    await state.refresh()
    expect(state.silentFor()).toBeLessThan(1_000)
  })

  test('reads a long log in portions', async () => {
    const roomy = openSqliteStore({ path: ':memory:', masterKey, now: () => now })
    const asked: number[] = []
    const counting: Store = {
      ...roomy,
      onCommit: () => () => {},
      changesAfter(seq, limit): Promise<readonly ChangeRecord[]> {
        asked.push(limit)
        return roomy.changesAfter(seq, limit)
      },
    }
    const state = await open({ store: counting })
    await roomy.commit(Array.from({ length: 2_500 }, (_, n) => put(user(`u${n}`))))
    asked.length = 0
    await state.refresh()
    expect([asked, state.directory.users().length]).toEqual([[1_000, 1_000, 1_000], 2_500])
    await state.close()
    await roomy.close()
    states = []
  })
})

describe('the ring', () => {
  test('gets a fresh key each day, and knows its old sessions for two weeks', async () => {
    const state = await open()
    const token = state.ring.seal(claims, 'eu-west-1')
    for (let days = 1; days <= 15; days += 1) {
      now += day
      await state.rotateRing()
      await state.rotateRing()
      expect(
        state.directory
          .ringKeys()
          .map(({ id }) => id)
          .at(-1),
      ).toBe(String(days + 1))
      expect(state.ring.open(token).kind).toBe(days < 15 ? 'genuine' : 'foreign')
    }
  })

  test('is rotated once by nodes that do it at the same time', async () => {
    const [here, there] = [await open(), await open()]
    now += day
    await Promise.all([here.rotateRing(), there.rotateRing()])
    await Promise.all([here.refresh(), there.refresh()])
    expect(here.directory.ringKeys().map(({ id }) => id)).toEqual(['1', '2'])
    expect(there.directory.ringKeys()).toEqual(here.directory.ringKeys())
  })
})

describe('the use of keys', () => {
  const use = { accessKeyId: 'AKIA-root', at: '2026-11-28T12:00:00Z', service: 'sts', region: 'eu-west-1' }

  test('is in the store after flushing or closing, and known again after the next start', async () => {
    const state = await open()
    state.directory.noteUse(use)
    expect(await store.lastUse('AKIA-root')).toBeNull()
    await state.close()
    expect(await store.lastUse('AKIA-root')).toEqual(use)
    expect((await open()).directory.lastUse('AKIA-root')).toEqual(use)
  })

  test('is not lost when the store fails once', async () => {
    let broken = true
    const state = await open({
      store: {
        ...store,
        touchKeys: (uses) => (broken ? Promise.reject(new CountersignError('store', 'full')) : store.touchKeys(uses)),
      },
    })
    state.directory.noteUse(use)
    await expect(state.flushUses()).rejects.toMatchObject({ code: 'store' })
    broken = false
    await state.flushUses()
    expect(await store.lastUse('AKIA-root')).toEqual(use)
  })
})

describe('a reset', () => {
  test('brings the first entities back and nothing else, also to other nodes', async () => {
    const [here, there] = [await open(), await open()]
    const token = here.ring.seal(claims, 'eu-west-1')
    await here.commit([put(user('ann'))])
    await here.reset([account, key('root', 'root')])
    await there.refresh()
    for (const state of [here, there]) {
      expect(state.directory.users()).toEqual([])
      expect(state.directory.accessKeysOf('root')).toEqual([key('root', 'root')])
      expect(state.ring.open(token).kind).toBe('foreign')
    }
    await here.commit([put(user('ann'))])
    expect(here.directory.users()).toHaveLength(1)
  })
})
