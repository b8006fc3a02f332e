import { trimJava } from '../../files/dialects/java-text.ts'
import type { Machine } from '../../machine/machine.ts'
import type { Place } from '../../sources/credential.ts'
import { failed, type JvmGround, type Outcome, type RegionChoice } from './ground.ts'
import { javaUri, kotlinUrl } from './uri.ts'

const disabled = 'AWS_EC2_METADATA_DISABLED'
const endpoint = 'AWS_EC2_METADATA_SERVICE_ENDPOINT'
const timeout = 'AWS_METADATA_SERVICE_TIMEOUT'
const versionOneDisabled = 'AWS_EC2_METADATA_V1_DISABLED'

/** The instance metadata: what asking it would mean, or why it is not asked. */
export type Instance = Outcome | { readonly kind: 'absent'; readonly because: string; readonly at?: Place | undefined }

/**
 * The instance metadata as the AWS SDK for Java 2 asks it. It also looks for a time limit in the profile, so that a broken file
 * keeps it from being asked. Source: aws-sdk-java-v2 auth `InstanceProfileCredentialsProvider`, `Ec2MetadataConfigProvider`.
 */
export function javaV2Instance({ machine, files, settings }: JvmGround): Instance {
  const forbidden = read(machine, disabled)
  if (forbidden?.value.toLowerCase() === 'true') return forbids(forbidden.at)
  if (forbidden !== null && forbidden.value.toLowerCase() !== 'false') return notBoolean(forbidden)
  const named = read(machine, endpoint)
  const limit = read(machine, timeout)
  if ((named === null || limit === null) && files.refusal !== null) {
    const { says, at } = files.refusal
    return failed('file-syntax', says, 'the files cannot be read as a whole', at)
  }
  const setting = settings?.get('ec2_metadata_service_endpoint')
  const chosen = named ?? (setting === undefined ? null : { value: setting.value, at: setting.at })
  if (chosen === null) return nothingHere
  const usable = isAbsoluteHttp(chosen.value)
  if (!usable) return notUsable(chosen)
  const limited = limit ?? settings?.get('metadata_service_timeout') ?? null
  if (limited !== null && !isNumber(limited.value)) {
    const says = 'SdkClientException: Failed to load credentials from IMDS.'
    return failed('configuration', says, 'the time limit of the instance metadata is no number', limited.at)
  }
  const versionOne =
    (read(machine, versionOneDisabled)?.value ?? settings?.get('ec2_metadata_v1_disabled')?.value)?.toLowerCase() !==
    'true'
  return planned(chosen, versionOne)
}

/** Source: aws-sdk-java auth `InstanceMetadataServiceCredentialsFetcher`, util `EC2MetadataUtils`. */
export function javaV1Instance(machine: Machine, profileSetting: (key: string) => string | undefined): Instance {
  if (machine.env(disabled)?.toLowerCase() === 'true') return forbids({ variable: disabled })
  const value = machine.env(endpoint)
  if (value === undefined) return nothingHere
  const chosen = { value, at: { variable: endpoint } }
  if (!isAbsoluteHttp(value)) return notUsable(chosen)
  const isTrue = (text: string | undefined): boolean => text?.toLowerCase() === 'true'
  return planned(
    chosen,
    !isTrue(machine.env(versionOneDisabled)) && !isTrue(profileSetting('ec2_metadata_v1_disabled')),
  )
}

/** The region of a client of the SDK for Java 2. The instance metadata would tell some region, which stands for it here. */
export function regionWithInstance(ground: JvmGround, region: RegionChoice | null): RegionChoice | null {
  return region ?? (javaV2Instance(ground).kind === 'planned' ? { name: 'us-east-1', at: null } : null)
}

/**
 * The SDK for Kotlin asks for version 2 alone. A named profile does not change where: that is told by `AWS_PROFILE`'s.
 * Source: aws-sdk-kotlin aws-config `ImdsCredentialsProvider.kt`, config/imds `ImdsEndpointProvider.kt`.
 */
export function kotlinInstance(
  { machine, files }: Pick<JvmGround, 'machine' | 'files'>,
  activeProfile: string,
): Instance {
  if (machine.env(disabled)?.toLowerCase() === 'true') return forbids({ variable: disabled })
  const value = machine.env(endpoint)
  if (value === undefined && files.refusal !== null) {
    const { says, at } = files.refusal
    return failed('file-syntax', says, 'the files cannot be read as a whole', at)
  }
  const setting = files.profile(activeProfile)?.get('ec2_metadata_service_endpoint')
  const chosen = value === undefined ? (setting ?? null) : { value, at: { variable: endpoint } }
  if (chosen === null) return nothingHere
  const url = kotlinUrl(chosen.value)
  return url !== null && ['http', 'https'].includes(url.scheme) ? planned(chosen, false) : notUsable(chosen)
}

interface Told {
  readonly value: string
  readonly at: Place
}

function read(machine: Machine, variable: string): Told | null {
  const value = machine.env(variable)
  return value === undefined ? null : { value: trimJava(value), at: { variable } }
}

const nothingHere: Instance = { kind: 'absent', because: 'nothing here says that this is an EC2 instance' }

function forbids(at: Place): Instance {
  return { kind: 'absent', because: `${disabled} forbids to ask the instance metadata`, at }
}

function notBoolean({ value, at }: Told): Instance {
  const says =
    `IllegalStateException: Environment variable '${disabled}' or system property 'aws.disableEc2Metadata' was defined as ` +
    `'${value}', but should be 'false' or 'true'`
  return failed('configuration', says, `${disabled} is neither true nor false`, at)
}

function notUsable({ value, at }: Told): Instance {
  const says = 'SdkClientException: Failed to load credentials from IMDS.'
  return failed(
    'configuration',
    says,
    `${value === '' ? 'the endpoint of the instance metadata is empty' : `${value} is no URL`}`,
    at,
  )
}

function planned({ value, at }: Told, versionOne: boolean): Instance {
  return {
    kind: 'planned',
    because: `${value} would be asked for the role of the instance`,
    at,
    plan: { kind: 'instance-metadata', endpoint: value.replace(/\/+$/, ''), versionOne, at },
  }
}

function isAbsoluteHttp(url: string): boolean {
  const uri = javaUri(url)
  return uri.kind === 'uri' && uri.scheme !== null && ['http', 'https'].includes(uri.scheme.toLowerCase())
}

/** `Integer.parseInt`, else `Double.parseDouble`. */
function isNumber(text: string): boolean {
  const inner = trimJava(text)
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[dDfF]?$/.test(inner) || /^[+-]?(?:NaN|Infinity)$/.test(inner)
}
