import { describe, expect, it } from 'vitest'
import { ACCOUNT, type AuthorityAtHand, openAuthority } from './authority-at-hand.ts'

const allowed = (Action: string, Resource = '*', Effect = 'Allow') =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Sid: 'S', Effect, Action, Resource }] })
const readOnly = 'arn:aws:iam::aws:policy/IAMReadOnlyAccess'

async function withMember(groupName = 'devs'): Promise<AuthorityAtHand> {
  const at = await openAuthority()
  await at.ok('CreateUser', { UserName: 'ann' })
  await at.ok('CreateGroup', { GroupName: groupName })
  await at.ok('AddUserToGroup', { GroupName: groupName, UserName: 'ann' })
  return at
}

const namesIn = (reply: { Groups: readonly { GroupName: string }[] }) => reply.Groups.map((group) => group.GroupName)

describe('groups', () => {
  it('come with a path, an id of their own kind and a whole-second date, and nobody in them', async () => {
    const at = await openAuthority()
    const { Group } = await at.ok('CreateGroup', { GroupName: 'Devs', Path: '/eng/' })
    expect(Group).toEqual({
      Path: '/eng/',
      GroupName: 'Devs',
      GroupId: expect.stringMatching(/^AGPA[A-Z2-7]{17}$/),
      Arn: `arn:aws:iam::${ACCOUNT}:group/eng/Devs`,
      CreateDate: '2026-11-28T12:00:00Z',
    })
    expect(await at.ok('GetGroup', { GroupName: 'dEVS' })).toEqual({ Group, Users: [], IsTruncated: false })
    expect((await at.ok('CreateGroup', { GroupName: 'ops' })).Group.Path).toBe('/')
  })

  it('are refused in AWS’s words when the name is taken in any case, or nobody bears it', async () => {
    const at = await openAuthority()
    await at.ok('CreateGroup', { GroupName: 'devs' })
    expect(await at.refused('CreateGroup', { GroupName: 'DEVS', Path: '/other/' })).toMatchObject({
      reason: 'entity-exists',
      says: 'Group with name DEVS already exists.',
    })
    const absent = { reason: 'no-such-entity', says: 'The group with name ops cannot be found.' }
    for (const operation of ['GetGroup', 'UpdateGroup', 'DeleteGroup', 'ListGroupPolicies'])
      expect(await at.refused(operation, { GroupName: 'ops' })).toEqual(absent)
    await at.ok('CreateUser', { UserName: 'ann' })
    for (const operation of ['AddUserToGroup', 'RemoveUserFromGroup']) {
      expect(await at.refused(operation, { GroupName: 'ops', UserName: 'ann' })).toEqual(absent)
      // Where both are missing the user is named, as AWS was recorded.
      expect(await at.refused(operation, { GroupName: 'ops', UserName: 'nobody' })).toEqual({
        reason: 'no-such-entity',
        says: 'The user with name nobody cannot be found.',
      })
    }
    expect(await at.refused('ListGroupsForUser', { UserName: 'nobody' })).toMatchObject({
      says: 'The user with name nobody cannot be found.',
    })
  })

  it('have the same name as a user or a role without harm', async () => {
    const at = await withMember('ann')
    expect((await at.ok('GetGroup', { GroupName: 'ann' })).Users).toMatchObject([{ UserName: 'ann' }])
  })

  it('are listed by name below a path, page by page', async () => {
    const at = await openAuthority()
    for (const [GroupName, Path] of [
      ['b', '/x/'],
      ['C', '/'],
      ['a', '/x/y/'],
    ])
      await at.ok('CreateGroup', { GroupName, Path })
    expect(namesIn(await at.ok('ListGroups'))).toEqual(['a', 'b', 'C'])
    expect(namesIn(await at.ok('ListGroups', { PathPrefix: '/x/' }))).toEqual(['a', 'b'])
    const first = await at.ok('ListGroups', { MaxItems: 2 })
    expect([namesIn(first), first.IsTruncated]).toEqual([['a', 'b'], true])
    const rest = await at.ok('ListGroups', { MaxItems: 2, Marker: first.Marker })
    expect([namesIn(rest), rest.IsTruncated, rest.Marker]).toEqual([['C'], false, undefined])
    expect(await at.refused('ListGroups', { Marker: first.Marker, PathPrefix: '/x/' })).toMatchObject({
      reason: 'invalid-parameter',
    })
  })

  it('show their members by name, page by page, without tags, boundary and last password use', async () => {
    const at = await openAuthority()
    await at.ok('CreateGroup', { GroupName: 'devs' })
    for (const UserName of ['zoe', 'Ann', 'bob']) {
      await at.ok('CreateUser', { UserName, Tags: [{ Key: 'k', Value: 'v' }], PermissionsBoundary: readOnly })
      await at.ok('AddUserToGroup', { GroupName: 'devs', UserName })
    }
    const first = await at.ok('GetGroup', { GroupName: 'devs', MaxItems: 2 })
    expect(first).toMatchObject({ Group: { GroupName: 'devs' }, IsTruncated: true })
    expect(first.Users.map((user: { UserName: string }) => user.UserName)).toEqual(['Ann', 'bob'])
    const shown = Object.entries(first.Users[0]).flatMap(([name, value]) => (value === undefined ? [] : [name]))
    expect(shown.sort()).toEqual(['Arn', 'CreateDate', 'Path', 'UserId', 'UserName'])
    const rest = await at.ok('GetGroup', { GroupName: 'devs', MaxItems: 2, Marker: first.Marker })
    expect(rest).toMatchObject({ Users: [{ UserName: 'zoe' }], IsTruncated: false })
  })

  it('are joined once however often, left without a word by who is not in them, and ten at most', async () => {
    const at = await withMember()
    await at.ok('AddUserToGroup', { GroupName: 'devs', UserName: 'ANN' })
    expect(namesIn(await at.ok('ListGroupsForUser', { UserName: 'ann' }))).toEqual(['devs'])
    for (let count = 0; count < 9; count++) {
      await at.ok('CreateGroup', { GroupName: `g${count}` })
      await at.ok('AddUserToGroup', { GroupName: `g${count}`, UserName: 'ann' })
    }
    await at.ok('CreateGroup', { GroupName: 'eleventh' })
    expect(await at.refused('AddUserToGroup', { GroupName: 'eleventh', UserName: 'ann' })).toMatchObject({
      reason: 'limit-exceeded',
      says: 'Cannot exceed quota for GroupsPerUser: 10',
    })
    await at.ok('AddUserToGroup', { GroupName: 'devs', UserName: 'ann' })
    await at.ok('RemoveUserFromGroup', { GroupName: 'eleventh', UserName: 'ann' })
    await at.ok('RemoveUserFromGroup', { GroupName: 'devs', UserName: 'ann' })
    await at.ok('AddUserToGroup', { GroupName: 'eleventh', UserName: 'ann' })
    const page = await at.ok('ListGroupsForUser', { UserName: 'ann', MaxItems: 3 })
    expect([namesIn(page), page.IsTruncated]).toEqual([['eleventh', 'g0', 'g1'], true])
    expect((await at.ok('GetGroup', { GroupName: 'devs' })).Users).toEqual([])
  })

  it('are 300 in an account at most', async () => {
    const at = await openAuthority()
    const create = (n: number) => at.call('CreateGroup', { GroupName: `g${n}` })
    for (let n = 0; n < 300; n++) expect(await create(n)).toMatchObject({ ok: {} })
    expect(await create(300)).toMatchObject({ refused: { says: 'Cannot exceed quota for GroupsPerAccount: 300' } })
    expect((await at.ok('GetAccountSummary')).SummaryMap).toMatchObject({ Groups: 300, GroupsQuota: 300 })
  })

  it('keep id, members and policies when renamed and moved, and give the old name free', async () => {
    const at = await withMember()
    const { Group } = await at.ok('GetGroup', { GroupName: 'devs' })
    await at.ok('PutGroupPolicy', { GroupName: 'devs', PolicyName: 'p', PolicyDocument: allowed('iam:GetUser') })
    await at.ok('UpdateGroup', { GroupName: 'devs', NewGroupName: 'engineers', NewPath: '/eng/' })
    expect(await at.ok('GetGroup', { GroupName: 'engineers' })).toMatchObject({
      Group: { GroupId: Group.GroupId, Arn: `arn:aws:iam::${ACCOUNT}:group/eng/engineers` },
      Users: [{ UserName: 'ann' }],
    })
    expect((await at.ok('GetUser', {}, at.user('ann'))).User.UserName).toBe('ann')
    expect((await at.ok('CreateGroup', { GroupName: 'devs' })).Group.GroupId).not.toBe(Group.GroupId)
    expect(await at.refused('UpdateGroup', { GroupName: 'engineers', NewGroupName: 'DEVS' })).toMatchObject({
      reason: 'entity-exists',
      says: 'Group with name devs already exists.',
    })
    await at.ok('UpdateGroup', { GroupName: 'engineers', NewGroupName: 'ENGINEERS' })
    expect(namesIn(await at.ok('ListGroupsForUser', { UserName: 'ann' }))).toEqual(['ENGINEERS'])
  })

  it('keep a member who is renamed, and know it by its new name', async () => {
    const at = await withMember()
    await at.ok('UpdateUser', { UserName: 'ann', NewUserName: 'anna' })
    expect((await at.ok('GetGroup', { GroupName: 'devs' })).Users).toMatchObject([{ UserName: 'anna' }])
    expect(namesIn(await at.ok('ListGroupsForUser', { UserName: 'anna' }))).toEqual(['devs'])
  })

  it('go only when members, attached and inline policies are gone; a user goes only when it is in none', async () => {
    const at = await withMember()
    await at.ok('AttachGroupPolicy', { GroupName: 'devs', PolicyArn: readOnly })
    await at.ok('PutGroupPolicy', { GroupName: 'devs', PolicyName: 'p', PolicyDocument: allowed('s3:*') })
    const conflict = async (operation: string, input: object, what: string) =>
      expect(await at.refused(operation, input)).toMatchObject({
        reason: 'delete-conflict',
        says: `Cannot delete entity, must ${what} first.`,
      })
    await conflict('DeleteUser', { UserName: 'ann' }, 'remove users from group')
    await conflict('DeleteGroup', { GroupName: 'devs' }, 'remove users from group')
    await at.ok('RemoveUserFromGroup', { GroupName: 'devs', UserName: 'ann' })
    await at.ok('DeleteUser', { UserName: 'ann' })
    await conflict('DeleteGroup', { GroupName: 'devs' }, 'detach all policies')
    await at.ok('DetachGroupPolicy', { GroupName: 'devs', PolicyArn: readOnly })
    await conflict('DeleteGroup', { GroupName: 'devs' }, 'delete policies')
    await at.ok('DeleteGroupPolicy', { GroupName: 'devs', PolicyName: 'p' })
    await at.ok('DeleteGroup', { GroupName: 'devs' })
    expect((await at.ok('ListGroups')).Groups).toEqual([])
  })

  it('take a member without writing anything of the others', async () => {
    const at = await withMember()
    for (let n = 0; n < 50; n++) {
      await at.ok('CreateUser', { UserName: `u${n}` })
      await at.ok('AddUserToGroup', { GroupName: 'devs', UserName: `u${n}` })
    }
    const before = at.state.directory.appliedSeq
    await at.ok('CreateUser', { UserName: 'last' })
    await at.ok('AddUserToGroup', { GroupName: 'devs', UserName: 'last' })
    const written = await at.store.changesAfter(before, 100)
    expect(written.map(({ kind }) => kind)).toEqual(['user', 'group', 'user'])
    expect(JSON.stringify(written).length).toBeLessThan(2_000)
  })
})

