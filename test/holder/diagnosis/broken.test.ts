import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { CauseId } from '../../../src/cause-ids.ts'
import { diagnose, explainError, explanationJson, verdictJson } from '../../../src/holder/diagnosis/index.ts'
import type { Verdict } from '../../../src/holder/diagnosis/verdict.ts'
import { accountB, hours, idOf, type KnownKey, type Laid, machine, now, secretOf, tokenOf } from './stand-in.ts'

/*
 * The truth is known here, because the faults are put in by the test: several at once, in every combination. "Proven" must
 * then be true, whatever else is wrong; the first cause told must be one that is really there; nothing may leak.
 */
const seed = 20261129

type Mangling = 'surrounding-whitespace' | 'quoted-value' | 'inline-comment' | 'invisible-character'

interface Faults {
  readonly seed: number
  readonly session: boolean
  readonly place: 'env' | 'file'
  /** What is wrong with the key at STS. */
  readonly key: 'good' | 'inactive' | 'deleted' | 'unknown'
  readonly secret: 'good' | 'wrong' | 'cut'
  readonly token: 'good' | 'stale' | 'missing' | 'other account' | 'cut' | 'expired long ago' | 'expired'
  readonly mangledId: Mangling | null
  readonly mangledSecret: Mangling | null
  readonly clockMinutes: number
  readonly otherProfile: boolean
}

const faults: fc.Arbitrary<Faults> = fc.record({
  seed: fc.integer({ min: 1, max: 60 }),
  session: fc.boolean(),
  place: fc.constantFrom('env', 'file'),
  key: fc.constantFrom('good', 'good', 'good', 'inactive', 'deleted', 'unknown'),
  secret: fc.constantFrom('good', 'good', 'good', 'wrong', 'cut'),
  token: fc.constantFrom('good', 'good', 'stale', 'missing', 'other account', 'cut', 'expired long ago', 'expired'),
  mangledId: fc.constantFrom(
    null,
    null,
    null,
    'surrounding-whitespace',
    'quoted-value',
    'inline-comment',
    'invisible-character',
  ),
  mangledSecret: fc.constantFrom(
    null,
    null,
    null,
    null,
    'surrounding-whitespace',
    'quoted-value',
    'invisible-character',
  ),
  clockMinutes: fc.constantFrom(0, 0, 0, 0, 2, -4, 20, -20, 600),
  otherProfile: fc.boolean(),
})

function mangle(value: string, how: Mangling | null, place: 'env' | 'file'): string {
  switch (how) {
    case null:
      return value
    case 'surrounding-whitespace':
      // A file drops blanks at the ends by itself; only one inside stays.
      return place === 'env' ? `${value} ` : `${value.slice(0, 7)} ${value.slice(7)}`
    case 'quoted-value':
      return `"${value}"`
    case 'inline-comment':
      return `${value} # laptop`
    case 'invisible-character':
      return `${value.slice(0, 5)}\u200b${value.slice(5)}`
  }
}

interface Broken {
  readonly laid: Laid
  /** Everything that is really wrong. */
  readonly truth: ReadonlySet<CauseId>
  readonly secrets: readonly string[]
}

function breakIt(f: Faults): Broken {
  const truth = new Set<CauseId>()
  const id = idOf(f.session ? 'ASIA' : 'AKIA', f.seed)
  const secret = secretOf(f.seed)
  const good = tokenOf(f.seed, { createdAt: hours(-0.5) })
  const used = tokenFor(f, good, truth)
  const issued = f.token === 'expired long ago' || f.token === 'expired' ? used : good
  const key = f.session && f.key !== 'unknown' ? 'good' : f.key
  if (key !== 'good') truth.add(f.session ? 'session-parent-gone' : (`key-${key}` as CauseId))
  // A session whose token nobody can open is nothing but an unknown one.
  const known: KnownKey = {
    secret,
    ...(key === 'inactive' || key === 'deleted' ? { state: key } : {}),
    ...(f.session ? { token: issued ?? good, expired: f.token === 'expired' } : {}),
  }
  const keys = key === 'unknown' || (f.session && f.token === 'expired long ago') ? {} : { [id]: known }
  let usedSecret = secret
  if (f.secret === 'wrong') {
    usedSecret = secretOf(f.seed + 1000)
    truth.add('secret-wrong')
    // With the token known, a secret of elsewhere is one of another session.
    if (f.session) truth.add('mixed-sessions')
  } else if (f.secret === 'cut') {
    usedSecret = secret.slice(0, 31)
    truth.add('secret-mangled').add('secret-wrong')
    if (f.session) truth.add('mixed-sessions')
  }
  for (const how of [f.mangledId, f.mangledSecret]) if (how !== null) truth.add(how)
  if (Math.abs(f.clockMinutes) > 15) truth.add('clock-skew')
  const values = { id: mangle(id, f.mangledId, f.place), secret: mangle(usedSecret, f.mangledSecret, f.place) }
  const other = f.otherProfile
    ? `[other]\naws_access_key_id = ${idOf('AKIA', f.seed + 70, accountB)}\naws_secret_access_key = ${secretOf(f.seed + 70)}\n`
    : ''
  const tokenLine = used === undefined ? '' : `aws_session_token = ${used}\n`
  return {
    truth,
    secrets: [secret, usedSecret, ...(used === undefined ? [] : [used])],
    laid: {
      env:
        f.place === 'env'
          ? {
              AWS_ACCESS_KEY_ID: values.id,
              AWS_SECRET_ACCESS_KEY: values.secret,
              ...(used === undefined ? {} : { AWS_SESSION_TOKEN: used }),
            }
          : {},
      credentials:
        (f.place === 'file'
          ? `[default]\naws_access_key_id = ${values.id}\naws_secret_access_key = ${values.secret}\n${tokenLine}`
          : '') + other,
      sts: { keys, at: new Date(now.getTime() - f.clockMinutes * 60_000) },
    },
  }
}

