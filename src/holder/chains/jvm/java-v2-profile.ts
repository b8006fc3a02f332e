import { Secret } from '../../../anatomy/secret.ts'
import { trimJava } from '../../files/dialects/java-text.ts'
import type { Setting, Settings } from '../../files/reading.ts'
import type { Place, Placed } from '../../sources/credential.ts'
import { refusedJavaClient } from './clients.ts'
import { javaV2Container } from './container.ts'
import { environmentCredential } from './environment.ts'
import {
  deepest,
  failed,
  type JvmGround,
  type Outcome,
  planOf,
  processOutcome,
  type RegionChoice,
  tooDeep,
} from './ground.ts'
import { javaV2Instance, regionWithInstance } from './instance.ts'
import { javaV2Login, javaV2SsoToken } from './java-v2-caches.ts'
import { javaV2Keys } from './java-v2-keys.ts'
import { type ProfileKind, whereAny } from './profile-sources.ts'
import { javaWebIdentity } from './web-identity.ts'

/*
 * How the AWS SDK for Java 2 finds of which kind a profile is, and what it makes of it.
 * Sources: aws-sdk-java-v2 auth `ProfileCredentialsUtils`, sts `StsProfileCredentialsProviderFactory`,
 * sso `SsoProfileCredentialsProviderFactory`, signin `LoginProfileCredentialsProviderFactory`.
 */

const ssoKeys = ['sso_role_name', 'sso_account_id', 'sso_region', 'sso_start_url', 'sso_session']

export const javaV2Kinds: readonly ProfileKind<JvmGround>[] = [
  {
    providers: ['assume-role-with-web-identity'],
    lacks: 'no web_identity_token_file beside a role_arn',
    trigger: (settings) => (settings.has('role_arn') ? whereAny(settings, ['web_identity_token_file']) : null),
    resolve: webIdentity,
  },
  {
    providers: ['sso'],
    lacks: 'no setting of IAM Identity Center',
    trigger: (settings) => whereAny(settings, ssoKeys),
    resolve: sso,
  },
  {
    providers: ['assume-role'],
    lacks: 'no role_arn with a source_profile or credential_source',
    trigger: (settings) =>
      whereAny(settings, ['source_profile', 'credential_source']) === null ? null : whereAny(settings, ['role_arn']),
    resolve: (ground, settings) => role(ground, settings, new Set()),
  },
  {
    providers: ['login'],
    lacks: 'no login_session',
    trigger: (settings) => whereAny(settings, ['login_session']),
    resolve: login,
  },
  {
    providers: ['custom-process'],
    lacks: 'no credential_process',
    trigger: (settings) => whereAny(settings, ['credential_process']),
    resolve: ({ profile }, settings) => processOutcome(profile, settings.get('credential_process')!),
  },
  {
    providers: ['shared-credentials-file', 'config-file'],
    lacks: 'no aws_access_key_id',
    trigger: (settings) => whereAny(settings, ['aws_access_key_id', 'aws_session_token']),
    resolve: keys,
  },
]

/** What a profile comes to, be it the selected one or a source of another; null when it is of no kind. */
function resolveProfile(ground: JvmGround, settings: Settings, visited: Set<string>): Outcome | null {
  const kind = javaV2Kinds.find(({ trigger }) => trigger(settings) !== null)
  if (kind === undefined) return null
  return kind.providers[0] === 'assume-role' ? role(ground, settings, visited) : kind.resolve(ground, settings)
}

