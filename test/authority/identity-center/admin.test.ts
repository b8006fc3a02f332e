import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Authority, startAuthority } from '../../../src/authority/index.ts'
import { asker, makeUser } from '../server/caller.ts'
import { type Json, lastDecision, named, portal, signIn } from './center.ts'

let authority: Authority
let instance: string
let store: string
beforeAll(async () => {
  authority = await startAuthority({ data: ':memory:', port: 0, testControls: true })
})
beforeEach(async () => {
  await authority.reset()
  await authority.ssoAssign({ user: 'ada', permissionSet: 'Admin' })
  const { json } = await named(authority, 'SWBExternalService.ListInstances', {})
  instance = json.Instances[0].InstanceArn
  store = json.Instances[0].IdentityStoreId
})
afterAll(() => authority.stop())

const sso = (operation: string, body: object) =>
  named(authority, `SWBExternalService.${operation}`, { InstanceArn: instance, ...body })

async function newSet(name: string, more: object = {}): Promise<string> {
  const { json, status } = await sso('CreatePermissionSet', { Name: name, ...more })
  expect(status).toBe(200)
  return json.PermissionSet.PermissionSetArn
}

async function personId(name: string): Promise<string> {
  const { json } = await named(authority, 'AWSIdentityStore.GetUserId', {
    IdentityStoreId: store,
    AlternateIdentifier: { UniqueAttribute: { AttributePath: 'userName', AttributeValue: name } },
  })
  return json.UserId
}

const assignment = (PermissionSetArn: string, PrincipalId: string, TargetId = authority.account) => ({
  PermissionSetArn,
  PrincipalId,
  PrincipalType: 'USER',
  TargetId,
  TargetType: 'AWS_ACCOUNT',
})

test('the instance is always the same one, in the shapes that AWS has', async () => {
  const { json } = await named(authority, 'SWBExternalService.ListInstances', {})
  expect(json.Instances).toEqual([
    {
      InstanceArn: expect.stringMatching(/^arn:aws:sso:::instance\/ssoins-[a-z0-9]{16}$/),
      IdentityStoreId: expect.stringMatching(/^d-[0-9a-f]{10}$/),
      OwnerAccountId: authority.account,
      CreatedDate: expect.any(Number),
      Status: 'ACTIVE',
    },
  ])
  expect((await sso('DescribeInstance', {})).json).toEqual(json.Instances[0])
  expect(authority.startUrl).toBe(`https://${store}.awsapps.com/start`)
})

test('a permission set is made, shown, listed, changed, tagged and deleted', async () => {
  const arn = await newSet('Reader', {
    Description: 'reads',
    SessionDuration: 'PT2H30M',
    RelayState: 'https://console.aws.amazon.com/',
    Tags: [{ Key: 'Team', Value: 'a' }],
  })
  const shown = await sso('DescribePermissionSet', { PermissionSetArn: arn })
  expect(shown.json.PermissionSet).toEqual({
    Name: 'Reader',
    PermissionSetArn: arn,
    Description: 'reads',
    CreatedDate: expect.any(Number),
    SessionDuration: 'PT2H30M',
    RelayState: 'https://console.aws.amazon.com/',
  })
  expect(Math.abs(shown.json.PermissionSet.CreatedDate - Date.now() / 1000)).toBeLessThan(60)
  expect((await sso('ListPermissionSets', {})).json.PermissionSets).toContain(arn)
  expect((await sso('UpdatePermissionSet', { PermissionSetArn: arn, Description: 'reads all' })).json).toEqual({})
  const after = (await sso('DescribePermissionSet', { PermissionSetArn: arn })).json.PermissionSet
  expect([after.Description, after.SessionDuration]).toEqual(['reads all', 'PT2H30M'])
  await sso('TagResource', { ResourceArn: arn, Tags: [{ Key: 'Cost', Value: '1' }] })
  await sso('UntagResource', { ResourceArn: arn, TagKeys: ['Team'] })
  expect((await sso('ListTagsForResource', { ResourceArn: arn })).json.Tags).toEqual([{ Key: 'Cost', Value: '1' }])
  expect((await sso('DeletePermissionSet', { PermissionSetArn: arn })).json).toEqual({})
  const gone = await sso('DescribePermissionSet', { PermissionSetArn: arn })
  expect([gone.status, gone.error, gone.json.__type]).toEqual([
    400,
    'ResourceNotFoundException',
    'ResourceNotFoundException',
  ])
  expect(gone.json.Message).toBe(`Could not find PermissionSet with id ${arn.split('/').at(-1)}`)
})

