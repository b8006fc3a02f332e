import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  CreateVirtualMFADeviceCommand,
  DeactivateMFADeviceCommand,
  EnableMFADeviceCommand,
  IAMClient,
  ListAccessKeysCommand,
  ListMFADevicesCommand,
  ListVirtualMFADevicesCommand,
  PutUserPolicyCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam'
import { AssumeRoleCommand, GetCallerIdentityCommand, GetSessionTokenCommand, STSClient } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Authority, startAuthority } from '../../src/authority/index.ts'

interface Keys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/** The beginning of a 30-second step near now, so that no test crosses into the next one by itself. */
const start = Math.ceil(Date.now() / 30_000) * 30_000
let authority: Authority
beforeAll(async () => {
  authority = await startAuthority({ data: ':memory:', port: 0, testControls: true })
})
beforeEach(() => authority.reset())
afterAll(() => authority.stop())

const clients: { destroy(): void }[] = []
afterAll(() => {
  for (const client of clients) client.destroy()
})

function kept<C extends { destroy(): void }>(client: C): C {
  clients.push(client)
  return client
}
const options = (credentials: Keys) => ({ endpoint: authority.url, region: 'us-east-1', credentials, maxAttempts: 1 })
const iamOf = (credentials: Keys = authority.root) => kept(new IAMClient(options(credentials)))
const stsOf = (credentials: Keys = authority.root) => kept(new STSClient(options(credentials)))

interface Given {
  readonly AccessKeyId: string | undefined
  readonly SecretAccessKey: string | undefined
  readonly SessionToken?: string | undefined
}

function keysOf(given: Given | undefined): Keys {
  if (given?.AccessKeyId === undefined || given.SecretAccessKey === undefined) throw new Error('no credentials came')
  const keys = { accessKeyId: given.AccessKeyId, secretAccessKey: given.SecretAccessKey }
  return given.SessionToken === undefined ? keys : { ...keys, sessionToken: given.SessionToken }
}

async function userWithKey(name: string): Promise<Keys> {
  const iam = iamOf()
  await iam.send(new CreateUserCommand({ UserName: name }))
  return keysOf((await iam.send(new CreateAccessKeyCommand({ UserName: name }))).AccessKey)
}

/** `ok`, or code and status as the client reports them. */
async function outcome(call: Promise<unknown>): Promise<string> {
  try {
    await call
    return 'ok'
  } catch (error) {
    const { name, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } }
    return `${name} ${$metadata?.httpStatusCode}`
  }
}

function tally(outcomes: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const one of outcomes) counts[one] = (counts[one] ?? 0) + 1
  return counts
}

/** Moves the clock to this many 30-second steps after the start. Within a quarter of an hour no signature minds. */
function toStep(step: number): void {
  authority.clock({ now: new Date(start + step * 30_000).toISOString() })
}

async function codeAt(serial: string, step: number): Promise<string> {
  toStep(step)
  const code = await authority.mfaCode(serial)
  if (code === null) throw new Error(`no device ${serial}`)
  return code
}

/** The user makes and enables a device of his own name; afterwards the clock stands at step 1, whose code is spent. */
async function withDevice(keys: Keys, name: string): Promise<string> {
  const iam = iamOf(keys)
  const made = await iam.send(new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: name }))
  const SerialNumber = made.VirtualMFADevice?.SerialNumber ?? ''
  const AuthenticationCode1 = await codeAt(SerialNumber, 0)
  const AuthenticationCode2 = await codeAt(SerialNumber, 1)
  await iam.send(new EnableMFADeviceCommand({ UserName: name, SerialNumber, AuthenticationCode1, AuthenticationCode2 }))
  return SerialNumber
}

async function sessionOf(keys: Keys, serial?: string, step = 2): Promise<Keys> {
  const mfa = serial === undefined ? {} : { SerialNumber: serial, TokenCode: await codeAt(serial, step) }
  return keysOf((await stsOf(keys).send(new GetSessionTokenCommand(mfa))).Credentials)
}

const document = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement })
const allowAll = { Effect: 'Allow', Action: '*', Resource: '*' }

async function give(name: string, ...statements: object[]): Promise<void> {
  const policy = { UserName: name, PolicyName: 'p', PolicyDocument: document(...statements) }
  await iamOf().send(new PutUserPolicyCommand(policy))
}

