// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables are written like this
import { describe, expect, test } from 'vitest'
import { authorize } from '../../../src/authority/authorization/index.ts'
import type { LiveDirectory } from '../../../src/authority/directory/in-memory.ts'
import { entityKey, type Group, type ManagedPolicy } from '../../../src/authority/model/entities.ts'
import type { Permission } from '../../../src/authority/model/permission.ts'
import type { Principal } from '../../../src/authority/model/principal.ts'
import {
  account,
  asRole,
  asUser,
  claimsOf,
  conditionsFor,
  directoryOf,
  groupNamed,
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

describe('a user in groups', () => {
  const readers = managedPolicy('readers', { Effect: 'Allow', Action: 'iam:Get*', Resource: '*' })
  const inline = groupNamed('devs', { inlinePolicies: { all: text(everything) } })
  const attached = groupNamed('ops', { attachedPolicies: [readers.arn] })
  const denying = groupNamed('guests', {
    inlinePolicies: { none: text({ Sid: 'No', Effect: 'Deny', Action: 'iam:*', Resource: '*' }) },
  })
  const anyone = groupNamed('anyone')
  const annIn = (...groups: readonly { readonly id: string }[]) =>
    userNamed('ann', { groups: groups.map(({ id }) => id) })

  test('may what the inline and attached policies of any of them allow, and the log says of which', () => {
    const ann = annIn(anyone, inline)
    expect(ask(asUser(ann), directoryOf(ann, anyone, inline))).toEqual({
      allowed: true,
      statement: 'group/devs/all#0',
    })
    const ops = annIn(anyone, attached)
    expect(ask(asUser(ops), directoryOf(ops, anyone, attached, readers))).toEqual({
      allowed: true,
      statement: `group/ops/${readers.arn}#0`,
    })
    const none = annIn(anyone)
    expect(answer(asUser(none), directoryOf(none, anyone, inline))).toBe('implicit identity-based permission-missing')
  })

  test('is told of his own policy first, and of each group’s own where two have the same text', () => {
    const own = { ...annIn(inline), inlinePolicies: { mine: text(everything) } }
    expect(ask(asUser(own), directoryOf(own, inline))).toMatchObject({ statement: 'mine#0' })
    for (const name of ['one', 'two']) {
      const group = groupNamed(name, { attachedPolicies: [readers.arn] })
      const ann = annIn(group)
      expect(ask(asUser(ann), directoryOf(ann, group, readers))).toMatchObject({
        statement: `group/${name}/${readers.arn}#0`,
      })
    }
  })

  test('is stopped by an explicit deny of one of them, whatever he and the others allow', () => {
    const ann = { ...annIn(inline, denying), inlinePolicies: { mine: text(everything) } }
    expect(ask(asUser(ann), directoryOf(ann, inline, denying))).toMatchObject({
      allowed: false,
      refusal: {
        verdict: { kind: 'explicit', policyType: 'identity-based', policyArn: null },
        statement: 'group/guests/none#No',
        cause: 'explicitly-denied',
        evidence: [expect.stringContaining('Statement group/guests/none#No of an identity-based policy denies')],
      },
    })
  })

  test('is told the ARN of a managed policy that denies, though a group has it', () => {
    const deny = managedPolicy('deny', { Effect: 'Deny', Action: '*', Resource: '*' })
    const group = groupNamed('guests', { attachedPolicies: [deny.arn] })
    const ann = { ...annIn(group), inlinePolicies: { mine: text(everything) } }
    expect(ask(asUser(ann), directoryOf(ann, group, deny))).toMatchObject({
      refusal: { verdict: { policyArn: deny.arn }, statement: `group/guests/${deny.arn}#0` },
    })
  })

  test('is bounded by his own boundary in what the groups give', () => {
    const limit = managedPolicy('limit', { Effect: 'Allow', Action: 's3:*', Resource: '*' })
    const ann = { ...annIn(inline), boundary: limit.arn }
    expect(answer(asUser(ann), directoryOf(ann, inline, limit))).toBe('implicit permissions-boundary explicitly-denied')
  })

  test('has them in his sessions, and gives them to those that he federates, as far as their session policy goes', () => {
    const ann = annIn(inline)
    const directory = directoryOf(ann, inline)
    expect(answer(asUser(ann, mfaSession(60)), directory)).toBe('allowed')
    const federated = (sessionPolicies: readonly string[]): Principal => ({
      type: 'federated',
      account: account.id,
      arn: `arn:aws:sts::${account.id}:federated-user/guest`,
      userId: `${account.id}:guest`,
      ownerId: ann.id,
      accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
      session: claimsOf({ type: 'federated', ownerId: ann.id, sessionName: 'guest', sessionPolicies }),
    })
    expect(answer(federated([text(everything)]), directory)).toBe('allowed')
    expect(answer(federated([]), directory)).toBe('implicit session explicitly-denied')
    const left = directoryOf(annIn(), inline)
    expect(answer(federated([text(everything)]), left)).toBe('implicit identity-based permission-missing')
  })

  test('is let in by the MFA that a group’s policy demands', () => {
    const group = groupNamed('careful', {
      inlinePolicies: {
        mfa: text({ ...everything, Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } }),
      },
    })
    const ann = annIn(group)
    const directory = directoryOf(ann, group)
    expect(answer(asUser(ann, mfaSession(60)), directory)).toBe('allowed')
    expect(answer(asUser(ann), directory)).toBe('implicit identity-based mfa-required')
  })

  test('is judged by a group’s managed policies as they are now, however often he asks', () => {
    const ann = annIn(attached)
    const directory = directoryOf(ann, attached, readers)
    let seq = 0
    const change = (entity: ManagedPolicy | Group) =>
      directory.apply(
        [
          {
            seq: ++seq,
            at: '2026-06-11T12:00:00.000Z',
            op: 'put',
            kind: entity.kind,
            key: entityKey(entity),
            version: seq + 1,
            entity,
          },
        ],
        0,
      )
    expect([answer(asUser(ann), directory), answer(asUser(ann), directory)]).toEqual(['allowed', 'allowed'])
    change({ ...readers, defaultVersion: 'v1' })
    expect(ask(asUser(ann), directory)).toMatchObject({ refusal: { statement: `group/ops/${readers.arn}#0` } })
    change(readers)
    change({ ...attached, name: 'operators' })
    expect(ask(asUser(ann), directory)).toMatchObject({ statement: `group/operators/${readers.arn}#0` })
    change({ ...attached, attachedPolicies: [] })
    expect(answer(asUser(ann), directory)).toBe('implicit identity-based permission-missing')
  })

  test('may nothing by a group that is gone, or whose policy cannot be read', () => {
    const ann = annIn(inline)
    expect(answer(asUser(ann), directoryOf(ann))).toBe('implicit identity-based permission-missing')
    const broken = groupNamed('devs', { inlinePolicies: { all: text(everything), broken: '{' } })
    expect(ask(asUser(ann), directoryOf(ann, broken))).toMatchObject({
      refusal: { statement: 'group/devs/broken#unreadable' },
    })
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
