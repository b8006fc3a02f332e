import { realMachine } from '../../src/holder/machine/real.ts'
import { mustCall } from '../../src/lab/caller.ts'
import { nextCode, type Phone, phoneWith, twoCodes } from '../../src/lab/phone.ts'
import type { KeyPair } from '../../src/lab/stage.ts'
import { noteSecret } from '../setup.ts'
import type { Issuer } from './authority.ts'

/** A user with a key and a virtual MFA device. */
export interface Person {
  readonly name: string
  readonly pair: KeyPair
  readonly serial: string
  readonly seed: string
  /** A code that was not used to enable the device; it counts once. */
  code(): string
}

let people = 0

/** Makes one; unless told otherwise they may look their devices up and assume roles. */
export async function personWithDevice(
  here: Issuer,
  allowed: readonly string[] = ['iam:ListMFADevices', 'sts:AssumeRole'],
): Promise<Person> {
  people += 1
  const name = `person-${people}`
  const ask = (action: string, parameters: Record<string, string>) => askIam(here, action, parameters)
  await ask('CreateUser', { UserName: name })
  if (allowed.length > 0) {
    const Statement = [{ Effect: 'Allow', Action: allowed, Resource: '*' }]
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
    await ask('PutUserPolicy', { UserName: name, PolicyName: 'own', PolicyDocument })
  }
  const key = await ask('CreateAccessKey', { UserName: name })
  const pair = { accessKeyId: key.text('AccessKeyId'), secretAccessKey: key.text('SecretAccessKey') }
  noteSecret('secret key', pair.secretAccessKey)
  const { serial, seed, phone } = await giveDevice(here, name, name)
  return { name, pair, serial, seed, code: () => nextCode(phone, new Date()) }
}

export async function giveDevice(
  here: Issuer,
  user: string,
  name: string,
): Promise<{ readonly serial: string; readonly seed: string; readonly phone: Phone }> {
  const made = await askIam(here, 'CreateVirtualMFADevice', { VirtualMFADeviceName: name })
  const seed = Buffer.from(made.text('Base32StringSeed'), 'base64').toString()
  noteSecret('seed', seed)
  const serial = made.text('SerialNumber')
  const phone = phoneWith(seed)
  const [AuthenticationCode1, AuthenticationCode2] = twoCodes(phone, new Date())
  await askIam(here, 'EnableMFADevice', {
    UserName: user,
    SerialNumber: serial,
    AuthenticationCode1,
    AuthenticationCode2,
  })
  return { serial, seed, phone }
}

export function askIam(here: Issuer, action: string, parameters: Record<string, string>) {
  return mustCall(realMachine({}), here.authority.url, here.authority.root, 'iam', action, parameters)
}

/** The AWS files of a person who has a key as `[dev]`, and what the config file says besides. */
export function filesOf(here: Issuer, { pair }: Pick<Person, 'pair'>, more = ''): Record<string, string> {
  return {
    '.aws/credentials': `# mine\n[dev]\naws_access_key_id = ${pair.accessKeyId}\naws_secret_access_key = ${pair.secretAccessKey}`,
    '.aws/config': `[profile dev]\nregion = eu-west-1\nendpoint_url = ${here.authority.url}\n${more}`,
  }
}
