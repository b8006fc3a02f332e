import { Secret } from '../../anatomy/secret.ts'
import { type Caller, callAws, callerWith } from '../calls/index.ts'
import { parseInstant } from '../files/instants.ts'
import { resolveStep, ssoAccessToken } from '../resolution/index.ts'
import type { Credential } from '../sources/credential.ts'
import type { AssumeRolePlan } from '../sources/plan.ts'
import { credentialsSettings, profileSettings } from '../sources/settings.ts'
import { checkDuration } from './duration.ts'
import { keepAssignment, keepSession, keepSignIn } from './keep.ts'
import { type LoginMeans, type Refused, refused, refusedBecause } from './means.ts'
import { findDevice } from './mfa-device.ts'
import { needOf, noLoginSession, profilesWithUserKeys } from './need.ts'
import { codesOf } from './one-time-code.ts'
import { type Assignment, findAssignment, refusedRole } from './portal.ts'
import { sessionRecordOf } from './record.ts'
import { assumeRoleOf, throughKeys, wantsCode } from './role-session.ts'
import { refuseTarget, sessionProfileOf } from './session-profile.ts'
import { getSessionToken, type MadeSession, temporarySource } from './session-token.ts'
import { callPortal } from './sso-calls.ts'
import { type SsoSettings, ssoPlanOf } from './sso-settings.ts'
import { type SignInWish, signIn } from './sso-sign-in.ts'

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

/** Less than this is not enough to go on with (`_EXPIRY_WINDOW` of the AWS CLI). */
const enoughMs = 15 * 60_000

/**
 * Does what a profile needs to work, and asks STS who that makes the caller. Expected ends are values.
 *
 * @throws what reading and writing the person's files throws
 */
export async function logIn(means: LoginMeans, question: LoginQuestion): Promise<LoggedIn | Refused> {
  const { machine, files, trace } = means
  const profile = trace.profile.name
  const need = needOf(machine, files, trace)
  switch (need.kind) {
    case 'refused': {
      const kept = need.reason === 'no-credentials' ? await means.keys.ofProfile(profile) : null
      return kept === null ? need : await withUserKey(means, question, kept)
    }
    case 'user-key':
      return await withUserKey(means, question, need.credential)
    case 'session':
      return temporarySource(profile, profilesWithUserKeys(files, profile))
    case 'role':
      return await withRole(means, question, need.plan, need.sso)
    case 'sso':
      return await withSso(means, question, need.settings)
    case 'sso-first': {
      const token = await accessToken(means, question, need.settings)
      if (token.kind === 'refused') return token
      const after = { ...means, trace: means.retrace() }
      const next = needOf(machine, files, after.trace)
      // What is still missing has other reasons.
      if (next.kind !== 'role')
        return refused('no-credentials', `The sign-in was made, and ${profile} still has no role.`)
      return await withRole(after, question, next.plan, null)
    }
    case 'aws-login':
      if (question.duration !== null) return noDuration('AWS says how long the sessions of aws login last')
      return await byItself(means, 'aws-login')
    case 'by-itself': {
      const own = need.plan.kind === 'process' ? await means.keys.ofProcess(need.plan.command) : null
      if (own !== null) return await withUserKey(means, question, own)
      if (question.duration !== null) return noDuration('whoever gives the credentials says how long they last')
      return await byItself(means, 'by-itself')
    }
  }
}

async function withUserKey(means: LoginMeans, question: LoginQuestion, key: Credential): Promise<LoggedIn | Refused> {
  const { machine, files, trace, person } = means
  const profile = trace.profile.name
  const target = question.target ?? sessionProfileOf(profile)
  const wrong = checkDuration(question.duration, 'user') ?? refuseTarget(files, target)
  if (wrong !== null) return wrong
  const still = question.force ? null : await stillGood(means, target, key.accessKeyId.value)
  if (still !== null) return { ...still, how: 'code' }
  const caller = callerWith(machine, trace, key, means)
  const configured = profileSettings(files, profile)?.get('mfa_serial')?.value ?? null
  const device = await findDevice(caller, person, { profile, serial: question.serial, configured })
  if (device.kind === 'refused') return device
  if (device.kind === 'none') return await keyAlone(caller, profile, key)
  const { serial } = device
  const codes = codesOf(person, serial, question.code)
  const session = await getSessionToken(caller, codes, { profile, serial, duration: question.duration })
  if (session.kind === 'refused') return session
  return await kept(means, question, { how: 'code', target, sourceKeyId: key.accessKeyId.value }, session, {
    serial,
    credential: key,
  })
}

