import type { Decision } from '../model/store.ts'
import type { DecisionRow } from './shapes.ts'

/** A decision as the pages read it; its long texts are asked for one by one. */
export function rowOf(decision: Decision): DecisionRow {
  const { mismatch: _, denied: __, issued, ...row } = decision
  return {
    ...row,
    issued:
      issued == null
        ? null
        : { accessKeyId: issued.accessKeyId, principal: issued.principal, expiresAt: issued.expiresAt },
  }
}
