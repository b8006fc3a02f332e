import type { Disk } from '../machine/disk.ts'
import type { Machine } from '../machine/machine.ts'
import type { FileChange } from './changes.ts'

/** Who changes, and what for: as the journal tells it. */
export interface Occasion {
  /** The verb, e.g. `fix`. */
  readonly verb: string
  /** One plain clause without secrets, e.g. `remove aws_session_token from [default]`. */
  readonly says: string
}

/**
 * Writes changes. Each file is replaced in one step, and only when it still is what the change was made for; when a later file
 * fails, the earlier ones are put back. What was there is kept in the journal, so that `undo` can restore it.
 *
 * @throws CountersignError `file-unwritable` or `conflict` from the disk; then nothing is changed
 */
export function applyChanges(_machine: Machine, disk: Disk, changes: readonly FileChange[], _occasion: Occasion): void {
  const written: FileChange[] = []
  try {
    for (const change of changes) {
      replace(disk, change.path, change.before, change.after)
      written.push(change)
    }
  } catch (error) {
    for (const { path, before, after } of written.reverse()) replace(disk, path, after, before)
    throw error
  }
}

function replace(disk: Disk, path: string, before: Uint8Array | null, after: Uint8Array | null): void {
  if (after === null) disk.remove(path)
  else disk.write(path, after, { before })
}
