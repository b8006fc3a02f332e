import { partitionOfRegion } from '../../anatomy/partitions.ts'
import type { Place } from '../sources/credential.ts'
import { instanceRole } from '../sources/iam-role.ts'
import { namedSettings, profileSettings, type Setting, type Settings, type SourceGround } from '../sources/settings.ts'
import { awsEndpoints } from './aws-endpoints.ts'
import type { BotocoreRules } from './botocore-rules.ts'
import { isEndpointUrl, type Refusal } from './start.ts'
import type { EndpointChoice } from './trace.ts'

export interface RegionChoice {
  readonly name: string
  readonly at: Place | null
  /** It begins on the line below its key, which makes it a map. */
  readonly isBlock?: boolean
}

/** The region, by argument, variable or profile; null when none is configured (then STS is asked at its global endpoint). */
export function regionOf(
  ground: SourceGround,
  rules: BotocoreRules,
  argument: string | undefined,
): RegionChoice | null {
  if (argument !== undefined && argument !== '') return { name: argument, at: null }
  const variable = rules.regionVariables.find((name) => ground.machine.env(name) !== undefined)
  if (variable !== undefined) return { name: ground.machine.env(variable) ?? '', at: { variable } }
  const setting = profileSettings(ground.files, ground.profile)?.get('region')
  if (setting === undefined) return null
  const { value: name, at, nested } = setting
  return nested === null ? { name, at } : { name, at, isBlock: true }
}

interface EndpointOf {
  readonly endpoint: EndpointChoice
  /** Keeps its calls from being signed. */
  readonly signingRefusal: Refusal | null
}

/**
 * Where STS and IAM calls go, with the error when they cannot be signed.
 * Sources: botocore configprovider.py `ConfiguredEndpointProvider`, args.py `_compute_configured_endpoint_url` and
 * `_should_set_global_sts_endpoint`, the endpoint rules of STS and IAM.
 */
export function endpointOf(
  ground: SourceGround,
  rules: BotocoreRules,
  region: RegionChoice | null,
  argument: string | undefined,
): EndpointOf {
  const sts = configuredEndpointOf(ground, rules, 'sts', argument).chosen
  const iam = configuredEndpointOf(ground, rules, 'iam', argument).chosen
  const named = region !== null && isHostLabel(region.name) ? region.name : null
  const own = ownEndpoints(ground, rules, named || null)
  const endpoint: EndpointChoice = {
    sts: withoutTrailingSlash(sts?.url ?? own.sts),
    iam: withoutTrailingSlash(iam?.url ?? own.iam),
    // A configured endpoint is signed for the region itself, be it a made-up or an empty one.
    signingRegion: sts === null ? own.signingRegion : (named ?? own.signingRegion),
    overriddenBy: sts?.by ?? iam?.by ?? null,
  }
  return { endpoint, signingRefusal: mayGetRegion(ground, rules) ? null : missingRegion(region, sts) }
}

/** A service that a client is made for. */
export type ClientService = 'sts' | 'iam' | 'sso' | 'signin'

// ---- configured endpoints

interface Configured {
  readonly url: string
  readonly by: Place | { readonly flag: string }
}

/** The endpoint that is configured for a service, with the error that looking for it ends in. */
export function configuredEndpointOf(
  ground: SourceGround,
  rules: BotocoreRules,
  service: ClientService,
  argument: string | undefined,
): { readonly chosen: Configured | null; readonly refusal: Refusal | null } {
  if (argument !== undefined) {
    return { chosen: { url: argument, by: { flag: '--endpoint-url' } }, refusal: null }
  }
  const settings = profileSettings(ground.files, ground.profile) ?? new Map<string, Setting>()
  if (!rules.hasConfiguredEndpoints || isIgnored(ground, settings)) return { chosen: null, refusal: null }
  const services = servicesOf(ground, settings)
  const chosen = chosenEndpoint(ground, settings, services, service)
  // The services section is only looked up when no variable answers.
  const refusal =
    services === 'missing' && !(chosen !== null && 'variable' in chosen.by) ? missingServices(settings) : null
  return { chosen, refusal }
}

