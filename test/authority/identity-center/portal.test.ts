import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Authority, startAuthority } from '../../../src/authority/index.ts'
import { asker } from '../server/caller.ts'
import { type Json, lastDecision, named, portal, refresh, signIn } from './center.ts'

let authority: Authority
beforeAll(async () => {
  authority = await startAuthority({ data: ':memory:', port: 0, testControls: true })
})
beforeEach(async () => {
  await authority.reset()
  expect(await authority.ssoAssign({ user: 'ada', permissionSet: 'Admin', policyArn: administrator })).toBe(true)
})
afterAll(() => authority.stop())

const administrator = 'arn:aws:iam::aws:policy/AdministratorAccess'
const credentialsPath = (role: string, account = authority.account) =>
  `/federation/credentials?role_name=${role}&account_id=${account}`

function keysIn(body: Json) {
  const { accessKeyId, secretAccessKey, sessionToken } = body.roleCredentials
  return { accessKeyId, secretAccessKey, sessionToken }
}

async function setNamed(name: string): Promise<{ instance: string; arn: string }> {
  const instance = (await named(authority, 'SWBExternalService.ListInstances', {})).json.Instances[0].InstanceArn
  const { json } = await named(authority, 'SWBExternalService.ListPermissionSets', { InstanceArn: instance })
  for (const arn of json.PermissionSets as string[]) {
    const set = await named(authority, 'SWBExternalService.DescribePermissionSet', {
      InstanceArn: instance,
      PermissionSetArn: arn,
    })
    if (set.json.PermissionSet.Name === name) return { instance, arn }
  }
  throw new Error(`no permission set ${name}`)
}

describe('GetRoleCredentials', () => {
  test('gives a session of the reserved role in the name of the person, as STS knows it', async () => {
    const { accessToken } = await signIn(authority, 'ada')
    const { status, body } = await portal(authority, credentialsPath('Admin'), accessToken)
    expect(status).toBe(200)
    expect(Object.keys(body)).toEqual(['roleCredentials'])
    expect(body.roleCredentials.accessKeyId).toMatch(/^ASIA/)
    const left = body.roleCredentials.expiration - Date.now()
    expect(left).toBeGreaterThan(3_590_000)
    expect(left).toBeLessThanOrEqual(3_600_000)
    const ask = asker(authority, { credentials: keysIn(body) })
    const who = await ask({ Action: 'GetCallerIdentity' })
    expect(who.text('Arn')).toMatch(
      new RegExp(`^arn:aws:sts::${authority.account}:assumed-role/AWSReservedSSO_Admin_[0-9a-f]{16}/ada$`),
    )
    // Its powers are those of the permission set.
    expect((await ask({ Action: 'CreateUser', UserName: 'bob' })).status).toBe(200)
  })

  test('lasts as long as the permission set said when it was provisioned', async () => {
    const { accessToken } = await signIn(authority, 'ada')
    const { instance, arn } = await setNamed('Admin')
    const set = { InstanceArn: instance, PermissionSetArn: arn }
    const lasts = async () =>
      Math.round(
        ((await portal(authority, credentialsPath('Admin'), accessToken)).body.roleCredentials.expiration -
          Date.now()) /
          3_600_000,
      )
    await named(authority, 'SWBExternalService.UpdatePermissionSet', { ...set, SessionDuration: 'PT4H' })
    expect(await lasts()).toBe(1)
    await named(authority, 'SWBExternalService.ProvisionPermissionSet', {
      ...set,
      TargetType: 'ALL_PROVISIONED_ACCOUNTS',
    })
    expect(await lasts()).toBe(4)
  })

  test.each([
    ['a role that is not there', () => credentialsPath('Other')],
    ['another account', () => credentialsPath('Admin', '000000000000')],
    ['a role named in another case', () => credentialsPath('admin')],
  ])('of %s is forbidden, and the log says that it is not assigned', async (_, path) => {
    const { accessToken } = await signIn(authority, 'ada')
    const reply = await portal(authority, path(), accessToken)
    expect([reply.status, reply.error, reply.body.message]).toEqual([403, 'ForbiddenException', 'No access'])
    expect(await lastDecision(authority)).toMatchObject({
      service: 'sso',
      operation: 'GetRoleCredentials',
      outcome: 'refused',
      cause: 'sso-role-unassigned',
      principal: `arn:aws:iam::${authority.account}:user/ada`,
    })
  })

  test('of a role that only somebody else has is forbidden', async () => {
    await authority.ssoAssign({ user: 'bob', permissionSet: 'Reader' })
    const { accessToken } = await signIn(authority, 'ada')
    expect((await portal(authority, credentialsPath('Reader'), accessToken)).status).toBe(403)
  })

  test.each([
    ['role_name', () => `/federation/credentials?account_id=${authority.account}`],
    ['account_id', () => '/federation/credentials?role_name=Admin'],
  ])('without %s is an invalid request', async (_, path) => {
    const { accessToken } = await signIn(authority, 'ada')
    const reply = await portal(authority, path(), accessToken)
    expect([reply.status, reply.error]).toEqual([400, 'InvalidRequestException'])
  })
})

