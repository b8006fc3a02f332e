/*
 * The front door of `configure`: what names and values on the command line mean, which lines of which file they become, and what
 * a person hands over (a CSV, JSON, export lines) to be kept as profiles.
 */
export { type Aim, aimOf, inCredentials, lookUp, nameRefusal } from './aim.ts'
export type { HandedKey, HandedOver } from './handed-key.ts'
export { readHandedOver, textOf } from './handed-over.ts'
export { type NamedKey, nameKeys, planImport, planProcess } from './import.ts'
export {
  type Assignment,
  changesOf,
  isLongTerm,
  joined,
  keyIdOf,
  markNotes,
  type Plan,
  planSet,
  planUnset,
  type Written,
} from './plan.ts'
export { processLine } from './process-line.ts'
export { planUserVariable, setxLimit } from './user-variables.ts'
export { credentialKeys, judgeValue, secretKeys } from './values.ts'
