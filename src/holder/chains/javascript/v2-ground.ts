import type { AwsFiles } from '../../files/aws-files.ts'
import type { Machine } from '../../machine/machine.ts'
import type { Place } from '../../sources/credential.ts'
import type { ChainQuestion } from '../rules.ts'
import type { Refusal } from '../start.ts'
import type { Trace } from '../trace.ts'
import { readV2Files, type V2Files } from './v2-files.ts'

/** What the sources of v2 may know. */
export interface V2Ground {
  readonly machine: Machine
  readonly files: V2Files
  readonly selected: Trace['profile']
  /** The profile of the sources that take one as an option. */
  readonly profile: string
  /** The profile of all else: `AWS_PROFILE`, else `default`. */
  readonly ambient: string
  readonly region: Told | null
  /** The error with which the SDK cannot even be loaded; null when it can. */
  readonly loadError: Refusal | null
}

/** A value with the variable or line that it stands in. */
export interface Told {
  readonly value: string
  readonly at: Place | null
}

export function v2Ground(machine: Machine, question: ChainQuestion, { documents }: AwsFiles): V2Ground {
  const files = readV2Files(machine, documents)
  const named = machine.env('AWS_PROFILE') || undefined
  const ambient = named ?? 'default'
  const argument = question.profile || undefined
  const from = argument !== undefined ? 'argument' : named !== undefined ? { variable: 'AWS_PROFILE' } : 'default'
  const profile = argument ?? ambient
  const region = regionOf(machine, files, ambient)
  return {
    machine,
    files,
    selected: { name: profile, from },
    profile,
    ambient,
    region: question.region === undefined ? region.found : { value: question.region, at: null },
    loadError: badEndpointMode({ machine, files, ambient }) ?? region.error,
  }
}

/**
 * The region of all clients, which is looked up while the SDK loads: `AWS_REGION`, `AMAZON_REGION`, then with the opt-in both
 * files. If it comes to the config file and that cannot be used, the SDK cannot be loaded (lib/node_loader.js `getRegion`).
 */
function regionOf(
  machine: Machine,
  files: V2Files,
  ambient: string,
): { readonly found: Told | null; readonly error: Refusal | null } {
  for (const variable of ['AWS_REGION', 'AMAZON_REGION']) {
    const value = machine.env(variable) ?? ''
    if (value !== '') return { found: { value, at: { variable } }, error: null }
  }
  if (!files.optIn) return { found: null, error: null }
  const own = sectionRegion(files, ambient)
  if (own !== null) return { found: own, error: null }
  const { error } = files.config
  if (error === null) return { found: files.config.profile(ambient)?.get('region') ?? null, error: null }
  return { found: null, error: { reason: 'configuration', says: error.says, at: error.at } }
}

function sectionRegion({ credentials }: V2Files, ambient: string): Told | null {
  const sections = credentials.sections.get(ambient) ?? []
  const entry = sections.map(({ entries }) => entries.get('region')).findLast((found) => found !== undefined)
  if (entry === undefined) return null
  const { value, line, column } = entry
  return { value, at: { file: credentials.location.path, line, column } }
}

/** A variable, even an empty one, else a setting of the config file; it needs no opt-in (lib/util.js `loadConfig`). */
export function lookUp(
  { machine, files, ambient }: Pick<V2Ground, 'machine' | 'files' | 'ambient'>,
  variable: string,
  key: string,
): Told | null {
  const value = machine.env(variable)
  return value === undefined ? (files.config.profile(ambient)?.get(key) ?? null) : { value, at: { variable } }
}

/** lib/metadata_service/get_metadata_service_endpoint.js, which is asked while the SDK loads. */
function badEndpointMode(ground: Pick<V2Ground, 'machine' | 'files' | 'ambient'>): Refusal | null {
  if (metadataEndpoint(ground) !== null) return null
  const mode = lookUp(ground, 'AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE', 'ec2_metadata_service_endpoint_mode')
  if (mode === null || mode.value === 'IPv4' || mode.value === 'IPv6') return null
  return { reason: 'configuration', says: `Error: Unsupported endpoint mode: ${mode.value}`, at: mode.at }
}

/** The configured endpoint of the instance metadata; null when it would be the link-local address. */
export function metadataEndpoint(ground: Pick<V2Ground, 'machine' | 'files' | 'ambient'>): Told | null {
  return lookUp(ground, 'AWS_EC2_METADATA_SERVICE_ENDPOINT', 'ec2_metadata_service_endpoint')
}