describe('the access token', () => {
  const unauthorized = { status: 401, error: 'UnauthorizedException', message: 'Session token not found or invalid' }
  async function ask(token: string | null) {
    const { status, error, body } = await portal(authority, '/assignment/accounts', token)
    return { status, error, message: body?.message }
  }

  test.each([
    ['none', () => null],
    ['an empty one', () => ''],
    ['something else', () => 'x'.repeat(300)],
  ])('%s is not accepted', async (_, token) => {
    expect(await ask(token())).toEqual(unauthorized)
    expect((await lastDecision(authority)).cause).toBe('sso-session-expired')
  })

  test('that was altered in one place is not accepted', async () => {
    const { accessToken, refreshToken } = await signIn(authority, 'ada')
    for (const at of [0, 20, accessToken.length - 1]) {
      const other = accessToken[at] === 'A' ? 'B' : 'A'
      expect(await ask(accessToken.slice(0, at) + other + accessToken.slice(at + 1))).toEqual(unauthorized)
    }
    expect(await ask(refreshToken!)).toEqual(unauthorized)
  })

  test('ends after an hour by the clock of the authority', async () => {
    const { accessToken } = await signIn(authority, 'ada')
    authority.clock({ offset: 3601 })
    expect(await ask(accessToken)).toEqual(unauthorized)
    authority.clock({})
    expect((await ask(accessToken)).status).toBe(200)
  })

  test('ends with Logout, and so does the refresh token, but not credentials that were given', async () => {
    const { accessToken, refreshToken, client } = await signIn(authority, 'ada')
    const { body } = await portal(authority, credentialsPath('Admin'), accessToken)
    const out = await portal(authority, '/logout', accessToken, 'POST')
    expect([out.status, out.body]).toEqual([200, null])
    expect(await ask(accessToken)).toEqual(unauthorized)
    expect((await refresh(authority, client, refreshToken)).error).toBe('InvalidGrantException')
    expect((await portal(authority, '/logout', accessToken, 'POST')).status).toBe(401)
    const who = await asker(authority, { credentials: keysIn(body) })({ Action: 'GetCallerIdentity' })
    expect(who.status).toBe(200)
  })

  test.each([
    ['the password is taken away', { Action: 'DeleteLoginProfile', UserName: 'ada' }],
    ['the password is set anew', { Action: 'UpdateLoginProfile', UserName: 'ada', Password: 'An0ther-one' }],
  ])('ends when %s', async (_, parameters) => {
    const { accessToken } = await signIn(authority, 'ada')
    const changed = await asker(authority)(parameters)
    expect(changed.status).toBe(200)
    expect(await ask(accessToken)).toEqual(unauthorized)
  })
})

