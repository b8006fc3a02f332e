import type { Setting, Settings } from '../../files/reading.ts'
import type { AssumeRolePlan, CredentialPlan } from '../../sources/plan.ts'
import { staticCredential } from './static-keys.ts'
import { refusedStsCall } from './v3-calls.ts'
import { containerResolution } from './v3-container.ts'
import { environmentCredential } from './v3-environment.ts'
import type { V3Ground } from './v3-ground.ts'
import { stsRegion } from './v3-ground.ts'
import { loginResolution } from './v3-login.ts'
import { metadataResolution } from './v3-metadata.ts'
import type { AskedPlan, Refused, Resolution } from './v3-resolution.ts'
import { ssoResolution } from './v3-sso.ts'
import { webIdentityResolution } from './v3-web-identity.ts'

/** For what a profile is taken. v3 decides once, and a profile that fails as what it was taken for is nothing else either. */
export type Branch = 'assume-role' | 'static' | 'web-identity' | 'process' | 'sso' | 'login'

/**
 * What a profile must have for each, in the order in which v3 asks.
 * Source: credential-provider-ini resolveProfileData.js and the predicates that it asks.
 */
const branches: Readonly<Record<Branch, (settings: Settings) => boolean>> = {
  'assume-role': isRole,
  static: isStatic,
  'web-identity': (settings) => settings.has('web_identity_token_file') && settings.has('role_arn'),
  process: (settings) => settings.has('credential_process'),
  sso: (settings) =>
    ['sso_start_url', 'sso_account_id', 'sso_session', 'sso_region', 'sso_role_name'].some((key) => settings.has(key)),
  login: (settings) => settings.has('login_session'),
}

/** Whether a profile has what a branch needs. */
export function isOf(branch: Branch, settings: Settings): boolean {
  return branches[branch](settings)
}

/** A role counts only with exactly one of both sources. */
function isRole(settings: Settings): boolean {
  return settings.has('role_arn') && settings.has('source_profile') !== settings.has('credential_source')
}

function isStatic(settings: Settings): boolean {
  return settings.has('aws_access_key_id') && settings.has('aws_secret_access_key')
}

/** What comes of a branch of a profile that is not a role. */
export function resolveBranch(
  ground: V3Ground,
  name: string,
  settings: Settings,
  branch: Exclude<Branch, 'assume-role'>,
): Resolution {
  switch (branch) {
    case 'static':
      return { kind: 'found', credential: staticCredential(settings, name) }
    case 'web-identity':
      return webIdentityResolution(ground, name, settings)
    case 'process':
      return { kind: 'planned', plan: processPlan(settings.get('credential_process')!, name) }
    case 'sso':
      return ssoResolution(ground, name, settings)
    case 'login':
      return loginResolution(ground, name, settings)
  }
}

function processPlan(command: Setting, profile: string): AskedPlan {
  return { kind: 'process', profile, command: command.value, run: 'shell', at: command.at }
}

// ---- roles

interface Link {
  readonly name: string
  readonly settings: Settings
  /** It has `credential_source` and no role of its own, so that what it gives is handed on as it is. */
  readonly passesOn: boolean
}

/**
 * What comes of a profile with a role: the profiles behind it down to the first with keys, and the roles back up again.
 *
 * Source: credential-provider-ini resolveAssumeRoleCredentials.js.
 */
export function resolveRole(ground: V3Ground, name: string, settings: Settings): Resolution {
  const links: Link[] = [{ name, settings, passesOn: false }]
  const bottom = followSources(ground, links)
  // What a profile lacks itself comes before its demand for a code, and that before all that its source lacks.
  const coded = links.find(({ settings: own, passesOn }) => own.has('mfa_serial') && !passesOn)
  const lacksItself = bottom.kind === 'refused' && bottom.isOfLastLink && coded === links.at(-1)
  if (coded !== undefined && !lacksItself) return missingCode(coded)
  if (bottom.kind === 'refused') return bottom
  const region = settings.get('region') ?? null
  const refused = refusedStsCall(ground, region, settings.get('role_arn')!.at)
  return refused ?? { kind: 'planned', plan: rolesOver(ground, bottom, links) }
}

type Bottom = Exclude<Resolution, Refused> | (Refused & { readonly isOfLastLink: boolean })

/** Appends the profiles behind the first one to `links`, as far as they are roles, and tells what the last one rests on. */
function followSources(ground: V3Ground, links: Link[]): Bottom {
  const visited = new Set<string>()
  for (;;) {
    const link = links.at(-1)!
    const source = link.settings.get('source_profile')
    if (source === undefined) return { isOfLastLink: false, ...credentialSource(ground, link) } as Bottom
    // `in` finds what every object has, too.
    if (visited.has(source.value) || source.value in {}) return cycle(ground, source, visited)
    visited.add(source.value)
    const settings = ground.files.profile(source.value)
    if (settings !== null && !isStatic(settings)) {
      const passesOn = !settings.has('role_arn') && settings.has('credential_source')
      if (passesOn || isRole(settings)) {
        links.push({ name: source.value, settings, passesOn })
        continue
      }
    }
    return { isOfLastLink: false, ...sourceOf(ground, source, settings) } as Bottom
  }
}

