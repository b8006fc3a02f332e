import type { AwsFiles } from '../files/aws-files.ts'
import { isKotlinBlank } from '../files/dialects/java-text.ts'
import type { Machine } from '../machine/machine.ts'
import { absent, passedOver, type Source } from '../sources/source.ts'
import { configuredEndpoints } from './configured-endpoints.ts'
import { answerOf } from './jvm/answers.ts'
import { endpointOfClient, refusedKotlinClient } from './jvm/clients.ts'
import { containerVariables, kotlinContainer } from './jvm/container.ts'
import { environmentAnswer } from './jvm/environment.ts'
import { kotlinFiles } from './jvm/files.ts'
import { type RegionChoice, selectedProfile } from './jvm/ground.ts'
import { kotlinInstance } from './jvm/instance.ts'
import { hasInstance, type KotlinGround, regionOfProfile } from './jvm/kotlin-clients.ts'
import { kotlinKeys, kotlinKinds, kotlinWebIdentity } from './jvm/kotlin-profile.ts'
import { profileSources } from './jvm/profile-sources.ts'
import { walk } from './loop.ts'
import type { ChainQuestion, ChainRules } from './rules.ts'
import type { Trace } from './trace.ts'

/**
 * The AWS SDK for Kotlin (`DefaultChainCredentialsProvider`). Every error of a source is passed over. Keys in the environment
 * come before a profile, also before one that is named in code; nothing is trimmed.
 */
export const kotlin: ChainRules = {
  sdk: 'kotlin',
  version: 'aws.sdk.kotlin 1.8.12',
  evidence: 'observed',
  trace,
}

const systemProperties: Source<KotlinGround> = {
  provider: 'system-properties',
  ask: () => absent('aws.accessKeyId is a property of the running program, of which nothing is known here'),
}

const environment: Source<KotlinGround> = {
  provider: 'env',
  ask: ({ machine }) => environmentAnswer(machine, kotlinKeys),
}

/** Source: `StsWebIdentityCredentialsProvider.kt` `fromEnvironment`. */
const webIdentity: Source<KotlinGround> = {
  provider: 'assume-role-with-web-identity',
  ask(ground) {
    const { machine } = ground
    const [role, file] = ['AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE'].map((name) => machine.env(name))
    if (file === undefined && role === undefined) return absent('AWS_WEB_IDENTITY_TOKEN_FILE is not set')
    if (file === undefined || role === undefined) {
      const [field, missing, present] =
        role === undefined
          ? ['roleArn', 'AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE']
          : ['webIdentityTokenFilePath', 'AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_ROLE_ARN']
      const says =
        `ProviderConfigurationException: Required field \`${field}\` could not be automatically inferred for ` +
        `StsWebIdentityCredentialsProvider. Either explicitly pass a value, set the environment variable \`${missing}\`, or ` +
        `set the JVM system property \`aws.${field === 'roleArn' ? field : 'webIdentityTokenFile'}\``
      return passedOver('configuration', says, `${present} is set, but ${missing} is not`, { variable: present })
    }
    const sessionName = machine.env('AWS_ROLE_SESSION_NAME') ?? null
    const at = { variable: 'AWS_WEB_IDENTITY_TOKEN_FILE' }
    const identity = { profile: null, roleArn: role, tokenFile: file, sessionName, at }
    return answerOf(kotlinWebIdentity(ground, identity, regionOfProfile({ ...ground, isExplicit: false })))
  },
}

const containerRole: Source<KotlinGround> = {
  provider: 'container-role',
  ask: ({ machine }) =>
    answerOf(
      kotlinContainer(machine) ?? {
        kind: 'absent',
        because: `neither ${containerVariables.relative} nor ${containerVariables.full} is set`,
      },
    ),
}

const iamRole: Source<KotlinGround> = {
  provider: 'iam-role',
  ask: (ground) => answerOf(kotlinInstance(ground, ground.activeProfile)),
}

const sources: readonly Source<KotlinGround>[] = [
  systemProperties,
  environment,
  webIdentity,
  ...profileSources(kotlinKinds, selectedProfile),
  containerRole,
  iamRole,
]

function trace(machine: Machine, question: ChainQuestion, { documents }: AwsFiles): Trace {
  const files = kotlinFiles(machine, documents)
  const named = machine.env('AWS_PROFILE')
  const active: Trace['profile'] =
    named === undefined ? { name: 'default', from: 'default' } : { name: named, from: { variable: 'AWS_PROFILE' } }
  const profile: Trace['profile'] =
    question.profile === undefined ? active : { name: question.profile, from: 'argument' }
  const settings = files.refusal === null ? files.profile(profile.name) : null
  const isExplicit = question.profile !== undefined
  const ground: KotlinGround = {
    machine,
    files,
    profile: profile.name,
    settings,
    region: null,
    activeProfile: active.name,
    isExplicit,
  }
  const { unusable: _, ...walked } = walk(sources, ground)
  const region =
    question.region !== undefined && question.region !== ''
      ? { name: question.region, at: null }
      : regionOfProfile(ground)
  const usable = region !== null && !isKotlinBlank(region.name) ? region : null
  return {
    sdk: 'kotlin',
    profile,
    region: usable,
    endpoint: configuredEndpoints({
      machine,
      region: usable?.name ?? null,
      mode: {
        fips: isOn(machine, settings?.get('use_fips_endpoint')?.value, 'AWS_USE_FIPS_ENDPOINT'),
        dualStack: isOn(machine, settings?.get('use_dualstack_endpoint')?.value, 'AWS_USE_DUALSTACK_ENDPOINT'),
      },
      argument: question.endpointUrl,
      profile: settings,
      services: (name) => files.services(name),
    }),
    ...walked,
    clientError: walked.winner === null ? null : clientError(ground, region),
  }
}

/** The error of a call to STS with these credentials that cannot be made. */
function clientError(ground: KotlinGround, region: RegionChoice | null): Trace['clientError'] {
  const refusal = refusedKotlinClient(ground, 'STS', region)
  if (refusal?.kind === 'broken') return { reason: refusal.reason, says: refusal.says, at: refusal.at ?? null }
  if (region !== null || hasInstance(ground) || endpointOfClient(ground, 'STS', 'kotlin') !== null) return null
  return { reason: 'configuration', says: 'EndpointProviderException: Invalid Configuration: Missing Region', at: null }
}

function isOn(machine: Machine, setting: string | undefined, variable: string): boolean {
  return (machine.env(variable) ?? setting)?.toLowerCase() === 'true'
}
