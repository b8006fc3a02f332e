import { describe, expect, it } from 'vitest'
import { ACCOUNT, type AuthorityAtHand, openAuthority } from './authority-at-hand.ts'

const trust = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}}`

async function withRole(partition = 'aws'): Promise<AuthorityAtHand> {
  const at = await openAuthority({ partition })
  for (const RoleName of ['web', 'db']) await at.ok('CreateRole', { RoleName, AssumeRolePolicyDocument: trust })
  await at.ok('CreateInstanceProfile', { InstanceProfileName: 'p' })
  return at
}

const profile = { InstanceProfileName: 'p' }
const web = { ...profile, RoleName: 'web' }

describe('instance profiles', () => {
  it('show in each reply what AWS shows there: no role at first, tags where they are set, always when one is got', async () => {
    const at = await openAuthority()
    const { InstanceProfile } = await at.ok('CreateInstanceProfile', {
      InstanceProfileName: 'Web',
      Path: '/app/',
      Tags: [{ Key: 'team', Value: 'a' }],
    })
    const shown = {
      Path: '/app/',
      InstanceProfileName: 'Web',
      InstanceProfileId: expect.stringMatching(/^AIPA[A-Z2-7]{17}$/),
      Arn: `arn:aws:iam::${ACCOUNT}:instance-profile/app/Web`,
      CreateDate: '2026-11-28T12:00:00Z',
      Roles: [],
    }
    const Tags = [{ Key: 'team', Value: 'a' }]
    expect(InstanceProfile).toEqual({ ...shown, Tags })
    expect(await at.ok('GetInstanceProfile', { InstanceProfileName: 'WEB' })).toEqual({
      InstanceProfile: { ...shown, Tags },
    })
    expect(await at.ok('ListInstanceProfiles')).toEqual({ InstanceProfiles: [shown], IsTruncated: false })
    const plain = await at.ok('CreateInstanceProfile', { InstanceProfileName: 'plain' })
    expect(plain.InstanceProfile).toMatchObject({ Path: '/', Tags: undefined })
    const got = await at.ok('GetInstanceProfile', { InstanceProfileName: 'plain' })
    expect(got.InstanceProfile.Tags).toEqual([])
  })

  it('are refused in AWS’s words when the name is taken in any case, or nobody bears it', async () => {
    const at = await withRole()
    expect(await at.refused('CreateInstanceProfile', { InstanceProfileName: 'P' })).toMatchObject({
      reason: 'entity-exists',
      says: 'Instance Profile P already exists.',
    })
    const name = { InstanceProfileName: 'x' }
    for (const [operation, input] of [
      ['GetInstanceProfile', name],
      ['DeleteInstanceProfile', name],
      ['AddRoleToInstanceProfile', { ...name, RoleName: 'web' }],
      ['RemoveRoleFromInstanceProfile', { ...name, RoleName: 'web' }],
      ['TagInstanceProfile', { ...name, Tags: [{ Key: 'k', Value: 'v' }] }],
      ['UntagInstanceProfile', { ...name, TagKeys: ['k'] }],
      ['ListInstanceProfileTags', name],
    ] as const)
      expect(await at.refused(operation, input)).toEqual({
        reason: 'no-such-entity',
        says: 'Instance Profile x cannot be found.',
      })
    for (const [operation, input] of [
      ['AddRoleToInstanceProfile', { ...profile, RoleName: 'x' }],
      ['RemoveRoleFromInstanceProfile', { ...profile, RoleName: 'x' }],
      ['ListInstanceProfilesForRole', { RoleName: 'x' }],
    ] as const)
      expect(await at.refused(operation, input)).toEqual({
        reason: 'no-such-entity',
        says: 'The role with name x cannot be found.',
      })
    expect(await at.refused('RemoveRoleFromInstanceProfile', web)).toEqual({
      reason: 'no-such-entity',
      says: 'Role web in Instance Profile p cannot be found.',
    })
  })

  it('take one role, which may be in many of them and is shown in each', async () => {
    const at = await withRole()
    await at.ok('AddRoleToInstanceProfile', { InstanceProfileName: 'P', RoleName: 'WEB' })
    await at.ok('CreateInstanceProfile', { InstanceProfileName: 'a' })
    await at.ok('AddRoleToInstanceProfile', { InstanceProfileName: 'a', RoleName: 'web' })
    for (const RoleName of ['db', 'web'])
      expect(await at.refused('AddRoleToInstanceProfile', { ...profile, RoleName })).toMatchObject({
        reason: 'limit-exceeded',
        says: 'Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1',
      })
    const role = {
      Path: '/',
      RoleName: 'web',
      RoleId: at.state.directory.roleNamed('web')?.id,
      Arn: `arn:aws:iam::${ACCOUNT}:role/web`,
      CreateDate: '2026-11-28T12:00:00Z',
      AssumeRolePolicyDocument: encodeURIComponent(trust),
    }
    expect((await at.ok('GetInstanceProfile', profile)).InstanceProfile.Roles).toEqual([role])
    const first = await at.ok('ListInstanceProfilesForRole', { RoleName: 'web', MaxItems: 1 })
    expect(first).toMatchObject({ InstanceProfiles: [{ InstanceProfileName: 'a', Roles: [role] }], IsTruncated: true })
    const rest = await at.ok('ListInstanceProfilesForRole', { RoleName: 'web', Marker: first.Marker, MaxItems: 1 })
    expect(rest).toMatchObject({ InstanceProfiles: [{ InstanceProfileName: 'p' }], IsTruncated: false })
    expect((await at.ok('ListInstanceProfilesForRole', { RoleName: 'db' })).InstanceProfiles).toEqual([])
    await at.ok('RemoveRoleFromInstanceProfile', web)
    expect((await at.ok('GetInstanceProfile', profile)).InstanceProfile.Roles).toEqual([])
    await at.ok('AddRoleToInstanceProfile', { ...profile, RoleName: 'db' })
  })

  it('are listed by name below a path', async () => {
    const at = await withRole()
    await at.ok('CreateInstanceProfile', { InstanceProfileName: 'B', Path: '/x/' })
    await at.ok('CreateInstanceProfile', { InstanceProfileName: 'a', Path: '/x/y/' })
    const names = async (input = {}) =>
      (await at.ok('ListInstanceProfiles', input)).InstanceProfiles.map(
        (one: { InstanceProfileName: string }) => one.InstanceProfileName,
      )
    expect(await names()).toEqual(['a', 'B', 'p'])
    expect(await names({ PathPrefix: '/x/' })).toEqual(['a', 'B'])
    expect(await names({ PathPrefix: '/none/' })).toEqual([])
    expect((await at.ok('GetAccountSummary')).SummaryMap).toMatchObject({
      InstanceProfiles: 3,
      InstanceProfilesQuota: 1000,
    })
  })

  it('and roles go only when they are apart', async () => {
    const at = await withRole()
    await at.ok('AddRoleToInstanceProfile', web)
    const conflict = {
      reason: 'delete-conflict',
      says: 'Cannot delete entity, must remove roles from instance profile first.',
    }
    expect(await at.refused('DeleteInstanceProfile', profile)).toMatchObject(conflict)
    expect(await at.refused('DeleteRole', { RoleName: 'web' })).toMatchObject(conflict)
    await at.ok('RemoveRoleFromInstanceProfile', web)
    await at.ok('DeleteRole', { RoleName: 'web' })
    await at.ok('DeleteInstanceProfile', profile)
    expect((await at.ok('ListInstanceProfiles')).InstanceProfiles).toEqual([])
  })

  it('bear tags whose keys count with their case, fifty at most', async () => {
    const at = await openAuthority()
    const tag = (Key: string) => ({ Key, Value: 'v' })
    const Tags = [tag('k'), tag('K')]
    await at.ok('CreateInstanceProfile', { ...profile, Tags })
    const tags = async () => (await at.ok('ListInstanceProfileTags', profile)).Tags
    expect(await tags()).toEqual([tag('K'), tag('k')])
    await at.ok('TagInstanceProfile', { ...profile, Tags: [{ Key: 'k', Value: 'w' }] })
    await at.ok('UntagInstanceProfile', { ...profile, TagKeys: ['K', 'absent'] })
    expect(await tags()).toEqual([{ Key: 'k', Value: 'w' }])
    const many = Array.from({ length: 50 }, (_, n) => tag(`t${n}`))
    expect(await at.refused('TagInstanceProfile', { ...profile, Tags: many })).toMatchObject({
      says: 'Cannot exceed quota for TagsPerInstanceProfile: 50',
    })
    expect(await at.refused('TagInstanceProfile', { ...profile, Tags: [tag('aws:x')] })).toMatchObject({
      reason: 'invalid-input',
    })
  })
})

describe('who may', () => {
  const statement = (Action: string | readonly string[], more = {}) => ({
    Effect: 'Allow',
    Action,
    Resource: '*',
    ...more,
  })
  async function delegate(at: AuthorityAtHand, ...statements: readonly object[]) {
    if (at.state.directory.userNamed('d') === undefined) await at.ok('CreateUser', { UserName: 'd' })
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statements })
    await at.ok('PutUserPolicy', { UserName: 'd', PolicyName: 'd', PolicyDocument })
    return at.user('d')
  }

  it('put a role into a profile must be allowed to pass it to EC2', async () => {
    const at = await withRole()
    const add = statement('iam:AddRoleToInstanceProfile', {
      Resource: `arn:aws:iam::${ACCOUNT}:instance-profile/p`,
    })
    expect(await at.refused('AddRoleToInstanceProfile', web, await delegate(at, add))).toMatchObject({
      reason: 'not-authorized',
      action: 'iam:PassRole',
      resource: `arn:aws:iam::${ACCOUNT}:role/web`,
      cause: 'permission-missing',
    })
    const pass = (Condition: object) =>
      statement('iam:PassRole', { Resource: `arn:aws:iam::${ACCOUNT}:role/web`, Condition })
    const toLambda = pass({ StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } })
    expect(await at.refused('AddRoleToInstanceProfile', web, await delegate(at, add, toLambda))).toMatchObject({
      action: 'iam:PassRole',
    })
    // The two keys as AWS's own documentation has them for this call.
    const toInstances = pass({
      StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' },
      ArnLike: { 'iam:AssociatedResourceARN': `arn:aws:ec2:*:${ACCOUNT}:instance/*` },
    })
    const as = await delegate(at, add, toInstances)
    await at.ok('AddRoleToInstanceProfile', web, as)
    expect(await at.refused('RemoveRoleFromInstanceProfile', web, as)).toMatchObject({
      action: 'iam:RemoveRoleFromInstanceProfile',
      resource: `arn:aws:iam::${ACCOUNT}:instance-profile/p`,
    })
    // Taking it out again passes nothing.
    await at.ok(
      'RemoveRoleFromInstanceProfile',
      web,
      await delegate(at, statement('iam:RemoveRoleFromInstanceProfile')),
    )
  })

  it('pass a role in another partition passes it to the EC2 of that partition', async () => {
    const at = await withRole('aws-cn')
    const pass = (service: string) =>
      statement('iam:PassRole', { Condition: { StringEquals: { 'iam:PassedToService': service } } })
    const add = statement('iam:AddRoleToInstanceProfile')
    expect(
      await at.refused('AddRoleToInstanceProfile', web, await delegate(at, add, pass('ec2.amazonaws.com'))),
    ).toMatchObject({ action: 'iam:PassRole', resource: `arn:aws-cn:iam::${ACCOUNT}:role/web` })
    await at.ok('AddRoleToInstanceProfile', web, await delegate(at, add, pass('ec2.amazonaws.com.cn')))
  })

  it('make one with tags is asked for both, and by the tags', async () => {
    const at = await openAuthority()
    const create = { InstanceProfileName: 'p', Path: '/app/', Tags: [{ Key: 'team', Value: 'a' }] }
    const resource = `arn:aws:iam::${ACCOUNT}:instance-profile/app/p`
    const byTag = { Condition: { StringEquals: { 'aws:RequestTag/team': 'a' } } }
    const making = statement('iam:CreateInstanceProfile', byTag)
    expect(await at.refused('CreateInstanceProfile', create, await delegate(at, making))).toMatchObject({
      action: 'iam:TagInstanceProfile',
      resource,
    })
    const as = await delegate(at, making, statement('iam:TagInstanceProfile', byTag))
    expect(
      await at.refused('CreateInstanceProfile', { ...create, Tags: [{ Key: 'team', Value: 'b' }] }, as),
    ).toMatchObject({ action: 'iam:CreateInstanceProfile', resource })
    await at.ok('CreateInstanceProfile', create, as)
  })

  it('use one is asked by its tags, and a call on one that is not there names it in short', async () => {
    const at = await openAuthority()
    await at.ok('CreateInstanceProfile', { ...profile, Tags: [{ Key: 'team', Value: 'a' }] })
    await at.ok('CreateInstanceProfile', { InstanceProfileName: 'q' })
    const mine = { Condition: { StringEquals: { 'iam:ResourceTag/team': 'a' } } }
    const as = await delegate(at, statement('iam:GetInstanceProfile', mine))
    await at.ok('GetInstanceProfile', profile, as)
    for (const [operation, input, resource] of [
      ['GetInstanceProfile', { InstanceProfileName: 'q' }, `arn:aws:iam::${ACCOUNT}:instance-profile/q`],
      ['GetInstanceProfile', { InstanceProfileName: 'x' }, 'instance profile x'],
      ['ListInstanceProfiles', { PathPrefix: '/a/' }, `arn:aws:iam::${ACCOUNT}:instance-profile/a/`],
      ['ListInstanceProfilesForRole', { RoleName: 'x' }, 'role x'],
    ] as const)
      expect(await at.refused(operation, input, as)).toMatchObject({ action: `iam:${operation}`, resource })
  })
})

describe('two nodes on one store', () => {
  const add = ['AddRoleToInstanceProfile', web] as const

  it.each([
    ['a role', ['DeleteRole', { RoleName: 'web' }]],
    ['a profile', ['DeleteInstanceProfile', profile]],
    ['the place of a role', ['AddRoleToInstanceProfile', { ...profile, RoleName: 'db' }]],
  ] as const)('do not both take %s, whoever is first', async (_what, rival) => {
    for (const calls of [
      [add, rival],
      [rival, add],
    ]) {
      const here = await withRole()
      const there = await openAuthority({ store: here.store })
      const nodes = [here, there]
      const results = await Promise.all(calls.map((call, index) => nodes[index]!.call(call[0], call[1])))
      expect(results.map((result) => 'ok' in result)).toEqual([true, false])
    }
  })
})
