/**
 * SHA-1 and SHA-256 of a text's UTF-8 bytes, in lower-case hexadecimal: the names of the cache files of `aws sso login` and
 * `aws login` are made of them. Written out here because `node:crypto` takes a fifth of a whole offline run to load.
 * Nothing secret is hashed. Source: FIPS 180-4.
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

/** See `sha1Hex`. */
export function sha256Hex(text: string): string {
  const { roots, cubeRoots } = sha256Constants()
  const state = [...roots]
  const words = new Array<number>(64)
  for (const block of blocksOf(text)) {
    for (let at = 0; at < 16; at += 1) words[at] = block.getUint32(4 * at)
    for (let at = 16; at < 64; at += 1) {
      const [far, near] = [words[at - 15]!, words[at - 2]!]
      const first = right(far, 7) ^ right(far, 18) ^ (far >>> 3)
      const second = right(near, 17) ^ right(near, 19) ^ (near >>> 10)
      words[at] = (words[at - 16]! + first + words[at - 7]! + second) | 0
    }
    let [a, b, c, d, e, f, g, h] = state as [number, number, number, number, number, number, number, number]
    for (let at = 0; at < 64; at += 1) {
      const choice = (e & f) ^ (~e & g)
      const majority = (a & b) ^ (a & c) ^ (b & c)
      const first = (h + (right(e, 6) ^ right(e, 11) ^ right(e, 25)) + choice + cubeRoots[at]! + words[at]!) | 0
      const second = ((right(a, 2) ^ right(a, 13) ^ right(a, 22)) + majority) | 0
      h = g
      g = f
      f = e
      e = (d + first) | 0
      d = c
      c = b
      b = a
      a = (first + second) | 0
    }
    for (const [index, value] of [a, b, c, d, e, f, g, h].entries()) state[index] = (state[index]! + value) | 0
  }
  return hexOf(state)
}

/** The first 32 bits of the fractional parts of square and cube roots of the first primes (FIPS 180-4, 4.2.2 and 5.3.3). */
function sha256Constants(): { readonly roots: readonly number[]; readonly cubeRoots: readonly number[] } {
  const primes: number[] = []
  for (let number = 2; primes.length < 64; number += 1) {
    if (primes.every((prime) => number % prime !== 0)) primes.push(number)
  }
  const fraction = (root: number): number => ((root - Math.floor(root)) * 2 ** 32) | 0
  return {
    roots: primes.slice(0, 8).map((p) => fraction(Math.sqrt(p))),
    cubeRoots: primes.map((p) => fraction(Math.cbrt(p))),
  }
}

/** The text in blocks of 64 bytes, with the padding and the length in bits at the end. */
function blocksOf(text: string): readonly DataView[] {
  const bytes = new TextEncoder().encode(text)
  const padded = new Uint8Array(64 * Math.ceil((bytes.length + 9) / 64))
  padded.set(bytes)
  padded[bytes.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setUint32(padded.length - 8, Math.floor(bytes.length / 2 ** 29))
  view.setUint32(padded.length - 4, bytes.length << 3)
  return Array.from({ length: padded.length / 64 }, (_, index) => new DataView(padded.buffer, 64 * index, 64))
}

function left(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits))
}

function right(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits))
}

function hexOf(words: readonly number[]): string {
  return words.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
}
