import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { rust } from '../../../src/holder/chains/rust.ts'
import { sha1Hex, sha256Hex } from '../../../src/holder/files/digest.ts'
import { documentsOf } from '../../../src/holder/files/documents.ts'
import { agreementOf } from '../../truth/agreement.ts'
import { home, machineOf, outcome, pair, role, type State, trace } from './from-source.ts'

const environmentKeys = { AWS_ACCESS_KEY_ID: 'ENV', AWS_SECRET_ACCESS_KEY: 's' }
const token = { [`${home}/token`]: 'eyJ' }
const webIdentity = { AWS_WEB_IDENTITY_TOKEN_FILE: `${home}/token`, AWS_ROLE_ARN: role }
const imds = { AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://127.0.0.1:1' }
const region = { AWS_REGION: 'eu-west-1' }
const session = 'arn:aws:iam::123456789012:user/ana'
const ssoSession = '[sso-session s]\nsso_start_url = https://s\nsso_region = us-east-1\n'
const ssoCache = (members: object): Record<string, string> => ({
  [`${home}/.aws/sso/cache/${sha1Hex('s')}.json`]: JSON.stringify({ accessToken: 'made-up', ...members }),
})

describe('the chain of the SDK for Rust', () => {
  const { version, states, answered, wrong } = agreementOf('rust')

  test(`is aws-config ${version}'s own in all ${states} recorded states`, () => {
    expect(answered).toBe(states)
    expect(states).toBeGreaterThan(7000)
    expect(wrong.slice(0, 5)).toEqual([])
  })
})

/** What a state comes to: the winner and what is asked, or the class of the error with the words that tell it. */
const rows: readonly (readonly [why: string, State, string | RegExp])[] = [
  [
    'D13: keys in the environment come before a profile that the program names',
    { env: environmentKeys, credentials: `[dev]\n${pair('DEV')}`, profile: 'dev' },
    'env ENV',
  ],
  [
    'D05: an empty AWS_PROFILE is a profile that does not exist, and the next source is asked',
    { env: { AWS_PROFILE: '', ...imds }, credentials: `[default]\n${pair('DEF')}` },
    'iam-role http://127.0.0.1:1',
  ],
  [
    'the empty profile can exist',
    { env: { AWS_PROFILE: '' }, credentials: `[]\n${pair('EMPTY')}` },
    'shared-credentials-file EMPTY',
  ],
  [
    'D07: keys of the profile come before a web identity in the environment',
    { env: { ...webIdentity, ...region }, files: token, credentials: `[default]\n${pair('DEF')}` },
    'shared-credentials-file DEF',
  ],
  ['a key of blanks is no key', { env: { ...environmentKeys, AWS_SECRET_ACCESS_KEY: ' \t' } }, 'none'],
  [
    'SECRET_ACCESS_KEY stands in, and the token is trimmed while the keys are not',
    { env: { AWS_ACCESS_KEY_ID: ' A ', SECRET_ACCESS_KEY: 's', AWS_SESSION_TOKEN: ' t ' } },
    'env  A  token t',
  ],
  [
    'D15: a token file that is not there stops',
    { env: { ...webIdentity, ...region } },
    /^error ProviderError: .*No such file/,
  ],
  [
    'a web identity needs a region without a configured endpoint',
    { env: webIdentity, files: token },
    /Missing Region$/,
  ],
  [
    'a web identity needs none beside one',
    { env: { ...webIdentity, AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }, files: token },
    'assume-role-with-web-identity R',
  ],
  [
    'a role needs one all the same, to sign for',
    {
      env: { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' },
      config: `[default]\nrole_arn = ${role}\nsource_profile = default\n${pair('A')}`,
    },
    /missing signing region$/,
  ],
  [
    'the region of a source profile is as good',
    { config: `[default]\nrole_arn = ${role}\nsource_profile = b\n[profile b]\nregion = eu-west-1\n${pair('B')}` },
    'assume-role R by B',
  ],
  [
    'a region that can be no part of a host stops a role',
    {
      env: { AWS_REGION: 'eu_west_1' },
      config: `[default]\nrole_arn = ${role}\nsource_profile = default\n${pair('A')}`,
    },
    /must be a valid host label$/,
  ],
  [
    'a configured endpoint and FIPS go not together',
    {
      env: { ...region, AWS_USE_FIPS_ENDPOINT: 'true', AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:1' },
      config: `[default]\nrole_arn = ${role}\nsource_profile = default\n${pair('A')}`,
    },
    /FIPS and custom endpoint are not supported$/,
  ],
  [
    'a region with dots can be part of a host',
    {
      env: { AWS_REGION: 'a.b' },
      config: `[default]\nrole_arn = ${role}\nsource_profile = default\n${pair('A')}`,
    },
    'assume-role R by A',
  ],
  [
    'an empty endpoint for a role makes the program panic, with or without a region',
    {
      env: { AWS_ENDPOINT_URL: '' },
      config: `[default]\nrole_arn = ${role}\nsource_profile = default\n${pair('A')}`,
    },
    /^error panic: .*URL was unset$/,
  ],
  [
    'it does so for a web identity',
    { env: { ...webIdentity, ...region, AWS_ENDPOINT_URL_STS: '' }, files: token },
    /^error panic: .*URL was unset$/,
  ],
  [
    'it does so while a token of IAM Identity Center is refreshed',
    {
      env: { AWS_ENDPOINT_URL_SSO_OIDC: '' },
      config: `[default]\nsso_session = s\nsso_account_id = 1\nsso_role_name = r\n${ssoSession}`,
      files: ssoCache({
        expiresAt: '2020-01-01T00:00:00Z',
        refreshToken: 'r',
        clientId: 'c',
        clientSecret: 's',
        registrationExpiresAt: '2099-01-01T00:00:00Z',
      }),
    },
    /^error panic: .*URL was unset$/,
  ],
  [
    'an endpoint of the instance metadata without a scheme is asked in vain',
    { env: { AWS_EC2_METADATA_SERVICE_ENDPOINT: 'x' } },
    'none',
  ],
  [
    'D20: a process comes before keys of the profile',
    { config: `[default]\n${pair('A')}credential_process = print\n` },
    'custom-process print',
  ],
  [
    'D18: a role with nothing to assume it with stops',
    { env: region, config: `[default]\nrole_arn = ${role}\n`, credentials: `[default]\n${pair('DEF')}` },
    /^error InvalidConfiguration: .*neither were defined$/,
  ],
  [
    'D29: roles that lead in a circle stop, although the first profile has keys',
    {
      env: region,
      config: `[default]\nrole_arn = ${role}\nsource_profile = b\n${pair('A')}[profile b]\nrole_arn = ${role}\nsource_profile = default\n`,
    },
    /profile formed an infinite loop/,
  ],
  [
    'D30: without keys they stop',
    {
      env: region,
      config: `[default]\nrole_arn = ${role}\nsource_profile = b\n[profile b]\nrole_arn = ${role}\nsource_profile = default\n`,
    },
    /profile formed an infinite loop/,
  ],
  [
    'D31: a source profile that does not exist lets the instance be asked',
    { env: { ...region, ...imds }, config: `[default]\nrole_arn = ${role}\nsource_profile = gone\n` },
    'iam-role http://127.0.0.1:1',
  ],
  [
    'D32: credential_source is read in any case',
    {
      env: { ...region, AWS_ACCESS_KEY_ID: 'ENV', AWS_PROFILE: 'a' },
      config: `[profile a]\nrole_arn = ${role}\ncredential_source = ENVIRONMENT\n`,
    },
    /^error ProviderError: /,
  ],
  [
    'D38: a profile may not repeat what its sso-session says',
    {
      config: `[default]\nsso_session = s\nsso_region = us-east-1\nsso_account_id = 1\nsso_role_name = r\n${ssoSession}`,
    },
    /can only be specified in the \[sso-session\] config/,
  ],
  [
    'an sso-session without its region lets the next source be asked',
    {
      env: imds,
      config: '[default]\nsso_session = s\nsso_account_id = 1\nsso_role_name = r\n[sso-session s]\nsso_start_url = u\n',
    },
    'iam-role http://127.0.0.1:1',
  ],
  [
    'a profile for a bearer token lets it be asked too',
    { env: imds, config: `[default]\nsso_session = s\n${ssoSession}` },
    'iam-role http://127.0.0.1:1',
  ],
  [
    'D39: a token that is over and can not be refreshed stops',
    {
      config: `[default]\nsso_session = s\nsso_account_id = 1\nsso_role_name = r\n${ssoSession}`,
      files: ssoCache({ expiresAt: '2020-01-01T00:00:00Z' }),
    },
    /the SSO token has expired and cannot be refreshed$/,
  ],
  [
    'one that can be refreshed does not',
    {
      config: `[default]\nsso_session = s\nsso_account_id = 1\nsso_role_name = r\n${ssoSession}`,
      files: ssoCache({
        expiresAt: '2020-01-01T00:00:00Z',
        clientId: 'c',
        clientSecret: 's',
        refreshToken: 'r',
        registrationExpiresAt: '2099-01-01T00:00:00Z',
      }),
    },
    'sso r in 1',
  ],
  [
    'the legacy form does not look at the end of its token',
    {
      config: '[default]\nsso_start_url = s\nsso_region = us-east-1\nsso_account_id = 1\nsso_role_name = r\n',
      files: ssoCache({ expiresAt: '2020-01-01T00:00:00Z' }),
    },
    'sso r in 1',
  ],
  [
    'a time with an offset is none in a token',
    {
      config: `[default]\nsso_session = s\nsso_account_id = 1\nsso_role_name = r\n${ssoSession}`,
      files: ssoCache({ expiresAt: '2099-01-01T00:00:00+00:00' }),
    },
    /failed to load the cached SSO token$/,
  ],
  [
    'D23: a session of aws login comes before keys of the profile',
    {
      config: `[default]\n${pair('A')}login_session = ${session}\n`,
      files: {
        [`${home}/.aws/login/cache/${sha256Hex(session)}.json`]: JSON.stringify({
          accessToken: {
            accessKeyId: 'A',
            secretAccessKey: 's',
            sessionToken: 't',
            accountId: '1',
            expiresAt: '2099-01-01T00:00:00Z',
          },
          clientId: 'c',
          dpopKey: 'k',
          refreshToken: 'r',
        }),
      },
    },
    `login ${session}`,
  ],
  [
    'D53: keys of a file are read in any case',
    { credentials: '[default]\nAWS_ACCESS_KEY_ID = A\nAWS_secret_ACCESS_key = s\n' },
    'shared-credentials-file A',
  ],
  [
    'D62: key id and secret may stand in different files',
    { config: '[default]\naws_access_key_id = A\n', credentials: '[default]\naws_secret_access_key = s\n' },
    'config-file A',
  ],
  [
    'D68: an empty container path stops',
    { env: { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '' } },
    /^error InvalidConfiguration: .*empty string/,
  ],
  [
    'a token file for a container that is not there stops, even without a container',
    { env: { AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '/gone' } },
    /^error ProviderError: .*No such file/,
  ],
  [
    'a line break at the end of a container token stops',
    {
      env: {
        AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1/x',
        AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: `${home}/token`,
      },
      files: { [`${home}/token`]: 'abc\n' },
    },
    /could not be used as an HTTP header value/,
  ],
  [
    'another host needs TLS',
    { env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://8.8.8.8/x' } },
    /did not refer to an allowed IP address/,
  ],
  [
    'with TLS any will do',
    { env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'https://8.8.8.8/x' } },
    'container-role https://8.8.8.8/x',
  ],
  [
    'EKS by IPv6 is allowed',
    { env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://[fd00:ec2::23]/v1' } },
    'container-role http://[fd00:ec2::23]/v1',
  ],
  [
    'D66: only the word true forbids the instance',
    { env: { ...imds, AWS_EC2_METADATA_DISABLED: '1' } },
    'iam-role http://127.0.0.1:1',
  ],
  ['in any case', { env: { ...imds, AWS_EC2_METADATA_DISABLED: 'TRUE' } }, 'none'],
  [
    'a mode of the metadata that is none stops',
    { env: { AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE: 'v4' } },
    /not a valid endpoint mode/,
  ],
]

describe('the rules of the SDK for Rust', () => {
  test.each(rows)('%s', (_why, state, expected) => {
    const said = outcome(rust, state)
    if (typeof expected === 'string') expect(said).toBe(expected)
    else expect(said).toMatch(expected)
  })

  test('the home on Windows is HOME, USERPROFILE, then HOMEDRIVE and HOMEPATH', () => {
    const files = {
      'C:\\a\\.aws\\credentials': `[default]\n${pair('A')}`,
      'C:\\b\\.aws\\credentials': `[default]\n${pair('B')}`,
      'D:\\c\\.aws\\credentials': `[default]\n${pair('C')}`,
    }
    const all = { HOME: 'C:\\a', USERPROFILE: 'C:\\b', HOMEDRIVE: 'D:', HOMEPATH: '\\c' }
    const { HOME: _home, ...withoutHome } = all
    const { USERPROFILE: _profile, ...last } = withoutHome
    const onWindows = (env: Record<string, string>): string => {
      const machine = machineOf({ platform: 'win32', files, env })
      const known = new Set(Object.keys(env))
      const found = rust.trace({ ...machine, env: (name) => (known.has(name) ? machine.env(name) : undefined) }, {}, {
        documents: documentsOf(machine),
      } as Parameters<typeof rust.trace>[2])
      return found.winner?.credential?.accessKeyId.value ?? 'none'
    }
    expect([all, withoutHome, last, {}].map(onWindows)).toEqual(['A', 'B', 'C', 'none'])
  })

  test('without a home nothing stands for it: ~ is a folder like any other', () => {
    const machine = machineOf({ files: { '/desk/~/.aws/credentials': `[default]\n${pair('A')}` } })
    const found = rust.trace({ ...machine, env: () => undefined }, {}, {
      documents: documentsOf(machine),
    } as Parameters<typeof rust.trace>[2])
    expect(found.winner?.credential?.accessKeyId.value).toBe('A')
  })

  test('a broken file is told with its line, and keys in the environment are used all the same', () => {
    const state: State = { config: '[default]\nregion = eu-west-1\nnothing\n' }
    const { error, steps } = trace(rust, state)
    expect(error).toMatchObject({ reason: 'file-syntax', at: { file: `${home}/.aws/config`, line: 3, column: 1 } })
    expect(steps.find(({ outcome: how }) => how === 'broken')?.because).toContain('a line has no =')
    expect(outcome(rust, { ...state, env: environmentKeys })).toBe('env ENV')
  })

  test('keys behind a source that comes before them are told as shadowed', () => {
    const { steps } = trace(rust, { config: `[default]\n${pair('A')}credential_process = print\n` })
    expect(steps.filter(({ outcome: how }) => how === 'shadowed').map(({ provider }) => provider)).toEqual([
      'config-file',
    ])
  })

  test('the configured endpoint is that of the variable, the services section, then the profile', () => {
    const config =
      '[default]\nregion = eu-west-1\nservices = s\nendpoint_url = http://127.0.0.1:3\n[services s]\nsts =\n  endpoint_url = http://127.0.0.1:2\n'
    const endpoint = (env: Record<string, string>) => trace(rust, { config, env }).endpoint
    expect(endpoint({ AWS_ENDPOINT_URL: 'http://127.0.0.1:1' })).toMatchObject({
      sts: 'http://127.0.0.1:1',
      overriddenBy: { variable: 'AWS_ENDPOINT_URL' },
    })
    expect(endpoint({})).toMatchObject({
      sts: 'http://127.0.0.1:2',
      iam: 'http://127.0.0.1:3',
      signingRegion: 'eu-west-1',
    })
    expect(endpoint({ AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' })).toMatchObject({
      sts: 'https://sts.eu-west-1.amazonaws.com',
      overriddenBy: null,
    })
  })

  test('no bytes of the files make it throw (seed 20261128)', () => {
    const piece = fc.constantFrom(
      '[default]',
      '[',
      ']',
      '[profile a]',
      '[sso-session s]',
      '=',
      'role_arn',
      'source_profile',
      'a',
      '\n',
      '\r',
      ' ',
      '\t',
      '#',
      ';',
      '\uFEFF',
      '\0',
      'é',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), fc.array(piece, { maxLength: 40 }), (config, credentials) => {
        expect(() => outcome(rust, { config: config.join(''), credentials: credentials.join('') })).not.toThrow()
      }),
      { seed: 20261128, numRuns: 500 },
    )
  })
})
