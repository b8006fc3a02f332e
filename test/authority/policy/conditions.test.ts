import { describe, expect, test } from 'vitest'
import { allow, allows, ask, type Keys, policy } from './asking.ts'

/** Is the condition met by a request with these keys? */
function met(condition: object, keys: Keys): boolean {
  return allows(policy(allow({ Condition: condition })), ask({ keys }))
}

/** Operator, the policy's value(s), the request's value, whether it fits (IAM User Guide, "Condition operators"). */
const values: readonly (readonly [string, string | readonly string[], string, boolean])[] = [
  ['StringEquals', 'queue', 'queue', true],
  ['StringEquals', 'queue', 'Queue', false],
  ['StringEquals', ['a', 'queue'], 'queue', true],
  ['StringEquals', 'que*', 'queue', false],
  ['StringEquals', ['', 'home/'], '', true],
  ['StringEqualsIgnoreCase', 'queue', 'QUEUE', true],
  ['StringEqualsIgnoreCase', 'queue', 'queues', false],
  ['StringLike', 'home/*/x?', 'home/a/b/x1', true],
  ['StringLike', 'home/*', 'Home/a', false],
  ['StringLike', '*', '', true],
  ['StringLike', '?', '', false],
  ['StringLike', 'a.c', 'abc', false],
  ['NumericEquals', '10', '10.0', true],
  ['NumericEquals', '9007199254740993', '9007199254740992', false],
  ['NumericEquals', '0.3', '0.30', true],
  ['NumericLessThan', '10', '9.999', true],
  ['NumericLessThan', '10', '10', false],
  ['NumericLessThan', '-1', '-2', true],
  ['NumericLessThanEquals', '10', '10', true],
  ['NumericGreaterThan', '10', '9', false],
  ['NumericGreaterThan', '10', '100', true],
  ['NumericGreaterThanEquals', '10', '10', true],
  ['DateEquals', '2013-06-30T00:00:00Z', '2013-06-30T00:00:00Z', true],
  ['DateEquals', '2013-06-30T02:00:00+02:00', '2013-06-30T00:00:00Z', true],
  ['DateEquals', '1372550400', '2013-06-30T00:00:00Z', true],
  ['DateEquals', '2013-06-30', '2013-06-30T00:00:00Z', true],
  ['DateLessThan', '2013-06-30T00:00:00Z', '2013-06-29T23:59:59Z', true],
  ['DateLessThan', '2013-06-30T00:00:00Z', '2013-06-30T00:00:00Z', false],
  ['DateLessThanEquals', '2013-06-30T00:00:00Z', '2013-06-30T00:00:00Z', true],
  ['DateGreaterThan', '2012-02-29T00:00:00Z', '2012-03-01T00:00:00Z', true],
  ['DateGreaterThan', '1970-01-01T00:00:00Z', '1969-12-31T23:59:59Z', false],
  ['DateGreaterThanEquals', '2013-06-30T00:00:00.5Z', '2013-06-30T00:00:00Z', false],
  ['DateLessThan', '2013-06-30T00:00:00Z', 'yesterday', false],
  ['Bool', 'true', 'true', true],
  ['Bool', 'True', 'true', true],
  ['Bool', 'true', 'false', false],
  ['Bool', 'yes', 'no', true],
  ['BinaryEquals', 'QmluYXJ5VmFsdWVJbkJhc2U2NA==', 'QmluYXJ5VmFsdWVJbkJhc2U2NA==', true],
  ['BinaryEquals', 'QmluYXJ5VmFsdWVJbkJhc2U2NA==', 'QmluYXJ5VmFsdWVJbkJhc2U2NA', false],
  ['BinaryEquals', 'QmluYXJ5VmFsdWVJbkJhc2U2NA==', 'QmluYXJ5', false],
  ['IpAddress', '203.0.113.0/24', '203.0.113.255', true],
  ['IpAddress', '203.0.113.0/24', '203.0.114.0', false],
  ['IpAddress', '203.0.113.77/24', '203.0.113.1', true],
  ['IpAddress', '203.0.113.9', '203.0.113.9', true],
  ['IpAddress', '203.0.113.0/25', '203.0.113.128', false],
  ['IpAddress', '0.0.0.0/0', '198.51.100.1', true],
  ['IpAddress', '0.0.0.0/0', '2001:db8::1', false],
  ['IpAddress', '2001:DB8:1234:5678::/64', '2001:db8:1234:5678:9::1', true],
  ['IpAddress', '2001:DB8:1234:5678::/64', '2001:db8:1234:5679::1', false],
  ['IpAddress', '::/0', '203.0.113.1', false],
  ['IpAddress', '2001:db8::1', '2001:0db8:0:0:0:0:0:1', true],
  ['IpAddress', '203.0.113.010', '203.0.113.8', false],
  ['IpAddress', '203.0.113.010', '203.0.113.10', true],
  ['ArnEquals', 'arn:aws:sns:us-east-1:123456789012:topic', 'arn:aws:sns:us-east-1:123456789012:topic', true],
  ['ArnLike', 'arn:aws:iam::*:user/dev/*', 'arn:aws:iam::123456789012:user/dev/a/b', true],
  ['ArnEquals', 'arn:aws:iam::*:user/dev/*', 'arn:aws:iam::123456789012:user/dev/a', true],
  ['ArnLike', 'arn:aws:sns:*:topic', 'arn:aws:sns:us-east-1:123456789012:topic', false],
  ['ArnLike', 'arn:aws:sns:*:*:*', 'arn:aws:sns:us-east-1:123456789012:a:b:c', true],
  ['ArnLike', 'arn:*:sns:*:123456789012:*', 'arn:aws-cn:sns:cn-north-1:123456789012:t', true],
]

