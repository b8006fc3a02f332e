import { partitionOfRegion } from '../../../anatomy/partitions.ts'
import type { AwsFiles } from '../../files/aws-files.ts'
import type { Settings } from '../../files/reading.ts'
import type { Machine } from '../../machine/machine.ts'
import { environmentKeys } from '../../sources/environment-keys.ts'
import { awsEndpoints, type EndpointMode } from '../aws-endpoints.ts'
import { walk } from '../loop.ts'
import type { ChainQuestion } from '../rules.ts'
import type { ProfileSelection } from '../start.ts'
import type { EndpointChoice, Trace } from '../trace.ts'
import { type GoError, plainError, refusal } from './answer.ts'
import { type GoRegion, isOn, regionOf, withoutFips } from './endpoint.ts'
import type { GoGround, GoRules, MetadataSettings, ProfileSource, StsCall } from './ground.ts'
import {
  containerRole,
  customProcess,
  identityCenter,
  instanceRole,
  profileKeys,
  profileWebIdentity,
} from './profile-sources.ts'
import { unsendableHeader } from './role.ts'
import { skipReason, sourcesOf, stopsWhileLoading } from './sources.ts'
import { type CachedToken, legacyTokenOfV1, ssoToken } from './tokens.ts'
import { isLoadingConfig, loadV1, selectByEnvironment, sessionPanic } from './v1-session.ts'

const identityCenterOfV1 = identityCenter({ ofSession: plainSsoToken, ofStartUrl: legacyTokenOfV1 })

/** The same token as in version 2, but of its errors the words alone. */
function plainSsoToken(machine: Machine, name: string): CachedToken {
  const token = ssoToken(machine, name)
  return token.error === null ? token : { ...token, error: plainError(token.error.text) }
}

/** IAM Identity Center, for which version 1 opens a session of its own, and falls over when that cannot be opened. */
const ssoOfV1: ProfileSource = {
  provider: 'sso',
  ask(ground, profile) {
    const answer = identityCenterOfV1.ask(ground, profile)
    const isConfigured = answer.kind !== 'absent' && !(answer.kind === 'broken' && answer.when === 'load')
    const panic = isConfigured && profile.session !== null ? sessionPanic(ground) : null
    if (panic === null) return answer
    const at = profile.ssoSetting!.at
    return {
      kind: 'broken',
      when: 'load',
      reason: 'configuration',
      error: panic,
      because: 'the session for the token cannot be opened',
      at,
    }
  },
}

/** Sources: aws-sdk-go aws/session/credentials.go, aws/defaults/defaults.go, aws/credentials/* (1.55.8). */
const rules: GoRules = {
  order: [profileKeys, profileWebIdentity, ssoOfV1, customProcess, containerRole, instanceRole],
  containerFirst: 'full',
  hidesContainerErrors: true,
  instanceIsRemote: true,
  containerSource: 'relative-is-set',
  checksCallsFirst: true,
  asking: '',
  words: {
    emptyEnvironment: { name: 'EmptyStaticCreds', text: 'static credentials are empty' },
    badCredentialSource: {
      name: 'SharedConfigErr',
      text: 'credential source values must be EcsContainer, Ec2InstanceMetadata, or Environment',
    },
    containerNotSet: {
      name: 'SharedConfigErr',
      text:
        "EcsContainer was specified as the credential_source, but 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI' was " +
        'not set',
    },
    noTokenProvider: {
      name: 'AssumeRoleTokenProviderNotSetError',
      text: 'assume role with MFA enabled, but AssumeRoleTokenProvider session option not set.',
    },
    noRole: { name: 'WebIdentityErr', text: 'role ARN is not set' },
    tokenFile: (path, why) => ({
      name: 'WebIdentityErr',
      text: `failed fetching WebIdentity token: \ncaused by: WebIdentityErr: unable to read file at ${path}\ncaused by: ${why}`,
    }),
    container: (stage, { text }) => ({
      name: 'CredentialsEndpointError',
      text:
        stage === 'host'
          ? text
          : `failed to load credentials\ncaused by: ${stage === 'token-file' ? 'get authorization token: ' : ''}${text}`,
    }),
    emptyProcess: {
      name: 'ProcessProviderExecutionError',
      text: 'failed to prepare command: command must not be empty',
    },
    roleSource: (error) => error,
    webIdentityCall: ({ name, text }) => ({
      name: 'WebIdentityErr',
      text: `failed to retrieve credentials\ncaused by: ${name}: ${text}`,
    }),
    unsendable: (_, url, header) => ({
      name: 'RequestError',
      text: `send request failed\ncaused by: Post "${url}/": net/http: invalid header field value for "${header}"`,
    }),
  },
}

