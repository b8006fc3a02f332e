import type { Disk } from '../machine/disk.ts'
import type { Machine } from '../machine/machine.ts'
import { bytesNow, holds, putImage } from './images.ts'
import { type ChangedFile, type Journal, type JournalEntry, openJournal } from './journal.ts'

/** What became of a change that was interrupted: by a crash, a kill, a power cut. */
export interface Recovered {
  readonly id: number
  readonly verb: string
  readonly says: string
  /**
   * `finished`: all its files had been written. `taken-back`: none of it is left. `kept`: somebody has changed a file since, so
   * that nothing was done; `undo` shows it. `stuck`: a file cannot be written now; it is tried again next time.
   */
  readonly outcome: 'finished' | 'taken-back' | 'kept' | 'stuck'
  readonly files: readonly string[]
}

/** Brings every change that was interrupted to an end, in the one direction or the other. Nothing to do is the usual case. */
export function recoverChanges(machine: Machine, disk: Disk): readonly Recovered[] {
  const journal = openJournal(machine, disk)
  if (journal.unfinished().length === 0) return []
  return journal.whileLocked(() => takeBackInterrupted(machine, disk, journal))
}

/** The same, for whoever holds the journal's lock: then an entry that is `begun` belongs to nobody who lives. */
export function takeBackInterrupted(machine: Machine, disk: Disk, journal: Journal): readonly Recovered[] {
  return journal
    .unfinished()
    .filter(({ state }) => state === 'begun')
    .map((entry) => {
      const { id, verb, says, files } = entry
      return { id, verb, says, outcome: recover(machine, disk, journal, entry), files: files.map(({ path }) => path) }
    })
}

function recover(machine: Machine, disk: Disk, journal: Journal, entry: JournalEntry): Recovered['outcome'] {
  const at = entry.files.map((file) => ({ file, where: whereIs(machine, file) }))
  if (at.every(({ where }) => where === 'after')) {
    journal.write({ ...entry, state: 'done' })
    return 'finished'
  }
  if (at.some(({ where }) => where === 'elsewhere')) {
    const files = at.filter(({ where }) => where !== 'before').map(({ file }) => file)
    journal.write({ ...entry, state: 'done', files })
    return 'kept'
  }
  try {
    for (const { file, where } of at)
      if (where === 'after') putImage(disk, file.path, file.before, file.after?.bytes ?? null)
  } catch {
    return 'stuck'
  }
  // Its calls were made before its files; those can still be taken back.
  if (entry.calls.some(({ made }) => made)) journal.write({ ...entry, state: 'done', files: [] })
  else journal.drop(entry)
  return 'taken-back'
}

function whereIs(machine: Machine, { path, before, after }: ChangedFile): 'before' | 'after' | 'elsewhere' {
  const now = bytesNow(machine, path)
  if (holds(now, after)) return 'after'
  return holds(now, before) ? 'before' : 'elsewhere'
}
