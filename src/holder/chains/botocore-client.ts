import { pythonInt, quoted, quotedList } from '../files/dialects/python.ts'
import type { Place } from '../sources/credential.ts'
import { namedSettings, profileSettings, type Setting, type SourceGround } from '../sources/settings.ts'
import type { BotocoreRules, ClientCheck } from './botocore-rules.ts'
import {
  type ClientService,
  configuredEndpointOf,
  hasVariant,
  type RegionChoice,
  refusedRegion,
  refusedStsMode,
  refusedUrl,
} from './endpoint.ts'
import type { Refusal } from './start.ts'

/** A client that would be made. */
export interface ClientAsked {
  readonly service: ClientService
  readonly region: RegionChoice | null
  /** A client that signs nothing does not look at settings of the account. */
  readonly isSigned: boolean
  /** By an argument. */
  readonly endpointUrl?: string | undefined
}

/**
 * The error with which a client is not made, null when it is: settings that have nothing to do with credentials stop every
 * client, also those that fetch credentials. They are looked at in this order.
 *
 * Source: botocore session.py `create_client`, client.py `ClientCreator.create_client`, args.py `get_client_args`, config.py.
 */
export function clientRefusal(ground: SourceGround, rules: BotocoreRules, asked: ClientAsked): Refusal | null {
  const { service, region, isSigned, endpointUrl } = asked
  const { chosen, refusal } = configuredEndpointOf(ground, rules, service, endpointUrl)
  const knows = (check: ClientCheck): boolean => rules.clientChecks.includes(check)
  const stsMode = refusedStsMode(ground, rules)
  return (
    refusedRegion(region) ??
    (knows('api-versions') ? refusedApiVersions(ground) : null) ??
    bearerTokenRefusal(ground, ground.profile) ??
    (knows('defaults-mode') ? refusedDefaultsMode(ground) : null) ??
    refusedS3Block(ground, rules) ??
    refusal ??
    (service === 'sts' && chosen === null && !hasVariant(ground, region) ? stsMode : null) ??
    refusedNumberOfAttempts(ground) ??
    (knows('compression') ? refusedCompression(ground) : null) ??
    (knows('checksums') ? refusedChecksums(ground) : null) ??
    (knows('account-id') && isSigned ? refusedAccountIdMode(ground) : null) ??
    (knows('auth-scheme') ? refusedAuthScheme(ground) : null) ??
    (knows('s3-express') ? refusedS3Express(ground) : null) ??
    refusedS3Style(ground) ??
    refusedRetries(ground, rules) ??
    refusedUrl(ground, service, region, chosen) ??
    stsMode ??
    (knows('s3-global') ? refusedS3Global(ground) : null) ??
    refusedMonitor(ground)
  )
}

/**
 * Every client also looks for a bearer token, so that a broken `sso_session` stops calls that would use good keys
 * (botocore session.py `create_client`, tokens.py `SSOTokenProvider._load_sso_config`).
 */
export function bearerTokenRefusal({ files }: SourceGround, profile: string): Refusal | null {
  const name = profileSettings(files, profile)?.get('sso_session')
  if (name === undefined) return null
  const session = namedSettings(files, 'sso-session', name.value)
  if (session === null || session.size === 0) {
    const says =
      `InvalidConfigError: The profile "${profile}" is configured to use the SSO token provider but the "${name.value}" ` +
      'sso_session configuration does not exist.'
    return { reason: 'configuration', says, at: name.at }
  }
  const missing = ['sso_start_url', 'sso_region'].filter((key) => !session.has(key))
  if (missing.length === 0) return null
  const says =
    `InvalidConfigError: The profile "${profile}" is configured to use the SSO token provider but is missing the following ` +
    `configuration: ${quotedList(missing)}.`
  return { reason: 'configuration', says, at: name.at }
}

/** What is sent is only looked at when the profile does not forbid it. */
export function validatesParameters({ files, profile }: SourceGround): boolean {
  const setting = profileSettings(files, profile)?.get('parameter_validation')
  return setting === undefined || (setting.nested === null && setting.value.toLowerCase() === 'true')
}

// ---- settings as botocore's store has them

interface Told {
  /** As `str()` of Python writes it. */
  readonly text: string
  /** A value that begins on the line below its key is a map. */
  readonly type: 'str' | 'dict'
  readonly at: Place
}

/** A variable that is set outranks the profile, also when it is empty (configprovider.py `ChainProvider`). */
function told(ground: SourceGround, variable: string | null, ...keys: readonly string[]): Told | null {
  const named = variable === null ? undefined : ground.machine.env(variable)
  if (variable !== null && named !== undefined) return { text: named, type: 'str', at: { variable } }
  const settings = profileSettings(ground.files, ground.profile)
  for (const key of keys) {
    const setting = settings?.get(key)
    if (setting !== undefined) return toldBy(setting)
  }
  return null
}

