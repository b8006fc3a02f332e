import type { SdkName } from '../../holder/chains/trace.ts'
import type { ErrorSeen } from '../../holder/diagnosis/error-text/error-seen.ts'
import type { Finding, Verdict } from '../../holder/diagnosis/verdict.ts'
import type { Kept } from './kept.ts'
import type { Recognised } from './recognise.ts'
import type { ChildEnd } from './starting.ts'

/** A command that has failed, with what is kept of its output. */
export interface Failure {
  readonly words: readonly string[]
  readonly end: Extract<ChildEnd, { kind: 'ended' }>
  readonly kept: { readonly stdout: Kept; readonly stderr: Kept }
}

/** What is said about a failed command. */
export interface Explained {
  readonly failure: Failure
  readonly recognised: Recognised
  /** By whose rules the credential was looked for. */
  readonly sdk: SdkName
  readonly profile: string | undefined
  readonly error: ErrorSeen | null
  readonly causes: readonly Finding[]
  /** The credential that was looked for, when AWS accepts it although the command was refused; null else. */
  readonly accepted: Accepted | null
  readonly home: string | null
}

export type Accepted = Pick<Verdict, 'credential' | 'identity'>
