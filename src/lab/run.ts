import { traceChain } from '../holder/chains/index.ts'
import { askingAboutErrors } from '../holder/diagnosis/ask-about-error.ts'
import type { DiagnosisQuestion } from '../holder/diagnosis/index.ts'
import { diagnose, explainError } from '../holder/diagnosis/index.ts'
import type { Machine } from '../holder/machine/machine.ts'
import { resolveStep } from '../holder/resolution/index.ts'
import type { SigningCredentials } from '../signature/index.ts'
import { askWhoAmI, doingCall } from './act.ts'
import { labRegion } from './caller.ts'
import { chooser } from './chooser.ts'
import { cureScenario } from './cure.ts'
import {
  asAwsCliSays,
  asCurlSays,
  asDotnetSays,
  asPhpSays,
  asTerraformSays,
  type Failure,
  type Watched,
  watch,
} from './failure.ts'
import type { Attempt, LabResult, Prepared } from './result.ts'
import { type Scenario, variationsOf } from './scenario.ts'
import { machineOf, type Scene } from './scene.ts'
import { onStage, type Stage } from './stage.ts'
import type { Variation } from './variation.ts'

/**
 * Makes a scenario happen on a stage, which is cleared before: what was prepared on it earlier cannot be asked about any more.
 * `variation`: the scenario's usual one when absent.
 */
export async function prepareScenario(
  stage: Stage,
  scenario: Scenario,
  variation: Variation = variationsOf(scenario)[0]!,
): Promise<Prepared> {
  await stage.authority.reset()
  const chosen = { ...variation, choose: chooser(variation.seed) }
  const scene = await scenario.prepare(stage, chosen)
  const machine = machineOf(stage.outside, stage.authority.url, scene)
  const question = questionOf(stage, scenario, scene)
  const { choose } = chosen
  const attempt = async (on: Machine): Promise<Attempt> => {
    const watched = watch(on)
    const credentials = await credentialsOf(watched.machine, question)
    const { endpoint } = traceChain(on, localPart(question))
    const doing = { stage, scene, chosen: { ...chosen, choose: choose.again() }, machine: watched.machine }
    await (scenario.act ?? askWhoAmI)(doingCall({ ...doing, endpoint, credentials }))
    const logged = await loggedBy(stage, watched)
    return { sent: watched.requestIds().length > 0, failure: watched.failure(), logged }
  }
  return { scenario, variation, machine, question, attempt, ...(await attempt(machine)) }
}

/** Lets the diagnosis loose on what was prepared, and compares; before the stage is used for the next. */
export async function diagnosePrepared(prepared: Prepared): Promise<LabResult> {
  const { scenario, machine, question, failure, logged } = prepared
  const doctor = scenario.doctor ?? (scenario.act === undefined ? 'check' : 'explain')
  const verdict = doctor === 'check' ? await diagnose(machine, question) : null
  // As `explain --ask` does: what the machine's credentials are worth now is a part of the answer.
  const ask = askingAboutErrors({ timeoutMs: question.timeoutMs, mayAsk: question.mayAsk })
  const explanation =
    doctor === 'check'
      ? null
      : await explainError(seenText(scenario, failure), { machine, ...localPart(question), ask })
  const causes = verdict?.causes ?? explanation?.causes ?? []
  const agrees = causes[0]?.id === scenario.cause && (logged?.cause ?? null) === scenario.logged
  return { ...prepared, verdict, explanation, causes, agrees }
}

/** What the person would paste. */
function seenText({ seen }: Scenario, failure: Failure | null): string {
  if (failure === null) return ''
  const says = {
    'aws-cli': asAwsCliSays,
    curl: asCurlSays,
    dotnet: asDotnetSays,
    php: asPhpSays,
    terraform: asTerraformSays,
  }
  return says[seen ?? 'aws-cli'](failure)
}

/**
 * Makes a scenario happen (against an authority of its own unless a stage is given), lets the diagnosis loose on it, and cures it
 * where that goes without a person.
 */
export async function runScenario(scenario: Scenario, variation?: Variation, stage?: Stage): Promise<LabResult> {
  const play = async (on: Stage) => {
    const result = await diagnosePrepared(await prepareScenario(on, scenario, variation))
    return { ...result, cure: await cureScenario(result) }
  }
  return stage === undefined ? await onStage(play) : await play(stage)
}

/** Several authorities play side by side: a scenario that waits holds up only those of its own. */
const stages = 4

/** Plays all of them, each in its usual variation; the results are in the order of the scenarios. */
export async function runAll(scenarios: readonly Scenario[]): Promise<readonly LabResult[]> {
  const results: LabResult[] = []
  const queue = scenarios.entries()
  const play = (stage: Stage) => async () => {
    for (const [place, scenario] of queue) results[place] = await runScenario(scenario, undefined, stage)
  }
  await Promise.all(Array.from({ length: stages }, () => onStage((stage) => play(stage)())))
  return results
}

function questionOf(stage: Stage, { sdk = 'aws-cli-v2' }: Scenario, scene: Scene): DiagnosisQuestion {
  return {
    sdk,
    ...(scene.endpointUrl === true ? { endpointUrl: stage.authority.url } : {}),
    ...(scene.regionUnsaid === true ? {} : { region: scene.region ?? labRegion }),
    offline: false,
    timeoutMs: 10_000,
    // Whatever is asked stays on this computer.
    mayAsk: async () => true,
    ...(scene.profile === undefined ? {} : { profile: scene.profile }),
    ...(scene.withProfile === undefined ? {} : { withProfile: scene.withProfile }),
  }
}

function localPart({ sdk = 'aws-cli-v2', profile, region, endpointUrl }: DiagnosisQuestion) {
  return { sdk, profile, region, endpointUrl }
}

/** What the AWS CLI would sign with; a role, a process or the like is run for it, as the CLI does. */
async function credentialsOf(machine: Machine, question: DiagnosisQuestion): Promise<SigningCredentials | null> {
  const trace = traceChain(machine, localPart(question))
  if (trace.winner === null || trace.error !== null || trace.clientError !== null) return null
  const resolution = await resolveStep(machine, trace, trace.winner)
  if (resolution.kind !== 'resolved') return null
  const { accessKeyId, secretAccessKey, sessionToken } = resolution.credential
  return {
    accessKeyId: accessKeyId.value,
    secretAccessKey: secretAccessKey.value.reveal(),
    sessionToken: sessionToken?.value.reveal(),
  }
}

/** The last refusal of what was sent, as the authority wrote it down. */
async function loggedBy(stage: Stage, watched: Watched): Promise<Prepared['logged']> {
  for (const requestId of watched.requestIds().toReversed()) {
    const [decision] = await stage.authority.decisions({ limit: 1, requestId, outcome: 'refused' })
    if (decision === undefined) continue
    return { cause: decision.cause, code: decision.code, evidence: decision.evidence }
  }
  return null
}
