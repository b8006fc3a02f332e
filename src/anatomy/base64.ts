const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const letters = new TextEncoder().encode(alphabet)
const ascii = new TextDecoder()
const digits = new Int8Array(128).fill(-1)
for (let index = 0; index < alphabet.length; index++) digits[alphabet.charCodeAt(index)] = index

export interface Base64Reading {
  /** Everything up to the first problem. */
  readonly bytes: Uint8Array
  /**
   * `cut`: the text ends inside a group that cannot be complete. `altered`: a character that cannot stand where it stands.
   * `null`: the whole text was read; missing padding is no problem.
   */
  readonly problem: 'cut' | 'altered' | null
  /** Offset of the problem in characters; the text's length when there is none. */
  readonly at: number
  /** The bytes have this one spelling only: padded, and the bits that padding leaves over are zero. */
  readonly canonical: boolean
}

/** Reads base64 (RFC 4648 §4) as far as it goes. Never throws. */
export function readBase64(text: string): Base64Reading {
  let end = text.length
  while (end > 0 && text.length - end < 2 && text.charCodeAt(end - 1) === 0x3d) end--
  const bytes = new Uint8Array(Math.floor((end * 3) / 4))
  let written = 0
  let group = 0
  let count = 0
  for (let at = 0; at < end; at++) {
    const digit = digits[text.charCodeAt(at)] ?? -1
    if (digit < 0) return { bytes: bytes.subarray(0, written), problem: 'altered', at, canonical: false }
    group = (group << 6) | digit
    if (++count === 4) {
      bytes[written++] = group >> 16
      bytes[written++] = (group >> 8) & 0xff
      bytes[written++] = group & 0xff
      group = 0
      count = 0
    }
  }
  if (count === 1) return { bytes: bytes.subarray(0, written), problem: 'cut', at: end, canonical: false }
  if (count === 2) bytes[written++] = group >> 4
  if (count === 3) {
    bytes[written++] = group >> 10
    bytes[written++] = (group >> 2) & 0xff
  }
  // Padding is optional, and may be half there; more of it than the text can need was put there by another hand.
  if (text.length - end > (4 - count) % 4) {
    return { bytes: bytes.subarray(0, written), problem: 'altered', at: end, canonical: false }
  }
  const leftOver = count === 2 ? group & 15 : count === 3 ? group & 3 : 0
  return {
    bytes: bytes.subarray(0, written),
    problem: null,
    at: text.length,
    canonical: text.length % 4 === 0 && leftOver === 0,
  }
}

/** Base64 with padding. */
export function writeBase64(bytes: Uint8Array): string {
  const codes = new Uint8Array(Math.ceil(bytes.length / 3) * 4).fill(0x3d)
  let written = 0
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at
    const group =
      ((bytes[at] as number) << 16) |
      (left > 1 ? (bytes[at + 1] as number) << 8 : 0) |
      (left > 2 ? (bytes[at + 2] as number) : 0)
    codes[written] = letters[group >> 18] as number
    codes[written + 1] = letters[(group >> 12) & 63] as number
    if (left > 1) codes[written + 2] = letters[(group >> 6) & 63] as number
    if (left > 2) codes[written + 3] = letters[group & 63] as number
    written += 4
  }
  return ascii.decode(codes)
}
