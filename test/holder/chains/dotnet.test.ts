import { describe, expect, test } from 'vitest'
import { dotnet } from '../../../src/holder/chains/dotnet.ts'
import { sha1Hex } from '../../../src/holder/files/digest.ts'
import { home, outcome, pair, role, type State, trace } from './from-source.ts'

const environmentKeys = { AWS_ACCESS_KEY_ID: 'ENV', AWS_SECRET_ACCESS_KEY: 's' }
const token = { [`${home}/token`]: 'eyJ' }
const webIdentity = { AWS_WEB_IDENTITY_TOKEN_FILE: `${home}/token`, AWS_ROLE_ARN: role }
const imds = { AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://127.0.0.1:1' }
const instance = 'iam-role http://127.0.0.1:1'
const gone = 'error ProfileNotFoundException: Unable to find the "gone" profile.'

const rows: readonly (readonly [string, State, string])[] = [
  [
    'D01: keys in the environment count before a chosen profile',
    { env: { ...environmentKeys, AWS_PROFILE: 'dev' }, credentials: `[dev]\n${pair('DEV')}` },
    'env ENV',
  ],
  [
    'D03: a missing profile does not matter beside them',
    { env: { ...environmentKeys, AWS_PROFILE: 'gone' } },
    'env ENV',
  ],
  ['D04: a missing profile that is named stops the search', { env: { AWS_PROFILE: 'gone', ...imds } }, gone],
  ['D04: a missing default does not', { env: imds }, instance],
  [
    'D05: a blank AWS_PROFILE is the default',
    { env: { AWS_PROFILE: ' ' }, credentials: `[default]\n${pair('DEF')}` },
    'shared-credentials-file DEF',
  ],
  [
    'D06: AWS_DEFAULT_PROFILE does not count',
    { env: { AWS_DEFAULT_PROFILE: 'a', AWS_PROFILE: 'b' }, credentials: `[a]\n${pair('A')}[b]\n${pair('B')}` },
    'shared-credentials-file B',
  ],
  [
    'D07: a web identity comes before keys of the profile',
    { env: webIdentity, files: token, credentials: `[default]\n${pair('DEF')}` },
    'assume-role-with-web-identity R',
  ],
  [
    'D08: half a pair in the environment is passed over',
    { env: { AWS_ACCESS_KEY_ID: 'ENV' }, credentials: `[default]\n${pair('DEF')}` },
    'shared-credentials-file DEF',
  ],
  [
    'D11: of the older names only the one of the secret counts',
    { env: { AWS_ACCESS_KEY: 'ENV', AWS_SECRET_KEY: 's' } },
    'none',
  ],
  ['D11: beside the new name of the key id', { env: { AWS_ACCESS_KEY_ID: 'ENV', AWS_SECRET_KEY: 's' } }, 'env ENV'],
  [
    'D14: a token file without a role is passed over',
    { env: { AWS_WEB_IDENTITY_TOKEN_FILE: `${home}/token` }, files: token, credentials: `[default]\n${pair('DEF')}` },
    'shared-credentials-file DEF',
  ],
  [
    'D15: a token file that is missing is only missed when it is used',
    { env: { ...webIdentity, ...imds } },
    'error InvalidOperationException: A token could not be loaded from the WebIdentityTokenFile.',
  ],
  [
    'D16: a broken config file does not matter beside keys in the environment',
    { env: environmentKeys, config: 'x' },
    'env ENV',
  ],
  [
    'D16: else the profile is passed over',
    { env: imds, config: 'x', credentials: `[default]\n${pair('DEF')}` },
    instance,
  ],
  [
    'D18: a role without a source beside keys is no kind of profile',
    { env: imds, config: `[default]\nrole_arn = ${role}\n`, credentials: `[default]\n${pair('DEF')}` },
    instance,
  ],
  [
    'D19: a role with its own profile as source beside keys is none either',
    {
      env: imds,
      config: `[default]\nrole_arn = ${role}\nsource_profile = default\n`,
      credentials: `[default]\n${pair('DEF')}`,
    },
    instance,
  ],
  [
    'D20: keys beside a process are none',
    { env: imds, config: `[default]\n${pair('A')}credential_process = /bin/p\n` },
    instance,
  ],
  [
    'D21: also not across the files',
    { env: imds, config: '[default]\ncredential_process = /bin/p\n', credentials: `[default]\n${pair('A')}` },
    instance,
  ],
  ['D27: a role alone leads to the instance role', { env: imds, config: `[default]\nrole_arn = ${role}\n` }, instance],
  [
    'D28: a role with both sources is passed over',
    {
      env: imds,
      config: `[default]\nrole_arn = ${role}\nsource_profile = b\ncredential_source = Environment\n[profile b]\n${pair('B')}`,
    },
    instance,
  ],
  [
    'D31: a missing source profile leads to the instance role',
    { env: imds, config: `[default]\nrole_arn = ${role}\nsource_profile = zz\n` },
    instance,
  ],
  [
    'D32: credential_source may be in any case',
    { config: `[default]\nrole_arn = ${role}\ncredential_source = ec2instancemetadata\n` },
    'assume-role R by http://169.254.169.254',
  ],
  [
    'D33: a role with mfa_serial is passed over',
    {
      env: imds,
      config: `[default]\nrole_arn = ${role}\nsource_profile = b\nmfa_serial = x\n[profile b]\n${pair('B')}`,
    },
    instance,
  ],
  [
    'D33: with a session name besides, it fails when it is used',
    {
      env: imds,
      config: `[default]\nrole_arn = ${role}\nsource_profile = b\nmfa_serial = x\nrole_session_name = me\n[profile b]\n${pair('B')}`,
    },
    'error InvalidOperationException: The MfaSerialNumber has been set but neither MfaTokenCode nor MfaTokenCodeCallback have been set.',
  ],
  [
    'keys beside mfa_serial are no kind of profile',
    { env: imds, credentials: `[default]\n${pair('A')}mfa_serial = x\n` },
    instance,
  ],
  [
    'a chain of roles ends at the first keys',
    {
      env: { AWS_PROFILE: 'a' },
      config: `[profile a]\nrole_arn = ${role}1\nsource_profile = b\n[profile b]\nrole_arn = ${role}2\nsource_profile = c\n[profile c]\n${pair('C')}`,
    },
    'assume-role R1 by R2 by C',
  ],
  [
    'D30: a loop of roles is passed over',
    {
      env: { AWS_PROFILE: 'a', ...imds },
      config: `[profile a]\nrole_arn = ${role}1\nsource_profile = b\n[profile b]\nrole_arn = ${role}2\nsource_profile = a\n`,
    },
    instance,
  ],
  [
    'D36: sso_region alone is an SSO profile without a cached token',
    { env: imds, config: '[default]\nsso_region = us-east-1\n' },
    instance,
  ],
  ['D37: a missing sso-session is passed over', { env: imds, config: '[default]\nsso_session = x\n' }, instance],
  [
    'D42: a process goes through a shell',
    { config: '[default]\ncredential_process = a | b\n' },
    'custom-process a | b',
  ],
  [
    'D46: a section with a key twice does not count',
    { env: imds, credentials: `[default]\n${pair('OLD')}aws_access_key_id = NEW\n` },
    instance,
  ],
  [
    'D47: of a section that stands twice the first counts',
    { credentials: `[default]\n${pair('ONE')}[default]\n${pair('TWO')}` },
    'shared-credentials-file ONE',
  ],
  [
    'D48: a header without ] makes the files unreadable',
    { env: imds, credentials: `[default]\n${pair('DEF')}[prod\n${pair('P')}` },
    instance,
  ],
  [
    'D49: a byte order mark does no harm',
    { credentials: `\uFEFF[default]\n${pair('DEF')}` },
    'shared-credentials-file DEF',
  ],
  ['D50: a colon is no delimiter', { env: imds, credentials: '[default]\naws_access_key_id: A\n' }, instance],
  [
    'D51: a comment stays in the value',
    { credentials: '[default]\naws_access_key_id = AK # note\naws_secret_access_key = s\n' },
    'shared-credentials-file AK # note',
  ],
  [
    'D52: quotes stay in the value',
    { credentials: '[default]\naws_access_key_id = "AK"\naws_secret_access_key = s\n' },
    'shared-credentials-file "AK"',
  ],
  [
    'D53: keys may be in any case',
    { credentials: '[default]\nAWS_ACCESS_KEY_ID = AK\nAWS_SECRET_ACCESS_KEY = s\n' },
    'shared-credentials-file AK',
  ],
  ['D54: [x] in the config file is no profile', { env: { AWS_PROFILE: 'gone' }, config: `[gone]\n${pair('X')}` }, gone],
  [
    'D55: [profile x] in the credentials file is one',
    { env: { AWS_PROFILE: 'x' }, credentials: `[profile x]\n${pair('X')}` },
    'shared-credentials-file X',
  ],
  ['blanks in the brackets do no harm', { credentials: `[ default ]\n${pair('DEF')}` }, 'shared-credentials-file DEF'],
  [
    'D57: two blanks after profile are one',
    { env: { AWS_PROFILE: 'foo' }, config: `[profile  foo]\n${pair('FOO')}` },
    'config-file FOO',
  ],
  [
    'D61: a token in the config file sticks to keys of the credentials file',
    { config: '[default]\naws_session_token = OLD\n', credentials: `[default]\n${pair('A')}` },
    'shared-credentials-file A token OLD',
  ],
  [
    'D62: key id and secret may stand in different files',
    { config: '[default]\naws_access_key_id = A\n', credentials: '[default]\naws_secret_access_key = s\n' },
    'config-file A',
  ],
  [
    'D64: a config file of its own does not move the credentials file',
    {
      env: { AWS_CONFIG_FILE: '/x/config' },
      files: { '/x/config': '[default]\nregion = x\n', '/x/credentials': `[default]\n${pair('X')}` },
      credentials: `[default]\n${pair('DEF')}`,
    },
    'shared-credentials-file DEF',
  ],
  [
    'D64: a credentials file of its own moves the config file beside it',
    {
      env: { AWS_SHARED_CREDENTIALS_FILE: '/x/c', AWS_PROFILE: 'p' },
      files: { '/x/c': '', '/x/config': `[profile p]\n${pair('BESIDE')}` },
      config: `[profile p]\n${pair('HOME')}`,
    },
    'config-file BESIDE',
  ],
  [
    'a variable that names no file does not count',
    { env: { AWS_SHARED_CREDENTIALS_FILE: '/gone' }, credentials: `[default]\n${pair('DEF')}` },
    'shared-credentials-file DEF',
  ],
  [
    'a setting whose value it does not take hides the whole profile',
    { env: imds, config: '[default]\nuse_fips_endpoint = yes\n', credentials: `[default]\n${pair('DEF')}` },
    instance,
  ],
  ['D66: AWS_EC2_METADATA_DISABLED=1 forbids nothing', { env: { ...imds, AWS_EC2_METADATA_DISABLED: '1' } }, instance],
  [
    'D68: an empty container variable leads to the instance metadata',
    { env: { ...imds, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '' } },
    instance,
  ],
  [
    'D71: a host that is no address of this machine is not asked, nor is the instance metadata',
    { env: { ...imds, AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://myhost.local/x' } },
    'none',
  ],
]

describe('the AWS SDK for .NET, from its source', () => {
  test.each(rows)('%s', (_, state, expected) => {
    expect(outcome(dotnet, state)).toBe(expected)
  })

  test('D22, D24, D39: settings of IAM Identity Center come before all others, and an expired token stops it', () => {
    const state = (expiresAt: string | null): State => ({
      env: imds,
      config:
        `[default]\nrole_arn = ${role}\nsso_account_id = 123456789012\nsso_role_name = Dev\n` +
        'sso_region = us-east-1\nsso_start_url = https://x/start\n',
      credentials: `[default]\n${pair('A')}`,
      files:
        expiresAt === null
          ? {}
          : {
              [`${home}/.aws/sso/cache/${sha1Hex('https://x/start')}.json`]: JSON.stringify({
                accessToken: 't',
                expiresAt,
              }),
            },
    })
    expect(outcome(dotnet, state('2026-01-01T01:00:00Z'))).toBe('sso Dev in 123456789012')
    expect(outcome(dotnet, state(null))).toBe(instance)
    expect(outcome(dotnet, state('2025-12-31T23:00:00Z'))).toBe(
      'error AmazonClientException: SSO Token has expired and can not be refreshed',
    )
  })

  test('asks nothing but a profile that the program names, and every failure is its end', () => {
    const state: State = { profile: 'b', env: { ...environmentKeys, ...imds }, credentials: `[b]\n${pair('B')}` }
    expect(outcome(dotnet, state)).toBe('shared-credentials-file B')
    expect(outcome(dotnet, { ...state, profile: 'zz' })).toBe(
      'error AmazonClientException: Unable to find the "zz" profile specified in the client configuration.',
    )
    expect(outcome(dotnet, { ...state, credentials: '[b]\naws_access_key_id = B\n' })).toMatch(
      /^error InvalidDataException: Credential profile \[b\] is not valid\./,
    )
  })

  test('asks the store of the AWS Toolkit first on Windows', () => {
    const state: State = {
      platform: 'win32',
      env: { HOME: '', USERPROFILE: 'C:\\Users\\u', LOCALAPPDATA: 'C:\\Users\\u\\AppData\\Local', AWS_PROFILE: 'work' },
      files: {
        'C:\\Users\\u\\.aws\\credentials': `[work]\r\n${pair('FILE')}`,
        'C:\\Users\\u\\AppData\\Local\\AWSToolkit\\RegisteredAccounts.json': JSON.stringify({
          '0a': { AWSAccessKey: '01000000D0', AWSSecretKey: '01000000D0', ProfileType: 'AWS', DisplayName: 'work' },
        }),
      },
    }
    expect(outcome(dotnet, state)).toBe('sdk-store')
    expect(outcome(dotnet, { ...state, env: { ...state.env, LOCALAPPDATA: 'D:\\' } })).toBe(
      'shared-credentials-file FILE',
    )
  })

  test('reads UTF-16 with its mark, and lines that end with a carriage return alone', () => {
    const text = `[default]\n${pair('DEF')}`
    const utf16 = new Uint8Array(Buffer.from(`\uFEFF${text}`, 'utf16le'))
    expect(outcome(dotnet, { credentials: utf16 })).toBe('shared-credentials-file DEF')
    expect(outcome(dotnet, { credentials: text.replaceAll('\n', '\r') })).toBe('shared-credentials-file DEF')
  })

  test('tells where a key stands', () => {
    const { winner } = trace(dotnet, {
      credentials: `\n[default]\n  aws_access_key_id =  A\naws_secret_access_key = s\n`,
    })
    expect(winner?.at).toEqual({ file: `${home}/.aws/credentials`, line: 3, column: 24 })
  })
})
