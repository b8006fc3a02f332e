import type { AwsFiles } from '../../files/aws-files.ts'
import type { Settings } from '../../files/reading.ts'
import type { Machine } from '../../machine/machine.ts'
import type { Place } from '../../sources/credential.ts'
import type { ChainQuestion } from '../rules.ts'
import type { Trace } from '../trace.ts'
import { readV3Files, type V3Files } from './v3-files.ts'

/** What the sources of v3 may know. */
export interface V3Ground {
  readonly machine: Machine
  readonly files: V3Files
  readonly selected: Trace['profile']
  /** The selected profile; `default` for an empty name. */
  readonly profile: string
  readonly settings: Settings | null
  /** A profile is named, by an argument or `AWS_PROFILE`, so that keys in the environment are not asked. */
  readonly isNamed: boolean
  /** The profile in which settings are looked up that know of no argument: `AWS_PROFILE`, else `default`. */
  readonly ambient: string
  readonly region: RegionChoice
}

/** `unknown`: the instance metadata would be asked for it. The empty name is one that no client takes. */
export type RegionChoice = { readonly name: string; readonly at: Place | null } | 'none' | 'unknown'

/** A value with the variable or line that it stands in. */
export interface Told {
  readonly value: string
  readonly at: Place
}

export function v3Ground(machine: Machine, question: ChainQuestion, { documents }: AwsFiles): V3Ground {
  const files = readV3Files(machine, documents)
  const named = machine.env('AWS_PROFILE')
  const ambient = named || 'default'
  const selected = selectProfile(question.profile, named)
  const profile = question.profile || ambient
  return {
    machine,
    files,
    selected,
    profile,
    settings: files.profile(profile),
    isNamed: (question.profile ?? named ?? '') !== '',
    ambient,
    region: regionOf(machine, files, profile, question.region),
  }
}

/** `init.profile || AWS_PROFILE || 'default'` (getProfileName.js). */
function selectProfile(argument: string | undefined, named: string | undefined): Trace['profile'] {
  if (argument !== undefined && argument !== '') return { name: argument, from: 'argument' }
  if (named !== undefined && named !== '') return { name: named, from: { variable: 'AWS_PROFILE' } }
  return { name: 'default', from: 'default' }
}

/**
 * The region of a client: an argument, `AWS_REGION` even if it is empty, the profile (here the credentials file counts more),
 * the instance metadata unless `AWS_EC2_METADATA_DISABLED` says anything at all.
 *
 * Sources: @smithy/core config-resolver/regionConfig/{config,getInstanceMetadataRegion}.js.
 */
function regionOf(machine: Machine, files: V3Files, profile: string, argument: string | undefined): RegionChoice {
  if (argument !== undefined) return { name: argument, at: null }
  const found = configuredRegion(machine, files, profile)
  if (found !== null) return { name: found.value, at: found.at }
  const endpoint = machine.env('AWS_EC2_METADATA_SERVICE_ENDPOINT') ?? ''
  const isForbidden = (machine.env('AWS_EC2_METADATA_DISABLED') ?? '') !== ''
  return endpoint !== '' && !isForbidden ? 'unknown' : 'none'
}

function configuredRegion(machine: Machine, files: V3Files, profile: string): Told | null {
  const variable = 'AWS_REGION'
  const named = machine.env(variable)
  if (named !== undefined) return { value: named, at: { variable } }
  return files.profile(profile)?.get('region') ?? null
}

/**
 * The region whose STS is asked for a role: the one of the first profile with a role, the client's own, `us-east-1`.
 *
 * Sources: credential-provider-ini resolveAssumeRoleCredentials.js; @aws-sdk/nested-clients defaultStsRoleAssumers.js
 * `resolveRegion`; @aws-sdk/core stsRegionDefaultResolver.js.
 */
export function stsRegion(
  { region }: V3Ground,
  first: Told | null,
): { readonly name: string; readonly at: Place | null } {
  if (first !== null) return { name: first.value, at: first.at }
  return region === 'none' || region === 'unknown' ? { name: 'us-east-1', at: null } : region
}

/** A variable, also an empty one, else a setting of the ambient profile, the config file's first (`loadConfig`). */
export function lookUp({ machine, files, ambient }: V3Ground, variable: string, key: string): Told | null {
  const value = machine.env(variable)
  if (value !== undefined) return { value, at: { variable } }
  return files.configFirst(ambient)?.get(key) ?? null
}

/** The region as hosts are made of it: without the `fips-` or `-fips` that it was once written with (getRealRegion.js). */
export function realRegion(region: string): string {
  if (!isFipsRegion(region)) return region
  return region === 'fips-aws-global' || region === 'aws-fips'
    ? 'us-east-1'
    : region.replace(/fips-(dkr-|prod-)?|-fips/, '')
}

/** isFipsRegion.js. */
export function isFipsRegion(region: string): boolean {
  return region.startsWith('fips-') || region.endsWith('-fips')
}

/** The error of a client that is given this region; null when it takes it (resolveRegionConfig.js, checkRegion.js). */
export function regionError(region: string): string | null {
  if (region === '') return 'Error: Region is missing'
  const real = realRegion(region)
  if (real === '*' || (/^[a-zA-Z0-9-]{1,63}$/.test(real) && !real.startsWith('-') && !real.endsWith('-'))) return null
  return `Error: Region not accepted: region="${real}" is not a valid hostname component.`
}
