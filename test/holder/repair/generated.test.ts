import { describe, expect, test } from 'vitest'
import { judgeRepair, type RepairCase } from './generated/judge.ts'
import { madeCase, recordedCase } from './generated/machines.ts'

/*
 * What every repair promises, on machines that nobody has thought of: nobody finds less than before, only what is meant changes,
 * all of it can be taken back and brought again, nothing secret is shown, and it is done at once. `generated/run.ts` does the
 * same with as many as one likes.
 */
const made = { seed: 20_000, count: 120 }
const recorded = { seed: 20_000, count: 120 }

async function faultsOf(from: { seed: number; count: number }, make: (seed: number) => RepairCase) {
  const faults: unknown[] = []
  let cured = 0
  for (let seed = from.seed; seed < from.seed + from.count; seed += 1) {
    const each = make(seed)
    const judgement = await judgeRepair(each)
    if (judgement.causes.length > 0) cured += 1
    if (judgement.faults.length > 0) faults.push([each.name, ...judgement.causes, ...judgement.faults])
  }
  return { faults, cured }
}

describe('a repair keeps its promises', () => {
  test(`on ${made.count} broken machines with keys that work (seeds from ${made.seed})`, async () => {
    const { faults, cured } = await faultsOf(made, madeCase)
    expect(faults).toEqual([])
    expect(cured).toBeGreaterThan(30)
  })

  test(`on ${recorded.count} disfigured states that real SDKs were asked about (seeds from ${recorded.seed})`, async () => {
    const { faults, cured } = await faultsOf(recorded, (seed) => recordedCase(seed * 7, seed))
    expect(faults).toEqual([])
    expect(cured).toBeGreaterThan(10)
  })
})
