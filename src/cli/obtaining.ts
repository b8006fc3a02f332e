import type { Trace } from '../holder/chains/trace.ts'
import type { AwsFiles } from '../holder/files/aws-files.ts'
import type { Credential } from '../holder/sources/credential.ts'
import type { Asking } from './one-time-code.ts'

export interface Obtained {
  readonly kind: 'held'
  readonly credential: Credential
  readonly trace: Trace
  readonly files: AwsFiles
  /** Under which name the session is kept (`readSession`); null when it is not. */
  readonly keptAs: string | null
}

export interface Obtaining extends Asking {
  /** Seconds that the session shall last. */
  readonly durationSeconds?: number | undefined
  /** False: sessions are neither taken from those that are kept, nor kept. */
  readonly keep?: boolean | undefined
  /** The key of a user is traded for a session, also where no code is wanted. */
  readonly asSession?: boolean | undefined
  readonly onStep?: ((says: string) => void) | undefined
}
