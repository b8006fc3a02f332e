import { describe, expect, it } from 'vitest'
import { ACCOUNT, type AuthorityAtHand, openAuthority } from './authority-at-hand.ts'

const document = (action = 's3:Get*') =>
  `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"${action}","Resource":"*"}]}`
const arnOf = (name: string) => `arn:aws:iam::${ACCOUNT}:policy/${name}`
const admin = 'arn:aws:iam::aws:policy/AdministratorAccess'

/** Statements enough for this many characters without white space. */
function sized(characters: number): string {
  const empty = '{"Version":"2012-10-17","Statement":[{"Sid":"","Effect":"Allow","Action":"s3:*","Resource":"*"}]}'
  return empty.replace('"Sid":""', `"Sid":"${'a'.repeat(characters - empty.length)}"`)
}

async function withHolders(): Promise<AuthorityAtHand> {
  const at = await openAuthority()
  await at.ok('CreateUser', { UserName: 'u' })
  await at.ok('CreateGroup', { GroupName: 'g' })
  await at.ok('CreateRole', {
    RoleName: 'r',
    AssumeRolePolicyDocument: `{"Statement":{"Effect":"Allow","Principal":{"AWS":"${ACCOUNT}"},"Action":"sts:AssumeRole"}}`,
  })
  return at
}

