import { describe, expect, test } from 'vitest'
import { createSigningKeys } from '../../../src/authority/authentication/signing-keys.ts'

/** Derives a key that tells how often it was asked. */
function deriver() {
  let derived = 0
  return { derive: () => `key ${++derived}`, times: () => derived }
}

describe('derived signing keys', () => {
  test('are derived once per key and scope', () => {
    const keys = createSigningKeys<string>()
    const { derive, times } = deriver()
    expect(keys.of('A', 's', 'monday', derive)).toBe('key 1')
    expect(keys.of('A', 's', 'monday', derive)).toBe('key 1')
    expect(keys.of('A', 's', 'tuesday', derive)).toBe('key 2')
    expect(keys.of('B', 's', 'monday', derive)).toBe('key 3')
    expect(times()).toBe(3)
  })

  test('never outlive their secret', () => {
    const keys = createSigningKeys<string>()
    const { derive } = deriver()
    keys.of('A', 'old', 'monday', derive)
    expect(keys.of('A', 'new', 'monday', derive)).toBe('key 2')
    expect(keys.of('A', 'old', 'monday', derive)).toBe('key 3')
    keys.forget('A')
    expect(keys.of('A', 'old', 'monday', derive)).toBe('key 4')
  })

  test('are bounded in keys, the longest unused going first, and in scopes of one key', () => {
    const keys = createSigningKeys<string>(2)
    const { derive, times } = deriver()
    keys.of('A', 's', 'x', derive)
    keys.of('B', 's', 'x', derive)
    keys.of('A', 's', 'x', derive)
    keys.of('C', 's', 'x', derive)
    expect(keys.of('A', 's', 'x', derive)).toBe('key 1')
    expect(keys.of('B', 's', 'x', derive)).toBe('key 4')
    for (let scope = 0; scope < 100; scope++) keys.of('B', 's', `scope ${scope}`, derive)
    const before = times()
    keys.of('B', 's', 'scope 99', derive)
    expect(times()).toBe(before)
    keys.of('B', 's', 'scope 0', derive)
    expect(times()).toBe(before + 1)
  })
})
