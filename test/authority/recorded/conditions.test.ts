import { describe, expect, test } from 'vitest'
import { decide } from '../../../src/authority/policy/index.ts'
import { allow, ask, compiled, deny, policy, refusal, setOf } from '../policy/asking.ts'

/**
 * Facts of radkawar/stackd's recordings of AWS, September 2026: TagUser by sessions whose session policy allows or denies it under a
 * condition on `aws:RequestTag/value` (`testdata/aws/iam/condition_values.json`, `condition_ip.json`), and whether it was met.
 */
const rows: readonly (readonly [string, string | readonly string[], string, boolean])[] = [
  ...(['1', '01', '+1', '1.0', '1e0'] as const).flatMap(
    (value) =>
      [
        ['NumericEquals', '1', value, true],
        ['NumericNotEquals', '1', value, false],
      ] as const,
  ),
  ...(['2', 'no-number', '', 'NaN', 'Infinity'] as const).flatMap(
    (value) =>
      [
        ['NumericEquals', '1', value, false],
        ['NumericNotEquals', '1', value, true],
      ] as const,
  ),
  ['DateEquals', '2030-01-01T00:00:00Z', '2030-01-01T00:00:00Z', true],
  ['DateEquals', '2030-01-01T00:00:00Z', '2030-01-02T00:00:00Z', false],
  ['DateEquals', '2030-01-01T00:00:00Z', 'not-a-date', false],
  ['DateEquals', '2030-01-01T00:00:00Z', '', false],
  ['DateEquals', '2030-01-01T00:00:00Z', '1893456000', true],
  ['DateEquals', '2030-01-01T00:00:00Z', '2030-01-01', true],
  ['DateNotEquals', '2030-01-01T00:00:00Z', '2030-01-01T00:00:00Z', false],
  ['DateNotEquals', '2030-01-01T00:00:00Z', '2030-01-02T00:00:00Z', true],
  ['DateNotEquals', '2030-01-01T00:00:00Z', 'not-a-date', true],
  ['Bool', 'true', 'yes', false],
  ['Bool', 'true', '1', false],
  ['Bool', 'true', '', false],
  ['Bool', 'true', ' true ', false],
  ['Bool', 'false', 'yes', true],
  ['BinaryEquals', 'YQ==', 'YQ==', true],
  ['BinaryEquals', 'YQ==', 'Yg==', false],
  ['BinaryEquals', 'YQ==', 'YQ', false],
  ['BinaryEquals', 'YQ==', 'YR==', false],
  ['BinaryEquals', 'YQ==', 'no-binary', false],
  ['BinaryEquals', 'YQ==', ' YQ== ', false],
  ['IpAddress', '192.0.2.0/24', '192.0.2.1', true],
  ['IpAddress', '192.0.2.0/24', '192.0.3.1', false],
  ['IpAddress', '192.0.2.0/24', '192.000.2.1', true],
  ['NotIpAddress', '192.0.2.0/24', '192.0.2.1', false],
  ['NotIpAddress', '192.0.2.0/24', '192.0.3.1', true],
  ['NotIpAddress', '192.0.2.0/24', '192.000.2.1', false],
  // What is no address is in no range, and out of none.
  ...(['not-an-ip', '', '192.0.2.1/32'] as const).flatMap(
    (value) =>
      [
        ['IpAddress', '192.0.2.0/24', value, false],
        ['NotIpAddress', '192.0.2.0/24', value, false],
      ] as const,
  ),
  ['NotIpAddress', ['192.0.2.0/24', 'not-an-ip'], '192.0.2.1', false],
  ['IpAddress', ['192.0.2.0/24', 'not-an-ip'], '192.0.3.1', false],
  ['NotIpAddress', ['192.0.2.0/24', 'not-an-ip'], '192.0.3.1', true],
  ['IpAddress', ['2001:db8::5/64', '2001:db8::/64'], '2001:db8::1', true],
  ['NotIpAddress', ['2001:db8::5/64', '2001:db8::/64'], '2001:db8::1', false],
  ['IpAddress', '2001:db8::1/128', '2001:db8:::1', true],
  ['NotIpAddress', '2001:db8::1/128', '2001:db8:::1', false],
  ['IpAddress', '2001:db8::1/128', '2001:db8::1:', true],
  ['NotIpAddress', '2001:db8::1/128', '2001:db8::1:', false],
  ['IpAddress', '2001:db8::1/128', ':2001:db8::1', false],
  ['NotIpAddress', '2001:db8::1/128', ':2001:db8::1', true],
  ['IpAddress', '2001:db8::1/128', '2001:db8::::1', false],
  ['NotIpAddress', '2001:db8::1/128', '2001:db8::::1', false],
  ['IpAddress', '::/0', ':::', true],
  ['NotIpAddress', '::/0', ':::', false],
  ['IpAddress', '::/0', '2001::db8::1', false],
  ['NotIpAddress', '::/0', '2001::db8::1', false],
  ['IpAddress', '::/0', '2001::db8:::1', false],
  ['NotIpAddress', '::/0', '::ffff:::192.0.2.1', false],
  ['ArnLike', 'arn:aws:iam::*:user/*', 'arn:aws:iam::123456789012:user/test', true],
  ['ArnLike', 'arn:aws:iam::*:user/*', 'arn:aws:iam::123456789012:role/test', false],
  ['ArnNotLike', 'arn:aws:iam::*:user/*', 'arn:aws:iam::123456789012:user/test', false],
  ['ArnNotLike', 'arn:aws:iam::*:user/*', 'arn:aws:iam::123456789012:role/test', true],
  ...(['not-an-arn', ''] as const).flatMap(
    (value) =>
      [
        ['ArnLike', 'arn:aws:iam::*:user/*', value, false],
        ['ArnNotLike', 'arn:aws:iam::*:user/*', value, false],
      ] as const,
  ),
]

