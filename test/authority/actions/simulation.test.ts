import { beforeEach, describe, expect, test } from 'vitest'
import { ACCOUNT, type AuthorityAtHand, openAuthority } from './authority-at-hand.ts'

let at: AuthorityAtHand
beforeEach(async () => {
  at = await openAuthority()
})

const arn = (resource: string, account = ACCOUNT): string => `arn:aws:iam::${account}:${resource}`
const policy = (...statements: readonly object[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements })
const allow = (Action: string | string[], more: object = {}) => ({ Effect: 'Allow', Action, Resource: '*', ...more })
const deny = (Action: string | string[], more: object = {}) => ({ Effect: 'Deny', Action, Resource: '*', ...more })
const at1 = (start: number, end: number) => ({
  StartPosition: { Line: 1, Column: start },
  EndPosition: { Line: 1, Column: end },
})
const given = (name: string, value: string | string[], type = 'string') => ({
  ContextKeyName: name,
  ContextKeyValues: [value].flat(),
  ContextKeyType: type,
})

/** The one result of a simulation of one action. */
async function custom(texts: readonly string[], ActionNames: string, more: object = {}) {
  const input = { PolicyInputList: texts, ActionNames: [ActionNames], ...more }
  const { EvaluationResults } = await at.ok('SimulateCustomPolicy', input)
  expect(EvaluationResults).toHaveLength(1)
  return EvaluationResults[0]
}
async function principal(PolicySourceArn: string, ActionName: string, more: object = {}) {
  const input = { PolicySourceArn, ActionNames: [ActionName], ...more }
  return (await at.ok('SimulatePrincipalPolicy', input)).EvaluationResults[0]
}

