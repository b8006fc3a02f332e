import {
  applyChanges,
  beginCalls,
  type CallsBegun,
  type ChangeCall,
  type FileChange,
  planUndo,
  refuseChanged,
  type UndoPlan,
  undoFiles,
  undoOccasion,
} from '../changes/index.ts'
import { type DiagnosisQuestion, diagnose } from '../diagnosis/index.ts'
import type { Verdict } from '../diagnosis/verdict.ts'
import type { Disk } from '../machine/disk.ts'
import type { Machine } from '../machine/machine.ts'
import { overlayMachine } from '../machine/overlay.ts'
import { type CallQuestion, type CallsOutcome, changeCalls, type Machines, makeCalls, takeBack } from './calls.ts'
import { proposeRepair, type RepairProposal, type RepairQuestion } from './propose.ts'
import { variablesOf } from './prove.ts'

/** What came of carrying a proposal out. */
export type Applied =
  | {
      readonly kind: 'applied'
      /** For `undo`; null when nothing but variables of the shell were to be changed. */
      readonly id: number | null
      /** As it is now; with `variables`, as it is once the shell has done them. */
      readonly after: Verdict
    }
  | Extract<CallsOutcome, { kind: 'failed' }>

/**
 * Does what was proposed: the calls of AWS, then all files; then diagnoses again.
 *
 * @throws CountersignError `conflict` or `file-unwritable` from the disk; then the calls were taken back, and nothing is changed
 */
export async function applyRepair(
  machine: Machine,
  disk: Disk,
  proposal: RepairProposal,
  question: DiagnosisQuestion = {},
  { verb = 'fix', pause }: Pick<RepairOptions, 'verb' | 'pause'> = {},
): Promise<Applied> {
  const occasion = { verb, says: proposal.steps.map(saysOf).join('; ') }
  const calls = changeCalls(proposal.calls, question)
  const begun = calls.length === 0 ? undefined : beginCalls(machine, disk, calls, occasion)
  // The files may be what keeps it from finding the credentials for the calls.
  const machines: Machines = [withFiles(withVariables(machine, proposal), proposal.files)]
  if (begun !== undefined) {
    const outcome = await makeCalls(machines, calls, question, begun)
    if (outcome.kind === 'failed') return outcome
  }
  const id = await orTakeBack(machines, calls, question, begun, () =>
    applyChanges(machine, disk, proposal.files, { ...occasion, begun }),
  )
  return { kind: 'applied', id, after: await verified(machine, proposal, question, pause) }
}

/** AWS takes seconds to heed a call everywhere (IAM User Guide, "Changes that I make are not always immediately visible"). */
const waitsMs = [1000, 2000, 4000, 8000] as const

async function verified(
  machine: Machine,
  proposal: RepairProposal,
  question: DiagnosisQuestion,
  pause: RepairOptions['pause'],
): Promise<Verdict> {
  const now = withVariables(machine, proposal)
  // A one-time code that the proof has used works no second time, and the next one comes half a minute later.
  const again = { ...question, askCode: undefined }
  let after = await diagnose(now, again)
  if (pause === undefined || proposal.calls.length === 0) return after
  for (const ms of waitsMs) {
    if (isWell(after) || !proposal.steps.some(({ finding }) => after.causes.some(({ id }) => id === finding.id))) break
    question.onStep?.('waiting until AWS heeds it everywhere')
    await pause(ms)
    after = await diagnose(now, again)
  }
  return after
}

function saysOf({ finding, plan }: RepairProposal['steps'][number]): string {
  return `${finding.id} (${plan.summary.join(', ') || 'in the shell'})`
}

/** The lines for the shell have not run yet: as if they had. */
function withVariables(machine: Machine, { variables }: RepairProposal): Machine {
  return variables.length === 0 ? machine : overlayMachine(machine, { env: variablesOf(variables) })
}

function withFiles(machine: Machine, files: readonly FileChange[]): Machine {
  return overlayMachine(machine, { files: Object.fromEntries(files.map(({ path, after }) => [path, after])) })
}

async function orTakeBack<T>(
  machines: Machines,
  calls: readonly ChangeCall[],
  question: CallQuestion,
  begun: CallsBegun | undefined,
  work: () => T,
): Promise<T> {
  try {
    return work()
  } catch (error) {
    const left = await takeBack(machines, calls, question)
    if (left.length === 0) begun?.drop()
    throw error
  }
}

