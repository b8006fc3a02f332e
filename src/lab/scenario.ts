import type { CauseId } from '../cause-ids.ts'
import type { SdkName } from '../holder/chains/trace.ts'
import type { Act } from './act.ts'
import type { Scene } from './scene.ts'
import type { Stage } from './stage.ts'
import type { Chosen, KeyShape, Place, Variation } from './variation.ts'

/** One way in which credentials break: how to make it happen for real, and what each side must say about it. */
export interface Scenario {
  /** The cause that the diagnosis must name first. */
  readonly cause: CauseId
  /** Tells scenarios of the same cause apart; absent for the first of them. */
  readonly name?: string
  /** One sentence: how people get into this. */
  readonly why: string
  /**
   * What the authority's own log calls the refusal of what was done. It knows only what arrives: that a variable has
   * hidden a good profile it cannot see. Null when nothing is sent, or nothing of it is refused.
   */
  readonly logged: CauseId | null
  /** Further causes that are true of that machine beside the first. */
  readonly alsoSo?: readonly CauseId[]
  /** With which shapes of key it can happen; the first is the usual one. */
  readonly shapes: readonly KeyShape[]
  /** Where the pair may stand; the first is the usual place. */
  readonly places: readonly Place[]
  /** Makes the users, keys and sessions, breaks one thing, and gives the machine on which it shows. */
  prepare(stage: Stage, chosen: Chosen): Promise<Scene>
  /** What the person did; absent: `aws sts get-caller-identity`. */
  readonly act?: Act
  /**
   * Who is asked about it: `check` on that machine (the default where nothing else was done), or `explain` with what the AWS
   * CLI said (the default where something else was done).
   */
  readonly doctor?: 'check' | 'explain'
  /** How the person sees the failure that `explain` is given: as the AWS CLI says it (the default), or another. */
  readonly seen?: 'aws-cli' | 'curl' | 'dotnet' | 'php' | 'terraform'
  /** Whose rules find the credential. Default: `aws-cli-v2`. */
  readonly sdk?: SdkName
}

/** How a scenario is called on the command line and in tables. */
export function nameOf({ cause, name }: Scenario): string {
  return name === undefined ? cause : `${cause}/${name}`
}

/** Every combination of shape and place, with one seed; the first is the usual one. */
export function variationsOf({ shapes, places }: Scenario, seed = 1): readonly Variation[] {
  return shapes.flatMap((shape) => places.map((place) => ({ shape, place, seed })))
}