function toldBy({ value, nested, at }: Setting): Told {
  if (nested === null) return { text: value, type: 'str', at }
  const members = [...nested].map(([key, text]) => `${quoted(key)}: ${quoted(text)}`)
  return { text: `{${members.join(', ')}}`, type: 'dict', at }
}

function refused(says: string, { at }: Pick<Told, 'at'>): Refusal {
  return { reason: 'configuration', says, at }
}

/** The error of `int(value)`. */
function refusedNumber(value: Told): Refusal | null {
  if (value.type === 'dict') {
    return refused(
      "TypeError: int() argument must be a string, a bytes-like object or a real number, not 'dict'",
      value,
    )
  }
  if (pythonInt(value.text) !== null) return null
  return refused(`ValueError: invalid literal for int() with base 10: ${quoted(value.text)}`, value)
}

// ---- each in its turn

function refusedApiVersions(ground: SourceGround): Refusal | null {
  const versions = told(ground, null, 'api_versions')
  if (versions === null || versions.type === 'dict') return null
  return refused("AttributeError: 'str' object has no attribute 'get'", versions)
}

const defaultsModes = ['legacy', 'auto', 'standard', 'in-region', 'cross-region', 'mobile']

function defaultsMode(ground: SourceGround): Told | null {
  return told(ground, 'AWS_DEFAULTS_MODE', 'defaults_mode')
}

function refusedDefaultsMode(ground: SourceGround): Refusal | null {
  const mode = defaultsMode(ground)
  if (mode === null) return null
  if (mode.type === 'dict') return refused("AttributeError: 'dict' object has no attribute 'lower'", mode)
  if (defaultsModes.includes(mode.text.toLowerCase())) return null
  const says =
    `InvalidDefaultsMode: Client configured with invalid defaults mode: ${mode.text}. ` +
    `Valid defaults modes include: ${defaultsModes.join(', ')}.`
  return refused(says, mode)
}

function refusedNumberOfAttempts(ground: SourceGround): Refusal | null {
  const attempts = told(ground, 'AWS_MAX_ATTEMPTS', 'max_attempts')
  return attempts === null ? null : refusedNumber(attempts)
}

function refusedRetries(ground: SourceGround, rules: BotocoreRules): Refusal | null {
  const attempts = told(ground, 'AWS_MAX_ATTEMPTS', 'max_attempts')
  const count = attempts === null ? null : pythonInt(attempts.text)
  if (attempts !== null && count !== null && count < 1) {
    const least = rules.hasLegacyRetries ? '1' : 'one'
    const says =
      `InvalidMaxRetryAttemptsError: Value provided to "max_attempts": ${count} must be an integer greater than or equal ` +
      `to ${least}.`
    return refused(says, attempts)
  }
  const mode = told(ground, 'AWS_RETRY_MODE', 'retry_mode')
  const modes = rules.hasLegacyRetries ? ['legacy', 'standard', 'adaptive'] : ['standard', 'adaptive']
  if (mode === null || (mode.type === 'str' && modes.includes(mode.text))) return null
  const listed = rules.hasLegacyRetries ? "('legacy', 'standard', 'adaptive')" : '"standard" or "adaptive"'
  const says = `InvalidRetryModeError: Invalid value provided to "mode": "${mode.text}" must be one of: ${listed}`
  return refused(says, mode)
}

function refusedCompression(ground: SourceGround): Refusal | null {
  const key = 'request_min_compression_size_bytes'
  const size = told(ground, 'AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES', key)
  if (size === null) return null
  const number = size.type === 'dict' ? null : pythonInt(size.text)
  if (number !== null && number >= 1 && number <= 1_048_576) return null
  const demand =
    number === null ? `be an integer. Received <class '${size.type}'> instead.` : 'be between 1 and 1048576.'
  return refused(`InvalidConfigError: Invalid value "${size.text}" for ${key}. Value must ${demand}`, size)
}

function refusedChecksums(ground: SourceGround): Refusal | null {
  for (const key of ['request_checksum_calculation', 'response_checksum_validation']) {
    const value = told(ground, `AWS_${key.toUpperCase()}`, key)
    if (value === null) continue
    const text = value.type === 'str' ? value.text.toLowerCase() : value.text
    if (['when_supported', 'when_required'].includes(text)) continue
    const says =
      `InvalidChecksumConfigError: Unsupported configuration value for ${key}. ` +
      `Expected one of ('when_supported', 'when_required') but got ${text}.`
    return refused(says, value)
  }
  return null
}

