import { describe, expect, test } from 'vitest'
import { jsV2 } from '../../../src/holder/chains/js-v2.ts'
import { sha1Hex } from '../../../src/holder/files/digest.ts'
import { agreementOf } from '../../truth/agreement.ts'
import { home, outcome, pair, role, type State, trace } from './from-source.ts'

const keys = { AWS_ACCESS_KEY_ID: 'ENV', AWS_SECRET_ACCESS_KEY: 's' }
const optIn = { AWS_SDK_LOAD_CONFIG: '0' }
const token = { [`${home}/token`]: 'eyJ' }
const webIdentity = { AWS_WEB_IDENTITY_TOKEN_FILE: `${home}/token`, AWS_ROLE_ARN: role }
const imds = { AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://127.0.0.1:1' }
const region = { AWS_REGION: 'eu-west-1' }
const R = `role_arn = ${role}\n`
const legacySso = 'sso_start_url = https://s\nsso_region = us-east-1\nsso_account_id = 1\nsso_role_name = admin\n'
const ssoFile = (key: string, members: object): Record<string, string> => ({
  [`${home}/.aws/sso/cache/${sha1Hex(key)}.json`]: JSON.stringify({
    accessToken: 'made-up',
    startUrl: 'https://s',
    region: 'us-east-1',
    ...members,
  }),
})

describe('the chain of the SDK for JavaScript v2', () => {
  const { version, states, answered, wrong } = agreementOf('js-v2')

  test(`is ${version}'s own in all ${states} recorded states`, () => {
    expect(answered).toBe(states)
    expect(states).toBeGreaterThan(7000)
    expect(wrong.slice(0, 5)).toEqual([])
  })
})

const rows: readonly (readonly [why: string, State, string | RegExp])[] = [
  [
    'D01: keys in the environment come before a profile',
    { env: { ...keys, AWS_PROFILE: 'dev' }, credentials: `[dev]\n${pair('DEV')}` },
    'env ENV',
  ],
  ['D03: also when there is no such profile', { env: { ...keys, AWS_PROFILE: 'gone' } }, 'env ENV'],
  [
    'D08: half a pair is none',
    { env: { AWS_ACCESS_KEY_ID: 'ENV' }, credentials: `[default]\n${pair('DEF')}` },
    'shared-credentials-file DEF',
  ],
  [
    'the older names are asked next',
    {
      env: {
        AWS_ACCESS_KEY_ID: 'ENV',
        AMAZON_ACCESS_KEY_ID: 'OLD',
        AMAZON_SECRET_ACCESS_KEY: 's',
        AMAZON_SESSION_TOKEN: 't',
      },
    },
    'env OLD token t',
  ],
  ['D65: without the opt-in there is no config file', { env: region, config: `[default]\n${pair('A')}` }, 'none'],
  [
    'with it there is, whatever the variable says',
    { env: { ...region, ...optIn }, config: `[default]\n${pair('A')}` },
    'config-file A',
  ],
  [
    'D64: without it no variable moves a file',
    {
      env: { AWS_SHARED_CREDENTIALS_FILE: '/c' },
      credentials: `[default]\n${pair('A')}`,
      files: { '/c': `[default]\n${pair('C')}` },
    },
    'shared-credentials-file A',
  ],
  [
    'with it one does, and ~ in it is a folder',
    {
      env: { ...region, ...optIn, AWS_SHARED_CREDENTIALS_FILE: '~/c' },
      config: '',
      files: { '~/c': `[default]\n${pair('C')}` },
    },
    'shared-credentials-file C',
  ],
  [
    'with it and without a config file the SDK cannot be loaded, unless the region is known before',
    { env: { ...keys, ...optIn } },
    `error Error: ENOENT: no such file or directory, open '${home}/.aws/config'`,
  ],
  [
    'then only the sources that need the file have nothing',
    { env: { ...region, ...optIn }, credentials: `[default]\n${pair('A')}` },
    'none',
  ],
  [
    'the region of the credentials file is as good',
    { env: { ...keys, ...optIn }, credentials: '[default]\nregion = eu-west-1\n' },
    'env ENV',
  ],
  [
    'D56: two headers for one profile keep the SDK from being loaded',
    { env: { ...keys, ...optIn }, config: `[default]\n${pair('D')}[profile default]\n${pair('PD')}` },
    'error TypeError: Cannot redefine property: default',
  ],
  [
    'a header without settings is no second one',
    { env: { ...region, ...optIn }, config: `[default]\n[profile default]\n${pair('PD')}` },
    'config-file PD',
  ],
  [
    'D54: in the config file a profile needs no prefix',
    { env: { ...region, ...optIn, AWS_PROFILE: 'dev' }, config: `[dev]\n${pair('A')}` },
    'config-file A',
  ],
  [
    'D58: blanks in a name of the credentials file are no matter',
    { env: { AWS_PROFILE: 'a b' }, credentials: `[a b]\n${pair('A')}` },
    'shared-credentials-file A',
  ],
  [
    'D18: a role comes before keys, and without a source nothing comes of it',
    { credentials: `[default]\n${R}${pair('A')}` },
    'none',
  ],
  [
    'D19: with itself as source it has the keys',
    { env: region, credentials: `[default]\n${R}source_profile = default\n${pair('A')}` },
    'assume-role R by A',
  ],
  [
    'D28: of both sources the profile counts',
    { credentials: `[default]\n${R}credential_source = Environment\nsource_profile = b\n[b]\n${pair('B')}` },
    'assume-role R by B',
  ],
  [
    'D33: a code is not asked for',
    { credentials: `[default]\n${R}mfa_serial = m\nsource_profile = b\n[b]\n${pair('B')}` },
    'assume-role R by B',
  ],
  [
    'a source can be nothing but keys or a role',
    { credentials: `[default]\n${R}source_profile = b\n[b]\ncredential_process = print\n` },
    'none',
  ],
  [
    'D30: roles in a circle fill the stack, which the SDK catches: a profile in code that leads in one is passed over',
    { env: imds, credentials: `[a]\n${R}source_profile = b\n[b]\n${R}source_profile = a\n`, profile: 'a' },
    'iam-role http://127.0.0.1:1',
  ],
  [
    'but of the profile of AWS_PROFILE also a token file is looked for in that circle, without end',
    { env: { ...imds, AWS_PROFILE: 'a' }, credentials: `[a]\nsource_profile = b\n[b]\nsource_profile = a\n` },
    'error Endless: the SDK does not come to an end',
  ],
  [
    'unless something comes before',
    { env: { AWS_PROFILE: 'a' }, credentials: '[a]\nsource_profile = a\ncredential_process = print\n' },
    'custom-process print',
  ],
  [
    'D22: IAM Identity Center comes before keys while its token is good for 15 minutes more',
    {
      credentials: `[default]\n${legacySso}${pair('A')}`,
      files: ssoFile('https://s', { expiresAt: '2026-01-01T00:15:01Z' }),
    },
    'sso admin in 1',
  ],
  [
    'and not when it is not',
    {
      credentials: `[default]\n${legacySso}${pair('A')}`,
      files: ssoFile('https://s', { expiresAt: '2026-01-01T00:15:00Z' }),
    },
    'shared-credentials-file A',
  ],
  [
    'the session of IAM Identity Center is looked for in the home directory alone',
    {
      env: { ...region, ...optIn, AWS_CONFIG_FILE: '/c' },
      files: {
        '/c': '[default]\nsso_session = s\nsso_account_id = 1\nsso_role_name = admin\n[sso-session s]\nsso_start_url = https://s\nsso_region = us-east-1\n',
        ...ssoFile('s', { expiresAt: '2099-01-01T00:00:00Z' }),
      },
    },
    'none',
  ],
  [
    'the container comes before a process',
    { env: { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/x' }, credentials: '[default]\ncredential_process = print\n' },
    'container-role http://169.254.170.2/x',
  ],
  [
    'D71: another host needs TLS, and the instance is asked in its place',
    { env: { ...imds, AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.2/x' } },
    'iam-role http://127.0.0.1:1',
  ],
  [
    'a token file for the container that is not there is thrown where nobody catches it',
    { env: { ...imds, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/x', AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '/gone' } },
    "error Error: ENOENT: no such file or directory, open '/gone'",
  ],
  [
    'D07: a web identity comes after keys of a profile',
    { env: webIdentity, files: token, credentials: `[default]\n${pair('DEF')}` },
    'shared-credentials-file DEF',
  ],
  [
    'D15: a token file that is not there is passed over',
    { env: { ...webIdentity, ...imds } },
    'iam-role http://127.0.0.1:1',
  ],
  [
    'roles before a profile with a token file are assumed with what it gives',
    {
      credentials: `[default]\nrole_arn = arn:aws:iam::1:role/A\nsource_profile = b\n[b]\nrole_arn = arn:aws:iam::1:role/B\nweb_identity_token_file = ${home}/token\n`,
      files: token,
    },
    'assume-role-with-web-identity A by B',
  ],
  ['D67: any text forbids the instance, even false', { env: { ...imds, AWS_EC2_METADATA_DISABLED: 'false' } }, 'none'],
  [
    'an endpoint of the instance is found in the config file without the opt-in',
    { config: '[default]\nec2_metadata_service_endpoint = http://127.0.0.1:2\n' },
    'iam-role http://127.0.0.1:2',
  ],
  [
    'a mode of the instance that is none keeps the SDK from being loaded',
    { env: { ...keys, AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE: 'ipv4' } },
    'error Error: Unsupported endpoint mode: ipv4',
  ],
  [
    'a setting for STS that is none lets no role be asked for',
    { env: { AWS_STS_REGIONAL_ENDPOINTS: '' }, credentials: `[default]\n${R}source_profile = b\n[b]\n${pair('B')}` },
    'none',
  ],
]

describe('the rules of the SDK for JavaScript v2', () => {
  test.each(rows)('%s', (_why, state, expected) => {
    const said = outcome(jsV2, state)
    if (typeof expected === 'string') expect(said).toBe(expected)
    else expect(said).toMatch(expected)
  })

  test('a role is asked of the STS of its profile’s region, else of us-east-1, whatever AWS_REGION says', () => {
    const credentials = `[default]\n${R}source_profile = b\n[b]\n${R}source_profile = c\nregion = eu-west-1\n[c]\n${pair('C')}`
    const { winner } = trace(jsV2, { env: { AWS_REGION: 'ap-south-1' }, credentials })
    expect(winner?.plan).toMatchObject({ region: 'us-east-1', from: { region: 'eu-west-1' } })
  })

  test('of two tokens for a container the variable counts, and beside a relative path alone it does not', () => {
    const plan = (env: Record<string, string>): unknown => trace(jsV2, { env, files: token }).winner?.plan
    const full = { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://localhost/x', AWS_CONTAINER_AUTHORIZATION_TOKEN: 'abc' }
    const file = { AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: `${home}/token` }
    expect(plan({ ...full, ...file })).toMatchObject({ tokenFile: null, token: expect.anything() })
    const relative = { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/x', AWS_CONTAINER_AUTHORIZATION_TOKEN: 'abc' }
    expect(plan(relative)).toMatchObject({ tokenFile: null, token: null })
    expect(plan({ AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/x', ...file })).toMatchObject({
      tokenFile: `${home}/token`,
    })
  })

  test('STS is asked at its global host in the regions that have it, unless a setting says regional', () => {
    const sts = (env: Record<string, string>): string => trace(jsV2, { env }).endpoint.sts
    expect(sts({})).toBe('https://sts.amazonaws.com')
    expect(sts({ AWS_REGION: 'ap-east-1' })).toBe('https://sts.amazonaws.com')
    expect(sts({ AWS_REGION: 'cn-north-1' })).toBe('https://sts.cn-north-1.amazonaws.com.cn')
    expect(sts({ AWS_REGION: 'eu-west-1', AWS_STS_REGIONAL_ENDPOINTS: 'Regional' })).toBe(
      'https://sts.eu-west-1.amazonaws.com',
    )
    expect(sts({ AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL: 'http://127.0.0.1:1' })).toBe('https://sts.amazonaws.com')
    expect(trace(jsV2, { env: { ...keys, AWS_STS_REGIONAL_ENDPOINTS: 'regional' } }).clientError?.says).toBe(
      'ConfigError: Missing region in config',
    )
  })

  test('HOMEPATH alone is on C:, written with a slash', () => {
    const files = { 'C:\\c\\.aws\\credentials': `[default]\n${pair('C')}` }
    expect(outcome(jsV2, { platform: 'win32', files, env: { HOME: '', HOMEDRIVE: '', HOMEPATH: 'c' } })).toBe(
      'shared-credentials-file C',
    )
  })
})
