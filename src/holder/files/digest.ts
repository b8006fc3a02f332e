const blockBytes = 64

/**
 * SHA-1 and SHA-256 of a text's UTF-8 bytes, in lower-case hexadecimal: the names of the cache files of `aws sso login` and
 * `aws login` are made of them. Written out here because `node:crypto` takes a fifth of a whole offline run to load; for the same
 * reason `check` signs its few short questions with the second (`cli/quick-crypto.ts`). Source: FIPS 180-4.
 */
export function sha1Hex(text: string): string {
  const state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0]
  const words = new Array<number>(80)
  for (const block of blocksOf(text)) {
    for (let at = 0; at < 16; at += 1) words[at] = block.getUint32(4 * at)
    for (let at = 16; at < 80; at += 1) {
      words[at] = left(words[at - 3]! ^ words[at - 8]! ^ words[at - 14]! ^ words[at - 16]!, 1)
    }
    let [a, b, c, d, e] = state as [number, number, number, number, number]
    for (let at = 0; at < 80; at += 1) {
      const [mixed, constant] = sha1Round(at, b, c, d)
      const next = (left(a, 5) + mixed + e + constant + words[at]!) | 0
      e = d
      d = c
      c = left(b, 30)
      b = a
      a = next
    }
    for (const [index, value] of [a, b, c, d, e].entries()) state[index] = (state[index]! + value) | 0
  }
  return hexOf(state)
}

function sha1Round(at: number, b: number, c: number, d: number): readonly [mixed: number, constant: number] {
  if (at < 20) return [(b & c) | (~b & d), 0x5a827999]
  if (at < 40) return [b ^ c ^ d, 0x6ed9eba1]
  if (at < 60) return [(b & c) | (b & d) | (c & d), 0x8f1bbcdc]
  return [b ^ c ^ d, 0xca62c1d6]
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

/** The 32 bytes of SHA-256. Source: FIPS 180-4, 6.2. */
export function sha256(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const state = start.slice()
  const padded = paddedBytes(bytes)
  for (let from = 0; from < padded.length; from += blockBytes) mixBlock(state, padded, from)
  const digest = new Uint8Array(32)
  const view = new DataView(digest.buffer)
  for (let at = 0; at < 8; at += 1) view.setInt32(4 * at, state[at]!)
  return digest
}

/** See `sha1Hex`. */
export function sha256Hex(text: string): string {
  return Array.from(sha256(new TextEncoder().encode(text)), (byte) => byte.toString(16).padStart(2, '0')).join('')
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

/** The text in blocks of 64 bytes. */
function blocksOf(text: string): readonly DataView[] {
  const padded = paddedBytes(new TextEncoder().encode(text))
  return Array.from(
    { length: padded.length / blockBytes },
    (_, index) => new DataView(padded.buffer, blockBytes * index, blockBytes),
  )
}

/** With the padding, and the length in bits at the end (FIPS 180-4, 5.1.1). */
function paddedBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const padded = new Uint8Array(blockBytes * Math.ceil((bytes.length + 9) / blockBytes))
  padded.set(bytes)
  padded[bytes.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setUint32(padded.length - 8, Math.floor(bytes.length / 2 ** 29))
  view.setUint32(padded.length - 4, bytes.length << 3)
  return padded
}

function left(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits))
}

function hexOf(words: readonly number[]): string {
  return words.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
}
