import type { Machine } from '../machine/machine.ts'

/** Where this program runs, as far as variables and files of the platform tell. */
export interface WorkloadSeen {
  readonly kind: 'lambda' | 'other'
}

export function readWorkload(machine: Machine): WorkloadSeen {
  return { kind: machine.env('AWS_LAMBDA_FUNCTION_NAME') ? 'lambda' : 'other' }
}