test('policies of a set take effect when it is provisioned', async () => {
  const arn = await newSet('Reader')
  const set = { PermissionSetArn: arn }
  const allow = (Action: string) =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] })
  await sso('PutInlinePolicyToPermissionSet', { ...set, InlinePolicy: allow('iam:ListUsers') })
  expect((await sso('GetInlinePolicyForPermissionSet', set)).json.InlinePolicy).toBe(allow('iam:ListUsers'))
  const ada = await personId('ada')
  const made = await sso('CreateAccountAssignment', assignment(arn, ada))
  const status = made.json.AccountAssignmentCreationStatus
  expect(status).toMatchObject({ Status: 'SUCCEEDED', PrincipalId: ada, TargetId: authority.account })
  const asked = await sso('DescribeAccountAssignmentCreationStatus', {
    AccountAssignmentCreationRequestId: status.RequestId,
  })
  expect(asked.json.AccountAssignmentCreationStatus).toEqual(status)

  const { accessToken } = await signIn(authority, 'ada')
  const path = `/federation/credentials?role_name=Reader&account_id=${authority.account}`
  const { roleCredentials: credentials } = (await portal(authority, path, accessToken)).body
  const ask = asker(authority, { credentials })
  expect((await ask({ Action: 'ListUsers' })).status).toBe(200)
  expect((await ask({ Action: 'ListRoles' })).status).toBe(403)
  await sso('PutInlinePolicyToPermissionSet', { ...set, InlinePolicy: allow('iam:ListRoles') })
  const stale = { AccountId: authority.account, ProvisioningStatus: 'LATEST_PERMISSION_SET_NOT_PROVISIONED' }
  expect((await sso('ListPermissionSetsProvisionedToAccount', stale)).json.PermissionSets).toEqual([arn])
  expect((await ask({ Action: 'ListRoles' })).status).toBe(403)
  const target = { TargetType: 'AWS_ACCOUNT', TargetId: authority.account }
  const provisioned = await sso('ProvisionPermissionSet', { ...set, ...target })
  expect(provisioned.json.PermissionSetProvisioningStatus).toMatchObject({ Status: 'SUCCEEDED', PermissionSetArn: arn })
  expect((await ask({ Action: 'ListRoles' })).status).toBe(200)
  expect((await ask({ Action: 'ListUsers' })).status).toBe(403)

  const conflict = await sso('DeletePermissionSet', set)
  expect([conflict.status, conflict.error]).toEqual([400, 'ConflictException'])
  const removed = await sso('DeleteAccountAssignment', assignment(arn, ada))
  expect(removed.json.AccountAssignmentDeletionStatus.Status).toBe('SUCCEEDED')
  // The role is gone with its last assignment, and its sessions with it.
  expect((await ask({ Action: 'ListRoles' })).code).toBe('InvalidClientTokenId')
  expect((await sso('DeletePermissionSet', set)).status).toBe(200)
})

test('an assignment that cannot be provisioned fails, and says why', async () => {
  const arn = await newSet('Custom')
  const reference = { CustomerManagedPolicyReference: { Name: 'Missing' } }
  await sso('AttachCustomerManagedPolicyReferenceToPermissionSet', { PermissionSetArn: arn, ...reference })
  const made = await sso('CreateAccountAssignment', assignment(arn, await personId('ada')))
  const { Status: status, FailureReason: why } = made.json.AccountAssignmentCreationStatus
  expect([status, why]).toEqual([
    'FAILED',
    `Policy arn:aws:iam::${authority.account}:policy/Missing does not exist or is not attachable.`,
  ])
  const ask = asker(authority)
  const PolicyDocument = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:*","Resource":"*"}]}'
  await ask({ Action: 'CreatePolicy', PolicyName: 'Missing', PolicyDocument })
  const again = await sso('CreateAccountAssignment', assignment(arn, await personId('ada')))
  expect(again.json.AccountAssignmentCreationStatus.Status).toBe('SUCCEEDED')
  const inUse = await ask({
    Action: 'DeletePolicy',
    PolicyArn: `arn:aws:iam::${authority.account}:policy/Missing`,
  })
  expect(inUse.code).toBe('DeleteConflict')
})

