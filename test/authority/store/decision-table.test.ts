import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type {
  Decision,
  DecisionCounts,
  DecisionPage,
  DecisionQuery,
  IssuedSession,
  Store,
} from '../../../src/authority/model/store.ts'
import { openSqliteStore } from '../../../src/authority/store/sqlite.ts'
import { decision } from '../../store.suite.ts'

const masterKey = new Uint8Array(32).fill(7)
const seed = 20_261_128

let directory: string
let path: string
let opened: Store[]
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'countersign-decisions-'))
  path = join(directory, 'authority.sqlite')
  opened = []
})
afterEach(async () => {
  for (const store of opened) await store.close()
  rmSync(directory, { recursive: true, force: true })
})

function open(maxDecisions = 1_000_000, where = path): Store {
  const store = openSqliteStore({ path: where, masterKey, now: () => 0, maxDecisions })
  opened.push(store)
  return store
}

/** A look into the file beside the store. */
function inFile<T>(look: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(path)
  try {
    return look(database)
  } finally {
    database.close()
  }
}

const blocks = () =>
  inFile((database) => Number(database.prepare('SELECT count(*) AS n FROM decision_block').get()?.['n']))

const many = (count: number, over: (n: number) => Partial<Decision> = () => ({})) =>
  Array.from({ length: count }, (_, n) => decision(`r${n}`, over(n)))

const session: IssuedSession = {
  accessKeyId: 'ASIA1',
  principal: 'arn:aws:sts::123456789012:assumed-role/Reader/ann',
  type: 'role',
  ownerId: 'AROA1',
  parentKeyId: null,
  mfa: false,
  issuedAt: '2026-11-28T12:00:00Z',
  expiresAt: '2026-11-28T13:00:00Z',
}

/** Few different values, so that they meet; some of them mean something in JSON or SQL. */
const few = (...values: readonly string[]) => fc.constantFrom(...values)
const odd = few('a', 'b', '","', 'a","b', '\\', '"', 'null', '\u0000', '\ud800', '☃', '%', '')
const anyDecision: fc.Arbitrary<Decision> = fc.record({
  requestId: odd,
  at: fc.integer({ min: 0, max: 5 }).map((second) => new Date(Date.UTC(2026, 10, 28) + second * 1000).toISOString()),
  outcome: fc.constantFrom('accepted', 'refused'),
  service: few('sts', 'iam'),
  operation: few('GetUser', ''),
  accessKeyId: fc.option(odd),
  principal: fc.option(odd),
  account: few('123456789012'),
  region: fc.option(few('eu-west-1')),
  sourceIp: few('127.0.0.1', '::1'),
  userAgent: odd,
  status: fc.constantFrom(200, 403),
  code: fc.option(few('AccessDenied')),
  reason: fc.option(few('not-authorized')),
  cause: fc.option(fc.constantFrom('key-unknown', 'clock-skew')),
  evidence: fc.array(odd, { maxLength: 2 }),
  checks: fc.constantFrom([], ['form'], ['form', 'clock']),
  statement: fc.option(odd),
  issued: fc.option(
    odd.map((accessKeyId): IssuedSession => ({ ...session, accessKeyId })),
    { nil: undefined },
  ),
  denied: fc.option(fc.record({ action: odd, resource: odd }), { nil: undefined }),
})
const anyQuery: fc.Arbitrary<DecisionQuery> = fc
  .record(
    {
      requestId: odd,
      accessKeyId: odd,
      principal: odd,
      cause: fc.constantFrom('key-unknown', 'clock-skew', 'key-inactive'),
      outcome: fc.constantFrom('accepted', 'refused'),
      since: fc.constantFrom('2026-11-28T00:00:03Z', '2026-11-28T00:00:09Z'),
      until: fc.constantFrom('2026-11-28T00:00:03Z', '2026-11-28T00:00:00Z'),
      code: few('AccessDenied', 'ExpiredToken'),
      operation: few('GetUser', ''),
      issued: fc.constant(true as const),
      text: few('a', 'A', '"', '\\', 'u00', 'null', '\u0000', '\ud800', '☃', 'getuser', 'ROLE', 'zzz', ''),
    },
    { requiredKeys: [] },
  )
  .chain((query) => fc.integer({ min: 1, max: 50 }).map((limit): DecisionQuery => ({ ...query, limit })))

