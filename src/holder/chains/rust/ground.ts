import type { AwsFiles } from '../../files/aws-files.ts'
import type { Settings } from '../../files/reading.ts'
import type { Machine } from '../../machine/machine.ts'
import type { Place } from '../../sources/credential.ts'
import type { ChainQuestion } from '../rules.ts'
import type { Trace } from '../trace.ts'
import { type RustFiles, readRustFiles } from './files.ts'

/** What the sources of the SDK for Rust may know. */
export interface RustGround {
  readonly machine: Machine
  readonly files: RustFiles
  readonly selected: Trace['profile']
  /** Settings of the selected profile; none when the files cannot be read. */
  readonly settings: Settings
  readonly region: RegionChoice
  readonly argument: Pick<ChainQuestion, 'endpointUrl'>
}

/** `unknown`: the instance metadata would be asked for it. */
export type RegionChoice = { readonly name: string; readonly at: Place | null } | 'none' | 'unknown'

/** A value with the variable or line that it stands in. */
export interface Told {
  readonly value: string
  readonly at: Place
}

export function rustGround(machine: Machine, question: ChainQuestion, { documents }: AwsFiles): RustGround {
  const files = readRustFiles(machine, documents)
  const selected = selectProfile(machine, question.profile)
  const settings = (files.problem === null ? files.profile(selected.name) : null) ?? new Map()
  const ground = { machine, files, selected, settings, argument: { endpointUrl: question.endpointUrl } }
  return { ...ground, region: regionOf(ground, question.region) }
}

/** An empty `AWS_PROFILE` is a name (aws-runtime env_config/source.rs `load`). */
function selectProfile(machine: Machine, argument: string | undefined): Trace['profile'] {
  if (argument !== undefined) return { name: argument, from: 'argument' }
  const named = machine.env('AWS_PROFILE')
  return named === undefined ? { name: 'default', from: 'default' } : { name: named, from: { variable: 'AWS_PROFILE' } }
}

/** A variable, also an empty one, else a setting of the selected profile (aws-runtime env_config.rs `EnvConfigValue`). */
export function lookUp(
  { machine, settings }: Pick<RustGround, 'machine' | 'settings'>,
  variable: string,
  key: string,
): Told | null {
  const value = machine.env(variable)
  return value === undefined ? (settings.get(key) ?? null) : { value, at: { variable } }
}

/** aws-config environment/mod.rs `parse_bool`; any other text is as if it were not there. */
export function isOn(ground: Pick<RustGround, 'machine' | 'settings'>, variable: string, key: string): boolean {
  return lookUp(ground, variable, key)?.value.toLowerCase() === 'true'
}

/** The region chain: variables, the profile and those that it names as sources, the instance metadata. */
function regionOf(ground: Omit<RustGround, 'region'>, argument: string | undefined): RegionChoice {
  if (argument !== undefined) return { name: argument, at: null }
  for (const variable of ['AWS_REGION', 'AWS_DEFAULT_REGION']) {
    const name = ground.machine.env(variable)
    if (name !== undefined) return { name, at: { variable } }
  }
  return profileRegion(ground) ?? (asksMetadata(ground) ? 'unknown' : 'none')
}

/** aws-config profile/region.rs `resolve_profile_chain_for_region`. */
function profileRegion({ files, selected }: Pick<RustGround, 'files' | 'selected'>): RegionChoice | null {
  if (files.problem !== null) return null
  const visited = new Set<string>()
  for (let name: string | undefined = selected.name; name !== undefined && !visited.has(name); ) {
    visited.add(name)
    const settings = files.profile(name)
    const region = settings?.get('region')
    if (region !== undefined) return { name: region.value, at: region.at }
    name = settings?.get('source_profile')?.value
  }
  return null
}

const metadataDisabled = 'AWS_EC2_METADATA_DISABLED'

/** Forbidden by exactly this word in any case (aws-config imds/credentials.rs `imds_disabled`). */
export function metadataForbidden(machine: Machine): Told | null {
  const value = machine.env(metadataDisabled)
  return value?.toLowerCase() === 'true' ? { value, at: { variable: metadataDisabled } } : null
}

/** The configured endpoint of the instance metadata; null when it would be the link-local address. */
export function metadataEndpoint(ground: Pick<RustGround, 'machine' | 'settings'>): Told | null {
  return lookUp(ground, 'AWS_EC2_METADATA_SERVICE_ENDPOINT', 'ec2_metadata_service_endpoint')
}

function asksMetadata(ground: Pick<RustGround, 'machine' | 'settings'>): boolean {
  return metadataForbidden(ground.machine) === null && metadataEndpoint(ground) !== null
}
