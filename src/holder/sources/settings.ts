import { type AwsFile, type AwsFiles, secondWord } from '../files/aws-files.ts'
import type { Entry, Section, Setting, Settings } from '../files/reading.ts'
import type { Machine } from '../machine/machine.ts'
import type { BrokenSource } from './answer.ts'
import type { Place } from './credential.ts'

export type { Setting, Settings } from '../files/reading.ts'

/** What a source may ask about the machine: its files as botocore combines them, and which profile was chosen. */
export interface SourceGround {
  readonly machine: Machine
  readonly files: AwsFiles
  /** The chosen profile; `default` when none was chosen. */
  readonly profile: string
  /** The profile that was chosen, while another one is looked at on its behalf. */
  readonly selected?: string
  /** True when an argument chose the profile: then botocore leaves the environment's credentials out. */
  readonly explicit: boolean
  /** What becomes of `login_session`: it needs the AWS CRT, and older versions do not know it. */
  readonly login: 'usable' | 'needs-crt' | 'unknown'
  /** Older versions know the container credentials of ECS alone: three hosts, and no token file. */
  readonly knowsOnlyEcs?: boolean
  /** Older versions put the path of the instance metadata right behind a configured endpoint, with a slash or without. */
  readonly addsNoSlash?: boolean
  /** Older versions cannot be told to leave version 1 of the instance metadata alone. */
  readonly hasNoVersionOneSwitch?: boolean
}

/** Settings of a profile as botocore's `Session.full_config` merges them: credentials file over config file, key by key. */
export function profileSettings(files: AwsFiles, profile: string): Settings | null {
  const fromConfig = configSettings(files, profile)
  const fromCredentials = credentialsSettings(files, profile)
  if (fromConfig === null || fromCredentials === null) return fromConfig ?? fromCredentials
  return new Map([...fromConfig, ...fromCredentials])
}

/** Settings of a profile in the config file alone (`[profile x]`, `[default]`). */
export function configSettings(files: AwsFiles, profile: string): Settings | null {
  return settingsOf(files.config, files.config.profiles.get(profile))
}

/** Settings of the section of that very name in the credentials file. */
export function credentialsSettings(files: AwsFiles, section: string): Settings | null {
  return settingsOf(files.credentials, files.credentials.profiles.get(section))
}

/** One step from a profile to the one that its `source_profile` names. */
export interface SourceProfile {
  readonly source: Setting
  /** Null when there is no such profile: the last step. */
  readonly settings: Settings | null
  /** It was met before: the last step, too. */
  readonly leadsBack: boolean
}

/** Follows `source_profile` from a profile; one that names itself starts from its own keys, and is the end. */
export function sourceProfiles(files: AwsFiles, profile: string): readonly SourceProfile[] {
  const steps: SourceProfile[] = []
  const visited = new Set([profile])
  let [name, settings] = [profile, profileSettings(files, profile)]
  for (;;) {
    const source = settings?.get('source_profile')
    if (source === undefined || source.value === '' || source.value === name) return steps
    name = source.value
    settings = profileSettings(files, name)
    const leadsBack = visited.has(name)
    steps.push({ source, settings, leadsBack })
    if (settings === null || leadsBack) return steps
    visited.add(name)
  }
}

/** `[sso-session x]` and `[services x]` of the config file. */
export function namedSettings(files: AwsFiles, prefix: 'sso-session' | 'services', name: string): Settings | null {
  const found = files.config.reading.sections.findLast(
    (section) => section.name.startsWith(prefix) && secondWord(section.name) === name,
  )
  return settingsOf(files.config, found)
}

/** All settings of a section, with those it inherits from `[DEFAULT]`. */
export function settingsOf(
  file: Pick<AwsFile, 'path' | 'role' | 'reading'>,
  section: Section | undefined,
): Settings | null {
  if (section === undefined) return null
  const settings = new Map<string, Setting>()
  const inherited = file.reading.inherited?.entries ?? new Map<string, Entry>()
  for (const entries of [inherited, section.entries]) {
    for (const entry of entries.values()) settings.set(entry.key, settingOf(file, entry))
  }
  return settings
}

function settingOf(file: Pick<AwsFile, 'path' | 'role'>, entry: Entry): Setting {
  // Blanks beside the delimiter and at the end of a line are no news: every reader drops them.
  const raw = entry.rawValue.replace(/^[ \t]+|(?<![ \t])[ \t]+$/g, '')
  return {
    value: entry.value,
    raw: raw === entry.value ? undefined : raw,
    nested: entry.nested,
    at: { file: file.path, line: entry.line, column: entry.column },
    role: file.role,
  }
}

/** The error with which botocore refuses its files before it asks any source; null when it reads them (`ConfigParseError`). */
export function filesRefusal(files: AwsFiles): (BrokenSource & { readonly at: Place }) | null {
  return fileRefusal(files.config) ?? fileRefusal(files.credentials)
}

export function fileRefusal(
  file: Pick<AwsFile, 'path' | 'written' | 'reading'>,
): (BrokenSource & { readonly at: Place }) | null {
  const [problem] = file.reading.problems
  if (problem === undefined) return null
  const at = { file: file.path, line: problem.line, column: problem.column }
  if (problem.kind === 'too-large') {
    return { reason: 'file-unreadable', says: `CountersignError: ${file.path} was not read: ${problem.says}`, at }
  }
  return { reason: 'file-syntax', says: `ConfigParseError: Unable to parse config file: ${file.written}`, at }
}
