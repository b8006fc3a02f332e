import { randomBytes } from 'node:crypto'
import { mintAccessKeyId } from '../../anatomy/access-key-id.ts'
import { isRefused, type Refused } from '../actions/sentences.ts'
import { put, remove, wholeSeconds, write } from '../actions/write.ts'
import type { Directory } from '../directory/directory.ts'
import type { ConsoleSession as KeptSession, LoginProfile } from '../model/entities.ts'
import type { Principal } from '../model/principal.ts'
import type { Change } from '../model/store.ts'
import { writing } from '../sign-in/ground.ts'
import type { Received } from '../wire/index.ts'
import type { Ground } from './ground.ts'
import {
  type ConsoleSession,
  cookieFor,
  isOver,
  longestIdle,
  longestSession,
  principalOf,
  sessionOfKept,
} from './session.ts'

/** The newest are kept: whoever signs in again and again forgets the oldest sign-ins. */
const mostSessions = 50
/** So many rows the sessions of one role, or of all federated users, have together: whoever may assume it chooses their names. */
const mostShared = 1_000
/** So many rows that are over are cleared away with each sign-in. */
const mostCleared = 100
/** Milliseconds for which a federated session that was signed out is remembered: so long its token could be shown again. */
export const tokenLifetime = 900_000

export interface Begun {
  readonly session: ConsoleSession
  readonly cookie: readonly string[]
}

/** Begins the session of a user or of root, who has proven the password of `proven`. `instead`: what this browser had before. */
export function beginOwnSession(
  proven: LoginProfile,
  mfaAt: number | null,
  instead: ConsoleSession | null,
  call: Received,
  ground: Ground,
): Promise<Begun | Refused> {
  const context = writing(ground)
  const { directory, account } = context
  const at = wholeSeconds(context.now)
  const kept: KeptSession = {
    kind: 'console-session',
    id: randomBytes(16).toString('base64url'),
    owner: proven.id,
    createdAt: at,
    expiresAt: wholeSeconds(new Date(ground.now() + longestSession)),
    mfaAt,
    accessKeyId: mintAccessKeyId('ASIA', account, randomBytes(8)),
    claims: null,
    sourceIp: call.sourceIp,
  }
  return begin(kept, instead, call, ground, () => {
    const profile = directory.loginProfile(proven.id)
    // Set anew while this was going on: then the password that was shown is none any more.
    if (profile === undefined || profile.secret !== proven.secret) return null
    return [put(directory, { ...profile, lastUsedAt: at })]
  })
}

/** `along`: what is committed with it; null when there can be no such session any more. */
export async function begin(
  kept: KeptSession,
  instead: ConsoleSession | null,
  call: Received,
  ground: Ground,
  along: () => readonly Change[] | null,
): Promise<Begun | Refused> {
  const context = writing(ground)
  const { directory } = context
  const done = await write(context, () => {
    const more = along()
    if (more === null) return { refused: { reason: 'concurrent-modification' } }
    const gone = new Set([...cleared(kept.owner, directory, ground.now()), ...crowded(kept, directory, ground.now())])
    const before = instead === null ? undefined : directory.consoleSession(instead.id)
    if (before !== undefined) gone.add(before)
    // Those of a token that could be shown again are remembered, however they end.
    const changes = [...gone].map((one) => ending(one, directory, ground))
    return { ok: {}, changes: [...changes, put(directory, kept), ...more] }
  })
  if (isRefused(done)) return done
  const principal = principalOf(kept, ground)
  if (principal === null) return { refused: { reason: 'concurrent-modification' } }
  const session = sessionOfKept(kept, principal, Math.floor(ground.now() / 1000) * 1000 + longestIdle, ground)
  return { session, cookie: cookieFor(kept.id, call, ground) }
}

function cleared(owner: string, directory: Directory, now: number): readonly KeptSession[] {
  const living = directory.consoleSessionsOf(owner).filter((one) => !isOver(one, now))
  const gone = living.slice(0, Math.max(0, living.length + 1 - mostSessions))
  const left: KeptSession[] = []
  for (const one of directory.consoleSessions()) {
    if (left.length >= mostCleared) break
    if (isOver(one, now) && !isRemembered(one, now)) left.push(one)
  }
  return [...gone, ...left]
}

/** The oldest of those that share a role with a new one. */
function crowded({ owner, claims }: KeptSession, directory: Directory, now: number): readonly KeptSession[] {
  if (claims === null) return []
  const shared = owner.slice(0, owner.indexOf(':') + 1)
  const alike = [...directory.consoleSessions()].filter(
    (one) => one.claims !== null && one.owner.startsWith(shared) && !isOver(one, now),
  )
  if (alike.length < mostShared) return []
  const byAge = alike.toSorted((a, b) => (a.createdAt < b.createdAt ? -1 : 1))
  return byAge.slice(0, alike.length + 1 - mostShared)
}

function isRemembered({ claims, createdAt }: KeptSession, now: number): boolean {
  return claims !== null && Math.abs(now - Date.parse(createdAt)) < tokenLifetime
}

/** As `KeptSession.owner` has it. */
export function ownerOf(principal: Principal): string {
  return principal.type === 'root' ? 'root' : principal.userId
}

/** Ends one session. */
export function endSession({ id }: ConsoleSession, ground: Ground): Promise<{ readonly ok: unknown } | Refused> {
  const context = writing(ground)
  return write(context, () => {
    const kept = context.directory.consoleSession(id)
    return { ok: {}, changes: kept === undefined ? [] : [ending(kept, context.directory, ground)] }
  })
}

/** Ends every session of whoever has this one, those of the access portal and of Identity Center's pages included. */
export async function endAllSessions(session: ConsoleSession, ground: Ground): Promise<number | Refused> {
  const context = writing(ground)
  const { directory } = context
  const owner = ownerOf(session.principal)
  const done = await write(context, () => {
    const kept = directory.consoleSessionsOf(owner).filter((one) => !isOver(one, ground.now()))
    const portal = directory.portalSessionsOf(owner).map((one) => remove(directory, one))
    const ended = [...kept.map((one) => ending(one, directory, ground)), ...portal]
    // Those pages keep no session here: their cookie hangs on the profile.
    const profile = directory.loginProfile(owner)
    const signedOut =
      profile === undefined ? [] : [put(directory, { ...profile, signOuts: (profile.signOuts ?? 0) + 1 })]
    return { ok: ended.length, changes: [...ended, ...signedOut] }
  })
  return isRefused(done) ? done : done.ok
}

function ending(kept: KeptSession, directory: Directory, ground: Ground): Change {
  return isRemembered(kept, ground.now())
    ? put(directory, { ...kept, expiresAt: wholeSeconds(new Date(ground.now())) })
    : remove(directory, kept)
}
