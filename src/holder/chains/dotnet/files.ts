import { dotnetGrammar } from '../../files/dialects/dotnet.ts'
import type { Documents } from '../../files/documents.ts'
import type { FileRole } from '../../files/locate.ts'
import type { FileReadingByDialect, Section } from '../../files/reading.ts'
import type { Machine } from '../../machine/machine.ts'
import { absolutePath, joinPath, pathRules } from '../../machine/paths.ts'
import type { Place } from '../../sources/credential.ts'
import type { Setting, Settings } from '../../sources/settings.ts'

/** What a look for a profile ends with. */
export type ProfileFound =
  | { readonly kind: 'found'; readonly settings: Settings; readonly ssoSession: Settings | null }
  /** There is none, or one of its settings has a value that .NET does not take. */
  | { readonly kind: 'missing'; readonly because: string; readonly at: Place }
  | {
      readonly kind: 'thrown'
      readonly says: string
      readonly because: string
      readonly at: Place
      readonly reason: 'file-syntax' | 'file-unreadable' | 'configuration'
    }

/** Both files as `SharedCredentialsFile` finds and reads them. */
export interface DotnetFiles {
  readonly credentialsPath: string
  /** Null when there is none to read. */
  readonly configPath: string | null
  profile(name: string): ProfileFound
  services(name: string): Settings | null
}

/**
 * Each variable counts only when it names a file that is there. Without AWS_CONFIG_FILE the config file is the one beside the
 * credentials file. Nothing in a path is expanded.
 *
 * Source: aws-sdk-net CredentialManagement/SharedCredentialsFile.cs (static constructor, `Refresh`, `TryGetProfile`,
 * `TryGetSection`), Internal/Util/ProfileIniFile.cs.
 */
export function dotnetFiles(machine: Machine, documents: Documents): DotnetFiles {
  const isThere = (path: string): boolean => {
    const state = documents.document(path)
    return state.kind === 'read' || (state.kind === 'unreadable' && state.because !== 'directory')
  }
  const named = (variable: string): string | null => {
    const value = machine.env(variable) ?? ''
    const path = value === '' ? '' : absolutePath(machine, value)
    return path !== '' && isThere(path) ? path : null
  }
  const home = [machine.env('HOME'), machine.env('USERPROFILE')].find((path) => path !== undefined && path !== '')
  const inHome = (name: string): string => absolutePath(machine, joinPath(machine, home ?? machine.cwd, '.aws', name))
  const credentialsPath = named('AWS_SHARED_CREDENTIALS_FILE') ?? inHome('credentials')
  const beside = joinPath(machine, pathRules(machine).dirname(credentialsPath), 'config')
  const isNamed = (machine.env('AWS_CONFIG_FILE') ?? '') !== ''
  const configPath = isNamed ? (named('AWS_CONFIG_FILE') ?? inHome('config')) : isThere(beside) ? beside : null
  const credentials = new OpenFile(documents, credentialsPath, 'credentials')
  const config = configPath === null ? null : new OpenFile(documents, configPath, 'config')
  const found = new Map<string, ProfileFound>()
  return {
    credentialsPath,
    configPath,
    profile(name) {
      const known = found.get(name) ?? findProfile(credentials, config, name)
      found.set(name, known)
      return known
    },
    services: (name) => config?.marked('services', name) ?? null,
  }
}

class OpenFile {
  readonly path: string
  readonly refusal: Extract<ProfileFound, { kind: 'thrown' }> | null
  readonly #role: FileRole
  readonly #reading: FileReadingByDialect | null
  readonly #byName = new Map<string, Section>()

