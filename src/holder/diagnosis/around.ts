import type { Machine } from '../machine/machine.ts'
import { readSurroundings, type Surroundings } from '../surroundings/surroundings.ts'
import type { Cause } from './causes/cause.ts'
import { environmentCauses } from './causes/environment.ts'
import { projectCauses } from './causes/project.ts'
import { workloadCauses } from './causes/workload.ts'

/** What is seen only by looking past the AWS files, and the causes that rest on it. */
export interface Around {
  readonly surroundings: Surroundings
  readonly causes: readonly Cause[]
}

/**
 * Looks around on a machine on which something is wrong. A bundle of its own: a command that finds nothing wrong neither
 * loads nor waits for it.
 */
export async function lookAround(machine: Machine): Promise<Around> {
  const surroundings = await readSurroundings(machine)
  return { surroundings, causes: [...environmentCauses, ...projectCauses, ...workloadCauses] }
}
