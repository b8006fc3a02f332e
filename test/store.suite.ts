import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AccessKey, Entity, MfaDevice, User } from '../src/authority/model/entities.ts'
import type { Change, Decision, Snapshot, Store, Versioned } from '../src/authority/model/store.ts'
import { CountersignError } from '../src/errors.ts'

/** What a suite run can shape; everything else is the engine's own. */
export interface StoreUnderTest {
  readonly now: () => number
  readonly maxDecisions?: number
  readonly maxChanges?: number
}

/**
 * The contract of `Store`. An engine passes when every one of these sentences is true of it. `open` gives an empty store
 * each time.
 */
export function storeContract(name: string, open: (options: StoreUnderTest) => Promise<Store>): void {
  describe(`a store over ${name}`, () => {
    const clock = Date.UTC(2026, 10, 28, 12, 0, 0, 250)
    let store: Store
    beforeEach(async () => {
      store = await open({ now: () => clock, maxDecisions: 20, maxChanges: 10 })
    })
    afterEach(() => store.close())

    test('begins empty', async () => {
      const { seq, entities, uses } = await store.load()
      expect([seq, await collect(entities), [...uses]]).toEqual([0, [], []])
      expect(await store.changesAfter(0, 10)).toEqual([])
      expect(await store.findDecisions({ limit: 10 })).toEqual([])
    })

    test('gives every member of every kind of entity back as it came', async () => {
      const all: readonly Entity[] = [account, user('Alice'), key('A'), device, role, policy, ringKey, deletedKey]
      await store.commit(all.map(put))
      const { entities } = await store.load()
      expect(byKind(await collect(entities))).toEqual(byKind(all.map((entity) => ({ entity, version: 1 }))))
    })

    test('answers a commit with its records, numbered from where the log stood', async () => {
      const committed = await store.commit([put(user('a')), put(user('b'))])
      expect(committed).toEqual({
        seq: 2,
        records: [
          { seq: 1, at, op: 'put', kind: 'user', key: 'AIDA-a', version: 1, entity: user('a') },
          { seq: 2, at, op: 'put', kind: 'user', key: 'AIDA-b', version: 1, entity: user('b') },
        ],
      })
      expect(await store.changesAfter(0, 10)).toEqual(committed.records)
      expect(await store.changesAfter(1, 10)).toEqual(committed.records.slice(1))
      expect(await store.changesAfter(0, 1)).toEqual(committed.records.slice(0, 1))
      expect((await store.load()).seq).toBe(2)
    })

    test('answers an empty commit with the place where the log stands', async () => {
      await store.commit([put(user('a'))])
      expect(await store.commit([])).toEqual({ seq: 1, records: [] })
    })

    test('counts versions up with each change and begins at 1 again after a removal', async () => {
      await store.commit([put(user('a'))])
      const second = await store.commit([{ op: 'put', entity: { ...user('a'), path: '/x/' }, expect: 1 }])
      expect(second.records[0]?.version).toBe(2)
      const removal = await store.commit([{ op: 'remove', kind: 'user', key: 'AIDA-a', expect: 2 }])
      expect(removal.records).toEqual([
        { seq: 3, at, op: 'remove', kind: 'user', key: 'AIDA-a', version: 3, entity: null },
      ])
      const again = await store.commit([put(user('a'))])
      expect(again.records[0]?.version).toBe(1)
      expect(await collect((await store.load()).entities)).toEqual([{ entity: user('a'), version: 1 }])
    })

    test.each<[string, readonly Change[]]>([
      ['creates what is there', [put(user('a'))]],
      ['expects an older version', [{ op: 'put', entity: user('a'), expect: 1 }]],
      ['expects a version that is still to come', [{ op: 'put', entity: user('a'), expect: 3 }]],
      ['changes what is not there', [{ op: 'put', entity: user('z'), expect: 1 }]],
      ['removes an older version', [{ op: 'remove', kind: 'user', key: 'AIDA-a', expect: 1 }]],
      ['removes what is not there', [{ op: 'remove', kind: 'user', key: 'AIDA-z', expect: 0 }]],
      ['gives a name that another one bears in another case', [put({ ...user('z'), name: 'A' })]],
    ])('rejects a commit as a whole when one change %s', async (_, changes) => {
      await store.commit([put(user('a'))])
      await store.commit([{ op: 'put', entity: user('a'), expect: 1 }])
      const error = await store.commit([put(user('new')), ...changes, put(user('newer'))]).catch((e: unknown) => e)
      expect(error).toBeInstanceOf(CountersignError)
      expect(error).toMatchObject({ code: 'conflict' })
      expect(await collect((await store.load()).entities)).toEqual([{ entity: user('a'), version: 2 }])
      expect((await store.changesAfter(0, 10)).map(({ seq }) => seq)).toEqual([1, 2])
      // The number that was not used is not lost either.
      expect((await store.commit([put(user('b'))])).seq).toBe(3)
    })

    test('lets exactly one of many simultaneous writers of one entity win', async () => {
      await store.commit([put(user('a'))])
      const writers = Array.from({ length: 20 }, (_, index) =>
        store.commit([{ op: 'put', entity: { ...user('a'), path: `/${index}/` }, expect: 1 }]),
      )
      const outcomes = await Promise.allSettled(writers)
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    })

    test('keeps one name free for users and for roles each', async () => {
      await store.commit([put(user('same')), put({ ...role, name: 'same' })])
      await store.commit([
        { op: 'remove', kind: 'user', key: 'AIDA-same', expect: 1 },
        put({ ...user('b'), name: 'SAME' }),
      ])
      expect(await collect((await store.load()).entities)).toHaveLength(2)
    })

    test('shows a load the state of the moment it was asked for, whatever is committed meanwhile', async () => {
      await store.commit([put(user('a')), put(user('b'))])
      const { seq, entities } = await store.load()
      await store.commit([put(user('c')), { op: 'remove', kind: 'user', key: 'AIDA-a', expect: 1 }])
      expect(seq).toBe(2)
      expect((await collect(entities)).map(({ entity }) => entity.kind === 'user' && entity.name)).toEqual(['a', 'b'])
    })

    test('a load that is not read to its end hinders nothing', async () => {
      await store.commit([put(user('a')), put(user('b'))])
      for await (const _ of (await store.load()).entities) break
      await store.load()
      await store.commit([put(user('c'))])
      expect(await collect((await store.load()).entities)).toHaveLength(3)
    })

    test('bounds the change log, and tells a reader who is too far behind to load again', async () => {
      for (let n = 0; n < 40; n += 1) await store.commit([put(user(`u${n}`))])
      expect(await code(store.changesAfter(0, 100))).toBe('limit')
      const { seq } = await store.load()
      expect(seq).toBe(40)
      expect((await store.changesAfter(seq - 5, 100)).map((record) => record.seq)).toEqual([36, 37, 38, 39, 40])
    })

    test.each([0, -1, 1.5, 10_001])('refuses to give %s changes', async (limit) => {
      expect(await code(store.changesAfter(0, limit))).toBe('usage')
    })

    test('calls listeners back after a commit until they stop listening', async () => {
      const calls: string[] = []
      const stopFirst = store.onCommit(() => calls.push('first'))
      store.onCommit(() => calls.push('second'))
      await store.commit([put(user('a'))])
      await until(() => calls.length >= 2)
      expect(calls.sort()).toEqual(['first', 'second'])
      stopFirst()
      await store.commit([put(user('b'))])
      await until(() => calls.length >= 3)
      expect(calls.filter((name) => name === 'first')).toHaveLength(1)
    })

    test('keeps the newest use of each key, in whatever order uses come', async () => {
      await store.commit([put(key('A')), put(key('B'))])
      expect(await store.lastUse('AKIA-A')).toBeNull()
      const use = (id: string, time: string) => ({ accessKeyId: id, at: time, service: 'sts', region: 'eu-west-1' })
      const newest = use('AKIA-A', '2026-11-28T12:00:01Z')
      await store.touchKeys([use('AKIA-A', '2026-11-28T11:00:00Z'), newest])
      // As text, the fraction would sort before the Z of the whole second.
      await store.touchKeys([use('AKIA-A', '2026-11-28T12:00:00.900Z'), use('AKIA-B', '2026-11-28T12:00:00.900Z')])
      expect(await store.lastUse('AKIA-A')).toEqual(newest)
      expect([...(await store.load()).uses]).toHaveLength(2)
    })

    test('forgets the use of a key with the key, and passes over keys that are not there', async () => {
      await store.commit([put(key('A'))])
      const use = { accessKeyId: 'AKIA-A', at: '2026-11-28T12:00:00Z', service: 'iam', region: 'us-east-1' }
      await store.touchKeys([use, { ...use, accessKeyId: 'AKIA-Z' }])
      expect(await store.lastUse('AKIA-Z')).toBeNull()
      await store.commit([{ op: 'remove', kind: 'access-key', key: 'AKIA-A', expect: 1 }])
      expect(await store.lastUse('AKIA-A')).toBeNull()
    })

    test('gives decisions newest first, by each of their marks', async () => {
      await store.appendDecisions([
        decision('r1', {}),
        decision('r2', {
          outcome: 'refused',
          cause: 'key-unknown',
          accessKeyId: 'AKIA2',
          at: '2026-11-28T12:01:00.000Z',
        }),
        decision('r3', { principal: 'arn:aws:iam::123456789012:user/b', at: '2026-11-28T12:02:00.000Z' }),
      ])
      await store.appendDecisions([
        decision('r4', { outcome: 'refused', cause: 'key-unknown', at: '2026-11-28T12:03:00.000Z' }),
      ])
      const ids = async (query: object) =>
        (await store.findDecisions({ limit: 10, ...query })).map(({ requestId }) => requestId)
      expect(await ids({})).toEqual(['r4', 'r3', 'r2', 'r1'])
      expect(await ids({ limit: 2 })).toEqual(['r4', 'r3'])
      expect(await ids({ requestId: 'r2' })).toEqual(['r2'])
      expect(await ids({ accessKeyId: 'AKIA2' })).toEqual(['r2'])
      expect(await ids({ principal: 'arn:aws:iam::123456789012:user/b' })).toEqual(['r3'])
      expect(await ids({ cause: 'key-unknown' })).toEqual(['r4', 'r2'])
      expect(await ids({ outcome: 'refused' })).toEqual(['r4', 'r2'])
      expect(await ids({ outcome: 'accepted' })).toEqual(['r3', 'r1'])
      expect(await ids({ since: '2026-11-28T12:02:00Z' })).toEqual(['r4', 'r3'])
      expect(await ids({ since: '2026-11-28T12:01:30Z', cause: 'key-unknown', outcome: 'refused' })).toEqual(['r4'])
      expect(await store.findDecisions({ requestId: 'r1', limit: 1 })).toEqual([decision('r1', {})])
    })

    test('keeps so many decisions; the oldest go', async () => {
      const all = Array.from({ length: 50 }, (_, n) => decision(`r${n}`, {}))
      for (const one of all) await store.appendDecisions([one])
      const kept = await store.findDecisions({ limit: 1000 })
      expect(kept).toEqual(all.slice(30).reverse())
    })

    test('cuts what a hostile request puts into a decision, and finds it by its beginning', async () => {
      const long = 'x'.repeat(100_000)
      await store.appendDecisions([
        decision('r1', { userAgent: long, accessKeyId: long, evidence: Array.from({ length: 9_999 }, () => long) }),
      ])
      const [kept] = await store.findDecisions({ accessKeyId: long, limit: 1 })
      expect(kept?.requestId).toBe('r1')
      expect(JSON.stringify(kept).length).toBeLessThan(200_000)
    })

    test.each([0, 1001, 0.5])('refuses to find %s decisions', async (limit) => {
      expect(await code(store.findDecisions({ limit }))).toBe('usage')
    })

    test('refuses a time that is none', async () => {
      expect(await code(store.findDecisions({ limit: 1, since: 'yesterday' }))).toBe('usage')
    })

    test('clears everything, goes on counting, and sends readers of the log back to load', async () => {
      const { seq } = await store.commit([put(user('a')), put(key('A'))])
      await store.touchKeys([{ accessKeyId: 'AKIA-A', at, service: 'sts', region: 'us-east-1' }])
      await store.appendDecisions([decision('r1', {})])
      await store.clear()
      expect(await code(store.changesAfter(seq, 10))).toBe('limit')
      const snapshot = await store.load()
      expect([await collect(snapshot.entities), [...snapshot.uses]]).toEqual([[], []])
      expect(await store.findDecisions({ limit: 10 })).toEqual([])
      expect(await store.lastUse('AKIA-A')).toBeNull()
      expect(await store.changesAfter(snapshot.seq, 10)).toEqual([])
      const next = await store.commit([put(user('a'))])
      expect(next.seq).toBe(snapshot.seq + 1)
      expect(snapshot.seq).toBeGreaterThan(seq)
    })

    test('refuses an entity and a commit beyond all measure, and keeps nothing of them', async () => {
      expect(await code(store.commit([put({ ...user('a'), inlinePolicies: { p: 'x'.repeat(2_000_000) } })]))).toBe(
        'limit',
      )
      const many = Array.from({ length: 10_001 }, (_, n) => put(user(`u${n}`)))
      expect(await code(store.commit(many))).toBe('limit')
      expect((await store.load()).seq).toBe(0)
    })

    test('rejects with its own error after it was closed, and closes twice in peace', async () => {
      await store.close()
      await store.close()
      expect(await code(store.load())).toBe('store')
      expect(await code(store.commit([put(user('a'))]))).toBe('store')
    })
  })

  const at = '2026-11-28T12:00:00.250Z'
}

