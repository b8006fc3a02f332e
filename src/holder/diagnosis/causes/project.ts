import type { Cause } from './cause.ts'

/** What programs configure by themselves, beside the AWS files. */
export const projectCauses: readonly Cause[] = []
