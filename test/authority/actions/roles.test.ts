import { describe, expect, it } from 'vitest'
import { ACCOUNT, openAuthority } from './authority-at-hand.ts'

const trustIn = (aws: string) =>
  `{ "Version": "2012-10-17",\n  "Statement": {"Effect": "Allow", "Principal": {"AWS": "${aws}"}, "Action": "sts:AssumeRole"} }`
const root = `arn:aws:iam::${ACCOUNT}:root`
const allowAll = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'

describe('roles', () => {
  it('show in each reply what AWS shows there, the trust policy percent-encoded', async () => {
    const at = await openAuthority()
    const document = trustIn(root)
    const input = { RoleName: 'R', Path: '/p/', AssumeRolePolicyDocument: document, Description: 'at first' }
    const { Role } = await at.ok('CreateRole', input)
    // Recorded of AWS: not the description, though it is kept.
    expect((await at.ok('GetRole', { RoleName: 'r' })).Role.Description).toBe('at first')
    expect(Object.keys(Role).filter((name) => Role[name] !== undefined)).toEqual([
      'Path',
      'RoleName',
      'RoleId',
      'Arn',
      'CreateDate',
      'AssumeRolePolicyDocument',
    ])
    expect(Role).toMatchObject({
      Arn: `arn:aws:iam::${ACCOUNT}:role/p/R`,
      RoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}$/),
    })
    expect(Role.AssumeRolePolicyDocument).toMatch(/^[A-Za-z0-9\-._~%]+$/)
    expect(Role.AssumeRolePolicyDocument).toContain('%7B%20%22Version%22%3A%20%222012-10-17%22%2C%0A%20%20')
    expect(decodeURIComponent(Role.AssumeRolePolicyDocument)).toBe(document)
    await at.ok('TagRole', { RoleName: 'r', Tags: [{ Key: 'a', Value: 'b' }] })
    await at.ok('UpdateRole', { RoleName: 'r', Description: 'for tests' })
    expect((await at.ok('GetRole', { RoleName: 'r' })).Role).toMatchObject({
      Description: 'for tests',
      MaxSessionDuration: 3600,
      RoleLastUsed: {},
      Tags: [{ Key: 'a', Value: 'b' }],
    })
    const listed = (await at.ok('ListRoles')).Roles[0]
    expect(listed).toMatchObject({ Description: 'for tests', MaxSessionDuration: 3600 })
    for (const name of ['Tags', 'RoleLastUsed', 'PermissionsBoundary']) expect(listed[name]).toBeUndefined()
  })

  it('tell when and where they were last used, for 400 days', async () => {
    const at = await openAuthority()
    const { Role } = await at.ok('CreateRole', { RoleName: 'r', AssumeRolePolicyDocument: trustIn(root) })
    at.state.directory.noteUse({
      accessKeyId: Role.RoleId,
      at: '2026-11-28T11:59:58.123Z',
      service: 'iam',
      region: 'eu-west-1',
    })
    const shown = async () => [
      (await at.ok('GetRole', { RoleName: 'r' })).Role.RoleLastUsed,
      (await at.ok('GetAccountAuthorizationDetails')).RoleDetailList[0].RoleLastUsed,
    ]
    const used = { LastUsedDate: '2026-11-28T11:59:58Z', Region: 'eu-west-1' }
    expect(await shown()).toEqual([used, used])
    at.tick(400 * 86_400)
    expect(await shown()).toEqual([{}, {}])
  })

  it('keep what an update does not name', async () => {
    const at = await openAuthority()
    const input = {
      RoleName: 'r',
      AssumeRolePolicyDocument: trustIn(root),
      Description: 'one',
      MaxSessionDuration: 7200,
    }
    await at.ok('CreateRole', input)
    expect(await at.ok('UpdateRole', { RoleName: 'r', Description: 'two' })).toEqual({})
    await at.ok('UpdateRole', { RoleName: 'r', MaxSessionDuration: 3600 })
    const { Role } = await at.ok('UpdateRoleDescription', { RoleName: 'r', Description: '' })
    // Recorded of AWS: this reply has neither duration nor last use.
    expect(Role.Description).toBe('')
    expect(Role.MaxSessionDuration).toBeUndefined()
    expect((await at.ok('GetRole', { RoleName: 'r' })).Role).toMatchObject({
      Description: '',
      MaxSessionDuration: 3600,
    })
  })

  it('trust only what exists, in a policy that is one', async () => {
    const at = await openAuthority()
    const create = (AssumeRolePolicyDocument: string) =>
      at.refused('CreateRole', { RoleName: 'r', AssumeRolePolicyDocument })
    const nobody = `arn:aws:iam::${ACCOUNT}:user/nobody`
    expect(await create(trustIn(nobody))).toMatchObject({
      reason: 'policy-malformed',
      says: `Invalid principal in policy: "AWS":"${nobody}"`,
    })
    expect(await create('{')).toMatchObject({ reason: 'policy-malformed' })
    expect(await create(allowAll)).toMatchObject({ reason: 'policy-malformed' })
    const long = trustIn(root).replace('"Effect"', `"Sid": "${'x'.repeat(2048)}", "Effect"`)
    expect(await create(long)).toMatchObject({
      reason: 'limit-exceeded',
      says: 'Cannot exceed quota for ACLSizePerRole: 2048',
    })
    await at.ok('CreateRole', {
      RoleName: 'r',
      AssumeRolePolicyDocument: trustIn(root).replace('"Effect"', `${' '.repeat(4000)}"Effect"`),
    })
  })

  it('go on trusting a user that was renamed, and show it by its new name', async () => {
    const at = await openAuthority()
    await at.ok('CreateUser', { UserName: 'u' })
    await at.ok('CreateRole', { RoleName: 'r', AssumeRolePolicyDocument: trustIn(`arn:aws:iam::${ACCOUNT}:user/u`) })
    await at.ok('UpdateUser', { UserName: 'u', NewUserName: 'v', NewPath: '/p/' })
    const { Role } = await at.ok('GetRole', { RoleName: 'r' })
    expect(JSON.parse(decodeURIComponent(Role.AssumeRolePolicyDocument)).Statement.Principal.AWS).toBe(
      `arn:aws:iam::${ACCOUNT}:user/p/v`,
    )
  })

  it('do not trust a user that was made again under the name of one that is gone, and show the old one’s id', async () => {
    const at = await openAuthority()
    const { User } = await at.ok('CreateUser', { UserName: 'u' })
    await at.ok('CreateRole', { RoleName: 'r', AssumeRolePolicyDocument: trustIn(`arn:aws:iam::${ACCOUNT}:user/u`) })
    const input = { RoleArn: `arn:aws:iam::${ACCOUNT}:role/r`, RoleSessionName: 'me' }
    await at.ok('AssumeRole', input, at.user('u'))
    await at.ok('DeleteUser', { UserName: 'u' })
    await at.ok('CreateUser', { UserName: 'u' })
    expect(await at.refused('AssumeRole', input, at.user('u'))).toMatchObject({ reason: 'not-authorized' })
    const { Role } = await at.ok('GetRole', { RoleName: 'r' })
    const shown = decodeURIComponent(Role.AssumeRolePolicyDocument)
    expect(JSON.parse(shown).Statement.Principal.AWS).toBe(User.UserId)
    // What is shown cannot be saved again: it names nobody any more.
    expect(await at.refused('UpdateAssumeRolePolicy', { RoleName: 'r', PolicyDocument: shown })).toMatchObject({
      reason: 'policy-malformed',
    })
  })

  it('get a new id when they are made again', async () => {
    const at = await openAuthority()
    const input = { RoleName: 'r', AssumeRolePolicyDocument: trustIn(root) }
    const before = await at.ok('CreateRole', input)
    expect(await at.refused('CreateRole', { ...input, RoleName: 'R' })).toMatchObject({
      says: 'Role with name R already exists.',
    })
    await at.ok('DeleteRole', { RoleName: 'R' })
    expect((await at.ok('CreateRole', input)).Role.RoleId).not.toBe(before.Role.RoleId)
  })

  it('go only when their policies are gone', async () => {
    const at = await openAuthority()
    await at.ok('CreateRole', { RoleName: 'r', AssumeRolePolicyDocument: trustIn(root) })
    const PolicyArn = 'arn:aws:iam::aws:policy/AdministratorAccess'
    await at.ok('AttachRolePolicy', { RoleName: 'r', PolicyArn })
    await at.ok('PutRolePolicy', { RoleName: 'r', PolicyName: 'p', PolicyDocument: allowAll })
    expect(await at.refused('DeleteRole', { RoleName: 'r' })).toMatchObject({
      says: 'Cannot delete entity, must detach all policies first.',
    })
    await at.ok('DetachRolePolicy', { RoleName: 'r', PolicyArn })
    expect(await at.refused('DeleteRole', { RoleName: 'r' })).toMatchObject({
      says: 'Cannot delete entity, must delete policies first.',
    })
    await at.ok('DeleteRolePolicy', { RoleName: 'r', PolicyName: 'p' })
    await at.ok('DeleteRole', { RoleName: 'r' })
    expect(await at.refused('GetRole', { RoleName: 'r' })).toEqual({
      reason: 'no-such-entity',
      says: 'The role with name r cannot be found.',
    })
  })

  it('cannot be put where service-linked roles are kept', async () => {
    const at = await openAuthority()
    const input = { RoleName: 'r', AssumeRolePolicyDocument: trustIn(root), Path: '/aws-service-role/x/' }
    expect(await at.refused('CreateRole', input)).toMatchObject({ reason: 'invalid-parameter' })
  })
})
