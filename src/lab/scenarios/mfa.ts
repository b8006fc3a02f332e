import { nextCode, phoneWith } from '../phone.ts'
import type { Scenario } from '../scenario.ts'
import { labHome } from '../scene.ts'
import type { Stage } from '../stage.ts'
import type { Chosen } from '../variation.ts'
import { everyPlace, everyShape, holdingOf, standing } from '../wallet.ts'

/** A user with an enabled virtual device. */
async function withDevice(stage: Stage, { choose }: Chosen, allow: readonly string[] = []) {
  const user = await stage.user(choose.user(), allow)
  return { user, ...(await stage.device(user.name)) }
}

/** Where the person has written down which device to use. */
function targetProfile(serial: string): string {
  const [account] = /\d{12}/.exec(serial)!
  return `[profile target]\nrole_arn = arn:aws:iam::${account}:role/target\nsource_profile = default\nmfa_serial = ${serial}\n`
}

/** A code of the right form that the phone does not show about now. */
function wrongCode(right: string): string {
  return String((Number(right) + 111_111) % 1_000_000).padStart(6, '0')
}

export const mfa: readonly Scenario[] = [
  {
    cause: 'mfa-required',
    why: 'The policy denies everything without a one-time code, and the plain key was used.',
    logged: 'mfa-required',
    alsoSo: ['explicitly-denied'],
    shapes: ['long-term'],
    places: everyPlace,
    async prepare(stage, chosen) {
      const { user, serial } = await withDevice(stage, chosen, ['iam:*'])
      const without = { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } }
      await stage.policy(
        user.name,
        { Effect: 'Allow', Action: '*', Resource: '*' },
        {
          Effect: 'Deny',
          Action: 'iam:*',
          Resource: '*',
          Condition: without,
        },
      )
      return standing(chosen, user, { config: `[profile with-mfa]\nmfa_serial = ${serial}\n` })
    },
    act: ({ call, chosen }) => call('iam', chosen.choose.one(['ListUsers', 'ListRoles'])),
  },
  {
    cause: 'mfa-required',
    name: 'role',
    why: 'The role trusts only who has typed a one-time code.',
    logged: 'mfa-required',
    alsoSo: ['explicitly-denied'],
    shapes: everyShape,
    places: everyPlace,
    async prepare(stage, chosen) {
      const { holding } = await holdingOf(stage, chosen, ['sts:AssumeRole'])
      const trust = {
        Effect: 'Allow',
        Principal: { AWS: stage.authority.account },
        Action: 'sts:AssumeRole',
        Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
      }
      const role = await stage.role('target', { trust: [trust] })
      const config = `[profile target]\nrole_arn = ${role}\nsource_profile = default\nmfa_serial = arn:aws:iam::${stage.authority.account}:mfa/phone\n`
      return standing(chosen, holding, { notes: { role }, config })
    },
    act: ({ call, scene }) => call('sts', 'AssumeRole', { RoleArn: scene.notes!.role!, RoleSessionName: 'lab' }),
  },
  {
    cause: 'mfa-serial-wrong',
    why: 'The serial number is that of another user’s device, of a renamed one, or the user’s own ARN.',
    logged: 'mfa-serial-wrong',
    shapes: ['long-term'],
    places: everyPlace,
    async prepare(stage, chosen) {
      const { user, phone } = await withDevice(stage, chosen)
      const arn = `arn:aws:iam::${stage.authority.account}`
      const serial = chosen.choose.one([`${arn}:user/${user.name}`, `${arn}:mfa/${user.name}-old`, `${arn}:mfa/nobody`])
      const notes = { serial, code: nextCode(phone, stage.outside.now()) }
      return standing(chosen, user, { notes, config: targetProfile(serial) })
    },
    act: ({ call, scene: { notes } }) =>
      call('sts', 'GetSessionToken', { SerialNumber: notes!.serial!, TokenCode: notes!.code! }),
  },
  {
    cause: 'mfa-serial-wrong',
    name: 'renamed',
    why: 'The device was registered anew under another name, and the profile still names the old one.',
    logged: 'mfa-serial-wrong',
    shapes: ['long-term'],
    places: ['default-profile'],
    async prepare(stage, chosen) {
      const { user, phone } = await withDevice(stage, chosen, ['iam:ListMFADevices'])
      const serial = `arn:aws:iam::${stage.authority.account}:mfa/${user.name}-old`
      const notes = { seed: phone.seed }
      return standing(chosen, user, { notes, config: targetProfile(serial) })
    },
    act({ call, machine, scene: { notes } }) {
      const reading = machine.readFile(`${labHome}/.aws/config`)
      const text = reading.kind === 'found' ? new TextDecoder().decode(reading.bytes) : ''
      const SerialNumber = /^mfa_serial = (\S+)$/m.exec(text)?.[1] ?? ''
      const TokenCode = nextCode(phoneWith(notes!.seed!), machine.now())
      return call('sts', 'GetSessionToken', { SerialNumber, TokenCode })
    },
  },
  {
    cause: 'mfa-code-wrong',
    why: 'The code was mistyped.',
    logged: 'mfa-code-wrong',
    shapes: ['long-term'],
    places: everyPlace,
    async prepare(stage, chosen) {
      const { user, serial, phone } = await withDevice(stage, chosen)
      const right = phone.code(stage.outside.now())
      const code = chosen.choose.one([wrongCode(right), right.slice(0, 5), `${right}7`, 'abcdef'])
      return standing(chosen, user, { notes: { serial, code } })
    },
    act: ({ call, scene: { notes } }) =>
      call('sts', 'GetSessionToken', { SerialNumber: notes!.serial!, TokenCode: notes!.code! }),
  },
  {
    cause: 'mfa-code-wrong',
    name: 'used',
    why: 'The code that the phone still shows was used a moment ago, and each counts once.',
    logged: 'mfa-code-wrong',
    shapes: ['long-term'],
    places: everyPlace,
    async prepare(stage, chosen) {
      const { user, serial, phone } = await withDevice(stage, chosen)
      const code = nextCode(phone, stage.outside.now())
      await stage.ask('sts', 'GetSessionToken', { SerialNumber: serial, TokenCode: code }, user)
      return standing(chosen, user, { notes: { serial, code } })
    },
    act: ({ call, scene: { notes } }) =>
      call('sts', 'GetSessionToken', { SerialNumber: notes!.serial!, TokenCode: notes!.code! }),
  },
  {
    cause: 'mfa-device-unusable',
    why: 'The device is a security key, and those give no codes that the API takes.',
    logged: 'mfa-device-unusable',
    shapes: ['long-term'],
    places: everyPlace,
    async prepare(stage, chosen) {
      const { user, phone } = await withDevice(stage, chosen)
      const serial = `arn:aws:iam::${stage.authority.account}:u2f/user/${user.name}/yubikey-GHIJ2345`
      const notes = { serial, code: phone.code(stage.outside.now()) }
      return standing(chosen, user, { notes, config: targetProfile(serial) })
    },
    act: ({ call, scene: { notes } }) =>
      call('sts', 'GetSessionToken', { SerialNumber: notes!.serial!, TokenCode: notes!.code! }),
  },
]