describe('the policies of a group', () => {
  it('count as users of a managed policy, first of all in the list of its entities', async () => {
    const at = await withMember()
    await at.ok('CreatePolicy', { PolicyName: 'p', PolicyDocument: allowed('s3:*') })
    const PolicyArn = `arn:aws:iam::${ACCOUNT}:policy/p`
    await at.ok('AttachGroupPolicy', { GroupName: 'devs', PolicyArn })
    await at.ok('AttachUserPolicy', { UserName: 'ann', PolicyArn })
    expect((await at.ok('GetPolicy', { PolicyArn })).Policy.AttachmentCount).toBe(2)
    expect((await at.ok('ListPolicies', { OnlyAttached: true, Scope: 'Local' })).Policies).toHaveLength(1)
    expect((await at.ok('GetAccountSummary')).SummaryMap.PolicyVersionsInUse).toBe(1)
    const groups = [{ GroupName: 'devs', GroupId: at.state.directory.groupNamed('devs')?.id }]
    const first = await at.ok('ListEntitiesForPolicy', { PolicyArn, MaxItems: 1 })
    expect(first).toMatchObject({ PolicyGroups: groups, PolicyUsers: [], IsTruncated: true })
    expect(await at.ok('ListEntitiesForPolicy', { PolicyArn, EntityFilter: 'Group' })).toMatchObject({
      PolicyGroups: groups,
      PolicyUsers: [],
    })
    expect((await at.ok('ListEntitiesForPolicy', { PolicyArn, EntityFilter: 'User' })).PolicyGroups).toEqual([])
    expect(await at.refused('DeletePolicy', { PolicyArn })).toMatchObject({ reason: 'delete-conflict' })
  })

  it('give their members what they allow, from the moment of joining to that of leaving', async () => {
    const at = await withMember()
    const ask = () => at.call('ListUsers', {}, at.user('ann'))
    expect(await ask()).toMatchObject({ refused: { reason: 'not-authorized', cause: 'permission-missing' } })
    await at.ok('PutGroupPolicy', { GroupName: 'devs', PolicyName: 'p', PolicyDocument: allowed('iam:ListUsers') })
    expect(await ask()).toMatchObject({ ok: {} })
    await at.ok('PutGroupPolicy', { GroupName: 'devs', PolicyName: 'p', PolicyDocument: allowed('s3:*') })
    expect(await ask()).toMatchObject({ refused: {} })
    await at.ok('AttachGroupPolicy', { GroupName: 'devs', PolicyArn: readOnly })
    expect(await ask()).toMatchObject({ ok: {} })
    await at.ok('RemoveUserFromGroup', { GroupName: 'devs', UserName: 'ann' })
    expect(await ask()).toMatchObject({ refused: {} })
  })

  it('deny their members too, and the refusal names the group’s statement', async () => {
    const at = await withMember()
    await at.ok('AttachUserPolicy', { UserName: 'ann', PolicyArn: readOnly })
    await at.ok('PutGroupPolicy', {
      GroupName: 'devs',
      PolicyName: 'no-lists',
      PolicyDocument: allowed('iam:List*', '*', 'Deny'),
    })
    expect(await at.refused('ListUsers', {}, at.user('ann'))).toMatchObject({
      reason: 'not-authorized',
      cause: 'explicitly-denied',
      statement: 'group/devs/no-lists#S',
    })
  })

  it('go with the sessions of a member', async () => {
    const at = await withMember()
    await at.ok('AttachGroupPolicy', { GroupName: 'devs', PolicyArn: readOnly })
    const { serialNumber, principal } = await at.userWithDevice('bob')
    const given = { SerialNumber: serialNumber, TokenCode: at.code(serialNumber) }
    const { Credentials } = await at.ok('GetSessionToken', given, principal)
    const session = at.session(Credentials.SessionToken)
    expect(await at.refused('ListUsers', {}, session)).toMatchObject({ reason: 'not-authorized' })
    await at.ok('AddUserToGroup', { GroupName: 'devs', UserName: 'bob' })
    expect((await at.ok('ListUsers', {}, session)).Users).toHaveLength(2)
  })

  it('may be changed only by who may change that group, and only as far as iam:PolicyARN goes', async () => {
    const at = await withMember()
    await at.ok('CreateGroup', { GroupName: 'admins' })
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: [
            'iam:AttachGroupPolicy',
            'iam:PutGroupPolicy',
            'iam:AddUserToGroup',
            'iam:UpdateGroup',
            'iam:GetGroup',
          ],
          Resource: `arn:aws:iam::${ACCOUNT}:group/devs`,
        },
        {
          Effect: 'Deny',
          Action: 'iam:AttachGroupPolicy',
          Resource: '*',
          Condition: { ArnNotEquals: { 'iam:PolicyARN': readOnly } },
        },
      ],
    })
    await at.ok('PutUserPolicy', { UserName: 'ann', PolicyName: 'p', PolicyDocument })
    const as = at.user('ann')
    await at.ok('AttachGroupPolicy', { GroupName: 'devs', PolicyArn: readOnly }, as)
    const admin = 'arn:aws:iam::aws:policy/AdministratorAccess'
    expect(await at.refused('AttachGroupPolicy', { GroupName: 'devs', PolicyArn: admin }, as)).toMatchObject({
      cause: 'explicitly-denied',
      resource: `arn:aws:iam::${ACCOUNT}:group/devs`,
    })
    // The membership is the group's: no permission on the user is asked for.
    await at.ok('AddUserToGroup', { GroupName: 'devs', UserName: 'ann' }, as)
    expect(await at.refused('AddUserToGroup', { GroupName: 'admins', UserName: 'ann' }, as)).toMatchObject({
      action: 'iam:AddUserToGroup',
      resource: `arn:aws:iam::${ACCOUNT}:group/admins`,
    })
    expect(await at.refused('UpdateGroup', { GroupName: 'devs', NewPath: '/x/' }, as)).toMatchObject({
      action: 'iam:UpdateGroup',
      resource: `arn:aws:iam::${ACCOUNT}:group/x/devs`,
    })
    await at.ok('DetachGroupPolicy', { GroupName: 'devs', PolicyArn: readOnly })
    expect(await at.refused('GetGroup', { GroupName: 'absent' }, as)).toMatchObject({ resource: 'group absent' })
    for (const [operation, input, resource] of [
      ['ListGroups', {}, 'group/'],
      ['ListGroups', { PathPrefix: '/x/' }, 'group/x/'],
      ['CreateGroup', { GroupName: 'g', Path: '/x/' }, 'group/x/g'],
      ['ListGroupsForUser', { UserName: 'ann' }, 'user/ann'],
    ] as const)
      expect(await at.refused(operation, input, as)).toMatchObject({
        action: `iam:${operation}`,
        resource: `arn:aws:iam::${ACCOUNT}:${resource}`,
      })
  })
})