/** What the contract says, in the plainest way. */
function expected(all: readonly Decision[], query: DecisionQuery, most: number): readonly Decision[] {
  const { limit, since, until, text, issued, ...values } = query
  return all
    .slice(-most)
    .reverse()
    .filter((one) => since === undefined || Date.parse(one.at) >= Date.parse(since))
    .filter((one) => until === undefined || Date.parse(one.at) < Date.parse(until))
    .filter((one) => issued === undefined || one.issued !== undefined)
    .filter(
      ({ at: _, ...one }) => text === undefined || textsIn(one).some((value) => lower(value).includes(lower(text))),
    )
    .filter((one) => Object.entries(values).every(([member, value]) => one[member as keyof Decision] === value))
    .slice(0, limit)
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

const lower = (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())

/** Page after page, as the console asks. */
async function inPages(store: Store, { limit, ...query }: DecisionQuery): Promise<readonly Decision[]> {
  const found: Decision[] = []
  for (let before: string | null = ''; before !== null && found.length < limit; ) {
    const asked = { ...query, limit: Math.min(3, limit - found.length), ...(before === '' ? {} : { before }) }
    const page: DecisionPage = await store.pageDecisions(asked)
    found.push(...page.decisions)
    before = page.next
  }
  return found
}

function sum({ minutes }: DecisionCounts): readonly [accepted: number, refused: number] {
  let [accepted, refused] = [0, 0]
  for (const minute of minutes.values()) {
    accepted += minute.accepted
    for (const count of minute.refused.values()) refused += count
  }
  return [accepted, refused]
}

describe('the decisions in SQLite', () => {
  test(`are found as if each were looked at, however they were batched (seed ${seed})`, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(anyDecision, { maxLength: 12 }), { maxLength: 12 }),
        fc.array(anyQuery, { maxLength: 8 }),
        fc.integer({ min: 1, max: 60 }),
        async (batches, queries, most) => {
          const store = open(most, ':memory:')
          for (const batch of batches) await store.appendDecisions(batch)
          for (const query of [...queries, { limit: 1000 }]) {
            expect(await store.findDecisions(query)).toEqual(expected(batches.flat(), query, most))
            expect(await inPages(store, query)).toEqual(expected(batches.flat(), query, most))
            const { limit: _, since = '2026-11-28T00:00:00Z', ...filters } = query
            const counted = await store.countDecisions({ ...filters, since })
            const all = expected(batches.flat(), { ...filters, since, limit: 1000 }, most)
            expect(sum(counted)).toEqual([
              all.filter(({ outcome }) => outcome === 'accepted').length,
              all.filter(({ outcome }) => outcome === 'refused').length,
            ])
          }
          await store.close()
        },
      ),
      { seed, numRuns: 150 },
    )
  })

  // Why: what repeats is kept once, and a member that was forgotten there would take its neighbour's value.
  const changes: Partial<Decision> = {
    requestId: 'r2',
    at: '2026-11-28T12:00:00.001Z',
    outcome: 'refused',
    service: 'iam',
    operation: 'GetUser',
    accessKeyId: null,
    principal: 'arn:aws:iam::123456789012:user/b',
    account: '210987654321',
    region: null,
    sourceIp: '::1',
    userAgent: 'Boto3/1',
    status: 403,
    code: 'AccessDenied',
    reason: 'not-authorized',
    cause: 'clock-skew',
    evidence: ['another one'],
    checks: ['signature', 'mfa'],
    statement: 'policy#0',
    issued: session,
    denied: { action: 'iam:GetUser', resource: '*' },
  }
  test.each(Object.entries(changes))('keep apart what differs only in %s', async (member, value) => {
    const store = open(100, ':memory:')
    const all = [decision('r1', {}), decision('r1', { [member]: value }), decision('r1', {})]
    await store.appendDecisions(all)
    expect(await store.findDecisions({ limit: 10 })).toEqual(all.toReversed())
  })

  test('come back in order from a batch of many blocks', async () => {
    const store = open()
    const all = many(3_000, (n) => ({ accessKeyId: `AKIA${n % 7}` }))
    await store.appendDecisions(all)
    const last = all.toReversed().slice(0, 1_000)
    expect(await store.findDecisions({ limit: 1_000 })).toEqual(last)
    const [found] = await store.findDecisions({ requestId: 'r3', limit: 1 })
    expect(found).toEqual(all[3])
    expect(await store.findDecisions({ accessKeyId: 'AKIA3', limit: 5 })).toEqual(
      last.filter(({ accessKeyId }) => accessKeyId === 'AKIA3').slice(0, 5),
    )
  })

  // Why: at one request a second each is a batch of its own, and a search would walk a million rows.
  test('grow together into blocks when they come one by one', async () => {
    const store = open()
    const all = many(1_000, (n) => ({ userAgent: `agent/${n % 3}` }))
    for (const one of all) await store.appendDecisions([one])
    expect(blocks()).toBeLessThan(20)
    expect(await store.findDecisions({ limit: 1_000 })).toEqual(all.toReversed())
  })

  test('follow a clock that was moved back', async () => {
    const store = open()
    const times = ['2026-11-28T12:00:00.000Z', '2015-08-30T12:36:00.000Z', '2026-11-28T12:00:00.007Z']
    await store.appendDecisions(times.map((at) => decision(at, { at })))
    expect((await store.findDecisions({ limit: 10 })).map(({ at }) => at)).toEqual(times.toReversed())
    const since = '2026-11-28T12:00:00Z'
    expect((await store.findDecisions({ since, limit: 10 })).map(({ at }) => at)).toEqual([times[2], times[0]])
  })

  test('leave the file when they are too many, little by little when the bound was lowered', async () => {
    const before = open()
    await before.appendDecisions(many(6_000))
    await before.close()
    const store = open(300)
    const visible = async () => (await store.findDecisions({ limit: 1_000 })).length
    expect(await visible()).toBe(300)
    const full = blocks()
    await store.appendDecisions([decision('new', {})])
    expect(blocks()).toBeLessThan(full)
    expect(blocks()).toBeGreaterThan(10)
    for (let n = 0; n < 10; n += 1) await store.appendDecisions([decision(`new${n}`, {})])
    expect(blocks()).toBeLessThan(6)
    expect(await visible()).toBe(300)
    expect((await store.findDecisions({ limit: 1 }))[0]?.requestId).toBe('new9')
  })

  test('come from several writers on one file, none lost', async () => {
    const [one, other] = [open(), open()]
    for (let n = 0; n < 100; n += 1) await (n % 2 === 0 ? one : other).appendDecisions([decision(`r${n}`, {})])
    const found = await one.findDecisions({ limit: 1_000 })
    expect(found.map(({ requestId }) => requestId)).toEqual(
      many(100)
        .map(({ requestId }) => requestId)
        .reverse(),
    )
    await one.clear()
    await other.appendDecisions([decision('after', {})])
    expect((await one.findDecisions({ limit: 10 })).map(({ requestId }) => requestId)).toEqual(['after'])
  })

  // Why: the log of an authority that is brought up to date must not be lost, nor found less well than before.
  test('are found as before when a file of the first schema is opened', async () => {
    const before = open()
    const all = many(600, (n) => ({
      at: new Date(Date.UTC(2026, 10, 28) + (n === 300 ? 0 : n) * 1000).toISOString(),
      operation: n % 2 === 0 ? 'GetUser' : 'ListUsers',
      ...(n === 77 ? ({ outcome: 'refused', code: 'AccessDenied', cause: 'permission-missing' } as const) : {}),
    }))
    await before.appendDecisions(all)
    await before.close()
    inFile((database) =>
      database.exec(`
        CREATE TABLE first (
          n INTEGER PRIMARY KEY, count INTEGER NOT NULL, latest_ms INTEGER NOT NULL, refused INTEGER NOT NULL,
          keys TEXT NOT NULL, principals TEXT NOT NULL, causes TEXT NOT NULL, requests TEXT NOT NULL, columns TEXT NOT NULL
        ) STRICT;
        INSERT INTO first SELECT n, count, latest_ms, refused, keys, principals, causes, requests,
          json_set(columns, '$.code.values', json(codes), '$.operation.values', json(operations)) FROM decision_block;
        DROP TABLE decision_block;
        DROP TABLE decision_mismatch;
        ALTER TABLE first RENAME TO decision_block;
        PRAGMA user_version = 1`),
    )
    const store = open()
    expect(await store.findDecisions({ limit: 1_000 })).toEqual(all.toReversed())
    const ids = async (query: Partial<DecisionQuery>) =>
      (await store.findDecisions({ limit: 1_000, ...query })).map(({ requestId }) => requestId)
    expect(await ids({ code: 'AccessDenied' })).toEqual(['r77'])
    expect(await ids({ operation: 'ListUsers' })).toHaveLength(300)
    expect(await ids({ until: '2026-11-28T00:00:02Z' })).toEqual(['r300', 'r1', 'r0'])
    expect(await ids({ issued: true })).toEqual([])
  })

  test('keep the texts of some thousand signatures, and forget those of older ones', async () => {
    const store = open(100_000, ':memory:')
    const texts = { canonicalRequest: 'a', stringToSign: 'b' }
    const mismatch = { computed: texts, implied: null, says: 'another secret' }
    const all = many(6_000, () => ({ outcome: 'refused', reason: 'signature-mismatch', mismatch }))
    for (let at = 0; at < all.length; at += 300) await store.appendDecisions(all.slice(at, at + 300))
    let kept = 0
    for (let before: string | null = '99999'; before !== null; ) {
      const page: DecisionPage = await store.pageDecisions({ limit: 1_000, before })
      kept += page.decisions.filter((one) => one.mismatch !== undefined).length
      before = page.next
    }
    expect(kept).toBeGreaterThanOrEqual(4_096)
    expect(kept).toBeLessThan(4_700)
    expect((await store.findDecisions({ requestId: 'r5999', limit: 1 }))[0]?.mismatch).toEqual(mismatch)
    expect((await store.findDecisions({ requestId: 'r0', limit: 1 }))[0]?.mismatch).toBeUndefined()
  })

  // Why: whoever looks for something in a million decisions must not stop the requests meanwhile.
  test('let others have their turn while they are searched, and come once each although more are written', async () => {
    const store = open(1_000_000, ':memory:')
    const all = many(100_000, (n) => ({ accessKeyId: n % 500 === 0 ? 'AKIA-RARE' : 'AKIA1' }))
    for (let at = 0; at < all.length; at += 10_000) await store.appendDecisions(all.slice(at, at + 10_000))
    const search = store.findDecisions({ accessKeyId: 'AKIA-RARE', limit: 1_000 })
    let finished = false
    void search.then(() => {
      finished = true
    })
    let turns = 0
    for (; !finished; turns += 1) await store.appendDecisions([decision('new', { accessKeyId: 'AKIA-RARE' })])
    expect(turns).toBeGreaterThan(1)
    expect(await search).toEqual(all.filter(({ accessKeyId }) => accessKeyId === 'AKIA-RARE').toReversed())
  })

  test('are not written within the call that hands them over', async () => {
    const store = open()
    const written = store.appendDecisions(many(10))
    expect(blocks()).toBe(0)
    await written
    expect(blocks()).toBe(1)
  })

  test('are refused as a whole when one of them has no time, or when they are too many', async () => {
    const store = open()
    await expect(store.appendDecisions([...many(3), decision('r4', { at: 'noon' })])).rejects.toMatchObject({
      code: 'usage',
    })
    await expect(store.appendDecisions(many(10_001))).rejects.toMatchObject({ code: 'limit' })
    expect(await store.findDecisions({ limit: 10 })).toEqual([])
  })

  test.each(['columns', 'requests', 'keys'])('say so when %s of a block cannot be read', async (column) => {
    const store = open()
    await store.appendDecisions(many(3))
    inFile((database) => database.exec(`UPDATE decision_block SET ${column} = '{'`))
    await expect(store.findDecisions({ limit: 1 })).rejects.toMatchObject({
      code: 'store',
      message: expect.stringContaining('the decision log is not readable'),
    })
  })
})
