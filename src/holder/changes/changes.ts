import { CountersignError } from '../../errors.ts'
import { applyEdit, type FileEdit } from '../files/edit.ts'
import type { Machine } from '../machine/machine.ts'

/** What one file is to become. The bytes hold secrets: they are for writing, never for showing. */
export interface FileChange {
  /** Absolute. */
  readonly path: string
  /** Null: it is not there. */
  readonly before: Uint8Array | null
  /** Null: it goes. */
  readonly after: Uint8Array | null
}

/**
 * Decides which bytes some edits would change, without changing any. A file that is not there begins empty. Files that would
 * stay as they are do not appear.
 *
 * @throws CountersignError `file-unreadable` (`data.path`) when a file that must be changed cannot be read; what `applyEdit`
 *   throws for a file that cannot hold an edit
 */
export function planEdits(machine: Machine, edits: readonly FileEdit[]): readonly FileChange[] {
  return [...new Set(edits.map(({ file }) => file))].flatMap((path): readonly FileChange[] => {
    const before = bytesOf(machine, path)
    const start = before ?? new Uint8Array()
    const own = edits.filter(({ file }) => file === path)
    if (own.at(-1)?.kind === 'remove-file') return before === null ? [] : [{ path, before, after: null }]
    const after = own.reduce(applyEdit, start)
    return sameBytes(start, after) ? [] : [{ path, before, after }]
  })
}

function bytesOf(machine: Machine, path: string): Uint8Array | null {
  const reading = machine.readFile(path)
  if (reading.kind === 'found') return reading.bytes
  if (reading.kind === 'absent') return null
  throw new CountersignError('file-unreadable', `${path} cannot be read (${reading.detail}), so it is not changed.`, {
    data: { path },
  })
}

export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index])
}
