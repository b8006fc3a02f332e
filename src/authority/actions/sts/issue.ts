import { randomBytes } from 'node:crypto'
import { mintAccessKeyId } from '../../../anatomy/access-key-id.ts'
import { bearerOf } from '../../authentication/index.ts'
import type { Directory } from '../../directory/directory.ts'
import type { SessionClaims } from '../../model/principal.ts'
import type { IssuedSession } from '../../model/store.ts'
import { mintSecretAccessKey } from '../../sessions/mint.ts'
import type { ActionContext, ValuesOf } from '../grid.ts'
import type { credentials } from '../members.ts'
import { wholeSeconds } from '../write.ts'

/** What differs from session to session; the rest is minted. */
export type SessionGrant = Omit<
  SessionClaims,
  'accessKeyId' | 'secretAccessKey' | 'account' | 'issuedAt' | 'expiresAt'
> & {
  /** Seconds. */
  readonly duration: number
}

/** The claims of a new session that begins now: a fresh id and secret, whole seconds. */
export function newClaims(
  { duration, ...grant }: SessionGrant,
  context: Pick<ActionContext, 'now' | 'account'>,
): SessionClaims {
  const issuedAt = epochSeconds(context.now)
  return {
    ...grant,
    accessKeyId: mintAccessKeyId('ASIA', context.account, randomBytes(8)),
    secretAccessKey: mintSecretAccessKey(),
    account: context.account,
    issuedAt,
    expiresAt: issuedAt + duration,
  }
}

/** Seals the claims: what the caller gets of a session. Nothing of it is kept here. */
export function issue(
  claims: SessionClaims,
  context: Pick<ActionContext, 'sessions' | 'region' | 'tokenVersion' | 'issued'>,
): ValuesOf<typeof credentials.members> {
  context.issued?.(claims)
  return {
    AccessKeyId: claims.accessKeyId,
    SecretAccessKey: claims.secretAccessKey,
    SessionToken: context.sessions.seal(claims, context.region, context.tokenVersion),
    Expiration: wholeSeconds(new Date(claims.expiresAt * 1000)),
  }
}

/** What the decision log keeps of a session. */
export function issuedSession(claims: SessionClaims, directory: Directory): IssuedSession {
  const bearer = bearerOf(claims, directory)
  return {
    accessKeyId: claims.accessKeyId,
    principal: 'principal' in bearer ? bearer.principal.arn : (claims.roleArn ?? claims.ownerId),
    type: claims.type,
    ownerId: claims.ownerId,
    parentKeyId: claims.parentKeyId,
    mfa: claims.mfaAt !== null,
    issuedAt: wholeSeconds(new Date(claims.issuedAt * 1000)),
    expiresAt: wholeSeconds(new Date(claims.expiresAt * 1000)),
  }
}

export function epochSeconds(at: Date): number {
  return Math.floor(at.getTime() / 1000)
}
