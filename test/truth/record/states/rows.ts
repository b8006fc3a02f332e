import { cacheStates } from './caches.ts'
import {
  ACCOUNT,
  CONFIG,
  CREDENTIALS,
  doubtfulProcesses,
  type Environment,
  environmentPair,
  type Files,
  filesOf,
  goodProcess,
  LOGIN_SESSION,
  loginCacheFile,
  loginCacheTexts,
  type MachineState,
  onInstance,
  pair,
  roleArn,
  START_URL,
  ssoCacheFile,
  ssoCacheTexts,
  state,
  wired,
} from './state.ts'

/* One state, or a few, for each row D01 to D75 of the table of divergences, as far as Linux can have it. */

const R = `role_arn = ${roleArn('r')}\n`
const legacySso = `sso_account_id = ${ACCOUNT}\nsso_role_name = admin\nsso_region = eu-west-1\nsso_start_url = ${START_URL}\n`
const webIdentity: Environment = {
  ...wired,
  AWS_WEB_IDENTITY_TOKEN_FILE: '{HOME}/token',
  AWS_ROLE_ARN: roleArn('w'),
}
const token = { token: 'made-up-identity-token\n' }
const both = (config: string, credentials: string, more: Files = {}): Files => ({
  [CONFIG]: config,
  [CREDENTIALS]: credentials,
  ...more,
})
const crd = (text: string, more: Files = {}): Files => ({ [CREDENTIALS]: text, ...more })
const cfg = (text: string, more: Files = {}): Files => ({ [CONFIG]: text, ...more })
const D = (label: string): string => `[default]\n${pair(label)}`

interface Row {
  readonly env?: Environment
  readonly files?: Files
  readonly profile?: string
}