describe('answers as AWS gave them', () => {
  // The AWS CLI's examples of simulate-custom-policy.
  const example =
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*",' +
    '"Condition":{"DateGreaterThan":{"aws:CurrentTime":"2018-08-16T12:00:00Z"}}}}'

  test('a date later than the policy asks for is allowed, by the statement from column 38 to 167', async () => {
    const ContextEntries = [given('aws:CurrentTime', '2019-04-25T11:00:00Z', 'date')]
    expect(await custom([example], 'dynamodb:CreateBackup', { ContextEntries })).toEqual({
      EvalActionName: 'dynamodb:CreateBackup',
      EvalResourceName: '*',
      EvalDecision: 'allowed',
      MatchedStatements: [{ SourcePolicyId: 'PolicyInputList.1', SourcePolicyType: 'IAM Policy', ...at1(38, 167) }],
      MissingContextValues: [],
    })
  })

  test('an earlier date is denied by nothing in particular', async () => {
    const ContextEntries = [given('aws:CurrentTime', '2014-04-25T11:00:00Z', 'date')]
    expect(await custom([example], 'dynamodb:CreateBackup', { ContextEntries })).toEqual({
      EvalActionName: 'dynamodb:CreateBackup',
      EvalResourceName: '*',
      EvalDecision: 'implicitDeny',
      MatchedStatements: [],
      MissingContextValues: [],
    })
  })

  test('AdministratorAccess allows from line 3, column 17, to line 8, column 6', async () => {
    await at.ok('CreateUser', { UserName: 'admin' })
    await at.ok('AttachUserPolicy', { UserName: 'admin', PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' })
    expect(await principal(arn('user/admin'), 's3:ListAllMyBuckets')).toEqual({
      EvalActionName: 's3:ListAllMyBuckets',
      EvalResourceName: '*',
      EvalDecision: 'allowed',
      MatchedStatements: [
        {
          SourcePolicyId: 'AdministratorAccess',
          SourcePolicyType: 'IAM Policy',
          StartPosition: { Line: 3, Column: 17 },
          EndPosition: { Line: 8, Column: 6 },
        },
      ],
      MissingContextValues: [],
    })
  })

  // Scott Logic, "Automated permissions testing with AWS IAM Policy Simulator" (July 2025), with the account in place.
  describe('about a role and a bucket', () => {
    const bucket = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'DenyInsecureTransport',
          Effect: 'Deny',
          Principal: '*',
          Action: '*',
          Resource: ['arn:aws:s3:::tims-fancy-bucket/*', 'arn:aws:s3:::tims-fancy-bucket'],
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
        {
          Sid: 'DenyTimDelete',
          Effect: 'Deny',
          Principal: '*',
          Action: 's3:DeleteObject',
          // S3 gives a list of one back without its brackets.
          Resource: 'arn:aws:s3:::tims-fancy-bucket/*',
          Condition: { ArnLike: { 'aws:PrincipalArn': arn('role/tims-test-role') } },
        },
      ],
    })
    // As Python writes it.
    const role =
      '{"Version": "2012-10-17", "Statement": [{"Sid": "s3", "Effect": "Allow", "Action": ["s3:GetObject", ' +
      '"s3:DeleteObject"], "Resource": ["arn:aws:s3:::tims-fancy-bucket/only-here/*"]}]}'
    const object = 'arn:aws:s3:::tims-fancy-bucket/only-here/some-obj'
    const ask = (action: string, secure = 'true') =>
      custom([role], action, {
        CallerArn: arn('user/dummy'),
        ResourceArns: [object],
        ResourcePolicy: bucket,
        ContextEntries: [
          given('aws:principalarn', arn('role/tims-test-role')),
          given('aws:SecureTransport', secure, 'boolean'),
        ],
      })

    test('what the role allows and the bucket does not deny is allowed', async () => {
      const matched = [{ SourcePolicyId: 'PolicyInputList.1', SourcePolicyType: 'IAM Policy', ...at1(41, 180) }]
      expect(await ask('s3:GetObject')).toEqual({
        EvalActionName: 's3:GetObject',
        EvalResourceName: object,
        EvalDecision: 'allowed',
        MatchedStatements: matched,
        MissingContextValues: [],
        EvalDecisionDetails: {},
        ResourceSpecificResults: [
          {
            EvalResourceName: object,
            EvalResourceDecision: 'allowed',
            MatchedStatements: matched,
            MissingContextValues: [],
          },
        ],
      })
    })

    test('what nobody speaks of is denied implicitly', async () => {
      expect(await ask('s3:PutObject')).toMatchObject({ EvalDecision: 'implicitDeny', MatchedStatements: [] })
    })

    test('a statement of the resource policy denies, the first from column 38, the second from where the first ends', async () => {
      const source = { SourcePolicyId: 'ResourcePolicy', SourcePolicyType: 'Resource Policy' }
      expect(await ask('s3:DeleteObject')).toMatchObject({
        EvalDecision: 'explicitDeny',
        MatchedStatements: [{ ...source, ...at1(248, 470) }],
      })
      expect(await ask('s3:GetObject', 'false')).toMatchObject({
        EvalDecision: 'explicitDeny',
        MatchedStatements: [{ ...source, ...at1(38, 248) }],
      })
    })
  })

  // boto/boto3#3111: the keys of every statement, whatever the action.
  test('all keys of the policies are missing, also those of statements about other actions', async () => {
    const text = policy(
      {
        Effect: 'Allow',
        Action: 's3:ListBucket',
        Resource: 'arn:aws:s3:::example-bucket',
        Condition: { StringLike: { 'aws:PrincipalTag/allowed_service': 's3' } },
      },
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable
      { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::example-bucket/${aws:username}' },
    )
    const keys = ['aws:PrincipalTag/allowed_service', 'aws:username']
    expect(await custom([text], 's3:ListBucket')).toMatchObject({ MissingContextValues: keys })
    const one = await custom([text], 's3:ListBucket', { ResourceArns: ['arn:aws:s3:::example-bucket'] })
    expect(one.MissingContextValues).toEqual([])
    expect(one.ResourceSpecificResults[0].MissingContextValues).toEqual(keys)
  })

  test.each([
    [
      { PolicySourceArn: 'arn:aws:sts::123456789012:assumed-role/u-admin/botocore-session-0987654321' },
      'Invalid Entity Arn: arn:aws:sts::123456789012:assumed-role/u-admin/botocore-session-0987654321 does not clearly define entity type and name.',
    ],
    [
      { PolicySourceArn: arn('role/other', '999999999999') },
      "Invalid Policy Source Arn: caller's account 123456789012 does not have access to policies in account 999999999999",
    ],
    [
      { ResourceArns: ['14a050d4-021e-4efe-84bb-0871bf6d0fda'] },
      'ResourceNames are not in a valid ARN format: 14a050d4-021e-4efe-84bb-0871bf6d0fda.',
    ],
    [{ ResourceOwner: '123456789012' }, "'123456789012' is not a valid as a Resource Owner."],
    [
      { PolicySourceArn: arn('role/r'), ResourcePolicy: policy({ ...deny('*'), Principal: '*' }) },
      'Invalid caller - Caller must be an IAM user in this context.',
    ],
    [{ CallerArn: arn('role/r') }, 'Invalid caller - Caller must be an IAM user in this context.'],
  ])('%j is refused in AWS’s words', async (more, says) => {
    await at.ok('CreateUser', { UserName: 'u' })
    const trust = policy({ Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 'sts:AssumeRole' })
    await at.ok('CreateRole', { RoleName: 'r', AssumeRolePolicyDocument: trust })
    const input = { PolicySourceArn: arn('user/u'), ActionNames: ['iam:GetUser'], ...more }
    expect(await at.refused('SimulatePrincipalPolicy', input)).toMatchObject({ reason: 'invalid-input', says })
  })

  test.each([
    ['user', 'user'],
    ['group', 'group'],
    ['role', 'role'],
  ])('a %s that is not there is named', async (kind, noun) => {
    const input = { PolicySourceArn: arn(`${kind}/nobody`), ActionNames: ['iam:GetUser'] }
    for (const call of ['SimulatePrincipalPolicy', 'GetContextKeysForPrincipalPolicy']) {
      expect(await at.refused(call, input)).toMatchObject({
        reason: 'no-such-entity',
        says: `The ${noun} with name nobody cannot be found.`,
      })
    }
  })
})

