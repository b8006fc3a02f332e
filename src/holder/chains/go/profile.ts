import { Secret } from '../../../anatomy/secret.ts'
import { parseInt64 } from '../../files/dialects/go-text.ts'
import type { Setting, Settings } from '../../files/reading.ts'
import type { Credential, Place } from '../../sources/credential.ts'
import type { Refusal } from '../start.ts'
import { type GoError, plainError, refusal } from './answer.ts'

/** Keys that a role is assumed with; they count at the first mention of a profile in a chain alone. */
const roleKeys = ['role_arn', 'external_id', 'mfa_serial', 'role_session_name', 'source_profile'] as const

/** Keys that give credentials of their own; with `source_profile` they do not count. */
const credentialKeys = [
  'credential_source',
  'credential_process',
  'web_identity_token_file',
  'sso_account_id',
  'sso_region',
  'sso_role_name',
  'sso_start_url',
] as const

type ProfileKey =
  | (typeof roleKeys)[number]
  | (typeof credentialKeys)[number]
  | 'sso_session'
  | 'login_session'
  | 'services'

/** `[sso-session name]`. */
export interface GoSsoSession {
  readonly name: string
  readonly region: Setting | undefined
  readonly startUrl: Setting | undefined
}

/** One profile of a chain of source profiles, as it counts at its place in that chain. */
export class GoProfile {
  readonly name: string
  readonly settings: Settings
  credential: Credential | null
  session: GoSsoSession | null = null
  source: GoProfile | null = null
  readonly #cleared = new Set<string>()

  constructor(name: string, settings: Settings, credential: Credential | null) {
    this.name = name
    this.settings = settings
    this.credential = credential
  }

  /** A setting that is there, counts, and is not empty. */
  get(key: ProfileKey): Setting | undefined {
    const setting = this.#cleared.has(key) ? undefined : this.settings.get(key)
    return setting === undefined || setting.value === '' ? undefined : setting
  }

  clearRole(): void {
    for (const key of roleKeys) this.#cleared.add(key)
  }

  clearCredentials(): void {
    for (const key of credentialKeys) this.#cleared.add(key)
    this.credential = null
  }

  /** Whether it is enough for a profile that names it as its source; a login session alone is not. */
  get hasCredentials(): boolean {
    const keys = ['source_profile', 'credential_source', 'credential_process', 'web_identity_token_file'] as const
    return keys.some((key) => this.get(key) !== undefined) || this.ssoSetting !== undefined || this.credential !== null
  }

  /** What makes it a profile of IAM Identity Center. */
  get ssoSetting(): Setting | undefined {
    const keys = ['sso_session', 'sso_region', 'sso_account_id', 'sso_start_url', 'sso_role_name'] as const
    return keys.map((key) => this.get(key)).find((setting) => setting !== undefined)
  }

  /** Seconds that are sent to STS: only 16 minutes and more count, else the SDK's own 15 (stscreds `DefaultDuration`). */
  get durationSeconds(): number {
    const setting = this.settings.get('duration_seconds')
    const seconds = setting === undefined ? null : parseInt64(setting.value, 'prefixed')
    // A duration is nanoseconds in 64 bits, and goes over the wire as seconds in 32.
    const nanoseconds = BigInt.asIntN(64, (seconds ?? 0n) * 1_000_000_000n)
    return nanoseconds / 60_000_000_000n > 15n ? Number(BigInt.asIntN(32, nanoseconds / 1_000_000_000n)) : 900
  }
}

/** The keys of a profile; null without a whole pair. */
export function pairOf(profile: string, settings: Settings): Credential | null {
  const accessKeyId = settings.get('aws_access_key_id')
  const secret = settings.get('aws_secret_access_key')
  if (accessKeyId === undefined || secret === undefined || accessKeyId.value === '' || secret.value === '') return null
  const token = settings.get('aws_session_token')
  const accountId = settings.get('aws_account_id')
  return {
    provider: accessKeyId.role === 'credentials' ? 'shared-credentials-file' : 'config-file',
    profile,
    accessKeyId: { value: accessKeyId.value, at: accessKeyId.at, raw: accessKeyId.raw },
    secretAccessKey: { value: new Secret(secret.value), at: secret.at, raw: secret.raw },
    sessionToken:
      token === undefined || token.value === ''
        ? null
        : { value: new Secret(token.value), at: token.at, raw: token.raw },
    expiration: null,
    accountId:
      accountId === undefined || accountId.value === ''
        ? null
        : { value: accountId.value, at: accountId.at, raw: accountId.raw },
  }
}

