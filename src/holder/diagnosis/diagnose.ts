import { askedRules } from '../chains/asked.ts'
import type { Trace } from '../chains/trace.ts'
import { type AwsFiles, readAwsFiles } from '../files/aws-files.ts'
import type { Disk } from '../machine/disk.ts'
import type { Machine } from '../machine/machine.ts'
import { isConclusive, type Resolution, type ResolutionOptions } from '../resolution/resolution.ts'
import type { Credential } from '../sources/credential.ts'
import { planBehind } from '../sources/plan.ts'
import type { Around } from './around.ts'
import { findCauses, sortFindings, withoutReplaced } from './causes/index.ts'
import { groundOf, type LocalQuestion, look } from './ground.ts'
import type { Asker, Leave, Outcome, ProbeNotice } from './probes/question.ts'
import { type Findings, type Ground, nothingAsked, type Refusal, type Scene, sceneOf } from './scene.ts'
import { shapeOf, winnerShape } from './shape.ts'
import type { CredentialShape, Finding, ReplySeen, Verdict } from './verdict.ts'

export interface DiagnosisQuestion extends LocalQuestion {
  /** No network at all: local evidence only. */
  readonly offline?: boolean | undefined
  /** Milliseconds for all probes together. Default: 5000. */
  readonly timeoutMs?: number | undefined
  /** Another profile of the same machine that may ask IAM, read-only, about a refused key. */
  readonly withProfile?: string | undefined
  /** False: a `credential_process` is not run. Default: true, also when `offline`. */
  readonly exec?: boolean | undefined
  /** Where renewed tokens of SSO and `aws login` are written back; without it none is renewed. */
  readonly disk?: Disk | undefined
  /** Asks the person for the one-time code of a device, for a role that wants one. */
  readonly askCode?: ((serial: string) => Promise<string | null>) | undefined
  /** See `ResolutionOptions.around`. */
  readonly around?: ResolutionOptions['around']
  /** Told in one plain clause of each thing that is done to get the credential. */
  readonly onStep?: ((says: string) => void) | undefined
  /** Given the credential that AWS was asked about, once it is known. */
  readonly onCredential?: ((credential: Credential) => void) | undefined
  /** Told of each probe before it runs. */
  readonly onProbe?: ((probe: ProbeNotice) => void) | undefined
  /** Gives leave for what is not asked without it; absent: no leave. */
  readonly mayAsk?: ((what: Leave) => Promise<boolean>) | undefined
}

const usualTimeoutMs = 5000

/**
 * Finds the credential that an SDK would use on a machine, gets it where it is only planned (a role, SSO, a process, …), asks
 * STS about it (read-only; of the secret only signatures leave the machine) and names the causes when it is refused or cannot
 * work. `files` are the machine's AWS files, for a caller that has read them already.
 *
 * @throws CountersignError `usage` for an SDK whose rules are not known
 */
export async function diagnose(
  machine: Machine,
  question: DiagnosisQuestion = {},
  files: AwsFiles = readAwsFiles(machine),
): Promise<Verdict> {
  const seen = look(machine, question, await askedRules(question.sdk ?? 'aws-cli-v2'), files)
  const onInstance = question.offline === true ? null : await instanceRole(machine, seen)
  const found = onInstance?.found ?? seen
  const resolution = await resolveWinner(machine, question, found)
  // The role of an instance that gives nothing is no source at all.
  const inVain = onInstance !== null && resolution?.kind !== 'resolved'
  const { trace, ground } = resolution === null || inVain ? seen : await lookAfter(machine, found, resolution)
  if (ground.credential !== null && !ground.behindRole) question.onCredential?.(ground.credential)
  if (question.offline === true)
    return await verdictOf(ground, trace, nothingAsked, 'the network was not to be used', resolution)
  const isUnanswered = resolution?.kind === 'failed' && resolution.reason === 'unreachable'
  // Of the instance metadata it can be told why it does not answer.
  if (isUnanswered && !inVain && planBehind(trace.winner?.plan, 'instance-metadata') === null)
    return await verdictOf(ground, trace, nothingAsked, resolution.because, resolution)
  // Only who asks pays for what asking needs.
  const [{ runExperiments }, { Budget }, { redactWords }] = await Promise.all([
    import('./experiments.ts'),
    import('./probes/question.ts'),
    import('../../anatomy/redact.ts'),
  ])
  const asker: Asker = {
    machine,
    budget: new Budget(machine, question.timeoutMs ?? usualTimeoutMs),
    onProbe: question.onProbe,
    mayAsk: question.mayAsk,
    // Loaded in the time that is waited anyway; nothing is looked at before something is wrong.
    onLate: () => void import('./around.ts').catch(() => {}),
  }
  const failure = resolution?.kind === 'failed' ? resolution : null
  const instance = inVain ? onInstance.address : null
  const occasion = { withProfile: question.withProfile, failure, instance }
  const { around, ...findings } = await runExperiments(ground, asker, occasion)
  const verdict = await verdictOf(ground, trace, findings, null, resolution, around)
  const { reply } = verdict
  // AWS quotes what it was sent: the key id, the whole header, a canonical request with the session token in it.
  return reply === null ? verdict : { ...verdict, reply: { ...reply, message: redactWords(reply.message) } }
}

type Found = ReturnType<typeof look>

/** The role of this EC2 instance in place of nothing at all; null where it is no instance, or there is something. */
async function instanceRole(
  machine: Machine,
  found: Found,
): Promise<{ readonly found: Found; readonly address: string } | null> {
  if (found.trace.winner !== null || found.trace.error !== null) return null
  const { instanceAddress, traceOnInstance } = await import('./around.ts')
  const trace = traceOnInstance(machine, found.trace)
  return trace === null ? null : { found: { ...found, trace }, address: instanceAddress }
}

