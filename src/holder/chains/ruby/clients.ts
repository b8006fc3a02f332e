import { cacheFile, refusedBearer } from './bearer.ts'
import type { RubyFile } from './files.ts'
import { defaultProfile, isOn, type RegionChoice, type RubyGround, refusedRegion, settingOf } from './ground.ts'

/**
 * The error with which a client can not be made; null when it can. Its options are looked at in the order of their names
 * (seahorse/client/configuration.rb `DefaultResolver`): the region stands under `endpoint`, and the bearer token, for which the
 * `sso_session` of its profile must be whole, comes last. That there is no region is only seen behind them all. Sources:
 * plugins/retry_errors.rb, plugins/regional_endpoint.rb, token_provider_chain.rb, shared_config.rb `sso_token_from_profile`.
 *
 * @param profile the one that the client is made for; null for none
 */
export function refusedClient(ground: RubyGround, profile: string | null, region: RegionChoice | null): string | null {
  return (
    refusedOptions(ground, profile, region) ??
    refusedTokenOf(ground, profile ?? profileOfVariables(ground)) ??
    refusedRegion(region)
  )
}

/** The same for a client that is given no bearer token to look for, as is the one that gets such tokens. */
export function refusedTokenClient(ground: RubyGround, region: RegionChoice | null): string | null {
  return refusedOptions(ground, null, region) ?? refusedRegion(region)
}

function refusedOptions(ground: RubyGround, profile: string | null, region: RegionChoice | null): string | null {
  const own = profile ?? defaultProfile(ground)
  const [early, late] = [optionChecks.slice(0, 2), optionChecks.slice(2)]
  return (
    refusedText(ground, own, early) ??
    (region === null ? null : refusedRegion(region)) ??
    refusedDualStack(ground, own, region) ??
    refusedText(ground, own, late)
  )
}

interface OptionCheck {
  readonly variable: string
  readonly key: string
  readonly isGood: (text: string) => boolean
  readonly words: string
}

const isBoolean = (text: string): boolean => text === 'true' || text === 'false'

/** By the order of their names; the first two come before the region. */
const optionChecks: readonly OptionCheck[] = [
  {
    variable: 'AWS_ADAPTIVE_RETRY_WAIT_TO_FILL',
    key: 'adaptive_retry_wait_to_fill',
    isGood: isBoolean,
    words: 'either `true` or `false`',
  },
  {
    variable: 'AWS_CORRECT_CLOCK_SKEW',
    key: 'correct_clock_skew',
    isGood: isBoolean,
    words: 'either `true` or `false`',
  },
  {
    variable: 'AWS_MAX_ATTEMPTS',
    key: 'max_attempts',
    // `String#to_i`: the digits that it begins with.
    isGood: (text) => /^\s*\+?(?:0_?)*[1-9]/.test(text),
    words: 'a positive integer',
  },
  {
    variable: 'AWS_RETRY_MODE',
    key: 'retry_mode',
    isGood: (text) => ['legacy', 'standard', 'adaptive'].includes(text),
    words: 'either `legacy`, `standard`, or `adaptive`',
  },
]

/** A variable counts when it is set, also when it is empty, before the setting of the profile. */
function refusedText({ machine, files }: RubyGround, profile: string, checks: readonly OptionCheck[]): string | null {
  for (const { variable, key, isGood, words } of checks) {
    const text = machine.env(variable) ?? settingOf(files, profile, key)?.value
    if (text === undefined || isGood(text)) continue
    return `ArgumentError: Must provide ${words} for ${key} profile option or for ENV['${variable}']`
  }
  return null
}

function profileOfVariables({ machine }: RubyGround): string {
  return machine.env('AWS_PROFILE') ?? machine.env('AWS_DEFAULT_PROFILE') ?? 'default'
}

function refusedTokenOf(ground: RubyGround, profile: string): string | null {
  const { credentials, config } = ground.files
  if (!config.isRead) return null
  for (const file of [credentials, config]) {
    const session = file.section(profile)?.get('sso_session')?.value
    if (session !== undefined) return refusedSession(ground, file, profile, session)
  }
  return null
}

function refusedSession(ground: RubyGround, file: RubyFile, profile: string, session: string): string | null {
  const quoted = ground.rules.checksSsoSession ? file.section(`sso-session '${session}'`) : null
  const section = file.section(`sso-session ${session}`) ?? quoted
  if (section === null) {
    return `ArgumentError: sso-session ${session} must be defined in the config file. Referenced by profile ${profile}`
  }
  const region = section.get('sso_region')
  if (region === undefined) return `ArgumentError: sso-session ${session} missing required parameter: sso_region`
  return (
    refusedTokenClient(ground, { name: region.value, at: region.at }) ??
    refusedBearer(ground, cacheFile(ground, session))
  )
}

/** The partitions apart have no such endpoints. */
function refusedDualStack(ground: RubyGround, profile: string, region: RegionChoice | null): string | null {
  if (!/^(?:us-iso|eu-iso)/.test(region?.name ?? '')) return null
  if (!isOn(ground, 'AWS_USE_DUALSTACK_ENDPOINT', 'use_dualstack_endpoint', profile)) return null
  return 'ArgumentError: dualstack not supported for this region and partition.'
}
