import {
  AddRoleToInstanceProfileCommand,
  AddUserToGroupCommand,
  AttachGroupPolicyCommand,
  CreateAccessKeyCommand,
  CreateGroupCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteGroupCommand,
  DeleteGroupPolicyCommand,
  DeleteInstanceProfileCommand,
  DeleteRoleCommand,
  DeleteUserCommand,
  DetachGroupPolicyCommand,
  GetGroupCommand,
  GetGroupPolicyCommand,
  GetInstanceProfileCommand,
  GetUserCommand,
  IAMClient,
  type InstanceProfile,
  ListAttachedGroupPoliciesCommand,
  ListEntitiesForPolicyCommand,
  ListGroupPoliciesCommand,
  ListGroupsForUserCommand,
  ListInstanceProfilesForRoleCommand,
  ListInstanceProfileTagsCommand,
  NoSuchEntityException,
  PutGroupPolicyCommand,
  paginateGetGroup,
  paginateListGroups,
  paginateListInstanceProfiles,
  RemoveRoleFromInstanceProfileCommand,
  RemoveUserFromGroupCommand,
  TagInstanceProfileCommand,
  UntagInstanceProfileCommand,
  UpdateGroupCommand,
  waitUntilInstanceProfileExists,
} from '@aws-sdk/client-iam'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Authority, startAuthority } from '../../src/authority/index.ts'

let authority: Authority
beforeAll(async () => {
  authority = await startAuthority({ data: ':memory:', port: 0, testControls: true })
})
beforeEach(() => authority.reset())
afterAll(() => authority.stop())

const clients: IAMClient[] = []
afterAll(() => {
  for (const client of clients) client.destroy()
})

interface Keys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

function iamOf(credentials: Keys = authority.root): IAMClient {
  const client = new IAMClient({ endpoint: authority.url, region: 'us-east-1', credentials, maxAttempts: 1 })
  clients.push(client)
  return client
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

const PolicyDocument = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'iam:GetUser', Resource: '*' }],
})
const admin = 'arn:aws:iam::aws:policy/AdministratorAccess'

