import { type DiagnosisQuestion, diagnose } from '../diagnosis/index.ts'
import type { Finding, Verdict } from '../diagnosis/verdict.ts'
import type { Machine } from '../machine/machine.ts'
import { overlayMachine } from '../machine/overlay.ts'
import type { RepairPlan } from './plan.ts'

/** What became of the diagnosis on a copy of the machine with the plan applied. */
export interface Proof {
  readonly after: Verdict
  /** `cured`: STS answers (or offline, no cause is left). `better`: this cause is gone, another one stays. `no-better`: do not apply. */
  readonly result: 'cured' | 'better' | 'no-better'
}

/**
 * Runs the diagnosis again on an overlay of the machine. Files of the computer are not touched; probes are sent unless
 * `question.offline` forbids them.
 */
export async function proveRepair(
  machine: Machine,
  plan: RepairPlan,
  before: Verdict,
  finding: Finding,
  question: DiagnosisQuestion = {},
): Promise<Proof> {
  const copy = overlayMachine(machine, {
    files: Object.fromEntries(plan.files.map(({ path, after }) => [path, after])),
  })
  const after = await diagnose(copy, question)
  return { after, result: compare(before, after, finding) }
}

function compare(before: Verdict, after: Verdict, finding: Finding): Proof['result'] {
  if (after.status === 'valid') return 'cured'
  if (after.causes.some(({ id }) => id === finding.id)) return 'no-better'
  const proven = ({ causes }: Verdict) =>
    new Set(causes.filter(({ certainty }) => certainty === 'proven').map(({ id }) => id))
  const known = proven(before)
  // A plan that brings a new proven cause is no cure, whatever it removes.
  if ([...proven(after)].some((id) => !known.has(id))) return 'no-better'
  return after.status === 'unverified' && after.causes.length === 0 ? 'cured' : 'better'
}
