import { randomBytes, randomUUID } from 'node:crypto'
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

/** A request id in AWS's form, a lower-case UUID. */
export function mintRequestId(): string {
  return randomUUID()
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
