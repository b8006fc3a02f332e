import { sha1Hex } from '../files/digest.ts'
import { expandHome } from '../files/expand.ts'
import { absolutePath, joinPath } from '../machine/paths.ts'
import type { BrokenSource, SourceAnswer } from './answer.ts'
import type { Place } from './credential.ts'
import { jsonCacheEntry, keyError, membersOf } from './json-cache.ts'
import type { SsoPlan } from './plan.ts'
import { naiveInstant, parsedByPython } from './python-dates.ts'
import { namedSettings, profileSettings, type Settings, type SourceGround } from './settings.ts'
import { absent, broken, deferred, refusedFiles, type Source } from './source.ts'

const profileKeys = ['sso_role_name', 'sso_account_id'] as const
const required = [...profileKeys, 'sso_start_url', 'sso_region'] as const

/** IAM Identity Center (botocore `SSOProvider`). It counts as configured when the profile names a role or an account. */
export const sso: Source = {
  provider: 'sso',
  ask(ground) {
    const refusal = refusedFiles(ground.files)
    if (refusal !== null) return refusal
    const settings = profileSettings(ground.files, ground.profile)
    const trigger = profileKeys.map((key) => settings?.get(key)).find((setting) => setting !== undefined)
    if (settings === null || trigger === undefined)
      return absent(`[${ground.profile}] has no sso_account_id and no sso_role_name`)
    return settings.has('sso_session') ? withSession(ground, settings) : complete(ground, settings, required)
  },
}

function withSession(ground: SourceGround, settings: Settings): SourceAnswer {
  const name = settings.get('sso_session')!
  const session = namedSettings(ground.files, 'sso-session', name.value)
  if (session === null) {
    const says = `InvalidConfigError: The specified sso-session does not exist: "${name.value}"`
    return broken('configuration', says, `[sso-session ${name.value}] does not exist`, name.at)
  }
  for (const [key, setting] of session) {
    const own = settings.get(key)
    if (own === undefined || own.value === setting.value) continue
    const says =
      `InvalidConfigError: The value for ${key} is inconsistent between profile (${own.value}) ` +
      `and sso-session (${setting.value}).`
    return broken(
      'configuration',
      says,
      `${key} differs between [${ground.profile}] and [sso-session ${name.value}]`,
      own.at,
    )
  }
  return complete(ground, new Map([...settings, ...session]), [...required, 'sso_session'])
}

function complete(ground: SourceGround, settings: Settings, keys: readonly string[]): SourceAnswer {
  const missing = keys.filter((key) => !settings.has(key))
  const at = profileKeys.map((key) => settings.get(key)?.at).find((place) => place !== undefined)
  if (missing.length > 0) {
    const says =
      `InvalidConfigError: The profile "${ground.profile}" is configured to use SSO but is missing required ` +
      `configuration: ${missing.join(', ')}`
    return broken('configuration', says, `[${ground.profile}] lacks ${missing.join(', ')}`, at)
  }
  const role = settings.get('sso_role_name')!.value
  const account = settings.get('sso_account_id')!.value
  const because = `the role ${role} in account ${account} would be asked of IAM Identity Center`
  return deferred(because, at, planOf(ground, settings, at!))
}

/** The token is cached under the name of the session, in the legacy form under its start URL (utils.py `SSOTokenLoader`). */
function planOf({ machine, profile }: SourceGround, settings: Settings, at: Place): SsoPlan {
  const startUrl = settings.get('sso_start_url')!.value
  const sessionName = settings.get('sso_session')?.value ?? null
  return {
    kind: 'sso',
    profile,
    startUrl,
    region: settings.get('sso_region')!.value,
    accountId: settings.get('sso_account_id')!.value,
    roleName: settings.get('sso_role_name')!.value,
    sessionName,
    tokenFile: ssoTokenFile(machine, sessionName ?? startUrl),
    at,
  }
}

/** Where the token of a session, or in the legacy form of a start URL, is cached. */
export function ssoTokenFile(machine: SourceGround['machine'], name: string): string {
  const directory = expandHome(machine, joinPath(machine, '~', '.aws', 'sso', 'cache'))
  return absolutePath(machine, joinPath(machine, directory, `${sha1Hex(name)}.json`))
}

type TokenRefusal = BrokenSource & { readonly because: string }

/**
 * The error that the cached access token ends in, null when it can be used or renewed. A token of the legacy form is never
 * renewed; one of an `sso-session` is from 15 minutes before its end. Sources: botocore utils.py `SSOTokenLoader`, tokens.py
 * `SSOTokenProvider._refresher` and `DeferredRefreshableToken`, credentials.py `SSOCredentialFetcher._get_credentials`.
 *
 * @param sendsOverTokens a token of the legacy form is sent without a look at its end
 */
export function ssoTokenRefusal(
  { machine }: Pick<SourceGround, 'machine'>,
  plan: SsoPlan,
  sendsOverTokens = false,
): TokenRefusal | null {
  const { tokenFile, startUrl, sessionName } = plan
  const entry = jsonCacheEntry(machine, tokenFile)
  if (entry.kind === 'absent') {
    const says = `SSOTokenLoadError: Error loading SSO Token: Token for ${sessionName ?? startUrl} does not exist`
    return { reason: 'file-unreadable', says, because: `there is no cached token (${tokenFile})` }
  }
  if (entry.kind === 'broken') {
    return { reason: 'file-syntax', says: keyError(tokenFile), because: `the cached token ${tokenFile} is no JSON` }
  }
  const token = membersOf(entry.value) ?? {}
  if (token['accessToken'] === undefined || token['expiresAt'] === undefined) {
    const says = `SSOTokenLoadError: Error loading SSO Token: Token for ${startUrl} is invalid`
    return { reason: 'configuration', says, because: `the cached token ${tokenFile} lacks accessToken or expiresAt` }
  }
  if (sendsOverTokens && sessionName === null) return null
  const expires = parsedByPython(String(token['expiresAt']))
  const odd = { reason: 'configuration', because: `expiresAt of ${tokenFile} is no instant` } as const
  if ('says' in expires) return { ...odd, says: expires.says }
  if (expires.zone === 'local') return { ...odd, says: naiveInstant }
  const isOver = expires.at.getTime() <= machine.now().getTime()
  if (!isOver) return null
  const because = `the cached token ${tokenFile} is over`
  if (sessionName === null) {
    const says =
      'UnauthorizedSSOTokenError: The SSO session associated with this profile has expired or is otherwise invalid. ' +
      'To refresh this SSO session run aws sso login with the corresponding profile.'
    return { reason: 'expired', says, because }
  }
  return refreshRefusal(machine.now(), token, because)
}

const refreshKeys = ['refreshToken', 'clientId', 'clientSecret', 'registrationExpiresAt'] as const

function refreshRefusal(now: Date, token: Readonly<Record<string, unknown>>, because: string): TokenRefusal | null {
  const over: TokenRefusal = {
    reason: 'expired',
    says: 'TokenRetrievalError: Error when retrieving token from sso: Token has expired and refresh failed',
    because: `${because} and cannot be renewed`,
  }
  if (refreshKeys.some((key) => token[key] === undefined)) return over
  const registered = parsedByPython(String(token['registrationExpiresAt']))
  const odd = { reason: 'configuration', because: `${because}, and registrationExpiresAt is no instant` } as const
  if ('says' in registered) return { ...odd, says: registered.says }
  if (registered.zone === 'local') return { ...odd, says: naiveInstant }
  return registered.at.getTime() <= now.getTime() ? over : null
}