test('a permissions boundary and managed policies are kept with the set', async () => {
  const arn = await newSet('Bounded')
  const set = { PermissionSetArn: arn }
  const managed = { ManagedPolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }
  expect((await sso('GetPermissionsBoundaryForPermissionSet', set)).error).toBe('ResourceNotFoundException')
  await sso('PutPermissionsBoundaryToPermissionSet', { ...set, PermissionsBoundary: managed })
  expect((await sso('GetPermissionsBoundaryForPermissionSet', set)).json.PermissionsBoundary).toEqual(managed)
  await sso('DeletePermissionsBoundaryFromPermissionSet', set)
  expect((await sso('GetPermissionsBoundaryForPermissionSet', set)).status).toBe(400)
  expect((await sso('AttachManagedPolicyToPermissionSet', { ...set, ...managed })).status).toBe(200)
  expect((await sso('AttachManagedPolicyToPermissionSet', { ...set, ...managed })).error).toBe('ConflictException')
  expect((await sso('ListManagedPoliciesInPermissionSet', set)).json.AttachedManagedPolicies).toEqual([
    { Name: 'AdministratorAccess', Arn: managed.ManagedPolicyArn },
  ])
  expect((await sso('DetachManagedPolicyFromPermissionSet', { ...set, ...managed })).status).toBe(200)
  expect((await sso('DetachManagedPolicyFromPermissionSet', { ...set, ...managed })).error).toBe(
    'ResourceNotFoundException',
  )
})

describe('refusals', () => {
  const otherInstance = 'arn:aws:sso:::instance/ssoins-0000000000000000'
  test.each<[string, string, () => object, string]>([
    ['a name twice', 'CreatePermissionSet', () => ({ Name: 'admin' }), 'ConflictException'],
    ['a name of other characters', 'CreatePermissionSet', () => ({ Name: 'a b' }), 'ValidationException'],
    ['no name', 'CreatePermissionSet', () => ({}), 'ValidationException'],
    ['half an hour', 'CreatePermissionSet', () => ({ Name: 'x', SessionDuration: 'PT30M' }), 'ValidationException'],
    ['thirteen hours', 'CreatePermissionSet', () => ({ Name: 'x', SessionDuration: 'PT13H' }), 'ValidationException'],
    ['a month', 'CreatePermissionSet', () => ({ Name: 'x', SessionDuration: 'P1M' }), 'ValidationException'],
    ['another instance', 'ListPermissionSets', () => ({ InstanceArn: otherInstance }), 'ResourceNotFoundException'],
    ['what is no ARN', 'ListPermissionSets', () => ({ InstanceArn: 'x'.repeat(20) }), 'ValidationException'],
    ['a marker of elsewhere', 'ListPermissionSets', () => ({ NextToken: 'AAAA' }), 'ValidationException'],
    ['an operation that is not there', 'CreateInstance', () => ({}), 'UnknownOperationException'],
    [
      'a member that is too deep',
      'CreatePermissionSet',
      () => ({ Name: { a: { b: { c: 1 } } } }),
      'ValidationException',
    ],
  ])('%s', async (_, operation, body, error) => {
    const answer = await sso(operation, body())
    expect([answer.status, answer.error, answer.json.__type]).toEqual([400, error, error])
  })

  test('a policy that is none, a policy that is not there, a person that is not there, a group, another account', async () => {
    const arn = await newSet('Reader')
    const set = { PermissionSetArn: arn }
    const nobody = '00000000-0000-4000-8000-000000000000'
    const ada = await personId('ada')
    const refused: [string, object, string][] = [
      ['PutInlinePolicyToPermissionSet', { ...set, InlinePolicy: '{}' }, 'ValidationException'],
      [
        'AttachManagedPolicyToPermissionSet',
        { ...set, ManagedPolicyArn: 'arn:aws:iam::aws:policy/NoSuchPolicy' },
        'ResourceNotFoundException',
      ],
      ['CreateAccountAssignment', assignment(arn, nobody), 'ResourceNotFoundException'],
      ['CreateAccountAssignment', { ...assignment(arn, ada), PrincipalType: 'GROUP' }, 'ResourceNotFoundException'],
      ['CreateAccountAssignment', assignment(arn, ada, '000000000000'), 'ResourceNotFoundException'],
      ['DeleteAccountAssignment', assignment(arn, ada), 'ResourceNotFoundException'],
    ]
    for (const [operation, body, error] of refused)
      expect([operation, (await sso(operation, body)).error]).toEqual([operation, error])
  })

  test('are judged by policy: each call needs its own action on instance and set', async () => {
    const ask = asker(authority)
    const user = await makeUser(ask, 'eve')
    const body = { InstanceArn: instance, Name: 'Reader' }
    const denied = await named(authority, 'SWBExternalService.CreatePermissionSet', body, user)
    expect([denied.status, denied.error]).toEqual([400, 'AccessDeniedException'])
    expect(denied.json.Message).toBe(
      `User: arn:aws:iam::${authority.account}:user/eve is not authorized to perform: sso:CreatePermissionSet on resource: ` +
        `${instance} because no identity-based policy allows the sso:CreatePermissionSet action`,
    )
    expect(await lastDecision(authority)).toMatchObject({ service: 'sso', cause: 'permission-missing' })
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: 'sso:*', Resource: '*' },
        { Effect: 'Deny', Action: 'sso:DeletePermissionSet', Resource: 'arn:aws:sso:::permissionSet/*' },
      ],
    })
    await ask({ Action: 'PutUserPolicy', UserName: 'eve', PolicyName: 'p', PolicyDocument })
    const made = await named(authority, 'SWBExternalService.CreatePermissionSet', body, user)
    expect(made.status).toBe(200)
    const { PermissionSetArn } = made.json.PermissionSet
    const set = { InstanceArn: instance, PermissionSetArn }
    const kept = await named(authority, 'SWBExternalService.DeletePermissionSet', set, user)
    expect(kept.json.Message).toMatch(
      /sso:DeletePermissionSet on resource: arn:aws:sso:::permissionSet.* explicit deny/,
    )
    const people = await named(authority, 'AWSIdentityStore.ListUsers', { IdentityStoreId: store }, user)
    expect(people.error).toBe('AccessDeniedException')
  })

  test.each<[string, object, string]>([
    ['a key that nobody has', { accessKeyId: 'AKIAQAAAAAAAAAAANONE' }, 'UnrecognizedClientException'],
    ['another secret', { secretAccessKey: 'not-this-secret' }, 'InvalidSignatureException'],
  ])('%s is refused in the words of JSON services', async (_, keys, error) => {
    const credentials = { ...authority.root, ...keys }
    const answer = await named(authority, 'SWBExternalService.ListInstances', {}, credentials)
    expect([answer.status, answer.error, answer.headers['content-type']]).toEqual([
      400,
      error,
      'application/x-amz-json-1.1',
    ])
  })

  test('an unsigned call, and a signature for another service', async () => {
    const call = (headers: Record<string, string>) =>
      fetch(authority.url, {
        method: 'POST',
        body: '{}',
        headers: {
          'Content-Type': 'application/x-amz-json-1.1',
          'X-Amz-Target': 'SWBExternalService.ListInstances',
          ...headers,
        },
      })
    const reply = await call({})
    expect([reply.status, ((await reply.json()) as Json).__type]).toEqual([400, 'MissingAuthenticationTokenException'])
  })
})

