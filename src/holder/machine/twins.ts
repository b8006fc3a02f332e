import { readBase64, writeBase64 } from '../../anatomy/base64.ts'
import { unwrapBase64 } from '../../anatomy/secret-access-key.ts'
import { readSessionToken } from '../../anatomy/session-token.ts'
import { isPublicWord } from './vocabulary.ts'

/** Gives that many fresh random bytes. */
export type RandomBytes = (count: number) => Uint8Array

/** What an earlier and a later text must share, in characters, for the later one to be told as its relation. */
const kinship = 8
/** Windows of a secret that are looked for in a bundle before it is written. */
const windowLength = 8

const prefixes = 'AKIA|ASIA|AIDA|AROA|AIPA|ANPA|ANVA|APKA|ASCA|AGPA|ABIA|ACCA'
const idLike = new RegExp(`(?:${prefixes})[A-Z0-9]{12,}`)
const wholeId = new RegExp(`^(?:(?:${prefixes})[A-Z0-9]{12,}|(?:${prefixes.toLowerCase()})[a-z0-9]{12,})$`)
const publicId = /EXAMPLE|X{8}|[A-Z]{4}(0?123456789|1234567890)/i

interface Pair {
  readonly real: string
  readonly twin: string
}

/**
 * Made-up values in the place of real ones, of the same shape and with the same relations among each other: equal values stay
 * equal, and whatever two values share in eight characters or more (a beginning, an end, a whole value inside another, all but
 * one letter) their twins share as well. What is made up comes from random bytes that are kept nowhere, so no twin leads back.
 *
 * Of ids the twin keeps the first and last four characters and the account, which every verdict names; of a session token what
 * stands unencrypted (its version, region, account and date); of a JWT the names of its claims; of base64 what it wraps.
 */
export class Twins {
  readonly #random: RandomBytes
  readonly #pairs: Pair[] = []
  readonly #grams = new Map<string, [pair: number, at: number][]>()
  readonly #whole = new Map<string, string>()
  /** What secret values mean, escapes undone, and the same of their twins. */
  readonly #values = new Map<string, Pair>()
  readonly #letters = new Map<string, string>()
  /** Every window of what was replaced as secret: none of them may stand in what is written. */
  readonly #windows = new Set<string>()

  /** The twin of a claim's value in a JWT: names of issuers that everybody knows may stay. */
  claim: (value: string) => string = (value) => this.#filled(value)

  constructor(random: RandomBytes) {
    this.#random = random
  }

  /** The twin of a value in a secret's place: everything but its signs and blanks is made up. */
  secret(value: string): string {
    const known = this.#whole.get(value)
    if (known !== undefined) return known
    const units = unitsOf(value)
    const plain = units.map(({ means }) => means).join('')
    const made = this.#ofPlain(plain)
    const isEncoded = units.some(({ text }) => text.length > 1)
    const twin =
      made.length === units.length ? units.map((unit, at) => written(unit, made[at]!, isEncoded)).join('') : made
    this.#whole.set(value, twin)
    this.#values.set(value, { real: plain, twin: made })
    this.#note(plain, made)
    return twin
  }

