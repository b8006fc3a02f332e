import type { FileRole } from '../locate.ts'
import type { Entry, FileReadingByDialect, Section, Setting, Settings } from '../reading.ts'

/** Where the SDKs that follow the specification part in what a header means. */
export interface SpecSectionRules {
  /** `[prefix name]`: what stands between the brackets, cut into two; the prefix is null when there is none. */
  readonly split: (text: string) => { readonly prefix: string | null; readonly name: string }
  /** Names of sections and keys; a section or setting with any other name does not count. */
  readonly isIdentifier: (name: string) => boolean
}

/** What one file holds by the names that its headers mean. */
export interface SpecSections {
  readonly profiles: ReadonlyMap<string, readonly Section[]>
  readonly ssoSessions: ReadonlyMap<string, readonly Section[]>
  /** By `prefix name`, e.g. `services dev`. */
  readonly others: ReadonlyMap<string, readonly Section[]>
}

/**
 * Sections by what they mean. In the config file a profile has the prefix `profile`, but for `[default]`, which does not count
 * where there is a `[profile default]`; in the credentials file it has none, and nothing else counts there.
 *
 * Source: smithy-rs aws/rust-runtime/aws-runtime/src/env_config/normalize.rs.
 */
export function specSections(reading: FileReadingByDialect, role: FileRole, rules: SpecSectionRules): SpecSections {
  const profiles = new Map<string, Section[]>()
  const ssoSessions = new Map<string, Section[]>()
  const others = new Map<string, Section[]>()
  const add = (to: Map<string, Section[]>, name: string, section: Section): void => {
    const known = to.get(name)
    if (known === undefined) to.set(name, [section])
    else known.push(section)
  }
  const unprefixedDefaults: Section[] = []
  for (const section of reading.sections) {
    const { prefix, name } = rules.split(section.name)
    if (role === 'credentials') {
      if (prefix === null && rules.isIdentifier(name)) add(profiles, name, section)
    } else if (prefix === null) {
      if (name === 'default') unprefixedDefaults.push(section)
    } else if (!rules.isIdentifier(name)) continue
    else if (prefix === 'profile') add(profiles, name, section)
    else if (prefix === 'sso-session') add(ssoSessions, name, section)
    else add(others, `${prefix} ${name}`, section)
  }
  if (unprefixedDefaults.length > 0 && !profiles.has('default')) profiles.set('default', unprefixedDefaults)
  return { profiles, ssoSessions, others }
}

/** A file in which sections are looked for. */
export interface SpecFile {
  readonly path: string
  readonly role: FileRole
  readonly sections: SpecSections
}

/** The settings of sections of one name, later ones over earlier ones; null when there is no such section. */
export function specSettings(
  groups: readonly {
    readonly file: Pick<SpecFile, 'path' | 'role'>
    readonly sections: readonly Section[] | undefined
  }[],
  isIdentifier: SpecSectionRules['isIdentifier'],
): Settings | null {
  const settings = new Map<string, Setting>()
  let found = false
  for (const { file, sections } of groups) {
    for (const section of sections ?? []) {
      found = true
      for (const entry of section.entries.values()) {
        if (isIdentifier(entry.key)) settings.set(entry.key, settingOf(file, entry))
      }
    }
  }
  return found ? settings : null
}

function settingOf({ path, role }: Pick<SpecFile, 'path' | 'role'>, entry: Entry): Setting {
  const raw = withoutOuterBlanks(entry.rawValue)
  return {
    value: entry.value,
    raw: raw === entry.value ? undefined : raw,
    nested: entry.nested,
    at: { file: path, line: entry.line, column: entry.column },
    role,
  }
}

/** In linear time, also for a line of nothing else. */
function withoutOuterBlanks(text: string): string {
  let [start, end] = [0, text.length]
  while (start < end && (text[start] === ' ' || text[start] === '\t')) start += 1
  while (end > start && (text[end - 1] === ' ' || text[end - 1] === '\t')) end -= 1
  return text.slice(start, end)
}
