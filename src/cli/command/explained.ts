import type { SdkName } from '../../holder/chains/trace.ts'
import type { ErrorSeen } from '../../holder/diagnosis/error-text/error-seen.ts'
import type { Finding, Verdict } from '../../holder/diagnosis/verdict.ts'
import type { ChildEnd } from './child.ts'
import type { Kept } from './kept.ts'
import type { Recognised } from './recognise.ts'

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
  /** What AWS said when it was asked about the credential itself; null when it was not asked. */
  readonly verdict: Verdict | null
  readonly home: string | null
}
