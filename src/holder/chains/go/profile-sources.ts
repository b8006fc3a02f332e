import { trimSpace } from '../../files/dialects/go-text.ts'
import type { Machine } from '../../machine/machine.ts'
import type { Place } from '../../sources/credential.ts'
import { absent, failure, type GoAnswer, plainError } from './answer.ts'
import { askContainer, containerVariable } from './container.ts'
import type { GoGround, ProfileSource } from './ground.ts'
import { readNamed, unreadableWords } from './places.ts'
import type { GoProfile } from './profile.ts'
import { type CachedToken, loginToken, ssoToken } from './tokens.ts'
import { parseGoUrl, unsendableUrl } from './url.ts'

/** Keys that stand in a profile. */
export const profileKeys: ProfileSource = {
  provider: 'shared-credentials-file',
  ask(_, { name, credential }) {
    if (credential === null) return absent(`[${name}] has no pair of keys`)
    const { at } = credential.accessKeyId
    return { kind: 'found', credential, because: `[${name}] has a pair of keys`, at }
  },
}

/** `web_identity_token_file` with `role_arn`, in one profile. */
export const profileWebIdentity: ProfileSource = {
  provider: 'assume-role-with-web-identity',
  ask(ground, profile) {
    const tokenFile = profile.get('web_identity_token_file')
    if (tokenFile === undefined) return absent(`[${profile.name}] has no web_identity_token_file`)
    return askWebIdentity(ground, {
      profile: profile.name,
      tokenFile: tokenFile.value,
      role: profile.get('role_arn')?.value ?? '',
      sessionName: profile.get('role_session_name')?.value ?? null,
      at: tokenFile.at,
    })
  },
}

interface WebIdentity {
  readonly profile: string | null
  readonly tokenFile: string
  readonly role: string
  readonly sessionName: string | null
  readonly at: Place
}

/** A role by the token in a file, which is read when the credentials are asked for (`stscreds.WebIdentityRoleProvider`). */
export function askWebIdentity(ground: GoGround, { profile, tokenFile, role, sessionName, at }: WebIdentity): GoAnswer {
  const { machine, rules } = ground
  if (role === '') return failure('load', 'configuration', rules.words.noRole, 'a token file is named, but no role', at)
  const { reading, text: token } = readNamed(machine, tokenFile)
  if (reading.kind !== 'found') {
    const error = rules.words.tokenFile(tokenFile, unreadableWords(machine, tokenFile, reading))
    return failure('ask', 'file-unreadable', error, `${tokenFile} cannot be read`, at)
  }
  const refused = ground.stsRefusal({ operation: 'AssumeRoleWithWebIdentity', roleArn: role, sessionName, token })
  if (refused !== null) {
    const error = rules.words.webIdentityCall(refused)
    return failure('ask', 'configuration', error, `STS cannot be asked for the role ${role}`, at)
  }
  const plan = { kind: 'web-identity', profile, roleArn: role, tokenFile, sessionName, region: null, at } as const
  return { kind: 'deferred', plan, because: `the role ${role} would be assumed with the token in ${tokenFile}`, at }
}

/** How a version reads the cached tokens of IAM Identity Center, by the session's name or the start URL. */
export interface TokenReaders {
  readonly ofSession: (machine: Machine, name: string) => CachedToken
  readonly ofStartUrl: (machine: Machine, startUrl: string) => CachedToken
}

/** IAM Identity Center, by an `sso-session` or by the four settings of the legacy form. */
export function identityCenter({ ofSession, ofStartUrl }: TokenReaders): ProfileSource {
  return {
    provider: 'sso',
    ask(ground, profile) {
      const setting = profile.ssoSetting
      if (setting === undefined) return absent(`[${profile.name}] has no setting of IAM Identity Center`)
      const { at } = setting
      const wrong = profile.session === null ? wrongLegacy(profile) : wrongSession(profile)
      if (wrong !== null) {
        return failure(
          'load',
          'configuration',
          plainError(wrong),
          `the settings of [${profile.name}] do not go together`,
          at,
        )
      }
      const { session } = profile
      const startUrl = profile.get('sso_start_url')?.value ?? session?.startUrl?.value ?? ''
      const token = session === null ? ofStartUrl(ground.machine, startUrl) : ofSession(ground.machine, session.name)
      if (token.error !== null) {
        return failure('ask', 'expired', token.error, `the token in ${token.written} cannot be used`, at)
      }
      const roleName = profile.get('sso_role_name')?.value ?? ''
      const accountId = profile.get('sso_account_id')?.value ?? ''
      const region = session?.region?.value ?? profile.get('sso_region')?.value ?? ''
      const refused = ground.portalRefusal(region)
      if (refused !== null) return failure('ask', 'configuration', refused, `${region} is no region`, at)
      const because = `the role ${roleName} in account ${accountId} would be asked of IAM Identity Center`
      const plan = {
        kind: 'sso',
        profile: profile.name,
        startUrl,
        region,
        accountId,
        roleName,
        sessionName: session?.name ?? null,
        tokenFile: token.path,
        at,
      } as const
      return { kind: 'deferred', plan, because, at }
    },
  }
}

