// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables are written like this
import { describe, expect, test } from 'vitest'
import { matchesPattern, parsePattern } from '../../../src/authority/policy/pattern.ts'
import { allow, allows, ask, type Keys, policy } from './asking.ts'

function actionFits(action: string, asked: string): boolean {
  return allows(policy(allow({ Action: action })), ask({ action: asked }))
}

function resourceFits(resource: string, asked: string, keys: Keys = {}): boolean {
  return allows(policy(allow({ Resource: resource })), ask({ resource: asked, keys }))
}

describe('Action', () => {
  test.each([
    ['*', 'iam:CreateUser', true],
    ['iam:*', 'iam:CreateUser', true],
    ['iam:*', 'sts:AssumeRole', false],
    ['IAM:createuser', 'iam:CreateUser', true],
    ['iam:*AccessKey*', 'iam:ListAccessKeys', true],
    ['iam:Get?ser', 'iam:GetUser', true],
    ['iam:Get?ser', 'iam:GetUUser', false],
    ['iam:Get', 'iam:GetUser', false],
  ])('%s and %s: %s', (pattern, asked, fits) => {
    expect(actionFits(pattern, asked)).toBe(fits)
  })

  test('NotAction is everything else', () => {
    const document = policy({ Effect: 'Allow', NotAction: ['iam:*', 'sts:GetFederationToken'], Resource: '*' })
    expect(allows(document, ask({ action: 'iam:GetUser' }))).toBe(false)
    expect(allows(document, ask({ action: 'sts:getfederationtoken' }))).toBe(false)
    expect(allows(document, ask({ action: 's3:GetObject' }))).toBe(true)
  })
})

describe('Resource', () => {
  // IAM User Guide, "IAM JSON policy elements: Resource".
  test.each([
    ['*', 'arn:aws:s3:::bucket/key', true],
    ['*', '*', true],
    ['arn:aws:s3:::bucket/*', 'arn:aws:s3:::bucket/a/b', true],
    ['arn:aws:s3:::bucket/*', 'arn:aws:s3:::bucket', false],
    ['arn:aws:s3:::bucket/*/test/*', 'arn:aws:s3:::bucket/1/2/test/3/object.jpg', true],
    ['arn:aws:s3:::bucket/*/test/*', 'arn:aws:s3:::bucket/1-test/object.jpg', false],
    ['arn:aws:iam::123456789012:user/accounting/*', 'arn:aws:iam::123456789012:user/accounting/ann', true],
    ['arn:aws:iam::*:user/ann', 'arn:aws:iam::123456789012:user/ann', true],
    ['arn:aws:iam::12345678901?:user/ann', 'arn:aws:iam::123456789012:user/ann', true],
    ['arn:aws:iam::123456789012:user/Ann', 'arn:aws:iam::123456789012:user/ann', false],
    ['arn:aws:iam::123456789012:user/*', '*', false],
    [
      'arn:aws:logs:*:*:log-group:/app/*:log-stream:x',
      'arn:aws:logs:eu-west-1:1:log-group:/app/a:b:log-stream:x',
      true,
    ],
    // A `*` that ends its part may run over colons; one inside the part may not.
    ['arn:aws:sns:*', 'arn:aws:sns:us-east-1:123456789012:topic', true],
    ['arn:aws:sns:us-*:topic', 'arn:aws:sns:us-east-1:123456789012:topic', true],
    ['arn:aws:sns:us-*1:topic', 'arn:aws:sns:us-east-1:123456789011:topic', false],
    ['arn:aws:sns:us-*1:*:topic', 'arn:aws:sns:us-east-1:123456789012:topic', true],
  ])('%s and %s: %s', (pattern, asked, fits) => {
    expect(resourceFits(pattern, asked)).toBe(fits)
  })

  test('NotResource is everything else', () => {
    const document = policy({
      Effect: 'Allow',
      Action: '*',
      NotResource: ['arn:aws:s3:::secret', 'arn:aws:s3:::secret/*'],
    })
    expect(allows(document, ask({ resource: 'arn:aws:s3:::secret/key' }))).toBe(false)
    expect(allows(document, ask({ resource: 'arn:aws:s3:::open/key' }))).toBe(true)
  })
})

