import { javascriptV3Grammar } from '../../files/dialects/javascript.ts'
import type { Documents } from '../../files/documents.ts'
import type { Settings } from '../../files/reading.ts'
import type { Machine } from '../../machine/machine.ts'
import { locateV3, locateV3Sessions } from './places.ts'
import { merged, readSections, type SectionFile, sectionSettings } from './sections.ts'

/** Both files as v3 combines them. A file that cannot be read or is refused is as if it were empty. */
export interface V3Files {
  readonly config: SectionFile
  readonly credentials: SectionFile
  /** Settings of a profile, the credentials file's over the config file's, key by key; null when there is no such profile. */
  profile(name: string): Settings | null
  /** The same with the config file's over the credentials file's, as most settings other than keys are looked up. */
  configFirst(name: string): Settings | null
  /** `[sso-session name]` of the config file. */
  ssoSession(name: string): Settings | null
  /** `[services name]` of the config file, with settings such as `sts.endpoint_url`. */
  services(name: string): Settings | null
}

/** Sources: @smithy/core shared-ini-file-loader/{loadSharedConfigFiles,getConfigData,mergeConfigFiles,getSsoSessionData}.js. */
export function readV3Files(machine: Machine, documents: Documents): V3Files {
  const config = readSections(documents, 'config', locateV3(machine, 'config'), javascriptV3Grammar, sectionName)
  const credentials = readSections(
    documents,
    'credentials',
    locateV3(machine, 'credentials'),
    javascriptV3Grammar,
    sectionName,
  )
  const sessions = locateV3Sessions(machine)
  const sessionFile =
    sessions.path === config.location.path
      ? config
      : readSections(documents, 'config', sessions, javascriptV3Grammar, sectionName)
  const profiles = new Map<string, Settings | null>()
  return {
    config,
    credentials,
    profile(name) {
      const known = profiles.get(name)
      if (known !== undefined) return known
      const settings = merged(configProfile(config, name), sectionSettings(credentials, name))
      profiles.set(name, settings)
      return settings
    },
    configFirst: (name) => merged(sectionSettings(credentials, name), configProfile(config, name)),
    ssoSession: (name) => sectionSettings(sessionFile, `sso-session.${name}`),
    services: (name) => sectionSettings(config, `services.${name}`),
  }
}

/** `[profile x]` replaces `[x]`, which counts only when x is `default`; `[sso-session x]` is a profile too, by its whole name. */
function configProfile(config: SectionFile, name: string): Settings | null {
  const prefixed = sectionSettings(config, `profile.${name}`)
  if (prefixed !== null) return prefixed
  const isTaken = name === 'default' || name.startsWith('sso-session.') || name.startsWith('services.')
  return isTaken ? sectionSettings(config, name) : null
}

const prefixedHeader = /^([\w-]+)\s(["'])?([\w\-@+.%:/]+)\2$/
const kinds: ReadonlySet<string> = new Set(['profile', 'sso-session', 'services'])

/** `[profile x]` is `profile.x`; a header of two words of another kind is none; any other stands for itself (parseIni.js). */
function sectionName(header: string): string | null {
  const match = prefixedHeader.exec(header)
  if (match === null) return header
  const [, kind = '', , name = ''] = match
  return kinds.has(kind) ? `${kind}.${name}` : null
}
