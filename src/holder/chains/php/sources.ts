import { Secret } from '../../../anatomy/secret.ts'
import type { SourceAnswer } from '../../sources/answer.ts'
import type { Credential, Place, ProviderName } from '../../sources/credential.ts'
import { environmentKeys, usualKeyRules } from '../../sources/environment-keys.ts'
import type { CredentialPlan } from '../../sources/plan.ts'
import type { Setting, Settings } from '../../sources/settings.ts'
import { absent, deferred, type Source } from '../../sources/source.ts'
import { type PhpFile, truthy } from './files.ts'
import { type PhpGround, rejected } from './ground.ts'
import { containerRole, iamRole, namedInstance } from './metadata.ts'

/** `CredentialProvider::env`. */
export const environment: Source<PhpGround> = {
  provider: 'env',
  ask({ machine }) {
    const keys = environmentKeys(machine, usualKeyRules)
    if (keys.kind === 'none') return absent('AWS_ACCESS_KEY_ID is not set')
    if (keys.kind === 'partial') {
      const because = `${keys.present} is set, but ${keys.missing} is not`
      return rejected(because, { variable: keys.present }, 'partial-credentials')
    }
    const { credential } = keys
    const values = [credential.accessKeyId.value, credential.secretAccessKey.value.reveal()]
    if (values.includes('0')) return rejected('a key in the environment is 0', credential.accessKeyId.at)
    return { outcome: 'found', credential, because: 'AWS_ACCESS_KEY_ID is set', at: credential.accessKeyId.at }
  },
}

/** `assumeRoleWithWebIdentityCredentialProvider`: both variables, else both settings of the home's own files. */
export const webIdentity: Source<PhpGround> = {
  provider: 'assume-role-with-web-identity',
  ask(ground) {
    const { machine, files, profile } = ground
    const tokenFile = truthy(machine.env('AWS_WEB_IDENTITY_TOKEN_FILE'))
    const role = truthy(machine.env('AWS_ROLE_ARN'))
    if (tokenFile !== null && role !== null) {
      const at = { variable: 'AWS_WEB_IDENTITY_TOKEN_FILE' }
      const sessionName = truthy(machine.env('AWS_ROLE_SESSION_NAME'))
      return withToken(ground, { profile: null, tokenFile, role, sessionName, region: null, at })
    }
    const settings = files.defaultProfile(profile)
    const file = settings?.get('web_identity_token_file')
    const arn = settings?.get('role_arn')
    if (file === undefined || arn === undefined) return absent('no web identity token file and role are configured')
    const sessionName = settings?.get('role_session_name')?.value ?? null
    const region = settings?.get('region')?.value ?? null
    return withToken(ground, { profile, tokenFile: file.value, role: arn.value, sessionName, region, at: file.at })
  },
}

interface WebIdentity {
  readonly profile: string | null
  readonly tokenFile: string
  readonly role: string
  readonly sessionName: string | null
  readonly region: string | null
  readonly at: Place
}

/** AssumeRoleWithWebIdentityCredentialProvider.php: the path has to be absolute, and the file must hold something. */
function withToken({ machine }: PhpGround, identity: WebIdentity): SourceAnswer {
  const { profile, tokenFile, role, sessionName, region, at } = identity
  if (!/^\w:|^\/|^\\/.test(tokenFile)) return rejected(`${tokenFile} is no absolute path`, at)
  const reading = machine.readFile(tokenFile)
  if (reading.kind !== 'found') return rejected(`Error reading WebIdentityTokenFile from ${tokenFile}`, at)
  if (reading.bytes.length === 0) return rejected(`InvalidIdentityToken from file: ${tokenFile}`, at)
  const because = `the role ${role} would be assumed with the token in ${tokenFile}`
  return deferred(because, at, { kind: 'web-identity', profile, roleArn: role, tokenFile, sessionName, region, at })
}

/** The three things that a profile may hold in one file: `process`, then `ini`, which is a role or keys. */
interface ProfileSources {
  readonly process: Source<PhpGround>
  readonly role: Source<PhpGround>
  readonly keys: Source<PhpGround>
}

