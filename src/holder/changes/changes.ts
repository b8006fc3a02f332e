import { CountersignError } from '../../errors.ts'
import { applyEdit, type FileEdit } from '../files/edit.ts'
import type { FileMarks } from '../machine/disk.ts'
import type { Machine } from '../machine/machine.ts'

/** What one file is to become. The bytes hold secrets: they are for writing, never for showing. */
export interface FileChange {
  /** Absolute. */
  readonly path: string
  /** Null: it is not there. */
  readonly before: Uint8Array | null
  /** Null: it goes. */
  readonly after: Uint8Array | null
  /** Mode and time that it is to have besides; absent: the mode that it has, and now. */
  readonly marks?: Partial<FileMarks> | undefined
}

/**
 * Decides which bytes some edits would change, without changing any. A file that is not there begins empty. Files that would
 * stay as they are do not appear. The lines of `replace-lines` are those of the file as it stands, in whatever order they come.
 *
 * @throws CountersignError `file-unreadable` (`data.path`) when a file that must be changed cannot be read; what `applyEdit`
 *   throws for a file that cannot hold an edit
 */
export function planEdits(machine: Machine, edits: readonly FileEdit[]): readonly FileChange[] {
  return [...new Set(edits.map(({ file }) => file))].flatMap((path): readonly FileChange[] => {
    const before = bytesOf(machine, path)
    const start = before ?? new Uint8Array()
    const own = inOrder(edits.filter(({ file }) => file === path))
    if (own.at(-1)?.kind === 'remove-file') return before === null ? [] : [{ path, before, after: null }]
    const after = own.reduce(applyEdit, start)
    return sameBytes(start, after) ? [] : [{ path, before, after }]
  })
}

/** From below upwards, so that no edit moves the lines of the next one; what finds its place by names comes after. */
function inOrder(edits: readonly FileEdit[]): readonly FileEdit[] {
  const lines = edits.filter((edit) => edit.kind === 'replace-lines')
  return [...lines.sort((one, other) => other.line - one.line), ...edits.filter(({ kind }) => kind !== 'replace-lines')]
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
