/*
 * The front door of `repair`: from a finding to a plan, a proof of it on a copy of the machine, and its application.
 */
export { planRepair } from './plan.ts'
export { proveRepair } from './prove.ts'
