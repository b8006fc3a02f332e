import type { Chooser } from './chooser.ts'

/** Of a user's own key, or of a session. */
export type KeyShape = 'long-term' | 'temporary'

/** Where the pair stands that the command is signed with. */
export type Place = 'environment' | 'default-profile' | 'named-profile'

/** One way of making a scenario happen. */
export interface Variation {
  readonly shape: KeyShape
  readonly place: Place
  /** Chooses names and whatever else may be one or the other: the same number makes the same scene. */
  readonly seed: number
}

export interface Chosen extends Variation {
  readonly choose: Chooser
}
