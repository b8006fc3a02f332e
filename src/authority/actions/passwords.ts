import type { LoginProfile } from '../model/entities.ts'
import type { Change } from '../model/store.ts'
import { faultsOfPassword, hashPassword, isFormer, type PasswordHash, remembered } from '../sessions/password.ts'
import type { ActionContext } from './grid.ts'
import type { Refused } from './sentences.ts'
import { remove, wholeSeconds } from './write.ts'

/** A password that the account's policy takes, hashed: what takes time is done before the write. */
export interface NewPassword {
  readonly hash: PasswordHash
}

/** A user; or root, with the id `root` and the name by which it signs in. */
export interface PasswordOwner {
  readonly id: string
  /** What the password must not be, besides the account's names. */
  readonly names?: readonly string[]
}

type Context = Pick<ActionContext, 'directory' | 'now' | 'passwordWork'>

/**
 * Checks a password against the account's policy. An administrator may set one that was used before; who changes their own may not go
 * back to those that the policy remembers, nor keep the present one (IAM User Guide, "Password policy options").
 */
export async function preparePassword(
  owner: PasswordOwner,
  password: string,
  how: 'as-administrator' | 'as-oneself',
  { directory, passwordWork }: Context,
): Promise<NewPassword | Refused> {
  const { account } = directory
  // "The password policy does not apply to the root user" (IAM User Guide, "Setting an account password policy").
  const policy = owner.id === 'root' ? null : account.passwordPolicy
  const faults = faultsOfPassword(password, policy, [account.alias ?? '', account.id, ...(owner.names ?? [])])
  if (faults.length > 0) return { refused: { reason: 'password-policy-violation', evidence: faults } }
  const before = directory.loginProfile(owner.id)
  if (how === 'as-oneself' && before !== undefined) {
    const used = await isFormer(password, before.secret, Math.max(1, policy?.reusePrevention ?? 1))
    if (used === null) return { refused: { reason: 'throttled' } }
    if (used) {
      const evidence = ['The password has been used before.']
      return { refused: { reason: 'password-policy-violation', evidence } }
    }
  }
  const hash = await hashPassword(password, passwordWork)
  return hash === null ? { refused: { reason: 'throttled' } } : { hash }
}

/** A password that is set anew or taken away ends every sign-in that was made with the one before. */
export function endingSessions(ownerId: string, { directory }: Pick<Context, 'directory'>): readonly Change[] {
  return [...directory.portalSessionsOf(ownerId), ...directory.consoleSessionsOf(ownerId)].map((session) =>
    remove(directory, session),
  )
}

/** The login profile with the new password; made where there is none. */
export function planPassword(
  owner: PasswordOwner,
  { hash }: NewPassword,
  resetRequired: boolean,
  { directory, now }: Context,
): LoginProfile {
  const before = directory.loginProfile(owner.id)
  return {
    kind: 'login-profile',
    id: owner.id,
    createdAt: before?.createdAt ?? wholeSeconds(now),
    changedAt: wholeSeconds(now),
    lastUsedAt: before?.lastUsedAt ?? null,
    resetRequired,
    secret: remembered(hash, before?.secret),
  }
}
