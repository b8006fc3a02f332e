import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CureFacts } from '../../src/authority/console/shapes.ts'
import { type CauseId, causeNumbers } from '../../src/cause-ids.ts'
import { curesOf } from '../../src/console/decisions/cures.ts'
import { compareLines } from '../../src/console/decisions/difference.ts'
import { filtersOf, filtersOfQuery, outcomeOf, queryOf, searchOf } from '../../src/console/decisions/filters.ts'
import * as know from '../../src/holder/diagnosis/anywhere.ts'

const account = '123456789012'
const known: CureFacts = {
  cause: null,
  account,
  principal: `arn:aws:iam::${account}:user/team/o+hara=x@example.com`,
  region: 'us-east-1',
  key: {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    status: 'Inactive',
    userName: 'o+hara=x@example.com',
    isRoot: false,
    createdAt: null,
  },
  user: {
    name: 'o+hara=x@example.com',
    arn: `arn:aws:iam::${account}:user/team/o+hara=x@example.com`,
    mfaDevices: [`arn:aws:iam::${account}:mfa/phone`],
  },
  role: { name: 'deploy', arn: `arn:aws:iam::${account}:role/deploy`, maxSessionDuration: 7200 },
  permission: {
    principal: `arn:aws:iam::${account}:user/team/o+hara=x@example.com`,
    action: 'iam:ListUsers',
    resource: '*',
    statement: null,
  },
}
const nothing: CureFacts = {
  cause: null,
  account,
  principal: null,
  region: null,
  key: null,
  user: null,
  role: null,
  permission: null,
}
const causes = Object.keys(causeNumbers) as CauseId[]
const steps = (facts: CureFacts) => curesOf(facts, 'us-east-1', know, null)

describe('the cure of a decision', () => {
  test.each(causes)('of %s names what is known, and says something even when nothing is', (cause) => {
    const all = steps({ ...known, cause })
    expect(all.length).toBeGreaterThan(0)
    for (const { commands } of all) {
      for (const line of Object.values(commands).flat())
        expect(line).not.toMatch(
          /--user-name NAME|--role-name ROLE|\bKEY_ID\b|OLD_KEY_ID|mfa\/DEVICE|AKIA_FIRST|--profile ADMIN$/,
        )
    }
    const general = steps({ ...nothing, cause })
    expect(general.length).toBeGreaterThan(0)
    const words = general.flatMap(({ commands }) => Object.values(commands).flat().join(' ').split(' '))
    expect(words.filter((word) => word === 'null' || word === 'undefined')).toEqual([])
  })

  test('allows a session what its role lacks, not what the role that was asked about lacks', () => {
    const principal = `arn:aws:sts::${account}:assumed-role/reader/ci`
    const permission = { principal, action: 'iam:GetRole', resource: known.role!.arn, statement: null }
    const [first] = steps({ ...nothing, cause: 'permission-missing', principal, role: known.role, permission })
    expect(first!.commands.bash[0]).toMatch(
      /^aws iam put-role-policy --role-name reader --policy-name Allow-iam-GetRole /,
    )
  })

  test('gives the root user no user name', () => {
    const root = { name: 'root', arn: `arn:aws:iam::${account}:root`, mfaDevices: [] }
    const key = { ...known.key!, userName: null, isRoot: true }
    const [first] = steps({ ...nothing, cause: 'key-inactive', user: root, key })
    expect(first!.commands.bash).toEqual([
      'aws iam update-access-key --access-key-id AKIAIOSFODNN7EXAMPLE --status Active',
    ])
    expect(first!.link).toBeNull()
  })

  test('begins with the signing where it is known what was signed', () => {
    const [first] = curesOf(
      { ...known, cause: 'request-altered' },
      'us-east-1',
      know,
      'The request was signed for GET.',
    )
    expect(first!.says).toContain('the request was signed for GET')
  })
})

describe('two lines', () => {
  test('of which one was encoded once more differ by just that', () => {
    expect(compareLines('/a%20b', '/a%2520b')).toEqual([
      [{ text: '/a%20b', differs: false }],
      [
        { text: '/a%', differs: false },
        { text: '25', differs: true },
        { text: '20b', differs: false },
      ],
    ])
  })

  test('give back their own text in parts, and the same text where nothing differs (seed 6)', () => {
    const line = fc.string({ unit: fc.constantFrom('a', 'b', '%', '2', '😀', '​'), maxLength: 40 })
    fc.assert(
      fc.property(line, line, (one, other) => {
        const sides = compareLines(one, other)
        const text = (parts: (typeof sides)[number]) => parts.map((part) => part.text).join('')
        const same = (parts: (typeof sides)[number]) => text(parts.filter(({ differs }) => !differs))
        expect(sides.map(text)).toEqual([one, other])
        expect(same(sides[0])).toBe(same(sides[1]))
        if (one === other) expect(sides[0].every(({ differs }) => !differs)).toBe(true)
      }),
      { seed: 6, numRuns: 500 },
    )
  })

  test('that are as long as a body is still are compared at once', () => {
    const long = 'x'.repeat(60_000)
    const [left, right] = compareLines(`${long}a${long}`, `${long}b${long}`)
    expect(left.filter(({ differs }) => differs)).toEqual([{ text: 'a', differs: true }])
    expect(right.filter(({ differs }) => differs)).toEqual([{ text: 'b', differs: true }])
  })
})

describe('filters', () => {
  test('are the same after they stood in the address and in the field', () => {
    const filters = filtersOf({ code: 'AccessDenied', text: 12, cause: 'clock-skew', other: 'x', principal: '' })
    expect(filters).toEqual({ code: 'AccessDenied', text: '12', cause: 'clock-skew', outcome: 'refused' })
    const again = filtersOfQuery(queryOf(filters))
    expect(filtersOf(searchOf(again, 'all'))).toEqual({ code: 'AccessDenied', text: '12', cause: 'clock-skew' })
    expect(outcomeOf(searchOf(again, 'all'))).toBe('all')
  })

  test('take a time without a zone as UTC', () => {
    const token = { propertyKey: 'since', operator: '=', value: '2026-11-28 12:00' } as const
    expect(filtersOfQuery({ operation: 'and', tokens: [token] })).toEqual({ since: '2026-11-28T12:00:00.000Z' })
  })
})