/** IAM User Guide, "AWS: Allows MFA-authenticated IAM users to manage their own MFA device", with keys besides. */
const manageOneself = [
  { Effect: 'Allow', Action: 'iam:ListVirtualMFADevices', Resource: '*' },
  { Effect: 'Allow', Action: 'iam:CreateVirtualMFADevice', Resource: 'arn:aws:iam::*:mfa/*' },
  {
    Effect: 'Allow',
    Action: [
      'iam:DeactivateMFADevice',
      'iam:EnableMFADevice',
      'iam:ListMFADevices',
      'iam:ResyncMFADevice',
      'iam:*AccessKey*',
    ],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable
    Resource: 'arn:aws:iam::*:user/${aws:username}',
  },
  {
    Sid: 'DenyAllExceptListedIfNoMFA',
    Effect: 'Deny',
    NotAction: [
      'iam:CreateVirtualMFADevice',
      'iam:EnableMFADevice',
      'iam:GetUser',
      'iam:ListMFADevices',
      'iam:ListVirtualMFADevices',
      'iam:ResyncMFADevice',
      'sts:GetSessionToken',
    ],
    Resource: '*',
    Condition: { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } },
  },
]

describe('a user under AWS’s policy that demands MFA', () => {
  it('sets up his own device with his bare key, and manages his keys only after he has shown it', async () => {
    const keys = await userWithKey('ann')
    await userWithKey('bob')
    await give('ann', ...manageOneself)
    const serial = await withDevice(keys, 'ann')
    const bare = iamOf(keys)
    const ofAnn = { UserName: 'ann', SerialNumber: serial }
    expect(await outcome(bare.send(new ListVirtualMFADevicesCommand()))).toBe('ok')
    expect(await outcome(bare.send(new ListMFADevicesCommand({ UserName: 'bob' })))).toBe('AccessDenied 403')
    expect(await outcome(bare.send(new ListAccessKeysCommand()))).toBe('AccessDenied 403')
    expect(await outcome(bare.send(new DeactivateMFADeviceCommand(ofAnn)))).toBe('AccessDenied 403')
    const shown = iamOf(await sessionOf(keys, serial))
    expect(await outcome(shown.send(new ListAccessKeysCommand()))).toBe('ok')
    expect(await outcome(shown.send(new ListAccessKeysCommand({ UserName: 'bob' })))).toBe('AccessDenied 403')
    expect(await outcome(shown.send(new CreateAccessKeyCommand({})))).toBe('ok')
    expect(await outcome(shown.send(new DeactivateMFADeviceCommand(ofAnn)))).toBe('ok')
    expect(await outcome(shown.send(new DeactivateMFADeviceCommand(ofAnn)))).toBe('NoSuchEntityException 404')
  })
})

describe('the MFA condition keys, through real calls with a key, a session without MFA and one with', () => {
  const present = 'aws:MultiFactorAuthPresent'
  const rows: readonly (readonly [effect: string, condition: object, key: string, without: string, shown: string])[] = [
    ['Allow', { Bool: { [present]: 'true' } }, 'no', 'no', 'yes'],
    ['Allow', { BoolIfExists: { [present]: 'true' } }, 'yes', 'no', 'yes'],
    ['Deny', { Bool: { [present]: 'false' } }, 'yes', 'no', 'yes'],
    ['Deny', { BoolIfExists: { [present]: 'false' } }, 'no', 'no', 'yes'],
    ['Allow', { Null: { [present]: 'false' } }, 'no', 'yes', 'yes'],
    ['Allow', { NumericLessThan: { 'aws:MultiFactorAuthAge': '60' } }, 'no', 'no', 'yes'],
    ['Allow', { Null: { 'aws:TokenIssueTime': 'true' } }, 'yes', 'no', 'no'],
  ]

  it('decide as the IAM User Guide’s tables say, whatever the operator', async () => {
    const keys = await userWithKey('ann')
    await give('ann', allowAll)
    const serial = await withDevice(keys, 'ann')
    const trust = document({ Effect: 'Allow', Principal: { AWS: authority.account }, Action: 'sts:AssumeRole' })
    const role = await iamOf().send(new CreateRoleCommand({ RoleName: 'r', AssumeRolePolicyDocument: trust }))
    const RoleArn = role.Role?.Arn ?? ''
    const callers = [keys, await sessionOf(keys), await sessionOf(keys, serial)].map(stsOf)
    const asked = { RoleArn, RoleSessionName: 'probe' }
    const answers: unknown[] = []
    for (const [effect, condition] of rows) {
      const statement = { ...allowAll, Effect: effect, Action: 'sts:AssumeRole', Condition: condition }
      await give('ann', statement, ...(effect === 'Deny' ? [allowAll] : []))
      const got = await Promise.all(callers.map((sts) => outcome(sts.send(new AssumeRoleCommand(asked)))))
      answers.push([
        effect,
        condition,
        ...got.map((one) => (one === 'ok' ? 'yes' : one === 'AccessDenied 403' ? 'no' : one)),
      ])
    }
    expect(answers).toEqual(rows)
    await give('ann', { ...allowAll, Condition: { NumericLessThan: { 'aws:MultiFactorAuthAge': '60' } } })
    toStep(5)
    expect(await outcome(callers[2]!.send(new AssumeRoleCommand(asked)))).toBe('AccessDenied 403')
    const inTheCall = { ...asked, SerialNumber: serial, TokenCode: await codeAt(serial, 5) }
    expect(await outcome(callers[0]!.send(new AssumeRoleCommand(inTheCall)))).toBe('ok')
    expect(await outcome(callers[0]!.send(new AssumeRoleCommand(inTheCall)))).toBe('AccessDenied 403')
  })
})

