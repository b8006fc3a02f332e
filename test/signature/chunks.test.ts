import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type ChunkLimits,
  type ChunkProgress,
  type ReadAuthorization,
  readAuthorization,
  readerOf,
  type SignableRequest,
  type StreamingMode,
  s3Rules,
  signingKey,
  signStreaming,
  verify,
} from '../../src/signature/index.ts'

const seed = 20_260_805
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const secret = credentials.secretAccessKey
const options = { credentials, region: 'us-east-1', service: 's3', at: new Date('2026-08-01T09:30:00Z') }
const key = signingKey(secret, '20260801', 'us-east-1', 's3')
const trailers = [['x-amz-checksum-crc32c', 'sOO8/Q==']] as const
const modes: readonly StreamingMode[] = [
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
  'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
]
const signedModes = modes.slice(0, 2)

function upload(body: Uint8Array, mode: StreamingMode, chunkBytes = 10) {
  const request: SignableRequest = {
    method: 'PUT',
    path: '/bucket/key',
    query: '',
    headers: [['Host', 's3.example']],
    body,
  }
  const signed = signStreaming(request, { ...options, payload: mode, chunkBytes, trailers }).request
  const authorization = readAuthorization(signed)
  if (authorization.kind !== 'read') throw new Error(authorization.kind)
  return { signed, authorization, encoded: Buffer.from(signed.body as Uint8Array) }
}

/** Feeds a reader in pieces of the given sizes, and says what came out. */
function readAll(
  encoded: Uint8Array,
  authorization: ReadAuthorization,
  mode: StreamingMode,
  pieces: readonly number[],
  limits: ChunkLimits = {},
) {
  const reader = readerOf(authorization, mode, key, limits)
  const out: Uint8Array[] = []
  let progress: ChunkProgress = { kind: 'data', data: [] }
  for (let at = 0, turn = 0; at < encoded.length && progress.kind === 'data'; turn++) {
    const size = pieces[turn % pieces.length] ?? encoded.length
    // A buffer that is used again behind the reader's back, as servers do.
    const piece = Buffer.from(encoded.subarray(at, at + size))
    progress = reader.push(piece)
    piece.fill(0)
    if (progress.kind === 'data') out.push(...progress.data)
    at += size
  }
  return { data: Buffer.concat(out), end: reader.end() }
}

