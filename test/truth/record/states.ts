import { grammarStates } from './states/grammar.ts'
import { gridStates } from './states/grid.ts'
import { placeStates } from './states/places.ts'
import { randomStates } from './states/random.ts'
import { rowStates } from './states/rows.ts'
import type { MachineState } from './states/state.ts'

export { randomStates } from './states/random.ts'
export { type MachineState, needsLinkLocal } from './states/state.ts'
export { wideStates } from './states/wide.ts'

/** Seeds of the states by chance that are recorded, and how many each gives. */
export const recordedSeeds: readonly (readonly [seed: number, count: number])[] = [
  [20260801, 1100],
  [20261128, 1100],
  [3, 1100],
]

/** All states that are recorded: the rows of the table of divergences, the grid over the triggers, and those by chance. */
export function recordedStates(): readonly MachineState[] {
  const all = [
    ...rowStates(),
    ...gridStates(),
    ...placeStates(),
    ...grammarStates(),
    ...recordedSeeds.flatMap(([seed, count]) => randomStates(seed, count)),
  ]
  const seen = new Set<string>()
  return all.filter(({ env, files, profile }) => {
    const key = JSON.stringify([env, files, profile])
    return !seen.has(key) && seen.add(key)
  })
}