describe('at the same instant', () => {
  it('one code shown ten times makes one session', async () => {
    const keys = await userWithKey('ann')
    await give('ann', allowAll)
    const SerialNumber = await withDevice(keys, 'ann')
    const TokenCode = await codeAt(SerialNumber, 2)
    const sts = stsOf(keys)
    const shown = Array.from({ length: 10 }, () => sts.send(new GetSessionTokenCommand({ SerialNumber, TokenCode })))
    expect(tally(await Promise.all(shown.map(outcome)))).toEqual({ ok: 1, 'AccessDenied 403': 9 })
  })

  it('twenty calls make two keys of a user, and one user of a name in two spellings', async () => {
    const iam = iamOf()
    await iam.send(new CreateUserCommand({ UserName: 'ann' }))
    const twenty = Array.from({ length: 20 }, (_, index) => index)
    const keys = twenty.map(() => iam.send(new CreateAccessKeyCommand({ UserName: 'ann' })))
    const users = twenty.map((index) => iam.send(new CreateUserCommand({ UserName: index % 2 === 0 ? 'Bob' : 'bOB' })))
    expect(tally(await Promise.all(keys.map(outcome)))).toEqual({ ok: 2, 'LimitExceededException 409': 18 })
    expect(tally(await Promise.all(users.map(outcome)))).toEqual({ ok: 1, 'EntityAlreadyExistsException 409': 19 })
  })
})

it('a key that is switched off takes its sessions with it at once, and gives them back', async () => {
  const keys = await userWithKey('ann')
  const session = stsOf(await sessionOf(keys))
  const key = stsOf(keys)
  const seen: string[] = []
  for (const Status of ['Inactive', 'Active'] as const) {
    await iamOf().send(new UpdateAccessKeyCommand({ UserName: 'ann', AccessKeyId: keys.accessKeyId, Status }))
    for (const sts of [key, session]) seen.push(await outcome(sts.send(new GetCallerIdentityCommand())))
  }
  expect(seen).toEqual(['InvalidClientTokenId 403', 'InvalidClientTokenId 403', 'ok', 'ok'])
})

/** Why: a phone whose clock is minutes off shows other codes than the authority's clock would make. */
it('the code of a device whose clock is off is the one that it shows', async () => {
  const keys = await userWithKey('late')
  await give('late', allowAll)
  const serial = (await iamOf(keys).send(new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: 'late' })))
    .VirtualMFADevice?.SerialNumber as string
  const AuthenticationCode1 = await codeAt(serial, 10)
  const AuthenticationCode2 = await codeAt(serial, 11)
  toStep(0)
  const codes = { AuthenticationCode1, AuthenticationCode2 }
  await iamOf(keys).send(new EnableMFADeviceCommand({ UserName: 'late', SerialNumber: serial, ...codes }))
  const TokenCode = await codeAt(serial, 2)
  expect(TokenCode).not.toBe(AuthenticationCode2)
  expect(await outcome(stsOf(keys).send(new GetSessionTokenCommand({ SerialNumber: serial, TokenCode })))).toBe('ok')
})
