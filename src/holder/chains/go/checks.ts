import { parseInt64, trimSpace } from '../../files/dialects/go-text.ts'
import type { Settings } from '../../files/reading.ts'
import type { Machine } from '../../machine/machine.ts'
import type { Place } from '../../sources/credential.ts'
import type { Refusal } from '../start.ts'
import { type GoError, plainError, refusal } from './answer.ts'

/** What is wrong with the text of a setting, as the end of Go's sentence; null when it is one of those that are known. */
type Check = (text: string) => string | null

const oneOf =
  (words: readonly string[], otherwise: string, fold: (text: string) => string = (text) => text): Check =>
  (text) =>
    words.includes(fold(text)) ? null : otherwise

const lower = (text: string): string => text.toLowerCase()
const bool = oneOf(['true', 'false'], 'need true or false', lower)
const state = oneOf(['true', 'false'], 'need true, false', lower)
const checksum = oneOf(['when_supported', 'when_required'], 'must be when_supported/when_required', lower)
const accountMode = oneOf(['preferred', 'required', 'disabled'], 'must be preferred/required/disabled')
const metadataMode: Check = (text) =>
  ['', 'ipv4', 'ipv6'].includes(trimSpace(text).toLowerCase())
    ? null
    : 'unknown EC2 IMDS endpoint mode, must be either IPv6 or IPv4'
const defaultsModes = ['auto', 'cross-region', 'in-region', 'legacy', 'mobile', 'standard', '']
const compressionLimit = 10_485_760n

interface VariableCheck {
  readonly variable: string
  /** The whole error; null when all is well. */
  readonly errorOf: (text: string, variable: string) => GoError | null
}

function checked(variable: string, check: Check): VariableCheck {
  return {
    variable,
    errorOf: (text) => {
      const wrong = check(text)
      return wrong === null ? null : plainError(`invalid value for environment variable, ${variable}=${text}, ${wrong}`)
    },
  }
}

/** In the order in which version 2 looks at them (aws-sdk-go-v2 config/env_config.go `NewEnvConfig`, 1.33.18). */
export const variablesOfV2: readonly VariableCheck[] = [
  checked('AWS_DISABLE_REQUEST_COMPRESSION', bool),
  { variable: 'AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES', errorOf: compressionSize },
  checked('AWS_DISABLE_CLOCK_SKEW_CORRECTION', bool),
  checked('AWS_ENABLE_ENDPOINT_DISCOVERY', oneOf(['true', 'false', 'auto'], 'need true, false or auto', lower)),
  checked('AWS_S3_USE_ARN_REGION', bool),
  checked('AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE', metadataMode),
  checked('AWS_EC2_METADATA_V1_DISABLED', bool),
  checked('AWS_S3_DISABLE_MULTIREGION_ACCESS_POINTS', bool),
  checked('AWS_USE_DUALSTACK_ENDPOINT', state),
  checked('AWS_USE_FIPS_ENDPOINT', state),
  {
    variable: 'AWS_DEFAULTS_MODE',
    errorOf: (text, variable) =>
      defaultsModes.includes(lower(text)) ? null : plainError(`invalid ${variable} value: ${text}`),
  },
  { variable: 'AWS_MAX_ATTEMPTS', errorOf: wholeNumber },
  {
    variable: 'AWS_RETRY_MODE',
    errorOf: (text, variable) =>
      isRetryMode(text) ? null : plainError(`invalid ${variable} value, unknown RetryMode, ${text}`),
  },
  checked('AWS_IGNORE_CONFIGURED_ENDPOINT_URLS', bool),
  checked('AWS_S3_DISABLE_EXPRESS_SESSION_AUTH', bool),
  checked('AWS_ACCOUNT_ID_ENDPOINT_MODE', accountMode),
  checked('AWS_REQUEST_CHECKSUM_CALCULATION', checksum),
  checked('AWS_RESPONSE_CHECKSUM_VALIDATION', checksum),
  checked(
    'AWS_RESTRICT_FILE_PERMISSIONS',
    oneOf(['user_read_write', 'unrestricted'], 'must be user_read_write/unrestricted', lower),
  ),
]

const regional: Check = oneOf(['legacy', 'regional'], '', lower)

function endpointKind(variable: string, name: string): VariableCheck {
  return {
    variable,
    errorOf: (text) =>
      regional(text) === null
        ? null
        : plainError(
            `failed to load environment config, failed to load, ${variable} from env config, unable to resolve the value of ${name} for ${text}`,
          ),
  }
}

function checkedInV1(variable: string, check: Check): VariableCheck {
  const { errorOf } = checked(variable, check)
  return {
    variable,
    errorOf: (text) => {
      const error = errorOf(text, variable)
      return error === null ? null : plainError(`failed to load environment config, ${error.text}`)
    },
  }
}

/** The same for version 1 (aws-sdk-go aws/session/env_config.go `envConfigLoad`, 1.55.8). */
export const variablesOfV1: readonly VariableCheck[] = [
  endpointKind('AWS_STS_REGIONAL_ENDPOINTS', 'STSRegionalEndpoint'),
  endpointKind('AWS_S3_US_EAST_1_REGIONAL_ENDPOINT', 'S3UsEast1RegionalEndpoint'),
  checkedInV1('AWS_S3_USE_ARN_REGION', bool),
  checkedInV1('AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE', metadataMode),
  checkedInV1('AWS_USE_DUALSTACK_ENDPOINT', state),
  checkedInV1('AWS_USE_FIPS_ENDPOINT', state),
]

