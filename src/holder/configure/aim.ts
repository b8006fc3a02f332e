import { type AwsFiles, headerForProfile, secondWord } from '../files/aws-files.ts'
import type { Setting } from '../files/reading.ts'
import { configSettings, credentialsSettings, namedSettings, profileSettings, settingsOf } from '../sources/settings.ts'

/** One setting that a name on the command line means. */
export interface Aim {
  readonly of: Owner
  /** As it was written. */
  readonly key: string
  /** A setting of the indented block below `key`; null for `key` itself. */
  readonly nested: string | null
}

/** Whose setting it is. */
export type Owner =
  | { readonly kind: 'profile'; readonly name: string }
  /** A section of the config file with a name, e.g. `[sso-session corp]`. */
  | { readonly kind: 'sso-session' | 'services'; readonly name: string }
  /** `[plugins]`, `[preview]`. */
  | { readonly kind: 'section'; readonly name: string }

/** A name that means no setting: one sentence, and a hint that ends it. */
export interface WrongName {
  readonly says: string
  readonly hint: string
}

/** `PREDEFINED_SECTION_NAMES` of the AWS CLI. */
const plainSections = new Set(['plugins', 'preview'])
const namedSections = new Set(['sso-session', 'services'])
/** Blocks that the AWS CLI knows, whatever profiles are called (AWS CLI topics `s3-config`, `emr`; `services` of the SDK guide). */
const knownBlocks = new Set(['s3', 's3api', 'emr', 'emr-dev'])

/**
 * What a name means, as `aws configure` reads it: `region` is a setting of the chosen profile, `profile.dev.region` and
 * `default.region` of that one, `s3.addressing_style` stands below `s3` in the chosen one, `plugins.x` in `[plugins]`. When it is
 * only looked up, `dev.region` is a setting of the profile dev where there is one. (AWS CLI customizations/configure/get.py, set.py.)
 * Beyond that `sso-session.NAME.KEY` and `services.NAME.KEY[.KEY]` name settings of those sections, and a profile may have dots in
 * its name.
 */
export function aimOf(files: AwsFiles, chosen: string, text: string, to: 'look-up' | 'change'): Aim | WrongName {
  const aim = meant(files, chosen, text, to)
  if ('says' in aim || to === 'look-up') return aim
  const says = nameRefusal(aim.of.name)
  return says === null ? aim : { says, hint: 'For example: dev, team-a, 123456789012_Admin' }
}

