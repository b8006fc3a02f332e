import { createHash } from 'node:crypto'
import {
  ACCOUNT,
  CONFIG,
  type Environment,
  type Files,
  filesOf,
  LATER,
  LOGIN_SESSION,
  loginCacheFile,
  loginCacheTexts,
  type MachineState,
  onInstance,
  PAST,
  pair,
  roleArn,
  START_URL,
  ssoCacheFile,
  ssoCacheTexts,
  state,
  wired,
} from './state.ts'

/* Caches in each of their forms, and roles without a region. */

const R = `role_arn = ${roleArn('r')}\n`
const legacySso = `sso_account_id = ${ACCOUNT}\nsso_role_name = admin\nsso_region = eu-west-1\nsso_start_url = ${START_URL}\n`
const token = { token: 'made-up-identity-token\n' }
const cfg = (text: string, more: Files = {}): Files => ({ [CONFIG]: text, ...more })

export function* cacheStates(): Generator<MachineState> {
  yield* caches()
  yield* cliCaches()
}

/** What has been seen elsewhere: SSO and login caches in each of their forms, roles without a region. */
function* caches(): Generator<MachineState> {
  const sessionProfile = `[default]\nsso_session = corp\nsso_account_id = ${ACCOUNT}\nsso_role_name = admin\n[sso-session corp]\nsso_region = eu-west-1\nsso_start_url = ${START_URL}\nsso_registration_scopes = sso:account:access\n`
  for (const [kind, content] of Object.entries(ssoCacheTexts)) {
    for (const [form, config, key] of [
      ['legacy', `[default]\n${legacySso}`, START_URL],
      ['session', sessionProfile, 'corp'],
    ] as const) {
      const cache = filesOf({ [ssoCacheFile(key)]: content })
      yield state(`SSO, ${form} form, its token ${kind}`, wired, cfg(config, cache))
      yield state(
        `SSO, ${form} form, its token ${kind}, on an instance`,
        { ...wired, ...onInstance },
        cfg(config, cache),
      )
      yield state(
        `a role from SSO, ${form} form, its token ${kind}`,
        wired,
        cfg(`${config.replace('[default]', '[profile b]')}[default]\n${R}source_profile = b\n`, cache),
      )
    }
    yield state(
      `SSO, session form, with the token of the legacy form ${kind}`,
      wired,
      cfg(sessionProfile, filesOf({ [ssoCacheFile(START_URL)]: content })),
    )
  }
  for (const [kind, content] of Object.entries(loginCacheTexts)) {
    const config = `[default]\nlogin_session = ${LOGIN_SESSION}\n`
    const cache = filesOf({ [loginCacheFile(LOGIN_SESSION)]: content })
    yield state(`a session of aws login, its cache ${kind}`, wired, cfg(config, cache))
    yield state(
      `a session of aws login, its cache ${kind}, on an instance`,
      { ...wired, ...onInstance },
      cfg(config, cache),
    )
    yield state(
      `a session of aws login, its cache ${kind}, without a region`,
      { AWS_ENDPOINT_URL: '{STUB}' },
      cfg(config, cache),
    )
    yield state(
      `a session of aws login, its cache ${kind}, elsewhere`,
      { ...wired, AWS_LOGIN_CACHE_DIRECTORY: '{HOME}/logins' },
      cfg(config, filesOf({ [loginCacheFile(LOGIN_SESSION, 'logins')]: content })),
    )
  }
  const named = loginCacheTexts['valid']!
  yield state(
    'a session of aws login, elsewhere by ~',
    { ...wired, AWS_LOGIN_CACHE_DIRECTORY: '~/logins' },
    cfg(`[default]\nlogin_session = ${LOGIN_SESSION}\n`, filesOf({ [loginCacheFile(LOGIN_SESSION, 'logins')]: named })),
  )
  yield state(
    'a session of aws login, elsewhere by $HOME',
    { ...wired, AWS_LOGIN_CACHE_DIRECTORY: '$HOME/logins' },
    cfg(`[default]\nlogin_session = ${LOGIN_SESSION}\n`, filesOf({ [loginCacheFile(LOGIN_SESSION, 'logins')]: named })),
  )
  yield state(
    'a session of aws login without a name',
    wired,
    cfg('[default]\nlogin_session =\n', filesOf({ [loginCacheFile('')]: named })),
  )
  yield state(
    'a session of aws login with a tail',
    wired,
    cfg(`[default]\nlogin_session = ${LOGIN_SESSION} # c\n`, filesOf({ [loginCacheFile(LOGIN_SESSION)]: named })),
  )
  const role = cfg(`[default]\n${R}source_profile = b\n[profile b]\n${pair('B')}`)
  for (const region of [{}, { AWS_REGION: 'eu-west-1' }, { AWS_DEFAULT_REGION: 'eu-west-1' }]) {
    const env = { AWS_SDK_LOAD_CONFIG: '1', AWS_ENDPOINT_URL: '{STUB}', AWS_ENDPOINT_URL_STS: '{STUB}', ...region }
    yield state(`a role with ${Object.keys(region)[0] ?? 'no region'}`, env, role)
    yield state(
      `web identity with ${Object.keys(region)[0] ?? 'no region'}`,
      { ...env, AWS_WEB_IDENTITY_TOKEN_FILE: '{HOME}/token', AWS_ROLE_ARN: roleArn('w') },
      token,
    )
  }
  yield state(
    'a role with its region in the role profile',
    { AWS_SDK_LOAD_CONFIG: '1', AWS_ENDPOINT_URL: '{STUB}' },
    cfg(`[default]\n${R}region = eu-west-1\nsource_profile = b\n[profile b]\n${pair('B')}`),
  )
  yield state(
    'a role with its region in the source profile',
    { AWS_SDK_LOAD_CONFIG: '1', AWS_ENDPOINT_URL: '{STUB}' },
    cfg(`[default]\n${R}source_profile = b\n[profile b]\nregion = eu-west-1\n${pair('B')}`),
  )
}

