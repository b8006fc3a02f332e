import { trimKotlin } from '../../files/dialects/java-text.ts'
import { sha1Hex, sha256Hex } from '../../files/digest.ts'
import type { Machine } from '../../machine/machine.ts'
import { absolutePath, pathRules } from '../../machine/paths.ts'
import type { BrokenSource } from '../../sources/answer.ts'
import { cacheFile, kotlinInstantOf } from './cache.ts'
import { jvmHome } from './home.ts'

/** A cache file that would be used, or refreshed; or why it cannot be, in the words of the SDK for Kotlin. */
export type KotlinCached =
  | { readonly kind: 'usable'; readonly path: string; readonly isOver: boolean }
  | ({ readonly kind: 'refused'; readonly because: string } & Pick<BrokenSource, 'reason' | 'says'>)

const texts = [
  'accessToken',
  'expiresAt',
  'refreshToken',
  'clientId',
  'clientSecret',
  'registrationExpiresAt',
  'region',
  'startUrl',
]

/** The token of `aws sso login`. Source: aws-config `SsoTokenProvider.kt`, `SsoCredentialsProvider.kt`. */
export function kotlinSsoToken(machine: Machine, sessionName: string | null, startUrl: string): KotlinCached {
  const path = inHome(machine, '~/.aws/sso/cache', `${sha1Hex(sessionName ?? startUrl)}.json`)
  const missing =
    'ProviderConfigurationException: Invalid or missing SSO session cache. Run `aws sso login` to initiate a new SSO session'
  const file = path === null ? null : cacheFile(machine, path)
  if (file === null || file.kind === 'absent' || file.kind === 'unreadable') {
    return refused('file-unreadable', missing, 'there is no cached token that can be read')
  }
  const invalid = (says: string): KotlinCached =>
    refused('file-unreadable', `InvalidSsoTokenException: ${says}`, `the cached token ${path} cannot be used`)
  if (file.kind === 'invalid') return invalid('invalid cached SSO token')
  const { members } = file
  if (texts.some((name) => name in members && typeof members[name] !== 'string'))
    return invalid('invalid cached SSO token')
  const registration = members['registrationExpiresAt']
  if (typeof registration === 'string' && kotlinInstantOf(registration) === null)
    return invalid('invalid cached SSO token')
  const lacking = ['accessToken', 'expiresAt'].find((name) => members[name] === undefined)
  if (lacking !== undefined) return invalid(`missing \`${lacking}\``)
  const expiresAt = kotlinInstantOf(members['expiresAt'] as string)
  if (expiresAt === null)
    return refused('file-unreadable', 'ParseException: parse error', `the cached token ${path} has an odd end`)
  if (machine.now().getTime() < expiresAt.getTime()) return { kind: 'usable', path: path!, isOver: false }
  if (sessionName === null) {
    const says =
      'ProviderConfigurationException: The SSO session has expired. To refresh this SSO session run `aws sso login` with the ' +
      'corresponding profile.'
    return refused('expired', says, `the cached token ${path} is over`)
  }
  const canBeRefreshed = ['clientId', 'clientSecret', 'refreshToken'].every((name) => members[name] !== undefined)
  if (canBeRefreshed) return { kind: 'usable', path: path!, isOver: true }
  const says = `InvalidSsoTokenException: SSO token for sso-session: ${sessionName} is expired`
  return refused('expired', says, `the cached token ${path} is over`)
}

const ofLogin = ['tokenType', 'refreshToken', 'idToken', 'clientId', 'dpopKey']
const ofToken = ['accessKeyId', 'secretAccessKey', 'sessionToken', 'expiresAt', 'accountId']

/** The session of `aws login`. The variable for its directory is spelt as the SDK spells it. Source: `LoginTokenProvider.kt`, `LoginCredentialsProvider.kt`. */
export function kotlinLogin(machine: Machine, session: string): KotlinCached {
  const folder = machine.env('AWS_LOGIN_IN_CACHE_DIRECTORY') ?? '~/.aws/login/cache'
  const path = inHome(machine, folder, `${sha256Hex(trimKotlin(session))}.json`)
  const file = path === null ? null : cacheFile(machine, path)
  if (file === null || file.kind === 'absent' || file.kind === 'unreadable') {
    const says =
      'ProviderConfigurationException: Invalid or missing login session cache. Run `aws login` to initiate a new session'
    return refused('file-unreadable', says, 'there is no cached session that can be read')
  }
  const invalid = (says: string): KotlinCached =>
    refused('file-unreadable', `InvalidLoginTokenException: ${says}`, `the cached session ${path} cannot be used`)
  if (file.kind === 'invalid') return invalid('invalid cached login token')
  const { members } = file
  if (members['accessToken'] === undefined) return invalid('missing `accessToken`')
  const token = members['accessToken']
  if (typeof token !== 'object' || token === null || Array.isArray(token)) return invalid('invalid cached login token')
  const inner = token as Readonly<Record<string, unknown>>
  const isOdd = (of: Readonly<Record<string, unknown>>, names: readonly string[]): boolean =>
    names.some((name) => name in of && typeof of[name] !== 'string')
  if (isOdd(members, ofLogin) || isOdd(inner, ofToken)) return invalid('invalid cached login token')
  const lacking =
    ofToken.find((name) => inner[name] === undefined) ??
    ['clientId', 'refreshToken', 'dpopKey'].find((name) => members[name] === undefined)
  if (lacking !== undefined) return invalid(`missing \`${lacking}\``)
  const expiresAt = kotlinInstantOf(inner['expiresAt'] as string)
  if (expiresAt === null) {
    return refused('file-unreadable', 'ParseException: parse error', `the cached session ${path} has an odd end`)
  }
  return { kind: 'usable', path: path!, isOver: expiresAt.getTime() <= machine.now().getTime() }
}

function inHome(machine: Machine, folder: string, name: string): string | null {
  const written = pathRules(machine).join(folder, name)
  if (folder[0] !== '~') return absolutePath(machine, written)
  const home = jvmHome(machine)
  return home === null ? null : absolutePath(machine, home + written.slice(1))
}

function refused(reason: BrokenSource['reason'], says: string, because: string): KotlinCached {
  return { kind: 'refused', reason, says, because }
}
