import {
  GetAccountAuthorizationDetailsCommand,
  GetContextKeysForCustomPolicyCommand,
  IAMClient,
  InvalidInputException,
  NoSuchEntityException,
  paginateSimulateCustomPolicy,
  SimulatePrincipalPolicyCommand,
} from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Authority, startAuthority } from '../../src/authority/index.ts'
import { hasBoto3, hasCli, iamPrograms } from './programs.ts'

/* The simulator and the authorization details as the AWS CLI, boto3 and the JavaScript SDK read them. */
let authority: Authority
let iam: IAMClient
beforeAll(async () => {
  authority = await startAuthority({ data: ':memory:', port: 0 })
  iam = new IAMClient({ endpoint: authority.url, region: 'us-east-1', credentials: authority.root, maxAttempts: 1 })
})
afterAll(async () => {
  iam.destroy()
  await authority.stop()
})

const { aws, python } = iamPrograms(() => authority)

const later =
  '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*",' +
  '"Condition":{"DateGreaterThan":{"aws:CurrentTime":"2018-08-16T12:00:00Z"}}}}'

describe.skipIf(!hasCli)('with the AWS CLI', () => {
  test('its own examples come out as its documentation has them', async () => {
    const ask = (date: string) =>
      aws(
        ...['simulate-custom-policy', '--policy-input-list', later, '--action-names', 'dynamodb:CreateBackup'],
        ...['--context-entries', `ContextKeyName='aws:CurrentTime',ContextKeyValues='${date}',ContextKeyType=date`],
      )
    expect(await ask('2019-04-25T11:00:00Z')).toEqual({
      EvaluationResults: [
        {
          EvalActionName: 'dynamodb:CreateBackup',
          EvalResourceName: '*',
          EvalDecision: 'allowed',
          MatchedStatements: [
            {
              SourcePolicyId: 'PolicyInputList.1',
              SourcePolicyType: 'IAM Policy',
              StartPosition: { Line: 1, Column: 38 },
              EndPosition: { Line: 1, Column: 167 },
            },
          ],
          MissingContextValues: [],
        },
      ],
    })
    expect(await ask('2014-04-25T11:00:00Z')).toMatchObject({
      EvaluationResults: [{ EvalDecision: 'implicitDeny', MatchedStatements: [], MissingContextValues: [] }],
    })
    const keyed = later.replace(
      '"Resource":"*"',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable
      '"Resource":"arn:aws:dynamodb:us-west-2:123456789012:table/${aws:username}"',
    )
    expect(await aws('get-context-keys-for-custom-policy', '--policy-input-list', keyed)).toEqual({
      ContextKeyNames: ['aws:username', 'aws:CurrentTime'],
    })
  }, 60_000)

  test('a user is asked about, and the account read with its documents decoded', async () => {
    await aws('create-user', '--user-name', 'alejandro')
    const policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] }
    await aws(
      ...['put-user-policy', '--user-name', 'alejandro', '--policy-name', 'p'],
      ...['--policy-document', JSON.stringify(policy)],
    )
    const source = `arn:aws:iam::${authority.account}:user/alejandro`
    expect(
      await aws(
        ...['simulate-principal-policy', '--policy-source-arn', source],
        ...[
          '--action-names',
          's3:GetObject',
          'ec2:StartInstances',
          '--resource-arns',
          'arn:aws:s3:::b/x',
          'arn:aws:s3:::c/x',
        ],
      ),
    ).toMatchObject({
      EvaluationResults: [
        {
          EvalActionName: 's3:GetObject',
          EvalDecision: 'allowed',
          MatchedStatements: [{ SourcePolicyId: 'user_alejandro_p' }],
          EvalDecisionDetails: {},
          ResourceSpecificResults: [
            { EvalResourceName: 'arn:aws:s3:::b/x', EvalResourceDecision: 'allowed', MissingContextValues: [] },
            { EvalResourceName: 'arn:aws:s3:::c/x', EvalResourceDecision: 'allowed' },
          ],
        },
        { EvalActionName: 'ec2:StartInstances', EvalDecision: 'implicitDeny' },
      ],
    })
    expect(
      await aws('simulate-principal-policy', '--policy-source-arn', `${source}s`, '--action-names', 's3:GetObject'),
    ).toBe(
      'An error occurred (NoSuchEntity) when calling the SimulatePrincipalPolicy operation: ' +
        'The user with name alejandros cannot be found.',
    )
    const details = await aws('get-account-authorization-details', '--filter', 'User')
    expect(details.UserDetailList).toMatchObject([
      { UserName: 'alejandro', UserPolicyList: [{ PolicyName: 'p', PolicyDocument: policy }], GroupList: [] },
    ])
    expect([details.GroupDetailList, details.RoleDetailList, details.Policies]).toEqual([[], [], []])
  }, 60_000)
})

