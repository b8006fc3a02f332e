import type { Machine } from '../machine/machine.ts'
import { botocoreGrammar } from './dialects/botocore.ts'
import { shellSplit } from './dialects/python.ts'
import { type DocumentState, type Documents, documentsOf } from './documents.ts'
import { parseInstant } from './instants.ts'
import { type FileLocation, type FileRole, locateAwsFile } from './locate.ts'
import type { Entry, FileReadingByDialect, Section, SyntaxProblem } from './reading.ts'

/** Why a file cannot be read. */
export type Unreadable = Extract<ReturnType<Machine['readFile']>, { kind: 'unreadable' }>['because']

/** Both AWS files of a machine: what stands in them, where, and what is odd about it. */
export interface AwsFiles {
  readonly config: AwsFile
  readonly credentials: AwsFile
  /** These and all other files that were read, for SDKs that find or read them in another way. */
  readonly documents: Documents
}

/** One of the files, as the AWS CLI and boto3 find and read it. */
export interface AwsFile extends FileLocation {
  readonly role: FileRole
  readonly state: DocumentState
  /** Empty when there is nothing to read. */
  readonly reading: FileReadingByDialect
  /** The profiles that this file holds for the AWS CLI and boto3, by name; of several sections for one, the one that counts. */
  readonly profiles: ReadonlyMap<string, Section>
}

const nothing: FileReadingByDialect = { sections: [], inherited: null, problems: [] }

/**
 * Reads the config and the credentials file of a machine. Never throws: a file that is missing, unreadable, binary or broken
 * is a value. With problems in `reading.problems` the AWS CLI and boto3 refuse the file as a whole.
 */
export function readAwsFiles(machine: Machine, documents: Documents = documentsOf(machine)): AwsFiles {
  const config = readAwsFile(machine, documents, 'config')
  return { config, credentials: readAwsFile(machine, documents, 'credentials'), documents }
}

function readAwsFile(machine: Machine, documents: Documents, role: FileRole): AwsFile {
  const location = locateAwsFile(machine, role)
  const found = readIniFile(documents, location.path)
  return { role, ...location, ...found, profiles: profilesOf(role, found.reading.sections) }
}

function profilesOf(role: FileRole, sections: readonly Section[]): ReadonlyMap<string, Section> {
  const profiles = new Map<string, Section>()
  for (const section of sections) {
    const profile = role === 'config' ? profileOfHeader(section.name) : section.name
    // In the config file `[profile x]` and `[profile "x"]` are two sections for one profile, and the later replaces the earlier.
    if (profile !== null && (role === 'config' || !profiles.has(profile))) profiles.set(profile, section)
  }
  return profiles
}

/** Reads any file of that syntax as botocore does. `path` is absolute, or empty for none. */
export function readIniFile(documents: Documents, path: string): Pick<AwsFile, 'state' | 'reading'> {
  const state = documents.document(path)
  const reading = documents.reading(path, botocoreGrammar)
  if (reading !== null) return { state, reading }
  const isTooLarge = state.kind === 'unreadable' && state.because === 'too-large'
  // A directory and the like: `os.path.isfile` is false for these, so that botocore sees no file at all.
  return { state, reading: isTooLarge ? { ...nothing, problems: tooLarge(state.detail) } : nothing }
}

function tooLarge(says: string): readonly SyntaxProblem[] {
  return [{ kind: 'too-large', line: 1, column: 1, says }]
}

/** A header whose spelling does not mean in this file what it seems to mean. */
export interface OddSection {
  readonly file: string
  readonly line: number
  readonly column: number
  /** The text between the brackets. */
  readonly section: string
  readonly kind: /** `[profile x]` in the credentials file: a profile that is literally called `profile x`. */
    | 'prefix-in-credentials'
    /** `[x]` in the config file: no profile at all. */
    | 'prefix-missing-in-config'
    /** `[ default ]`, `[Default]`, `[profile x ]` …: blanks or capitals that keep it from being the name it looks like. */
    | 'blank-or-case'
  /** The profile that the header seems to mean. */
  readonly profile: string
  /** The header text that would mean it in this file. */
  readonly shouldBe: string
}

/** All headers of both files whose spelling is probably a slip (C35). */
export function oddSections(files: AwsFiles): readonly OddSection[] {
  return [
    ...files.config.reading.sections.flatMap((s) => oddInConfig(files.config.path, s)),
    ...files.credentials.reading.sections.flatMap((s) => oddInCredentials(files.credentials.path, s)),
  ]
}

/** Sections of the config file that are not profiles, by design. */
const otherConfigSections = /^(sso-session|services|plugins|preview)\b/

