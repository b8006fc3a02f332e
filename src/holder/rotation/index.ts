/*
 * The front door of `rotation`: a new long-term key in the place of an old one, proven before the old one goes.
 */
export { type Due, deleteDue, dueFor, withoutDeleted } from './delete-due.ts'
export { orphansOf } from './orphans.ts'
export { type NotRotated, type Rotated, rotate } from './rotate.ts'
export {
  findSubject,
  isAsFound,
  type KeySeen,
  type NoSubject,
  type RotationMeans,
  type Subject,
} from './subject.ts'