describe('policy variables', () => {
  const home = 'arn:aws:s3:::bucket/${aws:username}/*'

  test('stand for the value of a key, whatever the case of its name', () => {
    expect(resourceFits(home, 'arn:aws:s3:::bucket/ann/x', { 'aws:username': 'ann' })).toBe(true)
    expect(resourceFits(home, 'arn:aws:s3:::bucket/bob/x', { 'aws:username': 'ann' })).toBe(false)
    expect(resourceFits('arn:aws:s3:::b/${AWS:UserName}', 'arn:aws:s3:::b/ann', { 'aws:username': 'ann' })).toBe(true)
  })

  test('make a resource match nothing when the key is absent or has several values', () => {
    expect(resourceFits(home, 'arn:aws:s3:::bucket/ann/x')).toBe(false)
    expect(resourceFits(home, 'arn:aws:s3:::bucket/${aws:username}/x')).toBe(false)
    expect(resourceFits(home, 'arn:aws:s3:::bucket/a/x', { 'aws:username': ['a', 'b'] })).toBe(false)
  })

  test('without a value in NotResource: a Deny holds, an Allow does not', () => {
    const others = 'arn:aws:s3:::bucket/${aws:username}/*'
    const only = { Action: '*', NotResource: others }
    const resource = 'arn:aws:s3:::bucket/x'
    expect(allows(policy({ Effect: 'Allow', ...only }), ask({ resource }))).toBe(false)
    expect(allows(policy(allow(), { Effect: 'Deny', ...only }), ask({ resource }))).toBe(false)
    const keys = { 'aws:username': 'ann' }
    expect(allows(policy({ Effect: 'Allow', ...only }), ask({ resource, keys }))).toBe(true)
  })

  test('take their default when the key is absent', () => {
    const pattern = "arn:aws:s3:::b/${aws:PrincipalTag/team, 'company-wide'}/*"
    expect(resourceFits(pattern, 'arn:aws:s3:::b/company-wide/x')).toBe(true)
    expect(resourceFits(pattern, 'arn:aws:s3:::b/yellow/x', { 'aws:PrincipalTag/team': 'yellow' })).toBe(true)
    expect(resourceFits(pattern, 'arn:aws:s3:::b/company-wide/x', { 'aws:PrincipalTag/team': 'yellow' })).toBe(false)
  })

  test('give no wildcards to whoever names himself with them', () => {
    expect(resourceFits(home, 'arn:aws:s3:::bucket/bob/x', { 'aws:username': '*' })).toBe(false)
    expect(resourceFits(home, 'arn:aws:s3:::bucket/*/x', { 'aws:username': '*' })).toBe(true)
    expect(resourceFits(home, 'arn:aws:s3:::bucket/bob/x', { 'aws:username': '${*}' })).toBe(false)
  })

  test('write the wildcard characters themselves', () => {
    expect(resourceFits('arn:aws:s3:::b/a${*}b', 'arn:aws:s3:::b/a*b')).toBe(true)
    expect(resourceFits('arn:aws:s3:::b/a${*}b', 'arn:aws:s3:::b/axb')).toBe(false)
    expect(resourceFits('arn:aws:s3:::b/a${?}b${$}', 'arn:aws:s3:::b/a?b$')).toBe(true)
  })

  test('work after the fifth colon only', () => {
    const pattern = 'arn:aws:sns:us-east-1:${aws:PrincipalAccount}:topic'
    expect(
      resourceFits(pattern, 'arn:aws:sns:us-east-1:123456789012:topic', { 'aws:PrincipalAccount': '123456789012' }),
    ).toBe(false)
  })

  test('are plain text in documents of the old version, and without a version', () => {
    for (const version of [{ Version: '2008-10-17' }, {}]) {
      const document = { ...version, Statement: [allow({ Resource: home })] }
      const ann = { keys: { 'aws:username': 'ann' } }
      expect(allows(document, ask({ resource: 'arn:aws:s3:::bucket/ann/x', ...ann }))).toBe(false)
      expect(allows(document, ask({ resource: 'arn:aws:s3:::bucket/${aws:username}/x', ...ann }))).toBe(true)
    }
  })

  test.each([
    ['StringEquals', 'a', true],
    ['StringEquals', 'b', false],
    ['StringNotEquals', 'b', true],
    ['StringLike', 'a', true],
    ['StringEqualsIgnoreCase', 'A', true],
  ])('stand in %s too (%s: %s)', (operator, given, holds) => {
    const document = policy(
      allow({ Condition: { [operator]: { 'aws:ResourceTag/team': '${aws:PrincipalTag/team}' } } }),
    )
    const keys = { 'aws:PrincipalTag/team': 'a', 'aws:ResourceTag/team': given }
    expect(allows(document, ask({ keys }))).toBe(holds)
  })

  test('without a value fail a positive operator and pass a negated one', () => {
    const condition = (operator: string): object =>
      policy(allow({ Condition: { [operator]: { 'aws:ResourceTag/team': '${aws:PrincipalTag/team}' } } }))
    const keys = { 'aws:ResourceTag/team': 'a' }
    expect(allows(condition('StringEquals'), ask({ keys }))).toBe(false)
    expect(allows(condition('StringNotEquals'), ask({ keys }))).toBe(true)
  })

  test('keep their own colons to themselves in ARN operators', () => {
    const document = policy(
      allow({ Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:sns:*:*:${aws:PrincipalTag/t}' } } }),
    )
    const keys = { 'aws:SourceArn': 'arn:aws:sns:r:1:x:y', 'aws:PrincipalTag/t': 'x:y' }
    expect(allows(document, ask({ keys }))).toBe(true)
  })

  test('may be about a tag whose key has blanks', () => {
    const keys = { 'aws:PrincipalTag/cost center': '7' }
    expect(resourceFits('arn:aws:s3:::b/${aws:PrincipalTag/Cost Center}', 'arn:aws:s3:::b/7', keys)).toBe(true)
    expect(resourceFits("arn:aws:s3:::b/${ aws:PrincipalTag/cost center , 'x' }", 'arn:aws:s3:::b/7', keys)).toBe(true)
  })

  test.each(['${}', '${ }', "${'x'}", "${, 'x'}", '${a, x}', '${a', '$a', '${a}{'])(
    'stay plain text where they are none: %s',
    (text) => {
      const found = text === '${a}{' ? 'v{' : text
      expect(resourceFits(`arn:aws:s3:::b/${text}`, `arn:aws:s3:::b/${found}`, { a: 'v' })).toBe(true)
    },
  )

  test('do not nest', () => {
    const keys = { a: 'b', b: 'c' }
    expect(resourceFits('arn:aws:s3:::${${a}}', 'arn:aws:s3:::c', keys)).toBe(false)
  })
})

// What backtracks would not come back before the runner gives up.
describe('hostile patterns', () => {
  test.each([
    ['a run of 5,000 stars', '*'.repeat(5_000), 'x'.repeat(5_000), true],
    ['2,000 times star and letter', `${'*a'.repeat(2_000)}*c*`, 'a'.repeat(8_000), false],
    ['stars and question marks', `${'*?'.repeat(2_000)}*c*`, 'a'.repeat(6_000), false],
  ])('%s is answered at once', (_, pattern, text, fits) => {
    expect(matchesPattern(parsePattern(pattern), text)).toBe(fits)
  })

  test('stars inside the parts of an ARN are answered at once', () => {
    const pattern = `arn:aws:sns:${'*a'.repeat(1_000)}b:${'*a'.repeat(1_000)}b:*c`
    expect(resourceFits(pattern, `arn:aws:sns:${'a'.repeat(1_000)}:${'a'.repeat(1_000)}:d`)).toBe(false)
  })
})
