import { randomBytes } from 'node:crypto'
import type { Received } from '../wire/index.ts'
import type { Ground } from './ground.ts'
import { cookieAttributes, cookiesNamed, securePrefix } from './session.ts'

/*
 * A browser in which somebody has signed in has guesses of its own at their password from then on (OWASP, "Slow Down Online Guessing
 * Attacks with Device Cookies"): a stranger who guesses on and on at a name slows down every other browser, and not theirs. The cookie
 * lets nobody in.
 */

const name = 'countersign-known'
/** Seconds. */
const lifetime = 90 * 86_400

interface Known {
  /** Whose browser it is: the user's unique id, or `root`. */
  readonly h: string
  /** Names the browser. */
  readonly n: string
  /** When it was made, in seconds since the epoch. */
  readonly t: number
}

/** By what guesses of this browser at the password of this holder are counted; null when the holder never signed in here. */
export function knownGuess(call: Received, holder: string, ground: Ground): string | null {
  const now = ground.now() / 1000
  for (const text of cookiesNamed(call, name)) {
    const known = ground.state.open('known browser', text) as Known | null
    if (known === null || known.h !== holder) continue
    if (known.t + lifetime > now && known.t <= now + 60) return `browser ${known.n}`
  }
  return null
}

/** The `Set-Cookie` line for a browser in which the holder has just signed in; nothing where it is known. */
export function knownCookie(call: Received, holder: string, ground: Ground): readonly string[] {
  if (knownGuess(call, holder, ground) !== null) return []
  const known: Known = { h: holder, n: randomBytes(12).toString('base64url'), t: Math.floor(ground.now() / 1000) }
  const value = ground.state.seal('known browser', known)
  return ['Set-Cookie', `${securePrefix(call)}${name}=${value}; Max-Age=${lifetime}; ${cookieAttributes(call)}`]
}
