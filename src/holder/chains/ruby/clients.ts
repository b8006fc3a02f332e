import { cacheFile, refusedBearer } from './bearer.ts'
import type { RubyFile } from './files.ts'
import { isOn, type RegionChoice, type RubyGround, refusedRegion } from './ground.ts'

/**
 * The error with which a client can not be made; null when it can. Each client looks for a bearer token first, and for that the
 * `sso_session` of its profile must be whole. Sources: token_provider_chain.rb, shared_config.rb `sso_token_from_profile`.
 *
 * @param profile the one that the client is made for; null for none
 */
export function refusedClient(ground: RubyGround, profile: string | null, region: RegionChoice | null): string | null {
  return (
    refusedTokenOf(ground, profile ?? profileOfVariables(ground)) ??
    refusedRegion(region) ??
    refusedDualStack(ground, region)
  )
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
  return refusedRegion({ name: region.value, at: region.at }) ?? refusedBearer(ground, cacheFile(ground, session))
}

/** The partitions apart have no such endpoints. */
function refusedDualStack(ground: RubyGround, region: RegionChoice | null): string | null {
  if (!/^(?:us-iso|eu-iso)/.test(region?.name ?? '')) return null
  if (!isOn(ground, 'AWS_USE_DUALSTACK_ENDPOINT', 'use_dualstack_endpoint')) return null
  return 'ArgumentError: dualstack not supported for this region and partition.'
}