export interface RepairOptions {
  /** What `proposeRepair` has given already, for the same question. */
  readonly proposal?: RepairProposal | undefined
  /** Gives leave for what is proposed; absent: leave is given. */
  readonly approve?: ((proposal: RepairProposal) => Promise<boolean>) | undefined
  /** What the journal calls it. Default: `fix`. */
  readonly verb?: string | undefined
  /** Waits that many milliseconds; without it a call is given no time to be heeded. */
  readonly pause?: ((ms: number) => Promise<void>) | undefined
}

/** What came of a repair as a whole. */
export interface Repair {
  readonly before: Verdict
  /** What was proposed and carried out, in order: the first, and what a call of AWS has shown after it. */
  readonly rounds: readonly { readonly proposal: RepairProposal; readonly applied: Applied }[]
  readonly after: Verdict
  /**
   * `healthy`: nothing was wrong. `cured`: now nothing is. `better`: something still is. `nothing`: nothing can be done by itself.
   * `declined`: no leave was given. `failed`: a call was refused. `no-better`: it was done and did not help; `undo` takes it back.
   */
  readonly result: 'healthy' | 'cured' | 'better' | 'no-better' | 'nothing' | 'declined' | 'failed'
}

const mostRounds = 4

/**
 * Cures what can be cured without a person: proposes, asks for leave, applies, verifies; once more where a call has brought
 * something new to light.
 *
 * @throws CountersignError what `proposeRepair` and `applyRepair` throw
 */
export async function repairMachine(
  machine: Machine,
  disk: Disk,
  question: RepairQuestion = {},
  options: RepairOptions = {},
): Promise<Repair> {
  let proposal = options.proposal ?? (await proposeRepair(machine, question))
  const { before } = proposal
  const rounds: { proposal: RepairProposal; applied: Applied }[] = []
  const end = (result: Repair['result']): Repair => {
    const last = rounds.at(-1)?.applied
    return { before, rounds, after: last?.kind === 'applied' ? last.after : proposal.before, result }
  }
  if (before.status === 'valid') return end('healthy')
  while (proposal.steps.length > 0 && rounds.length < mostRounds) {
    if (options.approve !== undefined && !(await options.approve(proposal))) return end('declined')
    const applied = await applyRepair(machine, disk, proposal, question, options)
    rounds.push({ proposal, applied })
    if (applied.kind === 'failed') return end('failed')
    if (isWell(applied.after)) return end('cured')
    const stays = (id: string) => applied.after.causes.some((finding) => finding.id === id)
    const isUnproved = proposal.result === 'unproved'
    if (isUnproved && proposal.steps.every(({ finding }) => stays(finding.id))) return end('no-better')
    if (!isUnproved || question.cause !== undefined) return end('better')
    proposal = await proposeRepair(machine, question, applied.after)
  }
  return end(rounds.length > 0 ? 'better' : 'nothing')
}

/** Accepted; or, offline, nothing speaks against it. */
export function isWell({ status, causes }: Verdict): boolean {
  return status === 'valid' || (status === 'unverified' && causes.length === 0)
}

/** What came of taking a change back. */
export type Undone =
  | { readonly kind: 'nothing' }
  /** `id` is null when all was as before already. */
  | { readonly kind: 'undone'; readonly id: number | null; readonly plan: UndoPlan }
  | (Extract<CallsOutcome, { kind: 'failed' }> & { readonly plan: UndoPlan })

/**
 * Takes a change back: the newest one, or that of a number; its calls first, then its files.
 *
 * @throws CountersignError `conflict` (`data.path`) when a file was changed since (then nothing is changed), and what `planUndo` throws
 */
export async function undoChange(
  machine: Machine,
  disk: Disk,
  id?: number,
  options: CallQuestion & { readonly merge?: boolean | undefined } = {},
): Promise<Undone> {
  const plan = planUndo(machine, disk, id)
  if (plan === null) return { kind: 'nothing' }
  const merge = options.merge === true
  refuseChanged(plan, merge)
  const begun = plan.calls.length === 0 ? undefined : beginCalls(machine, disk, plan.calls, undoOccasion(plan))
  const changes = plan.files.flatMap(({ change, merged }) => change ?? merged ?? [])
  const machines: Machines = [machine, withFiles(machine, changes)]
  if (begun !== undefined) {
    const outcome = await makeCalls(machines, plan.calls, options, begun)
    if (outcome.kind === 'failed') return { ...outcome, plan }
  }
  const done = await orTakeBack(machines, plan.calls, options, begun, () =>
    undoFiles(machine, disk, plan, { merge, begun }),
  )
  return { kind: 'undone', id: done, plan }
}
