import type { LoginProfile, User } from '../model/entities.ts'
import type { Change } from '../model/store.ts'
import { faultsOfPassword, hashPassword, isFormer, type PasswordHash, remembered } from '../sessions/password.ts'
import type { ActionContext } from './grid.ts'
import type { Refused } from './sentences.ts'
import { remove, wholeSeconds } from './write.ts'

/** A password that the account's policy takes, hashed: what takes time is done before the write. */
export interface NewPassword {
  readonly hash: PasswordHash
}

type Context = Pick<ActionContext, 'directory' | 'now' | 'passwordWork'>

/**
 * Checks a password against the account's policy. An administrator may set one that was used before; who changes their own may not go
 * back to those that the policy remembers, nor keep the present one (IAM User Guide, "Password policy options").
 */
export async function preparePassword(
  user: User,
  password: string,
  how: 'as-administrator' | 'as-oneself',
  { directory, passwordWork }: Context,
): Promise<NewPassword | Refused> {
  const { account } = directory
  const faults = faultsOfPassword(password, account.passwordPolicy, [account.alias ?? '', account.id])
  if (faults.length > 0) return { refused: { reason: 'password-policy-violation', evidence: faults } }
  const before = directory.loginProfile(user.id)
  if (how === 'as-oneself' && before !== undefined) {
    const used = await isFormer(password, before.secret, Math.max(1, account.passwordPolicy?.reusePrevention ?? 1))
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
export function endingSessions(userId: string, { directory }: Pick<Context, 'directory'>): readonly Change[] {
  return directory.portalSessionsOf(userId).map((session) => remove(directory, session))
}

/** The user's login profile with the new password; made where there is none. */
export function planPassword(
  user: User,
  { hash }: NewPassword,
  resetRequired: boolean,
  { directory, now }: Context,
): LoginProfile {
  const before = directory.loginProfile(user.id)
  return {
    kind: 'login-profile',
    id: user.id,
    createdAt: before?.createdAt ?? wholeSeconds(now),
    changedAt: wholeSeconds(now),
    lastUsedAt: before?.lastUsedAt ?? null,
    resetRequired,
    secret: remembered(hash, before?.secret),
  }
}
