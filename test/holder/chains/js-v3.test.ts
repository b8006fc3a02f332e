import { describe, expect, test } from 'vitest'
import { jsV3 } from '../../../src/holder/chains/js-v3.ts'
import { readAwsFiles } from '../../../src/holder/files/aws-files.ts'
import { sha1Hex, sha256Hex } from '../../../src/holder/files/digest.ts'
import { agreementOf } from '../../truth/agreement.ts'
import { home, machineOf, outcome, pair, role, type State, trace } from './from-source.ts'

const keys = { AWS_ACCESS_KEY_ID: 'ENV', AWS_SECRET_ACCESS_KEY: 's' }
const token = { [`${home}/token`]: 'eyJ' }
const webIdentity = { AWS_WEB_IDENTITY_TOKEN_FILE: `${home}/token`, AWS_ROLE_ARN: role }
const imds = { AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://127.0.0.1:1' }
const region = { AWS_REGION: 'eu-west-1' }
const dev = { AWS_PROFILE: 'dev' }
const legacySso = 'sso_start_url = https://s\nsso_region = us-east-1\nsso_account_id = 1\nsso_role_name = admin\n'
const ssoFile = (key: string, members: object): Record<string, string> => ({
  [`${home}/.aws/sso/cache/${sha1Hex(key)}.json`]: JSON.stringify({ accessToken: 'made-up', ...members }),
})
const R = `role_arn = ${role}\n`

describe('the chain of the SDK for JavaScript v3', () => {
  const { version, states, answered, wrong } = agreementOf('js-v3')

  test(`is ${version}'s own in all ${states} recorded states`, () => {
    expect(answered).toBe(states)
    expect(states).toBeGreaterThan(7000)
    expect(wrong.slice(0, 5)).toEqual([])
  })
})

const rows: readonly (readonly [why: string, State, string | RegExp])[] = [
  [
    'D01: a profile that AWS_PROFILE names comes before keys in the environment',
    { env: { ...keys, ...dev }, credentials: `[dev]\n${pair('DEV')}` },
    'shared-credentials-file DEV',
  ],
  [
    'D02: also when it names the default one',
    { env: { ...keys, AWS_PROFILE: 'default' }, credentials: `[default]\n${pair('DEF')}` },
    'shared-credentials-file DEF',
  ],
  ['D03: also when there is none of that name', { env: { ...keys, AWS_PROFILE: 'gone' } }, 'none'],
  [
    'D05: an empty AWS_PROFILE names none',
    { env: { ...keys, AWS_PROFILE: '' }, credentials: `[default]\n${pair('DEF')}` },
    'env ENV',
  ],
  [
    'an empty profile in code brings the environment back that AWS_PROFILE had left out',
    { env: { ...keys, ...dev }, credentials: `[dev]\n${pair('DEV')}`, profile: '' },
    'env ENV',
  ],
  [
    'D07: keys of the profile come before a web identity in the environment',
    { env: { ...webIdentity, ...region }, files: token, credentials: `[default]\n${pair('DEF')}` },
    'shared-credentials-file DEF',
  ],
  [
    'D10: blanks around keys are part of them',
    { env: { AWS_ACCESS_KEY_ID: ' A ', AWS_SECRET_ACCESS_KEY: 's' } },
    'env  A ',
  ],
  [
    'D12: an end that is over is no matter',
    { env: { ...keys, AWS_CREDENTIAL_EXPIRATION: '2001-01-01T00:00:00Z' } },
    'env ENV',
  ],
  [
    'D15: a token file that is not there stops',
    { env: { ...webIdentity, ...region } },
    /^error Error: ENOENT: .*'\/home\/u\/token'$/,
  ],
  [
    'D18: a role without a source is no role, and the keys beside it are used',
    { config: `[default]\n${R}`, credentials: `[default]\n${pair('DEF')}` },
    'shared-credentials-file DEF',
  ],
  [
    'D28: a role with both sources is none either',
    { config: `[default]\n${R}source_profile = b\ncredential_source = Environment\n${pair('OWN')}` },
    'config-file OWN',
  ],
  [
    'D26: a source comes before an identity token',
    {
      env: region,
      files: token,
      config: `[default]\n${R}web_identity_token_file = ${home}/token\nsource_profile = b\n[profile b]\n${pair('B')}`,
    },
    'assume-role R by B',
  ],
  [
    'D29: roles in a circle end at keys, although the first profile has a role too',
    {
      env: region,
      config: `[default]\n${R}source_profile = b\n${pair('A')}[profile b]\n${R}source_profile = default\n`,
    },
    'assume-role R by R by A',
  ],
  [
    'D30: a circle without keys is passed over',
    { env: imds, config: `[default]\n${R}source_profile = b\n[profile b]\n${R}source_profile = default\n` },
    'iam-role http://127.0.0.1:1',
  ],
  [
    'D31: so is a source that does not exist, and own keys do not count then',
    { env: imds, config: `[default]\n${R}source_profile = gone\n${pair('A')}` },
    'iam-role http://127.0.0.1:1',
  ],
  [
    'D44: but the process of that profile is asked',
    { config: `[default]\n${R}source_profile = gone\n${pair('A')}credential_process = print\n` },
    'custom-process print',
  ],
  [
    'D33: a code that nobody asks for stops, also when the source has nothing to give',
    { env: region, config: `[default]\n${R}source_profile = gone\nmfa_serial = m\n` },
    /^error CredentialsProviderError: Profile default requires multi-factor authentication/,
  ],
  [
    'but not before a source of the same profile that is none',
    { env: imds, config: `[default]\n${R}credential_source = Moon\nmfa_serial = m\n` },
    'iam-role http://127.0.0.1:1',
  ],
  [
    'D20: keys come before a process',
    { config: `[default]\n${pair('A')}credential_process = print\n` },
    'config-file A',
  ],
  [
    'D22: and before IAM Identity Center',
    { config: `[default]\n${legacySso}`, credentials: `[default]\n${pair('A')}` },
    'shared-credentials-file A',
  ],
  [
    'D36: any one of its settings makes a profile its own, and the lack of the others stops',
    { env: imds, config: '[default]\nsso_region = us-east-1\n' },
    /Got sso_region\n/,
  ],
  [
    'D37: a session that does not exist stops with an error of the language',
    { config: '[default]\nsso_session = gone\nsso_account_id = 1\nsso_role_name = admin\n' },
    "error TypeError: Cannot read properties of undefined (reading 'sso_region')",
  ],
  [
    'D39: a legacy token that is over stops',
    { config: `[default]\n${legacySso}`, files: ssoFile('https://s', { expiresAt: '2001-01-01T00:00:00Z' }) },
    /^error CredentialsProviderError: The SSO session associated with this profile has expired/,
  ],
  [
    'the sessions of a config file with ~ in its path are looked for at that very path',
    {
      env: { AWS_CONFIG_FILE: '~/c' },
      files: {
        [`${home}/c`]:
          '[default]\nsso_session = s\nsso_account_id = 1\nsso_role_name = admin\n[sso-session s]\nsso_region = us-east-1\nsso_start_url = https://s\n',
        ...ssoFile('s', { expiresAt: '2099-01-01T00:00:00Z' }),
      },
    },
    /^error TypeError/,
  ],
  [
    'D40: a session of aws login can be a source',
    {
      env: region,
      config: `[default]\n${R}source_profile = b\n[profile b]\nlogin_session = me\n`,
      files: {
        [`${home}/.aws/login/cache/${sha256Hex('me')}.json`]: JSON.stringify({
          accessToken: { accountId: '1', expiresAt: '2099-01-01T00:00:00Z' },
          clientId: 'c',
          refreshToken: 'r',
          dpopKey: 'k',
        }),
      },
    },
    'assume-role R by me',
  ],
  [
    'D48: settings below a broken header fall to the section above',
    { credentials: `[default]\n${pair('DEF')}[prod\n${pair('PROD')}` },
    'shared-credentials-file PROD',
  ],
  ['D54: in the config file a profile needs its prefix', { env: dev, config: `[dev]\n${pair('A')}` }, 'none'],
  ['D55: in the credentials file it must have none', { env: dev, credentials: `[profile dev]\n${pair('A')}` }, 'none'],
  ['[profile.dev] is as good as a prefix', { env: dev, config: `[profile.dev]\n${pair('A')}` }, 'config-file A'],
  [
    'D56: [profile default] replaces [default]',
    { config: `[default]\n${pair('D')}aws_session_token = t\n[profile default]\n${pair('PD')}` },
    'config-file PD',
  ],
  ['D57: two blanks make another name', { env: dev, config: `[profile  dev]\n${pair('A')}` }, 'none'],
  [
    'D58: a name with a blank is none, even in quotes',
    { env: { AWS_PROFILE: 'a b' }, config: `[profile "a b"]\n${pair('A')}` },
    'none',
  ],
  [
    'D61: a stale token of the config file sticks to keys of the credentials file',
    { config: '[default]\naws_session_token = OLD\n', credentials: `[default]\n${pair('A')}` },
    'shared-credentials-file A token OLD',
  ],
  [
    'D62: key id and secret may stand in different files',
    { config: '[default]\naws_access_key_id = A\n', credentials: '[default]\naws_secret_access_key = s\n' },
    'config-file A',
  ],
  [
    'D63: ~ is known in paths',
    { env: { AWS_SHARED_CREDENTIALS_FILE: '~/c' }, files: { [`${home}/c`]: `[default]\n${pair('A')}` } },
    'shared-credentials-file A',
  ],
  [
    'D63: variables are not',
    { env: { AWS_SHARED_CREDENTIALS_FILE: '$HOME/c' }, files: { [`${home}/c`]: `[default]\n${pair('A')}` } },
    'none',
  ],
  ['D66: any text forbids the instance', { env: { ...imds, AWS_EC2_METADATA_DISABLED: '1' } }, 'none'],
  ['D67: but false', { env: { ...imds, AWS_EC2_METADATA_DISABLED: 'false' } }, 'iam-role http://127.0.0.1:1'],
  [
    'D68: an empty container path is none',
    { env: { ...imds, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '' } },
    'iam-role http://127.0.0.1:1',
  ],
  [
    'D71: another host needs TLS, and the instance is not asked in its place',
    { env: { ...imds, AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://myhost.local/x' } },
    'none',
  ],
  [
    'an address with letters in it is no loopback address',
    { env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.example.com/x' } },
    'none',
  ],
  [
    'a container address that is no URL stops',
    { env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'nonsense' } },
    'error TypeError: Invalid URL',
  ],
  [
    'a section that reaches into the language makes its file as if it were empty, and no other',
    { config: `[default]\n${pair('A')}[__proto__]\n`, credentials: `[default]\n${pair('B')}` },
    'shared-credentials-file B',
  ],
  [
    'the name of what every object has is a circle at once',
    { env: imds, config: `[default]\n${R}source_profile = toString\n[profile toString]\n${pair('A')}` },
    'iam-role http://127.0.0.1:1',
  ],
  [
    'a role whose region can be no part of a host stops',
    { config: `[default]\n${R}source_profile = default\n${pair('A')}region = eu_west\n` },
    /^error Error: Region not accepted: region="eu_west"/,
  ],
]

describe('the rules of the SDK for JavaScript v3', () => {
  test.each(rows)('%s', (_why, state, expected) => {
    const said = outcome(jsV3, state)
    if (typeof expected === 'string') expect(said).toBe(expected)
    else expect(said).toMatch(expected)
  })

  test('a line break at the end of a token file leaves the token out, for an older provider asks then', () => {
    const { winner } = trace(jsV3, {
      env: {
        AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://localhost/x',
        AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: `${home}/token`,
      },
      files: { [`${home}/token`]: 'abc\n' },
    })
    expect(winner?.plan).toMatchObject({ kind: 'container', url: 'http://localhost/x', tokenFile: null, token: null })
  })

  test('all roles behind one another are asked of the STS of the first one’s region', () => {
    const config = `[default]\n${R}source_profile = b\nregion = eu-west-1\n[profile b]\n${R}source_profile = c\nregion = us-west-2\nduration_seconds = 900\nexternal_id = x\n[profile c]\n${pair('C')}`
    const { winner } = trace(jsV3, { config, env: { AWS_REGION: 'ap-south-1' } })
    expect(winner?.plan).toMatchObject({
      kind: 'assume-role',
      region: 'eu-west-1',
      durationSeconds: 3600,
      from: { kind: 'assume-role', profile: 'b', region: 'eu-west-1', durationSeconds: 900, externalId: 'x' },
    })
  })

  test('an identity token is not sent to the region of its profile, and takes the session name of the environment', () => {
    const config = `[default]\n${R}web_identity_token_file = ${home}/token\n[profile w]\n${R}web_identity_token_file = ${home}/token\nregion = eu-west-1\n`
    const { winner } = trace(jsV3, {
      config,
      files: token,
      env: { AWS_ROLE_SESSION_NAME: 'me', AWS_REGION: 'ap-south-1' },
      profile: 'w',
    })
    expect(winner?.plan).toMatchObject({ kind: 'web-identity', region: 'ap-south-1', sessionName: 'me' })
  })

  test('the region is that of AWS_REGION, even if it is empty, then that of the credentials file before the config file', () => {
    const config = '[default]\nregion = eu-west-1\n'
    const credentials = `[default]\nregion = us-west-2\n${pair('A')}`
    expect(trace(jsV3, { config, credentials }).region).toMatchObject({ name: 'us-west-2' })
    expect(trace(jsV3, { config, credentials, env: { AWS_DEFAULT_REGION: 'x' } }).region).toMatchObject({
      name: 'us-west-2',
    })
    const empty = trace(jsV3, { config, credentials, env: { AWS_REGION: '' } })
    expect(empty.region).toEqual({ name: '', at: { variable: 'AWS_REGION' } })
    expect(empty.clientError?.says).toMatch(/^Error: Region not accepted: region=""/)
    expect(trace(jsV3, { credentials: `[default]\n${pair('A')}` }).clientError?.says).toBe('Error: Region is missing')
  })

  test('a services section that does not exist hides the endpoint of the profile, and nobody is told', () => {
    const url = 'endpoint_url = http://127.0.0.1:1\n'
    const endpoint = (services: string): string =>
      trace(jsV3, { env: region, config: `[default]\n${url}services = s\n${services}` }).endpoint.sts
    expect(endpoint('')).toBe('https://sts.eu-west-1.amazonaws.com')
    expect(endpoint('[services s]\nsts =\n  endpoint_url = http://127.0.0.1:2\n')).toBe('http://127.0.0.1:2')
    expect(endpoint('[services s]\nsqs =\n  endpoint_url = http://127.0.0.1:2\n')).toBe('http://127.0.0.1:1')
  })

  test('the switches of a client stand in the profile that the program names; endpoints, in the one of the environment', () => {
    const config = `[default]\n${pair('DEF')}[profile dev]\nuse_fips_endpoint = true\n${pair('DEV')}`
    const env = { ...region, AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }
    const says = (profile: string): string | undefined => trace(jsV3, { env, config, profile }).clientError?.says
    expect(says('default')).toBe(undefined)
    expect(says('dev')).toBe('EndpointError: Invalid Configuration: FIPS and custom endpoint are not supported')
    expect(trace(jsV3, { env: region, config, profile: 'dev' }).endpoint.sts).toBe(
      'https://sts-fips.eu-west-1.amazonaws.com',
    )
  })

  test('an endpoint that is none is noticed before a defaults mode that is none', () => {
    const env = { ...keys, ...region, AWS_DEFAULTS_MODE: 'x', AWS_ENDPOINT_URL: 'none' }
    expect(trace(jsV3, { env }).clientError?.says).toBe('TypeError: Invalid URL')
    const config = `[default]\n${R}source_profile = b\n[profile b]\n${pair('B')}`
    expect(trace(jsV3, { env: { ...env, AWS_PROFILE: 'default' }, config }).error?.says).toBe('TypeError: Invalid URL')
  })

  test('an endpoint of IAM that is none is told as well', () => {
    const env = { ...keys, ...region, AWS_ENDPOINT_URL: 'none', AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:1' }
    expect(trace(jsV3, { env }).clientError?.says).toBe('TypeError: Invalid URL')
  })

  test('the region aws-global is signed for as us-east-1 beside a configured endpoint, too', () => {
    const env = { ...keys, AWS_REGION: 'aws-global', AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }
    expect(trace(jsV3, { env }).endpoint.signingRegion).toBe('us-east-1')
  })

  test('the home is HOME, USERPROFILE, then HOMEDRIVE and HOMEPATH, on Windows and elsewhere', () => {
    const files = {
      'C:\\a\\.aws\\credentials': `[default]\n${pair('A')}`,
      'C:\\b\\.aws\\credentials': `[default]\n${pair('B')}`,
      'D:\\c\\.aws\\credentials': `[default]\n${pair('C')}`,
      'C:\\c\\.aws\\credentials': `[default]\n${pair('D')}`,
    }
    const on = (env: Record<string, string>): string =>
      outcome(jsV3, { platform: 'win32', files, env: { HOME: '', ...env } })
    const last = { HOMEDRIVE: 'D:', HOMEPATH: '\\c' }
    expect(on({ ...last, USERPROFILE: 'C:\\b', HOME: 'C:\\a' })).toBe('shared-credentials-file A')
    expect(on({ ...last, USERPROFILE: 'C:\\b' })).toBe('shared-credentials-file B')
    expect(on(last)).toBe('shared-credentials-file C')
    expect(on({ HOMEPATH: 'c' })).toBe('shared-credentials-file D')
  })

  test('what a broken session file holds is not cited', () => {
    const file = `${home}/.aws/login/cache/${sha256Hex('me')}.json`
    const said = outcome(jsV3, { config: '[default]\nlogin_session = me\n', files: { [file]: 'hushhush' } })
    expect(said).toBe(
      `error CredentialsProviderError: Failed to load token from ${file}: SyntaxError: Unexpected token in JSON`,
    )
  })

  test('a chain of 20,000 profiles is followed to its end', () => {
    const links = Array.from({ length: 20_000 }, (_, at) => `[profile p${at}]\n${R}source_profile = p${at + 1}\n`)
    const machine = machineOf({
      env: { ...region, AWS_PROFILE: 'p0' },
      config: `${links.join('')}[profile p20000]\n${pair('END')}`,
    })
    expect(jsV3.trace(machine, {}, readAwsFiles(machine)).winner?.provider).toBe('assume-role')
  })
})
