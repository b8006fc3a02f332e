import { Secret } from '../../../anatomy/secret.ts'
import type { Setting, Settings } from '../../files/reading.ts'
import type { Machine } from '../../machine/machine.ts'
import { absolutePath } from '../../machine/paths.ts'
import type { Place } from '../../sources/credential.ts'
import { oddFilePermissions } from './client-settings.ts'
import { endpointOfClient, refusedKotlinClient } from './clients.ts'
import { kotlinContainer } from './container.ts'
import { environmentCredential, type JvmKeyRules } from './environment.ts'
import { deepest, failed, type Outcome, planOf, processOutcome, tooDeep } from './ground.ts'
import { kotlinInstance } from './instance.ts'
import { kotlinLogin, kotlinSsoToken } from './kotlin-caches.ts'
import { hasInstance, type KotlinGround, regionOfProfile } from './kotlin-clients.ts'
import { type ProfileKind, whereAny } from './profile-sources.ts'
import { type WebIdentity, webIdentityPlan } from './web-identity.ts'

/*
 * How the AWS SDK for Kotlin goes from profile to profile: keys first in each of them, then its role, then what else it holds.
 * Source: aws-sdk-kotlin aws-config auth/credentials/profile `ProfileChain.kt`, `ProfileCredentialsProvider.kt`.
 */

export const kotlinKeys: JvmKeyRules = {
  accessKeyId: ['AWS_ACCESS_KEY_ID'],
  secretAccessKey: ['AWS_SECRET_ACCESS_KEY'],
  used: (text) => text,
  isUnset: (text) => text.trim() === '',
  isUnsetToken: (text) => text === '',
  words: (missing) =>
    `ProviderConfigurationException: Missing value for environment variable \`${missing === 'accessKeyId' ? 'AWS_ACCESS_KEY_ID' : 'AWS_SECRET_ACCESS_KEY'}\``,
}

const staticPair = ['aws_access_key_id', 'aws_secret_access_key']

export const kotlinKinds: readonly ProfileKind<KotlinGround>[] = [
  {
    providers: ['shared-credentials-file', 'config-file'],
    lacks: 'no aws_access_key_id with an aws_secret_access_key',
    trigger: (settings) => (staticPair.every((key) => settings.has(key)) ? whereAny(settings, staticPair) : null),
    resolve: follow,
  },
  {
    providers: ['assume-role'],
    lacks: 'no role_arn, or one for a web identity',
    trigger: (settings) => roleOf(settings)?.at ?? whereAny(settings, ['credential_source']),
    resolve: follow,
  },
  {
    providers: ['assume-role-with-web-identity'],
    lacks: 'no web_identity_token_file',
    trigger: (settings) => whereAny(settings, ['web_identity_token_file']),
    resolve: (ground, settings) => leafOutcome(ground, ground.profile, settings),
  },
  {
    providers: ['sso'],
    lacks: 'no sso_session, sso_account_id or sso_role_name',
    trigger: (settings) => whereAny(settings, ['sso_session', 'sso_account_id', 'sso_role_name']),
    resolve: (ground, settings) => ssoOutcome(ground, ground.profile, settings),
  },
  {
    providers: ['login'],
    lacks: 'no login_session',
    trigger: (settings) => whereAny(settings, ['login_session']),
    resolve: (ground, settings) => loginOutcome(ground, ground.profile, settings.get('login_session')!),
  },
  {
    providers: ['custom-process'],
    lacks: 'no credential_process',
    trigger: (settings) => whereAny(settings, ['credential_process']),
    resolve: ({ profile }, settings) => processOutcome(profile, settings.get('credential_process')!),
  },
]

interface Role {
  readonly profile: string
  readonly setting: Setting
  readonly settings: Settings
}