/** `process()` and `ini()`: the profile's section of the credentials file. */
export const credentialsProfile: ProfileSources = profileSources({
  provider: 'shared-credentials-file',
  file: ({ files }) => files.credentials,
  section: (profile) => profile,
  settings: ({ files }, name) => files.credentialsProfile(name),
})

/** `process('profile x', …)` and `ini('profile x', …)`: the section `[profile x]`, also for `default`. */
export const configProfile: ProfileSources = profileSources({
  provider: 'config-file',
  file: ({ files }) => files.config,
  section: (profile) => `profile ${profile}`,
  settings: ({ files }, name) => files.config.section(name),
})

interface Where {
  readonly provider: ProviderName
  readonly file: (ground: PhpGround) => PhpFile
  readonly section: (profile: string) => string
  /** `loadProfiles`. */
  readonly settings: (ground: PhpGround, section: string) => Settings | null
}

function profileSources(where: Where): ProfileSources {
  const settingsOf = (ground: PhpGround): Settings | null => where.settings(ground, where.section(ground.profile))
  return {
    process: {
      provider: 'custom-process',
      ask(ground) {
        const name = where.section(ground.profile)
        const file = where.file(ground)
        const command = file.section(name)?.get('credential_process')
        if (command === undefined) return refused(file) ?? absent(`[${name}] has no credential_process`)
        if (command.value === '') return rejected('credential_process is empty', command.at)
        return deferred(`the credential_process of [${name}] would be run`, command.at, {
          kind: 'process',
          profile: ground.profile,
          command: command.value,
          run: 'shell',
          at: command.at,
        })
      },
    },
    role: {
      provider: 'assume-role',
      ask(ground) {
        const name = where.section(ground.profile)
        const settings = settingsOf(ground)
        if (settings?.has('role_arn') !== true) return absent(`[${name}] has no role_arn`)
        const role = settings.get('role_arn')!
        const plan = rolePlan(ground, where, name, settings, [])
        if (plan.kind === 'rejected') return rejected(plan.because, plan.at ?? role.at)
        return deferred(`the role ${role.value} would be assumed`, role.at, plan.plan)
      },
    },
    keys: {
      provider: where.provider,
      ask(ground) {
        const name = where.section(ground.profile)
        const settings = settingsOf(ground)
        if (settings === null) return refused(where.file(ground)) ?? absent(`there is no section [${name}]`)
        if (settings.has('role_arn')) return absent(`[${name}] has role_arn, so that its keys are not asked`)
        return keysOf(settings, where.provider, ground.profile, name)
      },
    },
  }
}

/** PHP does not understand the file: each provider that reads it is rejected. */
function refused(file: PhpFile): SourceAnswer | null {
  if (file.state !== 'refused') return null
  return rejected(`Invalid credentials file: ${file.path}`, { file: file.path })
}

function keysOf(settings: Settings, provider: ProviderName, profile: string, section: string): SourceAnswer {
  const accessKeyId = settings.get('aws_access_key_id')
  const secret = settings.get('aws_secret_access_key')
  if (accessKeyId === undefined || secret === undefined) {
    if (accessKeyId === undefined && secret === undefined) return absent(`[${section}] has no keys`)
    const [present, lacking] =
      secret === undefined
        ? ['aws_access_key_id', 'aws_secret_access_key']
        : ['aws_secret_access_key', 'aws_access_key_id']
    const because = `[${section}] has ${present}, but no ${lacking}`
    return rejected(because, (accessKeyId ?? secret)!.at, 'partial-credentials')
  }
  const credential = credentialOf(settings, provider, profile, accessKeyId, secret)
  return { outcome: 'found', credential, because: `[${section}] has aws_access_key_id`, at: accessKeyId.at }
}

function credentialOf(
  settings: Settings,
  provider: ProviderName,
  profile: string,
  accessKeyId: Setting,
  secret: Setting,
): Credential {
  const own = settings.get('aws_session_token')
  const token = truthy(own?.value) === null ? settings.get('aws_security_token') : own
  return {
    provider,
    profile,
    accessKeyId,
    secretAccessKey: { value: new Secret(secret.value), at: secret.at, raw: secret.raw },
    sessionToken: token === undefined || token.value === '' ? null : { value: new Secret(token.value), at: token.at },
    expiration: null,
    accountId: settings.get('aws_account_id') ?? null,
  }
}

// ---- roles

