import type { Machine, ProcessSeen } from '../machine/machine.ts'
import { type ProjectSeen, readProject } from './project.ts'
import { readSettings, type Setting } from './settings.ts'
import { readWorkload, type WorkloadSeen } from './workload.ts'

/** What stands around the AWS files: other places that set credentials, and where this program runs. */
export interface Surroundings {
  readonly settings: readonly Setting[]
  /** This process and those above it, nearest first. */
  readonly processes: readonly ProcessSeen[]
  readonly project: ProjectSeen
  readonly workload: WorkloadSeen
}

/** Looks around on a machine: reads only, bounded in number and size of files, and never fails. */
export async function readSurroundings(machine: Machine): Promise<Surroundings> {
  const [settings, processes, project] = await Promise.all([
    readSettings(machine),
    machine.processes(),
    readProject(machine),
  ])
  return { settings, processes, project, workload: readWorkload(machine) }
}