  /** The twin of an access key id or of another unique id of IAM. */
  id(value: string): string {
    if (publicId.test(value)) return value
    // The newer ids carry their account in the nine characters behind the prefix.
    const head = /[Q-Z2-7]/i.test(value[4] ?? '') ? 13 : 4
    return [...value]
      .map((letter, at) => (at < head || at >= value.length - 4 ? letter : this.#exchanged(letter)))
      .join('')
  }

  /** The twin of a word of a text: letters become letters, digits digits, and the same word in other case the same letters. */
  word(word: string): string {
    if (this.#whole.has(word) && word.length >= kinship) return this.secret(word)
    if (wholeId.test(word) && word.length >= 16) return this.id(word)
    const lower = word.toLowerCase()
    let twin = this.#whole.get(`\0${lower}`)
    if (twin === undefined) {
      do twin = this.#copied(lower, (at) => this.#alike(lower[at]!, /^(?=.*\d)(?=.*[a-f])[0-9a-f]{4,}$/.test(lower)))
      while (word.length > 2 && isPublicWord(twin))
      this.#whole.set(`\0${lower}`, twin)
    }
    return [...twin].map((letter, at) => (isUpper(word[at]!) ? letter.toUpperCase() : letter)).join('')
  }

  /** Whether a word has a twin by now, and so is the person's own. */
  hasWord(word: string): boolean {
    return this.#whole.has(`\0${word.toLowerCase()}`)
  }

  /** Whether a text holds a stretch of a value that was replaced before. */
  knows(text: string): boolean {
    for (let at = 0; at + kinship <= text.length; at += 1)
      if (this.#grams.has(text.slice(at, at + kinship))) return true
    return false
  }

  /** A text in which each stretch of a value that was replaced before is its twin, and what lies between is given over. */
  stretches(text: string, between: (part: string) => string): string {
    let out = ''
    let from = 0
    for (let at = 0; at + kinship <= text.length; ) {
      const twin = this.#longestAt(text, at)
      if (twin === '') at += 1
      else {
        out += between(text.slice(from, at)) + twin
        at += twin.length
        from = at
      }
    }
    return out + between(text.slice(from))
  }

  /** Offsets in a text at which part of a secret stands; none in what may be written. */
  leaksIn(text: string): readonly number[] {
    const found: number[] = []
    for (let at = 0; at + windowLength <= text.length; at += 1)
      if (this.#windows.has(text.slice(at, at + windowLength))) found.push(at)
    return found
  }

  /** Remembers that no part of a value may be written but for what its twin has as well; words that everybody knows may. */
  forbid(value: string): void {
    this.secret(value)
    const { real, twin } = this.#values.get(value)!
    const masked = maskedWords(real)
    for (let at = 0; at + windowLength <= real.length; at += 1) {
      const window = real.slice(at, at + windowLength)
      const alike = [...window].filter((letter, index) => twin[at + index] === letter).length
      // Half of it stands in the clear: the beginning and the end of a session token, the prefix of an id.
      const isTold = masked.slice(at, at + windowLength).includes('\0') || alike >= windowLength / 2
      if (/^[A-Za-z0-9+/]+$/.test(window) && !isTold) this.#windows.add(window)
    }
  }

  #note(real: string, twin: string): void {
    if (real.length < kinship || real.length !== twin.length) return
    const pair = this.#pairs.push({ real, twin }) - 1
    // Words that everybody knows stay wherever they stand: they make no two texts kin.
    const masked = maskedWords(real)
    for (let at = 0; at + kinship <= real.length; at += 1) {
      if (!/[^\0\W_]/.test(masked.slice(at, at + kinship))) continue
      const gram = real.slice(at, at + kinship)
      const places = this.#grams.get(gram)
      if (places === undefined) this.#grams.set(gram, [[pair, at]])
      else if (places.length < 8) places.push([pair, at])
    }
  }

  /** Copies what an earlier text has in common with this one from its twin, and makes up the rest. */
  #copied(plain: string, made: (at: number) => string): string {
    let twin = ''
    while (twin.length < plain.length) {
      const longest = this.#longestAt(plain, twin.length)
      twin += longest === '' ? made(twin.length) : longest
    }
    return twin
  }

  /** The twin of the longest stretch from there on that an earlier text has as well; empty when there is none. */
  #longestAt(plain: string, at: number): string {
    let longest = ''
    for (const [index, from] of this.#grams.get(plain.slice(at, at + kinship)) ?? []) {
      const { real, twin } = this.#pairs[index]!
      let length = kinship
      while (at + length < plain.length && from + length < real.length && real[from + length] === plain[at + length])
        length += 1
      if (length > longest.length) longest = twin.slice(from, from + length)
    }
    return longest
  }

  #ofPlain(plain: string): string {
    return plain
      .split(/([A-Za-z0-9+/=_\-.~]+)/)
      .map((part, index) => (index % 2 === 1 ? this.#segment(part) : this.#filled(part)))
      .join('')
  }

  /** The twin of one stretch of letters, digits and the signs that stand in encodings. */
  #segment(text: string): string {
    const known = this.#whole.get(`\u0001${text}`)
    if (known !== undefined) return known
    const twin = this.#madeSegment(text)
    this.#whole.set(`\u0001${text}`, twin)
    this.#note(text, twin)
    return twin
  }

  #madeSegment(text: string): string {
    if (wholeId.test(text)) return this.id(text)
    // A relation of what is known already: a copy, a part, or a copy with something beside it. Beginnings alone are no sign:
    // all tokens of a region begin alike.
    if (this.#shareOfKnown(text) > 0.6) return this.#filled(text)
    if (text.startsWith('eyJ')) return this.#jwt(text)
    const token = this.#token(text)
    if (token !== null) return token
    const inner = unwrapBase64(text, /^[!-~][ -~]*$/)
    if (inner !== null && text.length >= 16 && !/^[A-Za-z0-9/+]{40}$/.test(text)) {
      const bytes = readBase64(text).bytes
      const all = String.fromCharCode(...bytes)
      const wrapped = writeBase64(Uint8Array.from(this.secret(all), (letter) => letter.charCodeAt(0)))
      return text.endsWith('=') ? wrapped : wrapped.replace(/=+$/, '')
    }
    return this.#filled(text)
  }

  #shareOfKnown(text: string): number {
    let known = text.length
    this.stretches(text, (part) => {
      known -= part.length
      return ''
    })
    return known / text.length
  }

  /** Every letter and digit made up, but for ids, of which it keeps what may be told. */
  #filled(text: string): string {
    const id = idLike.exec(text)
    if (id !== null && !publicId.test(id[0])) {
      const end = id.index + id[0].length
      return this.#filled(text.slice(0, id.index)) + this.id(id[0]) + this.#filled(text.slice(end))
    }
    const isHex = /^[0-9a-f]{16,}$/.test(text)
    // Kinds of ids are told by their prefix, an SMTP password of SES by its first byte.
    const kept = new RegExp(`^(${prefixes}|GOOG|ABSK)`).test(text) ? 4 : /^B[A-P][A-Za-z0-9+/]{42}$/.test(text) ? 2 : 0
    return this.#copied(text, (at) => (at < kept ? text[at]! : this.#alike(text[at]!, isHex)))
  }

