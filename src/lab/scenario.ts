import type { CauseId } from '../cause-ids.ts'
import type { Scene, Stage } from './stage.ts'

/** One way in which credentials break: how to make it happen for real, and what each side must say about it. */
export interface Scenario {
  /** The cause that the diagnosis must name first. */
  readonly cause: CauseId
  /** One sentence: how people get into this. */
  readonly why: string
  /**
   * What the authority's own log calls the refusal of `aws sts get-caller-identity` on that machine. It knows only what
   * arrives: that a variable has hidden a good profile it cannot see. Null when the AWS CLI stops before it sends.
   */
  readonly logged: CauseId | null
  /** The profile that is asked for; absent for the machine's own choice. */
  readonly profile?: string
  /** Another profile of the machine that may ask about the refused key. */
  readonly withProfile?: string
  /** Makes the users, keys and sessions, breaks one thing, and gives the machine on which it shows. */
  prepare(stage: Stage): Promise<Scene>
}