  constructor(documents: Documents, path: string, role: FileRole) {
    this.path = path
    this.#role = role
    this.#reading = documents.reading(path, dotnetGrammar)
    for (const section of this.#reading?.sections ?? []) {
      if (!this.#byName.has(section.name)) this.#byName.set(section.name, section)
    }
    this.refusal = refusalOf(path, documents, this.#reading)
  }

  /** The first section of that name; null for none, or when a setting stands twice in it. */
  exact(name: string): Settings | null {
    return this.#settings(this.#byName.get(name))
  }

  /** The first section `marker name`, with any blanks between the two. */
  marked(marker: string, name: string): Settings | null {
    const sections = this.#reading?.sections ?? []
    const found =
      this.#byName.get(`${marker} ${name}`) ??
      sections.find(
        (section) =>
          section.name.startsWith(marker) &&
          section.name.endsWith(name) &&
          /^[ \t]+$/.test(section.name.slice(marker.length, section.name.length - name.length)),
      )
    return this.#settings(found)
  }

  #settings(section: Section | undefined): Settings | null {
    if (section === undefined || section.repeated.length > 0) return null
    const settings = new Map<string, Setting>()
    for (const entry of section.entries.values()) {
      const raw = entry.rawValue.trim()
      const { key, value, nested, line, column } = entry
      const at = { file: this.path, line, column }
      settings.set(key, { value, raw: raw === value ? undefined : raw, nested, at, role: this.#role })
    }
    return settings
  }
}

function refusalOf(
  path: string,
  documents: Documents,
  reading: FileReadingByDialect | null,
): Extract<ProfileFound, { kind: 'thrown' }> | null {
  const state = documents.document(path)
  if (state.kind === 'unreadable' && state.because !== 'directory') {
    const says = `UnauthorizedAccessException: Access to the path '${path}' is denied.`
    return { kind: 'thrown', says, because: `${path} cannot be read`, at: { file: path }, reason: 'file-unreadable' }
  }
  const [problem] = reading?.problems ?? []
  if (problem === undefined) return null
  const says = `InvalidDataException: Line ${problem.line} in file ${path} does not contain a section, property or comment.`
  const at = { file: path, line: problem.line, column: problem.column }
  return { kind: 'thrown', says, because: `${path} cannot be read: ${problem.says}`, at, reason: 'file-syntax' }
}

function findProfile(credentials: OpenFile, config: OpenFile | null, name: string): ProfileFound {
  const refusal = credentials.refusal ?? config?.refusal ?? null
  if (refusal !== null) return refusal
  const inCredentials = credentials.exact(name) ?? credentials.marked('profile', name)
  const inConfig = (name === 'default' ? config?.exact(name) : null) ?? config?.marked('profile', name) ?? null
  if (inCredentials === null && inConfig === null) {
    return { kind: 'missing', because: `there is no profile ${name}`, at: { file: credentials.path } }
  }
  const settings = new Map([...(inConfig ?? []), ...(inCredentials ?? [])])
  const odd = [...settings.values()].find((setting, index) => isRefused([...settings.keys()][index]!, setting.value))
  if (odd !== undefined) {
    return { kind: 'missing', because: `[${name}] has a setting whose value .NET does not take`, at: odd.at }
  }
  return withSession(settings, name, credentials, config)
}

function withSession(settings: Settings, name: string, credentials: OpenFile, config: OpenFile | null): ProfileFound {
  const session = settings.get('sso_session')
  if (session === undefined) return { kind: 'found', settings, ssoSession: null }
  const inConfig = config?.marked('sso-session', session.value) ?? null
  const inCredentials = credentials.marked('sso-session', session.value)
  if (inConfig === null && inCredentials === null) {
    const says = `AmazonClientException: Invalid Configuration.  Failed to find sso_session [${session.value}]`
    const because = `[${name}] names [sso-session ${session.value}], which does not exist`
    return { kind: 'thrown', says, because, at: session.at, reason: 'configuration' }
  }
  return { kind: 'found', settings, ssoSession: new Map([...(inConfig ?? []), ...(inCredentials ?? [])]) }
}

const booleans = new Set([
  'endpoint_discovery_enabled',
  's3_use_arn_region',
  's3_disable_express_session_auth',
  's3_disable_multiregion_access_points',
  's3_force_path_style',
  'ec2_metadata_v1_disabled',
  'use_dualstack_endpoint',
  'use_fips_endpoint',
  'disable_request_compression',
  'ignore_configured_endpoint_urls',
])
const choices: Readonly<Record<string, readonly string[]>> = {
  sts_regional_endpoints: ['regional', 'legacy'],
  s3_us_east_1_regional_endpoint: ['regional', 'legacy'],
  retry_mode: ['legacy', 'standard', 'adaptive'],
  ec2_metadata_service_endpoint_mode: ['ipv4', 'ipv6'],
  account_id_endpoint_mode: ['preferred', 'disabled', 'required'],
}

/** A value that `TryGetProfile` cannot read is as if the whole profile were not there. */
function isRefused(key: string, value: string): boolean {
  const text = value.trim().toLowerCase()
  if (booleans.has(key)) return text !== 'true' && text !== 'false'
  if (key === 'max_attempts') return !/^[+]?\d{1,9}$/.test(text) || Number(text) <= 0
  const allowed = Object.hasOwn(choices, key) ? choices[key] : undefined
  // A number is an enumeration's value too.
  return allowed !== undefined && !allowed.includes(text) && !/^[+-]?\d+$/.test(text)
}
