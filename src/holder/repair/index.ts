/*
 * The front door of `repair`: from a finding to a plan, a proof of it on a copy of the machine, and its application.
 */
export { applyRepair } from './apply.ts'
export { planRepair, type RepairPlan } from './plan.ts'
export { type Proof, proveRepair } from './prove.ts'