describe('whose policies count', () => {
  test('a user has its own, attached ones and those of its groups, each under its own name', async () => {
    await at.ok('CreateUser', { UserName: 'ann' })
    await at.ok('CreateGroup', { GroupName: 'staff' })
    await at.ok('AddUserToGroup', { UserName: 'ann', GroupName: 'staff' })
    const { Policy } = await at.ok('CreatePolicy', { PolicyName: 'Shared', PolicyDocument: policy(allow('ec2:*')) })
    await at.ok('AttachGroupPolicy', { GroupName: 'staff', PolicyArn: Policy.Arn })
    await at.ok('PutGroupPolicy', { GroupName: 'staff', PolicyName: 'read', PolicyDocument: policy(allow('ec2:*')) })
    await at.ok('PutUserPolicy', { UserName: 'ann', PolicyName: 'own', PolicyDocument: policy(allow('ec2:*')) })
    const ids = (found: { MatchedStatements: { SourcePolicyId: string }[] }) =>
      found.MatchedStatements.map((one) => one.SourcePolicyId)
    const more = { PolicyInputList: [policy(allow('s3:*')), policy(allow('ec2:StartInstances'))] }
    expect(ids(await principal(arn('user/ann'), 'ec2:StartInstances', more))).toEqual([
      'user_ann_own',
      'group_staff_read',
      'Shared',
      'PolicyInputList.2',
    ])
    expect(ids(await principal(arn('group/staff'), 'ec2:StartInstances'))).toEqual(['group_staff_read', 'Shared'])
  })

  test('the version in force of a managed policy counts', async () => {
    await at.ok('CreateUser', { UserName: 'ann' })
    const { Policy } = await at.ok('CreatePolicy', { PolicyName: 'P', PolicyDocument: policy(allow('ec2:*')) })
    await at.ok('AttachUserPolicy', { UserName: 'ann', PolicyArn: Policy.Arn })
    await at.ok('CreatePolicyVersion', {
      PolicyArn: Policy.Arn,
      PolicyDocument: policy(allow('s3:*')),
      SetAsDefault: true,
    })
    expect(await principal(arn('user/ann'), 'ec2:StartInstances')).toMatchObject({ EvalDecision: 'implicitDeny' })
    expect(await principal(arn('user/ann'), 's3:GetObject')).toMatchObject({ EvalDecision: 'allowed' })
  })

  test('only the denying statements are shown when there are any', async () => {
    const texts = [policy(allow('s3:*'), deny('s3:Get*')), policy(deny('s3:GetObject'))]
    const found = await custom(texts, 's3:GetObject')
    expect(found.EvalDecision).toBe('explicitDeny')
    const first = texts[0]!
    const boundaryOfTwo = first.indexOf(',{"Effect":"Deny"') + 1
    expect(found.MatchedStatements).toEqual([
      {
        SourcePolicyId: 'PolicyInputList.1',
        SourcePolicyType: 'IAM Policy',
        ...at1(boundaryOfTwo, first.length - 1),
      },
      {
        SourcePolicyId: 'PolicyInputList.2',
        SourcePolicyType: 'IAM Policy',
        ...at1(38, texts[1]!.length - 1),
      },
    ])
  })
})

