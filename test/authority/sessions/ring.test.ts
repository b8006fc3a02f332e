import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readSessionToken } from '../../../src/anatomy/session-token.ts'
import type { RingKey } from '../../../src/authority/model/entities.ts'
import { ownSession, type SessionClaims } from '../../../src/authority/model/principal.ts'
import { mintRingKey } from '../../../src/authority/sessions/mint.ts'
import {
  createSessionRing,
  largestClaims,
  longestToken,
  type SessionRing,
  sizeOfClaims,
} from '../../../src/authority/sessions/ring.ts'

const issuedAt = Date.UTC(2026, 10, 28, 12) / 1000
const session: SessionClaims = {
  type: 'session',
  accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  account: '123456789012',
  issuedAt,
  expiresAt: issuedAt + 43_200,
  mfaAt: null,
  ownerId: 'AIDACKCEVSQ6C2EXAMPLE',
  parentKeyId: 'AKIAIOSFODNN7EXAMPLE',
  ...ownSession,
}
const roleSession: SessionClaims = {
  ...session,
  type: 'role',
  mfaAt: issuedAt - 60,
  ownerId: 'AROACKCEVSQ6C2EXAMPLE',
  parentKeyId: null,
  roleArn: 'arn:aws:iam::123456789012:role/ci/deploy',
  sessionName: 'me@example.com',
  sessionPolicies: [
    `{"Version":"2012-10-17","Statement":[${'{"Effect":"Allow","Action":"s3:*","Resource":"*"},'.repeat(30)}{}]}`,
  ],
  sessionPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
  tags: [
    { key: 'Team', value: 'naïve ☃' },
    { key: 'empty', value: '' },
  ],
  transitiveTagKeys: ['Team'],
  sourceIdentity: 'alice',
  assumedBy: 'arn:aws:iam::123456789012:user/alice',
}

function ringOf(...keys: readonly RingKey[]): SessionRing {
  return createSessionRing({ keys: () => keys })
}
const first = mintRingKey('2026-11-27T12:00:00Z', [])
const second = mintRingKey('2026-11-28T12:00:00Z', [first])

/** 44 characters and 256 bits of chance for each time. */
function incompressible(times: number): string {
  return Array.from({ length: times }, () => mintRingKey('', []).secret).join('')
}

describe('a session token', () => {
  test.each([
    ['of GetSessionToken', session],
    ['of GetSessionToken with MFA', { ...session, mfaAt: issuedAt }],
    ['of root', { ...session, ownerId: 'root' }],
    ['of AssumeRole with everything', roleSession],
    [
      'of AssumeRole with nothing',
      { ...session, type: 'role' as const, parentKeyId: null, roleArn: 'arn', sessionName: 'x' },
    ],
  ])('%s opens to exactly the claims that were sealed', (_, claims) => {
    const ring = ringOf(first)
    expect(ring.open(ring.seal(claims, 'eu-west-1'))).toEqual({ kind: 'genuine', claims })
  })

  test('opens to what was sealed, whatever text was in it (seed 1)', () => {
    const ring = ringOf(first)
    const text = fc.string({ unit: 'binary', maxLength: 60 })
    const maybe = fc.option(text, { nil: null })
    const claims: fc.Arbitrary<SessionClaims> = fc.record({
      type: fc.constantFrom('session' as const, 'role' as const),
      accessKeyId: text,
      secretAccessKey: text,
      account: fc.stringMatching(/^\d{12}$/),
      issuedAt: fc.integer({ min: 0, max: 4_000_000_000 }),
      expiresAt: fc.integer({ min: 0, max: 4_000_000_000 }),
      mfaAt: fc.option(fc.integer({ min: 0, max: 4_000_000_000 }), { nil: null }),
      ownerId: text,
      parentKeyId: maybe,
      roleArn: maybe,
      sessionName: maybe,
      sessionPolicies: fc.array(text, { maxLength: 3 }),
      sessionPolicyArns: fc.array(text, { maxLength: 3 }),
      tags: fc.array(fc.record({ key: text, value: text }), { maxLength: 3 }),
      transitiveTagKeys: fc.array(text, { maxLength: 3 }),
      sourceIdentity: maybe,
      assumedBy: maybe,
    })
    fc.assert(
      fc.property(claims, (sealed) => {
        expect(ring.open(ring.seal(sealed, 'us-east-1'))).toEqual({ kind: 'genuine', claims: sealed })
      }),
      { seed: 1, numRuns: 300 },
    )
  })

  test('tells whoever dates AWS’s tokens its version, creation time, region and account', () => {
    expect(readSessionToken(ringOf(first).seal(session, 'ap-southeast-2'))).toMatchObject({
      form: 'well-formed',
      version: 2,
      issuedAt: new Date(issuedAt * 1000),
      region: 'ap-southeast-2',
      account: '123456789012',
    })
  })

  test('shows neither the secret nor anything else of its inside', () => {
    const bytes = Buffer.from(ringOf(first).seal(roleSession, 'eu-west-1'), 'base64')
    for (const hidden of [session.secretAccessKey, 'ASIAIOSFODNN7EXAMPLE', 'me@example.com', 'alice', 'AROA']) {
      expect(bytes.includes(hidden)).toBe(false)
    }
  })

  test('never comes twice', () => {
    const ring = ringOf(first)
    expect(new Set(Array.from({ length: 100 }, () => ring.seal(session, 'eu-west-1'))).size).toBe(100)
  })

  test('usually has less than the 4096 bytes that AWS speaks of', () => {
    expect(ringOf(first).seal(session, 'eu-west-1').length).toBeLessThan(600)
    expect(ringOf(first).seal(roleSession, 'eu-west-1').length).toBeLessThan(1_200)
  })
})

