import { CountersignError } from '../errors.ts'
import { askedRules } from '../holder/chains/asked.ts'
import type { ChainStep, Trace } from '../holder/chains/trace.ts'
import { type AwsFiles, readAwsFiles } from '../holder/files/aws-files.ts'
import type { Machine } from '../holder/machine/machine.ts'
import { overlayMachine } from '../holder/machine/overlay.ts'
import { realDisk } from '../holder/machine/real-disk.ts'
import { resolveStep } from '../holder/resolution/index.ts'
import { type Described, type Failed, failed } from '../holder/resolution/resolution.ts'
import type { CredentialPlan } from '../holder/sources/plan.ts'
import { keyName } from '../holder/vault/item.ts'
import { knownName } from '../holder/vault/known-names.ts'
import type { Obtained, Obtaining } from './obtaining.ts'
import { ownCommand, ownProcess } from './own-process.ts'
import type { Question } from './question.ts'
import { StandIn } from './stand-in.ts'
import type { Call } from './terminal.ts'

/*
 * How a verb gets the credentials of a profile: by the rules of the AWS CLI, with two things that it has not. The vault stands where a
 * profile's `credential_process` is `countersign process` itself; and sessions that cost a question or a request are kept, encrypted,
 * until shortly before their end.
 */

export type { Obtained, Obtaining } from './obtaining.ts'

/** Which profiles a `credential_process` that we have started was for: it may start us again. One per line. */
const trailVariable = 'COUNTERSIGN_PROCESS_TRAIL'

/**
 * Gets the credentials of a profile. Asks the person for a one-time code where one is needed and its device has no seed in the vault;
 * when two processes ask at once, the second waits for the first one's session.
 *
 * Beyond the AWS CLI: `mfa_serial` of a profile without `role_arn` means that its key is used through a session that was made with a
 * code (`sts:GetSessionToken`, as aws-vault reads it), by itself and for roles that want a code of the same device. A key in the vault
 * is used for a profile of its name that has no other source.
 *
 * @param trail profiles whose `credential_process` led here, the first one first
 * @throws CountersignError `vault-locked`, `usage` (a duration that nobody can be told), `limit` (another one asked for too long)
 */
export async function obtainCredentials(
  call: Call,
  question: Question,
  obtaining: Obtaining = {},
  trail: readonly string[] = trailOf(call.machine),
): Promise<Obtained | Failed | Described> {
  const { machine } = call
  const files = readAwsFiles(machine)
  const trace = (await askedRules(question.sdk)).trace(machine, question, files)
  const profile = trace.profile.name || 'default'
  if (trail.includes(profile)) return leadsBack([...trail, profile])
  const found = await stepOf(machine, files, trace, profile)
  if ('kind' in found) return found
  const step = lasting(machine, found, obtaining.durationSeconds)
  const standIn = new StandIn({
    call,
    question,
    obtaining,
    trace,
    files,
    profile,
    top: step.plan,
    obtainOther: (other, nested) =>
      obtainCredentials(call, { ...question, profile: other }, nested, [...trail, profile]),
  })
  const { offline, exec, timeoutMs } = question
  const resolution = await resolveStep(
    overlayMachine(machine, { env: { [trailVariable]: [...trail, profile].join('\n') } }),
    trace,
    step,
    {
      offline,
      exec,
      timeoutMs,
      disk: realDisk(),
      onStep: obtaining.onStep,
      askCode: standIn.askCode,
      around: (plan, run) => standIn.around(plan, run),
    },
    files,
  )
  if (resolution.kind !== 'resolved') return resolution
  return { kind: 'held', credential: resolution.credential, trace, files, keptAs: standIn.keptAs }
}

/** The winner, with a plan also where its keys stand on the machine; or the vault's key, where there is no other source. */
async function stepOf(
  machine: Machine,
  files: AwsFiles,
  trace: Trace,
  profile: string,
): Promise<(ChainStep & { readonly plan: CredentialPlan }) | Failed> {
  const { winner, error } = trace
  if (winner?.plan) return { ...winner, plan: winner.plan }
  if (winner?.credential)
    return { ...winner, credential: null, plan: { kind: 'static', credential: winner.credential } }
  const isMissing = error === null || error.reason === 'profile-not-found'
  if (isMissing && knownName(machine, keyName(profile))?.isThere === true) {
    const at = { file: 'vault' }
    const plan = { kind: 'process', profile, command: ownCommand(machine, profile), run: 'words', at } as const
    const because = `the vault holds the key of [${profile}]`
    return { provider: 'custom-process', outcome: 'found', reason: 'asked-later', because, at, credential: null, plan }
  }
  if (error !== null) {
    const { needOf } = await import('../holder/login/need.ts')
    const isSignIn = ['sso', 'sso-first'].includes(needOf(machine, files, trace).kind)
    // Without the name of botocore's class.
    const because = error.says.replace(/^[A-Za-z.]+: /, '')
    return failed(isSignIn ? 'token-missing' : 'no-plan', error.says, because, error.at)
  }
  return failed('no-plan', 'NoCredentialsError: Unable to locate credentials', 'no credentials were found')
}

function leadsBack(trail: readonly string[]): Failed {
  const way = trail.map((name) => `[${name}]`).join(' → ')
  const because = `the credential_process of a profile leads back to where it began: ${way}`
  return failed('process-failed', `CredentialRetrievalError: ${because}`, because)
}

function trailOf(machine: Machine): readonly string[] {
  return (machine.env(trailVariable) ?? '').split('\n').filter((name) => name !== '')
}

/** Only who makes a session can be told how long it shall last. */
function lasting<Step extends ChainStep & { readonly plan: CredentialPlan }>(
  machine: Machine,
  step: Step,
  seconds: number | undefined,
): Step {
  if (seconds === undefined) return step
  const { plan } = step
  if (plan.kind === 'assume-role') return { ...step, plan: { ...plan, durationSeconds: seconds } }
  const isKey = plan.kind === 'static' && !plan.credential.sessionToken?.value.reveal()
  if (isKey || (plan.kind === 'process' && ownProcess(machine, plan.command) !== null)) return step
  throw new CountersignError('usage', `--duration has no effect here: ${endSetBy[plan.kind]}.`)
}

const endSetBy: Readonly<Record<Exclude<CredentialPlan['kind'], 'assume-role'>, string>> = {
  static: 'these credentials are a session already, and its end is fixed',
  'web-identity': 'the SDKs ask for the usual hour with a web identity',
  process: 'the credential_process decides how long its credentials last',
  sso: 'how long the sessions of IAM Identity Center last is set in the permission set',
  login: 'how long the sessions of aws login last is set by AWS',
  container: 'whoever hands out the credentials here decides how long they last',
  'instance-metadata': 'whoever hands out the credentials here decides how long they last',
}
