import { type FileChange, planEdits } from '../changes/index.ts'
import type { Finding } from '../diagnosis/verdict.ts'
import type { FileEdit } from '../files/edit.ts'
import type { Machine } from '../machine/machine.ts'

/** What a repair would do to files. */
export interface RepairPlan {
  readonly edits: readonly FileEdit[]
  readonly files: readonly FileChange[]
  /** One line per edit for a person; no value in it. */
  readonly summary: readonly string[]
}

/**
 * Decides which bytes a finding's cure would change, without changing any. Null when the cure is not one of files (a variable
 * of the shell, a key that must be made anew), or when it would change nothing.
 *
 * @throws CountersignError what `planEdits` throws
 */
export function planRepair(machine: Machine, finding: Finding): RepairPlan | null {
  const { edits } = finding.fix
  if (!finding.fix.automatic || edits.length === 0) return null
  const files = planEdits(machine, edits)
  return files.length === 0 ? null : { edits, files, summary: edits.map(summaryOf) }
}

function summaryOf(edit: FileEdit): string {
  switch (edit.kind) {
    case 'unset':
      return `${edit.file}: remove ${edit.key} from [${edit.section}]`
    case 'set':
      return `${edit.file}: correct ${edit.key} in [${edit.section}]`
    case 'rename-section':
      return `${edit.file}: rename [${edit.section}] to [${edit.to}]`
    case 'write-file':
      return `${edit.file}: ${edit.was === null ? 'make this file' : 'write it anew'}`
    case 'remove-file':
      return `${edit.file}: remove this file`
    case 'replace-lines':
      return `${edit.file}:${edit.line}: ${edit.lines.length === 0 ? 'remove' : 'change'} ${edit.was.length === 1 ? 'this line' : `${edit.was.length} lines`}`
  }
}
