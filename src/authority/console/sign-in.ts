import { userArn } from '../model/arn-of.ts'
import type { User } from '../model/entities.ts'
import type { Refusal } from '../model/refusal.ts'
import { guessesOf } from '../sign-in/guesses.ts'
import { type Holder, type Proof, provePassword, showCode, userGuess } from '../sign-in/people.ts'
import { accepted, json } from '../sign-in/replies.ts'
import type { OwnReply } from '../wire/index.ts'
import { endAllSessions, endSession } from './beginning.ts'
import { type Ground, whyNot } from './ground.ts'
import { knownGuess } from './known-browser.ts'
import { rootRows } from './root.ts'
import { noCookie } from './session.ts'
import {
  arnOf,
  asked,
  busy,
  changeTo,
  goOn,
  holderOf,
  no,
  openChallenge,
  shownSession,
  signedOut,
  textOf,
  wait,
} from './steps.ts'
import type { OpenRow, Visit } from './visit.ts'

/** One and the same sentence, whatever was wrong. */
const wrongPassword = 'Account, user name or password is not right.'
const challengeOver = 'The sign-in took too long. Begin again.'

const session: OpenRow = {
  method: 'GET',
  path: 'session',
  // Looking does not lengthen a session: so a page may ask how long it still lasts.
  run: ({ session, ground }) =>
    json(200, session === null ? { signedIn: false, account: null } : shownSession(session, ground), null),
}

const signIn: OpenRow = {
  method: 'POST',
  path: 'sign-in',
  async run(visit) {
    const { ground } = visit
    const password = textOf(visit, 'password')
    const claimed = claimOf(visit)
    if (claimed === null || password === null) return malformed('account, userName and password; or email and password')
    const proof = await provePassword({ ...claimed, password }, ground)
    if (proof.kind !== 'right') return notProven(visit, 'ConsoleLogin', proof, wrongPassword)
    // The next step tells anyway that the password was right.
    guessesOf(ground).forget(claimed.guessedAs)
    return goOn(visit, { profile: proof.profile, mfaAt: null, how: 'with a password', operation: 'ConsoleLogin' })
  },
}

/** Who somebody says to be; null when they do not say it. */
function claimOf(visit: Visit) {
  const { ground } = visit
  const { account } = ground.directory()
  const guessedAt = (holder: Holder | undefined, byName: string): string =>
    (holder === undefined ? null : knownGuess(visit.call, holder.id, ground)) ?? byName
  const email = textOf(visit, 'email')?.trim().toLowerCase()
  if (email !== undefined) {
    const isRoot = (account.rootEmail ?? '').toLowerCase() === email && email !== ''
    const holder = isRoot ? holderOf('root', ground) : undefined
    return {
      guessedAs: guessedAt(holder, `mail ${email}`),
      holder,
      absent: 'root has another e-mail address, or none yet',
    }
  }
  const named = textOf(visit, 'account')?.trim().toLowerCase()
  const userName = textOf(visit, 'userName')?.trim()
  if (named === undefined || userName === undefined) return null
  // As AWS shows it: 1234-5678-9012.
  const isOwn = named.replace(/-/g, '') === account.id || (account.alias !== null && named === account.alias)
  const holder = isOwn ? ground.directory().userNamed(userName) : undefined
  const absent = isOwn ? 'there is no user of that name' : 'the account has another number and alias'
  const byName = isOwn ? userGuess(userName) : `account ${named} ${userGuess(userName)}`
  return { guessedAs: guessedAt(holder, byName), holder, absent }
}

function notProven(
  visit: Visit,
  operation: string,
  proof: Exclude<Proof, { kind: 'right' }>,
  message: string,
): OwnReply {
  if (proof.kind === 'wait') return wait(visit, operation, proof.seconds)
  if (proof.kind === 'busy') return busy(visit)
  const { cause, evidence } = proof
  return no(visit, operation, 403, 'sign-in-wrong', message, { cause, evidence: [evidence] })
}

const mfa: OpenRow = {
  method: 'POST',
  path: 'sign-in/mfa',
  async run(visit) {
    const { ground } = visit
    const [challenge, code] = [textOf(visit, 'challenge', 4096), textOf(visit, 'code')]
    if (challenge === null || code === null) return malformed('challenge and code')
    const shown = openChallenge('mfa', challenge, ground)
    if (shown === null) return overdue(visit)
    const { profile } = shown
    const holder = holderOf(profile.id, ground)
    if (holder === undefined) return overdue(visit)
    const principal = arnOf(profile.id, ground)
    const result = await showCode(holder, code, ground)
    if (result.kind === 'wait') return wait(visit, 'ConsoleLogin', result.seconds, { principal })
    if (result.kind === 'wrong') {
      const told = { principal, evidence: [result.evidence], cause: 'mfa-code-wrong' } as const
      return no(visit, 'ConsoleLogin', 403, 'sign-in-wrong', 'The code is not right, or was used before.', told)
    }
    const mfaAt = result.kind === 'shown' ? Math.floor(ground.now() / 1000) : null
    return goOn(visit, { profile, mfaAt, how: 'with a password', operation: 'ConsoleLogin' })
  },
}

