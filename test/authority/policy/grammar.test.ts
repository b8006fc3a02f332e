import { describe, expect, test } from 'vitest'
import { compilePolicy } from '../../../src/authority/policy/index.ts'
import { allow, compiled, policy, refusal } from './asking.ts'

const syntax = 'Syntax errors in policy.'
const legacy = 'The policy failed legacy parsing'
const statement = { Effect: 'Allow', Action: 's3:ListBucket', Resource: 'arn:aws:s3:::example_bucket' }
const without = (...names: string[]): object =>
  Object.fromEntries(Object.entries(statement).filter(([name]) => !names.includes(name)))
const withElements = (elements: object): object => ({ Version: '2012-10-17', Statement: { ...statement, ...elements } })

/**
 * What IAM answers to CreatePolicy, as the authors of moto recorded it (tests/test_iam/test_iam_policies.py), so these are
 * managed policies.
 */
const recorded: readonly (readonly [string, unknown, string])[] = [
  ['is no JSON', 'This is not a json document', syntax],
  ['has no version', { Statement: statement }, 'Policy document must be version 2012-10-17 or greater.'],
  [
    'has the old version',
    { Version: '2008-10-17', Statement: statement },
    'Policy document must be version 2012-10-17 or greater.',
  ],
  ['has an unknown version', { Version: '2013-10-17', Statement: statement }, syntax],
  ['has no statement', { Version: '2012-10-17' }, syntax],
  ['has a text as statement', { Version: '2012-10-17', Statement: ['afd'] }, syntax],
  ['has an empty list of statements', { Version: '2012-10-17', Statement: [] }, syntax],
  ['has an unknown element', { Version: '2012-10-17', Statement: statement, 'Extra field': 'value' }, syntax],
  ['has an unknown element in the statement', withElements({ 'Extra field': 'value' }), syntax],
  ['has a list as Id', { Version: '2012-10-17', Id: ['cd3a'], Statement: statement }, syntax],
  ['has an unknown effect', withElements({ Effect: 'invalid' }), syntax],
  ['has no effect', { Version: '2012-10-17', Statement: without('Effect') }, syntax],
  ['has an effect of the wrong case', withElements({ Effect: 'denY' }), legacy],
  [
    'has an action without vendor',
    withElements({ Action: 'invalid' }),
    'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.',
  ],
  [
    'has an empty NotAction',
    { Version: '2012-10-17', Statement: { ...without('Action'), NotAction: '' } },
    'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.',
  ],
  ['has a vendor with a blank', withElements({ Action: 'a a:ListBucket' }), 'Vendor a a is not valid'],
  [
    'has an action with two colons',
    withElements({ Action: 's3:List:Bucket' }),
    'Actions/Condition can contain only one colon.',
  ],
  [
    'has a resource that is no ARN',
    withElements({ Resource: 'invalid resource' }),
    'Resource invalid resource must be in ARN format or "*".',
  ],
  [
    'has a wrong action and a wrong resource',
    withElements({ Action: 's:3:ListBucket', Resource: 'sdfsadf' }),
    'Resource sdfsadf must be in ARN format or "*".',
  ],
  ['has an empty resource', withElements({ Resource: '' }), 'Resource  must be in ARN format or "*".'],
  [
    'has a partition that is none',
    withElements({ Resource: 'a:bsdfdsafsad' }),
    'Partition "bsdfdsafsad" is not valid for resource "arn:bsdfdsafsad:*:*:*:*".',
  ],
  [
    'has a short ARN of a partition that is none',
    withElements({ Resource: 'a:b:cadfsdf' }),
    'Partition "b" is not valid for resource "arn:b:cadfsdf:*:*:*".',
  ],
  [
    'has a long ARN of a partition that is none',
    withElements({ Resource: 'a:b:c:d:e:f:g:h' }),
    'Partition "b" is not valid for resource "arn:b:c:d:e:f:g:h".',
  ],
  [
    'has an ARN without arn',
    withElements({ Resource: 'aws:s3:::example_bucket' }),
    'Partition "s3" is not valid for resource "arn:s3:::example_bucket:*".',
  ],
  [
    'has no resource',
    { Version: '2012-10-17', Statement: without('Resource') },
    'Policy statement must contain resources.',
  ],
  ['has an empty list of resources', withElements({ Resource: [] }), 'Policy statement must contain resources.'],
  ['has no action', { Version: '2012-10-17', Statement: without('Action') }, 'Policy statement must contain actions.'],
  ['has an empty list of actions', withElements({ Action: [] }), 'Policy statement must contain actions.'],
  [
    'has an IAM resource of no kind',
    withElements({ Resource: 'arn:aws:iam:::example_bucket' }),
    'IAM resource path must either be "*" or start with user/, federated-user/, role/, group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/.',
  ],
  [
    'has an IAM resource with a Region',
    withElements({ Resource: 'arn:aws:iam:us-east-1::example_bucket' }),
    'IAM resource arn:aws:iam:us-east-1::example_bucket cannot contain region information.',
  ],
  [
    'has an S3 resource with a Region',
    withElements({ Resource: 'arn:aws:s3:us-east-1::example_bucket' }),
    'Resource arn:aws:s3:us-east-1::example_bucket can not contain region information.',
  ],
  ['has an ARN that lacks a part', withElements({ Resource: 'arn:aws:s3::example_bucket' }), legacy],
  [
    'lacks actions and a part of an ARN',
    { Version: '2012-10-17', Statement: { ...without('Action'), Resource: 'arn:aws:s3::example_bucket' } },
    legacy,
  ],
  ['has an ARN without service', withElements({ Resource: 'arn:aws::::example_bucket' }), legacy],
  [
    'has an ARN that ends after the partition',
    withElements({ Resource: 'arn:aws' }),
    'Resource vendor must be fully qualified and cannot contain regexes.',
  ],
  ['has an object as resource', withElements({ Resource: { a: 'arn:aws:s3:::example_bucket' } }), syntax],
  ['has Resource and NotResource', withElements({ NotResource: '*' }), syntax],
  ['has Action and NotAction', withElements({ NotAction: 'iam:dsf' }), syntax],
  ['has a list in a list of actions', withElements({ Action: [[]] }), syntax],
  ['has a list as condition', withElements({ Condition: [] }), syntax],
  ['has a text as condition', withElements({ Condition: 'a' }), syntax],
  ['has a text for an operator', withElements({ Condition: { a: 'b' } }), syntax],
  ['has an object as a condition value', withElements({ Condition: { DateGreaterThan: { a: {} } } }), syntax],
  ['has an unknown operator', withElements({ Condition: { x: { a: '1' } } }), syntax],
  [
    'has a set operator with two colons',
    withElements({ Condition: { 'ForAnyValue::StringEqualsIfExists': { a: 'asf' } } }),
    syntax,
  ],
  ['has a date that is none', withElements({ Condition: { DateGreaterThan: { a: 'sdfdsf' } } }), legacy],
  ['has a month that is none', withElements({ Condition: { DateLessThanEquals: { a: '234-13' } } }), legacy],
  [
    'has a zone of one digit',
    withElements({ Condition: { DateLessThanEquals: { a: '2016-12-13t2:00:00.593194+1' } } }),
    legacy,
  ],
  [
    'has too long a fraction of a second',
    withElements({ Condition: { DateLessThanEquals: { a: '2016-12-13t2:00:00.1999999999+10:59' } } }),
    legacy,
  ],
  ['has too great an epoch', withElements({ Condition: { DateLessThan: { a: '9223372036854775808' } } }), legacy],
  ['has an object as Sid', withElements({ Sid: {} }), syntax],
  [
    'has a Sid twice',
    {
      Version: '2012-10-17',
      Statement: [
        { Sid: 'sdf', ...statement },
        { Sid: 'sdf', Effect: 'Allow' },
      ],
    },
    'Statement IDs (SID) in a single policy must be unique.',
  ],
]