function role(ground: JvmGround, settings: Settings, visited: Set<string>): Outcome {
  const { profile } = ground
  const arn = settings.get('role_arn')!
  const sourceProfile = settings.get('source_profile')
  const credentialSource = settings.get('credential_source')
  if (sourceProfile !== undefined && credentialSource !== undefined) {
    const says = 'IllegalStateException: Invalid profile file: profile has both source_profile and credential_source.'
    return failed('configuration', says, `[${profile}] has both source_profile and credential_source`, sourceProfile.at)
  }
  const source =
    sourceProfile === undefined ? namedSource(ground, credentialSource!) : fromProfile(ground, sourceProfile, visited)
  if (source.kind === 'broken') return source
  const region = regionOfRole(ground, settings)
  if (region.kind === 'broken') return region
  const refusal = refusedJavaClient(ground, 'STS', regionWithInstance(ground, region.choice))
  if (refusal !== null) return refusal
  return {
    kind: 'planned',
    because: `the role ${arn.value} would be assumed with what ${sourceProfile === undefined ? `credential_source ${credentialSource!.value}` : `[${sourceProfile.value}]`} holds`,
    at: arn.at,
    plan: {
      kind: 'assume-role',
      profile,
      roleArn: arn.value,
      sessionName: settings.get('role_session_name')?.value ?? null,
      externalId: settings.get('external_id')?.value ?? null,
      mfaSerial: null,
      durationSeconds: null,
      region: region.choice?.name ?? null,
      from: planOf(source),
      at: arn.at,
    },
  }
}

/** The region of the profile that has the role, else the usual one; without any, the global host is asked. */
function regionOfRole(
  { region }: JvmGround,
  settings: Settings,
): { readonly kind: 'region'; readonly choice: RegionChoice | null } | Extract<Outcome, { kind: 'broken' }> {
  const own = settings.get('region')
  if (own === undefined) return { kind: 'region', choice: region }
  if (trimJava(own.value) !== '') return { kind: 'region', choice: { name: own.value, at: own.at } }
  const says = 'IllegalArgumentException: region must not be blank or empty.'
  return { kind: 'broken', reason: 'configuration', says, because: 'the region of the profile is empty', at: own.at }
}

function fromProfile(ground: JvmGround, { value: name, at }: Setting, visited: Set<string>): Outcome {
  const { profile } = ground
  if (visited.has(profile)) {
    const names = [...visited].join(', ')
    const says = `IllegalStateException: Invalid profile file: Circular relationship detected with profiles [${names}].`
    return failed('configuration', says, `source_profile = ${name} leads back to where it came from`, at)
  }
  if (visited.size >= deepest) return tooDeep(at)
  visited.add(profile)
  const settings = ground.files.profile(name)
  const outcome = settings === null ? null : resolveProfile({ ...ground, profile: name, settings }, settings, visited)
  if (outcome !== null) return outcome
  const says =
    `IllegalStateException: The source profile of '${profile}' was configured to be '${name}', ` +
    'but that source profile has no credentials configured.'
  const because = settings === null ? 'does not exist' : 'holds no credentials'
  return failed('configuration', says, `source_profile = ${name} ${because}`, at)
}

function namedSource(ground: JvmGround, { value, at }: Setting): Outcome {
  switch (value.toLowerCase()) {
    case 'ecscontainer':
      return javaV2Container(ground.machine) ?? nothing('no container endpoint is configured')
    case 'ec2instancemetadata': {
      const instance = javaV2Instance(ground)
      return instance.kind === 'absent' ? nothing(instance.because) : instance
    }
    case 'environment': {
      const credential = environmentCredential(ground.machine, javaV2Keys)
      if (credential === null) return nothing('the environment holds no keys')
      return { kind: 'static', credential, because: 'AWS_ACCESS_KEY_ID is set', at: credential.accessKeyId.at }
    }
    default: {
      const says = `IllegalArgumentException: ${value} is not a valid credential_source`
      return failed('configuration', says, `credential_source = ${value} is none that exists`, at)
    }
  }
  function nothing(because: string): Outcome {
    const says = 'SdkClientException: Unable to load credentials'
    return failed('configuration', says, `credential_source = ${value} holds no credentials: ${because}`, at)
  }
}

