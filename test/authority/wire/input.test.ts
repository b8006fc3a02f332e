import { describe, expect, test } from 'vitest'
import type { Members } from '../../../src/authority/actions/grid.ts'
import { findAction } from '../../../src/authority/actions/index.ts'
import { faultOf, parseInput } from '../../../src/authority/wire/index.ts'

const members = {
  RoleSessionName: { type: 'string', required: true, min: 2, max: 64, pattern: '[\\w+=,.@-]*' },
  DurationSeconds: { type: 'integer', min: 900, max: 43200 },
  Tags: {
    type: 'list',
    max: 50,
    member: {
      type: 'structure',
      members: {
        Key: { type: 'string', required: true, min: 1, max: 128, pattern: '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+' },
        Value: { type: 'string', required: true, min: 0, max: 256 },
      },
    },
  },
  Keys: { type: 'list', min: 1, member: { type: 'string', min: 1 } },
  Names: { type: 'list', member: { type: 'string', min: 1, max: 8, pattern: '[a-z]+' } },
  Kinds: { type: 'list', member: { type: 'string', enum: ['User', 'Role'] } },
  TagKeys: { type: 'list', member: { type: 'string', max: 3, required: true } },
  Nested: { type: 'structure', members: { Values: { type: 'list', member: { type: 'string' } } } },
  Status: { type: 'string', enum: ['Active', 'Inactive'] },
  Password: { type: 'string', min: 8, sensitive: true },
  Reset: { type: 'boolean' },
} as const satisfies Members

function parse(parameters: Record<string, string>) {
  return parseInput(members, new Map(Object.entries({ RoleSessionName: 'dev', ...parameters })))
}

function message(parameters: Record<string, string>): string {
  const result = parse(parameters)
  if (!('refused' in result)) throw new Error('accepted')
  const { code, message } = faultOf(result.refused, 'sts')
  return `${code} ${message}`
}

