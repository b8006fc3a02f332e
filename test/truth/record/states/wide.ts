import fc from 'fast-check'
import { randomStates } from './random.ts'
import { CONFIG, CREDENTIALS, type MachineState } from './state.ts'

/*
 * Random states with what has little to do with credentials and stops some SDK all the same: odd regions, modes and numbers, in
 * variables and in profiles; odd endpoints; odd homes and paths.
 */

const variables: Readonly<Record<string, readonly string[]>> = {
  AWS_REGION: [
    '',
    ' eu-west-1',
    'EU-WEST-1',
    'us-gov-west-1',
    'cn-north-1',
    'aws-global',
    'us-iso-east-1',
    'eu_west_1',
    'moon',
    '-x',
  ],
  AWS_DEFAULT_REGION: ['', 'us-gov-west-1', 'cn-north-1', 'aws-global', 'eu_west_1'],
  AWS_ENDPOINT_URL: ['', 'http://127.0.0.1:9', 'https://example.com/x/', 'not a url', '{STUB}/'],
  AWS_ENDPOINT_URL_STS: ['', '{STUB}/', 'not a url'],
  AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: ['true', 'TRUE', 'false', 'x', ''],
  AWS_USE_FIPS_ENDPOINT: ['true', 'false', 'x', ''],
  AWS_USE_DUALSTACK_ENDPOINT: ['true', 'false', 'x', ''],
  AWS_STS_REGIONAL_ENDPOINTS: ['legacy', 'regional', 'x', ''],
  AWS_RETRY_MODE: ['standard', 'adaptive', 'legacy', 'x', ''],
  AWS_MAX_ATTEMPTS: ['1', '0', '-1', 'x', ''],
  AWS_DEFAULTS_MODE: ['standard', 'auto', 'in-region', 'x', ''],
  AWS_ACCOUNT_ID: ['123456789012', 'x', ''],
  AWS_ACCOUNT_ID_ENDPOINT_MODE: ['preferred', 'required', 'disabled', 'x', ''],
  AWS_S3_USE_ARN_REGION: ['true', 'x'],
  AWS_REQUEST_CHECKSUM_CALCULATION: ['when_supported', 'when_required', 'x', ''],
  AWS_RESPONSE_CHECKSUM_VALIDATION: ['when_supported', 'WHEN_REQUIRED', 'x', ''],
  AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES: ['10240', 'x', '-1'],
  AWS_DISABLE_REQUEST_COMPRESSION: ['true', 'x'],
  AWS_SDK_UA_APP_ID: ['app', ''],
  AWS_SIGV4A_SIGNING_REGION_SET: ['*', 'us-east-1', ''],
  AWS_AUTH_SCHEME_PREFERENCE: ['sigv4', 'x', ''],
  AWS_ENABLE_ENDPOINT_DISCOVERY: ['true', 'auto', 'x'],
  AWS_CSM_ENABLED: ['true', 'x'],
  AWS_CA_BUNDLE: ['{HOME}/none', ''],
  AWS_DATA_PATH: ['{HOME}', ''],
  AWS_METADATA_SERVICE_TIMEOUT: ['1', '0', 'x', ''],
  AWS_METADATA_SERVICE_NUM_ATTEMPTS: ['1', '0', 'x', ''],
  AWS_EC2_METADATA_SERVICE_ENDPOINT: ['{STUB}/', 'not a url', ''],
  AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE: ['IPv4', 'ipv6', 'x', ''],
  AWS_EC2_METADATA_V1_DISABLED: ['true', 'TRUE', '1', 'x', ''],
  AWS_EC2_METADATA_DISABLED: ['TRUE', 'yes', 'x', ''],
  AWS_IMDS_USE_IPV6: ['true', 'x'],
  AWS_CREDENTIAL_EXPIRATION: ['soon', '', '2099-01-01', '2099-01-01T00:00:00+02:00'],
  AWS_CREDENTIAL_SCOPE: ['us-east-1'],
  AWS_ROLE_SESSION_NAME: ['', 'with space', 'x'],
  AWS_LOGIN_CACHE_DIRECTORY: ['{HOME}/logins', ''],
  AWS_CREDENTIAL_FILE: ['{HOME}/legacy', ''],
  BOTO_CONFIG: ['{HOME}/boto', ''],
  AWS_CONFIG_FILE: ['{HOME}/.aws/config', '~/.aws/config', '$HOME/.aws/config', '{HOME}/none', '.aws/config', ''],
  AWS_SHARED_CREDENTIALS_FILE: ['{HOME}/.aws/credentials', '~/.aws/credentials', '{HOME}/none', '.aws/credentials', ''],
  AWS_CREDENTIAL_PROFILES_FILE: ['{HOME}/.aws/credentials', '{HOME}/none'],
  AWS_PROFILE: [' dev', 'dev ', 'DEV', '"dev"', 'profile dev', 'sso-session corp'],
  AWS_ACCESS_KEY_ID: [' AKIDENV ', 'AKIDENV\n'],
  AWS_SECRET_ACCESS_KEY: [' made-up-secret ', '"made-up-secret"'],
  AWS_SESSION_TOKEN: ['', ' '],
  AWS_SECURITY_TOKEN: ['', ' '],
  AWS_RESTRICT_FILE_PERMISSIONS: ['true', 'x'],
  NO_PROXY: ['*'],
}