const taken: readonly (readonly [string, object])[] = [
  ['an action name with blanks', { Action: 'iam: asdf safdsf af ' }],
  ['every action', { Action: '*' }],
  ['a service that does not exist', { Resource: 'arn:aws:invalid-service:us-east-1::example_bucket' }],
  ['an ARN of three parts', { Resource: 'arn:aws:fdsasf' }],
  ['an IAM resource without account', { Resource: 'arn:aws:iam:::user/example_bucket' }],
  ['an empty condition', { Condition: {} }],
  ['an empty block of an operator', { Condition: { DateGreaterThan: {} } }],
  ['an empty list of values', { Condition: { DateGreaterThan: { a: [] } } }],
  ['an empty block of an unknown operator', { Condition: { a: {} } }],
  ['a set operator', { Condition: { 'ForAllValues:StringEquals': { 'aws:TagKeys': 'Department' } } }],
  ['bare booleans and numbers', { Condition: { Bool: { 'aws:SecureTransport': true }, NumericLessThan: { a: 3.5 } } }],
]

describe('the grammar of identity policies', () => {
  test.each(recorded)('refuses a managed policy that %s', (_, document, sentence) => {
    expect(refusal(document, 'identity', true)).toBe(sentence)
  })

  test.each(taken)('takes %s', (_, elements) => {
    expect(refusal(withElements(elements), 'identity', true)).toBeNull()
  })

  test('takes the old version, or none, in an inline policy', () => {
    expect(refusal({ Version: '2008-10-17', Statement: [statement] })).toBeNull()
    expect(refusal({ Statement: [statement] })).toBeNull()
  })

  test('refuses a principal', () => {
    expect(refusal(withElements({ Principal: '*' }))).toBe('Policy document should not specify a principal.')
  })

  test('refuses a Sid with other characters than letters and digits', () => {
    expect(refusal(withElements({ Sid: 'with blank' }))).toBe(
      'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*',
    )
  })

  test('says where the fault stands', () => {
    const text =
      '{\n  "Version": "2012-10-17",\n  "Statement": [{\n    "Effect": "Allow",\n    "Colour": "red"\n  }]\n}'
    expect(compilePolicy(text, { name: 'p', kind: 'identity' })).toEqual({
      refused: syntax,
      at: { line: 5, column: 5 },
    })
  })

  test('refuses a name that one object gives twice', () => {
    const text = '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Effect":"Allow","Action":"*","Resource":"*"}}'
    expect(compilePolicy(text, { name: 'p', kind: 'identity' })).toEqual({
      refused: syntax,
      at: { line: 1, column: text.indexOf('"Effect":"Allow"') + 1 },
    })
  })

  test('refuses a name given twice even when one of them is written with an escape', () => {
    const text =
      '{"Version":"2012-10-17","Statement":{"Effect":"Allow","\\u0045ffect":"Deny","Action":"*","Resource":"*"}}'
    expect(refusal(text)).toBe(syntax)
  })

  test.each([
    ['a trailing comma', '{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},]}'],
    ['a comment', '{/* all */"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'],
    ['single quotes', "{'Statement':{'Effect':'Allow','Action':'*','Resource':'*'}}"],
    ['a byte-order mark', '\ufeff{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'],
    ['something after its end', '{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}} x'],
    ['a raw line break in a text', '{"Statement":{"Effect":"Allow","Action":"a:\n","Resource":"*"}}'],
    ['an end too early', '{"Statement":{"Effect":"Allow"'],
    ['nothing', ''],
    ['null', 'null'],
    ['10,000 brackets', '['.repeat(10_000)],
    ['a million brackets', '{"Statement":'.repeat(80_000)],
  ])('refuses a text with %s and stays up', (_, text) => {
    expect(refusal(text)).toBe(syntax)
  })

  test('knows the members that every object inherits for unknown elements', () => {
    expect(refusal('{"__proto__":{},"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}')).toBe(syntax)
    expect(refusal(withElements({ Condition: { constructor: { a: 'b' } } }))).toBe(syntax)
  })
})

