// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables are written like this
import { describe, expect, test } from 'vitest'
import { authorize } from '../../../src/authority/authorization/index.ts'
import type { LiveDirectory } from '../../../src/authority/directory/in-memory.ts'
import type { Permission } from '../../../src/authority/model/permission.ts'
import type { Principal } from '../../../src/authority/model/principal.ts'
import {
  account,
  asRole,
  asUser,
  claimsOf,
  conditionsFor,
  directoryOf,
  managedPolicy,
  mfaSession,
  roleNamed,
  root,
  text,
  userNamed,
} from './household.ts'

const everything = { Effect: 'Allow', Action: '*', Resource: '*' }
const getUser: Permission = { action: 'iam:GetUser', resource: `arn:aws:iam::${account.id}:user/ann` }

function ask(principal: Principal, directory: LiveDirectory, permission: Permission = getUser) {
  return authorize({
    principal,
    directory,
    conditions: conditionsFor(principal, directory, { service: 'iam' }),
    permission,
  })
}

/** `allowed`, or the kind, policy type and cause of the refusal. */
function answer(...question: Parameters<typeof ask>): string {
  const result = ask(...question)
  if (result.allowed) return 'allowed'
  const { refusal } = result
  if (refusal.reason !== 'not-authorized') return refusal.reason
  const { verdict } = refusal
  return `${verdict.kind} ${verdict.kind === 'unstated' ? '' : verdict.policyType} ${refusal.cause}`
}

