import { type Caller, callAws } from '../calls/index.ts'
import type { Credential } from '../sources/credential.ts'
import type { AssumeRolePlan } from '../sources/plan.ts'
import { type Refused, refused, refusedBecause } from './means.ts'
import type { MadeSession } from './session-token.ts'
import type { SignInWish } from './sso-sign-in.ts'

export interface LoginQuestion {
  /** As which profile the session is kept; null: a name of its own. */
  readonly target: string | null
  readonly serial: string | null
  readonly code: string | null
  /** Seconds; null: what AWS gives by itself, or the profile says. */
  readonly duration: number | null
  readonly account: string | null
  readonly role: string | null
  readonly wish: SignInWish
  /** True: what still has time is renewed all the same. */
  readonly force: boolean
  /** The name for a copy of a session among those that this program keeps, e.g. for `exec`; null for none. */
  keepAs(made: { readonly serial: string; readonly credential: Credential } | AssumeRolePlan): string | null
  /** Keeps that copy. */
  keepCopy(name: string, session: MadeSession): Promise<void>
}

/** What came of a login. */
export interface LoggedIn {
  readonly kind: 'logged-in'
  readonly how: 'code' | 'role' | 'sso' | 'aws-login' | 'by-itself' | 'key-alone'
  readonly profile: string
  /** The profile to use from now on. */
  readonly use: string
  /** Null: a sign-in without a role. */
  readonly credential: Credential | null
  /** Null: a key, which has no end, or none is told. */
  readonly expiration: Date | null
  readonly identity: Identity | null
  /** False: what was there before is still good. */
  readonly isNew: boolean
  /** Files that were written. */
  readonly wrote: readonly string[]
  /** Settings that the profile would need to be of use to other programs, and that nobody gave leave to write. */
  readonly lacks: readonly string[]
}

export interface Identity {
  readonly account: string
  readonly arn: string
  readonly userId: string
}

/** Who STS says that the caller is. */
export async function whoIs(caller: Caller, profile: string): Promise<Identity | Refused> {
  const answer = await callAws(caller, 'sts', 'GetCallerIdentity')
  if (answer.kind === 'described') return refused('unreachable', `Offline: ${answer.because}.`)
  if (answer.kind === 'failed') return refusedBecause(answer, profile)
  return {
    account: answer.text('Account') ?? '',
    arn: answer.text('Arn') ?? '',
    userId: answer.text('UserId') ?? '',
  }
}
