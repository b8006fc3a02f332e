import { describe, expect, test } from 'vitest'
import { policySize } from '../../../src/authority/policy/index.ts'
import { refusal } from './asking.ts'

/*
 * The rules as AWS showed them: shape of a document → sentence. Facts recorded from AWS by localstack's validated snapshots,
 * Feb 2026 (CreatePolicy, UpdateAssumeRolePolicy); the documents are our own.
 */

const syntax = 'Syntax errors in policy.'
const legacy = 'The policy failed legacy parsing'
const tooOld = 'Policy document must be version 2012-10-17 or greater.'
const noVendor = 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.'
const twoColons = 'Actions/Condition can contain only one colon.'
const noActions = 'Policy statement must contain actions.'
const noResources = 'Policy statement must contain resources.'
const sameSids = 'Statement IDs (SID) in a single policy must be unique.'
const noArn = (value: string) => `Resource ${value} must be in ARN format or "*".`
const iamPaths =
  'IAM resource path must either be "*", root, or start with user/, federated-user/, role/, group/, instance-profile/, mfa/, ' +
  'server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/.'

/** `undefined` takes an element away. */
type Elements = Readonly<Record<string, unknown>>
const statement = (elements: Elements = {}): Elements => ({
  Effect: 'Allow',
  Action: 'sqs:SendMessage',
  Resource: 'arn:aws:sqs:eu-west-1:123456789012:ledger',
  ...elements,
})
const withElements = (elements: Elements): Elements => ({ Version: '2012-10-17', Statement: statement(elements) })
const on = (Resource: unknown, elements: Elements = {}): Elements => withElements({ Resource, ...elements })
const when = (Condition: unknown, elements: Elements = {}): Elements => withElements({ Condition, ...elements })
const until = (date: string, elements: Elements = {}): Elements =>
  when({ DateLessThan: { 'aws:CurrentTime': date } }, elements)

type Case = readonly [what: string, document: unknown, sentence: string]

const shapes: readonly Case[] = [
  ['no JSON', 'Effect: Allow', syntax],
  ['an unknown version', { Version: '2020-01-01', Statement: statement() }, syntax],
  ['no Statement', { Version: '2012-10-17', Id: 'empty' }, syntax],
  ['an empty list of statements', { Version: '2012-10-17', Statement: [] }, syntax],
  ['a text among the statements', { Version: '2012-10-17', Statement: [statement(), 'and more'] }, syntax],
  ['an unknown element', { ...withElements({}), Comment: 'queues' }, syntax],
  ['an unknown element in a statement', withElements({ Comment: 'queues' }), syntax],
  ['a list as Id', { ...withElements({}), Id: ['queues'] }, syntax],
  ['an object as Id', { ...withElements({}), Id: {} }, syntax],
  ['an object as Sid', withElements({ Sid: {} }), syntax],
  ['a list as Sid', withElements({ Sid: [] }), syntax],
  ['no Effect', withElements({ Effect: undefined }), syntax],
  ['an Effect that is neither', withElements({ Effect: 'Permit' }), syntax],
  ['an object as Action', withElements({ Action: {} }), syntax],
  ['a list in the list of actions', withElements({ Action: ['sqs:SendMessage', []] }), syntax],
  ['an object as Resource', on({ queue: 'ledger' }), syntax],
  ['an object in the list of resources, after a text that is no ARN', on(['ledger', {}]), syntax],
  ['Action and NotAction', withElements({ NotAction: 'sqs:PurgeQueue' }), syntax],
  ['NotAction and an empty list as Action', withElements({ NotAction: 'sqs:PurgeQueue', Action: [] }), syntax],
  ['Resource and NotResource', withElements({ NotResource: '*' }), syntax],
  ['Resource and an empty list as NotResource', withElements({ NotResource: [] }), syntax],
  ['a list as Condition', when([]), syntax],
  ['a list with a block as Condition', when([{ StringEquals: { 'aws:PrincipalOrgID': 'o-1' } }]), syntax],
  ['a text as Condition', when('always'), syntax],
  ['a text as the block of an operator', when({ StringEquals: 'o-1' }), syntax],
  ['a text as the block of an unknown operator', when({ Equals: 'o-1' }), syntax],
  ['a list as the block of an operator', when({ Bool: [] }), syntax],
  ['an object as the value of a key', when({ Bool: { 'aws:SecureTransport': {} } }), syntax],
  ['an unknown operator', when({ Equals: { 'aws:PrincipalOrgID': 'o-1' } }), syntax],
  ['a set operator with two colons', when({ 'ForAllValues::StringLike': { 'aws:TagKeys': 'cost*' } }), syntax],
]

