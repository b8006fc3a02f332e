import { describe, expect, test } from 'vitest'
import { cpp } from '../../../src/holder/chains/cpp.ts'
import { sha1Hex } from '../../../src/holder/files/digest.ts'
import { home, outcome, pair, role, type State, trace } from './from-source.ts'

const environmentKeys = { AWS_ACCESS_KEY_ID: 'ENV', AWS_SECRET_ACCESS_KEY: 's' }
const token = { [`${home}/token`]: 'eyJ' }
const webIdentity = { AWS_WEB_IDENTITY_TOKEN_FILE: `${home}/token`, AWS_ROLE_ARN: role }
const imds = { AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://127.0.0.1:1' }

/** Rows of the divergences, and what its source says where they are silent. */
const rows: readonly (readonly [string, State, string])[] = [
  [
    'D01: keys in the environment count before a chosen profile',
    { env: { ...environmentKeys, AWS_PROFILE: 'dev' }, credentials: `[dev]\n${pair('DEV')}` },
    'env ENV',
  ],
  [
    'D03: a missing profile does not matter beside keys in the environment',
    { env: { ...environmentKeys, AWS_PROFILE: 'gone' } },
    'env ENV',
  ],
  [
    'D04: a missing profile leads to the instance role',
    { env: { AWS_PROFILE: 'gone', ...imds } },
    'iam-role http://127.0.0.1:1',
  ],
  [
    'D06: AWS_DEFAULT_PROFILE comes before AWS_PROFILE',
    { env: { AWS_DEFAULT_PROFILE: 'a', AWS_PROFILE: 'b' }, credentials: `[a]\n${pair('A')}[b]\n${pair('B')}` },
    'shared-credentials-file A',
  ],
  [
    'D07: keys of the profile come before a web identity',
    { env: { ...webIdentity, AWS_REGION: 'eu-west-1' }, files: token, credentials: `[default]\n${pair('DEF')}` },
    'shared-credentials-file DEF',
  ],
  [
    'D08: half a pair in the environment is passed over',
    { env: { AWS_ACCESS_KEY_ID: 'ENV' }, credentials: `[default]\n${pair('DEF')}` },
    'shared-credentials-file DEF',
  ],
  [
    'D11: the older names of the variables do not count',
    { env: { AWS_ACCESS_KEY: 'ENV', AWS_SECRET_KEY: 's' } },
    'none',
  ],
  [
    'D18: a role without a source is not known to it',
    { config: `[default]\nrole_arn = ${role}\n`, credentials: `[default]\n${pair('DEF')}` },
    'shared-credentials-file DEF',
  ],
  [
    'D19: neither is one with a source',
    { config: `[default]\nrole_arn = ${role}\nsource_profile = default\n`, credentials: `[default]\n${pair('DEF')}` },
    'shared-credentials-file DEF',
  ],
  [
    'D20: keys in the config file do not count, so that the process is run',
    { config: `[default]\n${pair('A')}credential_process = /bin/p\n` },
    'custom-process /bin/p',
  ],
  [
    'D21: keys in the credentials file come before a process in the config file',
    { config: '[default]\ncredential_process = /bin/p\n', credentials: `[default]\n${pair('A')}` },
    'shared-credentials-file A',
  ],
  [
    'D22: and before IAM Identity Center',
    {
      config:
        '[default]\nsso_account_id = 1\nsso_role_name = n\nsso_region = us-east-1\nsso_start_url = https://x/start\n',
      credentials: `[default]\n${pair('A')}`,
    },
    'shared-credentials-file A',
  ],
  [
    'D45: half a pair in the credentials file leads to the process in the config file',
    { config: '[default]\ncredential_process = /bin/p\n', credentials: '[default]\naws_access_key_id = A\n' },
    'custom-process /bin/p',
  ],
  [
    'D48: a header without ] loses the section above it, not only its own',
    { credentials: `[first]\n${pair('FIRST')}[default]\n${pair('DEF')}[prod\n${pair('PROD')}` },
    'none',
  ],
  [
    'D48: but not the ones that were whole before',
    {
      env: { AWS_PROFILE: 'first' },
      credentials: `[first]\n${pair('FIRST')}[default]\n${pair('DEF')}[prod\n${pair('PROD')}`,
    },
    'shared-credentials-file FIRST',
  ],
  ['D49: a byte order mark hides the first section', { credentials: `\uFEFF[default]\n${pair('DEF')}` }, 'none'],
  [
    'D49: and only that one',
    { env: { AWS_PROFILE: 'b' }, credentials: `\uFEFF[default]\n${pair('DEF')}[b]\n${pair('B')}` },
    'shared-credentials-file B',
  ],
  [
    'a comment ends a value, as does one that is the whole line',
    { credentials: `[default] ; mine\n# note\naws_access_key_id = A # note\naws_secret_access_key = s ; note\n` },
    'shared-credentials-file A',
  ],
  [
    'D46: of a key that stands twice the last counts',
    { credentials: '[default]\naws_access_key_id = OLD\naws_access_key_id = NEW\naws_secret_access_key = s\n' },
    'shared-credentials-file NEW',
  ],
  [
    'D47: of a section that stands twice the last pair counts',
    { credentials: `[default]\n${pair('ONE')}[default]\n${pair('TWO')}` },
    'shared-credentials-file TWO',
  ],
  [
    'D62: key id and secret must stand in the credentials file together',
    { config: '[default]\naws_access_key_id = A\n', credentials: '[default]\naws_secret_access_key = s\n' },
    'none',
  ],
  [
    'a value with brackets in it is taken for a header that it cannot read',
    { credentials: `[default]\nnote = a [b]\n${pair('DEF')}[b]\n${pair('B')}` },
    'none',
  ],
  [
    'D66: AWS_EC2_METADATA_DISABLED=1 forbids nothing',
    { env: { ...imds, AWS_EC2_METADATA_DISABLED: '1' } },
    'iam-role http://127.0.0.1:1',
  ],
  ['D66: only true does', { env: { ...imds, AWS_EC2_METADATA_DISABLED: 'TRUE' } }, 'none'],
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
    'both container variables lead to the relative one',
    {
      env: {
        AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/x',
        AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1/y',
      },
    },
    'container-role http://169.254.170.2/v2/x',
  ],
  [
    'D74: AWS_DEFAULT_REGION is where a web identity is asked',
    { env: { ...webIdentity, AWS_DEFAULT_REGION: 'eu-west-1' }, files: token },
    'assume-role-with-web-identity R',
  ],
  ['a web identity without any region cannot be asked', { env: webIdentity, files: token }, 'none'],
  ['D15: neither can one whose token is missing', { env: { ...webIdentity, AWS_REGION: 'eu-west-1' } }, 'none'],
  ['D14: nor one without a role', { env: { AWS_WEB_IDENTITY_TOKEN_FILE: `${home}/token` }, files: token }, 'none'],
  [
    'a web identity may take the role from the profile and the token from a variable',
    {
      env: { AWS_WEB_IDENTITY_TOKEN_FILE: `${home}/token`, AWS_REGION: 'eu-west-1' },
      config: `[default]\nrole_arn = ${role}\n`,
      files: token,
    },
    'assume-role-with-web-identity R',
  ],
  [
    'D55: [profile x] in the credentials file is no profile',
    { env: { AWS_PROFILE: 'x' }, credentials: `[profile x]\n${pair('X')}` },
    'none',
  ],
  [
    'D63: nothing in a path is expanded',
    { env: { AWS_SHARED_CREDENTIALS_FILE: '~/c2' }, files: { [`${home}/c2`]: `[default]\n${pair('C2')}` } },
    'none',
  ],
]