/** By `aws:TagKeys` and `aws:RequestTag/team` of the tags that were sent (`condition_sets.json`). */
const sets: readonly (readonly [string, string, string, Readonly<Record<string, string>>, boolean])[] = [
  ...(['StringEquals', 'StringNotEquals', 'StringEqualsIfExists', 'StringNotEqualsIfExists'] as const).flatMap(
    (operator) =>
      [{ team: 'capture' }, { env: 'capture' }, { team: 'capture', env: 'capture' }].map(
        (tags) => [operator, 'aws:TagKeys', 'team', tags as Readonly<Record<string, string>>, false] as const,
      ),
  ),
  ['StringEquals', 'aws:TagKeys', 'team', {}, false],
  ['StringNotEquals', 'aws:TagKeys', 'team', {}, true],
  ['StringEqualsIfExists', 'aws:TagKeys', 'team', {}, true],
  ['StringNotEqualsIfExists', 'aws:TagKeys', 'team', {}, true],
  ['ForAnyValue:StringEquals', 'aws:TagKeys', 'team', {}, false],
  ['ForAnyValue:StringEquals', 'aws:TagKeys', 'team', { team: 'c' }, true],
  ['ForAnyValue:StringEquals', 'aws:TagKeys', 'team', { env: 'c' }, false],
  ['ForAnyValue:StringEquals', 'aws:TagKeys', 'team', { team: 'c', env: 'c' }, true],
  ['ForAllValues:StringEquals', 'aws:TagKeys', 'team', {}, true],
  ['ForAllValues:StringEquals', 'aws:TagKeys', 'team', { team: 'c' }, true],
  ['ForAllValues:StringEquals', 'aws:TagKeys', 'team', { team: 'c', env: 'c' }, false],
  ['ForAnyValue:StringNotEquals', 'aws:TagKeys', 'team', {}, false],
  ['ForAnyValue:StringNotEquals', 'aws:TagKeys', 'team', { team: 'c' }, false],
  ['ForAnyValue:StringNotEquals', 'aws:TagKeys', 'team', { team: 'c', env: 'c' }, true],
  ['ForAllValues:StringNotEquals', 'aws:TagKeys', 'team', {}, true],
  ['ForAllValues:StringNotEquals', 'aws:TagKeys', 'team', { team: 'c' }, false],
  ['Null', 'aws:RequestTag/team', 'true', { team: '' }, false],
  ['Null', 'aws:RequestTag/team', 'true', { env: 'c' }, true],
  ['Null', 'aws:RequestTag/team', 'false', { team: '' }, true],
  ['StringEquals', 'aws:RequestTag/team', '', { team: '' }, true],
  ['StringEquals', 'aws:RequestTag/team', '', { env: 'c' }, false],
  ['ForAllValues:StringEquals', 'aws:RequestTag/team', 'capture', { team: '' }, false],
  ['ForAllValues:StringEquals', 'aws:RequestTag/team', 'capture', { env: 'c' }, true],
  ['ForAnyValue:StringEquals', 'aws:RequestTag/team', '', { team: '' }, true],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: policy variables
  ...(['${aws:TagKeys}', "${aws:TagKeys, 'fallback'}"] as const).flatMap(
    (wanted) =>
      [
        ['StringEquals', 'aws:RequestTag/team', wanted, { team: 'team' }, false],
        ['StringEquals', 'aws:RequestTag/team', wanted, { team: 'fallback' }, false],
        ['StringNotEquals', 'aws:RequestTag/team', wanted, { team: 'team' }, true],
        ['StringNotEquals', 'aws:RequestTag/team', wanted, { team: 'team', env: 'env' }, true],
      ] as const,
  ),
]