describe('two nodes on one store', () => {
  const join = ['AddUserToGroup', { GroupName: 'devs', UserName: 'ann' }] as const

  it.each([
    ['a group', ['DeleteGroup', { GroupName: 'devs' }]],
    ['a user', ['DeleteUser', { UserName: 'ann' }]],
  ] as const)('do not delete %s that joins at the other, whoever is first', async (_what, remove) => {
    for (const calls of [
      [join, remove],
      [remove, join],
    ]) {
      const here = await openAuthority()
      await here.ok('CreateUser', { UserName: 'ann' })
      await here.ok('CreateGroup', { GroupName: 'devs' })
      const there = await openAuthority({ store: here.store })
      const nodes = [here, there]
      const results = await Promise.all(calls.map((call, index) => nodes[index]!.call(call[0], call[1])))
      expect(results.map((result) => 'ok' in result)).toEqual([true, false])
    }
  })

  it('let a user join ten groups, not eleven', async () => {
    const here = await openAuthority()
    await here.ok('CreateUser', { UserName: 'ann' })
    for (let n = 0; n < 11; n++) await here.ok('CreateGroup', { GroupName: `g${n}` })
    for (let n = 0; n < 9; n++) await here.ok('AddUserToGroup', { GroupName: `g${n}`, UserName: 'ann' })
    const there = await openAuthority({ store: here.store })
    const results = await Promise.all([
      here.call('AddUserToGroup', { GroupName: 'g9', UserName: 'ann' }),
      there.call('AddUserToGroup', { GroupName: 'g10', UserName: 'ann' }),
    ])
    expect(results.map((result) => 'ok' in result)).toEqual([true, false])
  })

  it('make one group of a name', async () => {
    const here = await openAuthority()
    const there = await openAuthority({ store: here.store })
    const results = await Promise.all([here, there].map((node) => node.call('CreateGroup', { GroupName: 'devs' })))
    expect(results).toMatchObject([{ ok: {} }, { refused: { reason: 'entity-exists' } }])
  })

  it('see each other’s memberships and judge by them', async () => {
    const here = await withMember()
    const there = await openAuthority({ store: here.store })
    await here.ok('AttachGroupPolicy', { GroupName: 'devs', PolicyArn: readOnly })
    await there.state.refresh()
    expect((await there.ok('ListUsers', {}, there.user('ann'))).Users).toHaveLength(1)
    await here.ok('RemoveUserFromGroup', { GroupName: 'devs', UserName: 'ann' })
    await there.state.refresh()
    expect(await there.refused('ListUsers', {}, there.user('ann'))).toMatchObject({ reason: 'not-authorized' })
  })
})
