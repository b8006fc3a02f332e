import { describe, expect, test } from 'vitest'
import { javaV1 } from '../../../src/holder/chains/java-v1.ts'
import { agreementOf } from '../../truth/agreement.ts'
import { home, outcome, pair, role, type State, trace } from './from-source.ts'

const webIdentity = { AWS_WEB_IDENTITY_TOKEN_FILE: `${home}/token`, AWS_ROLE_ARN: role }
const token = { [`${home}/token`]: 'eyJ' }
const region = { AWS_REGION: 'eu-west-1' }
const imds = { AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://127.0.0.1:1' }

describe('the chain of the SDK for Java 1', () => {
  const { version, states, answered, wrong } = agreementOf('java-v1')

  test(`is that of com.amazonaws ${version} in all ${states} recorded states`, () => {
    expect(answered).toBe(states)
    expect(states).toBeGreaterThan(7000)
    expect(wrong.slice(0, 5)).toEqual([])
  })
})

const rows: readonly (readonly [why: string, State, string])[] = [
  [
    'the short name of the secret comes first',
    { env: { AWS_ACCESS_KEY_ID: 'A', AWS_SECRET_KEY: '', AWS_SECRET_ACCESS_KEY: 's' } },
    'none',
  ],
  [
    'an empty AWS_REGION is a region to a web identity',
    { env: { ...webIdentity, AWS_REGION: '' }, files: token },
    'assume-role-with-web-identity R',
  ],
  ['D11: the short names are known', { env: { AWS_ACCESS_KEY: 'A', AWS_SECRET_KEY: 's' } }, 'env A'],
  [
    'the usual variable does not move the file',
    { env: { AWS_SHARED_CREDENTIALS_FILE: `${home}/c` }, files: { [`${home}/c`]: `[default]\n${pair('A')}` } },
    'none',
  ],
  [
    'AWS_CREDENTIAL_PROFILES_FILE does',
    {
      env: { AWS_CREDENTIAL_PROFILES_FILE: `${home}/c` },
      files: { [`${home}/c`]: `[default]\n${pair('A')}` },
      credentials: `[default]\n${pair('DEF')}`,
    },
    'shared-credentials-file A',
  ],
  [
    'HOME does not either: the home is that of the user database',
    { env: { HOME: '/elsewhere' }, credentials: `[default]\n${pair('DEF')}` },
    'shared-credentials-file DEF',
  ],
  [
    'the config file is read where there is no credentials file',
    { config: `[default]\n${pair('DEF')}` },
    'config-file DEF',
  ],
  ['where there is one, it is not', { config: `[default]\n${pair('DEF')}`, credentials: '' }, 'none'],
  [
    'D55: the prefix is accepted in both files',
    { env: { AWS_PROFILE: ' a ' }, credentials: `[profile a]\n${pair('A')}` },
    'shared-credentials-file A',
  ],
  [
    'D05: an empty AWS_PROFILE is none',
    { env: { AWS_PROFILE: '' }, credentials: `[default]\n${pair('DEF')}` },
    'shared-credentials-file DEF',
  ],
  [
    'D47: of two sections with one name the later counts alone',
    { credentials: `[default]\n${pair('A')}[default]\naws_access_key_id = B\n` },
    'none',
  ],
  [
    'D51: what follows a value belongs to it',
    { credentials: '[default]\naws_access_key_id = A # c\naws_secret_access_key = s\n' },
    'shared-credentials-file A # c',
  ],
  ['a semicolon begins no comment', { credentials: `; c\n[default]\n${pair('A')}` }, 'none'],
  ['lines may be indented', { credentials: ` [default]\n  ${pair('A')}` }, 'shared-credentials-file A'],
  [
    'the source of a role must hold keys, whatever else it holds',
    {
      credentials: `[default]\nrole_arn = ${role}\nsource_profile = b\n[b]\nrole_arn = ${role}\nsource_profile = c\n[c]\n${pair('C')}`,
    },
    'none',
  ],
  [
    'D19: a role may come from its own profile',
    { credentials: `[default]\nrole_arn = ${role}\nsource_profile = default\n${pair('A')}` },
    'assume-role R by A',
  ],
  [
    'credential_source is not known',
    { env: imds, credentials: `[default]\nrole_arn = ${role}\ncredential_source = Ec2InstanceMetadata\n` },
    'iam-role http://127.0.0.1:1',
  ],
  ['a web identity needs a region', { env: webIdentity, files: token }, 'none'],
  [
    'with one it comes before the profile',
    { env: { ...webIdentity, ...region }, files: token, credentials: `[default]\n${pair('DEF')}` },
    'assume-role-with-web-identity R',
  ],
  [
    'a mode of the STS endpoints that is none breaks it',
    { env: { ...webIdentity, ...region, AWS_STS_REGIONAL_ENDPOINTS: 'both' }, files: token },
    'none',
  ],
  [
    'a role without a token file lets it ask itself without end',
    { env: { AWS_ROLE_ARN: role }, credentials: `[default]\n${pair('DEF')}` },
    'error StackOverflowError: null',
  ],
  [
    'keys in the environment are found before that',
    { env: { AWS_ROLE_ARN: role, AWS_ACCESS_KEY_ID: 'A', AWS_SECRET_ACCESS_KEY: 's' } },
    'env A',
  ],
  [
    'D69: a container variable, also an empty one, keeps the instance from being asked',
    { env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: '', ...imds } },
    'none',
  ],
]

describe('a state that other SDKs read in another way', () => {
  test.each(rows)('%s', (_, state, expected) => {
    expect(outcome(javaV1, state)).toBe(expected)
  })

  test('STS is asked at its global host unless that is changed', () => {
    expect(trace(javaV1, { env: region }).endpoint.sts).toBe('https://sts.amazonaws.com')
    const regional = { ...region, AWS_STS_REGIONAL_ENDPOINTS: 'regional' }
    expect(trace(javaV1, { env: regional }).endpoint.sts).toBe('https://sts.eu-west-1.amazonaws.com')
    expect(
      trace(javaV1, { env: { ...region, AWS_ENDPOINT_URL: 'http://127.0.0.1:1' } }).endpoint.overriddenBy,
    ).toBeNull()
  })
})
