import { CountersignError } from '../errors.ts'
import { readBase64, writeBase64 } from './base64.ts'

/*
 * The outside of a session token. AWS gives no format; what is read here was reverse-engineered and checked against public
 * tokens of 2018 to 2025 (talbeerysec/STS-token-decoder). It is strong evidence and may change any day, so: bounded,
 * tolerant of what is unknown, and silent about the token itself.
 */

export interface SessionTokenReading {
  /**
   * `well-formed`: one of the known formats, whole. `cut`: a known format that ends too early. `altered`: a known format with
   * something in it that cannot be. `unknown`: no known format; nothing follows from that.
   */
  readonly form: 'well-formed' | 'cut' | 'altered' | 'unknown'
  /** 1 from the global endpoint (not accepted in opt-in regions), 2 from the regional ones. */
  readonly version: 1 | 2 | null
  readonly issuedAt: Date | null
  /** Version 2 only: the region whose STS issued it. */
  readonly region: string | null
  /** Version 2 only: twelve digits. */
  readonly account: string | null
  /** Where the reading stopped, in characters of the token; `null` when it did not. */
  readonly at: number | null
}

const longest = 32_768
// A byte order mark is part of the text here: dropping it would give one token two spellings.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const unknown: SessionTokenReading = {
  form: 'unknown',
  version: null,
  issuedAt: null,
  region: null,
  account: null,
  at: null,
}

/** First byte and first field (its tag, its length, the name) of each format that is known. */
const formats: readonly { readonly head: string; readonly version: 1 | 2 }[] = [
  { head: '\x21\x0a\x09origin_ec', version: 2 },
  { head: '\x02\x0a\x09origin_ec', version: 2 },
  { head: '\x02\x0a\x06origin', version: 2 },
  { head: '\x17\x0a\x06er/aws', version: 1 },
  { head: '\x15\x0a\x06er/aws', version: 1 },
  { head: '\x15\x0a\x03aws', version: 1 },
]

/** Reads what a session token says of itself in the clear. Takes any text; never throws; expiry is not in there. */
export function readSessionToken(text: string): SessionTokenReading {
  if (text.length > longest || text.length < 12) return unknown
  const { bytes, problem, at } = readBase64(text)
  const format = formats.find(({ head }) => startsWith(bytes, head))
  if (format === undefined) return unknown
  const { fields, end } = readFields(bytes, 1, bytes.length)
  const { version } = format
  const issued = instantOf(fields.get(version === 2 ? 6 : 5))
  const facts = version === 2 ? originFacts(bytes, fields) : { region: null, account: null, sound: true }
  const form = formOf(problem, end, issued, facts.sound)
  return {
    form,
    version,
    issuedAt: issued === 'absurd' ? null : issued,
    region: facts.region,
    account: facts.account,
    at: form === 'well-formed' ? null : problem === null ? Math.floor((end.at * 4) / 3) : at,
  }
}

function formOf(
  problem: 'cut' | 'altered' | null,
  end: FieldsEnd,
  issued: Date | 'absurd' | null,
  sound: boolean,
): SessionTokenReading['form'] {
  if (problem === 'altered') return 'altered'
  if (end.kind === 'altered' || issued === 'absurd' || !sound) return 'altered'
  // The creation time is among the last fields: without it the end is missing.
  return problem === 'cut' || end.kind === 'cut' || issued === null ? 'cut' : 'well-formed'
}

function originFacts(
  bytes: Uint8Array,
  fields: Fields,
): { region: string | null; account: string | null; sound: boolean } {
  const regionText = textOf(bytes, fields.get(3))
  const region = regionText !== null && /^[a-z0-9-]{3,32}$/.test(regionText) ? regionText : null
  const user = fields.get(5)
  if (user?.kind !== 'bytes') return { region, account: null, sound: user === undefined }
  const inner = readFields(bytes, user.from, user.to)
  const accountText = textOf(bytes, inner.fields.get(3))
  const account = accountText !== null && /^\d{12}$/.test(accountText) ? accountText : null
  // A user message that is there whole must also be whole inside.
  return { region, account, sound: user.cut || (inner.end.kind === 'whole' && account !== null) }
}

/** 2006, when there was no AWS access key yet, to 2100. */
function instantOf(field: Field | undefined): Date | 'absurd' | null {
  if (field === undefined) return null
  if (field.kind !== 'number' || field.value < 1_136_073_600n || field.value > 4_102_444_800n) return 'absurd'
  return new Date(Number(field.value) * 1000)
}

export interface SessionTokenFields {
  /** 1 has neither region nor account in the clear: both are empty then. Absent: 2. */
  readonly version?: 1
  /** Which key of the ring sealed it; 0 to 2⁵³−1. */
  readonly signingKeyNumber: number
  /** Stands in the clear; at most 64 bytes. */
  readonly region: string
  /** Twelve digits; stands in the clear. */
  readonly account: string
  /** Stands in the clear, in whole seconds. */
  readonly createdAt: Date
  /** The nonce of the seal, at most 64 bytes; AWS's has 12. */
  readonly iv: Uint8Array
  readonly sealed: Uint8Array
}

