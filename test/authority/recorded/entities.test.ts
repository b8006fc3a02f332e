import { describe, expect, it, test } from 'vitest'
import { ACCOUNT, openAuthority } from '../actions/authority-at-hand.ts'
import { asFar, fault, type Query, type Recorded, replay, withUser } from './replay.ts'

/** Facts of radkawar/stackd's recordings of AWS, September 2026; the file stands with each. */
const document = (action = 's3:GetObject', effect = 'Allow') =>
  JSON.stringify({ Version: '2012-10-17', Statement: { Effect: effect, Action: action, Resource: '*' } })
const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
})
const arnOf = (name: string) => `arn:aws:iam::${ACCOUNT}:policy/${name}`

/** `testdata/aws/iam/policy_management.json`: a user, a group and a role, and four policies. */
async function withPolicies() {
  const at = await withUser('u')
  await at.ok('CreateGroup', { GroupName: 'g' })
  await at.ok('CreateRole', { RoleName: 'r', AssumeRolePolicyDocument: trust })
  for (const PolicyName of ['unused', 'attached', 'boundary', 'both'])
    await at.ok('CreatePolicy', { PolicyName, PolicyDocument: document() })
  await at.ok('AttachUserPolicy', { UserName: 'u', PolicyArn: arnOf('attached') })
  await at.ok('AttachGroupPolicy', { GroupName: 'g', PolicyArn: arnOf('attached') })
  await at.ok('AttachRolePolicy', { RoleName: 'r', PolicyArn: arnOf('attached') })
  await at.ok('PutUserPermissionsBoundary', { UserName: 'u', PermissionsBoundary: arnOf('boundary') })
  await at.ok('AttachGroupPolicy', { GroupName: 'g', PolicyArn: arnOf('both') })
  await at.ok('PutRolePermissionsBoundary', { RoleName: 'r', PermissionsBoundary: arnOf('both') })
  return at
}

