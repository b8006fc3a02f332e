import { describe, expect, it } from 'vitest'
import { ACCOUNT, type AuthorityAtHand, openAuthority } from './authority-at-hand.ts'

const roleArn = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`
const userArn = (name: string) => `arn:aws:iam::${ACCOUNT}:user/${name}`

/** A trust policy that lets these principals do everything AssumeRole knows, under a condition. */
function trust(
  principals: readonly string[] | string,
  condition: object | null = null,
  actions?: readonly string[],
): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { AWS: principals },
      Action: actions ?? ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
      ...(condition === null ? {} : { Condition: condition }),
    },
  })
}

async function withRole(document = trust(userArn('u')), role = {}): Promise<AuthorityAtHand> {
  const at = await openAuthority()
  await at.ok('CreateUser', { UserName: 'u' })
  await at.ok('CreateRole', { RoleName: 'r', Path: '/p/', AssumeRolePolicyDocument: document, ...role })
  return at
}

const wanted = { RoleArn: roleArn('p/r'), RoleSessionName: 'session-1' }

describe('AssumeRole', () => {
  it('gives a session of the role for an hour, whose ARN leaves the path out', async () => {
    const at = await withRole()
    const roleId = at.state.directory.roleNamed('r')?.id
    const reply = await at.ok('AssumeRole', wanted, at.user('u'))
    expect(reply.AssumedRoleUser).toEqual({
      AssumedRoleId: `${roleId}:session-1`,
      Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/r/session-1`,
    })
    expect(reply.Credentials.Expiration).toBe('2026-11-28T13:00:00Z')
    expect(reply.Credentials.AccessKeyId).toMatch(/^ASIA/)
    expect(reply.PackedPolicySize).toBeUndefined()
    expect(reply.SourceIdentity).toBeUndefined()
    expect(await at.ok('GetCallerIdentity', {}, at.session(reply.Credentials.SessionToken))).toEqual({
      UserId: `${roleId}:session-1`,
      Account: ACCOUNT,
      Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/r/session-1`,
    })
    expect(at.claims(reply.Credentials.SessionToken)).toMatchObject({
      type: 'role',
      ownerId: roleId,
      roleArn: wanted.RoleArn,
      assumedBy: userArn('u'),
      parentKeyId: null,
      mfaAt: null,
    })
  })

  it('is refused in the same words when the role is not there and when it is not for the caller', async () => {
    const at = await withRole(trust(`arn:aws:iam::${ACCOUNT}:root`))
    const barred = await at.refused('AssumeRole', wanted, at.user('u'))
    const absent = await at.refused('AssumeRole', { ...wanted, RoleArn: roleArn('x') }, at.user('u'))
    const otherCase = await at.refused('AssumeRole', { ...wanted, RoleArn: roleArn('p/R') }, at.user('u'))
    for (const refusal of [barred, absent, otherCase])
      expect(refusal).toMatchObject({ reason: 'not-authorized', principal: userArn('u'), action: 'sts:AssumeRole' })
  })

  it('goes on to be about a user that was renamed, for an Allow and for a Deny alike', async () => {
    const at = await withRole()
    await at.ok('CreateUser', { UserName: 'shut-out' })
    const statements = [
      { Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' },
      { Effect: 'Deny', Principal: { AWS: userArn('shut-out') }, Action: 'sts:AssumeRole' },
    ]
    const document = JSON.stringify({ Version: '2012-10-17', Statement: statements })
    await at.ok('CreateRole', { RoleName: 'all-but-one', AssumeRolePolicyDocument: document })
    await at.ok('UpdateUser', { UserName: 'u', NewUserName: 'v', NewPath: '/moved/' })
    await at.ok('UpdateUser', { UserName: 'shut-out', NewUserName: 'another-name' })
    await at.ok('CreateUser', { UserName: 'u' })
    const notForAll = { ...wanted, RoleArn: roleArn('all-but-one') }

    await at.ok('AssumeRole', wanted, at.user('v'))
    const heir = await at.refused('AssumeRole', wanted, at.user('u'))
    const barred = await at.refused('AssumeRole', notForAll, at.user('another-name'))
    await at.ok('AssumeRole', notForAll, at.user('v'))

    expect(heir).toMatchObject({ reason: 'not-authorized', verdict: { kind: 'implicit', policyType: 'trust' } })
    expect(barred).toMatchObject({ reason: 'not-authorized', verdict: { kind: 'explicit', policyType: 'trust' } })
  })

  it('is for one session only where the trust policy names that session', async () => {
    const at = await withRole()
    const first = await at.ok('AssumeRole', wanted, at.user('u'))
    const second = await at.ok('AssumeRole', { ...wanted, RoleSessionName: 'session-2' }, at.user('u'))
    const named = trust(`arn:aws:sts::${ACCOUNT}:assumed-role/r/session-1`)
    await at.ok('CreateRole', { RoleName: 'next', AssumeRolePolicyDocument: named })
    const next = { RoleArn: roleArn('next'), RoleSessionName: 'session-1' }
    await at.ok('AssumeRole', next, at.session(first.Credentials.SessionToken))
    const other = await at.refused('AssumeRole', next, at.session(second.Credentials.SessionToken))
    expect(other).toMatchObject({ reason: 'not-authorized', verdict: { kind: 'implicit', policyType: 'trust' } })
  })

  it('tells nobody which policies there are before he is known to be allowed', async () => {
    const at = await withRole()
    await at.ok('CreateUser', { UserName: 'stranger' })
    const arn = `arn:aws:iam::${ACCOUNT}:policy/is-it-there`
    const asked = { ...wanted, PolicyArns: [{ arn }] }
    const before = await at.refused('AssumeRole', asked, at.user('stranger'))
    const document = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }
    await at.ok('CreatePolicy', { PolicyName: 'is-it-there', PolicyDocument: JSON.stringify(document) })
    const after = await at.refused('AssumeRole', asked, at.user('stranger'))
    expect(before).toMatchObject({ reason: 'not-authorized', action: 'sts:AssumeRole' })
    expect(after).toEqual(before)
  })

  it('is not for root, and not about what is no ARN', async () => {
    const at = await withRole()
    expect(await at.refused('AssumeRole', wanted)).toMatchObject({ reason: 'root-may-not-assume' })
    expect(await at.refused('AssumeRole', { ...wanted, RoleArn: 'role/just-a-name-here' }, at.user('u'))).toEqual({
      reason: 'invalid-parameter',
      says: 'role/just-a-name-here is invalid',
    })
  })

  it('lasts no longer than the role allows', async () => {
    const at = await withRole(undefined, { MaxSessionDuration: 7200 })
    const { Credentials } = await at.ok('AssumeRole', { ...wanted, DurationSeconds: 7200 }, at.user('u'))
    expect(Credentials.Expiration).toBe('2026-11-28T14:00:00Z')
    expect(await at.refused('AssumeRole', { ...wanted, DurationSeconds: 7201 }, at.user('u'))).toMatchObject({
      reason: 'duration-exceeds-role',
      cause: 'duration-too-long',
    })
  })

  it('lasts no longer than an hour when it is made from a session, of a role or of a user', async () => {
    const at = await withRole(trust([userArn('u')]), { MaxSessionDuration: 43_200 })
    await at.ok('UpdateAssumeRolePolicy', { RoleName: 'r', PolicyDocument: trust([userArn('u'), roleArn('p/r')]) })
    const first = await at.ok('AssumeRole', { ...wanted, DurationSeconds: 43_200 }, at.user('u'))
    const userSession = await at.ok('GetSessionToken', {}, at.user('u'))
    for (const token of [first.Credentials.SessionToken, userSession.Credentials.SessionToken]) {
      const caller = at.session(token)
      expect(await at.refused('AssumeRole', { ...wanted, DurationSeconds: 3601 }, caller)).toMatchObject({
        reason: 'duration-exceeds-chaining',
      })
      at.tick(1800)
      const { Credentials } = await at.ok('AssumeRole', wanted, caller)
      expect(Date.parse(Credentials.Expiration) - Math.floor(at.now.getTime() / 1000) * 1000).toBe(3_600_000)
    }
  })

  it('hands external id, session name and duration to the conditions, and nothing else asks for them', async () => {
    const at = await withRole(
      trust(userArn('u'), {
        StringEquals: { 'sts:ExternalId': 'x-1' },
        StringLike: { 'sts:RoleSessionName': 'session-*' },
        NumericLessThanEquals: { 'sts:DurationSeconds': '1800' },
      }),
    )
    const input = { ...wanted, ExternalId: 'x-1', DurationSeconds: 1800 }
    await at.ok('AssumeRole', input, at.user('u'))
    for (const wrong of [
      { ExternalId: 'x-2' },
      { ExternalId: undefined },
      { RoleSessionName: 'other' },
      { DurationSeconds: 1801 },
    ])
      expect(await at.refused('AssumeRole', { ...input, ...wrong }, at.user('u'))).toMatchObject({
        reason: 'not-authorized',
        verdict: { kind: 'implicit', policyType: 'trust' },
      })
    await at.ok('UpdateAssumeRolePolicy', { RoleName: 'r', PolicyDocument: trust(userArn('u')) })
    await at.ok('AssumeRole', { ...wanted, ExternalId: 'unasked' }, at.user('u'))
  })
})

describe('MFA in AssumeRole', () => {
  const needsMfa = trust(userArn('m'), { Bool: { 'aws:MultiFactorAuthPresent': 'true' } })

  it('is shown in the call, used up by success only, and not carried into the session', async () => {
    const at = await openAuthority()
    const { serialNumber: SerialNumber, principal } = await at.userWithDevice('m')
    await at.ok('CreateRole', { RoleName: 'r', AssumeRolePolicyDocument: needsMfa })
    await at.ok('CreateRole', { RoleName: 'closed', AssumeRolePolicyDocument: trust(`arn:aws:iam::${ACCOUNT}:root`) })
    const input = { RoleArn: roleArn('r'), RoleSessionName: 'me' }
    expect(await at.refused('AssumeRole', input, principal)).toMatchObject({
      reason: 'not-authorized',
      cause: 'mfa-required',
    })
    const code = { SerialNumber, TokenCode: at.code(SerialNumber) }
    expect(await at.refused('AssumeRole', { ...input, RoleArn: roleArn('closed'), ...code }, principal)).toMatchObject({
      reason: 'not-authorized',
    })
    const { Credentials } = await at.ok('AssumeRole', { ...input, ...code }, principal)
    expect(at.claims(Credentials.SessionToken).mfaAt).toBeNull()
    expect(await at.refused('AssumeRole', { ...input, ...code }, principal)).toMatchObject({ reason: 'mfa-code-used' })
  })

  it('counts when the caller is a session that was made with it', async () => {
    const at = await openAuthority()
    const { serialNumber: SerialNumber, principal } = await at.userWithDevice('m')
    await at.ok('CreateRole', { RoleName: 'r', AssumeRolePolicyDocument: needsMfa })
    const input = { RoleArn: roleArn('r'), RoleSessionName: 'me' }
    const without = await at.ok('GetSessionToken', {}, principal)
    expect(await at.refused('AssumeRole', input, at.session(without.Credentials.SessionToken))).toMatchObject({
      reason: 'not-authorized',
    })
    const withCode = await at.ok('GetSessionToken', { SerialNumber, TokenCode: at.code(SerialNumber) }, principal)
    await at.ok('AssumeRole', input, at.session(withCode.Credentials.SessionToken))
  })

  it('cannot be shown by a role session, which has no device', async () => {
    const at = await withRole()
    const { serialNumber: SerialNumber } = await at.userWithDevice('m')
    await at.ok('UpdateAssumeRolePolicy', { RoleName: 'r', PolicyDocument: trust([userArn('u'), roleArn('p/r')]) })
    const { Credentials } = await at.ok('AssumeRole', wanted, at.user('u'))
    const input = { ...wanted, SerialNumber, TokenCode: at.code(SerialNumber) }
    expect(await at.refused('AssumeRole', input, at.session(Credentials.SessionToken))).toMatchObject({
      reason: 'mfa-serial-wrong',
    })
  })
})

describe('session policies', () => {
  const readOnly = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:Get*","Resource":"*"}}'
  const everything = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'

  it('cut what the role may do, and are reported by their packed size', async () => {
    const at = await withRole()
    await at.ok('PutRolePolicy', { RoleName: 'r', PolicyName: 'all', PolicyDocument: everything })
    const reply = await at.ok('AssumeRole', { ...wanted, Policy: readOnly }, at.user('u'))
    expect(reply.PackedPolicySize).toBeGreaterThan(0)
    expect(reply.PackedPolicySize).toBeLessThan(100)
    const session = at.session(reply.Credentials.SessionToken)
    await at.ok('GetUser', { UserName: 'u' }, session)
    expect(await at.refused('ListUsers', {}, session)).toMatchObject({
      verdict: { kind: 'implicit', policyType: 'session' },
    })
    const byArn = await at.ok(
      'AssumeRole',
      { ...wanted, PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/IAMReadOnlyAccess' }] },
      at.user('u'),
    )
    const reader = at.session(byArn.Credentials.SessionToken)
    await at.ok('ListUsers', {}, reader)
    expect(await at.refused('CreateUser', { UserName: 'n' }, reader)).toMatchObject({ reason: 'not-authorized' })
  })

  it('must be policies, exist, and be short', async () => {
    const at = await withRole()
    expect(await at.refused('AssumeRole', { ...wanted, Policy: 'not json' }, at.user('u'))).toMatchObject({
      reason: 'policy-malformed',
      says: 'This policy contains invalid Json',
    })
    expect(
      await at.refused(
        'AssumeRole',
        { ...wanted, PolicyArns: [{ arn: `arn:aws:iam::${ACCOUNT}:policy/no` }] },
        at.user('u'),
      ),
    ).toMatchObject({ reason: 'invalid-parameter' })
    const long = readOnly.replace('iam:Get*', `iam:${'G'.repeat(2048)}*`)
    const refusal = await at.refused('AssumeRole', { ...wanted, Policy: long }, at.user('u'))
    expect(refusal).toMatchObject({ reason: 'policy-too-large', what: 'policy' })
    expect((refusal as { percent: number }).percent).toBeGreaterThan(100)
  })
})

describe('session tags', () => {
  const tags = [
    { Key: 'Team', Value: 'red' },
    { Key: 'Cost', Value: '7' },
  ]

  it('need sts:TagSession, and are seen by the trust policy as request tags', async () => {
    const at = await withRole(trust(userArn('u'), null, ['sts:AssumeRole']))
    expect(await at.refused('AssumeRole', { ...wanted, Tags: tags }, at.user('u'))).toMatchObject({
      reason: 'not-authorized',
      action: 'sts:TagSession',
    })
    const condition = {
      StringEquals: { 'aws:RequestTag/team': 'red' },
      'ForAllValues:StringEquals': { 'aws:TagKeys': ['Team', 'Cost'] },
    }
    await at.ok('UpdateAssumeRolePolicy', { RoleName: 'r', PolicyDocument: trust(userArn('u'), condition) })
    await at.ok('AssumeRole', { ...wanted, Tags: tags }, at.user('u'))
    expect(
      await at.refused('AssumeRole', { ...wanted, Tags: [{ Key: 'Team', Value: 'blue' }] }, at.user('u')),
    ).toMatchObject({ reason: 'not-authorized' })
  })

  it('go down a chain only when they are transitive, and stay what they are there', async () => {
    const at = await withRole()
    await at.ok('CreateRole', {
      RoleName: 'next',
      AssumeRolePolicyDocument: trust(roleArn('p/r'), { StringEquals: { 'aws:PrincipalTag/Team': 'red' } }),
    })
    const first = await at.ok('AssumeRole', { ...wanted, Tags: tags, TransitiveTagKeys: ['team'] }, at.user('u'))
    const caller = at.session(first.Credentials.SessionToken)
    const next = { RoleArn: roleArn('next'), RoleSessionName: 'two' }
    const second = await at.ok('AssumeRole', next, caller)
    expect(at.claims(second.Credentials.SessionToken)).toMatchObject({
      tags: [{ key: 'Team', value: 'red' }],
      transitiveTagKeys: ['Team'],
    })
    expect(await at.refused('AssumeRole', { ...next, Tags: [{ Key: 'TEAM', Value: 'blue' }] }, caller)).toMatchObject({
      reason: 'invalid-input',
      says: expect.stringContaining('conflicts with a transitive tag key from the calling session'),
    })
    const more = await at.ok('AssumeRole', { ...next, Tags: [{ Key: 'Cost', Value: '9' }] }, caller)
    expect(at.claims(more.Credentials.SessionToken).tags).toEqual([
      { key: 'Team', value: 'red' },
      { key: 'Cost', value: '9' },
    ])
  })

  it('are fifty at most, those that were inherited counted', async () => {
    const at = await withRole(trust([userArn('u')]))
    await at.ok('UpdateAssumeRolePolicy', { RoleName: 'r', PolicyDocument: trust([userArn('u'), roleArn('p/r')]) })
    const first = Array.from({ length: 26 }, (_, index) => ({ Key: `a${index}`, Value: '' }))
    const TransitiveTagKeys = first.map((tag) => tag.Key)
    const { Credentials } = await at.ok('AssumeRole', { ...wanted, Tags: first, TransitiveTagKeys }, at.user('u'))
    const more = Array.from({ length: 25 }, (_, index) => ({ Key: `b${index}`, Value: '' }))
    const caller = at.session(Credentials.SessionToken)
    expect(await at.refused('AssumeRole', { ...wanted, Tags: more }, caller)).toMatchObject({
      reason: 'constraints',
      violations: [{ path: 'tags', clause: 'Member must have length less than or equal to 50' }],
    })
    await at.ok('AssumeRole', { ...wanted, Tags: more.slice(1) }, caller)
  })

  it('are refused when they are double, reserved, or declared transitive without being there', async () => {
    const at = await withRole()
    const says = async (input: object) =>
      ((await at.refused('AssumeRole', { ...wanted, ...input }, at.user('u'))) as { says?: string }).says
    expect(await says({ Tags: [...tags, { Key: 'TEAM', Value: '' }] })).toBe(
      'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
    )
    expect(await says({ Tags: tags, TransitiveTagKeys: ['Other'] })).toBe(
      'The specified transitive tag key must be included in the requested tags.',
    )
    expect(await says({ Tags: [{ Key: 'aws:x', Value: '' }] })).toMatch(/aws:/)
  })

  it('are refused when all of them together take too much room, though each is fine', async () => {
    const at = await withRole()
    // Text that cannot be packed well.
    let seed = 1
    const noise = (length: number) =>
      Array.from({ length }, () => {
        seed = (seed * 1103515245 + 12345) % 2147483648
        return 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'[seed % 62]
      }).join('')
    const many = Array.from({ length: 50 }, (_, index) => ({ Key: `k${index}`, Value: noise(256) }))
    expect(await at.refused('AssumeRole', { ...wanted, Tags: many }, at.user('u'))).toMatchObject({
      reason: 'policy-too-large',
      what: 'tags',
    })
    const { PackedPolicySize } = await at.ok('AssumeRole', { ...wanted, Tags: tags }, at.user('u'))
    expect(PackedPolicySize).toBeGreaterThan(0)
  })
})

describe('source identity', () => {
  it('needs its permission, goes down the chain and cannot be changed there', async () => {
    const at = await withRole(trust(userArn('u'), null, ['sts:AssumeRole']))
    expect(await at.refused('AssumeRole', { ...wanted, SourceIdentity: 'alice' }, at.user('u'))).toMatchObject({
      action: 'sts:SetSourceIdentity',
    })
    await at.ok('UpdateAssumeRolePolicy', {
      RoleName: 'r',
      PolicyDocument: trust([userArn('u'), roleArn('p/r')], { StringEquals: { 'sts:SourceIdentity': 'alice' } }),
    })
    const first = await at.ok('AssumeRole', { ...wanted, SourceIdentity: 'alice' }, at.user('u'))
    expect(first.SourceIdentity).toBe('alice')
    const caller = at.session(first.Credentials.SessionToken)
    expect((await at.ok('AssumeRole', wanted, caller)).SourceIdentity).toBe('alice')
    expect((await at.ok('AssumeRole', { ...wanted, SourceIdentity: 'alice' }, caller)).SourceIdentity).toBe('alice')
    await at.ok('UpdateAssumeRolePolicy', { RoleName: 'r', PolicyDocument: trust([roleArn('p/r')]) })
    expect(await at.refused('AssumeRole', { ...wanted, SourceIdentity: 'bob' }, caller)).toMatchObject({
      reason: 'not-authorized',
      action: 'sts:SetSourceIdentity',
    })
  })
})
