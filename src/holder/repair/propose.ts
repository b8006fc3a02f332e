import type { CauseId } from '../../cause-ids.ts'
import { CountersignError } from '../../errors.ts'
import { type FileChange, sameBytes } from '../changes/index.ts'
import { type DiagnosisQuestion, diagnose } from '../diagnosis/index.ts'
import type { Finding, FixCall, VariableChange, Verdict } from '../diagnosis/verdict.ts'
import type { Machine } from '../machine/machine.ts'
import { overlayMachine } from '../machine/overlay.ts'
import { type Loss, lossesBy } from './bystanders.ts'
import { planRepair, type RepairPlan } from './plan.ts'
import { type Proof, proveRepair, variablesOf } from './prove.ts'

export interface RepairQuestion extends DiagnosisQuestion {
  /** Only this cause is cured; absent: one after the other, until nothing is wrong or nothing helps. */
  readonly cause?: CauseId | undefined
}

/** The cure of one cause. */
export interface RepairStep {
  readonly finding: Finding
  readonly plan: RepairPlan
  /** What a copy of the machine proves; `unproved` where a call of AWS has to be made first. */
  readonly result: Proof['result'] | 'unproved'
  /** Who would lose by it: none, unless this very cause was asked for. */
  readonly losses: readonly Loss[]
}

/** What would be done, all of it at once. */
export interface RepairProposal {
  /** As it is. */
  readonly before: Verdict
  /** In this order; none when nothing can be done, or nothing is wrong. */
  readonly steps: readonly RepairStep[]
  /** All steps together. */
  readonly files: readonly FileChange[]
  readonly calls: readonly FixCall[]
  readonly variables: readonly VariableChange[]
  /** As it would be: of the copy, on which no call was made. */
  readonly after: Verdict
  readonly result: RepairStep['result'] | 'nothing'
  /** Cures that were tried on a copy and did not help. */
  readonly inVain: readonly Finding[]
  /** Cures by which others would lose what they find: they are only made when they are asked for by name. */
  readonly costly: readonly { readonly finding: Finding; readonly losses: readonly Loss[] }[]
  /** Cures that another profile would have to make: with `withProfile` they can be tried. */
  readonly needProfile: readonly Finding[]
}

/** More than these are no repair but another machine. */
const mostSteps = 8
/** Each of which costs a diagnosis. */
const mostTries = 3

/**
 * Diagnoses, and decides which cures lead to credentials that AWS accepts: each is planned and proved on a copy of the machine that
 * has those before it. Nothing is changed. A cure that needs a call of AWS ends the list, because only that call shows what
 * comes after it.
 *
 * @throws CountersignError `usage` for an SDK whose rules are not known; `file-unreadable`, `conflict`, `syntax` when the only
 *   cures there are meet a file that cannot hold them
 */
export async function proposeRepair(
  machine: Machine,
  question: RepairQuestion = {},
  verdict?: Verdict,
): Promise<RepairProposal> {
  const before = verdict ?? (await diagnose(machine, question))
  const steps: Taken[] = []
  const troubles: CountersignError[] = []
  const inVain = new Map<string, Finding>()
  const costly = new Map<string, { readonly finding: Finding; readonly losses: readonly Loss[] }>()
  let here: Place = { machine, verdict: before }
  while (steps.length < mostSteps && here.verdict.status !== 'valid') {
    const step = await nextStep(here, question, steps.length === 0 ? question.cause : undefined, {
      troubles,
      inVain,
      costly,
    })
    if (step === null) break
    steps.push(step)
    if (step.result === 'unproved' || question.cause !== undefined) break
    here = step.there
  }
  const worthwhile = steps.slice(0, lastGood(steps, question.cause !== undefined) + 1)
  if (worthwhile.length === 0 && troubles[0] !== undefined) throw troubles[0]
  const last = worthwhile.at(-1)
  return {
    before,
    steps: worthwhile.map(({ finding, plan, result, losses }) => ({ finding, plan, result, losses })),
    files: together(worthwhile),
    calls: worthwhile.flatMap(({ plan }) => plan.calls),
    variables: worthwhile.flatMap(({ plan }) => plan.variables),
    after: last?.there.verdict ?? before,
    result: last?.result ?? 'nothing',
    inVain: [...inVain.values()].filter(({ id }) => !worthwhile.some(({ finding }) => finding.id === id)),
    costly: [...costly.values()],
    needProfile: before.causes.filter((finding) => needsProfile(finding, question)),
  }
}

