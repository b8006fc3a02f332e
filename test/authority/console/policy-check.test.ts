import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Asked } from '../../../src/authority/console/ground.ts'
import { policyCheck } from '../../../src/authority/console/policy-check.ts'
import type { PolicyCheckAnswer } from '../../../src/authority/console/shapes.ts'
import type { Authority } from '../../../src/authority/index.ts'
import { ACCOUNT, type AuthorityAtHand, openAuthority } from '../actions/authority-at-hand.ts'
import { makePerson, quickAuthority, visitor } from './visitor.ts'

let at: AuthorityAtHand
beforeAll(async () => {
  at = await openAuthority()
  await at.ok('CreateUser', { UserName: 'ann' })
})

function answerTo(body: unknown) {
  return policyCheck.run({ body, ground: { directory: () => at.state.directory } } as unknown as Asked)
}

function check(document: string, more: object = {}): PolicyCheckAnswer {
  const answer = answerTo({ document, kind: 'identity', ...more }) as { ok: PolicyCheckAnswer }
  return answer.ok
}

/** The error, with the text that it points at. */
function errorOf(document: string, more: object = {}) {
  const [fault, ...others] = check(document, more).faults.filter(({ severity }) => severity === 'error')
  expect(others).toEqual([])
  if (fault === undefined) return null
  const lines = document.split(/(?<=\n)/)
  const offset = (line: number, column: number) =>
    lines.slice(0, line - 1).reduce((sum, one) => sum + one.length, 0) + column - 1
  const about = document.slice(offset(fault.line, fault.column), offset(fault.endLine, fault.endColumn))
  return [fault.code, fault.says, about]
}

const policy = (statement: object, more: object = { Version: '2012-10-17' }): string =>
  JSON.stringify({ ...more, Statement: statement }, null, 2)