function refusedAccountIdMode(ground: SourceGround): Refusal | null {
  const key = 'account_id_endpoint_mode'
  const mode = told(ground, 'AWS_ACCOUNT_ID_ENDPOINT_MODE', key)
  if (mode === null) return null
  const text = mode.type === 'str' ? mode.text.toLowerCase() : mode.text
  if (['preferred', 'disabled', 'required'].includes(text)) return null
  const says =
    `InvalidConfigError: The configured value '${text}' for '${key}' is invalid. ` +
    "Valid values are: ('preferred', 'disabled', 'required')."
  return refused(says, mode)
}

function refusedAuthScheme(ground: SourceGround): Refusal | null {
  const scheme = told(ground, 'AWS_AUTH_SCHEME_PREFERENCE', 'auth_scheme_preference')
  if (scheme === null || scheme.type === 'str') return null
  const says =
    'InvalidConfigError: auth_scheme_preference must be a comma-delimited string. ' +
    `Received <class 'dict'> instead: ${scheme.text}.`
  return refused(says, scheme)
}

// ---- settings of S3, which every client looks at

function refusedS3Express(ground: SourceGround): Refusal | null {
  const key = 's3_disable_express_session_auth'
  const value = told(ground, 'AWS_S3_DISABLE_EXPRESS_SESSION_AUTH', key)
  if (value === null || (value.type === 'str' && ['true', 'false'].includes(value.text.toLowerCase()))) return null
  return refused(`InvalidConfigError: Invalid value "${value.text}" for ${key}. Value must be a boolean`, value)
}

function s3Setting({ files, profile }: SourceGround): Setting | undefined {
  return profileSettings(files, profile)?.get('s3')
}

/** An empty `s3` is no map, and what other settings say of S3 cannot be put there. */
function refusedS3Block(ground: SourceGround, rules: BotocoreRules): Refusal | null {
  const block = s3Setting(ground)
  if (block === undefined || block.nested !== null || block.value !== '') return null
  const knows = (check: ClientCheck): boolean => rules.clientChecks.includes(check)
  const mode = knows('defaults-mode') ? defaultsMode(ground) : null
  const isSet =
    (mode !== null && mode.text.toLowerCase() !== 'legacy') ||
    told(ground, 'AWS_S3_USE_ARN_REGION', 's3_use_arn_region') !== null ||
    told(ground, 'AWS_S3_DISABLE_MULTIREGION_ACCESS_POINTS') !== null ||
    (knows('s3-global') &&
      told(ground, 'AWS_S3_US_EAST_1_REGIONAL_ENDPOINT', 's3_us_east_1_regional_endpoint') !== null)
  return isSet ? refused("TypeError: 'str' object does not support item assignment", block) : null
}

function refusedS3Style(ground: SourceGround): Refusal | null {
  const block = s3Setting(ground)
  if (block === undefined) return null
  if (block.nested === null) {
    return block.value === '' ? refused("AttributeError: 'str' object has no attribute 'get'", block) : null
  }
  const style = block.nested.get('addressing_style')
  if (style === undefined || ['virtual', 'auto', 'path'].includes(style)) return null
  const says =
    `InvalidS3AddressingStyleError: S3 addressing style ${style} is invalid. ` +
    "Valid options are: 'auto', 'virtual', and 'path'"
  return refused(says, block)
}

function refusedS3Global(ground: SourceGround): Refusal | null {
  const block = s3Setting(ground)
  // A text there makes botocore forget what the variable says as well.
  if (block !== undefined && block.nested === null && block.value !== '') return null
  const inBlock = block?.nested?.get('us_east_1_regional_endpoint')
  const option =
    told(ground, 'AWS_S3_US_EAST_1_REGIONAL_ENDPOINT', 's3_us_east_1_regional_endpoint') ??
    (block === undefined || inBlock === undefined ? null : { text: inBlock, at: block.at })
  if (option === null || ['legacy', 'regional'].includes(option.text)) return null
  const says =
    `InvalidS3UsEast1RegionalEndpointConfigError: S3 us-east-1 regional endpoint option ${option.text} is invalid. ` +
    'Valid options are: "legacy", "regional"'
  return refused(says, option)
}

/** session.py `_create_csm_monitor`. */
function refusedMonitor(ground: SourceGround): Refusal | null {
  const isOn = told(ground, 'AWS_CSM_ENABLED', 'csm_enabled')
  if (isOn === null || isOn.type === 'dict' || isOn.text.toLowerCase() !== 'true') return null
  const port = told(ground, 'AWS_CSM_PORT', 'csm_port')
  return port === null ? null : refusedNumber(port)
}
