import { describe, expect, test } from 'vitest'
import { javaV2 } from '../../../src/holder/chains/java-v2.ts'
import { sha1Hex, sha256Hex } from '../../../src/holder/files/digest.ts'
import { agreementOf } from '../../truth/agreement.ts'
import { home, outcome, pair, role, type State, trace } from './from-source.ts'

const environmentKeys = { AWS_ACCESS_KEY_ID: 'ENV', AWS_SECRET_ACCESS_KEY: 's' }
const webIdentity = { AWS_WEB_IDENTITY_TOKEN_FILE: `${home}/token`, AWS_ROLE_ARN: role }
const token = { [`${home}/token`]: 'eyJ' }
const imds = { AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://127.0.0.1:1' }
const sso =
  '[default]\nsso_session = s\nsso_account_id = 1\nsso_role_name = r\n[sso-session s]\nsso_start_url = u\nsso_region = us-east-1\n'
const ssoCache = (members: object): Record<string, string> => ({
  [`${home}/.aws/sso/cache/${sha1Hex('s')}.json`]: JSON.stringify({ accessToken: 'made-up', ...members }),
})

describe('the chain of the SDK for Java 2', () => {
  const { version, states, answered, wrong } = agreementOf('java-v2')

  test(`is that of software.amazon.awssdk ${version} in all ${states} recorded states`, () => {
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
    'D10: blanks around keys in the environment are dropped',
    { env: { AWS_ACCESS_KEY_ID: ' A ', AWS_SECRET_ACCESS_KEY: 's' } },
    'env A',
  ],
  [
    'D08: half a pair is passed over',
    { env: { AWS_ACCESS_KEY_ID: 'A' }, credentials: `[default]\n${pair('DEF')}` },
    'shared-credentials-file DEF',
  ],
  ['D11: the short names of keys are not known', { env: { AWS_ACCESS_KEY: 'A', AWS_SECRET_KEY: 's' } }, 'none'],
  [
    'D07: a web identity comes before keys of the profile',
    { env: webIdentity, files: token, credentials: `[default]\n${pair('DEF')}` },
    'assume-role-with-web-identity R',
  ],
  [
    'D15: a token file that is not there is passed over',
    { env: { ...webIdentity, ...imds } },
    'iam-role http://127.0.0.1:1',
  ],
  [
    'D05: an empty AWS_PROFILE is a profile that does not exist',
    { env: { AWS_PROFILE: '' }, credentials: `[default]\n${pair('DEF')}` },
    'none',
  ],
  ...(
    [
      ['AWS_RETRY_MODE', 'x', ''],
      ['AWS_RETRY_MODE', 'adaptive', ' STANDARD'],
      ['AWS_MAX_ATTEMPTS', '', '+3'],
      ['AWS_MAX_ATTEMPTS', '0', ' 1'],
      ['AWS_DEFAULTS_MODE', '', 'Cross-Region'],
      ['AWS_DISABLE_REQUEST_COMPRESSION', '', 'TRUE'],
      ['AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES', '99999999999', '-1'],
    ] as const
  ).flatMap(([variable, odd, good]) =>
    [odd, good].map(
      (value) =>
        [
          `a web identity is passed over when ${variable} is "${odd}", not when it is "${good}": "${value}"`,
          {
            env: { ...webIdentity, AWS_REGION: 'eu-west-1', [variable]: value },
            files: token,
            credentials: `[default]\n${pair('DEF')}`,
          },
          value === odd ? 'shared-credentials-file DEF' : 'assume-role-with-web-identity R',
        ] as const,
    ),
  ),
  [
    'the settings of a profile keep a client from being made, too, and max_attempts does not',
    {
      env: { ...webIdentity, ...imds },
      files: token,
      config: '[default]\nmax_attempts = x\nrequest_min_compression_size_bytes = x\n',
    },
    'iam-role http://127.0.0.1:1',
  ],
  [
    'an adaptive role is assumed',
    {
      env: { AWS_REGION: 'eu-west-1', AWS_RETRY_MODE: 'adaptive' },
      config: `[default]\nrole_arn = ${role}\nsource_profile = b\n[profile b]\n${pair('B')}`,
    },
    'assume-role R by B',
  ],
  [
    'where the instance tells a region, the configured endpoint is heeded',
    { env: { ...webIdentity, ...imds, AWS_ENDPOINT_URL: 'not a url' }, files: token },
    'iam-role http://127.0.0.1:1',
  ],
  [
    'a session is not used when the client that would refresh its token cannot be made',
    {
      env: { ...imds, AWS_ENDPOINT_URL_SSO_OIDC: 'not a url' },
      config: sso,
      files: ssoCache({ expiresAt: '2099-01-01T00:00:00Z' }),
    },
    'iam-role http://127.0.0.1:1',
  ],
  [
    'without a configured endpoint it can be made',
    { config: sso, files: ssoCache({ expiresAt: '2099-01-01T00:00:00Z' }) },
    'sso r in 1',
  ],
  [
    'the empty profile can exist',
    { env: { AWS_PROFILE: '' }, credentials: `[]\n${pair('EMPTY')}` },
    'shared-credentials-file EMPTY',
  ],
  ['D16: keys in the environment do not mind a broken file', { env: environmentKeys, config: 'garbage\n' }, 'env ENV'],
  [
    'a broken file keeps a web identity and the instance from being asked',
    { env: { ...webIdentity, ...imds }, files: token, config: '[default]\ngarbage\n' },
    'none',
  ],
  [
    'a line that is nothing does no harm below a header that means nothing',
    { config: `[default]\n${pair('DEF')}[other]\ngarbage\n` },
    'config-file DEF',
  ],
  [
    'D18: a role with nothing to assume it with does not count',
    { config: `[default]\nrole_arn = ${role}\n`, credentials: `[default]\n${pair('DEF')}` },
    'shared-credentials-file DEF',
  ],
  [
    'D19: a role from its own profile leads in a circle, and is passed over',
    { env: imds, config: `[default]\nrole_arn = ${role}\nsource_profile = default\n${pair('DEF')}` },
    'iam-role http://127.0.0.1:1',
  ],
  [
    'D20: a process comes before keys of the profile',
    { config: `[default]\n${pair('A')}credential_process = print\n` },
    'custom-process print',
  ],
  [
    'D25: settings of IAM Identity Center come before a role, and are not made good by it',
    { config: `[default]\nrole_arn = ${role}\nsource_profile = b\nsso_region = us-east-1\n[profile b]\n${pair('B')}` },
    'none',
  ],
  [
    'D26: a web identity comes before a role from another profile',
    {
      config: `[default]\nrole_arn = ${role}\nsource_profile = b\nweb_identity_token_file = ${home}/token\n[profile b]\n${pair('B')}`,
      files: token,
    },
    'assume-role-with-web-identity R',
  ],
  [
    'D32: credential_source is read in any case',
    {
      env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1/c' },
      config: `[default]\nrole_arn = ${role}\ncredential_source = ECSCONTAINER\n`,
    },
    'assume-role R by http://127.0.0.1/c',
  ],
  [
    'D39: a token that is over is passed over',
    { config: sso, files: ssoCache({ expiresAt: '2020-01-01T00:00:00Z' }), env: imds },
    'iam-role http://127.0.0.1:1',
  ],
  [
    'D61: a token of the config file goes with keys of the other',
    { config: '[default]\naws_session_token = t\n', credentials: `[default]\n${pair('A')}` },
    'shared-credentials-file A token t',
  ],
  [
    'D62: the two keys may stand in two files',
    { config: '[default]\naws_access_key_id = A\n', credentials: '[default]\naws_secret_access_key = s\n' },
    'config-file A',
  ],
  [
    'D66: a switch that is neither true nor false keeps the instance from being asked',
    { env: { ...imds, AWS_EC2_METADATA_DISABLED: '1' } },
    'none',
  ],
  [
    'D68: an empty relative URI is one',
    { env: { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '', ...imds } },
    'container-role http://169.254.170.2',
  ],
  [
    'D71: a name that the hosts file resolves to loopback is as good',
    {
      env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://me.local/c' },
      files: { '/etc/hosts': '127.0.0.1 localhost me.local # c\n' },
    },
    'container-role http://me.local/c',
  ],
  [
    'a name that nobody knows here is not',
    { env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://me.local/c' } },
    'none',
  ],
  [
    'the token of a container that has a line break cannot be sent',
    {
      env: {
        AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1/c',
        AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: `${home}/token`,
      },
      files: { [`${home}/token`]: 't\n' },
    },
    'none',
  ],
  [
    'an empty one keeps the file from being read',
    {
      env: {
        AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1/c',
        AWS_CONTAINER_AUTHORIZATION_TOKEN: '',
        AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: `${home}/none`,
      },
    },
    'container-role http://127.0.0.1/c',
  ],
  [
    'on Windows HOME comes before USERPROFILE, and ~ may be followed by a backslash',
    {
      platform: 'win32',
      env: { HOME: 'C:\\h', USERPROFILE: 'C:\\u', AWS_SHARED_CREDENTIALS_FILE: '~\\c' },
      files: { 'C:\\h\\c': `[default]\n${pair('HOME')}`, 'C:\\u\\c': `[default]\n${pair('PROFILE')}` },
    },
    'shared-credentials-file HOME',
  ],
  [
    'an indented comment belongs to the value above it',
    { credentials: '[default]\naws_access_key_id = A\n  # c\naws_secret_access_key = s\n' },
    'shared-credentials-file A\n# c',
  ],
]

describe('a state that other SDKs read in another way', () => {
  test.each(rows)('%s', (_, state, expected) => {
    expect(outcome(javaV2, state)).toBe(expected)
  })

  test('a session of aws login needs a region', () => {
    const session = 'arn:aws:iam::123456789012:user/ana'
    const accessToken = {
      accessKeyId: 'a',
      secretAccessKey: 'b',
      sessionToken: 'c',
      accountId: '1',
      expiresAt: '2099-01-01T00:00:00Z',
    }
    const files = {
      [`${home}/.aws/login/cache/${sha256Hex(session)}.json`]: JSON.stringify({
        accessToken,
        clientId: 'c',
        dpopKey: 'k',
        refreshToken: 'r',
      }),
    }
    const config = `[default]\nlogin_session = ${session}\n`
    expect(outcome(javaV2, { config, files })).toBe('none')
    expect(outcome(javaV2, { config, files, env: { AWS_REGION: 'eu-west-1' } })).toBe(`login ${session}`)
  })

  test('tells an error that is passed over where it stands, in the words of the SDK', () => {
    const { steps } = trace(javaV2, { config: '[default]\naws_access_key_id = A\n' })
    const step = steps.find(({ provider }) => provider === 'shared-credentials-file')
    expect(step).toMatchObject({ outcome: 'broken', because: '[default] has no aws_secret_access_key' })
  })

  test('more profiles behind one another than a stack can hold are no way to a credential', () => {
    const config = Array.from(
      { length: 3000 },
      (_, at) => `[profile p${at}]\nrole_arn = ${role}\nsource_profile = p${at + 1}\n`,
    ).join('')
    expect(outcome(javaV2, { config: `${config}[profile p3000]\n${pair('A')}`, profile: 'p0' })).toBe('none')
  })
})
