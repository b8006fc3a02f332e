import { type FileChange, planEdits } from '../changes/index.ts'
import type { Finding, FixCall, VariableChange } from '../diagnosis/verdict.ts'
import type { FileEdit } from '../files/edit.ts'
import type { Machine } from '../machine/machine.ts'

/** What a repair would do. */
export interface RepairPlan {
  readonly edits: readonly FileEdit[]
  readonly files: readonly FileChange[]
  /** Made before the files are changed. What they do shows only afterwards. */
  readonly calls: readonly FixCall[]
  /** What the person's own shell has to do besides; then the finding's `shellLines` do it. */
  readonly variables: readonly VariableChange[]
  /** One line per edit for a person; no value in it. */
  readonly summary: readonly string[]
}

/**
 * Decides what a finding's cure would change, without changing anything. Null when nobody but a person can do it (a key that must
 * be made anew), or when it would change nothing.
 *
 * @throws CountersignError what `planEdits` throws
 */
export function planRepair(machine: Machine, { fix }: Finding): RepairPlan | null {
  const { edits, automatic, calls = [], variables = [] } = fix
  if (!automatic && variables.length === 0) return null
  const files = planEdits(machine, edits)
  if (files.length === 0 && calls.length === 0 && variables.length === 0) return null
  const summary = [...calls.map(({ says }) => says), ...edits.map(summaryOf)]
  return { edits, files, calls, variables, summary }
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