const settings: Readonly<Record<string, readonly string[]>> = {
  region: ['', 'EU-WEST-1', 'us-gov-west-1', 'aws-global', 'eu_west_1', 'eu-west-1 # note'],
  endpoint_url: ['{STUB}', '', 'not a url'],
  ignore_configured_endpoint_urls: ['true', 'x'],
  use_fips_endpoint: ['true', 'x'],
  use_dualstack_endpoint: ['true', 'x'],
  sts_regional_endpoints: ['legacy', 'regional', 'x'],
  retry_mode: ['standard', 'x'],
  max_attempts: ['2', 'x', '0'],
  defaults_mode: ['auto', 'x'],
  aws_account_id: ['123456789012', 'x'],
  account_id_endpoint_mode: ['required', 'x'],
  request_checksum_calculation: ['when_required', 'x'],
  request_min_compression_size_bytes: ['x'],
  s3_use_arn_region: ['x'],
  ec2_metadata_service_endpoint: ['{STUB}', 'not a url', ''],
  ec2_metadata_service_endpoint_mode: ['IPv4', 'x'],
  ec2_metadata_v1_disabled: ['true', 'x'],
  metadata_service_timeout: ['1', 'x'],
  disable_ec2_metadata: ['true', 'x'],
  ca_bundle: ['{HOME}/none'],
  services: ['local', 'gone'],
  sso_registration_scopes: ['sso:account:access'],
  role_session_name: ['', 'with space'],
  duration_seconds: ['', '43200', '1e3', '-5', '99999999999'],
  external_id: [''],
  source_profile: [' dev', '"dev"', 'profile dev'],
  role_arn: ['', 'not-an-arn', 'arn:aws-cn:iam::123456789012:role/cn'],
  aws_session_token: ['', '"t"'],
  s3: [''],
  cli_pager: ['', 'less'],
}

/** The same seed and count give the same states. */
export function wideStates(seed: number, count: number): readonly MachineState[] {
  const pick = (values: Readonly<Record<string, readonly string[]>>) =>
    fc
      .constantFrom(...Object.entries(values))
      .chain(([name, texts]) => fc.constantFrom(...texts).map((text) => [name, text] as const))
  const oddities = fc.sample(
    fc.tuple(fc.array(pick(variables), { maxLength: 3 }), fc.array(pick(settings), { maxLength: 2 }), fc.nat()),
    { seed, numRuns: count },
  )
  return randomStates(seed, count).map((state, index) => {
    const [odd, lines, where] = oddities[index]!
    const env = { ...state.env, ...Object.fromEntries(odd) }
    return { ...state, name: `wide ${seed}/${index}`, env, files: withLines(state.files, lines, where) }
  })
}

/** Each setting stands first in some section. */
function withLines(
  files: MachineState['files'],
  lines: readonly (readonly [string, string])[],
  where: number,
): MachineState['files'] {
  const out = { ...files }
  for (const [key, value] of lines) {
    const path = where % 3 === 0 ? CREDENTIALS : CONFIG
    const text = out[path]
    if (typeof text !== 'string' || text.startsWith('base64:')) continue
    const headers = [...text.matchAll(/^\[[^\n]*$/gm)]
    const header = headers[where % Math.max(1, headers.length)]
    if (header === undefined) continue
    const at = header.index + header[0].length
    out[path] = `${text.slice(0, at)}\n${key} = ${value}${text.slice(at)}`
  }
  return out
}
