import type { Act } from '../act.ts'
import type { Scenario } from '../scenario.ts'
import { allowing } from '../stage.ts'
import { everyPlace, everyShape, holdingOf, standing } from '../wallet.ts'

const describingRegions: Act = ({ call }) => call('ec2', 'DescribeRegions')

/** The same at EC2, which has one answer for nearly all that is wrong with a credential. */
export const ec2: readonly Scenario[] = [
  {
    cause: 'permission-missing',
    name: 'ec2',
    why: 'Nobody has allowed the user to look at EC2, and EC2 says it partly in a sealed message.',
    logged: 'permission-missing',
    shapes: everyShape,
    places: everyPlace,
    prepare: async (stage, chosen) => standing(chosen, (await holdingOf(stage, chosen, ['s3:*'])).holding),
    act: describingRegions,
  },
  {
    cause: 'explicitly-denied',
    name: 'ec2',
    why: 'A policy of the user denies all of EC2.',
    logged: 'explicitly-denied',
    shapes: everyShape,
    places: everyPlace,
    async prepare(stage, chosen) {
      const { user, holding } = await holdingOf(stage, chosen)
      await stage.policy(user.name, allowing(['*']), { Effect: 'Deny', Action: 'ec2:*', Resource: '*' })
      return standing(chosen, holding)
    },
    act: describingRegions,
  },
  {
    cause: 'session-expired',
    name: 'ec2',
    why: 'The session is over, which EC2 calls a request that has expired.',
    logged: 'session-expired',
    shapes: ['temporary'],
    places: everyPlace,
    async prepare(stage, chosen) {
      const session = await stage.session(await stage.user(chosen.choose.user(), ['ec2:*']), 900)
      const later = 3600
      stage.authority.clock({ offset: later })
      return standing(chosen, session, { clockOffset: later })
    },
    act: describingRegions,
  },
  {
    cause: 'clock-skew',
    name: 'ec2',
    why: 'The computer’s clock is wrong, which EC2 calls a request that has expired.',
    logged: 'clock-skew',
    shapes: everyShape,
    places: everyPlace,
    async prepare(stage, chosen) {
      const { holding } = await holdingOf(stage, chosen, ['ec2:*'])
      return standing(chosen, holding, { clockOffset: chosen.choose.one([-25 * 60, 40 * 60]) })
    },
    act: describingRegions,
  },
  {
    cause: 'stale-session-token',
    name: 'ec2',
    why: 'A session’s token stands beside a long-term pair, and EC2 could not validate the credentials.',
    logged: 'stale-session-token',
    shapes: ['long-term'],
    places: everyPlace,
    async prepare(stage, chosen) {
      const { user } = await holdingOf(stage, chosen, ['ec2:*'])
      const { sessionToken } = await stage.session(user)
      return standing(chosen, { ...user, sessionToken })
    },
    act: describingRegions,
  },
  {
    cause: 'session-token-missing',
    name: 'ec2',
    why: 'A session’s pair without its token, and EC2 could not validate the credentials.',
    logged: 'session-token-missing',
    shapes: ['temporary'],
    places: everyPlace,
    async prepare(stage, chosen) {
      const { accessKeyId, secretAccessKey } = (await holdingOf(stage, chosen, ['ec2:*'])).holding
      return standing(chosen, { accessKeyId, secretAccessKey })
    },
    act: describingRegions,
  },
  {
    cause: 'secret-wrong',
    name: 'ec2',
    why: 'The secret is another key’s, and EC2 could not validate the credentials.',
    logged: 'secret-wrong',
    shapes: ['long-term'],
    places: everyPlace,
    async prepare(stage, chosen) {
      const { user } = await holdingOf(stage, chosen, ['ec2:*'])
      const { secretAccessKey } = await stage.user(chosen.choose.user())
      return standing(chosen, { ...user, secretAccessKey })
    },
    act: describingRegions,
  },
  {
    cause: 'region-not-enabled',
    name: 'ec2',
    why: 'The region was never switched on, and EC2 there could not validate the credentials.',
    logged: 'region-not-enabled',
    shapes: everyShape,
    places: everyPlace,
    async prepare(stage, chosen) {
      const { holding } = await holdingOf(stage, chosen, ['ec2:*'])
      return { ...standing(chosen, holding), region: chosen.choose.one(['ap-east-1', 'me-south-1']) }
    },
    act: describingRegions,
  },
]
