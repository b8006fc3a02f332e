import { Secret } from '../../anatomy/secret.ts'
import type { AwsFiles } from '../files/aws-files.ts'
import { trimJava } from '../files/dialects/java-text.ts'
import type { Setting, Settings } from '../files/reading.ts'
import type { Machine } from '../machine/machine.ts'
import { absolutePath } from '../machine/paths.ts'
import type { Credential } from '../sources/credential.ts'
import { absent, broken, passedOver, type Source } from '../sources/source.ts'
import { awsEndpoints } from './aws-endpoints.ts'
import { answerOf } from './jvm/answers.ts'
import { containerVariables, javaV1Container } from './jvm/container.ts'
import { environmentAnswer, type JvmKeyRules } from './jvm/environment.ts'
import { failed, type Outcome, processOutcome, type RegionChoice, type SelectedProfile } from './jvm/ground.ts'
import { javaV1Instance } from './jvm/instance.ts'
import { type JavaV1Ground, javaV1Ground } from './jvm/java-v1-ground.ts'
import { type ProfileKind, profileSources, whereAny } from './jvm/profile-sources.ts'
import { type WebIdentity, webIdentityPlan } from './jvm/web-identity.ts'
import { walk } from './loop.ts'
import type { ChainQuestion, ChainRules } from './rules.ts'
import type { EndpointChoice, Trace } from './trace.ts'

/**
 * The AWS SDK for Java 1 (`DefaultAWSCredentialsProviderChain`), with its module sts on the class path. Every error of a source
 * is passed over. Profiles are read from one file alone: the credentials file, else the config file, and `AWS_CONFIG_FILE` and
 * `AWS_SHARED_CREDENTIALS_FILE` do not move it. The chain takes no profile as an argument; named here is what a program gets that
 * puts `new ProfileCredentialsProvider(name)` in its place. IAM Identity Center, `login_session` and `credential_source` are not known.
 */
export const javaV1: ChainRules = { sdk: 'java-v1', version: 'com.amazonaws 1.12.797', evidence: 'observed', trace }

/** Source: auth `EnvironmentVariableCredentialsProvider`, `SDKGlobalConfiguration`. */
const keys: JvmKeyRules = {
  accessKeyId: ['AWS_ACCESS_KEY_ID', 'AWS_ACCESS_KEY'],
  secretAccessKey: ['AWS_SECRET_KEY', 'AWS_SECRET_ACCESS_KEY'],
  used: trimJava,
  isUnset: (text) => text === '',
  words: () =>
    'SdkClientException: Unable to load AWS credentials from environment variables (AWS_ACCESS_KEY_ID (or AWS_ACCESS_KEY) and ' +
    'AWS_SECRET_KEY (or AWS_SECRET_ACCESS_KEY))',
}

const environment: Source<JavaV1Ground> = { provider: 'env', ask: ({ machine }) => environmentAnswer(machine, keys) }

const systemProperties: Source<JavaV1Ground> = {
  provider: 'system-properties',
  ask: () => absent('aws.accessKeyId is a property of the running program, of which nothing is known here'),
}

/** Source: auth `WebIdentityTokenCredentialsProvider`, services/securitytoken/internal `STSProfileCredentialsService`. */
const webIdentity: Source<JavaV1Ground> = {
  provider: 'assume-role-with-web-identity',
  ask(ground) {
    const { machine } = ground
    const [file, role] = ['AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_ROLE_ARN'].map((name) => machine.env(name))
    if (file === undefined && role !== undefined) {
      // Without a token file it takes the role for one to be assumed with what this same chain finds, and never comes back.
      const because =
        'AWS_ROLE_ARN is set without AWS_WEB_IDENTITY_TOKEN_FILE, and then this SDK asks itself without end'
      return broken('configuration', 'StackOverflowError: null', because, { variable: 'AWS_ROLE_ARN' })
    }
    if (file === undefined) return absent('AWS_WEB_IDENTITY_TOKEN_FILE is not set')
    const at = { variable: 'AWS_WEB_IDENTITY_TOKEN_FILE' }
    if (role === undefined) {
      const says =
        'NullPointerException: You must specify a value for roleArn, roleSessionName and webIdentityTokenFile'
      return passedOver('configuration', says, 'AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN is not', at)
    }
    const sessionName = machine.env('AWS_ROLE_SESSION_NAME') ?? null
    return answerOf(byWebIdentity(ground, { profile: null, roleArn: role, tokenFile: file, sessionName, at }))
  },
}

const noRegion =
  'SdkClientException: Unable to find a region via the region provider chain. Must provide an explicit region in the ' +
  'builder or setup environment to supply a region.'

