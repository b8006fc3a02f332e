import { Secret } from '../../../anatomy/secret.ts'
import { sha1Hex, sha256Hex } from '../../files/digest.ts'
import { absolutePath, joinPath } from '../../machine/paths.ts'
import type { SourceAnswer } from '../../sources/answer.ts'
import { cachedLogin } from '../../sources/cached-login.ts'
import { cachedSsoToken } from '../../sources/cached-sso-token.ts'
import type { Credential, ProviderName } from '../../sources/credential.ts'
import type { CredentialPlan } from '../../sources/plan.ts'
import type { Setting, Settings } from '../../sources/settings.ts'
import { absent, broken, deferred, type Source } from '../../sources/source.ts'
import { type DotnetGround, thrown } from './ground.ts'
import { containerRole, instanceRole } from './metadata.ts'
import { environment, withToken } from './sources.ts'

/**
 * The kinds of profile: .NET takes one whose settings are exactly those of a kind, and no other. Settings in brackets of the
 * source's names may be there or not.
 *
 * Source: aws-sdk-net CredentialManagement/Internal/CredentialProfileTypeDetector.cs, AWSCredentialsFactory.cs.
 */
type ProfileKind = 'basic' | 'session' | 'process' | 'role' | 'role-of-source' | 'web-identity' | 'sso' | 'login'

const providerOf: Readonly<Record<Exclude<ProfileKind, 'basic' | 'session'>, ProviderName>> = {
  process: 'custom-process',
  role: 'assume-role',
  'role-of-source': 'assume-role',
  'web-identity': 'assume-role-with-web-identity',
  sso: 'sso',
  login: 'login',
}

const kinds: readonly {
  readonly kind: ProfileKind
  readonly needs: readonly string[]
  readonly allows: readonly string[]
}[] = [
  { kind: 'process', needs: ['credential_process'], allows: [] },
  { kind: 'role', needs: ['role_arn', 'source_profile'], allows: ['external_id', 'mfa_serial', 'role_session_name'] },
  { kind: 'role-of-source', needs: ['role_arn', 'credential_source'], allows: ['role_session_name'] },
  { kind: 'web-identity', needs: ['role_arn', 'web_identity_token_file'], allows: ['role_session_name'] },
  { kind: 'basic', needs: ['aws_access_key_id', 'aws_secret_access_key'], allows: [] },
  { kind: 'session', needs: ['aws_access_key_id', 'aws_secret_access_key', 'aws_session_token'], allows: [] },
]
const ssoKeys = [
  'sso_account_id',
  'sso_region',
  'sso_registration_scopes',
  'sso_role_name',
  'sso_start_url',
  'sso_session',
]
const kindKeys = new Set([...kinds.flatMap(({ needs, allows }) => [...needs, ...allows]), ...ssoKeys, 'login_session'])

/** `DetectProfileType`; null for a mix that is no kind. Settings with an empty value are as if they were not there. */
function kindOf(settings: Settings): ProfileKind | null {
  const names = [...settings].filter(([key, { value }]) => kindKeys.has(key) && value !== '').map(([key]) => key)
  if (names.some((name) => ssoKeys.includes(name))) return 'sso'
  const others = names.filter((name) => name !== 'login_session')
  const exact = kinds.find(
    ({ needs, allows }) =>
      needs.every((name) => others.includes(name)) &&
      others.every((name) => needs.includes(name) || allows.includes(name)),
  )
  return exact?.kind ?? (others.length < names.length ? 'login' : null)
}

/** The profile as one step of the chain; its provider is the one of the profile's kind. */
export function profileSource(ground: DotnetGround): Source<DotnetGround> {
  return { provider: providerFor(ground), ask: (asked) => askProfile(asked) }
}

function providerFor({ files, profile }: DotnetGround): ProviderName {
  const found = files.profile(profile)
  if (found.kind !== 'found') return 'shared-credentials-file'
  const kind = kindOf(found.settings)
  if (kind !== null && kind !== 'basic' && kind !== 'session') return providerOf[kind]
  return found.settings.get('aws_access_key_id')?.role === 'config' ? 'config-file' : 'shared-credentials-file'
}

