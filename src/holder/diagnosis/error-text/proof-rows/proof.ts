import type { CauseId } from '../../../../cause-ids.ts'
import { type Commands, command } from '../../shells.ts'
import type { Certainty } from '../../verdict.ts'

/** What a text proves by itself: a pattern and the cause that it names. All rows that match are told. */
export interface Proof {
  readonly id: CauseId
  readonly certainty: Certainty
  readonly code?: RegExp
  readonly service?: RegExp
  readonly operation?: RegExp
  /** Looked for in the message; `whole` in the whole text. */
  readonly message?: RegExp
  readonly whole?: RegExp
  readonly title: string
  readonly says: string | ((match: RegExpExecArray) => string)
  readonly fix: string
  readonly commands?: Commands
}

export const whoAmI = command('aws', 'sts', 'get-caller-identity')
