/*
 * The score of the diagnosis: every scenario of the lab, with each shape of key and in each place, really happens against an
 * authority; the refusal is rendered as each client shows it, and the doctor has to name the cause that the authority wrote
 * down. Healthy machines are the controls: of them nothing may be claimed.
 */

import { traceChain } from '../src/holder/chains/index.ts'
import { sdkNames } from '../src/holder/chains/trace.ts'
import { askingAboutErrors } from '../src/holder/diagnosis/ask-about-error.ts'
import { mergeFindings } from '../src/holder/diagnosis/causes/index.ts'
import type { AskAboutError } from '../src/holder/diagnosis/explain.ts'
import { diagnose, explainError } from '../src/holder/diagnosis/index.ts'
import type { Finding } from '../src/holder/diagnosis/verdict.ts'
import { chooser } from '../src/lab/chooser.ts'
import type { Failure } from '../src/lab/failure.ts'
import type { Prepared } from '../src/lab/result.ts'
import { diagnosePrepared, prepareScenario } from '../src/lab/run.ts'
import { nameOf, variationsOf } from '../src/lab/scenario.ts'
import { absent } from '../src/lab/scenarios/absent.ts'
import { scenarios } from '../src/lab/scenarios/index.ts'
import { onStage, type Stage } from '../src/lab/stage.ts'
import { healthyKeys, healthyMachine } from './healthy.ts'
import { clientText, type Refused, renderings } from './renderings.ts'

/** Prints a new number only when a run is to differ; the same seed makes the same scenarios. */
export const seed = 20261128

/** One row of the table: a client, or all of them. */
export interface Score {
  readonly what: string
  readonly cases: number
  /** The first cause is the true one. */
  readonly right: number
  /** The first cause is the true one, and it is called proven. */
  readonly proven: number
  /** The first cause is the true one by the text and the machine alone, with nobody asked. */
  readonly unasked: number
  /** Causes called proven that are not so. */
  readonly wrongProofs: number
}

export interface DiagnosisScore {
  readonly rows: readonly Score[]
  readonly total: Score
  readonly controls: { readonly machines: number; readonly claims: number }
  /** What went wrong, one line each, for whoever mends it. */
  readonly misses: readonly string[]
}

interface Case {
  readonly scenario: string
  readonly client: string
  readonly truth: Prepared['scenario']
  readonly findings: readonly Finding[]
  /** By the text and the machine alone. */
  readonly unasked: readonly Finding[]
}

/** Runs it all. `tell` is given a word on how far it is. */
export async function scoreDiagnosis(
  rounds: number,
  healthy: number,
  tell: (says: string) => void,
): Promise<DiagnosisScore> {
  return await onStage(async (stage) => {
    const cases: Case[] = []
    for (const scenario of scenarios) {
      tell(`${nameOf(scenario)}: ${cases.length} cases so far`)
      for (let round = 0; round < rounds; round += 1) {
        for (const variation of variationsOf(scenario, seed + round)) {
          cases.push(...(await casesOf(await prepareScenario(stage, scenario, variation))))
        }
      }
    }
    tell(`${healthy} healthy machines`)
    const controls = await claimsOnHealthy(stage, healthy)
    const clients = [...new Set(cases.map(({ client }) => client))]
    const rows = clients.map((client) =>
      scoreOf(
        client,
        cases.filter((each) => each.client === client),
      ),
    )
    return { rows, total: scoreOf('all', cases), controls, misses: [...missesOf(cases), ...controls.told] }
  })
}

/** The doctor is shown the machine, the text as one client writes it, and may ask; as `check -- COMMAND` does. */
async function casesOf(prepared: Prepared): Promise<readonly Case[]> {
  const { scenario, variation, machine, question, failure } = prepared
  const name = `${nameOf(scenario)} (${variation.shape}, ${variation.place}, seed ${variation.seed})`
  const asked = await diagnosePrepared(prepared)
  const refused = refusedOf(failure)
  if (refused === null) return await unsentCases(prepared, name)
  // A URL that was signed elsewhere, or a Terraform backend, is no matter of any other client.
  if (scenario.seen !== undefined)
    return [{ scenario: name, client: scenario.seen, truth: scenario, findings: asked.causes, unasked: asked.causes }]
  const { sdk, profile, region, endpointUrl } = question
  const place = { machine, sdk, profile, region, endpointUrl }
  const ask = once(askingAboutErrors({ timeoutMs: question.timeoutMs, mayAsk: question.mayAsk }))
  const cases: Case[] = []
  for (const [client, render] of Object.entries(renderings)) {
    const text = render(refused)
    const unasked = (await explainError(text, place)).causes
    const findings =
      asked.verdict === null
        ? (await explainError(text, { ...place, ask })).causes
        : mergeFindings(asked.verdict.causes, unasked)
    cases.push({ scenario: name, client, truth: scenario, findings, unasked })
  }
  return cases
}

