import { describe, expect, test } from 'vitest'
import { traceChain } from '../../../src/holder/chains/index.ts'
import { recordedMachine } from '../../../src/holder/machine/recorded.ts'
import { agreementOf, machineOf } from '../../truth/agreement.ts'
import { rowStates } from '../../truth/record/states/rows.ts'

describe('the chain of boto3', () => {
  const { version, states, answered, wrong } = agreementOf('boto3')

  test(`is botocore ${version}'s own in all ${states} recorded states`, () => {
    expect(answered).toBe(states)
    expect(states).toBeGreaterThan(7000)
    expect(wrong.slice(0, 5)).toEqual([])
  })

  /** By the names of `rows.ts`: the key id of what wins on the machine, the provider of what is asked later, or the error. */
  const told: readonly (readonly [row: string, outcome: string])[] = [
    ['D01: keys in the environment beside a chosen profile (1)', 'AKIDENV'],
    ['D02: keys in the environment beside the default profile, named (1)', 'AKIDENV'],
    ['D03: keys in the environment beside a profile that is missing (1)', 'ProfileNotFound'],
    ['D04: a profile that is missing (2)', 'ProfileNotFound'],
    ['D05: an empty AWS_PROFILE', 'ProfileNotFound'],
    ['D06: AWS_DEFAULT_PROFILE and AWS_PROFILE (1)', 'AKIDA'],
    ['D07: web identity of the environment beside keys of the default profile', 'assume-role-with-web-identity'],
    ['D08: a key id alone in the environment (1)', 'PartialCredentialsError'],
    ['D08: a key id alone in the environment (2)', 'AKIDDEF'],
    ['D10: blanks around the keys of the environment (1)', ' AKIDENV '],
    ['D11: aliases of the variables (1)', 'none'],
    ['D12: an end of the session that is over, in the environment (1)', 'RuntimeError'],
    ['D13: a profile by argument beside keys in the environment (1)', 'AKIDDEV'],
    ['D14: a token file without a role (1)', 'InvalidConfigError'],
    ['D15: a token file that is not there (1)', 'FileNotFoundError'],
    ['D16: a line without sense in the config file beside keys in the environment (1)', 'ConfigParseError'],
    ['D18: a role without a source, keys in the credentials file (1)', 'PartialCredentialsError'],
    ['D19: a role from its own profile (1)', 'assume-role'],
    ['D20: keys and a process in the config file', 'custom-process'],
    ['D21: keys in the credentials file and a process in the config file (1)', 'AKIDA'],
    ['D22: keys in the credentials file and SSO in the config file (3)', 'sso'],
    ['D23: keys and a session of aws login (1)', 'AKIDA'],
    ['D23: keys and a session of aws login (2)', 'MissingDependencyException'],
    ['D24: a role and SSO keys without a source (1)', 'PartialCredentialsError'],
    ['D25: a role with a source and SSO keys (1)', 'assume-role'],
    ['D26: a role with a token file and a source (1)', 'assume-role-with-web-identity'],
    ['D27: a role without a source on an instance', 'PartialCredentialsError'],
    ['D28: a role with both kinds of sources and keys of its own (1)', 'InvalidConfigError'],
    ['D29: a loop of roles with keys at its start', 'InfiniteLoopConfigError'],
    ['D31: a source that is missing, on an instance (1)', 'InvalidConfigError'],
    ['D33: a role that wants MFA (1)', 'assume-role'],
    ['D36: an incomplete SSO profile (2)', 'iam-role'],
    ['D37: an SSO session that is missing (1)', 'InvalidConfigError'],
    ['D38: an SSO session whose keys the profile repeats (1)', 'sso'],
    ['D38: an SSO session whose keys the profile repeats (2)', 'InvalidConfigError'],
    ['D39: an SSO token that is over, on an instance (1)', 'UnauthorizedSSOTokenError'],
    ['D44: a role that fails softly beside a process (1)', 'InvalidConfigError'],
    ['D45: a key id without a secret, and a process (1)', 'PartialCredentialsError'],
    ['D61: keys without a token in the credentials file, an old token in the config file (1)', 'AKIDA'],
    ['D62: key id and secret in different files (1)', 'PartialCredentialsError'],
    ['D66: AWS_EC2_METADATA_DISABLED in its spellings (1)', 'iam-role'],
    ['D68: an empty relative URI (1)', 'container-role'],
  ]
  const rows = new Map([...rowStates()].map((state) => [state.name, state]))

  test.each(told)('is what the table of divergences tells: %s → %s', (row, outcome) => {
    const machine = machineOf(rows.get(row)!, new Date('2026-11-28T00:00:00Z'))
    const { profile } = rows.get(row)!
    const { winner, error } = traceChain(machine, { sdk: 'boto3', ...(profile === null ? {} : { profile }) })
    const said = error?.says.replace(/:.*$/s, '') ?? winner?.credential?.accessKeyId.value ?? winner?.provider ?? 'none'
    expect(said).toBe(outcome)
  })
})

