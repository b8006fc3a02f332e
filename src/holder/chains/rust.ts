import { walk } from './loop.ts'
import type { ChainRules } from './rules.ts'
import { clientRegion, endpointOf, refusedCall } from './rust/endpoint.ts'
import { type RustGround, rustGround } from './rust/ground.ts'
import { profileSources } from './rust/profile-source.ts'
import { containerRole, environment, iamRole, panicOfSigning, webIdentity } from './rust/sources.ts'
import type { Refusal } from './start.ts'
import type { ChainStep } from './trace.ts'

/**
 * The SDK for Rust (crate aws-config default_provider/credentials.rs `DefaultCredentialsChain`). A source that says "not loaded"
 * lets the next one be asked; any other error stops. Keys in the environment come before a profile, also before one that is
 * named in code. The files are read once; a broken one stops only when it comes to the profile.
 */
export const rust: ChainRules = {
  sdk: 'rust',
  version: 'aws-config 1.13.0',
  evidence: 'observed',
  trace(machine, question, files) {
    const ground = rustGround(machine, question, files)
    const sources = [environment, ...profileSources(ground), webIdentity, containerRole, iamRole]
    const { unusable: _, ...walked } = walk(sources, ground)
    return {
      sdk: 'rust',
      profile: ground.selected,
      region: typeof ground.region === 'string' ? null : ground.region,
      endpoint: endpointOf(ground),
      ...walked,
      clientError: walked.winner === null ? null : clientError(ground, walked.winner),
    }
  },
}

/** The error of the first signed call with a credential that was found: of the endpoint first, then of signing. */
function clientError(ground: RustGround, { credential, at }: ChainStep): Refusal | null {
  const isNamed = ground.argument.endpointUrl !== undefined
  const refused = isNamed ? null : refusedCall(ground, 'STS', clientRegion(ground), true, 'program')
  if (refused !== null) {
    const kind = refused.startsWith('dispatch failure') ? 'DispatchFailure' : 'ConstructionFailure'
    const says = refused.startsWith('panic: ') ? refused : `${kind}: ${refused}`
    return { reason: 'configuration', says, at: typeof ground.region === 'string' ? null : ground.region.at }
  }
  const panic = credential === null ? null : panicOfSigning(credential)
  return panic === null ? null : { reason: 'configuration', says: panic, at }
}
