import type { Refusal } from '../start.ts'
import type { EndpointChoice } from '../trace.ts'
import type { Told, V2Ground } from './v2-ground.ts'

/** A rule of lib/region_config_data.json. */
interface Rule {
  readonly host: string
  /** One endpoint for all regions of a partition, with the region that requests are signed for. */
  readonly signedFor?: string
}

const standard: Readonly<Record<string, Rule>> = {
  'us-gov-*/sts': { host: '{service}.{region}.amazonaws.com' },
  'us-gov-*/iam': { host: '{service}.us-gov.amazonaws.com', signedFor: 'us-gov-west-1' },
  'cn-*/iam': { host: '{service}.cn-north-1.amazonaws.com.cn', signedFor: 'cn-north-1' },
  'us-iso-*/iam': { host: '{service}.us-iso-east-1.c2s.ic.gov', signedFor: 'us-iso-east-1' },
  'cn-*/*': { host: '{service}.{region}.amazonaws.com.cn' },
  'eu-isoe-*/*': { host: '{service}.{region}.cloud.adc-e.uk' },
  'us-iso-*/*': { host: '{service}.{region}.c2s.ic.gov' },
  'us-isob-*/*': { host: '{service}.{region}.sc2s.sgov.gov' },
  'us-isof-*/*': { host: '{service}.{region}.csp.hci.ic.gov' },
  '*/sts': { host: '{service}.amazonaws.com', signedFor: 'us-east-1' },
  '*/iam': { host: '{service}.amazonaws.com', signedFor: 'us-east-1' },
  '*/*': { host: '{service}.{region}.amazonaws.com' },
}

const fips: Readonly<Record<string, Rule>> = {
  'us-gov-*/sts': { host: '{service}.{region}.amazonaws.com' },
  'us-gov-*/*': { host: '{service}-fips.{region}.amazonaws.com' },
  'us-iso-*/*': { host: '{service}-fips.{region}.c2s.ic.gov' },
  'us-isob-*/*': { host: '{service}-fips.{region}.sc2s.sgov.gov' },
  'cn-*/*': { host: '{service}-fips.{region}.amazonaws.com.cn' },
  '*/iam': { host: '{service}-fips.amazonaws.com' },
  '*/*': { host: '{service}-fips.{region}.amazonaws.com' },
}

const dualStack: Readonly<Record<string, Rule>> = {
  'cn-*/*': { host: '{service}.{region}.api.amazonwebservices.com.cn' },
  '*/*': { host: '{service}.{region}.api.aws' },
}

const dualStackFips: Readonly<Record<string, Rule>> = {
  'cn-*/*': { host: '{service}-fips.{region}.api.amazonwebservices.com.cn' },
  '*/*': { host: '{service}-fips.{region}.api.aws' },
}

/**
 * Where calls of a program go. v2 knows no configured endpoints; STS is asked at its global host unless a setting says
 * `regional`. Sources: lib/region_config.js `configureEndpoint`, lib/services/sts.js `optInRegionalEndpoint`.
 */
export function v2Endpoint(ground: V2Ground, argument: string | undefined): EndpointChoice {
  const region = ground.region === null ? null : v2RealRegion(ground.region.value)
  const sts = ownEndpoint(ground, 'sts', region)
  const iam = ownEndpoint(ground, 'iam', region)
  const chosen = argument === undefined || argument === '' ? null : argument.replace(/\/+$/, '')
  return {
    sts: chosen ?? sts.url,
    iam: chosen ?? iam.url,
    signingRegion: sts.signingRegion,
    overriddenBy: chosen === null ? null : { flag: '--endpoint-url' },
  }
}

interface OwnEndpoint {
  readonly url: string
  readonly signingRegion: string
  /** The client asks for no region then. */
  readonly isGlobal: boolean
}

function ownEndpoint(ground: V2Ground, service: 'sts' | 'iam', region: string | null): OwnEndpoint {
  const { host, signedFor } = ruleFor(rulesOf(ground), service, region)
  const own = host.replace('{service}', service).replace('{region}', region ?? '')
  if (service === 'sts' && signedFor !== undefined && region !== null && regionalFlag(ground).value === 'regional') {
    return { url: asSent(`https://sts.${region}.amazonaws.com`), signingRegion: region, isGlobal: true }
  }
  return {
    url: `https://${own}`.toLowerCase(),
    signingRegion: signedFor ?? region ?? 'us-east-1',
    isGlobal: signedFor !== undefined,
  }
}