/** Each positive operator has its exact opposite. */
const opposites: Readonly<Record<string, string>> = {
  StringEquals: 'StringNotEquals',
  StringEqualsIgnoreCase: 'StringNotEqualsIgnoreCase',
  StringLike: 'StringNotLike',
  NumericEquals: 'NumericNotEquals',
  DateEquals: 'DateNotEquals',
  IpAddress: 'NotIpAddress',
  ArnEquals: 'ArnNotEquals',
  ArnLike: 'ArnNotLike',
}

describe('a condition operator', () => {
  test.each(values)('%s %j finds %j: %s', (operator, wanted, given, fits) => {
    expect(met({ [operator]: { 'test:key': wanted } }, { 'test:key': given })).toBe(fits)
  })

  test.each(values.filter(([operator]) => operator in opposites))(
    'opposed: not (%s %j finds %j: %s)',
    (operator, wanted, given, fits) => {
      expect(met({ [opposites[operator]!]: { 'test:key': wanted } }, { 'test:key': given })).toBe(!fits)
    },
  )

  const positive = [...new Set(values.map(([operator]) => operator))]

  test.each(positive)('%s fails when the key is absent', (operator) => {
    const [, wanted] = values.find(([name]) => name === operator)!
    expect(met({ [operator]: { 'test:key': wanted } }, {})).toBe(false)
  })

  test.each(Object.values(opposites))('%s holds when the key is absent', (operator) => {
    const [, wanted] = values.find(([name]) => opposites[name] === operator)!
    expect(met({ [operator]: { 'test:key': wanted } }, {})).toBe(true)
  })

  test.each([...positive, ...Object.values(opposites)])('%sIfExists holds when the key is absent', (operator) => {
    const [, wanted] = values.find(([name]) => name === operator || opposites[name] === operator)!
    expect(met({ [`${operator}IfExists`]: { 'test:key': wanted } }, {})).toBe(true)
  })

  test('with IfExists asks as without when the key is there', () => {
    expect(met({ StringEqualsIfExists: { 'test:key': 'a' } }, { 'test:key': 'b' })).toBe(false)
    expect(met({ StringNotEqualsIfExists: { 'test:key': 'a' } }, { 'test:key': 'b' })).toBe(true)
  })

  test('finds its key whatever the case', () => {
    expect(met({ StringEquals: { 'AWS:PrincipalType': 'User' } }, { 'aws:principaltype': 'User' })).toBe(true)
  })

  test('is one of several that must all hold, with keys that must all hold', () => {
    const condition = { StringEquals: { a: '1', b: '2' }, NumericLessThan: { c: '3' } }
    expect(met(condition, { a: '1', b: '2', c: '2' })).toBe(true)
    for (const other of [{ a: '0' }, { b: '0' }, { c: '9' }]) {
      expect(met(condition, { a: '1', b: '2', c: '2', ...other })).toBe(false)
    }
  })

  test('never fits an empty list of values, and its opposite always does', () => {
    expect(met({ StringEquals: { a: [] } }, { a: '1' })).toBe(false)
    expect(met({ StringNotEquals: { a: [] } }, { a: '1' })).toBe(true)
  })
})

