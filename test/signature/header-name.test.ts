import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isHeaderNamed } from '../../src/signature/index.ts'

const seed = 20_261_129

test(`a header's name is compared as the language's lower case would (seed ${seed})`, () => {
  const unit = fc.constantFrom(...'aAkKzZ09-_@[`{:Kİéſ')
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 4 }), fc.string({ unit, maxLength: 4 }), (name, other) => {
      for (const lower of [other.toLowerCase(), name.toLowerCase()]) {
        // The lower case of İ is two characters long, and no header's name holds one.
        if (lower.length === name.length) expect(isHeaderNamed(name, lower)).toBe(name.toLowerCase() === lower)
      }
    }),
    { seed, numRuns: 2_000 },
  )
  expect(isHeaderNamed('X-Amz-Date', 'x-amz-date')).toBe(true)
  expect(isHeaderNamed('X_Amz_Date', 'x-amz-date')).toBe(false)
})
