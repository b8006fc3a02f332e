import { CountersignError } from '../errors.ts'
import {
  forgetChanges,
  listChanges,
  type PastChange,
  planUndo,
  recoverChanges,
  refuseChanged,
  type UndoPlan,
} from '../holder/changes/index.ts'
import type { Disk } from '../holder/machine/disk.ts'
import { realDisk } from '../holder/machine/real-disk.ts'
import { type Undone, undoChange } from '../holder/repair/index.ts'
import { consent } from './prompts.ts'
import { type Question, questionOf } from './question.ts'
import { wantsJson, writeJson } from './result.ts'
import { shownChange } from './say/diff.ts'
import { failedText, recoveredText } from './say/fix.ts'
import { changesText, planText, undoneText } from './say/undo.ts'
import { type Call, exitCode } from './terminal.ts'

/** `undo [CHANGE]`: take a change back; `--list` shows them, `--forget` removes what is kept. */
export async function undo(call: Call): Promise<number> {
  const question = questionOf(call, null)
  const id = numberOf(call)
  const { machine, terminal, flags } = call
  const disk = realDisk()
  const sight = { look: terminal.look, machine }
  const told = recoverChanges(machine, disk)
  if (told.length > 0) terminal.err(recoveredText(sight, told))
  if (flags.on('list')) return list(call, listChanges(machine, disk))
  if (flags.on('forget')) return await forget(call, disk, id)
  const plan = planUndo(machine, disk, id)
  if (plan === null) return nothing(call)
  const merge = flags.on('merge')
  const text = planText(sight, plan, merge)
  if (flags.on('dry-run')) {
    if (wantsJson(call)) writeJson(call, undoJson(plan, 'proposed', null, merge))
    else terminal.out(text)
    return isToDo(plan, merge) ? exitCode.problem : exitCode.fine
  }
  refuseChanged(plan, merge)
  const isAsked = !flags.on('yes') && terminal.inputIsPerson
  if (wantsJson(call)) {
    if (isAsked) terminal.err(text)
  } else if (!flags.on('quiet') || isAsked) terminal.out(text)
  // Where nobody sits the command itself is leave enough: it puts back what was there, and can be taken back in turn.
  if ((isAsked || plan.entry.caution !== null) && isToDo(plan, merge)) await consent(call, 'Do this?')
  // The same one that was shown, should another change have come meanwhile.
  return tell(call, plan, await carriedOut(call, disk, question, plan), merge)
}

async function carriedOut(call: Call, disk: Disk, question: Question, plan: UndoPlan): Promise<Undone> {
  const { machine, terminal, flags } = call
  const progress = terminal.progress('taking it back')
  try {
    return await undoChange(machine, disk, plan.entry.id, {
      offline: question.offline,
      exec: question.exec,
      timeoutMs: question.timeoutMs,
      disk,
      merge: flags.on('merge'),
      askCode: async (serial) => {
        progress.end()
        return await terminal.ask(`One-time code of ${serial}:`)
      },
      onStep: (says) => progress.now(says),
    })
  } finally {
    progress.end()
  }
}

function tell(call: Call, plan: UndoPlan, undone: Undone, merge: boolean): number {
  const { terminal, machine } = call
  const sight = { look: terminal.look, machine }
  const isDone = undone.kind === 'undone'
  if (wantsJson(call)) writeJson(call, undoJson(plan, isDone ? 'undone' : 'failed', isDone ? undone.id : null, merge))
  else if (undone.kind === 'failed') terminal.out(failedText(sight, undone))
  else if (isDone) terminal.out(undoneText(sight, plan, undone.id))
  return isDone ? exitCode.fine : exitCode.problem
}

function isToDo({ files, calls }: UndoPlan, merge: boolean): boolean {
  return calls.length > 0 || files.some(({ change, merged }) => change !== null || (merge && merged !== null))
}

function nothing(call: Call): number {
  if (wantsJson(call)) writeJson(call, { schema: 'countersign.undo/1', result: 'nothing' })
  else call.terminal.out('Nothing was changed yet that could be taken back.\n')
  return exitCode.fine
}

function list(call: Call, past: readonly PastChange[]): number {
  const { terminal, machine } = call
  if (wantsJson(call))
    writeJson(call, {
      schema: 'countersign.undo-list/1',
      changes: past.map(({ entry, undoneBy }) => ({
        id: entry.id,
        at: entry.at,
        verb: entry.verb,
        says: entry.says,
        undoes: entry.undoes,
        undoneBy,
        files: entry.files.map(({ path }) => path),
        calls: entry.calls.map(({ says }) => says),
      })),
    })
  else terminal.out(changesText({ look: terminal.look, machine }, past))
  return exitCode.fine
}

async function forget(call: Call, disk: Disk, id: number | undefined): Promise<number> {
  const { terminal, machine, flags } = call
  const kept = listChanges(machine, disk).filter(({ entry }) => id === undefined || entry.id === id)
  const many = kept.length === 1 ? 'one change' : `${kept.length} changes`
  if (!flags.on('dry-run') && kept.length > 0) {
    await consent(call, `Remove what is kept of ${many}? They cannot be taken back then.`)
    forgetChanges(machine, disk, id)
  }
  const forgotten = kept.map(({ entry }) => entry.id)
  if (wantsJson(call)) writeJson(call, { schema: 'countersign.undo/1', result: 'forgotten', changes: forgotten })
  else if (!flags.on('quiet'))
    terminal.out(
      flags.on('dry-run') ? `Would remove what is kept of ${many}.\n` : `What was kept of ${many} is removed.\n`,
    )
  return exitCode.fine
}

/** The object of `undo --json` (schema `countersign.undo/1`). */
function undoJson(
  plan: UndoPlan,
  result: 'proposed' | 'undone' | 'failed',
  change: number | null,
  merge: boolean,
): unknown {
  const { entry, files, calls, lasting } = plan
  return {
    schema: 'countersign.undo/1',
    result,
    /** The number of this undo, for taking it back in turn. */
    change,
    takesBack: { id: entry.id, at: entry.at, verb: entry.verb, says: entry.says, caution: entry.caution },
    files: files.map(({ path, state, change: planned, merged }) => {
      const todo = planned ?? (merge || state === 'changed' ? merged : null)
      return { file: path, state, mergeable: merged !== null, hunks: todo === null ? [] : shownChange(todo).hunks }
    }),
    calls: calls.map(({ service, operation, says }) => ({ service, operation, says })),
    lasting: lasting.map(({ says }) => says),
  }
}

function numberOf({ operands, flags }: Call): number | undefined {
  const [word] = operands
  if (word === undefined) return undefined
  if (flags.on('list')) throw new CountersignError('usage', '--list shows all changes; it takes no number.')
  if (/^\d{1,9}$/.test(word) && Number(word) > 0) return Number(word)
  throw new CountersignError('usage', `A change is a number such as 7, not "${word}".`, {
    data: { hint: 'countersign undo --list shows them.' },
  })
}