async function keyAlone(caller: Caller, profile: string, key: Credential): Promise<LoggedIn | Refused> {
  const identity = await whoIs(caller, profile)
  if ('kind' in identity) return identity
  return {
    kind: 'logged-in',
    how: 'key-alone',
    profile,
    use: profile,
    credential: key,
    expiration: null,
    identity,
    isNew: false,
    wrote: [],
    lacks: [],
  }
}

async function withRole(
  means: LoginMeans,
  question: LoginQuestion,
  plan: AssumeRolePlan,
  sso: SsoSettings | null,
): Promise<LoggedIn | Refused> {
  const { files, trace } = means
  const profile = trace.profile.name
  if (sso !== null) {
    const token = await accessToken(means, question, sso)
    if (token.kind === 'refused') return token
  }
  const asksForSession = question.target !== null || question.duration !== null || question.code !== null
  if (!wantsCode(plan) && !asksForSession) return await byItself(means, 'role')
  const target = question.target ?? sessionProfileOf(profile)
  const wrong = refuseTarget(files, target)
  if (wrong !== null) return wrong
  const still = question.force ? null : await stillGood(means, target, plan.roleArn)
  if (still !== null) return { ...still, how: 'role' }
  const { duration, code } = question
  const asked = question.serial === null || plan.mfaSerial === null ? plan : { ...plan, mfaSerial: question.serial }
  const session = await assumeRoleOf(asked, means, { profile, duration, code })
  if (session.kind === 'refused') return session
  return await kept(means, question, { how: 'role', target, sourceKeyId: plan.roleArn }, session, plan)
}

/** Keeps a session that was just made, and asks who that is. */
async function kept(
  means: LoginMeans,
  question: LoginQuestion,
  as: { readonly how: 'code' | 'role' | 'sso'; readonly target: string; readonly sourceKeyId: string },
  session: MadeSession,
  made: Parameters<LoginQuestion['keepAs']>[0] | null,
): Promise<LoggedIn | Refused> {
  const { machine, trace } = means
  const profile = trace.profile.name
  const { how, target, sourceKeyId } = as
  const identity = await whoIs(callerWith(machine, trace, session.credential, means), profile)
  if ('kind' in identity) return identity
  const keptAs = made === null ? null : question.keepAs(made)
  const wrote = keepSession(means, { profile, target, sourceKeyId, keptAs }, session)
  if (keptAs !== null) await question.keepCopy(keptAs, session)
  const { credential, expiration } = session
  return {
    kind: 'logged-in',
    how,
    profile,
    use: target,
    credential,
    expiration,
    identity,
    isNew: true,
    wrote,
    lacks: [],
  }
}

/** What an earlier login has kept, when it was made from the same, has time left, and AWS takes it; else null. */
async function stillGood(means: LoginMeans, target: string, source: string): Promise<LoggedIn | null> {
  const { machine, trace } = means
  const profile = trace.profile.name
  const record = sessionRecordOf(machine, means.files, target)
  if (record === null || record.profile !== profile || record.sourceKeyId !== source) return null
  const expiration = parseInstant(record.expiration)?.at ?? null
  if (expiration === null || expiration.getTime() - machine.now().getTime() < enoughMs) return null
  const credential = keptIn(means, target)
  if (credential === null || credential.accessKeyId.value !== record.keyId) return null
  const identity = await whoIs(callerWith(machine, trace, credential, means), target)
  if ('kind' in identity) return null
  return {
    kind: 'logged-in',
    how: 'code',
    profile,
    use: target,
    credential,
    expiration,
    identity,
    isNew: false,
    wrote: [],
    lacks: [],
  }
}