/** `GetProfileCredentials`: a profile that is missing stops the search unless it is the default. */
function askProfile(ground: DotnetGround): SourceAnswer {
  const { files, profile, isNamed } = ground
  const found = files.profile(profile)
  if (found.kind === 'thrown') return thrown(ground, found.says, found.because, found.at, found.reason)
  if (found.kind === 'missing') {
    if (isNamed) {
      const says = `AmazonClientException: Unable to find the "${profile}" profile specified in the client configuration.`
      return broken('profile-not-found', says, found.because, found.at)
    }
    if (profile.toLowerCase() === 'default') return absent(found.because, found.at)
    const says = `ProfileNotFoundException: Unable to find the "${profile}" profile.`
    return broken('profile-not-found', says, found.because, { variable: 'AWS_PROFILE' })
  }
  const made = make(ground, profile, found.settings, found.ssoSession, { isFirst: true, visited: [] })
  if (made.kind === 'answer') return made.answer
  return made.plan.kind === 'static'
    ? foundKeys(made.plan.credential)
    : deferred(made.because, made.plan.at ?? undefined, made.plan)
}

function foundKeys(credential: Credential): SourceAnswer {
  const because = `[${credential.profile}] has aws_access_key_id`
  return { outcome: 'found', credential, because, at: credential.accessKeyId.at }
}

// ---- AWSCredentialsFactory.GetAWSCredentialsInternal

type Made =
  | { readonly kind: 'plan'; readonly plan: CredentialPlan; readonly because: string }
  | { readonly kind: 'answer'; readonly answer: SourceAnswer }

interface Way {
  /** Only of the first profile it is asked whether a person would have to answer something. */
  readonly isFirst: boolean
  readonly visited: readonly string[]
}

function make(ground: DotnetGround, name: string, settings: Settings, session: Settings | null, way: Way): Made {
  const kind = kindOf(settings)
  const value = (key: string): string => settings.get(key)?.value ?? ''
  switch (kind) {
    case null:
      return noKind(ground, name, settings)
    case 'basic':
    case 'session': {
      const credential = credentialOf(name, settings)
      return { kind: 'plan', plan: { kind: 'static', credential }, because: `[${name}] has aws_access_key_id` }
    }
    case 'process': {
      const command = settings.get('credential_process')!
      const plan = { kind: 'process', profile: name, command: command.value, run: 'shell', at: command.at } as const
      return { kind: 'plan', plan, because: `the credential_process of [${name}] would be run` }
    }
    case 'web-identity': {
      const at = settings.get('web_identity_token_file')!.at
      const sessionName = value('role_session_name')
      const tokenFile = value('web_identity_token_file')
      return madeOf(withToken(ground, { profile: name, tokenFile, roleArn: value('role_arn'), sessionName, at }))
    }
    case 'sso':
      return makeSso(ground, name, settings, session, way)
    case 'login':
      return makeLogin(ground, name, settings.get('login_session')!)
    case 'role':
    case 'role-of-source':
      return makeRole(ground, name, settings, way)
  }
}

function madeOf(answer: SourceAnswer): Made {
  return answer.outcome === 'deferred' && answer.plan !== undefined
    ? { kind: 'plan', plan: answer.plan, because: answer.because }
    : { kind: 'answer', answer }
}

function noKind(ground: DotnetGround, name: string, settings: Settings): Made {
  const present = [...settings].filter(([key, { value }]) => kindKeys.has(key) && value !== '')
  const [first] = present
  if (first === undefined)
    return { kind: 'answer', answer: absent(`[${name}] has no setting that credentials come from`) }
  const says =
    `InvalidDataException: Credential profile [${name}] is not valid.  ` +
    'Please ensure the profile contains a valid combination of properties.'
  const because = `[${name}] has ${present.map(([key]) => key).join(', ')}, which .NET does not take together`
  const isPair = present.some(([key]) => key === 'aws_access_key_id' || key === 'aws_secret_access_key')
  const reason = isPair && present.length === 1 ? 'partial-credentials' : 'configuration'
  return { kind: 'answer', answer: thrown(ground, says, because, first[1].at, reason) }
}

function credentialOf(profile: string, settings: Settings): Credential {
  const accessKeyId = settings.get('aws_access_key_id')!
  const secret = settings.get('aws_secret_access_key')!
  const token = settings.get('aws_session_token')
  return {
    provider: accessKeyId.role === 'config' ? 'config-file' : 'shared-credentials-file',
    profile,
    accessKeyId,
    secretAccessKey: { value: new Secret(secret.value), at: secret.at, raw: secret.raw },
    sessionToken: token === undefined || token.value === '' ? null : { value: new Secret(token.value), at: token.at },
    expiration: null,
    accountId: settings.get('aws_account_id') ?? null,
  }
}

