import { CountersignError } from '../errors.ts'
import type { Trace } from '../holder/chains/trace.ts'
import type { AwsFiles } from '../holder/files/aws-files.ts'
import { expandHome } from '../holder/files/expand.ts'
import type { Machine } from '../holder/machine/machine.ts'
import { overlayMachine } from '../holder/machine/overlay.ts'
import type { Credential } from '../holder/sources/credential.ts'
import { namedSettings, profileSettings } from '../holder/sources/settings.ts'

/** What has to be done to an environment so that each program in it uses one credential. */
export interface SessionEnvironment {
  /** Values hold secrets. */
  readonly sets: readonly (readonly [name: string, value: string])[]
  /** Names that would lead some program elsewhere. */
  readonly unsets: readonly string[]
}

/** The credentials themselves, by all names that SDKs have read them under. */
const credentialNames = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_SECURITY_TOKEN',
  'AWS_CREDENTIAL_EXPIRATION',
  'AWS_SESSION_EXPIRATION',
  'AWS_ACCOUNT_ID',
  // SDK for Java v1 and for Ruby.
  'AWS_ACCESS_KEY',
  'AWS_SECRET_KEY',
  'AMAZON_ACCESS_KEY_ID',
  'AMAZON_SECRET_ACCESS_KEY',
  'AMAZON_SESSION_TOKEN',
] as const

/** What chooses other credentials: some SDKs ask these before the keys in the environment (js-v3 `AWS_PROFILE`, .NET web identity). */
const choosingNames = [
  'AWS_PROFILE',
  'AWS_DEFAULT_PROFILE',
  'AWS_ROLE_ARN',
  'AWS_ROLE_SESSION_NAME',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
] as const

/** Where `exec --server` has its server. */
const serverNames = [
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  'AWS_EC2_METADATA_SERVICE_ENDPOINT',
  'AWS_EC2_METADATA_DISABLED',
] as const

/** By these other tools tell whose credentials the environment has. They would no longer be true. */
const namesOfOtherTools = [
  'AWS_VAULT',
  'AWSUME_PROFILE',
  'AWSUME_EXPIRATION',
  'AWS_SSO_PROFILE',
  'X_PRINCIPAL_ARN',
] as const

const regionNames = ['AWS_REGION', 'AWS_DEFAULT_REGION'] as const

/** Tells people, prompts and the next `env` whose credentials these are. */
export const profileMark = 'COUNTERSIGN_PROFILE'
/** Which variables came from settings of that profile, so that the next profile does not inherit them. */
export const placeMark = 'COUNTERSIGN_SETS'
/** Only in a command of `exec`. */
export const execMark = 'COUNTERSIGN_EXEC'
/** How `shell-init` talks to its program; not for what that program starts. */
const shellNames = ['COUNTERSIGN_SHELL', 'COUNTERSIGN_SHELL_FILE'] as const

/**
 * The environment for one credential: it, its end, the region, and of the profile's other settings those that decide where
 * requests go, because without `AWS_PROFILE` the profile is no longer read.
 *
 * @throws CountersignError `usage` for a value that no environment can hold on one line
 */
export function sessionEnvironment(
  machine: Machine,
  files: AwsFiles,
  trace: Trace,
  credential: Credential,
): SessionEnvironment {
  return environmentOf(trace.profile.name, credentialSets(credential), placeSets(machine, files, trace))
}

/** The environment of a command that asks a server of ours: `address` says where, in the server's own variables. */
export function servedEnvironment(
  machine: Machine,
  files: AwsFiles,
  trace: Trace,
  address: readonly (readonly [name: string, value: string])[],
): SessionEnvironment {
  return environmentOf(trace.profile.name, address, [
    ...placeSets(machine, files, trace),
    ...hidingSets(machine, files),
  ])
}

/** Keys that let a profile have credentials. */
const sourceKeys =
  /^(aws_access_key_id|role_arn|credential_process|credential_source|web_identity_token_file|sso_|login_session|mfa_serial)/

/** A default profile with credentials stands before any server in all chains: then the AWS files are not to be read at all. */
function hidingSets(machine: Machine, files: AwsFiles): Sets {
  const keys = [...(profileSettings(files, 'default')?.keys() ?? [])]
  if (!keys.some((key) => sourceKeys.test(key))) return []
  const nothing = machine.platform === 'win32' ? 'NUL' : '/dev/null'
  return ['AWS_SHARED_CREDENTIALS_FILE', 'AWS_CONFIG_FILE'].map((name) => [name, nothing] as const)
}

type Sets = readonly (readonly [name: string, value: string])[]

function environmentOf(profile: string, credentials: Sets, place: Sets): SessionEnvironment {
  const mark = place.map(([name]) => name).join(',')
  const sets = [
    ...credentials,
    ...place,
    [profileMark, profile],
    ...(mark === '' ? [] : [[placeMark, mark] as const]),
  ] as const
  for (const [name, value] of sets) checkValue(name, value)
  const names = new Set<string>(sets.map(([name]) => name))
  const spoiling = [...credentialNames, ...choosingNames, ...namesOfOtherTools, placeMark]
  return { sets, unsets: spoiling.filter((name) => !names.has(name)) }
}

/** All that `env` may have set, and all that would let some program find credentials in the environment. */
export function namesToUnset(machine: Machine): readonly string[] {
  return [
    ...new Set([
      ...credentialNames,
      ...choosingNames,
      ...namesOfOtherTools,
      ...regionNames,
      ...placesSetBefore(machine),
      profileMark,
      placeMark,
    ]),
  ]
}

