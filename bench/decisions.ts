import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Decision, DecisionQuery, Store } from '../src/authority/model/store.ts'
import { openSqliteStore } from '../src/authority/store/sqlite.ts'
import type { CauseId } from '../src/cause-ids.ts'
import { type Line, quantile } from './line.ts'

const records = 10_000_000
const turns = 15
/** Milliseconds (`ARCHITECTURE.md`; a page of the console's query). */
const bound = 200
const begun = Date.UTC(2026, 10, 1)
/** Milliseconds between two requests: the log spans a fortnight. */
const step = 120

const causes: readonly CauseId[] = [
  'permission-missing',
  'secret-wrong',
  'key-unknown',
  'session-expired',
  'clock-skew',
]
const operations = ['GetCallerIdentity', 'AssumeRole', 'GetUser', 'ListUsers', 'GetSessionToken', 'ListRoles']
const agents = Array.from({ length: 40 }, (_, n) => `aws-cli/2.${n} md/awscrt#0.2${n} ua/2.1 os/linux lang/python#3.12`)

/** A log as a busy authority has it: 5,000 callers, one refusal in twenty, and a few things that happened once, long ago. */
function decisionAt(n: number): Decision {
  const caller = (n * 7_919) % 5_000
  const refused = (n * 31) % 20 === 0
  const cause = n === 1_000 ? 'account-suspended' : causes[Math.floor(n / 20) % causes.length]!
  const isRare = n === 1_000
  const isRefused = refused || isRare
  return {
    requestId: randomUUID(),
    at: new Date(begun + n * step).toISOString(),
    outcome: isRefused ? 'refused' : 'accepted',
    service: 'sts',
    operation: isRare ? 'DecodeAuthorizationMessage' : operations[n % operations.length]!,
    accessKeyId: isRare ? 'AKIARARE000000000001' : `AKIA${String(caller).padStart(16, '0')}`,
    principal: `arn:aws:iam::123456789012:user/${isRare ? 'rare' : `user-${caller}`}`,
    account: '123456789012',
    region: 'us-east-1',
    sourceIp: `10.0.${caller % 256}.${n % 200}`,
    userAgent: agents[n % agents.length]!,
    status: isRefused ? 403 : 200,
    code: isRare ? 'OptInRequired' : isRefused ? 'AccessDenied' : null,
    reason: isRefused ? 'not-authorized' : null,
    cause: isRefused ? cause : null,
    evidence: isRefused ? ['No identity-based policy allows it.'] : [],
    checks: ['signature'],
    statement: isRefused ? null : 'p#0',
  }
}

const at = (n: number): string => new Date(begun + n * step).toISOString()

/** What the console asks, the hard ones among them: what is found only at the other end, and nowhere. */
const queries: Readonly<Record<string, Partial<DecisionQuery>>> = {
  'the newest': {},
  'refused ones': { outcome: 'refused' },
  'a frequent cause': { cause: 'clock-skew' },
  'a cause that occurred once': { cause: 'account-suspended' },
  'a code that occurred once': { code: 'OptInRequired' },
  'an operation that occurred once': { operation: 'DecodeAuthorizationMessage' },
  'one key of 5,000': { accessKeyId: 'AKIA0000000000001234' },
  'a key that is nowhere': { accessKeyId: 'AKIANOWHERE000000001' },
  'a principal that occurred once': { principal: 'arn:aws:iam::123456789012:user/rare' },
  'a cause of one key': { accessKeyId: 'AKIA0000000000001234', cause: 'key-unknown' },
  'an hour in the middle': { since: at(5_000_000), until: at(5_030_000) },
  'the beginning': { until: at(10_000) },
  'far back, page by page': { before: '5000000' },
  'a text of few': { text: 'user-1234' },
  'a text that is nowhere': { text: 'nowhere-at-all' },
  'sessions, of which there are none': { issued: true },
}

/** How long a page of 50 takes at the median, over a log of ten million records on disk. The slowest question counts. */
export async function measureDecisions(): Promise<readonly Line[]> {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-bench-'))
  const path = join(directory, 'authority.sqlite')
  const store = openSqliteStore({
    path,
    masterKey: new Uint8Array(32).fill(7),
    now: Date.now,
    maxDecisions: 2 * records,
  })
  try {
    for (let n = 0; n < records; n += 5_000) {
      await store.appendDecisions(Array.from({ length: 5_000 }, (_, index) => decisionAt(n + index)))
      if (n % 1_000_000 === 0) process.stderr.write(`  ${n / 1_000_000} million records …\n`)
    }
    const times = new Map<string, number[]>()
    for (let turn = -1; turn < turns; turn += 1) {
      for (const [name, query] of Object.entries(queries)) {
        const start = performance.now()
        await store.pageDecisions({ limit: 50, ...query })
        const taken = performance.now() - start
        if (turn >= 0) times.set(name, [...(times.get(name) ?? []), taken])
      }
      const start = performance.now()
      await store.countDecisions({ since: at(records - 30_000) })
      if (turn >= 0)
        times.set('the last hour, counted', [...(times.get('the last hour, counted') ?? []), performance.now() - start])
    }
    const medians = [...times].map(([name, taken]) => ({ name, taken, median: quantile(taken, 0.5) }))
    for (const { name, median, taken } of medians)
      process.stderr.write(`  ${name}: ${median.toFixed(1)} ms, at most ${Math.max(...taken).toFixed(1)} ms\n`)
    const { pages, taken: whole } = await searchToTheEnd(store, { accessKeyId: 'AKIANOWHERE000000001' })
    const slowest = medians.reduce((a, b) => (b.median > a.median ? b : a))
    const newest = medians.find(({ name }) => name === 'the newest')!
    const size = (statSync(path).size / 1e9).toFixed(1)
    return [
      {
        what: `a page of the console’s slowest query of ten million decisions ÷ ${bound} ms`,
        ratio: slowest.median / bound,
        bound: 1,
        atMost: true,
        low: quantile(slowest.taken, 0.25) / bound,
        high: quantile(slowest.taken, 0.75) / bound,
        detail: `${slowest.median.toFixed(0)} ms for ${slowest.name}, ${newest.median.toFixed(1)} ms for the newest; ${medians.length} queries, ${turns} turns, ${size} GB; that a key is nowhere is certain after ${pages} pages in ${(whole / 1000).toFixed(1)} s`,
      },
    ]
  } finally {
    await store.close()
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Page after page, as a person who goes on asking. */
async function searchToTheEnd(store: Store, query: Partial<DecisionQuery>): Promise<{ pages: number; taken: number }> {
  const start = performance.now()
  let pages = 0
  for (let before: string | null = ''; before !== null; pages += 1) {
    const page = await store.pageDecisions({ limit: 50, ...query, ...(before === '' ? {} : { before }) })
    before = page.next
  }
  return { pages, taken: performance.now() - start }
}
