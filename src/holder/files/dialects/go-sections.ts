import type { FileRole } from '../locate.ts'
import type { Entry, FileReadingByDialect, Section, Setting, Settings } from '../reading.ts'
import { goSectionName } from './go.ts'
import { trimSpace } from './go-text.ts'

/** A file as one of the SDKs for Go reads it. */
export interface GoFile {
  /** Absolute. */
  readonly path: string
  /** As the SDK writes it. */
  readonly written: string
  readonly role: FileRole
  readonly reading: FileReadingByDialect
}

/** What both files say of one section. */
export interface GoSection {
  readonly settings: Settings
  /** What is wrong with its keys, in Go's words; the last one is told with their number. */
  readonly errors: readonly string[]
}

const profilePrefix = 'profile '

/**
 * The section of a name as version 2 merges both files: the config file's without its prefix, under that of the credentials
 * file. Of the keys only those that are listed move from the credentials file into a section that stands in both, and the key
 * id and the secret only as a pair. Null when neither file has it.
 *
 * Source: aws-sdk-go-v2 config/shared_config.go `processConfigSections`, `processCredentialsSections`, `mergeSections`.
 */
export function goSection(config: GoFile | null, credentials: GoFile | null, name: string): GoSection | null {
  const fromConfig = config === null ? undefined : inConfigFile(config.reading, name)
  const inConfig = config === null ? null : settingsOf(config, fromConfig?.sections)
  const inCredentials =
    credentials === null || name.startsWith(profilePrefix)
      ? null
      : settingsOf(credentials, byName(credentials.reading).get(name))
  if (inCredentials === null) {
    if (inConfig === null) return null
    return { settings: inConfig, errors: isPartial(inConfig) ? [partialWords(fromConfig!.header)] : [] }
  }
  // The credentials file is looked through twice: when it is read, and when it is merged.
  const errors = isPartial(inCredentials) ? [partialWords(name), partialWords(name)] : []
  return { settings: inConfig === null ? inCredentials : merged(inConfig, inCredentials), errors }
}

const pairKeys = ['aws_access_key_id', 'aws_secret_access_key']

function isPartial(settings: Settings): boolean {
  return settings.has(pairKeys[0]!) !== settings.has(pairKeys[1]!)
}

function partialWords(name: string): string {
  return `partial credentials found for profile ${name}`
}

/** What moves from the credentials file into a section of the config file, beside the keys themselves. */
const movingKeys = [
  'role_arn',
  'source_profile',
  'credential_source',
  'external_id',
  'mfa_serial',
  'role_session_name',
  'region',
  'endpoint_discovery_enabled',
  'credential_process',
  'web_identity_token_file',
  's3_use_arn_region',
  's3_disable_multiregion_access_points',
  'ec2_metadata_service_endpoint_mode',
  'ec2_metadata_service_endpoint',
  'ec2_metadata_v1_disabled',
  'use_dualstack_endpoint',
  'use_fips_endpoint',
  'defaults_mode',
  'retry_mode',
  'ca_bundle',
  'duration_seconds',
  'max_attempts',
  'sso_session',
  'sso_account_id',
  'sso_region',
  'sso_role_name',
  'sso_start_url',
  'auth_scheme_preference',
  'login_session',
]

function merged(config: Settings, credentials: Settings): Settings {
  const settings = new Map(config)
  const isPair = pairKeys.every((key) => credentials.has(key))
  for (const key of [...(isPair ? [...pairKeys, 'aws_session_token'] : []), ...movingKeys]) {
    const setting = credentials.get(key)
    // A block of sub-settings does not move.
    if (setting !== undefined) settings.set(key, setting.nested === null ? setting : { ...setting, nested: null })
  }
  return settings
}

/** Sections of the config file under the name that they get there, and the name that they have in the file. */
interface NamedSections {
  readonly header: string
  readonly sections: readonly Section[]
}

/**
 * Sections of the config file by the names they get: `[profile x]` is renamed to `x`, also over a section that is called so;
 * of the others only those of SSO and services and the default, in any case of letters, are kept.
 */
function inConfigFile(reading: FileReadingByDialect, name: string): NamedSections | undefined {
  const sections = byName(reading)
  const found = (header: string): NamedSections | undefined => {
    const namesakes = sections.get(header)
    return namesakes === undefined ? undefined : { header, sections: namesakes }
  }
  if (isPrefixedTwice(reading)) return renamed(sections).get(name)
  return found(profilePrefix + name) ?? (isKept(name) ? found(name) : undefined)
}

const prefixedTwice = new WeakMap<FileReadingByDialect, boolean>()

function isPrefixedTwice(reading: FileReadingByDialect): boolean {
  const known = prefixedTwice.get(reading)
  if (known !== undefined) return known
  const is = [...byName(reading).keys()].some((header) => header.startsWith(profilePrefix + profilePrefix))
  prefixedTwice.set(reading, is)
  return is
}

/** For a profile whose own name begins with the prefix the order of renaming matters, and what was renamed is not looked at again. */
function renamed(sections: ReadonlyMap<string, readonly Section[]>): ReadonlyMap<string, NamedSections> {
  const container = new Map<string, NamedSections>()
  for (const [header, namesakes] of sections) container.set(header, { header, sections: namesakes })
  const done = new Set<string>()
  for (const header of [...container.keys()].sort()) {
    if (done.has(header)) continue
    if (header.startsWith(profilePrefix)) {
      const name = header.slice(profilePrefix.length)
      const named = container.get(header)!
      container.delete(header)
      container.set(name, named)
      done.add(name)
    } else if (!isKept(header)) container.delete(header)
  }
  return container
}

function isKept(header: string): boolean {
  return header.startsWith('sso-session ') || header.startsWith('services ') || header.toLowerCase() === 'default'
}

const sectionsByReading = new WeakMap<FileReadingByDialect, ReadonlyMap<string, readonly Section[]>>()

function byName(
  reading: FileReadingByDialect,
  nameOf: (header: string) => string = goSectionName,
): ReadonlyMap<string, readonly Section[]> {
  const known = sectionsByReading.get(reading)
  if (known !== undefined) return known
  const sections = new Map<string, Section[]>()
  for (const section of reading.sections) {
    const name = nameOf(section.name)
    const namesakes = sections.get(name)
    if (namesakes === undefined) sections.set(name, [section])
    else namesakes.push(section)
  }
  sectionsByReading.set(reading, sections)
  return sections
}

/** The section of a name in one file as version 1 has it: of several the last alone. Null when there is none. */
export function goV1Section(file: GoFile, name: string): Settings | null {
  const found = byName(file.reading, trimSpace).get(name)?.at(-1)
  return settingsOf(file, found === undefined ? undefined : [found])
}

/** Settings of sections of one name, later ones over earlier ones; null when there is none. */
function settingsOf(file: Pick<GoFile, 'path' | 'role'>, sections: readonly Section[] | undefined): Settings | null {
  if (sections === undefined) return null
  const settings = new Map<string, Setting>()
  for (const section of sections) {
    for (const entry of section.entries.values()) settings.set(entry.key, settingOf(file, entry))
  }
  return settings
}

function settingOf({ path, role }: Pick<GoFile, 'path' | 'role'>, entry: Entry): Setting {
  const raw = entry.rawValue.replace(/^[ \t]+/, '').replace(/(?<![ \t\r])[ \t\r]+$/, '')
  return {
    value: entry.value,
    raw: raw === entry.value ? undefined : raw,
    nested: entry.nested,
    at: { file: path, line: entry.line, column: entry.column },
    role,
  }
}