  /** Another letter of the same kind, and of the same length as UTF-8. */
  #alike(letter: string, isHex: boolean): string {
    if (isHex && /[0-9a-f]/.test(letter)) return this.#oneOf('0123456789abcdef')
    if (/[0-9]/.test(letter)) return this.#oneOf('0123456789')
    if (/[a-z]/.test(letter)) return this.#oneOf('abcdefghijklmnopqrstuvwxyz')
    if (/[A-Z]/.test(letter)) return this.#oneOf('ABCDEFGHIJKLMNOPQRSTUVWXYZ')
    if (!/[\p{L}\p{N}]/u.test(letter) || letter.length > 1) return letter
    return letter < '\u0800' ? 'é' : '語'
  }

  #oneOf(letters: string): string {
    // Modulo would favour the first letters a little; bytes above the last whole round are thrown away.
    const limit = 256 - (256 % letters.length)
    for (;;) {
      const byte = this.#random(1)[0]!
      if (byte < limit) return letters[byte % letters.length]!
    }
  }

  /** One exchange of letters for the ids of a whole bundle, so that two ids that differ by a slip of the finger still do. */
  #exchanged(letter: string): string {
    if (this.#letters.size === 0) {
      // The two halves stay apart: the fifth character's half tells the older ids from the newer.
      for (const set of ['ABCDEFGHIJKLMNOP', 'QRSTUVWXYZ234567', '0189']) {
        const rest = [...set]
        for (const one of set) this.#letters.set(one, rest.splice(this.#random(1)[0]! % rest.length, 1)[0]!)
      }
    }
    const other = this.#letters.get(letter.toUpperCase()) ?? letter
    return /[a-z]/.test(letter) ? other.toLowerCase() : other
  }

  /** A JWT with its claims' names, its times and its form; null for what is none. */
  #jwt(text: string): string {
    const parts = text.split('.').map((part) => {
      const inner = part.startsWith('eyJ') ? jsonIn(part) : null
      if (inner === null) return this.#filled(part)
      let name = ''
      const made = inner.replace(/"((?:[^"\\]|\\.)*)"(\s*:)?/g, (whole, text: string, colon: string | undefined) => {
        if (colon !== undefined) name = text
        return colon !== undefined || /^(alg|typ|use|kty)$/.test(name) ? whole : `"${this.claim(text)}"`
      })
      return writeBase64(new TextEncoder().encode(made)).replace(/=+$/, '').replaceAll('+', '-').replaceAll('/', '_')
    })
    return parts.join('.')
  }

  /** A session token of a known format with its sealed inside made up; null for any other text. */
  #token(text: string): string | null {
    const reading = readSessionToken(text)
    if (reading.form === 'unknown') return null
    const { bytes, problem, at } = readBase64(text)
    const sound = problem === 'altered' ? text.slice(0, at - (at % 4)) : text
    const ranges = sealedRanges(bytes)
    // After a break in the format a made-up byte may be read as something whole; then it is thrown again.
    for (let attempt = 0; attempt < 64; attempt += 1) {
      const made = bytes.slice()
      for (const [from, to] of ranges) made.set(this.#random(to - from), from)
      const encoded = writeBase64(made).replace(/=+$/, '').slice(0, sound.length)
      const twin = encoded + this.#filled(text.slice(encoded.length))
      const again = readSessionToken(twin)
      const isSame = (Object.keys(reading) as (keyof typeof reading)[]).every(
        (name) => String(reading[name]) === String(again[name]),
      )
      if (isSame && twin.length === text.length) return twin
    }
    return null
  }
}

