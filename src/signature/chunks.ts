import { emptyPayloadHash, payloadHash, type StreamingMode } from './payload.ts'
import type { SigningKey } from './signing-key.ts'

/*
 * `aws-chunked`: a payload in chunks, each signed over the one before it, closed by an empty chunk and, in the trailer modes,
 * by header lines that came to be known only at the end (checksums).
 * Source: S3 API Reference, "Signature Calculations for the Authorization Header: Transferring Payload in Multiple Chunks"
 * and "… with Trailing Headers".
 */

/** What every chunk's signature is made with. Date and scope are those of the request; the seed is its own signature. */
export interface ChunkContext {
  readonly mode: StreamingMode
  /** Not used, and not needed, in `STREAMING-UNSIGNED-PAYLOAD-TRAILER`. */
  readonly signingKey: SigningKey
  /** `YYYYMMDD'T'HHMMSS'Z'`. */
  readonly date: string
  /** `YYYYMMDD/region/service/aws4_request`. */
  readonly scope: string
  readonly seedSignature: string
}

export type Trailers = readonly (readonly [name: string, value: string])[]

/** Encodes a payload for the wire. Call `chunk` for each piece that is not empty, then `end` once. */
export class ChunkWriter {
  readonly #context: ChunkContext
  #signature: string

  constructor(context: ChunkContext) {
    this.#context = context
    this.#signature = context.seedSignature
  }

