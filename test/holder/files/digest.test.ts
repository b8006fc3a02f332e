import { hash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sha1Hex, sha256Hex } from '../../../src/holder/files/digest.ts'

test('the digests of FIPS 180-4 come out for its own examples', () => {
  expect(sha1Hex('abc')).toBe('a9993e364706816aba3e25717850c26c9cd0d89d')
  expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
})

test('any text has the digest that Node gives it (seed 20260101)', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      expect(sha1Hex(text)).toBe(hash('sha1', text))
      expect(sha256Hex(text)).toBe(hash('sha256', text))
    }),
    { seed: 20260101, numRuns: 300 },
  )
})
