import { describe, expect, it } from 'vitest'
import type { PasswordPolicy } from '../../../src/authority/model/entities.ts'
import {
  currentHash,
  faultsOfPassword,
  hashPassword,
  isFormer,
  isPassword,
  noPassword,
  passwordEnd,
  remembered,
} from '../../../src/authority/sessions/password.ts'
import { createSealedState } from '../../../src/authority/sessions/sealed-state.ts'

const work = 8

describe('a password', () => {
  it('is hashed with scrypt, N 2^15, r 8, p 3, and a salt of its own', async () => {
    const [one, two] = [await hashPassword('Correct-Horse-1'), await hashPassword('Correct-Horse-1')]
    expect(one).toMatch(/^scrypt\$15\$8\$3\$[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=$/)
    expect(one).not.toBe(two)
    expect(await isPassword('Correct-Horse-1', one!)).toBe(true)
    expect(await isPassword('Correct-Horse-2', one!)).toBe(false)
  })

  it('is the same in both forms of its letters', async () => {
    const hash = await hashPassword('Zo\u00eb-Passw0rd', work)
    expect(await isPassword('Zoe\u0308-Passw0rd', hash!)).toBe(true)
  })

  it('fits neither to no hash nor to the mark of none', async () => {
    expect(await isPassword('', undefined, work)).toBe(false)
    for (const password of ['', 'none', noPassword]) expect(await isPassword(password, noPassword, work)).toBe(false)
  })

  it('is refused at once when too many are being hashed already', async () => {
    const all = await Promise.all(Array.from({ length: 80 }, () => hashPassword('x', work)))
    expect(all.filter((hash) => hash === null).length).toBeGreaterThan(0)
    expect(all.filter((hash) => hash !== null).length).toBeGreaterThanOrEqual(60)
    expect(await hashPassword('x', work)).not.toBeNull()
  })

  it('is remembered with the 23 before it', async () => {
    let secret: string | undefined
    for (let set = 0; set < 30; set++) secret = remembered((await hashPassword(`p${set}`, 4))!, secret)
    expect(secret!.split('\n')).toHaveLength(24)
    expect(await isPassword('p29', currentHash(secret!))).toBe(true)
    expect(await isFormer('p28', secret!, 2)).toBe(true)
    expect(await isFormer('p27', secret!, 2)).toBe(false)
    expect(await isFormer('p6', secret!, 24)).toBe(true)
    expect(await isFormer('p5', secret!, 24)).toBe(false)
  })
})

describe('the rules', () => {
  const policy: PasswordPolicy = {
    minimumLength: 12,
    requireSymbols: true,
    requireNumbers: true,
    requireUppercase: true,
    requireLowercase: true,
    allowUsersToChange: false,
    maxAge: 90,
    reusePrevention: null,
    hardExpiry: false,
  }

  it.each([
    ['Abcdefg1', 0],
    ['abcdefg1!', 0],
    ['Abcdefg', 2],
    ['Abcdef1', 1],
    ['abcdefgh', 1],
    ['abcdefg1', 1],
    ['my-Company1', 1],
  ])('without a policy, %s has %i faults', (password, faults) => {
    expect(faultsOfPassword(password, null, ['My-Company1'])).toHaveLength(faults)
  })

  it.each([
    ['Abcdefghij1!', []],
    ['Abcdefgh1!', ['12 characters']],
    ['abcdefghij1!', ['upper case']],
    ['ABCDEFGHIJ1!', ['lower case']],
    ['Abcdefghijk!', ['number']],
    ['Abcdefghij12', ['symbol']],
    // A blank is a character, but none of the symbols of AWS's list.
    ['Abcdefghi 12', ['symbol']],
    ['a', ['12 characters', 'upper case', 'number', 'symbol']],
  ])('of a policy find in %s: %j', (password, found) => {
    const faults = faultsOfPassword(password, policy, [])
    expect(faults).toHaveLength(found.length)
    for (const [index, words] of found.entries()) expect(faults[index]).toContain(words)
  })

  it('end a password after so many days', () => {
    expect(passwordEnd('2026-01-01T00:00:00Z', policy)).toBe(Date.parse('2026-04-01T00:00:00Z'))
    expect(passwordEnd('2026-01-01T00:00:00Z', { ...policy, maxAge: null })).toBeNull()
    expect(passwordEnd('2026-01-01T00:00:00Z', undefined)).toBeNull()
  })
})

describe('sealed state', () => {
  const state = createSealedState(new Uint8Array(32).fill(1))

  it('opens for its purpose only, under its key only, and in one spelling only', () => {
    const text = state.seal('one', { a: 1 })
    expect(state.open('one', text)).toEqual({ a: 1 })
    expect(state.open('two', text)).toBeNull()
    expect(createSealedState(new Uint8Array(32).fill(2)).open('one', text)).toBeNull()
    for (const other of ['', 'x', `${text}=`, `${text}A`, text.slice(1), text.slice(0, -1), 'A'.repeat(20_000)])
      expect(state.open('one', other)).toBeNull()
    for (let at = 0; at < text.length; at++) {
      const altered = text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1)
      expect(state.open('one', altered)).toBeNull()
    }
  })

  it('vouches for a text by purpose and key', () => {
    const vouched = new Set([
      state.vouch('a', 'x'),
      state.vouch('b', 'x'),
      state.vouch('a', 'y'),
      createSealedState(new Uint8Array(32).fill(2)).vouch('a', 'x'),
    ])
    expect(vouched.size).toBe(4)
    expect(state.vouch('a', 'x')).toBe(state.vouch('a', 'x'))
  })
})
