import { hash } from 'node:crypto'

/** SHA-256 of nothing. */
export const emptyPayloadHash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

/** The payload is not part of what was signed (S3 only). */
export const unsignedPayload = 'UNSIGNED-PAYLOAD'

/** The payload comes in chunks (`chunks.ts`), signed one by one or, in the last mode, only closed by a trailer. */
const streamingModes = [
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
  'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
] as const

export type StreamingMode = (typeof streamingModes)[number]

export function isStreamingMode(text: string): text is StreamingMode {
  return (streamingModes as readonly string[]).includes(text)
}

/** SHA-256 of a payload as 64 lower-case hexadecimal digits; text counts in its UTF-8 form. */
export function payloadHash(body: Uint8Array | string): string {
  return body.length === 0 ? emptyPayloadHash : hash('sha256', body, 'hex')
}
