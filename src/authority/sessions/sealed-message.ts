import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { RingKey } from '../model/entities.ts'

/** Bytes of a message before it is sealed; what is longer is not handed out. */
const largestMessage = 16_384
/** DecodeAuthorizationMessage takes no more characters (service model, `encodedMessageType`). */
export const longestSealedMessage = 10_240

const ivBytes = 12
const tagBytes = 16
const purpose = 'countersign authorization message 1'

/**
 * Seals a text so that only this authority can read it again: deflated, AES-256-GCM under the newest key of the ring, bound to
 * the account, in base64 for URLs. Null when it would be too long.
 */
export function sealMessage(text: string, account: string, keys: readonly RingKey[]): string | null {
  const key = keys.toSorted((a, b) => Number(b.id) - Number(a.id))[0]
  const inside = Buffer.from(text, 'utf8')
  if (key === undefined || inside.length > largestMessage) return null
  const number = Buffer.alloc(6)
  number.writeUIntBE(Number(key.id), 0, 6)
  const iv = randomBytes(ivBytes)
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(key.secret, 'base64'), iv, { authTagLength: tagBytes })
  cipher.setAAD(Buffer.from(`${purpose} ${account}`, 'utf8'))
  const sealed = [cipher.update(deflateRawSync(inside)), cipher.final()]
  const message = Buffer.concat([number, iv, ...sealed, cipher.getAuthTag()]).toString('base64url')
  return message.length > longestSealedMessage ? null : message
}

/** The text again; null for whatever was not sealed here for this account. */
export function openMessage(message: string, account: string, keys: readonly RingKey[]): string | null {
  if (message.length > longestSealedMessage || !/^[\w-]+$/.test(message)) return null
  const bytes = Buffer.from(message, 'base64url')
  if (bytes.length < 6 + ivBytes + tagBytes || bytes.toString('base64url') !== message) return null
  const number = bytes.readUIntBE(0, 6)
  const key = keys.find(({ id }) => Number(id) === number)
  if (key === undefined) return null
  try {
    const iv = bytes.subarray(6, 6 + ivBytes)
    const decipher = createDecipheriv('aes-256-gcm', Buffer.from(key.secret, 'base64'), iv, { authTagLength: tagBytes })
    decipher.setAAD(Buffer.from(`${purpose} ${account}`, 'utf8'))
    decipher.setAuthTag(bytes.subarray(-tagBytes))
    const inside = Buffer.concat([decipher.update(bytes.subarray(6 + ivBytes, -tagBytes)), decipher.final()])
    return inflateRawSync(inside, { maxOutputLength: largestMessage }).toString('utf8')
  } catch {
    return null
  }
}
