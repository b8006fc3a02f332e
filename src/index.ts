/*
 * The library's front door: the holder's side. The authority has its own (`countersign/authority`), and so has the signature
 * (`countersign/signature`).
 */
import { type ChainQuestion, traceChain } from './holder/chains/index.ts'
import type { SdkName, Trace } from './holder/chains/trace.ts'
import { type DiagnosisQuestion, diagnose } from './holder/diagnosis/index.ts'
import type { Verdict } from './holder/diagnosis/verdict.ts'
import { readAwsFiles } from './holder/files/aws-files.ts'
import type { Machine } from './holder/machine/machine.ts'
import { realMachine } from './holder/machine/real.ts'
import { realDisk } from './holder/machine/real-disk.ts'
import { type Resolution, type ResolutionOptions, resolveStep } from './holder/resolution/index.ts'

export { type CauseId, causeNumbers } from './cause-ids.ts'
export { CountersignError, type ErrorCode } from './errors.ts'
export { type ChainQuestion, knownSdks, traceChain } from './holder/chains/index.ts'
export type { ChainStep, EndpointChoice, SdkName, Trace } from './holder/chains/trace.ts'
export { machineFromBundle, type RecordedMachine, recordMachine } from './holder/diagnosis/bundled.ts'
export {
  type DiagnosisQuestion,
  diagnose,
  type ErrorSeen,
  type ExplainQuestion,
  type Explanation,
  explainError,
  explanationJson,
  type ProbeNotice,
  verdictJson,
} from './holder/diagnosis/index.ts'
export type {
  Certainty,
  CredentialShape,
  Evidence,
  Finding,
  Fix,
  FixCall,
  ReplySeen,
  Shell,
  VariableChange,
  Verdict,
} from './holder/diagnosis/verdict.ts'
export type { FileEdit } from './holder/files/edit.ts'
export type { Disk } from './holder/machine/disk.ts'
export type {
  Command,
  CommandOutcome,
  FileReading,
  IncomingReply,
  Machine,
  OutgoingRequest,
} from './holder/machine/machine.ts'
export { type RealMachineOptions, realMachine } from './holder/machine/real.ts'
export { realDisk } from './holder/machine/real-disk.ts'
export { type RecordedFile, type Recording, recordedMachine } from './holder/machine/recorded.ts'
export {
  type Described,
  type Failed,
  type FailureReason,
  isConclusive,
  type RefusalSeen,
  type Resolution,
  type ResolutionOptions,
  type Resolved,
  resolvedTrace,
  resolveStep,
  type TrailStep,
} from './holder/resolution/index.ts'
export type { Credential, Place, ProviderName } from './holder/sources/credential.ts'
export type { CredentialPlan } from './holder/sources/plan.ts'

/** Whose rules hold, and what the program itself says; all of it may be left out. */
export interface ChainRequest extends ChainQuestion {
  /** Default: `aws-cli-v2`. */
  readonly sdk?: SdkName | undefined
  /** The machine that is looked at. Default: this computer. */
  readonly machine?: Machine | undefined
}

/**
 * Which credential an SDK would use: every source in the order in which it asks them, the winner, the profile, the region and
 * the endpoints. Looks at local evidence only: nothing is run and nothing is sent. What is only asked later (a role, SSO, a
 * process, …) has a `plan` and no `credential`.
 *
 * @example
 * const { winner, error } = chain({ sdk: 'js-v3', profile: 'dev' })
 * console.log(error?.says ?? winner?.because ?? 'no credentials')
 * @throws CountersignError `usage` for an SDK whose rules are not known (`knownSdks` has them all)
 */
export function chain({ sdk = 'aws-cli-v2', machine = realMachine(), ...question }: ChainRequest = {}): Trace {
  return traceChain(machine, { ...question, sdk })
}

/** As a `ChainRequest`, with what may be done. */
export interface ResolveRequest extends ChainRequest, ResolutionOptions {}

/**
 * Really gets the credential that an SDK would use: assumes the role, asks SSO, runs the process, … Renewed tokens of SSO and
 * `aws login` are written back to their caches, as the AWS CLI does (with a `machine` of your own only to the `disk` that you
 * give). Null when the chain ends with nothing or with an error.
 * Whatever fails is a value; nothing secret stands in it, and `Secret` shows itself nowhere but through `reveal()`.
 *
 * @example
 * const resolution = await resolve({ profile: 'dev' })
 * if (resolution?.kind === 'resolved') use(resolution.credential.secretAccessKey.value.reveal())
 * @throws CountersignError `usage` for an SDK whose rules are not known
 */
export async function resolve({ machine, ...request }: ResolveRequest = {}): Promise<Resolution | null> {
  const here = machine ?? realMachine()
  const files = readAwsFiles(here)
  const trace = traceChain(here, { ...request, sdk: request.sdk ?? 'aws-cli-v2' }, files)
  if (trace.winner === null) return null
  return await resolveStep(here, trace, trace.winner, { ...diskOf(machine), ...request }, files)
}

/** As a `DiagnosisQuestion`, on any machine. */
export interface CheckRequest extends DiagnosisQuestion {
  /** The machine that is looked at. Default: this computer. */
  readonly machine?: Machine | undefined
}

/**
 * Finds the credential that an SDK would use, gets it where it is only planned, asks STS about it (GetCallerIdentity, which
 * changes nothing), and names the causes when it is refused or cannot work. With `offline` local evidence alone is judged.
 *
 * @example
 * const { status, identity, causes } = await check({ profile: 'dev' })
 * console.log(status, identity?.arn ?? causes.map(({ id }) => id))
 * @throws CountersignError `usage` for an SDK whose rules are not known
 */
export async function check({ machine, ...question }: CheckRequest = {}): Promise<Verdict> {
  const here = machine ?? realMachine({ offline: question.offline === true })
  return await diagnose(here, { ...diskOf(machine), ...question })
}

/** What another machine's files say must not be written to this computer's disk. */
function diskOf(machine: Machine | undefined): Pick<ResolutionOptions, 'disk'> {
  return machine === undefined ? { disk: realDisk() } : {}
}