describe('a user', () => {
  test('may what his inline and attached policies allow, in their default version', () => {
    const readers = managedPolicy('readers', { Effect: 'Allow', Action: 'iam:Get*', Resource: '*' })
    const inline = userNamed('ann', { inlinePolicies: { all: text(everything) } })
    const attached = userNamed('ann', { attachedPolicies: [readers.arn] })
    expect(ask(asUser(inline), directoryOf(inline))).toEqual({ allowed: true, statement: 'all#0' })
    expect(ask(asUser(attached), directoryOf(attached, readers))).toEqual({
      allowed: true,
      statement: `${readers.arn}#0`,
    })
  })

  test('may what AWS managed policies allow', () => {
    const admin = userNamed('ann', { attachedPolicies: ['arn:aws:iam::aws:policy/AdministratorAccess'] })
    expect(answer(asUser(admin), directoryOf(admin))).toBe('allowed')
    const power = userNamed('ann', { attachedPolicies: ['arn:aws:iam::aws:policy/PowerUserAccess'] })
    expect(answer(asUser(power), directoryOf(power))).toBe('implicit identity-based permission-missing')
  })

  test('may nothing without policies, and is told in the words of the log', () => {
    const ann = userNamed('ann')
    expect(ask(asUser(ann), directoryOf(ann))).toEqual({
      allowed: false,
      refusal: {
        reason: 'not-authorized',
        principal: `arn:aws:iam::${account.id}:user/ann`,
        action: 'iam:GetUser',
        resource: getUser.resource,
        verdict: { kind: 'implicit', policyType: 'identity-based' },
        statement: null,
        cause: 'permission-missing',
        evidence: [`No identity-based policy allows iam:GetUser on ${getUser.resource}.`],
      },
    })
  })

  test('is stopped by an explicit deny, whose statement the log names', () => {
    const ann = userNamed('ann', {
      inlinePolicies: {
        all: text(everything),
        guard: text({ ...everything, Sid: 'NoIam', Effect: 'Deny', Action: 'iam:*' }),
      },
    })
    expect(ask(asUser(ann), directoryOf(ann))).toMatchObject({
      refusal: {
        verdict: { kind: 'explicit', policyType: 'identity-based', policyArn: null },
        statement: 'guard#NoIam',
        cause: 'explicitly-denied',
      },
    })
  })

  test('is bounded by his permissions boundary, which grants nothing', () => {
    const onlyS3 = managedPolicy('only-s-three', { Effect: 'Allow', Action: 's3:*', Resource: '*' })
    const bounded = userNamed('ann', { boundary: onlyS3.arn, inlinePolicies: { all: text(everything) } })
    expect(answer(asUser(bounded), directoryOf(bounded, onlyS3))).toBe(
      'implicit permissions-boundary explicitly-denied',
    )
    const listBuckets = { action: 's3:ListAllMyBuckets', resource: '*' }
    expect(answer(asUser(bounded), directoryOf(bounded, onlyS3), listBuckets)).toBe('allowed')
    const nothing = userNamed('ann', { boundary: onlyS3.arn })
    expect(answer(asUser(nothing), directoryOf(nothing, onlyS3), listBuckets)).toBe(
      'implicit identity-based permission-missing',
    )
  })

  test('may nothing when the boundary is gone', () => {
    const bounded = userNamed('ann', {
      boundary: 'arn:aws:iam::123456789012:policy/gone',
      inlinePolicies: { a: text(everything) },
    })
    expect(answer(asUser(bounded), directoryOf(bounded))).toBe('implicit permissions-boundary explicitly-denied')
  })

  test('may nothing when one of his policies cannot be read', () => {
    const ann = userNamed('ann', { inlinePolicies: { all: text(everything), broken: '{' } })
    expect(answer(asUser(ann), directoryOf(ann))).toBe('explicit identity-based explicitly-denied')
  })

  test('may nothing once he is deleted', () => {
    const ann = userNamed('ann', { inlinePolicies: { all: text(everything) } })
    expect(answer(asUser(ann), directoryOf())).toBe('implicit identity-based permission-missing')
  })

  test('may manage himself where a policy says so by variable', () => {
    const ann = userNamed('ann', {
      inlinePolicies: { self: text({ ...everything, Resource: 'arn:aws:iam::*:user/${aws:username}' }) },
    })
    expect(answer(asUser(ann), directoryOf(ann))).toBe('allowed')
    const other = { ...getUser, resource: `arn:aws:iam::${account.id}:user/bob` }
    expect(answer(asUser(ann), directoryOf(ann), other)).toBe('implicit identity-based permission-missing')
  })

  test('is judged by the tags of what the call is about, and by the call’s own keys', () => {
    const ann = userNamed('ann', {
      inlinePolicies: {
        tags: text({
          ...everything,
          Condition: {
            StringEquals: { 'aws:ResourceTag/Team': 'blue', 'iam:ResourceTag/team': 'blue', 'iam:PolicyARN': 'x' },
          },
        }),
      },
    })
    const bob = userNamed('bob', { tags: [{ key: 'team', value: 'blue' }] })
    const about = (entity: typeof bob, arn: string): Permission => ({
      ...getUser,
      entity,
      conditions: new Map([['iam:policyarn', [arn]]]),
    })
    expect(answer(asUser(ann), directoryOf(ann, bob), about(bob, 'x'))).toBe('allowed')
    expect(answer(asUser(ann), directoryOf(ann, bob), about(bob, 'y'))).toMatch(/^implicit/)
    expect(answer(asUser(ann), directoryOf(ann, bob), about({ ...bob, tags: [] }, 'x'))).toMatch(/^implicit/)
  })
})

describe('root', () => {
  test('may everything, with a session too', () => {
    expect(answer(root, directoryOf())).toBe('allowed')
    expect(answer({ ...root, session: claimsOf({}) }, directoryOf())).toBe('allowed')
  })
})