/** Why a name cannot stand between brackets so that all SDKs read it alike; null when it can. */
export function nameRefusal(name: string): string | null {
  const isOdd = name === '' || /[\p{Cc}[\]#;]/u.test(name) || name !== name.trim()
  return isOdd ? 'The name of a profile has no brackets, # or ; in it, and no blanks around it.' : null
}

function meant(files: AwsFiles, chosen: string, text: string, to: 'look-up' | 'change'): Aim | WrongName {
  const parts = text.split('.')
  const [first = '', second = ''] = parts
  if (parts.some((part) => part.trim() === '') || /[=:\r\n]/.test(parts.at(-1)!))
    return {
      says: `"${text}" is no name of a setting.`,
      hint: 'Examples: region, profile.dev.region, s3.addressing_style',
    }
  if (parts.length === 1) return { of: { kind: 'profile', name: chosen }, key: first, nested: null }
  if (parts.length === 2 && plainSections.has(first))
    return { of: { kind: 'section', name: first }, key: second, nested: null }
  if (first === 'default') return keyOf(text, { kind: 'profile', name: first }, parts.slice(1))
  if (first === 'profile') {
    const length = nameLength(parts.slice(1), (name) => profileSettings(files, name) !== null)
    return keyOf(text, { kind: 'profile', name: parts.slice(1, 1 + length).join('.') }, parts.slice(1 + length))
  }
  if (namedSections.has(first)) {
    const kind = first as 'sso-session' | 'services'
    const length = nameLength(parts.slice(1), (name) => namedSettings(files, kind, name) !== null)
    return keyOf(text, { kind, name: parts.slice(1, 1 + length).join('.') }, parts.slice(1 + length))
  }
  const isProfile = profileSettings(files, first) !== null
  if (isProfile && to === 'look-up') return keyOf(text, { kind: 'profile', name: first }, parts.slice(1))
  if (isProfile && !knownBlocks.has(first))
    return {
      says: `"${text}" could mean the profile ${first} or a block ${first} below [${chosen}].`,
      hint: `Write profile.${text} for the profile, or profile.${chosen}.${text} for the block.`,
    }
  return keyOf(text, { kind: 'profile', name: chosen }, parts)
}

/** How many parts the name of a section has: one, unless only a longer one is there. */
function nameLength(parts: readonly string[], isThere: (name: string) => boolean): number {
  for (let length = 1; length < parts.length; length += 1) if (isThere(parts.slice(0, length).join('.'))) return length
  return 1
}

function keyOf(text: string, of: Owner, rest: readonly string[]): Aim | WrongName {
  const [key, nested = null] = rest
  if (key === undefined)
    return { says: `"${text}" names no setting.`, hint: `Say which one, for example ${text}.region` }
  if (rest.length > 2)
    return {
      says: `"${text}" lies too deep: a block has no blocks below it.`,
      hint: `Is it ${of.name}.${rest.slice(0, 2).join('.')}?`,
    }
  return { of, key, nested }
}

/** What a name means now: a value, a block of settings, or nothing. Keys are compared as they stand, like the AWS CLI does. */
export type LookedUp =
  | { readonly kind: 'value'; readonly value: string; readonly at: Setting['at'] }
  | { readonly kind: 'block' }
  | { readonly kind: 'absent' }

/** Looks a setting up where the AWS CLI reads it: of both files the credentials file counts. */
export function lookUp(files: AwsFiles, { of, key, nested }: Aim): LookedUp {
  const setting =
    settingsOfOwner(files, of)?.get(key) ??
    // `[plugins]` may also be a profile of that name (get.py).
    (of.kind === 'section' ? profileSettings(files, of.name)?.get(key) : undefined)
  if (setting === undefined) return { kind: 'absent' }
  if (nested === null)
    return setting.nested === null ? { kind: 'value', value: setting.value, at: setting.at } : { kind: 'block' }
  const value = setting.nested?.get(nested)
  return value === undefined ? { kind: 'absent' } : { kind: 'value', value, at: setting.at }
}

function settingsOfOwner(files: AwsFiles, of: Owner): ReadonlyMap<string, Setting> | null {
  switch (of.kind) {
    case 'profile':
      return profileSettings(files, of.name)
    case 'section':
      return settingsOf(
        files.config,
        files.config.reading.sections.findLast(({ name }) => name === of.name),
      )
    case 'sso-session':
    case 'services':
      return namedSettings(files, of.kind, of.name)
  }
}

/** A section of one of the two files: where it is, or is to be. */
export interface SectionPlace {
  readonly file: string
  /** The text between the brackets, as it stands or as it is to be. */
  readonly section: string
}

/** The section of the config file that counts for somebody; the one to be made where there is none. */
export function inConfig(files: AwsFiles, of: Owner): SectionPlace {
  const { path, profiles, reading } = files.config
  const there =
    of.kind === 'profile'
      ? profiles.get(of.name)
      : reading.sections.findLast(({ name }) =>
          of.kind === 'section' ? name === of.name : name.startsWith(of.kind) && secondWord(name) === of.name,
        )
  return { file: path, section: there?.name ?? headerOf(of) }
}

/** The section of a profile in the credentials file. */
export function inCredentials(files: AwsFiles, profile: string): SectionPlace {
  return { file: files.credentials.path, section: profile }
}

function headerOf(of: Owner): string {
  if (of.kind === 'section') return of.name
  if (of.kind === 'profile') return headerForProfile(of.name)
  return headerForProfile(of.name).replace(/^(profile )?/, `${of.kind} `)
}

/** Where a setting of a profile stands: in which of the files, and their sections. */
export function placesOf(files: AwsFiles, profile: string, key: string): readonly SectionPlace[] {
  const wanted = key.toLowerCase()
  return [
    ...(configSettings(files, profile)?.has(wanted) ? [inConfig(files, { kind: 'profile', name: profile })] : []),
    ...(credentialsSettings(files, profile)?.has(wanted) ? [inCredentials(files, profile)] : []),
  ]
}
