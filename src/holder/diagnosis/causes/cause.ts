import type { CauseId } from '../../../cause-ids.ts'
import type { FileEdit } from '../../files/edit.ts'
import type { Place } from '../../sources/credential.ts'
import type { AnswerFamily } from '../answers.ts'
import type { Scene } from '../scene.ts'
import { type Commands, noCommands } from '../shells.ts'
import type { Certainty, Evidence, Finding, Fix } from '../verdict.ts'

/** One row of the catalogue: what a cause looks like, what proves it and what cures it. */
export interface Cause {
  readonly id: CauseId
  /**
   * The steps of AWS's order of checks at which this cause makes a request fail. With a refusal from any other step the cause
   * is excluded and not looked for. `always` is for facts that stand beside whatever else was refused.
   */
  readonly failsAt: readonly AnswerFamily[] | 'always'
  /**
   * True for what stands on the machine for all to see: it is so whatever our own request was refused for. A pasted error is
   * another matter, because it may come from another time.
   */
  readonly isFact?: true
  /**
   * Causes that say less of the same fault: once this one is likely or proven they are not told, because their cure would not
   * help.
   */
  readonly insteadOf?: readonly CauseId[]
  /** Looks at the scene; null when there is no sign of this cause. */
  readonly look: (scene: Scene) => Found | null
}

export type Found = Omit<Finding, 'id'>

export function found(certainty: Certainty, title: string, evidence: readonly Evidence[], fix: Fix): Found {
  return { certainty, title, evidence, fix }
}

export function evidence(says: string, at: Place | null = null): Evidence {
  return { says, at }
}

/** A cure that a person carries out. */
export function cure(says: string, commands: Commands = noCommands): Fix {
  return { says, automatic: false, commands, edits: [] }
}

/** A cure that edits of files carry out alone. */
export function automaticCure(says: string, commands: Commands, edits: readonly FileEdit[]): Fix {
  return { says, automatic: edits.length > 0, commands, edits }
}

/**
 * Whether the fault may lie before any request: always, unless there is the text of an error that AWS itself has answered.
 */
export function mayBeLocal({ refusal }: Scene): boolean {
  if (refusal?.from !== 'text') return true
  return refusal.families.some((family) => family === 'nothing-sent' || family === 'missing')
}

/** Whether AWS itself judges what is asked for, or whoever does has refused it: an emulator may take anything. */
export function isJudged({ atAws, failure, refusal, trace }: Scene): boolean {
  return atAws || failure?.refusal != null || refusal !== null || trace.error !== null
}
