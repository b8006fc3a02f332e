import type { Cause } from './cause.ts'

/** Where the program runs: containers, functions, instances. */
export const workloadCauses: readonly Cause[] = []
