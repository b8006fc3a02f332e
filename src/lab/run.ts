import type { CauseId } from '../cause-ids.ts'
import { traceChain } from '../holder/chains/index.ts'
import { diagnose } from '../holder/diagnosis/index.ts'
import type { Verdict } from '../holder/diagnosis/verdict.ts'
import type { Machine } from '../holder/machine/machine.ts'
import { callAws, labRegion } from './caller.ts'
import type { Scenario } from './scenario.ts'
import { machineOf, onStage, type Stage } from './stage.ts'

/** What came of a scenario. */
export interface LabResult {
  readonly scenario: Scenario
  readonly verdict: Verdict
  /** The machine on which it happened, for showing the verdict. */
  readonly machine: Machine
  /** What the authority's log says of the command that failed; null when none arrived, or none was refused. */
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
    const machine = machineOf(stage, await scenario.prepare(stage))
    const logged = await failingCommand(stage, machine, scenario.profile)
    const verdict = await diagnose(machine, {
      sdk: 'aws-cli-v2',
      endpointUrl: stage.authority.url,
      region: labRegion,
      offline: false,
      timeoutMs: 10_000,
      ...(scenario.profile === undefined ? {} : { profile: scenario.profile }),
      ...(scenario.withProfile === undefined ? {} : { withProfile: scenario.withProfile }),
    })
    const agrees = verdict.causes[0]?.id === scenario.cause && (logged?.cause ?? null) === scenario.logged
    return { scenario, verdict, machine, logged, agrees }
  })
}

/**
 * Does what the person did: `aws sts get-caller-identity`, signed with the values exactly as the AWS CLI would use them.
 * Gives what the authority wrote down about it; null when the CLI stops before it sends, or nothing was refused.
 */
async function failingCommand(
  stage: Stage,
  machine: Machine,
  profile: string | undefined,
): Promise<LabResult['logged']> {
  const credential = traceChain(machine, { sdk: 'aws-cli-v2', profile }).winner?.credential
  if (credential == null) return null
  const answer = await callAws(
    machine,
    stage.authority.url,
    {
      accessKeyId: credential.accessKeyId.value,
      secretAccessKey: credential.secretAccessKey.value.reveal(),
      sessionToken: credential.sessionToken?.value.reveal(),
    },
    'sts',
    'GetCallerIdentity',
  )
  if (answer.refusal === null) return null
  const [decision] = await stage.authority.decisions({ limit: 1, outcome: 'refused' })
  return decision === undefined ? null : { cause: decision.cause, code: decision.code, evidence: decision.evidence }
}