const contents: readonly Case[] = [
  ['no Version', { Statement: statement() }, tooOld],
  ['the older Version', { Version: '2008-10-17', Statement: statement() }, tooOld],
  ['an Effect in other letters', withElements({ Effect: 'ALLOW' }), legacy],
  ['an ARN of too few parts around an empty one', on('arn:aws:s3::ledger'), legacy],
  ['such an ARN in NotResource', withElements({ Resource: undefined, NotResource: 'arn:aws:s3::ledger' }), legacy],
  ['an ARN without service', on('arn:aws::::ledger'), legacy],
  ['a short ARN without service', on('arn:aws::ledger'), legacy],
  ['a date that is none', until('tomorrow'), legacy],
  ['a month that is none', until('987-14'), legacy],
  ['a zone of one digit', until('2021-03-04t5:06:07.891011+2'), legacy],
  ['ten digits of a second', until('2021-03-04t5:06:07.1234567891+10:30'), legacy],
  ['seconds beyond 64 bits', until('9223372036854775809'), legacy],
  ['one Sid twice', { Version: '2012-10-17', Statement: [statement({ Sid: 'a' }), statement({ Sid: 'a' })] }, sameSids],
  ['no Action', withElements({ Action: undefined }), noActions],
  ['an empty list of actions', withElements({ Action: [] }), noActions],
  ['no Resource', withElements({ Resource: undefined }), noResources],
  ['an empty list of resources', on([]), noResources],
  ['a resource that is no ARN', on('the ledger'), noArn('the ledger')],
  ['such a resource in a list', on(['ledger']), noArn('ledger')],
  ['an empty resource', on(''), noArn('')],
  ['an unknown partition', on('arn:moon:sqs:::q'), 'Partition "moon" is not valid for resource "arn:moon:sqs:::q".'],
  [
    'two unknown partitions',
    on(['arn:moon:sqs:::q', 'arn:moon:sqs::q']),
    'Partition "moon" is not valid for resource "arn:moon:sqs:::q".',
  ],
  ['two parts', on('x:moon'), 'Partition "moon" is not valid for resource "arn:moon:*:*:*:*".'],
  ['three parts', on('x:moon:sqs'), 'Partition "moon" is not valid for resource "arn:moon:sqs:*:*:*".'],
  [
    'more than six parts',
    on('x:moon:s:r:a:q:1:2'),
    'Partition "moon" is not valid for resource "arn:moon:s:r:a:q:1:2".',
  ],
  ['an ARN without arn', on('aws:sns:::q'), 'Partition "sns" is not valid for resource "arn:sns:::q:*".'],
  [
    'an ARN that ends with the partition',
    on('arn:aws'),
    'Resource vendor must be fully qualified and cannot contain regexes.',
  ],
  [
    'a Region in an ARN of IAM',
    on('arn:aws:iam:eu-west-1:123456789012:user/ann'),
    'IAM resource arn:aws:iam:eu-west-1:123456789012:user/ann cannot contain region information.',
  ],
  [
    'a Region in an ARN of S3',
    on('arn:aws:s3:eu-west-1::ledger'),
    'Resource arn:aws:s3:eu-west-1::ledger can not contain region information.',
  ],
  ['an ARN of IAM that leads nowhere', on('arn:aws:iam::123456789012:users/ann'), iamPaths],
  ['an action without vendor', withElements({ Action: 'SendMessage' }), noVendor],
  ['an empty NotAction', withElements({ Action: undefined, NotAction: '' }), noVendor],
  ['a blank in the vendor', withElements({ Action: 'amazon sqs:SendMessage' }), 'Vendor amazon sqs is not valid'],
  ['two colons in an action', withElements({ Action: 'sqs:Send:Message' }), twoColons],
  [
    'two colons in an action of the second statement',
    { Version: '2012-10-17', Statement: [statement(), statement({ Action: 'sqs:Send:Message' })] },
    twoColons,
  ],
]