/** The same is asked about the same machine, however a client writes it. */
function once(ask: AskAboutError): AskAboutError {
  let told: ReturnType<AskAboutError> | undefined
  return (...about) => {
    told ??= ask(...about)
    return told
  }
}

/**
 * Nothing was sent: each SDK whose chain ends with nothing on that machine too says so in its own words. What stops one SDK by its
 * own rules, such as a role that another does not even read, is left out where those rules differ.
 */
async function unsentCases({ scenario, machine, question }: Prepared, name: string): Promise<readonly Case[]> {
  const cases: Case[] = []
  const own = traceChain(machine, { ...question, sdk: question.sdk ?? 'aws-cli-v2' })
  for (const sdk of sdkNames) {
    const { profile, region, endpointUrl } = question
    const trace = traceChain(machine, { sdk, profile, region, endpointUrl })
    const text = clientText(sdk, trace)
    const isSame = trace.error?.reason === own.error?.reason && (trace.winner === null) === (own.winner === null)
    if (text === null || !(isSame || absent.includes(scenario))) continue
    const { causes } = await explainError(text, { machine, sdk, profile, region, endpointUrl })
    const asked = await diagnose(machine, { ...question, sdk })
    cases.push({
      scenario: name,
      client: `${sdk}, nothing sent`,
      truth: scenario,
      findings: mergeFindings(asked.causes, causes),
      unasked: causes,
    })
  }
  return cases
}

/** Refusals of the two services that the clients here are rendered for. */
function refusedOf(failure: Failure | null): Refused | null {
  if (failure === null || failure.code === '' || failure.operation === '') return null
  const { service, operation, status, code, message, requestId } = failure
  if (service !== 'sts' && service !== 'iam') return null
  return { service, operation, status, code, message, requestId: requestId ?? '' }
}

async function claimsOnHealthy(stage: Stage, count: number): Promise<DiagnosisScore['controls'] & { told: string[] }> {
  await stage.authority.reset()
  const keys = await healthyKeys(stage)
  const chances = chooser(seed)
  const told: string[] = []
  for (let index = 0; index < count; index += 1) {
    const { machine, story } = healthyMachine(stage, keys, chances)
    const question = { endpointUrl: stage.authority.url }
    const online = await diagnose(machine, question)
    const offline = await diagnose(machine, { ...question, offline: true })
    const claims = [...online.causes, ...offline.causes].map(({ id, certainty }) => `${id} (${certainty})`)
    if (online.status !== 'valid') claims.push(`the status is ${online.status}`)
    if (claims.length > 0) told.push(`healthy: ${story}: ${claims.join(', ')}`)
  }
  return { machines: count, claims: told.length, told }
}

function scoreOf(what: string, cases: readonly Case[]): Score {
  const right = cases.filter(isRight)
  return {
    what,
    cases: cases.length,
    right: right.length,
    proven: right.filter(({ findings }) => findings[0]!.certainty === 'proven').length,
    unasked: cases.filter(({ truth, unasked }) => unasked[0]?.id === truth.cause).length,
    wrongProofs: cases.reduce((sum, each) => sum + wrongProofsOf(each).length, 0),
  }
}

function isRight({ truth, findings }: Case): boolean {
  return findings[0]?.id === truth.cause
}

/** What is so besides: what the authority wrote down for the same request, and what the scenario itself says. */
function wrongProofsOf({ truth, findings, unasked }: Case): readonly Finding[] {
  // Where nothing was sent, no source held anything.
  const so = new Set([truth.cause, truth.logged ?? 'no-credentials', ...(truth.alsoSo ?? [])])
  return [...findings, ...unasked].filter(({ id, certainty }) => certainty === 'proven' && !so.has(id))
}

function missesOf(cases: readonly Case[]): readonly string[] {
  return cases.flatMap((each) => {
    const { scenario, client, findings } = each
    const said = findings.slice(0, 3).map(({ id, certainty }) => `${id} (${certainty})`)
    const wrong = [...new Set(wrongProofsOf(each).map(({ id }) => id))]
    const lines: string[] = []
    if (!isRight(each)) lines.push(`${scenario} by ${client}: ${said.join(', ') || 'nothing'}`)
    if (wrong.length > 0) lines.push(`${scenario} by ${client}: wrongly proven ${wrong.join(', ')}`)
    return lines
  })
}
