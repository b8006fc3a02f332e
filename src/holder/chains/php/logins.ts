import { sha1Hex, sha256Hex } from '../../files/digest.ts'
import { absolutePath } from '../../machine/paths.ts'
import type { SourceAnswer } from '../../sources/answer.ts'
import { cachedLogin } from '../../sources/cached-login.ts'
import { cachedSsoToken } from '../../sources/cached-sso-token.ts'
import type { Settings } from '../../sources/settings.ts'
import { absent, deferred, type Source } from '../../sources/source.ts'
import { truthy } from './files.ts'
import { type PhpGround, rejected } from './ground.ts'

/** In the config file `[x]` is looked for before `[profile x]` by these two. */
function profileOf({ files, profile }: PhpGround): Settings | null {
  return files.config.section(profile) ?? files.config.section(`profile ${profile}`)
}

/** `CredentialProvider::sso`; Token/SsoTokenProvider.php for the form with a session. */
export const sso: Source<PhpGround> = {
  provider: 'sso',
  ask(ground) {
    const settings = profileOf(ground)
    const trigger = ['sso_session', 'sso_account_id', 'sso_role_name', 'sso_start_url', 'sso_region']
      .map((key) => settings?.get(key))
      .find((setting) => setting !== undefined)
    if (settings === null || trigger === undefined) {
      return absent(`[${ground.profile}] of the config file has no sso settings`)
    }
    const name = truthy(settings.get('sso_session')?.value)
    if (name === null) return asked(ground, settings, settings, null)
    const session = ground.files.config.section(`sso-session ${name}`)
    if (session === null || session.size === 0) {
      return rejected(`Could not find sso-session ${name} in ${ground.files.config.path}`, trigger.at)
    }
    return asked(ground, settings, session, name)
  },
}

function asked(ground: PhpGround, settings: Settings, shared: Settings, session: string | null): SourceAnswer {
  const { machine, files, profile } = ground
  const value = (from: Settings, key: string): string | null => truthy(from.get(key)?.value)
  const startUrl = value(shared, 'sso_start_url')
  const region = value(shared, 'sso_region')
  const accountId = value(settings, 'sso_account_id')
  const roleName = value(settings, 'sso_role_name')
  const at = (settings.get('sso_account_id') ?? settings.get('sso_role_name') ?? [...settings.values()][0])?.at
  if (at === undefined || startUrl === null || region === null || accountId === null || roleName === null) {
    return rejected(`[${profile}] must have sso_start_url, sso_region, sso_account_id and sso_role_name`, at)
  }
  const tokenFile = absolutePath(machine, `${files.home}/.aws/sso/cache/${sha1Hex(session ?? startUrl)}.json`)
  const token = cachedSsoToken(machine, tokenFile)
  if (token.kind === 'absent') return rejected(`Unable to read token file at ${tokenFile}`, at, 'expired')
  if (token.kind === 'broken' || !token.hasAccessToken || token.expiresAt === null) {
    return rejected(`Token file at ${tokenFile} must contain an access token and an expiration`, at, 'expired')
  }
  const isOver = token.expiresAt.getTime() < machine.now().getTime()
  if (isOver && (session === null || !token.hasRefreshToken || !token.hasClient)) {
    return rejected('Cached SSO credentials returned expired credentials', at, 'expired')
  }
  return deferred(`the role ${roleName} in account ${accountId} would be asked of IAM Identity Center`, at, {
    kind: 'sso',
    profile,
    startUrl,
    region,
    accountId,
    roleName,
    sessionName: session,
    tokenFile,
    at,
  })
}

/** LoginCredentialProvider.php. It is made anew for each question, and what it throws is a rejection. */
export const login: Source<PhpGround> = {
  provider: 'login',
  ask(ground) {
    const { machine, files, profile } = ground
    const settings = profileOf(ground)
    const session = settings?.get('login_session')
    if (session === undefined || truthy(session.value) === null) {
      return absent(`[${profile}] of the config file has no login_session`)
    }
    const region = truthy(machine.env('AWS_REGION')) ?? truthy(settings?.get('region')?.value)
    if (region === null) return rejected('Unable to determine region for the Sign-In service client', session.at)
    const directory = truthy(machine.env('AWS_LOGIN_CACHE_DIRECTORY')) ?? `${files.home}/.aws/login/cache`
    const cacheFile = absolutePath(machine, `${directory}/${sha256Hex(session.value.trim())}.json`)
    const cached = cachedLogin(machine, cacheFile)
    if (cached.kind === 'absent') {
      const because = `Failed to load cached credentials for profile '${profile}'. Please reauthenticate using \`aws login\`.`
      return rejected(because, session.at, 'expired')
    }
    if (cached.kind === 'broken')
      return rejected(`Missing required keys in cached token for profile ${profile}.`, session.at)
    return deferred(`the session ${session.value} of aws login would be used`, session.at, {
      kind: 'login',
      profile,
      session: session.value,
      cacheFile,
      region,
      at: session.at,
    })
  },
}
