import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hkdfSync, randomBytes } from 'node:crypto'

/**
 * State that the authority gives out instead of keeping it: a text that only it can make and read. AES-256-GCM (NIST SP 800-38D)
 * with a random 96-bit IV; what the state is for is authenticated with it, so that one kind never passes for another.
 */
export interface SealedState {
  /** base64url. */
  seal(purpose: string, state: object): string
  /** Null for whatever was not sealed here for this purpose. */
  open(purpose: string, text: string): Readonly<Record<string, unknown>> | null
  /** A code of a text that nobody else can make (HMAC-SHA-256), 32 bytes in base64url. */
  vouch(purpose: string, text: string): string
}

const ivBytes = 12
const tagBytes = 16
const largestText = 16_384

/**
 * Its keys are derived from the master key (RFC 5869): unlike the ring's they do not rotate, for a client's registration lasts 90
 * days. `masterKey`: 32 bytes.
 */
export function createSealedState(masterKey: Uint8Array): SealedState {
  const derive = (what: string) => Buffer.from(hkdfSync('sha256', masterKey, '', `countersign state ${what} 1`, 32))
  const key = createSecretKey(derive('seal'))
  const vouching = createSecretKey(derive('vouch'))

  return {
    seal(purpose, state) {
      const iv = randomBytes(ivBytes)
      const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: tagBytes })
      cipher.setAAD(Buffer.from(purpose, 'utf8'))
      const sealed = [cipher.update(JSON.stringify(state), 'utf8'), cipher.final()]
      return Buffer.concat([iv, ...sealed, cipher.getAuthTag()]).toString('base64url')
    },
    open(purpose, text) {
      if (text.length > largestText || !/^[\w-]+$/.test(text)) return null
      const bytes = Buffer.from(text, 'base64url')
      // One spelling only: what is compared or revoked by its text must not come in another one.
      if (bytes.length <= ivBytes + tagBytes || bytes.toString('base64url') !== text) return null
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, ivBytes), { authTagLength: tagBytes })
      decipher.setAAD(Buffer.from(purpose, 'utf8'))
      decipher.setAuthTag(bytes.subarray(-tagBytes))
      try {
        const inside = Buffer.concat([decipher.update(bytes.subarray(ivBytes, -tagBytes)), decipher.final()])
        return JSON.parse(inside.toString('utf8')) as Readonly<Record<string, unknown>>
      } catch {
        return null
      }
    },
    vouch: (purpose, text) => createHmac('sha256', vouching).update(`${purpose}\n${text}`, 'utf8').digest('base64url'),
  }
}