function put(entity: Entity): Change {
  return { op: 'put', entity, expect: 0 }
}

async function collect(entities: Snapshot['entities']): Promise<readonly Versioned[]> {
  const all: Versioned[] = []
  for await (const one of entities) all.push(one)
  return all
}

function byKind(all: readonly Versioned[]): Record<string, Versioned> {
  return Object.fromEntries(all.map((one) => [one.entity.kind, one]))
}

async function code(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => null,
    (e: unknown) => e,
  )
  return error instanceof CountersignError ? error.code : `no error of ours: ${String(error)}`
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await nextTurn()
}

const createdAt = '2026-11-28T12:00:00Z'

export const account: Entity = { kind: 'account', id: '123456789012', partition: 'aws', createdAt, alias: 'ä "quoted"' }

export function user(name: string): User {
  return {
    kind: 'user',
    id: `AIDA-${name}`,
    name,
    path: '/',
    createdAt,
    tags: [{ key: 'team', value: 'naïve ☃ \u0000 "' }],
    boundary: null,
    inlinePolicies: { p: '{"Version":"2012-10-17"}' },
    attachedPolicies: [],
  }
}

export function key(name: string, owner = 'AIDA-Alice'): AccessKey {
  return {
    kind: 'access-key',
    id: `AKIA-${name}`,
    owner,
    status: 'Active',
    createdAt,
    secret: `not/a/real/secret/${name}`,
  }
}