const sources = sourcesOf(rules)

/** What version 1 makes of a machine. */
export function traceGoV1(machine: Machine, question: ChainQuestion, files: AwsFiles): Trace {
  const loadsConfig = isLoadingConfig(machine)
  const selection = selectProfile(machine, question.profile, loadsConfig)
  const keys = keysOf(machine)
  const loaded = loadV1(machine, files, { selection, loadsConfig, hasKeys: keys !== null })
  const settings = loadsConfig ? (loaded.profile?.settings ?? null) : null
  const variables = loadsConfig ? ['AWS_REGION', 'AWS_DEFAULT_REGION'] : ['AWS_REGION']
  const region = regionOf(machine, question.region, variables, settings)
  const endpoint = endpointsOf(machine, settings, region, question.endpointUrl)
  const ground: GoGround = {
    machine,
    files,
    rules,
    profile: loaded.profile,
    profileName: selection.name,
    unread: loadsConfig ? null : 'AWS_SDK_LOAD_CONFIG is not on, so that roles and the config file are not read',
    isExplicit: selection.from === 'argument',
    environmentKeys: keys,
    region,
    stsRefusal: (call) => refusedRegion(region?.name) ?? refusedParameters(call),
    stsUrl: endpoint.sts,
    portalRefusal: refusedRegion,
    metadata: metadataOf(machine, settings),
  }
  const { steps, winner, error } = walk(sources, ground, loaded.refusal, (source) => skipReason(ground, source))
  // The CA bundle is looked at when the provider is made, and before that is asked.
  const isInTime = error !== null && stopsWhileLoading(ground, sources)
  const late = isInTime ? null : loaded.lateRefusal
  const stops = late ?? error
  const header = winner?.credential == null ? null : unsendableHeader(winner.credential)
  const unsendable = header === null ? null : rules.words.unsendable('GetCallerIdentity', endpoint.sts, header, 1)
  const badRegion = question.endpointUrl === undefined ? refusedRegion(region?.name) : null
  const refused = stops === null ? (badRegion ?? unsendable) : null
  return {
    sdk: 'go-v1',
    profile: selection,
    region,
    endpoint,
    steps,
    winner: late === null ? winner : null,
    error: stops,
    clientError: refused === null ? null : refusal('configuration', refused, region?.at ?? null),
  }
}

/** `AWS_DEFAULT_PROFILE` counts only when the config file is loaded. */
function selectProfile(machine: Machine, argument: string | undefined, loadsConfig: boolean): ProfileSelection {
  if (argument !== undefined && argument !== '') return { name: argument, from: 'argument' }
  return selectByEnvironment(machine, loadsConfig)
}

function keysOf(machine: Machine): GoGround['environmentKeys'] {
  const keys = environmentKeys(machine, {
    accessKeyId: ['AWS_ACCESS_KEY_ID', 'AWS_ACCESS_KEY'],
    secretAccessKey: ['AWS_SECRET_ACCESS_KEY', 'AWS_SECRET_KEY'],
    sessionToken: ['AWS_SESSION_TOKEN'],
    accountId: [],
    unset: 'empty',
    trims: false,
  })
  return keys.kind === 'pair' ? keys.credential : null
}

