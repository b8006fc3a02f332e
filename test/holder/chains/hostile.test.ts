import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { everyCredential, knownSdks, traceChain } from '../../../src/holder/chains/index.ts'
import { recordedMachine } from '../../../src/holder/machine/recorded.ts'

const seed = 20260801
const word = fc.constantFrom(
  'default',
  'dev',
  'profile dev',
  '__proto__',
  'constructor',
  '',
  ' ',
  '~',
  '$HOME',
  '${',
  '%X%',
  '[',
  ']',
  '"',
  '\\',
  '\u0000',
  '\u001b[31m',
  'é',
  '\ud800',
  'http://[',
  'http://%',
  'true',
  '-1',
  '9'.repeat(400),
  '/h/.aws/config',
  '2026-01-01T00:00:00Z',
  '9999-99-99T99:99:99Z',
)
const variables = [
  'AWS_PROFILE',
  'AWS_DEFAULT_PROFILE',
  'AWS_CONFIG_FILE',
  'AWS_SHARED_CREDENTIALS_FILE',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_CREDENTIAL_EXPIRATION',
  'AWS_REGION',
  'AWS_DEFAULT_REGION',
  'AWS_ENDPOINT_URL',
  'AWS_ENDPOINT_URL_STS',
  'AWS_CREDENTIAL_FILE',
  'BOTO_CONFIG',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
  'AWS_EC2_METADATA_SERVICE_ENDPOINT',
  'HOME',
  'USERPROFILE',
  'HOMEPATH',
]
const key = fc.constantFrom(
  'aws_access_key_id',
  'aws_secret_access_key',
  'role_arn',
  'source_profile',
  'credential_source',
  'sso_session',
  'sso_account_id',
  'services',
  'credential_process',
  'login_session',
  'region',
  'endpoint_url',
  'web_identity_token_file',
  '__proto__',
  'constructor',
)
const line = fc.oneof(
  word.map((text) => `[${text}]`),
  fc.tuple(key, word).map(([name, value]) => `${name} = ${value}`),
  word,
  word.map((text) => `  ${text}`),
)
const file = fc.oneof(
  fc.array(line, { maxLength: 15 }).map((lines) => lines.join('\n')),
  fc.uint8Array({ maxLength: 60 }),
)

describe(`whatever stands on a machine (seed ${seed})`, () => {
  test('a trace is made of it by every SDK, with at most one of winner and error', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...variables), word, { maxKeys: 8 }),
        file,
        file,
        fc.option(word, { nil: undefined }),
        fc.constantFrom('linux', 'win32', 'darwin'),
        fc.constantFrom(...knownSdks),
        (env, config, credentials, profile, platform, sdk) => {
          const home = platform === 'win32' ? 'C:\\h' : '/h'
          const files = { [`${home}/.aws/config`]: config, [`${home}/.aws/credentials`]: credentials }
          const machine = recordedMachine({
            platform,
            userHome: home,
            files,
            env: { HOME: home, USERPROFILE: home, ...env },
          })
          const trace = traceChain(machine, { sdk, profile })
          expect(trace.steps.length).toBeGreaterThan(0)
          expect(trace.winner === null || trace.error === null).toBe(true)
          expect(trace.steps.filter(({ outcome }) => outcome === 'found')).toHaveLength(trace.winner === null ? 0 : 1)
          everyCredential(machine)
        },
      ),
      { seed, numRuns: 2000 },
    )
  })

  test('a trace is made of it also where the caches hold it', () => {
    const at = (directory: string, algorithm: string, text: string): string =>
      `/h/.aws/${directory}/cache/${createHash(algorithm).update(text).digest('hex')}.json`
    const config =
      '[profile sso]\nsso_session = s\nsso_account_id = 1\nsso_role_name = r\n[sso-session s]\nsso_start_url = u\n' +
      'sso_region = eu-west-1\n[profile login]\nlogin_session = l\n[profile role]\nrole_arn = arn:aws:iam::1:role/role\n' +
      'source_profile = keys\n[profile keys]\naws_access_key_id = AKID\naws_secret_access_key = x\n'
    const places = [
      at('sso', 'sha1', 's'),
      at('login', 'sha256', 'l'),
      at('cli', 'sha1', '{"RoleArn": "arn:aws:iam::1:role/role"}'),
    ]
    const member = fc.constantFrom(
      'accessToken',
      'expiresAt',
      'refreshToken',
      'Credentials',
      'Expiration',
      'clientId',
      '__proto__',
    )
    const value = fc.oneof(
      word,
      fc.json({ maxDepth: 2 }).map((text) => JSON.parse(text) as unknown),
    )
    const content = fc.oneof(
      fc.dictionary(member, fc.oneof(value, fc.dictionary(member, value))).map((members) => JSON.stringify(members)),
      fc.json(),
      fc.string(),
    )
    fc.assert(
      fc.property(
        content,
        fc.constantFrom('sso', 'login', 'role'),
        fc.constantFrom(...knownSdks),
        (text, profile, sdk) => {
          const files = { '/h/.aws/config': config, ...Object.fromEntries(places.map((place) => [place, text])) }
          const env = { HOME: '/h', AWS_SDK_LOAD_CONFIG: '1', AWS_REGION: 'eu-west-1' }
          const trace = traceChain(recordedMachine({ env, files, userHome: '/h' }), { sdk, profile })
          expect(trace.winner === null || trace.error === null).toBe(true)
        },
      ),
      { seed, numRuns: 2000 },
    )
  })
})
