import { describe, expect, it } from 'vitest'
import { ACCOUNT, openAuthority } from './authority-at-hand.ts'

const allowAll = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'

describe('users', () => {
  it('come with a path, an id of their own kind and a whole-second date', async () => {
    const at = await openAuthority()
    const { User } = await at.ok('CreateUser', { UserName: 'Alice', Path: '/staff/' })
    expect(User).toMatchObject({
      Path: '/staff/',
      UserName: 'Alice',
      Arn: `arn:aws:iam::${ACCOUNT}:user/staff/Alice`,
      CreateDate: '2026-11-28T12:00:00Z',
    })
    expect(User.UserId).toMatch(/^AIDA[A-Z2-7]{17}$/)
    expect(User.Tags).toBeUndefined()
    expect(User.PermissionsBoundary).toBeUndefined()
  })

  it('are found whatever the case of the name, and keep the case they were created with', async () => {
    const at = await openAuthority()
    await at.ok('CreateUser', { UserName: 'Alice' })
    expect((await at.ok('GetUser', { UserName: 'aLICE' })).User.UserName).toBe('Alice')
    expect(await at.refused('CreateUser', { UserName: 'ALICE', Path: '/other/' })).toMatchObject({
      reason: 'entity-exists',
      says: 'User with name ALICE already exists.',
    })
  })

  it('are named by the waiter-friendly sentence when they are not there', async () => {
    const at = await openAuthority()
    expect(await at.refused('GetUser', { UserName: 'bob' })).toEqual({
      reason: 'no-such-entity',
      says: 'The user with name bob cannot be found.',
    })
  })

  it('are the caller when no name is given: root without name and path, a user as itself, never a role session', async () => {
    const at = await openAuthority()
    expect((await at.ok('GetUser')).User).toEqual({
      UserId: ACCOUNT,
      Arn: `arn:aws:iam::${ACCOUNT}:root`,
      CreateDate: '2026-01-01T00:00:00Z',
    })
    await at.ok('CreateUser', { UserName: 'alice' })
    await at.ok('PutUserPolicy', { UserName: 'alice', PolicyName: 'all', PolicyDocument: allowAll })
    expect((await at.ok('GetUser', {}, at.user('alice'))).User.UserName).toBe('alice')
    const trust = `{"Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::${ACCOUNT}:user/alice"},"Action":"sts:AssumeRole"}}`
    await at.ok('CreateRole', { RoleName: 'r', AssumeRolePolicyDocument: trust })
    await at.ok('PutRolePolicy', { RoleName: 'r', PolicyName: 'all', PolicyDocument: allowAll })
    const { Credentials } = await at.ok(
      'AssumeRole',
      { RoleArn: `arn:aws:iam::${ACCOUNT}:role/r`, RoleSessionName: 'me' },
      at.user('alice'),
    )
    expect(await at.refused('GetUser', {}, at.session(Credentials.SessionToken))).toEqual({
      reason: 'invalid-parameter',
      says: 'Must specify userName when calling with non-User credentials',
    })
  })

  it('keep id, keys and policies when renamed, and give the old name free', async () => {
    const at = await openAuthority()
    const { User } = await at.ok('CreateUser', { UserName: 'old' })
    const { AccessKey } = await at.ok('CreateAccessKey', { UserName: 'old' })
    await at.ok('UpdateUser', { UserName: 'old', NewUserName: 'new', NewPath: '/moved/' })
    expect((await at.ok('GetUser', { UserName: 'new' })).User).toMatchObject({
      UserId: User.UserId,
      Arn: `arn:aws:iam::${ACCOUNT}:user/moved/new`,
    })
    expect((await at.ok('ListAccessKeys', { UserName: 'new' })).AccessKeyMetadata).toMatchObject([
      { UserName: 'new', AccessKeyId: AccessKey.AccessKeyId },
    ])
    expect((await at.ok('CreateUser', { UserName: 'old' })).User.UserId).not.toBe(User.UserId)
    expect(await at.refused('UpdateUser', { UserName: 'new', NewUserName: 'OLD' })).toMatchObject({
      says: 'User with name old already exists.',
    })
    await at.ok('UpdateUser', { UserName: 'new', NewUserName: 'NEW' })
    expect((await at.ok('GetUser', { UserName: 'new' })).User.UserName).toBe('NEW')
  })

  it('may be renamed only by who may change them as they are and as they will be', async () => {
    const at = await openAuthority()
    await at.ok('CreateUser', { UserName: 'admin' })
    await at.ok('CreateUser', { UserName: 'x', Path: '/a/' })
    await at.ok('PutUserPolicy', {
      UserName: 'admin',
      PolicyName: 'p',
      PolicyDocument: `{"Statement":{"Effect":"Allow","Action":"iam:UpdateUser","Resource":"arn:aws:iam::${ACCOUNT}:user/a/*"}}`,
    })
    expect(await at.refused('UpdateUser', { UserName: 'x', NewPath: '/b/' }, at.user('admin'))).toMatchObject({
      reason: 'not-authorized',
      resource: `arn:aws:iam::${ACCOUNT}:user/b/x`,
    })
    await at.ok('UpdateUser', { UserName: 'x', NewUserName: 'y' }, at.user('admin'))
  })

  it('go only when keys, devices, attached and inline policies are gone, in that order', async () => {
    const at = await openAuthority()
    const { serialNumber } = await at.userWithDevice('u')
    const { AccessKey } = await at.ok('CreateAccessKey', { UserName: 'u' })
    const PolicyArn = 'arn:aws:iam::aws:policy/IAMReadOnlyAccess'
    await at.ok('AttachUserPolicy', { UserName: 'u', PolicyArn })
    await at.ok('PutUserPolicy', { UserName: 'u', PolicyName: 'p', PolicyDocument: allowAll })
    await at.ok('PutUserPermissionsBoundary', { UserName: 'u', PermissionsBoundary: PolicyArn })
    const conflict = async (what: string) =>
      expect(await at.refused('DeleteUser', { UserName: 'u' })).toMatchObject({
        reason: 'delete-conflict',
        says: `Cannot delete entity, must ${what} first.`,
      })
    await conflict('delete access keys')
    await at.ok('DeleteAccessKey', { UserName: 'u', AccessKeyId: AccessKey.AccessKeyId })
    await conflict('remove tokens from principal')
    await at.ok('DeactivateMFADevice', { UserName: 'u', SerialNumber: serialNumber })
    await conflict('detach all policies')
    await at.ok('DetachUserPolicy', { UserName: 'u', PolicyArn })
    await conflict('delete policies')
    await at.ok('DeleteUserPolicy', { UserName: 'u', PolicyName: 'p' })
    await at.ok('DeleteUser', { UserName: 'u' })
    expect(await at.refused('GetUser', { UserName: 'u' })).toMatchObject({ reason: 'no-such-entity' })
  })

  it('have tags whose keys are the same whatever their case', async () => {
    const at = await openAuthority()
    await at.ok('CreateUser', { UserName: 'u', Tags: [{ Key: 'Team', Value: 'red' }] })
    await at.ok('TagUser', {
      UserName: 'u',
      Tags: [
        { Key: 'team', Value: 'blue' },
        { Key: 'Cost', Value: '' },
      ],
    })
    expect((await at.ok('ListUserTags', { UserName: 'u' })).Tags).toEqual([
      { Key: 'Cost', Value: '' },
      { Key: 'team', Value: 'blue' },
    ])
    expect((await at.ok('GetUser', { UserName: 'u' })).User.Tags).toHaveLength(2)
    expect((await at.ok('ListUsers')).Users[0]).not.toHaveProperty('Tags')
    expect(
      await at.refused('TagUser', {
        UserName: 'u',
        Tags: [
          { Key: 'a', Value: '1' },
          { Key: 'A', Value: '2' },
        ],
      }),
    ).toEqual({
      reason: 'invalid-input',
      says: 'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
    })
    expect(await at.refused('TagUser', { UserName: 'u', Tags: [{ Key: 'AWS:x', Value: '' }] })).toMatchObject({
      reason: 'invalid-input',
    })
    await at.ok('UntagUser', { UserName: 'u', TagKeys: ['TEAM', 'absent'] })
    expect((await at.ok('ListUserTags', { UserName: 'u' })).Tags).toEqual([{ Key: 'Cost', Value: '' }])
    const fifty = Array.from({ length: 50 }, (_, index) => ({ Key: `k${index}`, Value: '' }))
    expect(await at.refused('TagUser', { UserName: 'u', Tags: fifty })).toMatchObject({ reason: 'limit-exceeded' })
  })

  it('need the tag permission as well when they are created with tags', async () => {
    const at = await openAuthority()
    await at.ok('CreateUser', { UserName: 'admin' })
    const policy = (actions: string) =>
      at.ok('PutUserPolicy', {
        UserName: 'admin',
        PolicyName: 'p',
        PolicyDocument: `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":${actions},"Resource":"*",
          "Condition":{"StringEquals":{"aws:RequestTag/team":"red"}}}}`,
      })
    const input = { UserName: 'u', Tags: [{ Key: 'team', Value: 'red' }] }
    await policy('["iam:CreateUser"]')
    expect(await at.refused('CreateUser', input, at.user('admin'))).toMatchObject({
      reason: 'not-authorized',
      action: 'iam:TagUser',
      resource: `arn:aws:iam::${ACCOUNT}:user/u`,
    })
    await policy('["iam:CreateUser","iam:TagUser"]')
    expect(
      await at.refused('CreateUser', { UserName: 'u', Tags: [{ Key: 'team', Value: 'blue' }] }, at.user('admin')),
    ).toMatchObject({ reason: 'not-authorized', action: 'iam:CreateUser' })
    await at.ok('CreateUser', input, at.user('admin'))
  })

  it('are bounded only by a policy that exists, and can be demanded to be bounded', async () => {
    const at = await openAuthority()
    const arn = `arn:aws:iam::${ACCOUNT}:policy/edge`
    expect(await at.refused('CreateUser', { UserName: 'u', PermissionsBoundary: arn })).toMatchObject({
      reason: 'no-such-entity',
      says: `Scope ARN: ${arn} does not exist or is not attachable.`,
    })
    const noPolicy = arn.replace(':policy/', ':not_a_policy/')
    expect(await at.refused('CreateUser', { UserName: 'u', PermissionsBoundary: noPolicy })).toMatchObject({
      reason: 'invalid-input',
      says: `ARN ${noPolicy} is not valid.`,
    })
    await at.ok('CreatePolicy', { PolicyName: 'edge', PolicyDocument: allowAll })
    await at.ok('CreateUser', { UserName: 'admin' })
    await at.ok('PutUserPolicy', {
      UserName: 'admin',
      PolicyName: 'p',
      PolicyDocument: `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:*","Resource":"*",
        "Condition":{"StringEquals":{"iam:PermissionsBoundary":"${arn}"}}}}`,
    })
    expect(await at.refused('CreateUser', { UserName: 'u' }, at.user('admin'))).toMatchObject({
      reason: 'not-authorized',
    })
    const { User } = await at.ok('CreateUser', { UserName: 'u', PermissionsBoundary: arn }, at.user('admin'))
    expect(User.PermissionsBoundary).toEqual({ PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: arn })
    // The boundary that the user has is what the later calls are judged by.
    await at.ok('PutUserPolicy', { UserName: 'u', PolicyName: 'q', PolicyDocument: allowAll }, at.user('admin'))
    await at.ok('DeleteUserPermissionsBoundary', { UserName: 'u' })
    expect(await at.refused('DeleteUserPermissionsBoundary', { UserName: 'u' })).toMatchObject({
      reason: 'no-such-entity',
    })
    expect(
      await at.refused('PutUserPolicy', { UserName: 'u', PolicyName: 'q', PolicyDocument: allowAll }, at.user('admin')),
    ).toMatchObject({ reason: 'not-authorized' })
  })

  it('are named in a denial by ARN when they exist and by the short form when they do not', async () => {
    const at = await openAuthority()
    await at.ok('CreateUser', { UserName: 'nobody' })
    await at.ok('CreateUser', { UserName: 'there', Path: '/p/' })
    const nobody = at.user('nobody')
    const resourceOf = async (operation: string, input: object) =>
      (await at.refused(operation, input, nobody)) as { resource?: string }
    expect(await resourceOf('GetUser', { UserName: 'there' })).toMatchObject({
      resource: `arn:aws:iam::${ACCOUNT}:user/p/there`,
    })
    expect(await resourceOf('GetUser', { UserName: 'absent' })).toMatchObject({ resource: 'user absent' })
    expect(await resourceOf('ListUsers', {})).toMatchObject({ resource: `arn:aws:iam::${ACCOUNT}:user/` })
    expect(await resourceOf('ListUsers', { PathPrefix: '/p/' })).toMatchObject({
      resource: `arn:aws:iam::${ACCOUNT}:user/p/`,
    })
    expect(await resourceOf('GetRole', { RoleName: 'absent' })).toMatchObject({ resource: 'role absent' })
    expect(await resourceOf('ListPolicies', {})).toMatchObject({ resource: 'policy path /' })
    expect(await resourceOf('GetAccountSummary', {})).toMatchObject({ resource: '*' })
  })
})

