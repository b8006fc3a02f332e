import {
  CONFIG,
  CREDENTIALS,
  type Environment,
  environmentPair,
  type Files,
  type MachineState,
  onInstance,
  pair,
  roleArn,
  state,
  wired,
} from './state.ts'

/* Variables that move files, regions, endpoints and the homes; containers, instances and the two legacy files of boto. */

const keys: Files = {
  [CREDENTIALS]: `[default]\n${pair('FILE')}[dev]\n${pair('DEV')}region = eu-central-1\n`,
}

const extra: Files = {
  token: 'a token\n',
  'token-of-two-lines': 'a\r\nb',
  'token-plain': 'made-up-token',
  ec2: 'AWSAccessKeyId=AKIDEC2\nnothing\n AWSSecretKey = x = y \n',
  'ec2-partial': 'AWSAccessKeyId=AKIDEC2\n',
  'ec2-none': 'a=b\n',
  boto: `[Credentials]\n${pair('BOTO')}`,
  'boto-partial': '[Credentials]\naws_access_key_id = AKIDBOTO\n',
  'boto-broken': 'x\n',
  other: `[default]\n${pair('OTHER')}`,
  broken: '[default\n',
}

const containers: readonly Environment[] = [
  ...[
    '{STUB}/container',
    'http://127.0.0.1/x',
    'http://127.9.9.9/x',
    'http://127.0.0.01/x',
    'http://localhost:80/x',
    'http://localhost/x?a=b',
    'http://LOCALHOST/x',
    'http://user@localhost/x',
    'http://169.254.170.2/x',
    'http://169.254.170.23/x',
    'http://169.254.170.24/x',
    'http://[fd00:ec2::23]/x',
    'http://[::1]/x',
    'http://truth.local/x',
    'http://10.0.0.1/x',
    'http://example.com/x',
    'https://example.com/x',
    'HTTPS://example.com/x',
    'HTTP://localhost/x',
    'ftp://localhost/x',
    'localhost/x',
    '//localhost/x',
    '/x',
    'x',
    'http://',
    ' http://localhost/x',
    '',
  ].map((url) => ({ AWS_CONTAINER_CREDENTIALS_FULL_URI: url })),
  { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '' },
  { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: 'x' },
  { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/x' },
  { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/x?a=b' },
  { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/a b' },
  { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/x', AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://example.com' },
  { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '', AWS_CONTAINER_CREDENTIALS_FULL_URI: '' },
  { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/x', AWS_CONTAINER_AUTHORIZATION_TOKEN: 'a\nb' },
  ...['a\nb', 'a\r\nb', 'made-up-token', '', ' made-up-token '].map((token) => ({
    AWS_CONTAINER_CREDENTIALS_FULL_URI: '{STUB}/container',
    AWS_CONTAINER_AUTHORIZATION_TOKEN: token,
  })),
  ...[
    '{HOME}/none',
    '',
    '{HOME}/token',
    '{HOME}/token-of-two-lines',
    '{HOME}/token-plain',
    '{HOME}',
    '~/token-plain',
    'token-plain',
  ].flatMap((file) => [
    { AWS_CONTAINER_CREDENTIALS_FULL_URI: '{STUB}/container', AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file },
    { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/x', AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file },
    {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: '{STUB}/container',
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: 'made-up-token',
    },
  ]),
  { AWS_CONTAINER_AUTHORIZATION_TOKEN: 'made-up-token' },
]

const instances: readonly Environment[] = [
  onInstance,
  { AWS_EC2_METADATA_SERVICE_ENDPOINT: '{STUB}/' },
  { AWS_EC2_METADATA_SERVICE_ENDPOINT: '{STUB_V1}' },
  { ...onInstance, AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE: 'IPv4' },
  { ...onInstance, AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE: 'IPv6' },
  { ...onInstance, AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE: 'ipv6' },
  { ...onInstance, AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE: 'ipv5' },
  { ...onInstance, AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE: '' },
  ...['true', 'false', 'perhaps', ''].flatMap((value) => [
    { ...onInstance, AWS_EC2_METADATA_V1_DISABLED: value },
    { AWS_EC2_METADATA_SERVICE_ENDPOINT: '{STUB_V1}', AWS_EC2_METADATA_V1_DISABLED: value },
  ]),
  { ...onInstance, AWS_METADATA_SERVICE_TIMEOUT: '5', AWS_METADATA_SERVICE_NUM_ATTEMPTS: '2' },
  { ...onInstance, AWS_METADATA_SERVICE_TIMEOUT: 'x' },
  { AWS_METADATA_SERVICE_TIMEOUT: ' 3 ' },
  { AWS_METADATA_SERVICE_NUM_ATTEMPTS: '1.5' },
  { AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE: 'ipv5', AWS_EC2_METADATA_DISABLED: 'true' },
  { AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://exa mple', AWS_EC2_METADATA_DISABLED: 'true' },
  { AWS_EC2_METADATA_SERVICE_ENDPOINT: '', AWS_EC2_METADATA_DISABLED: 'true' },
  { AWS_EC2_METADATA_SERVICE_ENDPOINT: '127.0.0.1', AWS_EC2_METADATA_DISABLED: 'true' },
]

const regions = [
  'eu-west-1',
  'cn-north-1',
  'us-gov-west-1',
  'aws-global',
  'eusc-de-east-1',
  'us-iso-east-1',
  'mars-north-1',
  'EU-WEST-1',
  'eu west 1',
  'a'.repeat(64),
  '123',
  '-eu',
  '',
  'eu-west-1 ',
]

const singles: readonly Environment[] = [
  { AWS_ACCESS_KEY_ID: 'AKIDENV' },
  { AWS_SECRET_ACCESS_KEY: 'made-up-secret' },
  { AWS_ACCESS_KEY_ID: '' },
  { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: 'made-up-secret' },
  { AWS_ACCESS_KEY_ID: 'AKIDENV', AWS_SECRET_ACCESS_KEY: '' },
  { AWS_ACCESS_KEY_ID: ' AKIDENV ', AWS_SECRET_ACCESS_KEY: ' x ' },
  { ...environmentPair, AWS_SESSION_TOKEN: 'new' },
  { ...environmentPair, AWS_SECURITY_TOKEN: 'old' },
  { ...environmentPair, AWS_SESSION_TOKEN: 'new', AWS_SECURITY_TOKEN: 'old' },
  { ...environmentPair, AWS_SESSION_TOKEN: 'new', AWS_SECURITY_TOKEN: '' },
  { ...environmentPair, AWS_SESSION_TOKEN: '' },
  ...[
    '2999-01-01T00:00:00Z',
    '2001-01-01T00:00:00Z',
    '2999-01-01T00:00:00+00:00',
    '2999-01-01T00:00:00',
    '2001-01-01 00:00:00',
    '2999-01-01 00:00:00 UTC',
    '20990101T000000Z',
    '2999-01-01T00:00:00.123456Z',
    '2001-01-01T00:00:00-0700',
    'Fri, 01 Jan 2100 00:00:00 GMT',
    'soon',
    '',
    ' ',
  ].map((value) => ({ ...environmentPair, AWS_CREDENTIAL_EXPIRATION: value })),
  { ...environmentPair, AWS_ACCOUNT_ID: '123456789012' },
  { ...environmentPair, AWS_PROFILE: 'dev' },
  { ...environmentPair, AWS_PROFILE: 'gone' },
  { ...environmentPair, AWS_PROFILE: '' },
  { AWS_PROFILE: 'dev' },
  { AWS_PROFILE: 'gone' },
  { AWS_PROFILE: 'dev ' },
  { AWS_PROFILE: ' ' },
  { AWS_PROFILE: 'Dev' },
  { AWS_PROFILE: '' },
  { AWS_PROFILE: 'default' },
  { AWS_DEFAULT_PROFILE: 'dev' },
  { AWS_DEFAULT_PROFILE: 'dev', AWS_PROFILE: 'gone' },
  { AWS_DEFAULT_PROFILE: 'gone', AWS_PROFILE: 'dev' },
  { AWS_DEFAULT_PROFILE: '', AWS_PROFILE: 'dev' },
  ...regions.map((region) => ({ ...environmentPair, AWS_DEFAULT_REGION: region })),
  ...regions.map((region) => ({ ...environmentPair, AWS_REGION: region })),
  { ...environmentPair, AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-2' },
  { ...environmentPair, AMAZON_REGION: 'eu-west-3' },
  { ...environmentPair, AWS_ENDPOINT_URL: 'http://127.0.0.1:1' },
  { ...environmentPair, AWS_ENDPOINT_URL: 'http://127.0.0.1:1/', AWS_DEFAULT_REGION: 'eu-west-1' },
  { ...environmentPair, AWS_ENDPOINT_URL: 'http://127.0.0.1:1/path', AWS_DEFAULT_REGION: 'eu-west-1' },
  { ...environmentPair, AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:2', AWS_DEFAULT_REGION: 'eu-west-1' },
  { ...environmentPair, AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:2', AWS_ENDPOINT_URL: 'http://127.0.0.1:1' },
  { ...environmentPair, AWS_ENDPOINT_URL_IAM: 'http://127.0.0.1:3', AWS_DEFAULT_REGION: 'eu-west-1' },
  { ...environmentPair, AWS_ENDPOINT_URL_STS: '', AWS_ENDPOINT_URL: 'http://127.0.0.1:1' },
  {
    ...environmentPair,
    AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'TRUE',
    AWS_DEFAULT_REGION: 'eu-west-1',
  },
  {
    ...environmentPair,
    AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: '1',
    AWS_DEFAULT_REGION: 'eu-west-1',
  },
  { ...environmentPair, AWS_STS_REGIONAL_ENDPOINTS: 'legacy', AWS_DEFAULT_REGION: 'eu-west-1' },
  { ...environmentPair, AWS_STS_REGIONAL_ENDPOINTS: 'legacy' },
  { ...environmentPair, AWS_STS_REGIONAL_ENDPOINTS: 'x', AWS_DEFAULT_REGION: 'eu-west-1' },
  { ...environmentPair, AWS_USE_FIPS_ENDPOINT: 'true', AWS_DEFAULT_REGION: 'us-gov-west-1' },
  { ...environmentPair, AWS_USE_FIPS_ENDPOINT: 'true', AWS_DEFAULT_REGION: 'us-east-1' },
  {
    ...environmentPair,
    AWS_USE_FIPS_ENDPOINT: 'true',
    AWS_USE_DUALSTACK_ENDPOINT: 'true',
    AWS_DEFAULT_REGION: 'us-east-1',
  },
  { AWS_EC2_METADATA_DISABLED: 'true' },
  { ...wired, AWS_WEB_IDENTITY_TOKEN_FILE: '/none/t', AWS_ROLE_ARN: 'r' },
  { ...wired, AWS_WEB_IDENTITY_TOKEN_FILE: '{HOME}/token', AWS_ROLE_ARN: roleArn('w') },
  { ...wired, AWS_WEB_IDENTITY_TOKEN_FILE: '{HOME}/token' },
  { ...wired, AWS_WEB_IDENTITY_TOKEN_FILE: '{HOME}/token', AWS_ROLE_ARN: '' },
  { ...wired, AWS_WEB_IDENTITY_TOKEN_FILE: '{HOME}/token', AWS_ROLE_ARN: ' ' },
  { ...wired, AWS_WEB_IDENTITY_TOKEN_FILE: '', AWS_ROLE_ARN: roleArn('w') },
  { ...wired, AWS_ROLE_ARN: roleArn('w') },
  ...['{HOME}/ec2', '~/ec2', '$HOME/ec2', '~/ec2-partial', '~/ec2-none', '', '~'].map((path) => ({
    AWS_CREDENTIAL_FILE: path,
  })),
  ...['~/boto', '$HOME/boto', '~/boto-partial', '~/boto-broken', '~/none', ''].map((path) => ({ BOTO_CONFIG: path })),
  ...['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE'].flatMap((variable) =>
    [
      '{HOME}/other',
      '~/other',
      '$HOME/other',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: botocore expands it, and nobody else does
      '${HOME}/other',
      '$NOPE/other',
      '%HOME%/other',
      'other',
      './other',
      '~other',
      '~root/other',
      '{HOME}/none',
      '{HOME}',
      '{HOME}/./other',
      '{HOME}/x/../other',
      '',
      '~',
      '~/broken',
      ' ~/other',
      '{HOME}/other ',
      '"{HOME}/other"',
      '~//other',
      '~\\other',
    ].map((path) => ({
      [variable]: path,
      AWS_SDK_LOAD_CONFIG: '1',
    })),
  ),
]

const homes: readonly Environment[] = [
  { HOME: '' },
  { HOME: '{HOME}/' },
  { HOME: null },
  { HOME: null, USERPROFILE: '{HOME}' },
  { HOME: '', USERPROFILE: '{HOME}' },
  { HOME: null, HOMEPATH: '{HOME}' },
  { HOME: null, HOMEDRIVE: '', HOMEPATH: '{HOME}' },
  { HOME: null, HOMESHARE: '{HOME}' },
  { HOME: '{HOME}/elsewhere', USERPROFILE: '{HOME}' },
  { HOME: '.' },
  { HOME: '{HOME}/../{HOME}' },
]

const every: Environment = {
  AWS_METADATA_SERVICE_TIMEOUT: '1',
  AWS_METADATA_SERVICE_NUM_ATTEMPTS: '1',
  AWS_EC2_METADATA_SERVICE_ENDPOINT: '',
  AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE: 'ipv4',
  AWS_EC2_METADATA_V1_DISABLED: 'false',
  AWS_EC2_METADATA_DISABLED: 'true',
}

export function* placeStates(): Generator<MachineState> {
  for (const env of [...containers, ...instances, ...singles]) {
    const label = Object.entries(env)
      .map(([name, value]) => `${name}=${value}`)
      .join(' ')
      .slice(0, 160)
    for (const [held, files] of [
      ['no files', {}],
      ['credentials', keys],
    ] as const) {
      for (const profile of [null, 'dev', 'gone']) {
        if (profile !== null && (held === 'no files' || containers.includes(env) || instances.includes(env))) continue
        yield state(`${label}; ${held}`, env, { ...extra, ...files }, profile)
      }
    }
  }
  for (const env of homes) {
    const config = { [CONFIG]: `[default]\n${pair('CONF')}` }
    const label = Object.entries(env)
      .map(([name, value]) => `${name}=${value}`)
      .join(' ')
    yield state(`home: ${label}`, env, keys)
    yield state(`home with a config file: ${label}`, { ...env, AWS_SDK_LOAD_CONFIG: '1' }, config)
    yield state(`home by ~: ${label}`, { ...env, AWS_SHARED_CREDENTIALS_FILE: '~/other' }, { ...extra, ...keys })
  }
  for (const broken of [{ [CONFIG]: '[x\n' }, { [CREDENTIALS]: 'x\n' }, keys] as const) {
    for (const env of [
      every,
      { ...every, ...environmentPair },
      { ...every, ...environmentPair, AWS_PROFILE: 'gone' },
      { ...every, AWS_PROFILE: 'gone' },
    ]) {
      yield state('every setting of the start is in the environment', { ...env, AWS_DATA_PATH: '{HOME}' }, broken)
      yield state('every metadata setting is in the environment', env, broken)
    }
  }
  yield state('a directory as credentials', {}, { [CREDENTIALS]: null })
  yield state('a directory as config', { AWS_SDK_LOAD_CONFIG: '1' }, { [CONFIG]: null })
  yield state('a file as the directory', {}, { '.aws': 'x' })
  yield state('boto 2 in its usual place', {}, { '.boto': extra['boto']! })
  yield state('boto 2 behind the config file', {}, { '.boto': extra['boto']!, [CONFIG]: `[default]\n${pair('CONF')}` })
  yield state('boto 2 partial in its usual place', {}, { '.boto': extra['boto-partial']! })
}
