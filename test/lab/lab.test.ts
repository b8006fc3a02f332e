import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CauseId, causeNumbers } from '../../src/cause-ids.ts'
import { runAll, runScenario } from '../../src/lab/run.ts'
import { nameOf } from '../../src/lab/scenario.ts'
import { scenarios } from '../../src/lab/scenarios/index.ts'
import { onStage, type Stage } from '../../src/lab/stage.ts'
import { unplayable } from '../../src/lab/unplayable.ts'

/** Likely or possible at best: AWS gives one answer to several of them, or only the machine hints at it. */
const unprovable: ReadonlySet<string> = new Set<string>([
  'unexpected-file/ending',
  'key-deleted',
  'key-not-propagated',
  'not-an-access-key',
  // AWS no longer says that it is the audience (recorded in September 2026: radkawar/stackd, `sts/testdata/oidc/aws.json`).
  'oidc-token-invalid',
  'mixed-sessions',
  'mixed-sessions/elsewhere',
  'session-parent-gone',
  'session-token-empty',
  'wrong-profile',
  'role-cache-stale',
  'dotenv-overrides',
  'dotenv-overrides/not-loaded',
  'old-environment',
  'environment-dropped',
  'ci-secret-missing',
  'two-homes',
  'frozen-in-app',
  'token-property-name',
  'terraform-backend',
  'sdk-store-shadows',
  'mfa-required',
  'mfa-required/role',
  'request-altered',
  'request-altered/header',
  'authorization-missing',
  'request-delayed',
  'request-delayed/time-zone',
  'presigned-altered',
  'oidc-trust-mismatch',
  'docker-environment',
  'environment-dropped/export',
])

/** What `fix` cures: by files and calls of AWS alone, or with lines for the shell. */
const curable: Readonly<Record<'alone' | 'withShell', readonly string[]>> = {
  alone: [
    'duration-too-long/profile',
    'file-syntax',
    'file-syntax/headless',
    'file-syntax/key-twice',
    'file-syntax/line',
    'file-syntax/marked',
    'file-syntax/utf-16',
    'id-secret-swapped',
    'inline-comment',
    'invisible-character',
    'key-inactive',
    'key-unknown',
    'key-unknown/small-letters',
    'legacy-security-token/file',
    'mfa-serial-wrong/renamed',
    'mixed-sessions/elsewhere',
    'other-partition',
    'partial-credentials/split',
    'quoted-value',
    'role-cache-stale',
    'secret-mangled/encoded',
    'secret-wrong/elsewhere',
    'section-prefix',
    'section-prefix/beside',
    'session-token-cut/encoded',
    'session-token-missing/misnamed',
    'source-profile-broken/absent',
    'sso-role-unassigned/role',
    'sso-session-expired/misnamed',
    'stale-session-token',
    'stale-session-token/ec2',
    'token-property-name',
    'unexpected-file/ending',
  ],
  withShell: [
    'base64-wrapped',
    'container-uri-not-inherited',
    'dotenv-overrides/not-loaded',
    'endpoint-override',
    'environment-dropped/export',
    'environment-shadows-profile',
    'environment-shadows-profile/start-up',
    'fell-through-to-role',
    'legacy-security-token',
    'oidc-trust-mismatch/blank',
    'old-environment',
    'session-expired/end',
    'session-token-empty',
    'stale-process',
    'stale-session-token/start-up',
    'surrounding-whitespace',
    'surrounding-whitespace/secret',
    'two-homes',
    'unexpected-file',
    'wrong-profile',
  ],
}

/** One authority for all of them: each scenario clears it before it begins. */
let stage: Stage
let leave: () => void
let left: Promise<void>
beforeAll(async () => {
  await new Promise<void>((entered) => {
    left = onStage(async (opened) => {
      stage = opened
      entered()
      await new Promise<void>((resolve) => {
        leave = resolve
      })
    })
  })
})
afterAll(async () => {
  leave()
  await left
})

describe('the lab', () => {
  test('has a scenario for every cause, or says why not', () => {
    const played = new Set(scenarios.map(({ cause }) => cause))
    const ids = Object.keys(causeNumbers) as CauseId[]
    expect(ids.filter((id) => played.has(id) === (unplayable[id] !== undefined))).toEqual([])
  })

  test('has a name of its own and a reason for each scenario', () => {
    expect(new Set(scenarios.map(nameOf)).size).toBe(scenarios.length)
    for (const { why } of scenarios) expect(why).toMatch(/^[A-Z].{20,}\.$/)
  })

  test.each(scenarios.map((scenario) => ({ name: nameOf(scenario), scenario })))(
    'makes $name happen, and the diagnosis finds what the authority knows',
    async ({ scenario }) => {
      const { causes, logged, cure } = await runScenario(scenario, undefined, stage)
      const [first] = causes
      expect(logged?.cause ?? null).toBe(scenario.logged)
      expect(first?.id).toBe(scenario.cause)
      if (!unprovable.has(nameOf(scenario))) expect(first?.certainty).toBe('proven')
      const so = new Set([scenario.cause, scenario.logged, ...(scenario.alsoSo ?? [])])
      expect(causes.filter(({ id, certainty }) => certainty === 'proven' && !so.has(id))).toEqual([])
      // Broken, fixed, the same request accepted, undone, and broken in the same way with every byte as before.
      const name = nameOf(scenario)
      const expected = curable.alone.includes(name) ? 'alone' : curable.withShell.includes(name) ? 'withShell' : null
      expect(cure == null ? null : cure.automatic ? 'alone' : 'withShell').toBe(expected)
      if (cure != null) expect(cure).toMatchObject({ isCured: true, isUndone: true })
    },
  )

  test('names no scenario as curable that there is not', () => {
    const names = scenarios.map(nameOf)
    expect([...curable.alone, ...curable.withShell].filter((name) => !names.includes(name))).toEqual([])
  })

  test('plays several side by side and gives the results in their order', async () => {
    const some = scenarios.slice(0, 6)
    const results = await runAll(some)
    expect(results.map(({ scenario }) => scenario)).toEqual(some)
  })
})