function webIdentity(ground: JvmGround, settings: Settings): Outcome {
  const arn = settings.get('role_arn')!
  const file = settings.get('web_identity_token_file')!
  return javaWebIdentity(ground, {
    profile: ground.profile,
    roleArn: arn.value,
    tokenFile: file.value,
    sessionName: settings.get('role_session_name')?.value ?? null,
    at: file.at,
  })
}

function sso(ground: JvmGround, settings: Settings): Outcome {
  const { files, profile } = ground
  const session = settings.get('sso_session')
  const at = whereAny(settings, ssoKeys)!
  const needed = ['sso_account_id', 'sso_role_name', ...(session === undefined ? ['sso_region', 'sso_start_url'] : [])]
  const missing = needed.find((key) => !settings.has(key))
  if (missing !== undefined) return missingProperty(missing, profile, at)
  const accountId = settings.get('sso_account_id')!.value
  const roleName = settings.get('sso_role_name')!.value
  if (session === undefined) {
    const startUrl = settings.get('sso_start_url')!.value
    return ssoPlan(ground, {
      startUrl,
      region: settings.get('sso_region')!,
      accountId,
      roleName,
      sessionName: null,
      at,
    })
  }
  const section = files.ssoSession(session.value)
  if (section === null) {
    const says = `IllegalArgumentException: Sso-session section not found with sso-session title ${session.value}.`
    return failed('configuration', says, `[sso-session ${session.value}] does not exist`, session.at)
  }
  for (const key of ['sso_region', 'sso_start_url']) {
    const [own, shared] = [settings.get(key), section.get(key)]
    if (own === undefined || own.value.toLowerCase() === shared?.value.toLowerCase()) continue
    const says =
      shared === undefined
        ? 'NoSuchElementException: No value present'
        : `IllegalArgumentException: Profile ${profile} and Sso-session ${session.value} has different ${key}.`
    return failed(
      'configuration',
      says,
      `${key} differs between [${profile}] and [sso-session ${session.value}]`,
      own.at,
    )
  }
  const lacking = ['sso_region', 'sso_start_url'].find((key) => !section.has(key))
  if (lacking !== undefined) return missingProperty(lacking, profile, session.at)
  if (section.has('sso_account_id') || section.has('sso_role_name')) {
    const says =
      'ExpiredTokenException: sso_account_id or sso_role_name properties must not be defined forprofiles that provide ssooidc providers'
    return failed('configuration', says, `[sso-session ${session.value}] has an account or a role`, session.at)
  }
  const startUrl = section.get('sso_start_url')!.value
  const region = section.get('sso_region')!
  return ssoPlan(ground, { startUrl, region, accountId, roleName, sessionName: session.value, at })
}

interface SsoChoice {
  readonly startUrl: string
  readonly region: Setting
  readonly accountId: string
  readonly roleName: string
  readonly sessionName: string | null
  readonly at: Place
}

function ssoPlan(ground: JvmGround, { region, at, ...choice }: SsoChoice): Outcome {
  if (trimJava(region.value) === '') {
    const says = 'IllegalArgumentException: region must not be blank or empty.'
    return failed('configuration', says, 'sso_region is empty', region.at)
  }
  const place = { name: region.value, at: region.at }
  const refusal = refusedJavaClient(ground, 'SSO', place)
  if (refusal !== null) return refusal
  const token = javaV2SsoToken(ground.machine, choice.sessionName, choice.startUrl)
  if (token.kind === 'refused') return failed(token.reason, token.says, token.because, at)
  // With a session the client that refreshes its token is made in any case.
  const use = token.isRefreshed ? 'asked' : 'made'
  const unrefreshed = choice.sessionName === null ? null : refusedJavaClient(ground, 'SSO_OIDC', place, use)
  if (unrefreshed !== null) return unrefreshed
  return {
    kind: 'planned',
    because: `the role ${choice.roleName} in account ${choice.accountId} would be asked of IAM Identity Center`,
    at,
    plan: { kind: 'sso', profile: ground.profile, ...choice, region: region.value, tokenFile: token.path, at },
  }
}

