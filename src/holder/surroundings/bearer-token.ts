import { readBase64 } from '../../anatomy/base64.ts'
import { parseInstant } from '../files/instants.ts'

/** A key for Amazon Bedrock alone, by its form. */
export type BearerTokenSeen =
  /** A long-term key: it ends when its user's setting says so. */
  | { readonly kind: 'long-term' }
  /** A presigned address in other clothes: `endsAt` is null when it does not tell. */
  | { readonly kind: 'short-term'; readonly endsAt: Date | null }
  | { readonly kind: 'unknown' }

/**
 * Reads the form of a Bedrock API key. Sources: Amazon Bedrock User Guide, "API keys"; aws/aws-bedrock-token-generator-python
 * `token_generator.py` (`bedrock-api-key-` and the base64 of a presigned address).
 */
export function readBearerToken(value: string): BearerTokenSeen {
  const text = value.trim()
  if (text.startsWith('ABSK')) return { kind: 'long-term' }
  if (!text.startsWith('bedrock-api-key-') || text.length > 20_000) return { kind: 'unknown' }
  const { bytes } = readBase64(text.slice('bedrock-api-key-'.length))
  const address = new TextDecoder().decode(bytes)
  const start = /[?&]X-Amz-Date=(\d{8}T\d{6}Z)/.exec(address)?.[1]
  const seconds = /[?&]X-Amz-Expires=(\d{1,6})\b/.exec(address)?.[1]
  const from = start === undefined ? null : basicInstant(start)
  if (from === null || seconds === undefined) return { kind: 'short-term', endsAt: null }
  return { kind: 'short-term', endsAt: new Date(from.getTime() + Number(seconds) * 1000) }
}

function basicInstant(text: string): Date | null {
  const iso = text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z')
  return parseInstant(iso)?.at ?? null
}
