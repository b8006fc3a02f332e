/*
 * `node test/holder/repair/generated/run.ts made|recorded|lab SEED COUNT`: repairs that many machines, and tells every broken promise.
 */
import { onStage } from '../../../../src/lab/stage.ts'
import { judgeRepair, type RepairCase } from './judge.ts'
import { playedCase } from './lab.ts'
import { madeCase, recordedCase } from './machines.ts'

const [kind = 'made', from = '1', count = '500', more = ''] = process.argv.slice(2)
const start = Number(from)
const totals = new Map<string, number>()
const causes = new Map<string, number>()
let broken = 0
console.log(`${kind}: seeds ${start} to ${start + Number(count) - 1}`)

async function play(make: (seed: number) => RepairCase | Promise<RepairCase>): Promise<void> {
  for (let seed = start; seed < start + Number(count); seed += 1) await judge(seed, make)
}

async function judge(seed: number, make: (seed: number) => RepairCase | Promise<RepairCase>): Promise<void> {
  let each: RepairCase | null = null
  try {
    each = await make(seed)
    const { result, causes: cured, faults, changed } = await judgeRepair(each)
    totals.set(result, (totals.get(result) ?? 0) + 1)
    for (const cause of cured) causes.set(cause, (causes.get(cause) ?? 0) + 1)
    const told = faults.length > 0 ? faults : more === '--changed' ? changed : []
    if (faults.length > 0) broken += 1
    if (told.length > 0)
      console.log(`${each.name} [${each.question.sdk}]\n  ${result} ${cured.join(', ')}\n  ${told.join('\n  ')}`)
  } catch (error) {
    broken += 1
    console.log(`${each?.name ?? seed}\n  threw ${error instanceof Error ? error.stack : String(error)}`)
  }
}

if (kind === 'lab') await onStage((stage) => play((seed) => playedCase(stage, seed)))
else await play(kind === 'made' ? madeCase : (seed) => recordedCase(seed * 7, seed))
console.log(Object.fromEntries(totals), Object.fromEntries([...causes].sort(([, one], [, other]) => other - one)))
console.log(`${broken} of ${count} broke a promise`)
process.exitCode = broken > 0 ? 1 : 0
