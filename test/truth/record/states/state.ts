import { createHash } from 'node:crypto'

/**
 * A machine as far as an SDK sees it. In values and texts `{HOME}` stands for its home directory, `{STUB}` for the address of
 * the stub (`stub.ts`) that answers every call, `{STUB_V1}` for the same without version 2 of the instance metadata, and
 * `{DPOP}` for a freshly made key in PEM form, written as JSON writes it.
 */
export interface MachineState {
  readonly name: string
  readonly why?: string
  /** `HOME` is the home directory where nothing else is said; null: the variable is not set. */
  readonly env: Readonly<Record<string, string | null>>
  /** By path below the home directory: text, `base64:…`, or null for a directory. */
  readonly files: Readonly<Record<string, string | null>>
  /** A profile given as argument; null for none. */
  readonly profile: string | null
}

export const CREDENTIALS = '.aws/credentials'
export const CONFIG = '.aws/config'
export const ACCOUNT = '123456789012'

export type Environment = MachineState['env']
export type Files = MachineState['files']

/** A state with what most of them share: the instance metadata is forbidden. */
export function state(
  name: string,
  env: Environment,
  files: Files,
  profile: string | null = null,
  why?: string,
): MachineState {
  return {
    name,
    ...(why === undefined ? {} : { why }),
    env: {
      ...('AWS_EC2_METADATA_DISABLED' in env || 'AWS_EC2_METADATA_SERVICE_ENDPOINT' in env ? {} : forbidden),
      ...env,
    },
    files,
    profile,
  }
}

const forbidden = { AWS_EC2_METADATA_DISABLED: 'true' }

/** What the SDKs need for calls that end at the stub. */
export const wired: Environment = {
  AWS_ENDPOINT_URL: '{STUB}',
  AWS_ENDPOINT_URL_STS: '{STUB}',
  AWS_REGION: 'eu-west-1',
  AWS_DEFAULT_REGION: 'eu-west-1',
  AWS_SDK_LOAD_CONFIG: '1',
}

export const onInstance: Environment = { AWS_EC2_METADATA_SERVICE_ENDPOINT: '{STUB}' }

export function pair(label: string, token?: string): string {
  const text = `aws_access_key_id = AKID${label}\naws_secret_access_key = made-up-secret\n`
  return token === undefined ? text : `${text}aws_session_token = ${token}\n`
}

export const environmentPair: Environment = { AWS_ACCESS_KEY_ID: 'AKIDENV', AWS_SECRET_ACCESS_KEY: 'made-up-secret' }

export function roleArn(name: string): string {
  return `arn:aws:iam::${ACCOUNT}:role/${name}`
}

export function raw(content: string | Uint8Array): string {
  return `base64:${Buffer.from(content).toString('base64')}`
}

export function bytes(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}

// ---- processes

export const goodProcess = (label = ''): string =>
  `echo '{"Version":1,"AccessKeyId":"AKIDPROCESS${label}","SecretAccessKey":"made-up-secret","SessionToken":"token-process"}'`

/** Commands that some SDK, or each of them, can not use. */
export const doubtfulProcesses: Readonly<Record<string, string>> = {
  'exits with 1': 'false',
  'exits with 1 and prints': `sh -c "echo '{}'; exit 1"`,
  'prints nothing': 'true',
  'prints no JSON': 'echo hello',
  'prints a list': 'echo []',
  'does not exist': '/none/such/program',
  'prints version 2': `echo '{"Version":2,"AccessKeyId":"AKIDPROCESS","SecretAccessKey":"made-up-secret"}'`,
  'prints the version as text': `echo '{"Version":"1","AccessKeyId":"AKIDPROCESS","SecretAccessKey":"made-up-secret"}'`,
  'prints no version': `echo '{"AccessKeyId":"AKIDPROCESS","SecretAccessKey":"made-up-secret"}'`,
  'prints no key id': `echo '{"Version":1,"SecretAccessKey":"made-up-secret"}'`,
  'prints no secret': `echo '{"Version":1,"AccessKeyId":"AKIDPROCESS"}'`,
  'prints empty keys': `echo '{"Version":1,"AccessKeyId":"","SecretAccessKey":""}'`,
  'prints what is over': `echo '{"Version":1,"AccessKeyId":"AKIDPROCESS","SecretAccessKey":"made-up-secret","Expiration":"2020-01-01T00:00:00Z"}'`,
  'prints an odd end': `echo '{"Version":1,"AccessKeyId":"AKIDPROCESS","SecretAccessKey":"made-up-secret","Expiration":"soon"}'`,
  'needs a shell': `echo x | sed 's/x/{"Version":1,"AccessKeyId":"AKIDPROCESS","SecretAccessKey":"made-up-secret"}/'`,
  'needs the home': '~/bin/print-keys',
  'is empty': '',
  'has an open quote': 'echo "x',
  'ends with a backslash': 'echo x\\',
}