describe('managed policies', () => {
  it('begin with version 1 and no attachments', async () => {
    const at = await withHolders()
    const { Policy } = await at.ok('CreatePolicy', {
      PolicyName: 'P',
      Path: '/team/',
      PolicyDocument: document(),
      Description: 'reads',
    })
    expect(Policy).toMatchObject({
      PolicyName: 'P',
      PolicyId: expect.stringMatching(/^ANPA[A-Z2-7]{17}$/),
      Arn: arnOf('team/P'),
      Path: '/team/',
      DefaultVersionId: 'v1',
      AttachmentCount: 0,
      PermissionsBoundaryUsageCount: 0,
      IsAttachable: true,
      CreateDate: '2026-11-28T12:00:00Z',
      UpdateDate: '2026-11-28T12:00:00Z',
    })
    expect(Policy.Description).toBeUndefined()
    expect((await at.ok('GetPolicy', { PolicyArn: arnOf('team/P') })).Policy.Description).toBe('reads')
    expect((await at.ok('GetPolicy', { PolicyArn: arnOf('team/P') })).Policy.Tags).toEqual([])
    expect(Policy.Tags).toBeUndefined()
    expect(await at.refused('CreatePolicy', { PolicyName: 'p', PolicyDocument: document() })).toMatchObject({
      says: 'A policy called p already exists. Duplicate names are not allowed.',
    })
    expect(await at.refused('GetPolicy', { PolicyArn: arnOf('absent') })).toEqual({
      reason: 'no-such-entity',
      says: `Policy ${arnOf('absent')} was not found.`,
    })
  })

  it('must be well-formed and no larger than 6144 characters, white space not counted', async () => {
    const at = await withHolders()
    const create = (PolicyDocument: string, PolicyName = 'p') => at.call('CreatePolicy', { PolicyName, PolicyDocument })
    expect(await create('{}')).toMatchObject({ refused: { reason: 'policy-malformed' } })
    expect(await create(sized(6145))).toMatchObject({
      refused: { reason: 'limit-exceeded', says: 'Cannot exceed quota for PolicySize: 6144' },
    })
    expect(await create(` ${sized(6144)}\n\t `)).toMatchObject({ ok: {} })
  })

  it('have five versions at most, whose numbers are never used again', async () => {
    const at = await withHolders()
    const PolicyArn = arnOf('p')
    await at.ok('CreatePolicy', { PolicyName: 'p', PolicyDocument: document() })
    at.tick(10)
    const add = (input = {}) =>
      at.call('CreatePolicyVersion', { PolicyArn, PolicyDocument: document('s3:Put*'), ...input })
    expect(await add()).toMatchObject({ ok: { PolicyVersion: { VersionId: 'v2', IsDefaultVersion: false } } })
    expect(await add({ SetAsDefault: true })).toMatchObject({
      ok: { PolicyVersion: { VersionId: 'v3', IsDefaultVersion: true } },
    })
    await add()
    await add()
    expect(await add()).toMatchObject({
      refused: {
        reason: 'limit-exceeded',
        says: 'A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.',
      },
    })
    await at.ok('DeletePolicyVersion', { PolicyArn, VersionId: 'v5' })
    expect(await add()).toMatchObject({ ok: { PolicyVersion: { VersionId: 'v6' } } })
    const { Versions } = await at.ok('ListPolicyVersions', { PolicyArn })
    expect(Versions.map((version: { VersionId: string }) => version.VersionId)).toEqual(['v6', 'v4', 'v3', 'v2', 'v1'])
    for (const version of Versions) expect(version.Document).toBeUndefined()
    const { PolicyVersion } = await at.ok('GetPolicyVersion', { PolicyArn, VersionId: 'v3' })
    expect(decodeURIComponent(PolicyVersion.Document)).toBe(document('s3:Put*'))
    expect((await at.ok('GetPolicy', { PolicyArn })).Policy).toMatchObject({
      DefaultVersionId: 'v3',
      CreateDate: '2026-11-28T12:00:00Z',
      UpdateDate: '2026-11-28T12:00:10Z',
    })
    expect(await at.refused('DeletePolicyVersion', { PolicyArn, VersionId: 'v3' })).toMatchObject({
      says: 'Cannot delete the default version of a policy.',
    })
    await at.ok('SetDefaultPolicyVersion', { PolicyArn, VersionId: 'v1' })
    await at.ok('DeletePolicyVersion', { PolicyArn, VersionId: 'v3' })
    expect(await at.refused('GetPolicyVersion', { PolicyArn, VersionId: 'v3' })).toMatchObject({
      says: `Policy ${PolicyArn} version v3 does not exist or is not attachable.`,
    })
    for (const operation of ['GetPolicyVersion', 'SetDefaultPolicyVersion', 'DeletePolicyVersion'])
      expect(await at.refused(operation, { PolicyArn: arnOf('absent'), VersionId: 'v1' })).toMatchObject({
        says: `Policy ${arnOf('absent')} version v1 does not exist or is not attachable.`,
      })
  })

  it('go only when nobody has them, as permission or boundary, and one version is left', async () => {
    const at = await withHolders()
    const PolicyArn = arnOf('p')
    await at.ok('CreatePolicy', { PolicyName: 'p', PolicyDocument: document() })
    await at.ok('CreatePolicyVersion', { PolicyArn, PolicyDocument: document() })
    await at.ok('AttachUserPolicy', { UserName: 'u', PolicyArn })
    await at.ok('PutRolePermissionsBoundary', { RoleName: 'r', PermissionsBoundary: PolicyArn })
    expect((await at.ok('GetPolicy', { PolicyArn })).Policy).toMatchObject({
      AttachmentCount: 1,
      PermissionsBoundaryUsageCount: 1,
    })
    const attached = { reason: 'delete-conflict', says: 'Cannot delete a policy attached to entities.' }
    expect(await at.refused('DeletePolicy', { PolicyArn })).toMatchObject(attached)
    await at.ok('DetachUserPolicy', { UserName: 'u', PolicyArn })
    expect(await at.refused('DeletePolicy', { PolicyArn })).toMatchObject(attached)
    await at.ok('DeleteRolePermissionsBoundary', { RoleName: 'r' })
    expect(await at.refused('DeletePolicy', { PolicyArn })).toMatchObject({
      says: expect.stringMatching(/^This policy has more than one version\./),
    })
    await at.ok('DeletePolicyVersion', { PolicyArn, VersionId: 'v2' })
    await at.ok('DeletePolicy', { PolicyArn })
    expect(await at.refused('DeletePolicy', { PolicyArn })).toMatchObject({ reason: 'no-such-entity' })
  })

  it('of AWS are there for everyone and changed by no one', async () => {
    const at = await withHolders()
    expect((await at.ok('GetPolicy', { PolicyArn: admin })).Policy.PolicyName).toBe('AdministratorAccess')
    const { PolicyVersion } = await at.ok('GetPolicyVersion', { PolicyArn: admin, VersionId: 'v1' })
    expect(JSON.parse(decodeURIComponent(PolicyVersion.Document)).Statement[0]).toMatchObject({ Action: '*' })
    for (const [operation, input] of [
      ['DeletePolicy', {}],
      ['CreatePolicyVersion', { PolicyDocument: document() }],
      ['SetDefaultPolicyVersion', { VersionId: 'v1' }],
    ] as const)
      expect(await at.refused(operation, { PolicyArn: admin, ...input })).toMatchObject({ reason: 'other-account' })
    const chinese = await openAuthority({ partition: 'aws-cn' })
    expect(await chinese.refused('GetPolicy', { PolicyArn: admin })).toMatchObject({ reason: 'invalid-parameter' })
    await chinese.ok('GetPolicy', { PolicyArn: 'arn:aws-cn:iam::aws:policy/AdministratorAccess' })
  })

  it('are listed by scope, path and use', async () => {
    const at = await withHolders()
    await at.ok('CreatePolicy', { PolicyName: 'a', PolicyDocument: document() })
    await at.ok('CreatePolicy', { PolicyName: 'b', Path: '/x/', PolicyDocument: document() })
    await at.ok('AttachUserPolicy', { UserName: 'u', PolicyArn: admin })
    await at.ok('AttachUserPolicy', { UserName: 'u', PolicyArn: arnOf('a') })
    await at.ok('PutUserPermissionsBoundary', { UserName: 'u', PermissionsBoundary: arnOf('x/b') })
    const names = async (input: object) =>
      (await at.ok('ListPolicies', input)).Policies.map((policy: { PolicyName: string }) => policy.PolicyName)
    expect(await names({ Scope: 'Local' })).toEqual(['a', 'b'])
    expect(await names({ Scope: 'AWS' })).toContain('AdministratorAccess')
    expect(await names({})).toEqual(expect.arrayContaining(['a', 'b', 'AdministratorAccess']))
    expect(await names({ OnlyAttached: true })).toEqual(['a', 'AdministratorAccess', 'b'])
    expect(await names({ OnlyAttached: true, PolicyUsageFilter: 'PermissionsBoundary' })).toEqual(['b'])
    expect(await names({ Scope: 'Local', PathPrefix: '/x/' })).toEqual(['b'])
  })

  it('tell who has them', async () => {
    const at = await withHolders()
    const PolicyArn = arnOf('p')
    await at.ok('CreatePolicy', { PolicyName: 'p', PolicyDocument: document() })
    await at.ok('AttachUserPolicy', { UserName: 'u', PolicyArn })
    await at.ok('PutRolePermissionsBoundary', { RoleName: 'r', PermissionsBoundary: PolicyArn })
    const UserId = at.state.directory.userNamed('u')?.id
    const RoleId = at.state.directory.roleNamed('r')?.id
    const users = [{ UserName: 'u', UserId }]
    const roles = [{ RoleName: 'r', RoleId }]
    const who = async (input = {}) => {
      const { PolicyUsers, PolicyRoles, PolicyGroups } = await at.ok('ListEntitiesForPolicy', { PolicyArn, ...input })
      return [PolicyUsers, PolicyRoles, PolicyGroups]
    }
    expect(await who()).toEqual([users, roles, []])
    expect(await who({ EntityFilter: 'User' })).toEqual([users, [], []])
    expect(await who({ PolicyUsageFilter: 'PermissionsPolicy' })).toEqual([users, [], []])
    expect(await who({ PolicyUsageFilter: 'PermissionsBoundary' })).toEqual([[], roles, []])
    const first = await at.ok('ListEntitiesForPolicy', { PolicyArn, MaxItems: 1 })
    expect(first).toMatchObject({ PolicyUsers: users, PolicyRoles: [], IsTruncated: true })
    const second = await at.ok('ListEntitiesForPolicy', { PolicyArn, MaxItems: 1, Marker: first.Marker })
    expect(second).toMatchObject({ PolicyUsers: [], PolicyRoles: roles, IsTruncated: false })
  })
})

