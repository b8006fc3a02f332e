import { describe, expect, test } from 'vitest'
import { judgeAssumeRole, resolveTrustPrincipals } from '../../../src/authority/authorization/index.ts'
import { roleArn, userArn } from '../../../src/authority/model/arn-of.ts'
import type { Role, User } from '../../../src/authority/model/entities.ts'
import type { Principal } from '../../../src/authority/model/principal.ts'
import {
  account,
  asRole,
  asUser,
  claimsOf,
  conditionsFor,
  directoryOf,
  mfaSession,
  roleNamed,
  root,
  text,
  userNamed,
} from './household.ts'

const allowAll = { Effect: 'Allow', Action: '*', Resource: '*' }
const powerful = (name: string): User => userNamed(name, { inlinePolicies: { all: text(allowAll) } })
const trusting = (principal: unknown, elements: object = {}): Role => {
  const role = roleNamed('deploy', [{ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole', ...elements }])
  const saved = resolveTrustPrincipals(role.trustPolicy, directoryOf(...everyone))
  return { ...role, trustPrincipals: 'ok' in saved ? saved.ok : {} }
}
const ann = userNamed('ann')
const annMayAll = powerful('ann')
const bob = powerful('bob')
const chained = roleNamed('chained', [])
const everyone = [ann, bob, chained]
const arnOfAnn = userArn(account, ann)

function judge(
  principal: Principal,
  role: Role | undefined,
  more: Partial<Parameters<typeof judgeAssumeRole>[0]> = {},
) {
  const who = principal.type === 'user' && principal.userName === 'ann' ? [] : [ann]
  const directory = directoryOf(...who, bob, chained, ...(role === undefined ? [] : [role]))
  return judgeAssumeRole({
    principal,
    role,
    resource: `arn:aws:iam::${account.id}:role/deploy`,
    directory,
    conditions: conditionsFor(principal, directory),
    tagging: false,
    sourceIdentity: null,
    ...more,
  })
}

function answer(
  caller: User | Principal,
  role: Role | undefined,
  more: Record<string, unknown> & { keys?: object } = {},
): string {
  const principal = 'kind' in caller ? asUser(caller) : caller
  const holder = 'kind' in caller ? [caller] : [ann]
  const directory = directoryOf(...holder, chained, ...(role === undefined ? [] : [role]))
  const conditions = new Map([...conditionsFor(principal, directory), ...Object.entries(more.keys ?? {})])
  const { keys: _, ...rest } = more
  const result = judge(principal, role, { directory, conditions, ...rest })
  if (result.allowed) return 'allowed'
  const { refusal } = result
  if (refusal.reason !== 'not-authorized') return refusal.reason
  const { verdict } = refusal
  return `${refusal.action} ${verdict.kind} ${verdict.kind === 'unstated' ? '' : verdict.policyType}`
}

describe('AssumeRole', () => {
  test.each([
    ['the user itself, who may nothing', { AWS: arnOfAnn }, ann, 'allowed'],
    ['the account, and the user may', { AWS: account.id }, annMayAll, 'allowed'],
    ['the account, and the user may not', { AWS: account.id }, ann, 'sts:AssumeRole implicit identity-based'],
    ['the account’s root, and the user may', { AWS: `arn:aws:iam::${account.id}:root` }, annMayAll, 'allowed'],
    [
      'somebody else, and the user may everything',
      { AWS: userArn(account, bob) },
      annMayAll,
      'sts:AssumeRole implicit trust',
    ],
    [
      'a service, and the user may everything',
      { Service: 'ec2.amazonaws.com' },
      annMayAll,
      'sts:AssumeRole implicit trust',
    ],
  ])('when the trust policy names %s', (_, principal, caller, expected) => {
    expect(answer(caller, trusting(principal))).toBe(expected)
  })

  test('is refused to root, whatever the trust policy says', () => {
    expect(answer(root, trusting({ AWS: account.id }))).toBe('root-may-not-assume')
  })

  test('of a role that is not there is refused in the same words', () => {
    const refused = judge(asUser(bob), trusting({ AWS: arnOfAnn }))
    const absent = judge(asUser(bob), undefined)
    expect(refused).toMatchObject({
      refusal: { reason: 'not-authorized', verdict: { kind: 'implicit', policyType: 'trust' } },
    })
    expect(absent).toMatchObject({
      refusal: { reason: 'not-authorized', verdict: { kind: 'implicit', policyType: 'trust' } },
    })
    expect(absent).toMatchObject({ refusal: { evidence: ['There is no role with this ARN.'] } })
  })

  test('is refused by an explicit deny of the caller’s own policies although the trust policy names him', () => {
    const barred = userNamed('ann', { inlinePolicies: { no: text({ ...allowAll, Effect: 'Deny', Action: 'sts:*' }) } })
    expect(answer(barred, trusting({ AWS: arnOfAnn }))).toBe('sts:AssumeRole explicit identity-based')
  })

  test('is refused to a new user with the old name', () => {
    const role = trusting({ AWS: arnOfAnn })
    expect(answer({ ...annMayAll, id: 'AIDANEWANNNEWANNNEWAX' }, role)).toBe('sts:AssumeRole implicit trust')
    expect(answer(annMayAll, role)).toBe('allowed')
  })

  test('asks for the external id only where the trust policy does', () => {
    const role = trusting({ AWS: arnOfAnn }, { Condition: { StringEquals: { 'sts:ExternalId': '12345' } } })
    expect(answer(ann, role)).toBe('sts:AssumeRole implicit trust')
    expect(answer(ann, role, { keys: { 'sts:externalid': ['12345'] } })).toBe('allowed')
    expect(answer(ann, role, { keys: { 'sts:externalid': ['1234'] } })).toBe('sts:AssumeRole implicit trust')
    expect(answer(ann, trusting({ AWS: arnOfAnn }), { keys: { 'sts:externalid': ['12345'] } })).toBe('allowed')
  })

  test('with tags needs sts:TagSession too, with a source identity sts:SetSourceIdentity', () => {
    const only = trusting({ AWS: arnOfAnn })
    expect(answer(ann, only, { tagging: true })).toBe('sts:TagSession implicit trust')
    expect(answer(ann, only, { sourceIdentity: 'ann' })).toBe('sts:SetSourceIdentity implicit trust')
    const all = trusting({ AWS: arnOfAnn }, { Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'] })
    expect(answer(ann, all, { tagging: true, sourceIdentity: 'ann' })).toBe('allowed')
    const delegating = trusting({ AWS: account.id }, { Action: 'sts:*' })
    const mayAssume = userNamed('ann', { inlinePolicies: { a: text({ ...allowAll, Action: 'sts:AssumeRole' }) } })
    expect(answer(mayAssume, delegating)).toBe('allowed')
    expect(answer(mayAssume, delegating, { tagging: true })).toBe('sts:TagSession implicit identity-based')
  })

  test('sees the tags of the role, unless an inherited tag shadows them', () => {
    const role = {
      ...trusting({ AWS: arnOfAnn }, { Condition: { StringEquals: { 'aws:ResourceTag/Team': 'blue' } } }),
      tags: [{ key: 'team', value: 'blue' }],
    }
    expect(answer(ann, role)).toBe('allowed')
    expect(answer(ann, role, { keys: { 'aws:resourcetag/team': ['red'] } })).toBe('sts:AssumeRole implicit trust')
  })

  test('from a role session goes by the role or by the session', () => {
    const from = (principal: unknown, session = 's1') => answer(asRole(chained, session), trusting(principal))
    expect(from({ AWS: roleArn(account, chained) })).toBe('allowed')
    expect(from({ AWS: `arn:aws:sts::${account.id}:assumed-role/chained/s1` })).toBe('allowed')
    expect(from({ AWS: `arn:aws:sts::${account.id}:assumed-role/chained/s2` })).toBe('sts:AssumeRole implicit trust')
  })

  test('of the role that calls needs the trust policy’s word as well', () => {
    const self = roleNamed('deploy', [{ Effect: 'Allow', Principal: { AWS: arnOfAnn }, Action: 'sts:AssumeRole' }], {
      inlinePolicies: { all: text(allowAll) },
    })
    expect(answer(asRole(self), self)).toBe('sts:AssumeRole implicit trust')
  })
})

/** `authority.md` §5.9, the AssumeRole call itself. */
describe('a trust policy that demands MFA', () => {
  const role = trusting({ AWS: arnOfAnn }, { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } })

  test.each([
    ['a long-term key without a code', asUser(ann), {}, 'sts:AssumeRole implicit trust'],
    ['a long-term key with a code', asUser(ann), { keys: { 'aws:multifactorauthpresent': ['true'] } }, 'allowed'],
    ['a session without MFA', asUser(ann, claimsOf({})), {}, 'sts:AssumeRole implicit trust'],
    ['a session with MFA', asUser(ann, mfaSession(30)), {}, 'allowed'],
  ])('answers %s', (_, principal, more, expected) => {
    expect(answer(principal, role, more)).toBe(expected)
  })

  test('is the cause of the refusal', () => {
    expect(judge(asUser(ann), role, { directory: directoryOf(ann, role) })).toMatchObject({
      refusal: { cause: 'mfa-required' },
    })
  })
})

describe('the principals of a trust policy', () => {
  const deploy = roleNamed('deploy', [], { path: '/ops/' })
  const dora = userNamed('Dora', { path: '/dev/' })
  const directory = directoryOf(dora, deploy)
  const resolve = (principal: unknown) =>
    resolveTrustPrincipals(text({ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' }), directory)

  test('are kept by unique id', () => {
    const session = `arn:aws:sts::${account.id}:assumed-role/deploy/ci`
    const AWS = [userArn(account, dora), roleArn(account, deploy), session, account.id, '*', dora.id]
    expect(resolve({ AWS, Service: 'ec2.amazonaws.com' })).toEqual({
      ok: {
        [userArn(account, dora)]: dora.id,
        [roleArn(account, deploy)]: deploy.id,
        [session]: deploy.id,
        [dora.id]: dora.id,
      },
    })
  })

  test.each([
    ['a user that is not there', `arn:aws:iam::${account.id}:user/gone`],
    ['a user without his path', `arn:aws:iam::${account.id}:user/Dora`],
    ['a user in another case', `arn:aws:iam::${account.id}:user/dev/dora`],
    ['a user of an unknown account', 'arn:aws:iam::999999999999:user/dev/Dora'],
    ['a role of another partition', `arn:aws-cn:iam::${account.id}:role/ops/deploy`],
    ['a group', `arn:aws:iam::${account.id}:group/admins`],
    ['a pattern', `arn:aws:iam::${account.id}:user/*`],
    ['an account of 11 digits', '12345678901'],
    ['a unique id that is gone', 'AIDAGONEGONEGONEGONEX'],
    ['a session of a role that is not there', `arn:aws:sts::${account.id}:assumed-role/gone/x`],
  ])('must exist: %s does not', (_, value) => {
    expect(resolve({ AWS: value })).toEqual({ refused: `Invalid principal in policy: "AWS":"${value}"` })
  })

  test('must be services where they are called so', () => {
    expect(resolve({ Service: 'ec2' })).toEqual({ refused: 'Invalid principal in policy: "SERVICE":"ec2"' })
  })
})
