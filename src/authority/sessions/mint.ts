import { randomBytes, randomFillSync } from 'node:crypto'
import { Secret as Seed } from 'otpauth'
import type { RingKey } from '../model/entities.ts'

/** So many random bytes; only tests bring their own. */
export type Random = (size: number) => Uint8Array

/**
 * A secret access key: 40 characters of `[A-Za-z0-9/+]` from 240 random bits (`authority.md` §2.8; the form that AWS's
 * own examples have).
 */
export function mintSecretAccessKey(random: Random = randomBytes): string {
  return Buffer.from(random(30)).toString('base64')
}

/** The seed of a virtual MFA device: 64 base32 characters from 320 random bits, as CreateVirtualMFADevice gives out. */
export function mintSeed(random: Random = randomBytes): string {
  return new Seed({ buffer: Uint8Array.from(random(40)).buffer }).base32
}

const randomPool = Buffer.alloc(16 * 256)
let taken = randomPool.length
const digits = Buffer.from('0123456789abcdef')
const uuid = Buffer.alloc(36, '-')

/**
 * A request id in AWS's form, a lower-case random UUID (RFC 9562 §5.4). Every request gets one and writes it three times, and the
 * text that `randomUUID` gives is put together of twenty anew each time that it is written.
 */
export function mintRequestId(): string {
  if (taken === randomPool.length) {
    randomFillSync(randomPool)
    taken = 0
  }
  let place = 0
  for (let index = 0; index < 16; index++) {
    let byte = randomPool[taken++]!
    if (index === 6) byte = 0x40 | (byte & 0x0f)
    if (index === 8) byte = 0x80 | (byte & 0x3f)
    if (place === 8 || place === 13 || place === 18 || place === 23) place++
    uuid[place++] = digits[byte >> 4]!
    uuid[place++] = digits[byte & 0x0f]!
  }
  return uuid.toString('latin1')
}

/** The key that follows `after` in the ring. `createdAt`: ISO 8601, UTC. */
export function mintRingKey(createdAt: string, after: readonly RingKey[], random: Random = randomBytes): RingKey {
  const last = after.reduce((highest, key) => Math.max(highest, Number(key.id)), 0)
  return {
    kind: 'ring-key',
    id: String(last + 1),
    createdAt,
    secret: Buffer.from(random(32)).toString('base64'),
  }
}
