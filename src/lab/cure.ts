import { applyChanges } from '../holder/changes/index.ts'
import type { Finding, VariableChange } from '../holder/diagnosis/verdict.ts'
import type { Machine } from '../holder/machine/machine.ts'
import { overlayMachine } from '../holder/machine/overlay.ts'
import { planRepair, type RepairPlan, repairMachine, undoChange } from '../holder/repair/index.ts'
import { type Desk, deskWith } from './desk.ts'
import type { Attempt, CureResult, LabResult } from './result.ts'

/**
 * Cures for real what a scenario has broken, on a machine in memory: repairs, makes the same request again, takes the repair back,
 * and makes it once more. Null when nothing but a person can cure it.
 */
export async function cureScenario(result: LabResult): Promise<CureResult | null> {
  const [finding] = result.causes
  if (finding === undefined || planRepair(result.machine, finding) === null) return null
  const desk = deskWith(result.machine)
  const done = await repaired(desk, result, finding)
  if (done === null) return null
  const fixed = await result.attempt(withVariables(desk.machine, done.variables))
  if (done.id !== null) await undoChange(desk.machine, desk.disk, done.id, result.question)
  const after = await result.attempt(desk.machine)
  return {
    did: done.did,
    automatic: done.variables.length === 0,
    fixed,
    isCured: fixed.sent && fixed.failure === null,
    isUndone: desk.changed().length === 0 && isAlike(result, after),
  }
}

interface Done {
  readonly did: readonly string[]
  readonly variables: readonly VariableChange[]
  /** Null when there is nothing to take back. */
  readonly id: number | null
}

/** As `fix CAUSE` does; what a pasted text has told is proved by nothing but the request itself. */
async function repaired({ machine, disk }: Desk, result: LabResult, finding: Finding): Promise<Done | null> {
  const { question, scenario } = result
  if (result.verdict !== null) {
    const { rounds } = await repairMachine(machine, disk, { ...question, cause: scenario.cause })
    const [first] = rounds
    return first?.applied.kind === 'applied'
      ? doneBy(first.proposal.steps, first.proposal.variables, first.applied.id)
      : null
  }
  const plan = planRepair(machine, finding)!
  if (plan.calls.length > 0) return null
  const id = applyChanges(machine, disk, plan.files, { verb: 'fix', says: plan.summary.join('; ') })
  return doneBy([{ plan }], plan.variables, id)
}

function doneBy(
  steps: readonly { readonly plan: RepairPlan }[],
  variables: readonly VariableChange[],
  id: number | null,
): Done {
  const inShell = variables.map(({ name }) => name)
  const did = steps.flatMap(({ plan }) => plan.summary)
  return { did: inShell.length === 0 ? did : [...did, `in the shell: ${inShell.join(', ')}`], variables, id }
}

function withVariables(machine: Machine, variables: readonly VariableChange[]): Machine {
  const env = Object.fromEntries(variables.map(({ name, value }) => [name, value]))
  return variables.length === 0 ? machine : overlayMachine(machine, { env })
}

/** Refused in the same way, by the words of the wire and by the authority's own log. */
function isAlike(one: Attempt, other: Attempt): boolean {
  const said = ({ failure, logged, sent }: Attempt) =>
    JSON.stringify([sent, failure?.status, failure?.code, failure?.operation, logged?.cause, logged?.code])
  return said(one) === said(other)
}
