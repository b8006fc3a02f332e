import { pythonInt, quoted } from '../files/dialects/python.ts'
import type { BrokenSource } from '../sources/answer.ts'
import type { Place } from '../sources/credential.ts'
import { filesRefusal, profileSettings, type SourceGround } from '../sources/settings.ts'
import type { BotocoreRules } from './botocore-rules.ts'

export type Refusal = BrokenSource & { readonly at: Place | null }

/**
 * The error with which botocore stops before it asks its first source, null when it comes that far. To make the chain it looks
 * up settings of the instance metadata; each that no variable answers is looked up in the chosen profile, and that reads both
 * files. So a broken file or a missing profile stops also those whose keys are in the environment.
 *
 * Source: botocore credentials.py `create_credential_resolver`, session.py `get_scoped_config`, utils.py
 * `resolve_imds_endpoint_mode` and `IMDSFetcher._select_base_url`.
 */
export function refusalAtStart(ground: SourceGround, rules: BotocoreRules, selected: ProfileSelection): Refusal | null {
  const lookUp = (variable: string | null, key: string): Found | Refusal | null => {
    const value = variable === null ? undefined : ground.machine.env(variable)
    if (variable !== null && value !== undefined) return { value, at: { variable } }
    const refusal = filesRefusal(ground.files) ?? missingProfile(ground, selected)
    return refusal ?? profileSettings(ground.files, ground.profile)?.get(key) ?? null
  }
  if (rules.startVariables.length === 0) {
    const refusal = filesRefusal(ground.files)
    if (refusal !== null) return refusal
  }
  for (const variable of rules.startVariables) {
    const found = lookUp(variable, 'data_path')
    if (isRefusal(found)) return found
  }
  return refusalOfMetadataSettings(lookUp)
}

export interface ProfileSelection {
  readonly name: string
  readonly from: 'argument' | 'default' | { readonly variable: string }
}

interface Found {
  readonly value: string
  readonly at: Place
}

type LookUp = (variable: string | null, key: string) => Found | Refusal | null

function isRefusal(found: Found | Refusal | null): found is Refusal {
  return found !== null && 'says' in found
}

/** The error for a chosen profile that no file holds; only the default may be missing. */
export function missingProfile({ files }: SourceGround, { name, from }: ProfileSelection): Refusal | null {
  if (from === 'default' || profileSettings(files, name) !== null) return null
  return {
    reason: 'profile-not-found',
    says: `ProfileNotFound: The config profile (${name}) could not be found`,
    at: from === 'argument' ? null : from,
  }
}

function refusalOfMetadataSettings(lookUp: LookUp): Refusal | null {
  for (const [variable, key] of [
    ['AWS_METADATA_SERVICE_TIMEOUT', 'metadata_service_timeout'],
    ['AWS_METADATA_SERVICE_NUM_ATTEMPTS', 'metadata_service_num_attempts'],
  ] as const) {
    const found = lookUp(variable, key)
    if (isRefusal(found)) return found
    if (found !== null && pythonInt(found.value) === null) {
      return {
        reason: 'configuration',
        says: `ValueError: invalid literal for int() with base 10: ${quoted(found.value)}`,
        at: found.at,
      }
    }
  }
  const endpoint = lookUp('AWS_EC2_METADATA_SERVICE_ENDPOINT', 'ec2_metadata_service_endpoint')
  if (isRefusal(endpoint)) return endpoint
  const mode = lookUp('AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE', 'ec2_metadata_service_endpoint_mode')
  if (isRefusal(mode)) return mode
  if (mode !== null && !['ipv4', 'ipv6'].includes(mode.value.toLowerCase())) {
    const says =
      `InvalidIMDSEndpointModeError: Invalid EC2 Instance Metadata endpoint mode: ${mode.value} ` +
      `Valid endpoint modes (case-insensitive): ('ipv4', 'ipv6').`
    return { reason: 'configuration', says, at: mode.at }
  }
  const rest = [
    ...(mode === null ? ([['AWS_IMDS_USE_IPV6', 'imds_use_ipv6']] as const) : []),
    ['AWS_EC2_METADATA_V1_DISABLED', 'ec2_metadata_v1_disabled'],
  ] as const
  for (const [variable, key] of rest) {
    const found = lookUp(variable, key)
    if (isRefusal(found)) return found
  }
  return endpoint === null ? null : refusedEndpoint(endpoint)
}

function refusedEndpoint({ value, at }: Found): Refusal | null {
  if (value === '' || isEndpointUrl(value)) return null
  const says = `InvalidIMDSEndpointError: Invalid endpoint EC2 Instance Metadata endpoint: ${value}`
  return { reason: 'configuration', says, at }
}

/** utils.py `is_valid_uri`: a host that is an IPv6 address in brackets, or whose labels are labels. */
export function isEndpointUrl(text: string): boolean {
  if (/[\t\r\n]/.test(text)) return false
  const authority = /^(?:[A-Za-z][A-Za-z0-9+.-]*:)?\/\/([^/?#]*)/.exec(text)?.[1]?.replace(/^.*@/s, '') ?? ''
  if (/^\[[0-9A-Fa-f:.]+(%[\w.~-]+)?\](:\d*)?$/.test(authority)) return true
  const host = authority.replace(/:.*$/s, '').replace(/\.$/, '')
  return host.length <= 255 && host.split('.').every((label) => /^(?!-)[A-Za-z0-9-]{1,63}(?<!-)$/.test(label))
}
