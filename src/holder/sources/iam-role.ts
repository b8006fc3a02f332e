import { pythonInt } from '../files/dialects/python.ts'
import type { SourceAnswer } from './answer.ts'
import type { Place } from './credential.ts'
import type { InstanceMetadataPlan } from './plan.ts'
import { profileSettings, type SourceGround } from './settings.ts'
import { absent, broken, deferred, type Source, switchedOff } from './source.ts'

const disabled = 'AWS_EC2_METADATA_DISABLED'
const endpoint = 'AWS_EC2_METADATA_SERVICE_ENDPOINT'

/**
 * The role of an EC2 instance (botocore `InstanceMetadataProvider`). Every machine would ask the link-local address and nearly
 * none has an answer, so that only a configured endpoint counts as evidence that there is one.
 */
export const instanceRole: Source = {
  provider: 'iam-role',
  ask(ground) {
    const unasked = instanceUnasked(ground)
    if (unasked !== null) return unasked
    const named = told(ground, endpoint, 'ec2_metadata_service_endpoint')
    const isNamed = named !== null && named.value !== ''
    const withSlash = isNamed && ground.addsNoSlash && !named.value.endsWith('/') ? withoutSlash(named) : null
    if (withSlash?.outcome === 'broken') return withSlash
    const timeout = refusedTimeout(ground)
    if (timeout !== null) return timeout
    if (!isNamed) return absent('nothing here says that this is an EC2 instance')
    if (withSlash !== null) return withSlash
    const plan = instanceMetadataPlan(ground)
    return deferred(`${named.value} would be asked for the role of the instance`, named.at, plan)
  },
}

/**
 * The same as the last source of a chain: where version 1 is forbidden, botocore does not go on without the token that nobody
 * has given (utils.py `IMDSFetcher._assert_v1_enabled`).
 */
export const iamRole: Source = {
  provider: 'iam-role',
  ask(ground) {
    const answer = instanceRole.ask(ground)
    if (answer.outcome !== 'absent' || instanceUnasked(ground) !== null) return answer
    const isNamed = (told(ground, endpoint, 'ec2_metadata_service_endpoint')?.value ?? '') !== ''
    if (isNamed || ground.hasNoVersionOneSwitch || instanceMetadataPlan(ground).versionOne) return answer
    const says =
      'MetadataRetrievalError: Error retrieving metadata: Unable to retrieve token for use in IMDSv2 call and IMDSv1 has ' +
      'been disabled'
    const at = told(ground, 'AWS_EC2_METADATA_V1_DISABLED', 'ec2_metadata_v1_disabled')?.at
    return broken('configuration', says, 'no instance is here to give a token, and version 1 is forbidden', at)
  },
}

/** Why the instance metadata is not asked at all; null when it is, be it there or not (utils.py `IMDSFetcher`). */
export function instanceUnasked(ground: SourceGround): SourceAnswer | null {
  if (ground.machine.env(disabled)?.toLowerCase() === 'true') {
    return switchedOff(`${disabled} forbids to ask the instance metadata`, { variable: disabled })
  }
  const attempts = told(ground, 'AWS_METADATA_SERVICE_NUM_ATTEMPTS', 'metadata_service_num_attempts')
  const count = attempts === null ? null : pythonInt(attempts.value)
  if (attempts === null || count === null || count > 0) return null
  return absent(`${count} attempts to ask the instance metadata are none`, attempts.at)
}

/** urllib3 takes no time that is none, and nobody catches that. */
function refusedTimeout(ground: SourceGround): SourceAnswer | null {
  const timeout = told(ground, 'AWS_METADATA_SERVICE_TIMEOUT', 'metadata_service_timeout')
  const seconds = timeout === null ? null : pythonInt(timeout.value)
  if (timeout === null || seconds === null || seconds > 0) return null
  const says =
    'HTTPClientError: An HTTP Client raised an unhandled exception: Attempted to set connect timeout to ' +
    `${seconds}, but the timeout cannot be set to a value less than or equal to 0.`
  return broken('configuration', says, 'the instance metadata cannot be asked with such a timeout', timeout.at)
}

interface Told {
  readonly value: string
  readonly at: Place
}

/** A variable, else a setting of the selected profile, also for the role of another one. */
function told(
  { machine, files, profile, selected = profile }: SourceGround,
  variable: string,
  key: string,
): Told | null {
  const value = machine.env(variable)
  if (value !== undefined) return { value, at: { variable } }
  return profileSettings(files, selected)?.get(key) ?? null
}

/** Where the instance metadata would be asked, also when nothing says that there is one (utils.py `IMDSFetcher`). */
export function instanceMetadataPlan(ground: SourceGround): InstanceMetadataPlan {
  const named = told(ground, endpoint, 'ec2_metadata_service_endpoint')
  const mode = told(ground, 'AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE', 'ec2_metadata_service_endpoint_mode')
  const own = mode?.value.toLowerCase() === 'ipv6' ? 'http://[fd00:ec2::254]' : 'http://169.254.169.254'
  const versionOne =
    told(ground, 'AWS_EC2_METADATA_V1_DISABLED', 'ec2_metadata_v1_disabled')?.value.toLowerCase() !== 'true'
  const isNamed = named !== null && named.value !== ''
  return { kind: 'instance-metadata', endpoint: isNamed ? named.value : own, versionOne, at: isNamed ? named.at : null }
}

/** The path `latest/api/token` then belongs to the port, or to the host's name. */
function withoutSlash({ value: named, at }: Told): SourceAnswer {
  const url = `${named}latest/api/token`
  if (!/^https?:\/\/[^/]*:\d+$/.test(named)) return absent(`${url} would be asked, which is no instance metadata`, at)
  const says = `InvalidIMDSEndpointError: Invalid endpoint EC2 Instance Metadata endpoint: ${url}`
  return broken('configuration', says, `${named} has no slash at its end, which this version needs`, at)
}
