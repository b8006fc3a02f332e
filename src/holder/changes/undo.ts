import { CountersignError } from '../../errors.ts'
import type { Disk } from '../machine/disk.ts'
import type { Machine } from '../machine/machine.ts'
import { applyChanges, type CallsBegun } from './apply.ts'
import type { FileChange } from './changes.ts'
import { bytesNow, holds, marksOf } from './images.ts'
import { type ChangeCall, type ChangedFile, type JournalEntry, openJournal } from './journal.ts'
import { mergeLines } from './lines.ts'

/** A change of the journal, for a list. */
export interface PastChange {
  readonly entry: JournalEntry
  /** The change that has taken it back, as it stands; null: it holds. */
  readonly undoneBy: number | null
}

/** What taking a change back would do to one file. */
export interface UndoneFile {
  readonly path: string
  /**
   * `as-left`: it is what the change made of it. `back-already`: it is what it was before. Of the others it must not be written:
   * somebody has `changed` it since, it is `gone`, or it is `unreadable`.
   */
  readonly state: 'as-left' | 'back-already' | 'changed' | 'gone' | 'unreadable'
  /** What to write; null when there is nothing to do, or when it must not be done. */
  readonly change: FileChange | null
  /** Of a changed file: the same with what was changed since kept, where both changed other lines. */
  readonly merged: FileChange | null
  /** The change itself turned around, whatever the file is now: for showing. */
  readonly back: FileChange
}

export interface UndoPlan {
  readonly entry: JournalEntry
  readonly files: readonly UndoneFile[]
  /** Calls that take back those of the change, last first. */
  readonly calls: readonly ChangeCall[]
  /** Calls of the change that nothing takes back. */
  readonly lasting: readonly ChangeCall[]
}

/** Every change that is kept, newest first. */
export function listChanges(machine: Machine, disk: Disk): readonly PastChange[] {
  const entries = openJournal(machine, disk).entries()
  const undoneBy = new Map<number, number>()
  // Whether an undo holds is known once the later ones are.
  for (const { id, undoes, state } of entries.toReversed())
    if (undoes !== null && state === 'done' && !undoneBy.has(id)) undoneBy.set(undoes, id)
  return entries.toReversed().map((entry) => ({ entry, undoneBy: undoneBy.get(entry.id) ?? null }))
}

/**
 * Decides what takes a change back, without doing it: the newest one, or that of a number. Taking back is a change itself, so the
 * next undo takes it back again. Null when nothing was changed yet.
 *
 * @throws CountersignError `usage` for a number that is not kept, or that of a change that was taken back already
 */
export function planUndo(machine: Machine, disk: Disk, id?: number): UndoPlan | null {
  const past = listChanges(machine, disk)
  const chosen = id === undefined ? past[0] : past.find(({ entry }) => entry.id === id)
  if (chosen === undefined) {
    if (id === undefined) return null
    throw new CountersignError('usage', `There is no change ${id} to take back.`, {
      data: { hint: 'countersign undo --list shows those that are kept.' },
    })
  }
  const { entry, undoneBy } = chosen
  if (undoneBy !== null)
    throw new CountersignError('usage', `Change ${entry.id} was taken back already, by change ${undoneBy}.`, {
      data: { hint: `To have it again: countersign undo ${undoneBy}` },
    })
  // Of calls that had begun when the process ended, nobody knows whether they arrived.
  const calls = entry.calls.filter(({ made }) => made || entry.state === 'calling')
  return {
    entry,
    files: entry.files.map((file) => undoneFile(machine, disk, file)),
    calls: calls.toReversed().flatMap(inverse),
    lasting: calls.filter(({ undone }) => undone === null).map(withoutMade),
  }
}

/**
 * Carries a plan out. With `merge`, files that were changed since keep what was changed in other lines.
 *
 * @returns the number of this change; null when there was nothing to do
 * @throws CountersignError `conflict` (`data.path`) when a file was changed since; then nothing is changed
 */
