import { parseAccessKeyId } from '../../anatomy/access-key-id.ts'
import { type AwsFiles, expiryFields } from '../files/aws-files.ts'
import type { Machine } from '../machine/machine.ts'
import { absolutePath } from '../machine/paths.ts'
import type { RuleId } from './finding.ts'
import type { MeantSetting } from './lines.ts'
import type { Draft, Page, PageSection } from './page.ts'
import { keyRegion, meantValue, settingsIn, valueRegion } from './page.ts'

/** A setting as it was meant, and where it stands. */
export interface Held {
  readonly value: string
  readonly setting: MeantSetting
  readonly page: Page
}

/** Profiles and what they refer to, as they were meant: both files together, the credentials file first. */
export interface Holdings {
  readonly profiles: ReadonlyMap<string, ReadonlyMap<string, Held>>
  readonly ssoSessions: ReadonlyMap<string, ReadonlyMap<string, Held>>
  readonly services: ReadonlySet<string>
}

/** Sections as they were meant, later settings over earlier ones and the credentials file over the config file. */
export function holdingsOf(pages: readonly Page[]): Holdings {
  const profiles = new Map<string, Map<string, Held>>()
  const ssoSessions = new Map<string, Map<string, Held>>()
  const services = new Set<string>()
  const fill = (to: Map<string, Map<string, Held>>, name: string, page: Page, section: PageSection): void => {
    const settings = to.get(name) ?? new Map<string, Held>()
    to.set(name, settings)
    for (const setting of settingsIn(section)) {
      settings.set(setting.key.toLowerCase(), { value: meantValue(setting), setting, page })
    }
  }
  for (const page of pages) {
    for (const section of page.sections) {
      const { meaning } = section
      if (meaning.kind === 'profile') fill(profiles, meaning.name, page, section)
      if (meaning.kind === 'sso-session') fill(ssoSessions, meaning.name, page, section)
      if (meaning.kind === 'services') services.add(meaning.name)
    }
  }
  return { profiles, ssoSessions, services }
}

/** What is wrong with profiles as a whole: pairs, roles, sessions, IAM Identity Center. */
export function profileDrafts(
  machine: Machine,
  files: AwsFiles,
  pages: readonly Page[],
  holdings: Holdings,
): readonly Draft[] {
  const found = [...holdings.profiles].flatMap(([name, settings]) => [
    ...pairs(name, settings, pages),
    ...roles(name, settings, holdings),
    ...ssoRoles(name, settings, holdings),
    ...references(machine, name, settings, holdings),
    ...mixed(name, settings),
  ])
  return [...found, ...expired(machine, files, pages)]
}

type Settings = ReadonlyMap<string, Held>

function has(settings: Settings, key: string): boolean {
  return (settings.get(key)?.value ?? '') !== ''
}

function draft(
  name: string,
  held: Held,
  part: Pick<Draft, 'rule' | 'level' | 'says' | 'cure' | 'asks'> & { readonly how?: string },
): Draft {
  return { ...part, at: keyRegion(held.page, held.setting), profile: name }
}

// ---- keys

function pairs(name: string, settings: Settings, pages: readonly Page[]): readonly Draft[] {
  const id = settings.get('aws_access_key_id')
  const secret = settings.get('aws_secret_access_key')
  const token = settings.get('aws_session_token') ?? settings.get('aws_security_token')
  if (id === undefined && secret === undefined) {
    if (token === undefined) return []
    const says = `The profile ${name} has a session token, but no keys.`
    return [
      draft(name, token, {
        rule: 'partial-pair',
        level: 'error',
        says,
        cure: 'Put the keys beside it.',
        asks: 'profile',
      }),
    ]
  }
  if (id === undefined || secret === undefined) {
    const [there, lacking] =
      secret === undefined
        ? ['aws_access_key_id', 'aws_secret_access_key']
        : ['aws_secret_access_key', 'aws_access_key_id']
    const says = `The profile ${name} has ${there}, but no ${lacking}.`
    const cure = `Put ${lacking} beside it.`
    return [draft(name, (id ?? secret)!, { rule: 'partial-pair', level: 'error', says, cure, asks: 'profile' })]
  }
  const drafts: Draft[] = []
  if (id.page !== secret.page && !isWholeIn(name, pages)) {
    const says = `Key id and secret of the profile ${name} stand in different files.`
    const cure = 'Put both into the credentials file.'
    drafts.push(draft(name, secret, { rule: 'pair-in-two-files', level: 'error', says, cure, asks: 'profile' }))
  }
  const kind = parseAccessKeyId(id.value)?.kind
  if (kind === 'temporary' && (token === undefined || token.value === '')) {
    const says = `The key of the profile ${name} is temporary (ASIA…), and its session token is missing.`
    const cure = 'Put aws_session_token beside it, from the same answer that gave the key.'
    drafts.push(
      draft(name, id, {
        rule: 'session-without-token',
        level: 'error',
        says,
        cure,
        asks: 'users',
        how: 'send it, and AWS refuses it',
      }),
    )
  }
  if (kind === 'long-term' && token !== undefined && token.value !== '') {
    const says = `A session token stands beside a long-term key (AKIA…) in the profile ${name}.`
    const cure = 'Take the token away.'
    drafts.push(
      draft(name, token, {
        rule: 'token-of-another-key',
        level: 'error',
        says,
        cure,
        asks: 'users',
        how: 'send both, and AWS refuses the request',
      }),
    )
  }
  return drafts
}