describe('with the AWS SDK for JavaScript', () => {
  it('a group lives from the first call to the last, and its members may what it may', async () => {
    const iam = iamOf()
    const { Group } = await iam.send(new CreateGroupCommand({ GroupName: 'devs', Path: '/eng/' }))
    expect(Group).toMatchObject({ GroupName: 'devs', Arn: `arn:aws:iam::${authority.account}:group/eng/devs` })
    expect(Group?.CreateDate).toBeInstanceOf(Date)
    await iam.send(new CreateUserCommand({ UserName: 'alice' }))
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'alice' }))
    const alice = iamOf({
      accessKeyId: AccessKey?.AccessKeyId ?? '',
      secretAccessKey: AccessKey?.SecretAccessKey ?? '',
    })
    expect(await refusal(alice.send(new GetUserCommand({})))).toMatchObject({ name: 'AccessDenied', status: 403 })
    await iam.send(new AddUserToGroupCommand({ GroupName: 'devs', UserName: 'alice' }))
    await iam.send(new PutGroupPolicyCommand({ GroupName: 'devs', PolicyName: 'self', PolicyDocument }))
    expect((await alice.send(new GetUserCommand({}))).User?.UserName).toBe('alice')
    const [decision] = await authority.decisions({ limit: 1 })
    expect(decision).toMatchObject({ operation: 'GetUser', outcome: 'accepted', statement: 'group/devs/self#0' })
    await iam.send(new AttachGroupPolicyCommand({ GroupName: 'devs', PolicyArn: admin }))
    expect((await alice.send(new ListAttachedGroupPoliciesCommand({ GroupName: 'devs' }))).AttachedPolicies).toEqual([
      { PolicyName: 'AdministratorAccess', PolicyArn: admin },
    ])
    expect(await iam.send(new ListEntitiesForPolicyCommand({ PolicyArn: admin }))).toMatchObject({
      PolicyGroups: [{ GroupName: 'devs', GroupId: Group?.GroupId }],
      PolicyUsers: [],
      PolicyRoles: [],
    })
    expect((await iam.send(new ListGroupPoliciesCommand({ GroupName: 'devs' }))).PolicyNames).toEqual(['self'])
    const got = await iam.send(new GetGroupPolicyCommand({ GroupName: 'devs', PolicyName: 'self' }))
    expect([got.GroupName, decodeURIComponent(got.PolicyDocument ?? '')]).toEqual(['devs', PolicyDocument])
    await iam.send(new UpdateGroupCommand({ GroupName: 'devs', NewGroupName: 'engineers', NewPath: '/' }))
    expect((await iam.send(new ListGroupsForUserCommand({ UserName: 'alice' }))).Groups).toMatchObject([
      { GroupName: 'engineers', GroupId: Group?.GroupId, Path: '/' },
    ])
    const conflict = (what: string) => ({
      name: 'DeleteConflictException',
      message: `Cannot delete entity, must ${what} first.`,
      status: 409,
    })
    const GroupName = 'engineers'
    const remove = () => refusal(iam.send(new DeleteGroupCommand({ GroupName })))
    expect(await remove()).toEqual(conflict('remove users from group'))
    await iam.send(new RemoveUserFromGroupCommand({ GroupName, UserName: 'alice' }))
    expect(await refusal(alice.send(new GetUserCommand({})))).toMatchObject({ name: 'AccessDenied' })
    expect(await remove()).toEqual(conflict('detach all policies'))
    await iam.send(new DetachGroupPolicyCommand({ GroupName, PolicyArn: admin }))
    expect(await remove()).toEqual(conflict('delete policies'))
    await iam.send(new DeleteGroupPolicyCommand({ GroupName, PolicyName: 'self' }))
    await iam.send(new DeleteGroupCommand({ GroupName }))
    await expect(iam.send(new GetGroupCommand({ GroupName }))).rejects.toBeInstanceOf(NoSuchEntityException)
    expect(await refusal(iam.send(new GetGroupCommand({ GroupName })))).toEqual({
      name: 'NoSuchEntityException',
      message: 'The group with name engineers cannot be found.',
      status: 404,
    })
  })

  it('paginators see every group and every member once', async () => {
    const iam = iamOf()
    const names = Array.from({ length: 7 }, (_, index) => `n${index}`)
    await iam.send(new CreateGroupCommand({ GroupName: 'all' }))
    for (const name of names) {
      await iam.send(new CreateGroupCommand({ GroupName: name, Path: '/n/' }))
      await iam.send(new CreateUserCommand({ UserName: name }))
      await iam.send(new AddUserToGroupCommand({ GroupName: 'all', UserName: name }))
    }
    const groups: (string | undefined)[] = []
    for await (const page of paginateListGroups({ client: iam, pageSize: 3 }, { PathPrefix: '/n/' }))
      groups.push(...(page.Groups ?? []).map((group) => group.GroupName))
    expect(groups).toEqual(names)
    const members: (string | undefined)[] = []
    let pages = 0
    for await (const page of paginateGetGroup({ client: iam, pageSize: 3 }, { GroupName: 'all' })) {
      pages++
      expect(page.Group?.GroupName).toBe('all')
      members.push(...(page.Users ?? []).map((user) => user.UserName))
    }
    expect([pages, members]).toEqual([3, names])
    expect(await refusal(iam.send(new DeleteUserCommand({ UserName: 'n0' })))).toMatchObject({
      message: 'Cannot delete entity, must remove users from group first.',
    })
  })

  it('an instance profile lives from the first call to the last, and its role with it', async () => {
    const iam = iamOf()
    const InstanceProfileName = 'web'
    const waiting = waitUntilInstanceProfileExists(
      { client: iam, maxWaitTime: 20, minDelay: 1, maxDelay: 1 },
      { InstanceProfileName },
    )
    const { InstanceProfile } = await iam.send(
      new CreateInstanceProfileCommand({ InstanceProfileName, Path: '/app/', Tags: [{ Key: 'k', Value: 'v' }] }),
    )
    expect((await waiting).state).toBe('SUCCESS')
    expect(InstanceProfile).toMatchObject({
      Arn: `arn:aws:iam::${authority.account}:instance-profile/app/web`,
      Roles: [],
      Tags: [{ Key: 'k', Value: 'v' }],
    })
    const AssumeRolePolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
    })
    const RoleName = 'web-role'
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }))
    await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName, RoleName }))
    expect(await refusal(iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName, RoleName })))).toEqual({
      name: 'LimitExceededException',
      message: 'Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1',
      status: 409,
    })
    const shown = (await iam.send(new GetInstanceProfileCommand({ InstanceProfileName }))).InstanceProfile
    expect(shown?.Roles).toMatchObject([{ RoleName, Arn: `arn:aws:iam::${authority.account}:role/${RoleName}` }])
    expect(decodeURIComponent(shown?.Roles?.[0]?.AssumeRolePolicyDocument ?? '')).toBe(AssumeRolePolicyDocument)
    expect(
      (await iam.send(new ListInstanceProfilesForRoleCommand({ RoleName }))).InstanceProfiles?.map(
        (one) => one.InstanceProfileName,
      ),
    ).toEqual(['web'])
    await iam.send(new TagInstanceProfileCommand({ InstanceProfileName, Tags: [{ Key: 'K', Value: '' }] }))
    await iam.send(new UntagInstanceProfileCommand({ InstanceProfileName, TagKeys: ['k'] }))
    expect((await iam.send(new ListInstanceProfileTagsCommand({ InstanceProfileName }))).Tags).toEqual([
      { Key: 'K', Value: '' },
    ])
    const conflict = {
      name: 'DeleteConflictException',
      message: 'Cannot delete entity, must remove roles from instance profile first.',
      status: 409,
    }
    expect(await refusal(iam.send(new DeleteRoleCommand({ RoleName })))).toEqual(conflict)
    expect(await refusal(iam.send(new DeleteInstanceProfileCommand({ InstanceProfileName })))).toEqual(conflict)
    const takeOut = () => iam.send(new RemoveRoleFromInstanceProfileCommand({ InstanceProfileName, RoleName }))
    await takeOut()
    expect(await refusal(takeOut())).toEqual({
      name: 'NoSuchEntityException',
      message: 'Role web-role in Instance Profile web cannot be found.',
      status: 404,
    })
    await iam.send(new DeleteRoleCommand({ RoleName }))
    for (const name of ['a', 'b', 'c']) await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: name }))
    const profiles: InstanceProfile[] = []
    for await (const page of paginateListInstanceProfiles({ client: iam, pageSize: 2 }, {}))
      profiles.push(...(page.InstanceProfiles ?? []))
    expect(profiles.map((one) => one.InstanceProfileName)).toEqual(['a', 'b', 'c', 'web'])
    await iam.send(new DeleteInstanceProfileCommand({ InstanceProfileName }))
    expect(await refusal(iam.send(new GetInstanceProfileCommand({ InstanceProfileName })))).toMatchObject({
      name: 'NoSuchEntityException',
      message: 'Instance Profile web cannot be found.',
    })
  })

  it('a name that may not be is refused as IAM says it', async () => {
    const iam = iamOf()
    expect(await refusal(iam.send(new CreateGroupCommand({ GroupName: 'a b' })))).toEqual({
      name: 'ValidationError',
      message:
        'The specified value for groupName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-',
      status: 400,
    })
    expect(await refusal(iam.send(new CreateGroupCommand({ GroupName: 'a'.repeat(129) })))).toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining(
        "at 'groupName' failed to satisfy constraint: Member must have length less than",
      ),
    })
    expect(await refusal(iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: 'a/b' })))).toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining('instanceProfileName'),
    })
  })
})
