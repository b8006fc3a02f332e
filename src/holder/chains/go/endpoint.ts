import { partitionOfRegion } from '../../../anatomy/partitions.ts'
import type { Settings } from '../../files/reading.ts'
import type { Machine } from '../../machine/machine.ts'
import type { Place } from '../../sources/credential.ts'
import { awsEndpoints } from '../aws-endpoints.ts'
import type { EndpointChoice } from '../trace.ts'
import { type GoError, urlError } from './answer.ts'
import { escapedPath, parseGoUrl, unsendableUrl } from './url.ts'

export interface GoRegion {
  readonly name: string
  readonly at: Place | null
}

/** The region, by argument, variable or profile; null when none is configured, which STS in version 2 takes for an error. */
export function regionOf(
  machine: Machine,
  argument: string | undefined,
  variables: readonly string[],
  settings: Settings | null,
): GoRegion | null {
  if (argument !== undefined && argument !== '') return { name: argument, at: null }
  const variable = variables.find((name) => (machine.env(name) ?? '') !== '')
  if (variable !== undefined) return { name: machine.env(variable)!, at: { variable } }
  const setting = settings?.get('region')
  return setting === undefined || setting.value === '' ? null : { name: setting.value, at: setting.at }
}

/** What the endpoints of version 2 depend on. */
export interface EndpointGroundOfV2 {
  readonly machine: Machine
  readonly region: GoRegion | null
  /** Of the selected profile; null when there is none. */
  readonly settings: Settings | null
  /** Of the section that its `services` names; null when there is none. */
  readonly services: Settings | null
  readonly argument: string | undefined
}

interface Configured {
  readonly url: string
  readonly by: Place | { readonly flag: string }
}

/**
 * Where calls of the program go. Source: aws-sdk-go-v2 config/resolve.go `resolveBaseEndpoint`, service/sts/endpoints.go
 * `resolveBaseEndpoint` and its rules.
 */
export function endpointsOfV2(ground: EndpointGroundOfV2): EndpointChoice {
  const { region, isFips } = endpointRegion(ground)
  const given = ground.region?.name ?? null
  const own = ownEndpoints(region, isFips, isDualStack(ground))
  const sts = configured(ground, 'sts', generalEndpoint(ground))
  const iam = configured(ground, 'iam', generalEndpoint(ground))
  return {
    sts: addressOf(sts?.url ?? own.sts),
    iam: addressOf(iam?.url ?? own.iam),
    // Signed is for the region as it was given, `fips-` and all.
    signingRegion: sts === null && region === given ? own.signingRegion : (given ?? ''),
    overriddenBy: sts?.by ?? iam?.by ?? null,
  }
}

/** Of an endpoint count its scheme, host and path, but no user, query or fragment. */
function addressOf(text: string): string {
  const url = parseGoUrl(text)
  const isWhole = url.kind === 'url' && url.scheme !== '' && url.host !== ''
  return (isWhole ? `${url.scheme}://${url.host}${escapedPath(url.path)}` : text).replace(/\/+$/, '')
}

/** AWS's own; where a partition has no IAM with FIPS of its own, the rules make one from its domain alone. */
function ownEndpoints(region: string | null, fips: boolean, dualStack: boolean): ReturnType<typeof awsEndpoints> {
  const own = awsEndpoints(region, { fips, dualStack })
  const partition = partitionOfRegion(region ?? 'aws-global')
  if (!fips || ['aws', 'aws-us-gov', 'aws-iso', 'aws-iso-b'].includes(partition.id)) return own
  return { ...own, iam: `https://iam-fips.${dualStack ? partition.dualStackDnsSuffix : partition.dnsSuffix}` }
}

/**
 * The error with which a call to STS ends before it is sent; null when it is sent. While credentials are looked for,
 * `AWS_ENDPOINT_URL` and `endpoint_url` are not read yet: only the endpoint that is configured for STS itself counts.
 */
export function stsRefusalOfV2(
  ground: EndpointGroundOfV2,
  operation: string,
  stage: 'credentials' | 'program',
  attempts = 3,
): GoError | null {
  const words = (text: string): GoError => ({
    name: 'OperationError',
    text: `operation error STS: ${operation}, ${text}`,
  })
  const rule = (text: string): GoError =>
    words(`failed to resolve service endpoint, endpoint rule error, Invalid Configuration: ${text}`)
  const { region } = ground
  if (region !== null && !isHostLabel(region.name)) {
    return words(`failed to bind endpoint params, invalid input region ${region.name}`)
  }
  const sts = configured(ground, 'sts', stage === 'program' ? generalEndpoint(ground) : null)
  if (sts === null) return region === null ? rule('Missing Region') : null
  if (endpointRegion(ground).isFips) return rule('FIPS and custom endpoint are not supported')
  if (isDualStack(ground)) return rule('Dualstack and custom endpoint are not supported')
  return refusedAddress(sts.url, operation, attempts)
}