/** One of the files has the whole pair, so that the other's half is only left over. */
function isWholeIn(name: string, pages: readonly Page[]): boolean {
  return pages.some((page) => {
    const keys = page.sections
      .filter(({ meaning }) => meaning.kind === 'profile' && meaning.name === name)
      .flatMap((section) => settingsIn(section).map(({ key }) => key.toLowerCase()))
    return keys.includes('aws_access_key_id') && keys.includes('aws_secret_access_key')
  })
}

function expired(machine: Machine, files: AwsFiles, pages: readonly Page[]): readonly Draft[] {
  return expiryFields(files).flatMap((field): readonly Draft[] => {
    if (field.at === null || field.at.getTime() >= machine.now().getTime()) return []
    // Without a zone it may be wrong by most of a day.
    const doubt = field.zone === 'unknown' ? 14 * 3_600_000 : 0
    if (field.at.getTime() + doubt >= machine.now().getTime()) return []
    const page = pages.find(({ path }) => path === field.file)
    const section = page?.sections.findLast(({ header }) => header !== null && header.line < field.line)
    const setting = section === undefined ? undefined : settingsIn(section).find(({ line }) => line === field.line)
    if (page === undefined || section === undefined || setting === undefined) return []
    const profile = section.meaning.kind === 'profile' ? section.meaning.name : null
    return [
      {
        rule: 'expired',
        level: 'warning',
        at: valueRegion(page, setting),
        profile,
        says: `The session in [${field.section}] is over since ${field.at.toISOString().replace('.000Z', 'Z')}.`,
        cure: 'Get a new session, or take this one away.',
        asks: 'profile',
      },
    ]
  })
}

// ---- roles

function roles(name: string, settings: Settings, holdings: Holdings): readonly Draft[] {
  const role = settings.get('role_arn')
  const source = settings.get('source_profile')
  const named = settings.get('credential_source')
  if (role === undefined) {
    const held = source ?? named
    if (held === undefined) return []
    const says = `The profile ${name} has ${held.setting.key}, but no role_arn that it would be for.`
    const cure = 'Put role_arn beside it, or take it away.'
    return [draft(name, held, { rule: 'source-without-role', level: 'warning', says, cure, asks: 'profile' })]
  }
  const drafts: Draft[] = []
  if (source === undefined && named === undefined && !has(settings, 'web_identity_token_file')) {
    const says = `The role of the profile ${name} has neither source_profile nor credential_source: nothing says whose keys assume it.`
    const cure = 'Put source_profile beside it, with the name of the profile whose keys may assume the role.'
    drafts.push(draft(name, role, { rule: 'role-without-source', level: 'error', says, cure, asks: 'profile' }))
  }
  if (source !== undefined && named !== undefined) {
    const says = `The role of the profile ${name} has both source_profile and credential_source.`
    const cure = 'Keep the one that is meant.'
    drafts.push(draft(name, named, { rule: 'two-role-sources', level: 'error', says, cure, asks: 'profile' }))
  }
  if (named !== undefined) drafts.push(...credentialSource(name, named))
  if (source !== undefined && source.value !== '') drafts.push(...sourceProfile(name, source, settings, holdings))
  const mfa = settings.get('mfa_serial')
  if (mfa !== undefined && mfa.value !== '') {
    const says = `The role of the profile ${name} needs a one-time code, and not every SDK asks for one.`
    const cure = 'For programs, get a session first (countersign login, or the AWS CLI), and let them use that.'
    drafts.push(draft(name, mfa, { rule: 'mfa-prompt', level: 'note', says, cure, asks: 'profile' }))
  }
  return drafts
}

