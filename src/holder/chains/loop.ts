import type { SourceGround } from '../sources/settings.ts'
import type { Source } from '../sources/source.ts'
import type { Refusal } from './start.ts'
import type { ChainStep } from './trace.ts'

export interface Walk {
  readonly steps: readonly ChainStep[]
  readonly winner: ChainStep | null
  readonly error: Refusal | null
  /** The error with which the winner's values end when they are used; null when they can be sent. */
  readonly unusable: Refusal | null
}

/**
 * The one loop: asks the sources in their order, and keeps all of them. The first that holds something wins; one that is
 * broken before it stops the search unless the SDK goes on by its own rule (`goesOn`), as does a refusal that came before all
 * sources.
 *
 * @param skips why a source is not asked by rule; null when it is
 */
export function walk<Ground = SourceGround>(
  sources: readonly Source<Ground>[],
  ground: Ground,
  refusal: Refusal | null = null,
  skips: (source: Source<Ground>) => string | null = () => null,
): Walk {
  const steps: ChainStep[] = []
  let winner: ChainStep | null = null
  let error = refusal
  let unusable: Refusal | null = null
  for (const source of sources) {
    const skipped = skips(source)
    const step: Asked =
      skipped === null ? ask(source, ground, winner === null && error === null) : skip(source, skipped)
    steps.push(step.entry)
    if (step.entry.outcome === 'found') {
      winner = step.entry
      unusable = step.error
    } else if (winner === null && error === null) error = step.error
  }
  return { steps, winner, error, unusable }
}

interface Asked {
  readonly entry: ChainStep
  /** With `broken` the error of the source; with `found` the error of the first use. */
  readonly error: Refusal | null
}

function ask<Ground>(source: Source<Ground>, ground: Ground, open: boolean): Asked {
  const answer = source.ask(ground)
  const { because } = answer
  const at = answer.at ?? null
  const { provider } = source
  switch (answer.outcome) {
    case 'absent':
      return {
        entry: {
          provider,
          outcome: 'absent',
          reason: answer.reason ?? 'not-configured',
          because,
          at,
          credential: null,
          plan: null,
        },
        error: null,
      }
    case 'broken': {
      const credential = answer.credential ?? null
      const { reason } = answer.error
      const entry: ChainStep = { provider, outcome: 'broken', reason, because, at, credential, plan: null }
      return { entry, error: answer.error.goesOn ? null : { reason, says: answer.error.says, at } }
    }
    case 'found':
    case 'deferred': {
      const credential = answer.outcome === 'found' ? answer.credential : null
      const outcome = open ? 'found' : 'shadowed'
      const plan = answer.outcome === 'deferred' ? (answer.plan ?? null) : null
      const unusable = answer.outcome === 'found' && open ? answer.unusable : undefined
      return {
        entry: {
          provider,
          outcome,
          reason: credential === null ? 'asked-later' : 'static',
          because,
          at,
          credential,
          plan,
        },
        error: unusable === undefined ? null : { ...unusable, at },
      }
    }
  }
}

function skip({ provider }: Pick<Source, 'provider'>, because: string): Asked {
  return {
    entry: { provider, outcome: 'skipped', reason: 'not-asked', because, at: null, credential: null, plan: null },
    error: null,
  }
}
