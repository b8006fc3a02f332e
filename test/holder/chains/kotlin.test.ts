import { describe, expect, test } from 'vitest'
import { kotlin } from '../../../src/holder/chains/kotlin.ts'
import { sha1Hex } from '../../../src/holder/files/digest.ts'
import { agreementOf } from '../../truth/agreement.ts'
import { home, outcome, pair, role, type State } from './from-source.ts'

const environmentKeys = { AWS_ACCESS_KEY_ID: 'ENV', AWS_SECRET_ACCESS_KEY: 's' }
const webIdentity = { AWS_WEB_IDENTITY_TOKEN_FILE: `${home}/token`, AWS_ROLE_ARN: role }
const token = { [`${home}/token`]: 'eyJ' }
const region = { AWS_REGION: 'eu-west-1' }
const imds = { AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://127.0.0.1:1' }
const sso =
  '[default]\nsso_session = s\nsso_account_id = 1\nsso_role_name = r\n[sso-session s]\nsso_start_url = u\nsso_region = us-east-1\n'
const ssoCache = (members: object): Record<string, string> => ({
  [`${home}/.aws/sso/cache/${sha1Hex('s')}.json`]: JSON.stringify({ accessToken: 'made-up', ...members }),
})

describe('the chain of the SDK for Kotlin', () => {
  const { version, states, answered, wrong } = agreementOf('kotlin')

  test(`is that of aws.sdk.kotlin ${version} in all ${states} recorded states`, () => {
    expect(answered).toBe(states)
    expect(states).toBeGreaterThan(7000)
    expect(wrong.slice(0, 5)).toEqual([])
  })
})

const rows: readonly (readonly [why: string, State, string])[] = [
  [
    'D13: keys in the environment come before a profile that the program names',
    { env: environmentKeys, credentials: `[dev]\n${pair('DEV')}`, profile: 'dev' },
    'env ENV',
  ],
  [
    'D10: blanks around keys in the environment stay',
    { env: { AWS_ACCESS_KEY_ID: ' A ', AWS_SECRET_ACCESS_KEY: 's' } },
    'env  A ',
  ],
  [
    'D07: a web identity comes before keys of the profile',
    { env: { ...webIdentity, ...region }, files: token, credentials: `[default]\n${pair('DEF')}` },
    'assume-role-with-web-identity R',
  ],
  [
    'without a region it is passed over',
    { env: webIdentity, files: token, credentials: `[default]\n${pair('DEF')}` },
    'shared-credentials-file DEF',
  ],
  [
    'beside a configured endpoint it needs none',
    { env: { ...webIdentity, AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }, files: token },
    'assume-role-with-web-identity R',
  ],
  [
    'a broken file keeps it from being asked',
    { env: { ...webIdentity, ...region, ...imds }, files: token, config: 'garbage\n' },
    'iam-role http://127.0.0.1:1',
  ],
  ...(
    [
      ['AWS_RETRY_MODE', ' standard', 'LEGACY'],
      ['AWS_RETRY_MODE', '', 'adaptive'],
      ['AWS_MAX_ATTEMPTS', '', '+3'],
      ['AWS_MAX_ATTEMPTS', '0', '1'],
      ['AWS_ENDPOINT_URL_sts', 'not a url', 'http://127.0.0.1:1'],
      ['SDK_LOG_MODE', 'x', 'LogRequest|logResponse'],
      ['AWS_REGION', 'eu_west_1', 'eu-west-1'],
    ] as const
  ).flatMap(([variable, odd, good]) =>
    [odd, good].map(
      (value) =>
        [
          `a web identity is passed over when ${variable} is "${odd}", not when it is "${good}": "${value}"`,
          {
            env: { ...webIdentity, ...region, [variable]: value },
            files: token,
            credentials: `[default]\n${pair('DEF')}`,
          },
          value === odd ? 'shared-credentials-file DEF' : 'assume-role-with-web-identity R',
        ] as const,
    ),
  ),
  ...['max_attempts = x', 'max_attempts = 0', 'retry_mode =', 'use_fips_endpoint = x'].map(
    (line) =>
      [
        `a profile with ${line} keeps it from being asked`,
        { env: { ...webIdentity, ...region, ...imds }, files: token, config: `[default]\n${line}\n` },
        'iam-role http://127.0.0.1:1',
      ] as const,
  ),
  [
    'a session is not used when AWS_RESTRICT_FILE_PERMISSIONS is odd',
    {
      env: { ...imds, AWS_RESTRICT_FILE_PERMISSIONS: 'true' },
      config: sso,
      files: ssoCache({ expiresAt: '2099-01-01T00:00:00Z' }),
    },
    'iam-role http://127.0.0.1:1',
  ],
  ['a blank session token is one', { env: { ...environmentKeys, AWS_SESSION_TOKEN: ' ' } }, 'env ENV token  '],
  [
    'D19: keys come before a role of the same profile',
    { env: region, config: `[default]\nrole_arn = ${role}\nsource_profile = default\n${pair('DEF')}` },
    'config-file DEF',
  ],
  [
    'D18: a role with nothing to assume it with is passed over',
    { env: imds, config: `[default]\nrole_arn = ${role}\n` },
    'iam-role http://127.0.0.1:1',
  ],
  [
    'D20: keys come before a process',
    { config: `[default]\n${pair('A')}credential_process = print\n` },
    'config-file A',
  ],
  [
    'D21: whichever file they stand in',
    { config: '[default]\ncredential_process = print\n', credentials: `[default]\n${pair('A')}` },
    'shared-credentials-file A',
  ],
  [
    'D24: a role without a source is not made good by IAM Identity Center',
    {
      config: `[default]\nrole_arn = ${role}\n${sso.slice(10)}`,
      files: ssoCache({ expiresAt: '2099-01-01T00:00:00Z' }),
    },
    'none',
  ],
  [
    'D26: a role from another profile comes before a web identity',
    {
      env: region,
      config: `[default]\nrole_arn = ${role}\nsource_profile = b\nweb_identity_token_file = ${home}/token\n[profile b]\n${pair('B')}`,
      files: token,
    },
    'assume-role R by B',
  ],
  [
    'credential_source counts without a role',
    { env: imds, config: '[default]\ncredential_source = Ec2InstanceMetadata\n' },
    'assume-role http://127.0.0.1:1',
  ],
  [
    'D32: it is read in its one spelling',
    { env: imds, config: `[default]\nrole_arn = ${role}\ncredential_source = ec2instancemetadata\n` },
    'iam-role http://127.0.0.1:1',
  ],
  [
    'D29: keys at the start of a circle are found',
    {
      config: `[default]\nrole_arn = ${role}\nsource_profile = b\n${pair('A')}[profile b]\nrole_arn = ${role}\nsource_profile = default\n`,
    },
    'config-file A',
  ],
  [
    'a region that is no part of a host keeps a role from being assumed',
    { env: { AWS_REGION: '' }, config: `[default]\nrole_arn = ${role}\nsource_profile = b\n[profile b]\n${pair('B')}` },
    'none',
  ],
  [
    'a token that is not over is used, though it cannot be refreshed',
    { config: sso, files: ssoCache({ expiresAt: '2026-01-01T00:01:00Z' }) },
    'sso r in 1',
  ],
  [
    'D39: one that is over is passed over',
    { config: sso, files: ssoCache({ expiresAt: '2020-01-01T00:00:00Z' }) },
    'none',
  ],
  [
    'a time without separators and with an offset is one',
    { config: sso, files: ssoCache({ expiresAt: '20990101T000000+0100' }) },
    'sso r in 1',
  ],
  [
    'D51: two blanks before a comment leave one at the end of the value',
    { credentials: '[default]\naws_access_key_id = A  # c\naws_secret_access_key = s\n' },
    'shared-credentials-file A ',
  ],
  [
    'a tab before it leaves it in the value',
    { credentials: '[default]\naws_access_key_id = A\t# c\naws_secret_access_key = s\n' },
    'shared-credentials-file A\t# c',
  ],
  ['a blank behind a header makes it another one', { config: `[default] \n${pair('DEF')}` }, 'none'],
  [
    'a header with the word sso-session makes the credentials file unreadable',
    { credentials: `[default]\n${pair('DEF')}[sso-session s]\na = b\n` },
    'none',
  ],
  [
    'an indented line below a header that does not count breaks the file',
    { config: `[default]\n${pair('DEF')}[other]\na = b\n  c\n` },
    'none',
  ],
  [
    'D63: whatever follows ~ is below the home',
    { env: { AWS_SHARED_CREDENTIALS_FILE: '~/c' }, files: { [`${home}/c`]: `[default]\n${pair('C')}` } },
    'shared-credentials-file C',
  ],
  [
    'a directory in the place of a file is an error',
    { credentials: `[default]\n${pair('A')}`, config: { unreadable: 'directory' } },
    'none',
  ],
  [
    'D66: only true forbids to ask the instance',
    { env: { ...imds, AWS_EC2_METADATA_DISABLED: '1' } },
    'iam-role http://127.0.0.1:1',
  ],
  [
    'D68: an empty relative URI is none',
    { env: { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '', AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1/c' } },
    'container-role http://127.0.0.1/c',
  ],
  [
    'of loopback one address alone may be named',
    { env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.2/c' } },
    'none',
  ],
]

describe('a state that other SDKs read in another way', () => {
  test.each(rows)('%s', (_, state, expected) => {
    expect(outcome(kotlin, state)).toBe(expected)
  })
})