export function undoFiles(
  machine: Machine,
  disk: Disk,
  plan: UndoPlan,
  options: { readonly merge?: boolean; readonly begun?: CallsBegun | undefined } = {},
): number | null {
  refuseChanged(plan, options.merge === true)
  const changes = plan.files.flatMap(({ change, merged }) => change ?? merged ?? [])
  return applyChanges(machine, disk, changes, { ...undoOccasion(plan), begun: options.begun })
}

export function undoOccasion({ entry }: UndoPlan) {
  const says =
    entry.undoes === null ? `take back change ${entry.id} (${entry.verb})` : `make change ${entry.undoes} again`
  return { verb: 'undo', says, undoes: entry.id }
}

/** @throws CountersignError `conflict` (`data.path`) for the first file that must not be overwritten */
export function refuseChanged({ entry, files }: UndoPlan, merge: boolean): void {
  const foreign = files.find(({ state, merged }) => foreignWords[state] !== undefined && (!merge || merged === null))
  if (foreign === undefined) return
  const { path, merged, state } = foreign
  throw new CountersignError(
    'conflict',
    `${path} ${foreignWords[state]} since change ${entry.id} (${entry.verb}), so it is left as it is; nothing was changed.`,
    {
      data: {
        path,
        hint:
          merged === null
            ? 'countersign undo --dry-run shows what this undo would put back, to do it by hand.'
            : 'countersign undo --merge puts back only the lines of that change, and keeps what was changed since.',
      },
    },
  )
}

/** What became of a file that must not be written, as the end of a sentence that begins with its name. */
export const foreignWords: Partial<Readonly<Record<UndoneFile['state'], string>>> = {
  changed: 'was changed',
  gone: 'was removed',
  unreadable: 'cannot be read any more',
}

/** Removes what is kept of one change, or of all: then nothing can take it back. Files are not touched. */
export function forgetChanges(machine: Machine, disk: Disk, id?: number): void {
  const journal = openJournal(machine, disk)
  journal.whileLocked(() => {
    for (const entry of journal.entries()) if (id === undefined || entry.id === id) journal.drop(entry)
  })
}

function undoneFile(machine: Machine, disk: Disk, { path, before, after }: ChangedFile): UndoneFile {
  const now = bytesNow(machine, path)
  const back = { path, before: after?.bytes ?? null, after: before?.bytes ?? null }
  const nothing = { path, change: null, merged: null, back }
  if (holds(now, after)) {
    const { mode, modifiedAt } = before ?? {}
    // Whoever has made it more private since meant it.
    const isMode = after === null || marksOf(machine, disk, path)?.mode === after.mode
    const marks = {
      ...(isMode && mode !== undefined ? { mode } : {}),
      ...(modifiedAt === undefined ? {} : { modifiedAt }),
    }
    return { ...nothing, state: 'as-left', change: { ...back, marks } }
  }
  if (holds(now, before)) return { ...nothing, state: 'back-already' }
  if (now === 'unreadable') return { ...nothing, state: 'unreadable' }
  if (now === null) return { ...nothing, state: 'gone' }
  const bytes = before === null || after === null ? null : mergeLines(after.bytes, before.bytes, now)
  return { ...nothing, state: 'changed', merged: bytes === null ? null : { path, before: now, after: bytes } }
}

function inverse(call: ChangeCall): readonly ChangeCall[] {
  if (call.undone === null) return []
  const { operation, parameters, says } = call
  const back = 'take back: '
  const words = says.startsWith(back) ? says.slice(back.length) : `${back}${says}`
  return [{ ...withoutMade(call), ...call.undone, undone: { operation, parameters }, says: words }]
}

function withoutMade({ service, operation, parameters, undone, says, by }: ChangeCall): ChangeCall {
  return { service, operation, parameters, undone, says, by }
}
