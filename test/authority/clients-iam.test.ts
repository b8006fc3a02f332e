import {
  AttachRolePolicyCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateAccountAliasCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  CreateUserCommand,
  CreateVirtualMFADeviceCommand,
  DeactivateMFADeviceCommand,
  DeleteAccessKeyCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DeleteRoleCommand,
  DeleteUserCommand,
  DeleteVirtualMFADeviceCommand,
  DetachUserPolicyCommand,
  EnableMFADeviceCommand,
  GetAccessKeyLastUsedCommand,
  GetAccountSummaryCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetUserCommand,
  IAMClient,
  ListAccessKeysCommand,
  ListMFADevicesCommand,
  ListVirtualMFADevicesCommand,
  NoSuchEntityException,
  PutUserPolicyCommand,
  paginateListUsers,
  UpdateAccessKeyCommand,
  waitUntilPolicyExists,
  waitUntilRoleExists,
  waitUntilUserExists,
} from '@aws-sdk/client-iam'
import { AssumeRoleCommand, GetCallerIdentityCommand, GetSessionTokenCommand, STSClient } from '@aws-sdk/client-sts'
import jsqr from 'jsqr'
import { type TOTP, URI } from 'otpauth'
import { PNG } from 'pngjs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Authority, startAuthority } from '../../src/authority/index.ts'

interface Keys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

let authority: Authority
beforeAll(async () => {
  authority = await startAuthority({ data: ':memory:', port: 0, testControls: true })
})
beforeEach(async () => {
  await authority.reset()
  authority.clock({})
})
afterAll(() => authority.stop())

const clients: { destroy(): void }[] = []
afterAll(() => {
  for (const client of clients) client.destroy()
})

function options(credentials: Keys) {
  return { endpoint: authority.url, region: 'us-east-1', credentials, maxAttempts: 1 }
}
function iamOf(credentials: Keys = authority.root): IAMClient {
  const client = new IAMClient(options(credentials))
  clients.push(client)
  return client
}
function stsOf(credentials: Keys = authority.root): STSClient {
  const client = new STSClient(options(credentials))
  clients.push(client)
  return client
}

interface Given {
  readonly AccessKeyId?: string | undefined
  readonly SecretAccessKey?: string | undefined
  readonly SessionToken?: string | undefined
}

function keysOf(given: Given | undefined): Keys {
  const { AccessKeyId, SecretAccessKey, SessionToken } = given ?? {}
  if (AccessKeyId === undefined || SecretAccessKey === undefined) throw new Error('the reply has no credentials')
  const keys = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey }
  return SessionToken === undefined ? keys : { ...keys, sessionToken: SessionToken }
}

async function userWithKey(name: string): Promise<Keys> {
  const iam = iamOf()
  await iam.send(new CreateUserCommand({ UserName: name }))
  return keysOf((await iam.send(new CreateAccessKeyCommand({ UserName: name }))).AccessKey)
}

/** What a client makes of a refusal. */
async function refusal(call: Promise<unknown>) {
  try {
    await call
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } }
    return { name, message, status: $metadata?.httpStatusCode }
  }
  throw new Error('the call was answered')
}

const allowAll = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] })

