import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto'
import { CountersignError } from '../../errors.ts'

/**
 * Secrets at rest: AES-256-GCM (NIST SP 800-38D) under the master key with a random 96-bit IV. The place where a secret
 * belongs is authenticated with it, so that a sealed secret that is copied to another row does not open there.
 * Layout: format (1 byte, 1) · IV (12) · tag (16) · ciphertext.
 */
export interface Sealing {
  seal(plain: string, place: string): Uint8Array
  /** Throws `store` when the key does not fit, the place is another one, or a byte was changed. */
  open(sealed: Uint8Array, place: string): string
}

const format = 1
const ivBytes = 12
const tagBytes = 16
const headBytes = 1 + ivBytes + tagBytes

/** `masterKey`: 32 bytes; anything else is `usage`. */
export function createSealing(masterKey: Uint8Array): Sealing {
  if (masterKey.length !== 32) {
    throw new CountersignError('usage', `a master key has 32 bytes, not ${masterKey.length}`)
  }
  const key = createSecretKey(masterKey)

  return {
    seal(plain, place) {
      const iv = randomBytes(ivBytes)
      const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: tagBytes })
      cipher.setAAD(Buffer.from(place, 'utf8'))
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
      return Buffer.concat([Uint8Array.of(format), iv, cipher.getAuthTag(), body])
    },
    open(sealed, place) {
      if (sealed.length < headBytes || sealed[0] !== format) throw unopened(place)
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, 1 + ivBytes), {
        authTagLength: tagBytes,
      })
      decipher.setAAD(Buffer.from(place, 'utf8'))
      decipher.setAuthTag(sealed.subarray(1 + ivBytes, headBytes))
      try {
        return decipher.update(sealed.subarray(headBytes), undefined, 'utf8') + decipher.final('utf8')
      } catch {
        throw unopened(place)
      }
    },
  }
}

function unopened(place: string): CountersignError {
  return new CountersignError(
    'store',
    `the sealed secret of ${place} does not open: wrong master key or altered data`,
    {
      data: { place },
    },
  )
}