describe('a permissions boundary', () => {
  const detail = (allowed: boolean) => ({ AllowedByPermissionsBoundary: allowed })
  beforeEach(async () => {
    await at.ok('CreatePolicy', { PolicyName: 'Limit', PolicyDocument: policy(allow('s3:*'), deny('s3:Delete*')) })
    await at.ok('CreateUser', { UserName: 'ann', PermissionsBoundary: arn('policy/Limit') })
    await at.ok('PutUserPolicy', { UserName: 'ann', PolicyName: 'all', PolicyDocument: policy(allow('*')) })
  })

  test('limits without being silent about it', async () => {
    expect(await principal(arn('user/ann'), 's3:GetObject')).toMatchObject({
      EvalDecision: 'allowed',
      MatchedStatements: [{ SourcePolicyId: 'user_ann_all' }],
      PermissionsBoundaryDecisionDetail: detail(true),
    })
    expect(await principal(arn('user/ann'), 'ec2:StartInstances')).toMatchObject({
      EvalDecision: 'implicitDeny',
      MatchedStatements: [],
      PermissionsBoundaryDecisionDetail: detail(false),
    })
    expect(await principal(arn('user/ann'), 's3:DeleteObject')).toMatchObject({
      EvalDecision: 'explicitDeny',
      MatchedStatements: [{ SourcePolicyId: 'Limit', SourcePolicyType: 'Permissions Boundary Policy' }],
      PermissionsBoundaryDecisionDetail: detail(false),
    })
  })

  test('gives way to one that comes along', async () => {
    const more = { PermissionsBoundaryPolicyInputList: [policy(allow('ec2:*'), deny('ec2:StopInstances'))] }
    expect(await principal(arn('user/ann'), 'ec2:StartInstances', more)).toMatchObject({ EvalDecision: 'allowed' })
    expect(await principal(arn('user/ann'), 'ec2:StopInstances', more)).toMatchObject({
      EvalDecision: 'explicitDeny',
      MatchedStatements: [{ SourcePolicyId: 'PermissionsBoundaryPolicyInputList.1' }],
    })
  })

  test('is said of each resource, and is absent where there is none', async () => {
    const ResourceArns = ['arn:aws:s3:::a/x', 'arn:aws:s3:::a/y']
    const found = await principal(arn('user/ann'), 's3:GetObject', { ResourceArns })
    expect(found.ResourceSpecificResults).toMatchObject(
      ResourceArns.map(() => ({ PermissionsBoundaryDecisionDetail: detail(true) })),
    )
    const free = await custom([policy(allow('*'))], 's3:GetObject', { ResourceArns })
    expect(free).not.toHaveProperty('PermissionsBoundaryDecisionDetail')
    expect(free.ResourceSpecificResults[0]).not.toHaveProperty('PermissionsBoundaryDecisionDetail')
  })

  test('comes alone', async () => {
    const PermissionsBoundaryPolicyInputList = [policy(allow('*')), policy(allow('*'))]
    const input = {
      PolicySourceArn: arn('user/ann'),
      ActionNames: ['s3:GetObject'],
      PermissionsBoundaryPolicyInputList,
    }
    expect(await at.refused('SimulatePrincipalPolicy', input)).toMatchObject({ reason: 'invalid-input' })
  })
})

