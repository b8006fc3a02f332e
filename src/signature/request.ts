/**
 * A request as both sides of the signature see it: exactly what stands, or will stand, on the wire.
 * Nothing in here decodes or normalises; that is the business of the canonical request.
 */
export interface SignableRequest {
  /** Upper-case HTTP verb. */
  readonly method: string
  /** Path part of the request target as sent (percent-encoding included), e.g. `/a%20b`. Never empty: `/` at least. */
  readonly path: string
  /** Query part as sent, without the `?`; empty when there is none. */
  readonly query: string
  /** Header lines in wire order; names in any case, repeated names allowed. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** The payload as received or as it will be sent (after transfer decoding). */
  readonly body: Uint8Array | string
}

/** What the holder signs with. Times come in as arguments; nothing here knows the clock. */
export interface SigningCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
}