function oddInConfig(file: string, { name, line, column }: Section): readonly OddSection[] {
  const at = { file, line, column, section: name }
  const trimmed = name.trim()
  if (trimmed.toLowerCase() === 'default') {
    if (name === 'default' || name === 'DEFAULT') return []
    return [{ ...at, kind: 'blank-or-case', profile: 'default', shouldBe: 'default' }]
  }
  if (profileOfHeader(name) !== null || otherConfigSections.test(name)) return []
  const looksPrefixed = /^profile\s+(.+)$/i.exec(trimmed)
  if (looksPrefixed !== null) {
    const profile = looksPrefixed[1]!.trim()
    return [{ ...at, kind: 'blank-or-case', profile, shouldBe: headerForProfile(profile) }]
  }
  return [{ ...at, kind: 'prefix-missing-in-config', profile: trimmed, shouldBe: headerForProfile(trimmed) }]
}

function oddInCredentials(file: string, { name, line, column }: Section): readonly OddSection[] {
  const at = { file, line, column, section: name }
  const prefixed = /^\s*profile\s+(.+)$/i.exec(name)
  if (prefixed !== null) {
    const profile = profileOfHeader(name) ?? prefixed[1]!.trim()
    return [{ ...at, kind: 'prefix-in-credentials', profile, shouldBe: profile }]
  }
  const trimmed = name.trim()
  const meant = trimmed.toLowerCase() === 'default' ? 'default' : trimmed
  if (name === meant || name === 'DEFAULT') return []
  return [{ ...at, kind: 'blank-or-case', profile: meant, shouldBe: meant }]
}

/** The profile that a header of the config file names for botocore; null when it names none (configloader.py `build_profile_map`). */
export function profileOfHeader(name: string): string | null {
  if (name === 'default') return name
  return name.startsWith('profile') ? secondWord(name) : null
}

/** The second of exactly two words, as a shell would split the header (configloader.py `_parse_section`). */
export function secondWord(name: string): string | null {
  const plain = /^[\w-]+ ([\w@%+:,./-]+)$/.exec(name)
  if (plain !== null) return plain[1]!
  const split = shellSplit(name)
  return split.kind === 'words' && split.words.length === 2 ? split.words[1]! : null
}

/** The header text that means a profile in the config file. */
export function headerForProfile(profile: string): string {
  if (profile === 'default') return profile
  return /^[\w@%+:,./-]+$/.test(profile) ? `profile ${profile}` : `profile "${profile.replace(/(["\\])/g, '\\$1')}"`
}

/** A field that tells when the session in its section ends. */
export interface ExpiryField {
  readonly file: string
  readonly section: string
  readonly key: string
  readonly line: number
  readonly column: number
  /** As it stands; never a secret. */
  readonly text: string
  /** Null when it is no date that can be read. With `zone: 'unknown'` it may be wrong by up to 14 hours. */
  readonly at: Date | null
  readonly zone: 'written' | 'utc' | 'local' | 'unknown'
}

/** Keys under which tools note the end of a session: saml2aws, aws-vault export, aws-mfa and awsume, okta-awscli, aws-google-auth. */
export const expiryKeys = [
  'x_security_token_expires',
  'aws_credential_expiration',
  'aws_expiration',
  'aws_session_expiration',
  'expiration',
]

/** All notes of a session's end in both files. Who wrote a time without a zone is told by its neighbours (anatomy §3.6). */
export function expiryFields(files: AwsFiles): readonly ExpiryField[] {
  return [files.config, files.credentials].flatMap(({ path, reading }) =>
    reading.sections.flatMap(({ name, entries }) =>
      expiryKeys.flatMap((key) => {
        const entry = entries.get(key)
        return entry === undefined || entry.nested !== null ? [] : [expiryField(path, name, entry, entries)]
      }),
    ),
  )
}

function expiryField(file: string, section: string, entry: Entry, siblings: ReadonlyMap<string, Entry>): ExpiryField {
  const parsed = parseInstant(entry.value)
  const zone = parsed === null || parsed.zone === 'offset' ? 'written' : zoneBySiblings(siblings)
  const at = parsed === null || zone !== 'local' ? (parsed?.at ?? null) : inLocalZone(parsed.at)
  return { file, section, key: entry.key, line: entry.line, column: entry.column, text: entry.value, at, zone }
}

function zoneBySiblings(siblings: ReadonlyMap<string, Entry>): 'utc' | 'local' | 'unknown' {
  const has = (keys: readonly string[]): boolean => keys.some((key) => siblings.has(key))
  if (has(['autoawsume', 'awsumepy_command', 'source_expiration'])) return 'local'
  return has(['assumed_role', 'aws_security_token']) ? 'utc' : 'unknown'
}

function inLocalZone(asIfUtc: Date): Date {
  return new Date(
    asIfUtc.getUTCFullYear(),
    asIfUtc.getUTCMonth(),
    asIfUtc.getUTCDate(),
    asIfUtc.getUTCHours(),
    asIfUtc.getUTCMinutes(),
    asIfUtc.getUTCSeconds(),
  )
}
