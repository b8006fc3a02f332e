import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { goV2 } from '../../../src/holder/chains/go-v2.ts'
import { sha1Hex, sha256Hex } from '../../../src/holder/files/digest.ts'
import { agreementOf } from '../../truth/agreement.ts'
import { home, outcome, pair, role, type State, trace } from './from-source.ts'

const environmentKeys = { AWS_ACCESS_KEY_ID: 'ENV', AWS_SECRET_ACCESS_KEY: 's' }
const webIdentity = { AWS_WEB_IDENTITY_TOKEN_FILE: `${home}/token`, AWS_ROLE_ARN: role }
const token = { [`${home}/token`]: 'eyJ' }
const region = { AWS_REGION: 'eu-west-1' }
const imds = { AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://127.0.0.1:1' }
const asRole = `role_arn = ${role}\n`
const legacySso = 'sso_start_url = u\nsso_region = us-east-1\nsso_account_id = 1\nsso_role_name = r\n'
const ssoCache = (key: string, fields: object): Record<string, string> => ({
  [`${home}/.aws/sso/cache/${sha1Hex(key)}.json`]: JSON.stringify({ accessToken: 'made-up', ...fields }),
})
const later = { expiresAt: '2099-01-01T00:00:00Z' }
const past = { expiresAt: '2020-01-01T00:00:00Z' }

describe('the chain of the SDK for Go, version 2', () => {
  const { version, states, answered, wrong } = agreementOf('go-v2')

  test(`is config ${version}'s own in all ${states} recorded states, first calls included`, () => {
    expect(answered).toBe(states)
    expect(states).toBeGreaterThan(7000)
    expect(wrong.slice(0, 5)).toEqual([])
  })
})

/** What a state comes to: the winner and what is asked, or the error. */
const rows: readonly (readonly [why: string, State, string | RegExp])[] = [
  [
    'D01: keys in the environment come before a profile that AWS_PROFILE names',
    { env: { ...environmentKeys, AWS_PROFILE: 'dev' }, credentials: `[dev]\n${pair('DEV')}` },
    'env ENV',
  ],
  [
    'D13: a profile that the program names comes before them',
    { env: environmentKeys, credentials: `[dev]\n${pair('DEV')}`, profile: 'dev' },
    'shared-credentials-file DEV',
  ],
  [
    'D03: a missing AWS_PROFILE stops, keys in the environment or not',
    { env: { ...environmentKeys, AWS_PROFILE: 'gone' } },
    'error SharedConfigProfileNotExistError: failed to get shared config profile, gone',
  ],
  ['a missing AWS_DEFAULT_PROFILE does not', { env: { ...environmentKeys, AWS_DEFAULT_PROFILE: 'gone' } }, 'env ENV'],
  ['and is as if it were empty', { env: { AWS_DEFAULT_PROFILE: 'gone', ...imds } }, 'iam-role http://127.0.0.1:1'],
  [
    'D06: AWS_PROFILE comes before AWS_DEFAULT_PROFILE',
    {
      env: { AWS_DEFAULT_PROFILE: 'a', AWS_PROFILE: 'b' },
      credentials: `[a]\n${pair('A')}[b]\n${pair('B')}`,
    },
    'shared-credentials-file B',
  ],
  [
    'D05: an empty AWS_PROFILE is as if it were not set',
    { env: { AWS_PROFILE: '' }, credentials: `[default]\n${pair('DEF')}` },
    'shared-credentials-file DEF',
  ],
  [
    'D08: half a pair in the environment is none',
    { env: { AWS_ACCESS_KEY_ID: 'ENV' }, credentials: `[default]\n${pair('DEF')}` },
    'shared-credentials-file DEF',
  ],
  [
    'D11: the older names of the variables do, each in place of its own',
    { env: { AWS_ACCESS_KEY_ID: '', AWS_ACCESS_KEY: 'OLD', AWS_SECRET_ACCESS_KEY: 's' } },
    'env OLD',
  ],
  [
    'D07: a web identity in the environment comes before keys of the profile',
    { env: { ...webIdentity, ...region }, files: token, credentials: `[default]\n${pair('DEF')}` },
    'assume-role-with-web-identity R',
  ],
  [
    'D14: a token file without a role stops',
    { env: { AWS_WEB_IDENTITY_TOKEN_FILE: `${home}/token` }, credentials: `[default]\n${pair('DEF')}` },
    'error Error: role ARN is not set',
  ],
  [
    'D15: a token file that is not there stops',
    { env: { ...webIdentity, ...region } },
    /^error Error: failed to refresh cached credentials, failed to retrieve jwt .*no such file or directory$/,
  ],
  ['a web identity needs a region', { env: webIdentity, files: token }, /AssumeRoleWithWebIdentity, .*Missing Region$/],
  [
    'AWS_ENDPOINT_URL is not read yet while credentials are looked for',
    { env: { ...webIdentity, AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }, files: token },
    /Missing Region$/,
  ],
  [
    'AWS_ENDPOINT_URL_STS is',
    { env: { ...webIdentity, AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:1' }, files: token },
    'assume-role-with-web-identity R',
  ],
  [
    'D17: a broken profile stops, keys in the environment or not',
    { env: environmentKeys, config: '[default]\nsso_session = gone\n' },
    'error Error: failed to find SSO session section, gone',
  ],
  [
    'so does a variable that is no switch',
    { env: { ...environmentKeys, AWS_EC2_METADATA_V1_DISABLED: 'yes' } },
    'error Error: invalid value for environment variable, AWS_EC2_METADATA_V1_DISABLED=yes, need true or false',
  ],
  [
    'and a number that is none',
    { env: { ...environmentKeys, AWS_MAX_ATTEMPTS: '0x3' } },
    /^error NumError: invalid value AWS_MAX_ATTEMPTS=0x3, .*invalid syntax$/,
  ],
  [
    'in a file the prefix of the number may stand',
    { env: environmentKeys, config: '[default]\nmax_attempts = 0x3\n' },
    'env ENV',
  ],
  [
    'D18: a role without a source is assumed with the keys beside it',
    { env: region, config: `[default]\n${asRole}`, credentials: `[default]\n${pair('DEF')}` },
    'assume-role R by DEF',
  ],
  [
    'D19: a profile may name itself as its source',
    { env: region, config: `[default]\n${asRole}source_profile = default\n`, credentials: `[default]\n${pair('A')}` },
    'assume-role R by A',
  ],
  [
    'D20: keys come before a process',
    { config: `[default]\n${pair('A')}credential_process = print\n` },
    'config-file A',
  ],
  [
    'D22: keys come before IAM Identity Center',
    { config: `[default]\n${legacySso}`, credentials: `[default]\n${pair('A')}` },
    'shared-credentials-file A',
  ],
  [
    'D24: a role beside it is assumed with what it gives',
    { env: region, config: `[default]\n${asRole}${legacySso}`, files: ssoCache('u', later) },
    'assume-role R by r in 1',
  ],
  [
    'D26: two types of credentials stop',
    { config: `[default]\n${asRole}source_profile = b\nweb_identity_token_file = /t\n[profile b]\n${pair('B')}` },
    /^error Error: only one credential type may be specified per profile/,
  ],
  [
    'D27: a role alone is assumed with the role of the instance',
    { env: { ...region, ...imds }, config: `[default]\n${asRole}` },
    'assume-role R by http://127.0.0.1:1',
  ],
  ['where there is none, there are no credentials', { env: region, config: `[default]\n${asRole}` }, 'none'],
  [
    'D29: a circle that comes back to keys is a chain of roles',
    {
      env: region,
      config: `[default]\n${asRole}source_profile = b\n${pair('A')}[profile b]\nrole_arn = arn:aws:iam::1:role/B\nsource_profile = default\n`,
    },
    'assume-role R by B by A',
  ],
  [
    'D30: one without keys stops',
    { config: `[default]\n${asRole}source_profile = b\n[profile b]\n${asRole}source_profile = default\n` },
    /^error SharedConfigAssumeRoleError: failed to load assume role .*, of profile default, <nil>$/,
  ],
  [
    'keys of a source profile are used with the role beside them, and what it names as source is not',
    {
      env: region,
      config: `[default]\n${asRole}source_profile = b\n[profile b]\nrole_arn = arn:aws:iam::1:role/B\nsource_profile = gone\n${pair('B')}`,
    },
    'assume-role R by B by B',
  ],
  [
    'a key id that no header can carry stops the role, and the one over it',
    {
      env: region,
      config: `[default]\n${asRole}source_profile = b\n[profile b]\n${asRole}source_profile = c\n[profile c]\naws_access_key_id = C\n  more\naws_secret_access_key = s\n`,
    },
    /^error Error: .*get credentials: operation error STS: AssumeRole, .*invalid header field value for "Authorization"$/,
  ],
  [
    'D31: a missing source profile stops',
    { config: `[default]\n${asRole}source_profile = gone\n` },
    /^error SharedConfigProfileNotExistError: failed to load assume role .*, of profile gone, failed to get/,
  ],
  [
    'a source without a role stops',
    { config: `[default]\nsource_profile = b\n[profile b]\n${pair('B')}` },
    'error CredentialRequiresARNError: credential type source_profile requires role_arn, profile default',
  ],
  [
    'D32: credential_source is read as it is written',
    { env: environmentKeys, profile: 'a', config: `[profile a]\n${asRole}credential_source = environment\n` },
    'error Error: credential_source values must be EcsContainer, Ec2InstanceMetadata, or Environment',
  ],
  [
    'the environment as a source must have keys',
    { env: region, config: `[default]\n${asRole}credential_source = Environment\n` },
    /^error StaticCredentialsEmptyError: .*static credentials are empty$/,
  ],
  [
    'D33: a role with MFA stops, because no one can be asked for a code',
    { config: `[default]\n${asRole}mfa_serial = m\n${pair('A')}` },
    /^error AssumeRoleTokenProviderNotSetError: /,
  ],
  [
    'D36: one setting of IAM Identity Center makes a profile of it, which lacks the others',
    { env: imds, config: '[default]\nsso_region = us-east-1\n' },
    'error Error: profile "default" is configured to use SSO but is missing required configuration: sso_start_url, sso_account_id, sso_role_name',
  ],
  [
    'D38: what a profile repeats of its session must be the same',
    {
      config: `[default]\nsso_session = s\nsso_region = eu-west-1\nsso_account_id = 1\nsso_role_name = r\n[sso-session s]\nsso_start_url = u\nsso_region = us-east-1\n`,
    },
    /^error Error: sso_region in profile "default" must match sso_region in sso-session/,
  ],
  [
    'D39: a token that is over stops in the legacy form',
    { config: `[default]\n${legacySso}`, files: ssoCache('u', past) },
    'error InvalidTokenError: failed to refresh cached credentials, the SSO session has expired or is invalid',
  ],
  [
    'a token of a session that is over is refreshed when it can be',
    {
      config:
        '[default]\nsso_session = s\nsso_account_id = 1\nsso_role_name = r\n[sso-session s]\nsso_start_url = u\nsso_region = us-east-1\n',
      files: ssoCache('s', { ...past, clientId: 'c', clientSecret: 's', refreshToken: 'r' }),
    },
    'sso r in 1',
  ],
  [
    'D40: a source profile with nothing but a session of aws login stops',
    { config: `[default]\n${asRole}source_profile = b\n[profile b]\nlogin_session = arn\n` },
    /^error SharedConfigAssumeRoleError/,
  ],
  [
    'a session of aws login must be cached whole',
    {
      config: '[default]\nlogin_session = arn\n',
      files: { [`${home}/.aws/login/cache/${sha256Hex('arn')}.json`]: '{"accessToken":{"accessKeyId":"A"}}' },
    },
    'error Error: failed to refresh cached credentials, validate login token: missing accessToken.secretAccessKey',
  ],
  [
    'D44: a process and a role with a source are two types',
    { config: `[default]\n${asRole}source_profile = b\ncredential_process = print\n[profile b]\n${pair('B')}` },
    /^error Error: only one credential type/,
  ],
  [
    'D45: half a pair in one file stops',
    { config: '[default]\ncredential_process = print\n', credentials: '[default]\naws_access_key_id = A\n' },
    /^error Error: error fetching config from profile, default, Error using profile: \n 2, partial credentials found/,
  ],
  [
    'D62: also when the other half stands in the other file',
    { config: '[default]\naws_access_key_id = A\n', credentials: '[default]\naws_secret_access_key = s\n' },
    /partial credentials found for profile default/,
  ],
  [
    'but half a pair in the config file is forgiven when the credentials file has the profile too',
    {
      config: '[default]\naws_access_key_id = A\n',
      credentials: '[default]\nregion = eu-west-1\n',
      env: imds,
    },
    'iam-role http://127.0.0.1:1',
  ],
  [
    'D61: a token of the config file sticks to keys of the credentials file',
    { config: `[default]\n${pair('OLD')}aws_session_token = stale\n`, credentials: `[default]\n${pair('A')}` },
    'shared-credentials-file A token stale',
  ],
  [
    'D46: of a key that stands twice the last counts',
    { credentials: `[default]\n${pair('A')}aws_access_key_id = B\n` },
    'shared-credentials-file B',
  ],
  [
    'D47: sections of one name are one',
    { credentials: '[default]\naws_access_key_id = A\n[x]\n[default]\naws_secret_access_key = s\n' },
    'shared-credentials-file A',
  ],
  [
    'D48: keys below a broken header land in the section above',
    { credentials: `[default]\n${pair('DEF')}[prod\n${pair('PROD')}` },
    'shared-credentials-file PROD',
  ],
  [
    'D49: below a byte order mark the first section is lost',
    { credentials: `\uFEFF[default]\n${pair('A')}`, env: imds },
    'iam-role http://127.0.0.1:1',
  ],
  [
    'D50: a colon does for an equals sign',
    { credentials: '[default]\naws_access_key_id: A\naws_secret_access_key: s\n' },
    'shared-credentials-file A',
  ],
  [
    'D51: a comment behind a blank is cut off',
    { credentials: '[default]\naws_access_key_id = A # note\naws_secret_access_key = s\n' },
    'shared-credentials-file A',
  ],
  [
    'D52: quotation marks around a value fall off, of both kinds',
    { credentials: '[default]\naws_access_key_id = "A"\naws_secret_access_key = \'s\'\n' },
    'shared-credentials-file A',
  ],
  [
    'one alone makes the SDK fall over',
    { env: environmentKeys, credentials: '[other]\nregion = "\n' },
    'error panic: runtime error: slice bounds out of range [1:0]',
  ],
  [
    'D53: keys are read in any case',
    { credentials: '[default]\nAWS_ACCESS_KEY_ID = A\nAWS_secret_ACCESS_key = s\n' },
    'shared-credentials-file A',
  ],
  [
    'D54: in the config file a profile needs its prefix',
    { config: `[foo]\n${pair('FOO')}`, env: { AWS_PROFILE: 'foo' } },
    /^error SharedConfigProfileNotExistError/,
  ],
  [
    'D55: in the credentials file it may have none',
    { credentials: `[profile foo]\n${pair('FOO')}`, env: { AWS_PROFILE: 'foo' } },
    /^error SharedConfigProfileNotExistError/,
  ],
  [
    'D56: [profile default] takes the place of [default]',
    { config: `[profile default]\n${pair('PD')}[default]\n${pair('D')}` },
    'config-file PD',
  ],
  [
    'D57: blanks behind the prefix are one',
    { config: `[profile \t foo]\n${pair('FOO')}`, env: { AWS_PROFILE: 'foo' } },
    'config-file FOO',
  ],
  [
    'D58: quotation marks in a header are part of the name',
    { config: `[profile "my prof"]\n${pair('Q')}`, env: { AWS_PROFILE: '"my prof"' } },
    'config-file Q',
  ],
  [
    'a header may have blanks around its name',
    { credentials: `[ default ]\n${pair('A')}` },
    'shared-credentials-file A',
  ],
  [
    'D59: indented keys are keys',
    { credentials: '[default]\n  aws_access_key_id = A\n  aws_secret_access_key = s\n' },
    'shared-credentials-file A',
  ],
  [
    'D63: nothing in the path of a file is expanded',
    { env: { AWS_SHARED_CREDENTIALS_FILE: '~/c2', ...imds }, files: { [`${home}/c2`]: `[default]\n${pair('C2')}` } },
    'iam-role http://127.0.0.1:1',
  ],
  [
    'a folder in place of a file stops',
    { env: environmentKeys, config: { unreadable: 'directory' } },
    /^error SharedConfigLoadError: failed to load shared config file, .*is a directory$/,
  ],
  [
    'a file that may not be read is as if it were not there',
    { env: environmentKeys, config: { unreadable: 'permission' } },
    'env ENV',
  ],
  [
    'D66: 1 does not forbid the instance',
    { env: { ...imds, AWS_EC2_METADATA_DISABLED: '1' } },
    'iam-role http://127.0.0.1:1',
  ],
  ['the word true does, in any case', { env: { ...imds, AWS_EC2_METADATA_DISABLED: 'TRUE' } }, 'none'],
  [
    'D68: an empty container path is as if it were not set',
    { env: { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '', ...imds } },
    'iam-role http://127.0.0.1:1',
  ],
  [
    'the relative path comes before the full URL',
    {
      env: { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/x', AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1/y' },
    },
    'container-role http://169.254.170.2/x',
  ],
  [
    'D71: a name that the hosts file leads to loopback will do',
    {
      env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://myhost.local/x' },
      files: { '/etc/hosts': '127.0.0.1 localhost myhost.local # mine\n' },
    },
    'container-role http://myhost.local/x',
  ],
  [
    'another host needs TLS',
    { env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://8.8.8.8/x' } },
    'error Error: invalid endpoint host, "8.8.8.8", only loopback/ecs/eks hosts are allowed',
  ],
  [
    'loopback in the clothes of IPv6 is loopback',
    { env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://[::ffff:127.0.0.2]:80/x' } },
    'container-role http://[::ffff:127.0.0.2]:80/x',
  ],
  [
    'a line break in the token of a container stops',
    {
      env: {
        AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1/x',
        AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: `${home}/token`,
      },
      files: { [`${home}/token`]: 'abc\n' },
    },
    /authorization token contains invalid newline sequence$/,
  ],
  [
    'an endpoint of the instance metadata that is no http URL is the end of the chain',
    { env: { AWS_EC2_METADATA_SERVICE_ENDPOINT: 'not a url' } },
    'none',
  ],
  ['so is one without its scheme', { env: { AWS_EC2_METADATA_SERVICE_ENDPOINT: '127.0.0.1:1338' } }, 'none'],
  [
    'a role that was to be assumed with it is not assumed either',
    {
      env: { ...region, AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http:///x' },
      config: `[default]\nrole_arn = ${role}\ncredential_source = Ec2InstanceMetadata\n`,
    },
    'none',
  ],
]

describe('the rules of the SDK for Go, version 2', () => {
  test.each(rows)('%s', (_why, state, expected) => {
    const said = outcome(goV2, state)
    if (typeof expected === 'string') expect(said).toBe(expected)
    else expect(said).toMatch(expected)
  })

  test.each([
    ['http://127.0.0.1', 'container-role http://127.0.0.1'],
    ['HTTP://LOCALHOST/x', 'container-role HTTP://LOCALHOST/x'],
    ['http://127.1/x', /invalid endpoint host, "127\.1"/],
    ['http://user:pw@127.0.0.1:80/x', 'container-role http://user:pw@127.0.0.1:80/x'],
    ['http://127.0.0.1@8.8.8.8/', /invalid endpoint host, "8\.8\.8\.8"/],
    ['http://127.0.0.1:x/', /^error Error: invalid URL, parse .*: invalid port ":x" after host$/],
    ['http://127.0.0.1/#%zz', /^error EscapeError: invalid URL, .*invalid URL escape "%zz"$/],
    ['http://127.0.0.1%31/', /^error EscapeError: .*invalid URL escape "%31"$/],
    ['http://127.0.0.1 /x', /^error InvalidHostError: .*invalid character " " in host name$/],
    ['127.0.0.1:80/x', /first path segment in URL cannot contain colon$/],
    ['/x', /unable to parse host from local HTTP cred provider URL$/],
    ['ftp://127.0.0.1/x', /unsupported protocol scheme "ftp"$/],
  ])('a container endpoint is taken apart as net/url does: %s', (url, expected) => {
    const said = outcome(goV2, { env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: url } })
    if (typeof expected === 'string') expect(said).toBe(expected)
    else expect(said).toMatch(expected)
  })

  test('a role is asked for 15 minutes, and for what the profile says only from 16 minutes on', () => {
    const seconds = (text: string): number | null => {
      const { winner } = trace(goV2, {
        env: region,
        config: `[default]\n${asRole}${pair('A')}duration_seconds = ${text}\n`,
      })
      return winner?.plan?.kind === 'assume-role' ? winner.plan.durationSeconds : null
    }
    expect(['900', '959', '960', '3600', '0x1000', 'x', ''].map(seconds)).toEqual([900, 900, 960, 3600, 4096, 900, 900])
  })

  test('the home is HOME, on Windows USERPROFILE alone, else the user database', () => {
    const files = {
      'C:\\a\\.aws\\credentials': `[default]\n${pair('HOME')}`,
      'C:\\b\\.aws\\credentials': `[default]\n${pair('PROFILE')}`,
    }
    const env = { HOME: 'C:\\a', USERPROFILE: 'C:\\b' }
    expect(outcome(goV2, { platform: 'win32', env, files })).toBe('shared-credentials-file PROFILE')
    expect(outcome(goV2, { env: { HOME: '' }, credentials: `[default]\n${pair('USER')}` })).toBe(
      'shared-credentials-file USER',
    )
  })

  test('clients of the program go where the variable, the services section or the profile says, in that order', () => {
    const config = `[default]\nregion = eu-west-1\nservices = s\nendpoint_url = http://127.0.0.1:3\n${pair('A')}[services s]\nsts =\n  endpoint_url = http://127.0.0.1:2\n`
    const endpoint = (env: Record<string, string>) => trace(goV2, { config, env }).endpoint
    expect(endpoint({})).toMatchObject({ sts: 'http://127.0.0.1:2', iam: 'http://127.0.0.1:3' })
    // The general variable keeps the services section from being looked at.
    expect(endpoint({ AWS_ENDPOINT_URL: 'http://127.0.0.1:1' })).toMatchObject({
      sts: 'http://127.0.0.1:1',
      overriddenBy: { variable: 'AWS_ENDPOINT_URL' },
    })
    expect(endpoint({ AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' })).toMatchObject({
      sts: 'https://sts.eu-west-1.amazonaws.com',
      signingRegion: 'eu-west-1',
      overriddenBy: null,
    })
  })

  test('of an endpoint count its scheme, host and path alone', () => {
    const { endpoint } = trace(goV2, { env: { AWS_ENDPOINT_URL: 'HTTP://u:p@Host:9/a b/?x=1#y' } })
    expect(endpoint.sts).toBe('http://Host:9/a%20b')
  })

  test('an endpoint without its scheme stops the first call, and a role when it is that of STS', () => {
    const first = (url: string) =>
      trace(goV2, { env: { ...environmentKeys, ...region, AWS_ENDPOINT_URL: url } }).clientError?.says
    expect(first('localhost:4566')).toMatch(/unsupported protocol scheme "localhost"$/)
    expect(first('127.0.0.1:4566')).toMatch(
      /failed to resolve service endpoint, Failed to parse uri: 127\.0\.0\.1:4566$/,
    )
    expect(first('http://')).toMatch(/http: no Host in request URL$/)
    expect(first('http://127.0.0.1:4566')).toBeUndefined()
    const config = `[default]\n${asRole}${pair('A')}`
    expect(outcome(goV2, { config, env: { ...region, AWS_ENDPOINT_URL_STS: 'localhost:4566' } })).toMatch(
      /^error Error: .*unsupported protocol scheme "localhost"$/,
    )
  })

  // What `url.Parse(…).EscapedPath()` of Go 1.26 makes of them.
  test.each([
    ['not a url', '/not%20a%20url'],
    ['/a%20b', '/a%20b'],
    ['/a%2Fb c', '/a/b%20c'],
    ['/a(b)', '/a(b)'],
    ['/é%2f', '/%C3%A9/'],
    ['/[x] y', '/%5Bx%5D%20y'],
    ['/a\'b"c', '/a%27b%22c'],
  ])('the path of an endpoint without its scheme is told as net/url writes it: %s', (url, written) => {
    const env = { ...environmentKeys, ...region, AWS_ENDPOINT_URL: url }
    expect(trace(goV2, { env }).clientError?.says).toContain(`Post "${written}": unsupported protocol scheme ""`)
  })

  test('D73, D74: AWS_REGION comes before AWS_DEFAULT_REGION, and without any no call can be made', () => {
    const regionIn = (env: Record<string, string>) => trace(goV2, { env }).region?.name
    expect(regionIn({ AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'us-east-1' })).toBe('eu-west-1')
    expect(regionIn({ AWS_REGION: '', AWS_DEFAULT_REGION: 'us-east-1' })).toBe('us-east-1')
    expect(trace(goV2, { env: environmentKeys }).clientError?.says).toBe(
      'OperationError: operation error STS: GetCallerIdentity, failed to resolve service endpoint, endpoint rule error, Invalid Configuration: Missing Region',
    )
  })

  test('what stands behind the winner is told as shadowed, what a role is made of as not asked', () => {
    const steps = (state: State) =>
      Object.fromEntries(trace(goV2, state).steps.map((step) => [step.provider, step.outcome]))
    const config = `[default]\n${pair('A')}credential_process = print\n`
    expect(steps({ env: environmentKeys, config })).toMatchObject({
      env: 'found',
      'config-file': 'shadowed',
      'custom-process': 'shadowed',
    })
    expect(steps({ env: region, config: `${config}${asRole}` })).toMatchObject({
      'assume-role': 'found',
      'config-file': 'skipped',
      'custom-process': 'skipped',
    })
  })

  test('a setting that is refused is told with its place', () => {
    const { error } = trace(goV2, { config: '[default]\n\nretry_mode = fast\n' })
    expect(error).toMatchObject({ reason: 'configuration', at: { file: `${home}/.aws/config`, line: 3, column: 14 } })
  })

  test('before config 1.27.34 the full URL came first, before 1.32 there was no login (config 1.27.33 was asked)', () => {
    const ofVersion = (state: State, version: string): string =>
      outcome(
        { ...goV2, trace: (machine, question, files) => goV2.trace(machine, { ...question, version }, files) },
        state,
      )
    const both = {
      env: { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/rel', AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1/x' },
    }
    expect(ofVersion(both, '1.27.33')).toBe('container-role http://127.0.0.1/x')
    expect(ofVersion(both, '1.27.34')).toBe('container-role http://169.254.170.2/rel')
    const source: State = {
      env: { ...region, AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1/x' },
      config: `[default]\n${asRole}credential_source = EcsContainer\n`,
    }
    expect(ofVersion(source, '1.27.33')).toMatch(/but 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI' was not set$/)
    expect(ofVersion(source, '1.33.18')).toBe('assume-role R by http://127.0.0.1/x')
    const login: State = { env: imds, config: '[default]\nlogin_session = arn\n' }
    expect(ofVersion(login, '1.31.20')).toBe('iam-role http://127.0.0.1:1')
    expect(ofVersion(login, '1.32.0')).toMatch(/token file not found/)
    const permissions = { env: { ...environmentKeys, AWS_RESTRICT_FILE_PERMISSIONS: 'none' } }
    expect(ofVersion(permissions, '1.32.18')).toBe('env ENV')
    expect(ofVersion(permissions, '1.32.19')).toMatch(/must be user_read_write\/unrestricted$/)
  })

  test('thousands of roles over one another are followed to their end', () => {
    const chain = Array.from(
      { length: 5000 },
      (_, at) => `[profile p${at}]\n${asRole}source_profile = p${at + 1}\n`,
    ).join('')
    const { winner } = trace(goV2, { env: region, profile: 'p0', config: `${chain}[profile p5000]\n${pair('END')}` })
    expect(winner?.provider).toBe('assume-role')
  })

  test('no bytes of the files make it throw (seed 20261128)', () => {
    const piece = fc.constantFrom(
      ...['[default]', '[', ']', '[profile a]', '[profile profile a]', '[sso-session s]', '[services s]', '=', ':'],
      ...[
        'role_arn',
        'source_profile',
        'sso_session',
        'services',
        'a',
        's',
        '"',
        "'",
        '\\',
        ',',
        '\n',
        '\r',
        ' ',
        '\t',
      ],
      ...['#', ';', '\uFEFF', '\0', 'é', '\u0085'],
    )
    const text = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''))
    fc.assert(
      fc.property(text, text, (config, credentials) => {
        expect(() => outcome(goV2, { config, credentials })).not.toThrow()
      }),
      { seed: 20261128, numRuns: 500 },
    )
  })
})
