import { Secret } from '../../../anatomy/secret.ts'
import type { Setting, Settings } from '../../files/reading.ts'
import type { Credential, Place } from '../../sources/credential.ts'
import type { RustFiles } from './files.ts'

/**
 * What the profile provider of the SDK for Rust makes of the profiles, before anything is asked: a base, and the roles that are
 * assumed from it one after the other. Source: aws-config profile/credentials/repr.rs.
 */
export type ProfilePlan =
  | { readonly kind: 'plan'; readonly base: Base; readonly roles: readonly Role[] }
  /** There is nothing here: the next source is asked. */
  | { readonly kind: 'nothing'; readonly because: string }
  | { readonly kind: 'refused'; readonly refusal: ProfileRefusal }

export interface ProfileRefusal {
  /** `next`: it is taken as if it were not there. */
  readonly stops: boolean
  readonly reason: 'profile-not-found' | 'partial-credentials' | 'configuration'
  /** That SDK's words, without the class. */
  readonly says: string
  readonly because: string
  readonly at: Place | undefined
}

export type Base =
  | { readonly kind: 'static'; readonly credential: Credential; readonly at: Place }
  /** `credential_source`, by its name as it stands. */
  | { readonly kind: 'named'; readonly name: string; readonly at: Place }
  | {
      readonly kind: 'web-identity'
      readonly profile: string
      readonly roleArn: string
      readonly tokenFile: string
      readonly sessionName: string | null
      readonly at: Place
    }
  | {
      readonly kind: 'sso'
      readonly profile: string
      readonly session: string | null
      readonly region: string
      readonly startUrl: string
      /** Null, as the role: then the profile is for a bearer token. */
      readonly accountId: string | null
      readonly roleName: string | null
      readonly at: Place
    }
  | { readonly kind: 'login'; readonly profile: string; readonly session: string; readonly at: Place }
  | { readonly kind: 'process'; readonly profile: string; readonly command: string; readonly at: Place }

export interface Role {
  readonly profile: string
  readonly roleArn: string
  readonly externalId: string | null
  readonly sessionName: string | null
  readonly at: Place
}

/** The SDK has no such bound; what is this deep is no configuration. */
const depthLimit = 1000

/** @param files without a problem */
export function planProfile(files: RustFiles, selected: string): ProfilePlan {
  if (files.isEmpty || (selected === 'default' && files.profile('default') === null)) {
    return { kind: 'nothing', because: files.isEmpty ? 'no file holds a profile' : 'no file holds [default]' }
  }
  const visited = new Set<string>()
  const roles: Role[] = []
  let previous: string | undefined
  for (let name = selected; ; ) {
    const settings = files.profile(name)
    if (settings === null) return missingProfile(name, previous, roles.at(-1)?.at)
    if (visited.has(name)) return loop(name, [...visited], roles.at(-1)?.at)
    if (visited.size === depthLimit) return tooDeep(roles.at(-1)?.at)
    visited.add(name)
    // A profile that is only a source is asked for its keys first.
    const keys = visited.size > 1 ? staticBase(name, settings) : null
    if (keys?.kind === 'plan') return { ...keys, roles: roles.reverse() }
    const role = roleOf(name, settings)
    const next = role === null ? null : nextOf(name, settings, role)
    if (role !== null) roles.push(role)
    if (next !== null && next.kind === 'refused') return next
    if (next !== null && next.kind === 'profile') {
      previous = name
      name = next.name
      continue
    }
    const base = baseOf(files, name, settings)
    if (base.kind === 'plan') return { ...base, roles: roles.reverse() }
    // The profile itself may hold nothing; one that it names as its source must hold something.
    return next === null && visited.size > 1 ? emptySource(name, base, roles.at(-1)?.at) : base
  }
}

function missingProfile(name: string, from: string | undefined, at: Place | undefined): ProfilePlan {
  const says = `profile \`${name}\` was not defined: could not find source profile ${name} referenced from ${from ?? 'the root profile'}`
  const because =
    from === undefined ? `no file holds [${name}]` : `[${from}] names [${name}] as its source, which no file holds`
  return { kind: 'refused', refusal: { stops: false, reason: 'profile-not-found', says, because, at } }
}

