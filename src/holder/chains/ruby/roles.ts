import type { Settings } from '../../files/reading.ts'
import type { SourceAnswer } from '../../sources/answer.ts'
import type { Place } from '../../sources/credential.ts'
import type { AssumeRolePlan, CredentialPlan } from '../../sources/plan.ts'
import { broken, deferred } from '../../sources/source.ts'
import { refusedClient } from './clients.ts'
import { askContainer, askInstance } from './ends.ts'
import { defaultProfile, type RubyGround, regionOf } from './ground.ts'
import { isThere, processPlan, staticKeys, webIdentityOfProfile } from './sources.ts'
import { askSso } from './tokens.ts'

/** What comes of a look for a role: nothing, how it would be assumed, or the error with which the SDK stops. */
type Found =
  | { readonly kind: 'plan'; readonly plan: CredentialPlan; readonly at: Place | undefined }
  | { readonly kind: 'error'; readonly answer: Extract<SourceAnswer, { outcome: 'broken' }> }
  | null

/** What `opts` holds on its way through the profiles; the SDK changes it as it goes. */
interface Options {
  sourceProfile: string | undefined
  visited: Set<string> | undefined
  roleArn: string | undefined
  sessionName: string | undefined
  duration: string | undefined
  externalId: string | undefined
  mfaSerial: string | undefined
}

/** Ruby's own stack ends at some two thousand. */
const depthLimit = 1000

/**
 * A role by a profile; null when neither file asks for one. The credentials file is looked at first, and what it says of the
 * source holds also for the config file. Source: shared_config.rb `assume_role_credentials_from_config`.
 */
export function askRole(ground: RubyGround, profile: string): SourceAnswer | null {
  const found = ofProfile(ground, profile, {
    sourceProfile: undefined,
    visited: undefined,
    roleArn: undefined,
    sessionName: undefined,
    duration: undefined,
    externalId: undefined,
    mfaSerial: undefined,
  })
  if (found === null) return null
  if (found.kind === 'error') return found.answer
  const role = found.plan.kind === 'assume-role' ? found.plan.roleArn : ''
  return deferred(`the role ${role} would be assumed`, found.at, found.plan)
}

function ofProfile(ground: RubyGround, profile: string, options: Options): Found {
  const { credentials, config } = ground.files
  return (
    ofFile(ground, credentials.section(profile), profile, options) ??
    ofFile(ground, config.section(profile), profile, options)
  )
}

function ofFile(ground: RubyGround, settings: Settings | null, profile: string, options: Options): Found {
  if (settings === null) return null
  options.sourceProfile ??= settings.get('source_profile')?.value
  const named = settings.get('credential_source')
  const role = settings.get('role_arn')
  const source = options.sourceProfile
  const at = settings.get('source_profile')?.at ?? named?.at ?? role?.at
  if (source !== undefined && named !== undefined) {
    const says =
      `Aws::Errors::CredentialSourceConflictError: Profile ${profile} has a source_profile, and a credential_source. ` +
      'For assume role credentials, must provide only source_profile or credential_source, not both.'
    return failed(says, `[${profile}] has source_profile and credential_source`, at)
  }
  if (source !== undefined) {
    options.visited ??= new Set()
    const base = ofSource(ground, source, options, at)
    if (base === null) {
      const says =
        `Aws::Errors::NoSourceProfileError: Profile ${profile} has a role_arn, and source_profile, but the source_profile does ` +
        'not have credentials.'
      return failed(says, `[${source}], the source of [${profile}], holds no credential`, at)
    }
    if (base.kind === 'error') return base
    const region = ground.rules.looksForRoleRegion
      ? (ground.region ?? regionOf(ground, options.sourceProfile ?? defaultProfile(ground)))
      : ground.region
    const clientProfile = options.sourceProfile ?? null
    options.sourceProfile = undefined
    return assumed(profile, settings, options, base.plan, refusedClient(ground, clientProfile, region), region, at)
  }
  if (named !== undefined) {
    const base = ofNamed(ground, named.value, named.at)
    if (base.kind === 'error') return base
    const region = ground.rules.looksForRoleRegion
      ? (ground.region ?? regionOf(ground, defaultProfile(ground)))
      : ground.region
    return assumed(profile, settings, options, base.plan, refusedClient(ground, null, region), region, at)
  }
  if (role === undefined) return null
  const says = `Aws::Errors::NoSourceProfileError: Profile ${profile} has a role_arn, but no source_profile.`
  return failed(says, `[${profile}] has a role_arn, but nothing to assume it with`, role.at)
}