describe('a session token that is not as it was sealed', () => {
  const ring = ringOf(first)
  const token = ring.seal(session, 'eu-west-1')

  test('is refused whichever bit of it was flipped', () => {
    const bytes = Buffer.from(token, 'base64')
    for (let at = 0; at < bytes.length; at += 1) {
      for (let bit = 1; bit < 256; bit *= 2) {
        const altered = Buffer.from(bytes)
        altered[at] = (altered[at] as number) ^ bit
        expect([at, bit, ring.open(altered.toString('base64')).kind]).not.toContain('genuine')
      }
    }
  })

  test('is refused whichever character of it was changed', () => {
    for (let at = 0; at < token.length; at += 1) {
      for (const character of ['A', '/', '=', '-', ' ', '\n', 'é', '']) {
        const altered = token.slice(0, at) + character + token.slice(at + 1)
        if (altered !== token) expect([at, ring.open(altered).kind]).not.toContain('genuine')
      }
    }
  })

  test('is malformed wherever it was cut', () => {
    for (let end = 0; end < token.length; end += 1)
      expect([end, ring.open(token.slice(0, end)).kind]).toEqual([end, 'malformed'])
  })

  test('is refused with anything behind or before it', () => {
    for (const more of ['A', '=', '\n', ' ', token]) {
      expect(ring.open(token + more).kind).not.toBe('genuine')
      expect(ring.open(more + token).kind).not.toBe('genuine')
    }
  })

  test.each([
    '',
    'x',
    'AQoEXAMPLEH4aoAH0gNCAPyJxz4BlCFFxWNE1OPTgk5TthT',
    '☃'.repeat(500),
    'A'.repeat(longestToken + 1),
  ])('is malformed when it is something else altogether', (text) => {
    expect(ring.open(text)).toEqual({ kind: 'malformed' })
  })

  test('is refused, and nothing is thrown, whatever the bytes are (seed 2)', () => {
    const head = Buffer.from(token, 'base64').subarray(0, 12)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), (bytes, dressed) => {
        const text = Buffer.concat(dressed ? [head, bytes] : [bytes]).toString('base64')
        expect(ring.open(text).kind).not.toBe('genuine')
      }),
      { seed: 2, numRuns: 2_000 },
    )
  })
})

describe('the ring', () => {
  test('seals under the newest key, and opens what older ones sealed', () => {
    const old = ringOf(first).seal(session, 'eu-west-1')
    const both = ringOf(second, first)
    expect(both.open(old).kind).toBe('genuine')
    const fresh = both.seal(session, 'eu-west-1')
    expect(ringOf(second).open(fresh).kind).toBe('genuine')
    expect(ringOf(first).open(fresh).kind).toBe('foreign')
  })

  test('takes what a key that is gone has sealed for foreign', () => {
    expect(ringOf(second).open(ringOf(first).seal(session, 'eu-west-1'))).toEqual({ kind: 'foreign' })
  })

  test('takes another authority’s token for foreign, also when the key has the same number', () => {
    const elsewhere = mintRingKey('2026-11-27T12:00:00Z', [])
    expect(elsewhere.id).toBe(first.id)
    expect(ringOf(first).open(ringOf(elsewhere).seal(session, 'eu-west-1'))).toEqual({ kind: 'foreign' })
  })

  test('follows its keys as they change', () => {
    let keys: readonly RingKey[] = [first]
    const ring = createSessionRing({ keys: () => keys })
    const old = ring.seal(session, 'eu-west-1')
    keys = [first, second]
    expect(ringOf(second).open(ring.seal(session, 'eu-west-1')).kind).toBe('genuine')
    keys = [second]
    expect(ring.open(old).kind).toBe('foreign')
  })

  test('says so when it is empty or the claims are too large', () => {
    expect(() => ringOf().seal(session, 'eu-west-1')).toThrow(expect.objectContaining({ code: 'store' }))
    const random = Array.from({ length: 50 }, (_, n) => ({ key: `k${n}`, value: incompressible(4) }))
    const large = { ...roleSession, tags: random }
    expect(sizeOfClaims(large)).toBeGreaterThan(largestClaims)
    expect(() => ringOf(first).seal(large, 'eu-west-1')).toThrow(expect.objectContaining({ code: 'limit' }))
  })

  test('keeps the longest token it can seal within what it opens', () => {
    const ring = ringOf({ ...first, id: String(Number.MAX_SAFE_INTEGER) })
    let claims = session
    while (sizeOfClaims(claims) < largestClaims - 70) {
      claims = { ...claims, sessionPolicies: [...claims.sessionPolicies, incompressible(1)] }
    }
    const token = ring.seal(claims, 'x'.repeat(64))
    expect(token.length).toBeLessThanOrEqual(longestToken)
    expect(ring.open(token).kind).toBe('genuine')
  })
})
