import type { Setting } from '../../files/reading.ts'
import type { JvmGround, RegionChoice } from './ground.ts'
import { kotlinInstance } from './instance.ts'

/** What the sources of the SDK for Kotlin may know. */
export interface KotlinGround extends JvmGround {
  /** A profile is named in code. */
  readonly isExplicit: boolean
}

/**
 * The region with which a profile's calls are made: that of the profile which is named in code, else the usual one. Null when
 * none is configured: a role is then assumed at the global host. An empty one counts, and is refused.
 *
 * Source: aws-sdk-kotlin aws-config `ProfileCredentialsProvider.kt` `resolve`, region `DefaultRegionProviderChain`.
 */
export function regionOfProfile({
  machine,
  files,
  profile,
  isExplicit,
  activeProfile,
}: KotlinGround): RegionChoice | null {
  const own = isExplicit ? choiceOf(files.profile(profile)?.get('region')) : null
  if (own !== null) return own
  const named = machine.env('AWS_REGION')
  if (named !== undefined) return { name: named, at: { variable: 'AWS_REGION' } }
  return files.refusal === null ? choiceOf(files.profile(activeProfile)?.get('region')) : null
}

function choiceOf(setting: Setting | undefined): RegionChoice | null {
  return setting === undefined || setting.nested !== null ? null : { name: setting.value, at: setting.at }
}

/** Whether the instance metadata would be asked for a region. */
export function hasInstance(ground: KotlinGround): boolean {
  return kotlinInstance(ground, ground.activeProfile).kind === 'planned'
}
