import { trimJava } from '../../files/dialects/java-text.ts'
import type { Setting } from '../../files/reading.ts'
import type { Machine } from '../../machine/machine.ts'
import type { Place } from '../../sources/credential.ts'
import type { JvmFiles } from './files.ts'
import { failed, type Outcome } from './ground.ts'

/** What a client goes by that a source makes for itself. */
export interface ClientGround {
  readonly machine: Machine
  readonly files: JvmFiles
  /** The profile that `AWS_PROFILE` names: a profile that is named in code does not count here. */
  readonly activeProfile: string
}

/** A setting that has little to do with credentials, and keeps a client from being made when it is odd. */
interface ClientSetting {
  readonly variable: string | null
  readonly key: string | null
  /** A variable like this is as if it were not there. */
  readonly isUnset?: (text: string) => boolean
  /** `ErrorClass: message` for a value that is refused; null for one that is taken. */
  readonly refusal: (text: string, from: 'variable' | 'profile') => string | null
}

/** Source: `Integer.parseInt`. Digits of other scripts are not looked at. */
function isInt(text: string): boolean {
  return /^[+-]?\d+$/.test(text) && Math.abs(Number(text)) <= 2 ** 31 - (text[0] === '-' ? 0 : 1)
}

function oneOf(words: readonly string[]): (text: string) => boolean {
  return (text) => words.includes(text.toLowerCase())
}

const noNumber = (text: string): string => `NumberFormatException: For input string: "${text}"`

const retryModes = oneOf(['legacy', 'standard', 'adaptive', 'adaptive_v2'])
const defaultsModes = oneOf(['legacy', 'standard', 'cross-region', 'in-region', 'mobile', 'auto'])

/**
 * Source: sdk-core `RetryMode.Resolver`, `SdkDefaultRetryStrategy`, `SdkDefaultClientBuilder` (request compression); aws-core
 * `DefaultsModeResolver`.
 */
const javaV2Settings: readonly ClientSetting[] = [
  {
    variable: 'AWS_RETRY_MODE',
    key: 'retry_mode',
    isUnset: (text) => text === '',
    refusal: (text) =>
      text === '' || retryModes(text)
        ? null
        : `IllegalStateException: Unsupported retry policy mode configured: ${text}`,
  },
  {
    variable: 'AWS_MAX_ATTEMPTS',
    key: null,
    refusal: (text) =>
      !isInt(text)
        ? noNumber(text)
        : Number(text) < 1
          ? 'IllegalArgumentException: maxAttempts must be positive'
          : null,
  },
  {
    variable: 'AWS_DEFAULTS_MODE',
    key: 'defaults_mode',
    refusal: (text) =>
      defaultsModes(text) ? null : `IllegalArgumentException: The provided value is not a valid defaults mode ${text}`,
  },
  {
    variable: 'AWS_DISABLE_REQUEST_COMPRESSION',
    key: 'disable_request_compression',
    refusal: (text, from) =>
      /^(?:true|false)$/i.test(text)
        ? null
        : from === 'variable'
          ? `IllegalStateException: Environment variable 'AWS_DISABLE_REQUEST_COMPRESSION' or system property 'aws.disableRequestCompression' was defined as '${text}', but should be 'false' or 'true'`
          : `IllegalStateException: Profile property 'disable_request_compression' must be set to 'true', 'false' or unset, but was set to '${text}'.`,
  },
  {
    variable: 'AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES',
    key: 'request_min_compression_size_bytes',
    refusal: (text) => (isInt(text) ? null : noNumber(text)),
  },
]

/** A setting that keeps each client of the SDK for Java 2 from being made; null when none does. */
export function oddJavaSetting(ground: ClientGround): Outcome | null {
  return refusedBy(ground, javaV2Settings, trimJava)
}

/**
 * The client for a web identity is given a retry policy of the old kind, which knows no adaptive mode (sts
 * `StsWebIdentityCredentialsProviderFactory`, sdk-core `RetryPolicy`).
 */
export function adaptiveWebIdentity(ground: ClientGround): Outcome | null {
  const says =
    'UnsupportedOperationException: ADAPTIVE_V2 is not supported by retry policies, use a RetryStrategy instead'
  const [mode] = javaV2Settings
  return refusedBy(ground, [{ ...mode!, refusal: (text) => (/^adaptive/i.test(text) ? says : null) }], trimJava)
}

const logModes = oneOf(['logrequest', 'logrequestwithbody', 'logresponse', 'logresponsewithbody'])
const kotlinRetryModes = oneOf(['standard', 'legacy', 'adaptive'])