export const device: MfaDevice = {
  kind: 'mfa-device',
  serialNumber: 'arn:aws:iam::123456789012:mfa/phone',
  name: 'phone',
  path: '/',
  createdAt,
  tags: [],
  seed: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
  owner: null,
  enabledAt: null,
  driftSteps: -3,
  lastUsedStep: 58_000_000,
}

const role: Entity & { readonly kind: 'role' } = {
  kind: 'role',
  id: 'AROA-deploy',
  name: 'deploy',
  path: '/ci/',
  createdAt,
  description: null,
  trustPolicy: '{}',
  trustPrincipals: { 'arn:aws:iam::123456789012:user/Alice': 'AIDA-Alice' },
  maxSessionDuration: 3600,
  tags: [],
  boundary: 'arn:aws:iam::123456789012:policy/limit',
  inlinePolicies: {},
  attachedPolicies: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
}

const policy: Entity = {
  kind: 'policy',
  arn: 'arn:aws:iam::123456789012:policy/limit',
  id: 'ANPA-limit',
  name: 'limit',
  path: '/',
  description: 'what nobody may pass',
  createdAt,
  updatedAt: createdAt,
  tags: [],
  defaultVersion: 'v1',
  versions: [{ id: 'v1', document: '{}', createdAt }],
  nextVersion: 2,
}

const ringKey: Entity = {
  kind: 'ring-key',
  id: '1',
  createdAt,
  secret: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
}

const deletedKey: Entity = { kind: 'deleted-key', id: 'AKIA-gone', owner: 'root', deletedAt: createdAt }

export function decision(requestId: string, over: Partial<Decision>): Decision {
  return {
    requestId,
    at: '2026-11-28T12:00:00.000Z',
    outcome: 'accepted',
    service: 'sts',
    operation: 'GetCallerIdentity',
    accessKeyId: 'AKIA1',
    principal: null,
    account: '123456789012',
    region: 'eu-west-1',
    sourceIp: '127.0.0.1',
    userAgent: 'aws-cli/2',
    status: 200,
    code: null,
    reason: null,
    cause: null,
    evidence: [],
    checks: ['signature'],
    statement: null,
    ...over,
  }
}
