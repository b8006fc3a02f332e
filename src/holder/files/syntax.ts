/**
 * The one lossless syntax of the AWS config and credentials files. Every byte of the input stands in exactly one line of the
 * document, so that `renderIni(parseIni(bytes))` gives the same bytes, whatever they are. What a line *means* is decided by a
 * dialect (`dialects/`): no two SDKs agree about that.
 */
export interface IniDocument {
  /** How bytes became text. `latin1` is the fallback that loses nothing when the bytes are not UTF-8. */
  readonly encoding: 'utf-8' | 'latin1'
  /** All of it, without the byte order mark. */
  readonly text: string
  readonly lines: readonly IniLine[]
  /** What is odd about the bytes themselves. */
  readonly oddities: readonly ByteOddity[]
  /** The same lines in stretches: plain sections, and what lies between them. */
  readonly stretches: readonly Stretch[]
  /** One line by its index, without the making of all others. */
  line(index: number): IniLine
  /** Where in `text` a line begins; the length of it behind the last one. */
  offset(index: number): number
}

/** What a document holds, without the ways to look at it. */
export type IniContent = Pick<IniDocument, 'encoding' | 'lines' | 'oddities'>

/**
 * Lines from `start` to before `end` (indexes). Of thousands of profiles nearly all are plain, so that a dialect can take them as
 * they are and read the one or two that are asked for.
 */
export interface Stretch {
  /**
   * The header's text when this is a section about which no two dialects can differ: the header ends its line; every other line
   * is empty, a comment, or `key = value` from the first column on; no key stands twice, whatever its case; all is printable
   * ASCII. Null for other lines.
   */
  readonly name: string | null
  readonly start: number
  readonly end: number
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
  const document = new SplitText(marked ? text.slice(1) : text, encoding, oddities)
  if (marked) oddities.push({ kind: 'byte-order-mark', line: 1, column: 1 })
  if (looksLikeUtf16(bytes)) {
    oddities.push({ kind: 'utf-16', line: 1, column: 1 })
  } else {
    if (badOffset !== null) oddities.push({ kind: 'not-utf-8', ...document.placeOf(badOffset) })
    const nul = text.indexOf('\0')
    if (nul >= 0) oddities.push({ kind: 'nul-byte', ...document.placeOf(marked ? nul - 1 : nul) })
  }
  return document
}

/** Document to bytes: the inverse of `parseIni`. */
export function renderIni(document: IniContent): Uint8Array {
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

/** The text with the places where its lines begin; lines and stretches are made when they are asked for. */
class SplitText implements IniDocument {
  readonly encoding: IniDocument['encoding']
  readonly oddities: readonly ByteOddity[]
  readonly text: string
  readonly #starts: readonly number[]
  #lines: readonly IniLine[] | null = null
  #stretches: readonly Stretch[] | null = null

  constructor(text: string, encoding: IniDocument['encoding'], oddities: readonly ByteOddity[]) {
    this.encoding = encoding
    this.oddities = oddities
    this.text = text
    this.#starts = lineStarts(text)
  }

  get lines(): readonly IniLine[] {
    this.#lines ??= this.#starts.map((_, index) => this.line(index))
    return this.#lines
  }

  get stretches(): readonly Stretch[] {
    this.#stretches ??= stretchesOf(this.text, this.#starts)
    return this.#stretches
  }

  line(index: number): IniLine {
    const start = this.#starts[index]!
    const next = this.#starts[index + 1] ?? this.text.length
    const end = endOfLine(this.text, start, next)
    return {
      number: index + 1,
      text: this.text.slice(start, end),
      ending: this.text.slice(end, next) as IniLine['ending'],
    }
  }

  offset(index: number): number {
    return this.#starts[index] ?? this.text.length
  }

  placeOf(offset: number): { readonly line: number; readonly column: number } {
    const index = this.#starts.findLastIndex((start) => start <= offset)
    return index < 0 ? { line: 1, column: 1 } : { line: index + 1, column: offset - this.#starts[index]! + 1 }
  }
}

const feed = 0x0a
const carriage = 0x0d

function lineStarts(text: string): readonly number[] {
  const starts: number[] = []
  let start = 0
  // One of each is remembered, so that a text without `\r` is not searched for it again and again.
  let feedAt = text.indexOf('\n')
  let carriageAt = text.indexOf('\r')
  while (feedAt >= 0 || carriageAt >= 0) {
    starts.push(start)
    const end = carriageAt < 0 || (feedAt >= 0 && feedAt < carriageAt) ? feedAt : carriageAt
    start = end + (end !== feedAt && feedAt === carriageAt + 1 ? 2 : 1)
    if (feedAt >= 0 && feedAt < start) feedAt = text.indexOf('\n', start)
    if (carriageAt >= 0 && carriageAt < start) carriageAt = text.indexOf('\r', start)
  }
  if (start < text.length) starts.push(start)
  return starts
}

/** Where the ending of a line begins. */
function endOfLine(text: string, start: number, next: number): number {
  let end = next
  if (end > start && text.charCodeAt(end - 1) === feed) end -= 1
  if (end > start && text.charCodeAt(end - 1) === carriage && (end === next || text.charCodeAt(end) === feed)) end -= 1
  return end
}

/** Printable, but none of `" # ' ; [ \ ]`. */
const headerPattern = String.raw`\[[ !$-&(-:<-Z^-~]+\](?:\r?\n|$)`
const linePattern = String.raw`(?:[#;][\t -~]*|\w+[ \t]*=[\t -~]*)?(?:\r?\n|$)`
/** Sixty-four lines are more than any profile has; the bound keeps the search linear. */
const plainPattern = new RegExp(`${headerPattern}(?:(?!$|\\[)${linePattern}){0,64}(?=${headerPattern}|$)`, 'y')
const repeatedKey = /^(\w+)[ \t]*=(?:[\s\S]*\n)?\1[ \t]*=/m

function stretchesOf(text: string, starts: readonly number[]): readonly Stretch[] {
  const stretches: Stretch[] = []
  let open = 0
  for (let at = 0; at < starts.length; ) {
    const start = starts[at]!
    plainPattern.lastIndex = start
    if (text.charCodeAt(start) !== 0x5b || !plainPattern.test(text)) {
      at += 1
      continue
    }
    const behind = plainPattern.lastIndex
    let end = at + 1
    while (end < starts.length && starts[end]! < behind) end += 1
    if (!repeatedKey.test(text.slice(start, behind).toLowerCase())) {
      if (open < at) stretches.push({ name: null, start: open, end: at })
      stretches.push({ name: text.slice(start + 1, text.indexOf(']', start)), start: at, end })
      open = end
    }
    at = end
  }
  if (open < starts.length) stretches.push({ name: null, start: open, end: starts.length })
  return stretches
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
