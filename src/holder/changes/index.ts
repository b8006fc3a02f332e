/*
 * The front door of `changes`: whatever writes into a person's files plans its changes, shows them, and applies them here, so
 * that each can be undone.
 */
export { applyChanges, beginCalls, type CallsBegun } from './apply.ts'
export { type FileChange, planEdits, sameBytes } from './changes.ts'
export type { ChangeCall } from './journal.ts'
export { compareLines, linesOf } from './lines.ts'
export { type Recovered, recoverChanges } from './recover.ts'
export {
  foreignWords,
  forgetChanges,
  listChanges,
  type PastChange,
  planUndo,
  refuseChanged,
  type UndoneFile,
  type UndoPlan,
  undoFiles,
  undoOccasion,
} from './undo.ts'