describe('the grammar of trust policies', () => {
  const trust = (elements: object): object => ({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Principal: { AWS: '123456789012' }, Action: 'sts:AssumeRole', ...elements },
  })

  test.each([
    ['cannot be read as JSON', '{invalid', 'This policy contains invalid Json'],
    ['has no statements', { Version: '2012-10-17', Statement: [] }, 'Could not parse the policy: Statement is empty!'],
    [
      'names no principal',
      { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 'sts:AssumeRole' } },
      'Missing required field Principal',
    ],
    [
      'has an empty list of principals',
      trust({ Principal: { AWS: [] } }),
      'Invalid principal in policy: com.amazon.balsa.error.InvalidPolicyException: The passed in policy has a statement with no principals!',
    ],
    ['names principals of no kind', trust({ Principal: { Azure: 'x' } }), 'Invalid principal in policy: "Azure"'],
    ['speaks of a resource', trust({ Resource: '*' }), 'Has prohibited field Resource'],
    ['speaks of no resource', trust({ NotResource: '*' }), 'AssumeRole policy must not contain resources.'],
    ['allows all actions', trust({ Action: '*' }), 'AssumeRole policy may only specify STS AssumeRole actions.'],
    [
      'allows an action of another service',
      trust({ Action: ['sts:AssumeRole', 's3:GetObject'] }),
      'AssumeRole policy may only specify STS AssumeRole actions.',
    ],
    ['has no effect', trust({ Effect: undefined }), 'Missing required field Effect'],
    [
      'excepts principals',
      { Version: '2012-10-17', Statement: { Effect: 'Allow', NotPrincipal: { AWS: '*' }, Action: 'sts:AssumeRole' } },
      'Allow with NotPrincipal is not allowed.',
    ],
  ])('refuse one that %s', (_, document, sentence) => {
    expect(refusal(document, 'trust')).toBe(sentence)
  })

  test.each([
    ['the account', { AWS: '123456789012' }],
    ['everyone', '*'],
    ['a service', { Service: ['ec2.amazonaws.com', 'lambda.amazonaws.com'] }],
    ['a web identity provider', { Federated: 'cognito-identity.amazonaws.com' }],
    ['several kinds', { AWS: ['123456789012', '*'], Service: 'ec2.amazonaws.com' }],
  ])('take %s as principal', (_, principal) => {
    expect(refusal(trust({ Principal: principal }), 'trust')).toBeNull()
  })

  test('take the actions that go with AssumeRole', () => {
    const actions = ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity', 'sts:AssumeRoleWithSAML']
    expect(refusal(trust({ Action: actions }), 'trust')).toBeNull()
  })
})

