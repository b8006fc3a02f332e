import { pythonInt, quotedList } from '../files/dialects/python.ts'
import type { SourceAnswer } from './answer.ts'
import { containerRole } from './container-role.ts'
import { customProcess } from './custom-process.ts'
import { environment } from './environment.ts'
import { instanceMetadataPlan, instanceRole, instanceUnasked } from './iam-role.ts'
import { login } from './login.ts'
import type { AssumeRolePlan, CredentialPlan } from './plan.ts'
import { configFile, sharedCredentialsFile } from './profile-keys.ts'
import { profileSettings, type Settings, type SourceGround } from './settings.ts'
import { absent, deferred, refusedFiles, type Source } from './source.ts'
import { sso } from './sso.ts'
import { webIdentity } from './web-identity.ts'

/** What a profile alone can hold, in botocore's order (credentials.py `ProfileProviderBuilder`). */
const profileSources: readonly Source[] = [webIdentity, sso, sharedCredentialsFile, login, customProcess, configFile]

/** Python's recursion limit of 1000 lets about this many roles stand behind one another (seen with botocore 1.43.11). */
const deepest = 325

/** Names of `credential_source`, exactly as they must be written (`CanonicalNameCredentialSourcer`). */
const namedSources: Readonly<Record<string, Source>> = {
  Environment: environment,
  EcsContainer: containerRole,
  Ec2InstanceMetadata: instanceRole,
}

/** A role assumed with the credentials of another profile or source (botocore `AssumeRoleProvider`). */
export const assumeRole: Source = {
  provider: 'assume-role',
  ask(ground) {
    const refusal = refusedFiles(ground.files)
    if (refusal !== null) return refusal
    const settings = profileSettings(ground.files, ground.profile)
    if (settings === null || !hasRole(settings)) {
      return absent(
        settings?.has('role_arn')
          ? `[${ground.profile}] has role_arn, but for a web identity`
          : `[${ground.profile}] has no role_arn`,
      )
    }
    const plan = roleOf(ground, settings, [ground.profile])
    if (isFailure(plan)) return plan
    return deferred(`the role ${plan.roleArn} would be assumed`, plan.at, plan)
  },
}

function hasRole(settings: Settings): boolean {
  return settings.has('role_arn') && !settings.has('web_identity_token_file')
}

function hasStaticKeys(settings: Settings): boolean {
  return settings.has('aws_access_key_id') || settings.has('aws_secret_access_key')
}

function roleOf(ground: SourceGround, settings: Settings, visited: readonly string[]): Failure | AssumeRolePlan {
  const role = settings.get('role_arn')!
  const sourceProfile = settings.get('source_profile')
  const credentialSource = settings.get('credential_source')
  if (sourceProfile !== undefined && credentialSource !== undefined) {
    const says = `InvalidConfigError: The profile "${ground.profile}" contains both source_profile and credential_source.`
    return { ...failure(says, `[${ground.profile}] has source_profile and credential_source`), at: sourceProfile.at }
  }
  const from =
    credentialSource !== undefined
      ? fromNamedSource(ground, credentialSource.value)
      : sourceProfile !== undefined
        ? fromProfile(ground, sourceProfile.value, visited)
        : withoutSource(ground)
  if (isFailure(from)) return { ...from, at: from.at ?? (credentialSource ?? sourceProfile ?? role).at }
  const duration = settings.get('duration_seconds')?.value
  const seconds = duration === undefined ? null : pythonInt(duration)
  return {
    kind: 'assume-role',
    profile: ground.profile,
    roleArn: role.value,
    // An empty name is made up anew; a duration that is no `int` is dropped.
    sessionName: settings.get('role_session_name')?.value || null,
    externalId: settings.get('external_id')?.value ?? null,
    mfaSerial: settings.get('mfa_serial')?.value ?? null,
    durationSeconds: seconds === null ? null : Number(seconds),
    region: null,
    from,
    at: role.at,
  }
}

type Failure = Extract<SourceAnswer, { outcome: 'broken' }>

function isFailure(part: Failure | CredentialPlan): part is Failure {
  return 'outcome' in part
}

function withoutSource({ profile }: SourceGround): Failure {
  const says =
    'PartialCredentialsError: Partial credentials found in assume-role, missing: source_profile or credential_source'
  return failure(says, `[${profile}] has role_arn, but neither source_profile nor credential_source`)
}

function fromNamedSource(ground: SourceGround, name: string): Failure | CredentialPlan {
  const source = Object.hasOwn(namedSources, name) ? namedSources[name] : undefined
  if (source === undefined) {
    const says = `InvalidConfigError: The credential source "${name}" referenced in profile "${ground.profile}" is not valid.`
    return failure(says, `credential_source = ${name} is none that exists`)
  }
  const answer = source.ask(ground)
  if (answer.outcome === 'broken') return answer
  const plan = planIn(answer)
  if (plan !== null) return plan
  // The instance metadata is asked on every machine unless that is forbidden: what it answers is not known here.
  if (source === instanceRole && instanceUnasked(ground) === null) return instanceMetadataPlan(ground)
  const says =
    `CredentialRetrievalError: Error when retrieving credentials from ${name}: ` +
    `No credentials found in credential_source referenced in profile ${ground.profile}`
  return failure(says, `credential_source = ${name} holds no credentials: ${answer.because}`)
}

function fromProfile(ground: SourceGround, name: string, visited: readonly string[]): Failure | CredentialPlan {
  const settings = profileSettings(ground.files, name)
  if (settings === null) {
    const says = `InvalidConfigError: The source_profile "${name}" referenced in the profile "${ground.profile}" does not exist.`
    return failure(says, `source_profile = ${name} does not exist`)
  }
  // A profile may name itself, once, when the keys stand beside the role.
  if (visited.includes(name) && (name !== ground.profile || !hasStaticKeys(settings))) {
    const says =
      'InfiniteLoopConfigError: Infinite loop in credential configuration detected. Attempting to load from profile ' +
      `${name} which has already been visited. Visited profiles: ${quotedList(visited)}`
    return failure(says, `source_profile = ${name} leads back to where it came from`)
  }
  if (visited.length > deepest) {
    const says = 'RecursionError: maximum recursion depth exceeded'
    return failure(says, `more than ${deepest} profiles stand behind one another`)
  }
  const next = { ...ground, profile: name, selected: ground.selected ?? ground.profile, explicit: true }
  if (!hasStaticKeys(settings) && hasRole(settings)) {
    return roleOf(next, settings, [...visited, name])
  }
  for (const source of profileSources) {
    const answer = source.ask(next)
    if (answer.outcome === 'broken') return answer
    const plan = planIn(answer)
    if (plan !== null) return plan
  }
  return failure(
    `InvalidConfigError: The source profile "${name}" must have credentials.`,
    `source_profile = ${name} holds no credentials`,
  )
}

/** What a source would give for signing; null when it has nothing. */
function planIn(answer: SourceAnswer): CredentialPlan | null {
  if (answer.outcome === 'found') return { kind: 'static', credential: answer.credential }
  return answer.outcome === 'deferred' ? (answer.plan ?? null) : null
}

function failure(says: string, because: string): Failure {
  const reason = says.startsWith('PartialCredentialsError') ? 'partial-credentials' : 'configuration'
  return { outcome: 'broken', error: { reason, says }, because }
}
