import { describe, expect, it, test } from 'vitest'
import { openAuthority } from '../actions/authority-at-hand.ts'
import { asFar, fault, type Query, type Recorded, replay, withUser } from './replay.ts'

/** Facts of radkawar/stackd's recordings of AWS, September 2026. */
const malformed = (message?: string) => fault('MalformedInput', 400, message)
const invalid = (message?: string) => fault('ValidationError', 400, message)
const refusedInput = (message?: string) => fault('InvalidInput', 400, message)

/** `testdata/aws/sts/query_inputs.json` */
const durations: readonly (readonly [string, Recorded])[] = [
  ['900', 'ok'],
  ['0900', 'ok'],
  ['+900', 'ok'],
  [' 900 ', malformed()],
  ['\t900\n', malformed()],
  ['900.0', malformed()],
  ['9e2', malformed()],
  ['2147483648', malformed()],
  ['0', invalid()],
]

/** `testdata/aws/iam/pagination_inputs.json` */
const sizes: readonly (readonly [string, Recorded])[] = [
  ['1', 'ok'],
  ['01', 'ok'],
  ['+1', 'ok'],
  [' 1 ', malformed()],
  ['1.0', malformed()],
  ['1e0', malformed()],
  ['0', invalid()],
  ['1001', invalid()],
  ['2147483648', malformed()],
]

const policy = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}'
const everyClause =
  "1 validation error detected: Value at 'policyInputList' failed to satisfy constraint: Member must satisfy constraint: " +
  '[Member must have length less than or equal to 131072, Member must have length greater than or equal to 1, Member must ' +
  'satisfy regular expression pattern: [\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]+]'
const sparse = (count: number) => malformed(`Excessively sparse input would skip ${count} list elements`)

