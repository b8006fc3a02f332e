import type { Doing } from '../act.ts'
import type { Scenario } from '../scenario.ts'
import { allowing, type Stage } from '../stage.ts'
import type { Chosen } from '../variation.ts'
import { everyPlace, everyShape, type Holding, holdingOf, roleSession, standing } from '../wallet.ts'

/** A credential that IAM serves: a user's own key, or the session of a role that may do what is said. */
async function servedByIam(stage: Stage, chosen: Chosen, allow: readonly string[]): Promise<Holding> {
  if (chosen.shape === 'long-term') return await stage.user(chosen.choose.user(), allow)
  const user = await stage.user(chosen.choose.user())
  return (await roleSession(stage, user, `${chosen.choose.one(['reader', 'deployer', 'auditor'])}`, allow)).session
}

const readingIam = ({ call, chosen }: Doing) =>
  call('iam', chosen.choose.one(['ListUsers', 'ListRoles', 'GetAccountSummary', 'ListAccountAliases']))

const assumingRole = ({ call, scene }: Doing) =>
  call('sts', 'AssumeRole', { RoleArn: scene.notes!.role!, RoleSessionName: 'lab', ...durationOf(scene.notes!) })

function durationOf({ seconds }: Readonly<Record<string, string>>): Record<string, string> {
  return seconds === undefined ? {} : { DurationSeconds: seconds }
}

/** The key is good, and the answer is no. */
export const permission: readonly Scenario[] = [
  {
    cause: 'permission-missing',
    why: 'The key is good; nobody has allowed its user what was asked for.',
    logged: 'permission-missing',
    shapes: everyShape,
    places: everyPlace,
    prepare: async (stage, chosen) => standing(chosen, await servedByIam(stage, chosen, ['s3:GetObject'])),
    act: readingIam,
  },
  {
    cause: 'explicitly-denied',
    why: 'A policy allows everything, and another one denies just this.',
    logged: 'explicitly-denied',
    shapes: ['long-term'],
    places: everyPlace,
    async prepare(stage, chosen) {
      const user = await stage.user(chosen.choose.user())
      await stage.policy(user.name, allowing(['*']), { Effect: 'Deny', Action: 'iam:*', Resource: '*' })
      return standing(chosen, user)
    },
    act: readingIam,
  },
  {
    cause: 'explicitly-denied',
    name: 'boundary',
    why: 'The user’s permissions boundary leaves out what the user’s own policy allows.',
    logged: 'explicitly-denied',
    shapes: ['long-term'],
    places: everyPlace,
    async prepare(stage, chosen) {
      const user = await stage.user(chosen.choose.user(), ['iam:*'])
      const PermissionsBoundary = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'
      await stage.ask('iam', 'PutUserPermissionsBoundary', { UserName: user.name, PermissionsBoundary })
      return standing(chosen, user)
    },
    act: readingIam,
  },
  {
    cause: 'explicitly-denied',
    name: 'trust',
    why: 'The user may assume the role, but the role’s trust policy names somebody else.',
    logged: 'explicitly-denied',
    shapes: everyShape,
    places: everyPlace,
    async prepare(stage, chosen) {
      const { holding } = await holdingOf(stage, chosen, ['sts:AssumeRole'])
      const trust = { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }
      return standing(chosen, holding, { notes: { role: await stage.role('target', { trust: [trust] }) } })
    },
    act: assumingRole,
  },
  {
    cause: 'explicitly-denied',
    name: 'root',
    why: 'The root user’s key is in use, and root may assume no role.',
    logged: 'explicitly-denied',
    shapes: ['long-term'],
    places: everyPlace,
    prepare: async (stage, chosen) =>
      standing(chosen, stage.authority.root, { notes: { role: await stage.role('target') } }),
    act: assumingRole,
  },
  {
    cause: 'duration-too-long',
    why: 'A session of two hours was asked for, and the role gives one.',
    logged: 'duration-too-long',
    shapes: ['long-term'],
    places: everyPlace,
    async prepare(stage, chosen) {
      const { holding } = await holdingOf(stage, chosen, ['sts:AssumeRole'])
      return standing(chosen, holding, { notes: { role: await stage.role('target'), seconds: '7200' } })
    },
    act: assumingRole,
  },
  {
    cause: 'duration-too-long',
    name: 'chained',
    why: 'A role was assumed with a session, and then an hour is the most, whatever the role allows.',
    logged: 'duration-too-long',
    shapes: ['temporary'],
    places: everyPlace,
    async prepare(stage, chosen) {
      const { holding } = await holdingOf(stage, chosen, ['sts:AssumeRole'])
      const role = await stage.role('target', { longest: 43_200 })
      return standing(chosen, holding, { notes: { role, seconds: chosen.choose.one(['7200', '43200']) } })
    },
    act: assumingRole,
  },
  {
    cause: 'quota-or-conflict',
    why: 'The user has two access keys already, and that is the most.',
    logged: 'quota-or-conflict',
    shapes: everyShape,
    places: everyPlace,
    async prepare(stage, chosen) {
      const holding = await servedByIam(stage, chosen, ['iam:*'])
      const full = await stage.user(chosen.choose.user())
      await stage.key(full.name)
      return standing(chosen, holding, { notes: { user: full.name } })
    },
    act: ({ call, scene }) => call('iam', 'CreateAccessKey', { UserName: scene.notes!.user! }),
  },
  {
    cause: 'quota-or-conflict',
    name: 'order',
    why: 'A user is to be made who is there already, or deleted while a key still belongs to them.',
    logged: 'quota-or-conflict',
    shapes: everyShape,
    places: everyPlace,
    async prepare(stage, chosen) {
      const holding = await servedByIam(stage, chosen, ['iam:*'])
      return standing(chosen, holding, { notes: { user: (await stage.user(chosen.choose.user())).name } })
    },
    act: ({ call, scene, chosen }) =>
      call('iam', chosen.choose.one(['DeleteUser', 'CreateUser']), { UserName: scene.notes!.user! }),
  },
  {
    cause: 'account-not-activated',
    why: 'The account is new, and its sign-up or its payment method was never finished.',
    // The answer is AWS's, but it was put there by a test control.
    logged: null,
    shapes: everyShape,
    places: everyPlace,
    prepare: async (stage, chosen) => standing(chosen, (await holdingOf(stage, chosen)).holding),
    act({ stage, call }) {
      stage.authority.fault({ operation: 'sts:GetCallerIdentity', code: 'OptInRequired', times: 1 })
      return call('sts', 'GetCallerIdentity')
    },
  },
  {
    cause: 'look-alike',
    why: 'The “authorization message” that STS does not like is the text that was to be decoded, and no credential.',
    logged: null,
    shapes: ['long-term'],
    places: everyPlace,
    prepare: async (stage, chosen) => standing(chosen, await servedByIam(stage, chosen, ['sts:*'])),
    act: ({ call, chosen }) =>
      call('sts', 'DecodeAuthorizationMessage', {
        EncodedMessage: chosen.choose.one(['rHU-pVHMSckD0OAc5l3r9', 'Encoded authorization failure message: rHU-pV']),
      }),
  },
]