/** The client for it needs a region, unlike the one that assumes a role (`STSAssumeRoleWithWebIdentitySessionCredentialsProvider`). */
function byWebIdentity(ground: JavaV1Ground, identity: WebIdentity): Outcome {
  const { machine, region } = ground
  if (region === null && instanceOf(ground).kind !== 'planned') {
    return failed('configuration', noRegion, 'no region is configured', identity.at)
  }
  const mode = regionalMode(ground)
  if (mode.kind === 'invalid')
    return failed('configuration', mode.says, 'the mode of the STS endpoints is none', mode.at)
  const found = machine.readFile(absolutePath(machine, identity.tokenFile === '' ? '.' : identity.tokenFile))
  if (found.kind !== 'found') {
    const says =
      found.kind === 'unreadable' && found.because === 'directory'
        ? `SdkClientException: Unable to read web identity token from file: ${identity.tokenFile}`
        : `SdkClientException: Unable to locate specified web identity token file: ${identity.tokenFile}`
    return failed('file-unreadable', says, `the token file ${identity.tokenFile} cannot be read`, identity.at)
  }
  return webIdentityPlan(identity, region?.name ?? null)
}

/** services/securitytoken `RegionalEndpointsOptionResolver`. */
function regionalMode({
  machine,
  config,
  profile,
}: JavaV1Ground):
  | { readonly kind: 'legacy' | 'regional' }
  | { readonly kind: 'invalid'; readonly says: string; readonly at: { readonly variable: string } | Setting['at'] } {
  const variable = 'AWS_STS_REGIONAL_ENDPOINTS'
  const named = machine.env(variable)
  const setting = config?.profile(profile.from === 'argument' ? 'default' : profile.name)?.get('sts_regional_endpoints')
  const text = named ?? setting?.value
  if (text === undefined || text.toLowerCase() === 'legacy') return { kind: 'legacy' }
  if (text.toLowerCase() === 'regional') return { kind: 'regional' }
  return named === undefined
    ? {
        kind: 'invalid',
        says: `SdkClientException: Unexpected option for 'sts_regional_endpoints' property: ${text}`,
        at: setting!.at,
      }
    : {
        kind: 'invalid',
        says: `SdkClientException: Unexpected value set for ${variable} environment variable: '${text}'`,
        at: { variable },
      }
}

/** auth/profile `ProfilesConfigFile` `fromProfile`. */
const kinds: readonly ProfileKind<JavaV1Ground>[] = [
  {
    providers: ['assume-role'],
    lacks: 'no role_arn',
    trigger: (settings) => whereAny(settings, ['role_arn']),
    resolve: role,
  },
  {
    providers: ['custom-process'],
    lacks: 'no credential_process',
    trigger: (settings) => whereAny(settings, ['credential_process']),
    resolve: ({ profile }, settings) => processOutcome(profile.name, settings.get('credential_process')!),
  },
  {
    providers: ['shared-credentials-file', 'config-file'],
    lacks: 'no aws_access_key_id',
    trigger: (settings) => whereAny(settings, ['aws_access_key_id', 'aws_secret_access_key']),
    resolve: ({ profile }, settings) => staticKeys(profile.name, settings),
  },
]

function selected({ profiles, profile }: JavaV1Ground): SelectedProfile {
  return { refusal: profiles.refusal, name: profile.name, settings: profiles.profile(profile.name) }
}

/** auth/profile/internal `ProfileAssumeRoleCredentialsProvider`: the source must hold keys itself; its own role does not count. */
function role(ground: JavaV1Ground, settings: Settings): Outcome {
  const { name } = ground.profile
  const arn = settings.get('role_arn')!
  const source = settings.get('source_profile')
  if (source === undefined || source.value === '') {
    const says = `SdkClientException: Unable to load credentials from profile [${name}]: Source profile name is not specified`
    return failed('configuration', says, `[${name}] has a role_arn, but no source_profile`, arn.at)
  }
  const sourceSettings = ground.profiles.profile(source.value)
  if (sourceSettings === null) {
    const says = `SdkClientException: Unable to load source profile [${name}]: Source profile was not found [${source.value}]`
    return failed('configuration', says, `source_profile = ${source.value} does not exist`, source.at)
  }
  const from = staticKeys(source.value, sourceSettings)
  if (from.kind !== 'static') return from
  const sessionName = settings.get('role_session_name')?.value ?? null
  const tokenFile = settings.get('web_identity_token_file')
  if (tokenFile !== undefined) {
    return byWebIdentity(ground, {
      profile: name,
      roleArn: arn.value,
      tokenFile: tokenFile.value,
      sessionName,
      at: tokenFile.at,
    })
  }
  return {
    kind: 'planned',
    because: `the role ${arn.value} would be assumed with the keys of [${source.value}]`,
    at: arn.at,
    plan: {
      kind: 'assume-role',
      profile: name,
      roleArn: arn.value,
      sessionName,
      externalId: settings.get('external_id')?.value ?? null,
      mfaSerial: null,
      durationSeconds: 900,
      // Its client is made without a region, and asks the global host.
      region: 'us-east-1',
      from: { kind: 'static', credential: from.credential },
      at: arn.at,
    },
  }
}

