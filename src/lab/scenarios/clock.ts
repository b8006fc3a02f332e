import type { Scenario } from '../scenario.ts'
import { everyPlace, everyShape, holdingOf, standing } from '../wallet.ts'

/** The request says another time than it is. */
export const clock: readonly Scenario[] = [
  {
    cause: 'clock-skew',
    why: 'The computer’s clock stood still while it slept, or was never set: it is far from the right time.',
    logged: 'clock-skew',
    shapes: everyShape,
    places: everyPlace,
    async prepare(stage, chosen) {
      const { holding } = await holdingOf(stage, chosen)
      const clockOffset = chosen.choose.one([-20 * 60, -7 * 60 * 60 - 211, -3 * 86_400, 31 * 60, 40 * 86_400])
      return standing(chosen, holding, { clockOffset })
    },
  },
]