function keptIn({ files }: LoginMeans, target: string): Credential | null {
  const settings = credentialsSettings(files, target)
  const [id, secret, token] = ['aws_access_key_id', 'aws_secret_access_key', 'aws_session_token'].map((key) =>
    settings?.get(key),
  )
  if (id === undefined || secret === undefined || token === undefined) return null
  return {
    provider: 'shared-credentials-file',
    profile: target,
    accessKeyId: { value: id.value, at: id.at },
    secretAccessKey: { value: new Secret(secret.value), at: secret.at },
    sessionToken: { value: new Secret(token.value), at: token.at },
    expiration: null,
    accountId: null,
  }
}

async function withSso(means: LoginMeans, question: LoginQuestion, settings: SsoSettings): Promise<LoggedIn | Refused> {
  const { profile } = settings
  for (const [flag, asked, set] of [
    ['--account', question.account, settings.account],
    ['--role', question.role, settings.role],
  ] as const)
    if (asked !== null && set !== null && asked !== set)
      return refused('usage', `The profile ${profile} is for ${set} already; ${flag} cannot make it another one.`)
  const wrong = question.target === null ? null : refuseTarget(means.files, question.target)
  if (wrong !== null) return wrong
  if (question.duration !== null) return noDuration('the permission set says how long its sessions last')
  const token = await accessToken(means, question, settings)
  if (token.kind === 'refused') return token
  if (!givesRoles(settings))
    return {
      ...signedInOnly,
      profile,
      use: profile,
      isNew: token.isNew,
      wrote: token.isNew ? [settings.tokenFile] : [],
    }
  const wanted = { ...settings, account: settings.account ?? question.account, role: settings.role ?? question.role }
  const assignment = await findAssignment(means, wanted, token.accessToken)
  if (assignment.kind === 'refused') return assignment
  const plan = ssoPlanOf({ ...settings, account: assignment.account, role: assignment.role })
  const step = { ...(means.trace.winner ?? emptyStep), plan, credential: null }
  const trace = { ...means.trace, winner: step }
  const resolution = await resolveStep(means.machine, trace, step, means, means.files)
  if (resolution.kind === 'described') return refused('unreachable', `Offline: ${resolution.because}.`)
  if (resolution.kind === 'failed')
    return resolution.reason === 'role-unassigned'
      ? await refusedRole(means, settings, token.accessToken, assignment)
      : refusedBecause(resolution, profile)
  const { credential } = resolution
  const identity = await whoIs(callerWith(means.machine, means.trace, credential, means), profile)
  if ('kind' in identity) return identity
  const expiration = credential.expiration?.value ?? null
  const { wrote, lacks } = await written(means, settings, assignment)
  if (question.target !== null && expiration !== null) {
    const as = { how: 'sso', target: question.target, sourceKeyId: `${assignment.account} ${assignment.role}` } as const
    return await kept(means, question, as, { kind: 'session', credential, expiration }, null)
  }
  return {
    kind: 'logged-in',
    how: 'sso',
    profile,
    use: profile,
    credential,
    expiration,
    identity,
    isNew: token.isNew,
    wrote: [...(token.isNew ? [settings.tokenFile] : []), ...wrote],
    lacks,
  }
}

/** Tokens of other applications (CodeCatalyst, Q Developer) open no account. */
function givesRoles({ scopes, account, role }: SsoSettings): boolean {
  return scopes === null || scopes.includes('sso:account:access') || account !== null || role !== null
}

const signedInOnly = {
  kind: 'logged-in',
  how: 'sso',
  credential: null,
  expiration: null,
  identity: null,
  lacks: [],
} as const

function noDuration(why: string): Refused {
  return refused('usage', `--duration has no effect here: ${why}.`)
}

const emptyStep = {
  provider: 'sso',
  outcome: 'found',
  reason: 'asked-later',
  because: 'the profile was logged in',
  at: null,
  credential: null,
} as const

