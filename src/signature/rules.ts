/**
 * How a service reads a request before it hashes it. AWS has two families: S3, where the path is an object's key and every
 * byte of it matters, and all the others.
 * Source: AWS General Reference, "Create a signed AWS API request", step 1; S3 API Reference, "Signature Calculations".
 */
export interface SigningRules {
  /** Percent-encode the path as sent once more (all services but S3), or bring it to one layer of encoding (S3). */
  readonly doubleEncodePath: boolean
  /** Remove `.`, `..` and empty segments from the path (all services but S3). */
  readonly normalizePath: boolean
  /**
   * Whether `x-amz-content-sha256` speaks for the payload (S3): the signer adds it, and the verifier honours
   * `UNSIGNED-PAYLOAD` and the `STREAMING-…` words in it. Elsewhere it is a header like any other.
   */
  readonly signPayload: boolean
}

export const standardRules: SigningRules = { doubleEncodePath: true, normalizePath: true, signPayload: false }

export const s3Rules: SigningRules = { doubleEncodePath: false, normalizePath: false, signPayload: true }

const s3Family = new Set(['s3', 's3express', 's3-object-lambda', 's3-outposts'])

/** The rules of a service by its signing name, as it stands in a credential scope. For signers; a verifier names its rules. */
export function rulesOf(service: string): SigningRules {
  return s3Family.has(service) ? s3Rules : standardRules
}