function chosenEndpoint(
  ground: SourceGround,
  settings: Settings,
  services: Settings | 'missing' | null,
  service: string,
): Configured | null {
  return (
    fromVariable(ground, `AWS_ENDPOINT_URL_${service.toUpperCase()}`) ??
    fromVariable(ground, 'AWS_ENDPOINT_URL') ??
    fromServices(services, service) ??
    fromSetting(settings.get('endpoint_url'))
  )
}

function isIgnored({ machine }: SourceGround, settings: Settings): boolean {
  const text =
    machine.env('AWS_IGNORE_CONFIGURED_ENDPOINT_URLS') ?? settings.get('ignore_configured_endpoint_urls')?.value
  return text?.toLowerCase() === 'true'
}

function fromVariable({ machine }: SourceGround, variable: string): Configured | null {
  const url = machine.env(variable)
  return url === undefined || url === '' ? null : { url, by: { variable } }
}

function fromSetting(setting: Setting | undefined): Configured | null {
  return setting === undefined || setting.value === '' ? null : { url: setting.value, by: setting.at }
}

function servicesOf({ files }: SourceGround, settings: Settings): Settings | 'missing' | null {
  const name = settings.get('services')
  if (name === undefined) return null
  const section = namedSettings(files, 'services', name.value)
  return section === null || section.size === 0 ? 'missing' : section
}

function fromServices(services: Settings | 'missing' | null, service: string): Configured | null {
  if (services === null || services === 'missing') return null
  const block = services.get(service)
  const url = block?.nested?.get('endpoint_url')
  return block === undefined || url === undefined || url === '' ? null : { url, by: block.at }
}

function missingServices(settings: Settings): Refusal {
  const name = settings.get('services')!
  const says =
    `InvalidConfigError: The profile is configured to use the services section but the "${name.value}" services ` +
    'configuration does not exist.'
  return { reason: 'configuration', says, at: name.at }
}

// ---- AWS's own endpoints

function ownEndpoints(
  ground: SourceGround,
  rules: BotocoreRules,
  region: string | null,
): Pick<EndpointChoice, 'sts' | 'iam' | 'signingRegion'> {
  const fips = region !== null && isOn(ground, 'AWS_USE_FIPS_ENDPOINT', 'use_fips_endpoint')
  const dualStack = region !== null && isOn(ground, 'AWS_USE_DUALSTACK_ENDPOINT', 'use_dualstack_endpoint')
  const legacyGlobal = stsMode(ground, rules)?.value === 'legacy'
  const own = awsEndpoints(region, { fips, dualStack, legacyGlobal })
  return rules.hasFormerEndpoints && region !== null ? formerEndpoints(own, region, fips, dualStack) : own
}

/**
 * The endpoint rules of early 2023: no European Sovereign Cloud, whose regions then count as the first partition's, and IAM by
 * region in dual stack.
 */
function formerEndpoints(
  own: Pick<EndpointChoice, 'sts' | 'iam' | 'signingRegion'>,
  region: string,
  fips: boolean,
  dualStack: boolean,
): Pick<EndpointChoice, 'sts' | 'iam' | 'signingRegion'> {
  const isSovereign = region.startsWith('eusc-')
  const suffix = dualStack ? 'api.aws' : 'amazonaws.com'
  const sts = isSovereign ? `https://sts${fips ? '-fips' : ''}.${region}.${suffix}` : own.sts
  const isFirst = isSovereign || partitionOfRegion(region).id === 'aws'
  if (!isFirst) return own
  if (dualStack) return { ...own, sts, iam: `https://iam${fips ? '-fips' : ''}.${region}.api.aws` }
  return { ...own, sts, iam: `https://iam${fips ? '-fips' : ''}.amazonaws.com` }
}

/** Whether a variant of AWS's own endpoint is asked for. */
export function hasVariant(ground: SourceGround, region: RegionChoice | null): boolean {
  if (region === null) return false
  return (
    isOn(ground, 'AWS_USE_FIPS_ENDPOINT', 'use_fips_endpoint') ||
    isOn(ground, 'AWS_USE_DUALSTACK_ENDPOINT', 'use_dualstack_endpoint')
  )
}

