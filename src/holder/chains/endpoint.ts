import { partitionOfRegion } from '../../anatomy/partitions.ts'
import type { Place } from '../sources/credential.ts'
import { iamRole } from '../sources/iam-role.ts'
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
  /** Keeps the client from being made. */
  readonly refusal: Refusal | null
  /** Keeps its calls from being signed. */
  readonly signingRefusal: Refusal | null
}

/**
 * Where STS and IAM calls go, with the error when the configuration lets no client be made.
 * Sources: botocore configprovider.py `ConfiguredEndpointProvider`, args.py `_compute_configured_endpoint_url` and
 * `_should_set_global_sts_endpoint`, the endpoint rules of STS and IAM.
 */
export function endpointOf(
  ground: SourceGround,
  rules: BotocoreRules,
  region: RegionChoice | null,
  argument: string | undefined,
): EndpointOf {
  const configured = configuredEndpoints(ground, rules, argument)
  const usable = region !== null && region.name !== '' && isHostLabel(region.name) ? region.name : null
  const own = ownEndpoints(ground, rules, usable)
  const sts = configured.sts?.url ?? own.sts
  const endpoint: EndpointChoice = {
    sts: withoutTrailingSlash(sts),
    iam: withoutTrailingSlash(configured.iam?.url ?? own.iam),
    // A configured endpoint is signed for the region itself, be it a made-up one.
    signingRegion: configured.sts === null ? own.signingRegion : (usable ?? own.signingRegion),
    overriddenBy: configured.sts?.by ?? configured.iam?.by ?? null,
  }
  const refusal = configured.refusal ?? refusedStsMode(ground, rules) ?? refusedUrl(region, configured.sts)
  return {
    endpoint,
    refusal,
    signingRefusal: mayGetRegion(ground, rules) ? null : missingRegion(region, configured.sts),
  }
}

/**
 * The error with which the endpoint of a sign-in service keeps its client from being made; null when there is none. Those
 * clients have a region of their own.
 */
export function signInEndpointRefusal(
  ground: SourceGround,
  rules: BotocoreRules,
  service: 'sso' | 'signin',
): Refusal | null {
  const settings = profileSettings(ground.files, ground.profile) ?? new Map<string, Setting>()
  if (!rules.hasConfiguredEndpoints || isIgnored(ground, settings)) return null
  const services = servicesOf(ground, settings)
  const chosen = chosenEndpoint(ground, settings, services, service)
  if (services === 'missing' && !(chosen !== null && 'variable' in chosen.by)) return missingServices(settings)
  return chosen === null ? null : refusedUrl(null, chosen)
}

// ---- configured endpoints

interface Configured {
  readonly url: string
  readonly by: Place | { readonly flag: string }
}

interface ConfiguredPair {
  readonly sts: Configured | null
  readonly iam: Configured | null
  readonly refusal: Refusal | null
}

function configuredEndpoints(ground: SourceGround, rules: BotocoreRules, argument: string | undefined): ConfiguredPair {
  if (argument !== undefined) {
    const chosen = { url: argument, by: { flag: '--endpoint-url' } }
    return { sts: chosen, iam: chosen, refusal: null }
  }
  const settings = profileSettings(ground.files, ground.profile) ?? new Map<string, Setting>()
  if (!rules.hasConfiguredEndpoints || isIgnored(ground, settings)) return { sts: null, iam: null, refusal: null }
  const services = servicesOf(ground, settings)
  const sts = chosenEndpoint(ground, settings, services, 'sts')
  // The services section is only looked up when no variable answers.
  const refusal = services === 'missing' && !(sts !== null && 'variable' in sts.by) ? missingServices(settings) : null
  return { sts, iam: chosenEndpoint(ground, settings, services, 'iam'), refusal }
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

function refusedStsMode(ground: SourceGround, rules: BotocoreRules): Refusal | null {
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

function refusedUrl(region: RegionChoice | null, sts: Configured | null): Refusal | null {
  if (sts !== null && !isEndpointUrl(sts.url)) {
    return {
      reason: 'configuration',
      says: `ValueError: Invalid endpoint: ${sts.url}`,
      at: 'flag' in sts.by ? null : sts.by,
    }
  }
  if (sts !== null || region?.name !== '') return null
  return { reason: 'configuration', says: 'ValueError: Invalid endpoint: https://sts..amazonaws.com', at: region.at }
}

/** Whether there is an instance metadata that could tell the region. */
export function mayGetRegion(ground: SourceGround, rules: BotocoreRules): boolean {
  return rules.asksInstanceForRegion && iamRole.ask(ground).outcome === 'deferred'
}

/** The error with which an instance is not asked for its region; null when it is, or need not be. */
export function regionOfInstanceRefusal(ground: SourceGround, rules: BotocoreRules): Refusal | null {
  if (!rules.asksInstanceForRegion) return null
  const answer = iamRole.ask(ground)
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