const rows: Readonly<Record<string, readonly Row[]>> = {
  'D01: keys in the environment beside a chosen profile': [
    { env: { ...environmentPair, AWS_PROFILE: 'dev' }, files: crd(`[dev]\n${pair('DEV')}`) },
    { env: { ...environmentPair, AWS_PROFILE: 'dev' }, files: cfg(`[profile dev]\n${pair('DEV')}`) },
  ],
  'D02: keys in the environment beside the default profile, named': [
    { env: { ...environmentPair, AWS_PROFILE: 'default' }, files: crd(D('DEF')) },
    { env: environmentPair, files: crd(D('DEF')) },
  ],
  'D03: keys in the environment beside a profile that is missing': [
    { env: { ...environmentPair, AWS_PROFILE: 'gone' } },
    { env: { ...environmentPair, AWS_PROFILE: 'gone' }, files: crd(D('DEF')) },
    { env: { ...environmentPair, ...onInstance, AWS_PROFILE: 'gone' }, files: crd(D('DEF')) },
  ],
  'D04: a profile that is missing': [
    { env: { AWS_PROFILE: 'gone' } },
    { env: { AWS_PROFILE: 'gone' }, files: crd(D('DEF')) },
    { env: { ...webIdentity, AWS_PROFILE: 'gone' }, files: crd(D('DEF'), token) },
    { env: { ...onInstance, AWS_PROFILE: 'gone' } },
    { env: { AWS_PROFILE: 'gone', AWS_CONTAINER_CREDENTIALS_FULL_URI: '{STUB}/container' } },
  ],
  'D05: an empty AWS_PROFILE': [{ env: { AWS_PROFILE: '' }, files: crd(D('DEF')) }],
  'D06: AWS_DEFAULT_PROFILE and AWS_PROFILE': [
    { env: { AWS_DEFAULT_PROFILE: 'a', AWS_PROFILE: 'b' }, files: crd(`[a]\n${pair('A')}[b]\n${pair('B')}`) },
    { env: { AWS_DEFAULT_PROFILE: 'a' }, files: crd(`[a]\n${pair('A')}${D('DEF')}`) },
    { env: { AWS_DEFAULT_PROFILE: 'gone' }, files: crd(`[a]\n${pair('A')}${D('DEF')}`) },
    { env: { AWS_DEFAULT_PROFILE: 'a', AWS_PROFILE: '' }, files: crd(`[a]\n${pair('A')}${D('DEF')}`) },
  ],
  'D07: web identity of the environment beside keys of the default profile': [
    { env: webIdentity, files: crd(D('DEF'), token) },
  ],
  'D08: a key id alone in the environment': [
    { env: { AWS_ACCESS_KEY_ID: 'AKIDENV' }, files: crd(D('DEF')) },
    { env: { AWS_SECRET_ACCESS_KEY: 'made-up-secret' }, files: crd(D('DEF')) },
    { env: { AWS_ACCESS_KEY_ID: 'AKIDENV', AWS_SECRET_ACCESS_KEY: '' }, files: crd(D('DEF')) },
    { env: { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: 'made-up-secret' }, files: crd(D('DEF')) },
    { env: { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' }, files: crd(D('DEF')) },
  ],
  'D09: both names of the session token': [
    { env: { ...environmentPair, AWS_SECURITY_TOKEN: 'OLD', AWS_SESSION_TOKEN: 'NEW' } },
    { env: { ...environmentPair, AWS_SECURITY_TOKEN: 'OLD' } },
    { env: { ...environmentPair, AWS_SECURITY_TOKEN: '', AWS_SESSION_TOKEN: 'NEW' } },
    { env: { ...environmentPair, AWS_SESSION_TOKEN: '' } },
  ],
  'D10: blanks around the keys of the environment': [
    {
      env: { AWS_ACCESS_KEY_ID: ' AKIDENV ', AWS_SECRET_ACCESS_KEY: ' made-up-secret ', AWS_SESSION_TOKEN: ' token ' },
    },
    { env: { AWS_ACCESS_KEY_ID: '\tAKIDENV\n', AWS_SECRET_ACCESS_KEY: 'made-up-secret' } },
    { env: { AWS_ACCESS_KEY_ID: ' ', AWS_SECRET_ACCESS_KEY: ' ' }, files: crd(D('DEF')) },
    { env: { AWS_ACCESS_KEY_ID: 'AKIDENV', AWS_SECRET_ACCESS_KEY: '  ' }, files: crd(D('DEF')) },
  ],
  'D11: aliases of the variables': [
    { env: { AWS_ACCESS_KEY: 'AKIDALIAS', AWS_SECRET_KEY: 'made-up-secret' } },
    { env: { AWS_ACCESS_KEY: 'AKIDALIAS', AWS_SECRET_KEY: 'made-up-secret' }, files: crd(D('DEF')) },
    { env: { AWS_ACCESS_KEY: 'AKIDALIAS', AWS_SECRET_KEY: 'made-up-secret', ...environmentPair } },
    { env: { AWS_ACCESS_KEY_ID: 'AKIDENV', AWS_SECRET_KEY: 'made-up-secret' } },
    { env: { AWS_ACCESS_KEY: 'AKIDALIAS', AWS_SECRET_ACCESS_KEY: 'made-up-secret' } },
    {
      env: {
        AWS_ACCESS_KEY_ID: '',
        AWS_ACCESS_KEY: 'AKIDALIAS',
        AWS_SECRET_ACCESS_KEY: '',
        AWS_SECRET_KEY: 'made-up-secret',
      },
    },
    { env: { AMAZON_ACCESS_KEY_ID: 'AKIDAMAZON', AMAZON_SECRET_ACCESS_KEY: 'made-up-secret' } },
    {
      env: {
        AMAZON_ACCESS_KEY_ID: 'AKIDAMAZON',
        AMAZON_SECRET_ACCESS_KEY: 'made-up-secret',
        AMAZON_SESSION_TOKEN: 'token-amazon',
      },
    },
    { env: { AMAZON_ACCESS_KEY_ID: 'AKIDAMAZON', AMAZON_SECRET_ACCESS_KEY: 'made-up-secret', ...environmentPair } },
    { env: { AWS_ACCESS_KEY_ID: 'AKIDENV', AMAZON_SECRET_ACCESS_KEY: 'made-up-secret' } },
    { env: { AWS_ACCESS_KEY_ID: 'AKIDENV', SECRET_ACCESS_KEY: 'made-up-secret' } },
    { env: { ACCESS_KEY_ID: 'AKIDBARE', SECRET_ACCESS_KEY: 'made-up-secret' } },
    { env: { AWS_KEY: 'AKIDBARE', AWS_SECRET: 'made-up-secret' } },
    { env: { aws_access_key_id: 'AKIDSMALL', aws_secret_access_key: 'made-up-secret' } },
    { env: { ...environmentPair, AMAZON_SESSION_TOKEN: 'token-amazon' } },
  ],
  'D12: an end of the session that is over, in the environment': [
    { env: { ...environmentPair, AWS_SESSION_TOKEN: 't', AWS_CREDENTIAL_EXPIRATION: '2001-01-01T00:00:00Z' } },
    { env: { ...environmentPair, AWS_CREDENTIAL_EXPIRATION: '2001-01-01T00:00:00Z' }, files: crd(D('DEF')) },
    { env: { ...environmentPair, AWS_CREDENTIAL_EXPIRATION: '2099-01-01T00:00:00Z' } },
    { env: { ...environmentPair, AWS_CREDENTIAL_EXPIRATION: 'soon' } },
  ],
  'D13: a profile by argument beside keys in the environment': [
    { env: environmentPair, files: crd(`[dev]\n${pair('DEV')}`), profile: 'dev' },
    { env: environmentPair, files: crd(D('DEF')), profile: 'default' },
    { env: environmentPair, files: crd(D('DEF')), profile: 'gone' },
    {
      env: { ...environmentPair, AWS_PROFILE: 'dev' },
      files: crd(`[dev]\n${pair('DEV')}[b]\n${pair('B')}`),
      profile: 'b',
    },
    { env: { ...webIdentity, ...environmentPair }, files: crd(`[dev]\n${pair('DEV')}`, token), profile: 'dev' },
    { env: webIdentity, files: crd(`[dev]\n${pair('DEV')}`, token), profile: 'dev' },
    { env: environmentPair, files: cfg('[profile dev]\nregion = eu-west-1\n'), profile: 'dev' },
  ],
  'D14: a token file without a role': [
    { env: { ...wired, AWS_WEB_IDENTITY_TOKEN_FILE: '{HOME}/token' }, files: crd(D('DEF'), token) },
    { env: { ...wired, AWS_ROLE_ARN: roleArn('w') }, files: crd(D('DEF')) },
    { env: { ...webIdentity, AWS_ROLE_ARN: '' }, files: crd(D('DEF'), token) },
    { env: { ...webIdentity, AWS_WEB_IDENTITY_TOKEN_FILE: '' }, files: crd(D('DEF'), token) },
  ],
  'D15: a token file that is not there': [
    { env: webIdentity },
    { env: webIdentity, files: crd(D('DEF')) },
    { env: { ...webIdentity, ...onInstance } },
    { env: { ...webIdentity, AWS_CONTAINER_CREDENTIALS_FULL_URI: '{STUB}/container' } },
    { env: webIdentity, files: { token: '' } },
    { env: webIdentity, files: { token: null } },
    { env: { ...webIdentity, AWS_WEB_IDENTITY_TOKEN_FILE: '~/token' }, files: token },
    { env: { ...webIdentity, AWS_WEB_IDENTITY_TOKEN_FILE: '$HOME/token' }, files: token },
    { env: { ...webIdentity, AWS_WEB_IDENTITY_TOKEN_FILE: 'token' }, files: token },
    { env: { ...webIdentity, AWS_WEB_IDENTITY_TOKEN_FILE: ' {HOME}/token ' }, files: token },
    { env: { ...webIdentity, AWS_ROLE_SESSION_NAME: 'named' }, files: token },
  ],
  'D16: a line without sense in the config file beside keys in the environment': [
    { env: environmentPair, files: cfg('[default]\nregion = eu-west-1\ngarbage\n') },
    { env: environmentPair, files: crd('[default]\ngarbage\n') },
  ],
  'D17: a broken profile beside keys in the environment': [
    { env: environmentPair, files: cfg(`[default]\n${R}`) },
    { env: environmentPair, files: cfg(`[default]\n${R}source_profile = gone\n`) },
    { env: environmentPair, files: cfg('[default]\nsso_session = gone\nsso_account_id = 1\nsso_role_name = r\n') },
    { env: environmentPair, files: cfg('[default]\nsso_session = gone\n') },
    { env: environmentPair, files: cfg('[default]\nsource_profile = b\n') },
    { env: environmentPair, files: cfg('[default]\naws_access_key_id = AKIDPARTIAL\n') },
    { env: environmentPair, files: crd('[default]\naws_access_key_id = AKIDPARTIAL\n') },
    { env: environmentPair, files: crd('[default]\naws_secret_access_key = made-up-secret\n') },
    { env: { ...environmentPair, AWS_EC2_METADATA_V1_DISABLED: 'perhaps' } },
    { env: { ...environmentPair, AWS_PROFILE: 'dev' }, files: cfg(`[profile dev]\n${R}source_profile = dev\n`) },
    {
      env: environmentPair,
      files: cfg(
        `[default]\n${R}source_profile = b\nmfa_serial = arn:aws:iam::${ACCOUNT}:mfa/ana\n[profile b]\n${pair('B')}`,
      ),
    },
  ],
  'D18: a role without a source, keys in the credentials file': [
    { env: wired, files: both(`[default]\n${R}`, D('DEF')) },
    { env: { ...wired, AWS_SDK_LOAD_CONFIG: null }, files: both(`[default]\n${R}`, D('DEF')) },
    { env: wired, files: cfg(`[default]\n${R}${pair('DEF')}`) },
    { env: wired, files: crd(`[default]\n${R}${pair('DEF')}`) },
  ],
  'D19: a role from its own profile': [
    { env: wired, files: both(`[default]\n${R}source_profile = default\n`, D('DEF')) },
    {
      env: { ...wired, AWS_SDK_LOAD_CONFIG: null },
      files: both(`[default]\n${R}source_profile = default\n`, D('DEF')),
    },
    {
      env: { ...wired, AWS_PROFILE: 'dev' },
      files: both(`[profile dev]\n${R}source_profile = dev\n`, `[dev]\n${pair('DEV')}`),
    },
    { env: wired, files: crd(`[default]\n${R}source_profile = default\n${pair('DEF')}`) },
  ],
  'D20: keys and a process in the config file': [
    { env: wired, files: cfg(`[default]\n${pair('A')}credential_process = ${goodProcess()}\n`) },
  ],
  'D21: keys in the credentials file and a process in the config file': [
    { env: wired, files: both(`[default]\ncredential_process = ${goodProcess()}\n`, D('A')) },
    { env: wired, files: both(D('A'), `[default]\ncredential_process = ${goodProcess()}\n`) },
    { env: wired, files: crd(`[default]\ncredential_process = ${goodProcess()}\n`) },
    { env: wired, files: crd(`[default]\n${pair('A')}credential_process = ${goodProcess()}\n`) },
  ],
  'D22: keys in the credentials file and SSO in the config file': [
    'missing',
    'valid',
    'expired',
    'refreshable',
  ].flatMap((kind) => {
    const cache = filesOf({ [ssoCacheFile(START_URL)]: ssoCacheTexts[kind] })
    return [
      { env: wired, files: both(`[default]\n${legacySso}`, D('A'), cache) },
      { env: { ...wired, AWS_SDK_LOAD_CONFIG: null }, files: both(`[default]\n${legacySso}`, D('A'), cache) },
    ]
  }),
  'D23: keys and a session of aws login': ['missing', 'valid'].flatMap((kind) => {
    const cache = filesOf({ [loginCacheFile(LOGIN_SESSION)]: loginCacheTexts[kind] })
    const login = `login_session = ${LOGIN_SESSION}\n`
    return [
      { env: wired, files: both(`[default]\n${login}`, D('A'), cache) },
      { env: wired, files: cfg(`[default]\n${login}${pair('A')}`, cache) },
      { env: wired, files: cfg(`[default]\n${login}`, cache) },
    ]
  }),
  'D24: a role and SSO keys without a source': ['missing', 'valid'].map((kind) => ({
    env: wired,
    files: cfg(`[default]\n${R}${legacySso}`, filesOf({ [ssoCacheFile(START_URL)]: ssoCacheTexts[kind] })),
  })),
  'D25: a role with a source and SSO keys': ['missing', 'valid'].map((kind) => ({
    env: wired,
    files: cfg(
      `[default]\n${R}source_profile = b\n${legacySso}[profile b]\n${pair('B')}`,
      filesOf({ [ssoCacheFile(START_URL)]: ssoCacheTexts[kind] }),
    ),
  })),
  'D26: a role with a token file and a source': [
    {
      env: wired,
      files: cfg(
        `[default]\n${R}web_identity_token_file = {HOME}/token\nsource_profile = b\n[profile b]\n${pair('B')}`,
        token,
      ),
    },
    { env: wired, files: cfg(`[default]\n${R}web_identity_token_file = {HOME}/token\n`, token) },
    { env: wired, files: cfg(`[default]\n${R}web_identity_token_file = {HOME}/token\n${pair('A')}`, token) },
    {
      env: wired,
      files: cfg(`[default]\n${R}web_identity_token_file = {HOME}/token\nrole_session_name = named\n`, token),
    },
    { env: wired, files: cfg(`[default]\nweb_identity_token_file = {HOME}/token\n${pair('A')}`, token) },
    { env: webIdentity, files: cfg(`[default]\n${R}web_identity_token_file = {HOME}/other\n`, token) },
  ],
  'D27: a role without a source on an instance': [{ env: { ...wired, ...onInstance }, files: cfg(`[default]\n${R}`) }],
  'D28: a role with both kinds of sources and keys of its own': [
    {
      env: { ...wired, ...onInstance },
      files: cfg(
        `[default]\n${R}source_profile = b\ncredential_source = Ec2InstanceMetadata\n${pair('OWN')}[profile b]\n${pair('B')}`,
      ),
    },
    {
      env: wired,
      files: cfg(`[default]\n${R}source_profile = b\ncredential_source = Environment\n[profile b]\n${pair('B')}`),
    },
  ],
  'D29: a loop of roles with keys at its start': [
    {
      env: { ...wired, AWS_PROFILE: 'a' },
      files: cfg(
        `[profile a]\nrole_arn = ${roleArn('r1')}\nsource_profile = b\n${pair('A')}[profile b]\nrole_arn = ${roleArn('r2')}\nsource_profile = a\n`,
      ),
    },
  ],
  'D31: a source that is missing, on an instance': [
    { env: { ...wired, ...onInstance }, files: cfg(`[default]\n${R}source_profile = zz\n`) },
    { env: wired, files: cfg(`[default]\n${R}source_profile = zz\n`) },
    { env: { ...wired, ...onInstance }, files: both(`[default]\n${R}source_profile = zz\n`, D('DEF')) },
  ],
  'D32: the case of credential_source': [
    'Environment',
    'environment',
    'ENVIRONMENT',
    'EcsContainer',
    'ecscontainer',
    'Ec2InstanceMetadata',
    'ec2instancemetadata',
    'Moon',
    '',
  ].flatMap((name) => [
    {
      env: {
        ...wired,
        ...onInstance,
        ...environmentPair,
        AWS_PROFILE: 'a',
        AWS_CONTAINER_CREDENTIALS_FULL_URI: '{STUB}/container',
      },
      files: cfg(`[profile a]\n${R}credential_source = ${name}\n`),
    },
    {
      env: { ...wired, ...environmentPair },
      files: cfg(`[profile a]\n${R}credential_source = ${name}\n`),
      profile: 'a',
    },
    {
      env: { ...wired, ...onInstance, AWS_PROFILE: 'a' },
      files: cfg(`[profile a]\n${R}credential_source = ${name}\n`),
    },
  ]),
  'D33: a role that wants MFA': [
    {
      env: wired,
      files: cfg(
        `[default]\n${R}source_profile = b\nmfa_serial = arn:aws:iam::${ACCOUNT}:mfa/ana\n[profile b]\n${pair('B')}`,
      ),
    },
    {
      env: { ...wired, ...onInstance },
      files: cfg(
        `[default]\n${R}source_profile = b\nmfa_serial = arn:aws:iam::${ACCOUNT}:mfa/ana\n[profile b]\n${pair('B')}`,
      ),
    },
    { env: wired, files: cfg(`[default]\n${R}source_profile = b\nmfa_serial =\n[profile b]\n${pair('B')}`) },
  ],
  'D34: a role with an external id': [
    {
      env: wired,
      files: cfg(`[default]\n${R}source_profile = b\nexternal_id = made-up-id\n[profile b]\n${pair('B')}`),
    },
  ],
  'D35: a role with a duration': ['7200', '900', 'soon', '', '0'].map((seconds) => ({
    env: wired,
    files: cfg(
      `[default]\n${R}source_profile = b\nduration_seconds = ${seconds}\nrole_session_name = named\n[profile b]\n${pair('B')}`,
    ),
  })),
  'D36: an incomplete SSO profile': [
    { env: wired, files: cfg('[default]\nsso_region = eu-west-1\n') },
    { env: { ...wired, ...onInstance }, files: cfg('[default]\nsso_region = eu-west-1\n') },
    { env: wired, files: cfg(`[default]\nsso_start_url = ${START_URL}\n`) },
    { env: wired, files: cfg(`[default]\nsso_account_id = ${ACCOUNT}\n`) },
    { env: wired, files: cfg('[default]\nsso_role_name = admin\n') },
    { env: wired, files: cfg(`[default]\nsso_account_id = ${ACCOUNT}\nsso_role_name = admin\n`) },
    {
      env: wired,
      files: both(`[default]\nsso_account_id = ${ACCOUNT}\nsso_role_name = admin\nsso_region = eu-west-1\n`, D('DEF')),
    },
    {
      env: { ...wired, ...onInstance },
      files: cfg(`[default]\nsso_account_id = ${ACCOUNT}\nsso_role_name = admin\nsso_start_url = ${START_URL}\n`),
    },
    {
      env: wired,
      files: cfg(
        `[default]\nsso_account_id =\nsso_role_name =\nsso_region = eu-west-1\nsso_start_url = ${START_URL}\n`,
      ),
    },
  ],
  'D37: an SSO session that is missing': [
    { env: wired, files: cfg(`[default]\nsso_session = gone\nsso_account_id = ${ACCOUNT}\nsso_role_name = admin\n`) },
    {
      env: { ...wired, ...onInstance },
      files: cfg(`[default]\nsso_session = gone\nsso_account_id = ${ACCOUNT}\nsso_role_name = admin\n`),
    },
    { env: wired, files: both('[default]\nsso_session = gone\n', D('DEF')) },
    { env: wired, files: cfg(`[default]\nsso_session =\nsso_account_id = ${ACCOUNT}\nsso_role_name = admin\n`) },
  ],
  'D38: an SSO session whose keys the profile repeats': [
    ['eu-west-1', START_URL],
    ['us-east-1', START_URL],
    ['eu-west-1', 'https://other.example.com/start'],
  ].map(([region, url]) => ({
    env: wired,
    files: cfg(
      `[default]\nsso_session = corp\nsso_account_id = ${ACCOUNT}\nsso_role_name = admin\nsso_region = ${region}\nsso_start_url = ${url}\n[sso-session corp]\nsso_region = eu-west-1\nsso_start_url = ${START_URL}\n`,
      filesOf({ [ssoCacheFile('corp')]: ssoCacheTexts['valid'] }),
    ),
  })),
  'D39: an SSO token that is over, on an instance': ['expired', 'missing', 'half-written'].map((kind) => ({
    env: { ...wired, ...onInstance },
    files: cfg(`[default]\n${legacySso}`, filesOf({ [ssoCacheFile(START_URL)]: ssoCacheTexts[kind] })),
  })),
  'D40: a source that holds only a session of aws login': ['missing', 'valid'].map((kind) => ({
    env: wired,
    files: cfg(
      `[default]\n${R}source_profile = b\n[profile b]\nlogin_session = ${LOGIN_SESSION}\n`,
      filesOf({ [loginCacheFile(LOGIN_SESSION)]: loginCacheTexts[kind] }),
    ),
  })),
  'D41: a process that fails': Object.values(doubtfulProcesses).flatMap((command) => [
    { env: wired, files: cfg(`[default]\ncredential_process = ${command}\noutput = json\n`) },
    {
      env: { ...wired, ...onInstance },
      files: both(`[default]\ncredential_process = ${command}\noutput = json\n`, '[other]\n'),
    },
  ]),
  'D44: a role that fails softly beside a process': [
    { env: wired, files: cfg(`[default]\n${R}source_profile = gone\ncredential_process = ${goodProcess()}\n`) },
    { env: wired, files: cfg(`[default]\n${R}credential_process = ${goodProcess()}\n`) },
    { env: wired, files: cfg(`[default]\n${R}credential_source = Moon\ncredential_process = ${goodProcess()}\n`) },
  ],
  'D45: a key id without a secret, and a process': [
    {
      env: wired,
      files: both(`[default]\ncredential_process = ${goodProcess()}\n`, '[default]\naws_access_key_id = AKIDPARTIAL\n'),
    },
    {
      env: wired,
      files: both(
        `[default]\ncredential_process = ${goodProcess()}\n`,
        '[default]\naws_secret_access_key = made-up-secret\n',
      ),
    },
  ],
  'D61: keys without a token in the credentials file, an old token in the config file': [
    { env: wired, files: both('[default]\naws_session_token = stale\n', D('A')) },
    { env: { AWS_SDK_LOAD_CONFIG: null }, files: both('[default]\naws_session_token = stale\n', D('A')) },
    { env: wired, files: both(`[default]\n${pair('B', 'stale')}`, D('A')) },
    { env: wired, files: both(`[default]\n${pair('B')}`, `[default]\n${pair('A', 'fresh')}`) },
  ],
  'D62: key id and secret in different files': [
    {
      env: wired,
      files: both('[default]\naws_access_key_id = AKIDA\n', '[default]\naws_secret_access_key = made-up-secret\n'),
    },
    {
      env: wired,
      files: both('[default]\naws_secret_access_key = made-up-secret\n', '[default]\naws_access_key_id = AKIDA\n'),
    },
    {
      env: { ...wired, AWS_PROFILE: 'dev' },
      files: both('[profile dev]\naws_secret_access_key = made-up-secret\n', '[dev]\naws_access_key_id = AKIDA\n'),
    },
  ],
  'D64: one of the two file variables': [
    { env: { ...wired, AWS_CONFIG_FILE: '{HOME}/x/config' }, files: { 'x/config': D('X'), [CREDENTIALS]: D('C') } },
    {
      env: { ...wired, AWS_CONFIG_FILE: '{HOME}/x/config' },
      files: { 'x/config': D('X'), 'x/credentials': D('XC'), [CONFIG]: D('CF') },
    },
    {
      env: { ...wired, AWS_SHARED_CREDENTIALS_FILE: '{HOME}/x/credentials' },
      files: { 'x/credentials': '[o]\n', 'x/config': D('X'), [CONFIG]: D('C') },
    },
    {
      env: { ...wired, AWS_SHARED_CREDENTIALS_FILE: '{HOME}/none' },
      files: { [CREDENTIALS]: D('C'), [CONFIG]: D('CF') },
    },
    {
      env: { AWS_SHARED_CREDENTIALS_FILE: '{HOME}/none', AWS_CONFIG_FILE: '{HOME}/nope' },
      files: { [CREDENTIALS]: D('C'), [CONFIG]: D('CF') },
    },
  ],
  'D65: a config file alone': [
    { files: cfg(D('A')) },
    ...['1', '0', 'false', 'true', ''].map((value) => ({ env: { AWS_SDK_LOAD_CONFIG: value }, files: cfg(D('A')) })),
    ...['1', '0', 'false', 'true', ''].map((value) => ({ env: { AWS_SDK_CONFIG_OPT_OUT: value }, files: cfg(D('A')) })),
    { env: { AWS_SDK_CONFIG_OPT_OUT: '1' }, files: both(D('A'), D('C')) },
    { env: { AWS_SDK_LOAD_CONFIG: '1' }, files: crd(D('A')) },
  ],
  'D66: AWS_EC2_METADATA_DISABLED in its spellings': [
    '1',
    'true',
    'TRUE',
    'True',
    'yes',
    'false',
    'FALSE',
    '0',
    '',
    ' true',
    'none',
  ].map((value) => ({
    env: { ...wired, ...onInstance, AWS_EC2_METADATA_DISABLED: value },
  })),
  'D68: an empty relative URI': [
    { env: { ...wired, ...onInstance, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '' } },
    { env: { ...wired, ...onInstance, AWS_CONTAINER_CREDENTIALS_FULL_URI: '' } },
    {
      env: {
        ...wired,
        AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '',
        AWS_CONTAINER_CREDENTIALS_FULL_URI: '{STUB}/container',
      },
    },
  ],
  'D70: both container tokens': [
    {
      env: {
        ...wired,
        AWS_CONTAINER_CREDENTIALS_FULL_URI: '{STUB}/container/token',
        AWS_CONTAINER_AUTHORIZATION_TOKEN: 'made-up-token',
        AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '{HOME}/authorization',
      },
      files: { authorization: 'made-up-token' },
    },
    {
      env: {
        ...wired,
        AWS_CONTAINER_CREDENTIALS_FULL_URI: '{STUB}/container/token',
        AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '{HOME}/authorization',
      },
      files: { authorization: 'made-up-token' },
    },
    {
      env: {
        ...wired,
        AWS_CONTAINER_CREDENTIALS_FULL_URI: '{STUB}/container/token',
        AWS_CONTAINER_AUTHORIZATION_TOKEN: 'made-up-token',
      },
    },
    {
      env: {
        ...wired,
        AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/container/token',
        AWS_CONTAINER_AUTHORIZATION_TOKEN: 'made-up-token',
      },
    },
    {
      env: {
        ...wired,
        AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/v1/credentials',
        AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '{HOME}/authorization',
      },
      files: { authorization: 'made-up-token' },
    },
  ],
  'D72: an instance with version 1 of its metadata only': [
    { env: { ...wired, AWS_EC2_METADATA_SERVICE_ENDPOINT: '{STUB_V1}' } },
    { env: { ...wired, AWS_EC2_METADATA_SERVICE_ENDPOINT: '{STUB_V1}', AWS_EC2_METADATA_V1_DISABLED: 'true' } },
    { env: { ...wired, AWS_EC2_METADATA_SERVICE_ENDPOINT: '{STUB_V1}', AWS_EC2_METADATA_V1_DISABLED: 'false' } },
    {
      env: { ...wired, AWS_EC2_METADATA_SERVICE_ENDPOINT: '{STUB_V1}' },
      files: cfg('[default]\nec2_metadata_v1_disabled = true\n'),
    },
  ],
  'D73: AWS_REGION alone': [{ env: { ...environmentPair, AWS_REGION: 'eu-west-1' } }],
  'D74: AWS_DEFAULT_REGION alone': [{ env: { ...environmentPair, AWS_DEFAULT_REGION: 'eu-west-1' } }],
  'D75: an empty AWS_DEFAULT_REGION': [
    { env: { ...environmentPair, AWS_DEFAULT_REGION: '' } },
    { env: { ...environmentPair, AWS_REGION: '' } },
  ],
}

export function* rowStates(): Generator<MachineState> {
  for (const [name, variants] of Object.entries(rows)) {
    for (const [index, { env = {}, files = {}, profile = null }] of variants.entries()) {
      yield state(variants.length === 1 ? name : `${name} (${index + 1})`, env, files, profile)
    }
  }
  yield* cacheStates()
}