/** A copy of the machine, and what the diagnosis says of it. */
interface Place {
  readonly machine: Machine
  readonly verdict: Verdict
}

interface Taken extends RepairStep {
  readonly there: Place
}

/** Why there are not more steps. */
interface Rejected {
  readonly troubles: CountersignError[]
  readonly inVain: Map<string, Finding>
  readonly costly: Map<string, RepairProposal['costly'][number]>
}

/** The first cure that helps; else the first that at least shows what it had hidden. */
async function nextStep(
  { machine, verdict }: Place,
  question: RepairQuestion,
  only: CauseId | undefined,
  { troubles, inVain, costly }: Rejected,
): Promise<Taken | null> {
  let revealing: Taken | null = null
  let tries = 0
  for (const finding of verdict.causes) {
    if (only !== undefined && finding.id !== only) continue
    if (needsProfile(finding, question)) continue
    const plan = planned(machine, finding, troubles)
    if (plan === null) continue
    const there = { machine: copyWith(machine, plan), verdict }
    if (plan.calls.length > 0) return revealing ?? { finding, plan, result: 'unproved', losses: [], there }
    tries += 1
    if (tries > mostTries) break
    const { after, result } = await proveRepair(machine, plan, verdict, finding, question)
    const losses = result === 'no-better' ? [] : lossesBy(machine, plan, after, question)
    if (losses.length > 0 && only === undefined) {
      costly.set(finding.id, { finding, losses })
      continue
    }
    const step = { finding, plan, result, losses, there: { ...there, verdict: after } }
    // What is merely possible is no reason to change anything, unless it turns out to be the cure.
    if (result === 'cured' || (result === 'better' && (finding.certainty !== 'possible' || only !== undefined)))
      return step
    if (result === 'no-better') inVain.set(finding.id, finding)
    if (result === 'reveals' && finding.certainty !== 'possible') revealing ??= step
  }
  return revealing
}

function planned(machine: Machine, finding: Finding, troubles: CountersignError[]): RepairPlan | null {
  try {
    return planRepair(machine, finding)
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error
    troubles.push(error)
    return null
  }
}

function needsProfile({ fix }: Finding, { withProfile }: RepairQuestion): boolean {
  return withProfile === undefined && (fix.calls ?? []).some((call) => call.as === 'with-profile')
}

function copyWith(machine: Machine, { files, variables }: RepairPlan): Machine {
  return overlayMachine(machine, {
    env: variablesOf(variables),
    files: Object.fromEntries(files.map(({ path, after }) => [path, after])),
  })
}

/** A step that only reveals is worth what comes after it; by itself when its fault is certain, or to whoever asked for it. */
function lastGood(steps: readonly Taken[], asked: boolean): number {
  return steps.findLastIndex(({ result, finding }) => asked || result !== 'reveals' || finding.certainty === 'proven')
}

/** First what there is, last what it becomes. */
function together(steps: readonly Taken[]): readonly FileChange[] {
  const files = new Map<string, FileChange>()
  for (const { path, before, after } of steps.flatMap(({ plan }) => plan.files))
    files.set(path, { path, before: files.has(path) ? files.get(path)!.before : before, after })
  return [...files.values()].filter(({ before, after }) =>
    before === null || after === null ? before !== after : !sameBytes(before, after),
  )
}
