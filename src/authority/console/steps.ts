import { isRefused, type Refused } from '../actions/sentences.ts'
import { issuedSession } from '../actions/sts/issue.ts'
import { rootArn, userArn } from '../model/arn-of.ts'
import type { LoginProfile } from '../model/entities.ts'
import type { Principal } from '../model/principal.ts'
import type { Decision } from '../model/store.ts'
import { defaultRules } from '../sessions/password.ts'
import { choosePassword, fitnessOf, type Holder, passwordMark } from '../sign-in/people.ts'
import { type Asked, accepted, json, refused, type Told } from '../sign-in/replies.ts'
import type { OwnReply } from '../wire/index.ts'
import { beginOwnSession } from './beginning.ts'
import type { Ground } from './ground.ts'
import { knownCookie } from './known-browser.ts'
import type { ConsoleSession } from './session.ts'
import type { Visit } from './visit.ts'

/*
 * A sign-in goes in steps: the password, then a one-time code where there is a device, then another password where one has to be
 * chosen (in AWS's order). Between the steps nothing is kept here: a sealed challenge says what has been shown so far.
 */

/** Characters: what is longer than any name, e-mail address or password may be is cut off, and then is wrong. */
const longestText = 256
/** Seconds for which a challenge can be answered. */
const challengeLifetime = 300

export type Step = 'mfa' | 'new-password'

interface Challenge {
  readonly step: Step
  /** The user's unique id, or `root`. */
  readonly holder: string
  /** Which password was shown: another one makes the challenge worthless. */
  readonly mark: string
  /** When it was made, and when a code was shown: seconds since the epoch. */
  readonly at: number
  readonly mfaAt: number | null
}

/** What somebody has shown so far. */
export interface Shown {
  readonly profile: LoginProfile
  readonly mfaAt: number | null
  /** For the decision log: how it was shown, and what it was shown for. */
  readonly how: string
  readonly operation: string
}

/** The next step of a sign-in; or the session, when nothing is left to be shown. */
export async function goOn(visit: Visit, shown: Shown): Promise<OwnReply> {
  const { ground } = visit
  const { profile, mfaAt, how, operation } = shown
  const principal = arnOf(profile.id, ground)
  if (mfaAt === null && ground.directory().mfaDevicesOf(profile.id).length > 0) {
    const challenge = sealChallenge('mfa', profile, null, ground)
    const evidence = [how, 'the code of an MFA device is asked for']
    return json(200, { step: 'mfa', challenge }, accepted(asked(visit, 'CheckMfa'), { principal, evidence }))
  }
  const fitness = fitnessOf(profile, ground)
  if (fitness === 'over') {
    const message = 'Your password has expired. Ask your administrator for a new one.'
    const evidence = ['the password has expired, with hard expiry']
    return no(visit, operation, 403, 'password-expired', message, { principal, evidence })
  }
  if (fitness === 'to-change') {
    const challenge = sealChallenge('new-password', profile, mfaAt, ground)
    const evidence = [how, 'another password has to be chosen first']
    const decision = accepted(asked(visit, operation), { principal, evidence })
    return json(200, { step: 'new-password', challenge, policy: shownPolicy(profile.id, ground) }, decision)
  }
  return admit(visit, shown)
}

/** Begins the session; what this browser had before ends. */
async function admit(visit: Visit, { profile, mfaAt, how, operation }: Shown): Promise<OwnReply> {
  const { ground, call } = visit
  const begun = await beginOwnSession(profile, mfaAt, visit.session, call, ground)
  const principal = arnOf(profile.id, ground)
  if (isRefused(begun)) {
    const evidence = ['the password was set anew meanwhile']
    return no(visit, operation, 409, begun.refused.reason, 'Try again.', { principal, evidence })
  }
  const { session, cookie } = begun
  const evidence = [mfaAt === null ? how : `${how}, and a one-time code`]
  const claims = session.principal.session!
  const issued = issuedSession(claims, ground.directory())
  const told = { principal, accessKeyId: claims.accessKeyId, evidence, issued }
  const decision = accepted(asked(visit, operation), told)
  const cookies = [...cookie, ...knownCookie(call, profile.id, ground)]
  return json(200, { step: 'signed-in', session: shownSession(session, ground) }, decision, cookies)
}

/** Sets the password that somebody chose, then goes on. `proven`: null for the very first one of root. */
export async function changeTo(
  visit: Visit,
  holderId: string,
  proven: LoginProfile | null,
  chosen: string,
  more: {
    readonly mfaAt: number | null
    readonly operation: string
    readonly names?: readonly string[]
    readonly along?: Parameters<typeof choosePassword>[4]
  },
): Promise<OwnReply> {
  const { ground } = visit
  const names = more.names ?? (holderId === 'root' ? [ground.directory().account.rootEmail ?? ''] : [])
  const done = await choosePassword({ id: holderId, names }, proven, chosen, ground, more.along)
  if (isRefused(done)) return passwordRefused(visit, holderId, done)
  return goOn(visit, {
    profile: done.ok,
    mfaAt: more.mfaAt,
    how: 'with a password that was just chosen',
    operation: more.operation,
  })
}

