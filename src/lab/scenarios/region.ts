import { mustCall } from '../caller.ts'
import type { Scenario } from '../scenario.ts'
import type { Scene } from '../scene.ts'
import { type Stage, sessionIn } from '../stage.ts'
import type { Chosen } from '../variation.ts'
import { everyPlace, everyShape, type Holding, holdingOf, standing } from '../wallet.ts'

const optInRegions = ['ap-east-1', 'af-south-1', 'eu-south-1', 'me-south-1', 'il-central-1'] as const

/** A region where people set it: in a variable, in the profile, or on the command line. */
function inRegion(scene: Scene, region: string, { choose }: Chosen): Scene {
  const name = scene.profile ?? scene.env?.AWS_PROFILE ?? 'default'
  const section = name === 'default' ? 'default' : `profile ${name}`
  return choose.one([
    { ...scene, region },
    { ...scene, regionUnsaid: true, env: { ...scene.env, AWS_REGION: region } },
    { ...scene, regionUnsaid: true, config: `${scene.config ?? ''}[${section}]\nregion = ${region}\n` },
  ])
}

/** LocalStack and its like give every key this account. */
const emulatorAccount = '000000000000'

/** What the root user of another authority signs with: its key, or a session. */
async function rootOf(stage: Stage, { shape }: Chosen, account?: string): Promise<Holding> {
  const { url, root } = await stage.elsewhere(account)
  if (shape === 'long-term') return root
  return sessionIn(await mustCall(stage.outside, url, root, 'sts', 'GetSessionToken'))
}

/** The key is good, but not at the place that was asked. */
export const region: readonly Scenario[] = [
  {
    cause: 'other-partition',
    why: 'The key is of the commercial partition, and the region is one of China or GovCloud.',
    logged: 'other-partition',
    shapes: everyShape,
    places: everyPlace,
    async prepare(stage, chosen) {
      const { holding } = await holdingOf(stage, chosen)
      const elsewhere = chosen.choose.one(['cn-north-1', 'cn-northwest-1', 'us-gov-west-1', 'us-gov-east-1'])
      return inRegion(standing(chosen, holding), elsewhere, chosen)
    },
  },
  {
    cause: 'region-not-enabled',
    why: 'The region is one that has to be switched on first, and the account has not done that.',
    logged: 'region-not-enabled',
    shapes: everyShape,
    places: everyPlace,
    async prepare(stage, chosen) {
      const { holding } = await holdingOf(stage, chosen)
      return inRegion(standing(chosen, holding), chosen.choose.one(optInRegions), chosen)
    },
  },
  {
    cause: 'v1-token-in-opt-in-region',
    why: 'The session is of the global endpoint, and its tokens are not taken in regions that had to be switched on.',
    logged: 'v1-token-in-opt-in-region',
    shapes: ['temporary'],
    places: everyPlace,
    async prepare(stage, chosen) {
      const user = await stage.user(chosen.choose.user())
      const name = chosen.choose.one(optInRegions)
      await stage.enableRegion(name)
      const made = await mustCall(stage.aws, 'https://sts.amazonaws.com', user, 'sts', 'GetSessionToken')
      return inRegion(standing(chosen, sessionIn(made)), name, chosen)
    },
  },
  {
    cause: 'sts-region-deactivated',
    why: 'Somebody has deactivated the STS endpoint of this region in the account’s settings.',
    logged: 'sts-region-deactivated',
    shapes: ['long-term'],
    places: everyPlace,
    async prepare(stage, chosen) {
      const { holding } = await holdingOf(stage, chosen)
      const name = chosen.choose.one(['eu-west-3', 'sa-east-1', 'ap-south-1'])
      await stage.authority.stsEndpoint({ region: name, active: false })
      return { ...standing(chosen, holding), region: name }
    },
    act: ({ call }) => call('sts', 'GetSessionToken'),
  },
  {
    cause: 'endpoint-override',
    why: 'AWS_ENDPOINT_URL or endpoint_url still leads to an emulator, which does not know the keys of the real AWS.',
    logged: 'key-unknown',
    shapes: everyShape,
    places: everyPlace,
    async prepare(stage, chosen) {
      const real = await rootOf(stage, chosen)
      const scene = { ...standing(chosen, real), awsAt: (await stage.elsewhere()).url }
      const emulator = stage.authority.url
      const name = scene.profile ?? scene.env?.AWS_PROFILE ?? 'default'
      const section = name === 'default' ? 'default' : `profile ${name}`
      return chosen.choose.one([
        { ...scene, env: { ...scene.env, AWS_ENDPOINT_URL: emulator } },
        { ...scene, env: { ...scene.env, AWS_ENDPOINT_URL_STS: emulator } },
        { ...scene, config: `[${section}]\nendpoint_url = ${emulator}\n` },
      ])
    },
  },
  {
    cause: 'endpoint-override',
    name: 'emulator',
    why: 'The keys of an emulator were left in place, and its address was not: they reach the real AWS.',
    logged: 'key-unknown',
    shapes: everyShape,
    places: everyPlace,
    prepare: async (stage, chosen) => standing(chosen, await rootOf(stage, chosen, emulatorAccount)),
  },
]
