import { describe, expect, test } from 'vitest'
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
  userNamed,
} from './household.ts'

const ann = userNamed('ann', { path: '/dev/', tags: [{ key: 'Team', value: 'blue' }] })
const role = roleNamed('deploy', [], {
  path: '/ops/',
  tags: [
    { key: 'Team', value: 'red' },
    { key: 'cost', value: '1' },
  ],
})
const directory = directoryOf(ann, role)
const sts = (principal: Parameters<typeof conditionsFor>[0], more = {}) =>
  Object.fromEntries(conditionsFor(principal, directory, more))

describe('the global condition keys', () => {
  test('of an IAM user with a long-term key', () => {
    expect(sts(asUser(ann))).toEqual({
      'aws:currenttime': ['2026-06-11T12:00:00Z'],
      'aws:epochtime': ['1781179200'],
      'aws:securetransport': ['false'],
      'aws:sourceip': ['203.0.113.9'],
      'aws:useragent': ['aws-cli/2.36'],
      'aws:requestedregion': ['eu-west-1'],
      'aws:viaawsservice': ['false'],
      'aws:principalisawsservice': ['false'],
      'aws:principaltype': ['User'],
      'aws:principalaccount': [account.id],
      'aws:principalarn': [`arn:aws:iam::${account.id}:user/dev/ann`],
      'aws:userid': [ann.id],
      'aws:username': ['ann'],
      'aws:principaltag/team': ['blue'],
    })
  })

  test('of root', () => {
    const keys = sts(root)
    expect(keys).toMatchObject({
      'aws:principaltype': ['Account'],
      'aws:principalarn': [`arn:aws:iam::${account.id}:root`],
      'aws:userid': [account.id],
    })
    expect(keys).not.toHaveProperty('aws:username')
  })

  test('of a role session: the role’s ARN with its path, the session’s id, no user name', () => {
    const keys = sts(asRole(role, 'ci', { sourceIdentity: 'ann' }))
    expect(keys).toMatchObject({
      'aws:principaltype': ['AssumedRole'],
      'aws:principalarn': [`arn:aws:iam::${account.id}:role/ops/deploy`],
      'aws:userid': [`${role.id}:ci`],
      'aws:sourceidentity': ['ann'],
      'aws:tokenissuetime': ['2026-06-11T11:50:00Z'],
    })
    expect(keys).not.toHaveProperty('aws:username')
  })

  test('take a session tag over the role’s tag of the same key, whatever the case', () => {
    expect(sts(asRole(role, 'ci', { tags: [{ key: 'TEAM', value: 'green' }] }))).toMatchObject({
      'aws:principaltag/team': ['green'],
      'aws:principaltag/cost': ['1'],
    })
  })

  test('of nobody', () => {
    const keys = sts(null)
    expect(keys).toMatchObject({ 'aws:principaltype': ['Anonymous'] })
    expect(Object.keys(keys).filter((key) => /userid|principalarn|multifactor|tokenissue/.test(key))).toEqual([])
  })

  test('of a request to IAM: the home Region of the partition', () => {
    expect(sts(asUser(ann), { service: 'iam' })).toMatchObject({ 'aws:requestedregion': ['us-east-1'] })
  })

  test('know an IPv4 caller on an IPv6 listener as IPv4', () => {
    expect(sts(asUser(ann), { sourceIp: '::ffff:192.0.2.1' })).toMatchObject({ 'aws:sourceip': ['192.0.2.1'] })
  })

  test('have a referer only when one was sent', () => {
    expect(sts(asUser(ann))).not.toHaveProperty('aws:referer')
    expect(sts(asUser(ann), { referer: 'https://example.com/' })).toMatchObject({
      'aws:referer': ['https://example.com/'],
    })
  })
})

/** `authority.md` §5.9: present, age, issue time. */
describe('MFA keys', () => {
  const issued = ['2026-06-11T11:50:00Z']
  test.each([
    ['a user’s long-term key', asUser(ann), undefined, undefined, undefined],
    ['root’s long-term key', root, undefined, undefined, undefined],
    ['GetSessionToken without MFA', asUser(ann, claimsOf({})), ['false'], undefined, issued],
    ['GetSessionToken with MFA', asUser(ann, mfaSession(120)), ['true'], ['120'], issued],
    ['root’s GetSessionToken with MFA', { ...root, session: mfaSession(5) }, ['true'], ['5'], issued],
    ['a role session', asRole(role), ['false'], undefined, issued],
    ['a role session after AssumeRole with MFA', asRole(role, 's', { mfaAt: 1 }), ['false'], undefined, issued],
  ])('of %s', (_, principal, present, age, tokenIssued) => {
    const keys = sts(principal)
    expect(keys['aws:multifactorauthpresent']).toEqual(present)
    expect(keys['aws:multifactorauthage']).toEqual(age)
    expect(keys['aws:tokenissuetime']).toEqual(tokenIssued)
  })
})
