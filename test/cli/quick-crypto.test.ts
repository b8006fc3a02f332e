import * as whole from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as quick from '../../src/cli/quick-crypto.ts'

const seed = 20261128
const bytes = (most: number) => fc.uint8Array({ maxLength: most, size: 'max' })

describe(`what check signs with, in place of node:crypto (seed ${seed})`, () => {
  test('hashes texts and bytes of any length as node:crypto does', () => {
    fc.assert(
      fc.property(fc.oneof(bytes(300), fc.string({ maxLength: 300, unit: 'binary', size: 'max' })), (data) => {
        expect(quick.hash('sha256', data, 'hex')).toBe(whole.hash('sha256', data, 'hex'))
        expect(quick.hash('sha256', data, 'latin1')).toBe(whole.hash('sha256', data, 'latin1'))
      }),
      { seed, numRuns: 400 },
    )
  })

  test('hashes every length around the ends of a block, and the example of FIPS 180-4', () => {
    for (let length = 0; length <= 260; length += 1) {
      const data = Buffer.alloc(length, length)
      expect(quick.hash('sha256', data, 'hex')).toBe(whole.hash('sha256', data, 'hex'))
    }
    const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
    expect(quick.hash('sha256', 'abc', 'hex')).toBe(abc)
  })

  test('makes the HMAC of any key and text as node:crypto does', () => {
    const text = fc.string({ maxLength: 300, unit: 'binary', size: 'max' })
    fc.assert(
      fc.property(fc.oneof(bytes(150), text), text, (key, said) => {
        const expected = whole.createHmac('sha256', key).update(said).digest('hex')
        expect(quick.createHmac('sha256', key).update(said).digest().toString('hex')).toBe(expected)
      }),
      { seed, numRuns: 400 },
    )
  })

  test('leaves what is long, and every other algorithm, to node:crypto', () => {
    const long = Buffer.alloc(1_000_000, 7)
    expect(quick.hash('sha256', long, 'hex')).toBe(whole.hash('sha256', long, 'hex'))
    expect(quick.hash('sha1', 'abc', 'hex')).toBe(whole.hash('sha1', 'abc', 'hex'))
    const hmac = whole.createHmac('sha256', 'key').update(long.toString('latin1')).digest('hex')
    expect(quick.createHmac('sha256', 'key').update(long.toString('latin1')).digest().toString('hex')).toBe(hmac)
  })
})
