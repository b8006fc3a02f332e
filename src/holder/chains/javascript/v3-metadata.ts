import type { Place } from '../../sources/credential.ts'
import { isUrl } from './urls.ts'
import { lookUp, type V3Ground } from './v3-ground.ts'
import type { Planned, Refused } from './v3-resolution.ts'

const disabled = 'AWS_EC2_METADATA_DISABLED'

/** Why the instance metadata may not be asked; null when it may. Any text but `false` forbids it (remoteProvider.js). */
export function metadataForbidden({ machine }: Pick<V3Ground, 'machine'>): { readonly variable: string } | null {
  const value = machine.env(disabled) ?? ''
  return value === '' || value === 'false' ? null : { variable: disabled }
}

/**
 * What comes of the instance metadata. Without a configured endpoint every machine would ask the link-local address, and nearly
 * none has an answer, so that this counts as a connection that fails.
 *
 * Sources: credential-provider-imds fromInstanceMetadata.js, utils/getInstanceMetadataEndpoint.js.
 *
 * @param from where the instance is named as a source, when no endpoint is
 */
export function metadataResolution(ground: V3Ground, from: Place | null): Planned | Refused {
  const endpoint = lookUp(ground, 'AWS_EC2_METADATA_SERVICE_ENDPOINT', 'ec2_metadata_service_endpoint')
  if (endpoint !== null && endpoint.value !== '') {
    if (!isUrl(endpoint.value)) {
      return refused('TypeError: Invalid URL', false, 'the endpoint of the instance metadata is no URL', endpoint.at)
    }
    const plan = {
      kind: 'instance-metadata',
      endpoint: endpoint.value,
      versionOne: hasVersionOne(ground),
      at: endpoint.at,
    } as const
    return { kind: 'planned', plan }
  }
  const mode = lookUp(ground, 'AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE', 'ec2_metadata_service_endpoint_mode')
  if (mode !== null && mode.value !== 'IPv4' && mode.value !== 'IPv6') {
    const says = `Error: Unsupported endpoint mode: ${mode.value}. Select from IPv4,IPv6`
    return refused(says, false, 'the endpoint mode of the instance metadata is none', mode.at)
  }
  const says = 'ProviderError: Unable to connect to instance metadata service'
  const at = from ?? { variable: 'AWS_EC2_METADATA_SERVICE_ENDPOINT' }
  return refused(says, true, 'nothing here says that this is an EC2 instance', at)
}

/** Any text but `false` and none forbids version 1; a variable that is set, even empty, hides the profile's setting. */
function hasVersionOne({ machine, files, profile }: V3Ground): boolean {
  const setting = files.configFirst(profile)?.get('ec2_metadata_v1_disabled')?.value
  const value = machine.env('AWS_EC2_METADATA_V1_DISABLED') ?? setting ?? ''
  return value === '' || value === 'false'
}

function refused(says: string, goesOn: boolean, because: string, at: Place): Refused {
  return { kind: 'refused', reason: 'configuration', says, goesOn, because, at }
}
