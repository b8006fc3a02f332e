import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  ChunkWriter,
  formatBasicInstant,
  presign,
  readAuthorization,
  rulesOf,
  type SignableRequest,
  type StreamingMode,
  sign,
  signingKey,
  verify,
} from '../../src/signature/index.ts'

const { requests, chunked } = JSON.parse(
  readFileSync(new URL('../vectors/aws-documentation.json', import.meta.url), 'utf8'),
) as {
  requests: (SignableRequest & {
    name: string
    credentials: { accessKeyId: string; secretAccessKey: string }
    at: string
    region: string
    service: string
    expiresIn?: number
    signature: string
  })[]
  chunked: {
    name: string
    mode: StreamingMode
    headers: [string, string][]
    trailers: [string, string][]
    seed: string
    signatures: string[]
    trailerSignature?: string
  }[]
}

const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' }
const at = new Date('2013-05-24T00:00:00Z')

describe('a request printed in the AWS documentation', () => {
  test.each(requests)('gets the signature printed there, and is genuine: $name', (vector) => {
    const { method, path, query, headers, body, expiresIn, service } = vector
    const request = { method, path, query, headers, body }
    const options = { ...vector, at: new Date(vector.at) }
    const signed = expiresIn === undefined ? sign(request, options) : presign(request, { ...options, expiresIn })
    expect(signed.signature).toBe(vector.signature)
    const authorization = readAuthorization(signed.request)
    if (authorization.kind !== 'read') throw new Error(authorization.kind)
    const secret = vector.credentials.secretAccessKey
    const verification = verify({ request: signed.request, authorization, secret, rules: rulesOf(service) })
    expect(verification).toMatchObject({ genuine: true, unsignedHeaders: [] })
    // Under the rules of the other services nobody may say that the payload does not count.
    expect(verify({ request: signed.request, authorization, secret }).genuine).toBe(expiresIn === undefined)
  })
})

describe('a payload in chunks printed in the AWS documentation', () => {
  const bytes = Buffer.alloc(66_560, 'a')

  test.each(chunked)('gets the signatures printed there, and is genuine: $name', (vector) => {
    const { mode, seed, signatures, trailers, trailerSignature } = vector
    const head = { method: 'PUT', path: '/examplebucket/chunkObject.txt', query: '', headers: vector.headers, body: '' }
    const signed = sign(head, { credentials, at, region: 'us-east-1', service: 's3', payload: mode })
    expect(signed.signature).toBe(seed)

    const key = signingKey(credentials.secretAccessKey, '20130524', 'us-east-1', 's3')
    const scope = '20130524/us-east-1/s3/aws4_request'
    const writer = new ChunkWriter({ mode, signingKey: key, date: formatBasicInstant(at), scope, seedSignature: seed })
    const encoded = Buffer.concat([
      writer.chunk(bytes.subarray(0, 65_536)),
      writer.chunk(bytes.subarray(65_536)),
      writer.end(trailers),
    ])
    const text = encoded.toString('latin1')
    expect([...text.matchAll(/chunk-signature=([0-9a-f]{64})\r\n/g)].map(([, signature]) => signature)).toEqual(
      signatures,
    )
    expect(/x-amz-trailer-signature:([0-9a-f]{64})\r\n\r\n$/.exec(text)?.[1]).toBe(trailerSignature)

    const request = { ...signed.request, body: encoded }
    const authorization = readAuthorization(request)
    if (authorization.kind !== 'read') throw new Error(authorization.kind)
    const verification = verify({ request, authorization, secret: credentials.secretAccessKey, rules: rulesOf('s3') })
    expect(verification.genuine).toBe(true)
    if (verification.payload.kind !== 'chunked') throw new Error(verification.payload.kind)
    expect(Buffer.from(verification.payload.decoded!).equals(bytes)).toBe(true)
    expect(verification.payload.trailers).toEqual(trailers)
  })
})
