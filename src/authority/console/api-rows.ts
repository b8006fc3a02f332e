import { decisionRows } from './decisions-api.ts'
import { findingRows } from './findings.ts'
import type { ApiRow } from './ground.ts'
import { sessionRows } from './issued-sessions.ts'
import { policyCheck } from './policy-check.ts'
import { tableRows } from './tables.ts'

/** Everything that the JSON API answers to who is signed in. */
export const apiRows: readonly ApiRow[] = [policyCheck, ...decisionRows, ...sessionRows, ...tableRows, ...findingRows]
