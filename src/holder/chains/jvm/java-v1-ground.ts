import { trimJava } from '../../files/dialects/java-text.ts'
import { javaV1Grammar } from '../../files/dialects/java-v1.ts'
import type { Documents } from '../../files/documents.ts'
import type { FileRole } from '../../files/locate.ts'
import type { Settings } from '../../files/reading.ts'
import type { Machine } from '../../machine/machine.ts'
import { absolutePath } from '../../machine/paths.ts'
import type { BrokenSource } from '../../sources/answer.ts'
import type { Place } from '../../sources/credential.ts'
import { settingsOf } from '../../sources/settings.ts'
import type { Trace } from '../trace.ts'
import type { RegionChoice } from './ground.ts'
import { below } from './home.ts'

/** What the sources of the AWS SDK for Java 1 may know. */
export interface JavaV1Ground {
  readonly machine: Machine
  readonly profile: Trace['profile']
  /** The one file with profiles that hold credentials. */
  readonly profiles: ProfilesFile
  /** The config file, of which only regions and a few switches are read. */
  readonly config: ProfilesFile | null
  readonly region: RegionChoice | null
}

/** A file of profiles, or why there is none. */
export interface ProfilesFile {
  readonly refusal: (BrokenSource & { readonly because: string; readonly at: Place | undefined }) | null
  /** Settings of `[name]`, else of `[profile name]`; null when there is neither. */
  profile(name: string): Settings | null
}

const variables = { config: 'AWS_CONFIG_FILE', credentials: 'AWS_CREDENTIAL_PROFILES_FILE' } as const

export function javaV1Ground(machine: Machine, documents: Documents, argument: string | undefined): JavaV1Ground {
  const ofEnvironment = profileOfEnvironment(machine)
  const config = configFile(machine, documents)
  return {
    machine,
    profile: argument === undefined ? ofEnvironment : { name: argument, from: 'argument' },
    profiles: credentialsFile(machine, documents),
    config,
    region: regionOf(machine, config, ofEnvironment.name),
  }
}

/** auth/profile/internal `AwsProfileNameLoader`: blanks around the name do not count, and an empty one is none. */
function profileOfEnvironment(machine: Machine): Trace['profile'] {
  const name = trimJava(machine.env('AWS_PROFILE') ?? '')
  return name === '' ? { name: 'default', from: 'default' } : { name, from: { variable: 'AWS_PROFILE' } }
}

/** regions `DefaultAwsRegionProviderChain`: a variable that is set counts, also an empty one; of a named profile nothing is known. */
function regionOf(machine: Machine, config: ProfilesFile | null, profile: string): RegionChoice | null {
  const named = machine.env('AWS_REGION')
  if (named !== undefined) return { name: named, at: { variable: 'AWS_REGION' } }
  const setting = config === null || config.refusal !== null ? undefined : config.profile(profile)?.get('region')
  return setting === undefined || setting.value === '' ? null : { name: setting.value, at: setting.at }
}

/** profile/path/cred: the variable, `~/.aws/credentials`, `~/.aws/config`; the home is that of the user database. */
function credentialsFile(machine: Machine, documents: Documents): ProfilesFile {
  const named = machine.env(variables.credentials)
  if (named !== undefined)
    return profilesFile(machine, documents, named === '' ? '' : absolutePath(machine, named), 'credentials')
  for (const role of ['credentials', 'config'] as const) {
    const path = homeFile(machine, documents, role)
    if (path !== null) return profilesFile(machine, documents, path, role)
  }
  const says = 'IllegalArgumentException: profile file cannot be null'
  const because = 'there is neither a credentials nor a config file'
  return { refusal: { reason: 'profile-not-found', says, because, at: undefined }, profile: () => null }
}

/** profile/path/config. */
function configFile(machine: Machine, documents: Documents): ProfilesFile | null {
  const named = machine.env(variables.config)
  const path =
    named === undefined ? homeFile(machine, documents, 'config') : named === '' ? '' : absolutePath(machine, named)
  return path === null ? null : profilesFile(machine, documents, path, 'config')
}

function homeFile(machine: Machine, documents: Documents, role: FileRole): string | null {
  if (machine.userHome === null) return null
  const path = below(machine, machine.userHome, '.aws', role)
  const state = documents.document(path)
  const isFile =
    state.kind === 'read' || (state.kind === 'unreadable' && !['directory', 'not-a-file'].includes(state.because))
  return isFile ? path : null
}

function profilesFile(machine: Machine, documents: Documents, path: string, role: FileRole): ProfilesFile {
  const state = documents.document(path)
  const reading = documents.reading(path, javaV1Grammar)
  const none = (): null => null
  if (reading === null) {
    const isThere = state.kind === 'unreadable' && !['directory', 'not-a-file'].includes(state.because)
    const written = path === '' ? machine.cwd : path
    const says = isThere
      ? `SdkClientException: Unable to load AWS credential profiles file at: ${written}`
      : `IllegalArgumentException: AWS credential profiles file not found in the given path: ${written}`
    const because = `${path === '' ? 'the file that is named' : path} cannot be read`
    return { refusal: { reason: 'file-unreadable', says, because, at: { file: written } }, profile: none }
  }
  const [problem] = reading.problems
  if (problem !== undefined) {
    const at = { file: path, line: problem.line, column: problem.column }
    const because = `${path} cannot be read as a whole: ${problem.says}`
    return { refusal: { reason: 'file-syntax', says: problem.sdkSays ?? problem.says, because, at }, profile: none }
  }
  const sections = new Map(reading.sections.map((section) => [section.name, section]))
  return {
    refusal: null,
    profile: (name) => settingsOf({ path, role, reading }, sections.get(name) ?? sections.get(`profile ${name}`)),
  }
}
