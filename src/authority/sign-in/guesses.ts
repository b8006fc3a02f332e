import { type Failures, failedAgain, isForgotten, waitAfter } from '../sessions/failures.ts'
import type { SealedState } from '../sessions/sealed-state.ts'

/** Guesses are slowed down by name, also of names that nobody has. */
export interface Guesses {
  /** Milliseconds until the next one is judged. */
  wait(name: string, now: number): number
  failed(name: string, now: number): void
  forget(name: string): void
  clear(): void
}

const mostNames = 10_000

export function createGuesses(): Guesses {
  const failures = new Map<string, Failures>()
  return {
    wait: (name, now) => waitAfter(failures.get(name), now),
    failed(name, now) {
      if (failures.size >= mostNames)
        for (const [other, one] of failures) if (isForgotten(one, now)) failures.delete(other)
      // Whoever tries so many names at once slows nobody down; the oldest are forgotten first.
      if (failures.size >= mostNames) failures.delete(failures.keys().next().value!)
      const before = failures.get(name)
      failures.delete(name)
      failures.set(name, failedAgain(before, now))
    },
    forget: (name) => void failures.delete(name),
    clear: () => failures.clear(),
  }
}

const kept = new WeakMap<SealedState, Guesses>()

/** Those of one authority's passwords and codes: whoever guesses at two of its pages is slowed down at both. */
export function guessesOf({ state }: { readonly state: SealedState }): Guesses {
  const guesses = kept.get(state) ?? createGuesses()
  kept.set(state, guesses)
  return guesses
}
