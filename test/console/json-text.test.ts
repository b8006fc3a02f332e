import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  formatJson,
  jsonFaultOf,
  offsetOf,
  placeOf,
  readable,
  sameOffset,
} from '../../src/console/policies/json-text.ts'

const seed = 20261128

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Real JSON, and JSON with some of it cut out, doubled or replaced. */
const nearlyJson = fc
  .tuple(
    fc.json({ maxDepth: 4 }),
    fc.nat(),
    fc.nat(6),
    fc.constantFrom('', ',', '"', '}', ']', '{', '\\', ':', ' ', '1', '\n', 'x'),
  )
  .map(([text, place, cut, put]) => {
    const at = place % (text.length + 1)
    return text.slice(0, at) + put + text.slice(at + cut)
  })

describe(`JSON in the editor of policies (seed ${seed})`, () => {
  // Why: JSON.parse, which is in every browser, is the judge of what is JSON.
  test('is found faulty just where JSON.parse will not have it', () => {
    fc.assert(
      fc.property(fc.oneof(nearlyJson, fc.json()), (text) => {
        const fault = jsonFaultOf(text)
        expect(fault === null, text).toBe(isJson(text))
        if (fault === null) return
        expect(fault.from).toBeLessThanOrEqual(fault.to)
        expect(fault.to).toBeLessThanOrEqual(text.length)
        expect(fault.says).not.toBe('')
      }),
      { seed, numRuns: 3_000 },
    )
  })

  test.each([
    ['', 1, 1, 'The document is empty.'],
    ['{"a": 1,}', 1, 8, 'A name in double quotes is expected after this comma; or take the comma away.'],
    ['{\n  "a" 1\n}', 2, 7, 'A colon is expected after the name.'],
    ["{'a': 1}", 1, 2, 'A name in double quotes is expected.'],
    ['{"a": \'b\'}', 1, 7, 'JSON wants double quotes (") around text.'],
    ['{"a": "b', 1, 7, 'This text is not closed by a double quote on its line.'],
    ['{"a": "b\\d"}', 1, 7, 'This text has a character or an escape (\\) that JSON does not allow.'],
    ['{"a": True}', 1, 7, 'A value is expected: text in double quotes, a list or an object.'],
    ['{"a": 1', 1, 8, 'A comma or "}" is expected. The text ends here.'],
    ['{} {}', 1, 4, 'Nothing may follow the end of the document.'],
  ])('%j is said to be wrong at line %i, column %i', (text, line, column, says) => {
    const fault = jsonFaultOf(text)!
    expect({ ...placeOf(text, fault.from), says: fault.says }).toEqual({ line, column, says })
  })

  // Why: JSON.parse would fold names that stand twice, and numbers that are too long, and nobody would see what was lost.
  test('is laid out without losing anything', () => {
    expect(formatJson('{"a":1e400,"a":[],"b":{ },"c":["x, y: {z}",0.10]}')).toBe(
      '{\n    "a": 1e400,\n    "a": [],\n    "b": {},\n    "c": [\n        "x, y: {z}",\n        0.10\n    ]\n}',
    )
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value)
        const laidOut = formatJson(text)
        expect(laidOut.replace(/\s/g, '')).toBe(text.replace(/\s/g, ''))
        expect(JSON.parse(laidOut)).toEqual(JSON.parse(text))
        expect(formatJson(laidOut)).toBe(laidOut)
      }),
      { seed, numRuns: 500 },
    )
  })

  // Why: AWS names lines and columns of the text that was saved, and another layout of it is shown.
  test('is found again at the same place when it is laid out otherwise', () => {
    const text = '{"Statement":[{"Sid":"A b"},{"Sid":"C"}]}'
    const shown = readable(text)
    const second = offsetOf(text, 1, 29)
    expect(text.slice(second)).toBe('{"Sid":"C"}]}')
    expect(placeOf(shown, sameOffset(text, second, shown))).toEqual({ line: 6, column: 9 })
    expect(readable('{\r\n  "a": 1\r\n}')).toBe('{\r\n  "a": 1\r\n}')
    expect(offsetOf('{\r\n  "a": 1\r\n}', 2, 3)).toBe(5)
  })
})