describe('the lists', () => {
  test('name the account and its roles, in pages', async () => {
    for (const name of ['Billing', 'Reader', 'zoo']) await authority.ssoAssign({ user: 'ada', permissionSet: name })
    const { accessToken } = await signIn(authority, 'ada')
    const accounts = await portal(authority, '/assignment/accounts', accessToken)
    expect(accounts.body.accountList).toEqual([
      {
        accountId: authority.account,
        accountName: authority.account,
        emailAddress: expect.stringMatching(/^[^@ ]+@[^@ ]+\.invalid$/),
      },
    ])
    expect('nextToken' in accounts.body).toBe(false)
    const found: string[] = []
    let next = ''
    do {
      const query = new URLSearchParams({
        account_id: authority.account,
        max_result: '3',
        ...(next === '' ? {} : { next_token: next }),
      })
      const { body } = await portal(authority, `/assignment/roles?${query}`, accessToken)
      expect(body.roleList.length).toBeLessThanOrEqual(3)
      found.push(...body.roleList.map((role: Json) => role.roleName))
      next = body.nextToken ?? ''
    } while (next !== '')
    expect(found).toEqual(['Admin', 'Billing', 'Reader', 'zoo'])
  })

  test('of a person without roles have no account in them', async () => {
    await authority.ssoAssign({ user: 'bob', permissionSet: 'Reader' })
    const { instance, arn } = await setNamed('Reader')
    const { json } = await named(authority, 'SWBExternalService.ListAccountAssignments', {
      InstanceArn: instance,
      PermissionSetArn: arn,
      AccountId: authority.account,
    })
    await named(authority, 'SWBExternalService.DeleteAccountAssignment', {
      InstanceArn: instance,
      PermissionSetArn: arn,
      TargetId: authority.account,
      TargetType: 'AWS_ACCOUNT',
      PrincipalType: 'USER',
      PrincipalId: json.AccountAssignments[0].PrincipalId,
    })
    const { accessToken } = await signIn(authority, 'bob')
    expect((await portal(authority, '/assignment/accounts', accessToken)).body).toEqual({ accountList: [] })
    const roles = await portal(authority, `/assignment/roles?account_id=${authority.account}`, accessToken)
    expect([roles.status, roles.error]).toEqual([403, 'ForbiddenException'])
  })

  test.each(['max_result=0', 'max_result=101', 'max_result=x', 'next_token=AAAA'])('refuse %s', async (query) => {
    const { accessToken } = await signIn(authority, 'ada')
    const reply = await portal(authority, `/assignment/accounts?${query}`, accessToken)
    expect([reply.status, reply.error]).toEqual([400, 'InvalidRequestException'])
  })

  test('do not take the place marker of another person', async () => {
    for (const user of ['ada', 'bob'])
      for (const name of ['Billing', 'Reader']) await authority.ssoAssign({ user, permissionSet: name })
    const [ada, bob] = [await signIn(authority, 'ada'), await signIn(authority, 'bob')]
    const path = `/assignment/roles?account_id=${authority.account}&max_result=1`
    const { nextToken } = (await portal(authority, path, ada.accessToken)).body
    expect((await portal(authority, `${path}&next_token=${nextToken}`, ada.accessToken)).status).toBe(200)
    expect((await portal(authority, `${path}&next_token=${nextToken}`, bob.accessToken)).status).toBe(400)
  })
})

test('a role that was made for Identity Center is changed by nobody else, not even root', async () => {
  const ask = asker(authority)
  const role = /<RoleName>(AWSReservedSSO_Admin_[^<]+)</.exec((await ask({ Action: 'ListRoles' })).body)?.[1]
  expect(role).toBeDefined()
  const RoleName = role!
  for (const parameters of [
    { Action: 'DeleteRole', RoleName },
    { Action: 'DetachRolePolicy', RoleName, PolicyArn: administrator },
    { Action: 'PutRolePolicy', RoleName, PolicyName: 'x', PolicyDocument: '{"Version":"2012-10-17","Statement":[]}' },
    { Action: 'UpdateRole', RoleName, MaxSessionDuration: '3600' },
    { Action: 'TagRole', RoleName, 'Tags.member.1.Key': 'a', 'Tags.member.1.Value': 'b' },
    { Action: 'PutRolePermissionsBoundary', RoleName, PermissionsBoundary: administrator },
  ]) {
    const answer = await ask(parameters)
    expect([parameters.Action, answer.status, answer.code]).toEqual([parameters.Action, 400, 'UnmodifiableEntity'])
    expect(answer.message).toBe(
      `Cannot perform the operation on the protected role '${RoleName}' - this role is only modifiable by AWS`,
    )
  }
  const shown = await ask({ Action: 'GetRole', RoleName })
  expect(shown.text('Path')).toBe('/aws-reserved/sso.amazonaws.com/')
  const trust = JSON.parse(decodeURIComponent(shown.text('AssumeRolePolicyDocument')))
  expect(trust.Statement[0].Principal.Federated).toMatch(
    new RegExp(`^arn:aws:iam::${authority.account}:saml-provider/AWSSSO_[0-9a-f]{16}_DO_NOT_DELETE$`),
  )
  const made = await ask({
    Action: 'CreateRole',
    RoleName: 'x',
    Path: '/aws-reserved/sso.amazonaws.com/',
    AssumeRolePolicyDocument: JSON.stringify(trust),
  })
  expect(made.status).toBe(400)
})
