import type { SourceAnswer } from './answer.ts'
import type { Place } from './credential.ts'
import type { InstanceMetadataPlan } from './plan.ts'
import { profileSettings, type SourceGround } from './settings.ts'
import { absent, broken, deferred, type Source } from './source.ts'

const disabled = 'AWS_EC2_METADATA_DISABLED'
const endpoint = 'AWS_EC2_METADATA_SERVICE_ENDPOINT'

/**
 * The role of an EC2 instance (botocore `InstanceMetadataProvider`). Every machine would ask the link-local address and nearly
 * none has an answer, so that only a configured endpoint counts as evidence that there is one.
 */
export const iamRole: Source = {
  provider: 'iam-role',
  ask({ machine, files, profile, addsNoSlash = false }) {
    if (machine.env(disabled)?.toLowerCase() === 'true') {
      return absent(`${disabled} forbids to ask the instance metadata`, { variable: disabled })
    }
    const setting = profileSettings(files, profile)?.get('ec2_metadata_service_endpoint')
    const named = machine.env(endpoint) ?? setting?.value
    if (named === undefined || named === '') return absent('nothing here says that this is an EC2 instance')
    const at: Place | undefined = machine.env(endpoint) === undefined ? setting?.at : { variable: endpoint }
    if (addsNoSlash && !named.endsWith('/')) return withoutSlash(named, at)
    return deferred(
      `${named} would be asked for the role of the instance`,
      at,
      instanceMetadataPlan({ machine, files, profile }),
    )
  },
}

/** Where the instance metadata would be asked, also when nothing says that there is one (utils.py `IMDSFetcher`). */
export function instanceMetadataPlan(
  ground: Pick<SourceGround, 'machine' | 'files' | 'profile'>,
): InstanceMetadataPlan {
  const found = (variable: string, key: string): { readonly value: string; readonly at: Place } | null => {
    const value = ground.machine.env(variable)
    if (value !== undefined) return { value, at: { variable } }
    return profileSettings(ground.files, ground.profile)?.get(key) ?? null
  }
  const named = found(endpoint, 'ec2_metadata_service_endpoint')
  const mode = found('AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE', 'ec2_metadata_service_endpoint_mode')
  const own = mode?.value.toLowerCase() === 'ipv6' ? 'http://[fd00:ec2::254]' : 'http://169.254.169.254'
  const versionOne = found('AWS_EC2_METADATA_V1_DISABLED', 'ec2_metadata_v1_disabled')?.value.toLowerCase() !== 'true'
  const isNamed = named !== null && named.value !== ''
  return { kind: 'instance-metadata', endpoint: isNamed ? named.value : own, versionOne, at: isNamed ? named.at : null }
}

/** The path `latest/api/token` then belongs to the port, or to the host's name. */
function withoutSlash(named: string, at: Place | undefined): SourceAnswer {
  const url = `${named}latest/api/token`
  if (!/^https?:\/\/[^/]*:\d+$/.test(named)) return absent(`${url} would be asked, which is no instance metadata`, at)
  const says = `InvalidIMDSEndpointError: Invalid endpoint EC2 Instance Metadata endpoint: ${url}`
  return broken('configuration', says, `${named} has no slash at its end, which this version needs`, at)
}