/** SSOAWSCredentials.cs, SSOTokenManager.cs: what is missing beside the region is only missed when it is used. */
function makeSso(
  ground: DotnetGround,
  name: string,
  settings: Settings,
  session: Settings | null,
  { isFirst }: Way,
): Made {
  const { machine } = ground
  const shared = session ?? settings
  const startUrl = shared.get('sso_start_url')?.value ?? ''
  const region = shared.get('sso_region')?.value ?? ''
  const sessionName = settings.get('sso_session')?.value || null
  const trigger = ssoKeys.map((key) => settings.get(key)).find((setting) => setting !== undefined)!
  const at = (settings.get('sso_account_id') ?? trigger).at
  const home = userProfileOf(ground)
  const tokenFile = joinPath(machine, home, '.aws', 'sso', 'cache', `${sha1Hex(sessionName ?? startUrl)}.json`)
  const token = cachedSsoToken(machine, absolutePath(machine, tokenFile))
  const isCached = token.kind === 'found' && token.hasAccessToken && token.expiresAt !== null
  if (isFirst && !isCached) {
    const says =
      `InvalidOperationException: The profile [${name}] is an SSO profile.  This type of profile is not allowed here.  ` +
      'Please use a different type of profile.'
    return {
      kind: 'answer',
      answer: thrown(ground, says, `${tokenFile} holds no token of aws sso login`, at, 'expired'),
    }
  }
  if (region === '') {
    const says = "ArgumentNullException: Value cannot be null. (Parameter 'region')"
    return { kind: 'answer', answer: thrown(ground, says, `[${name}] has no sso_region`, at) }
  }
  const accountId = settings.get('sso_account_id')?.value ?? ''
  const roleName = settings.get('sso_role_name')?.value ?? ''
  const missing = Object.entries({ AccountId: accountId, RoleName: roleName, StartUrl: startUrl })
    .filter(([, value]) => value.trim() === '')
    .map(([property]) => property)
  if (missing.length > 0) {
    const says = `ArgumentNullException: Property cannot be empty: ${missing.join(', ')}`
    return {
      kind: 'answer',
      answer: broken('configuration', says, `[${name}] lacks ${missing.join(', ')} of its SSO role`, at),
    }
  }
  const isOver = !isCached || token.expiresAt.getTime() <= machine.now().getTime()
  const canRefresh = token.kind === 'found' && token.hasRefreshToken && token.hasClient
  if (isOver && !canRefresh) {
    const says = isCached
      ? 'AmazonClientException: SSO Token has expired and can not be refreshed'
      : 'AmazonClientException: No valid SSO Token could be found.'
    return { kind: 'answer', answer: broken('expired', says, `the token in ${tokenFile} is over`, at) }
  }
  const because = `the role ${roleName} in account ${accountId} would be asked of IAM Identity Center`
  const plan = {
    kind: 'sso',
    profile: name,
    startUrl,
    region,
    accountId,
    roleName,
    sessionName,
    tokenFile,
    at,
  } as const
  return { kind: 'plan', plan, because }
}

/** `Environment.SpecialFolder.UserProfile`. */
function userProfileOf({ machine }: DotnetGround): string {
  const home = machine.env(machine.platform === 'win32' ? 'USERPROFILE' : 'HOME') ?? ''
  return home === '' ? (machine.userHome ?? '') : home
}

/** LoginAWSCredentials.cs, LoginTokenFileCache.cs. */
function makeLogin(ground: DotnetGround, name: string, session: Setting): Made {
  const { machine } = ground
  const named = machine.env('AWS_LOGIN_CACHE_DIRECTORY') ?? ''
  const directory = named === '' ? joinPath(machine, userProfileOf(ground), '.aws', 'login', 'cache') : named
  const cacheFile = absolutePath(machine, joinPath(machine, directory, `${sha256Hex(session.value.trim())}.json`))
  if (cachedLogin(machine, cacheFile).kind !== 'found') {
    const says = 'AmazonClientException: No valid login token could be found. Please reauthenticate using aws login.'
    return { kind: 'answer', answer: broken('expired', says, `${cacheFile} holds no session of aws login`, session.at) }
  }
  const plan = {
    kind: 'login',
    profile: name,
    session: session.value,
    cacheFile,
    region: null,
    at: session.at,
  } as const
  return { kind: 'plan', plan, because: `the session ${session.value} of aws login would be used` }
}

