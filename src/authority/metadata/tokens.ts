import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import type { RingKey } from '../model/entities.ts'

/**
 * The tokens of IMDSv2. Nothing is kept of them: a token says until when it holds, under a key that every node derives from the
 * ring that seals sessions. Outside it looks like AWS's, 40 bytes in URL-safe base64 of which the first four are a small number.
 * Layout: number of the ring key (4, little-endian) · end in seconds since the epoch (6) · random (6) · HMAC-SHA256, cut to 24.
 */
export interface MetadataTokens {
  /** `seconds` from `now` (milliseconds since the epoch). */
  issue(seconds: number, now: number): string
  judge(token: string, now: number): 'valid' | 'expired' | 'invalid'
}

const clearBytes = 16
const macBytes = 24

/** `keys`: the ring as it is now; the same array as long as it has not changed. */
export function createMetadataTokens(keys: () => readonly RingKey[]): MetadataTokens {
  let known: readonly RingKey[] | null = null
  let derived = new Map<number, Uint8Array>()

  function keysByNumber(): Map<number, Uint8Array> {
    const current = keys()
    if (current === known) return derived
    derived = new Map(current.map((key) => [Number(key.id), derive(key)]))
    known = current
    return derived
  }

  return {
    issue(seconds, now) {
      const byNumber = keysByNumber()
      const number = Math.max(...byNumber.keys())
      const clear = Buffer.alloc(clearBytes)
      clear.writeUInt32LE(number, 0)
      clear.writeUIntBE(Math.floor(now / 1000) + seconds, 4, 6)
      randomBytes(6).copy(clear, 10)
      return Buffer.concat([clear, macOf(byNumber.get(number)!, clear)]).toString('base64url')
    },

    judge(token, now) {
      // 40 bytes have 54 characters, and two more where the sender keeps the padding.
      if (!/^[\w-]{54}(?:==)?$/.test(token)) return 'invalid'
      const bytes = Buffer.from(token, 'base64url')
      const clear = bytes.subarray(0, clearBytes)
      const key = keysByNumber().get(clear.readUInt32LE(0))
      if (key === undefined || !timingSafeEqual(macOf(key, clear), bytes.subarray(clearBytes))) return 'invalid'
      return clear.readUIntBE(4, 6) * 1000 > now ? 'valid' : 'expired'
    },
  }
}

/** A key of its own, so that nothing that is made with it can be taken for a session (RFC 5869). */
function derive(key: RingKey): Uint8Array {
  const secret = Buffer.from(key.secret, 'base64')
  return new Uint8Array(hkdfSync('sha256', secret, '', 'countersign instance metadata token 1', 32))
}

function macOf(key: Uint8Array, clear: Uint8Array): Buffer {
  return createHmac('sha256', key).update(clear).digest().subarray(0, macBytes)
}
