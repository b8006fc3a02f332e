/*
 * `node test/holder/repair/generated/run.ts made|recorded SEED COUNT`: repairs that many machines, and tells every broken promise.
 */
import { judgeRepair, type RepairCase } from './judge.ts'
import { madeCase, recordedCase } from './machines.ts'

const [kind = 'made', from = '1', count = '500', more = ''] = process.argv.slice(2)
const start = Number(from)
const totals = new Map<string, number>()
const causes = new Map<string, number>()
let broken = 0
console.log(`${kind}: seeds ${start} to ${start + Number(count) - 1}`)
for (let seed = start; seed < start + Number(count); seed += 1) {
  let each: RepairCase | null = null
  try {
    each = kind === 'made' ? madeCase(seed) : recordedCase(seed * 7, seed)
    const judgement = await judgeRepair(each)
    totals.set(judgement.result, (totals.get(judgement.result) ?? 0) + 1)
    for (const cause of judgement.causes) causes.set(cause, (causes.get(cause) ?? 0) + 1)
    if (judgement.faults.length > 0) {
      broken += 1
      console.log(
        `${each.name} [${each.question.sdk}]\n  ${judgement.result} ${judgement.causes.join(', ')}\n  ${judgement.faults.join('\n  ')}`,
      )
    } else if (more === '--changed' && judgement.changed.length > 0) {
      console.log(
        `~ ${each.name} [${each.question.sdk}]\n  ${judgement.causes.join(', ')}\n  ${judgement.changed.join('\n  ')}`,
      )
    }
  } catch (error) {
    broken += 1
    console.log(`${each?.name ?? seed}\n  THREW ${error instanceof Error ? error.stack : String(error)}`)
  }
}
console.log(Object.fromEntries(totals), Object.fromEntries([...causes].sort(([, one], [, other]) => other - one)))
console.log(`${broken} of ${count} broke a promise`)
process.exitCode = broken > 0 ? 1 : 0
