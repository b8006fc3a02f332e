import type { Scenario } from '../scenario.ts'
import { everyPlace, everyProfile, everyShape, holdingOf, section, standing, withAdministrator } from '../wallet.ts'

/** A key id of the right shape with one letter exchanged, in the part that tells the account. */
function mistyped(accessKeyId: string): string {
  const letter = accessKeyId[6] === 'B' ? 'P' : 'B'
  return accessKeyId.slice(0, 6) + letter + accessKeyId.slice(7)
}

/** A secret with one letter exchanged for another of the same kind. */
function withWrongLetter(secret: string, at: number): string {
  const letter = secret[at] === 'x' ? 'q' : 'x'
  return secret.slice(0, at) + letter + secret.slice(at + 1)
}

const placeholders: readonly (readonly [accessKeyId: string, secretAccessKey: string])[] = [
  ['AKIAIOSFODNN7EXAMPLE', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'],
  ['AKIAI44QH8DHBEXAMPLE', 'je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY'],
  ['test', 'test'],
  ['YOUR_ACCESS_KEY_ID', 'YOUR_SECRET_ACCESS_KEY'],
  ['<access-key-id>', '<secret-access-key>'],
  ['changeme', 'changeme'],
  ['undefined', 'undefined'],
  ['None', 'None'],
  ['%AWS_KEY%', '%AWS_SECRET%'],
  ['{{aws_key}}', '{{aws_secret}}'],
  ['minioadmin', 'minioadmin'],
]

export const keyPair: readonly Scenario[] = [
  {
    cause: 'key-unknown',
    why: 'One letter of the key id was mistyped: it looks right and belongs to nobody.',
    logged: 'key-unknown',
    shapes: ['long-term'],
    places: everyPlace,
    async prepare(stage, chosen) {
      const { user } = await holdingOf(stage, chosen)
      const scene = standing(chosen, { ...user, accessKeyId: mistyped(user.accessKeyId) })
      return withAdministrator(stage, scene)
    },
  },
  {
    cause: 'key-unknown',
    name: 'small-letters',
    why: 'The key id went through a form that writes everything in small letters.',
    logged: 'key-unknown',
    shapes: ['long-term'],
    places: everyPlace,
    async prepare(stage, chosen) {
      const { user } = await holdingOf(stage, chosen)
      return standing(chosen, { ...user, accessKeyId: user.accessKeyId.toLowerCase() })
    },
  },
  {
    cause: 'key-inactive',
    why: 'An administrator or a rotation has deactivated the key; AWS answers as if it had never been.',
    logged: 'key-inactive',
    shapes: ['long-term'],
    places: everyPlace,
    async prepare(stage, chosen) {
      const { user } = await holdingOf(stage, chosen)
      const key = { UserName: user.name, AccessKeyId: user.accessKeyId }
      await stage.ask('iam', 'UpdateAccessKey', { ...key, Status: 'Inactive' })
      return withAdministrator(stage, standing(chosen, user))
    },
  },
  {
    cause: 'key-deleted',
    why: 'The key was rotated away and deleted, and this copy of it was forgotten.',
    logged: 'key-deleted',
    shapes: ['long-term'],
    places: everyPlace,
    async prepare(stage, chosen) {
      const { user } = await holdingOf(stage, chosen)
      await stage.ask('iam', 'DeleteAccessKey', { UserName: user.name, AccessKeyId: user.accessKeyId })
      return withAdministrator(stage, standing(chosen, user))
    },
  },
  {
    cause: 'key-not-propagated',
    why: 'The key was made a moment ago by the same script, and has not reached all of AWS yet.',
    logged: 'key-not-propagated',
    shapes: ['long-term'],
    places: everyPlace,
    async prepare(stage, chosen) {
      const { name } = await stage.user(chosen.choose.user())
      // What was made in the same millisecond would be late too, the administrator's own key among it.
      const made = stage.outside.now().getTime()
      while (stage.outside.now().getTime() <= made) await stage.ask('sts', 'GetCallerIdentity')
      stage.authority.propagation(300)
      return withAdministrator(stage, standing(chosen, await stage.key(name)))
    },
  },
  {
    cause: 'secret-wrong',
    why: 'The key id of one key was pasted beside the secret of another.',
    logged: 'secret-wrong',
    shapes: ['long-term'],
    places: everyPlace,
    async prepare(stage, chosen) {
      const { user } = await holdingOf(stage, chosen)
      const { secretAccessKey } = await stage.user(chosen.choose.user())
      return standing(chosen, { ...user, secretAccessKey })
    },
  },
  {
    cause: 'secret-wrong',
    name: 'letter',
    why: 'The secret was typed off a screen with one letter wrong.',
    logged: 'secret-wrong',
    shapes: everyShape,
    places: everyPlace,
    async prepare(stage, chosen) {
      const { holding } = await holdingOf(stage, chosen)
      const secretAccessKey = withWrongLetter(holding.secretAccessKey, 1 + chosen.choose.number(38))
      return standing(chosen, { ...holding, secretAccessKey })
    },
  },
  {
    cause: 'secret-wrong',
    name: 'elsewhere',
    why: 'The pair was copied into a second profile, and its secret came out wrong there.',
    logged: 'secret-wrong',
    shapes: ['long-term'],
    places: everyProfile,
    async prepare(stage, chosen) {
      const { user } = await holdingOf(stage, chosen)
      const secretAccessKey = withWrongLetter(user.secretAccessKey, 1 + chosen.choose.number(38))
      return standing(chosen, { ...user, secretAccessKey }, { credentials: section('original', user) })
    },
  },
  {
    cause: 'id-secret-swapped',
    why: 'The two values went into each other’s field.',
    logged: 'id-secret-swapped',
    shapes: everyShape,
    places: everyPlace,
    async prepare(stage, chosen) {
      const { holding } = await holdingOf(stage, chosen)
      const { accessKeyId, secretAccessKey } = holding
      return standing(chosen, { ...holding, accessKeyId: secretAccessKey, secretAccessKey: accessKeyId })
    },
  },
  {
    cause: 'id-secret-swapped',
    name: 'same-value',
    why: 'The key id was pasted into both fields.',
    logged: 'id-secret-swapped',
    shapes: everyShape,
    places: everyPlace,
    async prepare(stage, chosen) {
      const { holding } = await holdingOf(stage, chosen)
      return standing(chosen, { ...holding, secretAccessKey: holding.accessKeyId })
    },
  },
  {
    cause: 'placeholder-value',
    why: 'The example of a manual or a template was copied and never replaced.',
    logged: 'placeholder-value',
    shapes: ['long-term'],
    places: everyPlace,
    async prepare(_stage, chosen) {
      const [accessKeyId, secretAccessKey] = chosen.choose.one(placeholders)
      return standing(chosen, { accessKeyId, secretAccessKey })
    },
  },
  {
    cause: 'not-an-access-key',
    why: 'The user’s unique id (AIDA…) or another identifier looks like a key id and was taken for one.',
    logged: 'not-an-access-key',
    shapes: ['long-term'],
    places: everyPlace,
    async prepare(stage, chosen) {
      const user = await stage.user(chosen.choose.user())
      const accessKeyId = chosen.choose.one([
        user.userId,
        stage.authority.account,
        'carol@example.com',
        'GOOGTS7C7FUP3AIRVJTE2BCD',
        '0123456789abcdef0123456789abcdef',
      ])
      return standing(chosen, { ...user, accessKeyId })
    },
  },
  {
    cause: 'key-quarantined',
    why: 'AWS found the key in a public repository and attached its quarantine policy; the key still works for some calls.',
    logged: 'key-quarantined',
    alsoSo: ['explicitly-denied'],
    shapes: ['long-term'],
    places: everyPlace,
    async prepare(stage, chosen) {
      const user = await stage.user(chosen.choose.user(), ['iam:*', 'sts:*'])
      const PolicyArn = 'arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3'
      await stage.ask('iam', 'AttachUserPolicy', { UserName: user.name, PolicyArn })
      return standing(chosen, user, { notes: { user: user.name } })
    },
    act: ({ call, scene }) => call('iam', 'CreateAccessKey', { UserName: scene.notes!.user! }),
  },
]
