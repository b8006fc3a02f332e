import { isJavaBlank, trimJava } from '../../files/dialects/java-text.ts'
import { sha1Hex, sha256Hex } from '../../files/digest.ts'
import type { Machine } from '../../machine/machine.ts'
import { absolutePath } from '../../machine/paths.ts'
import type { BrokenSource } from '../../sources/answer.ts'
import { cacheFile, javaInstant, javaText } from './cache.ts'
import { below, jvmHome } from './home.ts'

/** A cache file that would be used, or refreshed; or why it cannot be, in the words of the SDK for Java 2. */
export type Cached =
  | { readonly kind: 'usable'; readonly path: string; readonly isRefreshed: boolean }
  | ({ readonly kind: 'refused'; readonly because: string } & Pick<BrokenSource, 'reason' | 'says'>)

const expiredToken = 'ExpiredTokenException: null'

/**
 * The token of `aws sso login`. Without a session the old form is read, which is never refreshed; with one it is refreshed when
 * less than five minutes are left, and used as it is when that fails before its end.
 *
 * Sources: sso `SsoAccessTokenProvider`, `SsoTokenFileUtils`; ssooidc `OnDiskTokenManager`, `SsoOidcTokenProvider`.
 */
export function javaV2SsoToken(machine: Machine, sessionName: string | null, startUrl: string): Cached {
  if (sessionName !== null && isJavaBlank(sessionName)) {
    return refused('configuration', expiredToken, 'sso_session is empty')
  }
  const home = jvmHome(machine)
  if (home === null) return refused('configuration', expiredToken, 'there is no home directory')
  const path = below(machine, home, '.aws', 'sso', 'cache', `${sha1Hex(sessionName ?? startUrl)}.json`)
  const file = cacheFile(machine, path)
  if (file.kind === 'absent') return refused('file-unreadable', expiredToken, `there is no cached token ${path}`)
  if (file.kind !== 'members')
    return refused('file-unreadable', expiredToken, `the cached token ${path} cannot be read`)
  const text = (name: string): string | null => javaText(file.members, name)
  const expiresAt = text('expiresAt') === null ? null : javaInstant(text('expiresAt')!)
  if (expiresAt === null || text('accessToken') === null) {
    return refused('file-unreadable', expiredToken, `the cached token ${path} lacks its text or its end`)
  }
  const registration = text('registrationExpiresAt')
  if (sessionName !== null && registration !== null && javaInstant(registration) === null) {
    return refused('file-unreadable', expiredToken, `the cached token ${path} has an odd date`)
  }
  const isOver = machine.now().getTime() > expiresAt.getTime()
  if (!isOver) return { kind: 'usable', path, isRefreshed: false }
  const canBeRefreshed = sessionName !== null && text('refreshToken') !== null
  return canBeRefreshed
    ? { kind: 'usable', path, isRefreshed: true }
    : refused('expired', expiredToken, `the cached token ${path} is over`)
}

const needed = ['clientId', 'dpopKey', 'refreshToken'] as const
const neededOfToken = ['accessKeyId', 'secretAccessKey', 'sessionToken', 'expiresAt', 'accountId'] as const

/** The session of `aws login`, refreshed when less than five minutes are left. Source: signin `LoginCredentialsProvider`, `OnDiskTokenManager`. */
export function javaV2Login(machine: Machine, session: string): Cached {
  if (isJavaBlank(session)) {
    return refused(
      'configuration',
      'IllegalArgumentException: LoginSession must not be blank or empty.',
      'login_session is empty',
    )
  }
  const named = machine.env('AWS_LOGIN_CACHE_DIRECTORY')
  const home = jvmHome(machine)
  if (named === undefined && home === null) return refused('configuration', expiredToken, 'there is no home directory')
  const name = `${sha256Hex(session)}.json`
  const path =
    named === undefined
      ? below(machine, home!, '.aws', 'login', 'cache', name)
      : absolutePath(machine, below(machine, trimJava(named), name))
  const file = cacheFile(machine, path)
  if (file.kind === 'absent') {
    const says = `SdkClientException: Token cache file for login_session \`${session}\` not found. You must re-authenticate.`
    return refused('file-unreadable', says, `there is no cached session ${path}`)
  }
  const unreadable = `SdkClientException: Failed to load cached token at ${path}`
  if (file.kind !== 'members')
    return refused('file-unreadable', unreadable, `the cached session ${path} cannot be read`)
  const missing = missingMember(file.members)
  if (missing !== null) {
    const says = `SdkClientException: required member '${missing}' not found`
    return refused('file-unreadable', says, `the cached session ${path} has no ${missing}`)
  }
  const token = file.members['accessToken'] as Readonly<Record<string, unknown>>
  const expiresAt = javaInstant(javaText(token, 'expiresAt')!)
  if (expiresAt === null) {
    const says = `DateTimeParseException: Text '${javaText(token, 'expiresAt')}' could not be parsed at index 0`
    return refused('file-unreadable', says, `the cached session ${path} has an odd end`)
  }
  return { kind: 'usable', path, isRefreshed: machine.now().getTime() + 5 * 60_000 >= expiresAt.getTime() }
}

function missingMember(members: Readonly<Record<string, unknown>>): string | null {
  const token = members['accessToken']
  if (token === undefined) return 'accessToken'
  const inner = typeof token === 'object' && token !== null ? (token as Readonly<Record<string, unknown>>) : {}
  return (
    neededOfToken.find((name) => javaText(inner, name) === null) ??
    needed.find((name) => javaText(members, name) === null) ??
    null
  )
}

function refused(reason: BrokenSource['reason'], says: string, because: string): Cached {
  return { kind: 'refused', reason, says, because }
}