const originHead = '\x21\x0a\x09origin_ec'
const globalHead = '\x17\x0a\x06er/aws'
const encoder = new TextEncoder()
const globalTags = { keyNumber: 0x10, iv: 0x1a, sealed: 0x22, created: 0x28 }
const tags = { keyNumber: 0x10, region: 0x1a, user: 0x2a, created: 0x30, account: 0x1a, iv: 0x22, sealed: 0x2a }

/**
 * Writes a session token in the outer layout of AWS's version 2 or 1, so that whatever dates AWS's tokens dates ours. The clear
 * parts are not protected by the layout: bind them to the sealed inside (as additional authenticated data).
 * @throws CountersignError `defect` for parts that the layout cannot hold
 */
export function wrapSessionToken(parts: SessionTokenFields): string {
  const { version, signingKeyNumber, account, createdAt, iv, sealed } = parts
  const region = encoder.encode(parts.region)
  const seconds = Math.floor(createdAt.getTime() / 1000)
  if (
    !Number.isSafeInteger(signingKeyNumber) ||
    signingKeyNumber < 0 ||
    region.length > 64 ||
    (version === 1 ? account !== '' || region.length > 0 : !/^\d{12}$/.test(account)) ||
    !(seconds >= 0) ||
    iv.length > 64
  ) {
    throw new CountersignError('defect', 'These parts do not fit into a session token')
  }
  if (version === 1) {
    return writeBase64(
      Uint8Array.from([
        ...encoder.encode(globalHead),
        ...fieldHead(globalTags.keyNumber, signingKeyNumber),
        ...fieldHead(globalTags.iv, iv.length),
        ...iv,
        ...fieldHead(globalTags.sealed, sealed.length),
        ...sealed,
        ...fieldHead(globalTags.created, seconds),
      ]),
    )
  }
  const user = [...fieldHead(tags.account, 12), ...encoder.encode(account), ...fieldHead(tags.iv, iv.length), ...iv]
  const sealedHead = fieldHead(tags.sealed, sealed.length)
  const outside = [
    ...encoder.encode(originHead),
    ...fieldHead(tags.keyNumber, signingKeyNumber),
    ...fieldHead(tags.region, region.length),
    ...region,
    ...fieldHead(tags.user, user.length + sealedHead.length + sealed.length),
    ...user,
    ...sealedHead,
  ]
  const created = fieldHead(tags.created, seconds)
  const bytes = new Uint8Array(outside.length + sealed.length + created.length)
  bytes.set(outside)
  bytes.set(sealed, outside.length)
  bytes.set(created, outside.length + sealed.length)
  return writeBase64(bytes)
}

/**
 * Takes apart a token that `wrapSessionToken` wrote; `null` for every other text, also for another spelling of the same
 * parts, so that a token has exactly one text. Whether the seal holds is for the holder of the key to say.
 */
export function unwrapSessionToken(text: string): SessionTokenFields | null {
  if (text.length > longest) return null
  const { bytes, canonical } = readBase64(text)
  if (!canonical) return null
  if (startsWith(bytes, globalHead)) return unwrapGlobal(bytes)
  if (!startsWith(bytes, originHead)) return null
  const cursor = new Cursor(bytes, originHead.length)
  const signingKeyNumber = cursor.number(tags.keyNumber)
  const region = cursor.text(tags.region)
  const userLength = cursor.number(tags.user)
  const userStart = cursor.at
  const account = cursor.text(tags.account)
  const iv = cursor.bytes(tags.iv)
  const sealed = cursor.bytes(tags.sealed)
  const userEnd = cursor.at
  const seconds = cursor.number(tags.created)
  if (cursor.failed || cursor.at !== bytes.length || userEnd - userStart !== userLength) return null
  if (!/^\d{12}$/.test(account) || encoder.encode(region).length > 64 || iv.length > 64) return null
  // Beyond this there is no date.
  if (seconds > 8_640_000_000_000) return null
  return { signingKeyNumber, region, account, createdAt: new Date(seconds * 1000), iv, sealed }
}

function unwrapGlobal(bytes: Uint8Array): SessionTokenFields | null {
  const cursor = new Cursor(bytes, globalHead.length)
  const signingKeyNumber = cursor.number(globalTags.keyNumber)
  const iv = cursor.bytes(globalTags.iv)
  const sealed = cursor.bytes(globalTags.sealed)
  const seconds = cursor.number(globalTags.created)
  if (cursor.failed || cursor.at !== bytes.length || iv.length > 64 || seconds > 8_640_000_000_000) return null
  return { version: 1, signingKeyNumber, region: '', account: '', createdAt: new Date(seconds * 1000), iv, sealed }
}

