import { randomBytes } from 'node:crypto'
import { put, remove, wholeSeconds, write } from '../actions/write.ts'
import type { PortalSession, User } from '../model/entities.ts'
import type { Change } from '../model/store.ts'
import { writing } from '../sign-in/ground.ts'
import { isPerson } from '../sign-in/people.ts'
import { type Client, clientMark, mayRefresh } from './clients.ts'
import type { Ground } from './ground.ts'
import { type OidcRefusal, oidcRefusal } from './oidc-faults.ts'

/*
 * Tokens are sealed texts. Each belongs to a portal session that has a row, and is worth nothing when the row is gone: so signing out,
 * or deleting the user or changing its password, ends all of them at once and on every node.
 */

/** Seconds: a sign-in lasts eight hours, an access token that can be refreshed one (IAM Identity Center User Guide, "Session duration"). */
const sessionLifetime = 8 * 3600
const refreshableLifetime = 3600
/** The newest are kept: whoever signs in again and again forgets the oldest sign-ins. */
const mostSessions = 50
/** Seconds within which a second exchange of a refresh token counts as two programs that asked at once. */
const raceTime = 60

interface TokenReply {
  readonly accessToken: string
  readonly tokenType: 'Bearer'
  readonly expiresIn: number
  readonly refreshToken?: string
}

/** Begins a portal session of a person for a client, with its first tokens. */
export async function beginSession(user: User, client: Client, ground: Ground): Promise<TokenReply | OidcRefusal> {
  const context = writing(ground)
  const { directory } = context
  const session: PortalSession = {
    kind: 'portal-session',
    id: randomBytes(16).toString('base64url'),
    owner: user.id,
    createdAt: wholeSeconds(context.now),
    expiresAt: wholeSeconds(new Date(ground.now() + sessionLifetime * 1000)),
    clientId: clientMark(client, ground),
    refreshes: 0,
    refreshedAt: null,
  }
  const done = await write(context, () => {
    const living = directory.portalSessionsOf(user.id).filter((one) => !isOver(one, ground))
    const over = directory.portalSessionsOf(user.id).filter((one) => isOver(one, ground))
    const gone: readonly Change[] = [...over, ...living.slice(0, Math.max(0, living.length + 1 - mostSessions))].map(
      (one) => remove(directory, one),
    )
    return { ok: session, changes: [...gone, put(directory, session)] }
  })
  return 'refused' in done
    ? oidcRefusal('server-error', 'Too many at once: try again.')
    : tokensOf(session, client, ground)
}

/** New tokens for a refresh token, which counts once. One that is used again later was stolen from somebody: that ends the session. */
export async function refreshSession(
  token: string,
  client: Client,
  ground: Ground,
): Promise<(TokenReply & { readonly userId: string }) | OidcRefusal> {
  const held = ground.state.open('refresh token', token) as { s: string; n: number } | null
  const over = oidcRefusal(
    'invalid-grant',
    'The refresh token is over, or the session was ended.',
    'sso-session-expired',
  )
  if (held === null) return oidcRefusal('invalid-grant', 'The refresh token is none of this authority.')
  const context = writing(ground)
  const { directory } = context
  const outcome = await write<PortalSession | OidcRefusal>(context, () => {
    const session = directory.portalSession(held.s)
    if (session === undefined || isOver(session, ground) || personOf(session, ground) === null)
      return { ok: over, changes: [] }
    if (session.clientId !== clientMark(client, ground))
      return { ok: oidcRefusal('invalid-grant', 'The refresh token is another client\u2019s.'), changes: [] }
    if (session.refreshes !== held.n) {
      const since = (ground.now() - Date.parse(session.refreshedAt ?? session.createdAt)) / 1000
      const again = oidcRefusal('invalid-grant', 'The refresh token was used before.', 'sso-session-expired')
      return { ok: again, changes: since <= raceTime ? [] : [remove(directory, session)] }
    }
    const refreshed = { ...session, refreshes: held.n + 1, refreshedAt: wholeSeconds(context.now) }
    return { ok: refreshed, changes: [put(directory, refreshed)] }
  })
  if ('refused' in outcome) return oidcRefusal('server-error', 'Too many at once: try again.')
  if ('refused' in outcome.ok) return outcome.ok
  return { ...tokensOf(outcome.ok, client, ground), userId: outcome.ok.owner }
}

export type Bearer =
  | { readonly kind: 'bearer'; readonly user: User; readonly session: PortalSession }
  | { readonly kind: 'none'; readonly evidence: string }

/** Whose access token it is, as of now. */
export function bearerOfToken(token: string | null, ground: Ground): Bearer {
  const none = (evidence: string): Bearer => ({ kind: 'none', evidence })
  if (token === null || token === '') return none('no access token was sent')
  const held = ground.state.open('access token', token) as { s: string; x: number } | null
  if (held === null) return none('the access token was not given out here')
  if (held.x * 1000 <= ground.now()) return none(`the access token ended at ${wholeSeconds(new Date(held.x * 1000))}`)
  const session = ground.directory().portalSession(held.s)
  if (session === undefined)
    return none('the session of the access token was ended, or the password was taken away or set anew')
  if (isOver(session, ground)) return none(`the session ended at ${session.expiresAt}`)
  const user = personOf(session, ground)
  return user === null ? none('the user is gone') : { kind: 'bearer', user, session }
}

export async function endSession(session: PortalSession, ground: Ground): Promise<void> {
  const context = writing(ground)
  await write(context, () => {
    const present = context.directory.portalSession(session.id)
    return { ok: {}, changes: present === undefined ? [] : [remove(context.directory, present)] }
  })
}

function tokensOf(session: PortalSession, client: Client, ground: Ground): TokenReply {
  const now = Math.floor(ground.now() / 1000)
  const end = Math.floor(Date.parse(session.expiresAt) / 1000)
  const refreshable = mayRefresh(client)
  const expiresAt = refreshable ? Math.min(now + refreshableLifetime, end) : end
  const reply = {
    accessToken: ground.state.seal('access token', { s: session.id, x: expiresAt }),
    tokenType: 'Bearer',
    expiresIn: expiresAt - now,
  } as const
  if (!refreshable) return reply
  return { ...reply, refreshToken: ground.state.seal('refresh token', { s: session.id, n: session.refreshes }) }
}

/** A clock that was set back does not lengthen a session. */
function isOver({ createdAt, expiresAt }: PortalSession, ground: Ground): boolean {
  const now = ground.now()
  return Date.parse(expiresAt) <= now || Date.parse(createdAt) > now + sessionLifetime * 1000
}

/** Null when there is no such person any more. */
function personOf({ owner }: PortalSession, ground: Ground): User | null {
  const directory = ground.directory()
  const user = directory.user(owner)
  return user !== undefined && isPerson(user, directory) ? user : null
}
