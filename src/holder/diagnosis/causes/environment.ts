import type { Cause } from './cause.ts'
import { dotenvCauses } from './dotenv.ts'
import { droppedCauses } from './dropped-environment.ts'
import { frozenCauses } from './frozen.ts'
import { oldEnvironmentCauses } from './old-environment.ts'
import { homeCauses } from './other-homes.ts'

/** Why a value did not reach the process, or another one did. Within one certainty the closest to the cure comes first. */
export const environmentCauses: readonly Cause[] = [
  ...droppedCauses,
  ...homeCauses,
  ...oldEnvironmentCauses,
  ...dotenvCauses,
  ...frozenCauses,
]