function login(ground: JvmGround, settings: Settings): Outcome {
  const session = settings.get('login_session')!
  const region = named(ground.machine.env('AWS_REGION')) ?? named(settings.get('region')?.value)
  // Without a region the client for refreshing it cannot be made, whether or not it is needed.
  if (region === null && javaV2Instance(ground).kind !== 'planned') {
    const says = 'SdkClientException: Unable to load region from any of the providers in the chain'
    return failed('configuration', says, 'login_session needs a region', session.at)
  }
  const client = { ...ground, activeProfile: ground.profile }
  const place = { name: region ?? 'us-east-1', at: null }
  const unmade = refusedJavaClient(client, 'SIGNIN', place, 'made')
  if (unmade !== null) return unmade
  const cached = javaV2Login(ground.machine, session.value)
  if (cached.kind === 'refused') return failed(cached.reason, cached.says, cached.because, session.at)
  const unasked = cached.isRefreshed ? refusedJavaClient(client, 'SIGNIN', place) : null
  if (unasked !== null) return unasked
  return {
    kind: 'planned',
    because: `the session ${session.value} of aws login would be used`,
    at: session.at,
    plan: {
      kind: 'login',
      profile: ground.profile,
      session: session.value,
      cacheFile: cached.path,
      region,
      at: session.at,
    },
  }
}

function named(text: string | undefined): string | null {
  const name = trimJava(text ?? '')
  return name === '' ? null : name
}

function keys({ profile }: JvmGround, settings: Settings): Outcome {
  const id = settings.get('aws_access_key_id')
  const secret = settings.get('aws_secret_access_key')
  const token = settings.get('aws_session_token')
  const at = (id ?? token)!.at
  for (const [key, setting] of [
    ['aws_access_key_id', id],
    ['aws_secret_access_key', secret],
  ] as const) {
    if (setting === undefined) return missingProperty(key, profile, at, 'partial-credentials')
  }
  // Only credentials without a token drop blanks and refuse empty keys (`AwsBasicCredentials`, `AwsSessionCredentials`).
  const used = (text: string): string => (token === undefined ? trimJava(text) : text)
  const [idValue, secretValue] = [used(id!.value), used(secret!.value)]
  if (token === undefined && (idValue === '' || secretValue === '')) {
    const says = `NullPointerException: ${idValue === '' ? 'Access key ID' : 'Secret access key'} cannot be blank.`
    return failed('partial-credentials', says, `[${profile}] has an empty key`, (idValue === '' ? id! : secret!).at)
  }
  const account = settings.get('aws_account_id')
  return {
    kind: 'static',
    because: `[${profile}] has aws_access_key_id`,
    at: id!.at,
    credential: {
      provider: id!.role === 'credentials' ? 'shared-credentials-file' : 'config-file',
      profile,
      accessKeyId: { value: idValue, at: id!.at, raw: rawOf(id!, idValue) },
      secretAccessKey: { value: new Secret(secretValue), at: secret!.at, raw: rawOf(secret!, secretValue) },
      sessionToken: token === undefined ? null : secretOf(token),
      expiration: null,
      accountId: account === undefined ? null : { value: account.value, at: account.at },
    },
  }
}

function secretOf({ value, raw, at }: Setting): Placed<Secret> {
  return { value: new Secret(value), at, raw }
}

function rawOf({ raw, value }: Setting, used: string): string | undefined {
  return raw ?? (used === value ? undefined : value)
}

function missingProperty(
  key: string,
  profile: string,
  at: Place,
  reason: 'configuration' | 'partial-credentials' = 'configuration',
): Outcome {
  const says = `IllegalArgumentException: Profile property '${key}' was not configured for '${profile}'.`
  return failed(reason, says, `[${profile}] has no ${key}`, at)
}
