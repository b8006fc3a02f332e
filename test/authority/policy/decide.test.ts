import { describe, expect, test } from 'vitest'
import { decide, type PolicySet } from '../../../src/authority/policy/index.ts'
import { account, allow, ask, compiled, deny, outcome, policy, roleSession, setOf, user } from './asking.ts'

const yes = [compiled(policy(allow()), 'identity', 'yes')]
const no = [compiled(policy(deny()), 'identity', 'no')]
const silent = [compiled(policy(allow({ Action: 'other:Thing' })), 'identity', 'silent')]

function resource(principal: unknown, elements: object = {}): ReturnType<typeof compiled>[] {
  return [compiled(policy(allow({ Principal: principal, ...elements })), 'resource', 'bucket policy')]
}

function trust(principal: unknown, elements: object = {}): Partial<PolicySet> {
  const statement = { Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole', ...elements }
  return { resource: [compiled(policy(statement), 'trust', 'trust policy')], resourceKind: 'trust' }
}

/** `authority.md` §5.2, same account, without a resource policy: every combination of the three kinds. */
describe('the order of evaluation', () => {
  const kinds = { yes, no, silent } as const
  const cases = (['yes', 'silent', 'no'] as const).flatMap((identity) =>
    (['none', 'yes', 'silent', 'no'] as const).flatMap((boundary) =>
      (['none', 'yes', 'silent', 'no'] as const).map((session) => ({ identity, boundary, session })),
    ),
  )

  test.each(cases)('identity $identity, boundary $boundary, session $session', ({ identity, boundary, session }) => {
    const set = setOf({
      identity: kinds[identity],
      boundary: boundary === 'none' ? null : kinds[boundary],
      session: session === 'none' ? null : kinds[session],
    })
    const expected =
      identity === 'no'
        ? 'explicit identity-based'
        : boundary === 'no'
          ? 'explicit permissions-boundary'
          : session === 'no'
            ? 'explicit session'
            : identity === 'silent'
              ? 'implicit identity-based'
              : boundary === 'silent'
                ? 'implicit permissions-boundary'
                : session === 'silent'
                  ? 'implicit session'
                  : 'allow'
    expect(outcome(decide(set, ask({})))).toBe(expected)
  })

  test('names the policy and the statement that decided', () => {
    const admin = compiled(
      policy(allow({ Sid: 'Everything' })),
      'identity',
      'arn:aws:iam::aws:policy/AdministratorAccess',
    )
    const guard = compiled(policy(allow({ Action: 'x:y' }), deny({ Action: 'iam:*' })), 'identity', 'guard')
    expect(decide(setOf({ identity: [admin] }), ask({}))).toEqual({
      allowed: true,
      statement: 'arn:aws:iam::aws:policy/AdministratorAccess#Everything',
    })
    expect(decide(setOf({ identity: [admin, guard] }), ask({ action: 'iam:GetUser' }))).toEqual({
      allowed: false,
      reason: { kind: 'explicit', policyType: 'identity-based', policyArn: null },
      statement: 'guard#1',
    })
  })

  test('tells the ARN of a managed policy that denies', () => {
    const arn = 'arn:aws:iam::123456789012:policy/no'
    expect(decide(setOf({ identity: [compiled(policy(deny()), 'identity', arn)] }), ask({}))).toMatchObject({
      reason: { kind: 'explicit', policyType: 'identity-based', policyArn: arn },
    })
  })

  test('lets root do everything that a resource policy does not deny', () => {
    const root = {
      account,
      arn: `arn:aws:iam::${account}:root`,
      roleArn: null,
      uniqueId: account,
      type: 'root',
    } as const
    expect(outcome(decide(setOf({ callerIsRoot: true }), ask({ caller: root })))).toBe('allow')
    const denied = [compiled(policy(deny({ Principal: { AWS: account } })), 'resource', 'bucket policy')]
    expect(outcome(decide(setOf({ callerIsRoot: true, resource: denied }), ask({ caller: root })))).toBe(
      'explicit resource-based',
    )
  })
})

/** `authority.md` §5.3: what an allow in a resource policy of the same account covers. */
describe('a resource policy of the same account', () => {
  const ann = user('ann')
  const session = roleSession('dev')
  test.each([
    ['the user', { AWS: ann.arn }, ann, 'allow', 'allow'],
    ['the account', { AWS: account }, ann, 'implicit identity-based', 'implicit permissions-boundary'],
    [
      'the root of the account',
      { AWS: `arn:aws:iam::${account}:root` },
      ann,
      'implicit identity-based',
      'implicit permissions-boundary',
    ],
    ['everyone', '*', ann, 'allow', 'allow'],
    ['the role', { AWS: session.roleArn }, session, 'allow', 'implicit permissions-boundary'],
    ['the role session', { AWS: session.arn }, session, 'allow', 'allow'],
    ['another user', { AWS: user('bob').arn }, ann, 'implicit identity-based', 'implicit permissions-boundary'],
  ] as const)('that names %s', (_, principal, caller, alone, bounded) => {
    const grant = { resource: resource(principal) }
    expect(outcome(decide(setOf(grant), ask({ caller })))).toBe(alone)
    expect(outcome(decide(setOf({ ...grant, identity: yes, boundary: silent }), ask({ caller })))).toBe(bounded)
  })

  test('is limited by the session policy where it names the role or everyone, not where it names the session', () => {
    const question = (principal: unknown) =>
      outcome(decide(setOf({ resource: resource(principal), session: silent }), ask({ caller: session })))
    expect(question({ AWS: session.roleArn })).toBe('implicit session')
    expect(question({ AWS: session.arn })).toBe('allow')
    expect(question('*')).toBe('implicit session')
  })

  test('never saves from an explicit deny', () => {
    for (const set of [{ identity: no }, { boundary: no, identity: yes }, { session: no, identity: yes }]) {
      expect(outcome(decide(setOf({ resource: resource({ AWS: ann.arn }), ...set }), ask({})))).toMatch(/^explicit/)
    }
  })

  test('counts the closest of several statements', () => {
    const both = [
      compiled(
        policy(allow({ Principal: { AWS: account } }), allow({ Sid: 'Ann', Principal: { AWS: ann.arn } })),
        'resource',
        'bucket policy',
      ),
    ]
    expect(decide(setOf({ resource: both }), ask({}))).toEqual({ allowed: true, statement: 'bucket policy#Ann' })
  })

  test('with NotPrincipal speaks of all but those', () => {
    const document = policy({ Effect: 'Deny', NotPrincipal: { AWS: ann.arn }, Action: '*', Resource: '*' })
    const set = setOf({ identity: yes, resource: [compiled(document, 'resource', 'bucket policy')] })
    expect(outcome(decide(set, ask({ caller: ann })))).toBe('allow')
    expect(outcome(decide(set, ask({ caller: user('bob') })))).toBe('explicit resource-based')
  })
})

describe('a Deny with NotPrincipal', () => {
  test('hits every caller with a boundary, also those it excepts', () => {
    const ann = user('ann')
    const document = policy({ Effect: 'Deny', NotPrincipal: { AWS: ann.arn }, Action: '*', Resource: '*' })
    const set = { identity: yes, resource: [compiled(document, 'resource', 'bucket policy')] }
    expect(outcome(decide(setOf(set), ask({ caller: ann })))).toBe('allow')
    expect(outcome(decide(setOf({ ...set, boundary: yes }), ask({ caller: ann })))).toBe('explicit resource-based')
  })
})

describe('across accounts', () => {
  const stranger = user('ann', '999999999999')
  const grant = resource({ AWS: stranger.arn })
  test.each([
    ['both allow', { identity: yes, resource: grant }, 'allow'],
    ['only the resource allows', { identity: silent, resource: grant }, 'unstated'],
    ['only the caller’s policies allow', { identity: yes, resource: resource({ AWS: account }) }, 'unstated'],
    ['there is no resource policy', { identity: yes, resource: null }, 'unstated'],
    ['the caller’s policies deny', { identity: no, resource: grant }, 'unstated'],
    ['the boundary is silent', { identity: yes, boundary: silent, resource: grant }, 'unstated'],
  ])('when %s', (_, set, expected) => {
    expect(outcome(decide(setOf({ ...set, sameAccount: false }), ask({ caller: stranger })))).toBe(expected)
  })
})

/** `authority.md` §5.4: a role's trust policy must always allow in so many words. */
describe('a trust policy', () => {
  const assume = { action: 'sts:AssumeRole', resource: `arn:aws:iam::${account}:role/dev` }
  const ann = user('ann')

  test.each([
    ['nobody that calls', { AWS: user('bob').arn }, yes, 'implicit trust'],
    ['the caller', { AWS: ann.arn }, silent, 'allow'],
    ['the account, and the caller may', { AWS: account }, yes, 'allow'],
    ['the account, and the caller may not', { AWS: account }, silent, 'implicit identity-based'],
    ['everyone', { AWS: '*' }, silent, 'allow'],
    ['a service', { Service: 'ec2.amazonaws.com' }, yes, 'implicit trust'],
  ])('that names %s', (_, principal, identity, expected) => {
    expect(outcome(decide(setOf({ ...trust(principal), identity }), ask(assume)))).toBe(expected)
  })

  test('denies whatever the caller’s policies say', () => {
    const set = setOf({ ...trust({ AWS: ann.arn }, { Effect: 'Deny' }), identity: yes })
    expect(outcome(decide(set, ask(assume)))).toBe('explicit trust')
  })

  test('trusts the user that had the name when it was saved, not a later one', () => {
    const set = setOf({ ...trust({ AWS: ann.arn }), identity: yes })
    const saved = { [ann.arn]: ann.uniqueId }
    const later = { ...ann, uniqueId: 'AIDALATERLATERLATERXX' }
    expect(outcome(decide(set, ask({ ...assume, principalIds: saved })))).toBe('allow')
    expect(outcome(decide(set, ask({ ...assume, principalIds: saved, caller: later })))).toBe('implicit trust')
    expect(outcome(decide(set, ask({ ...assume, principalIds: {} })))).toBe('implicit trust')
  })

  test('may name a unique id', () => {
    const set = setOf({ ...trust({ AWS: ann.uniqueId }) })
    expect(outcome(decide(set, ask({ ...assume, principalIds: {} })))).toBe('allow')
    expect(outcome(decide(set, ask({ ...assume, principalIds: {}, caller: user('bob') })))).toBe('implicit trust')
  })

  test('names a role for all its sessions and a session for itself only', () => {
    const byRole = setOf(trust({ AWS: roleSession('dev').roleArn }))
    expect(outcome(decide(byRole, ask({ ...assume, caller: roleSession('dev', 'any') })))).toBe('allow')
    const bySession = setOf(trust({ AWS: roleSession('dev', 'one').arn }))
    expect(outcome(decide(bySession, ask({ ...assume, caller: roleSession('dev', 'one') })))).toBe('allow')
    expect(outcome(decide(bySession, ask({ ...assume, caller: roleSession('dev', 'two') })))).toBe('implicit trust')
  })

  test('knows no wildcards inside an ARN', () => {
    const set = setOf({ ...trust({ AWS: `arn:aws:iam::${account}:user/*` }), identity: yes })
    expect(outcome(decide(set, ask(assume)))).toBe('implicit trust')
  })
})
