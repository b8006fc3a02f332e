import type { Machine } from '../machine/machine.ts'

/** Files of the working directory in which programs configure AWS by themselves. */
export interface ProjectSeen {
  readonly directory: string
}

export function readProject(machine: Machine): ProjectSeen {
  return { directory: machine.cwd }
}
