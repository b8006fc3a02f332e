import type { Outcome } from '../holder/resolution/index.ts'
import type { ProcessPlan } from '../holder/sources/plan.ts'
import { obtainCredentials } from './obtain.ts'
import { type Asking, OneTimeCodes } from './one-time-code.ts'
import { ownProcess } from './own-process.ts'
import type { Question } from './question.ts'
import type { Call } from './terminal.ts'
import { openVault } from './vault.ts'

/**
 * For verbs that run a plan themselves: a `credential_process` that is `countersign process` is not started, but what it would print is got
 * here, so that a code can be asked for. Every other plan is run.
 */
export async function inPlace(
  call: Call,
  question: Question,
  plan: ProcessPlan,
  run: () => Promise<Outcome>,
  asking: Asking,
): Promise<Outcome> {
  const own = question.exec && call.recorded !== true ? ownProcess(call.machine, plan.command) : null
  if (own === null) return await run()
  const obtained = await obtainCredentials(call, { ...question, profile: own.profile }, asking)
  return obtained.kind === 'held' ? { kind: 'resolved', credential: obtained.credential, roleSession: null } : obtained
}

/** A one-time code of a device: made from its seed in the vault, or typed; null when nobody gives one. */
export async function codeInPlace(call: Call, serial: string, asking: Asking): Promise<string | null> {
  return await new OneTimeCodes(call, () => openVault(call), asking).next(serial)
}