describe('as recorded of AWS, policies', () => {
  const all = ['attached', 'both', 'boundary', 'unused']
  test.each<[Query, readonly string[]]>([
    [{}, all],
    [{ PolicyUsageFilter: 'PermissionsPolicy' }, all],
    [{ PolicyUsageFilter: 'PermissionsBoundary' }, all],
    [{ OnlyAttached: 'false', PolicyUsageFilter: 'PermissionsPolicy' }, all],
    [{ OnlyAttached: 'false', PolicyUsageFilter: 'PermissionsBoundary' }, all],
    [{ OnlyAttached: 'true' }, ['attached', 'both', 'boundary']],
    [{ OnlyAttached: 'true', PolicyUsageFilter: 'PermissionsPolicy' }, ['attached', 'both']],
    [{ OnlyAttached: 'true', PolicyUsageFilter: 'PermissionsBoundary' }, ['both', 'boundary']],
  ])('are listed by %j as %j', async (query, names) => {
    const { ok } = await replay(await withPolicies(), 'ListPolicies', { Scope: 'Local', ...query })
    expect(ok.Policies.map((policy: { PolicyName: string }) => policy.PolicyName)).toEqual(names)
  })

  /** Users, groups and roles. */
  test.each<[string, Query, readonly number[]]>([
    ['attached', {}, [1, 1, 1]],
    ['attached', { PolicyUsageFilter: 'PermissionsBoundary' }, [0, 0, 0]],
    ['boundary', {}, [1, 0, 0]],
    ['boundary', { PolicyUsageFilter: 'PermissionsPolicy' }, [0, 0, 0]],
    ['both', {}, [0, 1, 1]],
    ['both', { PolicyUsageFilter: 'PermissionsPolicy' }, [0, 1, 0]],
    ['both', { PolicyUsageFilter: 'PermissionsBoundary' }, [0, 0, 1]],
    ['both', { EntityFilter: 'Role' }, [0, 0, 1]],
    ['both', { EntityFilter: 'Role', PolicyUsageFilter: 'PermissionsPolicy' }, [0, 0, 0]],
    ['both', { EntityFilter: 'LocalManagedPolicy' }, [0, 0, 0]],
  ])('%s tells by %j that it is used %j times', async (name, query, counts) => {
    const { ok } = await replay(await withPolicies(), 'ListEntitiesForPolicy', { PolicyArn: arnOf(name), ...query })
    expect([ok.PolicyUsers.length, ok.PolicyGroups.length, ok.PolicyRoles.length]).toEqual(counts)
  })

  it('that are inline have names without case, of which the first spelling is listed', async () => {
    const at = await withPolicies()
    for (const [noun, name] of [
      ['User', 'u'],
      ['Group', 'g'],
      ['Role', 'r'],
    ] as const) {
      const holder = { [`${noun}Name`]: name }
      await at.ok(`Put${noun}Policy`, { ...holder, PolicyName: 'MixedName', PolicyDocument: document() })
      const denying = document('s3:GetObject', 'Deny')
      await at.ok(`Put${noun}Policy`, { ...holder, PolicyName: 'mixedname', PolicyDocument: denying })
      expect((await at.ok(`List${noun}Policies`, holder)).PolicyNames).toEqual(['MixedName'])
      const got = await at.ok(`Get${noun}Policy`, { ...holder, PolicyName: 'MIXEDNAME' })
      expect(got.PolicyName).toBe('MIXEDNAME')
      expect(decodeURIComponent(got.PolicyDocument)).toBe(denying)
      await at.ok(`Delete${noun}Policy`, { ...holder, PolicyName: 'mixedNAME' })
      expect((await at.ok(`List${noun}Policies`, holder)).PolicyNames).toEqual([])
    }
  })

  /** `internal/iam/managed/testdata/immutability.json` */
  test.each<[string, Query, Recorded]>([
    ['DeletePolicy', {}, fault('AccessDenied', 403, 'Cannot delete policies outside your own account.')],
    [
      'CreatePolicyVersion',
      { PolicyDocument: document('*', 'Deny') },
      fault('AccessDenied', 403, 'Cannot create versions for policies outside your own account.'),
    ],
    [
      'SetDefaultPolicyVersion',
      { VersionId: 'v1' },
      fault('AccessDenied', 403, 'Cannot update policies outside your own account.'),
    ],
    [
      'DeletePolicyVersion',
      { VersionId: 'v1' },
      fault('AccessDenied', 403, 'Cannot delete policy versions for policies outside your own account.'),
    ],
    [
      'TagPolicy',
      { 'Tags.member.1.Key': 'k', 'Tags.member.1.Value': 'v' },
      fault('InvalidInput', 400, 'Tags not supported for policies in this domain'),
    ],
    [
      'UntagPolicy',
      { 'TagKeys.member.1': 'k' },
      fault('InvalidInput', 400, 'Tags not supported for policies in this domain'),
    ],
    ['ListPolicyTags', {}, 'ok'],
  ])('of AWS: %s', async (operation, query, recorded) => {
    const PolicyArn = 'arn:aws:iam::aws:policy/AdministratorAccess'
    const answer = await replay(await openAuthority(), operation, { PolicyArn, ...query })
    expect(answer.recorded).toEqual(recorded)
  })

  test.each<[string, string, Recorded]>([
    [
      'DeletePolicy',
      'arn:aws:iam::aws:policy/no-such-policy',
      fault('AccessDenied', 403, 'Cannot delete policies outside your own account.'),
    ],
    [
      'GetPolicy',
      'arn:aws-cn:iam::aws:policy/AdministratorAccess',
      fault('ValidationError', 400, 'Invalid ARN partition'),
    ],
  ])('of AWS that are not there: %s of %s', async (operation, PolicyArn, recorded) => {
    expect((await replay(await openAuthority(), operation, { PolicyArn })).recorded).toEqual(recorded)
  })
})

