/*
 * The front door of `repair`: from findings to a plan, a proof of it on a copy of the machine, its application, and back again.
 */
export type { Loss } from './bystanders.ts'
export { planRepair, type RepairPlan } from './plan.ts'
export { proposeRepair, type RepairProposal, type RepairQuestion, type RepairStep } from './propose.ts'
export { proveRepair } from './prove.ts'
export {
  type Applied,
  applyRepair,
  isWell,
  type Repair,
  repairMachine,
  type Undone,
  undoChange,
} from './repair.ts'