function tooDeep(at: Place | undefined): ProfilePlan {
  const says = `CountersignError: more than ${depthLimit} profiles name one another as their source`
  return refused(says, `more than ${depthLimit} profiles name one another as their source`, at)
}

function loop(name: string, visited: readonly string[], at: Place | undefined): ProfilePlan {
  const list = visited.map((profile) => JSON.stringify(profile)).join(', ')
  const says = `profile formed an infinite loop. first we loaded [${list}], then attempted to reload ${name}`
  return refused(says, `the source profiles lead in a circle back to [${name}]`, at)
}

function emptySource(name: string, base: Exclude<ProfilePlan, { kind: 'plan' }>, at: Place | undefined): ProfilePlan {
  const inner =
    base.kind === 'nothing' ? `profile \`${name}\` did not contain credential information` : base.refusal.says
  const says = invalidSource(name, `could not load source profile: ${inner}`)
  if (base.kind === 'refused') return { kind: 'refused', refusal: { ...base.refusal, stops: true, says } }
  return refused(says, `${base.because}, and it is the source of a role`, at)
}

function roleOf(profile: string, settings: Settings): Role | null {
  const role = settings.get('role_arn')
  if (role === undefined || settings.has('web_identity_token_file')) return null
  const text = (key: string): string | null => settings.get(key)?.value ?? null
  return {
    profile,
    roleArn: role.value,
    externalId: text('external_id'),
    sessionName: text('role_session_name'),
    at: role.at,
  }
}

type Next =
  | { readonly kind: 'profile'; readonly name: string }
  | { readonly kind: 'itself' }
  | Extract<ProfilePlan, { kind: 'refused' }>

function nextOf(profile: string, settings: Settings, { at }: Role): Next {
  const source = settings.get('source_profile')
  const named = settings.get('credential_source')
  if (source !== undefined && named !== undefined) {
    const says = 'profile contained both source_profile and credential_source. Only one or the other can be defined'
    return refused(invalidSource(profile, says), `[${profile}] has source_profile and credential_source`, source.at)
  }
  if (source === undefined && named === undefined) {
    const says = 'profile must contain `source_profile` or `credential_source` but neither were defined'
    return refused(invalidSource(profile, says), `[${profile}] has a role_arn, but nothing to assume it with`, at)
  }
  return source === undefined || source.value === profile ? { kind: 'itself' } : { kind: 'profile', name: source.value }
}

type BasePlan = ProfilePlan | { readonly kind: 'plan'; readonly base: Base; readonly roles: readonly [] }

/** The first of these that the profile has: `credential_source`, web identity, SSO, login, process, keys. */
function baseOf(files: RustFiles, profile: string, settings: Settings): BasePlan {
  const named = settings.get('credential_source')
  if (named !== undefined) return planned({ kind: 'named', name: named.value, at: named.at })
  const tokenFile = settings.get('web_identity_token_file')
  if (tokenFile !== undefined) return webIdentityBase(profile, settings, tokenFile)
  const sso = ssoBase(files, profile, settings)
  if (sso !== null) return sso
  const login = settings.get('login_session')
  if (login !== undefined) return planned({ kind: 'login', profile, session: login.value, at: login.at })
  const command = settings.get('credential_process')
  if (command !== undefined) return planned({ kind: 'process', profile, command: command.value, at: command.at })
  return staticBase(profile, settings)
}

function webIdentityBase(profile: string, settings: Settings, tokenFile: Setting): BasePlan {
  const role = settings.get('role_arn')
  if (role === undefined) {
    const says = '`web_identity_token_file` was specified but `role_arn` was missing'
    return refused(
      invalidSource(profile, says),
      `[${profile}] has web_identity_token_file, but no role_arn`,
      tokenFile.at,
    )
  }
  return planned({
    kind: 'web-identity',
    profile,
    roleArn: role.value,
    tokenFile: tokenFile.value,
    sessionName: settings.get('role_session_name')?.value ?? null,
    at: tokenFile.at,
  })
}

const ssoKeys = ['sso_account_id', 'sso_role_name', 'sso_session', 'sso_start_url', 'sso_region'] as const