describe('two writers at once', () => {
  it('create one user of a name, the other is told that it exists', async () => {
    const at = await openAuthority()
    const results = await Promise.all(['u', 'U', 'u'].map((UserName) => at.call('CreateUser', { UserName })))
    expect(results.filter((result) => 'ok' in result)).toHaveLength(1)
    expect(results.filter((result) => 'refused' in result && result.refused.reason === 'entity-exists')).toHaveLength(2)
  })

  it('never make a third key between them', async () => {
    const at = await openAuthority()
    await at.ok('CreateUser', { UserName: 'u' })
    const results = await Promise.all([1, 2, 3, 4, 5].map(() => at.call('CreateAccessKey', { UserName: 'u' })))
    expect(results.filter((result) => 'ok' in result)).toHaveLength(2)
    expect((await at.ok('ListAccessKeys', { UserName: 'u' })).AccessKeyMetadata).toHaveLength(2)
  })

  it('do not leave a policy attached that the other has deleted', async () => {
    const at = await openAuthority()
    await at.ok('CreateUser', { UserName: 'u' })
    const { Policy } = await at.ok('CreatePolicy', { PolicyName: 'p', PolicyDocument: allowAll })
    const [attached, deleted] = await Promise.all([
      at.call('AttachUserPolicy', { UserName: 'u', PolicyArn: Policy.Arn }),
      at.call('DeletePolicy', { PolicyArn: Policy.Arn }),
    ])
    expect('ok' in attached).not.toBe('ok' in deleted)
  })
})
