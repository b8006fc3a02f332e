/*
 * The front door of `configure`: what names and values on the command line mean, which lines of which file they become, and what
 * a person hands over (a CSV, JSON, export lines) to be kept as profiles.
 */
export { type Aim, aimOf, inConfig, inCredentials, type LookedUp, lookUp, type Owner, type WrongName } from './aim.ts'
export type { HandedKey, HandedOver } from './handed-key.ts'
export { readHandedOver, textOf } from './handed-over.ts'
export { type NamedKey, nameKeys, planImport, planProcess } from './import.ts'
export {
  type Assignment,
  changesOf,
  emptyPlan,
  isLongTerm,
  joined,
  keyIdOf,
  markNotes,
  type Plan,
  planDropSession,
  planSet,
  planUnset,
  type Written,
} from './plan.ts'
export { type Program, processLine } from './process-line.ts'
export { planUserVariable, setxLimit, type UserVariablePlan } from './user-variables.ts'
export { credentialKeys, judgeValue, secretKeys } from './values.ts'
