import { holdsAt } from './bytes.ts'
import { type Head, HeadReader, type Use, uses } from './head.ts'

/** A request that was read whole. */
export interface UsualRequest {
  readonly head: Head
  readonly body: Buffer
  /** What came after it; empty as a rule. */
  readonly rest: Buffer
}

/** An SDK's POST is far below, with a session token and policies in it. */
const largestHead = 16_384
const largestBody = 16_384
const mostHeaders = 100
const longestName = 64

const start = Buffer.from('POST / HTTP/1.1\r\n')

/**
 * Reads an HTTP/1.1 request in the form in which nearly all calls come: `POST /`, the length of its body counted, nothing asked of
 * the connection. Only what can be read in one way is read: each line a token, a colon, one space, and printable ASCII that does
 * not end in a space (RFC 9112 §5, narrowed). `unfinished`: so far it is of that form, and the body is not there whole; null: a
 * general parser has to read it, and to say what is wrong with it.
 */
export function readUsual(bytes: Buffer): UsualRequest | 'unfinished' | null {
  const end = holdsAt(bytes, 0, start) ? bytes.indexOf('\r\n\r\n') : -1
  if (end < 0 || end + 4 > largestHead) return null
  // Parts of a text keep the whole of it in memory, so the body is no part of it.
  const text = bytes.toString('latin1', 0, end)
  const head = new HeadReader()
  let counted = false
  let at = start.length
  while (at < end + 2) {
    const colon = endOfName(bytes, at)
    const lineEnd = colon < 0 ? -1 : endOfValue(bytes, colon + 1)
    if (lineEnd < 0 || head.headers.length === mostHeaders) return null
    const name = nameAt(bytes, at, colon)
    const value = text.slice(colon + 2, lineEnd)
    switch (name.framing) {
      case 'length':
        if (counted || !/^\d{1,5}$/.test(value)) return null
        counted = true
        break
      case 'connection':
        if (!/^keep-alive$/i.test(value)) return null
        break
      case 'other':
        return null
    }
    head.add(name.lower, value, name.use)
    at = lineEnd + 2
  }
  if (!counted || head.bodyLength > largestBody) return null
  const bodyAt = end + 4
  const restAt = bodyAt + head.bodyLength
  if (bytes.length < restAt) return 'unfinished'
  return { head, body: bytes.subarray(bodyAt, restAt), rest: bytes.subarray(restAt) }
}

// What follows looks at bytes, for V8 reads the characters of a text from a socket at a third of the speed.

const space = 0x20
const lastPrintable = 0x7e
const carriageReturn = 0x0d
const lineFeed = 0x0a
const colonSign = 0x3a

function endOfName(bytes: Uint8Array, from: number): number {
  const most = Math.min(bytes.length, from + longestName)
  for (let at = from; at < most; at++) if (bytes[at] === colonSign) return at === from ? -1 : at
  return -1
}

/** Where the line ends whose value follows the space at `from`; -1 unless it is a usual one. */
function endOfValue(bytes: Uint8Array, from: number): number {
  const last = bytes.length - 1
  let at = from
  while (at < last && bytes[at]! >= space && bytes[at]! <= lastPrintable) at++
  if (at >= last || bytes[at] !== carriageReturn || bytes[at + 1] !== lineFeed) return -1
  const isTrimmed = bytes[from] === space && at > from + 1 && bytes[from + 1] !== space && bytes[at - 1] !== space
  return isTrimmed ? at : -1
}

interface Name {
  readonly sent: Uint8Array
  readonly lower: string
  readonly use: Use | undefined
  /** What it says of where the message ends, or asks of the connection (RFC 9110 §7.6.1, §10.1); also for what is no name at all. */
  readonly framing: 'length' | 'connection' | 'other' | undefined
}

const framings: ReadonlyMap<string, Name['framing']> = new Map([
  ['content-length', 'length'],
  ['connection', 'connection'],
  ...[
    'transfer-encoding',
    'te',
    'trailer',
    'expect',
    'upgrade',
    'keep-alive',
    'proxy-connection',
    'http2-settings',
  ].map((name) => [name, 'other'] as const),
])

/** Names that were read before: the same few come with every request, and comparing one costs less than making and looking at it. */
const names: Name[] = []
const places = 256

function nameAt(bytes: Buffer, at: number, end: number): Name {
  const place = (bytes[at]! * 7 + (end - at) * 31 + bytes[end - 1]!) % places
  const known = names[place]
  if (known !== undefined && known.sent.length === end - at && holdsAt(bytes, at, known.sent)) return known
  const sent = Uint8Array.from(bytes.subarray(at, end))
  const name = bytes.toString('latin1', at, end)
  const lower = name.toLowerCase()
  const isToken = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name)
  return (names[place] = { sent, lower, use: uses.get(lower), framing: isToken ? framings.get(lower) : 'other' })
}