describe('a role session', () => {
  const role = roleNamed('deploy', [], { inlinePolicies: { all: text(everything) } })

  test('may what the role may, as it is now', () => {
    expect(answer(asRole(role), directoryOf(role))).toBe('allowed')
    expect(answer(asRole(role), directoryOf({ ...role, inlinePolicies: {} }))).toMatch(/^implicit identity-based/)
    expect(answer(asRole(role), directoryOf())).toMatch(/^implicit identity-based/)
  })

  test('is cut by its session policies, which grant nothing', () => {
    const only = text({ Effect: 'Allow', Action: 'iam:List*', Resource: '*' })
    const session = asRole(role, 's', { sessionPolicies: [only] })
    expect(answer(session, directoryOf(role))).toBe('implicit session explicitly-denied')
    expect(answer(session, directoryOf(role), { action: 'iam:ListUsers', resource: '*' })).toBe('allowed')
    const powerless = { ...role, inlinePolicies: {} }
    expect(answer(session, directoryOf(powerless), { action: 'iam:ListUsers', resource: '*' })).toMatch(
      /^implicit identity/,
    )
  })

  test('may what any of its session policies allows', () => {
    const session = asRole(role, 's', {
      sessionPolicies: [text({ Effect: 'Allow', Action: 's3:*', Resource: '*' })],
      sessionPolicyArns: ['arn:aws:iam::aws:policy/IAMReadOnlyAccess'],
    })
    expect(answer(session, directoryOf(role))).toBe('allowed')
    expect(answer(session, directoryOf(role), { action: 'iam:CreateUser', resource: '*' })).toMatch(/^implicit session/)
  })

  test('is shut out by AWSRevokeOlderSessions when it began before', () => {
    const revoke = (instant: string) => ({
      ...role,
      inlinePolicies: {
        ...role.inlinePolicies,
        AWSRevokeOlderSessions: text({
          Effect: 'Deny',
          Action: ['*'],
          Resource: ['*'],
          Condition: { DateLessThan: { 'aws:TokenIssueTime': instant } },
        }),
      },
    })
    expect(answer(asRole(role), directoryOf(revoke('2026-06-11T11:55:00.000Z')))).toMatch(/^explicit identity-based/)
    expect(answer(asRole(role), directoryOf(revoke('2026-06-11T11:45:00.000Z')))).toBe('allowed')
  })
})

/** The User Guide's own policy of "Allows MFA-authenticated IAM users to manage their own credentials". */
describe('a policy that demands MFA', () => {
  const guarded = userNamed('ann', {
    inlinePolicies: {
      all: text(everything),
      mfa: text({
        Sid: 'DenyAllExceptListedIfNoMFA',
        Effect: 'Deny',
        NotAction: ['iam:CreateVirtualMFADevice', 'iam:EnableMFADevice', 'iam:ListMFADevices', 'sts:GetSessionToken'],
        Resource: '*',
        Condition: { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } },
      }),
    },
  })

  test('is the cause, with what would have been allowed as evidence', () => {
    expect(ask(asUser(guarded), directoryOf(guarded))).toMatchObject({
      refusal: {
        cause: 'mfa-required',
        statement: 'mfa#DenyAllExceptListedIfNoMFA',
        verdict: { kind: 'explicit', policyType: 'identity-based' },
        evidence: [
          `Statement mfa#DenyAllExceptListedIfNoMFA of an identity-based policy denies iam:GetUser on ${getUser.resource}.`,
          'aws:MultiFactorAuthPresent is absent.',
          'With multi-factor authentication just now the same request would be allowed by all#0.',
        ],
      },
    })
  })

  test('lets a session with MFA through, and what it excepts', () => {
    expect(answer(asUser(guarded, mfaSession(60)), directoryOf(guarded))).toBe('allowed')
    expect(answer(asUser(guarded), directoryOf(guarded), { action: 'iam:ListMFADevices', resource: '*' })).toBe(
      'allowed',
    )
  })

  test('is the cause for a session without MFA, and for MFA that is too old', () => {
    expect(answer(asUser(guarded, claimsOf({})), directoryOf(guarded))).toBe('explicit identity-based mfa-required')
    const fresh = userNamed('ann', {
      inlinePolicies: {
        fresh: text({ ...everything, Condition: { NumericLessThan: { 'aws:MultiFactorAuthAge': '3600' } } }),
      },
    })
    expect(answer(asUser(fresh, mfaSession(3601)), directoryOf(fresh))).toBe('implicit identity-based mfa-required')
    expect(answer(asUser(fresh, mfaSession(3599)), directoryOf(fresh))).toBe('allowed')
  })

  test('is not the cause where MFA would not have helped', () => {
    const denied = {
      ...guarded,
      inlinePolicies: { ...guarded.inlinePolicies, no: text({ ...everything, Effect: 'Deny' }) },
    }
    expect(answer(asUser(denied), directoryOf(denied))).toBe('explicit identity-based explicitly-denied')
  })
})