describe('an input', () => {
  test('is read in the shape of its row; unknown parameters are passed over', () => {
    expect(
      parse({
        DurationSeconds: '900',
        'Tags.member.1.Key': 'team',
        'Tags.member.1.Value': '',
        'Nested.Values.member.1': 'a',
        Reset: 'false',
        Unknown: 'x',
        'Unknown.member.1': 'x',
        constructor: 'x',
        __proto__: 'x',
      }),
    ).toEqual({
      input: {
        RoleSessionName: 'dev',
        DurationSeconds: 900,
        Tags: [{ Key: 'team', Value: '' }],
        Nested: { Values: ['a'] },
        Reset: false,
      },
    })
  })

  test('reads list members by index, in any order', () => {
    expect(parse({ 'Keys.member.03': 'c', 'Keys.member.2': 'b', 'Keys.member.1': 'a' })).toMatchObject({
      input: { Keys: ['a', 'b', 'c'] },
    })
  })

  test('reads an empty list parameter as an empty list', () => {
    expect(parse({ Tags: '' })).toMatchObject({ input: { Tags: [] } })
  })

  // The wording of each clause: authority.md §4.4; the order pattern, then length: Cognito's and DynamoDB's own replies.
  test.each<[string, Record<string, string>, string]>([
    [
      'a missing member',
      { 'Tags.member.1.Key': 'k' },
      "1 validation error detected: Value null at 'tags.1.member.value' failed to satisfy constraint: Member must not be null",
    ],
    [
      'a text too short and of other characters',
      { RoleSessionName: '!' },
      "2 validation errors detected: Value '!' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*; Value '!' at 'roleSessionName' failed to satisfy constraint: Member must have length greater than or equal to 2",
    ],
    [
      'a text too long',
      { RoleSessionName: 'a'.repeat(65) },
      `1 validation error detected: Value '${'a'.repeat(65)}' at 'roleSessionName' failed to satisfy constraint: Member must have length less than or equal to 64`,
    ],
    [
      'a trailing line feed, which a pattern must not overlook',
      { RoleSessionName: 'dev\n' },
      "1 validation error detected: Value 'dev\n' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*",
    ],
    [
      'a number too small',
      { DurationSeconds: '899' },
      "1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
    ],
    [
      'a number too large',
      { DurationSeconds: '43201' },
      "1 validation error detected: Value '43201' at 'durationSeconds' failed to satisfy constraint: Member must have value less than or equal to 43200",
    ],
    [
      'a word outside the set',
      { Status: 'active' },
      "1 validation error detected: Value 'active' at 'status' failed to satisfy constraint: Member must satisfy enum value set: [Active, Inactive]",
    ],
    [
      'a sensitive value, which is not repeated',
      { Password: 'hunter2' },
      "1 validation error detected: Value at 'password' failed to satisfy constraint: Member must have length greater than or equal to 8",
    ],
    [
      'a member of a list',
      { 'Tags.member.1.Key': 'a', 'Tags.member.1.Value': '', 'Tags.member.2.Key': '', 'Tags.member.2.Value': 'x' },
      "2 validation errors detected: Value '' at 'tags.2.member.key' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+; Value '' at 'tags.2.member.key' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
    [
      // That it is refused at all: AWS in September 2026 (radkawar/stackd, `testdata/aws/iam/query_collections.json`).
      'a list of texts with a gap',
      { 'Keys.member.1': 'a', 'Keys.member.8': 'b', 'Keys.member.15': 'c' },
      "1 validation error detected: Value '[a, b, c]' at 'keys' failed to satisfy constraint: Member must satisfy constraint: [Member must have length greater than or equal to 1]",
    ],
    [
      'a list of what must be there',
      { 'TagKeys.member.1': 'long' },
      "1 validation error detected: Value '[long]' at 'tagKeys' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 3, Member must not be null]",
    ],
    [
      'a list too short',
      { Keys: '' },
      "1 validation error detected: Value '[]' at 'keys' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
    // IAM's replies to UntagRole (LocalStack's validated snapshots) and Lambda's to `layers` list every constraint.
    [
      'the texts of a list, all in one sentence',
      { 'Names.member.1': 'ok', 'Names.member.2': '!', 'Names.member.3': 'x'.repeat(9) },
      "1 validation error detected: Value '[ok, !, xxxxxxxxx]' at 'names' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 8, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: [a-z]+]",
    ],
    [
      'a text of a list that is no member of a set',
      { 'Kinds.member.1': 'User', 'Kinds.member.2': 'Cat' },
      "1 validation error detected: Value '[User, Cat]' at 'kinds' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [User, Role]]",
    ],
  ])("names %s in AWS's words", (_what, parameters, expected) => {
    expect(message(parameters)).toBe(`ValidationError ${expected}`)
  })

  test('names a missing required member as null', () => {
    const result = parseInput(members, new Map())
    expect('refused' in result && faultOf(result.refused, 'sts').message).toBe(
      "1 validation error detected: Value null at 'roleSessionName' failed to satisfy constraint: Member must not be null",
    )
  })

  // IAM's own reply to a path that is too long, LocalStack's validated snapshot of 17 February 2026.
  test('is not repeated by IAM', () => {
    const path = { Path: { type: 'string', max: 512 } } as const
    const result = parseInput(path, new Map([['Path', `/${'a'.repeat(512)}/`]]))
    expect('refused' in result && faultOf(result.refused, 'iam').message).toBe(
      "1 validation error detected: Value at 'path' failed to satisfy constraint: Member must have length less than or equal to 512",
    )
  })

  test.each<[string, Record<string, string>, string]>([
    ['a scalar given as a list', { 'DurationSeconds.member.1': '900' }, 'Start of list found where not expected'],
    ['a list given as a scalar', { Keys: 'a' }, 'Unexpected list element termination'],
    ['a list without member', { 'Keys.1': 'a' }, 'Unexpected list element termination'],
    // These as AWS answered in September 2026 (radkawar/stackd, `testdata/aws/iam/query_collections.json`, `credential_inputs.json`).
    ['a list index of nothing', { 'Keys.member.0': 'a' }, '0 is not a valid index'],
    ['a list index below nothing', { 'Keys.member.-1': 'a' }, "Key -1 may not have a leading '-'"],
    ['a list index with a sign', { 'Keys.member.+1': 'a' }, 'Start of list found where not expected'],
    ['a list index in words', { 'Keys.member.one': 'a' }, 'Start of list found where not expected'],
    ['a list that begins late', { 'Keys.member.12': 'a' }, 'Excessively sparse input would skip 11 list elements'],
    [
      'a list that leaves many out',
      { 'Keys.member.22': 'a', 'Keys.member.1': 'a', 'Keys.member.43': 'a' },
      'Excessively sparse input would skip 21 list elements',
    ],
    ['a boolean with a capital', { Reset: 'True' }, "Value at 'reset' is not a boolean"],
    ['a boolean with a blank', { Reset: 'true ' }, "Value at 'reset' is not a boolean"],
    ['an empty boolean', { Reset: '' }, "Value at 'reset' is not a boolean"],
    ['a list index beyond reason', { 'Keys.member.9999999999': 'a' }, 'Unexpected list element termination'],
    ['a structure given as a scalar', { Nested: 'x' }, 'Unexpected complex element termination'],
    ['a number that is none', { DurationSeconds: 'abc' }, "Value at 'durationSeconds' is not an integer"],
    ['an empty number', { DurationSeconds: '' }, "Value at 'durationSeconds' is not an integer"],
    ['a number of 33 bits', { DurationSeconds: '4294967296' }, "Value at 'durationSeconds' is not an integer"],
    ['a boolean that is none', { Reset: 'yes' }, "Value at 'reset' is not a boolean"],
  ])('refuses %s as malformed input', (_what, parameters, expected) => {
    expect(message(parameters)).toBe(`MalformedInput ${expected}`)
  })

  test('does not look at the elements of a list that is too long, and answers briefly', () => {
    const parameters: Record<string, string> = {}
    for (let index = 1; index <= 1000; index++) parameters[`Tags.member.${index}.Key`] = 'x'.repeat(500)
    expect(message(parameters)).toBe(
      "ValidationError 1 validation error detected: Value '[…]' at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50",
    )
  })

  test('cuts what it repeats of an enormous value', () => {
    expect(message({ RoleSessionName: 'ä'.repeat(1_000_000) }).length).toBeLessThan(10_000)
  })
})

// Recorded of AWS (localstack, `test_iam_mfa.snapshot.json`; names: wallix/awless#277). Two slashes in a row are a path.
describe('what IAM says by hand', () => {
  const refusedFor = (parameters: Readonly<Record<string, string>>) => {
    const row = findAction('iam', 'CreateUser')!
    const result = parseInput(row.input, new Map(Object.entries({ UserName: 'ann', ...parameters })))
    return 'refused' in result ? result.refused : null
  }

  test.each(['invalid-path/', '/invalid-path', '//', '/a b/', '/ä/', '/\u007f/'])('of the path %j', (Path) => {
    expect(refusedFor({ Path })).toEqual({
      reason: 'invalid-parameter',
      says: 'The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.',
    })
  })

  test.each(['a b', 'ann/bob', 'änn', 'a:b'])('of the name %j', (UserName) => {
    expect(refusedFor({ UserName })).toEqual({
      reason: 'invalid-parameter',
      says: 'The specified value for userName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-',
    })
  })

  test('takes other paths, and gives way to a constraint of the model', () => {
    expect(refusedFor({ Path: '/test//double/' })).toBeNull()
    expect(refusedFor({ UserName: ' '.repeat(65) })).toMatchObject({ reason: 'constraints' })
  })
})

/** Each as AWS was recorded: DynamoDB, STS (mmmorris1975/aws-runas#80), Cognito, IAM (localstack, February 2026). */
test.each([
  [['ReadCapacityUnits', 'WriteCapacityUnits'], 'writeCapacityUnits, readCapacityUnits'],
  [['PrincipalArn', 'RoleArn'], 'roleArn, principalArn'],
  [['Username', 'Password'], 'password, username'],
  [['Password', 'ConfirmationCode'], 'confirmationCode, password'],
  [
    ['MaxPasswordAge', 'PasswordReusePrevention', 'MinimumPasswordLength'],
    'minimumPasswordLength, passwordReusePrevention, maxPasswordAge',
  ],
])('what is wrong with several members, %j, is told in the order %s', (names, order) => {
  const required = Object.fromEntries(names.map((name) => [name, { type: 'string', required: true } as const]))
  const result = parseInput(required, new Map())
  if (!('refused' in result)) throw new Error('accepted')
  const told = faultOf(result.refused, 'iam').message.matchAll(/at '(\w+)'/g)
  expect([...told].map(([, name]) => name).join(', ')).toBe(order)
})