describe('as recorded of AWS, credentials', () => {
  /** `testdata/aws/iam/resource_inputs.json` */
  it('of users become active and inactive, and nothing else', async () => {
    const at = await withUser('u')
    const { AccessKey } = await at.ok('CreateAccessKey', { UserName: 'u' })
    for (const [Status, recorded] of [
      ['Expired', fault('InvalidInput', 400)],
      ['Inactive', 'ok'],
      ['Expired', fault('InvalidInput', 400)],
      ['Active', 'ok'],
    ] as const) {
      const query = { UserName: 'u', AccessKeyId: AccessKey.AccessKeyId, Status }
      expect(asFar(recorded, await replay(at, 'UpdateAccessKey', query))).toEqual(recorded)
    }
  })

  /** `internal/services/iam/testdata/login_profile_aws.json` */
  it('of the console keep the wish for a new password until it is taken back', async () => {
    const at = await withUser('u')
    const password = (tail: string) => `Correct-Horse-9-${tail}`
    expect(
      asFar(
        fault('PasswordPolicyViolation', 400),
        await replay(at, 'CreateLoginProfile', { UserName: 'u', Password: 'weak' }),
      ),
    ).toEqual(fault('PasswordPolicyViolation', 400))
    const first = { UserName: 'u', Password: password('a'), PasswordResetRequired: 'true' }
    expect((await replay(at, 'CreateLoginProfile', first)).recorded).toBe('ok')
    expect(asFar(fault('EntityAlreadyExists', 409), await replay(at, 'CreateLoginProfile', first))).toEqual(
      fault('EntityAlreadyExists', 409),
    )
    const isResetRequired = async () =>
      (await at.ok('GetLoginProfile', { UserName: 'u' })).LoginProfile.PasswordResetRequired
    expect((await replay(at, 'UpdateLoginProfile', { UserName: 'u' })).recorded).toBe('ok')
    expect(await isResetRequired()).toBe(true)
    expect((await replay(at, 'UpdateLoginProfile', { UserName: 'u', Password: password('b') })).recorded).toBe('ok')
    expect(await isResetRequired()).toBe(true)
    const mayChange = document('iam:ChangePassword')
    await at.ok('PutUserPolicy', { UserName: 'u', PolicyName: 'p', PolicyDocument: mayChange })
    const change = (OldPassword: string, NewPassword: string) =>
      replay(at, 'ChangePassword', { OldPassword, NewPassword }, at.user('u'))
    expect((await change(password('b'), password('c'))).recorded).toBe('ok')
    const denied = fault('AccessDenied', 403)
    expect(asFar(denied, await change(password('b'), password('d')))).toEqual(denied)
    expect(asFar(denied, await change(password('c'), password('c')))).toEqual(denied)
    expect(await isResetRequired()).toBe(false)
    const conflict = fault('DeleteConflict', 409)
    expect(asFar(conflict, await replay(at, 'DeleteUser', { UserName: 'u' }))).toEqual(conflict)
  })

  /** `testdata/aws/iam/sts_preferences.json` */
  test.each(['v3Token', 'V1Token', '1', '', 'v2token'])('of STS are of no version %j', async (version) => {
    const query = { GlobalEndpointTokenVersion: version }
    expect((await replay(await openAuthority(), 'SetSecurityTokenServicePreferences', query)).recorded).toEqual(
      fault(
        'ValidationError',
        400,
        "1 validation error detected: Value at 'globalEndpointTokenVersion' failed to satisfy constraint: Member must satisfy enum value set: [v2Token, v1Token]",
      ),
    )
  })
})

