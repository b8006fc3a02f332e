import type { Outcome } from '../holder/resolution/index.ts'
import type { ProcessPlan } from '../holder/sources/plan.ts'
import { type Obtaining, obtainCredentials } from './obtain.ts'
import { ownProcess } from './own-process.ts'
import type { Question } from './question.ts'
import type { Call } from './terminal.ts'

/**
 * For verbs that run a plan themselves: a `credential_process` that is `countersign process` is not started, but what it would print is got
 * here, so that a code can be asked for. Every other plan is run.
 */
export async function inPlace(
  call: Call,
  question: Question,
  plan: ProcessPlan,
  run: () => Promise<Outcome>,
  beforeAsking: Obtaining['beforeAsking'],
): Promise<Outcome> {
  const own = question.exec && call.recorded !== true ? ownProcess(call.machine, plan.command) : null
  if (own === null) return await run()
  const obtained = await obtainCredentials(call, { ...question, profile: own.profile }, { beforeAsking })
  return obtained.kind === 'held' ? { kind: 'resolved', credential: obtained.credential, roleSession: null } : obtained
}