/** The first variable whose text the SDK refuses, for which it refuses to load at all; an empty one is as if it were not set. */
export function refusedVariable(machine: Machine, checks: readonly VariableCheck[]): Refusal | null {
  for (const { variable, errorOf } of checks) {
    const text = machine.env(variable)
    const error = text === undefined || text === '' ? null : errorOf(text, variable)
    if (error !== null) return refusal('configuration', error, { variable })
  }
  return null
}

interface SettingCheck {
  readonly key: string
  /** The end of Go's sentence; null when all is well. An empty text is looked at too. */
  readonly wrong: (text: string, key: string) => string | null
}

function fieldCheck(key: string, check: Check): SettingCheck {
  return {
    key,
    wrong: (text) => {
      const wrong = check(text)
      return wrong === null ? null : `invalid value for shared config profile field, ${key}=${text}, ${wrong}`
    },
  }
}

const exactBool = oneOf(['true', 'false'], 'need true or false')

/** In the order in which version 2 looks at them (aws-sdk-go-v2 config/shared_config.go `setFromIniSection`). */
const settingsOfV2: readonly SettingCheck[] = [
  { key: 'ec2_metadata_service_endpoint_mode', wrong: metadataMode },
  {
    key: 'defaults_mode',
    wrong: (text) => (defaultsModes.includes(lower(text)) ? null : `invalid value: ${text}`),
  },
  {
    key: 'max_attempts',
    wrong: (text, key) =>
      parseInt64(text, 'prefixed') === null ? `invalid value ${key}=${text}, expect integer` : null,
  },
  { key: 'retry_mode', wrong: (text) => (isRetryMode(text) ? null : `unknown RetryMode, ${text}`) },
  fieldCheck('disable_request_compression', exactBool),
  fieldCheck('disable_clock_skew_correction', exactBool),
  { key: 'request_min_compression_size_bytes', wrong: settingSize },
  fieldCheck('account_id_endpoint_mode', accountMode),
  fieldCheck('request_checksum_calculation', checksum),
  fieldCheck('response_checksum_validation', checksum),
]

/** The first setting of a profile whose text version 2 refuses. */
export function refusedSetting(profile: string, settings: Settings): Refusal | null {
  for (const { key, wrong } of settingsOfV2) {
    const setting = settings.get(key)
    const words = setting === undefined ? null : wrong(setting.value, key)
    if (setting === undefined || words === null) continue
    return profileRefusal(profile, `failed to load ${key} from shared config, ${words}`, setting.at)
  }
  return null
}

export function profileRefusal(profile: string, words: string, at: Place | null): Refusal {
  return refusal('configuration', plainError(`error fetching config from profile, ${profile}, ${words}`), at)
}

/** The same for version 1, which looks at each file on its own. */
export function refusedSettingOfV1(file: string, settings: Settings): Refusal | null {
  const kinds = [
    ['sts_regional_endpoints', 'STSRegionalEndpoint'],
    ['s3_us_east_1_regional_endpoint', 'S3UsEast1RegionalEndpoint'],
  ] as const
  for (const [key, name] of kinds) {
    const setting = settings.get(key)
    if (setting === undefined || setting.value === '' || regional(setting.value) === null) continue
    const words = `unable to resolve the value of ${name} for ${setting.value}`
    return refusal(
      'configuration',
      plainError(`failed to load ${key} from shared config, ${file}, ${words}`),
      setting.at,
    )
  }
  const key = 'ec2_metadata_service_endpoint_mode'
  const mode = settings.get(key)
  const wrong = mode === undefined ? null : metadataMode(mode.value)
  if (mode === undefined || wrong === null) return null
  return refusal('configuration', plainError(`failed to load ${key} from shared config, ${file}, ${wrong}`), mode.at)
}

function isRetryMode(text: string): boolean {
  return text === 'standard' || text === 'adaptive'
}

function wholeNumber(text: string, variable: string): GoError | null {
  if (parseInt64(text, 'decimal') !== null) return null
  const why = /^[+-]?\d+$/.test(text) ? 'value out of range' : 'invalid syntax'
  const inner = `strconv.ParseInt: parsing "${text}": ${why}`
  return { name: 'NumError', text: `invalid value ${variable}=${text}, ${inner}` }
}

function compressionSize(text: string, variable: string): GoError | null {
  const size = parseInt64(text, 'decimal')
  if (size === null) return plainError(`invalid value for env var, ${variable}=${text}, need int64`)
  if (size >= 0n && size <= compressionLimit) return null
  return plainError(
    `invalid range for env var min request compression size bytes ${size}, must be within 0 and 10485760 inclusively`,
  )
}

function settingSize(text: string): string | null {
  const size = parseInt64(text, 'prefixed')
  if (size === null) return `invalid value for min request compression size bytes ${text}, need int64`
  if (size >= 0n && size <= compressionLimit) return null
  return `invalid range for min request compression size bytes ${size}, must be within 0 and 10485760 inclusively`
}