const bases = ['static', 'web-identity', 'process', 'sso', 'login'] as const

function sourceOf(ground: V3Ground, source: Setting, settings: Settings | null): Resolution {
  const branch = bases.find((base) => settings !== null && isOf(base, settings))
  if (settings !== null && branch !== undefined) return resolveBranch(ground, source.value, settings, branch)
  const says = `CredentialsProviderError: Could not resolve credentials using profile: [${source.value}] in configuration/credentials file(s).`
  const because = settings === null ? `there is no profile ${source.value}` : `[${source.value}] holds no credentials`
  return { kind: 'refused', reason: 'profile-not-found', says, goesOn: true, because, at: source.at }
}

function credentialSource(ground: V3Ground, { name, settings }: Link): Bottom | Resolution {
  const source = settings.get('credential_source')!
  switch (source.value) {
    case 'Environment': {
      const credential = environmentCredential(ground.machine)
      if (credential !== null) return { kind: 'found', credential }
      const says = 'CredentialsProviderError: Unable to find environment variable credentials.'
      const because = `[${name}] takes the environment's keys, and there are none`
      return { kind: 'refused', reason: 'configuration', says, goesOn: true, because, at: source.at }
    }
    case 'EcsContainer':
      return containerResolution(ground.machine, source.at)
    case 'Ec2InstanceMetadata':
      return metadataResolution(ground, source.at)
    default: {
      if (source.value in {}) return notAFunction(name, source)
      const says =
        `CredentialsProviderError: Unsupported credential source in profile ${name}. Got ${source.value}, ` +
        'expected EcsContainer or Ec2InstanceMetadata or Environment.'
      const because = `[${name}] has a credential_source that is none`
      return {
        kind: 'refused',
        reason: 'configuration',
        says,
        goesOn: true,
        because,
        at: source.at,
        isOfLastLink: true,
      }
    }
  }
}

/** The names of what every object has pass for sources, and then cannot be called. */
function notAFunction(name: string, { at }: Setting): Bottom {
  const says = 'TypeError: (intermediate value) is not a function'
  const because = `[${name}] has a credential_source that is none`
  return { kind: 'refused', reason: 'configuration', says, goesOn: false, because, at, isOfLastLink: true }
}

function cycle({ profile }: V3Ground, source: Setting, visited: ReadonlySet<string>): Bottom {
  const says =
    `CredentialsProviderError: Detected a cycle attempting to resolve credentials for profile ${profile}. ` +
    `Profiles visited: ${[...visited].join(', ')}`
  const because = `the source_profile ${source.value} leads back to itself`
  return { kind: 'refused', reason: 'configuration', says, goesOn: true, because, at: source.at, isOfLastLink: true }
}

function missingCode({ name, settings }: Link): Refused {
  const serial = settings.get('mfa_serial')!
  const says = `CredentialsProviderError: Profile ${name} requires multi-factor authentication, but no MFA code callback was provided.`
  const because = `[${name}] has mfa_serial, and nobody asks for the code`
  return { kind: 'refused', reason: 'unsupported', says, goesOn: false, because, at: serial.at }
}

function rolesOver(ground: V3Ground, bottom: Exclude<Resolution, Refused>, links: readonly Link[]): AskedPlan {
  // One client is made for the first role, and all others are assumed with it.
  const { name: region } = stsRegion(ground, links[0]!.settings.get('region') ?? null)
  let from: CredentialPlan = bottom.kind === 'planned' ? bottom.plan : { kind: 'static', credential: bottom.credential }
  for (const { name, settings, passesOn } of links.slice(1).toReversed()) {
    if (!passesOn) from = rolePlan(settings, { profile: name, region, from })
  }
  const [{ name, settings }] = links as [Link]
  return rolePlan(settings, { profile: name, region, from })
}

function rolePlan(settings: Settings, rest: Pick<AssumeRolePlan, 'profile' | 'region' | 'from'>): AssumeRolePlan {
  const role = settings.get('role_arn')!
  const seconds = Number.parseInt(settings.get('duration_seconds')?.value ?? '3600', 10)
  return {
    kind: 'assume-role',
    roleArn: role.value,
    sessionName: settings.get('role_session_name')?.value ?? null,
    externalId: settings.get('external_id')?.value ?? null,
    mfaSerial: null,
    durationSeconds: Number.isNaN(seconds) ? null : seconds,
    at: role.at,
    ...rest,
  }
}
