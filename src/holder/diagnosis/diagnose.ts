import { traceChain } from '../chains/index.ts'
import type { SdkName, Trace } from '../chains/trace.ts'
import { readAwsFiles } from '../files/aws-files.ts'
import type { Machine } from '../machine/machine.ts'
import { findCauses } from './causes/index.ts'
import { groundOf } from './ground.ts'
import type { Asker, Outcome, ProbeNotice } from './probes/question.ts'
import { correctedNow, type Findings, type Ground, nothingAsked, type Refusal, type Scene } from './scene.ts'
import { shapeOf, winnerShape } from './shape.ts'
import type { CredentialShape, Finding, ReplySeen, Verdict } from './verdict.ts'

export interface DiagnosisQuestion {
  /** Whose rules find the credential. Default: `aws-cli-v2`. */
  readonly sdk?: SdkName | undefined
  readonly profile?: string | undefined
  readonly region?: string | undefined
  readonly endpointUrl?: string | undefined
  /** No network at all: local evidence only. */
  readonly offline?: boolean | undefined
  /** Milliseconds for all probes together. Default: 5000. */
  readonly timeoutMs?: number | undefined
  /** Another profile of the same machine that may ask IAM, read-only, about a refused key. */
  readonly withProfile?: string | undefined
  /** Told of each probe before it runs. */
  readonly onProbe?: ((probe: ProbeNotice) => void) | undefined
}

const usualTimeoutMs = 5000

/**
 * Finds the credential that an SDK would use on a machine, asks STS about it (read-only; of the secret only signatures leave
 * the machine) and names the causes when it is refused or cannot work.
 *
 * @throws CountersignError `usage` for an SDK whose rules are not known
 */
export async function diagnose(machine: Machine, question: DiagnosisQuestion = {}): Promise<Verdict> {
  const { trace, ground } = look(machine, question)
  if (question.offline === true) return verdictOf(ground, trace, nothingAsked, 'the network was not to be used')
  // Only who asks pays for what asking needs.
  const [{ runExperiments }, { Budget }, { redact }] = await Promise.all([
    import('./experiments.ts'),
    import('./probes/question.ts'),
    import('../../anatomy/redact.ts'),
  ])
  const asker: Asker = {
    machine,
    budget: new Budget(machine, question.timeoutMs ?? usualTimeoutMs),
    onProbe: question.onProbe,
  }
  const findings = await runExperiments(ground, asker, question.withProfile)
  const verdict = verdictOf(ground, trace, findings, null)
  const { reply } = verdict
  // AWS quotes what it was sent: the key id, the whole header, a canonical request with the session token in it.
  return reply === null ? verdict : { ...verdict, reply: { ...reply, message: redact(reply.message).text } }
}

/** The local half of a diagnosis. */
export function look(
  machine: Machine,
  question: DiagnosisQuestion,
): { readonly trace: Trace; readonly ground: Ground } {
  const files = readAwsFiles(machine)
  const trace = traceChain(
    machine,
    {
      sdk: question.sdk ?? 'aws-cli-v2',
      profile: question.profile,
      region: question.region,
      endpointUrl: question.endpointUrl,
    },
    files,
  )
  return { trace, ground: groundOf(machine, trace, files) }
}

/** The scene once the probes have run. */
export function sceneOf(ground: Ground, { outcomes, skew, neighbour }: Findings, refusal: Refusal | null): Scene {
  return { ...ground, outcomes, skew, neighbour, refusal, now: correctedNow(ground.machine.now(), skew) }
}

function verdictOf(ground: Ground, trace: Trace, findings: Findings, unasked: string | null): Verdict {
  const { outcomes } = findings
  const asIs = outcomes.get('sts-as-it-is') ?? null
  const told: Pick<Verdict, 'sdk' | 'credential' | 'chain' | 'home'> = {
    sdk: trace.sdk,
    credential: credentialShape(ground, trace),
    // What the sources hold stays behind: a verdict may be printed as a whole.
    chain: trace.steps.map((step) => ({ ...step, credential: null })),
    home: ground.home,
  }
  if (asIs?.kind === 'accepted' && !ground.behindRole && trace.error === null)
    return { ...told, status: 'valid', identity: asIs.identity, reply: asIs.reply, causes: [] }
  const refusal = refusalOf(outcomes)
  const causes = asIs?.kind === 'accepted' && trace.error === null ? [] : findCauses(sceneOf(ground, findings, refusal))
  const status = isBeyondOurBound(ground) && asIs === null ? 'unverified' : statusOf(trace, asIs, causes)
  return {
    ...told,
    status,
    identity: null,
    reply: asIs?.kind === 'refused' ? asIs.reply : replyAt(outcomes),
    causes,
    because: status === 'unverified' ? whyUnverified(ground, trace, asIs, unasked) : null,
  }
}

/**
 * The refusal that is to be explained. With a wrong clock it is that of the request at the right time; values that were asked
 * about as they are and cleaned may each have been refused at another step, and both have to be explained.
 */
function refusalOf(outcomes: Findings['outcomes']): Refusal | null {
  const atServerTime = outcomes.get('sts-at-server-time')
  const asked = [outcomes.get('sts-as-it-is'), outcomes.get('sts-with-cleaned-values')]
  const refused = [atServerTime, ...asked].flatMap((outcome) => (outcome?.kind === 'refused' ? [outcome] : []))
  const [first] = refused
  if (first === undefined) return null
  const families = [...new Set(refused.flatMap((outcome) => outcome.families))]
  const timely = atServerTime === undefined ? families : families.filter((family) => family !== 'clock')
  const altered = refused.find((outcome) => outcome.altered !== null)?.altered ?? null
  return { from: 'probe', reply: first.reply, families: timely.length > 0 ? timely : families, altered }
}

function replyAt(outcomes: Findings['outcomes']): ReplySeen | null {
  const outcome = outcomes.get('sts-with-wrong-signature')
  return outcome?.kind === 'refused' ? outcome.reply : null
}

/** A file was too large for us; that says nothing of what the client makes of it. */
function isBeyondOurBound({ files }: Ground): boolean {
  return [files.config, files.credentials].some(({ reading }) => reading.problems[0]?.kind === 'too-large')
}

function statusOf(trace: Trace, asIs: Outcome | null, causes: readonly Finding[]): Verdict['status'] {
  if (asIs?.kind === 'refused') return 'rejected'
  if (trace.error !== null) return trace.error.reason === 'profile-not-found' ? 'absent' : 'unusable'
  if (trace.winner === null) return 'absent'
  return causes.some((cause) => cause.certainty === 'proven') ? 'unusable' : 'unverified'
}

function whyUnverified(ground: Ground, trace: Trace, asIs: Outcome | null, unasked: string | null): string {
  if (isBeyondOurBound(ground)) return 'an AWS file is too large to be read here'
  if (unasked !== null) return unasked
  if (trace.winner !== null && trace.winner.credential === null) {
    return ground.behindRole && asIs?.kind === 'accepted'
      ? 'the keys behind the role are accepted; the role itself was not assumed'
      : `${trace.winner.provider} is only asked when a command runs; it was not run here`
  }
  return asIs?.kind === 'unclear' ? asIs.because : 'the credentials could not be sent'
}

function credentialShape(ground: Ground, trace: Trace): CredentialShape | null {
  const winner = winnerShape(trace)
  if (winner !== null) return winner
  return ground.credential === null || ground.behindRole ? null : shapeOf(ground.credential)
}
