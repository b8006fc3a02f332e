import { expect, test } from 'vitest'
import { recordMachine } from '../../src/holder/diagnosis/bundled.ts'
import { prepareScenario } from '../../src/lab/run.ts'
import { scenarios } from '../../src/lab/scenarios/index.ts'
import { onStage } from '../../src/lab/stage.ts'
import { noteWritten } from '../setup.ts'

test('every machine of the lab says the same in the replay of its bundle, without network', async () => {
  await onStage(async (stage) => {
    for (const scenario of scenarios) {
      const { machine, question } = await prepareScenario(stage, scenario)
      const { text, differences } = await recordMachine(machine, question)
      noteWritten(`the bundle of ${scenario.cause}`, text)
      expect(differences, `${scenario.cause}: ${scenario.why}`).toEqual([])
    }
  })
}, 120_000)