describe('Null', () => {
  test.each([
    ['true', {}, true],
    ['true', { a: '1' }, false],
    ['false', {}, false],
    ['false', { a: '1' }, true],
    ['true', { a: [] }, true],
    ['false', { a: [] }, false],
  ] as const)('"%s" with keys %j is %s', (value, keys, holds) => {
    expect(met({ Null: { a: value } }, keys)).toBe(holds)
    expect(met({ Null: { a: value === 'true' } }, keys)).toBe(holds)
  })
})

/** IAM User Guide, "Set operators for multivalued context keys", with its own example keys. */
describe('set operators', () => {
  const forAll = { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['environment', 'webserver'] } }
  const forAny = { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['environment', 'webserver'] } }

  test.each([
    [['environment'], true, true],
    [['environment', 'webserver'], true, true],
    [['environment', 'other'], false, true],
    [['other'], false, false],
    [[], true, false],
    // Not as the User Guide has it ("null dataset"): AWS refused in September 2026 (radkawar/stackd, `condition_sets.json`).
    [[''], false, false],
  ] as const)('on %j: ForAllValues %s, ForAnyValue %s', (given, all, any) => {
    expect(met(forAll, { 'aws:TagKeys': given })).toBe(all)
    expect(met(forAny, { 'aws:TagKeys': given })).toBe(any)
  })

  test('without the key: ForAllValues holds, ForAnyValue does not, also when negated', () => {
    expect(met(forAll, {})).toBe(true)
    expect(met(forAny, {})).toBe(false)
    expect(met({ 'ForAllValues:StringNotEquals': { 'aws:TagKeys': 'a' } }, {})).toBe(true)
    expect(met({ 'ForAnyValue:StringNotEquals': { 'aws:TagKeys': 'a' } }, {})).toBe(false)
    expect(met({ 'ForAnyValue:StringEqualsIfExists': { 'aws:TagKeys': 'a' } }, {})).toBe(true)
  })

  test('negated, ask each value of the request against all of the policy', () => {
    expect(met({ 'ForAllValues:StringNotEquals': { k: ['a', 'b'] } }, { k: ['c', 'd'] })).toBe(true)
    expect(met({ 'ForAllValues:StringNotEquals': { k: ['a', 'b'] } }, { k: ['c', 'a'] })).toBe(false)
    expect(met({ 'ForAnyValue:StringNotEquals': { k: ['a', 'b'] } }, { k: ['c', 'a'] })).toBe(true)
    expect(met({ 'ForAnyValue:StringNotEquals': { k: ['a', 'b'] } }, { k: ['b', 'a'] })).toBe(false)
  })

  test('work with patterns and with case', () => {
    expect(met({ 'ForAllValues:StringLike': { 'aws:TagKeys': 'key?*' } }, { 'aws:TagKeys': ['key1', 'key22'] })).toBe(
      true,
    )
    expect(met({ 'ForAnyValue:StringEquals': { 'aws:TagKeys': 'Key1' } }, { 'aws:TagKeys': ['key1'] })).toBe(false)
  })
})

/** `authority.md` §5.9: what the three kinds of credentials bring along, and what five statements make of it. */
describe('the MFA truth table', () => {
  const kinds = {
    'long-term key': {},
    'session without MFA': { 'aws:MultiFactorAuthPresent': 'false' },
    'session with MFA': { 'aws:MultiFactorAuthPresent': 'true', 'aws:MultiFactorAuthAge': '120' },
  } as const
  test.each([
    ['Allow', { Bool: { 'aws:MultiFactorAuthPresent': 'true' } }, [false, false, true]],
    ['Allow', { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'true' } }, [true, false, true]],
    ['Deny', { Bool: { 'aws:MultiFactorAuthPresent': 'false' } }, [true, false, true]],
    ['Deny', { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } }, [false, false, true]],
    ['Allow', { Null: { 'aws:MultiFactorAuthPresent': 'false' } }, [false, true, true]],
    ['Allow', { NumericLessThan: { 'aws:MultiFactorAuthAge': '3600' } }, [false, false, true]],
    ['Allow', { NumericLessThan: { 'aws:MultiFactorAuthAge': '60' } }, [false, false, false]],
  ])('%s %j', (effect, Condition, expected) => {
    const document =
      effect === 'Allow' ? policy(allow({ Condition })) : policy(allow(), allow({ Effect: 'Deny', Condition }))
    expect(Object.values(kinds).map((keys) => allows(document, ask({ keys })))).toEqual(expected)
  })
})