describe.each([
  ['User', 'u', 2048],
  ['Group', 'g', 5120],
  ['Role', 'r', 10_240],
] as const)('policies of a %s', (kind, name, inlineLimit) => {
  const who = { [`${kind}Name`]: name }
  const lower = kind.toLowerCase()

  it('are attached once however often they are attached, ten at most, and detached once', async () => {
    const at = await withHolders()
    const attach = (PolicyArn: string) => at.call(`Attach${kind}Policy`, { ...who, PolicyArn })
    await attach(admin)
    expect(await attach(admin)).toEqual({ ok: {} })
    expect(await at.ok(`ListAttached${kind}Policies`, who)).toEqual({
      AttachedPolicies: [{ PolicyName: 'AdministratorAccess', PolicyArn: admin }],
      IsTruncated: false,
    })
    for (let count = 0; count < 10; count++) {
      await at.ok('CreatePolicy', { PolicyName: `p${count}`, PolicyDocument: document() })
      const result = await attach(arnOf(`p${count}`))
      if (count < 9) expect(result).toEqual({ ok: {} })
      else expect(result).toMatchObject({ refused: { says: `Cannot exceed quota for PoliciesPer${kind}: 10` } })
    }
    await at.ok(`Detach${kind}Policy`, { ...who, PolicyArn: admin })
    expect(await at.refused(`Detach${kind}Policy`, { ...who, PolicyArn: admin })).toEqual({
      reason: 'no-such-entity',
      says: `Policy ${admin} was not found.`,
    })
    expect(await attach(arnOf('absent'))).toMatchObject({
      refused: { says: `Policy ${arnOf('absent')} does not exist or is not attachable.` },
    })
    expect(await attach('just-some-words-in-place')).toMatchObject({
      refused: { reason: 'invalid-parameter', says: 'ARN just-some-words-in-place is not valid.' },
    })
  })

  it('are kept inline as they came, replaced by name, and limited all together', async () => {
    const at = await withHolders()
    const put = (PolicyName: string, PolicyDocument: string) =>
      at.call(`Put${kind}Policy`, { ...who, PolicyName, PolicyDocument })
    const text = document().replaceAll(',', ' ,\n ')
    await put('one', document('s3:*'))
    await put('one', text)
    await put('constructor', document())
    const got = await at.ok(`Get${kind}Policy`, { ...who, PolicyName: 'one' })
    expect(got).toMatchObject({ ...who, PolicyName: 'one' })
    expect(decodeURIComponent(got.PolicyDocument)).toBe(text)
    expect((await at.ok(`List${kind}Policies`, who)).PolicyNames).toEqual(['constructor', 'one'])
    const left = inlineLimit - 2 * document().length
    expect(await put('big', sized(left + 1))).toMatchObject({
      refused: {
        reason: 'limit-exceeded',
        says: `Maximum policy size of ${inlineLimit} bytes exceeded for ${lower} ${name}`,
      },
    })
    expect(await put('big', sized(left))).toEqual({ ok: {} })
    expect(await put('bad', '{"Statement":[]}')).toMatchObject({ refused: { reason: 'policy-malformed' } })
    await at.ok(`Delete${kind}Policy`, { ...who, PolicyName: 'one' })
    for (const PolicyName of ['one', 'toString'])
      for (const operation of [`Get${kind}Policy`, `Delete${kind}Policy`])
        expect(await at.refused(operation, { ...who, PolicyName })).toEqual({
          reason: 'no-such-entity',
          says: `The ${lower} policy with name ${PolicyName} cannot be found.`,
        })
  })

  it('can be limited to certain managed policies by iam:PolicyARN', async () => {
    const at = await withHolders()
    await at.ok('CreateUser', { UserName: 'delegate' })
    await at.ok('PutUserPolicy', {
      UserName: 'delegate',
      PolicyName: 'p',
      PolicyDocument: `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["iam:Attach*","iam:Detach*"],"Resource":"*",
        "Condition":{"ArnEquals":{"iam:PolicyARN":"arn:aws:iam::aws:policy/IAMReadOnlyAccess"}}}}`,
    })
    const as = at.user('delegate')
    await at.ok(`Attach${kind}Policy`, { ...who, PolicyArn: 'arn:aws:iam::aws:policy/IAMReadOnlyAccess' }, as)
    expect(await at.refused(`Attach${kind}Policy`, { ...who, PolicyArn: admin }, as)).toMatchObject({
      reason: 'not-authorized',
      action: `iam:Attach${kind}Policy`,
    })
    await at.ok(`Detach${kind}Policy`, { ...who, PolicyArn: 'arn:aws:iam::aws:policy/IAMReadOnlyAccess' }, as)
  })
})