describe('as recorded of AWS, roles and profiles', () => {
  /** `testdata/aws/iam/resource_inputs.json` */
  it('keep what UpdateRole does not name, the longest session included', async () => {
    const at = await openAuthority()
    const RoleName = 'r'
    await at.ok('CreateRole', { RoleName, AssumeRolePolicyDocument: trust, MaxSessionDuration: 7200 })
    const state = async () => {
      const { Role } = await at.ok('GetRole', { RoleName })
      return [Role.Description, Role.MaxSessionDuration]
    }
    const steps: readonly (readonly [string, Query, Recorded, string, number])[] = [
      ['UpdateRole', { Description: 'changed' }, 'ok', 'changed', 7200],
      ['UpdateRole', {}, 'ok', 'changed', 7200],
      ['UpdateRole', { Description: '' }, 'ok', '', 7200],
      ['UpdateRole', { Description: 'é'.repeat(1000) }, 'ok', 'é'.repeat(1000), 7200],
      ['UpdateRole', { Description: 'é'.repeat(1001) }, fault('ValidationError', 400), 'é'.repeat(1000), 7200],
      ['UpdateRole', { MaxSessionDuration: '43201' }, fault('ValidationError', 400), 'é'.repeat(1000), 7200],
      ['UpdateRole', { MaxSessionDuration: '43200' }, 'ok', 'é'.repeat(1000), 43200],
      ['UpdateRoleDescription', { Description: '' }, 'ok', '', 43200],
    ]
    for (const [operation, query, recorded, description, seconds] of steps) {
      expect(asFar(recorded, await replay(at, operation, { RoleName, ...query }))).toEqual(recorded)
      expect(await state()).toEqual([description, seconds])
    }
  })

  /** `internal/services/iam/testdata/instance_profiles_aws.json` */
  it('belong together one to one', async () => {
    const at = await openAuthority()
    for (const RoleName of ['r', 's']) await at.ok('CreateRole', { RoleName, AssumeRolePolicyDocument: trust })
    await at.ok('CreateInstanceProfile', { InstanceProfileName: 'p' })
    const of = (RoleName: string) => ({ InstanceProfileName: 'p', RoleName })
    const steps: readonly (readonly [string, Query, Recorded])[] = [
      ['RemoveRoleFromInstanceProfile', of('r'), fault('NoSuchEntity', 404)],
      ['AddRoleToInstanceProfile', of('r'), 'ok'],
      ['AddRoleToInstanceProfile', of('r'), fault('LimitExceeded', 409)],
      ['AddRoleToInstanceProfile', of('s'), fault('LimitExceeded', 409)],
      ['RemoveRoleFromInstanceProfile', of('s'), fault('NoSuchEntity', 404)],
      ['DeleteInstanceProfile', { InstanceProfileName: 'p' }, fault('DeleteConflict', 409)],
      ['DeleteRole', { RoleName: 'r' }, fault('DeleteConflict', 409)],
      ['RemoveRoleFromInstanceProfile', of('r'), 'ok'],
      ['RemoveRoleFromInstanceProfile', of('r'), fault('NoSuchEntity', 404)],
    ]
    for (const [operation, query, recorded] of steps)
      expect(asFar(recorded, await replay(at, operation, query)), operation).toEqual(recorded)
  })
})

describe('as recorded of AWS, OpenID Connect providers', () => {
  const oidcArn = (server: string) => `arn:aws:iam::${ACCOUNT}:oidc-provider/${server}`
  const thumbprint = (letter: string) => letter.repeat(40)
  const withThumbprint = (Url: string, letter = 'b') => ({ Url, 'ThumbprintList.member.1': thumbprint(letter) })

  /** `internal/services/iam/testdata/federation/oidc.json` */
  test.each([
    ['https://idp.example.com/path/', 'idp.example.com/path/'],
    ['https://idp.example.com/path', 'idp.example.com/path'],
    ['https://idp.example.com:443', 'idp.example.com'],
    ['https://IDP.EXAMPLE.COM/MixedCase', 'IDP.EXAMPLE.COM/MixedCase'],
  ])('of %s are called %s', async (url, server) => {
    const at = await openAuthority()
    const { ok } = await replay(at, 'CreateOpenIDConnectProvider', withThumbprint(url))
    expect(ok.OpenIDConnectProviderArn).toBe(oidcArn(server))
    expect(await at.ok('GetOpenIDConnectProvider', ok)).toMatchObject({ Url: server, ClientIDList: [], Tags: [] })
  })

  it('keep client ids once, thumbprints in small letters, and tags in order', async () => {
    const at = await openAuthority()
    const { ok } = await replay(at, 'CreateOpenIDConnectProvider', {
      Url: 'https://idp.example.com',
      'ClientIDList.member.1': 'z-client',
      'ClientIDList.member.2': 'a-client',
      'ClientIDList.member.3': 'z-client',
      'ThumbprintList.member.1': thumbprint('A'),
      'ThumbprintList.member.2': thumbprint('a'),
      'Tags.member.1.Key': 'key',
      'Tags.member.1.Value': 'value',
      'Tags.member.2.Key': 'Key',
      'Tags.member.2.Value': 'Value',
    })
    const { OpenIDConnectProviderArn } = ok
    expect(ok.Tags.map((one: { Key: string }) => one.Key)).toEqual(['key', 'Key'])
    const shown = await at.ok('GetOpenIDConnectProvider', { OpenIDConnectProviderArn })
    expect(shown.ClientIDList).toEqual(['z-client', 'a-client'])
    expect(shown.ThumbprintList).toEqual([thumbprint('a'), thumbprint('a')])
    expect(shown.Tags.map((one: { Key: string }) => one.Key)).toEqual(['Key', 'key'])
    const none = { OpenIDConnectProviderArn, ThumbprintList: '' }
    expect((await replay(at, 'UpdateOpenIDConnectProviderThumbprint', none)).recorded).toEqual(
      fault('InvalidInput', 400, 'Thumbprint list must contain at least one entry.'),
    )
  })

  test.each([
    ['https://idp.example.com/?q=value', 'Unknown'],
    ['https://idp.example.com/#fragment', 'Unknown'],
  ])('have no URL such as %s', async (url, message) => {
    const { recorded } = await replay(await openAuthority(), 'CreateOpenIDConnectProvider', withThumbprint(url))
    expect(recorded).toEqual(fault('InvalidInput', 400, message))
  })

  it('need no thumbprint in hexadecimal digits', async () => {
    const query = withThumbprint('https://idp.example.com', 'g')
    expect((await replay(await openAuthority(), 'CreateOpenIDConnectProvider', query)).recorded).toBe('ok')
  })
})