/** A text with zeros in the place of words that may be told. */
function maskedWords(text: string): string {
  return text.replace(/(?:A[A-Z]{3}[A-Z0-9]{12,})|[A-Za-z]+|\d+/g, (word) =>
    idLike.test(word) || isPublicWord(word) ? '\0'.repeat(word.length) : word,
  )
}

interface Unit {
  /** As it stands in the text. */
  readonly text: string
  /** The one character that it stands for. */
  readonly means: string
}

/** A value as the characters that it means: `%2F` is one, and so is what a backslash escapes. */
function unitsOf(value: string): readonly Unit[] {
  return [...value.matchAll(/%[0-9A-Fa-f]{2}|[\s\S]/g)].map(([text]) => ({
    text,
    means: text.length === 3 ? String.fromCharCode(Number.parseInt(text.slice(1), 16)) : text,
  }))
}

/** The made-up character, escaped where the real one was, and in an encoded text wherever it must be. */
function written({ text, means }: Unit, made: string, isEncoded: boolean): string {
  if (made === means) return text
  if (!isEncoded || /[A-Za-z0-9]/.test(made)) return made
  return `%${made.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}

function isUpper(letter: string): boolean {
  return letter !== letter.toLowerCase()
}

/** The JSON object that a part of a JWT holds, as text; null when it holds none. */
function jsonIn(part: string): string | null {
  const { bytes, problem } = readBase64(part.replaceAll('-', '+').replaceAll('_', '/'))
  if (problem !== null) return null
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    JSON.parse(text)
    return text
  } catch {
    return null
  }
}

/** The stretches of a session token that are not written in the clear: everything but numbers, names, region and account. */
function sealedRanges(bytes: Uint8Array): readonly (readonly [from: number, to: number])[] {
  const ranges: [number, number][] = []
  const walk = (from: number, to: number, depth: number): void => {
    let at = from
    const number = (): number | null => {
      let value = 0
      for (let weight = 1; at < to && weight < 2 ** 49; weight *= 128) {
        const byte = bytes[at++]!
        value += (byte & 0x7f) * weight
        if (byte < 0x80) return value
      }
      return null
    }
    while (at < to) {
      const start = at
      const tag = number()
      if (tag === null) return void ranges.push([start, to])
      const [field, wire] = [Math.floor(tag / 8), tag % 8]
      if (wire === 0) {
        if (number() === null) return void ranges.push([start, to])
        continue
      }
      const length = wire === 2 ? number() : wire === 1 ? 8 : wire === 5 ? 4 : null
      if (length === null) return void ranges.push([start, to])
      const end = Math.min(to, at + length)
      const text = String.fromCharCode(...bytes.subarray(at, Math.min(end, at + 64)))
      const isClear = (field === 1 && depth === 0) || (field === 3 && /^([a-z]{2}[a-z0-9-]{2,30}|\d{12})$/.test(text))
      if (field === 5 && depth === 0 && wire === 2) walk(at, end, 1)
      else if (!isClear) ranges.push([at, end])
      at = end
    }
  }
  walk(1, bytes.length, 0)
  return ranges
}
