/**
 * The one lossless syntax of the AWS config and credentials files. Every byte of the input stands in exactly one line of the
 * document, so that `renderIni(parseIni(bytes))` gives the same bytes, whatever they are. What a line *means* is decided by a
 * dialect (`dialects/`): no two SDKs agree about that.
 */
export interface IniDocument {
  /** How bytes became text. `latin1` is the fallback that loses nothing when the bytes are not UTF-8. */
  readonly encoding: 'utf-8' | 'latin1'
  readonly lines: readonly IniLine[]
  /** What is odd about the bytes themselves. */
  readonly oddities: readonly ByteOddity[]
}

export interface IniLine {
  /** 1-based, as editors count: `\n`, `\r\n` and a lone `\r` each end a line. */
  readonly number: number
  /** The line without its ending; on line 1 without the byte order mark. */
  readonly text: string
  readonly ending: '' | '\n' | '\r\n' | '\r'
}

interface ByteOddity {
  readonly kind: 'byte-order-mark' | 'utf-16' | 'not-utf-8' | 'nul-byte'
  /** Where it is first seen. */
  readonly line: number
  readonly column: number
}

const mark = '\uFEFF'
const byteLimit = 16 * 1024 * 1024
const lineLimit = 1_000_000

/** Why bytes are too many to be read as one of these files, in plain words; null when they are not. */
export function sizeRefusal(bytes: Uint8Array): string | null {
  if (bytes.length > byteLimit) return `${bytes.length} bytes; AWS files above 16 MiB are not read`
  let count = 0
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count += 1
  for (let at = bytes.indexOf(13); at >= 0; at = bytes.indexOf(13, at + 1)) count += 1
  return count > lineLimit ? `${count} line endings; AWS files with more than ${lineLimit} are not read` : null
}

/** Bytes to document, in linear time. Never throws. */
export function parseIni(bytes: Uint8Array): IniDocument {
  const { text, encoding, badOffset } = decode(bytes)
  const oddities: ByteOddity[] = []
  const marked = text.startsWith(mark)
  const lines = split(marked ? text.slice(1) : text)
  if (marked) oddities.push({ kind: 'byte-order-mark', line: 1, column: 1 })
  if (looksLikeUtf16(bytes)) {
    oddities.push({ kind: 'utf-16', line: 1, column: 1 })
  } else {
    if (badOffset !== null) oddities.push({ kind: 'not-utf-8', ...placeOf(lines, badOffset) })
    const nul = text.indexOf('\0')
    if (nul >= 0) oddities.push({ kind: 'nul-byte', ...placeOf(lines, marked ? nul - 1 : nul) })
  }
  return { encoding, lines, oddities }
}

/** Document to bytes: the inverse of `parseIni`. */
export function renderIni(document: IniDocument): Uint8Array {
  const parts: string[] = []
  if (document.oddities.some(({ kind }) => kind === 'byte-order-mark')) parts.push(mark)
  for (const { text, ending } of document.lines) parts.push(text, ending)
  const text = parts.join('')
  if (document.encoding === 'utf-8') return new TextEncoder().encode(text)
  const bytes = new Uint8Array(text.length)
  for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at)
  return bytes
}

function decode(bytes: Uint8Array): {
  readonly text: string
  readonly encoding: IniDocument['encoding']
  readonly badOffset: number | null
} {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    return { text, encoding: 'utf-8', badOffset: null }
  } catch {
    return { text: latin1(bytes), encoding: 'latin1', badOffset: firstBadByte(bytes) }
  }
}

function latin1(bytes: Uint8Array): string {
  const parts: string[] = []
  for (let at = 0; at < bytes.length; at += 8192) parts.push(String.fromCharCode(...bytes.subarray(at, at + 8192)))
  return parts.join('')
}

/** The offset of the first byte that is not part of a well-formed UTF-8 sequence (Unicode 15, table 3-7). */
function firstBadByte(bytes: Uint8Array): number {
  const at = (index: number, low: number, high: number): boolean => bytes[index]! >= low && bytes[index]! <= high
  let index = 0
  while (index < bytes.length) {
    const lead = bytes[index]!
    if (lead < 0x80) index += 1
    else if (lead >= 0xc2 && lead <= 0xdf && at(index + 1, 0x80, 0xbf)) index += 2
    else if (
      lead >= 0xe0 &&
      lead <= 0xef &&
      at(index + 1, lead === 0xe0 ? 0xa0 : 0x80, lead === 0xed ? 0x9f : 0xbf) &&
      at(index + 2, 0x80, 0xbf)
    ) {
      index += 3
    } else if (
      lead >= 0xf0 &&
      lead <= 0xf4 &&
      at(index + 1, lead === 0xf0 ? 0x90 : 0x80, lead === 0xf4 ? 0x8f : 0xbf) &&
      at(index + 2, 0x80, 0xbf) &&
      at(index + 3, 0x80, 0xbf)
    ) {
      index += 4
    } else {
      return index
    }
  }
  return bytes.length
}

function split(text: string): readonly IniLine[] {
  const lines: IniLine[] = []
  let start = 0
  let number = 1
  // One of each is remembered, so that a text without `\r` is not searched for it again and again.
  let feed = text.indexOf('\n')
  let carriage = text.indexOf('\r')
  while (feed >= 0 || carriage >= 0) {
    const end = carriage < 0 || (feed >= 0 && feed < carriage) ? feed : carriage
    const ending = end === feed ? '\n' : feed === carriage + 1 ? '\r\n' : '\r'
    lines.push({ number, text: text.slice(start, end), ending })
    start = end + ending.length
    number += 1
    if (feed >= 0 && feed < start) feed = text.indexOf('\n', start)
    if (carriage >= 0 && carriage < start) carriage = text.indexOf('\r', start)
  }
  if (start < text.length) lines.push({ number, text: text.slice(start), ending: '' })
  return lines
}

function placeOf(lines: readonly IniLine[], offset: number): { readonly line: number; readonly column: number } {
  let start = 0
  for (const { number, text, ending } of lines) {
    const next = start + text.length + ending.length
    if (offset < next) return { line: number, column: offset - start + 1 }
    start = next
  }
  return { line: Math.max(lines.length, 1), column: 1 }
}

/** By its mark, or by the zero bytes that ASCII text has in every second place. */
function looksLikeUtf16(bytes: Uint8Array): boolean {
  const [first, second] = bytes
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true
  const sample = bytes.subarray(0, 64)
  if (sample.length < 4) return false
  const zeros = [0, 0]
  sample.forEach((byte, index) => {
    if (byte === 0) zeros[index % 2]! += 1
  })
  const half = Math.floor(sample.length / 2)
  return (zeros[0] === 0 && zeros[1]! >= half) || (zeros[1] === 0 && zeros[0]! >= half)
}
