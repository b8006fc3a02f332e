import { describe, expect, test } from 'vitest'
import { runScenario } from '../../src/lab/run.ts'
import { scenarios } from '../../src/lab/scenarios.ts'

/** What the first version must be able to name (the issue's own list). */
const promised = [
  ...['no-credentials', 'partial-credentials', 'key-unknown', 'key-inactive', 'key-deleted', 'secret-wrong'],
  ...['id-secret-swapped', 'placeholder-value', 'not-an-access-key', 'surrounding-whitespace', 'invisible-character'],
  ...['quoted-value', 'inline-comment', 'session-expired', 'stale-session-token', 'session-token-missing'],
  ...['mixed-sessions', 'session-token-cut', 'legacy-security-token', 'environment-shadows-profile'],
  ...['profile-not-found', 'section-prefix', 'clock-skew'],
]

/** Nothing on a machine and no question to AWS can prove these: AWS gives one answer to several of them. */
const unprovable = new Set(['key-unknown', 'key-deleted', 'mixed-sessions'])

describe('the lab', () => {
  test('has a scenario for every cause that is promised, each with its reason', () => {
    expect(scenarios.map(({ cause }) => cause)).toEqual(promised)
    for (const { why } of scenarios) expect(why).toMatch(/^[A-Z].{20,}\.$/)
  })

  test.each(scenarios)('makes $cause happen, and the diagnosis finds what the authority knows', async (scenario) => {
    const { verdict, logged } = await runScenario(scenario)
    const [first] = verdict.causes
    expect(logged?.cause ?? null).toBe(scenario.logged)
    expect(first?.id).toBe(scenario.cause)
    if (!unprovable.has(scenario.cause)) expect(first?.certainty).toBe('proven')
  })
})
