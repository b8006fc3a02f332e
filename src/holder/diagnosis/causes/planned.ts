import type { Place } from '../../sources/credential.ts'
import { planBehind } from '../../sources/plan.ts'
import { profileSettings, sourceProfiles } from '../../sources/settings.ts'
import { brokenSource, type Scene, sectionAt, withoutClass } from '../scene.ts'
import { noCommands } from '../shells.ts'
import type { Fix } from '../verdict.ts'
import { aws, login, profileArgument } from '../words.ts'
import { automaticCure, type Cause, cure, evidence, type Found, found } from './cause.ts'
import { nearestName } from './profile-names.ts'

/** Why a credential that has to be got first was not had. What was answered, or foreseen by the SDK's own rules, proves it. */
export const plannedCauses: readonly Cause[] = [
  { id: 'sso-session-expired', failsAt: ['nothing-sent'], look: ssoSessionOver },
  { id: 'sso-role-unassigned', failsAt: ['nothing-sent'], look: roleUnassigned },
  { id: 'session-expired', failsAt: ['nothing-sent'], look: loginOver },
  { id: 'process-failed', failsAt: ['nothing-sent'], look: processFailed },
]

/** The profile with the SSO settings: the selected one, or the one from which its role starts. */
function ssoProfile({ files, trace }: Scene): string | null {
  const { name } = trace.profile
  const profiles = [name, ...sourceProfiles(files, name).map(({ source }) => source.value)]
  const isSigned = (profile: string) =>
    ['sso_session', 'sso_start_url'].some((key) => profileSettings(files, profile)?.has(key))
  return profileArgument(profiles.find(isSigned) ?? name)
}

function ssoSessionOver(scene: Scene): Found | null {
  const { trace, failure } = scene
  const foreseen = foreseenOf(scene, 'sso') ?? foreseenBySource(scene)
  const isOfToken = ofSso.test((failure ?? foreseen)?.says ?? '')
  if (foreseen?.isMisconfigured && !isOfToken)
    return found(
      'proven',
      `The settings for IAM Identity Center (SSO) of profile "${trace.profile.name}" are not complete`,
      [evidence(foreseen.because, foreseen.at)],
      meantSession(scene, foreseen) ?? cure('Set them again', aws(ssoProfile(scene), 'configure', 'sso')),
    )
  const told = failure ?? foreseen
  const isOver = foreseen !== null || failure?.reason === 'token-expired' || failure?.reason === 'token-missing'
  if (told === null || !isOver) return null
  if (foreseen?.isExpired !== true && !isOfToken) return null
  const planned = planBehind(trace.winner?.plan, 'sso')?.profile
  const profile = planned === undefined ? ssoProfile(scene) : profileArgument(planned)
  return found(
    'proven',
    'The sign-in to IAM Identity Center (SSO) is over, or there is none',
    [evidence(told.because, told.at)],
    cure('Sign in again', login(profile)),
  )
}

/** A session of SSO that does not exist, and the one whose name is nearly the same. */
function meantSession({ files, trace }: Scene, { says, because }: Foreseen): Fix | null {
  const setting = profileSettings(files, trace.profile.name)?.get('sso_session')
  if (setting === undefined || !/SSO session|sso-session/i.test(`${says} ${because}`)) return null
  const names = files.config.reading.sections.flatMap(({ name }) => /^sso-session\s+(.+)$/.exec(name)?.[1] ?? [])
  const near = names.includes(setting.value) ? null : nearestName(setting.value, names)
  const place = sectionAt(files, setting.at)
  if (near === null || place === null) return null
  const edit = { kind: 'set', file: place.file, section: place.section.name, key: 'sso_session', value: near } as const
  return automaticCure(`Change sso_session to "${near}"`, { edits: [edit] })
}

