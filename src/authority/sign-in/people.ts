import type { CauseId } from '../../cause-ids.ts'
import { endingSessions, type PasswordOwner, planPassword, preparePassword } from '../actions/passwords.ts'
import { isRefused, type Refused } from '../actions/sentences.ts'
import { judgeCodeOf } from '../actions/sts/one-time-code.ts'
import { put, wholeSeconds, write } from '../actions/write.ts'
import type { Directory } from '../directory/directory.ts'
import type { LoginProfile, User } from '../model/entities.ts'
import type { Change } from '../model/store.ts'
import { acceptCode } from '../sessions/one-time-code.ts'
import { currentHash, isPassword, passwordEnd } from '../sessions/password.ts'
import { type Ground, writing } from './ground.ts'
import { guessesOf } from './guesses.ts'

/** What somebody typed to sign in. */
export interface Claim {
  readonly userName: string
  readonly password: string
  /** Empty for people without a device. */
  readonly code: string
}

export type SignIn =
  | {
      readonly kind: 'signed-in'
      readonly user: User
      readonly profile: LoginProfile
      /** Was a one-time code shown? */
      readonly mfa: boolean
      /** Must another password be chosen first? */
      readonly resetRequired: boolean
    }
  /** One and the same answer to the person, whatever was wrong; the evidence is for the operator. */
  | { readonly kind: 'refused'; readonly evidence: string; readonly cause: CauseId | null }
  | { readonly kind: 'wait'; readonly seconds: number }
  /** Only the administrator can help: the password is over, and the account's policy lets nobody renew it. */
  | { readonly kind: 'expired' }
  | { readonly kind: 'busy' }

/** Whose password it is: a user, or root with the id `root`. */
export interface Holder {
  readonly id: string
  /** As evidence names them. */
  readonly name: string
}

/** May this user sign in at the pages of the authority? People are the users that have a password. */
export function isPerson(user: User, directory: Directory): boolean {
  return directory.loginProfile(user.id) !== undefined
}

/** A user of that name who has a password. */
export function personNamed(name: string, directory: Directory): User | undefined {
  const user = directory.userNamed(name)
  return user !== undefined && isPerson(user, directory) ? user : undefined
}

/**
 * What tells a password from the one before it, without telling anything else of it; another one too once the person has signed out
 * everywhere, so that whatever hangs on it ends then.
 */
export function passwordMark({ secret, signOuts = 0 }: LoginProfile, ground: Ground): string {
  const hash = currentHash(secret)
  return ground.state.vouch('password', signOuts === 0 ? hash : `${hash}\n${signOuts}`)
}

/** Who is it? The password counts, and the code of a device where there is one; each code counts once. */
export async function signIn(claim: Claim, ground: Ground): Promise<SignIn> {
  const guessedAs = userGuess(claim.userName)
  const user = ground.directory().userNamed(claim.userName)
  const absent = 'there is no user of that name'
  const proof = await provePassword({ guessedAs, holder: user, absent, password: claim.password }, ground)
  if (proof.kind !== 'right') return proof
  if (user === undefined) return { kind: 'refused', evidence: absent, cause: null }
  const shown = await showCode(user, claim.code, ground)
  if (shown.kind === 'wait') return shown
  if (shown.kind === 'wrong') return { kind: 'refused', evidence: shown.evidence, cause: 'mfa-code-wrong' }
  const fitness = fitnessOf(proof.profile, ground)
  if (fitness === 'over') return { kind: 'expired' }
  guessesOf(ground).forget(guessedAs)
  const { profile } = proof
  return { kind: 'signed-in', user, profile, mfa: shown.kind === 'shown', resetRequired: fitness === 'to-change' }
}

/** By what the guesses at a user's password are counted. */
export function userGuess(userName: string): string {
  return `user ${userName.toLowerCase().slice(0, 128)}`
}

export type Proof =
  | { readonly kind: 'right'; readonly profile: LoginProfile }
  | Extract<SignIn, { kind: 'refused' | 'wait' | 'busy' }>

/**
 * Is it their password? What was counted as a guess stays counted until the caller forgets it. The work is the same whoever is
 * named: without a holder a password is hashed all the same.
 */
export async function provePassword(
  claim: {
    readonly guessedAs: string
    readonly holder: Holder | undefined
    /** What to write down where there is no holder. */
    readonly absent: string
    readonly password: string
  },
  ground: Ground,
): Promise<Proof> {
  const { guessedAs, holder, password } = claim
  const guesses = guessesOf(ground)
  const wait = guesses.wait(guessedAs, ground.now())
  if (wait > 0) return { kind: 'wait', seconds: Math.ceil(wait / 1000) }
  // Counted before it is judged, which takes its time: else many at once would all be the first.
  const takeBack = guesses.failed(guessedAs, ground.now())
  const profile = holder === undefined ? undefined : ground.directory().loginProfile(holder.id)
  const hash = profile === undefined ? undefined : currentHash(profile.secret)
  const right = await isPassword(password, hash, ground.passwordWork)
  if (right === null) {
    takeBack()
    return { kind: 'busy' }
  }
  if (right && profile !== undefined) return { kind: 'right', profile }
  return { kind: 'refused', evidence: whyNot(holder, profile) ?? claim.absent, cause: null }
}

