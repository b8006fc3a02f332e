import { Secret } from '../../anatomy/secret.ts'
import type { Trace } from '../chains/trace.ts'
import type { AwsFiles } from '../files/aws-files.ts'
import type { Disk } from '../machine/disk.ts'
import type { Machine } from '../machine/machine.ts'
import type { Credential, Place, ProviderName } from '../sources/credential.ts'
import type { CredentialPlan } from '../sources/plan.ts'

/** What running a plan may do, and how long. */
export interface ResolutionOptions {
  /** No request leaves; a plan that needs one is described. */
  readonly offline?: boolean | undefined
  /** False: no program is run; a plan that needs one is described. Default: true. */
  readonly exec?: boolean | undefined
  /** Milliseconds for each request to AWS. Default: 5000. */
  readonly timeoutMs?: number | undefined
  /** Milliseconds for a `credential_process`. Default: 60,000, as in the SDK for Go (`processcreds.DefaultTimeout`). */
  readonly processTimeoutMs?: number | undefined
  /**
   * Where refreshed tokens of SSO and `aws login` are written back. Without it nothing is refreshed: a refresh may end the old
   * token, and the new one would be lost.
   */
  readonly disk?: Disk | undefined
  /** Asks the person for the one-time code of a device; null when they give none. Without it a role that wants one fails. */
  readonly askCode?: ((serial: string) => Promise<string | null>) | undefined
  /**
   * Stands around every plan that is run, also those that another one starts from: it may give what is kept somewhere, run another
   * plan in its place, or keep what came of it. Without it each plan is run.
   */
  readonly around?:
    | ((plan: CredentialPlan, run: (plan: CredentialPlan) => Promise<Outcome>) => Promise<Outcome>)
    | undefined
  /** Told in one plain clause of each thing before it is done. */
  readonly onStep?: ((says: string) => void) | undefined
}

/** What came of running a plan. */
export type Resolution = (Resolved | Failed | Described) & {
  /** What was done, in order, also when it failed. */
  readonly trail: readonly TrailStep[]
}

export interface Resolved {
  readonly kind: 'resolved'
  /** Its values stand nowhere on the machine: each is placed by the operation or program that gave it. */
  readonly credential: Credential
  /** ARN of the role session that STS made; null when no role was assumed or the answer does not tell. */
  readonly roleSession: string | null
}

export interface Failed {
  readonly kind: 'failed'
  readonly reason: FailureReason
  /** `ErrorClass: message`: the issuer's own code and message, or the words of botocore for what fails before any call. */
  readonly says: string
  /** A short plain clause with no secret in it. */
  readonly because: string
  /** The setting or variable that led to it. */
  readonly at: Place | null
  /** What the issuer answered when it refused. */
  readonly refusal: RefusalSeen | null
}

/** It was forbidden to do what the plan needs. */
export interface Described {
  readonly kind: 'described'
  readonly needs: 'network' | 'process'
  /** What would have to be done, as a plain clause. */
  readonly because: string
}

export type Outcome = Resolved | Failed | Described

export interface RefusalSeen {
  readonly service: string
  readonly operation: string
  readonly status: number
  readonly code: string
  /** Its first paragraph, without secrets. */
  readonly message: string
  readonly requestId: string | null
  /** ISO 8601, UTC; null when the reply has no date. */
  readonly date: string | null
}

export type FailureReason =
  /** The issuer answered, and refused. */
  | 'refused'
  /** Nobody answered, or not in time. */
  | 'unreachable'
  /** The issuer asks to try again later. */
  | 'unavailable'
  /** What answered is not the issuer, or its answer lacks something. */
  | 'unexpected-answer'
  /** A one-time code is needed, and nobody gave one. */
  | 'needs-mfa'
  /** Values that no request can carry, or that must not be sent. */
  | 'keys-unusable'
  /** The file with a web identity or authorization token cannot be used. */
  | 'token-file'
  /** No cached token of SSO or `aws login`, or one that is not whole. */
  | 'token-missing'
  /** The cached token is over and was not renewed. */
  | 'token-expired'
  /** The cached token is over, and was not renewed because the new one could not be kept. */
  | 'not-renewed'
  /** IAM Identity Center knows the person, and does not let them have that role. */
  | 'role-unassigned'
  | 'process-not-started'
  | 'process-failed'
  | 'process-timed-out'
  | 'process-output'
  /** What came is over already. */
  | 'expired'
  /** The instance has no role, or its role cannot be assumed. */
  | 'no-instance-role'
  | 'no-region'
  | 'too-many-roles'
  /** The chain says that it would be asked later, but not how. */
  | 'no-plan'

/** These tell nothing about the credentials: another time, place or person may get them. */
const untelling: ReadonlySet<FailureReason> = new Set<FailureReason>([
  'unreachable',
  'unavailable',
  'unexpected-answer',
  'needs-mfa',
  'not-renewed',
  'process-timed-out',
  'no-region',
  'no-plan',
  'too-many-roles',
])

/** Whether a failure shows that the credentials cannot be had; else it only shows that they were not had this time. */
export function isConclusive({ reason }: Pick<Failed, 'reason'>): boolean {
  return !untelling.has(reason)
}

/** One thing that was done. Nothing in it is secret. */
export type TrailStep =
  /** A request: `sts:AssumeRole`. `status` is null when no answer came. */
  | { readonly kind: 'call'; readonly operation: string; readonly host: string; readonly status: number | null }
  /** A program: its first word alone. `exitCode` is null when it did not come to its end by itself. */
  | { readonly kind: 'process'; readonly program: string; readonly exitCode: number | null }
  | { readonly kind: 'cache'; readonly file: string; readonly what: 'used' | 'written' | 'not-written' }

/** All that the executors may use. */
export interface Means {
  readonly machine: Machine
  readonly trace: Trace
  readonly files: AwsFiles
  readonly offline: boolean
  readonly exec: boolean
  readonly timeoutMs: number
  readonly processTimeoutMs: number
  readonly disk: Disk | null
  readonly askCode: ((serial: string) => Promise<string | null>) | null
  readonly trail: TrailStep[]
  readonly onStep: (says: string) => void
  /** Runs a plan that another one starts from. */
  resolve(plan: CredentialPlan): Promise<Outcome>
}

export function failed(
  reason: FailureReason,
  says: string,
  because: string,
  at: Place | null = null,
  refusal: RefusalSeen | null = null,
): Failed {
  return { kind: 'failed', reason, says, because, at, refusal }
}

export function described(needs: Described['needs'], because: string): Described {
  return { kind: 'described', needs, because }
}

/** The values of a credential as an answer brings them. */
export interface AnsweredValues {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string | null
  readonly expiration: Date | null
  readonly accountId: string | null
}

/** A credential out of an answer; `from` names the operation or program that gave it, e.g. `sts:AssumeRole`, or the file. */
export function credentialOf(
  provider: ProviderName,
  profile: string | null,
  from: string | { readonly file: string },
  values: AnsweredValues,
): Credential {
  const at: Place = typeof from === 'string' ? { probe: from } : from
  const { sessionToken, expiration, accountId } = values
  return {
    provider,
    profile,
    accessKeyId: { value: values.accessKeyId, at },
    secretAccessKey: { value: new Secret(values.secretAccessKey), at },
    sessionToken: sessionToken === null ? null : { value: new Secret(sessionToken), at },
    expiration: expiration === null ? null : { value: expiration, at },
    accountId: accountId === null ? null : { value: accountId, at },
  }
}