/** A role whose source signs in by SSO stops with the error of that. */
function foreseenBySource(scene: Scene): Foreseen | null {
  const { error, steps } = scene.trace
  if (error === null || steps.some(({ outcome, provider }) => outcome === 'broken' && provider === 'sso')) return null
  const because = brokenSource(scene)?.because ?? withoutClass(error.says)
  if (/SSO session section/.test(error.says) || /\[sso-session [^\]]*\], which does not exist/.test(because))
    return { says: error.says, because, at: error.at, isExpired: false, isMisconfigured: true }
  if (!ofSso.test(error.says) && !/sso[\\/]cache|SSO token|aws sso login/.test(`${error.says} ${because}`)) return null
  return { says: error.says, because, at: error.at, isExpired: true, isMisconfigured: false }
}

/** The classes of botocore's errors for a token that is missing, over or not accepted. */
const ofSso = /^(SSOTokenLoadError|UnauthorizedSSOTokenError|TokenRetrievalError)\b/

interface Foreseen {
  readonly says: string
  readonly because: string
  readonly at: Place | null
  readonly isExpired: boolean
  readonly isMisconfigured: boolean
}

/** The error with which the chain itself stops at a source, or over which it passes to find nothing at all. */
function foreseenOf(scene: Scene, provider: string): Foreseen | null {
  const { error, winner } = scene.trace
  const step = brokenSource(scene)
  if (winner !== null || step?.provider !== provider) return null
  const is = (reason: NonNullable<typeof error>['reason']) => step.reason === reason || error?.reason === reason
  const kind = { isExpired: is('expired') || is('file-unreadable'), isMisconfigured: is('configuration') }
  return { says: error?.says ?? '', because: step.because, at: error?.at ?? step.at, ...kind }
}

function roleUnassigned(scene: Scene): Found | null {
  const { failure, trace } = scene
  if (failure?.reason !== 'role-unassigned' || failure.refusal?.code !== 'ForbiddenException') return null
  return found(
    'proven',
    failure.because,
    [evidence('The sign-in itself was accepted; the portal refuses this account and role', failure.at)],
    permissionSet(scene) ??
      cure(
        'Choose account and role again, or ask for the assignment',
        aws(profileArgument(trace.profile.name), 'configure', 'sso'),
      ),
  )
}

/** The role that IAM Identity Center has made of a permission set was named in place of the set (AWSReservedSSO_NAME_HASH). */
function permissionSet({ files, trace }: Scene): Fix | null {
  const setting = profileSettings(files, trace.profile.name)?.get('sso_role_name')
  const name = /^AWSReservedSSO_(.+)_[0-9a-f]{16}$/.exec(setting?.value ?? '')?.[1]
  const place = setting === undefined ? null : sectionAt(files, setting.at)
  if (name === undefined || place === null) return null
  const edit = {
    kind: 'set',
    file: place.file,
    section: place.section.name,
    key: 'sso_role_name',
    value: name,
  } as const
  return automaticCure(`Name the permission set: ${name}`, { edits: [edit] })
}

function loginOver(scene: Scene): Found | null {
  const { failure, trace } = scene
  const foreseen = foreseenOf(scene, 'login')
  const plan = planBehind(trace.winner?.plan, 'login')
  const isForeseen = foreseen !== null && /login[\\/]cache|aws login/.test(foreseen.because)
  const isOver = failure?.reason === 'token-expired' || failure?.reason === 'token-missing'
  const isRefused = plan !== null && isOver && /^(Login|AccessDenied)/.test(failure.says)
  const told = isForeseen ? foreseen : isRefused ? failure : null
  if (told === null) return null
  return found(
    'proven',
    'The sign-in of aws login is over, or there is none',
    [evidence(told.because, told.at)],
    cure('Sign in again', aws(profileArgument(plan?.profile ?? trace.profile.name), 'login')),
  )
}

const ofProcess: ReadonlySet<string> = new Set(['process-not-started', 'process-failed', 'process-output', 'expired'])

function processFailed({ failure, trace }: Scene): Found | null {
  if (failure == null || !ofProcess.has(failure.reason)) return null
  if (planBehind(trace.winner?.plan, 'process') === null) return null
  const says =
    'Run the command of credential_process by hand and cure what it says: it must print one JSON object of Version 1'
  return found(
    'proven',
    failure.because,
    [evidence('It was run just now, as the client would', failure.at)],
    cure(says, noCommands),
  )
}