/** The whole way from the selected profile to its last one, with all roles that are assumed on it. */
function follow(ground: KotlinGround): Outcome {
  const visited = new Set<string>()
  const roles: Role[] = []
  for (let name = ground.profile; ; ) {
    const settings = ground.files.profile(name)
    if (settings === null) return missingProfile(name, visited)
    if (visited.has(name)) {
      const says = `ProviderConfigurationException: profile formed an infinite loop: ${[...visited].join(' -> ')} -> ${name}`
      return failed('configuration', says, `[${name}] leads back to itself`, roles.at(-1)?.setting.at)
    }
    visited.add(name)
    const keys = staticOutcome(name, settings)
    if (keys !== null) return assumed(ground, keys, roles)
    const odd = blockInstead(settings)
    if (odd !== null) return odd
    const role = roleOf(settings)
    if (role === null) return assumed(ground, leafOutcome(ground, name, settings), roles)
    if (roles.length >= deepest) return tooDeep(role.at)
    roles.push({ profile: name, setting: role, settings })
    const next = nextProfile(name, settings)
    if (typeof next !== 'string') return next
    if (next === name) return assumed(ground, leafOutcome(ground, name, settings), roles)
    name = next
  }
}

function missingProfile(name: string, visited: ReadonlySet<string>): Outcome {
  const from = visited.size === 0 ? '' : ` referenced from ${[...visited].at(-1)}`
  const says = `ProviderConfigurationException: could not find source profile ${name}${from}`
  return failed('configuration', says, `there is no profile ${name}`)
}

/** A role that is assumed with another source; one with only a token file is of another kind. */
function roleOf(settings: Settings): Setting | null {
  const hasSource = settings.has('credential_source') || settings.has('source_profile')
  if (!hasSource && settings.has('web_identity_token_file')) return null
  return settings.get('role_arn') ?? null
}

/** The next profile on the way; the same one when it names itself or a `credential_source`. */
function nextProfile(name: string, settings: Settings): string | Outcome {
  const source = settings.get('source_profile')
  const named = settings.get('credential_source')
  if (source !== undefined && named !== undefined) {
    const says =
      `ProviderConfigurationException: profile (${name}) contained both \`source_profile\` and \`credential_source\`. ` +
      'Only one or the other can be defined.'
    return failed('configuration', says, `[${name}] has both source_profile and credential_source`, source.at)
  }
  if (source === undefined && named === undefined) {
    const says =
      `ProviderConfigurationException: profile (${name}) must contain \`source_profile\` or \`credential_source\` but neither ` +
      'were defined'
    return failed('configuration', says, `[${name}] has a role_arn, but no source for it`, settings.get('role_arn')!.at)
  }
  return source?.value ?? name
}

/** The roles are assumed one after the other, the one nearest to the keys first; each session lasts 900 seconds. */
function assumed(ground: KotlinGround, base: Outcome, roles: readonly Role[]): Outcome {
  if (base.kind === 'broken' || roles.length === 0) return base
  const region = regionOfProfile(ground)
  const refusal = refusedKotlinClient(ground, 'STS', region)
  if (refusal !== null) return refusal
  let outcome: Outcome = base
  for (const { profile, setting, settings } of [...roles].reverse()) {
    outcome = {
      kind: 'planned',
      because: `the role ${setting.value} would be assumed`,
      at: setting.at,
      plan: {
        kind: 'assume-role',
        profile,
        roleArn: setting.value,
        sessionName: settings.get('role_session_name')?.value ?? ground.machine.env('AWS_ROLE_SESSION_NAME') ?? null,
        externalId: settings.get('external_id')?.value ?? null,
        mfaSerial: null,
        durationSeconds: 900,
        region: region?.name ?? null,
        from: planOf(outcome),
        at: setting.at,
      },
    }
  }
  return outcome
}

function staticOutcome(profile: string, settings: Settings): Outcome | null {
  const [id, secret] = staticPair.map((key) => settings.get(key))
  const odd = [id, secret, settings.get('aws_account_id')].find(
    (setting) => setting !== undefined && setting.nested !== null,
  )
  if (odd !== undefined) return subProperties(odd)
  if (id === undefined || secret === undefined) return null
  const token = settings.get('aws_session_token')
  if (token !== undefined && token.nested !== null) return subProperties(token)
  const account = settings.get('aws_account_id')
  return {
    kind: 'static',
    because: `[${profile}] has aws_access_key_id`,
    at: id.at,
    credential: {
      provider: id.role === 'credentials' ? 'shared-credentials-file' : 'config-file',
      profile,
      accessKeyId: { value: id.value, at: id.at, raw: id.raw },
      secretAccessKey: { value: new Secret(secret.value), at: secret.at, raw: secret.raw },
      sessionToken: token === undefined ? null : { value: new Secret(token.value), at: token.at, raw: token.raw },
      expiration: null,
      accountId: account === undefined ? null : { value: account.value, at: account.at },
    },
  }
}