  chunk(data: Uint8Array): Uint8Array {
    return Buffer.concat([this.#head(data), data, lineBreak])
  }

  /** The closing chunk, with the trailers in the trailer modes. Names are sent in lower case, values trimmed. */
  end(trailers: Trailers = []): Uint8Array {
    const head = this.#head(new Uint8Array(0))
    if (!hasTrailer(this.#context.mode)) return Buffer.concat([head, lineBreak])
    const lines = trailers.map(([name, value]) => `${name.toLowerCase()}:${value.trim()}`)
    const wire = lines.map((line) => `${line}\r\n`).join('')
    if (!isSigned(this.#context.mode)) return Buffer.concat([head, Buffer.from(`${wire}\r\n`)])
    const signature = trailerSignature(this.#context, this.#signature, lines)
    return Buffer.concat([head, Buffer.from(`${wire}x-amz-trailer-signature:${signature}\r\n\r\n`)])
  }

  #head(data: Uint8Array): Uint8Array {
    const size = data.length.toString(16)
    if (!isSigned(this.#context.mode)) return Buffer.from(`${size}\r\n`)
    this.#signature = chunkSignature(this.#context, this.#signature, data)
    return Buffer.from(`${size};chunk-signature=${this.#signature}\r\n`)
  }
}

export interface ChunkLimits {
  /** Largest chunk in bytes; a signed chunk is held until its signature was checked. Default 16 MiB. */
  readonly chunkBytes?: number
  /** Largest payload in bytes after decoding. Default 5 GiB, S3's own limit of one upload. */
  readonly payloadBytes?: number
  /** Largest trailer in bytes. Default 16 KiB. */
  readonly trailerBytes?: number
  /** `X-Amz-Decoded-Content-Length`, when the request has it: the payload must have exactly this many bytes. */
  readonly decodedLength?: number
}

export type ChunkRefusal = {
  readonly kind: 'refused'
  /** What is wrong at byte `at` of the encoded payload. */
  readonly reason: 'syntax' | 'signature' | 'limit' | 'length' | 'cut' | 'bytes-after-end'
  readonly at: number
}

export type ChunkProgress = { readonly kind: 'data'; readonly data: readonly Uint8Array[] } | ChunkRefusal

export type ChunkEnd = { readonly kind: 'complete'; readonly trailers: Trailers } | ChunkRefusal

const lineBreak = Buffer.from('\r\n')
const longestChunkHead = 1024

/**
 * Decodes and checks a payload as its bytes arrive. Data of a signed chunk is given out only after its signature was found
 * genuine. After a refusal every further call gives that refusal again. Memory is bounded by one chunk and one trailer.
 */
export class ChunkReader {
  readonly #context: ChunkContext
  readonly #limits: Required<Omit<ChunkLimits, 'decodedLength'>> & Pick<ChunkLimits, 'decodedLength'>
  #signature: string
  #state: 'head' | 'data' | 'data-end' | 'closing' | 'trailer' | 'done' = 'head'
  #refusal: ChunkRefusal | undefined
  /** Bytes that arrived and are not used up yet, and how many were used up before them. */
  #pending: Buffer = Buffer.alloc(0)
  #used = 0
  #remaining = 0
  #expectedSignature = ''
  #chunk: Uint8Array[] = []
  #decoded = 0
  #trailers: [string, string][] = []
  #trailerLines: string[] = []
  #trailerBytes = 0
  #trailerSigned = false

  constructor(context: ChunkContext, limits: ChunkLimits = {}) {
    this.#context = context
    this.#signature = context.seedSignature
    this.#limits = {
      chunkBytes: limits.chunkBytes ?? 16 * 1024 * 1024,
      payloadBytes: limits.payloadBytes ?? 5 * 1024 * 1024 * 1024,
      trailerBytes: limits.trailerBytes ?? 16 * 1024,
      ...(limits.decodedLength === undefined ? {} : { decodedLength: limits.decodedLength }),
    }
  }

  push(bytes: Uint8Array): ChunkProgress {
    if (this.#refusal !== undefined) return this.#refusal
    const arrived = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#pending = this.#pending.length === 0 ? arrived : Buffer.concat([this.#pending, arrived])
    const data: Uint8Array[] = []
    while (this.#refusal === undefined && this.#step(data));
    // The caller may use its buffer again; what waits here must not change under it.
    if (this.#pending.length > 0) this.#pending = Buffer.from(this.#pending)
    return this.#refusal ?? { kind: 'data', data }
  }

  end(): ChunkEnd {
    if (this.#refusal !== undefined) return this.#refusal
    // Some clients leave out the blank line behind the trailer's signature, which says the same.
    const closed = this.#state === 'done' || (this.#trailerSigned && this.#pending.length === 0)
    if (!closed) return this.#refuse('cut')
    return { kind: 'complete', trailers: this.#trailers }
  }

  /** Goes one state further; `false` when more bytes are needed. */
  #step(data: Uint8Array[]): boolean {
    switch (this.#state) {
      case 'head':
        return this.#readHead()
      case 'data':
        return this.#readData(data)
      case 'data-end':
        return this.#readDataEnd(data)
      case 'closing':
        return this.#readClosingBreak()
      case 'trailer':
        return this.#readTrailerLine()
      case 'done':
        if (this.#pending.length > 0) this.#refuse('bytes-after-end')
        return false
    }
  }

  #readHead(): boolean {
    const line = this.#line(longestChunkHead, 'strict')
    if (line === null) return false
    const [, size, signature] = /^([0-9a-fA-F]{1,12})(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(line) ?? []
    const signed = isSigned(this.#context.mode)
    if (size === undefined || signed !== (signature !== undefined)) return this.#stop('syntax')
    this.#remaining = Number.parseInt(size, 16)
    this.#expectedSignature = signature ?? ''
    if (signed && this.#remaining > this.#limits.chunkBytes) return this.#stop('limit')
    if (this.#decoded + this.#remaining > this.#limits.payloadBytes) return this.#stop('limit')
    const { decodedLength } = this.#limits
    if (decodedLength !== undefined && this.#decoded + this.#remaining > decodedLength) return this.#stop('length')
    if (this.#remaining > 0) {
      this.#state = 'data'
      return true
    }
    if (decodedLength !== undefined && this.#decoded !== decodedLength) return this.#stop('length')
    if (signed && !this.#chunkIsGenuine(new Uint8Array(0))) return this.#stop('signature')
    // The closing chunk's own blank line, or the trailer that takes its place.
    this.#state = hasTrailer(this.#context.mode) ? 'trailer' : 'closing'
    return true
  }

  #readData(data: Uint8Array[]): boolean {
    if (this.#pending.length === 0) return false
    const piece = Buffer.from(this.#take(Math.min(this.#remaining, this.#pending.length)))
    this.#remaining -= piece.length
    this.#decoded += piece.length
    if (isSigned(this.#context.mode)) this.#chunk.push(piece)
    else data.push(piece)
    if (this.#remaining === 0) this.#state = 'data-end'
    return true
  }

  #readClosingBreak(): boolean {
    if (!this.#lineBreakArrived()) return false
    this.#state = 'done'
    return true
  }

  #lineBreakArrived(): boolean {
    if (this.#pending.length < 2) return false
    if (this.#pending[0] !== 0x0d || this.#pending[1] !== 0x0a) return this.#stop('syntax')
    this.#take(2)
    return true
  }

  #readDataEnd(data: Uint8Array[]): boolean {
    if (!this.#lineBreakArrived()) return false
    if (isSigned(this.#context.mode)) {
      const chunk = this.#chunk.length === 1 ? (this.#chunk[0] as Uint8Array) : Buffer.concat(this.#chunk)
      this.#chunk = []
      if (!this.#chunkIsGenuine(chunk)) return this.#stop('signature')
      data.push(chunk)
    }
    this.#state = 'head'
    return true
  }

  #readTrailerLine(): boolean {
    const line = this.#line(this.#limits.trailerBytes - this.#trailerBytes, 'lenient')
    if (line === null) return false
    this.#trailerBytes += line.length + 2
    const signed = isSigned(this.#context.mode)
    if (line === '') {
      // AWS's own example puts a blank line between the trailer and its signature.
      if (signed && !this.#trailerSigned) return true
      this.#state = 'done'
      return true
    }
    const colon = line.indexOf(':')
    if (colon <= 0 || this.#trailerSigned) return this.#stop('syntax')
    const name = line.slice(0, colon).trim().toLowerCase()
    const value = line.slice(colon + 1).trim()
    if (signed && name === 'x-amz-trailer-signature') {
      if (!sameText(trailerSignature(this.#context, this.#signature, this.#trailerLines), value))
        return this.#stop('signature')
      this.#trailerSigned = true
      return true
    }
    this.#trailers.push([name, value])
    this.#trailerLines.push(`${name}:${value}`)
    return true
  }

  #chunkIsGenuine(chunk: Uint8Array): boolean {
    const signature = chunkSignature(this.#context, this.#signature, chunk)
    this.#signature = signature
    return sameText(signature, this.#expectedSignature)
  }

  /** The next whole line without its break; `null` when it has not arrived (or was refused for its length). */
  #line(longest: number, breaks: 'strict' | 'lenient'): string | null {
    const at = this.#pending.indexOf(0x0a)
    if (at < 0 || at > longest) {
      if (this.#pending.length > longest) this.#refuse('limit')
      return null
    }
    const returned = at > 0 && this.#pending[at - 1] === 0x0d
    if (!returned && breaks === 'strict') {
      this.#refuse('syntax')
      return null
    }
    const line = this.#pending.toString('utf8', 0, returned ? at - 1 : at)
    this.#take(at + 1)
    return line
  }

  #take(count: number): Buffer {
    const taken = this.#pending.subarray(0, count)
    this.#pending = this.#pending.subarray(count)
    this.#used += count
    return taken
  }

  #stop(reason: ChunkRefusal['reason']): false {
    this.#refuse(reason)
    return false
  }

  #refuse(reason: ChunkRefusal['reason']): ChunkRefusal {
    this.#refusal = { kind: 'refused', reason, at: this.#used }
    this.#pending = Buffer.alloc(0)
    this.#chunk = []
    return this.#refusal
  }
}

function isSigned(mode: StreamingMode): boolean {
  return mode !== 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'
}

export function hasTrailer(mode: StreamingMode): boolean {
  return mode.endsWith('-TRAILER')
}

function chunkSignature(context: ChunkContext, previous: string, chunk: Uint8Array): string {
  const { date, scope, signingKey } = context
  return signingKey.sign(
    `AWS4-HMAC-SHA256-PAYLOAD\n${date}\n${scope}\n${previous}\n${emptyPayloadHash}\n${payloadHash(chunk)}`,
  )
}

function trailerSignature(context: ChunkContext, previous: string, lines: readonly string[]): string {
  const { date, scope, signingKey } = context
  const trailer = payloadHash(lines.map((line) => `${line}\n`).join(''))
  return signingKey.sign(`AWS4-HMAC-SHA256-TRAILER\n${date}\n${scope}\n${previous}\n${trailer}`)
}

/** Compares two texts in a time that depends on their length only. */
export function sameText(one: string, other: string): boolean {
  if (one.length !== other.length) return false
  let difference = 0
  for (let index = 0; index < one.length; index++) difference |= one.charCodeAt(index) ^ other.charCodeAt(index)
  return difference === 0
}
