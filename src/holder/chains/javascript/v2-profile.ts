import type { SourceAnswer } from '../../sources/answer.ts'
import type { AssumeRolePlan, CredentialPlan, StaticPlan } from '../../sources/plan.ts'
import type { Setting, Settings } from '../../sources/settings.ts'
import { absent, deferred, passedOver } from '../../sources/source.ts'
import { staticCredential } from './static-keys.ts'
import { stsRequestError } from './v2-endpoint.ts'
import { optInVariable } from './v2-files.ts'
import type { V2Ground } from './v2-ground.ts'

const providerFailure = 'SharedIniFileCredentialsProviderFailure'

/** The selected profile; else the answer of every source that needs it. */
export function selectedProfile({ files, profile }: V2Ground): Settings | SourceAnswer {
  const settings = files.profile(profile)
  if (settings !== null) return settings
  const { failure, credentials } = files
  const unread = files.optIn ? '' : `; without ${optInVariable} the config file is not read`
  if (failure === null) return absent(`there is no profile ${profile}${unread}`)
  if (!files.optIn && credentials.failure?.kind === 'unread' && credentials.failure.because === 'absent') {
    return absent(`${credentials.location.path} does not exist${unread}`)
  }
  const because = 'a file cannot be read, so that there are no profiles'
  return passedOver('file-unreadable', failure.says, because, failure.at)
}

export function isAnswer(value: Settings | SourceAnswer): value is SourceAnswer {
  return 'outcome' in value
}

/** Both keys of the profile, of which each may stand in another file; null when one is missing, or when it has a role. */
export function staticPlan(settings: Settings, profile: string): StaticPlan | null {
  if (!settings.has('aws_access_key_id') || !settings.has('aws_secret_access_key')) return null
  return { kind: 'static', credential: { ...staticCredential(settings, profile), accountId: null } }
}

/**
 * The role of the selected profile: its own keys do not count, those of all profiles behind it do. A code is not asked for.
 *
 * Source: lib/credentials/shared_ini_file_credentials.js.
 */
export function askRole(ground: V2Ground, settings: Settings): SourceAnswer {
  const role = settings.get('role_arn')
  if (role === undefined) return absent(`[${ground.profile}] has no role_arn`)
  const links = [{ name: ground.profile, settings }]
  const visited = new Set<string>()
  for (;;) {
    const link = links.at(-1)!
    const source = link.settings.get('source_profile')
    if (source === undefined) return noSource(link)
    const behind = ground.files.profile(source.value)
    if (behind === null) return missingSource(link.name, source)
    const base = staticPlan(behind, source.value)
    if (base !== null) return overKeys(ground, base, links)
    if (!behind.has('role_arn')) return emptySource(source)
    if (visited.has(source.value)) return circle(source)
    visited.add(source.value)
    links.push({ name: source.value, settings: behind })
  }
}

interface Link {
  readonly name: string
  readonly settings: Settings
}

function overKeys(ground: V2Ground, base: StaticPlan, links: readonly Link[]): SourceAnswer {
  for (const { name, settings } of links) {
    const region = settings.get('region') ?? { value: 'us-east-1', at: null }
    const error = stsRequestError(ground, region)
    const at = settings.get('role_arn')!.at
    if (error !== null)
      return passedOver(error.reason, error.says, `the role of [${name}] cannot be asked for`, error.at ?? at)
  }
  let from: CredentialPlan = base
  for (const { name, settings } of links.slice(1).toReversed()) from = rolePlan(name, settings, from)
  const plan = rolePlan(links[0]!.name, links[0]!.settings, from)
  return deferred(`the role ${plan.roleArn} would be assumed`, plan.at, plan)
}

function rolePlan(profile: string, settings: Settings, from: CredentialPlan): AssumeRolePlan {
  const role = settings.get('role_arn')!
  const seconds = Number.parseInt(settings.get('duration_seconds')?.value ?? '', 10)
  return {
    kind: 'assume-role',
    profile,
    roleArn: role.value,
    sessionName: settings.get('role_session_name')?.value ?? null,
    externalId: settings.get('external_id')?.value ?? null,
    mfaSerial: null,
    durationSeconds: Number.isNaN(seconds) || seconds === 0 ? null : seconds,
    region: settings.get('region')?.value ?? 'us-east-1',
    from,
    at: role.at,
  }
}

function noSource({ name, settings }: Link): SourceAnswer {
  const says = `${providerFailure}: source_profile is not set using profile ${name}`
  return passedOver(
    'configuration',
    says,
    `[${name}] has role_arn, but no source_profile`,
    settings.get('role_arn')?.at,
  )
}

function missingSource(name: string, source: Setting): SourceAnswer {
  const says = `${providerFailure}: source_profile ${source.value} using profile ${name} does not exist`
  return passedOver('profile-not-found', says, `there is no profile ${source.value}`, source.at)
}

function emptySource(source: Setting): SourceAnswer {
  const says = `${providerFailure}: Credentials not set for profile ${source.value}`
  return passedOver('configuration', says, `[${source.value}] has neither keys nor a role`, source.at)
}

/** The SDK follows the circle until its stack is full, catches that, and goes on. */
function circle(source: Setting): SourceAnswer {
  const says = 'RangeError: Maximum call stack size exceeded'
  return passedOver('configuration', says, `the source_profile ${source.value} leads back to itself`, source.at)
}
