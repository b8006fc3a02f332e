/*
 * The front door of `changes`: whatever writes into a person's files plans its changes, shows them, and applies them here, so
 * that each can be undone.
 */
export { applyChanges, type Occasion } from './apply.ts'
export { type FileChange, planEdits, sameBytes } from './changes.ts'