/** shared_config.go `validateSSOTokenProviderConfiguration`. Account and role are not asked for here. */
function wrongSession(profile: GoProfile): string | null {
  const { region, startUrl } = profile.session!
  const missing = [
    ...(region === undefined || region.value === '' ? ['sso_region'] : []),
    ...(startUrl === undefined || startUrl.value === '' ? ['sso_start_url'] : []),
  ]
  if (missing.length > 0) return missingWords(profile, missing)
  for (const [key, setting] of [
    ['sso_region', region],
    ['sso_start_url', startUrl],
  ] as const) {
    const own = profile.get(key)
    if (own !== undefined && own.value !== setting!.value) {
      return `${key} in profile "${profile.name}" must match ${key} in sso-session `
    }
  }
  return null
}

/** shared_config.go `validateLegacySSOConfiguration`. */
function wrongLegacy(profile: GoProfile): string | null {
  const keys = ['sso_region', 'sso_start_url', 'sso_account_id', 'sso_role_name'] as const
  const missing = keys.filter((key) => profile.get(key) === undefined)
  return missing.length === 0 ? null : missingWords(profile, missing)
}

function missingWords({ name }: GoProfile, missing: readonly string[]): string {
  return `profile "${name}" is configured to use SSO but is missing required configuration: ${missing.join(', ')}`
}

/** The legacy token as version 2 reads it: like that of a session, but never refreshed. */
export function legacyTokenOfV2(machine: Machine, startUrl: string): CachedToken {
  const token = ssoToken(machine, startUrl)
  const invalid = 'the SSO session has expired or is invalid'
  if (token.isRefreshed || token.error?.text.startsWith('refresh ') === true) {
    return { ...token, isRefreshed: false, error: { name: 'InvalidTokenError', text: invalid } }
  }
  if (token.error === null) return token
  const name = token.error.name === 'Error' ? 'InvalidTokenError' : token.error.name
  return { ...token, error: { name, text: `${invalid}: ${token.error.text}` } }
}

/** A session of `aws login`. */
export const login: ProfileSource = {
  provider: 'login',
  ask(ground, profile) {
    const session = profile.get('login_session')
    if (session === undefined) return absent(`[${profile.name}] has no login_session`)
    const { at } = session
    const name = trimSpace(session.value)
    const token = loginToken(ground.machine, name)
    if (token.error !== null) {
      const because = `the session in ${token.written} cannot be used`
      return { ...failure('ask', 'expired', token.error, because, at), hasOwnCache: true }
    }
    const plan = {
      kind: 'login',
      profile: profile.name,
      session: session.value,
      cacheFile: token.path,
      region: ground.region?.name ?? null,
      at,
    } as const
    return { kind: 'deferred', plan, because: `the session ${name} of aws login would be used`, at }
  },
}

/** `credential_process`, given to a shell. */
export const customProcess: ProfileSource = {
  provider: 'custom-process',
  ask({ rules }, profile) {
    const command = profile.get('credential_process')
    if (command === undefined) return absent(`[${profile.name}] has no credential_process`)
    const { value, at } = command
    if (rules.words.emptyProcess !== null && trimSpace(value) === '') {
      return failure('ask', 'process-failed', rules.words.emptyProcess, 'the credential_process is empty', at)
    }
    const plan = { kind: 'process', profile: profile.name, command: value, run: 'shell', at } as const
    return { kind: 'deferred', plan, because: `the credential_process of [${profile.name}] would be run`, at }
  },
}

/** The container endpoint, where a profile has nothing of its own. */
export const containerRole: ProfileSource = {
  provider: 'container-role',
  ask(ground) {
    const answer = askContainer(ground)
    return answer.kind === 'broken' && ground.rules.hidesContainerErrors ? { ...answer, isHidden: true } : answer
  },
}

/** The role of the instance, where the container endpoint is not configured. */
export const instanceRole: ProfileSource = {
  provider: 'iam-role',
  ask(ground) {
    const variable = containerVariable(ground.machine, ground.rules.containerFirst)
    return variable === null ? askInstance(ground) : absent(`${variable} is set, and is asked instead`, { variable })
  },
}

const disabled = 'AWS_EC2_METADATA_DISABLED'

/**
 * The role of the EC2 instance. Every machine would ask the link-local address and nearly none has an answer, so that only a
 * configured endpoint counts as evidence that there is one.
 */
export function askInstance({ machine, metadata }: GoGround): GoAnswer {
  if (machine.env(disabled)?.toLowerCase() === 'true') {
    const because = `${disabled} forbids to ask the instance metadata`
    return { kind: 'absent', because, at: { variable: disabled }, isDisabled: true }
  }
  const { endpoint, versionOne } = metadata
  if (endpoint === null) return absent('nothing here says that this is an EC2 instance')
  const { url, at } = endpoint
  const address = parseGoUrl(url)
  // That nothing can be asked is no error of the chain, but its end, as is an endpoint that knows no role.
  if (address.kind === 'error' || unsendableUrl(address) !== null) {
    return absent('the endpoint of the instance metadata is no http URL, so that nothing is asked', at)
  }
  const plan = { kind: 'instance-metadata', endpoint: url, versionOne, at } as const
  return { kind: 'deferred', plan, because: `${url} would be asked for the role of the instance`, at }
}
