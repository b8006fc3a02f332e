import { cppConfigGrammar, cppCredentialsGrammar } from '../../files/dialects/cpp.ts'
import type { Documents } from '../../files/documents.ts'
import type { FileRole } from '../../files/locate.ts'
import type { Entry, FileReadingByDialect, Section } from '../../files/reading.ts'
import type { Machine } from '../../machine/machine.ts'
import { absolutePath, joinPath, pathRules } from '../../machine/paths.ts'
import type { Setting, Settings } from '../../sources/settings.ts'

/** Both files as the C++ SDK finds and reads them. */
export interface CppFiles {
  readonly configPath: string
  readonly credentialsPath: string
  /** `GetProfileDirectory`: where the caches of `aws sso login` are looked for. */
  readonly directory: string
  /** A profile of the config file; null when it holds none of that name. */
  profile(name: string): CppProfile | null
  /** The blocks of a profile in the credentials file, in their order. */
  keys(name: string): readonly Settings[]
}

/** A profile of the config file, whose blocks are merged setting by setting. */
export interface CppProfile {
  /** Settings that have a place of their own in the SDK; of each the last one. */
  readonly settings: Settings
  /** All settings of the last block, in which the SDK looks the others up (`GetValue`). */
  readonly lastBlock: Settings
  /** The `[sso-session]` that belongs to it; null when it names none, or one that is missing or does not agree with it. */
  readonly ssoSession: { readonly name: string; readonly settings: Settings } | null
}

const ownSettings = [
  'region',
  'sso_start_url',
  'sso_region',
  'sso_account_id',
  'sso_role_name',
  'role_arn',
  'credential_process',
] as const
const ssoSettings = ['sso_start_url', 'sso_region', 'sso_account_id', 'sso_role_name'] as const

/**
 * Finds and reads both files. Variables that are empty do not count, and nothing in a path is expanded.
 *
 * Source: aws-sdk-cpp auth/AWSCredentialsProvider.cpp `GetConfigProfileFilename`, `GetCredentialsProfileFilename`,
 * `GetProfileDirectory`; config/AWSConfigFileProfileConfigLoader.cpp `ParseStream`, `FlushSection`.
 */
export function cppFiles(machine: Machine, documents: Documents, home: string): CppFiles {
  const written = (variable: string, name: string): string => {
    const named = machine.env(variable)
    return named === undefined || named === '' ? joinPath(machine, home, '.aws', name) : named
  }
  const credentials = written('AWS_SHARED_CREDENTIALS_FILE', 'credentials')
  const configPath = absolutePath(machine, written('AWS_CONFIG_FILE', 'config'))
  const credentialsPath = absolutePath(machine, credentials)
  const config = blocksByName(documents.reading(configPath, cppConfigGrammar))
  const keys = blocksByName(documents.reading(credentialsPath, cppCredentialsGrammar))
  const inConfig = (name: string): readonly Settings[] =>
    (config.get(name) ?? []).map((section) => settingsOf(section, configPath, 'config'))
  return {
    configPath,
    credentialsPath,
    directory: absolutePath(machine, pathRules(machine).dirname(credentials)),
    profile(name) {
      const own =
        name === 'default' ? [...(config.get('default') ?? []), ...(config.get('profile default') ?? [])] : null
      const sections = own ?? config.get(`profile ${name}`) ?? []
      const blocks = [...sections]
        .sort((a, b) => a.line - b.line)
        .map((section) => settingsOf(section, configPath, 'config'))
      return blocks.length === 0 ? null : profileOf(blocks, inConfig)
    },
    keys: (name) => (keys.get(name) ?? []).map((section) => settingsOf(section, credentialsPath, 'credentials')),
  }
}

function blocksByName(reading: FileReadingByDialect | null): ReadonlyMap<string, readonly Section[]> {
  const blocks = new Map<string, Section[]>()
  for (const section of reading?.sections ?? []) {
    const known = blocks.get(section.name)
    if (known === undefined) blocks.set(section.name, [section])
    else known.push(section)
  }
  return blocks
}

function profileOf(blocks: readonly Settings[], inConfig: (name: string) => readonly Settings[]): CppProfile {
  const settings = new Map<string, Setting>()
  for (const block of blocks) {
    for (const key of ownSettings) {
      const setting = block.get(key)
      if (setting !== undefined) settings.set(key, setting)
    }
    if (!hasWholeSso(settings, block)) for (const key of ssoSettings) settings.delete(key)
  }
  const lastBlock = blocks.at(-1)!
  return { settings, lastBlock, ssoSession: ssoSessionOf(settings, lastBlock, inConfig) }
}

/** What is not whole is forgotten: without a session all four settings are needed, with one the account and the role. */
function hasWholeSso(settings: Settings, block: Settings): boolean {
  const needed = block.has('sso_session') ? (['sso_account_id', 'sso_role_name'] as const) : ssoSettings
  return needed.every((key) => (settings.get(key)?.value ?? '') !== '')
}

function ssoSessionOf(
  settings: Settings,
  lastBlock: Settings,
  inConfig: (name: string) => readonly Settings[],
): CppProfile['ssoSession'] {
  const name = lastBlock.get('sso_session')?.value ?? ''
  if (name === '') return null
  const blocks = inConfig(`sso-session ${name}`)
  if (blocks.length === 0) return null
  const session = new Map(blocks.flatMap((block) => [...block]))
  const isConflict = (['sso_start_url', 'sso_region'] as const).some((key) => {
    const [own, shared] = [settings.get(key)?.value ?? '', session.get(key)?.value ?? '']
    return own !== '' && shared !== '' && own !== shared
  })
  return isConflict ? null : { name, settings: session }
}

function settingsOf(section: Section, file: string, role: FileRole): Settings {
  return new Map([...section.entries.values()].map((entry) => [entry.key, settingOf(entry, file, role)]))
}

function settingOf(entry: Entry, file: string, role: FileRole): Setting {
  const raw = entry.rawValue.trim()
  return {
    value: entry.value,
    raw: raw === entry.value ? undefined : raw,
    nested: entry.nested,
    at: { file, line: entry.line, column: entry.column },
    role,
  }
}