function whyNot(holder: Holder | undefined, profile: LoginProfile | undefined): string | null {
  if (holder === undefined) return null
  const who = holder.id === 'root' ? 'root' : `the user ${holder.name}`
  return profile === undefined ? `${who} has no password` : `the password of ${who} is another one`
}

/** `to-change`: another one has to be chosen first; `over`: it has expired, and only an administrator can set another one. */
export function fitnessOf(profile: LoginProfile, ground: Ground): 'good' | 'to-change' | 'over' {
  // The account's policy is not about root (IAM User Guide, "Setting an account password policy").
  const policy = profile.id === 'root' ? null : ground.directory().account.passwordPolicy
  const end = passwordEnd(profile.changedAt, policy)
  const expired = end !== null && end <= ground.now()
  if (expired && policy?.hardExpiry === true) return 'over'
  return expired || profile.resetRequired ? 'to-change' : 'good'
}

export type ShownCode =
  | { readonly kind: 'shown' | 'none-needed' }
  /** For the operator. */
  | { readonly kind: 'wrong'; readonly evidence: string }
  | { readonly kind: 'wait'; readonly seconds: number }

/** Guesses at codes are counted by person, at all pages together: whoever guesses has the right password, and may have many devices. */
export async function showCode(holder: Holder, code: string, ground: Ground): Promise<ShownCode> {
  const context = writing(ground)
  const { directory } = context
  if (directory.mfaDevicesOf(holder.id).length === 0) return { kind: 'none-needed' }
  const digits = code.replace(/\s/g, '')
  if (!/^\d{6}$/.test(digits)) {
    const evidence = `${holder.name} has an MFA device, and no code of six digits was given`
    return { kind: 'wrong', evidence }
  }
  const guesses = guessesOf(ground)
  const guessedAs = `code ${holder.id}`
  const wait = guesses.wait(guessedAs, ground.now())
  if (wait > 0) return { kind: 'wait', seconds: Math.ceil(wait / 1000) }
  guesses.failed(guessedAs, ground.now())
  const result = await write(context, () => {
    const devices = directory.mfaDevicesOf(holder.id)
    // The device that shows the code is judged, so that a person's other devices do not count it as a wrong one.
    const device = devices.find((one) => acceptCode(one, digits, context.now).kind === 'accepted') ?? devices[0]!
    const judged = judgeCodeOf(device, digits, context)
    if ('refused' in judged) return judged
    const changes: readonly Change[] = judged.shown ? [judged.change] : []
    return { ok: {}, changes }
  })
  if ('refused' in result) return { kind: 'wrong', evidence: result.refused.evidence?.[0] ?? 'the code is wrong' }
  guesses.forget(guessedAs)
  return { kind: 'shown' }
}

/** For `PasswordLastUsed` of GetUser. */
export async function noteSignIn(ownerId: string, ground: Ground): Promise<void> {
  const context = writing(ground)
  await write(context, () => {
    const profile = context.directory.loginProfile(ownerId)
    const lastUsedAt = wholeSeconds(context.now)
    return { ok: {}, changes: profile === undefined ? [] : [put(context.directory, { ...profile, lastUsedAt })] }
  })
}

/**
 * Sets the password that somebody chose for themselves in place of the one that they have proven, and ends every sign-in that was
 * made with that. `more`: what is to change along with it.
 */
export async function choosePassword(
  owner: PasswordOwner,
  proven: LoginProfile | null,
  chosen: string,
  ground: Ground,
  more: () => readonly Change[] = () => [],
): Promise<{ readonly ok: LoginProfile } | Refused> {
  const context = writing(ground)
  if (chosen === '' || chosen.length > 128)
    return { refused: { reason: 'password-policy-violation', evidence: ['A password has 1 to 128 characters.'] } }
  const prepared = await preparePassword(owner, chosen, 'as-oneself', context)
  if (isRefused(prepared)) return prepared
  return write(context, () => {
    const present = context.directory.loginProfile(owner.id)
    if ((present?.secret ?? null) !== (proven?.secret ?? null))
      return { refused: { reason: 'concurrent-modification' } }
    const profile = planPassword(owner, prepared, false, context)
    const ended = endingSessions(owner.id, context)
    return { ok: profile, changes: [put(context.directory, profile), ...ended, ...more()] }
  })
}
