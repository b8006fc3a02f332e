import type { Machine } from '../../machine/machine.ts'
import type { SourceAnswer } from '../../sources/answer.ts'
import type { Place } from '../../sources/credential.ts'
import { passedOver } from '../../sources/source.ts'
import type { PhpFiles } from './files.ts'

/** What the providers of the PHP chain may know. */
export interface PhpGround {
  readonly machine: Machine
  readonly profile: string
  readonly files: PhpFiles
}

/** A rejection: the next provider is asked. */
export function rejected(
  because: string,
  at?: Place,
  reason: 'configuration' | 'expired' | 'partial-credentials' = 'configuration',
): SourceAnswer {
  return passedOver(reason, `Aws\\Exception\\CredentialsException: ${because}`, because, at)
}