const home = '/house/ana'
const pair = 'aws_access_key_id = AKIDFILE\naws_secret_access_key = made-up-secret\n'
const role = 'role_arn = arn:aws:iam::123456789012:role/r\nsource_profile = b\n'

function ask(env: Record<string, string>, lines: string, config = `[default]\n${lines}${pair}`) {
  const machine = recordedMachine({
    env: { HOME: home, AWS_DEFAULT_REGION: 'eu-west-1', AWS_EC2_METADATA_DISABLED: 'true', ...env },
    files: { [`${home}/.aws/config`]: config },
    userHome: home,
  })
  return traceChain(machine, { sdk: 'boto3' })
}

describe('a client of boto3 that has found keys', () => {
  // Each was asked of botocore 1.43.11.
  const refused: readonly (readonly [env: Record<string, string>, lines: string, says: string | null])[] = [
    [
      { AWS_RETRY_MODE: 'x' },
      '',
      `InvalidRetryModeError: Invalid value provided to "mode": "x" must be one of: ('legacy', 'standard', 'adaptive')`,
    ],
    [{ AWS_RETRY_MODE: 'adaptive' }, 'retry_mode = x\n', null],
    [{ AWS_MAX_ATTEMPTS: '' }, '', "ValueError: invalid literal for int() with base 10: ''"],
    [
      {},
      'max_attempts = 0\n',
      'InvalidMaxRetryAttemptsError: Value provided to "max_attempts": 0 must be an integer greater than or equal to 1.',
    ],
    [
      { AWS_DEFAULTS_MODE: 'x' },
      '',
      'InvalidDefaultsMode: Client configured with invalid defaults mode: x. Valid defaults modes include: legacy, auto, ' +
        'standard, in-region, cross-region, mobile.',
    ],
    [
      {},
      'request_min_compression_size_bytes = x\n',
      'InvalidConfigError: Invalid value "x" for request_min_compression_size_bytes. Value must be an integer. ' +
        "Received <class 'str'> instead.",
    ],
    [
      { AWS_REQUEST_CHECKSUM_CALCULATION: '' },
      '',
      'InvalidChecksumConfigError: Unsupported configuration value for request_checksum_calculation. ' +
        "Expected one of ('when_supported', 'when_required') but got .",
    ],
    [{ AWS_RESPONSE_CHECKSUM_VALIDATION: 'WHEN_REQUIRED' }, '', null],
    [
      { AWS_ACCOUNT_ID_ENDPOINT_MODE: 'x' },
      '',
      "InvalidConfigError: The configured value 'x' for 'account_id_endpoint_mode' is invalid. " +
        "Valid values are: ('preferred', 'disabled', 'required').",
    ],
    [{}, 's3 =\n', "AttributeError: 'str' object has no attribute 'get'"],
    [{ AWS_S3_USE_ARN_REGION: 'x' }, 's3 =\n', "TypeError: 'str' object does not support item assignment"],
    [
      { AWS_ENDPOINT_URL: 'not a url', AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:1' },
      '',
      'ValueError: Invalid endpoint: not a url',
    ],
    [
      { AWS_DEFAULT_REGION: '', AWS_USE_FIPS_ENDPOINT: 'true' },
      '',
      'ValueError: Invalid endpoint: https://sts-fips..amazonaws.com',
    ],
    [
      { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' },
      'sts_regional_endpoints = x\nmax_attempts = x\n',
      "ValueError: invalid literal for int() with base 10: 'x'",
    ],
  ]

  test.each(refused)('with %j and %j ends in: %s', (env, lines, says) => {
    expect(ask(env, lines).clientError?.says ?? null).toBe(says)
  })

  test('is stopped by the first in order: a region that is none, a defaults mode, then numbers of attempts', () => {
    const env = { AWS_MAX_ATTEMPTS: 'x', AWS_DEFAULTS_MODE: 'x', AWS_DEFAULT_REGION: 'x_y' }
    const first = (given: Record<string, string>): string | undefined => ask(given, '').clientError?.says.split(':')[0]
    expect(first(env)).toBe('InvalidRegionError')
    expect(first({ ...env, AWS_DEFAULT_REGION: 'eu-west-1' })).toBe('InvalidDefaultsMode')
    expect(first({ AWS_MAX_ATTEMPTS: 'x' })).toBe('ValueError')
  })

  test('signs for the empty region beside a configured endpoint', () => {
    const { clientError, endpoint } = ask({ AWS_DEFAULT_REGION: '', AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }, '')
    expect(clientError).toBe(null)
    expect(endpoint.signingRegion).toBe('')
  })
})

describe('the call with which boto3 fetches a role', () => {
  const config = (lines: string): string => `[default]\n${role}${lines}[profile b]\n${pair}`

  test('is stopped by the same settings', () => {
    expect(ask({ AWS_RETRY_MODE: '' }, '', config('')).error?.says).toMatch(/^InvalidRetryModeError: /)
  })

  test('is not stopped by the account id mode where it is not signed', () => {
    const env = { AWS_ACCOUNT_ID_ENDPOINT_MODE: 'x', AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/w' }
    const machine = recordedMachine({
      env: { HOME: home, AWS_DEFAULT_REGION: 'eu-west-1', AWS_WEB_IDENTITY_TOKEN_FILE: `${home}/token`, ...env },
      files: { [`${home}/token`]: 'made-up' },
      userHome: home,
    })
    expect(traceChain(machine, { sdk: 'boto3' }).winner?.provider).toBe('assume-role-with-web-identity')
    expect(ask(env, '', config('')).error?.says).toMatch(/^InvalidConfigError: The configured value 'x'/)
  })

  test('is sent without a look at its parameters when the profile says so', () => {
    const short = 'external_id =\n'
    expect(ask({}, '', config(short)).error?.says).toMatch(/^ParamValidationError: /)
    expect(ask({}, '', config(`${short}parameter_validation = false\n`)).winner?.provider).toBe('assume-role')
  })
})

describe('the instance metadata of boto3', () => {
  const imds = { AWS_EC2_METADATA_DISABLED: 'false', AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://127.0.0.1:1' }
  const named = '[default]\nrole_arn = arn:aws:iam::123456789012:role/r\ncredential_source = Ec2InstanceMetadata\n'

  test('is not asked in no attempts', () => {
    const env = { ...imds, AWS_METADATA_SERVICE_NUM_ATTEMPTS: '0' }
    const { winner, error } = ask(env, '', '[default]\n')
    expect([winner, error]).toEqual([null, null])
    expect(ask(env, '', named).error?.says).toMatch(/^CredentialRetrievalError: /)
  })

  test('cannot be asked in no time, whether there is one or not', () => {
    const says =
      'HTTPClientError: An HTTP Client raised an unhandled exception: Attempted to set connect timeout to 0, but the ' +
      'timeout cannot be set to a value less than or equal to 0.'
    for (const env of [imds, { AWS_EC2_METADATA_DISABLED: 'false' }]) {
      expect(ask({ ...env, AWS_METADATA_SERVICE_TIMEOUT: '0' }, '', '[default]\n').error?.says).toBe(says)
    }
  })

  test('that nobody gives is an error where version 1 is forbidden, unless a role names it', () => {
    const env = { AWS_EC2_METADATA_DISABLED: 'false', AWS_EC2_METADATA_V1_DISABLED: 'true' }
    expect(ask(env, '', '[default]\n').error?.says).toMatch(/^MetadataRetrievalError: .*IMDSv1 has been disabled$/)
    expect(ask({ ...env, ...imds }, '', '[default]\n').winner?.provider).toBe('iam-role')
    expect(ask(env, '', named).winner?.provider).toBe('assume-role')
  })

  test('is where the selected profile says, also for a role behind another one', () => {
    const config =
      '[default]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = b\n' +
      'ec2_metadata_service_endpoint = http://127.0.0.1:1\n' +
      '[profile b]\nrole_arn = arn:aws:iam::123456789012:role/q\ncredential_source = Ec2InstanceMetadata\n' +
      'ec2_metadata_service_endpoint = http://127.0.0.1:2\n'
    const plan = ask({ AWS_EC2_METADATA_DISABLED: 'false' }, '', config).winner?.plan
    expect(plan).toMatchObject({ from: { from: { kind: 'instance-metadata', endpoint: 'http://127.0.0.1:1' } } })
  })
})
