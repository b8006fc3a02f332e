import { sha1Hex } from '../../files/digest.ts'
import type { Settings } from '../../files/reading.ts'
import { absolutePath, joinPath } from '../../machine/paths.ts'
import type { Place } from '../../sources/credential.ts'
import { dateOf, type JsonFile, readJson } from './json-file.ts'
import { javascriptHome } from './places.ts'
import { refusedCall } from './v3-calls.ts'
import type { V3Ground } from './v3-ground.ts'
import type { Planned, Refused } from './v3-resolution.ts'

const refreshWindow = 5 * 60 * 1000
const refreshBefore = "To refresh this SSO session run 'aws sso login' with the corresponding profile."
const refreshLegacy = 'To refresh this SSO session run aws sso login with the corresponding profile.'

/**
 * What comes of IAM Identity Center: everything that is missing stops the chain.
 *
 * Sources: credential-provider-sso {fromSSO,validateSsoProfile,resolveSSOCredentials}.js; token-providers fromSso.js.
 */
export function ssoResolution(ground: V3Ground, profile: string, settings: Settings): Planned | Refused {
  const name = settings.get('sso_session')
  const session = name === undefined ? null : ground.files.ssoSession(name.value)
  const at = ['sso_session', 'sso_account_id', 'sso_role_name', 'sso_start_url', 'sso_region']
    .map((key) => settings.get(key)?.at)
    .find((place) => place !== undefined)!
  if (name !== undefined && session === null) {
    const says = "TypeError: Cannot read properties of undefined (reading 'sso_region')"
    return refused(says, `there is no [sso-session ${name.value}]`, name.at)
  }
  // The session's values replace the profile's, also where it has none.
  const region = (session ?? settings).get('sso_region')
  const startUrl = (session ?? settings).get('sso_start_url')
  const account = settings.get('sso_account_id')
  const role = settings.get('sso_role_name')
  if (region === undefined || startUrl === undefined || account === undefined || role === undefined) {
    return incomplete(profile, settings, session !== null, at)
  }
  const key = name?.value ?? startUrl.value
  const tokenFile = joinPath(
    ground.machine,
    javascriptHome(ground.machine, 'with-separator'),
    '.aws',
    'sso',
    'cache',
    `${sha1Hex(key)}.json`,
  )
  const token = readJson(ground.machine, tokenFile)
  const wrong = name === undefined ? legacyTokenError(ground, token) : sessionTokenError(ground, token, profile)
  if (wrong !== null) return refused(wrong, `the token in ${tokenFile} cannot be used`, at, 'expired')
  const unsent = refusedCall(ground, 'sso', { name: region.value, at: region.at }, at)
  if (unsent !== null) {
    // Errors of this client are wrapped, and stop the chain all the same.
    return { ...unsent, says: `CredentialsProviderError: ${unsent.says}` }
  }
  return {
    kind: 'planned',
    plan: {
      kind: 'sso',
      profile,
      startUrl: startUrl.value,
      region: region.value,
      accountId: account.value,
      roleName: role.value,
      sessionName: name?.value ?? null,
      tokenFile: absolutePath(ground.machine, tokenFile),
      at,
    },
  }
}

function incomplete(profile: string, settings: Settings, hasSession: boolean, at: Place): Refused {
  const keys = new Set([...settings.keys(), ...(hasSession ? ['sso_region', 'sso_start_url'] : [])])
  const says =
    'CredentialsProviderError: Profile is configured with invalid SSO credentials. Required parameters "sso_account_id", ' +
    `"sso_region", "sso_role_name", "sso_start_url". Got ${[...keys].join(', ')}\n` +
    'Reference: https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sso.html'
  return refused(says, `[${profile}] has not all that IAM Identity Center needs`, at)
}

function sessionTokenError({ machine }: V3Ground, token: JsonFile, profile: string): string | null {
  if (token.kind !== 'value') {
    return `CredentialsProviderError: The SSO session token associated with profile=${profile} was not found or is invalid. ${refreshBefore}`
  }
  if (token.value === null) return "CredentialsProviderError: Cannot read properties of null (reading 'accessToken')"
  const members = token.value
  const missing = (keys: readonly string[]): string | undefined => keys.find((key) => members[key] === undefined)
  const lacking = missing(['accessToken', 'expiresAt'])
  if (lacking !== undefined) {
    return `CredentialsProviderError: Value not present for '${lacking}' in SSO Token. ${refreshBefore}`
  }
  const end = dateOf(members['expiresAt']).getTime()
  if (end - machine.now().getTime() > refreshWindow) return null
  const unrefreshable = missing(['clientId', 'clientSecret', 'refreshToken'])
  if (unrefreshable === undefined) return null
  return `CredentialsProviderError: Value not present for '${unrefreshable}' in SSO Token. Cannot refresh. ${refreshBefore}`
}

function legacyTokenError({ machine }: V3Ground, token: JsonFile): string | null {
  if (token.kind !== 'value') {
    return `CredentialsProviderError: The SSO session associated with this profile is invalid. ${refreshLegacy}`
  }
  if (token.value === null) return "TypeError: Cannot read properties of null (reading 'expiresAt')"
  // An end that is no date is never over.
  if (dateOf(token.value['expiresAt']).getTime() - machine.now().getTime() <= 0) {
    return `CredentialsProviderError: The SSO session associated with this profile has expired. ${refreshLegacy}`
  }
  return null
}

function refused(says: string, because: string, at: Place, reason: Refused['reason'] = 'configuration'): Refused {
  return { kind: 'refused', reason, says, goesOn: false, because, at }
}