/** auth/profile/internal `ProfileStaticCredentialsProvider`. */
function staticKeys(name: string, settings: Settings): Outcome {
  const id = settings.get('aws_access_key_id')
  const secret = settings.get('aws_secret_access_key')
  const token = settings.get('aws_session_token')
  const at = (id ?? secret ?? token)?.at
  const unable = (what: string, whose: string | undefined): string =>
    `SdkClientException: Unable to load credentials into profile [${whose ?? 'null'}]: AWS ${what}`
  if (id === undefined || id.value === '') {
    return failed(
      'partial-credentials',
      unable('Access Key ID is not specified.', name),
      `[${name}] has no aws_access_key_id`,
      at,
    )
  }
  if (secret === undefined || secret.value === '') {
    const says = unable('Secret Access Key is not specified.', secret?.value)
    return failed('partial-credentials', says, `[${name}] has no aws_secret_access_key`, at)
  }
  if (token?.value === '') {
    return failed(
      'configuration',
      unable('Session Token is empty.', name),
      `the aws_session_token of [${name}] is empty`,
      token.at,
    )
  }
  const account = settings.get('aws_account_id')
  const credential: Credential = {
    provider: id.role === 'credentials' ? 'shared-credentials-file' : 'config-file',
    profile: name,
    accessKeyId: { value: id.value, at: id.at, raw: id.raw },
    secretAccessKey: { value: new Secret(secret.value), at: secret.at, raw: secret.raw },
    sessionToken: token === undefined ? null : { value: new Secret(token.value), at: token.at, raw: token.raw },
    expiration: null,
    accountId: account === undefined ? null : { value: account.value, at: account.at },
  }
  return { kind: 'static', credential, because: `[${name}] has aws_access_key_id`, at: id.at }
}

const containerRole: Source<JavaV1Ground> = {
  provider: 'container-role',
  ask: ({ machine }) =>
    answerOf(
      javaV1Container(machine) ?? {
        kind: 'absent',
        because: `neither ${containerVariables.relative} nor ${containerVariables.full} is set`,
      },
    ),
}

/** Asked only where no container variable is set, be it an empty one (`EC2ContainerCredentialsProviderWrapper`). */
const iamRole: Source<JavaV1Ground> = {
  provider: 'iam-role',
  ask(ground) {
    const variable = [containerVariables.relative, containerVariables.full].find(
      (name) => ground.machine.env(name) !== undefined,
    )
    return variable === undefined
      ? answerOf(instanceOf(ground))
      : absent(`${variable} is set, so that the instance metadata is not asked`, { variable })
  },
}

function instanceOf({ machine, config, profile }: JavaV1Ground): ReturnType<typeof javaV1Instance> {
  return javaV1Instance(machine, (key) => config?.profile(profile.name)?.get(key)?.value)
}

const sources: readonly Source<JavaV1Ground>[] = [
  environment,
  systemProperties,
  webIdentity,
  ...profileSources(kinds, selected),
  containerRole,
  iamRole,
]

function trace(machine: Machine, question: ChainQuestion, { documents }: AwsFiles): Trace {
  const ground = javaV1Ground(machine, documents, question.profile)
  const { unusable: _, ...walked } = walk(sources, ground)
  const region =
    question.region !== undefined && question.region !== '' ? { name: question.region, at: null } : ground.region
  return {
    sdk: 'java-v1',
    profile: ground.profile,
    region,
    endpoint: endpointOf(ground, region?.name ?? null, question),
    ...walked,
    clientError: walked.winner === null ? null : clientError(ground, region),
  }
}

/** A client that is made in the usual way needs a region (`AwsClientBuilder`). */
function clientError(ground: JavaV1Ground, region: RegionChoice | null): Trace['clientError'] {
  if (region !== null || instanceOf(ground).kind === 'planned') return null
  return { reason: 'configuration', says: noRegion, at: null }
}

/** No setting moves an endpoint; without `AWS_STS_REGIONAL_ENDPOINTS=regional` the old regions share the global host. */
function endpointOf(ground: JavaV1Ground, region: string | null, { endpointUrl }: ChainQuestion): EndpointChoice {
  const own = awsEndpoints(region === '' ? null : region, { legacyGlobal: regionalMode(ground).kind !== 'regional' })
  if (endpointUrl === undefined || endpointUrl === '') return { ...own, overriddenBy: null }
  return { ...own, sts: endpointUrl, iam: endpointUrl, overriddenBy: { flag: '--endpoint-url' } }
}
