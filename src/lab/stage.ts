import { startAuthority } from '../authority/index.ts'
import type { Machine } from '../holder/machine/machine.ts'
import { realMachine } from '../holder/machine/real.ts'
import type { SigningCredentials } from '../signature/index.ts'
import { type Answer, type AwsService, callAccount, mustCall } from './caller.ts'
import { createIssuer, type Issuer } from './issuer.ts'
import { type Phone, phoneWith, twoCodes } from './phone.ts'
import { machineOf } from './scene.ts'

export interface KeyPair {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

export interface Session extends KeyPair {
  readonly sessionToken: string
}

export interface UserMade extends KeyPair {
  readonly name: string
  readonly userId: string
}

/** An embedded authority, and the hand of its administrator: every call is signed and goes over HTTP. */
export interface Stage {
  readonly authority: Awaited<ReturnType<typeof startAuthority>>
  /** The real clock and network, for calls and for the machines of the scenarios. */
  readonly outside: Machine
  /** The same, but AWS's own hosts lead to the authority. */
  readonly aws: Machine
  /** Switches a region on for the account. */
  enableRegion(region: string): Promise<void>
  /** A call that must succeed, by the root user unless somebody else is named. */
  ask(
    service: AwsService,
    action: string,
    parameters?: Readonly<Record<string, string>>,
    who?: SigningCredentials,
  ): Promise<Answer>
  /** Makes a user with one access key, whose policy allows what it says (nothing unless given). */
  user(name: string, allow?: readonly string[]): Promise<UserMade>
  /** Another access key of that user. */
  key(userName: string): Promise<KeyPair>
  /** An inline policy of a user: statements as in a policy document. */
  policy(userName: string, ...statements: readonly object[]): Promise<void>
  /** A role that the account's users may be allowed to assume; gives its ARN. */
  role(name: string, settings?: RoleSettings): Promise<string>
  /** A session of GetSessionToken for that pair. */
  session(pair: KeyPair, seconds?: number): Promise<Session>
  /** The authority of another account that has nothing to do with this one; opened when it is first asked for. */
  elsewhere(account?: string): Promise<Stage['authority']>
  /** An identity provider whose keys the authority can read. */
  readonly issuer: Issuer
  /** A virtual MFA device of that user, enabled with two codes. */
  device(userName: string): Promise<{ readonly serial: string; readonly phone: Phone }>
}

export interface RoleSettings {
  /** The trust policy's statements. Default: the account may assume it. */
  readonly trust?: readonly object[]
  /** What it may do. */
  readonly allow?: readonly string[]
  /** `MaxSessionDuration`, seconds. */
  readonly longest?: number
}

/** The roles of the stage's instance and container. */
export const instanceRole = 'lab-instance'
export const containerRole = 'lab-container'

export function documentOf(statements: readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements })
}

export function allowing(actions: readonly string[]): object {
  return { Effect: 'Allow', Action: actions, Resource: '*' }
}

/** On a free port, with everything in memory. */
async function openStage(): Promise<Stage & { close(): Promise<void> }> {
  const outside = realMachine({ direct: true })
  const issuer = createIssuer()
  const authority = await startAuthority({
    data: ':memory:',
    issuerDocuments: issuer.documents,
    port: 0,
    testControls: true,
    imdsRole: instanceRole,
    containerRole,
  })
  const ask: Stage['ask'] = (service, action, parameters = {}, who = authority.root) =>
    mustCall(outside, authority.url, who, service, action, parameters)
  const others = new Map<string | undefined, Promise<Stage['authority']>>()
  const stage: Stage = {
    authority,
    outside,
    aws: machineOf(outside, authority.url, {}),
    issuer,
    async enableRegion(region) {
      await callAccount(outside, authority.url, authority.root, 'enableRegion', { RegionName: region })
    },
    ask,
    async user(name, allow = []) {
      const userId = (await ask('iam', 'CreateUser', { UserName: name })).text('UserId')
      if (allow.length > 0) await stage.policy(name, allowing(allow))
      return { name, userId, ...(await stage.key(name)) }
    },
    async key(userName) {
      const made = await ask('iam', 'CreateAccessKey', { UserName: userName })
      return { accessKeyId: made.text('AccessKeyId'), secretAccessKey: made.text('SecretAccessKey') }
    },
    async policy(userName, ...statements) {
      const PolicyName = `of-the-scenario-${statements.length}`
      await ask('iam', 'PutUserPolicy', { UserName: userName, PolicyName, PolicyDocument: documentOf(statements) })
    },
    async role(name, { trust, allow = [], longest } = {}) {
      const anybodyHere = { Effect: 'Allow', Principal: { AWS: authority.account }, Action: 'sts:AssumeRole' }
      const made = await ask('iam', 'CreateRole', {
        RoleName: name,
        AssumeRolePolicyDocument: documentOf(trust ?? [anybodyHere]),
        ...(longest === undefined ? {} : { MaxSessionDuration: String(longest) }),
      })
      if (allow.length > 0) {
        const PolicyDocument = documentOf([allowing(allow)])
        await ask('iam', 'PutRolePolicy', { RoleName: name, PolicyName: 'of-the-scenario', PolicyDocument })
      }
      return made.text('Arn')
    },
    async session(pair, seconds) {
      const parameters = seconds === undefined ? {} : { DurationSeconds: String(seconds) }
      return sessionIn(await ask('sts', 'GetSessionToken', parameters, pair))
    },
    elsewhere(accountId) {
      const known = others.get(accountId)
      if (known !== undefined) return known
      const opened = startAuthority({ data: ':memory:', port: 0, accountId })
      others.set(accountId, opened)
      return opened
    },
    async device(userName) {
      const made = await ask('iam', 'CreateVirtualMFADevice', { VirtualMFADeviceName: userName })
      const serial = made.text('SerialNumber')
      const phone = phoneWith(Buffer.from(made.text('Base32StringSeed'), 'base64').toString('latin1'))
      const [AuthenticationCode1, AuthenticationCode2] = twoCodes(phone, outside.now())
      const codes = { AuthenticationCode1, AuthenticationCode2 }
      await ask('iam', 'EnableMFADevice', { UserName: userName, SerialNumber: serial, ...codes })
      return { serial, phone }
    },
  }
  return {
    ...stage,
    async close() {
      await authority.stop()
      for (const other of others.values()) await (await other).stop()
    },
  }
}

/** The three values that an STS answer holds. */
export function sessionIn(made: Answer): Session {
  return {
    accessKeyId: made.text('AccessKeyId'),
    secretAccessKey: made.text('SecretAccessKey'),
    sessionToken: made.text('SessionToken'),
  }
}

/** Opens a stage for as long as the play lasts. */
export async function onStage<T>(play: (stage: Stage) => Promise<T>): Promise<T> {
  const stage = await openStage()
  try {
    return await play(stage)
  } finally {
    await stage.close()
  }
}
