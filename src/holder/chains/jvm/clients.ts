import { trimJava } from '../../files/dialects/java-text.ts'
import type { Machine } from '../../machine/machine.ts'
import type { Place } from '../../sources/credential.ts'
import { type ClientGround, oddJavaSetting, oddKotlinSetting } from './client-settings.ts'
import { failed, type Outcome, type RegionChoice } from './ground.ts'
import { javaUri, kotlinUrl } from './uri.ts'

/** A service by the ending of its variable; its block in a `services` section has the same name in small letters. */
export type Service = 'STS' | 'SSO' | 'SSO_OIDC' | 'SIGNIN'

interface Told {
  readonly value: string
  readonly at: Place
}

/** The endpoint that is configured for a client, also an empty one; null when there is none, or when none is to be heeded. */
export function endpointOfClient(ground: ClientGround, service: Service, of: Sdk): Told | null {
  const { machine, files, activeProfile } = ground
  if (isOn(ground, 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS', 'ignore_configured_endpoint_urls', of)) return null
  for (const variable of [variableOf(machine, service, of), 'AWS_ENDPOINT_URL']) {
    const value = machine.env(variable)
    if (value !== undefined) return { value, at: { variable } }
  }
  const settings = files.profile(activeProfile)
  const name = settings?.get('services')?.value
  const block = name === undefined ? undefined : files.services(name)?.get(service.toLowerCase())
  const nested = block?.nested?.get('endpoint_url')
  if (block !== undefined && nested !== undefined) return { value: nested, at: block.at }
  return settings?.get('endpoint_url') ?? null
}

type Sdk = 'java-v2' | 'kotlin'

/** Kotlin takes the name of the service in any case (smithy-client `EnvironmentSetting.kt` `withCaseInsensitiveSuffixes`). */
function variableOf(machine: Machine, service: Service, of: Sdk): string {
  const variable = `AWS_ENDPOINT_URL_${service}`
  if (of === 'java-v2' || machine.env(variable) !== undefined) return variable
  const isIt = (name: string): boolean =>
    name.startsWith('AWS_ENDPOINT_URL_') && name.length === variable.length && name.toUpperCase() === variable
  return machine.envNames().find(isIt) ?? variable
}

/** Kotlin takes a variable as it is. */
function isOn(ground: ClientGround, variable: string, key: string, of: Sdk): boolean {
  const value = told(ground, variable, key)?.value ?? ''
  return (of === 'kotlin' ? value : trimJava(value)).toLowerCase() === 'true'
}

function told({ machine, files, activeProfile }: ClientGround, variable: string, key: string): Told | null {
  const value = machine.env(variable)
  return value === undefined ? (files.profile(activeProfile)?.get(key) ?? null) : { value, at: { variable } }
}

const switches = [
  ['FIPS', 'AWS_USE_FIPS_ENDPOINT', 'use_fips_endpoint'],
  ['Dualstack', 'AWS_USE_DUALSTACK_ENDPOINT', 'use_dualstack_endpoint'],
] as const

/** The endpoint rules of every service: a configured endpoint goes with neither FIPS nor dual stack. */
export function refusedMode(ground: ClientGround, of: Sdk = 'java-v2'): Outcome | null {
  const on = switches.find(([, variable, key]) => isOn(ground, variable, key, of))
  if (on === undefined) return null
  const says = `SdkClientException: Invalid Configuration: ${on[0]} and custom endpoint are not supported`
  return failed(
    'configuration',
    says,
    `${on[2]} and a configured endpoint go not together`,
    told(ground, on[1], on[2])!.at,
  )
}

/** Each client looks for its settings in the files. */
function refusedFiles({ files }: ClientGround): Outcome | null {
  if (files.refusal === null) return null
  const { reason, says, at } = files.refusal
  return failed(reason, says, 'the files cannot be read as a whole', at)
}

/**
 * Why a client of the SDK for Java 2 cannot be made, or its calls cannot; null when they can. Each looks for its settings in the
 * files.
 *
 * @param use `made`: it is only made, and nothing is asked of it
 * @param region null: the client is made for the global host of STS, whatever is configured
 * Source: aws-core `AwsClientEndpointProvider`, `IgnoreConfiguredEndpointUrlsProvider`; the endpoint rules of STS.
 */
export function refusedJavaClient(
  ground: ClientGround,
  service: Service,
  region: RegionChoice | null,
  use: 'asked' | 'made' = 'asked',
): Outcome | null {
  const unread = refusedFiles(ground)
  if (unread !== null) return unread
  const odd = oddSwitch(ground, region !== null) ?? oddJavaSetting(ground)
  if (odd !== null) return odd
  if (region === null) return refusedMode(ground)
  const endpoint = endpointOfClient(ground, service, 'java-v2')
  if (endpoint !== null) {
    return refusedUrl(endpoint, use) ?? (use === 'made' ? null : (refusedMode(ground) ?? refusedPseudoRegion(region)))
  }
  // As the SDK puts it into a URL.
  const host = `${service.toLowerCase().replace('_', '-')}.${encodeURIComponent(region.name)}.amazonaws.com`
  const uri = javaUri(`https://${host}`)
  if (uri.kind === 'uri' && uri.host !== null) return null
  const says = `SdkClientException: Configured region (${region.name}) resulted in an invalid URI: https://${host}.`
  return failed('configuration', says, 'the region is no part of a host', region.at ?? undefined)
}

/** A region like `fips-us-east-1` stands for FIPS in its region (aws-core `AwsDefaultClientBuilder`). */
function refusedPseudoRegion({ name, at }: RegionChoice): Outcome | null {
  if (!/^fips-|-fips/.test(name)) return null
  const says = 'SdkClientException: Invalid Configuration: FIPS and custom endpoint are not supported'
  return failed(
    'configuration',
    says,
    `the region ${name} goes not together with a configured endpoint`,
    at ?? undefined,
  )
}

/** @param looksForEndpoint whether a configured endpoint would be heeded at all */
function oddSwitch(ground: ClientGround, looksForEndpoint: boolean): Outcome | null {
  const ofEndpoint = ['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS', 'ignore_configured_endpoint_urls'] as const
  const all = [
    ...switches.map(([, variable, key]) => [variable, key] as const),
    ...(looksForEndpoint ? [ofEndpoint] : []),
  ]
  for (const [variable, key] of all) {
    const setting = told(ground, variable, key)
    if (setting === null || /^\s*(?:true|false)\s*$/i.test(setting.value)) continue
    const says = `IllegalStateException: '${variable}' was defined as '${setting.value}', but should be 'false' or 'true'`
    return failed('configuration', says, `${key} is neither true nor false`, setting.at)
  }
  return null
}

function refusedUrl({ value, at }: Told, use: 'asked' | 'made'): Outcome | null {
  const uri = javaUri(value)
  if (use === 'made' && uri.kind === 'uri' && uri.scheme !== null) return null
  if (uri.kind === 'uri' && uri.host !== null && /^https?$/i.test(uri.scheme ?? '')) return null
  const says = 'SdkClientException: An invalid URI was configured as an endpoint'
  return failed('configuration', says, `the configured endpoint ${value} is no URL`, at)
}

/**
 * The same for the SDK for Kotlin. Without a region a client is made all the same, and a role is assumed at the global host.
 *
 * Source: aws-sdk-kotlin aws-config config `AbstractAwsSdkClientFactory.kt`, config/endpoints `Resolvers.kt`, region `ValidateRegion.kt`.
 */
export function refusedKotlinClient(
  ground: ClientGround,
  service: Service,
  region: RegionChoice | null,
  use: 'asked' | 'made' = 'asked',
): Outcome | null {
  const unread = refusedFiles(ground)
  if (unread !== null) return unread
  const odd = oddKotlinSetting(ground)
  if (odd !== null) return odd
  if (region !== null && !/^[A-Za-z0-9\-._~%!$&'()*+,;=]+$/.test(region.name)) {
    const says = `ConfigurationException: Configured region "${region.name}" is invalid. A region must be a valid URI host component.`
    return failed('configuration', says, 'the region is no part of a host', region.at ?? undefined)
  }
  const missing = missingServices(ground, service)
  if (missing !== null) return missing
  const endpoint = endpointOfClient(ground, service, 'kotlin')
  if (endpoint === null) return use === 'made' || region === null ? null : refusedHost(service, region)
  if (kotlinUrl(endpoint.value) !== null) return use === 'made' ? null : refusedMode(ground, 'kotlin')
  const says = 'ConfigurationException: Failed to parse config property endpoint_url as a URL'
  return failed('configuration', says, `the configured endpoint ${endpoint.value} is no URL`, endpoint.at)
}

function refusedHost(service: Service, region: RegionChoice): Outcome | null {
  const url = `https://${service.toLowerCase().replace('_', '-')}.${region.name}.amazonaws.com`
  if (kotlinUrl(url) !== null) return null
  const says = `IllegalArgumentException: Cannot parse "${url}" as a URL`
  return failed('configuration', says, 'the region is no part of a host', region.at ?? undefined)
}

function missingServices(ground: ClientGround, service: Service): Outcome | null {
  const { machine, files, activeProfile } = ground
  if (isOn(ground, 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS', 'ignore_configured_endpoint_urls', 'kotlin')) return null
  if ([variableOf(machine, service, 'kotlin'), 'AWS_ENDPOINT_URL'].some((name) => machine.env(name) !== undefined))
    return null
  const name = files.profile(activeProfile)?.get('services')
  if (name === undefined || files.services(name.value) !== null) return null
  const says = `ConfigurationException: shared config points to nonexistent services section '${name.value}'`
  return failed('configuration', says, `[services ${name.value}] does not exist`, name.at)
}