type RolePlan =
  | { readonly kind: 'plan'; readonly plan: CredentialPlan }
  | { readonly kind: 'rejected'; readonly because: string; readonly at?: Place | undefined }

/**
 * `loadRoleProfile`. The source profile is looked up by its very name among the sections of the same file, so that in the
 * config file `source_profile = b` means `[b]` and not `[profile b]`. Neither external id nor MFA nor duration are sent.
 */
function rolePlan(
  ground: PhpGround,
  where: Where,
  section: string,
  settings: Settings,
  visited: readonly string[],
): RolePlan {
  const role = settings.get('role_arn')!
  const sourceProfile = settings.get('source_profile')
  const credentialSource = settings.get('credential_source')
  const hasProfile = truthy(sourceProfile?.value) !== null
  const hasSource = truthy(credentialSource?.value) !== null
  if (hasProfile === hasSource) {
    const because = `Either source_profile or credential_source must be set using profile ${section}, but not both.`
    return { kind: 'rejected', because, at: (sourceProfile ?? role).at }
  }
  if (truthy(role.value) === null) return { kind: 'rejected', because: 'role_arn is empty', at: role.at }
  const from = hasProfile
    ? fromProfile(ground, where, section, sourceProfile!, visited)
    : fromSource(ground, credentialSource!)
  if (from.kind === 'rejected') return { ...from, at: from.at ?? (sourceProfile ?? credentialSource ?? role).at }
  const region = hasProfile ? where.settings(ground, sourceProfile!.value)?.get('region')?.value : undefined
  return {
    kind: 'plan',
    plan: {
      kind: 'assume-role',
      profile: ground.profile,
      roleArn: role.value,
      sessionName: settings.get('role_session_name')?.value ?? null,
      externalId: null,
      mfaSerial: null,
      durationSeconds: null,
      region: region ?? truthy(ground.machine.env('AWS_REGION')) ?? 'us-east-1',
      from: from.plan,
      at: role.at,
    },
  }
}

/** Roles behind roles are followed this far; the SDK has no such bound. */
const deepest = 200

function fromProfile(
  ground: PhpGround,
  where: Where,
  section: string,
  source: Setting,
  visited: readonly string[],
): RolePlan {
  const name = source.value
  const settings = where.settings(ground, name)
  if (settings === null) {
    return {
      kind: 'rejected',
      because: `source_profile ${name} using profile ${section} does not exist`,
      at: source.at,
    }
  }
  if (visited.includes(name)) {
    return { kind: 'rejected', because: 'Circular source_profile reference found.', at: source.at }
  }
  if (visited.length >= deepest) {
    return { kind: 'rejected', because: `more than ${deepest} profiles stand behind one another`, at: source.at }
  }
  // From the second profile on keys count before a role.
  const hasPair = settings.has('aws_access_key_id') && settings.has('aws_secret_access_key')
  if (settings.has('role_arn') && !hasPair) return rolePlan(ground, where, name, settings, [...visited, name])
  const answer = keysOf(settings, where.provider, name, name)
  if (answer.outcome === 'found') return { kind: 'plan', plan: { kind: 'static', credential: answer.credential } }
  return { kind: 'rejected', because: `No credentials present in INI profile '${name}'`, at: source.at }
}

/** `getCredentialsFromSource`: names exactly as they must be written. */
function fromSource(ground: PhpGround, source: Setting): RolePlan {
  const sources: Readonly<Record<string, Source<PhpGround>>> = {
    Environment: environment,
    EcsContainer: containerRole,
    Ec2InstanceMetadata: iamRole,
  }
  const asked = Object.hasOwn(sources, source.value) ? sources[source.value] : undefined
  if (asked === undefined) {
    return {
      kind: 'rejected',
      because: `Invalid credential_source found in config file: ${source.value}.`,
      at: source.at,
    }
  }
  const answer = asked === iamRole ? namedInstance(ground, source) : asked.ask(ground)
  if (answer.outcome === 'found') return { kind: 'plan', plan: { kind: 'static', credential: answer.credential } }
  if (answer.outcome === 'deferred' && answer.plan !== undefined) return { kind: 'plan', plan: answer.plan }
  return { kind: 'rejected', because: `${source.value} holds no credentials: ${answer.because}`, at: source.at }
}