/** `testdata/aws/iam/query_collections.json`: indices of GetContextKeysForCustomPolicy, in the order in which they were sent. */
const collections: readonly (readonly [readonly string[], Recorded])[] = [
  [['1'], 'ok'],
  [['01'], 'ok'],
  [['+1'], malformed('Start of list found where not expected')],
  [['one'], malformed('Start of list found where not expected')],
  [['0'], malformed('0 is not a valid index')],
  [['-1'], malformed("Key -1 may not have a leading '-'")],
  [['11'], invalid(everyClause)],
  [['12'], sparse(11)],
  [['22'], sparse(21)],
  [['33'], sparse(32)],
  [['1', '12'], sparse(11)],
  [['12', '1'], sparse(11)],
  [['1', '8', '15'], invalid(everyClause)],
  [['22', '1'], sparse(21)],
  [['1', '22', '43'], sparse(21)],
  [['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '21'], sparse(11)],
  [['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '22'], sparse(12)],
]

const tag = (index: string, key: string, value = 'approved'): Query => ({
  [`Tags.member.${index}.Key`]: key,
  [`Tags.member.${index}.Value`]: value,
})
const missing = (count: number, ...places: readonly number[]) =>
  invalid(
    `${count} validation errors detected: ${places
      .flatMap((place) => [`tags.${place}.member.value`, `tags.${place}.member.key`])
      .map((path) => `Value at '${path}' failed to satisfy constraint: Member must not be null`)
      .join('; ')}`,
  )
const duplicate = refusedInput('Duplicate tag keys found. Please note that Tag keys are case insensitive.')
const reserved = refusedInput('Tag keys beginning with aws: are reserved for system use.')
const denied = fault('AccessDenied', 403)

/**
 * `testdata/aws/iam/tag_inputs.json`: TagUser by root, and by a user who may only set `team` to `approved` (`aws:RequestTag/team`, and
 * `aws:TagKeys` of nothing else).
 */
const tagging: readonly (readonly [string, Query, Recorded, Recorded?])[] = [
  ['one', tag('1', 'team'), 'ok'],
  ['a second without a first', tag('2', 'team'), missing(2, 1)],
  ['a third alone', tag('3', 'team'), missing(4, 1, 2)],
  ['a tenth alone', tag('10', 'team'), missing(10, 1, 2, 3, 4, 5)],
  ['an eleventh alone', tag('11', 'team'), missing(10, 1, 2, 3, 4, 5)],
  ['a forty-ninth alone', tag('49', 'team'), sparse(48)],
  ['a fifty-first alone', tag('51', 'team'), sparse(50)],
  ['an index with a zero', tag('01', 'team'), 'ok'],
  ['an index with a plus', tag('+1', 'team'), missing(2, 1)],
  ['an index of nothing', tag('0', 'team'), malformed('0 is not a valid index')],
  ['an index below it', tag('-1', 'team'), malformed("Key -1 may not have a leading '-'")],
  ['a word for an index', tag('one', 'team'), missing(2, 1)],
  ['two indices', tag('1.0', 'team'), malformed('Two index elements may not occur back to back')],
  ['a member that is none', { ...tag('1', 'team'), 'Tags.member.1.Unknown': 'ignored' }, 'ok'],
  ['halves under two spellings', { 'Tags.member.01.Key': 'team', 'Tags.member.1.Value': 'approved' }, 'ok'],
  ['a gap', { ...tag('1', 'team'), ...tag('3', 'other') }, missing(2, 2)],
  ['another value', tag('1', 'team', 'other'), 'ok', denied],
  ['a reserved key', tag('1', 'aws:reserved'), reserved, denied],
  ['a key twice', { ...tag('1', 'team'), ...tag('2', 'team') }, duplicate],
  ['a key twice, denied', { ...tag('1', 'team', 'other'), ...tag('2', 'team', 'other') }, duplicate, denied],
  ['a key twice, the second denied', { ...tag('1', 'team'), ...tag('2', 'team', 'other') }, duplicate, denied],
  ['a key twice, the first denied', { ...tag('1', 'team', 'other'), ...tag('2', 'team') }, duplicate],
  ['a reserved key twice', { ...tag('1', 'aws:reserved'), ...tag('2', 'aws:reserved') }, reserved, denied],
  ['a key twice and another', { ...tag('1', 'team'), ...tag('2', 'team'), ...tag('3', 'other') }, duplicate, denied],
  ['a key in two cases', { ...tag('1', 'team'), ...tag('2', 'TEAM') }, duplicate, denied],
  [
    'a character that may not be',
    tag('1', 'team', 'bad\nvalue'),
    invalid(
      "1 validation error detected: Value at 'tags.1.member.value' failed to satisfy constraint: Member must satisfy regular " +
        'expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*',
    ),
  ],
  [
    'no value',
    { 'Tags.member.1.Key': 'team' },
    invalid(
      "1 validation error detected: Value at 'tags.1.member.value' failed to satisfy constraint: Member must not be null",
    ),
  ],
  ['an empty value', tag('1', 'team', ''), 'ok', denied],
  ['nothing', { Tags: '' }, refusedInput('Error occurred while validating input. '), denied],
]

const onlyApproved = JSON.stringify({
  Version: '2012-10-17',
  Statement: {
    Effect: 'Allow',
    Action: 'iam:TagUser',
    Resource: '*',
    Condition: {
      StringEquals: { 'aws:RequestTag/team': 'approved' },
      'ForAllValues:StringEquals': { 'aws:TagKeys': 'team' },
    },
  },
})

describe('as recorded of AWS, the Query protocol', () => {
  test.each(durations)('takes DurationSeconds=%j of GetSessionToken as %j', async (DurationSeconds, recorded) => {
    const at = await withUser('u')
    const answer = await replay(at, 'GetSessionToken', { DurationSeconds }, at.user('u'))
    expect(asFar(recorded, answer)).toEqual(recorded)
  })

  test.each(sizes)('takes MaxItems=%j of ListUsers as %j', async (MaxItems, recorded) => {
    const answer = await replay(await withUser('u'), 'ListUsers', { MaxItems })
    expect(asFar(recorded, answer)).toEqual(recorded)
  })

  test.each(collections)('takes a list with the indices %j as %j', async (indices, recorded) => {
    const query = Object.fromEntries(indices.map((index) => [`PolicyInputList.member.${index}`, policy]))
    const answer = await replay(await openAuthority(), 'GetContextKeysForCustomPolicy', query)
    expect(asFar(recorded, answer)).toEqual(recorded)
  })

  test.each(tagging.map((row) => [row[0], row] as const))('takes tags with %s', async (_what, row) => {
    const [, query, byRoot, byActor] = row
    const at = await withUser('target')
    await at.ok('CreateUser', { UserName: 'actor' })
    await at.ok('PutUserPolicy', { UserName: 'actor', PolicyName: 'p', PolicyDocument: onlyApproved })
    const calls = [
      [at.root, byRoot],
      [at.user('actor'), byActor ?? byRoot],
    ] as const
    for (const [as, recorded] of calls)
      expect(asFar(recorded, await replay(at, 'TagUser', { UserName: 'target', ...query }, as))).toEqual(recorded)
  })

  /** `testdata/aws/iam/identity_inputs.json` */
  it.each([
    ['/team/', 'ok'],
    ['/team', invalid()],
    ['team/', invalid()],
    ['/ space/', invalid()],
    ['/del\u007f/', invalid()],
    ['/é/', invalid()],
    ['//', invalid()],
    ['/a//b/', 'ok'],
    ['/team/\n', invalid()],
    ['/line\n/', invalid()],
  ] as const)('takes the path %j as %j', async (Path, recorded) => {
    const at = await openAuthority()
    for (const [operation, name] of [
      ['CreateUser', 'UserName'],
      ['CreateGroup', 'GroupName'],
    ] as const)
      expect(asFar(recorded, await replay(at, operation, { [name]: 'x', Path }))).toEqual(recorded)
  })
})
