import { trimJava, trimKotlin } from '../../files/dialects/java-text.ts'
import { javaV2Grammars, javaV2Sections } from '../../files/dialects/java-v2.ts'
import { type KotlinHeader, kotlinGrammars, kotlinHeader } from '../../files/dialects/kotlin.ts'
import { specSections, specSettings } from '../../files/dialects/sdk-spec-sections.ts'
import type { Documents, Grammar } from '../../files/documents.ts'
import type { FileRole } from '../../files/locate.ts'
import type { FileReadingByDialect, Section, Settings } from '../../files/reading.ts'
import type { Machine } from '../../machine/machine.ts'
import { absolutePath } from '../../machine/paths.ts'
import type { BrokenSource } from '../../sources/answer.ts'
import type { Place } from '../../sources/credential.ts'
import { below, jvmHome } from './home.ts'

/** Both files as one SDK for the JVM finds, reads and merges them. */
export interface JvmFiles {
  /** Why neither can be used; null when both can, or are not there. */
  readonly refusal: (BrokenSource & { readonly at: Place }) | null
  /** Settings of a profile, the credentials file over the config file, key by key; null when neither has it. */
  profile(name: string): Settings | null
  ssoSession(name: string): Settings | null
  services(name: string): Settings | null
}

const roles = ['config', 'credentials'] as const
const variables: Readonly<Record<FileRole, string>> = {
  config: 'AWS_CONFIG_FILE',
  credentials: 'AWS_SHARED_CREDENTIALS_FILE',
}

interface ReadFile {
  readonly role: FileRole
  readonly path: string
  readonly reading: FileReadingByDialect
}

/** Sources: aws-sdk-java-v2 profiles `ProfileFileLocation`, `ProfileFile.Aggregator`, `ProfileFileReader`. */
export function javaV2Files(machine: Machine, documents: Documents): JvmFiles {
  const files = roles.map((role) => readFile(documents, role, javaV2Path(machine, role), javaV2Grammars))
  const sections = files.map(({ role, reading }) => specSections(reading, role, javaV2Sections))
  const settings = (pick: (file: (typeof sections)[number]) => readonly Section[] | undefined): Settings | null =>
    specSettings(
      files.map((file, index) => ({ file, sections: pick(sections[index]!) })),
      javaV2Sections.isIdentifier,
    )
  return {
    // The credentials file is read first.
    refusal: refusalOf(documents, [...files].reverse()),
    profile: remembered((name) => settings(({ profiles }) => profiles.get(name))),
    ssoSession: (name) => settings(({ ssoSessions }) => ssoSessions.get(name)),
    services: (name) => settings(({ others }) => others.get(`services ${name}`)),
  }
}

function javaV2Path(machine: Machine, role: FileRole): string {
  const home = jvmHome(machine)
  const named = machine.env(variables[role])
  if (named === undefined) return home === null ? '' : below(machine, home, '.aws', role)
  const path = trimJava(named)
  const separators = machine.platform === 'win32' ? '/\\' : '/'
  const isBelowHome = path[0] === '~' && path.length > 1 && separators.includes(path[1]!)
  if (isBelowHome) return home === null ? '' : absolutePath(machine, home + path.slice(1))
  return path === '' ? '' : absolutePath(machine, path)
}

/** Sources: aws-sdk-kotlin aws-config config/profile `AwsConfigLoader.kt`, `AwsConfigParser.kt`, `FileType.kt`. */
export function kotlinFiles(machine: Machine, documents: Documents): JvmFiles {
  const files = roles.map((role) => readFile(documents, role, kotlinPath(machine, role), kotlinGrammars))
  const counted = files.map((file) => ({ file, sections: kotlinSections(file) }))
  const settings = (type: KotlinHeader['type'], name: string): Settings | null =>
    specSettings(
      counted.map(({ file, sections }) => ({ file, sections: sections.get(`${type} ${name}`) })),
      () => true,
    )
  return {
    refusal: notAFile(documents, files) ?? refusalOf(documents, files),
    profile: remembered((name) => settings('profile', name)),
    ssoSession: (name) => settings('sso-session', name),
    services: (name) => settings('services', name),
  }
}

/** A path that begins with `~` is one below the home, whatever follows it. */
function kotlinPath(machine: Machine, role: FileRole): string {
  const path = trimKotlin(machine.env(variables[role]) ?? `~/.aws/${role}`)
  if (path[0] !== '~') return path === '' ? '' : absolutePath(machine, path)
  const home = jvmHome(machine)
  return home === null ? '' : absolutePath(machine, home + path.slice(1))
}

/** Valid sections by type and name. Those without a prefix do not count beside those with one. */
function kotlinSections({ role, reading }: ReadFile): ReadonlyMap<string, readonly Section[]> {
  const plain = new Map<string, Section[]>()
  const prefixed = new Map<string, Section[]>()
  for (const section of reading.sections) {
    const header = kotlinHeader(role, section.name)
    if (header === null || !header.isValid) continue
    const sections = header.hasPrefix ? prefixed : plain
    const key = `${header.type} ${header.name}`
    const known = sections.get(key)
    if (known === undefined) sections.set(key, [section])
    else known.push(section)
  }
  return new Map([...plain, ...prefixed])
}

function readFile(
  documents: Documents,
  role: FileRole,
  path: string,
  grammars: Readonly<Record<FileRole, Grammar>>,
): ReadFile {
  return {
    role,
    path,
    reading: documents.reading(path, grammars[role]) ?? { sections: [], inherited: null, problems: [] },
  }
}

/** A file that is there and cannot be read is an error to the SDK for Kotlin alone. */
function notAFile(documents: Documents, files: readonly ReadFile[]): JvmFiles['refusal'] {
  for (const { path } of files) {
    const state = documents.document(path)
    if (state.kind !== 'unreadable' || state.because === 'too-large') continue
    const why = state.because === 'directory' ? 'Is a directory' : 'Permission denied'
    return { reason: 'file-unreadable', says: `FileNotFoundException: ${path} (${why})`, at: { file: path } }
  }
  return null
}

function refusalOf(documents: Documents, files: readonly ReadFile[]): JvmFiles['refusal'] {
  for (const { path, reading } of files) {
    const state = documents.document(path)
    if (state.kind === 'unreadable' && state.because === 'too-large') {
      return {
        reason: 'file-unreadable',
        says: `CountersignError: ${path} was not read: ${state.detail}`,
        at: { file: path },
      }
    }
    const [problem] = reading.problems
    if (problem === undefined) continue
    const at = { file: path, line: problem.line, column: problem.column }
    return { reason: 'file-syntax', says: problem.sdkSays ?? `Error: ${problem.says}`, at }
  }
  return null
}

function remembered(find: (name: string) => Settings | null): (name: string) => Settings | null {
  const found = new Map<string, Settings | null>()
  return (name) => {
    const known = found.get(name)
    if (known !== undefined) return known
    const settings = find(name)
    found.set(name, settings)
    return settings
  }
}
