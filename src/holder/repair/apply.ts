import type { Disk } from '../machine/disk.ts'
import type { RepairPlan } from './plan.ts'

/**
 * Writes a plan. Each file is replaced in one step, and only when it still is what the plan was made for; when a later file
 * fails, the earlier ones are put back.
 *
 * @throws CountersignError `file-unwritable` or `conflict` from the disk; then nothing is changed
 */
export function applyRepair(disk: Disk, plan: RepairPlan): void {
  const written: RepairPlan['files'][number][] = []
  try {
    for (const file of plan.files) {
      disk.write(file.path, file.after, { before: file.before })
      written.push(file)
    }
  } catch (error) {
    for (const file of written.reverse()) disk.write(file.path, file.before, { before: file.after })
    throw error
  }
}
