import { hash } from 'node:crypto'
import { type Failures, failedAgain, isForgotten, waitAfter } from '../sessions/failures.ts'
import type { SealedState } from '../sessions/sealed-state.ts'

/** Guesses are slowed down by name, also of names that nobody has. */
export interface Guesses {
  /** Milliseconds until the next one is judged. */
  wait(name: string, now: number): number
  /** Gives the way to take it back, for a guess that was not judged after all. */
  failed(name: string, now: number): () => void
  forget(name: string): void
  clear(): void
}

const mostNames = 20_000

/**
 * Names that have to wait are kept apart from those that need not yet: else whoever tries enough other names could have a name
 * forgotten that is being slowed down, and go on guessing at it.
 */
export function createGuesses(): Guesses {
  const free = new Map<string, Failures>()
  const slowed = new Map<string, Failures>()

  function keep(kept: Map<string, Failures>, key: string, failures: Failures, now: number): void {
    // The oldest stand first.
    for (const [other, one] of kept) {
      if (kept.size < mostNames && !isForgotten(one, now)) break
      kept.delete(other)
    }
    kept.set(key, failures)
  }

  function drop(key: string): void {
    free.delete(key)
    slowed.delete(key)
  }

  return {
    wait: (name, now) => waitAfter(slowed.get(keyOf(name)), now),
    failed(name, now) {
      const key = keyOf(name)
      const before = slowed.get(key) ?? free.get(key)
      const after = failedAgain(before, now)
      const put = (failures: Failures): void =>
        keep(waitAfter(failures, failures.last) > 0 ? slowed : free, key, failures, now)
      drop(key)
      put(after)
      return () => {
        if ((slowed.get(key) ?? free.get(key)) !== after) return
        drop(key)
        if (before !== undefined) put(before)
      }
    },
    forget: (name) => drop(keyOf(name)),
    clear() {
      free.clear()
      slowed.clear()
    },
  }
}

/** Of one length, however long the names are that are tried. */
function keyOf(name: string): string {
  return hash('sha256', name, 'base64')
}

const kept = new WeakMap<SealedState, Guesses>()

/** Those of one authority's passwords and codes: whoever guesses at two of its pages is slowed down at both. */
export function guessesOf({ state }: { readonly state: SealedState }): Guesses {
  const guesses = kept.get(state) ?? createGuesses()
  kept.set(state, guesses)
  return guesses
}
