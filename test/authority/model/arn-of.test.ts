import { expect, test } from 'vitest'
import {
  arnOf,
  assumedRoleArn,
  mfaSerialNumber,
  policyArn,
  roleArn,
  rootArn,
  userArn,
} from '../../../src/authority/model/arn-of.ts'
import type { Group, InstanceProfile } from '../../../src/authority/model/entities.ts'
import { user } from '../../store.suite.ts'

/** The examples of the IAM User Guide, "IAM identifiers", for its account 123456789012. */
const home = { id: '123456789012', partition: 'aws' }
const john = { name: 'JohnDoe', path: '/division_abc/subdivision_xyz/' }

test('ARNs of what an account holds are those of the IAM User Guide', () => {
  expect(rootArn(home)).toBe('arn:aws:iam::123456789012:root')
  expect(userArn(home, { name: 'JohnDoe', path: '/' })).toBe('arn:aws:iam::123456789012:user/JohnDoe')
  expect(userArn(home, john)).toBe('arn:aws:iam::123456789012:user/division_abc/subdivision_xyz/JohnDoe')
  expect(roleArn(home, { name: 'S3Access', path: '/application_abc/component_xyz/' })).toBe(
    'arn:aws:iam::123456789012:role/application_abc/component_xyz/S3Access',
  )
  expect(policyArn(home, { name: 'UsersManageOwnCredentials', path: '/' })).toBe(
    'arn:aws:iam::123456789012:policy/UsersManageOwnCredentials',
  )
  expect(mfaSerialNumber(home, { name: 'JaneDoeMFA', path: '/' })).toBe('arn:aws:iam::123456789012:mfa/JaneDoeMFA')
  expect(assumedRoleArn(home, 'Accounting-Role', 'Mary')).toBe(
    'arn:aws:sts::123456789012:assumed-role/Accounting-Role/Mary',
  )
})

test('ARNs of groups and instance profiles are those of the IAM User Guide', () => {
  const at = { createdAt: '2026-11-28T12:00:00Z', path: '/division_abc/subdivision_xyz/product_A/' }
  const group: Group = {
    ...at,
    kind: 'group',
    id: 'AGPA',
    name: 'Developers',
    inlinePolicies: {},
    attachedPolicies: [],
  }
  expect(arnOf(home, group)).toBe('arn:aws:iam::123456789012:group/division_abc/subdivision_xyz/product_A/Developers')
  const profile: InstanceProfile = {
    ...at,
    kind: 'instance-profile',
    id: 'AIPA',
    name: 'Webserver',
    path: '/',
    tags: [],
    roleId: null,
  }
  expect(arnOf(home, profile)).toBe('arn:aws:iam::123456789012:instance-profile/Webserver')
})

test('ARNs bear the partition of their account', () => {
  expect(arnOf({ ...home, partition: 'aws-cn' }, user('ann'))).toBe('arn:aws-cn:iam::123456789012:user/ann')
})
