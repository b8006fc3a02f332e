import { awsEndpoints } from '../aws-endpoints.ts'
import type { Refusal } from '../start.ts'
import type { EndpointChoice } from '../trace.ts'
import { isUrl } from './urls.ts'
import { isFipsRegion, lookUp, realRegion, regionError, type Told, type V3Ground } from './v3-ground.ts'

/**
 * The configured endpoint of a service: `AWS_ENDPOINT_URL_STS`, `AWS_ENDPOINT_URL`, the `services` of the ambient profile, its
 * `endpoint_url`. A `services` section that does not exist hides the profile's `endpoint_url` too, and nobody hears of it.
 *
 * Source: @smithy/core endpoints/middleware-endpoint/adaptors/{getEndpointFromConfig,getEndpointUrlConfig}.js.
 *
 * @param service as it stands in the variable, in any case, e.g. `sts`, `sso_oidc`
 */
export function configuredUrl(ground: V3Ground, service: string): Told | null {
  if (isOn(ground, 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS', 'ignore_configured_endpoint_urls')) return null
  for (const variable of [`AWS_ENDPOINT_URL_${service.toUpperCase()}`, 'AWS_ENDPOINT_URL']) {
    const value = ground.machine.env(variable)
    if (value !== undefined && value !== '') return { value, at: { variable } }
  }
  const settings = ground.files.configFirst(ground.ambient)
  const name = settings?.get('services')
  if (name !== undefined) {
    const services = ground.files.services(name.value)
    if (services === null) return null
    const own = services.get(`${service.toLowerCase()}.endpoint_url`)
    if (own !== undefined) return own
  }
  return settings?.get('endpoint_url') ?? null
}

/** A switch: exactly `true` or `false`; of any other text the SDK says nothing and looks further (booleanSelector.js). */
function isOn(ground: V3Ground, variable: string, key: string, profile = ground.ambient): boolean {
  const named = ground.machine.env(variable)
  if (named === 'true' || named === 'false') return named === 'true'
  return ground.files.configFirst(profile)?.get(key)?.value === 'true'
}

interface Modes {
  readonly fips: boolean
  readonly dualStack: boolean
}

/** A program gives its profile to its client; the clients that fetch credentials have none (runtimeConfig.js). */
function modesOf(ground: V3Ground, region: string | null, profile: string): Modes {
  const fips =
    (region !== null && isFipsRegion(region)) || isOn(ground, 'AWS_USE_FIPS_ENDPOINT', 'use_fips_endpoint', profile)
  return { fips, dualStack: isOn(ground, 'AWS_USE_DUALSTACK_ENDPOINT', 'use_dualstack_endpoint', profile) }
}

/** Why no request can go to a service by these settings; null when it can (the endpoint rules of each service). */
export function endpointError(
  ground: V3Ground,
  service: string,
  region: string,
  profile = ground.ambient,
): (Told & { readonly says: string }) | null {
  const url = configuredUrl(ground, service)
  if (url === null) return null
  if (!isUrl(url.value)) return { ...url, says: 'TypeError: Invalid URL' }
  const { fips, dualStack } = modesOf(ground, region, profile)
  if (!fips && !dualStack) return null
  const mode = fips ? 'FIPS' : 'Dualstack'
  return { ...url, says: `EndpointError: Invalid Configuration: ${mode} and custom endpoint are not supported` }
}

/** Where calls of a program go. `argument` is what it says itself. */
export function v3Endpoint(ground: V3Ground, argument: string | undefined): EndpointChoice {
  const region = typeof ground.region === 'string' ? null : ground.region.name
  const usable = region !== null && regionError(region) === null ? realRegion(region) : null
  const own = awsEndpoints(usable, modesOf(ground, region, ground.profile))
  const chosen = argument === undefined || argument === '' ? null : argument
  const sts = chosen === null ? configuredUrl(ground, 'sts') : null
  const iam = chosen === null ? configuredUrl(ground, 'iam') : null
  // Before a configured endpoint is looked up, the rules have already said for which region the global one signs.
  const isSignedForRegion = chosen !== null || (sts !== null && usable !== 'aws-global')
  return {
    sts: asSent(chosen ?? sts?.value ?? own.sts),
    iam: asSent(chosen ?? iam?.value ?? own.iam),
    signingRegion: isSignedForRegion ? (usable ?? own.signingRegion) : own.signingRegion,
    overriddenBy: chosen !== null ? { flag: '--endpoint-url' } : (sts?.at ?? iam?.at ?? null),
  }
}

/** As the request is sent: what `URL` normalises, e.g. capitals in a host, and without a slash at the end. */
function asSent(text: string): string {
  if (!isUrl(text)) return text
  const { protocol, host, pathname } = new URL(text)
  return `${protocol}//${host}${pathname}`.replace(/\/+$/, '')
}

/** Why a client of a program for STS or IAM can send nothing, whatever its credentials are; null when it can. */
export function v3ClientError(ground: V3Ground, argument: string | undefined): Refusal | null {
  const { region } = ground
  if (region === 'unknown') return null
  if (region === 'none') return { reason: 'configuration', says: 'Error: Region is missing', at: null }
  // A program that gives no region itself looks the empty one up, and finds it to be none.
  const says =
    region.name === ''
      ? 'Error: Region not accepted: region="" is not a valid hostname component.'
      : regionError(region.name)
  if (says !== null) return { reason: 'configuration', says, at: region.at }
  const isGiven = argument !== undefined && argument !== ''
  const refused =
    (isGiven ? null : endpointError(ground, 'sts', region.name, ground.profile)) ??
    badDefaultsMode(ground) ??
    (isGiven ? null : endpointError(ground, 'iam', region.name, ground.profile))
  return refused === null ? null : { reason: 'configuration', says: refused.says, at: refused.at }
}

const defaultsModes = ['in-region', 'cross-region', 'mobile', 'standard', 'legacy']

/** The error of a client with a defaults mode that is none (@smithy/core defaults-mode/resolveDefaultsModeConfig.js). */
export function badDefaultsMode(ground: V3Ground): (Told & { readonly says: string }) | null {
  const mode = lookUp(ground, 'AWS_DEFAULTS_MODE', 'defaults_mode')
  if (mode === null || mode.value.toLowerCase() === 'auto' || defaultsModes.includes(mode.value.toLowerCase()))
    return null
  const expected = defaultsModes.join(', ')
  return { ...mode, says: `Error: Invalid parameter for "defaultsMode", expect ${expected}, got ${mode.value}` }
}
