import { javascriptV2Grammar } from '../../files/dialects/javascript.ts'
import type { Documents } from '../../files/documents.ts'
import type { FileLocation } from '../../files/locate.ts'
import type { Settings } from '../../files/reading.ts'
import type { Machine } from '../../machine/machine.ts'
import type { Place } from '../../sources/credential.ts'
import { locateV2 } from './places.ts'
import { merged, readSections, type SectionFile, sectionSettings } from './sections.ts'

/** Both files as v2 reads them. Without the opt-in it takes profiles from the credentials file of the home directory alone. */
export interface V2Files {
  readonly optIn: boolean
  /** Why there are no profiles at all: an error that each source keeps to itself; null when they can be read. */
  readonly failure: FileError | null
  /** Settings of a profile, the credentials file's over the config file's; null when there is none. */
  profile(name: string): Settings | null
  readonly credentials: SectionFile
  /** The config file where `AWS_CONFIG_FILE` says, also without the opt-in, for settings that are no credentials. */
  readonly config: ConfigFile
  /** The config file of the home directory, whatever the variables say: tokens of IAM Identity Center look here. */
  readonly homeConfig: ConfigFile
}

export interface FileError {
  /** `ErrorClass: message`. */
  readonly says: string
  readonly at: Place
}

/** A config file with the profiles and sessions that v2 finds in it. */
export interface ConfigFile {
  readonly file: SectionFile
  /** Why it cannot be used; null when it can. */
  readonly error: FileError | null
  profile(name: string): Settings | null
  ssoSession(name: string): Settings | null
}

/** The variable that opts in to the config file, by any text but none (lib/util.js `configOptInEnv`). */
export const optInVariable = 'AWS_SDK_LOAD_CONFIG'

/** Sources: aws-sdk 2 lib/util.js `getProfilesFromSharedConfig`, `loadConfig`; lib/shared-ini/ini-loader.js. */
export function readV2Files(machine: Machine, documents: Documents): V2Files {
  const optIn = (machine.env(optInVariable) ?? '') !== ''
  const named = locateV2(machine, 'config', true)
  const atHome = locateV2(machine, 'config', false)
  const config = configFile(documents, named)
  const homeConfig = named.path === atHome.path ? config : configFile(documents, atHome)
  const location = locateV2(machine, 'credentials', optIn)
  const credentials = readSections(documents, 'credentials', location, javascriptV2Grammar, (header) => header)
  const failure = optIn ? config.error : readFailure(credentials)
  return {
    optIn,
    failure,
    profile(name) {
      if (failure !== null) return null
      return merged(optIn ? config.profile(name) : null, sectionSettings(credentials, name))
    },
    credentials,
    config,
    homeConfig,
  }
}

function configFile(documents: Documents, location: FileLocation): ConfigFile {
  const file = readSections(documents, 'config', location, javascriptV2Grammar, (header) => header)
  const [profiles, twice] = profileHeaders(file)
  const error = readFailure(file) ?? twice
  return {
    file,
    error,
    profile(name) {
      const header = profiles.get(name)
      return header === undefined || error !== null ? null : sectionSettings(file, header)
    },
    ssoSession(name) {
      if (readFailure(file) !== null) return null
      const header = [...file.sections.keys()].find((key) => /^sso-session\s/.test(key) && key.slice(12) === name)
      return header === undefined ? null : sectionSettings(file, header)
    },
  }
}

/**
 * Headers by the profile that they name: `[profile x]` and `[x]` both name x. A profile that two headers name makes the whole
 * file unusable, because the second cannot be defined (ini-loader.js `getProfiles`).
 */
function profileHeaders(file: SectionFile): readonly [ReadonlyMap<string, string>, FileError | null] {
  const profiles = new Map<string, string>()
  let twice: FileError | null = null
  for (const [header, [section]] of file.sections) {
    if (/^sso-session\s/.test(header)) continue
    const name = header.replace(/^profile\s/, '')
    const first = profiles.get(name)
    if (first === undefined) profiles.set(name, header)
    else if (twice === null && hasSettings(file, first) && hasSettings(file, header)) {
      const { line, column } = section!
      const at = { file: file.location.path, line, column }
      twice = { says: `TypeError: Cannot redefine property: ${name}`, at }
    } else if (!hasSettings(file, first)) profiles.set(name, header)
  }
  return [profiles, twice]
}

/** A header without any setting is as if it were not there. */
function hasSettings(file: SectionFile, header: string): boolean {
  return (file.sections.get(header) ?? []).some(({ entries }) => entries.size > 0)
}

function readFailure({ failure, location }: SectionFile): FileError | null {
  if (failure === null) return null
  if (failure.kind === 'unread') return { says: `Error: ${failure.message}`, at: { file: location.path } }
  const { line, column, sdkSays = '' } = failure.problem
  return { says: sdkSays, at: { file: location.path, line, column } }
}