describe('several resources', () => {
  test('the strictest decision stands above, each resource’s own below', async () => {
    const text = policy(allow('s3:GetObject', { Resource: 'arn:aws:s3:::b/open/*' }), {
      ...deny('s3:*'),
      Resource: 'arn:aws:s3:::b/shut/*',
    })
    const names = ['arn:aws:s3:::b/open/1', 'arn:aws:s3:::b/else/1', 'arn:aws:s3:::b/shut/1']
    const decisions = ['allowed', 'implicitDeny', 'explicitDeny']
    for (const count of [1, 2, 3]) {
      const found = await custom([text], 's3:GetObject', { ResourceArns: names.slice(0, count) })
      expect(found.EvalDecision).toBe(decisions[count - 1])
      expect(
        found.ResourceSpecificResults.map((one: { EvalResourceName: string; EvalResourceDecision: string }) => [
          one.EvalResourceName,
          one.EvalResourceDecision,
        ]),
      ).toEqual(names.slice(0, count).map((name, index) => [name, decisions[index]]))
    }
    expect(await custom([text], 's3:GetObject', { ResourceArns: names })).toMatchObject({
      EvalResourceName: 'arn:aws:s3:::b/*',
    })
  })
})

describe('two accounts', () => {
  const other = '999999999999'
  const queue = `arn:aws:sqs:eu-west-1:${other}:queue`
  const open = policy({ Effect: 'Allow', Principal: { AWS: arn('user/ann') }, Action: 'sqs:*', Resource: '*' })
  const ask = (identity: object, resourcePolicy = open, more: object = {}) =>
    custom([policy(identity)], 'sqs:SendMessage', {
      CallerArn: arn('user/ann'),
      ResourceArns: [queue],
      ResourcePolicy: resourcePolicy,
      ...more,
    })

  test('both sides must allow, and each side’s answer is told', async () => {
    expect(await ask(allow('sqs:*'))).toMatchObject({
      EvalDecision: 'allowed',
      EvalDecisionDetails: { 'IAM Policy': 'allowed', 'Resource Policy': 'allowed' },
      MatchedStatements: [{ SourcePolicyId: 'ResourcePolicy' }, { SourcePolicyId: 'PolicyInputList.1' }],
    })
    expect(await ask(allow('s3:*'))).toMatchObject({
      EvalDecision: 'implicitDeny',
      EvalDecisionDetails: { 'IAM Policy': 'implicitDeny', 'Resource Policy': 'allowed' },
      ResourceSpecificResults: [
        { EvalDecisionDetails: { 'IAM Policy': 'implicitDeny', 'Resource Policy': 'allowed' } },
      ],
    })
    const shut = policy({ Effect: 'Deny', Principal: '*', Action: 'sqs:*', Resource: '*' })
    expect(await ask(allow('sqs:*'), shut)).toMatchObject({
      EvalDecision: 'explicitDeny',
      EvalDecisionDetails: { 'IAM Policy': 'allowed', 'Resource Policy': 'explicitDeny' },
    })
  })

  test('in one account the user that the resource policy names needs no policy of its own', async () => {
    const bucket = { ResourceArns: ['arn:aws:s3:::b/x'] }
    const text = policy({ Effect: 'Allow', Principal: { AWS: arn('user/ann') }, Action: 's3:*', Resource: '*' })
    const home = await custom([policy(allow('ec2:*'))], 's3:GetObject', {
      CallerArn: arn('user/ann'),
      ResourcePolicy: text,
      ...bucket,
    })
    expect(home).toMatchObject({ EvalDecision: 'allowed', EvalDecisionDetails: {} })
    const abroad = await custom([policy(allow('ec2:*'))], 's3:GetObject', {
      CallerArn: arn('user/ann'),
      ResourcePolicy: text,
      ResourceOwner: arn('root', other),
      ...bucket,
    })
    expect(abroad).toMatchObject({ EvalDecision: 'implicitDeny' })
  })

  test('a trust policy that comes along must allow, also for whoever may everything', async () => {
    const role = { ResourceArns: [arn('role/r')], CallerArn: arn('user/ann') }
    const trust = (Effect: string, who: string) => policy({ Effect, Principal: { AWS: who }, Action: 'sts:AssumeRole' })
    const decision = async (ResourcePolicy: string) =>
      (await custom([policy(allow('*'))], 'sts:AssumeRole', { ...role, ResourcePolicy })).EvalDecision
    expect(await decision(trust('Allow', arn('user/ann')))).toBe('allowed')
    expect(await decision(trust('Allow', arn('user/bob')))).toBe('implicitDeny')
    expect(await decision(trust('Deny', arn('user/ann')))).toBe('explicitDeny')
  })
})

