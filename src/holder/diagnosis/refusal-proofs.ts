import type { RefusalSeen } from '../resolution/resolution.ts'
import { familiesOf } from './answers.ts'
import { readErrorText } from './error-text/index.ts'
import { proofsInText } from './error-text/proofs.ts'
import type { Finding } from './verdict.ts'

/** What a refusal proves by its own words, as in a pasted text. */
export function proofsOfRefusal({ code, operation, message }: RefusalSeen): readonly Finding[] {
  const read = readErrorText(`An error occurred (${code}) when calling the ${operation} operation: ${message}`)
  return read.error === null ? [] : proofsInText(read, familiesOf({ ...read.error, message: read.plain }))
}