/** Reads what `wrapSessionToken` writes and nothing else. After a failure every answer is empty. */
class Cursor {
  readonly #bytes: Uint8Array
  at: number
  failed = false

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes
    this.at = at
  }

  /** A number behind its tag, or the length of what follows it. Only the shortest spelling counts. */
  number(tag: number): number {
    if (this.#bytes[this.at] !== tag) return this.#fail()
    let value = 0
    for (let at = this.at + 1, weight = 1; weight <= Number.MAX_SAFE_INTEGER; at++, weight *= 128) {
      const byte = this.#bytes[at]
      if (byte === undefined) return this.#fail()
      value += (byte & 0x7f) * weight
      if (byte < 0x80) {
        if ((byte === 0 && weight > 1) || value > Number.MAX_SAFE_INTEGER) return this.#fail()
        this.at = at + 1
        return value
      }
    }
    return this.#fail()
  }

  bytes(tag: number): Uint8Array {
    const length = this.number(tag)
    if (this.failed || length > this.#bytes.length - this.at) {
      this.#fail()
      return new Uint8Array(0)
    }
    this.at += length
    return this.#bytes.subarray(this.at - length, this.at)
  }

  text(tag: number): string {
    try {
      return utf8.decode(this.bytes(tag))
    } catch {
      this.#fail()
      return ''
    }
  }

  #fail(): number {
    this.failed = true
    return 0
  }
}

/* Protocol Buffers wire format: https://protobuf.dev/programming-guides/encoding/ */

type Field =
  | { readonly kind: 'number'; readonly value: bigint }
  /** `cut`: the declared length goes beyond the end; `to` is the end then. */
  | { readonly kind: 'bytes'; readonly from: number; readonly to: number; readonly cut: boolean }
  | { readonly kind: 'fixed' }
type Fields = ReadonlyMap<number, Field>
interface FieldsEnd {
  readonly kind: 'whole' | 'cut' | 'altered'
  /** Offset in bytes. */
  readonly at: number
}

/** Reads fields until the end or the first thing that cannot be read; the last field of a number counts. */
function readFields(bytes: Uint8Array, from: number, to: number): { readonly fields: Fields; readonly end: FieldsEnd } {
  const fields = new Map<number, Field>()
  let at = from
  while (at < to) {
    const tag = readVarint(bytes, at, to)
    if (typeof tag === 'string') return { fields, end: { kind: tag, at } }
    const number = Number(tag.value >> 3n)
    if (number === 0 || number > 0x1fff_ffff) return { fields, end: { kind: 'altered', at } }
    const wireType = Number(tag.value & 7n)
    if (wireType === 0) {
      const value = readVarint(bytes, tag.next, to)
      if (typeof value === 'string') return { fields, end: { kind: value, at } }
      fields.set(number, { kind: 'number', value: value.value })
      at = value.next
    } else if (wireType === 2) {
      const length = readVarint(bytes, tag.next, to)
      if (typeof length === 'string') return { fields, end: { kind: length, at } }
      const cut = length.value > BigInt(to - length.next)
      const end = cut ? to : length.next + Number(length.value)
      fields.set(number, { kind: 'bytes', from: length.next, to: end, cut })
      if (cut) return { fields, end: { kind: 'cut', at } }
      at = end
    } else if (wireType === 1 || wireType === 5) {
      at = tag.next + (wireType === 1 ? 8 : 4)
      if (at > to) return { fields, end: { kind: 'cut', at: tag.next } }
      fields.set(number, { kind: 'fixed' })
    } else return { fields, end: { kind: 'altered', at } }
  }
  return { fields, end: { kind: 'whole', at: to } }
}

function readVarint(bytes: Uint8Array, from: number, to: number): { value: bigint; next: number } | 'cut' | 'altered' {
  let value = 0n
  for (let at = from, shift = 0n; at < to; at++, shift += 7n) {
    if (shift > 63n) return 'altered'
    const byte = bytes[at] as number
    value |= BigInt(byte & 0x7f) << shift
    if (byte < 0x80) return { value: BigInt.asUintN(64, value), next: at + 1 }
  }
  return to - from > 10 ? 'altered' : 'cut'
}

function textOf(bytes: Uint8Array, field: Field | undefined): string | null {
  if (field?.kind !== 'bytes' || field.cut) return null
  try {
    return utf8.decode(bytes.subarray(field.from, field.to))
  } catch {
    return null
  }
}

/** A tag and the number behind it: a value, or the length of the bytes that follow. */
function fieldHead(tag: number, value: number): number[] {
  return [tag, ...varint(value)]
}

function varint(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80)
  bytes.push(rest)
  return bytes
}

function startsWith(bytes: Uint8Array, head: string): boolean {
  for (let index = 0; index < head.length; index += 1) if (bytes[index] !== head.charCodeAt(index)) return false
  return true
}
