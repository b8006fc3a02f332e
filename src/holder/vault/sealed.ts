import { xchacha20poly1305 } from '@noble/ciphers/chacha.js'

/*
 * XChaCha20-Poly1305 (RFC 8439; draft-irtf-cfrg-xchacha-03 for the long nonce, which may be drawn at random) in plain JavaScript:
 * loading `node:crypto` takes a quarter of an empty Node's start, and `process` is run before each call of an SDK.
 */

export const sealingKeyBytes = 32
const nonceBytes = 24
const tagBytes = 16
const head = new TextEncoder().encode('countersign sealed 1\n')

/**
 * Seals bytes under a key of 32 bytes: the head, a nonce of 24 random bytes, and what was sealed with its tag. `about` is bound to it:
 * only who names the same can open it.
 */
export async function seal(key: Uint8Array, plain: Uint8Array, about: string): Promise<Uint8Array> {
  const nonce = await randomBytes(nonceBytes)
  const sealed = xchacha20poly1305(key, nonce, new TextEncoder().encode(about)).encrypt(plain)
  const bytes = new Uint8Array(head.length + nonceBytes + sealed.length)
  bytes.set(head)
  bytes.set(nonce, head.length)
  bytes.set(sealed, head.length + nonceBytes)
  return bytes
}

/** Opens what `seal` gave; null when it is something else, was cut or changed, or is about another thing or of another key. */
export function open(key: Uint8Array, bytes: Uint8Array, about: string): Uint8Array | null {
  if (key.length !== sealingKeyBytes || bytes.length < head.length + nonceBytes + tagBytes) return null
  if (head.some((byte, at) => bytes[at] !== byte)) return null
  const nonce = bytes.subarray(head.length, head.length + nonceBytes)
  try {
    return xchacha20poly1305(key, nonce, new TextEncoder().encode(about)).decrypt(
      bytes.subarray(head.length + nonceBytes),
    )
  } catch {
    return null
  }
}

export async function randomBytes(count: number): Promise<Uint8Array> {
  const { randomBytes: draw } = await import('node:crypto')
  return new Uint8Array(draw(count))
}
