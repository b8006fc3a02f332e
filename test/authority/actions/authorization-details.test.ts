import { beforeEach, describe, expect, test } from 'vitest'
import { ACCOUNT, type AuthorityAtHand, openAuthority } from './authority-at-hand.ts'

let at: AuthorityAtHand
const arn = (resource: string) => `arn:aws:iam::${ACCOUNT}:${resource}`
const text = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}'
/** RFC 3986: only unreserved characters stay. */
const encoded =
  '%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22s3%3A%2A%22%2C' +
  '%22Resource%22%3A%22%2A%22%7D%7D'
const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
})

beforeEach(async () => {
  at = await openAuthority()
  await at.ok('CreatePolicy', { PolicyName: 'Own', PolicyDocument: text, Path: '/p/', Description: 'not shown' })
  await at.ok('CreatePolicyVersion', { PolicyArn: arn('policy/p/Own'), PolicyDocument: text, SetAsDefault: true })
  await at.ok('CreateUser', {
    UserName: 'ann',
    Path: '/staff/',
    PermissionsBoundary: arn('policy/p/Own'),
    Tags: [{ Key: 'team', Value: 'red' }],
  })
  await at.ok('PutUserPolicy', { UserName: 'ann', PolicyName: 'inline', PolicyDocument: text })
  await at.ok('CreateGroup', { GroupName: 'crew' })
  await at.ok('AddUserToGroup', { UserName: 'ann', GroupName: 'crew' })
  await at.ok('PutGroupPolicy', { GroupName: 'crew', PolicyName: 'g', PolicyDocument: text })
  await at.ok('AttachGroupPolicy', { GroupName: 'crew', PolicyArn: arn('policy/p/Own') })
  await at.ok('CreateUser', { UserName: 'Bob' })
  await at.ok('CreateRole', { RoleName: 'worker', AssumeRolePolicyDocument: trust, Description: 'not shown' })
  await at.ok('PutRolePolicy', { RoleName: 'worker', PolicyName: 'r', PolicyDocument: text })
  await at.ok('AttachRolePolicy', { RoleName: 'worker', PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' })
  await at.ok('CreateInstanceProfile', { InstanceProfileName: 'profile' })
  await at.ok('AddRoleToInstanceProfile', { InstanceProfileName: 'profile', RoleName: 'worker' })
})

const details = (input: object = {}) => at.ok('GetAccountAuthorizationDetails', input)
const createdAt = '2026-11-28T12:00:00Z'

describe('an account in one reply', () => {
  test('shows a user with its policies, groups, boundary and tags', async () => {
    const { UserDetailList } = await details()
    expect(UserDetailList).toMatchObject([{ UserName: 'ann' }, { UserName: 'Bob' }])
    const [ann, bob] = UserDetailList
    expect(ann).toEqual({
      Path: '/staff/',
      UserName: 'ann',
      UserId: expect.stringMatching(/^AIDA/),
      Arn: arn('user/staff/ann'),
      CreateDate: createdAt,
      UserPolicyList: [{ PolicyName: 'inline', PolicyDocument: encoded }],
      GroupList: ['crew'],
      AttachedManagedPolicies: [],
      PermissionsBoundary: { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: arn('policy/p/Own') },
      Tags: [{ Key: 'team', Value: 'red' }],
    })
    expect(bob).toMatchObject({ UserPolicyList: undefined, GroupList: [], AttachedManagedPolicies: [], Tags: [] })
    expect(bob.PermissionsBoundary).toBeUndefined()
  })

  test('shows a group with its policies', async () => {
    expect((await details()).GroupDetailList).toEqual([
      {
        Path: '/',
        GroupName: 'crew',
        GroupId: expect.stringMatching(/^AGPA/),
        Arn: arn('group/crew'),
        CreateDate: createdAt,
        GroupPolicyList: [{ PolicyName: 'g', PolicyDocument: encoded }],
        AttachedManagedPolicies: [{ PolicyName: 'Own', PolicyArn: arn('policy/p/Own') }],
      },
    ])
  })

  test('shows a role with its trust policy, policies and instance profiles', async () => {
    const role = {
      Path: '/',
      RoleName: 'worker',
      RoleId: expect.stringMatching(/^AROA/),
      Arn: arn('role/worker'),
      CreateDate: createdAt,
      AssumeRolePolicyDocument: encodeURIComponent(trust),
    }
    expect((await details()).RoleDetailList).toEqual([
      {
        ...role,
        InstanceProfileList: [
          {
            Path: '/',
            InstanceProfileName: 'profile',
            InstanceProfileId: expect.stringMatching(/^AIPA/),
            Arn: arn('instance-profile/profile'),
            CreateDate: createdAt,
            Roles: [{ ...role, Description: 'not shown' }],
            Tags: undefined,
          },
        ],
        RolePolicyList: [{ PolicyName: 'r', PolicyDocument: encoded }],
        AttachedManagedPolicies: [
          { PolicyName: 'AdministratorAccess', PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' },
        ],
        PermissionsBoundary: undefined,
        Tags: [],
        RoleLastUsed: {},
      },
    ])
  })

  test('shows the account’s own policies with all versions, newest first, and AWS’s that are in use', async () => {
    const { Policies } = await details()
    const own = Policies.find((one: { PolicyName: string }) => one.PolicyName === 'Own')
    expect(own).toEqual({
      PolicyName: 'Own',
      PolicyId: expect.stringMatching(/^ANPA/),
      Arn: arn('policy/p/Own'),
      Path: '/p/',
      DefaultVersionId: 'v2',
      AttachmentCount: 1,
      PermissionsBoundaryUsageCount: 1,
      IsAttachable: true,
      CreateDate: createdAt,
      UpdateDate: createdAt,
      PolicyVersionList: [
        { Document: encoded, VersionId: 'v2', IsDefaultVersion: true, CreateDate: createdAt },
        { Document: encoded, VersionId: 'v1', IsDefaultVersion: false, CreateDate: createdAt },
      ],
    })
    const aws = Policies.filter((one: { Arn: string }) => one.Arn.includes('::aws:'))
    for (const one of aws) expect(one.AttachmentCount + one.PermissionsBoundaryUsageCount).toBeGreaterThan(0)
    expect(aws.map((one: { PolicyName: string }) => one.PolicyName)).toContain('AdministratorAccess')
  })
})

test.each([
  ['User', 'UserDetailList', ['ann', 'Bob']],
  ['Group', 'GroupDetailList', ['crew']],
  ['Role', 'RoleDetailList', ['worker']],
  ['LocalManagedPolicy', 'Policies', ['Own']],
])('the filter %s leaves the other lists empty', async (kind, list, names) => {
  const reply = await details({ Filter: [kind] })
  for (const one of ['UserDetailList', 'GroupDetailList', 'RoleDetailList', 'Policies']) {
    const shown = reply[one].map(
      (entity: Record<string, string>) =>
        entity['UserName'] ?? entity['GroupName'] ?? entity['RoleName'] ?? entity['PolicyName'],
    )
    expect([one, shown]).toEqual([one, one === list ? names : []])
  }
})

test('AWS’s own policies come by their filter alone', async () => {
  const { Policies } = await details({ Filter: ['AWSManagedPolicy'] })
  expect(Policies.length).toBeGreaterThan(0)
  for (const { Arn } of Policies) expect(Arn).toMatch(/^arn:aws:iam::aws:policy\//)
})

test('the lists page as one stream: users, groups, roles, policies', async () => {
  const whole = await details()
  const lists = ['UserDetailList', 'GroupDetailList', 'RoleDetailList', 'Policies'] as const
  const together: Record<string, unknown[]> = {}
  const pages: number[][] = []
  let Marker: string | undefined
  do {
    const page = await details({ MaxItems: 2, ...(Marker === undefined ? {} : { Marker }) })
    pages.push(lists.map((list) => page[list].length))
    for (const list of lists) together[list] = [...(together[list] ?? []), ...page[list]]
    expect(page.IsTruncated).toBe(page.Marker !== undefined)
    Marker = page.Marker
  } while (Marker !== undefined)
  expect(pages.slice(0, 2)).toEqual([
    [2, 0, 0, 0],
    [0, 1, 1, 0],
  ])
  for (const list of lists) expect(together[list]).toEqual(whole[list])
  const { Marker: first } = await details({ MaxItems: 2 })
  expect(await at.refused('GetAccountAuthorizationDetails', { Marker: first, Filter: ['User'] })).toMatchObject({
    reason: 'invalid-parameter',
  })
})

test('it needs its own permission', async () => {
  expect(await at.refused('GetAccountAuthorizationDetails', {}, at.user('Bob'))).toMatchObject({
    reason: 'not-authorized',
    action: 'iam:GetAccountAuthorizationDetails',
    resource: '*',
  })
})
