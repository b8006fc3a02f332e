import type { AwsFiles } from '../files/aws-files.ts'
import type { Machine } from '../machine/machine.ts'
import { readSurroundings, type Surroundings } from '../surroundings/surroundings.ts'
import { accountCauses } from './causes/account.ts'
import type { Cause } from './causes/cause.ts'
import { delayedCauses } from './causes/delayed.ts'
import { deniedCauses } from './causes/denied.ts'
import { environmentCauses } from './causes/environment.ts'
import { projectCauses } from './causes/project.ts'
import { regionCauses } from './causes/region.ts'
import { roleCauses } from './causes/role.ts'
import { sessionUseCauses } from './causes/session-use.ts'
import { workloadCauses } from './causes/workload.ts'

/** What is seen only by looking past the AWS files, and the causes that rest on it. */
export interface Around {
  readonly surroundings: Surroundings
  readonly causes: readonly Cause[]
}

/** By the AWS files that were read with it: who asks with the same ones asks about one and the same state of the machine. */
const seen = new WeakMap<AwsFiles, Promise<Around>>()

/**
 * Looks around on a machine on which something is wrong; many profiles or SDKs with the same files look once. A bundle of its
 * own: a command that finds nothing wrong neither loads nor waits for it.
 */
export function lookAround(machine: Machine, files: AwsFiles): Promise<Around> {
  const known = seen.get(files) ?? look(machine)
  seen.set(files, known)
  return known
}

async function look(machine: Machine): Promise<Around> {
  const surroundings = await readSurroundings(machine)
  const causes = [
    ...roleCauses,
    ...sessionUseCauses,
    ...regionCauses,
    ...accountCauses,
    ...deniedCauses,
    ...delayedCauses,
    ...environmentCauses,
    ...projectCauses,
    ...workloadCauses,
  ]
  return { surroundings, causes }
}

/** What is seen of a role by its settings alone, also where nobody was asked. */
export { roleCauses } from './causes/role.ts'

/** What the SDK would do on an EC2 instance on which no source holds anything. */
export { instanceAddress, traceOnInstance } from './on-instance.ts'

/** Findings with the files that set the variables of which they speak. */
export { withOrigins } from './origins.ts'
