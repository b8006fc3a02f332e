import type { AwsFiles } from '../files/aws-files.ts'
import type { Machine } from '../machine/machine.ts'
import type { Place } from '../sources/credential.ts'
import type { SsoPlan } from '../sources/plan.ts'
import { namedSettings, profileSettings } from '../sources/settings.ts'
import { ssoTokenFile } from '../sources/sso.ts'
import { type Refused, refused } from './means.ts'

/** What a profile says of IAM Identity Center. */
export interface SsoSettings {
  readonly profile: string
  /** Name of the `sso-session`; null for the legacy form. */
  readonly sessionName: string | null
  readonly startUrl: string
  readonly region: string
  /** `sso_registration_scopes`; null when there are none. */
  readonly scopes: readonly string[] | null
  readonly account: string | null
  readonly role: string | null
  /** Absolute path of the cached token. */
  readonly tokenFile: string
  readonly at: Place
}

/**
 * Reads them as `aws sso login` does: all of the session where one is named, else of the profile itself. Null for a profile
 * that names no start URL and no session.
 * (AWS CLI v2 customizations/sso/utils.py `BaseSSOCommand._get_sso_config`.)
 */
export function ssoSettings(machine: Machine, files: AwsFiles, profile: string): SsoSettings | Refused | null {
  const own = profileSettings(files, profile)
  const named = own?.get('sso_session')
  const inProfile = own?.get('sso_start_url')
  if (own === null || (named === undefined && inProfile === undefined)) return null
  const session = named === undefined ? null : namedSettings(files, 'sso-session', named.value)
  if (named !== undefined && session === null)
    return refused(
      'no-credentials',
      `The profile ${profile} names the sso-session ${named.value}, and the config file has none of that name.`,
      `It wants a section [sso-session ${named.value}] with sso_start_url and sso_region.`,
    )
  const settings = session ?? own
  const startUrl = settings.get('sso_start_url')
  const region = settings.get('sso_region')
  const where = named === undefined ? `The profile ${profile}` : `The section [sso-session ${named.value}]`
  if (startUrl === undefined || region === undefined)
    return refused('no-credentials', `${where} lacks ${startUrl === undefined ? 'sso_start_url' : 'sso_region'}.`)
  if (!/^https?:\/\/[^\s/]/.test(startUrl.value))
    return refused('no-credentials', `${where} has an sso_start_url that is no web address.`)
  const sessionName = named?.value ?? null
  return {
    profile,
    sessionName,
    startUrl: startUrl.value,
    region: region.value,
    scopes: scopesIn(session?.get('sso_registration_scopes')?.value),
    account: own.get('sso_account_id')?.value ?? null,
    role: own.get('sso_role_name')?.value ?? null,
    tokenFile: ssoTokenFile(machine, sessionName ?? startUrl.value),
    at: startUrl.at,
  }
}

/** `parse_sso_registration_scopes` of the same file. */
function scopesIn(text: string | undefined): readonly string[] | null {
  const scopes = (text ?? '')
    .split(',')
    .map((scope) => scope.trim())
    .filter((scope) => scope !== '')
  return scopes.length === 0 ? null : scopes
}

/** As a plan, for the rooms that run such ones; where no role is named yet, it serves for the token alone. */
export function ssoPlanOf({ account, role, ...settings }: SsoSettings): SsoPlan {
  const { profile, startUrl, region, sessionName, tokenFile, at } = settings
  return {
    kind: 'sso',
    profile,
    startUrl,
    region,
    sessionName,
    tokenFile,
    at,
    accountId: account ?? '',
    roleName: role ?? '',
  }
}
