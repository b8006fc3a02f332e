import { describe, expect, test } from 'vitest'
import { php } from '../../../src/holder/chains/php.ts'
import { sha1Hex, sha256Hex } from '../../../src/holder/files/digest.ts'
import { home, outcome, pair, role, type State, trace } from './from-source.ts'

const environmentKeys = { AWS_ACCESS_KEY_ID: 'ENV', AWS_SECRET_ACCESS_KEY: 's' }
const token = { [`${home}/token`]: 'eyJ' }
const webIdentity = { AWS_WEB_IDENTITY_TOKEN_FILE: `${home}/token`, AWS_ROLE_ARN: role }
const imds = { AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://127.0.0.1:1' }

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
  [
    'D04: a missing profile leads to the instance role',
    { env: { AWS_PROFILE: 'gone', ...imds } },
    'iam-role http://127.0.0.1:1',
  ],
  [
    'D05: an empty AWS_PROFILE is the default',
    { env: { AWS_PROFILE: '' }, credentials: `[default]\n${pair('DEF')}` },
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
    'D14: a token file without a role is passed over',
    { env: { AWS_WEB_IDENTITY_TOKEN_FILE: `${home}/token` }, files: token, credentials: `[default]\n${pair('DEF')}` },
    'shared-credentials-file DEF',
  ],
  ['D15: so is one that does not exist', { env: { ...webIdentity, ...imds } }, 'iam-role http://127.0.0.1:1'],
  [
    'a token file by a relative path is passed over',
    { env: { ...webIdentity, AWS_WEB_IDENTITY_TOKEN_FILE: 'token' }, credentials: `[default]\n${pair('DEF')}` },
    'shared-credentials-file DEF',
  ],
  [
    'D16: a broken config file does not matter beside keys in the environment',
    { env: environmentKeys, config: '[x' },
    'env ENV',
  ],
  [
    'D18: a role without a source is rejected, and the keys in the credentials file count: it reads one file at a time',
    { config: `[default]\nrole_arn = ${role}\n`, credentials: `[default]\n${pair('DEF')}` },
    'shared-credentials-file DEF',
  ],
  [
    'D18: in one section the role hides the keys',
    { credentials: `[default]\nrole_arn = ${role}\n${pair('DEF')}` },
    'none',
  ],
  [
    'D19: in the credentials file a profile may be its own source',
    { credentials: `[default]\nrole_arn = ${role}\nsource_profile = default\n${pair('DEF')}` },
    'assume-role R by DEF',
  ],
  [
    'a source profile of the config file is looked for without its prefix, and so is never found',
    {
      env: { AWS_PROFILE: 'a' },
      config: `[profile a]\nrole_arn = ${role}\nsource_profile = b\n[profile b]\n${pair('B')}`,
    },
    'none',
  ],
  [
    'D20: in the config file the process comes before keys, for [profile default]',
    { config: `[profile default]\n${pair('A')}credential_process = /bin/p\n` },
    'custom-process /bin/p',
  ],
  ['D20: and not at all for [default]', { config: `[default]\n${pair('A')}credential_process = /bin/p\n` }, 'none'],
  [
    'D21: keys in the credentials file come before a process in the config file',
    { config: '[profile default]\ncredential_process = /bin/p\n', credentials: `[default]\n${pair('A')}` },
    'shared-credentials-file A',
  ],
  [
    'D26: a web identity of the profile comes before its source profile',
    {
      config: `[profile default]\nrole_arn = ${role}\nweb_identity_token_file = ${home}/token\nsource_profile = b\n`,
      files: token,
    },
    'assume-role-with-web-identity R',
  ],
  [
    'D28: a role with both sources is rejected',
    {
      credentials: `[default]\nrole_arn = ${role}\nsource_profile = b\ncredential_source = Environment\n${pair('OWN')}`,
    },
    'none',
  ],
  [
    'D30: a loop of roles is rejected',
    {
      env: { AWS_PROFILE: 'a' },
      credentials: `[a]\nrole_arn = ${role}1\nsource_profile = b\n[b]\nrole_arn = ${role}2\nsource_profile = a\n`,
    },
    'none',
  ],
  [
    'a chain of roles ends at the first keys',
    {
      env: { AWS_PROFILE: 'a' },
      credentials: `[a]\nrole_arn = ${role}1\nsource_profile = b\n[b]\nrole_arn = ${role}2\nsource_profile = c\n[c]\n${pair('C')}`,
    },
    'assume-role R1 by R2 by C',
  ],
  [
    'D31: a missing source profile leads to the instance role',
    { env: imds, credentials: `[default]\nrole_arn = ${role}\nsource_profile = zz\n` },
    'iam-role http://127.0.0.1:1',
  ],
  [
    'D32: credential_source is exact',
    {
      env: { AWS_SESSION_TOKEN: 't' },
      credentials: `[default]\nrole_arn = ${role}\ncredential_source = environment\n`,
    },
    'none',
  ],
  [
    'credential_source = Ec2InstanceMetadata says that this is an EC2 instance',
    { credentials: `[default]\nrole_arn = ${role}\ncredential_source = Ec2InstanceMetadata\n` },
    'assume-role R by http://169.254.169.254',
  ],
  [
    'D33: a role with mfa_serial is asked for without a code',
    { credentials: `[default]\nrole_arn = ${role}\nsource_profile = b\nmfa_serial = x\n[b]\n${pair('B')}` },
    'assume-role R by B',
  ],
  [
    'D42: a process goes through a shell',
    { credentials: '[default]\ncredential_process = ~/bin/x | cat\n' },
    'custom-process ~/bin/x | cat',
  ],
  [
    'D46: of a key that stands twice the last counts',
    { credentials: '[default]\naws_access_key_id = OLD\naws_access_key_id = NEW\naws_secret_access_key = s\n' },
    'shared-credentials-file NEW',
  ],
  [
    'D47: of a section that stands twice only the second counts',
    { credentials: `[default]\n${pair('ONE')}[default]\naws_access_key_id = TWO\n` },
    'none',
  ],
  [
    'D48: a header without ] makes the file unreadable',
    { credentials: `[default]\n${pair('DEF')}[prod\n${pair('P')}` },
    'none',
  ],
  [
    'D49: a byte order mark does no harm',
    { credentials: `\uFEFF[default]\n${pair('DEF')}` },
    'shared-credentials-file DEF',
  ],
  [
    'D51: a # stays in the value',
    { credentials: '[default]\naws_access_key_id = AK # note\naws_secret_access_key = s\n' },
    'shared-credentials-file AK # note',
  ],
  [
    'a ; ends the value, also without a blank before it',
    { credentials: '[default]\naws_access_key_id = AK;note\naws_secret_access_key = s\n' },
    'shared-credentials-file AK',
  ],
  [
    'D52: double quotes are dropped',
    { credentials: '[default]\naws_access_key_id = "AK"\naws_secret_access_key = s\n' },
    'shared-credentials-file AK',
  ],
  ['D53: keys are exact', { credentials: '[default]\nAWS_ACCESS_KEY_ID = AK\nAWS_SECRET_ACCESS_KEY = s\n' }, 'none'],
  ['D54: [x] in the config file holds no keys', { env: { AWS_PROFILE: 'x' }, config: `[x]\n${pair('X')}` }, 'none'],
  [
    'D54: but a web identity, a login or an SSO role of [x] counts',
    {
      env: { AWS_PROFILE: 'x' },
      config: `[x]\nrole_arn = ${role}\nweb_identity_token_file = ${home}/token\n`,
      files: token,
    },
    'assume-role-with-web-identity R',
  ],
  [
    'D56: of both defaults the prefixed one has the keys',
    { config: `[profile default]\n${pair('PD')}[default]\n${pair('D')}` },
    'config-file PD',
  ],
  [
    'D59: indented keys are keys',
    { credentials: `[default]\n${pair('DEF').replaceAll('aws', '  aws')}` },
    'shared-credentials-file DEF',
  ],
  [
    'D61: a stale token in the config file does not stick to keys of the credentials file',
    { config: '[default]\naws_session_token = OLD\n', credentials: `[default]\n${pair('A')}` },
    'shared-credentials-file A',
  ],
  [
    'aws_security_token stands in for a missing session token',
    { credentials: `[default]\n${pair('A')}aws_security_token = T\n` },
    'shared-credentials-file A token T',
  ],
  [
    'D64: AWS_CONFIG_FILE moves the config file',
    { env: { AWS_CONFIG_FILE: '/x/config' }, files: { '/x/config': `[profile default]\n${pair('X')}` } },
    'config-file X',
  ],
  [
    'D64: but not for a web identity',
    {
      env: { AWS_CONFIG_FILE: '/x/config' },
      files: { ...token, '/x/config': `[default]\nrole_arn = ${role}\nweb_identity_token_file = ${home}/token\n` },
    },
    'none',
  ],
  [
    'a line that PHP does not understand makes the file unreadable',
    { credentials: `[default]\n${pair('DEF')}(mine)\n` },
    'none',
  ],
  [
    'a key that is a word of PHP makes the file unreadable',
    { credentials: `[default]\n${pair('DEF')}yes = 1\n` },
    'none',
  ],
  [
    'a comment with # may hold anything when it begins the line',
    { credentials: `[default]\n# don't (do) this!\n${pair('DEF')}` },
    'shared-credentials-file DEF',
  ],
  ['and not when it is indented', { credentials: `[default]\n  # don't (do) this!\n${pair('DEF')}` }, 'none'],
  [
    'D66: AWS_EC2_METADATA_DISABLED=1 forbids nothing',
    { env: { ...imds, AWS_EC2_METADATA_DISABLED: '1' } },
    'iam-role http://127.0.0.1:1',
  ],
  [
    'D68: an empty container variable leads to the instance metadata',
    { env: { ...imds, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '' } },
    'iam-role http://127.0.0.1:1',
  ],
  [
    'D69: where a container is named, the instance metadata is never asked',
    { env: { ...imds, AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://example.com/x' } },
    'none',
  ],
  [
    'D70: the token file comes before the token, and must be there',
    {
      env: {
        AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/v1/credentials',
        AWS_CONTAINER_AUTHORIZATION_TOKEN: 't',
        AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '/gone',
      },
    },
    'none',
  ],
]

describe('the AWS SDK for PHP, from its source', () => {
  test.each(rows)('%s', (_, state, expected) => {
    expect(outcome(php, state)).toBe(expected)
  })

  test('D22: asks IAM Identity Center before keys while the cached token is good', () => {
    const state = (expiresAt: string): State => ({
      config:
        '[default]\nsso_account_id = 123456789012\nsso_role_name = Dev\nsso_region = us-east-1\nsso_start_url = https://x/start\n',
      credentials: `[default]\n${pair('A')}`,
      files: {
        [`${home}/.aws/sso/cache/${sha1Hex('https://x/start')}.json`]: JSON.stringify({ accessToken: 't', expiresAt }),
      },
    })
    expect(outcome(php, state('2026-01-01T01:00:00Z'))).toBe('sso Dev in 123456789012')
    expect(outcome(php, state('2025-12-31T23:00:00Z'))).toBe('shared-credentials-file A')
  })

  test('D23: uses a session of aws login before keys, when a region and its cache file are there', () => {
    const session = 'arn:aws:sts::123456789012:assumed-role/x/y'
    const cached = JSON.stringify({
      accessToken: {
        accessKeyId: 'ASIA',
        secretAccessKey: 's',
        sessionToken: 't',
        accountId: '123456789012',
        expiresAt: '2026-01-01T01:00:00Z',
      },
      clientId: 'c',
      refreshToken: 'r',
      dpopKey: 'k',
    })
    const state: State = {
      config: `[default]\nlogin_session = ${session}\nregion = eu-west-1\n`,
      credentials: `[default]\n${pair('A')}`,
    }
    expect(outcome(php, state)).toBe('shared-credentials-file A')
    const files = { [`${home}/.aws/login/cache/${sha256Hex(session)}.json`]: cached }
    expect(outcome(php, { ...state, files })).toBe(`login ${session}`)
  })

  test('asks the credentials file alone for a profile that the program names', () => {
    const state: State = {
      profile: 'b',
      env: environmentKeys,
      credentials: `[b]\n${pair('B')}`,
      config: '[profile b]\ncredential_process = /bin/p\n',
    }
    expect(outcome(php, state)).toBe('shared-credentials-file B')
    expect(outcome(php, { ...state, credentials: '' })).toBe('none')
  })

  test('finds its files under HOMEDRIVE and HOMEPATH on Windows', () => {
    const state: State = {
      platform: 'win32',
      env: { HOME: '', HOMEDRIVE: 'C:', HOMEPATH: '\\Users\\u' },
      files: { 'C:\\Users\\u\\.aws\\credentials': `[default]\r\n${pair('WIN').replaceAll('\n', '\r\n')}` },
    }
    expect(outcome(php, state)).toBe('shared-credentials-file WIN')
  })

  test('tells where a key stands', () => {
    const { winner } = trace(php, {
      credentials: `\n[default]\n  aws_access_key_id =  "A"\naws_secret_access_key = s\n`,
    })
    expect(winner?.at).toEqual({ file: `${home}/.aws/credentials`, line: 3, column: 25 })
  })
})
