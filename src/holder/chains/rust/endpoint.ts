import { awsEndpoints } from '../aws-endpoints.ts'
import type { EndpointChoice } from '../trace.ts'
import { isOn, type RustGround, type Told } from './ground.ts'
import { parseRustUri } from './uri.ts'

/** A client that is made on the way to a credential, or that is made with it; by the id in its variable. */
export type ServiceId = 'STS' | 'IAM' | 'SSO' | 'SSO_OIDC' | 'SIGNIN'

/** Where calls of clients go that are made from the loaded configuration. */
export function endpointOf(ground: RustGround): EndpointChoice {
  const region = typeof ground.region === 'string' ? null : ground.region.name
  const isLabel = region !== null && isHostLabel(region)
  const own = awsEndpoints(isLabel ? region : null, {
    fips: isOn(ground, 'AWS_USE_FIPS_ENDPOINT', 'use_fips_endpoint'),
    dualStack: isOn(ground, 'AWS_USE_DUALSTACK_ENDPOINT', 'use_dualstack_endpoint'),
  })
  const flag = ground.argument.endpointUrl
  const overridden = (service: ServiceId): Told | null => configuredEndpoint(ground, service)
  if (flag !== undefined) return { ...own, sts: flag, iam: flag, overriddenBy: { flag: 'endpoint_url' } }
  if (ignoresConfigured(ground)) return { ...own, overriddenBy: null }
  const sts = overridden('STS')
  const iam = overridden('IAM')
  return {
    sts: withoutTrailingSlash(sts?.value ?? own.sts),
    iam: withoutTrailingSlash(iam?.value ?? own.iam),
    signingRegion: sts !== null && isLabel ? region : own.signingRegion,
    overriddenBy: sts?.at ?? iam?.at ?? null,
  }
}

/** Only clients that are made from the loaded configuration heed it, not those that the sources make for themselves. */
function ignoresConfigured(ground: RustGround): boolean {
  return isOn(ground, 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS', 'ignore_configured_endpoint_urls')
}

/**
 * A configured endpoint: the variable of the client, the one of all, the `services` section, the profile; an empty one counts.
 * Source: aws-config env_service_config.rs, aws-runtime env_config.rs `EnvConfigValue::load`.
 */
function configuredEndpoint(ground: RustGround, service: ServiceId): Told | null {
  for (const variable of [`AWS_ENDPOINT_URL_${service}`, 'AWS_ENDPOINT_URL']) {
    const value = ground.machine.env(variable)
    if (value !== undefined) return { value, at: { variable } }
  }
  const section = ground.settings.get('services')
  const block =
    section === undefined ? undefined : ground.files.other('services', section.value)?.get(service.toLowerCase())
  const nested = block?.nested?.get('endpoint_url')
  if (block !== undefined && nested !== undefined) return { value: nested, at: block.at }
  return ground.settings.get('endpoint_url') ?? null
}

/**
 * Why a call can not even be made from what is configured, as the tail of that SDK's error, or as the whole of its panic; null
 * when it can.
 *
 * @param region the region of the client; null when it has none, undefined when it is not known here
 * @param isSigned with a credential, which needs a region
 * @param by `source`: a client that a source makes for itself; `program`: one that is made from the loaded configuration
 */
export function refusedCall(
  ground: RustGround,
  service: ServiceId,
  region: string | null | undefined,
  isSigned: boolean,
  by: 'source' | 'program' = 'source',
): string | null {
  if (region !== null && region !== undefined && !isHostLabel(region)) {
    return 'failed to construct request: endpoint params could not be built: invalid value for field: `region` - must be a valid host label'
  }
  const endpoint = by === 'program' && ignoresConfigured(ground) ? null : configuredEndpoint(ground, service)
  const failed = 'dispatch failure: other:'
  if (endpoint !== null) {
    for (const [name, variable, key] of [
      ['FIPS', 'AWS_USE_FIPS_ENDPOINT', 'use_fips_endpoint'],
      ['Dualstack', 'AWS_USE_DUALSTACK_ENDPOINT', 'use_dualstack_endpoint'],
    ] as const) {
      if (isOn(ground, variable, key))
        return `${failed} Invalid Configuration: ${name} and custom endpoint are not supported`
    }
    if (endpoint.value === '') return panicOfEmptyEndpoint
    if (!isUsableEndpoint(endpoint.value)) return `${failed} failed to apply endpoint \`${endpoint.value}\``
    return region === null && isSigned ? `${failed} missing signing region` : null
  }
  return region === null ? `${failed} Invalid Configuration: Missing Region` : null
}

/** aws-smithy-types endpoint.rs `EndpointBuilder::build`. */
const panicOfEmptyEndpoint = 'panic: assertion `left != right` failed: URL was unset'

/** Whether a request can be sent there (aws-smithy-runtime-api http/request.rs `set_endpoint`, and the scheme of the connector). */
export function isUsableEndpoint(text: string): boolean {
  const uri = parseRustUri(text)
  return uri.kind === 'uri' && (uri.scheme === 'http' || uri.scheme === 'https')
}

/** The region of clients that are made from the loaded configuration, in the words of `refusedCall`. */
export function clientRegion({ region }: RustGround): string | null | undefined {
  return region === 'none' ? null : region === 'unknown' ? undefined : region.name
}

/** aws-sdk-sts endpoint_lib/host.rs `is_valid_host_label`: labels with dots between them. */
function isHostLabel(text: string): boolean {
  return text.split('.').every((label) => /^(?!-)[A-Za-z0-9-]{1,63}$/.test(label))
}

function withoutTrailingSlash(url: string): string {
  return url.replace(/\/+$/, '')
}
