const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
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
    if (digit < 0) return { bytes: bytes.subarray(0, written), problem: 'altered', at }
    group = (group << 6) | digit
    if (++count === 4) {
      bytes[written++] = group >> 16
      bytes[written++] = (group >> 8) & 0xff
      bytes[written++] = group & 0xff
      group = 0
      count = 0
    }
  }
  if (count === 1) return { bytes: bytes.subarray(0, written), problem: 'cut', at: end }
  if (count === 2) bytes[written++] = group >> 4
  if (count === 3) {
    bytes[written++] = group >> 10
    bytes[written++] = (group >> 2) & 0xff
  }
  // Padding is optional, but one that does not fit the text was put there by another hand.
  if (end < text.length && (end + (text.length - end)) % 4 !== 0) {
    return { bytes: bytes.subarray(0, written), problem: 'altered', at: end }
  }
  return { bytes: bytes.subarray(0, written), problem: null, at: text.length }
}

/** Base64 with padding. */
export function writeBase64(bytes: Uint8Array): string {
  let text = ''
  let at = 0
  for (; at + 2 < bytes.length; at += 3) {
    const group = ((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number)
    text += alphabet[group >> 18]
    text += alphabet[(group >> 12) & 63]
    text += alphabet[(group >> 6) & 63]
    text += alphabet[group & 63]
  }
  if (at === bytes.length) return text
  const first = bytes[at] as number
  const second = bytes[at + 1] ?? 0
  text += alphabet[first >> 2]
  text += alphabet[((first & 3) << 4) | (second >> 4)]
  return `${text}${at + 1 < bytes.length ? alphabet[(second & 15) << 2] : '='}=`
}
