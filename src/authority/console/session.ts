import type { Principal } from '../model/principal.ts'
import type { Received } from '../wire/index.ts'
import type { Ground } from './ground.ts'

/** Somebody who is signed in to the console, as the cookie of a request says and the directory still allows. */
export interface ConsoleSession {
  readonly id: string
  /** As the principal of a temporary session of the user, root, role or federated user. */
  readonly principal: Principal
  /** Milliseconds since the epoch: the end, whatever happens, and the end if nothing happens. */
  readonly expiresAt: number
  readonly idleUntil: number
  readonly mfa: boolean
  /** What a request that changes something must bring along in `X-CSRF-Token`. */
  readonly formToken: string
}

/** The session of a request; null when there is none, or it is over. */
export function sessionOf(_call: Received, _ground: Ground): ConsoleSession | null {
  return null
}

/** The `Set-Cookie` line that keeps a session from idling out; nothing while the last one is fresh. */
export function stayingSignedIn(_session: ConsoleSession, _call: Received, _ground: Ground): readonly string[] {
  return []
}