/** A configured endpoint that is no http URL, e.g. one without its scheme. */
function refusedAddress(address: string, operation: string, attempts: number): GoError | null {
  const words = `operation error STS: ${operation}, `
  const url = parseGoUrl(address)
  if (url.kind === 'error') {
    return {
      name: 'OperationError',
      text: `${words}failed to resolve service endpoint, Failed to parse uri: ${address}`,
    }
  }
  const why = unsendableUrl(url)
  if (why === null) return null
  const { scheme, host } = url
  const path = escapedPath(url.path)
  const start = `${scheme === '' ? '' : `${scheme}:`}${scheme === '' && host === '' ? '' : `//${host}`}`
  const asked = `${start}${path.startsWith('/') ? '' : '/'}${path}`
  return urlError(
    `${words}exceeded maximum number of attempts, ${attempts}, https response error StatusCode: 0, RequestID: , ` +
      `request send failed, Post "${asked}": ${why}`,
  )
}

/** The same for a call to the portal of IAM Identity Center, in the region that its settings name. */
export function portalRefusalOfV2(region: string): GoError | null {
  if (isHostLabel(region)) return null
  const words = `operation error SSO: GetRoleCredentials, failed to bind endpoint params, invalid input region ${region}`
  return { name: 'OperationError', text: words }
}

function configured(ground: EndpointGroundOfV2, service: 'sts' | 'iam', general: Configured | null): Configured | null {
  const { machine, argument } = ground
  if (argument !== undefined && argument !== '') return { url: argument, by: { flag: '--endpoint-url' } }
  const variable = `AWS_ENDPOINT_URL_${service.toUpperCase()}`
  // The general variable alone, be it empty, keeps the services section from being looked at.
  if (machine.env('AWS_ENDPOINT_URL') !== undefined && machine.env(variable) === undefined) return general
  if (isIgnored(ground)) return general
  const named = machine.env(variable) ?? ''
  if (named !== '') return { url: named, by: { variable } }
  const block = ground.services?.get(service)
  const url = block?.nested?.get('endpoint_url')
  return block === undefined || url === undefined ? general : { url, by: block.at }
}

function generalEndpoint(ground: EndpointGroundOfV2): Configured | null {
  if (isIgnored(ground)) return null
  const url = ground.machine.env('AWS_ENDPOINT_URL') ?? ''
  if (url !== '') return { url, by: { variable: 'AWS_ENDPOINT_URL' } }
  const setting = ground.settings?.get('endpoint_url')
  return setting === undefined || setting.value === '' ? null : { url: setting.value, by: setting.at }
}

function isIgnored(ground: EndpointGroundOfV2): boolean {
  return isOn(ground, 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS', 'ignore_configured_endpoint_urls')
}

function isDualStack(ground: EndpointGroundOfV2): boolean {
  return isOn(ground, 'AWS_USE_DUALSTACK_ENDPOINT', 'use_dualstack_endpoint')
}

/** A region may have `fips-` in its name, which then is the other way to ask for it. */
function endpointRegion(ground: EndpointGroundOfV2): { readonly region: string | null; readonly isFips: boolean } {
  const isFips = isOn(ground, 'AWS_USE_FIPS_ENDPOINT', 'use_fips_endpoint')
  const name = ground.region?.name ?? null
  if (name === null || !/fips-|-fips/.test(name)) return { region: name, isFips }
  return { region: withoutFips(name), isFips: true }
}

export function withoutFips(region: string): string {
  return region.replaceAll('-fips-', '-').replaceAll('fips-', '').replaceAll('-fips', '')
}

/** A variable that is set, and not empty, before a setting; whatever is neither yes nor no counts as no. */
export function isOn(
  { machine, settings }: Pick<EndpointGroundOfV2, 'machine' | 'settings'>,
  variable: string,
  key: string,
): boolean {
  const text = machine.env(variable) || settings?.get(key)?.value
  return text?.toLowerCase() === 'true'
}

/** smithy-go endpoints/private/rulesfn/uri.go `IsValidHostLabel`, with subdomains. */
function isHostLabel(region: string): boolean {
  return region.split('.').every((label) => /^(?!-)[A-Za-z0-9-]{1,63}(?<!-)$/.test(label))
}
