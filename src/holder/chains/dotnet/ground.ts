import type { Machine } from '../../machine/machine.ts'
import type { SourceAnswer } from '../../sources/answer.ts'
import type { Place } from '../../sources/credential.ts'
import { broken, passedOver } from '../../sources/source.ts'
import type { DotnetFiles } from './files.ts'

/** What the generators of the .NET chain may know. */
export interface DotnetGround {
  readonly machine: Machine
  readonly files: DotnetFiles
  readonly profile: string
  /** The program names the profile, so that every failure is its end. */
  readonly isNamed: boolean
}

/** Credentials cannot be made: the next generator is asked, unless the program named the profile. */
export function thrown(
  ground: Pick<DotnetGround, 'isNamed'>,
  says: string,
  because: string,
  at?: Place,
  reason: 'configuration' | 'partial-credentials' | 'file-syntax' | 'file-unreadable' | 'expired' = 'configuration',
): SourceAnswer {
  return ground.isNamed ? broken(reason, says, because, at) : passedOver(reason, says, because, at)
}