function ssoBase(files: RustFiles, profile: string, settings: Settings): BasePlan | null {
  const first = ssoKeys.map((key) => settings.get(key)).find((setting) => setting !== undefined)
  if (first === undefined) return null
  const [account, role, session] = [
    settings.get('sso_account_id'),
    settings.get('sso_role_name'),
    settings.get('sso_session'),
  ]
  const invalid = (says: string, because: string, at: Place): ProfilePlan =>
    refused(`profile \`${profile}\` has invalid SSO config: ${says}`, because, at)
  if (session !== undefined) {
    for (const key of ['sso_start_url', 'sso_region'] as const) {
      const own = settings.get(key)
      if (own === undefined) continue
      const says = `\`${key}\` can only be specified in the [sso-session] config when a session name is given`
      return invalid(says, `[${profile}] has ${key} beside sso_session`, own.at)
    }
  }
  const place = session === undefined ? settings : files.ssoSession(session.value)
  if (place === null) {
    const says = `sso-session named \`${session!.value}\` (referenced by profile \`${profile}\`) was not found`
    return refused(says, `[sso-session ${session!.value}] does not exist`, session!.at)
  }
  if ((account === undefined) !== (role === undefined)) {
    const [left, right] =
      account === undefined ? ['sso_role_name', 'sso_account_id'] : ['sso_account_id', 'sso_role_name']
    return invalid(
      `if \`${left}\` is set, then \`${right}\` must also be set`,
      `[${profile}] has ${left}, but no ${right}`,
      (account ?? role)!.at,
    )
  }
  for (const key of ['sso_region', 'sso_start_url'] as const) {
    if (place.has(key)) continue
    const says = `profile \`${profile}\` was not defined: \`${key}\` was missing`
    const because =
      session === undefined ? `[${profile}] has no ${key}` : `[sso-session ${session.value}] has no ${key}`
    return { kind: 'refused', refusal: { stops: false, reason: 'configuration', says, because, at: first.at } }
  }
  return planned({
    kind: 'sso',
    profile,
    session: session?.value ?? null,
    region: place.get('sso_region')!.value,
    startUrl: place.get('sso_start_url')!.value,
    accountId: account?.value ?? null,
    roleName: role?.value ?? null,
    at: first.at,
  })
}

function staticBase(profile: string, settings: Settings): BasePlan {
  const [id, secret, token] = ['aws_access_key_id', 'aws_secret_access_key', 'aws_session_token'].map((key) =>
    settings.get(key),
  )
  if (id === undefined && secret === undefined && token === undefined) {
    return { kind: 'nothing', because: `[${profile}] holds no credential` }
  }
  if (id === undefined || secret === undefined) {
    const missing = id === undefined ? 'aws_access_key_id' : 'aws_secret_access_key'
    const says = invalidSource(profile, `profile missing ${missing}`)
    const at = (id ?? secret ?? token)!.at
    return {
      kind: 'refused',
      refusal: { stops: true, reason: 'partial-credentials', says, because: `[${profile}] has no ${missing}`, at },
    }
  }
  const account = settings.get('aws_account_id')
  const credential: Credential = {
    provider: id.role === 'credentials' ? 'shared-credentials-file' : 'config-file',
    profile,
    accessKeyId: { value: id.value, at: id.at, raw: id.raw },
    secretAccessKey: { value: new Secret(secret.value), at: secret.at, raw: secret.raw },
    sessionToken: token === undefined ? null : { value: new Secret(token.value), at: token.at, raw: token.raw },
    expiration: null,
    accountId: account === undefined ? null : { value: account.value, at: account.at },
  }
  return planned({ kind: 'static', credential, at: id.at })
}

/** The complete keys of a profile, whatever else it has; null when there are none. */
export function staticKeys(files: RustFiles, profile: string): Extract<Base, { kind: 'static' }> | null {
  const settings = files.profile(profile)
  const plan = settings === null ? null : staticBase(profile, settings)
  return plan?.kind === 'plan' && plan.base.kind === 'static' ? plan.base : null
}

function planned(base: Base): BasePlan {
  return { kind: 'plan', base, roles: [] }
}

function refused(says: string, because: string, at: Place | undefined): Extract<ProfilePlan, { kind: 'refused' }> {
  return { kind: 'refused', refusal: { stops: true, reason: 'configuration', says, because, at } }
}

function invalidSource(profile: string, says: string): string {
  return `invalid credential source in \`${profile}\`: ${says}`
}
