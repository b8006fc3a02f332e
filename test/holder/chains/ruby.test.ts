import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ruby } from '../../../src/holder/chains/ruby.ts'
import { readAwsFiles } from '../../../src/holder/files/aws-files.ts'
import { sha1Hex, sha256Hex } from '../../../src/holder/files/digest.ts'
import { agreementOf } from '../../truth/agreement.ts'
import { home, machineOf, outcome, pair, role, type State, trace } from './from-source.ts'

const environmentKeys = { AWS_ACCESS_KEY_ID: 'ENV', AWS_SECRET_ACCESS_KEY: 's' }
const token = { [`${home}/token`]: 'eyJ' }
const region = { AWS_REGION: 'eu-west-1' }
const webIdentity = { AWS_WEB_IDENTITY_TOKEN_FILE: `${home}/token`, AWS_ROLE_ARN: role, ...region }
const imds = { AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://127.0.0.1:1338' }
const session = 'arn:aws:iam::123456789012:user/ana'
const ssoKeys = 'sso_start_url = s\nsso_region = us-east-1\nsso_account_id = 1\nsso_role_name = r\n'
const ssoToken = (expiresAt: string): Record<string, string> => ({
  [`${home}/.aws/sso/cache/${sha1Hex('s')}.json`]: JSON.stringify({ accessToken: 'made-up', expiresAt }),
})

describe('the chain of the SDK for Ruby', () => {
  const { version, states, answered, wrong } = agreementOf('ruby')

  test(`is aws-sdk-core ${version}'s own in all ${states} recorded states`, () => {
    expect(answered).toBe(states)
    expect(states).toBeGreaterThan(7000)
    expect(wrong.slice(0, 5)).toEqual([])
  })
})

/** By the newest rules: the winner and what is asked, or the error. */
const rows: readonly (readonly [why: string, State, string | RegExp])[] = [
  [
    'D01: keys in the environment come before a profile that a variable names',
    { env: { ...environmentKeys, AWS_PROFILE: 'dev' }, credentials: `[dev]\n${pair('DEV')}` },
    'env ENV',
  ],
  [
    'D13: a profile that the program names comes before them',
    { env: environmentKeys, credentials: `[dev]\n${pair('DEV')}`, profile: 'dev' },
    'shared-credentials-file DEV',
  ],
  ['when it holds nothing, they are used', { env: environmentKeys, profile: 'gone' }, 'env ENV'],
  [
    'D06: AWS_PROFILE comes before AWS_DEFAULT_PROFILE, which counts too',
    { env: { AWS_DEFAULT_PROFILE: 'a' }, credentials: `[a]\n${pair('A')}` },
    'shared-credentials-file A',
  ],
  [
    'D07: a web identity comes before keys of the profile',
    { env: webIdentity, files: token, credentials: `[default]\n${pair('DEF')}` },
    'assume-role-with-web-identity R',
  ],
  ['D11: the older names of the keys count', { env: { AWS_ACCESS_KEY: 'A', AMAZON_SECRET_ACCESS_KEY: 's' } }, 'env A'],
  [
    'the first name that is set counts, even when it is empty',
    { env: { ...environmentKeys, AWS_ACCESS_KEY_ID: '', AWS_ACCESS_KEY: 'A' } },
    'none',
  ],
  [
    'D15: a token file that is not there stops',
    { env: { ...webIdentity, ...imds } },
    /^error Aws::Errors::MissingWebIdentityTokenFile: /,
  ],
  [
    'a web identity needs a region',
    { env: { ...webIdentity, AWS_REGION: '' }, files: token },
    /^error Aws::Errors::MissingRegionError: /,
  ],
  [
    'D18: a role with nothing to assume it with stops',
    { config: `[default]\nrole_arn = ${role}\n`, credentials: `[default]\n${pair('DEF')}` },
    /^error Aws::Errors::NoSourceProfileError: .*no source_profile\.$/,
  ],
  [
    'D19: a profile may be its own source',
    {
      env: region,
      config: `[default]\nrole_arn = ${role}\nsource_profile = default\n`,
      credentials: `[default]\n${pair('DEF')}`,
    },
    'assume-role R by DEF',
  ],
  [
    'D28: a source profile and a credential source together stop',
    { config: `[default]\nrole_arn = ${role}\nsource_profile = a\ncredential_source = EcsContainer\n` },
    /^error Aws::Errors::CredentialSourceConflictError: /,
  ],
  [
    'D30: roles that lead in a circle stop',
    {
      env: region,
      config: `[default]\nrole_arn = ${role}\nsource_profile = b\n[profile b]\nrole_arn = ${role}\nsource_profile = b\n`,
    },
    /^error Aws::Errors::SourceProfileCircularReferenceError/,
  ],
  [
    'D31: a source profile that does not exist stops',
    { env: region, config: `[default]\nrole_arn = ${role}\nsource_profile = gone\n` },
    /^error Aws::Errors::NoSuchProfileError: Profile `gone' not found in /,
  ],
  [
    'D32: the environment is no credential_source',
    {
      env: { ...region, ...environmentKeys, AWS_ACCESS_KEY_ID: '' },
      config: `[default]\nrole_arn = ${role}\ncredential_source = Environment\n`,
    },
    /^error Aws::Errors::InvalidCredentialSourceError: /,
  ],
  [
    'D25: SSO comes before a role',
    {
      env: region,
      config: `[default]\nrole_arn = ${role}\nsource_profile = b\n${ssoKeys}`,
      files: ssoToken('2099-01-01T00:00:00Z'),
    },
    'sso r in 1',
  ],
  [
    'D39: an SSO token that is over stops',
    { config: `[default]\n${ssoKeys}`, files: ssoToken('2020-01-01T00:00:00Z') },
    /^error Aws::Errors::InvalidSSOCredentials: /,
  ],
  [
    'D37: an sso-session that does not exist stops',
    { config: '[default]\nsso_session = gone\nsso_account_id = 1\nsso_role_name = r\n' },
    /^error ArgumentError: sso-session gone must be defined/,
  ],
  [
    'a bearer session that is broken stops even the client of a web identity',
    { env: webIdentity, files: token, config: '[default]\nsso_session = gone\n' },
    /^error ArgumentError: sso-session gone must be defined/,
  ],
  [
    'without a config file there is no SSO',
    { credentials: `[default]\n${ssoKeys}${pair('DEF')}` },
    'shared-credentials-file DEF',
  ],
  [
    'D62: key id and secret must stand in one file',
    { config: '[default]\naws_access_key_id = A\n', credentials: '[default]\naws_secret_access_key = s\n' },
    'none',
  ],
  [
    'D61: a token of the other file does not stick to a pair',
    { config: '[default]\naws_session_token = old\n', credentials: `[default]\n${pair('A')}` },
    'shared-credentials-file A',
  ],
  [
    'D54: [foo] in the config file is a profile',
    { env: { AWS_PROFILE: 'foo' }, config: `[foo]\n${pair('FOO')}` },
    'config-file FOO',
  ],
  [
    'D55: so is [profile foo] in the credentials file',
    { env: { AWS_PROFILE: 'foo' }, credentials: `[profile foo]\n${pair('FOO')}` },
    'shared-credentials-file FOO',
  ],
  [
    'D48: a header without its bracket lets its keys land above',
    { credentials: `[default]\n${pair('DEF')}[prod\n${pair('PROD')}` },
    'shared-credentials-file PROD',
  ],
  [
    'D50: a colon is no delimiter',
    { credentials: '[default]\naws_access_key_id: A\naws_secret_access_key: s\n' },
    'none',
  ],
  [
    'D51: # is part of a value, ; behind a blank is not',
    { credentials: '[default]\naws_access_key_id = A # x\naws_secret_access_key = s ; x\n' },
    'shared-credentials-file A # x',
  ],
  [
    'D59: keys that are all indented make Ruby stumble',
    { credentials: '[default]\n  aws_access_key_id = A\n  aws_secret_access_key = s\n' },
    /^error NoMethodError: /,
  ],
  [
    'a character beyond ASCII makes it stumble where no variable names a locale',
    { credentials: `# é\n[default]\n${pair('A')}` },
    /^error ArgumentError: invalid byte sequence in US-ASCII/,
  ],
  [
    'it does not where one names UTF-8',
    { env: { LANG: 'en_US.UTF-8' }, credentials: `# é\n[default]\n${pair('A')}` },
    'shared-credentials-file A',
  ],
  [
    'D49: behind a byte order mark the first section is lost',
    { env: { LANG: 'C.UTF-8' }, credentials: `\uFEFF[default]\n${pair('A')}` },
    'none',
  ],
  [
    'an empty path is the working directory, which is no file',
    { env: { AWS_CONFIG_FILE: '' }, files: { '/desk/x': '' } },
    /^error Errno::EISDIR: /,
  ],
  [
    'AWS_SDK_CONFIG_OPT_OUT leaves the config file out',
    { env: { AWS_SDK_CONFIG_OPT_OUT: '' }, config: `[default]\n${pair('A')}` },
    'none',
  ],
  [
    'a session of aws login comes behind keys',
    { env: region, config: `[default]\n${pair('A')}login_session = ${session}\n` },
    'config-file A',
  ],
  [
    'alone it is used',
    {
      env: region,
      config: `[default]\nlogin_session = ${session}\n`,
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
    'without its cache it stops',
    { env: region, config: `[default]\nlogin_session = ${session}\n` },
    /^error Aws::Errors::InvalidLoginToken: /,
  ],
  [
    'D68: an empty container path asks nobody, nor the instance',
    { env: { ...imds, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '' } },
    'none',
  ],
  [
    'D71: a name of a container may lead to this machine',
    { env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://me.local/x' } },
    'container-role http://me.local/x',
  ],
  [
    'an address of another machine may not',
    { env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://8.8.8.8/x' } },
    /^error ArgumentError: AWS_CONTAINER_CREDENTIALS_FULL_URI must use/,
  ],
  [
    'D66: only the word true forbids the instance',
    { env: { ...imds, AWS_EC2_METADATA_DISABLED: '1' } },
    'iam-role http://127.0.0.1:1338',
  ],
  [
    'an endpoint of the instance metadata that is empty is this machine',
    { env: { AWS_EC2_METADATA_SERVICE_ENDPOINT: '' } },
    'iam-role http://0.0.0.0',
  ],
  ['one that is no URI asks nobody', { env: { AWS_EC2_METADATA_SERVICE_ENDPOINT: 'not a url' } }, 'none'],
  ['nor an address of IPv6 without a scheme', { env: { AWS_EC2_METADATA_SERVICE_ENDPOINT: '[::1]' } }, 'none'],
  ['nor does a port without a scheme', { env: { AWS_EC2_METADATA_SERVICE_ENDPOINT: 'localhost:1338' } }, 'none'],
  [
    'the port is that of its scheme, if it has none of its own',
    { env: { AWS_EC2_METADATA_SERVICE_ENDPOINT: 'https://imds.local/x' } },
    'iam-role http://imds.local:443',
  ],
  [
    'an odd retry mode stops each client, and with it a web identity',
    { env: { ...webIdentity, AWS_RETRY_MODE: '' }, files: token },
    /^error ArgumentError: Must provide either `legacy`, `standard`, or `adaptive` for retry_mode /,
  ],
  [
    'so do attempts that are not positive',
    { env: { ...webIdentity, AWS_MAX_ATTEMPTS: '-1' }, files: token },
    /^error ArgumentError: Must provide a positive integer for max_attempts /,
  ],
  [
    'the digits that they begin with count',
    { env: { ...webIdentity, AWS_MAX_ATTEMPTS: ' 05 times' }, files: token },
    'assume-role-with-web-identity R',
  ],
  [
    'a role is asked for by the settings of its source profile',
    {
      env: region,
      config: `[default]\nretry_mode = x\nrole_arn = ${role}\nsource_profile = a\n[profile a]\nmax_attempts = 0\n${pair('A')}`,
    },
    /^error ArgumentError: Must provide a positive integer for max_attempts /,
  ],
  [
    'a region that is none is seen before them, none at all behind them',
    { env: { ...webIdentity, AWS_REGION: 'eu_west_1', AWS_MAX_ATTEMPTS: '0' }, files: token },
    /^error Aws::Errors::InvalidRegionError: /,
  ],
  [
    'and so',
    { env: { ...webIdentity, AWS_REGION: '', AWS_MAX_ATTEMPTS: '0' }, files: token },
    /^error ArgumentError: Must provide a positive integer for max_attempts /,
  ],
]

describe('the rules of the SDK for Ruby', () => {
  test.each(rows)('%s', (_why, state, expected) => {
    const said = outcome(ruby, state)
    if (typeof expected === 'string') expect(said).toBe(expected)
    else expect(said).toMatch(expected)
  })

  test('3.168.1 has no aws login, no full container URI and takes port 80 of the instance metadata', () => {
    const old = (state: State): string => {
      const machine = machineOf(state)
      const { winner } = ruby.trace(machine, { version: '3.168.1' }, readAwsFiles(machine))
      return winner?.plan?.kind === 'instance-metadata' ? winner.plan.endpoint : (winner?.provider ?? 'none')
    }
    expect(old({ env: region, config: `[default]\nlogin_session = ${session}\n` })).toBe('none')
    expect(old({ env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1/x' } })).toBe('none')
    expect(old({ env: imds })).toBe('http://127.0.0.1')
  })

  test('the region is that of the first variable that is set; when it is empty, the profile’s', () => {
    const named = (env: Record<string, string>) =>
      trace(ruby, { env, config: '[default]\nregion = eu-west-1\n' }).region?.name
    expect(named({ AMAZON_REGION: 'us-east-1', AWS_DEFAULT_REGION: 'us-east-2' })).toBe('us-east-1')
    expect(named({ AWS_REGION: '', AWS_DEFAULT_REGION: 'us-east-2' })).toBe('eu-west-1')
  })

  test('the region of AWS_DEFAULT_PROFILE is not looked for', () => {
    const { region: found } = trace(ruby, {
      env: { AWS_DEFAULT_PROFILE: 'a' },
      config: '[profile a]\nregion = eu-west-1\n',
    })
    expect(found).toBeNull()
  })

  test('a client without a region can not be made, although keys are found', () => {
    expect(trace(ruby, { env: environmentKeys }).clientError?.says).toMatch(/^Aws::Errors::MissingRegionError: /)
    expect(trace(ruby, { env: { ...environmentKeys, ...region } }).clientError).toBeNull()
  })

  test('the home on Windows is HOME, HOMEDRIVE and HOMEPATH, then USERPROFILE', () => {
    const files = {
      'C:\\a\\.aws\\credentials': `[default]\n${pair('A')}`,
      'D:\\b\\.aws\\credentials': `[default]\n${pair('B')}`,
      'C:\\c\\.aws\\credentials': `[default]\n${pair('C')}`,
    }
    const onWindows = (env: Record<string, string>): string => {
      const machine = machineOf({ platform: 'win32', files, env })
      const known = (name: string): string | undefined => (name in env ? machine.env(name) : undefined)
      const found = ruby.trace({ ...machine, env: known }, {}, readAwsFiles(machine))
      return found.winner?.credential?.accessKeyId.value ?? 'none'
    }
    const all = { HOME: 'C:/a', HOMEDRIVE: 'D:', HOMEPATH: '\\b', USERPROFILE: 'C:\\c' }
    expect(onWindows(all)).toBe('A')
    expect(onWindows({ HOMEDRIVE: 'D:', HOMEPATH: '\\b', USERPROFILE: 'C:\\c' })).toBe('B')
    expect(onWindows({ USERPROFILE: 'C:\\c' })).toBe('C')
  })

  test('no bytes of the files make it throw, by either parser (seed 20261128)', () => {
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
      ' ;',
      '\uFEFF',
      '\0',
      'é',
    )
    const text = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''))
    fc.assert(
      fc.property(text, text, fc.constantFrom('3.168.1', undefined), (config, credentials, version) => {
        const machine = machineOf({ config, credentials, env: { LANG: 'C.UTF-8' } })
        expect(() => ruby.trace(machine, { version }, readAwsFiles(machine))).not.toThrow()
      }),
      { seed: 20261128, numRuns: 500 },
    )
  })
})
