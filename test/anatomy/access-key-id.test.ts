import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  accountOfAccessKeyId,
  maskAccessKeyId,
  mintAccessKeyId,
  mintUniqueId,
  parseAccessKeyId,
} from '../../src/anatomy/access-key-id.ts'

const seed = 20_260_801
const account = fc.integer({ min: 0, max: 999_999_999_999 }).map((number) => String(number).padStart(12, '0'))
const bytes = fc.uint8Array({ minLength: 8, maxLength: 16 })

describe('the account inside an access key id', () => {
  test.each([
    ['ASIAY34FZKBOKMUTVV7A', '609629065308'],
    ['ASIAQNZGKIQY56JQ7WML', '029608264753'],
  ])('comes out of the published id %s', (id, expected) => {
    expect(accountOfAccessKeyId(id)).toBe(expected)
    expect(parseAccessKeyId(id)).toMatchObject({ kind: 'temporary', prefix: 'ASIA', account: expected })
  })

  test('is not claimed for the older ids, which carry none', () => {
    expect(accountOfAccessKeyId('AKIAIOSFODNN7EXAMPLE')).toBeNull()
    expect(accountOfAccessKeyId('AKIAI44QH8DHBEXAMPLE')).toBeNull()
    expect(parseAccessKeyId('AKIAIOSFODNN7EXAMPLE')).toMatchObject({ kind: 'long-term', account: null })
  })

  test('is not claimed where the number is larger than any account', () => {
    // All bits set: 2^40 - 1 is above 999,999,999,999.
    expect(accountOfAccessKeyId('AKIA7777777777777777')).toBeNull()
  })

  test(`survives minting, whatever the random part is (seed ${seed})`, () => {
    fc.assert(
      fc.property(account, bytes, fc.constantFrom('AKIA', 'ASIA'), (owner, random, prefix) => {
        const id = mintAccessKeyId(prefix as 'AKIA', owner, random)
        expect(id).toMatch(/^A[KS]IA[Q-Z2-7][A-Z2-7]{15}$/)
        expect(parseAccessKeyId(id)?.account).toBe(owner)
      }),
      { seed },
    )
  })

  test('leaves 39 bits of an id to chance', () => {
    const id = (last: number, first: number) =>
      mintAccessKeyId('AKIA', '123456789012', Uint8Array.of(first, 0, 0, 0, last))
    expect(id(1, 0)).not.toBe(id(2, 0))
    expect(id(0, 1)).not.toBe(id(0, 2))
    expect(id(0, 0).slice(0, 12)).toBe(id(255, 0).slice(0, 12))
  })
})

describe('an id', () => {
  test('of another thing is recognised as what it is', () => {
    const user = mintUniqueId('AIDA', '123456789012', new Uint8Array(8))
    expect(user).toMatch(/^AIDA[A-Z2-7]{17}$/)
    expect(parseAccessKeyId(user)).toEqual({ kind: 'other', prefix: 'AIDA', names: 'an IAM user', account: null })
    expect(parseAccessKeyId('AROADBQP57FF2AEXAMPLE')).toMatchObject({ kind: 'other', names: 'a role' })
  })

  test.each([
    '',
    'AKIA',
    ' AKIAIOSFODNN7EXAMPLE',
    'AKIAIOSFODNN7EXAMPLE\n',
    'akiaiosfodnn7example',
    'AKIAIOSFODNN7EXAMPL',
    'AKIAIOSFODNN7EXAMPLE1',
    'AKIAIOSFODNN0EXAMPLE',
    'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    'LSIAQAAAAAAAVNCBMPNS',
    '123456789012',
  ])('of the wrong shape is none: %j', (text) => {
    expect(parseAccessKeyId(text)).toBeNull()
    expect(accountOfAccessKeyId(text)).toBeNull()
  })

  test('cannot be minted for something that is no account, or from too few random bytes', () => {
    expect(() => mintAccessKeyId('AKIA', '1234', new Uint8Array(10))).toThrow(/twelve digits/)
    expect(() => mintAccessKeyId('AKIA', '123456789012', new Uint8Array(4))).toThrow(/random/)
    expect(() => mintUniqueId('AIDA', '123456789012', new Uint8Array(5))).toThrow(/random/)
  })
})

describe('a masked id', () => {
  test('shows its first and last four characters', () => {
    expect(maskAccessKeyId('AKIAIOSFODNN7EXAMPLE')).toBe('AKIA…MPLE')
  })

  test.each([
    ['wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', '‹40 characters›'],
    ['hunter2', '‹7 characters›'],
    ['A', '‹1 character›'],
    ['', '‹empty›'],
    ['AKIAIOSFODNN7EXAMPLE ', '‹21 characters›'],
    ['GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', '‹64 characters›'],
  ])('shows nothing of what may be a secret in its place', (text, expected) => {
    expect(maskAccessKeyId(text)).toBe(expected)
  })
})
