import type { Cause } from './cause.ts'

/** Why a value did not reach the process, or another one did. */
export const environmentCauses: readonly Cause[] = []