/** Role sessions that the AWS CLI keeps, under the names that it gives them. */
function* cliCaches(): Generator<MachineState> {
  const kept = (name: string, end: string): string =>
    JSON.stringify({
      Credentials: {
        AccessKeyId: `ASIAKEPT${name}`,
        SecretAccessKey: 'made-up-secret',
        SessionToken: 'token-kept',
        Expiration: end,
      },
      AssumedRoleUser: { AssumedRoleId: 'AROAMADEUP:s', Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/r/s` },
    })
  const contents: Readonly<Record<string, (name: string) => string>> = {
    good: (name) => kept(name, LATER),
    'in the form of the CLI v1': (name) => kept(name, '2099-01-01T00:00:00UTC'),
    over: (name) => kept(name, PAST),
    'without a zone': (name) => kept(name, '2099-01-01T00:00:00'),
    'with an odd end': (name) => kept(name, 'soon'),
    'half-written': (name) => kept(name, LATER).slice(0, 70),
    empty: () => '',
    'not an object': () => '[]',
    'without keys': () => '{}',
    'without a token': (name) => kept(name, LATER).replace('SessionToken', 'Other'),
    'without an end': (name) => kept(name, LATER).replace('Expiration', 'Other'),
  }
  const file = (asked: string): string => `.aws/cli/cache/${createHash('sha1').update(asked).digest('hex')}.json`
  const b = `[profile b]\n${pair('B')}`
  const cases: readonly (readonly [name: string, files: Files, asked: string, env?: Environment])[] = [
    ['a role', cfg(`[default]\n${R}source_profile = b\n${b}`), `{"RoleArn": "${roleArn('r')}"}`],
    [
      'a role with all',
      cfg(
        `[default]\n${R}source_profile = b\nexternal_id = \u00e9-id\nrole_session_name = named\nduration_seconds = 1800\nmfa_serial = arn:aws:iam::${ACCOUNT}:mfa/ana\n${b}`,
      ),
      `{"DurationSeconds": 1800, "ExternalId": "\\u00e9-id", "RoleArn": "${roleArn('r')}", "RoleSessionName": "named", "SerialNumber": "arn:aws:iam::${ACCOUNT}:mfa/ana"}`,
    ],
    [
      'the source of a role',
      cfg(`[default]\nrole_arn = ${roleArn('r1')}\nsource_profile = c\n[profile c]\n${R}source_profile = b\n${b}`),
      `{"RoleArn": "${roleArn('r')}"}`,
    ],
    [
      'a role from the environment',
      cfg(`[default]\n${R}credential_source = EcsContainer\n`),
      `{"RoleArn": "${roleArn('r')}"}`,
      { AWS_CONTAINER_CREDENTIALS_FULL_URI: '{STUB}/container' },
    ],
    [
      'a web identity',
      token,
      `{"RoleArn": "${roleArn('w')}"}`,
      { AWS_WEB_IDENTITY_TOKEN_FILE: '{HOME}/token', AWS_ROLE_ARN: roleArn('w') },
    ],
    [
      'a web identity without its file',
      {},
      `{"RoleArn": "${roleArn('w')}", "RoleSessionName": "named"}`,
      { AWS_WEB_IDENTITY_TOKEN_FILE: '{HOME}/token', AWS_ROLE_ARN: roleArn('w'), AWS_ROLE_SESSION_NAME: 'named' },
    ],
    [
      'the web identity that a role starts from',
      cfg(
        `[default]\nrole_arn = ${roleArn('r1')}\nsource_profile = c\n[profile c]\nrole_arn = ${roleArn('w')}\nweb_identity_token_file = {HOME}/token\n`,
        token,
      ),
      `{"RoleArn": "${roleArn('w')}"}`,
    ],
    [
      'SSO of the legacy form',
      cfg(`[default]\n${legacySso}`),
      `{"accountId":"${ACCOUNT}","roleName":"admin","startUrl":"${START_URL}"}`,
    ],
    [
      'SSO of a session',
      cfg(
        `[default]\nsso_session = corp\nsso_account_id = ${ACCOUNT}\nsso_role_name = admin\n[sso-session corp]\nsso_region = eu-west-1\nsso_start_url = ${START_URL}\n`,
      ),
      `{"accountId":"${ACCOUNT}","roleName":"admin","sessionName":"corp"}`,
    ],
  ]
  for (const [name, files, asked, env = {}] of cases) {
    for (const [kind, content] of Object.entries(contents)) {
      yield state(
        `the AWS CLI's cache of ${name}, ${kind}`,
        { ...wired, ...env },
        { ...files, [file(asked)]: content(name.replaceAll(/[^a-zA-Z]/g, '')) },
      )
    }
  }
}
