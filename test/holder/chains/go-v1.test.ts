import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { goV1 } from '../../../src/holder/chains/go-v1.ts'
import { sha1Hex } from '../../../src/holder/files/digest.ts'
import { agreementOf } from '../../truth/agreement.ts'
import { home, outcome, pair, role, type State, trace } from './from-source.ts'

const environmentKeys = { AWS_ACCESS_KEY_ID: 'ENV', AWS_SECRET_ACCESS_KEY: 's' }
const withConfig = { AWS_SDK_LOAD_CONFIG: '1' }
const imds = { AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://127.0.0.1:1' }
const asRole = `role_arn = ${role}\n`
const session = '[sso-session s]\nsso_start_url = u\nsso_region = us-east-1\n'
const bySession = 'sso_session = s\nsso_account_id = 1\nsso_role_name = r\n'
const ssoCache = {
  [`${home}/.aws/sso/cache/${sha1Hex('s')}.json`]: '{"accessToken":"made-up","expiresAt":"2099-01-01T00:00:00Z"}',
}

describe('the chain of the SDK for Go, version 1', () => {
  const { version, states, answered, wrong } = agreementOf('go-v1')

  test(`is ${version}'s own in all ${states} recorded states, first calls included`, () => {
    expect(answered).toBe(states)
    expect(states).toBeGreaterThan(7000)
    expect(wrong.slice(0, 5)).toEqual([])
  })
})

const rows: readonly (readonly [why: string, State, string | RegExp])[] = [
  [
    'D65: without AWS_SDK_LOAD_CONFIG the config file is not there',
    { config: `[default]\n${pair('CFG')}`, env: imds },
    'iam-role http://127.0.0.1:1',
  ],
  ['with it it is', { config: `[default]\n${pair('CFG')}`, env: withConfig }, 'config-file CFG'],
  [
    'a text that is no yes of Go counts as no',
    { config: `[default]\n${pair('CFG')}`, env: { AWS_SDK_LOAD_CONFIG: 'yes' } },
    'none',
  ],
  [
    'a missing profile is as if it were empty',
    { env: { AWS_PROFILE: 'gone', ...imds }, credentials: `[default]\n${pair('DEF')}` },
    'iam-role http://127.0.0.1:1',
  ],
  [
    'AWS_DEFAULT_PROFILE counts only with the config file',
    { env: { AWS_DEFAULT_PROFILE: 'a' }, credentials: `[default]\n${pair('DEF')}[a]\n${pair('A')}` },
    'shared-credentials-file DEF',
  ],
  [
    'then it does',
    { env: { AWS_DEFAULT_PROFILE: 'a', ...withConfig }, credentials: `[default]\n${pair('DEF')}[a]\n${pair('A')}` },
    'shared-credentials-file A',
  ],
  [
    'a role of the credentials file is not seen without the config file',
    { credentials: `[default]\n${asRole}source_profile = default\n${pair('A')}` },
    'shared-credentials-file A',
  ],
  [
    'and is with it, also without a region',
    { env: withConfig, credentials: `[default]\n${asRole}source_profile = default\n${pair('A')}` },
    'assume-role R by A',
  ],
  [
    'a process of the credentials file is run either way',
    { credentials: '[default]\ncredential_process = print\n' },
    'custom-process print',
  ],
  [
    'a token file there has no role, and so stops',
    { credentials: `[default]\n${asRole}web_identity_token_file = /t\n` },
    'error CredentialRequiresARNError: credential type web_identity_token_file requires role_arn, profile default',
  ],
  [
    'but not with keys in the environment, when no profile is named',
    { env: environmentKeys, credentials: `[default]\n${asRole}web_identity_token_file = /t\n` },
    'env ENV',
  ],
  [
    'with one it does',
    { env: { ...environmentKeys, AWS_PROFILE: 'default' }, credentials: `[default]\nweb_identity_token_file = /t\n` },
    /^error CredentialRequiresARNError/,
  ],
  [
    'a profile of the program comes before keys in the environment',
    { env: environmentKeys, credentials: `[dev]\n${pair('DEV')}`, profile: 'dev' },
    'shared-credentials-file DEV',
  ],
  [
    'D54, D55: the prefix may be there or not, in both files',
    { env: { AWS_PROFILE: 'foo', ...withConfig }, config: `[foo]\n${pair('CFG')}` },
    'config-file CFG',
  ],
  [
    'and there',
    { env: { AWS_PROFILE: 'foo' }, credentials: `[profile foo]\n${pair('FOO')}` },
    'shared-credentials-file FOO',
  ],
  [
    'the name without it comes first',
    { env: { AWS_PROFILE: 'foo' }, credentials: `[profile foo]\n${pair('LONG')}[foo]\n${pair('SHORT')}` },
    'shared-credentials-file SHORT',
  ],
  [
    'D61: a pair brings its own token, or none',
    {
      env: withConfig,
      config: `[default]\n${pair('OLD')}aws_session_token = stale\n`,
      credentials: `[default]\n${pair('A')}`,
    },
    'shared-credentials-file A',
  ],
  [
    'D62: half a pair is none, and not an error',
    {
      env: { ...withConfig, ...imds },
      config: '[default]\naws_access_key_id = A\n',
      credentials: '[default]\naws_secret_access_key = s\n',
    },
    'iam-role http://127.0.0.1:1',
  ],
  [
    'D47: the second of two sections of one name is all there is',
    { credentials: '[default]\naws_access_key_id = A\n[default]\naws_secret_access_key = s\n', env: imds },
    'iam-role http://127.0.0.1:1',
  ],
  [
    'D48: a header that is not closed swallows what comes, up to the next bracket',
    { credentials: `[default\n${pair('A')}[dev]\n${pair('DEV')}`, env: imds },
    /^error SharedConfigLoadError: failed to load config file, .*\ncaused by: INIParseError: expected '\]'$/,
  ],
  [
    'D49: a byte order mark stops',
    { credentials: `\uFEFF[default]\n${pair('A')}` },
    /INIParseError: unsupported expression/,
  ],
  [
    'D50: a colon does for an equals sign',
    { credentials: '[default]\naws_access_key_id: A\naws_secret_access_key: s\n' },
    'shared-credentials-file A',
  ],
  [
    'D52: double quotation marks fall off, single ones do not',
    { credentials: '[default]\naws_access_key_id = "A"\naws_secret_access_key = s\naws_session_token = \'t\'\n' },
    "shared-credentials-file A token 't'",
  ],
  [
    'within double ones a backslash escapes, and one that was escaped escapes again',
    { credentials: '[default]\naws_access_key_id = "A\\"\\\\\\n"\naws_secret_access_key = s\n' },
    'shared-credentials-file A"\n',
  ],
  [
    'one that is not closed empties the whole file',
    { credentials: `[default]\n${pair('A')}[dev]\naws_access_key_id = "B\n`, env: imds },
    'iam-role http://127.0.0.1:1',
  ],
  [
    'D53: keys are read in their own case',
    { credentials: '[default]\nAWS_ACCESS_KEY_ID = A\naws_secret_access_key = s\n', env: imds },
    'iam-role http://127.0.0.1:1',
  ],
  [
    'D57: blanks behind the prefix are part of the name',
    { credentials: `[profile  foo]\n${pair('FOO')}`, env: { AWS_PROFILE: 'foo', ...imds } },
    'iam-role http://127.0.0.1:1',
  ],
  [
    'a comma behind a blank drops the whole setting',
    { credentials: `[default]\n${pair('A')}aws_session_token = a , b\n` },
    'shared-credentials-file A',
  ],
  [
    'a comment in place of a value stops',
    { credentials: `[default]\n${pair('A')}region = # none\n` },
    /TokenType comment$/,
  ],
  [
    'a folder in place of a file is as if it were not there',
    { credentials: { unreadable: 'directory' }, env: imds },
    'iam-role http://127.0.0.1:1',
  ],
  [
    'the full URL comes before the relative path',
    {
      env: { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/x', AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1/y' },
    },
    'container-role http://127.0.0.1/y',
  ],
  [
    'a container that cannot be asked is passed over, and the instance is not asked either',
    { env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://8.8.8.8/x', ...imds } },
    'none',
  ],
  [
    'as the source of a role it stops',
    {
      env: { ...withConfig, AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://8.8.8.8/x' },
      config: `[default]\n${asRole}credential_source = Ec2InstanceMetadata\n`,
    },
    /^error CredentialsEndpointError: invalid endpoint host, "8\.8\.8\.8"/,
  ],
  [
    'EcsContainer as a source wants the relative path, and takes the full URL all the same',
    {
      env: {
        ...withConfig,
        AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/x',
        AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1/y',
      },
      config: `[default]\n${asRole}credential_source = EcsContainer\n`,
    },
    'assume-role R by http://127.0.0.1/y',
  ],
  [
    'keys beside a source profile do not end the chain',
    {
      env: withConfig,
      config: `[default]\n${asRole}source_profile = b\n[profile b]\nrole_arn = arn:aws:iam::123456789012:role/B\nsource_profile = c\n${pair('B')}[profile c]\n${pair('C')}`,
    },
    'assume-role R by B by C',
  ],
  [
    'a missing source profile stops in these words',
    { env: withConfig, config: `[default]\n${asRole}source_profile = gone\n` },
    `error SharedConfigAssumeRoleError: failed to load assume role for ${role}, source profile gone has no shared credentials`,
  ],
  [
    'two types of credentials have a code of their own',
    { credentials: `[default]\n${asRole}web_identity_token_file = /t\ncredential_process = p\n`, env: withConfig },
    /^error SharedConfigErr: only one credential type/,
  ],
  [
    'a role whose name is too short is not asked for',
    { env: withConfig, config: `[default]\nrole_arn = arn:x\n${pair('A')}` },
    /^error InvalidParameter: 1 validation error\(s\) found\.\n- minimum field size of 20, AssumeRoleInput\.RoleArn\.\n$/,
  ],
  ['a session of aws login is not known', { env: withConfig, config: '[default]\nlogin_session = x\n' }, 'none'],
  [
    'an sso-session is',
    { env: withConfig, config: `[default]\n${bySession}${session}`, files: ssoCache },
    'sso r in 1',
  ],
  [
    'with a profile of the program the one of the environment must be whole too',
    {
      env: withConfig,
      profile: 'p',
      config: `[default]\nsource_profile = x\n[profile p]\n${bySession}${session}`,
      files: ssoCache,
    },
    'error panic: CredentialRequiresARNError: credential type source_profile requires role_arn, profile default',
  ],
  [
    'the legacy token may not be over',
    {
      env: withConfig,
      config: '[default]\nsso_start_url = u\nsso_region = us-east-1\nsso_account_id = 1\nsso_role_name = r\n',
      files: {
        [`${home}/.aws/sso/cache/${sha1Hex('u')}.json`]: '{"AccessToken":"made-up","expiresAt":"2020-01-01T00:00:00Z"}',
      },
    },
    'error SSOProviderInvalidToken: the SSO session has expired or is invalid',
  ],
  [
    'an odd mode of STS stops, keys in the environment or not',
    { env: { ...environmentKeys, AWS_STS_REGIONAL_ENDPOINTS: 'global' } },
    /unable to resolve the value of STSRegionalEndpoint for global$/,
  ],
  [
    'an odd AWS_EC2_METADATA_V1_DISABLED does not',
    { env: { ...environmentKeys, AWS_EC2_METADATA_V1_DISABLED: 'yes' } },
    'env ENV',
  ],
  [
    'a missing CA bundle stops',
    { env: { ...environmentKeys, AWS_CA_BUNDLE: '/gone.pem' } },
    'error LoadCustomCABundleError: failed to open custom CA bundle PEM file\ncaused by: open /gone.pem: no such file or directory',
  ],
  [
    'it does before a token file that cannot be read is looked for',
    { env: { AWS_ROLE_ARN: role, AWS_WEB_IDENTITY_TOKEN_FILE: '/gone', AWS_CA_BUNDLE: '/gone.pem' } },
    /^error LoadCustomCABundleError: /,
  ],
  [
    'but only after a profile that is wrong in itself',
    {
      env: { ...withConfig, AWS_CA_BUNDLE: '/gone.pem' },
      config: `[default]\nrole_arn = ${role}\nmfa_serial = m\n${pair('A')}`,
    },
    /^error AssumeRoleTokenProviderNotSetError: /,
  ],
  [
    'an endpoint of the instance metadata that is no http URL is the end of the chain',
    { env: { AWS_EC2_METADATA_SERVICE_ENDPOINT: 'not a url' } },
    'none',
  ],
]

describe('the rules of the SDK for Go, version 1', () => {
  test.each(rows)('%s', (_why, state, expected) => {
    const said = outcome(goV1, state)
    if (typeof expected === 'string') expect(said).toBe(expected)
    else expect(said).toMatch(expected)
  })

  test('STS is global where it has always been, unless it is said to be regional', () => {
    const endpoint = (env: Record<string, string>) => trace(goV1, { env }).endpoint
    expect(endpoint({ AWS_REGION: 'eu-west-1' })).toMatchObject({
      sts: 'https://sts.amazonaws.com',
      signingRegion: 'us-east-1',
    })
    expect(endpoint({ AWS_REGION: 'eu-west-1', AWS_STS_REGIONAL_ENDPOINTS: 'regional' })).toMatchObject({
      sts: 'https://sts.eu-west-1.amazonaws.com',
      signingRegion: 'eu-west-1',
    })
    expect(endpoint({ AWS_REGION: 'me-south-1' }).sts).toBe('https://sts.me-south-1.amazonaws.com')
    // Configured endpoints came after this version.
    expect(endpoint({ AWS_ENDPOINT_URL: 'http://127.0.0.1:1' })).toMatchObject({
      sts: 'https://sts.amazonaws.com',
      overriddenBy: null,
    })
  })

  test('AWS_DEFAULT_REGION counts only with the config file', () => {
    const regionIn = (env: Record<string, string>) => trace(goV1, { env }).region?.name
    expect(regionIn({ AWS_DEFAULT_REGION: 'us-east-1' })).toBeUndefined()
    expect(regionIn({ AWS_DEFAULT_REGION: 'us-east-1', ...withConfig })).toBe('us-east-1')
  })

  test('what is not read without AWS_SDK_LOAD_CONFIG is told so', () => {
    const because = (env: Record<string, string>) =>
      trace(goV1, { env }).steps.find(({ provider }) => provider === 'assume-role')?.because
    expect(because({})).toBe('AWS_SDK_LOAD_CONFIG is not on, so that roles and the config file are not read')
    expect(because(withConfig)).toBe('[default] has no role_arn')
  })

  test('a container that is passed over is told as broken', () => {
    const { steps, error } = trace(goV1, { env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://8.8.8.8/x' } })
    expect(error).toBeNull()
    expect(steps.find(({ provider }) => provider === 'container-role')).toMatchObject({ outcome: 'broken' })
  })

  test('a file that is refused is told with its place', () => {
    const { error } = trace(goV1, { credentials: '[default]\nregion = a\n\nnothing [ here\n' })
    expect(error).toMatchObject({ reason: 'file-syntax', at: { file: `${home}/.aws/credentials`, line: 4, column: 9 } })
  })

  test('the home is HOME, on Windows USERPROFILE alone', () => {
    const files = {
      'C:\\a\\.aws\\credentials': `[default]\n${pair('HOME')}`,
      'C:\\b\\.aws\\credentials': `[default]\n${pair('PROFILE')}`,
    }
    const env = { HOME: 'C:\\a', USERPROFILE: 'C:\\b' }
    expect(outcome(goV1, { platform: 'win32', env, files })).toBe('shared-credentials-file PROFILE')
  })

  test('no bytes of the files make it throw (seed 20261128)', () => {
    const piece = fc.constantFrom(
      ...[
        '[default]',
        '[',
        ']',
        '[profile a]',
        '[sso-session s]',
        '=',
        ':',
        'role_arn',
        'source_profile',
        'sso_session',
      ],
      ...['a', 's', '"', '\\"', '\\', ',', '\n', '\r', '\r\n', ' ', '\t', '#', ';', '\uFEFF', '\0', 'é', '\u0085'],
    )
    const text = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''))
    fc.assert(
      fc.property(text, text, (config, credentials) => {
        expect(() => outcome(goV1, { env: withConfig, config, credentials })).not.toThrow()
      }),
      { seed: 20261128, numRuns: 500 },
    )
  })
})