describe('with the AWS SDK for JavaScript', () => {
  it('a user and its key live from the first call to the last', async () => {
    const iam = iamOf()
    const { User } = await iam.send(
      new CreateUserCommand({ UserName: 'alice', Path: '/staff/', Tags: [{ Key: 'team', Value: 'a b+c=ü' }] }),
    )
    expect(User?.Arn).toBe(`arn:aws:iam::${authority.account}:user/staff/alice`)
    expect(User?.CreateDate).toBeInstanceOf(Date)
    expect((await iam.send(new GetUserCommand({ UserName: 'alice' }))).User?.Tags).toEqual([
      { Key: 'team', Value: 'a b+c=ü' },
    ])
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'alice' }))
    const keys = keysOf(AccessKey)
    expect(await stsOf(keys).send(new GetCallerIdentityCommand({}))).toMatchObject({
      Arn: User?.Arn,
      UserId: User?.UserId,
      Account: authority.account,
    })
    const used = await iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId: keys.accessKeyId }))
    expect(used).toMatchObject({ UserName: 'alice', AccessKeyLastUsed: { ServiceName: 'sts', Region: 'us-east-1' } })
    await iam.send(new UpdateAccessKeyCommand({ UserName: 'alice', AccessKeyId: keys.accessKeyId, Status: 'Inactive' }))
    expect(await refusal(stsOf(keys).send(new GetCallerIdentityCommand({})))).toMatchObject({
      name: 'InvalidClientTokenId',
      status: 403,
    })
    expect((await iam.send(new ListAccessKeysCommand({ UserName: 'alice' }))).AccessKeyMetadata).toMatchObject([
      { AccessKeyId: keys.accessKeyId, Status: 'Inactive' },
    ])
    expect(await refusal(iam.send(new DeleteUserCommand({ UserName: 'alice' })))).toEqual({
      name: 'DeleteConflictException',
      message: 'Cannot delete entity, must delete access keys first.',
      status: 409,
    })
    await iam.send(new DeleteAccessKeyCommand({ UserName: 'alice', AccessKeyId: keys.accessKeyId }))
    await iam.send(new DeleteUserCommand({ UserName: 'alice' }))
    const gone = iam.send(new GetUserCommand({ UserName: 'alice' }))
    await expect(gone).rejects.toBeInstanceOf(NoSuchEntityException)
    expect(await refusal(iam.send(new GetUserCommand({ UserName: 'alice' })))).toEqual({
      name: 'NoSuchEntityException',
      message: 'The user with name alice cannot be found.',
      status: 404,
    })
  })

  it('a virtual MFA device is set up with the picture alone, and its codes make a session', async () => {
    const iam = iamOf()
    const keys = await userWithKey('alice')
    const { VirtualMFADevice } = await iam.send(new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: 'alice' }))
    const SerialNumber = VirtualMFADevice?.SerialNumber ?? ''
    const picture = PNG.sync.read(Buffer.from(VirtualMFADevice?.QRCodePNG ?? []))
    const read = (jsqr as unknown as typeof jsqr.default)(
      new Uint8ClampedArray(picture.data),
      picture.width,
      picture.height,
    )
    const phone = URI.parse(read?.data ?? '') as TOTP
    expect(new TextDecoder().decode(VirtualMFADevice?.Base32StringSeed)).toBe(phone.secret.base32)
    const now = Date.parse('2026-11-28T12:00:15Z')
    const move = (seconds: number) => authority.clock({ now: new Date(now + seconds * 1000).toISOString() })
    const code = (seconds: number) => phone.generate({ timestamp: now + seconds * 1000 })
    move(0)
    const enable = (first: string, second: string) =>
      signedNear(now, iam).send(
        new EnableMFADeviceCommand({
          UserName: 'alice',
          SerialNumber,
          AuthenticationCode1: first,
          AuthenticationCode2: second,
        }),
      )
    expect(await refusal(enable(code(0), code(0)))).toEqual({
      name: 'InvalidAuthenticationCodeException',
      message: 'Authentication code for device is not valid.',
      status: 403,
    })
    await enable(code(-30), code(0))
    move(60)
    const sts = signedNear(now + 60_000, stsOf(keys))
    const input = { SerialNumber, TokenCode: code(60) }
    const { Credentials } = await sts.send(new GetSessionTokenCommand(input))
    const session = keysOf(Credentials)
    const { Arn } = await signedNear(now + 60_000, stsOf(session)).send(new GetCallerIdentityCommand({}))
    expect(Arn).toBe(`arn:aws:iam::${authority.account}:user/alice`)
    expect(await refusal(sts.send(new GetSessionTokenCommand(input)))).toEqual({
      name: 'AccessDenied',
      message: 'MultiFactorAuthentication failed with invalid MFA one time pass code. ',
      status: 403,
    })
    expect(await refusal(signedNear(now + 60_000, stsOf(session)).send(new GetSessionTokenCommand({})))).toMatchObject({
      name: 'AccessDenied',
      message: 'Cannot call GetSessionToken with session credentials',
    })
    const late = signedNear(now + 60_000, iam)
    expect((await late.send(new ListMFADevicesCommand({ UserName: 'alice' }))).MFADevices).toMatchObject([
      { UserName: 'alice', SerialNumber },
    ])
    expect(
      (await late.send(new ListVirtualMFADevicesCommand({ AssignmentStatus: 'Assigned' }))).VirtualMFADevices,
    ).toMatchObject([{ SerialNumber, User: { UserName: 'alice' } }])
    expect(await refusal(late.send(new DeleteVirtualMFADeviceCommand({ SerialNumber })))).toMatchObject({
      name: 'DeleteConflictException',
      message: 'MFA VirtualDevice in use. Must deactivate first.',
    })
    await late.send(new DeactivateMFADeviceCommand({ UserName: 'alice', SerialNumber }))
    await late.send(new DeleteVirtualMFADeviceCommand({ SerialNumber }))
  })

  it('a role is assumed, with tags and a session policy, and limits what its session may do', async () => {
    const iam = iamOf()
    const keys = await userWithKey('alice')
    const RoleArn = `arn:aws:iam::${authority.account}:role/reader`
    const AssumeRolePolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${authority.account}:user/alice` },
        Action: ['sts:AssumeRole', 'sts:TagSession'],
      },
    })
    await iam.send(new CreateRoleCommand({ RoleName: 'reader', AssumeRolePolicyDocument }))
    await iam.send(
      new AttachRolePolicyCommand({
        RoleName: 'reader',
        PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess',
      }),
    )
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: 'reader' }))
    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).toBe(AssumeRolePolicyDocument)
    expect(Role).toMatchObject({ MaxSessionDuration: 3600, RoleLastUsed: {} })
    const sts = stsOf(keys)
    const reply = await sts.send(
      new AssumeRoleCommand({
        RoleArn,
        RoleSessionName: 'me',
        Policy: JSON.stringify({
          Version: '2012-10-17',
          Statement: { Effect: 'Allow', Action: 'iam:GetRole', Resource: '*' },
        }),
        PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/IAMReadOnlyAccess' }],
        Tags: [{ Key: 'team', Value: 'x' }],
        TransitiveTagKeys: ['team'],
        DurationSeconds: 900,
      }),
    )
    expect(reply.AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${authority.account}:assumed-role/reader/me`)
    expect(reply.PackedPolicySize).toBeGreaterThan(0)
    const session = iamOf(keysOf(reply.Credentials))
    await session.send(new GetRoleCommand({ RoleName: 'reader' }))
    expect(await refusal(session.send(new CreateUserCommand({ UserName: 'x' })))).toEqual({
      name: 'AccessDenied',
      message:
        `User: arn:aws:sts::${authority.account}:assumed-role/reader/me is not authorized to perform: iam:CreateUser ` +
        `on resource: arn:aws:iam::${authority.account}:user/x because no session policy allows the iam:CreateUser action`,
      status: 403,
    })
    expect(await refusal(stsOf().send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'me' })))).toMatchObject({
      name: 'AccessDenied',
      message: 'Roles may not be assumed by root accounts.',
    })
    expect(
      await refusal(sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'me', DurationSeconds: 7200 }))),
    ).toMatchObject({
      name: 'ValidationError',
      message: 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
      status: 400,
    })
    expect(await refusal(iam.send(new DeleteRoleCommand({ RoleName: 'reader' })))).toMatchObject({
      name: 'DeleteConflictException',
    })
  })

  it('a policy goes through its versions and takes effect at once', async () => {
    const iam = iamOf()
    const keys = await userWithKey('alice')
    const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: 'p', PolicyDocument: allowAll }))
    const PolicyArn = Policy?.Arn ?? ''
    const alice = iamOf(keys)
    expect(await refusal(alice.send(new GetUserCommand({})))).toMatchObject({ name: 'AccessDenied', status: 403 })
    await iam.send(new AttachUserPolicyCommand({ UserName: 'alice', PolicyArn }))
    expect((await alice.send(new GetUserCommand({}))).User?.UserName).toBe('alice')
    const nothing = allowAll.replace('Allow', 'Deny')
    await iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: nothing, SetAsDefault: true }))
    expect(await refusal(alice.send(new GetUserCommand({})))).toMatchObject({
      message: expect.stringContaining(' with an explicit deny in an identity-based policy'),
    })
    const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: 'v2' }))
    expect(decodeURIComponent(PolicyVersion?.Document ?? '')).toBe(nothing)
    await iam.send(new DetachUserPolicyCommand({ UserName: 'alice', PolicyArn }))
    await iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: 'v1' }))
    await iam.send(new DeletePolicyCommand({ PolicyArn }))
    expect(
      await refusal(
        iam.send(new PutUserPolicyCommand({ UserName: 'alice', PolicyName: 'p', PolicyDocument: '{"Statement":' })),
      ),
    ).toMatchObject({ name: 'MalformedPolicyDocumentException', status: 400 })
  })

  it('waiters wait for what is not there yet, and paginators see every user once', async () => {
    const iam = iamOf()
    const waiting = waitUntilUserExists({ client: iam, maxWaitTime: 20, minDelay: 1, maxDelay: 1 }, { UserName: 'u03' })
    const names = Array.from({ length: 7 }, (_, index) => `u${String(index).padStart(2, '0')}`)
    for (const UserName of names) await iam.send(new CreateUserCommand({ UserName }))
    expect((await waiting).state).toBe('SUCCESS')
    const seen: (string | undefined)[] = []
    for await (const page of paginateListUsers({ client: iam, pageSize: 3 }, {}))
      seen.push(...(page.Users ?? []).map((user) => user.UserName))
    expect(seen).toEqual(names)
    const trust = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}}`
    await iam.send(new CreateRoleCommand({ RoleName: 'r', AssumeRolePolicyDocument: trust }))
    await waitUntilRoleExists({ client: iam, maxWaitTime: 5 }, { RoleName: 'r' })
    const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: 'p', PolicyDocument: allowAll }))
    await waitUntilPolicyExists({ client: iam, maxWaitTime: 5 }, { PolicyArn: Policy?.Arn ?? '' })
  })

  it('the account tells its summary and keeps its alias', async () => {
    const iam = iamOf()
    await iam.send(new CreateAccountAliasCommand({ AccountAlias: 'acme' }))
    const { SummaryMap } = await iam.send(new GetAccountSummaryCommand({}))
    expect(SummaryMap).toMatchObject({ Users: 0, AccessKeysPerUserQuota: 2, AccountAccessKeysPresent: 1 })
  })
})

/** Lets a client sign as if its clock were near `now`, as one on a machine with that clock would. */
function signedNear<C extends IAMClient | STSClient>(now: number, client: C): C {
  client.config.systemClockOffset = now - Date.now()
  return client
}