/** What `url.parse` makes of it: capitals are made small, and a mark such as `#` in a region ends the host. */
function asSent(url: string): string {
  return url.toLowerCase().replace(/^(https:\/\/[^/?#]*).*$/s, '$1')
}

function ruleFor(rules: Readonly<Record<string, Rule>>, service: string, region: string | null): Rule {
  const parts = region?.split('-') ?? []
  const prefix = parts.length < 3 ? null : `${parts.slice(0, -2).join('-')}-*`
  const keys = prefix === null ? [] : [`${prefix}/${service}`, `${prefix}/*`]
  return [...keys, `*/${service}`, '*/*'].map((key) => rules[key]).find((rule) => rule !== undefined)!
}

function rulesOf(ground: V2Ground): Readonly<Record<string, Rule>> {
  const isFips = (ground.region !== null && isFipsRegion(ground.region.value)) || isOn(ground, 'FIPS', 'fips')
  const isDualStack = isOn(ground, 'DUALSTACK', 'dualstack')
  if (isFips) return isDualStack ? dualStackFips : fips
  return isDualStack ? dualStack : standard
}

/** Exactly `true` or `false`; any other text is none, and the config file is asked (lib/node_loader.js `getBooleanValue`). */
function isOn({ machine, files, ambient }: V2Ground, name: string, key: string): boolean {
  const variable = machine.env(`AWS_USE_${name}_ENDPOINT`)
  if (variable === 'true' || variable === 'false') return variable === 'true'
  return files.config.profile(ambient)?.get(`use_${key}_endpoint`)?.value === 'true'
}

// ---- the setting for STS

type Flag = { readonly value: 'legacy' | 'regional' | null; readonly error: Refusal | null }

/** lib/config_regional_endpoint.js: an empty variable is an error too. */
function regionalFlag(ground: V2Ground): Flag {
  const variable = 'AWS_STS_REGIONAL_ENDPOINTS'
  const named = ground.machine.env(variable)
  if (named !== undefined) {
    const words = 'InvalidEnvironmentalVariable: invalid AWS_STS_REGIONAL_ENDPOINTS environmental variable'
    return flagOf({ value: named, at: { variable } }, words)
  }
  const setting = ground.files.profile(ground.ambient)?.get('sts_regional_endpoints')
  if (setting === undefined) return { value: null, error: null }
  return flagOf(setting, 'InvalidConfiguration: invalid sts_regional_endpoints profile config')
}

function flagOf({ value, at }: Told, words: string): Flag {
  const flag = value.toLowerCase()
  if (flag === 'legacy' || flag === 'regional') return { value: flag, error: null }
  const says = `${words}. Expect "legacy"  or "regional". Got "${value}".`
  return { value: null, error: { reason: 'configuration', says, at } }
}

/** The error of a request to STS by a client of this region; null when it can be sent (lib/event_listeners.js). */
export function stsRequestError(ground: V2Ground, region: Told | null): Refusal | null {
  const flag = regionalFlag(ground)
  if (flag.error !== null) return flag.error
  const name = region === null ? null : v2RealRegion(region.value)
  const { isGlobal } = ownEndpoint(ground, 'sts', name)
  const refused = (message: string): Refusal => ({
    reason: 'configuration',
    says: `ConfigError: ${message} region in config`,
    at: region?.at ?? null,
  })
  if (isGlobal) return flag.value === 'regional' && name === null ? refused('Missing') : null
  return regionProblem(name) === null ? null : refused(regionProblem(name) ?? '')
}

/** Why a client for one region takes no such region (`VALIDATE_REGION`). */
export function regionProblem(region: string | null): 'Missing' | 'Invalid' | null {
  if (region === null || region === '') return 'Missing'
  return /^([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]{0,61}[a-zA-Z0-9])$/.test(region) ? null : 'Invalid'
}

const globalRegions: Readonly<Record<string, string>> = {
  'fips-aws-global': 'us-east-1',
  'aws-fips': 'us-east-1',
  'aws-global': 'us-east-1',
  'fips-aws-us-gov-global': 'us-gov-west-1',
  'aws-us-gov-global': 'us-gov-west-1',
}

/** lib/region/utils.js. */
export function v2RealRegion(region: string): string {
  if (Object.hasOwn(globalRegions, region)) return globalRegions[region]!
  return region.replace(/fips-(dkr-|prod-)?|-fips/, '')
}

function isFipsRegion(region: string): boolean {
  return region.startsWith('fips-') || region.endsWith('-fips')
}