function metadataOf(machine: Machine, settings: Settings | null): MetadataSettings {
  const variable = 'AWS_EC2_METADATA_SERVICE_ENDPOINT'
  const named = machine.env(variable) ?? ''
  const setting = settings?.get('ec2_metadata_service_endpoint')
  const versionOne = !isOn({ machine, settings }, 'AWS_EC2_METADATA_V1_DISABLED', 'ec2_metadata_v1_disabled')
  if (named !== '') return { endpoint: { url: named, at: { variable } }, versionOne }
  if (setting === undefined || setting.value === '') return { endpoint: null, versionOne }
  return { endpoint: { url: setting.value, at: setting.at }, versionOne }
}

// ---- endpoints (aws/endpoints/v3model.go, aws/session/session.go `mergeConfigSrcs`)

/** Version 1 knows no configured endpoints but the program's own, and STS is global where it has always been. */
function endpointsOf(
  machine: Machine,
  settings: Settings | null,
  region: GoRegion | null,
  argument: string | undefined,
): EndpointChoice {
  const given = region?.name ?? null
  const isNamedFips = given !== null && /fips-|-fips/.test(given)
  const name = given === null || !isNamedFips ? given : withoutFips(given)
  const mode = (machine.env('AWS_STS_REGIONAL_ENDPOINTS') || settings?.get('sts_regional_endpoints')?.value) ?? ''
  const fips = isNamedFips || isOn({ machine, settings }, 'AWS_USE_FIPS_ENDPOINT', 'use_fips_endpoint')
  const dualStack = isOn({ machine, settings }, 'AWS_USE_DUALSTACK_ENDPOINT', 'use_dualstack_endpoint')
  const own = ownEndpoints(name, { fips, dualStack, legacyGlobal: mode.toLowerCase() !== 'regional' })
  if (argument === undefined || argument === '') return { ...own, overriddenBy: null }
  const url = (/^[A-Za-z][A-Za-z0-9+.-]*:/.test(argument) ? argument : `https://${argument}`).replace(/\/+$/, '')
  return { sts: url, iam: url, signingRegion: given ?? '', overriddenBy: { flag: '--endpoint-url' } }
}

/** This version knew no dual-stack IAM that is not regional, and no European sovereign cloud: that is AWS's usual one to it. */
function ownEndpoints(region: string | null, mode: EndpointMode): ReturnType<typeof awsEndpoints> {
  const own = awsEndpoints(region, mode)
  const known = partitionOfRegion(region ?? 'aws-global')
  const isNew = known.id === 'aws-eusc'
  const { dnsSuffix, dualStackDnsSuffix } = isNew ? partitionOfRegion('aws-global') : known
  const sts = isNew
    ? own.sts.replace(known.dualStackDnsSuffix, dualStackDnsSuffix).replace(known.dnsSuffix, dnsSuffix)
    : own.sts
  const iam = `https://iam${mode.fips === true ? '-fips' : ''}`
  if (mode.dualStack === true) return { ...own, sts, iam: `${iam}.${region ?? 'aws-global'}.${dualStackDnsSuffix}` }
  return { ...own, sts, iam: isNew ? `${iam}.${dnsSuffix}` : own.iam }
}

/** Texts that are too short for their parameter, as the service model has it (service/sts/api.go `Validate`). */
function refusedParameters({ operation, roleArn, sessionName, externalId, token }: StsCall): GoError | null {
  const lengths = [
    ['ExternalId', externalId, 2],
    ['RoleArn', roleArn, 20],
    ['RoleSessionName', sessionName, 2],
    ['WebIdentityToken', token, 4],
  ] as const
  const short = lengths.flatMap(([name, text, least]) => {
    if (text === undefined || text === null || new TextEncoder().encode(text).length >= least) return []
    return [`- minimum field size of ${least}, ${operation}Input.${name}.\n`]
  })
  if (short.length === 0) return null
  return { name: 'InvalidParameter', text: `${short.length} validation error(s) found.\n${short.join('')}` }
}

function refusedRegion(region: string | undefined): GoError | null {
  if (region === undefined || /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/.test(region)) return null
  return { name: 'MissingEndpoint', text: "'Endpoint' configuration is required for this service" }
}
