import { describe, expect, test } from 'vitest'
import { isSecretAccessKey } from '../../../src/anatomy/secret-access-key.ts'
import { mintRequestId, mintRingKey, mintSecretAccessKey, mintSeed } from '../../../src/authority/sessions/mint.ts'

const many = <T>(mint: () => T) => Array.from({ length: 500 }, mint)

describe('what is minted', () => {
  test('a secret access key has the form of AWS’s, uses the whole alphabet and never comes twice', () => {
    const secrets = many(() => mintSecretAccessKey())
    expect(secrets.filter((secret) => !/^[A-Za-z0-9/+]{40}$/.test(secret) || !isSecretAccessKey(secret))).toEqual([])
    expect(new Set(secrets).size).toBe(500)
    expect(new Set(secrets.join('')).size).toBe(64)
  })

  test('a secret access key holds all 240 random bits', () => {
    const bytes = Uint8Array.from({ length: 30 }, (_, index) => 255 - index)
    expect(
      Buffer.from(
        mintSecretAccessKey(() => bytes),
        'base64',
      ),
    ).toEqual(Buffer.from(bytes))
  })

  test('a seed is 64 base32 characters of 320 random bits', () => {
    const seeds = many(() => mintSeed())
    expect(seeds.filter((seed) => !/^[A-Z2-7]{64}$/.test(seed))).toEqual([])
    expect(new Set(seeds).size).toBe(500)
    expect(new Set(seeds.join('')).size).toBe(32)
  })

  test('a request id is a lower-case UUID', () => {
    expect(mintRequestId()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })

  test('a ring key has a number after all others, and 256 random bits', () => {
    const first = mintRingKey('2026-11-28T12:00:00Z', [])
    const tenth = mintRingKey('2026-11-28T12:00:00Z', [{ ...first, id: '9' }, first])
    expect([first.id, tenth.id]).toEqual(['1', '10'])
    expect(Buffer.from(first.secret, 'base64')).toHaveLength(32)
    expect(first.secret).not.toBe(tenth.secret)
  })
})