describe('a payload in chunks', () => {
  test.each(modes)(`comes out as it went in, however the bytes arrive: %s (seed ${seed})`, (mode) => {
    const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.integer({ min: 1, max: 70 }),
        sizes,
        (body, chunkBytes, pieces) => {
          const { signed, authorization, encoded } = upload(body, mode, chunkBytes)
          expect(signed.headers.find(([name]) => name === 'Content-Length')?.[1]).toBe(String(encoded.length))
          const { data, end } = readAll(encoded, authorization, mode, pieces, { decodedLength: body.length })
          expect(end).toEqual({ kind: 'complete', trailers: mode.endsWith('TRAILER') ? trailers : [] })
          expect(data.equals(body)).toBe(true)
          expect(verify({ request: signed, authorization, secret, rules: s3Rules })).toMatchObject({
            genuine: true,
            unsignedHeaders: [],
          })
        },
      ),
      { seed, numRuns: 100 },
    )
  })

  test.each(signedModes)(`gives out no byte that was changed on the way: %s (seed ${seed})`, (mode) => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 100 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (body, position, difference) => {
          const { signed, authorization, encoded } = upload(body, mode)
          encoded[position % encoded.length]! ^= difference
          const { data, end } = readAll(encoded, authorization, mode, [7])
          expect(data.equals(body.subarray(0, data.length))).toBe(true)
          const request = { ...signed, body: encoded }
          const verification = verify({ request, authorization, secret, rules: s3Rules })
          // A chunk's size may be spelled in upper case, and a trailer with blanks or capitals, without changing anything.
          if (end.kind === 'complete')
            expect([data.equals(body), end.trailers]).toEqual([true, mode.endsWith('TRAILER') ? trailers : []])
          else expect(verification.genuine).toBe(false)
        },
      ),
      { seed, numRuns: 500 },
    )
  })

  test.each(modes)('that ends early is cut, wherever it ends: %s', (mode) => {
    const { signed, authorization, encoded } = upload(Buffer.from('0123456789abcdef'), mode)
    // The last blank line may be missing behind a signed trailer.
    const optional = mode === 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER' ? 2 : 0
    for (let length = 0; length < encoded.length; length++) {
      const { end } = readAll(encoded.subarray(0, length), authorization, mode, [1000])
      if (length === encoded.length - optional) expect(end.kind).toBe('complete')
      else expect([length, end]).toMatchObject([length, { kind: 'refused', reason: 'cut' }])
      if (end.kind === 'complete') continue
      const request = { ...signed, body: encoded.subarray(0, length) }
      expect(verify({ request, authorization, secret, rules: s3Rules }).genuine).toBe(false)
    }
  })

  test('may end its lines as the example in the documentation does', () => {
    const mode = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER'
    const { authorization, encoded } = upload(Buffer.from('0123456789'), mode)
    const text = encoded.toString('latin1').replace('Q==\r\nx-amz', 'Q==\n\r\nx-amz')
    expect(readAll(Buffer.from(text, 'latin1'), authorization, mode, [3]).end).toEqual({ kind: 'complete', trailers })
  })

  test.each<[string, StreamingMode, (text: string) => string, ChunkLimits, string]>([
    ['bytes behind its end', modes[0]!, (text) => `${text}x`, {}, 'bytes-after-end'],
    ['a chunk without a signature', modes[0]!, (text) => text.replace(/;chunk-signature=\w+/, ''), {}, 'syntax'],
    [
      'a signature where none belongs',
      modes[2]!,
      (text) => text.replace('a\r\n', `a;chunk-signature=${'0'.repeat(64)}\r\n`),
      {},
      'syntax',
    ],
    ['no size', modes[2]!, (text) => text.replace('a\r\n', '\r\n'), {}, 'syntax'],
    ['a negative size', modes[2]!, (text) => text.replace('a\r\n', '-a\r\n'), {}, 'syntax'],
    ['a size beyond all numbers', modes[2]!, (text) => text.replace('a\r\n', `${'f'.repeat(17)}\r\n`), {}, 'syntax'],
    ['a line that only LF ends', modes[2]!, (text) => text.replace('a\r\n', 'a\n'), {}, 'syntax'],
    ['a chunk longer than its size', modes[2]!, (text) => text.replace('a\r\n', '9\r\n'), {}, 'syntax'],
    ['a first line without end', modes[0]!, () => 'a'.repeat(3000), {}, 'limit'],
    ['a signed chunk larger than allowed', modes[0]!, (text) => text, { chunkBytes: 9 }, 'limit'],
    ['a payload larger than allowed', modes[2]!, (text) => text, { payloadBytes: 15 }, 'limit'],
    ['a trailer larger than allowed', modes[2]!, (text) => text, { trailerBytes: 10 }, 'limit'],
    ['more bytes than were announced', modes[2]!, (text) => text, { decodedLength: 15 }, 'length'],
    ['fewer bytes than were announced', modes[2]!, (text) => text, { decodedLength: 17 }, 'length'],
    ['a trailer line without a colon', modes[2]!, (text) => text.replace('crc32c:', 'crc32c'), {}, 'syntax'],
    [
      'a trailer line behind the signature of the trailer',
      modes[1]!,
      (text) => text.replace(/\r\n$/, 'x-more: 1\r\n\r\n'),
      {},
      'syntax',
    ],
    ['another trailer than was signed', modes[1]!, (text) => text.replace('sOO8', 'sOO9'), {}, 'signature'],
    [
      'chunks in another order',
      modes[0]!,
      (text) => text.replace(/^(a;[\s\S]{94})(6;[\s\S]{90})/, '$2$1'),
      {},
      'signature',
    ],
  ])('with %s is refused, now and ever after', (_, mode, change, limits, reason) => {
    const { authorization, encoded } = upload(Buffer.from('0123456789abcdef'), mode)
    const text = change(encoded.toString('latin1'))
    const reader = readerOf(authorization, mode, key, limits)
    const progress = reader.push(Buffer.from(text, 'latin1'))
    expect(progress).toMatchObject({ kind: 'refused', reason })
    expect(reader.push(encoded)).toEqual(progress)
    expect(reader.end()).toEqual(progress)
  })

  test('of which a caller reads the chunks later is judged by its head alone until then', () => {
    const { signed, authorization } = upload(Buffer.from('0123456789'), modes[0]!)
    const request = { ...signed, body: '' }
    const options = { request, authorization, signingKey: key, rules: s3Rules }
    expect(verify({ ...options, chunksLater: true })).toMatchObject({
      genuine: true,
      payload: { kind: 'chunked', mode: modes[0], decoded: null },
    })
    expect(verify(options).genuine).toBe(false)
  })

  test('can be signed only with what the chunks can be signed with', () => {
    const request = { method: 'PUT', path: '/', query: '', headers: [['Host', 'h']] as const, body: 'x' }
    expect(() =>
      signStreaming(request, { ...options, payload: modes[0]!, algorithm: 'AWS4-ECDSA-P256-SHA256' }),
    ).toThrow(/Chunks/)
    expect(() => signStreaming(request, { ...options, payload: modes[0]!, chunkBytes: 0 })).toThrow(/one byte/)
  })
})
