import type { AwsFiles } from '../files/aws-files.ts'
import type { Machine } from '../machine/machine.ts'
import type { SdkName, Trace } from './trace.ts'

/** What a program's own arguments would say. */
export interface ChainQuestion {
  readonly profile?: string | undefined
  readonly region?: string | undefined
  readonly endpointUrl?: string | undefined
  /** A version of the SDK whose rules were other ones, e.g. `2.9.19`; default: the one that `ChainRules.version` tells. */
  readonly version?: string | undefined
}

/** The rules of one SDK: how it finds its credentials. */
export interface ChainRules {
  readonly sdk: SdkName
  /** The version for which they hold, e.g. `botocore 1.43.11`. */
  readonly version: string
  /**
   * `observed`: they agree with what the real SDK answered (`test/truth`); `older-observed`: those of an older version do, and what
   * has changed since was read in the source; `from-source`: read in its source, never run here.
   */
  readonly evidence: 'observed' | 'older-observed' | 'from-source'
  /** Looks at local evidence only: no process is run and no request is sent. */
  trace(machine: Machine, question: ChainQuestion, files: AwsFiles): Trace
}