/** `AssumeRoleCredentials.new`: makes the client, then checks what is sent. */
function assumed(
  profile: string,
  settings: Settings,
  options: Options,
  from: CredentialPlan | 'unset',
  refused: string | null,
  region: RubyGround['region'],
  at: Place | undefined,
): Found {
  const text = (key: string): string | undefined => settings.get(key)?.value
  options.sessionName ??= text('role_session_name') ?? 'default_session'
  options.roleArn ??= text('role_arn')
  options.duration ??= text('duration_seconds')
  options.externalId ??= text('external_id')
  options.mfaSerial ??= text('mfa_serial')
  if (refused !== null) return failed(refused, 'no client of STS can be made', at)
  if (options.roleArn === undefined) {
    const says = 'ArgumentError: missing required parameter params[:role_arn]'
    return failed(says, `[${profile}] has a source, but no role_arn`, at)
  }
  const duration = options.duration
  if (duration !== undefined && !/^\s*[+-]?(0x[0-9a-f]+|0b[01]+|0o?[0-7_]+|[1-9](_?\d)*|0)\s*$/i.test(duration)) {
    const says = `ArgumentError: expected params[:duration_seconds] to be an Integer, got value "${duration}" (class: String) instead.`
    return failed(says, `duration_seconds of [${profile}] is no number`, at)
  }
  if (from === 'unset') {
    const says = 'Aws::Errors::MissingCredentialsError: unable to sign request without credentials set'
    return failed(says, `the credential_source of [${profile}] has no credential here`, at)
  }
  const plan: AssumeRolePlan = {
    kind: 'assume-role',
    profile,
    roleArn: options.roleArn,
    sessionName: options.sessionName,
    externalId: options.externalId ?? null,
    mfaSerial: options.mfaSerial ?? null,
    durationSeconds: duration === undefined ? null : Number(duration.replaceAll('_', '')),
    region: region?.name ?? null,
    from,
    at: at ?? { file: '' },
  }
  return { kind: 'plan', plan, at }
}

/** `resolve_source_profile`. */
function ofSource(ground: RubyGround, profile: string, options: Options, at: Place | undefined): Found {
  const visited = options.visited ?? new Set()
  if (visited.has(profile)) {
    const says = 'Aws::Errors::SourceProfileCircularReferenceError: Aws::Errors::SourceProfileCircularReferenceError'
    return failed(says, `the source profiles lead in a circle back to [${profile}]`, at)
  }
  if (visited.size === depthLimit) {
    const says = 'SystemStackError: stack level too deep'
    return failed(says, `more than ${depthLimit} profiles name one another as their source`, at)
  }
  visited.add(profile)
  const { credentials, config, isConfigEnabled } = ground.files
  let settings = credentials.section(profile)
  if (settings === null && isConfigEnabled) {
    // Ruby stumbles over a config file that is not there.
    if (!config.isRead)
      return failed(
        "NoMethodError: undefined method `[]' for nil:NilClass",
        `there is no config file that could hold [${profile}]`,
        at,
      )
    settings = config.section(profile)
  }
  if (!isThere(ground, profile)) {
    const where = config.path === null ? `${credentials.path}` : `${credentials.path} or ${config.path}`
    const says = `Aws::Errors::NoSuchProfileError: Profile \`${profile}' not found in ${where}`
    return failed(says, `no file holds [${profile}]`, at)
  }
  const keys = staticKeys(ground, profile)
  if (keys !== null) return { kind: 'plan', plan: { kind: 'static', credential: keys }, at }
  if (settings?.has('source_profile')) {
    options.sourceProfile = undefined
    const inner = ofProfile(ground, profile, { ...options })
    return (
      inner ??
      failed("NoMethodError: undefined method `credentials' for nil:NilClass", `[${profile}] names no role`, at)
    )
  }
  return (
    planOf(webIdentityOfProfile(ground, profile)) ??
    planOf(processOf(ground, profile)) ??
    planOf(askSso(ground, profile))
  )
}

function processOf(ground: RubyGround, profile: string): SourceAnswer | null {
  const plan = processPlan(ground, profile)
  return plan === null ? null : deferred('credential_process would be run', plan.at, plan)
}

function planOf(answer: SourceAnswer | null): Found {
  if (answer?.outcome === 'broken') return { kind: 'error', answer }
  return answer?.outcome === 'deferred' && answer.plan !== undefined
    ? { kind: 'plan', plan: answer.plan, at: answer.at }
    : null
}

/** `credentials_from_source`: by exactly these names; the environment is none of them. */
function ofNamed(
  ground: RubyGround,
  name: string,
  at: Place,
): { readonly kind: 'plan'; readonly plan: CredentialPlan | 'unset' } | Extract<Found, { kind: 'error' }> {
  const answer =
    name === 'Ec2InstanceMetadata'
      ? askInstance(ground, defaultProfile(ground), 'named')
      : name === 'EcsContainer'
        ? askContainer(ground, 'named')
        : null
  if (answer === null) {
    const says = `Aws::Errors::InvalidCredentialSourceError: Unsupported credential_source: ${name}`
    return failed(says, `credential_source is ${name}, which this SDK does not know`, at)
  }
  if (answer.outcome === 'broken') return { kind: 'error', answer }
  return { kind: 'plan', plan: answer.outcome === 'deferred' && answer.plan !== undefined ? answer.plan : 'unset' }
}

function failed(says: string, because: string, at: Place | undefined): Extract<Found, { kind: 'error' }> {
  const answer = broken('configuration', says, because, at)
  return { kind: 'error', answer: answer as Extract<SourceAnswer, { outcome: 'broken' }> }
}
