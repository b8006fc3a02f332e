import type { CauseId } from '../cause-ids.ts'
import type { DiagnosisQuestion, Explanation } from '../holder/diagnosis/index.ts'
import type { Finding, Verdict } from '../holder/diagnosis/verdict.ts'
import type { Machine } from '../holder/machine/machine.ts'
import type { Failure } from './failure.ts'
import type { Scenario } from './scenario.ts'
import type { Variation } from './variation.ts'

/** What came of it when the person did what the scenario says. */
export interface Attempt {
  /** Whether anything was sent, and answered. */
  readonly sent: boolean
  /** What came back on the wire; null when nothing was sent, or nothing was refused. */
  readonly failure: Failure | null
  /** What the authority's log says of that call; null when none arrived, or none was refused. */
  readonly logged: {
    readonly cause: CauseId | null
    readonly code: string | null
    readonly evidence: readonly string[]
  } | null
}

/** A scenario that has happened, and that nobody has looked at yet. */
export interface Prepared extends Attempt {
  readonly scenario: Scenario
  readonly variation: Variation
  /** The machine on which it happened. */
  readonly machine: Machine
  /** How the doctor is to be asked about that machine. */
  readonly question: DiagnosisQuestion
  /** The same once more, on that machine as it is by now; before the stage is used for the next scenario. */
  attempt(machine: Machine): Promise<Attempt>
}

/** What came of a scenario. */
export interface LabResult extends Prepared {
  /** What `check` said; null when `explain` was asked. */
  readonly verdict: Verdict | null
  /** What `explain` said; null when `check` was asked. */
  readonly explanation: Explanation | null
  /** The causes of either, most certain first. */
  readonly causes: readonly Finding[]
  /** Whether both sides said what the scenario says they must. */
  readonly agrees: boolean
  /** What came of its cure, where it was asked for; null where only a person can cure it. */
  readonly cure?: CureResult | null
}

/** What came of the cure of a scenario, and of taking it back. */
export interface CureResult {
  /** What was done, one plain clause each, no value in it. */
  readonly did: readonly string[]
  /** True when nothing but files and calls of AWS had to be changed; else the lines of the shell count as run. */
  readonly automatic: boolean
  /** The same request after it. */
  readonly fixed: Attempt
  /** Whether that request was accepted. */
  readonly isCured: boolean
  /** Whether all is as it was once it was taken back: every byte, permission and time, and the request is refused as before. */
  readonly isUndone: boolean
}
