import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CompiledPolicy, compilePolicy, decide } from '../../../src/authority/policy/index.ts'
import { parseJson } from '../../../src/authority/policy/json.ts'
import { matchesPattern, parsePattern } from '../../../src/authority/policy/pattern.ts'
import { ask, compiled, deny, policy, setOf } from './asking.ts'

const seed = 20_260_611
const runs = { seed, numRuns: 300 }

const action = fc.constantFrom('*', 's3:*', 's3:Get*', 's3:GetObject', 's3:PutObject', 'iam:*')
const resource = fc.constantFrom('*', 'arn:aws:s3:::bucket/*', 'arn:aws:s3:::bucket/key', 'arn:aws:s3:::other/*')
const condition = fc.constantFrom(
  undefined,
  { StringEquals: { 'aws:PrincipalType': 'User' } },
  { StringNotEquals: { 'aws:PrincipalType': 'User' } },
  { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
  { Null: { 'aws:TokenIssueTime': 'true' } },
)
const statement = fc.record({
  Effect: fc.constantFrom('Allow', 'Deny'),
  Action: action,
  Resource: resource,
  Condition: condition,
})
const document = fc.array(statement, { minLength: 1, maxLength: 4 }).map((all) => policy(...all))
const policies = fc.array(document, { maxLength: 3 }).map((all) => all.map((one) => compiled(one)))
const request = fc
  .record({
    action: fc.constantFrom('s3:GetObject', 's3:PutObject', 'iam:GetUser'),
    resource: fc.constantFrom('arn:aws:s3:::bucket/key', 'arn:aws:s3:::other/key', '*'),
    keys: fc.constantFrom({}, { 'aws:PrincipalType': 'User' }, { 'aws:MultiFactorAuthPresent': 'true' }),
  })
  .map(ask)
const set = fc
  .record({
    identity: policies,
    boundary: fc.option(policies),
    session: fc.option(policies),
    callerIsRoot: fc.boolean(),
    sameAccount: fc.boolean(),
  })
  .map(setOf)

describe(`decisions (seed ${seed})`, () => {
  test('an explicit deny always wins', () => {
    const denial: CompiledPolicy = compiled(policy(deny()), 'identity', 'denial')
    fc.assert(
      fc.property(set, request, fc.constantFrom('identity', 'boundary', 'session'), (given, question, kind) => {
        fc.pre(!(given.callerIsRoot && kind !== 'session'))
        const verdict = decide({ ...given, [kind]: [...(given[kind as 'identity'] ?? []), denial] }, question)
        expect(verdict.allowed).toBe(false)
      }),
      runs,
    )
  })

  test('one allow more never turns a yes into a no', () => {
    fc.assert(
      fc.property(set, request, document, (given, question, more) => {
        fc.pre(decide(given, question).allowed)
        const allows = {
          ...more,
          Statement: (more as { Statement: object[] }).Statement.map((one) => ({ ...one, Effect: 'Allow' })),
        }
        const wider = { ...given, identity: [...given.identity, compiled(allows)] }
        expect(decide(wider, question).allowed).toBe(true)
      }),
      runs,
    )
  })

  test('a boundary or a session policy never turns a no into a yes', () => {
    fc.assert(
      fc.property(set, request, policies, fc.constantFrom('boundary', 'session'), (given, question, more, kind) => {
        fc.pre(!decide({ ...given, [kind]: null }, question).allowed)
        expect(decide({ ...given, [kind]: more }, question).allowed).toBe(false)
      }),
      runs,
    )
  })

  test('the order of policies and statements does not change whether it is allowed', () => {
    fc.assert(
      fc.property(set, request, (given, question) => {
        const turned = {
          ...given,
          identity: given.identity.map((one) => ({ ...one, statements: one.statements.toReversed() })).toReversed(),
        }
        expect(decide(turned, question).allowed).toBe(decide(given, question).allowed)
      }),
      runs,
    )
  })
})

describe(`patterns (seed ${seed})`, () => {
  test('match as the same pattern written as a regular expression', () => {
    const pieces = fc.constantFrom('a', 'b', ':', '*', '?', '.', '[', '\\')
    fc.assert(
      fc.property(
        fc.array(pieces, { maxLength: 8 }),
        fc.array(fc.constantFrom('a', 'b', ':', '.', '[', '\\'), { maxLength: 8 }),
        (pattern, text) => {
          const source = pattern
            .map((piece) => (piece === '*' ? '[^]*' : piece === '?' ? '[^]' : piece.replace(/[.[\\]/, '\\$&')))
            .join('')
          expect(matchesPattern(parsePattern(pattern.join('')), text.join(''))).toBe(
            new RegExp(`^${source}$`).test(text.join('')),
          )
        },
      ),
      { seed, numRuns: 3_000 },
    )
  })
})

describe(`reading JSON (seed ${seed})`, () => {
  const plain = (node: ReturnType<typeof parseJson>): unknown => ('node' in node ? toPlain(node.node) : undefined)
  type Node = Extract<ReturnType<typeof parseJson>, { node: unknown }>['node']
  function toPlain(node: Node): unknown {
    if (node.type === 'object') return Object.fromEntries(node.members.map(({ name, value }) => [name, toPlain(value)]))
    if (node.type === 'array') return node.items.map(toPlain)
    if (node.type === 'number') return Number(node.value)
    return node.type === 'null' ? null : node.value
  }

  test('gives what JSON.parse gives', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        expect(JSON.stringify(plain(parseJson(text)))).toBe(JSON.stringify(JSON.parse(text)))
      }),
      runs,
    )
  })

  test('refuses what JSON.parse refuses, and never throws', () => {
    const broken = fc
      .tuple(fc.json({ maxDepth: 3 }), fc.nat(), fc.string({ maxLength: 2 }))
      .map(
        ([text, at, insert]) =>
          text.slice(0, at % (text.length + 1)) + insert + text.slice((at % (text.length + 1)) + 1),
      )
    fc.assert(
      fc.property(broken, (text) => {
        const result = parseJson(text)
        let parses = true
        try {
          JSON.parse(text)
        } catch {
          parses = false
        }
        if ('fault' in result) expect(parses === false || result.fault === 'repeated-name').toBe(true)
        else expect(parses).toBe(true)
      }),
      { seed, numRuns: 2_000 },
    )
  })

  test('no text at all makes compiling throw', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.json()),
        fc.constantFrom('identity', 'trust', 'session', 'resource', 'boundary'),
        (text, kind) => {
          const result = compilePolicy(text, { name: 'any', kind: kind as 'identity' })
          expect('ok' in result || result.refused.length > 0).toBe(true)
        },
      ),
      runs,
    )
  })
})
