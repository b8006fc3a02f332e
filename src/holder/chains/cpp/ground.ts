import type { Machine } from '../../machine/machine.ts'
import type { CppFiles, CppProfile } from './files.ts'

/** What the providers of the C++ chain may know. */
export interface CppGround {
  readonly machine: Machine
  readonly profile: string
  readonly files: CppFiles
  /** The chosen profile in the config file; null when there is none. */
  readonly config: CppProfile | null
}