/** Source: aws-config profile `AwsProfile.kt` `getBooleanOrNull`; a variable that is not `true` is false. */
function kotlinSwitch(variable: string, key: string): ClientSetting {
  const says = `ConfigurationException: Failed to parse config property ${key} as a boolean`
  const isTaken = oneOf(['true', 'false'])
  return { variable, key, refusal: (text, from) => (from === 'variable' || isTaken(text) ? null : says) }
}

/**
 * Source: aws-config `AbstractAwsSdkClientFactory.kt`, retries `ResolveRetryStrategy.kt`, profile `AwsProfile.kt`; smithy-client
 * `LogMode.kt`, `EnvironmentSetting.kt`.
 */
const kotlinSettings: readonly ClientSetting[] = [
  {
    variable: 'AWS_MAX_ATTEMPTS',
    key: 'max_attempts',
    refusal(text, from) {
      if (isInt(text)) {
        const number = Number(text)
        return number < 1 ? `ConfigurationException: max attempts was ${number}, but should be at least 1` : null
      }
      return from === 'variable'
        ? noNumber(text)
        : 'ConfigurationException: Failed to parse config property max_attempts as an integer'
    },
  },
  {
    variable: 'AWS_RETRY_MODE',
    key: 'retry_mode',
    refusal: (text, from) =>
      kotlinRetryModes(text)
        ? null
        : from === 'variable'
          ? `ClientException: Value ${text} is not supported, should be one of STANDARD, LEGACY, ADAPTIVE`
          : `ConfigurationException: retry_mode '${text}' is not supported, should be one of: standard, legacy, adaptive`,
  },
  {
    variable: 'SDK_LOG_MODE',
    key: null,
    refusal(text) {
      const odd = text
        .trim()
        .split('|')
        .find((mode) => !logModes(mode))
      const known = 'LogRequest, LogRequestWithBody, LogResponse, LogResponseWithBody'
      return odd === undefined
        ? null
        : `ClientException: Log mode ${odd} is not supported, should be one or more of: ${known}`
    },
  },
  kotlinSwitch('AWS_USE_FIPS_ENDPOINT', 'use_fips_endpoint'),
  kotlinSwitch('AWS_USE_DUALSTACK_ENDPOINT', 'use_dualstack_endpoint'),
  kotlinSwitch('AWS_IGNORE_CONFIGURED_ENDPOINT_URLS', 'ignore_configured_endpoint_urls'),
]

/** A setting that keeps each client of the SDK for Kotlin from being made; null when none does. */
export function oddKotlinSetting(ground: ClientGround): Outcome | null {
  return refusedBy(ground, kotlinSettings, (text) => text)
}

const filePermissions = oneOf(['user_read_write', 'unrestricted'])

/** What refreshes cached tokens of SSO and `aws login` looks at once it is made. Source: `SsoTokenProvider.kt`, `LoginTokenProvider.kt`. */
export function oddFilePermissions({ machine }: Pick<ClientGround, 'machine'>): Outcome | null {
  const variable = 'AWS_RESTRICT_FILE_PERMISSIONS'
  const text = machine.env(variable)
  if (text === undefined || filePermissions(text)) return null
  const says = `ClientException: Value ${text} is not supported, should be one of USER_READ_WRITE, UNRESTRICTED`
  return failed('configuration', says, `${variable} is neither USER_READ_WRITE nor UNRESTRICTED`, { variable })
}

function refusedBy(
  { machine, files, activeProfile }: ClientGround,
  settings: readonly ClientSetting[],
  used: (text: string) => string,
): Outcome | null {
  const profile = files.profile(activeProfile)
  for (const { variable, key, isUnset, refusal } of settings) {
    const named = variable === null ? undefined : machine.env(variable)
    const text = named === undefined ? undefined : used(named)
    const isNamed = variable !== null && text !== undefined && isUnset?.(text) !== true
    const setting = isNamed || key === null ? undefined : profile?.get(key)
    const says = isNamed ? refusal(text, 'variable') : setting === undefined ? null : refusedSetting(setting, refusal)
    const at: Place | undefined = isNamed ? { variable } : setting?.at
    if (says !== null) return failed('configuration', says, `${isNamed ? variable : key} is odd`, at)
  }
  return null
}

function refusedSetting({ value, nested }: Setting, refusal: ClientSetting['refusal']): string | null {
  return nested === null ? refusal(value, 'profile') : null
}
