import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readAsBotocore } from '../../../src/holder/files/dialects/botocore.ts'
import { applyEdit } from '../../../src/holder/files/edit.ts'
import { parseIni } from '../../../src/holder/files/syntax.ts'

const seed = 2026
const file = 'config'

const value = fc.constantFrom('1', 'a b', 'x=y', 'path')
const nestedKey = fc.constantFrom('one', 'two', 'Two', 'three')
const blockLines = fc
  .tuple(
    fc.constantFrom('  ', '    ', '\t'),
    fc.uniqueArray(fc.tuple(nestedKey, value), { selector: ([key]) => key, maxLength: 3 }),
    fc.boolean(),
  )
  .map(([indent, pairs, commented]) => [
    's3 =',
    ...(commented ? [`${indent}# one = 9`] : []),
    ...pairs.map(([key, text]) => `${indent}${key} = ${text}`),
  ])
const sectionLines = fc
  .tuple(
    fc.constantFrom('default', 'profile dev', 'profile b'),
    fc.option(blockLines),
    fc.constantFrom([], ['region = x'], ['', '# note']),
  )
  .map(([name, block, rest]) => [`[${name}]`, ...(block ?? []), ...rest])
const text = fc
  .tuple(
    fc.uniqueArray(sectionLines, { selector: ([header]) => header, maxLength: 3 }),
    fc.constantFrom('\n', '\r\n'),
    fc.boolean(),
  )
  .map(([sections, end, closed]) => sections.flat().join(end) + (closed && sections.length > 0 ? end : ''))

type Blocks = Readonly<Record<string, Readonly<Record<string, unknown>>>>

function read(bytes: Uint8Array): Blocks {
  const { sections, problems } = readAsBotocore(parseIni(bytes), 'linux')
  expect(problems).toEqual([])
  return Object.fromEntries(
    sections.map(({ name, entries }) => [
      name,
      Object.fromEntries(
        [...entries.values()].map((entry) => [
          entry.key,
          entry.nested === null ? entry.value : Object.fromEntries(entry.nested),
        ]),
      ),
    ]),
  )
}

const blockOf = (all: Blocks, section: string) => {
  const block = all[section]?.['s3']
  return typeof block === 'object' ? (block as Readonly<Record<string, string>>) : {}
}

describe('a setting below a key', () => {
  test(`that is set is read there, and everything else is what it was (seed ${seed})`, () => {
    fc.assert(
      fc.property(
        text,
        fc.constantFrom('default', 'profile dev', 'profile new'),
        nestedKey,
        value,
        (written, section, nested, to) => {
          const before = new TextEncoder().encode(written)
          const after = applyEdit(before, { kind: 'set', file, section, key: 's3', nested, value: to })
          const [was, is] = [read(before), read(after)]
          expect(is).toEqual({ ...was, [section]: { ...was[section], s3: { ...blockOf(was, section), [nested]: to } } })
          const lines = new TextDecoder().decode(after).split(/\r?\n/)
          for (const line of written.split(/\r?\n/).filter((each) => !each.trim().startsWith(`${nested} =`)))
            expect(lines).toContain(line)
        },
      ),
      { seed, numRuns: 500 },
    )
  })

  test(`that is taken away is gone, with its block when it was the last, and everything else is what it was (seed ${seed})`, () => {
    fc.assert(
      fc.property(text, fc.constantFrom('default', 'profile dev'), nestedKey, (written, section, nested) => {
        const before = new TextEncoder().encode(written)
        const [was, is] = [read(before), read(applyEdit(before, { kind: 'unset', file, section, key: 's3', nested }))]
        if (!(nested in blockOf(was, section))) {
          expect(is).toEqual(was)
          return
        }
        const { [nested]: _, ...rest } = blockOf(was, section)
        const { s3: __, ...others } = was[section]!
        const left = Object.keys(rest).length === 0 ? others : { ...others, s3: rest }
        expect(is).toEqual({ ...was, [section]: left })
      }),
      { seed, numRuns: 500 },
    )
  })
})
