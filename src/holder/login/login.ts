import { type Caller, callerWith } from '../calls/index.ts'
import { resolveStep } from '../resolution/index.ts'
import type { Credential } from '../sources/credential.ts'
import type { AssumeRolePlan } from '../sources/plan.ts'
import { profileSettings } from '../sources/settings.ts'
import { checkDuration } from './duration.ts'
import { kept, stillGood } from './kept-session.ts'
import { type LoggedIn, type LoginQuestion, whoIs } from './logged-in.ts'
import { type LoginMeans, noDuration, type Refused, refused, refusedBecause } from './means.ts'
import { findDevice } from './mfa-device.ts'
import { needOf, noLoginSession, profilesWithUserKeys } from './need.ts'
import { codesOf } from './one-time-code.ts'
import { assumeRoleOf, throughKeys, wantsCode } from './role-session.ts'
import { refuseTarget, sessionProfileOf } from './session-profile.ts'
import { getSessionToken, temporarySource } from './session-token.ts'
import { accessToken, withSso } from './sso-login.ts'
import type { SsoSettings } from './sso-settings.ts'

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
      const inVault = need.reason === 'no-credentials' ? await means.keys.ofProfile(profile) : null
      return inVault === null ? need : await withUserKey(means, question, inVault)
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
