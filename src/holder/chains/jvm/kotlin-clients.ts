import type { Setting } from '../../files/reading.ts'
import { failed, type JvmGround, type Outcome, type RegionChoice } from './ground.ts'
import { kotlinInstance } from './instance.ts'
import { kotlinUrl } from './uri.ts'

/** What the sources of the SDK for Kotlin may know. */
export interface KotlinGround extends JvmGround {
  /** The profile that `AWS_PROFILE` names: clients that the sources make for themselves go by its settings. */
  readonly activeProfile: string
  readonly isExplicit: boolean
}

/**
 * The region with which a profile's calls are made: that of the profile which is named in code, else the usual one. Null when
 * none is configured: a role is then assumed at the global host. An empty one counts, and is refused.
 *
 * Source: aws-sdk-kotlin aws-config `ProfileCredentialsProvider.kt` `resolve`, region `DefaultRegionProviderChain`.
 */
export function regionOfProfile({
  machine,
  files,
  profile,
  isExplicit,
  activeProfile,
}: KotlinGround): RegionChoice | null {
  const own = isExplicit ? choiceOf(files.profile(profile)?.get('region')) : null
  if (own !== null) return own
  const named = machine.env('AWS_REGION')
  if (named !== undefined) return { name: named, at: { variable: 'AWS_REGION' } }
  return files.refusal === null ? choiceOf(files.profile(activeProfile)?.get('region')) : null
}

function choiceOf(setting: Setting | undefined): RegionChoice | null {
  return setting === undefined || setting.nested !== null ? null : { name: setting.value, at: setting.at }
}

/** Whether the instance metadata would be asked for a region. */
export function hasInstance(ground: KotlinGround): boolean {
  return kotlinInstance(ground, ground.activeProfile).kind === 'planned'
}

type Service = 'STS' | 'SSO' | 'SSO_OIDC' | 'SIGNIN'

/**
 * Why the client for a call cannot be made; null when it can. Each client looks for its settings in the files.
 *
 * Source: aws-sdk-kotlin aws-config config `AbstractAwsSdkClientFactory.kt`, config/endpoints `Resolvers.kt`, region `ValidateRegion.kt`.
 */
export function refusedClient(ground: KotlinGround, service: Service, region: RegionChoice | null): Outcome | null {
  const { files } = ground
  if (files.refusal !== null) {
    const { reason, says, at } = files.refusal
    return failed(reason, says, 'the files cannot be read as a whole', at)
  }
  if (region !== null && !/^[A-Za-z0-9\-._~%!$&'()*+,;=]+$/.test(region.name)) {
    const says = `ConfigurationException: Configured region "${region.name}" is invalid. A region must be a valid URI host component.`
    return failed('configuration', says, 'the region is no part of a host', region.at ?? undefined)
  }
  return refusedEndpoint(ground, service)
}

/** Whether calls of a client go to an endpoint that is configured, and so need no region for its host. */
export function hasEndpoint(ground: KotlinGround, service: Service): boolean {
  const { machine, files, activeProfile } = ground
  const settings = files.profile(activeProfile)
  if (isIgnored(ground)) return false
  if ([`AWS_ENDPOINT_URL_${service}`, 'AWS_ENDPOINT_URL'].some((name) => machine.env(name) !== undefined)) return true
  const name = settings?.get('services')?.value
  const block = name === undefined ? undefined : files.services(name)?.get(service.toLowerCase())
  return block?.nested?.has('endpoint_url') === true || settings?.has('endpoint_url') === true
}

function isIgnored({ machine, files, activeProfile }: KotlinGround): boolean {
  const setting = files.profile(activeProfile)?.get('ignore_configured_endpoint_urls')
  return (machine.env('AWS_IGNORE_CONFIGURED_ENDPOINT_URLS') ?? setting?.value)?.toLowerCase() === 'true'
}

function refusedEndpoint(ground: KotlinGround, service: Service): Outcome | null {
  const { machine, files, activeProfile } = ground
  if (isIgnored(ground)) return null
  const settings = files.profile(activeProfile)
  for (const variable of [`AWS_ENDPOINT_URL_${service}`, 'AWS_ENDPOINT_URL']) {
    const url = machine.env(variable)
    if (url === undefined) continue
    return kotlinUrl(url) !== null ? null : notUrl(variable, { variable })
  }
  const name = settings?.get('services')
  const section = name === undefined ? undefined : files.services(name.value)
  if (name !== undefined && section === null) {
    const says = `ConfigurationException: shared config points to nonexistent services section '${name.value}'`
    return failed('configuration', says, `[services ${name.value}] does not exist`, name.at)
  }
  const block = section?.get(service.toLowerCase())
  const nested = block?.nested?.get('endpoint_url')
  if (block !== undefined && nested !== undefined)
    return kotlinUrl(nested) !== null ? null : notUrl('endpoint_url', block.at)
  const setting = settings?.get('endpoint_url')
  return setting === undefined || kotlinUrl(setting.value) !== null ? null : notUrl('endpoint_url', setting.at)
}

function notUrl(name: string, at: Setting['at'] | { readonly variable: string }): Outcome {
  return failed(
    'configuration',
    `ConfigurationException: Failed to parse config property ${name} as a URL`,
    `${name} is no URL`,
    at,
  )
}
