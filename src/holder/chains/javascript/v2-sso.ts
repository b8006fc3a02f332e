import { sha1Hex } from '../../files/digest.ts'
import { absolutePath, joinPath } from '../../machine/paths.ts'
import type { SourceAnswer } from '../../sources/answer.ts'
import type { Place } from '../../sources/credential.ts'
import type { Settings } from '../../sources/settings.ts'
import { absent, deferred, passedOver } from '../../sources/source.ts'
import { dateOf, type JsonFile, type Members, readJson } from './json-file.ts'
import { javascriptHome } from './places.ts'
import { readError } from './sections.ts'
import { regionProblem } from './v2-endpoint.ts'
import type { V2Ground } from './v2-ground.ts'

const failure = 'SsoCredentialsProviderFailure'
const tokenFailure = 'SSOTokenProviderFailure'
const legacyWindow = 15 * 60 * 1000
const sessionWindow = 5 * 60 * 1000

/**
 * IAM Identity Center, which v2 asks before the keys of the same profile. Everything that is missing goes on.
 * Sources: lib/credentials/sso_credentials.js, lib/token/sso_token_provider.js.
 */
export function askSso(ground: V2Ground, settings: Settings): SourceAnswer {
  const keys = ['sso_session', 'sso_account_id', 'sso_role_name', 'sso_start_url', 'sso_region']
  const at = keys.map((key) => settings.get(key)?.at).find((place) => place !== undefined)
  if (at === undefined) return absent(`[${ground.profile}] has no sso_account_id and no sso_role_name`)
  const required = settings.has('sso_session')
    ? ['sso_account_id', 'sso_role_name']
    : ['sso_start_url', 'sso_account_id', 'sso_region', 'sso_role_name']
  const missing = required.filter((key) => !settings.has(key))
  if (missing.length > 0) {
    const says = `${failure}: Profile ${ground.profile} does not have valid SSO credentials.`
    return passedOver('configuration', says, `[${ground.profile}] lacks ${missing.join(', ')}`, at)
  }
  return settings.has('sso_session') ? withSession(ground, settings, at) : legacy(ground, settings, at)
}

/** The token of a session is looked for in the config file of the home directory, whatever the variables say. */
function withSession(ground: V2Ground, settings: Settings, at: Place): SourceAnswer {
  const refused = (says: string, because: string): SourceAnswer => passedOver('configuration', says, because, at)
  const { homeConfig } = ground.files
  if (homeConfig.error !== null) {
    return refused(homeConfig.error.says, `${homeConfig.file.location.path} cannot be read`)
  }
  const profile = homeConfig.profile(ground.profile)
  if (profile === null) {
    return refused(`${tokenFailure}: Profile "${ground.profile}" not found`, `there is no [profile ${ground.profile}]`)
  }
  const name = profile.get('sso_session')?.value
  if (name === undefined) {
    const says = `${tokenFailure}: Profile "${ground.profile}" is missing required property "sso_session".`
    return refused(says, `[profile ${ground.profile}] has no sso_session`)
  }
  const session = homeConfig.ssoSession(name)
  const missing = ['sso_start_url', 'sso_region'].find((key) => !session?.has(key))
  if (session === null || missing !== undefined) {
    const lack = missing === undefined || session === null ? 'not found' : `is missing required property "${missing}".`
    return refused(`${tokenFailure}: Sso session "${name}" ${lack}`, `[sso-session ${name}] is not complete`)
  }
  const tokenFile = cacheFile(ground, name)
  const wrong = sessionTokenError(ground, readJson(ground.machine, tokenFile), tokenFile)
  if (wrong !== null) return passedOver('expired', wrong, `the token in ${tokenFile} cannot be used`, at)
  // Of two sessions that the files name, the merged profile's gives region and start URL.
  const own = ground.files.homeConfig.ssoSession(settings.get('sso_session')!.value)
  return asked(ground, new Map([...settings, ...(own ?? [])]), { tokenFile, sessionName: name, at })
}

function legacy(ground: V2Ground, settings: Settings, at: Place): SourceAnswer {
  const tokenFile = cacheFile(ground, settings.get('sso_start_url')!.value)
  const wrong = legacyTokenError(ground, readJson(ground.machine, tokenFile), tokenFile)
  if (wrong !== null) return passedOver('expired', wrong, `the token in ${tokenFile} cannot be used`, at)
  return asked(ground, settings, { tokenFile, sessionName: null, at })
}

interface Found {
  readonly tokenFile: string
  readonly sessionName: string | null
  readonly at: Place
}

function asked(ground: V2Ground, settings: Settings, { tokenFile, sessionName, at }: Found): SourceAnswer {
  const region = settings.get('sso_region')?.value ?? ground.region?.value ?? null
  const problem = regionProblem(region)
  if (problem !== null) {
    const says = `ConfigError: ${problem} region in config`
    return passedOver('configuration', says, 'the region of IAM Identity Center is none', at)
  }
  const role = settings.get('sso_role_name')!.value
  const account = settings.get('sso_account_id')!.value
  return deferred(`the role ${role} in account ${account} would be asked of IAM Identity Center`, at, {
    kind: 'sso',
    profile: ground.profile,
    startUrl: settings.get('sso_start_url')?.value ?? '',
    region: region ?? '',
    accountId: account,
    roleName: role,
    sessionName,
    tokenFile: absolutePath(ground.machine, tokenFile),
    at,
  })
}

function cacheFile({ machine }: V2Ground, key: string): string {
  return joinPath(machine, javascriptHome(machine, 'with-slash'), '.aws', 'sso', 'cache', `${sha1Hex(key)}.json`)
}

function sessionTokenError({ machine }: V2Ground, token: JsonFile, path: string): string | null {
  const members = membersOrError(token, path)
  if (typeof members === 'string') return members
  const lacking = (keys: readonly string[]): string | undefined => keys.find((key) => !members[key])
  const missing = lacking(['accessToken', 'expiresAt'])
  if (missing !== undefined) return `${tokenFailure}: Key "${missing}" not present in SSO Token`
  if (dateOf(members['expiresAt']).getTime() > machine.now().getTime() + sessionWindow) return null
  const unrefreshable = lacking(['clientId', 'clientSecret', 'refreshToken'])
  return unrefreshable === undefined ? null : `${tokenFailure}: Key "${unrefreshable}" not present in SSO Token`
}

function legacyTokenError({ machine }: V2Ground, token: JsonFile, path: string): string | null {
  const members = membersOrError(token, path)
  if (typeof members === 'string') return members
  if (['startUrl', 'region', 'accessToken', 'expiresAt'].some((key) => !members[key])) {
    return 'Error: Cached credentials are missing required properties. Try running aws sso login.'
  }
  // An end that is no date is never near.
  if (dateOf(members['expiresAt']).getTime() - machine.now().getTime() > legacyWindow) return null
  if (Number.isNaN(dateOf(members['expiresAt']).getTime())) return null
  return 'Error: The SSO session associated with this profile has expired. To refresh this SSO session run aws sso login with the corresponding profile.'
}

function membersOrError(token: JsonFile, path: string): Members | string {
  if (token.kind === 'unread') return `Error: ${readError(token.because, path)}`
  if (token.kind === 'invalid') return `SyntaxError: ${token.says}`
  return token.value ?? `${failure}: Cached credentials not found.`
}
