import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readAsBotocore } from '../../../src/holder/files/dialects/botocore.ts'
import { parseIni } from '../../../src/holder/files/syntax.ts'
import { asData, lineByLine } from './line-by-line.ts'

const piece = fc.constantFrom(
  '[default]',
  '[profile a]',
  '[profile a]',
  '[profile "b c"]',
  '[DEFAULT]',
  '[x',
  ' [y]',
  '[z] # c',
  '[]',
  'aws_access_key_id = A',
  'aws_access_key_id=B',
  'AWS_ACCESS_KEY_ID = C',
  'region = r',
  'region : r',
  'region',
  ' s = t',
  '\tu',
  's3 =',
  '  a = b',
  '# c',
  ';d',
  ' # e',
  '',
  ' ',
  '= v',
  'k = é',
  'k = \u2028',
  'k = "q" ; w',
  '\u0000',
  'a.b = c',
)
const ending = fc.constantFrom('\n', '\n', '\n', '\r\n', '\r', '')
const texts = fc.array(fc.tuple(piece, ending), { maxLength: 24 }).map((lines) => lines.flat().join(''))

const seed = 20261128

describe('the stretches of a document', () => {
  test(`say nothing else than its lines do (seed ${seed})`, () => {
    fc.assert(
      fc.property(texts, (text) => {
        const document = parseIni(new TextEncoder().encode(text))
        const all = document.stretches.flatMap(({ start, end }) =>
          Array.from({ length: end - start }, (_, index) => document.line(start + index)),
        )
        expect(all).toEqual(document.lines)
        const quick = readAsBotocore(document, 'linux')
        const slow = readAsBotocore(lineByLine(document), 'linux')
        expect(asData(quick)).toEqual(asData(slow))
      }),
      { seed, numRuns: 5000 },
    )
  })

  test('take an ordinary section as it is and leave odd ones open', () => {
    const text = '# top\n[a]\nk = v\n\n[profile b]\r\n; c\r\nk=1\r\n[odd] x\nk=1\n[c]\nk=1\nK=2\n[d]\n[e]'
    const { stretches } = parseIni(new TextEncoder().encode(text))
    expect(stretches).toEqual([
      { name: null, start: 0, end: 1 },
      { name: 'a', start: 1, end: 4 },
      // What stands behind `[profile b]` is no plain header, and what stands in `[c]` is there twice.
      { name: null, start: 4, end: 12 },
      { name: 'd', start: 12, end: 13 },
      { name: 'e', start: 13, end: 14 },
    ])
  })

  test('are found in linear time, also where nothing is plain', () => {
    const text = `${'[a]\nk=1\n'.repeat(1)}${'[b]\nk = é\n'.repeat(50_000)}`
    const { stretches } = parseIni(new TextEncoder().encode(text))
    expect(stretches.at(-1)!.end).toBe(100_002)
  })
})