/** Two rules broken: AWS tells of the one that comes first in its order. */
const orders: readonly Case[] = [
  ['shape before actions', when({ Bool: { a: {} } }, { Action: undefined }), syntax],
  ['shape before the version', { Statement: statement({ Effect: 'Permit' }) }, syntax],
  ['version before the letters of Effect', { Statement: statement({ Effect: 'DENY' }) }, tooOld],
  ['version before dates', { Statement: statement({ Condition: { DateEquals: { a: 'now' } } }) }, tooOld],
  ['version before Sids', { Statement: [statement({ Sid: 'a' }), statement({ Sid: 'a' })] }, tooOld],
  [
    'letters of Effect before Sids',
    { Version: '2012-10-17', Statement: [statement({ Sid: 'a', Effect: 'deny' }), statement({ Sid: 'a' })] },
    legacy,
  ],
  [
    'letters of Effect before actions and Regions',
    withElements({ Effect: 'deny', Action: undefined, Resource: 'arn:aws:s3:eu-west-1::ledger' }),
    legacy,
  ],
  ['dates before actions', until('now', { Action: undefined, Resource: undefined }), legacy],
  ['dates before partitions', until('now', { Resource: 'arn:moon:sqs:::q' }), legacy],
  ['broken ARNs before actions', withElements({ Action: undefined, Resource: 'arn:aws:s3::ledger' }), legacy],
  [
    'Sids before actions',
    { Version: '2012-10-17', Statement: [statement({ Sid: 'a' }), { Sid: 'a', Effect: 'Deny' }] },
    sameSids,
  ],
  ['actions before resources', { Version: '2012-10-17', Statement: [{ Effect: 'Deny' }, statement()] }, noActions],
  ['that there are resources before vendors', withElements({ Action: 'Send', Resource: undefined }), noResources],
  ['resources before colons', withElements({ Action: 's:q:s', Resource: 'ledger' }), noArn('ledger')],
]

const taken: readonly (readonly [what: string, document: unknown])[] = [
  ['a list of resources with *', on(['arn:aws:s3:::ledger', '*'])],
  ['every action', withElements({ Action: '*' })],
  ['blanks in the name of an action', withElements({ Action: 'sqs: send a message ' })],
  ['a vendor with hyphen and dot', withElements({ Action: ['my-own:Do', 'my.own:Do', 'noSuchServiceAtAll:Do'] })],
  [
    'NotAction and NotResource',
    { Version: '2012-10-17', Statement: { Effect: 'Deny', NotAction: 'a:b', NotResource: '*' } },
  ],
  ['an Id', { ...withElements({}), Id: 'queues' }],
  ['two empty Sids', { Version: '2012-10-17', Statement: [statement({ Sid: '' }), statement({ Sid: '' })] }],
  ['an ARN of three parts', on('arn:aws:ledger')],
  ['a service that does not exist, with a Region', on('arn:aws:no-such:eu-west-1::ledger')],
  ['a user without account', on('arn:aws:iam:::user/ann')],
  ['a variable in an ARN of IAM', on(`arn:aws:iam::*:user/\${aws:username}`)],
  ['the root user', on('arn:aws:iam::123456789012:root')],
  ['an access point with a Region', on('arn:aws:s3:eu-west-1:123456789012:accesspoint/books/object/*')],
  ['an empty Condition', when({})],
  ['empty blocks of operators, known or not', when({ Bool: {}, Equals: {}, Alike: {} })],
  ['an empty list of dates', when({ DateLessThan: { 'aws:CurrentTime': [] } })],
  ['an empty text among the values', when({ StringLike: { 's3:prefix': ['', 'books/*'] } })],
  ['IfExists', when({ StringLikeIfExists: { a: 'b' } })],
  ['a set operator with IfExists', when({ 'ForAllValues:StringLikeIfExists': { a: 'b' } })],
  ['a year with nothing after T', until('07T')],
  ['an instant', until('2031-04-05T06:07:08Z')],
  ['a zone of hours and minutes', until('2031-04-05T06:07:08.091011+00:00')],
  ['a zone of hours, an hour of one digit, a small t', until('2031-04-05t6:07:08.091011+22')],
  ['seconds before the epoch', until('-86400000')],
]