const allow = (more: object = {}): object => ({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*', ...more })
const syntax = 'Syntax errors in policy.'
const malformed = 'policy-malformed'

describe('an error points at what is wrong', () => {
  test.each<[string, string, string, string]>([
    ['an unfinished text', '{"Version": "2012-10-17",', syntax, ','],
    ['a missing comma', '{"Version": "2012-10-17" "Statement": []}', syntax, '"Statement"'],
    ['a trailing comma', '{"Version": "2012-10-17",}', syntax, '}'],
    ['a bare word', '{"Version": yes}', syntax, 'yes'],
    ['no statement', '{"Version": "2012-10-17"}\n', syntax, '}'],
    ['an unknown element', policy(allow({ Colour: 'red' })), syntax, '"Colour"'],
    ['an unknown operator', policy(allow({ Condition: { StringIs: { 'a:k': 'v' } } })), syntax, '"StringIs"'],
    ['a list for a text', policy(allow({ Effect: ['Allow'] })), syntax, '['],
    ['an effect', policy(allow({ Effect: 'Permit' })), syntax, '"Effect": "Permit"'],
    [
      'an old version',
      policy(allow(), { Version: '2008-10-17' }),
      'Policy document must be version 2012-10-17 or greater.',
      '"Version": "2008-10-17"',
    ],
    ['no version', policy(allow(), {}), 'Policy document must be version 2012-10-17 or greater.', '{'],
    [
      'a principal',
      policy(allow({ Principal: '*' })),
      'Policy document should not specify a principal.',
      '"Principal": "*"',
    ],
    [
      'the second resource',
      policy(allow({ Resource: ['*', 'bucket'] })),
      'Resource bucket must be in ARN format or "*".',
      '"bucket"',
    ],
    [
      'the third action',
      policy(allow({ Action: ['s3:GetObject', 's3:PutObject', 'GetObject'] })),
      'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.',
      '"GetObject"',
    ],
    ['no action at all', policy(allow({ Action: [] })), 'Policy statement must contain actions.', '"Action": []'],
    [
      'a date',
      policy(allow({ Condition: { DateLessThan: { 'aws:CurrentTime': ['2026-01-01T00:00:00Z', 'soon'] } } })),
      'The policy failed legacy parsing',
      '"soon"',
    ],
    [
      'a Sid that stands before',
      policy([allow({ Sid: 'A' }), allow({ Sid: 'A' })]),
      'Statement IDs (SID) in a single policy must be unique.',
      '"Sid": "A"',
    ],
  ])('%s', (_what, document, says, about) => {
    expect(errorOf(document)).toEqual([malformed, says, about])
  })

  test('the repeated Sid is the second', () => {
    const document =
      '{"Version":"2012-10-17","Statement":[\n{"Sid":"A","Effect":"Deny","Action":"*","Resource":"*"},\n' +
      '{"Sid":"A","Effect":"Deny","Action":"*","Resource":"*"}]}'
    expect(check(document).faults[0]).toMatchObject({ line: 3, column: 2, endLine: 3, endColumn: 11 })
  })

  test('a missing element is shown by its statement', () => {
    const statement = { Effect: 'Allow', Action: 's3:GetObject' }
    const document = JSON.stringify({ Version: '2012-10-17', Statement: [allow(), statement] })
    expect(errorOf(document)).toEqual([
      malformed,
      'Policy statement must contain resources.',
      JSON.stringify(statement),
    ])
  })

  test('a character that no policy may have', () => {
    const document = policy(allow({ Sid: 'A' })).replace('"A"', '"A€"')
    expect(errorOf(document)).toEqual([
      'constraints',
      'IAM takes no character U+20AC in a policy: write it as an escape, or take it away.',
      '€',
    ])
  })

  test('an empty text, and one longer than any parameter', () => {
    expect(errorOf('')?.[0]).toBe('constraints')
    expect(errorOf(' '.repeat(131_073))?.[0]).toBe('constraints')
  })
})

describe('sizes', () => {
  const ofSize = (size: number) => {
    const start =
      '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::'
    return `${start}${'x'.repeat(size - start.length - 3)}"}}`
  }

  test.each([
    ['a managed policy', {}, 6144],
    ['a user’s', { inline: 'user' }, 2048],
    ['a group’s', { inline: 'group' }, 5120],
    ['a role’s', { inline: 'role' }, 10240],
  ])('%s may have so many characters and no more', (_whose, more, largest) => {
    const fits = ` ${ofSize(largest)}\n`
    expect(check(fits, more)).toEqual({ faults: [], size: largest, largest })
    expect(errorOf(ofSize(largest + 1), more)).toEqual([
      'limit-exceeded',
      `The policy has ${largest + 1} characters besides blanks, and IAM takes ${largest}: shorten it, or divide it.`,
      '}',
    ])
  })

  test('of another service’s policies that is not known', () => {
    expect(check(policy({ ...allow(), Principal: { AWS: ACCOUNT } }), { kind: 'resource' })).toMatchObject({
      faults: [],
      largest: null,
    })
  })
})

describe('other kinds', () => {
  const trust = (Principal: object | string, Action = 'sts:AssumeRole') =>
    policy({ Effect: 'Allow', Principal, Action })

  test('an inline policy may be of the old version, and is told of it', () => {
    const { faults } = check(policy(allow(), { Version: '2008-10-17' }), { inline: 'user' })
    expect(faults.map(({ severity, code }) => [severity, code])).toEqual([['warning', 'old-version']])
  })

  test('a trust policy names who is there', () => {
    const there = `arn:aws:iam::${ACCOUNT}:user/ann`
    const gone = `arn:aws:iam::${ACCOUNT}:user/nobody`
    expect(errorOf(trust({ AWS: [there, ACCOUNT] }), { kind: 'trust' })).toBeNull()
    expect(errorOf(trust({ AWS: [there, gone] }), { kind: 'trust' })).toEqual([
      malformed,
      `Invalid principal in policy: "AWS":"${gone}"`,
      `"${gone}"`,
    ])
    expect(errorOf(trust({ AWS: ACCOUNT, Service: ['ec2.amazonaws.com', 'ec2'] }), { kind: 'trust' })).toEqual([
      malformed,
      'Invalid principal in policy: "SERVICE":"ec2"',
      '"ec2"',
    ])
    expect(errorOf(trust({ AWS: ACCOUNT }, 's3:GetObject'), { kind: 'trust' })?.[2]).toBe('"s3:GetObject"')
  })

  test.each([
    null,
    [],
    {},
    { document: 1, kind: 'identity' },
    { document: '', kind: 'session' },
    { document: '', kind: 'identity', inline: 'all' },
  ])('%j is no question', (body) => {
    expect(answerTo(body)).toHaveProperty('invalid')
  })
})

describe('errors are those of IAM itself', () => {
  const seed = 6112026
  const texts = fc.constantFrom(
    'Allow',
    'Deny',
    'allow',
    '*',
    's3:GetObject',
    's3',
    's3:*:x',
    'arn:aws:s3:::b',
    'arn:aws:s3',
    'b',
    'A b',
    '',
  )
  const value = fc.oneof(texts, fc.array(texts, { maxLength: 2 }), fc.constant(null), fc.constant(7))
  const mild = fc.record({
    Effect: fc.constantFrom('Allow', 'Deny'),
    Action: fc.constantFrom('s3:GetObject', '*', ['s3:Get*', 'iam:*']),
    Resource: fc.constantFrom('*', 'arn:aws:s3:::b', 'b'),
  })
  const wild = fc.record(
    {
      Sid: fc.oneof({ weight: 5, arbitrary: fc.constantFrom('A', 'B') }, value),
      Effect: fc.oneof({ weight: 5, arbitrary: fc.constant('Allow') }, value),
      Action: fc.oneof({ weight: 5, arbitrary: fc.constant('s3:GetObject') }, value),
      NotAction: value,
      Resource: fc.oneof({ weight: 5, arbitrary: fc.constant('*') }, value),
      Principal: value,
      Condition: fc.constantFrom({}, { Bool: { a: true } }, { Bad: { a: 'b' } }, { DateEquals: { a: 'x' } }, 'x'),
    },
    { requiredKeys: ['Effect', 'Action', 'Resource'] },
  )
  const statement = fc.oneof({ weight: 2, arbitrary: mild }, { weight: 3, arbitrary: wild })
  const document = fc
    .record({
      Version: fc.constantFrom('2012-10-17', '2012-10-17', '2012-10-17', '2012-10-17', '2008-10-17', '2020-01-01'),
      Statement: fc.oneof(statement, fc.array(statement, { maxLength: 2 })),
    })
    .chain((drawn) => {
      const text = JSON.stringify(drawn, null, 1)
      // Now and then a character is lost.
      return fc.integer({ min: 0, max: text.length * 3 }).map((gone) => text.slice(0, gone) + text.slice(gone + 1))
    })

  test(`CreatePolicy says the same of any text (seed ${seed})`, async () => {
    let number = 0
    const tally = { taken: 0, refused: 0 }
    await fc.assert(
      fc.asyncProperty(document, async (text) => {
        const name = `P${number++}`
        const real = await at.call('CreatePolicy', { PolicyName: name, PolicyDocument: text })
        const error = errorOf(text)
        if ('ok' in real) {
          await at.ok('DeletePolicy', { PolicyArn: real.ok.Policy.Arn })
          tally.taken++
          expect(error).toBeNull()
        } else {
          tally.refused++
          expect(error?.slice(0, 2)).toEqual([real.refused.reason, (real.refused as { says: string }).says])
          expect(error?.[2]).not.toBe('')
        }
      }),
      { seed, numRuns: 300 },
    )
    expect(Math.min(tally.taken, tally.refused)).toBeGreaterThan(20)
  })
})

describe('over the wire', () => {
  let authority: Authority
  beforeAll(async () => {
    authority = await quickAuthority()
    await makePerson(authority, 'ada', [])
  })
  afterAll(() => authority.stop())

  test('whoever is signed in may ask, and nobody else', async () => {
    const person = visitor(authority)
    const question = { document: policy(allow({ Action: '*' })), kind: 'identity' }
    expect((await person.api('policy-check', question)).status).toBe(401)
    await person.signIn()
    const { status, body } = await person.api('policy-check', question)
    expect(status).toBe(200)
    expect(body).toEqual({
      faults: [
        {
          line: 5,
          column: 5,
          endLine: 5,
          endColumn: 13,
          severity: 'warning',
          code: 'allows-everything',
          says: 'This allows every action on every resource: name the actions and the resources that are needed.',
        },
      ],
      size: question.document.replace(/\s/g, '').length,
      largest: 6144,
    })
    expect((await person.api('policy-check', { kind: 'identity' })).status).toBe(400)
  })
})
