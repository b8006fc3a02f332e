import type { FileChange } from '../changes/index.ts'
import { type DiagnosisQuestion, diagnose } from '../diagnosis/index.ts'
import type { Finding, VariableChange, Verdict } from '../diagnosis/verdict.ts'
import type { Disk } from '../machine/disk.ts'
import type { Machine } from '../machine/machine.ts'
import { overlayMachine } from '../machine/overlay.ts'
import type { Place } from '../sources/credential.ts'
import type { RepairPlan } from './plan.ts'

/**
 * What became of the diagnosis on a copy of the machine with the plan applied. `cured`: STS answers (or offline, no cause is left).
 * `better`: this cause is gone, another one stays. `reveals`: this cause is gone, and a proven one shows that it had hidden.
 * `no-better`: do not apply.
 */
export interface Proof {
  readonly after: Verdict
  readonly result: 'cured' | 'better' | 'reveals' | 'no-better'
}

/**
 * Runs the diagnosis again on an overlay of the machine. Files of the computer are not touched; probes are sent unless
 * `question.offline` forbids them.
 */
export async function proveRepair(
  machine: Machine,
  plan: Pick<RepairPlan, 'files'> & Partial<Pick<RepairPlan, 'variables'>>,
  before: Verdict,
  finding: Finding,
  question: DiagnosisQuestion = {},
): Promise<Proof> {
  const copy = overlayMachine(machine, {
    env: variablesOf(plan.variables ?? []),
    files: Object.fromEntries(plan.files.map(({ path, after }) => [path, after])),
  })
  const { disk } = question
  const after = await diagnose(copy, disk === undefined ? question : { ...question, disk: sparing(disk, plan.files) })
  return { after, result: compare(before, after, finding) }
}

export function variablesOf(variables: readonly VariableChange[]): Readonly<Record<string, string | null>> {
  return Object.fromEntries(variables.map(({ name, value }) => [name, value]))
}

/** Tokens that are renewed meanwhile must be kept; but a file that the plan changes must stay what the plan was made for. */
function sparing(disk: Disk, files: readonly FileChange[]): Disk {
  const planned = new Set(files.map(({ path }) => path))
  return {
    ...disk,
    write(path, bytes, options) {
      if (!planned.has(path)) disk.write(path, bytes, options)
    },
    remove(path, options) {
      if (!planned.has(path)) disk.remove(path, options)
    },
  }
}

function compare(before: Verdict, after: Verdict, finding: Finding): Proof['result'] {
  if (after.status === 'valid') return 'cured'
  // AWS had an answer before, and has none now: nothing was proved.
  if (before.status === 'rejected' && after.status === 'unverified') return 'no-better'
  const same = after.causes.find(({ id }) => id === finding.id)
  if (same !== undefined && !isElsewhere(same, finding)) return 'no-better'
  const proven = ({ causes }: Verdict) =>
    new Set(causes.filter(({ certainty }) => certainty === 'proven').map(({ id }) => id))
  const known = proven(before)
  if ([...proven(after)].some((id) => !known.has(id))) return isSameSource(before, after) ? 'reveals' : 'no-better'
  return after.status === 'unverified' && after.causes.length === 0 ? 'cured' : 'better'
}

/** A fault of other credentials, or of none, was not hidden: the change has brought it. */
function isSameSource(before: Verdict, after: Verdict): boolean {
  const of = ({ credential }: Verdict) =>
    credential === null ? null : `${credential.source.provider} ${credential.source.profile} ${credential.source.file}`
  return after.credential !== null && (before.credential === null || of(before) === of(after))
}

/** The same cause in other places is another one of its kind: the first was cured. */
function isElsewhere(one: Finding, other: Finding): boolean {
  const places = ({ evidence }: Finding) => new Set(evidence.flatMap(({ at }) => (at === null ? [] : [placeKey(at)])))
  const before = places(other)
  const now = places(one)
  return now.size > 0 && before.size > 0 && [...now].every((place) => !before.has(place))
}

function placeKey(at: Place): string {
  return 'variable' in at ? `$${at.variable}` : 'file' in at ? at.file : at.probe
}
