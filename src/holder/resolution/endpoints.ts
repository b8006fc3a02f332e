import { partitionOfRegion } from '../../anatomy/partitions.ts'
import type { Place } from '../sources/credential.ts'
import { namedSettings, profileSettings } from '../sources/settings.ts'
import { shown } from './exchange.ts'
import { type Failed, failed, type Means } from './resolution.ts'

/** The sign-in services of AWS that a plan may have to ask, by the names under which endpoints are configured. */
export type SignInService = 'sso' | 'sso_oidc' | 'signin'

/** What finding an endpoint needs. */
export type EndpointGround = Pick<Means, 'machine' | 'files' | 'trace'>

/**
 * Where one of them is: `--endpoint-url`, `AWS_ENDPOINT_URL_SSO` and its like, `AWS_ENDPOINT_URL`, the services section and
 * `endpoint_url` of the profile, else AWS's own host for the region. A URL without a slash at its end; null for a region that
 * cannot be part of a host name, so that a token never goes to a host that is not AWS's.
 *
 * Sources: AWS SDKs and Tools Reference Guide, "Service-specific endpoints"; the endpoint rules of sso, sso-oidc and signin in
 * botocore 1.43.11.
 */
export function signInEndpoint(means: EndpointGround, service: SignInService, region: string): string | null {
  const own = isHostLabel(region) ? ownEndpoint(means, service, region) : null
  return (configured(means, service) ?? own)?.replace(/\/+$/, '') ?? null
}

/** botocore utils.py `validate_region_name`. */
export function isHostLabel(region: string): boolean {
  return /^(?![0-9]+$)(?!-)[a-zA-Z0-9-]{1,63}(?<!-)$/.test(region)
}

/** No host can be named after it. */
export function wrongRegion(region: string, at: Place | null): Failed {
  const says = `InvalidRegionError: Provided region_name '${shown(region)}' doesn't match a supported format.`
  return failed('no-region', says, `"${shown(region)}" cannot be the name of a region`, at)
}

function configured({ machine, files, trace }: EndpointGround, service: SignInService): string | null {
  const { overriddenBy } = trace.endpoint
  if (overriddenBy !== null && 'flag' in overriddenBy) return trace.endpoint.sts
  const settings = profileSettings(files, trace.profile.name)
  const ignored =
    machine.env('AWS_IGNORE_CONFIGURED_ENDPOINT_URLS') ?? settings?.get('ignore_configured_endpoint_urls')?.value
  if (ignored?.toLowerCase() === 'true') return null
  const services = settings?.get('services')?.value
  const section = services === undefined ? null : namedSettings(files, 'services', services)
  const found = [
    machine.env(`AWS_ENDPOINT_URL_${service.toUpperCase()}`),
    machine.env('AWS_ENDPOINT_URL'),
    section?.get(service)?.nested?.get('endpoint_url'),
    settings?.get('endpoint_url')?.value,
  ]
  return found.find((url) => url !== undefined && url !== '') ?? null
}

function ownEndpoint(means: EndpointGround, service: SignInService, region: string): string {
  const fips = isOn(means, 'AWS_USE_FIPS_ENDPOINT', 'use_fips_endpoint')
  const dualStack = isOn(means, 'AWS_USE_DUALSTACK_ENDPOINT', 'use_dualstack_endpoint')
  const partition = partitionOfRegion(region)
  const suffix = dualStack ? partition.dualStackDnsSuffix : partition.dnsSuffix
  const marked = fips ? '-fips' : ''
  if (service === 'sso') {
    // GovCloud's ordinary host is its FIPS host.
    const mark = partition.id === 'aws-us-gov' && !dualStack ? '' : marked
    return `https://portal.sso${mark}.${region}.${suffix}`
  }
  if (service === 'sso_oidc') {
    const mark = partition.id === 'aws-us-gov' && !dualStack ? '' : marked
    return `https://oidc${mark}.${region}.${suffix}`
  }
  const host = fips || dualStack ? undefined : signInHosts[partition.id]
  return host === undefined ? `https://signin${marked}.${region}.${suffix}` : `https://${region}.${host}`
}

const signInHosts: Readonly<Record<string, string>> = {
  aws: 'signin.aws.amazon.com',
  'aws-cn': 'signin.amazonaws.cn',
  'aws-us-gov': 'signin.amazonaws-us-gov.com',
}

function isOn({ machine, files, trace }: EndpointGround, variable: string, key: string): boolean {
  const text = machine.env(variable) ?? profileSettings(files, trace.profile.name)?.get(key)?.value
  return text?.toLowerCase() === 'true'
}