/** Met where it allows, and where it denies what something else allows. */
function met(condition: object, keys: Readonly<Record<string, string | readonly string[]>>): readonly boolean[] {
  const open = [compiled(policy(allow()))]
  const judge = (session: object) => {
    const set = setOf({ identity: open, session: [compiled(session, 'session')] })
    return decide(set, ask({ action: 'iam:TagUser', keys })).allowed
  }
  const bound = { Condition: condition }
  return [judge(policy(allow(bound))), !judge(policy(allow(), deny(bound)))]
}

describe('as recorded of AWS, a condition', () => {
  test.each(rows)('%s %j meets %j: %s', (operator, wanted, value, isMet) => {
    const key = 'aws:RequestTag/value'
    expect(met({ [operator]: { [key]: wanted } }, { [key]: value })).toEqual([isMet, isMet])
  })

  test.each(sets)('%s on %s of %j meets the tags %j: %s', (operator, key, wanted, tags, isMet) => {
    const keys = Object.fromEntries(Object.entries(tags).map(([name, value]) => [`aws:RequestTag/${name}`, value]))
    const all = Object.keys(tags).length === 0 ? keys : { ...keys, 'aws:TagKeys': Object.keys(tags) }
    expect(met({ [operator]: { [key]: wanted } }, all)).toEqual([isMet, isMet])
  })

  /** What IAM stored (`policy_storage` of the same files). */
  test.each([
    ['NumericEquals', '01', true],
    ['NumericEquals', 'NaN', false],
    ['NumericEquals', 'no-number', false],
    ['Bool', 'TRUE', true],
    ['Bool', 'yes', true],
    ['DateEquals', 'not-a-date', false],
    ['ArnLike', 'not-an-arn', false],
    ['IpAddress', 'not-an-ip', false],
    ['BinaryEquals', 'no-binary', false],
    ['Null', 'yes', true],
  ])('is stored with %s %j: %s', (operator, value, isStored) => {
    const document = policy(allow({ Condition: { [operator]: { 'aws:RequestTag/value': value } } }))
    expect(refusal(document) === null).toBe(isStored)
  })
})