/** A setting that holds a block of others where a text is wanted. */
function blockInstead(settings: Settings): Outcome | null {
  for (const key of [
    'role_arn',
    'source_profile',
    'credential_source',
    'web_identity_token_file',
    'sso_session',
    'login_session',
  ]) {
    const setting = settings.get(key)
    if (setting !== undefined && setting.nested !== null) return subProperties(setting)
  }
  return null
}

function subProperties({ at }: Setting): Outcome {
  const says = 'IllegalArgumentException: property has sub-properties, caller must specify a sub-key'
  return failed('configuration', says, 'a setting holds a block of others instead of a value', at)
}

/** What a profile without keys and without a role to assume holds: the first that is there counts, be it broken. */
function leafOutcome(ground: KotlinGround, profile: string, settings: Settings): Outcome {
  const named = settings.get('credential_source')
  if (named !== undefined) return namedSource(ground, named)
  const file = settings.get('web_identity_token_file')
  if (file !== undefined) return webIdentity(ground, profile, settings, file)
  if (whereAny(settings, ['sso_session', 'sso_account_id', 'sso_role_name']) !== null)
    return ssoOutcome(ground, profile, settings)
  const login = settings.get('login_session')
  if (login !== undefined) return loginOutcome(ground, profile, login)
  const command = settings.get('credential_process')
  if (command !== undefined) return processOutcome(profile, command)
  const says = `ProviderConfigurationException: profile (${profile}) did not contain credential information`
  return failed(
    'configuration',
    says,
    `[${profile}] holds no credentials`,
    whereAny(settings, ['role_arn']) ?? undefined,
  )
}

function namedSource(ground: KotlinGround, { value, at }: Setting): Outcome {
  const nothing = (because: string): Outcome =>
    failed(
      'configuration',
      `CredentialsProviderException: ${because}`,
      `credential_source = ${value} holds no credentials: ${because}`,
      at,
    )
  switch (value) {
    case 'Environment': {
      const credential = environmentCredential(ground.machine, kotlinKeys)
      if (credential === null) return nothing('the environment holds no keys')
      return { kind: 'static', credential, because: 'AWS_ACCESS_KEY_ID is set', at: credential.accessKeyId.at }
    }
    case 'Ec2InstanceMetadata': {
      const instance = kotlinInstance(ground, ground.activeProfile)
      return instance.kind === 'absent' ? nothing(instance.because) : instance
    }
    case 'EcsContainer':
      return kotlinContainer(ground.machine) ?? nothing('no container endpoint is configured')
    default: {
      const says = `ProviderConfigurationException: unknown credentials source: ${value}`
      return failed('configuration', says, `credential_source = ${value} is none that exists`, at)
    }
  }
}

function webIdentity(ground: KotlinGround, profile: string, settings: Settings, file: Setting): Outcome {
  const role = settings.get('role_arn')
  if (role === undefined) return missingOf(profile, 'role_arn', file.at)
  const sessionName = settings.get('role_session_name')?.value ?? ground.machine.env('AWS_ROLE_SESSION_NAME') ?? null
  const identity = { profile, roleArn: role.value, tokenFile: file.value, sessionName, at: file.at }
  return kotlinWebIdentity(ground, identity, regionOfProfile(ground))
}

/** Source: `StsWebIdentityCredentialsProvider.kt`. */
export function kotlinWebIdentity(
  ground: KotlinGround,
  identity: WebIdentity,
  region: ReturnType<typeof regionOfProfile>,
): Outcome {
  if (!isReadable(ground.machine, identity.tokenFile)) {
    const says = `CredentialsProviderException: failed to read webIdentityToken from ${identity.tokenFile}`
    return failed('file-unreadable', says, `the token file ${identity.tokenFile} cannot be read`, identity.at)
  }
  const refusal = refusedKotlinClient(ground, 'STS', region)
  if (
    refusal === null &&
    region === null &&
    !hasInstance(ground) &&
    endpointOfClient(ground, 'STS', 'kotlin') === null
  ) {
    const says = 'CredentialsProviderException: STS failed to assume role from web identity'
    return failed('configuration', says, 'no region is configured', identity.at)
  }
  return refusal ?? webIdentityPlan(identity, region?.name ?? null)
}