describe('the AWS SDK for C++, from its source', () => {
  test.each(rows)('%s', (_, state, expected) => {
    expect(outcome(cpp, state)).toBe(expected)
  })

  test('asks IAM Identity Center while the cached token is good, and passes it over afterwards', () => {
    const config =
      '[default]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Dev\n' +
      '[sso-session corp]\nsso_region = us-east-1\nsso_start_url = https://x/start\n'
    const cache = (expiresAt: string, more = {}): State => ({
      config,
      files: {
        [`${home}/.aws/sso/cache/${sha1Hex('corp')}.json`]: JSON.stringify({ accessToken: 't', expiresAt, ...more }),
      },
    })
    expect(outcome(cpp, cache('2026-01-01T01:00:00Z'))).toBe('sso Dev in 123456789012')
    expect(outcome(cpp, cache('2025-12-31T23:00:00Z'))).toBe('none')
    const refresh = { refreshToken: 'r', clientId: 'c', clientSecret: 's' }
    expect(outcome(cpp, cache('2025-12-31T23:00:00Z', refresh))).toBe('sso Dev in 123456789012')
  })

  test('keeps a profile chosen by the program for all its providers', () => {
    const state: State = { profile: 'b', credentials: `[default]\n${pair('DEF')}[b]\n${pair('B')}` }
    expect(outcome(cpp, state)).toBe('shared-credentials-file B')
    expect(outcome(cpp, { ...state, env: environmentKeys })).toBe('env ENV')
  })

  test('finds its files under USERPROFILE on Windows', () => {
    const state: State = {
      platform: 'win32',
      env: { USERPROFILE: 'C:\\Users\\u' },
      files: { 'C:\\Users\\u\\.aws\\credentials': `[default]\r\n${pair('WIN').replaceAll('\n', '\r\n')}` },
    }
    expect(outcome(cpp, state)).toBe('shared-credentials-file WIN')
  })

  test('tells where a key stands', () => {
    const { winner } = trace(cpp, { credentials: `\n[default]\n  aws_access_key_id =  A\naws_secret_access_key = s\n` })
    expect(winner?.at).toEqual({ file: `${home}/.aws/credentials`, line: 3, column: 24 })
  })
})
