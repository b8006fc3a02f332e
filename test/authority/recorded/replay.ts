import { findAction } from '../../../src/authority/actions/index.ts'
import type { Principal } from '../../../src/authority/model/principal.ts'
import { faultOf } from '../../../src/authority/wire/faults.ts'
import { parseInput } from '../../../src/authority/wire/input.ts'
import { type AuthorityAtHand, openAuthority } from '../actions/authority-at-hand.ts'

/** Parameters as they stand in a Query body. */
export type Query = Readonly<Record<string, string>>

/** What was recorded of AWS: `ok`, or code, status and sentence; a sentence that was not recorded is left out. */
export type Recorded = 'ok' | { readonly code: string; readonly status: number; readonly message?: string }

export interface Answer {
  readonly recorded: Recorded
  // biome-ignore lint/suspicious/noExplicitAny: a test reads the members it expects of any reply
  readonly ok?: any
}

/** One call as the server takes it: parameters by the row's members, permission, action, and the fault on the wire. */
export async function replay(
  at: AuthorityAtHand,
  operation: string,
  query: Query = {},
  as: Principal = at.root,
): Promise<Answer> {
  const row = findAction('iam', operation) ?? findAction('sts', operation)
  if (row === undefined) throw new Error(`no action ${operation}`)
  const read = parseInput(row.input, new Map(Object.entries(query)))
  const result = 'refused' in read ? read : await at.call(operation, read.input, as)
  if ('ok' in result) return { recorded: 'ok', ok: result.ok }
  const { code, status, message } = faultOf(result.refused, row.service as 'iam' | 'sts')
  return { recorded: { code, status, message } }
}

/** Compares only what was recorded. */
export function asFar(recorded: Recorded, answer: Answer): Recorded {
  if (recorded === 'ok' || answer.recorded === 'ok' || recorded.message !== undefined) return answer.recorded
  const { message: _unrecorded, ...rest } = answer.recorded
  return rest
}

export const fault = (code: string, status: number, message?: string): Recorded =>
  message === undefined ? { code, status } : { code, status, message }

/** An authority with a user, as most recordings begin. */
export async function withUser(name: string): Promise<AuthorityAtHand> {
  const at = await openAuthority()
  await at.ok('CreateUser', { UserName: name })
  return at
}