/** The machine without what an earlier `env` or `exec` has put into its environment, and the profile that it was for. */
export function unmarkedMachine(machine: Machine): { readonly machine: Machine; readonly profile: string | null } {
  const profile = machine.env(profileMark) || null
  if (profile === null) return { machine, profile }
  const names = [...credentialNames, ...serverNames, ...placesSetBefore(machine), profileMark, placeMark, execMark]
  return { machine: overlayMachine(machine, { env: Object.fromEntries(names.map((name) => [name, null])) }), profile }
}

function placesSetBefore(machine: Machine): readonly string[] {
  // Only names that we could have written: the variable itself may come from anywhere.
  return (machine.env(placeMark) ?? '').split(',').filter((name) => /^AWS_[A-Z0-9_]{1,100}$/.test(name))
}

/** The same for the shell that this machine's environment comes from: what an earlier profile has left there goes. */
export function inPlaceOf(machine: Machine, { sets, unsets }: SessionEnvironment): SessionEnvironment {
  const left = placesSetBefore(machine).filter((before) => !sets.some(([name]) => name === before))
  return { sets, unsets: [...unsets, ...left] }
}

/** All variables of a machine after the changes, for a program that is started with them. */
export function variablesWith(machine: Machine, { sets, unsets }: SessionEnvironment): Record<string, string> {
  const changed = overlayMachine(machine, {
    env: {
      ...Object.fromEntries([...unsets, ...shellNames].map((name) => [name, null])),
      ...Object.fromEntries(sets),
    },
  })
  return Object.fromEntries(changed.envNames().map((name) => [name, changed.env(name) ?? '']))
}

function credentialSets({ accessKeyId, secretAccessKey, sessionToken, expiration, accountId }: Credential) {
  const token = sessionToken?.value.reveal() ?? ''
  return [
    ['AWS_ACCESS_KEY_ID', accessKeyId.value],
    ['AWS_SECRET_ACCESS_KEY', secretAccessKey.value.reveal()],
    ...(token === '' ? [] : [['AWS_SESSION_TOKEN', token] as const]),
    ...(expiration === null ? [] : [['AWS_CREDENTIAL_EXPIRATION', instantOf(expiration.value)] as const]),
    ...(accountId === null ? [] : [['AWS_ACCOUNT_ID', accountId.value] as const]),
  ] as const
}

/** `2026-11-28T12:00:00Z`: the form that botocore and all others read. */
export function instantOf(at: Date): string {
  return at.toISOString().replace(/\.\d{3}Z$/, 'Z')
}

/** AWS SDKs and Tools Reference Guide, "Service-specific endpoints" and "FIPS and dual-stack endpoints": setting and variable. */
const placeSettings = [
  ['endpoint_url', 'AWS_ENDPOINT_URL'],
  ['use_fips_endpoint', 'AWS_USE_FIPS_ENDPOINT'],
  ['use_dualstack_endpoint', 'AWS_USE_DUALSTACK_ENDPOINT'],
  ['ca_bundle', 'AWS_CA_BUNDLE'],
] as const

function placeSets(machine: Machine, files: AwsFiles, trace: Trace): Sets {
  const settings = profileSettings(files, trace.profile.name)
  const services = settings?.get('services')?.value
  const section = services === undefined ? null : namedSettings(files, 'services', services)
  const { overriddenBy } = trace.endpoint
  const ignored = settings?.get('ignore_configured_endpoint_urls')?.value.toLowerCase() === 'true'
  const asked = overriddenBy !== null && 'flag' in overriddenBy ? trace.endpoint.sts : null
  const found: (readonly [string, string | undefined])[] = [
    ...placeSettings.map(([setting, name]) => [name, settings?.get(setting)?.value] as const),
    ...[...(section ?? [])].map(
      ([service, { nested }]) => [`AWS_ENDPOINT_URL_${service.toUpperCase()}`, nested?.get('endpoint_url')] as const,
    ),
  ]
  // A variable that the person has set counts more than the profile, for every SDK: it stays as it is.
  const own = found.flatMap(([name, value]) =>
    value === undefined || value === '' || machine.env(name) !== undefined ? [] : [[name, value] as const],
  )
  return [
    ...(trace.region === null ? [] : regionNames.map((name) => [name, trace.region!.name] as const)),
    ...own
      .filter(([name]) => !name.startsWith('AWS_ENDPOINT_URL') || (asked === null && !ignored))
      .map(([name, value]) => [name, name === 'AWS_CA_BUNDLE' ? expandHome(machine, value) : value] as const),
    ...(asked === null ? [] : endpointNames(machine).map((name) => [name, asked] as const)),
  ]
}

/** What a flag says counts more than each variable that is there for one service. */
function endpointNames(machine: Machine): readonly string[] {
  return ['AWS_ENDPOINT_URL', ...machine.envNames().filter((name) => /^AWS_ENDPOINT_URL_[A-Z0-9_]+$/.test(name))]
}

/** A line end would become a command of its own in some shells, and no variable can hold a NUL. */
function checkValue(name: string, value: string): void {
  if (!/[\0\r\n]/.test(value)) return
  const what = value.includes('\0') ? 'a NUL character' : 'a line end'
  throw new CountersignError(
    'usage',
    `The value of ${name} has ${what} in it, so it cannot be put into an environment.`,
    {
      data: { hint: 'countersign check says where it comes from.' },
    },
  )
}
