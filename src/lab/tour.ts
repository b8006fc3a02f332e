import type { Verdict } from '../holder/diagnosis/verdict.ts'
import type { Machine } from '../holder/machine/machine.ts'
import type { SigningCredentials } from '../signature/index.ts'
import { type Answer, callAws, mustCall } from './caller.ts'
import { nextCode, phoneWith, twoCodes } from './phone.ts'
import type { KeyPair, Session } from './stage.ts'

/** The parts of the tour that deal with the authority: each is a really signed call over HTTP. */
export interface TourGround {
  /** The authority's address. */
  readonly url: string
  readonly root: SigningCredentials
  /** The real clock and network. */
  readonly outside: Machine
}

export const tourUser = 'alice'

/** A user with an access key, made by the root user. */
export async function makeUser({ url, root, outside }: TourGround): Promise<KeyPair & { readonly arn: string }> {
  const user = await mustCall(outside, url, root, 'iam', 'CreateUser', { UserName: tourUser })
  const key = await mustCall(outside, url, root, 'iam', 'CreateAccessKey', { UserName: tourUser })
  return {
    arn: user.text('Arn'),
    accessKeyId: key.text('AccessKeyId'),
    secretAccessKey: key.text('SecretAccessKey'),
  }
}

/** A virtual MFA device, enabled with two consecutive codes of a phone; then a session made with the next one. */
export async function makeSession(
  ground: TourGround,
  pair: KeyPair,
): Promise<Session & { readonly serialNumber: string }> {
  const { url, root, outside } = ground
  const device = await mustCall(outside, url, root, 'iam', 'CreateVirtualMFADevice', { VirtualMFADeviceName: tourUser })
  const SerialNumber = device.text('SerialNumber')
  const phone = phoneWith(Buffer.from(device.text('Base32StringSeed'), 'base64').toString('latin1'))
  const [AuthenticationCode1, AuthenticationCode2] = twoCodes(phone, outside.now())
  await mustCall(outside, url, root, 'iam', 'EnableMFADevice', {
    UserName: tourUser,
    SerialNumber,
    AuthenticationCode1,
    AuthenticationCode2,
  })
  const session = await mustCall(outside, url, pair, 'sts', 'GetSessionToken', {
    SerialNumber,
    TokenCode: nextCode(phone, outside.now()),
  })
  return {
    serialNumber: SerialNumber,
    accessKeyId: session.text('AccessKeyId'),
    secretAccessKey: session.text('SecretAccessKey'),
    sessionToken: session.text('SessionToken'),
  }
}

/** GetCallerIdentity with whatever stands in a credentials file, as the AWS CLI would ask it. */
export function askWho({ url, outside }: TourGround, credentials: SigningCredentials): Promise<Answer> {
  return callAws(outside, url, credentials, 'sts', 'GetCallerIdentity')
}

/** The computer of the tour's user: the real one, but for the environment, which points at two files of the tour. */
export function machineOfTour(
  outside: Machine,
  files: { readonly credentials: string; readonly config: string },
): Machine {
  const env: Readonly<Record<string, string>> = {
    ...Object.fromEntries(
      ['HOME', 'USERPROFILE', 'SHELL', 'PSModulePath'].flatMap((name) => {
        const value = outside.env(name)
        return value === undefined ? [] : [[name, value]]
      }),
    ),
    AWS_SHARED_CREDENTIALS_FILE: files.credentials,
    AWS_CONFIG_FILE: files.config,
    AWS_EC2_METADATA_DISABLED: 'true',
  }
  return {
    platform: outside.platform,
    cwd: outside.cwd,
    get userHome() {
      return outside.userHome
    },
    env: (name) => env[name],
    envNames: () => Object.keys(env),
    now: () => outside.now(),
    readFile: (path) => outside.readFile(path),
    list: (path) => outside.list(path),
    processes: () => outside.processes(),
    send: (request) => outside.send(request),
    run: (command) => outside.run({ ...command, env: command.env ?? env }),
  }
}

/** Whether the diagnosis came out as the tour tells it. */
export function isProven(verdict: Verdict): boolean {
  const [first] = verdict.causes
  return first?.id === 'stale-session-token' && first.certainty === 'proven'
}