describe('the identity store', () => {
  const ask = (operation: string, body: object) =>
    named(authority, `AWSIdentityStore.${operation}`, { IdentityStoreId: store, ...body })

  test('has the users with a password, and no others', async () => {
    await asker(authority)({ Action: 'CreateUser', UserName: 'robot' })
    await authority.ssoAssign({ user: 'bob', permissionSet: 'Admin' })
    const { json } = await ask('ListUsers', {})
    expect(json.Users.map((user: Json) => user.UserName)).toEqual(['ada', 'bob'])
    const id = await personId('bob')
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/)
    expect((await ask('DescribeUser', { UserId: id })).json).toMatchObject({ UserId: id, UserName: 'bob' })
    const one = await ask('ListUsers', { Filters: [{ AttributePath: 'UserName', AttributeValue: 'BOB' }] })
    expect(one.json.Users.map((user: Json) => user.UserName)).toEqual(['bob'])
    const page = await ask('ListUsers', { MaxResults: 1 })
    const next = await ask('ListUsers', { MaxResults: 1, NextToken: page.json.NextToken })
    expect([page.json.Users[0].UserName, next.json.Users[0].UserName, next.json.NextToken]).toEqual([
      'ada',
      'bob',
      undefined,
    ])
  })

  test.each<[string, string, object, string]>([
    [
      'a person that is not there',
      'DescribeUser',
      { UserId: '00000000-0000-4000-8000-000000000000' },
      'ResourceNotFoundException',
    ],
    ['an id that is none', 'DescribeUser', { UserId: 'ada' }, 'ValidationException'],
    [
      'a name that nobody has',
      'GetUserId',
      { AlternateIdentifier: { UniqueAttribute: { AttributePath: 'userName', AttributeValue: 'x' } } },
      'ResourceNotFoundException',
    ],
    [
      'an attribute that many share',
      'GetUserId',
      { AlternateIdentifier: { UniqueAttribute: { AttributePath: 'locale', AttributeValue: 'x' } } },
      'ValidationException',
    ],
    ['neither way of naming somebody', 'GetUserId', { AlternateIdentifier: {} }, 'ValidationException'],
    ['another store', 'ListUsers', { IdentityStoreId: 'd-0000000000' }, 'ResourceNotFoundException'],
    [
      'another filter',
      'ListUsers',
      { Filters: [{ AttributePath: 'Title', AttributeValue: 'x' }] },
      'ValidationException',
    ],
  ])('refuses %s', async (_, operation, body, error) => {
    expect((await ask(operation, body)).error).toBe(error)
  })
})