describe('a managed policy', () => {
  test.each([...shapes, ...contents])('with %s is refused in AWS’s words', (_, document, sentence) => {
    expect(refusal(document, 'identity', true)).toBe(sentence)
  })

  test.each(orders)('is judged %s', (_, document, sentence) => {
    expect(refusal(document, 'identity', true)).toBe(sentence)
  })

  test.each(taken)('with %s is taken', (_, document) => {
    expect(refusal(document, 'identity', true)).toBeNull()
  })
})

describe('an inline policy', () => {
  test.each([...shapes, ...contents, ...orders].filter(([, , sentence]) => sentence !== tooOld))(
    'keeps the same rules: %s',
    (_, document, sentence) => {
      expect(refusal(document, 'identity')).toBe(sentence)
    },
  )

  test.each(contents.filter(([, , sentence]) => sentence === tooOld))('may have %s', (_, document) => {
    expect(refusal(document, 'identity')).toBeNull()
  })
})

const trust = (elements: Elements = {}): Elements => ({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole', ...elements },
  ],
})

describe('a trust policy', () => {
  test.each<Case>([
    ['no JSON', 'Effect: Allow', 'This policy contains invalid Json'],
    ['a comma too many', '{"Version":"2012-10-17","Statement":[],}', 'This policy contains invalid Json'],
    [
      'an action that STS does not have',
      trust({ Action: 'sts:LendRole' }),
      'AssumeRole policy may only specify STS AssumeRole actions.',
    ],
    ['a Resource', trust({ Resource: 'arn:aws:s3:::ledger' }), 'Has prohibited field Resource'],
  ])('with %s is refused in AWS’s words', (_, document, sentence) => {
    expect(refusal(document, 'trust')).toBe(sentence)
  })

  test('is taken with lists and with single texts', () => {
    expect(refusal(trust(), 'trust')).toBeNull()
    expect(
      refusal(trust({ Principal: { Service: ['lambda.amazonaws.com'] }, Action: ['sts:AssumeRole'] }), 'trust'),
    ).toBeNull()
  })

  // CreateRole's words as its users met them, and PutResourcePolicy's of DynamoDB, which has the same parser.
  test.each<Case>([
    ['an unknown element', { probe: 'no policy at all' }, 'Unknown field probe'],
    ['elements in small letters', { version: '2012-10-17', statement: [] }, 'Unknown field version'],
    ['an unknown element in a statement', trust({ Comment: 'mine' }), 'Unknown field Comment'],
    ['nothing in it', {}, 'Syntax error at position (1,3)'],
    ['null instead of an object', 'null', 'This text appears not to be a policy'],
    ['a list instead of an object', '[]', 'This policy contains invalid Json'],
    ['no statements', { Version: '2012-10-17', Statement: [] }, 'Could not parse the policy: Statement is empty!'],
    ['an empty statement', { Version: '2012-10-17', Statement: [{}] }, 'Missing required field Effect'],
    [
      'one Sid twice',
      {
        Version: '2012-10-17',
        Statement: ['a', 'a'].map((Sid) => ({
          Sid,
          Effect: 'Allow',
          Principal: { AWS: '*' },
          Action: 'sts:AssumeRole',
        })),
      },
      'The Statement Ids in the policy are not unique',
    ],
    [
      // Reported with exactly this document's length up to the value of the misspelt key.
      'a principal in small letters',
      '{"Statement":[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"service":"ec2.amazonaws.com"}}],"Version":"2012-10-17"}',
      'Syntax error at position (1,83)',
    ],
    [
      'another principal in small letters',
      '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"aws":"arn:aws:iam::123456789012:root"},"Action":"sts:AssumeRole"}]}',
      'Syntax error at position (1,76)',
    ],
    [
      'a condition key where the operator should be',
      trust({ Condition: { 'token.example.com:sub': 'repo:a/b' } }),
      'Invalid condition prefix',
    ],
  ])('with %s is refused as CreateRole’s users were', (_, document, sentence) => {
    expect(refusal(document, 'trust')).toBe(sentence)
  })

  test('counts the lines in the position of a fault', () => {
    const text = '{\n  "Version": "2012-10-17",\r\n  "Statement": [\n    {\n      "Effect": [] } ]\n}'
    expect(refusal(text, 'trust')).toBe('Syntax error at position (5,18)')
  })
})

test('white space is no part of a policy’s size', () => {
  const document = withElements({})
  expect(policySize(JSON.stringify(document, null, 8))).toBe(JSON.stringify(document).length)
  expect(policySize(' \t\r\n{ } ')).toBe(2)
})
