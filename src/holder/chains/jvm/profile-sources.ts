import type { Settings } from '../../files/reading.ts'
import type { SourceAnswer } from '../../sources/answer.ts'
import type { Place, ProviderName } from '../../sources/credential.ts'
import { absent, passedOver, type Source } from '../../sources/source.ts'
import { answerOf } from './answers.ts'
import type { Outcome, SelectedProfile } from './ground.ts'

/** One way in which a profile can hold credentials. */
export interface ProfileKind<Ground> {
  readonly providers: readonly ProviderName[]
  /** Where it stands that a profile is of this kind; null when it is not. */
  readonly trigger: (settings: Settings) => Place | null
  /** In a few words what it lacks else, e.g. `no credential_process`. */
  readonly lacks: string
  readonly resolve: (ground: Ground, settings: Settings) => Outcome
}

/**
 * The one profile provider of these SDKs as sources, in the order in which it decides of which kind a profile is: the first kind
 * decides alone, and an error in it is not made good by what else the profile holds.
 */
export function profileSources<Ground>(
  kinds: readonly ProfileKind<Ground>[],
  select: (ground: Ground) => SelectedProfile,
): readonly Source<Ground>[] {
  return kinds.flatMap((kind, index) => {
    const earlier = kinds.slice(0, index)
    return kind.providers.map((provider): Source<Ground> => {
      const isFirst = index === 0 && provider === kind.providers[0]
      return { provider, ask: (ground) => ask(ground, select(ground), { kind, provider, earlier, isFirst }) }
    })
  })
}

interface Asked<Ground> {
  readonly kind: ProfileKind<Ground>
  readonly provider: ProviderName
  readonly earlier: readonly ProfileKind<Ground>[]
  readonly isFirst: boolean
}

function ask<Ground>(
  ground: Ground,
  { refusal, name, settings }: SelectedProfile,
  { kind, provider, earlier, isFirst }: Asked<Ground>,
): SourceAnswer {
  if (refusal !== null) {
    const { reason, says, because, at } = refusal
    // It is told once; a file that is not there is no error.
    return isFirst && at !== undefined ? passedOver(reason, says, because, at) : absent(because, at)
  }
  if (settings === null) return absent(`there is no profile ${name}`)
  const at = kind.trigger(settings)
  if (at === null) return absent(`[${name}] has ${kind.lacks}`)
  const first = earlier.find(({ trigger }) => trigger(settings) !== null)
  if (first?.resolve(ground, settings).kind === 'broken') {
    return absent(`[${name}] is of another kind by its other settings, and is not read as this one`, at)
  }
  const outcome = kind.resolve(ground, settings)
  if (outcome.kind === 'broken' && provider !== kind.providers[0]) return absent(outcome.because, outcome.at ?? at)
  if (outcome.kind === 'static' && outcome.credential.provider !== provider) {
    return absent(`the key id of [${name}] stands in the other file`)
  }
  return answerOf(outcome.kind === 'broken' ? { ...outcome, at: outcome.at ?? at } : outcome)
}

/** Where the first of some settings stands; null when none is there. */
export function whereAny(settings: Settings, keys: readonly string[]): Place | null {
  for (const key of keys) {
    const setting = settings.get(key)
    if (setting !== undefined) return setting.at
  }
  return null
}
