import type { CauseId } from '../../cause-ids.ts'
import { judgeCodeOf } from '../actions/sts/one-time-code.ts'
import { write } from '../actions/write.ts'
import type { Directory } from '../directory/directory.ts'
import type { LoginProfile, User } from '../model/entities.ts'
import type { Change } from '../model/store.ts'
import { type Failures, failedAgain, isForgotten, waitAfter } from '../sessions/failures.ts'
import { acceptCode } from '../sessions/one-time-code.ts'
import { currentHash, isPassword, passwordEnd } from '../sessions/password.ts'
import { type Ground, writing } from './ground.ts'

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

/** May this user sign in at the pages of the authority? People are the users that have a password. */
export function isPerson(user: User, directory: Directory): boolean {
  return directory.loginProfile(user.id) !== undefined
}

export function personNamed(name: string, directory: Directory): User | undefined {
  const user = directory.userNamed(name)
  return user !== undefined && isPerson(user, directory) ? user : undefined
}

/** What tells a password from the one before it, without telling anything else of it. */
export function passwordMark(profile: LoginProfile, ground: Ground): string {
  return ground.state.vouch('password', currentHash(profile.secret))
}

/** Guesses are slowed down by name, also of names that nobody has. */
export interface Guesses {
  wait(name: string, now: number): number
  failed(name: string, now: number): void
  forget(name: string): void
  clear(): void
}

const mostNames = 10_000

export function createGuesses(): Guesses {
  const failures = new Map<string, Failures>()
  return {
    wait: (name, now) => waitAfter(failures.get(name), now),
    failed(name, now) {
      if (failures.size >= mostNames)
        for (const [other, one] of failures) if (isForgotten(one, now)) failures.delete(other)
      // Whoever tries so many names at once slows nobody down; the oldest are forgotten first.
      if (failures.size >= mostNames) failures.delete(failures.keys().next().value!)
      const before = failures.get(name)
      failures.delete(name)
      failures.set(name, failedAgain(before, now))
    },
    forget: (name) => void failures.delete(name),
    clear: () => failures.clear(),
  }
}

/** Who is it? The password counts, and the code of a device where there is one; each code counts once. */
export async function signIn(claim: Claim, guesses: Guesses, ground: Ground): Promise<SignIn> {
  const name = claim.userName.toLowerCase().slice(0, 128)
  const wait = guesses.wait(name, ground.now())
  if (wait > 0) return { kind: 'wait', seconds: Math.ceil(wait / 1000) }
  // Counted before it is judged, which takes its time: else many at once would all be the first.
  guesses.failed(name, ground.now())
  const directory = ground.directory()
  const user = directory.userNamed(claim.userName)
  const profile = user === undefined ? undefined : directory.loginProfile(user.id)
  const right = await isPassword(
    claim.password,
    profile === undefined ? undefined : currentHash(profile.secret),
    ground.passwordWork,
  )
  if (right === null) return { kind: 'busy' }
  if (!right || user === undefined || profile === undefined) {
    return { kind: 'refused', evidence: whyNot(user, profile), cause: null }
  }
  const shown = await showCode(user, claim.code, ground)
  if (shown !== 'shown' && shown !== 'none-needed') {
    return { kind: 'refused', evidence: shown, cause: 'mfa-code-wrong' }
  }
  const { passwordPolicy } = directory.account
  const end = passwordEnd(profile.changedAt, passwordPolicy)
  const expired = end !== null && end <= ground.now()
  if (expired && passwordPolicy?.hardExpiry === true) return { kind: 'expired' }
  guesses.forget(name)
  return { kind: 'signed-in', user, profile, mfa: shown === 'shown', resetRequired: profile.resetRequired || expired }
}

function whyNot(user: User | undefined, profile: LoginProfile | undefined): string {
  if (user === undefined) return 'there is no user of that name'
  return profile === undefined ? `the user ${user.name} has no password` : `the password of ${user.name} is another one`
}

/** Or why not, for the operator. */
async function showCode(user: User, code: string, ground: Ground): Promise<string> {
  const context = writing(ground)
  const { directory } = context
  if (directory.mfaDevicesOf(user.id).length === 0) return 'none-needed'
  const digits = code.replace(/\s/g, '')
  if (!/^\d{6}$/.test(digits)) return `${user.name} has an MFA device, and no code of six digits was given`
  const result = await write(context, () => {
    const devices = directory.mfaDevicesOf(user.id)
    // The device that shows the code is judged, so that a person's other devices do not count it as a wrong one.
    const device = devices.find((one) => acceptCode(one, digits, context.now).kind === 'accepted') ?? devices[0]!
    const judged = judgeCodeOf(device, digits, context)
    if ('refused' in judged) return judged
    const changes: readonly Change[] = judged.shown ? [judged.change] : []
    return { ok: {}, changes }
  })
  return 'refused' in result ? (result.refused.evidence?.[0] ?? 'the code is wrong') : 'shown'
}