const newPassword: OpenRow = {
  method: 'POST',
  path: 'sign-in/password',
  run(visit) {
    const [challenge, chosen] = [textOf(visit, 'challenge', 4096), textOf(visit, 'newPassword')]
    if (challenge === null || chosen === null) return malformed('challenge and newPassword')
    const shown = openChallenge('new-password', challenge, visit.ground)
    if (shown === null) return overdue(visit)
    return changeTo(visit, shown.profile.id, shown.profile, chosen, {
      mfaAt: shown.mfaAt,
      operation: 'ConsoleLogin',
    })
  },
}

function overdue(visit: Visit): OwnReply {
  const evidence = ['the challenge was not given out here, is over, or the password is another one now']
  return no(visit, 'ConsoleLogin', 403, 'challenge-over', challengeOver, { evidence })
}

/** Whoever is signed in changes their own password. Every other sign-in of theirs ends. */
const password: OpenRow = {
  method: 'POST',
  path: 'password',
  async run(visit) {
    const { ground, session } = visit
    if (session === null) return signedOut()
    const { principal } = session
    if (principal.type !== 'user' && principal.type !== 'root') {
      return json(400, { message: 'Only users and root have a password here.', reason: 'no-password' }, null)
    }
    const [old, chosen] = [textOf(visit, 'oldPassword'), textOf(visit, 'newPassword')]
    if (old === null || chosen === null) return malformed('oldPassword and newPassword')
    const id = principal.type === 'root' ? 'root' : principal.userId
    const holder = holderOf(id, ground)
    if (holder === undefined) return signedOut()
    const told = { principal: principal.arn, accessKeyId: principal.accessKeyId }
    const denied = principal.type === 'user' ? mayNotChange(visit, holder as User) : null
    if (denied !== null) {
      const message = 'You may not change your password. Ask your administrator.'
      return no(visit, 'PasswordUpdated', 403, denied.reason, message, { ...told, evidence: denied.evidence ?? [] })
    }
    const guessedAs = knownGuess(visit.call, id, ground) ?? guessOf(holder, ground)
    const proof = await provePassword({ guessedAs, holder, absent: '', password: old }, ground)
    if (proof.kind !== 'right') return notProven(visit, 'PasswordUpdated', proof, 'The present password is not right.')
    guessesOf(ground).forget(guessedAs)
    return changeTo(visit, id, proof.profile, chosen, {
      mfaAt: principal.session?.mfaAt ?? null,
      operation: 'PasswordUpdated',
    })
  },
}

function guessOf({ id, name }: Holder, ground: Ground): string {
  if (id !== 'root') return userGuess(name)
  return `mail ${(ground.directory().account.rootEmail ?? '').toLowerCase()}`
}

/** As for ChangePassword: an account may let all of its users do it, but not against an explicit deny. */
function mayNotChange(visit: Visit, user: User): Refusal | null {
  const { ground, call } = visit
  const { principal } = visit.session!
  const { account } = ground.directory()
  const refusal = whyNot({ ground, call, principal }, () => ({
    action: 'iam:ChangePassword',
    resource: userArn(account, user),
  }))
  const onlySilent =
    refusal?.reason === 'not-authorized' &&
    refusal.verdict.kind === 'implicit' &&
    refusal.verdict.policyType === 'identity-based'
  return account.passwordPolicy?.allowUsersToChange === true && onlySilent ? null : refusal
}

const signOut: OpenRow = {
  method: 'POST',
  path: 'sign-out',
  async run(visit) {
    const { session, ground, call } = visit
    if (session === null) return json(200, { signedIn: false }, null, noCookie(call))
    await endSession(session, ground)
    const { arn, accessKeyId } = session.principal
    const decision = accepted(asked(visit, 'SignOut'), { principal: arn, accessKeyId })
    return json(200, { signedIn: false }, decision, noCookie(call))
  },
}

const signOutEverywhere: OpenRow = {
  method: 'POST',
  path: 'sign-out-everywhere',
  async run(visit) {
    const { session, ground, call } = visit
    if (session === null) return signedOut()
    const ended = await endAllSessions(session, ground)
    if (typeof ended !== 'number') return json(503, { message: 'Try again.', reason: 'busy' }, null)
    const { arn, accessKeyId } = session.principal
    const told = { principal: arn, accessKeyId, evidence: [`${ended} sessions were ended`] }
    return json(200, { signedIn: false, ended }, accepted(asked(visit, 'SignOutEverywhere'), told), noCookie(call))
  },
}

function malformed(wanted: string): OwnReply {
  return json(400, { message: `A JSON object with ${wanted} is wanted.`, reason: 'malformed' }, null)
}

export const signInRows: readonly OpenRow[] = [
  session,
  signIn,
  mfa,
  newPassword,
  password,
  signOut,
  signOutEverywhere,
  ...rootRows,
]
