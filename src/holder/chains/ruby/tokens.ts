import { sha256Hex } from '../../files/digest.ts'
import { absolutePath } from '../../machine/paths.ts'
import type { SourceAnswer } from '../../sources/answer.ts'
import type { SsoPlan } from '../../sources/plan.ts'
import { broken, deferred } from '../../sources/source.ts'
import { cacheFile, expiryOf, guidance, isSet, readJson, refusedBearer } from './bearer.ts'
import { refusedClient, refusedTokenClient } from './clients.ts'
import type { RubyFile } from './files.ts'
import { rubyHome } from './files.ts'
import { type RubyGround, settingOf } from './ground.ts'
import { anyOf } from './sources.ts'

/**
 * IAM Identity Center by a profile, in the credentials file or else the config file; null when neither names an account or a role.
 * Without a config file there is no SSO. Sources: shared_config.rb `sso_credentials_from_profile`, sso_credentials.rb,
 * sso_token_provider.rb.
 */
export function askSso(ground: RubyGround, profile: string): SourceAnswer | null {
  if (!ground.files.config.isRead) return null
  return ofFile(ground, ground.files.credentials, profile) ?? ofFile(ground, ground.files.config, profile)
}

function ofFile(ground: RubyGround, file: RubyFile, profile: string): SourceAnswer | null {
  const settings = file.section(profile)
  const trigger = anyOf(settings, ['sso_account_id', 'sso_role_name'])
  if (settings === null || trigger === undefined) return null
  const { at } = trigger
  const refuse = (says: string, because: string): SourceAnswer =>
    broken('configuration', `ArgumentError: ${says}`, because, at)
  const text = (key: string): string | undefined => settings.get(key)?.value
  const session = text('sso_session')
  let [region, startUrl] = [text('sso_region'), text('sso_start_url')]
  if (session !== undefined) {
    const quoted = ground.rules.checksSsoSession ? file.section(`sso-session '${session}'`) : null
    const section = file.section(`sso-session ${session}`) ?? quoted
    if (section === null) {
      const says = `sso-session ${session} must be defined in the config file. Referenced by profile ${profile}`
      return refuse(says, `[sso-session ${session}] does not exist`)
    }
    const [sessionRegion, sessionUrl] = [section.get('sso_region')?.value, section.get('sso_start_url')?.value]
    if (ground.rules.checksSsoSession && sessionRegion === undefined) {
      return refuse(
        `sso-session ${session} missing required parameter: sso_region`,
        `[sso-session ${session}] has no sso_region`,
      )
    }
    for (const [key, own, other] of [
      ['sso_region', region, sessionRegion],
      ['sso_start_url', startUrl, sessionUrl],
    ] as const) {
      if (own === undefined || own === other) continue
      const says = `sso-session ${session}'s ${key} (${other ?? ''}) does not match the profile ${profile}'s ${key} (${own}'`
      return refuse(says, `${key} differs between [${profile}] and [sso-session ${session}]`)
    }
    region = sessionRegion
    if (ground.rules.checksSsoSession) startUrl = sessionUrl
  }
  const [accountId, roleName] = [text('sso_account_id'), text('sso_role_name')]
  const needed = {
    sso_session: session,
    sso_start_url: startUrl,
    sso_account_id: accountId,
    sso_region: region,
    sso_role_name: roleName,
  }
  const missing = Object.entries(needed).filter(
    ([key, value]) => value === undefined && key !== (session === undefined ? 'sso_session' : 'sso_start_url'),
  )
  if (missing.length > 0 || region === undefined || accountId === undefined || roleName === undefined) {
    const names = missing.map(([key]) => `:${key}`).join(', ')
    return refuse(`Missing required keys: [${names}]`, `[${profile}] lacks ${missing.map(([key]) => key).join(', ')}`)
  }
  const tokenFile = cacheFile(ground, session ?? startUrl ?? '')
  const plan: SsoPlan = {
    kind: 'sso',
    profile,
    startUrl: startUrl ?? '',
    region,
    accountId,
    roleName,
    sessionName: session ?? null,
    tokenFile,
    at,
  }
  // With a session the client for its token is made before the token is read.
  const unreachable = session === undefined ? null : refusedTokenClient(ground, { name: region, at })
  if (unreachable !== null) return broken('configuration', unreachable, 'no client for the token can be made', at)
  const refused = session === undefined ? refusedLegacy(ground, tokenFile) : refusedBearer(ground, tokenFile)
  if (refused !== null) {
    return broken(
      refused.startsWith('Errno') ? 'file-unreadable' : 'expired',
      refused,
      'there is no usable token of aws sso login',
      at,
    )
  }
  const portal = refusedClient(ground, null, { name: region, at })
  if (portal !== null) return broken('configuration', portal, 'no client of the portal can be made', at)
  return deferred(`the role ${roleName} in account ${accountId} would be asked of IAM Identity Center`, at, plan)
}

function refusedLegacy(ground: RubyGround, path: string): string | null {
  const invalid = `Aws::Errors::InvalidSSOCredentials: ${guidance}`
  const token = readJson(ground, path)
  if (token.kind === 'error') return token.says
  if (token.kind === 'none') return invalid
  const expiresAt = expiryOf(token.members)
  if (typeof expiresAt === 'string') return expiresAt === '' ? invalid : expiresAt
  return expiresAt.getTime() < ground.machine.now().getTime() ? invalid : null
}

/** The session of `aws login` (login_credentials.rb); null when the profile names none. */
export function askLogin(ground: RubyGround, profile: string): SourceAnswer | null {
  const setting = ground.rules.hasLogin ? settingOf(ground.files, profile, 'login_session') : undefined
  if (setting === undefined) return null
  const { machine, region } = ground
  const session = setting.value
  const { at } = setting
  const unreachable = refusedClient(ground, null, region)
  if (unreachable !== null) return broken('configuration', unreachable, 'the client of aws login needs a region', at)
  const name = `${sha256Hex(session.trim())}.json`
  const folder =
    machine.env('AWS_LOGIN_CACHE_DIRECTORY') ?? [rubyHome(machine) ?? '', '.aws', 'login', 'cache'].join('/')
  const path = absolutePath(machine, `${folder}/${name}`)
  const cached = readJson(ground, path)
  const refuse = (says: string): SourceAnswer => broken('expired', says, 'there is no usable session of aws login', at)
  if (cached.kind === 'error') return refuse(cached.says)
  if (cached.kind === 'none') {
    return refuse(
      `Aws::Errors::InvalidLoginToken: Failed to load a Login token for login session ${session}. Please reauthenticate.`,
    )
  }
  const access = cached.members['accessToken'] as Readonly<Record<string, unknown>> | undefined
  const missing = ['accessToken', 'clientId', 'refreshToken', 'dpopKey'].filter(
    (field) => !isSet(cached.members[field]),
  )
  if (missing.length > 0) {
    return refuse(
      `ArgumentError: Cached login token is missing required field(s): ${JSON.stringify(missing)}. Please reauthenticate.`,
    )
  }
  const inner = ['accessKeyId', 'secretAccessKey', 'sessionToken', 'accountId', 'expiresAt'].filter(
    (field) => !isSet(access?.[field]),
  )
  if (inner.length > 0) {
    const says = `Access token in cached login token is missing required field(s): ${JSON.stringify(inner)}. Please reauthenticate.`
    return refuse(`ArgumentError: ${says}`)
  }
  return deferred(`the session ${session} of aws login would be used`, at, {
    kind: 'login',
    profile,
    session,
    cacheFile: path,
    region: region?.name ?? null,
    at,
  })
}