const credentialSources = ['Environment', 'Ec2InstanceMetadata', 'EcsContainer']

function credentialSource(name: string, named: Held): readonly Draft[] {
  const { value } = named
  if (credentialSources.includes(value)) return []
  const meant = credentialSources.find((known) => known.toLowerCase() === value.toLowerCase())
  const says =
    meant === undefined
      ? `The credential_source of the profile ${name} is none of ${credentialSources.join(', ')}.`
      : `credential_source is written ${meant}, exactly.`
  const at = valueRegion(named.page, named.setting)
  const part = { rule: 'credential-source', level: 'error', at, profile: name, says } as const
  if (meant === undefined) return [{ ...part, cure: 'Write one of these three.', asks: 'profile' }]
  return [{ ...part, cure: `Write ${meant}.`, asks: 'mend', mend: [{ ...at, text: meant }], isCure: true }]
}

const credentialKeys = [
  'aws_access_key_id',
  'role_arn',
  'credential_process',
  'sso_account_id',
  'sso_role_name',
  'sso_session',
  'login_session',
  'web_identity_token_file',
]

function sourceProfile(name: string, source: Held, settings: Settings, holdings: Holdings): readonly Draft[] {
  const found = holdings.profiles.get(source.value)
  const at = valueRegion(source.page, source.setting)
  const tell = (rule: RuleId, says: string, cure: string): readonly Draft[] => [
    { rule, level: 'error', at, profile: name, says, cure, asks: 'profile' },
  ]
  if (found === undefined) {
    const says = `The source profile ${source.value} of ${name} does not exist.`
    return tell('source-profile-missing', says, 'Name a profile that exists.')
  }
  if (!credentialKeys.some((key) => has(found, key))) {
    const says = `The source profile ${source.value} of ${name} holds no credentials.`
    return tell('source-profile-empty', says, 'Put keys into it, or name another profile.')
  }
  const path = loopFrom(name, settings, holdings)
  if (path === null) return []
  const says = `The source profiles lead in a circle: ${path.join(' → ')}.`
  return tell('role-loop', says, 'Let the last of them have keys of its own.')
}

/** The way from a profile back to itself; null when it ends elsewhere. A profile with keys of its own ends it. */
function loopFrom(name: string, settings: Settings, holdings: Holdings): readonly string[] | null {
  const path = [name]
  let at: Settings | undefined = settings
  while (at !== undefined && path.length < 1000) {
    const next: string = at.get('source_profile')?.value ?? ''
    if (next === '' || (at !== settings && hasKeys(at)) || (at === settings && next === name && hasKeys(at)))
      return null
    path.push(next)
    if (next === name) return path
    if (path.indexOf(next) < path.length - 1) return null
    at = holdings.profiles.get(next)
  }
  return null
}

function hasKeys(settings: Settings): boolean {
  return has(settings, 'aws_access_key_id') && has(settings, 'aws_secret_access_key')
}

/** Several sources in one profile, about which the SDKs do not agree. A role with its own keys as source is one. */
function mixed(name: string, settings: Settings): readonly Draft[] {
  const isOwnSource = settings.get('source_profile')?.value === name
  const kinds: readonly (readonly [string, string, boolean])[] = [
    ['keys', 'aws_access_key_id', hasKeys(settings) && !isOwnSource],
    ['a role', 'role_arn', has(settings, 'role_arn')],
    ['a process', 'credential_process', has(settings, 'credential_process')],
    ['IAM Identity Center', 'sso_account_id', has(settings, 'sso_account_id')],
    ['a session of aws login', 'login_session', has(settings, 'login_session')],
  ]
  const present = kinds.filter(([, , isThere]) => isThere)
  const [first, second] = present
  if (first === undefined || second === undefined) return []
  const held = settings.get(second[1])!
  const says = `The profile ${name} has ${present.map(([what]) => what).join(' and ')}, and the SDKs do not agree which one counts.`
  const cure = 'Keep one of them, and give the others a profile of their own.'
  return [draft(name, held, { rule: 'mixed-sources', level: 'warning', says, cure, asks: 'profile' })]
}