describe.skipIf(!hasBoto3)('with boto3', () => {
  test('its paginators give every result once, and its exceptions name what is wrong', async () => {
    const answer = await python(`
import boto3, json
iam = boto3.client('iam')
doc = json.dumps({'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Action': 's3:*', 'Resource': '*'}]})
for n in range(7):
    iam.create_user(UserName='u%d' % n)
    iam.put_user_policy(UserName='u%d' % n, PolicyName='p', PolicyDocument=doc)
arn = iam.get_user(UserName='u0')['User']['Arn']
actions = ['s3:A%d' % n for n in range(25)]
out = {}
def collect(name, key, **kwargs):
    pages = list(iam.get_paginator(name).paginate(PaginationConfig={'PageSize': 4}, **kwargs))
    return [len(pages), [one for page in pages for one in page[key]]]
pages, results = collect('simulate_principal_policy', 'EvaluationResults', PolicySourceArn=arn, ActionNames=actions)
out['principal'] = [pages, [one['EvalActionName'] for one in results] == actions, sorted({one['EvalDecision'] for one in results})]
pages, results = collect('simulate_custom_policy', 'EvaluationResults', PolicyInputList=[doc], ActionNames=actions, PermissionsBoundaryPolicyInputList=[doc.replace('Allow', 'Deny')])
out['custom'] = [pages, len(results), sorted({one['EvalDecision'] for one in results}), results[0]['PermissionsBoundaryDecisionDetail'], sorted(results[0])]
pages, users = collect('get_account_authorization_details', 'UserDetailList')
out['details'] = [[one['UserName'] for one in users if one['UserName'].startswith('u')], users[-1]['UserPolicyList'][0]['PolicyDocument'] == json.loads(doc)]
try:
    iam.simulate_custom_policy(PolicyInputList=['{'], ActionNames=['s3:A'])
except iam.exceptions.InvalidInputException as e:
    out['malformed'] = e.response['Error']['Message']
out['keys'] = iam.get_context_keys_for_principal_policy(PolicySourceArn=arn)['ContextKeyNames']
print(json.dumps(out))
`)
    expect(answer).toEqual({
      principal: [7, true, ['allowed']],
      custom: [
        7,
        25,
        ['explicitDeny'],
        { AllowedByPermissionsBoundary: false },
        [
          'EvalActionName',
          'EvalDecision',
          'EvalResourceName',
          'MatchedStatements',
          'MissingContextValues',
          'PermissionsBoundaryDecisionDetail',
        ],
      ],
      details: [Array.from({ length: 7 }, (_, n) => `u${n}`), true],
      malformed: 'PolicyInputList.1: Syntax errors in policy.',
      keys: [],
    })
  }, 120_000)
})

describe('with the JavaScript SDK', () => {
  const text = JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 'sqs:*', Resource: '*' } })

  test('a cross-account simulation has its details, and pages follow each other', async () => {
    const input = {
      PolicyInputList: [text],
      ActionNames: ['sqs:SendMessage', 'sqs:ReceiveMessage', 's3:GetObject'],
      ResourceArns: ['arn:aws:sqs:eu-west-1:999999999999:queue'],
      ResourcePolicy: text.replace('"Effect"', '"Principal":"*","Effect"'),
      CallerArn: `arn:aws:iam::${authority.account}:user/anyone`,
    }
    const decisions: unknown[] = []
    for await (const page of paginateSimulateCustomPolicy({ client: iam, pageSize: 2 }, input))
      for (const one of page.EvaluationResults ?? []) decisions.push([one.EvalDecision, one.EvalDecisionDetails])
    const both = { 'IAM Policy': 'allowed', 'Resource Policy': 'allowed' }
    const none = { 'IAM Policy': 'implicitDeny', 'Resource Policy': 'implicitDeny' }
    expect(decisions).toEqual([
      ['allowed', both],
      ['allowed', both],
      ['implicitDeny', none],
    ])
  })

  test('what is not there, or is not meant, has its exception', async () => {
    const ask = (PolicySourceArn: string, more: object = {}) =>
      iam.send(new SimulatePrincipalPolicyCommand({ PolicySourceArn, ActionNames: ['s3:GetObject'], ...more }))
    await expect(ask(`arn:aws:iam::${authority.account}:role/gone`)).rejects.toThrow(NoSuchEntityException)
    await expect(ask(`arn:aws:iam::${authority.account}:root`)).rejects.toThrow(InvalidInputException)
    const keys = await iam.send(new GetContextKeysForCustomPolicyCommand({ PolicyInputList: [text] }))
    expect(keys.ContextKeyNames).toEqual([])
    const details = await iam.send(new GetAccountAuthorizationDetailsCommand({ Filter: ['Group'] }))
    expect(details).toMatchObject({ UserDetailList: [], GroupDetailList: [], RoleDetailList: [], Policies: [] })
  })
})
