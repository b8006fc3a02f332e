import { describe, expect, test } from 'vitest'
import { compilePolicy } from '../../../src/authority/policy/index.ts'
import { allow, compiled, policy, refusal } from './asking.ts'

const syntax = 'Syntax errors in policy.'
const statement = { Effect: 'Allow', Action: 's3:ListBucket', Resource: 'arn:aws:s3:::example_bucket' }
const withElements = (elements: object): object => ({ Version: '2012-10-17', Statement: { ...statement, ...elements } })

describe('the grammar of identity policies', () => {
  test('takes bare booleans and numbers as condition values', () => {
    const Condition = { Bool: { 'aws:SecureTransport': true }, NumericLessThan: { a: 3.5 } }
    expect(refusal(withElements({ Condition }))).toBeNull()
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
    ['has an empty principal', trust({ Principal: {} }), 'Missing required field Principal cannot be empty!'],
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

  test('take the actions that act on roles, in any case and as patterns', () => {
    const actions = [
      'sts:AssumeRole',
      'sts:TagSession',
      'sts:SetSourceIdentity',
      'sts:AssumeRoleWithSAML',
      'sts:SetContext',
    ]
    expect(refusal(trust({ Action: actions }), 'trust')).toBeNull()
    expect(refusal(trust({ Action: 'STS:assumerole' }), 'trust')).toBeNull()
    expect(refusal(trust({ Action: ['sts:*', 'sts:AssumeRole*', 'sts:Tag?ession'] }), 'trust')).toBeNull()
  })

  test.each(['sts:GetCallerIdentity', 'sts:Get*', 'sts:AssumeRoles', 'sts:Assume:Role', 'sts:', 'sts'])(
    'refuse the action %s, which acts on no role',
    (action) => {
      const sentence = 'AssumeRole policy may only specify STS AssumeRole actions.'
      expect(refusal(trust({ Action: ['sts:AssumeRole', action] }), 'trust')).toBe(sentence)
    },
  )
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