function makeRole(ground: DotnetGround, name: string, settings: Settings, way: Way): Made {
  const role = settings.get('role_arn')!
  const mfa = settings.get('mfa_serial')
  const sessionName = settings.get('role_session_name')?.value || null
  const mfaSerial = mfa === undefined || mfa.value === '' ? null : mfa.value
  if (mfaSerial !== null && sessionName === null && way.isFirst) {
    const says =
      `InvalidOperationException: The profile [${name}] is an assume role profile that requires an MFA.  This type of profile ` +
      "is not allowed here.  Please use an assume role profile that doesn't require an MFA, or a different type of profile."
    return {
      kind: 'answer',
      answer: thrown(ground, says, `[${name}] needs a one-time code, and nothing asks for it`, mfa!.at),
    }
  }
  const source = settings.get('source_profile')
  const from =
    source !== undefined && source.value !== ''
      ? fromProfile(ground, name, source, way)
      : fromSource(ground, name, settings.get('credential_source')!)
  if (from.kind === 'answer') return from
  if (mfaSerial !== null) {
    const says =
      'InvalidOperationException: The MfaSerialNumber has been set but neither MfaTokenCode nor MfaTokenCodeCallback have been set.'
    return {
      kind: 'answer',
      answer: broken('unsupported', says, `[${name}] needs a one-time code, and nothing asks for it`, mfa!.at),
    }
  }
  const plan: CredentialPlan = {
    kind: 'assume-role',
    profile: name,
    roleArn: role.value,
    sessionName,
    externalId: settings.get('external_id')?.value || null,
    mfaSerial,
    durationSeconds: null,
    region: null,
    from: from.plan,
    at: role.at,
  }
  return { kind: 'plan', plan, because: `the role ${role.value} would be assumed` }
}

/** Roles behind roles are followed this far; the SDK has no such bound. */
const deepest = 200

function fromProfile(ground: DotnetGround, name: string, source: Setting, { visited }: Way): Made {
  const refuse = (because: string): Made => {
    const says = `InvalidDataException: Error reading source profile [${source.value}] for profile [${name}].`
    return { kind: 'answer', answer: thrown(ground, says, because, source.at) }
  }
  if (visited.includes(name)) return refuse(`source_profile = ${source.value} leads back to where it came from`)
  if (visited.length >= deepest) return refuse(`more than ${deepest} profiles stand behind one another`)
  const found = ground.files.profile(source.value)
  if (found.kind === 'thrown')
    return { kind: 'answer', answer: thrown(ground, found.says, found.because, found.at, found.reason) }
  if (found.kind === 'missing') return refuse(`source_profile = ${source.value} does not exist`)
  if (kindOf(found.settings) === null)
    return refuse(`source_profile = ${source.value} holds no credentials that .NET takes`)
  return make(ground, source.value, found.settings, found.ssoSession, { isFirst: false, visited: [...visited, name] })
}

/** `GetCredentialSourceAWSCredentials`: names in any case. */
function fromSource(ground: DotnetGround, name: string, source: Setting): Made {
  const refuse = (says: string, because: string): Made => ({
    kind: 'answer',
    answer: thrown(ground, says, because, source.at),
  })
  const answers: Readonly<Record<string, () => SourceAnswer>> = {
    environment: () => environment.ask(ground),
    ecscontainer: () => containerRole.ask(ground),
    ec2instancemetadata: () => instanceRole(ground, source.at),
  }
  const key = source.value.trim().toLowerCase()
  const ask = Object.hasOwn(answers, key) ? answers[key] : undefined
  const reading = `InvalidDataException: Error reading credential source [${source.value}] for profile [${name}].`
  if (ask === undefined) return refuse(reading, `credential_source = ${source.value} is none that exists`)
  const answer = ask()
  if (answer.outcome === 'found') {
    return { kind: 'plan', plan: { kind: 'static', credential: answer.credential }, because: answer.because }
  }
  if (answer.outcome === 'absent')
    return refuse(reading, `credential_source = ${source.value} holds no credentials: ${answer.because}`)
  return madeOf(answer)
}
