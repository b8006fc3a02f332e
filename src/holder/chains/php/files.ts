import { phpGrammar } from '../../files/dialects/php.ts'
import type { Documents } from '../../files/documents.ts'
import type { FileRole } from '../../files/locate.ts'
import type { Section } from '../../files/reading.ts'
import type { Machine } from '../../machine/machine.ts'
import { absolutePath } from '../../machine/paths.ts'
import type { Settings } from '../../sources/settings.ts'

/** One file as PHP reads it: sections by the text of their headers. `null` when it cannot be read, or PHP refuses it. */
export interface PhpFile {
  readonly path: string
  readonly state: 'read' | 'unreadable' | 'refused'
  section(name: string): Settings | null
}

/** The files of the PHP SDK. It finds them in different places for different providers. */
export interface PhpFiles {
  readonly home: string
  /** For everything but web identities: the variable, else the home's. */
  readonly config: PhpFile
  readonly credentials: PhpFile
  /** `loadProfiles` of the credentials file: with AWS_SDK_LOAD_NONDEFAULT_CONFIG also what the config file alone holds. */
  credentialsProfile(name: string): Settings | null
  /** `loadDefaultProfiles`: the home's own files, whatever the variables say. */
  defaultProfile(name: string): Settings | null
  /** A section of the config file by its very name, as other settings are looked up. */
  configuration(name: string): Settings | null
}

/** PHP takes the empty text and `0` for false; null for these and for what is not set. */
export function truthy(text: string | undefined): string | null {
  return text === undefined || text === '' || text === '0' ? null : text
}

/**
 * Finds and reads them. Nothing in a path is expanded.
 *
 * Source: CredentialProvider.php `getHomeDir`, `getConfigFileName`, `getCredentialsFileName`, `loadProfiles`,
 * `loadDefaultProfiles`.
 */
export function phpFiles(machine: Machine, documents: Documents): PhpFiles {
  const home = homeOf(machine)
  const open = (path: string, role: FileRole): PhpFile => openFile(documents, absolutePath(machine, path), role)
  const homeConfig = `${home}/.aws/config`
  const homeCredentials = `${home}/.aws/credentials`
  const configPath = truthy(machine.env('AWS_CONFIG_FILE')) ?? homeConfig
  const credentialsPath = truthy(machine.env('AWS_SHARED_CREDENTIALS_FILE')) ?? homeCredentials
  const config = open(configPath, 'config')
  const credentials = open(credentialsPath, 'credentials')
  const loadsConfig =
    credentialsPath === homeCredentials && truthy(machine.env('AWS_SDK_LOAD_NONDEFAULT_CONFIG')) !== null
  return {
    home,
    config,
    credentials,
    credentialsProfile: (name) => credentials.section(name) ?? (loadsConfig ? unprefixed(config, name) : null),
    defaultProfile: (name) =>
      open(homeCredentials, 'credentials').section(name) ?? unprefixed(open(homeConfig, 'config'), name),
    configuration: (name) => config.section(name),
  }
}

function homeOf(machine: Machine): string {
  const home = truthy(machine.env('HOME'))
  if (home !== null) return home
  const drive = truthy(machine.env('HOMEDRIVE'))
  const path = truthy(machine.env('HOMEPATH'))
  return drive === null || path === null ? '' : drive + path
}

/** The first section whose name is that one once `profile ` is taken out of it. */
function unprefixed(file: PhpFile, name: string): Settings | null {
  return file.section(`profile ${name}`) ?? file.section(name)
}

function openFile(documents: Documents, path: string, role: FileRole): PhpFile {
  const reading = documents.reading(path, phpGrammar)
  const state = reading === null ? 'unreadable' : reading.problems.length > 0 ? 'refused' : 'read'
  const sections = new Map<string, Section>()
  if (state === 'read') for (const section of reading?.sections ?? []) sections.set(section.name, section)
  return {
    path,
    state,
    section(name) {
      const section = sections.get(name)
      return section === undefined ? null : settingsOf(section, path, role)
    },
  }
}

function settingsOf(section: Section, file: string, role: FileRole): Settings {
  return new Map(
    [...section.entries.values()].map((entry) => {
      const raw = entry.rawValue.trim()
      const at = { file, line: entry.line, column: entry.column }
      const { value } = entry
      return [entry.key, { value, raw: raw === value ? undefined : raw, nested: null, at, role }]
    }),
  )
}
