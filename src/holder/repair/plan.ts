import { CountersignError } from '../../errors.ts'
import type { Finding } from '../diagnosis/verdict.ts'
import { applyEdit, type FileEdit } from '../files/edit.ts'
import type { Machine } from '../machine/machine.ts'

/** What a repair would do to files. `before` and `after` hold secrets: they are for writing, never for showing. */
export interface RepairPlan {
  readonly edits: readonly FileEdit[]
  readonly files: readonly { readonly path: string; readonly before: Uint8Array; readonly after: Uint8Array }[]
  /** One line per edit for a person; no value in it. */
  readonly summary: readonly string[]
}

/**
 * Decides which bytes a finding's cure would change, without changing any. Null when the cure is not one of files (a variable
 * of the shell, a key that must be made anew), or when it would change nothing.
 *
 * @throws CountersignError `file-unreadable` (`data.path`) when a file that must be changed cannot be read; what
 *   `applyEdit` throws for a file that cannot hold the edit
 */
export function planRepair(machine: Machine, finding: Finding): RepairPlan | null {
  const { edits } = finding.fix
  if (!finding.fix.automatic || edits.length === 0) return null
  const files = [...new Set(edits.map((edit) => edit.file))].map((path) => {
    const before = bytesOf(machine, path)
    const after = edits.filter((edit) => edit.file === path).reduce(applyEdit, before)
    return { path, before, after }
  })
  const changed = files.filter(({ before, after }) => !sameBytes(before, after))
  return changed.length === 0 ? null : { edits, files: changed, summary: edits.map(summaryOf) }
}

function bytesOf(machine: Machine, path: string): Uint8Array {
  const reading = machine.readFile(path)
  if (reading.kind === 'found') return reading.bytes
  throw new CountersignError('file-unreadable', `${path} cannot be read, so it is not changed.`, { data: { path } })
}

function summaryOf(edit: FileEdit): string {
  switch (edit.kind) {
    case 'unset':
      return `${edit.file}: remove ${edit.key} from [${edit.section}]`
    case 'set':
      return `${edit.file}: correct ${edit.key} in [${edit.section}]`
    case 'rename-section':
      return `${edit.file}: rename [${edit.section}] to [${edit.to}]`
  }
}

function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index])
}
