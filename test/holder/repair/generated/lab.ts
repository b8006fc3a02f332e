import { callAws } from '../../../../src/lab/caller.ts'
import { chooser } from '../../../../src/lab/chooser.ts'
import { prepareScenario } from '../../../../src/lab/run.ts'
import { nameOf, variationsOf } from '../../../../src/lab/scenario.ts'
import { scenarios } from '../../../../src/lab/scenarios/index.ts'
import { labHome } from '../../../../src/lab/scene.ts'
import type { Stage } from '../../../../src/lab/stage.ts'
import type { RepairCase } from './judge.ts'
import { disfigured } from './machines.ts'

/** Every scenario of the lab in each of its variations. */
export const plays = scenarios.flatMap((scenario) =>
  variationsOf(scenario).map((variation) => ({ scenario, variation })),
)

/** One of them really happens on the stage, and the files on which it shows are disfigured. */
export async function playedCase(stage: Stage, seed: number): Promise<RepairCase> {
  const { scenario, variation } = plays[seed % plays.length]!
  const random = chooser(seed)
  const { machine, question } = await prepareScenario(stage, scenario, { ...variation, seed })
  const text = ['.aws/credentials', '.aws/config', '.bashrc', 'app/.env'].map((path) => `${labHome}/${path}`)
  const { machine: on, names } = disfigured(machine, text, random, 3)
  const { shape, place } = variation
  return {
    name: `lab ${seed} ${nameOf(scenario)} (${shape}, ${place}): ${names}`,
    machine: on,
    question,
    async accepts({ id, secret, token }) {
      const credentials = {
        accessKeyId: id,
        secretAccessKey: secret,
        ...(token === null ? {} : { sessionToken: token }),
      }
      try {
        const { refusal } = await callAws(stage.outside, stage.authority.url, credentials, 'sts', 'GetCallerIdentity')
        return refusal === null
      } catch {
        // What no header can hold is accepted by nobody.
        return false
      }
    },
  }
}
