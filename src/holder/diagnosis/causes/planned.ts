import type { Place } from '../../sources/credential.ts'
import type { CredentialPlan, LoginPlan, ProcessPlan, SsoPlan } from '../../sources/plan.ts'
import { profileSettings } from '../../sources/settings.ts'
import type { Scene } from '../scene.ts'
import { noCommands } from '../shells.ts'
import { aws } from '../words.ts'
import { type Cause, cure, evidence, type Found, found } from './cause.ts'

/** Why a credential that has to be got first was not had. What was answered, or foreseen by the SDK's own rules, proves it. */
export const plannedCauses: readonly Cause[] = [
  { id: 'sso-session-expired', failsAt: ['nothing-sent'], look: ssoSessionOver },
  { id: 'sso-role-unassigned', failsAt: ['nothing-sent'], look: roleUnassigned },
  { id: 'session-expired', failsAt: ['nothing-sent'], look: loginOver },
  { id: 'process-failed', failsAt: ['nothing-sent'], look: processFailed },
]

/** The profile with the SSO settings: the selected one, or the one from which its role starts. */
function ssoProfile({ files, trace }: Scene): string | null {
  let name = trace.profile.name
  for (let depth = 0; depth < 32; depth += 1) {
    const settings = profileSettings(files, name)
    if (settings?.has('sso_session') || settings?.has('sso_start_url')) return name === 'default' ? null : name
    const source = settings?.get('source_profile')?.value
    if (source === undefined || source === name) break
    name = source
  }
  return trace.profile.name === 'default' ? null : trace.profile.name
}

function ssoSessionOver(scene: Scene): Found | null {
  const { trace, failure } = scene
  const foreseen = foreseenOf(trace, 'sso') ?? foreseenBySource(trace)
  const isOfToken = ofSso.test((failure ?? foreseen)?.says ?? '')
  if (foreseen?.isMisconfigured && !isOfToken)
    return found(
      'proven',
      `The settings for IAM Identity Center (SSO) of profile "${trace.profile.name}" are not complete`,
      [evidence(foreseen.because, foreseen.at)],
      cure('Set them again', aws(ssoProfile(scene), 'configure', 'sso')),
    )
  const told = failure ?? foreseen
  const isOver = foreseen !== null || failure?.reason === 'token-expired' || failure?.reason === 'token-missing'
  if (told === null || !isOver) return null
  if (foreseen?.isExpired !== true && !isOfToken) return null
  const planned = planIn<SsoPlan>(trace.winner?.plan ?? null, 'sso')?.profile
  const profile = planned === undefined ? ssoProfile(scene) : planned === 'default' ? null : planned
  return found(
    'proven',
    'The sign-in to IAM Identity Center (SSO) is over, or there is none',
    [evidence(told.because, told.at)],
    cure('Sign in again', aws(profile, 'sso', 'login')),
  )
}

/** A role whose source signs in by SSO stops with the error of that. */
function foreseenBySource({ error, steps }: Scene['trace']): Foreseen | null {
  if (error === null || steps.some(({ outcome, provider }) => outcome === 'broken' && provider === 'sso')) return null
  const because = steps.find(({ outcome }) => outcome === 'broken')?.because ?? error.says.replace(/^\w+: /, '')
  if (/SSO session section/.test(error.says))
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
function foreseenOf({ error, winner, steps }: Scene['trace'], provider: string): Foreseen | null {
  if (winner !== null) return null
  const step = steps.find(({ outcome }) => outcome === 'broken')
  if (step?.provider !== provider) return null
  const is = (reason: NonNullable<typeof error>['reason']) => step.reason === reason || error?.reason === reason
  const kind = { isExpired: is('expired') || is('file-unreadable'), isMisconfigured: is('configuration') }
  return { says: error?.says ?? '', because: step.because, at: error?.at ?? step.at, ...kind }
}

function roleUnassigned({ failure, trace }: Scene): Found | null {
  if (failure?.reason !== 'role-unassigned' || failure.refusal?.code !== 'ForbiddenException') return null
  const profile = trace.profile.name === 'default' ? null : trace.profile.name
  return found(
    'proven',
    failure.because,
    [evidence('The sign-in itself was accepted; the portal refuses this account and role', failure.at)],
    cure('Choose account and role again, or ask for the assignment', aws(profile, 'configure', 'sso')),
  )
}

function loginOver({ failure, trace }: Scene): Found | null {
  const foreseen = foreseenOf(trace, 'login')
  if (foreseen !== null && /login[\\/]cache|aws login/.test(foreseen.because))
    return found(
      'proven',
      'The sign-in of aws login is over, or there is none',
      [evidence(foreseen.because, foreseen.at)],
      cure('Sign in again', aws(trace.profile.name === 'default' ? null : trace.profile.name, 'login')),
    )
  const plan = planIn<LoginPlan>(trace.winner?.plan ?? null, 'login')
  if (plan === null || (failure?.reason !== 'token-expired' && failure?.reason !== 'token-missing')) return null
  if (!/^(Login|AccessDenied)/.test(failure.says)) return null
  return found(
    'proven',
    'The sign-in of aws login is over, or there is none',
    [evidence(failure.because, failure.at)],
    cure('Sign in again', aws(plan.profile === 'default' ? null : plan.profile, 'login')),
  )
}

const ofProcess: ReadonlySet<string> = new Set(['process-not-started', 'process-failed', 'process-output', 'expired'])

function processFailed({ failure, trace }: Scene): Found | null {
  if (failure == null || !ofProcess.has(failure.reason)) return null
  if (planIn<ProcessPlan>(trace.winner?.plan ?? null, 'process') === null) return null
  const says =
    'Run the command of credential_process by hand and cure what it says: it must print one JSON object of Version 1'
  return found(
    'proven',
    failure.because,
    [evidence('It was run just now, as the client would', failure.at)],
    cure(says, noCommands),
  )
}

/** The plan of a kind that a role starts from at last, or that stands alone. */
function planIn<P extends CredentialPlan>(plan: CredentialPlan | null, kind: P['kind']): P | null {
  let inner = plan
  while (inner?.kind === 'assume-role') inner = inner.from
  return inner?.kind === kind ? (inner as P) : null
}
