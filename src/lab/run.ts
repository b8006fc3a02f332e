import type { CauseId } from '../cause-ids.ts'
import { diagnose } from '../holder/diagnosis/index.ts'
import type { Verdict } from '../holder/diagnosis/verdict.ts'
import type { Machine } from '../holder/machine/machine.ts'
import { labRegion } from './caller.ts'
import type { Scenario } from './scenario.ts'
import { machineOf, onStage } from './stage.ts'

/** What came of a scenario. */
export interface LabResult {
  readonly scenario: Scenario
  readonly verdict: Verdict
  /** The machine on which it happened, for showing the verdict. */
  readonly machine: Machine
  /** What the authority's log says of the first request that it refused; null when it refused none. */
  readonly logged: {
    readonly cause: CauseId | null
    readonly code: string | null
    readonly evidence: readonly string[]
  } | null
  /** Whether both sides said what the scenario says they must. */
  readonly agrees: boolean
}

/** Makes a scenario happen against an authority of its own, lets the diagnosis loose on it, and compares. */
export async function runScenario(scenario: Scenario): Promise<LabResult> {
  return await onStage(async (stage) => {
    const scene = await scenario.prepare(stage)
    const machine = machineOf(stage, scene)
    const since = (await stage.authority.decisions({ limit: 1 }))[0]?.requestId
    const verdict = await diagnose(machine, {
      sdk: 'aws-cli-v2',
      endpointUrl: stage.authority.url,
      region: labRegion,
      offline: false,
      timeoutMs: 10_000,
      ...(scenario.profile === undefined ? {} : { profile: scenario.profile }),
      ...(scenario.withProfile === undefined ? {} : { withProfile: scenario.withProfile }),
    })
    const decisions = await stage.authority.decisions({ limit: 1000 })
    const end = decisions.findIndex((decision) => decision.requestId === since)
    const first = decisions.slice(0, end < 0 ? undefined : end).findLast((decision) => decision.outcome === 'refused')
    const logged = first === undefined ? null : { cause: first.cause, code: first.code, evidence: first.evidence }
    const agrees = verdict.causes[0]?.id === scenario.cause && (logged?.cause ?? null) === scenario.logged
    return { scenario, verdict, machine, logged, agrees }
  })
}
