import { describe, expect, test } from 'vitest'
import { findAwsManagedPolicy, listAwsManagedPolicies } from '../../../src/authority/policy/aws-managed.ts'
import { adviseOn, type DocumentKind } from '../../../src/authority/policy/index.ts'

const document = (statement: object, Version: string | undefined = '2012-10-17'): string =>
  JSON.stringify(Version === undefined ? { Statement: statement } : { Version, Statement: statement })
const allow = (more: object): object => ({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*', ...more })
const deny = (more: object): object => ({ Effect: 'Deny', Action: 's3:GetObject', Resource: '*', ...more })
const when = (Condition: object): object => allow({ Condition })

/** Each advice as its code and the text that it is about. */
function advised(text: string, kind: DocumentKind = 'identity'): readonly (readonly [code: string, about: string])[] {
  return adviseOn(text, kind).map(({ code, span }) => [code, text.slice(span.start, span.end)])
}

const mfa = 'aws:MultiFactorAuthPresent'

describe('what an identity policy should think over', () => {
  test.each<[string, object, readonly (readonly [string, string])[]]>([
    ['all on all', allow({ Action: '*' }), [['allows-everything', '"Action"']]],
    ['all on all of one service', allow({ Action: 's3:*' }), []],
    ['all on all on a condition', allow({ Action: '*', Condition: { Bool: { [mfa]: 'true' } } }), []],
    ['denying all', deny({ Action: '*' }), []],
    [
      'Allow with NotAction',
      { Effect: 'Allow', NotAction: 'iam:*', Resource: '*' },
      [['allow-not-action', '"NotAction"']],
    ],
    ['Deny with NotAction', { Effect: 'Deny', NotAction: 'iam:*', Resource: '*' }, []],
    [
      'Allow with NotResource',
      { Effect: 'Allow', Action: 's3:GetObject', NotResource: 'arn:aws:s3:::b/*' },
      [['allow-not-resource', '"NotResource"']],
    ],
    ['PassRole on all', allow({ Action: ['ec2:*', 'iam:passrole'] }), [['pass-role-on-all', '"iam:passrole"']]],
    [
      'PassRole by a pattern',
      allow({ Action: 'iam:Pass*', Resource: 'arn:aws:iam::*:role/*' }),
      [['pass-role-on-all', '"iam:Pass*"']],
    ],
    ['PassRole on one role', allow({ Action: 'iam:PassRole', Resource: 'arn:aws:iam::123456789012:role/r' }), []],
    [
      'PassRole to one service',
      allow({ Action: 'iam:PassRole', Condition: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } } }),
      [],
    ],
    ['a command of the CLI', allow({ Action: 's3:list-buckets' }), [['command-for-action', '"s3:list-buckets"']]],
    ['a name of the CLI', deny({ Action: ['s3api:ListBuckets'] }), [['unknown-prefix', '"s3api:ListBuckets"']]],
    ['an action twice', allow({ Action: ['s3:GetObject', 's3:getobject'] }), [['repeated-value', '"s3:getobject"']]],
    [
      'an action within another',
      allow({ Action: ['s3:Get*', 's3:GetObject'] }),
      [['included-value', '"s3:GetObject"']],
    ],
    [
      'a resource twice',
      allow({ Resource: ['arn:aws:s3:::b', 'arn:aws:s3:::b'] }),
      [['repeated-value', '"arn:aws:s3:::b"']],
    ],
    ['two resources that differ by case', allow({ Resource: ['arn:aws:s3:::b', 'arn:aws:s3:::B'] }), []],
    ['an ARN of no kind', allow({ Resource: 'arm:aws:s3:::b' }), [['arn-prefix', '"arm:aws:s3:::b"']]],
    ['a service in capitals', allow({ Resource: 'arn:aws:S3:::b' }), [['arn-service-case', '"arn:aws:S3:::b"']]],
    ['a place that is none', deny({ Resource: 'arn:aws:sqs:eu:*:q' }), [['arn-region', '"arn:aws:sqs:eu:*:q"']]],
    [
      'a short account',
      allow({ Resource: 'arn:aws:iam::1234:user/a' }),
      [['arn-account', '"arn:aws:iam::1234:user/a"']],
    ],
    [
      'a bucket in an account',
      allow({ Resource: 'arn:aws:s3::123456789012:b/*' }),
      [['arn-account', '"arn:aws:s3::123456789012:b/*"']],
    ],
    [
      'ARNs as they are',
      allow({
        Resource: [
          'arn:aws:iam::aws:policy/*',
          'arn:aws-us-gov:ec2:us-gov-west-1:*:instance/*',
          'arn:aws:ec2:eu-west-1::image/ami-1',
          'arn:aws:s3:eu-west-1:123456789012:accesspoint/a',
          'arn:*:s3:::b',
        ],
      }),
      [],
    ],
    [
      'a key in other letters',
      when({ StringEquals: { 'aws:PrincipalTag/A': 'x', 'aws:principaltag/a': 'y' } }),
      [['key-in-other-letters', '"aws:principaltag/a"']],
    ],
    ['an empty condition', when({}), [['empty-condition', '"Condition"']]],
    ['an empty operator', when({ StringEquals: {} }), [['empty-condition', '"StringEquals"']]],
    [
      'ForAllValues that none fits',
      when({ 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a'] } }),
      [['for-all-values-of-none', '"aws:TagKeys"']],
    ],
    [
      'ForAllValues beside Null',
      when({ 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a'] }, Null: { 'AWS:tagkeys': 'false' } }),
      [],
    ],
    ['ForAllValues in Deny', deny({ Condition: { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a'] } } }), []],
    ['MFA denied by Bool', deny({ Condition: { Bool: { [mfa]: 'false' } } }), [['mfa-deny-misses-keys', `"${mfa}"`]]],
    ['MFA denied by BoolIfExists', deny({ Condition: { BoolIfExists: { [mfa]: 'false' } } }), []],
    [
      'MFA allowed by BoolIfExists',
      when({ BoolIfExists: { [mfa]: 'true' } }),
      [['mfa-allow-lets-keys-in', `"${mfa}"`]],
    ],
    ['MFA allowed by Bool', when({ Bool: { [mfa]: true } }), []],
    ['MFA that is there', when({ Null: { [mfa]: 'false' } }), [['mfa-present-is-not-true', `"${mfa}"`]]],
    [
      'IfExists of a key that must be there',
      when({ Null: { 'a:k': 'false' }, StringEqualsIfExists: { 'a:k': 'x' } }),
      [['if-exists-needless', '"a:k"']],
    ],
    [
      'a value of a key that must not be there',
      when({ Null: { 'a:k': 'true' }, StringEquals: { 'a:k': 'x' } }),
      [['condition-never-met', '"a:k"']],
    ],
    [
      'a negation of a key that must not be there',
      when({ Null: { 'a:k': 'true' }, StringNotEquals: { 'a:k': 'x' } }),
      [['condition-needless', '"a:k"']],
    ],
    ['a key without prefix', when({ StringEquals: { SourceIp: 'x' } }), [['key-without-prefix', '"SourceIp"']]],
    ['a value twice', when({ StringEquals: { 'a:k': ['x', 'x'] } }), [['repeated-value', '"x"']]],
    ['true and false', when({ Bool: { 'a:k': ['true', 'false'] } }), [['both-booleans', '"a:k"']]],
    ['no boolean', when({ Bool: { 'a:k': 'yes' } }), [['unreadable-value', '"yes"']]],
    ['no number', when({ NumericLessThan: { 'a:k': 'ten' } }), [['unreadable-value', '"ten"']]],
    ['no address', when({ IpAddress: { 'aws:SourceIp': '10.0.0.256' } }), [['unreadable-value', '"10.0.0.256"']]],
    ['every address', when({ IpAddress: { 'aws:SourceIp': ['::/0'] } }), [['all-addresses', '"::/0"']]],
    ['a pattern in StringEquals', when({ StringEquals: { 'a:k': 'x*' } }), [['pattern-without-like', '"x*"']]],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable
    ['a literal star in StringEquals', when({ StringEquals: { 'a:k': 'x${*}' } }), []],
    [
      'a variable in NumericEquals',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable
      when({ NumericEquals: { 'a:k': '${a:other}' } }),
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable
      [['variable-for-operator', '"${a:other}"']],
    ],
  ])('%s', (_what, statement, wanted) => {
    expect(advised(document(statement))).toEqual(wanted)
  })

  test('a version of 2008, or none, and what looks like a variable in it', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable
    const statement = allow({ Resource: 'arn:aws:s3:::b/${aws:username}' })
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable
    const variable = ['variable-is-text', '"arn:aws:s3:::b/${aws:username}"']
    expect(advised(document(statement, '2008-10-17'))).toEqual([['old-version', '"2008-10-17"'], variable])
    expect(advised(JSON.stringify({ Statement: statement }))).toEqual([['old-version', '{'], variable])
    expect(advised(document(statement))).toEqual([])
  })
})

describe('what a trust policy should think over', () => {
  const trust = (more: object) =>
    advised(
      document({ Effect: 'Allow', Principal: { AWS: '123456789012' }, Action: 'sts:AssumeRole', ...more }),
      'trust',
    )
  const github = { Federated: 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com' }
  const byToken = { Principal: github, Action: 'sts:AssumeRoleWithWebIdentity' }
  const key = (name: string) => ({ StringEquals: { [`token.actions.githubusercontent.com:${name}`]: 'x' } })

  test('an account is fine, anyone is not', () => {
    expect(trust({})).toEqual([])
    expect(trust({ Principal: '*' })).toEqual([['open-to-anyone', '"Principal"']])
    expect(trust({ Principal: { AWS: ['*'] } })).toEqual([['open-to-anyone', '"Principal"']])
    expect(trust({ Principal: '*', Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } })).toEqual([])
    expect(trust({ Principal: '*', Effect: 'Deny' })).toEqual([])
  })

  test('a provider’s tokens need a condition on their subject', () => {
    expect(trust(byToken)).toEqual([['any-subject', '"Principal"']])
    expect(trust({ ...byToken, Condition: key('aud') })).toEqual([['any-subject', '"Principal"']])
    expect(
      trust({ ...byToken, Condition: { StringEquals: { ...key('aud').StringEquals, ...key('sub').StringEquals } } }),
    ).toEqual([])
  })
})

test('a resource policy is warned of anyone and of NotPrincipal', () => {
  const resource = (statement: object) => advised(document(statement), 'resource')
  expect(resource(allow({ Principal: '*' }))).toEqual([['open-to-anyone', '"Principal"']])
  expect(resource(deny({ NotPrincipal: { AWS: '123456789012' } }))).toEqual([['not-principal', '"NotPrincipal"']])
})

test('advice comes in the order of the text, each with one sentence', () => {
  const text = JSON.stringify({ Statement: [when({ Bool: { k: 'x' } }), allow({ Action: '*' })] }, null, 2)
  const advice = adviseOn(text, 'identity')
  expect(advice.map(({ code }) => code)).toEqual([
    'old-version',
    'key-without-prefix',
    'unreadable-value',
    'allows-everything',
  ])
  for (const { says } of advice) expect(says).toMatch(/^\S.*[.]$/)
})

test('a text that is no policy has none, and a very long one comes to an end', () => {
  expect(adviseOn('{"Statement":', 'identity')).toEqual([])
  const actions = Array.from({ length: 3000 }, (_, index) => `s3:*A${index}*`)
  expect(adviseOn(document(allow({ Action: actions })), 'identity').length).toBeLessThanOrEqual(200)
})

test('AWS’s own policies for administrators say what they are, and most others say little', () => {
  const administrator = findAwsManagedPolicy('arn:aws:iam::aws:policy/AdministratorAccess')!
  expect(advised(administrator.versions[0]!.document)).toEqual([['allows-everything', '"Action"']])
  const errors = listAwsManagedPolicies('aws').flatMap(({ versions }) => adviseOn(versions[0]!.document, 'identity'))
  expect(errors.filter(({ code }) => code === 'unreadable-value' || code === 'key-without-prefix')).toEqual([])
})