// ---- caches

export const START_URL = 'https://start.example.com/start'
export const LATER = '2099-01-01T00:00:00Z'
export const PAST = '2020-01-01T00:00:00Z'

export function ssoCacheFile(nameOrUrl: string): string {
  return `.aws/sso/cache/${createHash('sha1').update(nameOrUrl).digest('hex')}.json`
}

export const ssoTokens = {
  valid: { accessToken: 'made-up-access-token', expiresAt: LATER, region: 'eu-west-1', startUrl: START_URL },
  expired: { accessToken: 'made-up-access-token', expiresAt: PAST, region: 'eu-west-1', startUrl: START_URL },
  refreshable: {
    accessToken: 'made-up-access-token',
    expiresAt: PAST,
    region: 'eu-west-1',
    startUrl: START_URL,
    clientId: 'made-up-client',
    clientSecret: 'made-up-client-secret',
    registrationExpiresAt: LATER,
    refreshToken: 'made-up-refresh-token',
  },
  'refreshable but unregistered': {
    accessToken: 'made-up-access-token',
    expiresAt: PAST,
    region: 'eu-west-1',
    startUrl: START_URL,
    clientId: 'made-up-client',
    clientSecret: 'made-up-client-secret',
    registrationExpiresAt: PAST,
    refreshToken: 'made-up-refresh-token',
  },
  'without token': { expiresAt: LATER, region: 'eu-west-1', startUrl: START_URL },
  'without end': { accessToken: 'made-up-access-token', region: 'eu-west-1', startUrl: START_URL },
  'with an odd end': {
    accessToken: 'made-up-access-token',
    expiresAt: 'soon',
    region: 'eu-west-1',
    startUrl: START_URL,
  },
} as const

/** Cached tokens as file texts; `missing` is no file. */
export const ssoCacheTexts: Readonly<Record<string, string | undefined>> = {
  missing: undefined,
  ...Object.fromEntries(Object.entries(ssoTokens).map(([name, token]) => [name, JSON.stringify(token)])),
  'half-written': JSON.stringify(ssoTokens.valid).slice(0, 60),
  empty: '',
  'not an object': '[]',
  'in the old form of time': JSON.stringify({ ...ssoTokens.valid, expiresAt: '2099-01-01T00:00:00UTC' }),
}

export const LOGIN_SESSION = `arn:aws:iam::${ACCOUNT}:user/ana`

export function loginCacheFile(session: string, directory = '.aws/login/cache'): string {
  return `${directory}/${createHash('sha256').update(session).digest('hex')}.json`
}

function loginToken(expiresAt: string): Record<string, unknown> {
  return {
    accessToken: {
      accessKeyId: 'ASIALOGIN',
      secretAccessKey: 'made-up-secret',
      sessionToken: 'token-login',
      accountId: ACCOUNT,
      expiresAt,
    },
    tokenType: 'aws_sigv4',
    clientId: 'arn:aws:signin:::devtools/same-device',
    refreshToken: 'made-up-refresh-token',
    idToken: 'made-up-id-token',
    dpopKey: '{DPOP}',
  }
}

function without(token: Record<string, unknown>, name: string): Record<string, unknown> {
  const { [name]: _, ...rest } = token
  return rest
}

function withAccess(token: Record<string, unknown>, change: Record<string, unknown>): Record<string, unknown> {
  return { ...token, accessToken: { ...(token['accessToken'] as object), ...change } }
}

// `{DPOP}` stands as JSON text already.
const text = (token: unknown): string => JSON.stringify(token)

export const loginCacheTexts: Readonly<Record<string, string | undefined>> = {
  missing: undefined,
  valid: text(loginToken(LATER)),
  refreshable: text(loginToken(PAST)),
  'without refresh token': text(without(loginToken(LATER), 'refreshToken')),
  'without client': text(without(loginToken(LATER), 'clientId')),
  'without key': text(without(loginToken(LATER), 'dpopKey')),
  'without access token': text(without(loginToken(LATER), 'accessToken')),
  'without secret': text(withAccess(loginToken(LATER), { secretAccessKey: undefined })),
  'without end': text(withAccess(loginToken(LATER), { expiresAt: undefined })),
  'over and without key': text(without(loginToken(PAST), 'dpopKey')),
  'half-written': text(loginToken(LATER)).slice(0, 80),
  empty: '',
}

export function filesOf(entries: Readonly<Record<string, string | undefined>>): Files {
  return Object.fromEntries(
    Object.entries(entries).flatMap(([path, content]) => (content === undefined ? [] : [[path, content]])),
  )
}

/** Paths that only a machine of the namespace has. */
export function needsLinkLocal(state: MachineState): boolean {
  return (
    state.env['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'] !== undefined ||
    Object.values(state.env).some((value) => value?.includes('169.254.170.') || value?.includes('fd00:ec2'))
  )
}