/** `testdata/aws/iam/account_reporting.json` */
describe('as recorded of AWS, GetAccountAuthorizationDetails', () => {
  const enumFault = fault(
    'ValidationError',
    400,
    "1 validation error detected: Value at 'filter' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [LocalManagedPolicy, User, AWSManagedPolicy, Role, Group]]",
  )
  test.each<[Query, Recorded]>([
    [{ 'Filter.member.1': 'Unknown' }, enumFault],
    [{ 'Filter.member.1': 'user' }, enumFault],
    [
      { 'Filter.member.1': 'User', Marker: 'not-an-aws-marker' },
      fault('ValidationError', 400, 'Marker and Filter do not match'),
    ],
    [
      { 'Filter.member.1': 'User', MaxItems: '1001' },
      fault(
        'ValidationError',
        400,
        "1 validation error detected: Value at 'maxItems' failed to satisfy constraint: Member must have value less than or equal to 1000",
      ),
    ],
  ])('answers %j', async (query, recorded) => {
    const answer = await replay(await openAuthority(), 'GetAccountAuthorizationDetails', query)
    expect(answer.recorded).toEqual(recorded)
  })
})

/** `testdata/aws/iam/resource_authorization.json` */
describe('as recorded of AWS, entities', () => {
  it('are found by name whatever its case, and by an ARN of another path', async () => {
    const at = await openAuthority()
    await at.ok('CreateUser', { UserName: 'Ann', Path: '/team/' })
    await at.ok('CreateGroup', { GroupName: 'Grp', Path: '/team/' })
    await at.ok('CreateRole', { RoleName: 'Rol', Path: '/team/', AssumeRolePolicyDocument: trust })
    expect((await at.ok('GetUser', { UserName: 'ANN' })).User.Arn).toBe(`arn:aws:iam::${ACCOUNT}:user/team/Ann`)
    expect((await at.ok('GetGroup', { GroupName: 'GRP' })).Group.Arn).toBe(`arn:aws:iam::${ACCOUNT}:group/team/Grp`)
    expect((await at.ok('GetRole', { RoleName: 'ROL' })).Role.Arn).toBe(`arn:aws:iam::${ACCOUNT}:role/team/Rol`)
    const PolicySourceArn = `arn:aws:iam::${ACCOUNT}:user/elsewhere/Ann`
    const simulated = { PolicySourceArn, 'ActionNames.member.1': 's3:GetObject' }
    expect((await replay(at, 'SimulatePrincipalPolicy', simulated)).recorded).toBe('ok')
    expect((await replay(at, 'GetContextKeysForPrincipalPolicy', { PolicySourceArn })).recorded).toBe('ok')
  })
})
