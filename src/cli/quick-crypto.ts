/*
 * What signing a few short requests takes of `node:crypto`: the bundler puts it in that module's place for `check`. Loading the
 * whole of `node:crypto` takes longer than all else that is done between the start and the request, and plain HTTP has no
 * other need of it. Everything but SHA-256 of short inputs is left to `node:crypto`, loaded then.
 */
import type * as Whole from 'node:crypto'
import { sha256 as digestOf } from '../holder/files/digest.ts'

/** What is longer is hashed by `node:crypto` in less time than it takes to load it. */
const mostBytes = 32 * 1024

let loaded: typeof Whole | undefined

function whole(): typeof Whole {
  loaded ??= process.getBuiltinModule('node:crypto')
  return loaded
}

/** As `crypto.hash`. */
export function hash(algorithm: string, data: string | Uint8Array, encoding: 'hex' | 'latin1'): string {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data
  return algorithm === 'sha256' && bytes.length <= mostBytes
    ? sha256(bytes).toString(encoding)
    : whole().hash(algorithm, bytes, encoding)
}

/** As `crypto.createHmac`, of what is used of it: one text, and the digest as bytes. */
export function createHmac(algorithm: string, key: string | Uint8Array) {
  return {
    update: (text: string) => ({
      digest(): Buffer {
        const bytes = Buffer.from(text)
        const length = typeof key === 'string' ? Buffer.byteLength(key) : key.length
        return algorithm === 'sha256' && length + bytes.length <= mostBytes
          ? hmacSha256(typeof key === 'string' ? Buffer.from(key) : key, bytes)
          : whole().createHmac(algorithm, key).update(bytes).digest()
      },
    }),
  }
}

export const createECDH: typeof Whole.createECDH = (...given) => whole().createECDH(...given)
export const createPrivateKey: typeof Whole.createPrivateKey = (...given) => whole().createPrivateKey(...given)
export const createPublicKey: typeof Whole.createPublicKey = (...given) => whole().createPublicKey(...given)
export const timingSafeEqual: typeof Whole.timingSafeEqual = (...given) => whole().timingSafeEqual(...given)
export const sign = (...given: Parameters<typeof Whole.sign>) => whole().sign(...given)
export const verify = (...given: Parameters<typeof Whole.verify>) => whole().verify(...given)

const blockBytes = 64

/** RFC 2104. */
function hmacSha256(key: Uint8Array, text: Uint8Array): Buffer {
  const short = key.length > blockBytes ? sha256(key) : key
  const inner = Buffer.alloc(blockBytes + text.length, 0x36)
  const outer = Buffer.alloc(blockBytes + 32, 0x5c)
  for (let at = 0; at < short.length; at += 1) {
    inner[at]! ^= short[at]!
    outer[at]! ^= short[at]!
  }
  inner.set(text, blockBytes)
  outer.set(sha256(inner), blockBytes)
  return sha256(outer)
}

function sha256(bytes: Uint8Array): Buffer {
  const digest = digestOf(bytes)
  return Buffer.from(digest.buffer, digest.byteOffset, digest.length)
}