function isReadable(machine: Machine, path: string): boolean {
  return path !== '' && machine.readFile(absolutePath(machine, path)).kind === 'found'
}

function ssoOutcome(ground: KotlinGround, profile: string, settings: Settings): Outcome {
  const session = settings.get('sso_session')
  const at = whereAny(settings, ['sso_session', 'sso_account_id', 'sso_role_name'])!
  const section = session === undefined ? settings : ground.files.ssoSession(session.value)
  if (session !== undefined && section === null) {
    const says = `ProviderConfigurationException: profile (${profile}) references non-existing sso_session = \`${session.value}\``
    return failed('configuration', says, `[sso-session ${session.value}] does not exist`, session.at)
  }
  const where = session === undefined ? `profile (${profile})` : `sso-session (${session.value})`
  for (const key of ['sso_start_url', 'sso_region']) if (!section!.has(key)) return missing(where, key, at)
  for (const key of ['sso_account_id', 'sso_role_name']) if (!settings.has(key)) return missingOf(profile, key, at)
  for (const key of ['sso_region', 'sso_start_url']) {
    const [own, shared] = [settings.get(key), section!.get(key)!]
    if (own === undefined || own.value === shared.value) continue
    const says = `ProviderConfigurationException: ${where} ${key} = \`${shared.value}\` does not match profile (${profile}) ${key} = \`${own.value}\``
    return failed('configuration', says, `${key} differs between [${profile}] and the sso-session`, own.at)
  }
  const choice = {
    startUrl: section!.get('sso_start_url')!.value,
    accountId: settings.get('sso_account_id')!.value,
    roleName: settings.get('sso_role_name')!.value,
    sessionName: session?.value ?? null,
  }
  return ssoPlan(ground, profile, { ...choice, region: section!.get('sso_region')!, at })
}

interface SsoChoice {
  readonly startUrl: string
  readonly region: Setting
  readonly accountId: string
  readonly roleName: string
  readonly sessionName: string | null
  readonly at: Place
}

function ssoPlan(ground: KotlinGround, profile: string, { region, at, ...choice }: SsoChoice): Outcome {
  const permissions = choice.sessionName === null ? null : oddFilePermissions(ground)
  if (permissions !== null) return permissions
  const token = kotlinSsoToken(ground.machine, choice.sessionName, choice.startUrl)
  if (token.kind === 'refused') return failed(token.reason, token.says, token.because, at)
  const place = { name: region.value, at: region.at }
  const refusal =
    (token.isOver ? refusedKotlinClient(ground, 'SSO_OIDC', place) : null) ?? refusedKotlinClient(ground, 'SSO', place)
  if (refusal !== null) return refusal
  return {
    kind: 'planned',
    because: `the role ${choice.roleName} in account ${choice.accountId} would be asked of IAM Identity Center`,
    at,
    plan: { kind: 'sso', profile, ...choice, region: region.value, tokenFile: token.path, at },
  }
}

function loginOutcome(ground: KotlinGround, profile: string, session: Setting): Outcome {
  const region = regionOfProfile(ground)
  const unmade = refusedKotlinClient(ground, 'SIGNIN', region, 'made') ?? oddFilePermissions(ground)
  if (unmade !== null) return unmade
  const cached = kotlinLogin(ground.machine, session.value)
  if (cached.kind === 'refused') return failed(cached.reason, cached.says, cached.because, session.at)
  // An error of a refresh is dropped while the session lasts.
  const unasked = cached.isOver ? refusedKotlinClient(ground, 'SIGNIN', region) : null
  if (unasked !== null) return unasked
  return {
    kind: 'planned',
    because: `the session ${session.value} of aws login would be used`,
    at: session.at,
    plan: {
      kind: 'login',
      profile,
      session: session.value,
      cacheFile: cached.path,
      region: region?.name ?? null,
      at: session.at,
    },
  }
}

function missingOf(profile: string, key: string, at: Place): Outcome {
  return missing(`profile (${profile})`, key, at)
}

function missing(where: string, key: string, at: Place): Outcome {
  return failed(
    'configuration',
    `ProviderConfigurationException: ${where} missing \`${key}\``,
    `${where} has no ${key}`,
    at,
  )
}
