import type { AwsFiles } from '../../files/aws-files.ts'
import type { Setting } from '../../files/reading.ts'
import type { Machine } from '../../machine/machine.ts'
import type { Place } from '../../sources/credential.ts'
import type { ChainQuestion } from '../rules.ts'
import type { Trace } from '../trace.ts'
import { type RubyFiles, readRubyFiles } from './files.ts'
import type { RubyRules } from './rules.ts'

/** What the sources of the SDK for Ruby may know. */
export interface RubyGround {
  readonly machine: Machine
  readonly rules: RubyRules
  readonly files: RubyFiles
  /** The profile of most sources. */
  readonly selected: Trace['profile']
  /** The one that an argument names, else that of `AWS_PROFILE` alone: for the region and for a web identity. */
  readonly settingsProfile: string
  readonly region: RegionChoice | null
}

export interface RegionChoice {
  readonly name: string
  readonly at: Place | null
}

export function rubyGround(
  machine: Machine,
  question: ChainQuestion,
  { documents }: AwsFiles,
  rules: RubyRules,
): RubyGround {
  const files = readRubyFiles(machine, documents, rules.parser)
  const settingsProfile = question.profile ?? defaultProfile({ machine })
  const region =
    question.region === undefined ? regionOf({ machine, files }, settingsProfile) : { name: question.region, at: null }
  return { machine, rules, files, selected: selectProfile(machine, question.profile), settingsProfile, region }
}

/** `determine_profile_name`. A variable counts when it is set, also when it is empty. */
function selectProfile(machine: Machine, argument: string | undefined): Trace['profile'] {
  if (argument !== undefined) return { name: argument, from: 'argument' }
  for (const variable of ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE']) {
    const name = machine.env(variable)
    if (name !== undefined) return { name, from: { variable } }
  }
  return { name: 'default', from: 'default' }
}

/** `get_config_value`: the credentials file, then the config file. */
export function settingOf(files: RubyFiles, profile: string, key: string): Setting | undefined {
  return files.credentials.section(profile)?.get(key) ?? files.config.section(profile)?.get(key)
}

/** plugins/regional_endpoint.rb `resolve_region`: the first variable that is set; when it is empty, the profile's. */
export function regionOf(
  { machine, files }: Pick<RubyGround, 'machine' | 'files'>,
  profile: string,
): RegionChoice | null {
  const variable = ['AWS_REGION', 'AMAZON_REGION', 'AWS_DEFAULT_REGION'].find((name) => machine.env(name) !== undefined)
  const name = variable === undefined ? '' : machine.env(variable)!
  if (name !== '') return { name, at: { variable: variable! } }
  const setting = settingOf(files, profile, 'region')
  return setting === undefined ? null : { name: setting.value, at: setting.at }
}

/** The error with which a client for a region can not be made; null when it can. */
export function refusedRegion(region: RegionChoice | null): string | null {
  if (region === null || region.name === '') {
    return "Aws::Errors::MissingRegionError: No region was provided. Configure the `:region` option or export the region name to ENV['AWS_REGION']"
  }
  if (/^(?!-)[a-zA-Z0-9-]{1,63}(?<!-)$/m.test(region.name)) return null
  return 'Aws::Errors::InvalidRegionError: Invalid `:region` option was provided.'
}

/** The profile of settings where the program names none (shared_config.rb `determine_profile`). */
export function defaultProfile({ machine }: Pick<RubyGround, 'machine'>): string {
  return machine.env('AWS_PROFILE') ?? 'default'
}

/** `Util.str_2_bool`. */
export function isOn({ machine, files }: RubyGround, variable: string, key: string, profile: string): boolean {
  return (machine.env(variable) ?? settingOf(files, profile, key)?.value) === 'true'
}
