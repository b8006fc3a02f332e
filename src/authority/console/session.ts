import { bearerOf } from '../authentication/index.ts'
import type { ConsoleSession as KeptSession } from '../model/entities.ts'
import { ownSession, type Principal, type SessionClaims } from '../model/principal.ts'
import { headerOf } from '../sign-in/ground.ts'
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

/** Milliseconds. AWS's console session ends after twelve hours, whatever one does (IAM User Guide, "Sign out of the console"). */
export const longestSession = 12 * 3_600_000
/** Milliseconds after which a browser that was left alone is signed out; as long as the sign-in pages of Identity Center hold. */
export const longestIdle = 3_600_000
/** Milliseconds for which a cookie is not made anew. */
const freshFor = 60_000
const sessionCookie = 'countersign-console'
/** A cookie from the future is none: the clock was set back since. */
const clockPlay = 60_000

interface Held {
  /** Id of the session. */
  readonly s: string
  /** When it was last seen, in seconds since the epoch. */
  readonly a: number
}

/** The session of a request; null when there is none, or it is over. */
export function sessionOf(call: Received, ground: Ground): ConsoleSession | null {
  const now = ground.now()
  for (const text of cookiesNamed(call, sessionCookie)) {
    const held = ground.state.open('console session', text) as Held | null
    if (held === null) continue
    const idleUntil = held.a * 1000 + longestIdle
    if (idleUntil <= now || held.a * 1000 > now + clockPlay) continue
    const kept = ground.directory().consoleSession(held.s)
    const principal = kept === undefined ? null : principalOf(kept, ground)
    if (kept === undefined || principal === null) continue
    return sessionOfKept(kept, principal, idleUntil, ground)
  }
  return null
}

/** As the API shows a kept session; `idleUntil` in milliseconds since the epoch. */
export function sessionOfKept(
  kept: KeptSession,
  principal: Principal,
  idleUntil: number,
  ground: Ground,
): ConsoleSession {
  return {
    id: kept.id,
    principal,
    expiresAt: Date.parse(kept.expiresAt),
    idleUntil,
    mfa: kept.mfaAt !== null,
    formToken: ground.state.vouch('console form', kept.id),
  }
}

/** Whose session it is, as of now; null when it is over, or what it hung on is gone. */
export function principalOf(kept: KeptSession, ground: Ground): Principal | null {
  if (isOver(kept, ground.now())) return null
  const directory = ground.directory()
  if (kept.claims === null) {
    if (directory.loginProfile(kept.owner) === undefined) return null
    // A device that was registered since, and not in this very session, is asked for.
    const unasked = kept.mfaAt === null && kept.deviceRegistered !== true
    if (unasked && directory.mfaDevicesOf(kept.owner).length > 0) return null
  }
  const bearer = bearerOf(claimsOf(kept, directory.account.id), directory)
  return 'evidence' in bearer ? null : bearer.principal
}

/** A clock that was set back does not lengthen a session. */
export function isOver({ createdAt, expiresAt }: KeptSession, now: number): boolean {
  return Date.parse(expiresAt) <= now || Date.parse(createdAt) > now + longestSession
}

/** Entities are replaced and never changed. */
const knownClaims = new WeakMap<KeptSession, SessionClaims>()

function claimsOf(kept: KeptSession, account: string): SessionClaims {
  const known = knownClaims.get(kept)
  if (known !== undefined) return known
  const expiresAt = Date.parse(kept.expiresAt) / 1000
  const claims: SessionClaims =
    kept.claims === null
      ? {
          type: 'session',
          accessKeyId: kept.accessKeyId,
          secretAccessKey: '',
          account,
          issuedAt: Date.parse(kept.createdAt) / 1000,
          expiresAt,
          mfaAt: kept.mfaAt,
          ownerId: kept.owner,
          parentKeyId: null,
          ...ownSession,
        }
      : { ...(JSON.parse(kept.claims) as Omit<SessionClaims, 'secretAccessKey'>), secretAccessKey: '', expiresAt }
  knownClaims.set(kept, claims)
  return claims
}

/**
 * The `Set-Cookie` line that keeps a session from idling out; nothing while the last one is fresh, and nothing where the page says by
 * `X-Unattended` that it asks by itself, with nobody at the keyboard.
 */
export function stayingSignedIn(session: ConsoleSession, call: Received, ground: Ground): readonly string[] {
  const seenAt = session.idleUntil - longestIdle
  if (headerOf(call, 'x-unattended') !== null) return []
  return ground.now() - seenAt < freshFor ? [] : cookieFor(session.id, call, ground)
}

/**
 * Without `Max-Age` the browser forgets it when it is closed. `Strict`: no link and no form of another site brings it along. The prefix
 * keeps pages that came without TLS from setting it (RFC 6265bis §4.1.3.1); `__Host-` would send it to every path.
 */
export function cookieFor(id: string, call: Received, ground: Ground): readonly string[] {
  const held: Held = { s: id, a: Math.floor(ground.now() / 1000) }
  return ['Set-Cookie', `${cookieName(call)}=${ground.state.seal('console session', held)}; ${cookieAttributes(call)}`]
}

/** The `Set-Cookie` line that makes the browser forget its session. */
export function noCookie(call: Received): readonly string[] {
  return ['Set-Cookie', `${cookieName(call)}=; Max-Age=0; ${cookieAttributes(call)}`]
}

export function cookieAttributes({ secure }: Received): string {
  return `Path=/console/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`
}

/** Keeps pages that came without TLS from setting a cookie of the name. */
export function securePrefix({ secure }: Received): string {
  return secure ? '__Secure-' : ''
}

function cookieName(call: Received): string {
  return `${securePrefix(call)}${sessionCookie}`
}

/** Other programs on this host may have set some of the same name; so many are tried. */
const mostCookies = 32

/** The values of all cookies of that name, in the order of the header. */
export function cookiesNamed(call: Received, name: string): readonly string[] {
  const prefix = `${securePrefix(call)}${name}=`
  return (headerOf(call, 'cookie') ?? '')
    .split(/;\s*/)
    .filter((part) => part.startsWith(prefix))
    .slice(0, mostCookies)
    .map((part) => part.slice(prefix.length))
}
