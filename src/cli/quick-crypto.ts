/*
 * What signing a few short requests takes of `node:crypto`: the bundler puts it in that module's place for `check`. Loading the
 * whole of `node:crypto` takes longer than all else that is done between the start and the request, and plain HTTP has no
 * other need of it. Everything but SHA-256 of short inputs is left to `node:crypto`, loaded then.
 */
import type * as Whole from 'node:crypto'

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

/** The first 32 bits of the fractional parts of the square roots of the first primes, and of their cube roots (FIPS 180-4, 5.3.3 and 4.2.2). */
// biome-ignore format: a table
const start = Int32Array.of(
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
)
// biome-ignore format: a table
const rounds = Int32Array.of(
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
)
const words = new Int32Array(64)

/** FIPS 180-4, 6.2. */
function sha256(bytes: Uint8Array): Buffer {
  const state = start.slice()
  const padded = Buffer.alloc(blockBytes * Math.ceil((bytes.length + 9) / blockBytes))
  padded.set(bytes)
  padded[bytes.length] = 0x80
  // The length in bits; of short inputs it fits into 32.
  padded.writeUInt32BE(bytes.length * 8, padded.length - 4)
  for (let from = 0; from < padded.length; from += blockBytes) mixBlock(state, padded, from)
  const digest = Buffer.alloc(32)
  for (let at = 0; at < 8; at += 1) digest.writeInt32BE(state[at]!, 4 * at)
  return digest
}

function mixBlock(state: Int32Array, bytes: Uint8Array, from: number): void {
  for (let at = 0; at < 16; at += 1) {
    const byte = from + 4 * at
    words[at] = (bytes[byte]! << 24) | (bytes[byte + 1]! << 16) | (bytes[byte + 2]! << 8) | bytes[byte + 3]!
  }
  for (let at = 16; at < 64; at += 1) {
    const far = words[at - 15]!
    const near = words[at - 2]!
    const first = ((far >>> 7) | (far << 25)) ^ ((far >>> 18) | (far << 14)) ^ (far >>> 3)
    const second = ((near >>> 17) | (near << 15)) ^ ((near >>> 19) | (near << 13)) ^ (near >>> 10)
    words[at] = words[at - 16]! + first + words[at - 7]! + second
  }
  let a = state[0]!
  let b = state[1]!
  let c = state[2]!
  let d = state[3]!
  let e = state[4]!
  let f = state[5]!
  let g = state[6]!
  let h = state[7]!
  for (let at = 0; at < 64; at += 1) {
    const turnedE = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))
    const first = (h + turnedE + ((e & f) ^ (~e & g)) + rounds[at]! + words[at]!) | 0
    const turnedA = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))
    h = g
    g = f
    f = e
    e = (d + first) | 0
    d = c
    c = b
    b = a
    a = (first + turnedA + ((b & c) ^ (b & d) ^ (c & d))) | 0
  }
  state[0]! += a
  state[1]! += b
  state[2]! += c
  state[3]! += d
  state[4]! += e
  state[5]! += f
  state[6]! += g
  state[7]! += h
}