describe('context', () => {
  const ask = async (Condition: object, ...ContextEntries: readonly object[]) =>
    (await custom([policy(allow('s3:GetObject', { Condition }))], 's3:GetObject', { ContextEntries })).EvalDecision

  test.each([
    ['string', { StringEquals: { 'k:text': 'a' } }, 'a', 'b'],
    ['numeric', { NumericLessThan: { 'k:count': '10' } }, '9.5', '10'],
    ['boolean', { Bool: { 'k:flag': 'true' } }, 'true', 'false'],
    ['ip', { IpAddress: { 'k:from': '203.0.113.0/24' } }, '203.0.113.9', '198.51.100.1'],
    ['binary', { BinaryEquals: { 'k:bytes': 'QmluYXJ5' } }, 'QmluYXJ5', 'QmluYXJ6'],
    ['date', { DateLessThan: { 'k:when': '2026-01-01T00:00:00Z' } }, '2025-12-31T23:59:59Z', '2026-01-01T00:00:01Z'],
  ])('a value of type %s is compared as such', async (type, condition, fits, fitsNot) => {
    const key = Object.keys(Object.values(condition)[0]!)[0]!
    expect(await ask(condition, given(key, fits, type))).toBe('allowed')
    expect(await ask(condition, given(key.toUpperCase(), fits, type))).toBe('allowed')
    expect(await ask(condition, given(key, fitsNot, type))).toBe('implicitDeny')
    expect(await ask(condition)).toBe('implicitDeny')
  })

  test.each([
    ['numeric', 'many'],
    ['numericList', 'many'],
    ['boolean', 'yes'],
    ['ip', 'example.com'],
    ['binary', '%%'],
    ['date', 'yesterday'],
  ])('a %s that is none (%s) is refused', async (type, value) => {
    const input = {
      PolicyInputList: [policy(allow('*'))],
      ActionNames: ['s3:GetObject'],
      ContextEntries: [given('some:key', value, type)],
    }
    const refusal = await at.refused('SimulateCustomPolicy', input)
    expect(refusal).toMatchObject({ reason: 'invalid-input' })
    expect((refusal as { says: string }).says).toMatch(/^Value 1 of the context key some:key is not /)
  })

  test('lists are several values of one key', async () => {
    const all = { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a', 'b'] } }
    expect(await ask(all, given('aws:TagKeys', ['a', 'b'], 'stringList'))).toBe('allowed')
    expect(await ask(all, given('aws:TagKeys', ['a', 'c'], 'stringList'))).toBe('implicitDeny')
  })

  test('who the source is, is known; when and from where it calls, is not', async () => {
    await at.ok('CreateUser', { UserName: 'ann', Tags: [{ Key: 'Team', Value: 'red' }] })
    const Condition = {
      StringEquals: { 'aws:username': 'ann', 'aws:PrincipalTag/team': 'red', 'aws:PrincipalType': 'User' },
      IpAddress: { 'aws:SourceIp': '203.0.113.0/24' },
    }
    await at.ok('PutUserPolicy', {
      UserName: 'ann',
      PolicyName: 'p',
      PolicyDocument: policy(allow('s3:GetObject', { Condition })),
    })
    expect(await principal(arn('user/ann'), 's3:GetObject')).toMatchObject({
      EvalDecision: 'implicitDeny',
      MissingContextValues: ['aws:SourceIp'],
    })
    const entries = [given('aws:SourceIp', '203.0.113.7', 'ip')]
    expect(await principal(arn('user/ann'), 's3:GetObject', { ContextEntries: entries })).toMatchObject({
      EvalDecision: 'allowed',
      MissingContextValues: [],
    })
    entries.push(given('aws:principaltag/TEAM', 'blue'))
    expect(await principal(arn('user/ann'), 's3:GetObject', { ContextEntries: entries })).toMatchObject({
      EvalDecision: 'implicitDeny',
    })
  })

  test('another user may call with these policies', async () => {
    await at.ok('CreateUser', { UserName: 'ann' })
    await at.ok('CreateUser', { UserName: 'bob' })
    const Condition = { StringEquals: { 'aws:username': 'bob' } }
    await at.ok('PutUserPolicy', {
      UserName: 'ann',
      PolicyName: 'p',
      PolicyDocument: policy(allow('s3:GetObject', { Condition })),
    })
    expect(await principal(arn('user/ann'), 's3:GetObject')).toMatchObject({ EvalDecision: 'implicitDeny' })
    for (const CallerArn of [arn('user/bob'), arn('user/bob', '999999999999')]) {
      expect(await principal(arn('user/ann'), 's3:GetObject', { CallerArn })).toMatchObject({ EvalDecision: 'allowed' })
    }
  })
})

describe('the keys that policies ask for', () => {
  // The AWS CLI's example of get-context-keys-for-custom-policy.
  const example =
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*",' +
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable
    '"Resource":"arn:aws:dynamodb:us-west-2:123456789012:table/${aws:username}",' +
    '"Condition":{"DateGreaterThan":{"aws:CurrentTime":"2015-08-16T12:00:00Z"}}}}'

  test('are listed as they are spelled, variables of resources first', async () => {
    expect(await at.ok('GetContextKeysForCustomPolicy', { PolicyInputList: [example] })).toEqual({
      ContextKeyNames: ['aws:username', 'aws:CurrentTime'],
    })
  })

  test('are listed once of each policy, as it spells them, from all that the principal has', async () => {
    await at.ok('CreatePolicy', {
      PolicyName: 'Limit',
      PolicyDocument: policy(allow('*', { Condition: { Bool: { 'aws:SecureTransport': 'true' } } })),
    })
    await at.ok('CreateUser', { UserName: 'ann', PermissionsBoundary: arn('policy/Limit') })
    await at.ok('CreateGroup', { GroupName: 'g' })
    await at.ok('AddUserToGroup', { UserName: 'ann', GroupName: 'g' })
    const Condition = { StringEquals: { 'AWS:UserName': 'x', 's3:prefix': 'y' } }
    await at.ok('PutGroupPolicy', {
      GroupName: 'g',
      PolicyName: 'p',
      PolicyDocument: policy(allow('s3:*', { Condition })),
    })
    await at.ok('PutUserPolicy', { UserName: 'ann', PolicyName: 'p', PolicyDocument: example })
    const { ContextKeyNames } = await at.ok('GetContextKeysForPrincipalPolicy', {
      PolicySourceArn: arn('user/ann'),
      PolicyInputList: [policy(allow('*', { Condition: { StringLike: { 'k:more': '*' } } }))],
    })
    expect(ContextKeyNames.toSorted()).toEqual(
      ['aws:username', 'aws:CurrentTime', 'AWS:UserName', 's3:prefix', 'aws:SecureTransport', 'k:more'].toSorted(),
    )
  })

  test('are none where there is no condition, and a document that is none is refused', async () => {
    expect(await at.ok('GetContextKeysForCustomPolicy', { PolicyInputList: [policy(allow('*'))] })).toEqual({
      ContextKeyNames: [],
    })
    expect(
      await at.refused('GetContextKeysForCustomPolicy', { PolicyInputList: [policy(allow('*')), '{"Version":'] }),
    ).toMatchObject({ reason: 'invalid-input', says: 'PolicyInputList.2: Syntax errors in policy.' })
  })
})

describe('pages and bounds', () => {
  const names = (reply: { EvaluationResults: { EvalActionName: string }[] }) =>
    reply.EvaluationResults.map((one) => one.EvalActionName)

  test('results come in the order of the actions, page by page', async () => {
    const ActionNames = Array.from({ length: 25 }, (_, index) => `s3:Action${25 - index}`)
    const input = { PolicyInputList: [policy(allow('s3:*'))], ActionNames }
    const seen: string[] = []
    let Marker: string | undefined
    do {
      const reply = await at.ok('SimulateCustomPolicy', { ...input, MaxItems: 10, ...(Marker ? { Marker } : {}) })
      seen.push(...names(reply))
      expect(reply.EvaluationResults.length).toBeLessThanOrEqual(10)
      expect(reply.IsTruncated).toBe(reply.Marker !== undefined)
      Marker = reply.Marker
    } while (Marker !== undefined)
    expect(seen).toEqual(ActionNames)
  })

  test('a marker of another question is refused', async () => {
    const ActionNames = ['s3:GetObject', 's3:PutObject']
    const input = { PolicyInputList: [policy(allow('s3:*'))], ActionNames, MaxItems: 1 }
    const { Marker } = await at.ok('SimulateCustomPolicy', input)
    const other = { ...input, PolicyInputList: [policy(deny('s3:*'))], Marker }
    expect(await at.refused('SimulateCustomPolicy', other)).toMatchObject({ reason: 'invalid-parameter' })
  })

  test('much at a time makes shorter pages, and too much is refused', async () => {
    const statements = Array.from({ length: 200 }, (_, index) => allow(`s3:A${index}`))
    const ResourceArns = Array.from({ length: 500 }, (_, index) => `arn:aws:s3:::b/${index}`)
    const input = { PolicyInputList: [policy(...statements)], ResourceArns, ActionNames: ['s3:A1', 's3:A2', 's3:A3'] }
    const reply = await at.ok('SimulateCustomPolicy', input)
    expect(names(reply)).toEqual(['s3:A1'])
    expect(reply.IsTruncated).toBe(true)
    expect(await at.ok('SimulateCustomPolicy', { ...input, Marker: reply.Marker })).toMatchObject({ IsTruncated: true })
    const tooMuch = { ...input, PolicyInputList: Array.from({ length: 25 }, () => policy(...statements)) }
    expect(await at.refused('SimulateCustomPolicy', tooMuch)).toMatchObject({ reason: 'invalid-input' })
  })

  test('a pattern made to be slow does not hold the authority up', async () => {
    const slow = policy(allow('*', { Resource: `arn:aws:s*:*:*:${'*a?'.repeat(40_000)}` }))
    const ResourceArns = Array.from({ length: 20 }, () => `arn:aws:s3:::${'a'.repeat(2000)}`)
    const input = { PolicyInputList: [slow], ActionNames: ['s3:A1', 's3:A2'], ResourceArns }
    expect(await at.refused('SimulateCustomPolicy', input)).toMatchObject({ reason: 'invalid-input' })
    const few = { ...input, ResourceArns: ResourceArns.slice(0, 5) }
    expect((await at.ok('SimulateCustomPolicy', few)).EvaluationResults).toHaveLength(1)
  })

  test.each(['s3:*', 's3:Get?', 'GetObject', 's3:Get Object', ':GetObject'])('%s is no action', async (name) => {
    const input = { PolicyInputList: [policy(allow('*'))], ActionNames: [name] }
    expect(await at.refused('SimulateCustomPolicy', input)).toMatchObject({ reason: 'invalid-input' })
  })

  test('a launch in EC2 must name all that it touches', async () => {
    const resource = (type: string) => `arn:aws:ec2:eu-west-1:${ACCOUNT}:${type}/x`
    const types = ['instance', 'image', 'security-group', 'network-interface', 'volume']
    const ask = (count: number, ResourceHandlingOption = 'EC2-VPC-EBS') =>
      at.call('SimulateCustomPolicy', {
        PolicyInputList: [policy(allow('*'))],
        ActionNames: ['ec2:RunInstances'],
        ResourceArns: types.slice(0, count).map(resource),
        ResourceHandlingOption,
      })
    expect(await ask(5)).toMatchObject({ ok: { EvaluationResults: [{ EvalDecision: 'allowed' }] } })
    expect(await ask(4)).toMatchObject({
      refused: {
        reason: 'invalid-input',
        says: 'The resource handling option EC2-VPC-EBS needs a resource of each of these types too: volume.',
      },
    })
    expect(await ask(5, 'EC2-Moon')).toMatchObject({ refused: { reason: 'invalid-input' } })
  })
})

test('who may simulate what is told by policies about the principal', async () => {
  await at.ok('CreateUser', { UserName: 'ann', Tags: [{ Key: 'team', Value: 'red' }] })
  await at.ok('CreateUser', { UserName: 'bob' })
  const tagged = { StringEquals: { 'iam:ResourceTag/team': 'red' } }
  await at.ok('PutUserPolicy', {
    UserName: 'bob',
    PolicyName: 'p',
    PolicyDocument: policy(allow('iam:SimulatePrincipalPolicy', { Condition: tagged })),
  })
  const ask = (name: string) =>
    at.call(
      'SimulatePrincipalPolicy',
      { PolicySourceArn: arn(`user/${name}`), ActionNames: ['s3:GetObject'] },
      at.user('bob'),
    )
  expect(await ask('ann')).toMatchObject({ ok: { IsTruncated: false } })
  expect(await ask('bob')).toMatchObject({ refused: { reason: 'not-authorized', resource: arn('user/bob') } })
})