function isOn({ machine, files, profile }: SourceGround, variable: string, key: string): boolean {
  const text = machine.env(variable) ?? profileSettings(files, profile)?.get(key)?.value
  return text?.toLowerCase() === 'true'
}

function stsMode(ground: SourceGround, rules: BotocoreRules): { readonly value: string; readonly at: Place } | null {
  if (!rules.hasGlobalSts) return null
  const variable = 'AWS_STS_REGIONAL_ENDPOINTS'
  const named = ground.machine.env(variable)
  if (named !== undefined) return { value: named, at: { variable } }
  return profileSettings(ground.files, ground.profile)?.get('sts_regional_endpoints') ?? null
}

// ---- what lets no client be made

/** A mode that is none stops clients of every service. */
export function refusedStsMode(ground: SourceGround, rules: BotocoreRules): Refusal | null {
  const mode = stsMode(ground, rules)
  if (mode === null || ['', 'legacy', 'regional'].includes(mode.value)) return null
  const says =
    `InvalidSTSRegionalEndpointsConfigError: STS regional endpoints option ${mode.value} is invalid. ` +
    'Valid options are: "legacy", "regional"'
  return { reason: 'configuration', says, at: mode.at }
}

/** Words of botocore for a region that cannot be part of a host name; it is looked at before anything else. */
export function refusedRegion(region: RegionChoice | null): Refusal | null {
  if (region === null) return null
  if (region.isBlock) {
    const says = "TypeError: expected string or bytes-like object, got 'dict'"
    return { reason: 'configuration', says, at: region.at }
  }
  if (isHostLabel(region.name)) return null
  const says = `InvalidRegionError: Provided region_name '${region.name}' doesn't match a supported format.`
  return { reason: 'configuration', says, at: region.at }
}

export function refusedUrl(
  ground: SourceGround,
  service: ClientService,
  region: RegionChoice | null,
  configured: Configured | null,
): Refusal | null {
  const refused = (url: string, at: Place | null): Refusal => ({
    reason: 'configuration',
    says: `ValueError: Invalid endpoint: ${url}`,
    at,
  })
  if (configured !== null && !isEndpointUrl(configured.url)) {
    return refused(configured.url, 'flag' in configured.by ? null : configured.by)
  }
  // IAM is in no region.
  if (configured !== null || region?.name !== '' || service === 'iam') return null
  const fips = isOn(ground, 'AWS_USE_FIPS_ENDPOINT', 'use_fips_endpoint') ? '-fips' : ''
  const suffix = isOn(ground, 'AWS_USE_DUALSTACK_ENDPOINT', 'use_dualstack_endpoint') ? 'api.aws' : 'amazonaws.com'
  return refused(`https://${hostPrefix[service]}${fips}..${suffix}`, region.at)
}

const hostPrefix = { sts: 'sts', sso: 'portal.sso', signin: 'signin' } as const

/** Whether there is an instance metadata that could tell the region. */
export function mayGetRegion(ground: SourceGround, rules: BotocoreRules): boolean {
  return rules.asksInstanceForRegion && instanceRole.ask(ground).outcome === 'deferred'
}

/** The error with which an instance is not asked for its region; null when it is, or need not be. */
export function regionOfInstanceRefusal(ground: SourceGround, rules: BotocoreRules): Refusal | null {
  if (!rules.asksInstanceForRegion) return null
  const answer = instanceRole.ask(ground)
  return answer.outcome === 'broken' ? { ...answer.error, at: answer.at ?? null } : null
}

/** Without a region only AWS's own endpoint tells what to sign for. */
function missingRegion(region: RegionChoice | null, sts: Configured | null): Refusal | null {
  if (region !== null || sts === null) return null
  return {
    reason: 'configuration',
    says: 'NoRegionError: You must specify a region.',
    at: 'flag' in sts.by ? null : sts.by,
  }
}

/** botocore utils.py `validate_region_name`. */
function isHostLabel(region: string): boolean {
  return /^(?![0-9]+$)(?!-)[a-zA-Z0-9-]{0,63}(?<!-)$/.test(region)
}

function withoutTrailingSlash(url: string): string {
  return url.replace(/(?<!\/)\/+$/, '')
}