/** How one version of the SDK finds profiles, and the words in which it refuses them. */
export interface LinkRules {
  /** The profile as its section says; null when no file has it. */
  readonly load: (name: string) => GoProfile | Refusal | null
  readonly session: (name: string) => GoSsoSession | null
  /** Keys in a source profile end the chain there, whatever else it has (version 2). */
  readonly keysEndTheChain: boolean
  readonly words: {
    readonly missingSource: (role: string, source: string) => GoError
    readonly emptySource: (role: string, source: string) => GoError
    readonly severalTypes: GoError
  }
}

/**
 * A profile with its chain of source profiles. `missing` is the profile itself; a source that is missing is a refusal.
 *
 * Sources: aws-sdk-go-v2 config/shared_config.go `setFromIniSections`; aws-sdk-go aws/session/shared_config.go
 * `setFromIniFiles`.
 */
export function linkProfiles(name: string, rules: LinkRules): GoProfile | Refusal | 'missing' {
  const chain: GoProfile[] = []
  const seen = new Set<string>()
  let isEnded = false
  for (let next: string | undefined = name; next !== undefined; ) {
    const profile = rules.load(next)
    if (profile === null) {
      const above = chain.at(-1)
      if (above === undefined) return 'missing'
      return refusal('configuration', rules.words.missingSource(textOf(above, 'role_arn'), next), placeOf(above))
    }
    if (!(profile instanceof GoProfile)) return profile
    if (seen.has(next)) profile.clearRole()
    else {
      const lacking = lackingRole(profile)
      if (lacking !== null) return lacking
    }
    isEnded = rules.keysEndTheChain && chain.length > 0 && profile.credential !== null
    chain.push(profile)
    if (isEnded) break
    seen.add(next)
    const several = typesOf(profile)
    if (several.length > 1) return refusal('configuration', rules.words.severalTypes, several[1]!.at)
    next = profile.get('source_profile')?.value
    if (next !== undefined) profile.clearCredentials()
  }
  return linked(chain, isEnded, rules)
}

/** From the last profile to the first, each is checked when its source is complete. */
function linked(chain: readonly GoProfile[], isEnded: boolean, rules: LinkRules): GoProfile | Refusal {
  for (let at = chain.length - 1; at >= 0; at -= 1) {
    const profile = chain[at]!
    const source = chain[at + 1]
    if (source !== undefined) {
      if (!source.hasCredentials) {
        const error = rules.words.emptySource(textOf(profile, 'role_arn'), source.name)
        return refusal('configuration', error, placeOf(profile))
      }
      profile.source = source
    }
    const name = isEnded && at === chain.length - 1 ? undefined : profile.get('sso_session')
    if (name === undefined) continue
    profile.session = rules.session(name.value)
    if (profile.session === null) {
      return refusal('configuration', plainError(`failed to find SSO session section, ${name.value}`), name.at)
    }
  }
  return chain[0]!
}

function textOf(profile: GoProfile, key: 'role_arn'): string {
  return profile.get(key)?.value ?? ''
}

function placeOf(profile: GoProfile): Place | null {
  return profile.get('source_profile')?.at ?? null
}

function lackingRole(profile: GoProfile): Refusal | null {
  const keys = ['source_profile', 'credential_source', 'web_identity_token_file'] as const
  const type = keys.find((key) => profile.get(key) !== undefined)
  if (type === undefined || profile.get('role_arn') !== undefined) return null
  const error = {
    name: 'CredentialRequiresARNError',
    text: `credential type ${type} requires role_arn, profile ${profile.name}`,
  }
  return refusal('configuration', error, profile.get(type)!.at)
}

function typesOf(profile: GoProfile): readonly Setting[] {
  const keys = ['source_profile', 'credential_source', 'credential_process', 'web_identity_token_file'] as const
  return keys.flatMap((key) => profile.get(key) ?? [])
}