// ---- IAM Identity Center, services, token files

function ssoRoles(name: string, settings: Settings, holdings: Holdings): readonly Draft[] {
  const keys = ['sso_session', 'sso_account_id', 'sso_role_name', 'sso_start_url', 'sso_region']
  const held = keys.map((key) => settings.get(key)).find((found) => found !== undefined)
  if (held === undefined) return []
  const session = settings.get('sso_session')
  if (session !== undefined && session.value !== '') {
    const shared = holdings.ssoSessions.get(session.value)
    if (shared === undefined) {
      const at = valueRegion(session.page, session.setting)
      const says = `[sso-session ${session.value}], which the profile ${name} names, does not exist.`
      const cure = `Write [sso-session ${session.value}] with sso_start_url and sso_region into the config file.`
      return [{ rule: 'sso-session-missing', level: 'error', at, profile: name, says, cure, asks: 'profile' }]
    }
    return [...conflicts(name, settings, shared), ...incomplete(name, session, new Map([...shared, ...settings]))]
  }
  return incomplete(name, held, settings)
}

function conflicts(name: string, settings: Settings, shared: Settings): readonly Draft[] {
  return ['sso_start_url', 'sso_region'].flatMap((key): readonly Draft[] => {
    const own = settings.get(key)
    const other = shared.get(key)
    if (own === undefined || other === undefined || own.value === other.value) return []
    const says = `${key} of the profile ${name} differs from the one of its sso-session (line ${other.setting.line}).`
    return [
      draft(name, own, {
        rule: 'sso-conflict',
        level: 'error',
        says,
        cure: 'Take it out of the profile.',
        asks: 'profile',
      }),
    ]
  })
}

function incomplete(name: string, held: Held, settings: Settings): readonly Draft[] {
  const needed = ['sso_start_url', 'sso_region', 'sso_account_id', 'sso_role_name']
  const missing = needed.filter((key) => !has(settings, key))
  // A profile for bearer tokens alone has neither account nor role.
  const isTokenOnly = settings.has('sso_session') && missing.join() === 'sso_account_id,sso_role_name'
  if (missing.length === 0 || isTokenOnly) return []
  const says = `The profile ${name} lacks ${missing.join(' and ')} for IAM Identity Center.`
  const cure = `Put ${missing.join(' and ')} beside the others.`
  return [draft(name, held, { rule: 'sso-incomplete', level: 'error', says, cure, asks: 'profile' })]
}

function references(machine: Machine, name: string, settings: Settings, holdings: Holdings): readonly Draft[] {
  const drafts: Draft[] = []
  const services = settings.get('services')
  if (services !== undefined && services.value !== '' && !holdings.services.has(services.value)) {
    const says = `[services ${services.value}], which the profile ${name} names, does not exist.`
    const cure = 'Write that section into the config file, or take the line away.'
    drafts.push(draft(name, services, { rule: 'services-missing', level: 'error', says, cure, asks: 'profile' }))
  }
  const tokenFile = settings.get('web_identity_token_file')
  if (tokenFile !== undefined && tokenFile.value !== '') {
    if (machine.readFile(absolutePath(machine, tokenFile.value)).kind !== 'found') {
      const says = `The web identity token file of the profile ${name} is not there.`
      const cure = 'Name the file that holds the token, by its whole path.'
      drafts.push(draft(name, tokenFile, { rule: 'token-file-missing', level: 'warning', says, cure, asks: 'profile' }))
    }
  }
  return drafts
}

/** The first profile that names a section which is none itself, e.g. `[sso-session x]`. */
export function whoRefersTo(section: PageSection, holdings: Holdings): string | null {
  const { meaning } = section
  if (meaning.kind !== 'sso-session' && meaning.kind !== 'services') return null
  const key = meaning.kind === 'services' ? 'services' : 'sso_session'
  const found = [...holdings.profiles].find(([, settings]) => settings.get(key)?.value === meaning.name)
  return found?.[0] ?? null
}