/** Runs the plan of a winner that is only asked later; null when there is nothing to run. */
async function resolveWinner(
  machine: Machine,
  { offline, exec, timeoutMs, disk, askCode, around, onStep }: DiagnosisQuestion,
  { trace, files }: Found,
): Promise<Resolution | null> {
  const { winner } = trace
  if (winner === null || winner.plan === null || trace.error !== null) return null
  const { resolveStep } = await import('../resolution/index.ts')
  const options = { offline, exec, timeoutMs: timeoutMs ?? usualTimeoutMs, disk, askCode, around, onStep }
  return await resolveStep(machine, trace, winner, options, files)
}

/** What there is to look at once the winner was resolved: the credential that it gave, else what it would start from. */
async function lookAfter(machine: Machine, { trace, files }: Found, resolution: Resolution): Promise<Found> {
  const { resolvedTrace } = await import('../resolution/index.ts')
  const after = resolvedTrace(trace, trace.winner!, resolution)
  return { trace: after, ground: groundOf(machine, after, files), files }
}

async function verdictOf(
  ground: Ground,
  trace: Trace,
  findings: Findings,
  unasked: string | null,
  resolution: Resolution | null,
  around?: Promise<Around>,
): Promise<Verdict> {
  const { outcomes } = findings
  const asIs = outcomes.get('sts-as-it-is') ?? null
  const told: Pick<Verdict, 'sdk' | 'credential' | 'chain' | 'home'> = {
    sdk: trace.sdk,
    credential: credentialShape(ground, trace),
    // What the sources hold stays behind: a verdict may be printed as a whole.
    chain: trace.steps.map((step) => ({ ...step, credential: null, plan: null })),
    home: ground.home,
  }
  if (asIs?.kind === 'accepted' && !ground.behindRole && trace.error === null)
    return { ...told, status: 'valid', identity: asIs.identity, reply: asIs.reply, causes: [] }
  const refusal = refusalOf(outcomes)
  const failure = resolution?.kind === 'failed' ? resolution : null
  const isGood = asIs?.kind === 'accepted' && trace.error === null && failure === null
  const causes = isGood ? [] : await causesOf({ ...sceneOf(ground, findings, refusal), failure }, around)
  const status = isBeyondOurBound(ground) && asIs === null ? 'unverified' : statusOf(trace, asIs, causes, resolution)
  return {
    ...told,
    status,
    identity: null,
    reply: asIs?.kind === 'refused' ? asIs.reply : (refusalIn(resolution) ?? replyAt(outcomes)),
    causes,
    because: status === 'unverified' ? whyUnverified(ground, trace, asIs, unasked, resolution) : null,
  }
}

/** Where something is wrong, what stands outside the AWS files is looked at too. */
async function causesOf(scene: Scene, around?: Promise<Around>): Promise<readonly Finding[]> {
  const { trace, refusal, failure } = scene
  // That nobody was there to give a code is nothing wrong by itself.
  const hasFailed = failure != null && failure.reason !== 'needs-mfa'
  // Whether a web identity token is any good, and what the store of .NET hides, shows without asking.
  const hasToken = trace.winner?.plan?.kind === 'web-identity' || trace.winner?.provider === 'sdk-store'
  const hasShown = refusal !== null || hasFailed || trace.error !== null || hasToken
  const found = hasShown ? [] : findCauses(scene)
  const isWrong = hasShown || found.length > 0
  const isRole = trace.winner?.plan?.kind === 'assume-role'
  if (!isWrong && trace.winner !== null && !isRole) return found
  const { lookAround, roleCauses, withOrigins } = await import('./around.ts')
  if (!isWrong && isRole) return findCauses(scene, roleCauses)
  const { surroundings, causes } = await (around ?? lookAround(scene.machine, scene.files))
  const all = findCauses({ ...scene, surroundings }, causes)
  const told = failure?.refusal ?? null
  const said = told === null ? [] : (await import('./refusal-proofs.ts')).proofsOfRefusal(told)
  const more = said.filter(({ id }) => !all.some((finding) => finding.id === id))
  return withOrigins(sortFindings(withoutReplaced([...all, ...more], causes)), { ...scene, surroundings })
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

/** What the issuer of a planned credential answered when it refused to give one. */
function refusalIn(resolution: Resolution | null): ReplySeen | null {
  return resolution?.kind === 'failed' ? resolution.refusal : null
}

function replyAt(outcomes: Findings['outcomes']): ReplySeen | null {
  const outcome = outcomes.get('sts-with-wrong-signature')
  return outcome?.kind === 'refused' ? outcome.reply : null
}

/** A file was too large for us; that says nothing of what the client makes of it. */
function isBeyondOurBound({ files }: Ground): boolean {
  return [files.config, files.credentials].some(({ reading }) => reading.problems[0]?.kind === 'too-large')
}

function statusOf(
  trace: Trace,
  asIs: Outcome | null,
  causes: readonly Finding[],
  resolution: Resolution | null,
): Verdict['status'] {
  if (asIs?.kind === 'refused') return 'rejected'
  if (trace.error !== null) return trace.error.reason === 'profile-not-found' ? 'absent' : 'unusable'
  if (trace.winner === null) return 'absent'
  if (resolution?.kind === 'failed' && isConclusive(resolution)) return 'unusable'
  return causes.some((cause) => cause.certainty === 'proven') ? 'unusable' : 'unverified'
}

function whyUnverified(
  ground: Ground,
  trace: Trace,
  asIs: Outcome | null,
  unasked: string | null,
  resolution: Resolution | null,
): string {
  if (isBeyondOurBound(ground)) return 'an AWS file is too large to be read here'
  if (resolution?.kind === 'failed' || resolution?.kind === 'described') return resolution.because
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
