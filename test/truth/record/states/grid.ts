import {
  ACCOUNT,
  CONFIG,
  CREDENTIALS,
  type Environment,
  environmentPair,
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

/* The triggers against each other. */

const R = `role_arn = ${roleArn('r')}\n`
const token = { token: 'made-up-identity-token' }
const caches = filesOf({
  [ssoCacheFile(START_URL)]: ssoCacheTexts['valid'],
  [ssoCacheFile('corp')]: ssoCacheTexts['valid'],
  [loginCacheFile(LOGIN_SESSION)]: loginCacheTexts['valid'],
})

/** Each piece by which one profile can hold credentials. */
const pieces: Readonly<Record<string, string>> = {
  keys: pair('OWN'),
  role: `${R}source_profile = b\n`,
  'role alone': R,
  source: 'credential_source = Environment\n',
  'web identity': 'web_identity_token_file = {HOME}/token\n',
  sso: `sso_account_id = ${ACCOUNT}\nsso_role_name = admin\nsso_region = eu-west-1\nsso_start_url = ${START_URL}\n`,
  'sso session': `sso_session = corp\nsso_account_id = ${ACCOUNT}\nsso_role_name = admin\n`,
  'bearer session': 'sso_session = corp\n',
  login: `login_session = ${LOGIN_SESSION}\n`,
  process: `credential_process = ${goodProcess('OWN')}\n`,
}
const others = `[profile b]\n${pair('B')}[sso-session corp]\nsso_region = eu-west-1\nsso_start_url = ${START_URL}\n`

/** Pieces two by two and three by three in one profile: of the config file, of both files, and as the source of a role. */
function* mixes(): Generator<MachineState> {
  const names = Object.keys(pieces)
  const groups = names.flatMap((a, i) => [
    [a],
    ...names.slice(i + 1).flatMap((b, j) => [[a, b], ...names.slice(i + j + 2).map((c) => [a, b, c])]),
  ])
  for (const group of groups) {
    if (clashes(group)) continue
    const own = group.map((name) => pieces[name]).join('')
    const name = group.join(' + ')
    yield state(`one profile: ${name}`, wired, { [CONFIG]: `[default]\n${own}${others}`, ...token, ...caches })
    if (group.length === 3) continue
    yield state(
      `one profile by argument: ${name}`,
      { ...wired, ...environmentPair },
      { [CONFIG]: `[profile dev]\n${own}${others}`, ...token, ...caches },
      'dev',
    )
    yield state(
      `one profile and no caches: ${name}`,
      { ...wired, ...onInstance },
      { [CONFIG]: `[default]\n${own}${others}` },
    )
    yield state(`one profile, all in the credentials file: ${name}`, wired, {
      [CREDENTIALS]: `[default]\n${own}`,
      [CONFIG]: others,
      ...token,
      ...caches,
    })
    yield state(`keys in the credentials file beside: ${name}`, wired, {
      [CREDENTIALS]: `[default]\n${pair('CRED')}`,
      [CONFIG]: `[default]\n${own}${others}`,
      ...token,
      ...caches,
    })
    yield state(
      `a role from a profile with: ${name}`,
      { ...wired, AWS_PROFILE: 'a' },
      {
        [CONFIG]: `[profile a]\nrole_arn = ${roleArn('outer')}\nsource_profile = s\n[profile s]\n${own}${others}`,
        ...token,
        ...caches,
      },
    )
    yield state(
      `a role from a profile by argument with: ${name}`,
      { ...wired, ...environmentPair },
      {
        [CONFIG]: `[profile a]\nrole_arn = ${roleArn('outer')}\nsource_profile = s\n[profile s]\n${own}${others}`,
        ...token,
        ...caches,
      },
      'a',
    )
    if (group.length === 2) {
      yield state(`one in each file: ${name}`, wired, {
        [CREDENTIALS]: `[default]\n${pieces[group[0]!]}`,
        [CONFIG]: `[default]\n${pieces[group[1]!]}${others}`,
        ...token,
        ...caches,
      })
      yield state(`one in each file, turned: ${name}`, wired, {
        [CREDENTIALS]: `[default]\n${pieces[group[1]!]}`,
        [CONFIG]: `[default]\n${pieces[group[0]!]}${others}`,
        ...token,
        ...caches,
      })
    }
  }
}

/** Two pieces that would write one key twice. */
function clashes(group: readonly string[]): boolean {
  return (
    ['role', 'role alone'].every((name) => group.includes(name)) ||
    group.filter((name) => name.includes('s') && /sso|bearer/.test(name)).length > 1
  )
}

/** Where things come from outside the files, against what the files hold. */
function* environments(): Generator<MachineState> {
  const outside: Readonly<Record<string, Environment>> = {
    nothing: {},
    keys: environmentPair,
    'keys and token': { ...environmentPair, AWS_SESSION_TOKEN: 'token-env' },
    'half a pair': { AWS_ACCESS_KEY_ID: 'AKIDENV' },
    'the web identity': { AWS_WEB_IDENTITY_TOKEN_FILE: '{HOME}/token', AWS_ROLE_ARN: roleArn('w') },
    'the container': { AWS_CONTAINER_CREDENTIALS_FULL_URI: '{STUB}/container' },
    'the ECS container': { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/container' },
    'the instance': onInstance,
    'container and instance': { AWS_CONTAINER_CREDENTIALS_FULL_URI: '{STUB}/container', ...onInstance },
    'web identity and container': {
      AWS_WEB_IDENTITY_TOKEN_FILE: '{HOME}/token',
      AWS_ROLE_ARN: roleArn('w'),
      AWS_CONTAINER_CREDENTIALS_FULL_URI: '{STUB}/container',
    },
    'keys and web identity': {
      ...environmentPair,
      AWS_WEB_IDENTITY_TOKEN_FILE: '{HOME}/token',
      AWS_ROLE_ARN: roleArn('w'),
    },
    'the role alone': { AWS_ROLE_ARN: roleArn('w') },
  }
  const selections: Readonly<Record<string, Environment>> = {
    none: {},
    dev: { AWS_PROFILE: 'dev' },
    gone: { AWS_PROFILE: 'gone' },
    empty: { AWS_PROFILE: '' },
    default: { AWS_PROFILE: 'default' },
    'default variable': { AWS_DEFAULT_PROFILE: 'dev' },
    'default variable gone': { AWS_DEFAULT_PROFILE: 'gone' },
    'both variables': { AWS_DEFAULT_PROFILE: 'other', AWS_PROFILE: 'dev' },
  }
  const inside: Readonly<Record<string, MachineState['files']>> = {
    nothing: {},
    keys: { [CREDENTIALS]: `[default]\n${pair('DEF')}[dev]\n${pair('DEV', 'token-dev')}[other]\n${pair('OTHER')}` },
    'config keys': {
      [CONFIG]: `[default]\n${pair('DEF')}[profile dev]\n${pair('DEV')}[profile other]\n${pair('OTHER')}`,
    },
    roles: {
      [CONFIG]: `[default]\n${R}source_profile = other\n[profile dev]\n${R}source_profile = other\n`,
      [CREDENTIALS]: `[other]\n${pair('OTHER')}`,
    },
    'profiles without keys': {
      [CONFIG]: '[default]\nregion = eu-west-1\n[profile dev]\nregion = eu-west-1\n[profile other]\n',
    },
  }
  for (const [from, env] of Object.entries(outside)) {
    for (const [selected, selection] of Object.entries(selections)) {
      for (const [held, files] of Object.entries(inside)) {
        yield state(
          `outside ${from}; profile ${selected}; inside ${held}`,
          { ...wired, ...env, ...selection },
          { ...files, ...token },
        )
      }
    }
    for (const profile of ['dev', 'default', 'gone', '']) {
      for (const [held, files] of Object.entries(inside)) {
        yield state(
          `outside ${from}; argument ${JSON.stringify(profile)}; inside ${held}`,
          { ...wired, ...env },
          { ...files, ...token },
          profile,
        )
      }
    }
  }
}

function* roles(): Generator<MachineState> {
  const b = `[profile b]\n${pair('B')}`
  const configs: Readonly<Record<string, string>> = {
    'from b': `[default]\n${R}source_profile = b\n${b}`,
    'from b with blanks': `[default]\n${R}source_profile =  b \n${b}`,
    'from B': `[default]\n${R}source_profile = B\n${b}`,
    'from nothing': `[default]\n${R}source_profile =\n${b}`,
    'from a missing profile': `[default]\n${R}source_profile = zz\n`,
    'from an empty profile': `[default]\n${R}source_profile = b\n[profile b]\nregion = eu-west-1\n`,
    'from a partial profile': `[default]\n${R}source_profile = b\n[profile b]\naws_access_key_id = AKIDA\n`,
    'from a secret only': `[default]\n${R}source_profile = b\n[profile b]\naws_secret_access_key = A\n`,
    'from itself': `[default]\n${R}source_profile = default\n${pair('OWN')}`,
    'from itself without keys': `[default]\n${R}source_profile = default\n`,
    'from itself with half a pair': `[default]\n${R}source_profile = default\naws_access_key_id = AKIDA\n`,
    loop: `[default]\n${R}source_profile = b\n[profile b]\n${R}source_profile = default\n${pair('B')}`,
    'loop with keys at the start': `[default]\n${pair('OWN')}${R}source_profile = b\n[profile b]\n${R}source_profile = default\n`,
    'loop beyond the start': `[default]\n${R}source_profile = b\n[profile b]\n${R}source_profile = c\n${pair('B')}[profile c]\n${R}source_profile = b\n`,
    'over a role': `[default]\nrole_arn = ${roleArn('r1')}\nsource_profile = b\n[profile b]\nrole_arn = ${roleArn('r2')}\nsource_profile = c\n[profile c]\n${pair('C')}`,
    'over two roles': `[default]\nrole_arn = ${roleArn('r1')}\nsource_profile = b\n[profile b]\nrole_arn = ${roleArn('r2')}\nsource_profile = c\n[profile c]\nrole_arn = ${roleArn('r3')}\nsource_profile = d\n[profile d]\n${pair('D')}`,
    'over a role with keys': `[default]\nrole_arn = ${roleArn('r1')}\nsource_profile = b\n[profile b]\nrole_arn = ${roleArn('r2')}\nsource_profile = c\n${pair('B')}[profile c]\n${pair('C')}`,
    'over a role from itself': `[default]\nrole_arn = ${roleArn('r1')}\nsource_profile = b\n[profile b]\nrole_arn = ${roleArn('r2')}\nsource_profile = b\n${pair('B')}`,
    'over a role itself without keys': `[default]\n${R}source_profile = b\n[profile b]\n${R}source_profile = b\n`,
    'over a broken role': `[default]\n${R}source_profile = b\n[profile b]\n${R}`,
    'over a role from the environment': `[default]\nrole_arn = ${roleArn('r1')}\nsource_profile = b\n[profile b]\nrole_arn = ${roleArn('r2')}\ncredential_source = Environment\n`,
    'over a source without a role': `[default]\nrole_arn = ${roleArn('r1')}\nsource_profile = b\n[profile b]\ncredential_source = Environment\n`,
    'over a web identity': `[default]\nrole_arn = ${roleArn('r1')}\nsource_profile = b\n[profile b]\nrole_arn = ${roleArn('w')}\nweb_identity_token_file = {HOME}/token\n`,
    'over a web identity without its file': `[default]\nrole_arn = ${roleArn('r1')}\nsource_profile = b\n[profile b]\nrole_arn = ${roleArn('w')}\nweb_identity_token_file = {HOME}/none\n`,
    'over a web identity without a role': `[default]\nrole_arn = ${roleArn('r1')}\nsource_profile = b\n[profile b]\nweb_identity_token_file = {HOME}/token\n`,
    'from the environment': `[default]\n${R}credential_source = Environment\n`,
    'from an object member': `[default]\n${R}credential_source = constructor\n`,
    'from the container': `[default]\n${R}credential_source = EcsContainer\n`,
    'from the instance': `[default]\n${R}credential_source = Ec2InstanceMetadata\n`,
    empty: `[default]\nrole_arn =\n${pair('OWN')}`,
    'empty with a source': `[default]\nrole_arn =\nsource_profile = b\n${b}`,
    'with keys': `[default]\n${R}${pair('OWN')}`,
    'with a source and keys': `[default]\n${R}source_profile = b\n${pair('OWN')}${b}`,
    'from a broken SSO profile': `[default]\n${R}source_profile = b\n[profile b]\nsso_account_id = 1\n`,
    'source_profile alone': `[default]\nsource_profile = b\n${pair('OWN')}${b}`,
    'source_profile alone without keys': `[default]\nsource_profile = b\n${b}`,
    'source_profile to a missing profile, alone': `[default]\nsource_profile = zz\n${pair('OWN')}`,
    'credential_source alone': `[default]\ncredential_source = Environment\n${pair('OWN')}`,
    'credential_source alone without keys': '[default]\ncredential_source = Environment\n',
    'external_id alone': `[default]\nexternal_id = x\n${pair('OWN')}`,
    'web identity with an empty file name': `[default]\n${R}web_identity_token_file =\n${pair('OWN')}`,
    'web identity with an empty role': `[default]\nrole_arn =\nweb_identity_token_file = {HOME}/token\n${pair('OWN')}`,
    'web identity by ~': `[default]\n${R}web_identity_token_file = ~/token\n`,
    'web identity by a relative path': `[default]\n${R}web_identity_token_file = token\n`,
    'sso session quoted': `[default]\nsso_session = s s\nsso_account_id = ${ACCOUNT}\nsso_role_name = r\n[sso-session "s s"]\nsso_start_url = ${START_URL}\nsso_region = eu-west-1\n`,
    'sso session without region': `[default]\nsso_session = s\nsso_account_id = ${ACCOUNT}\nsso_role_name = r\n[sso-session s]\nsso_start_url = ${START_URL}\n`,
    'sso session without url': `[default]\nsso_session = s\nsso_account_id = ${ACCOUNT}\nsso_role_name = r\n[sso-session s]\nsso_region = eu-west-1\n`,
    'sso session without role': `[default]\nsso_session = s\nsso_account_id = ${ACCOUNT}\n[sso-session s]\nsso_start_url = ${START_URL}\nsso_region = eu-west-1\n`,
    'sso session empty': `[default]\nsso_session = s\nsso_account_id = ${ACCOUNT}\nsso_role_name = r\n[sso-session s]\n`,
    'sso url alone': `[default]\nsso_start_url = ${START_URL}\n${pair('OWN')}`,
    'sso account alone with keys': `[default]\nsso_account_id = ${ACCOUNT}\n${pair('OWN')}`,
    'sso role alone with keys': `[default]\nsso_role_name = r\n${pair('OWN')}`,
    'sso bearer alone with keys': `[default]\nsso_session = s\n${pair('OWN')}[sso-session s]\nsso_start_url = ${START_URL}\nsso_region = eu-west-1\n`,
    'sso bearer missing with keys': `[default]\nsso_session = s\n${pair('OWN')}`,
    'sso bearer incomplete with keys': `[default]\nsso_session = s\n${pair('OWN')}[sso-session s]\nsso_region = eu-west-1\n`,
    'sso bearer empty with keys': `[default]\nsso_session = s\n${pair('OWN')}[sso-session s]\n`,
    'process with a space in its path': '[default]\ncredential_process = "{HOME}/my bin/print" --flag\n',
    'process in a script': '[default]\ncredential_process = sh {HOME}/print.sh\n',
    'process without output': '[default]\ncredential_process = true\n',
    'services missing': `[default]\nservices = s\n${pair('OWN')}`,
    'services empty': `[default]\nservices = s\n${pair('OWN')}[services s]\n`,
    services: `[default]\nservices = s\nregion = eu-west-1\n${pair('OWN')}[services s]\nsts =\n  endpoint_url = http://127.0.0.1:1\n`,
    'services of iam': `[default]\nservices = s\nregion = eu-west-1\n${pair('OWN')}[services s]\niam =\n  endpoint_url = http://127.0.0.1:2\n`,
    'services that move STS to the stub': `[default]\nservices = s\nregion = eu-west-1\n${R}source_profile = b\n[services s]\nsts =\n  endpoint_url = {STUB}\n${b}`,
    endpoint_url: `[default]\nendpoint_url = http://127.0.0.1:3/\nregion = eu-west-1\n${pair('OWN')}`,
    'endpoint_url that moves STS to the stub': `[default]\nendpoint_url = {STUB}\nregion = eu-west-1\n${R}source_profile = b\n${b}`,
    'endpoint_url of the source that moves STS to the stub': `[default]\nregion = eu-west-1\n${R}source_profile = b\n[profile b]\nendpoint_url = {STUB}\n${pair('B')}`,
    'endpoint_url and services': `[default]\nendpoint_url = http://127.0.0.1:3\nservices = s\n${pair('OWN')}[services s]\nsts =\n  endpoint_url = http://127.0.0.1:1\n`,
    'endpoint_url ignored': `[default]\nendpoint_url = http://127.0.0.1:3\nignore_configured_endpoint_urls = True\nregion = eu-west-1\n${pair('OWN')}`,
    'legacy sts': `[default]\nsts_regional_endpoints = legacy\nregion = eu-west-1\n${pair('OWN')}`,
    'legacy sts elsewhere': `[default]\nsts_regional_endpoints = legacy\nregion = eu-south-1\n${pair('OWN')}`,
    'odd sts': `[default]\nsts_regional_endpoints = Legacy\nregion = eu-south-1\n${pair('OWN')}`,
    fips: `[default]\nuse_fips_endpoint = true\nregion = us-east-1\n${pair('OWN')}`,
    'dual stack': `[default]\nuse_dualstack_endpoint = true\nregion = us-east-1\n${pair('OWN')}`,
    'odd metadata timeout': `[default]\nmetadata_service_timeout = soon\n${pair('OWN')}`,
    'odd metadata mode': `[default]\nec2_metadata_service_endpoint_mode = ipv5\n${pair('OWN')}`,
    'odd metadata endpoint': `[default]\nec2_metadata_service_endpoint = not a url\n${pair('OWN')}`,
    'metadata mode in capitals': `[default]\nec2_metadata_service_endpoint_mode = IPv6\n${pair('OWN')}`,
    'metadata endpoint': '[default]\nec2_metadata_service_endpoint = {STUB}\n',
  }
  const environments: readonly Environment[] = [
    {},
    environmentPair,
    { AWS_WEB_IDENTITY_TOKEN_FILE: '{HOME}/token', AWS_ROLE_ARN: roleArn('w') },
    { AWS_CONTAINER_CREDENTIALS_FULL_URI: '{STUB}/container' },
  ]
  const more = {
    ...token,
    'print.sh': goodProcess('SCRIPT'),
    [ssoCacheFile('s s')]: ssoCacheTexts['valid']!,
    [ssoCacheFile('s')]: ssoCacheTexts['valid']!,
  }
  for (const [name, config] of Object.entries(configs)) {
    const needsOwnEndpoint = /endpoint|services|sts|fips|dual/.test(name)
    for (const environment of environments) {
      for (const profile of [null, 'default']) {
        const env = needsOwnEndpoint ? { AWS_SDK_LOAD_CONFIG: '1', ...environment } : { ...wired, ...environment }
        yield state(
          `role ${name}; ${Object.keys(environment).join(', ')}`,
          name === 'metadata endpoint' ? { ...env, AWS_EC2_METADATA_DISABLED: null } : env,
          { ...more, [CONFIG]: config },
          profile,
        )
      }
    }
    yield state(`role ${name}; with credentials`, needsOwnEndpoint ? { AWS_SDK_LOAD_CONFIG: '1' } : wired, {
      ...more,
      [CONFIG]: config,
      [CREDENTIALS]: `[default]\n${pair('CRED')}`,
    })
    yield state(`role ${name}; without opt-in`, needsOwnEndpoint ? {} : { ...wired, AWS_SDK_LOAD_CONFIG: null }, {
      ...more,
      [CONFIG]: config,
      [CREDENTIALS]: `[default]\n${pair('CRED')}`,
    })
  }
}

export function* gridStates(): Generator<MachineState> {
  yield* mixes()
  yield* environments()
  yield* roles()
}
