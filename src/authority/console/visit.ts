import type { OwnReply, Received } from '../wire/index.ts'
import type { Ground } from './ground.ts'
import type { ConsoleSession } from './session.ts'

/** A request of the JSON API that may come from nobody yet. */
export interface Visit {
  readonly ground: Ground
  readonly call: Received
  readonly session: ConsoleSession | null
  /** What came as JSON with a POST; null for a GET. Anything at all may stand in it. */
  readonly body: unknown
}

/** One row of what answers without a session too: signing in and out. It checks for itself who asks. */
export interface OpenRow {
  readonly method: 'GET' | 'POST'
  readonly path: string
  run(visit: Visit): OwnReply | Promise<OwnReply>
}
