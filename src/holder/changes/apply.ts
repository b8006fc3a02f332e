import type { Disk } from '../machine/disk.ts'
import type { Machine } from '../machine/machine.ts'
import type { FileChange } from './changes.ts'
import { marksOf, putImage } from './images.ts'
import { type ChangeCall, type ChangedFile, type JournalEntry, openJournal } from './journal.ts'
import { takeBackInterrupted } from './recover.ts'

/** Who changes, and what for: as the journal tells it. */
export interface Occasion {
  /** The verb, e.g. `fix`. */
  readonly verb: string
  /** One plain clause without secrets, e.g. `remove aws_session_token from [default]`. */
  readonly says: string
  /** Why taking it back may do harm, as one plain sentence: then it is only done after consent. */
  readonly caution?: string | undefined
  /** The entry that this change takes back. */
  readonly undoes?: number | undefined
  /** The entry that `beginCalls` has made for the same change: its calls were made. */
  readonly begun?: CallsBegun | undefined
}

/**
 * Writes changes. Each file is replaced in one step, and only when it still is what the change was made for; when a later file
 * fails, the earlier ones are put back. What was there is kept in the journal before the first byte is written, so that `undo`
 * can restore it, and so that a process that is killed in the middle leaves what the next one takes back.
 *
 * @returns the number of the change for `undo`; null when there was nothing to do
 * @throws CountersignError `file-unwritable` or `conflict` from the disk, `limit` for more than can be kept; then nothing is changed
 */
export function applyChanges(
  machine: Machine,
  disk: Disk,
  changes: readonly FileChange[],
  occasion: Occasion,
): number | null {
  const { begun } = occasion
  if (changes.length === 0 && begun === undefined) return null
  const journal = openJournal(machine, disk)
  return journal.whileLocked(() => {
    takeBackInterrupted(machine, disk, journal)
    const content = {
      ...contentOf(machine, occasion),
      state: 'begun' as const,
      files: changes.map((change) => fileOf(machine, disk, change)),
      calls: begun?.entry().calls ?? [],
    }
    const entry = begun === undefined ? journal.begin(content) : { ...content, id: begun.id }
    if (begun !== undefined) journal.write(entry)
    writeAll(disk, entry.files, () => {
      if (begun === undefined) journal.drop(entry)
      else journal.write({ ...entry, state: 'calling', files: [] })
    })
    const files = entry.files.map((file) => withMarks(machine, disk, file))
    journal.write({ ...entry, state: 'done', files })
    return entry.id
  })
}

/** A change whose calls of AWS are being made; they come before its files. */
export interface CallsBegun {
  readonly id: number
  entry(): JournalEntry
  /** The call at that place was made. */
  made(index: number): void
  /** None of them holds any more: as if there had been no change. */
  drop(): void
}

/**
 * Keeps in the journal which calls are about to be made, before the first one is. `applyChanges` with the same occasion ends it,
 * with files or without.
 */
export function beginCalls(
  machine: Machine,
  disk: Disk,
  calls: readonly ChangeCall[],
  occasion: Omit<Occasion, 'begun'>,
): CallsBegun {
  const journal = openJournal(machine, disk)
  let entry = journal.whileLocked(() =>
    journal.begin({
      ...contentOf(machine, occasion),
      state: 'calling',
      files: [],
      calls: calls.map((call) => ({ ...call, made: false })),
    }),
  )
  return {
    id: entry.id,
    entry: () => entry,
    made(index) {
      entry = { ...entry, calls: entry.calls.map((call, at) => (at === index ? { ...call, made: true } : call)) }
      journal.write(entry)
    },
    drop: () => journal.drop(entry),
  }
}

function contentOf(machine: Machine, { verb, says, undoes, caution }: Omit<Occasion, 'begun'>) {
  return { at: machine.now().toISOString(), verb, says, caution: caution ?? null, undoes: undoes ?? null }
}

function fileOf(machine: Machine, disk: Disk, { path, before, after, marks }: FileChange): ChangedFile {
  return {
    path,
    before: before === null ? null : { bytes: before, ...marksOf(machine, disk, path) },
    after: after === null ? null : { bytes: after, ...marks },
  }
}

function withMarks(machine: Machine, disk: Disk, file: ChangedFile): ChangedFile {
  const { path, after } = file
  return after === null ? file : { ...file, after: { bytes: after.bytes, ...marksOf(machine, disk, path) } }
}

function writeAll(disk: Disk, files: readonly ChangedFile[], onFailure: () => void): void {
  const written: ChangedFile[] = []
  try {
    for (const file of files) {
      putImage(disk, file.path, file.after, file.before?.bytes ?? null)
      written.push(file)
    }
  } catch (error) {
    try {
      for (const { path, before, after } of written.reverse()) putImage(disk, path, before, after?.bytes ?? null)
      onFailure()
    } catch {
      // It stays begun in the journal: the next run tries again.
    }
    throw error
  }
}
