import { Secret } from '../anatomy/secret.ts'
import { CountersignError } from '../errors.ts'
import type { Answered } from '../holder/calls/calls.ts'
import { askedRules } from '../holder/chains/asked.ts'
import type { ChainStep, Trace } from '../holder/chains/trace.ts'
import { type AwsFiles, readAwsFiles } from '../holder/files/aws-files.ts'
import type { Machine } from '../holder/machine/machine.ts'
import type { Described, Failed } from '../holder/resolution/resolution.ts'
import type { Credential } from '../holder/sources/credential.ts'
import type { CredentialPlan } from '../holder/sources/plan.ts'
import type { Question } from './question.ts'
import { type Call, exitCode } from './terminal.ts'

/** A credential that was really got, and by which way. */
export interface Held {
  readonly kind: 'held'
  readonly credential: Credential
  readonly trace: Trace
  readonly files: AwsFiles
}

/** What is wanted of the credential. */
export interface Wanted {
  /** Seconds that the session shall last; only where somebody can be told. */
  readonly durationSeconds?: number | undefined
  /** The key of a user is traded for a session: for those who can take nothing else. */
  readonly asSession?: boolean | undefined
}

interface Asking extends Wanted {
  readonly askCode?: ((serial: string) => Promise<string | null>) | undefined
  readonly onStep?: ((says: string) => void) | undefined
}

/**
 * Gets the credential that the AWS CLI would use for a profile, whatever it comes from. Reads the files anew at each call.
 *
 * @throws CountersignError `usage` for a duration that this kind of credential cannot be given
 */
export async function getCredential(
  machine: Machine,
  question: Question,
  asking: Asking = {},
): Promise<Held | Failed | Described> {
  const files = readAwsFiles(machine)
  const trace = (await askedRules(question.sdk)).trace(machine, question, files)
  const [{ failed }, { resolveStep }, { realDisk }] = await Promise.all([
    import('../holder/resolution/resolution.ts'),
    import('../holder/resolution/index.ts'),
    import('../holder/machine/real.ts'),
  ])
  const broken = trace.error ?? trace.clientError
  if (broken !== null) return failed('no-plan', broken.says, broken.says.replace(/^[A-Za-z.]+: /, ''), broken.at)
  const { winner } = trace
  if (winner === null)
    return failed('no-plan', 'NoCredentialsError: Unable to locate credentials', 'no credentials were found')
  const { askCode, onStep, durationSeconds } = asking
  const { offline, exec, timeoutMs } = question
  const step = lasting(winner, durationSeconds)
  const resolution = await resolveStep(
    machine,
    trace,
    step,
    { offline, exec, timeoutMs, disk: realDisk(), askCode, onStep },
    files,
  )
  if (resolution.kind !== 'resolved') return resolution
  const { credential } = resolution
  const isKey = (credential.sessionToken?.value.reveal() ?? '') === ''
  const traded =
    isKey && (asking.asSession === true || durationSeconds !== undefined)
      ? await sessionOf(machine, trace, credential, question, asking)
      : credential
  return 'kind' in traded ? traded : { kind: 'held', credential: traded, trace, files }
}

/**
 * The same for a verb: with a line of progress, and a question for the one-time code. What fails is told on stderr; then the exit
 * code is given.
 */
export async function credentialFor(
  call: Call,
  machine: Machine,
  question: Question,
  wanted: Wanted = {},
): Promise<Held | number> {
  const { terminal } = call
  const progress = terminal.progress('getting the credentials')
  const askCode = async (serial: string) => {
    progress.end()
    return await terminal.ask(`One-time code of ${serial}:`)
  }
  const onStep = (says: string) => progress.now(says)
  const got = await getCredential(machine, question, { ...wanted, askCode, onStep }).finally(() => progress.end())
  if (got.kind === 'held') return got
  return await tellFailure(call, machine, question, got)
}

/** Tells on stderr why there are no credentials, and gives the exit code for it. */
export async function tellFailure(
  { terminal }: Call,
  machine: Machine,
  question: Question,
  failure: Failed | Described,
): Promise<number> {
  const { withoutCredential } = await import('./say/credential.ts')
  terminal.err(withoutCredential({ look: terminal.look, machine }, question.profile ?? null, failure))
  if (failure.kind === 'described') return exitCode.unknown
  const { isConclusive } = await import('../holder/resolution/index.ts')
  return failure.reason === 'no-plan' || isConclusive(failure) ? exitCode.problem : exitCode.unknown
}

/** Only a role's session can be given a length; a key is traded for a session later. */
function lasting(step: ChainStep, durationSeconds: number | undefined): ChainStep {
  if (durationSeconds === undefined) return step
  if (step.plan?.kind === 'assume-role') return { ...step, plan: { ...step.plan, durationSeconds } }
  if (step.plan === null && (step.credential?.sessionToken?.value.reveal() ?? '') === '') return step
  throw new CountersignError('usage', `--duration has no effect here: ${endSetBy(step.plan)}.`)
}

function endSetBy(plan: CredentialPlan | null): string {
  switch (plan?.kind) {
    case 'sso':
      return 'how long the sessions of IAM Identity Center last is set in the permission set'
    case 'process':
      return 'the credential_process decides how long its credentials last'
    case 'login':
      return 'how long the sessions of aws login last is set by AWS'
    case 'container':
    case 'instance-metadata':
      return 'whoever hands out the credentials here decides how long they last'
    case 'web-identity':
      return 'the SDKs ask for the usual hour with a web identity'
    default:
      return 'these credentials are a session already, and its end is fixed'
  }
}

/** `sts:GetSessionToken` (STS API: 900 to 129,600 seconds). */
async function sessionOf(
  machine: Machine,
  trace: Trace,
  credential: Credential,
  { timeoutMs, offline }: Question,
  { durationSeconds, onStep }: Asking,
): Promise<Credential | Failed | Described> {
  const { callAws, callerWith } = await import('../holder/calls/index.ts')
  const caller = callerWith(machine, trace, credential, { timeoutMs, offline, onStep })
  const asked = { DurationSeconds: String(durationSeconds ?? usualSessionSeconds) }
  const answer = await callAws(caller, 'sts', 'GetSessionToken', asked)
  return answer.kind === 'answered' ? await credentialOfAnswer(credential, answer, 'GetSessionToken') : answer
}

/** The session that STS has answered with, made from a credential. */
export async function credentialOfAnswer(
  credential: Credential,
  answer: Answered,
  operation: string,
): Promise<Credential | Failed> {
  const [id, secret, token] = ['AccessKeyId', 'SecretAccessKey', 'SessionToken'].map((name) => answer.text(name))
  const end = new Date(answer.text('Expiration') ?? '')
  if (!id || !secret || !token || Number.isNaN(end.getTime())) {
    const { failed } = await import('../holder/resolution/resolution.ts')
    const because = `what answered ${operation} is not STS: its answer lacks a part`
    return failed('unexpected-answer', `UnexpectedAnswer: ${because}`, because)
  }
  const at = { probe: `sts:${operation}` }
  return {
    ...credential,
    accessKeyId: { value: id, at },
    secretAccessKey: { value: new Secret(secret), at },
    sessionToken: { value: new Secret(token), at },
    expiration: { value: end, at },
  }
}

/** What a server hands out is renewed: an hour is long enough, and short enough to be lost. */
const usualSessionSeconds = 3600
