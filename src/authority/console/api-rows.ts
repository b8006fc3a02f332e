import type { ApiRow } from './ground.ts'
import { policyCheck } from './policy-check.ts'

/** Everything that the JSON API answers to who is signed in. */
export const apiRows: readonly ApiRow[] = [policyCheck]
