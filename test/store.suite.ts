import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AccessKey, Entity, Group, InstanceProfile, MfaDevice, User } from '../src/authority/model/entities.ts'
import type {
  Change,
  Decision,
  DecisionQuery,
  IssuedSession,
  SignatureMismatch,
  Snapshot,
  Store,
  Versioned,
} from '../src/authority/model/store.ts'
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
      const all: readonly Entity[] = [
        account,
        user('Alice'),
        key('A'),
        device,
        group,
        role,
        profile,
        policy,
        ringKey,
        deletedKey,
      ]
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

    test('keeps one name free for users, groups, roles and instance profiles each', async () => {
      await store.commit([put(user('same')), ...[group, role, profile].map((one) => put({ ...one, name: 'same' }))])
      for (const one of [user('b'), group, role, profile])
        expect(await code(store.commit([put({ ...one, id: 'another', name: 'Same' })]))).toBe('conflict')
      await store.commit([
        { op: 'remove', kind: 'user', key: 'AIDA-same', expect: 1 },
        put({ ...user('b'), name: 'SAME' }),
      ])
      expect(await collect((await store.load()).entities)).toHaveLength(4)
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

    test('keeps the last use of a role by its unique id until the role is removed', async () => {
      const use = { accessKeyId: 'AROA-deploy', at: '2026-11-28T12:00:00Z', service: 'sts', region: 'eu-west-1' }
      await store.touchKeys([use])
      expect(await store.lastUse('AROA-deploy')).toBeNull()
      await store.commit([put(role), put(user('a'))])
      await store.touchKeys([use, { ...use, accessKeyId: 'AIDA-a' }])
      expect([...(await store.load()).uses]).toEqual([use])
      await store.commit([{ op: 'remove', kind: 'role', key: 'AROA-deploy', expect: 1 }])
      expect(await store.lastUse('AROA-deploy')).toBeNull()
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

    test('finds decisions by code, operation, time and any text in them', async () => {
      await store.appendDecisions([
        decision('r1', { operation: 'GetUser', at: '2026-11-28T12:01:00.000Z' }),
        decision('r2', { code: 'AccessDenied', userAgent: 'Boto3/1.43 "quoted"', at: '2026-11-28T12:02:00.000Z' }),
        decision('r3', { code: 'ExpiredToken', evidence: ['the session ended'], at: '2026-11-28T12:03:00.000Z' }),
        decision('R4', { issued: session, denied: { action: 'iam:CreateUser', resource: '*' } }),
      ])
      const ids = async (query: Partial<DecisionQuery>) =>
        (await store.findDecisions({ limit: 10, ...query })).map(({ requestId }) => requestId)
      expect(await ids({ code: 'AccessDenied' })).toEqual(['r2'])
      expect(await ids({ operation: 'GetUser' })).toEqual(['r1'])
      expect(await ids({ until: '2026-11-28T12:02:00Z' })).toEqual(['R4', 'r1'])
      expect(await ids({ since: '2026-11-28T12:01:00Z', until: '2026-11-28T12:03:00Z' })).toEqual(['r2', 'r1'])
      expect(await ids({ issued: true })).toEqual(['R4'])
      expect(await ids({ text: 'BOTO3' })).toEqual(['r2'])
      expect(await ids({ text: '"quoted"' })).toEqual(['r2'])
      expect(await ids({ text: 'session ENDED' })).toEqual(['r3'])
      expect(await ids({ text: 'iam:createuser' })).toEqual(['R4'])
      expect(await ids({ text: session.accessKeyId.toLowerCase() })).toEqual(['R4'])
      expect(await ids({ text: 'r4' })).toEqual(['R4'])
      expect(await ids({ text: 'nowhere' })).toEqual([])
      expect(await ids({ text: 'r4', code: 'AccessDenied' })).toEqual([])
    })

    test('gives back what a call issued, what it was denied, and the two sides of a signature', async () => {
      const all = [
        decision('r1', { issued: session }),
        decision('r2', { denied: { action: 'iam:CreateUser', resource: 'arn:aws:iam::123456789012:user/☃' } }),
        decision('r3', { outcome: 'refused', reason: 'signature-mismatch', mismatch }),
        decision('r4', { outcome: 'refused', reason: 'signature-mismatch', mismatch: { ...mismatch, implied: null } }),
        decision('r5', { outcome: 'refused', reason: 'signature-mismatch' }),
      ]
      for (const one of all) await store.appendDecisions([one])
      expect(await store.findDecisions({ limit: 10 })).toEqual(all.toReversed())
    })

    test('cuts the texts of a signature that a hostile request made long', async () => {
      const long = 'x'.repeat(100_000)
      const texts = { canonicalRequest: long, stringToSign: long }
      await store.appendDecisions([
        decision('r1', { reason: 'signature-mismatch', mismatch: { computed: texts, implied: texts, says: long } }),
      ])
      const [kept] = await store.findDecisions({ limit: 1 })
      expect(kept?.mismatch?.computed.canonicalRequest).toMatch(/^x+…$/)
      expect(JSON.stringify(kept).length).toBeLessThan(16_384)
    })

    test('gives decisions page by page, each once, also while others come', async () => {
      const all = Array.from({ length: 9 }, (_, n) => decision(`r${n}`, { operation: n % 3 === 0 ? 'GetUser' : '' }))
      await store.appendDecisions(all)
      const first = await store.pageDecisions({ limit: 4 })
      expect(first.decisions.map(({ requestId }) => requestId)).toEqual(['r8', 'r7', 'r6', 'r5'])
      await store.appendDecisions([decision('later', {})])
      const second = await store.pageDecisions({ limit: 4, before: first.next! })
      expect(second.decisions.map(({ requestId }) => requestId)).toEqual(['r4', 'r3', 'r2', 'r1'])
      expect(second.searchedTo).toBe('2026-11-28T12:00:00.000Z')
      const last = await store.pageDecisions({ limit: 4, before: second.next! })
      expect(last).toEqual({ decisions: [all[0]], next: null, searchedTo: null })
      const some = await store.pageDecisions({ limit: 2, operation: 'GetUser' })
      const rest = await store.pageDecisions({ limit: 2, operation: 'GetUser', before: some.next! })
      expect([...some.decisions, ...rest.decisions].map(({ requestId }) => requestId)).toEqual(['r6', 'r3', 'r0'])
      expect(rest.next).toBeNull()
    })

    test('counts decisions by minute and cause', async () => {
      const at = (time: string, over: Partial<Decision> = {}) => decision(time, { ...over, at: `2026-11-28T${time}Z` })
      const no = { outcome: 'refused', cause: 'clock-skew' } as const
      await store.appendDecisions([at('11:59:59.999'), at('12:00:00.000'), at('12:00:59.999'), at('12:01:00.000', no)])
      await store.appendDecisions([
        at('12:01:30.000', no),
        at('12:01:31.000', { outcome: 'refused' }),
        at('12:02:00.000'),
      ])
      const since = '2026-11-28T12:00:00Z'
      const counts = async (query: Partial<DecisionQuery> = {}) => {
        const { minutes, countedFrom } = await store.countDecisions({ since, ...query })
        expect(countedFrom).toBeNull()
        const sorted = [...minutes].sort(([a], [b]) => a - b)
        return sorted.map(([begin, { accepted, refused }]) => [
          new Date(begin).toISOString().slice(11, 16),
          accepted,
          Object.fromEntries(refused),
        ])
      }
      expect(await counts()).toEqual([
        ['12:00', 2, {}],
        ['12:01', 0, { 'clock-skew': 2, other: 1 }],
        ['12:02', 1, {}],
      ])
      expect(await counts({ cause: 'clock-skew' })).toEqual([['12:01', 0, { 'clock-skew': 2 }]])
      expect(await counts({ until: '2026-11-28T12:01:00Z' })).toEqual([['12:00', 2, {}]])
      expect((await counts({ outcome: 'accepted' })).map(([minute]) => minute)).toEqual(['12:00', '12:02'])
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

    test.each([
      { since: 'yesterday' },
      { until: 'tomorrow' },
      { before: 'r1' },
      { before: '0' },
      { text: 'x'.repeat(257) },
    ])('refuses to look for %o', async (query) => {
      expect(await code(store.findDecisions({ limit: 1, ...query }))).toBe('usage')
      expect(await code(store.pageDecisions({ limit: 1, ...query }))).toBe('usage')
    })

    test('clears everything, goes on counting, and sends readers of the log back to load', async () => {
      const { seq } = await store.commit([put(user('a')), put(key('A'))])
      await store.touchKeys([{ accessKeyId: 'AKIA-A', at, service: 'sts', region: 'us-east-1' }])
      await store.appendDecisions([decision('r1', { reason: 'signature-mismatch', mismatch })])
      await store.clear()
      // What comes next has the number of what is gone.
      await store.appendDecisions([decision('r2', { reason: 'signature-mismatch' })])
      expect(await store.findDecisions({ limit: 10 })).toEqual([decision('r2', { reason: 'signature-mismatch' })])
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
    groups: ['AGPA-devs'],
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
  lastPairStep: 58_000_000,
  usedSteps: [],
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

const group: Group = {
  kind: 'group',
  id: 'AGPA-devs',
  name: 'devs',
  path: '/eng/',
  createdAt,
  inlinePolicies: { p: '{"Version":"2012-10-17"}' },
  attachedPolicies: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
}

const profile: InstanceProfile = {
  kind: 'instance-profile',
  id: 'AIPA-deploy',
  name: 'deploy',
  path: '/ci/',
  createdAt,
  tags: [{ key: 'team', value: 'a' }],
  roleId: 'AROA-deploy',
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

const session: IssuedSession = {
  accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
  principal: 'arn:aws:sts::123456789012:assumed-role/Reader/ann',
  type: 'role',
  ownerId: 'AROA1',
  parentKeyId: null,
  mfa: false,
  issuedAt: '2026-11-28T12:00:00Z',
  expiresAt: '2026-11-28T13:00:00Z',
}

const mismatch: SignatureMismatch = {
  computed: { canonicalRequest: 'POST\n/\n\nhost:a\n\nhost\nabc', stringToSign: 'AWS4-HMAC-SHA256\n…' },
  implied: { canonicalRequest: 'GET\n/\n\nhost:a\n\nhost\nabc', stringToSign: 'AWS4-HMAC-SHA256\n…' },
  says: 'signed for GET',
}

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