describe('the grammar of resource policies', () => {
  test('needs a principal, takes any text as Sid, and needs no resource', () => {
    const document = { Version: '2012-10-17', Statement: { Sid: 'any text', Effect: 'Allow', Action: 's3:*' } }
    expect(refusal(document, 'resource')).toBe('Missing required field Principal')
    expect(refusal({ ...document, Statement: { ...document.Statement, Principal: '*' } }, 'resource')).toBeNull()
  })

  test('takes NotPrincipal with Deny only', () => {
    const statement = { NotPrincipal: { AWS: '123456789012' }, Action: 's3:*', Resource: '*' }
    expect(refusal(policy({ ...statement, Effect: 'Deny' }), 'resource')).toBeNull()
    expect(refusal(policy({ ...statement, Effect: 'Allow' }), 'resource')).toBe(
      'Allow with NotPrincipal is not allowed.',
    )
  })
})

describe('compiled policies', () => {
  test('know where each statement stands in the text', () => {
    const text = JSON.stringify(policy(allow({ Sid: 'One' }), allow({ Sid: 'Two' })))
    const { statements } = compiled(text)
    expect(statements.map(({ start, end }) => (JSON.parse(text.slice(start, end)) as { Sid: string }).Sid)).toEqual([
      'One',
      'Two',
    ])
  })

  test('are made once per text, name and kind', () => {
    const text = JSON.stringify(policy(allow()))
    const one = compilePolicy(text, { name: 'a', kind: 'identity' })
    expect(compilePolicy(text, { name: 'a', kind: 'identity' })).toBe(one)
    expect(compilePolicy(text, { name: 'b', kind: 'identity' })).not.toBe(one)
    expect('refused' in compilePolicy(text, { name: 'a', kind: 'trust' })).toBe(true)
  })
})