function tokenFor(f: Faults, good: string, truth: Set<CauseId>): string | undefined {
  if (!f.session) {
    if (f.token === 'good' || f.token === 'missing') return undefined
    truth.add('stale-session-token')
    return tokenOf(f.seed + 200)
  }
  switch (f.token) {
    case 'good':
      return good
    case 'stale':
      truth.add('mixed-sessions')
      return tokenOf(f.seed + 200)
    case 'missing':
      truth.add('session-token-missing')
      return undefined
    case 'other account':
      truth.add('mixed-sessions')
      return tokenOf(f.seed + 200, { account: accountB })
    case 'cut':
      truth.add('session-token-cut')
      return good.slice(0, 200)
    case 'expired long ago':
      truth.add('session-expired')
      return tokenOf(f.seed + 300, { createdAt: hours(-24 * 20) })
    case 'expired':
      truth.add('session-expired')
      return tokenOf(f.seed + 300, { createdAt: hours(-13) })
  }
}

function expectSound(verdict: Verdict, { truth, secrets }: Broken): void {
  const proven = verdict.causes.filter((cause) => cause.certainty === 'proven').map((cause) => cause.id)
  for (const id of proven) expect(truth, `${id} is called proven`).toContain(id)
  const shown = JSON.stringify([verdict, verdictJson(verdict)])
  for (const secret of secrets) {
    expect(shown).not.toContain(secret)
    expect(shown).not.toContain(secret.slice(4, 24))
  }
}

test(`calls nothing proven that is not so, in 700 machines with several faults each, and leaks nothing (seed ${seed})`, async () => {
  await fc.assert(
    fc.asyncProperty(faults, async (choice) => {
      const broken = breakIt(choice)
      const verdict = await diagnose(machine(broken.laid).machine)
      if (broken.truth.size === 0) {
        expect(verdict).toMatchObject({ status: 'valid', causes: [] })
        return
      }
      expect(['rejected', 'unusable']).toContain(verdict.status)
      expectSound(verdict, broken)
      expect(verdict.causes.length, 'a refusal is explained').toBeGreaterThan(0)
      for (const id of broken.truth)
        if (seenOnTheMachine.has(id)) expect(verdict.causes.map((cause) => cause.id)).toContain(id)
      expect(broken.truth, 'the first cause is a true one').toContain(firstOf(verdict, broken))
      // Each command has a line for the shell at hand, or none at all for any shell.
      for (const { fix } of verdict.causes)
        expect(new Set(Object.values(fix.commands).map((lines) => lines.length > 0)).size).toBe(1)
    }),
    { seed, numRuns: 700 },
  )
}, 60_000)

/** What stands on the machine for all to see must be told, however much else is wrong. */
const seenOnTheMachine: ReadonlySet<CauseId> = new Set([
  'stale-session-token',
  'session-token-missing',
  'surrounding-whitespace',
  'quoted-value',
  'inline-comment',
  'invisible-character',
])

/** What AWS answers alike cannot be told apart: any of such a family may come first, as a possibility. */
const alike: readonly (readonly CauseId[])[] = [
  ['key-unknown', 'key-inactive', 'key-deleted'],
  ['mixed-sessions', 'session-parent-gone', 'session-expired'],
]

function firstOf(verdict: Verdict, { truth }: Broken): CauseId {
  const first = verdict.causes[0]!
  const family = first.certainty === 'proven' ? undefined : alike.find((ids) => ids.includes(first.id))
  return family?.find((id) => truth.has(id)) ?? first.id
}

test(`calls nothing proven offline that is not so (seed ${seed})`, async () => {
  await fc.assert(
    fc.asyncProperty(faults, async (choice) => {
      const broken = breakIt(choice)
      expectSound(await diagnose(machine(broken.laid).machine, { offline: true }), broken)
    }),
    { seed, numRuns: 800 },
  )
})

test(`explains a pasted refusal with such a machine without a false proof and without a leak (seed ${seed})`, async () => {
  const texts = [
    'An error occurred (InvalidClientTokenId) when calling the GetCallerIdentity operation: The security token included in the request is invalid',
    'An error occurred (InvalidSignatureException) when calling the ListTables operation: The request signature we calculated does not match the signature you provided.',
    'An error occurred (AuthFailure) when calling the DescribeInstances operation: AWS was not able to validate the provided access credentials',
  ]
  await fc.assert(
    fc.asyncProperty(faults, fc.constantFrom(...texts), async (choice, text) => {
      const broken = breakIt(choice)
      const explanation = await explainError(text, { machine: machine(broken.laid).machine })
      const proven = explanation.causes.filter((cause) => cause.certainty === 'proven').map((cause) => cause.id)
      for (const id of proven) expect(broken.truth, `${id} is called proven`).toContain(id)
      const shown = JSON.stringify([explanation, explanationJson(explanation)])
      for (const secret of broken.secrets) expect(shown).not.toContain(secret.slice(4, 24))
    }),
    { seed, numRuns: 800 },
  )
})