/** Only once it is known to work, and with leave. */
async function written(
  means: LoginMeans,
  { profile, account, role }: SsoSettings,
  assignment: Assignment,
): Promise<Pick<LoggedIn, 'wrote' | 'lacks'>> {
  const chosen = {
    ...(account === null ? { sso_account_id: assignment.account } : {}),
    ...(role === null ? { sso_role_name: assignment.role } : {}),
  }
  const lines = Object.entries(chosen).map(([key, value]) => `${key} = ${value}`)
  if (lines.length === 0) return { wrote: [], lacks: [] }
  if (!(await means.person.mayWrite(profile, lines))) return { wrote: [], lacks: lines }
  return { wrote: keepAssignment(means, profile, chosen), lacks: [] }
}

type Token = { readonly kind: 'token'; readonly accessToken: string; readonly isNew: boolean }

/** The access token of a sign-in: the cached one, renewed where it may be, as long as the portal takes it; else a new sign-in. */
async function accessToken(
  means: LoginMeans,
  question: LoginQuestion,
  settings: SsoSettings,
): Promise<Token | Refused> {
  const { machine, trace, files } = means
  if (!question.force) {
    const cached = await ssoAccessToken(machine, trace, ssoPlanOf(settings), means, files)
    if (cached.kind === 'described' || (cached.kind === 'failed' && cached.reason === 'unreachable'))
      return refused('unreachable', `IAM Identity Center was not asked: ${cached.because}.`)
    if (cached.kind === 'token' && !givesRoles(settings)) return { ...cached, isNew: false }
    if (cached.kind === 'token') {
      const answer = await callPortal(means, settings, 'ListAccounts', cached.accessToken, { max_result: '1' })
      if (answer.kind === 'failed' && answer.reason === 'unreachable') return refusedBecause(answer, settings.profile)
      const isOver = answer.kind === 'failed' && answer.refusal?.status === 401
      if (!isOver) return { kind: 'token', accessToken: cached.accessToken, isNew: false }
    }
  }
  if (means.offline) return refused('unreachable', 'Offline: a sign-in needs the network.')
  const signedIn = await signIn(means, settings, question.wish)
  if (signedIn.kind === 'refused') return signedIn
  keepSignIn(means, settings, signedIn.registration)
  return { kind: 'token', accessToken: signedIn.accessToken, isNew: true }
}

/** Nothing has to be logged in to: it is only tried whether it works. */
async function byItself(means: LoginMeans, how: 'aws-login' | 'by-itself' | 'role'): Promise<LoggedIn | Refused> {
  const { machine, trace, files } = means
  const profile = trace.profile.name
  const options = { ...means, around: throughKeys(means) }
  const resolution = await resolveStep(machine, trace, trace.winner!, options, files)
  if (resolution.kind === 'described') return refused('unreachable', `It was not tried: ${resolution.because}.`)
  if (resolution.kind === 'failed') {
    const refusal = refusedBecause(resolution, profile)
    const isOver = how === 'aws-login' && resolution.reason !== 'unreachable'
    return isOver ? noLoginSession(profile, refusal.says) : refusal
  }
  const { credential } = resolution
  const identity = await whoIs(callerWith(machine, trace, credential, means), profile)
  if ('kind' in identity) {
    const isOver = how === 'aws-login' && identity.reason === 'keys-refused'
    return isOver ? noLoginSession(profile, identity.says) : identity
  }
  const expiration = credential.expiration?.value ?? null
  return {
    kind: 'logged-in',
    how,
    profile,
    use: profile,
    credential,
    expiration,
    identity,
    isNew: false,
    wrote: [],
    lacks: [],
  }
}

async function whoIs(caller: Caller, profile: string): Promise<Identity | Refused> {
  const answer = await callAws(caller, 'sts', 'GetCallerIdentity')
  if (answer.kind === 'described') return refused('unreachable', `Offline: ${answer.because}.`)
  if (answer.kind === 'failed') return refusedBecause(answer, profile)
  return {
    account: answer.text('Account') ?? '',
    arn: answer.text('Arn') ?? '',
    userId: answer.text('UserId') ?? '',
  }
}