function passwordRefused(visit: Visit, holderId: string, { refused: why }: Refused): OwnReply {
  const told = { principal: arnOf(holderId, visit.ground), evidence: why.evidence ?? [] }
  if (why.reason === 'password-policy-violation') {
    const message = 'This password cannot be taken.'
    return no(visit, 'PasswordUpdated', 400, why.reason, message, told, { faults: why.evidence ?? [] })
  }
  if (why.reason === 'throttled') return busy(visit)
  const message = 'The password was set by someone else meanwhile. Sign in again.'
  return no(visit, 'PasswordUpdated', 409, why.reason, message, told)
}

function sealChallenge(step: Step, profile: LoginProfile, mfaAt: number | null, ground: Ground): string {
  const challenge: Challenge = {
    step,
    holder: profile.id,
    mark: passwordMark(profile, ground),
    at: Math.floor(ground.now() / 1000),
    mfaAt,
  }
  return ground.state.seal('console challenge', challenge)
}

/** Null for what is none, or over, or of a password that is another one now. */
export function openChallenge(step: Step, text: string, ground: Ground): Pick<Shown, 'profile' | 'mfaAt'> | null {
  const challenge = ground.state.open('console challenge', text) as Challenge | null
  if (challenge === null || challenge.step !== step) return null
  const now = ground.now() / 1000
  if (challenge.at + challengeLifetime <= now || challenge.at > now + 60) return null
  const profile = ground.directory().loginProfile(challenge.holder)
  if (profile === undefined || passwordMark(profile, ground) !== challenge.mark) return null
  return { profile, mfaAt: challenge.mfaAt }
}

export function shownSession(session: ConsoleSession, ground: Ground): object {
  const { account } = ground.directory()
  const { principal } = session
  return {
    signedIn: true,
    account: { id: account.id, alias: account.alias, partition: account.partition },
    principal: { type: principal.type, arn: principal.arn, name: nameOf(principal, ground), userId: principal.userId },
    mfa: session.mfa,
    expiresAt: new Date(session.expiresAt).toISOString(),
    idleUntil: new Date(session.idleUntil).toISOString(),
    formToken: session.formToken,
    region: ground.region,
  }
}

function nameOf(principal: Principal, ground: Ground): string {
  switch (principal.type) {
    case 'root':
      return ground.directory().account.rootEmail ?? 'root'
    case 'user':
      return principal.userName
    case 'role':
    case 'federated':
      return principal.arn.slice(principal.arn.indexOf('/') + 1)
  }
}

/** What a new password has to be like. `kinds`: so many of upper case, lower case, numbers and symbols. */
function shownPolicy(holderId: string, ground: Ground): object {
  const policy = holderId === 'root' ? null : (ground.directory().account.passwordPolicy ?? null)
  return policy === null
    ? {
        minimumLength: defaultRules.length,
        requireUppercase: false,
        requireLowercase: false,
        requireNumbers: false,
        requireSymbols: false,
        kinds: defaultRules.kinds,
      }
    : {
        minimumLength: policy.minimumLength,
        requireUppercase: policy.requireUppercase,
        requireLowercase: policy.requireLowercase,
        requireNumbers: policy.requireNumbers,
        requireSymbols: policy.requireSymbols,
        kinds: 0,
      }
}

/** Whose password it is: a user by its unique id, or `root`; undefined when the user is gone. */
export function holderOf(id: string, ground: Ground): Holder | undefined {
  return id === 'root' ? { id, name: 'root' } : ground.directory().user(id)
}

/** Null when the user is gone. */
export function arnOf(holderId: string, ground: Ground): string | null {
  const { account } = ground.directory()
  if (holderId === 'root') return rootArn(account)
  const user = ground.directory().user(holderId)
  return user === undefined ? null : userArn(account, user)
}

/** What the decision log is told a step was. */
export function asked({ ground, call }: Pick<Visit, 'ground' | 'call'>, operation: string): Asked {
  return { ground, call, endpoint: 'signin', operation }
}

/** A refusal with its decision. `message` is all that the person is told; the reason in the decision may say more. */
export function no(
  visit: Visit,
  operation: string,
  status: number,
  reason: string,
  message: string,
  told: Told & { readonly cause?: Decision['cause'] } = {},
  more: object = {},
): OwnReply {
  const { cause = null, ...rest } = told
  const decision = refused(asked(visit, operation), { status, code: null, reason, cause }, rest)
  return json(status, { message, reason, ...more }, decision)
}

/** 503: as many passwords are being judged as this machine can bear. */
export function busy(visit: Visit): OwnReply {
  return no(
    visit,
    'ConsoleLogin',
    503,
    'throttled',
    'Too many people are signing in. Try again.',
    {},
    { reason: 'busy' },
  )
}

/** 429: too many wrong tries; `seconds` until the next is judged. */
export function wait(visit: Visit, operation: string, seconds: number, told: Told = {}): OwnReply {
  const message = `Too many wrong tries. Try again in ${seconds} second${seconds === 1 ? '' : 's'}.`
  const evidence = [`next try in ${seconds} seconds`]
  const reply = no(visit, operation, 429, 'throttled', message, { ...told, evidence }, { seconds })
  return { ...reply, more: ['Retry-After', String(seconds)] }
}

/** A member of the body that is a text, no longer than it may be; null for anything else. */
export function textOf({ body }: Visit, name: string, most = longestText): string | null {
  const value = typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined
  return typeof value === 'string' ? value.slice(0, most) : null
}

/** 401: what was asked needs a session. Not kept in the log. */
export function signedOut(): OwnReply {
  return json(401, { message: 'Nobody is signed in.', reason: 'signed-out' }, null)
}
