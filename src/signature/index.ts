/*
 * The front door of `signature`: Signature Version 4 and 4A, the law that holder and issuer both obey. Nothing here touches
 * network, files or clock; the time comes in.
 */
export { AsymmetricSigningKey, asymmetricAlgorithm, asymmetricSigningKey, regionSetCovers } from './asymmetric-key.ts'
export {
  type Authorization,
  type HeaderPart,
  type ReadAuthorization,
  readAuthorization,
  type ScopeOfRequest,
} from './authorization.ts'
export { canonicalPath, canonicalQuery, normalizePath } from './canonical-request.ts'
export {
  type ChunkContext,
  type ChunkEnd,
  type ChunkLimits,
  type ChunkProgress,
  ChunkReader,
  type ChunkRefusal,
  ChunkWriter,
  sameText,
  type Trailers,
} from './chunks.ts'
export { formatBasicInstant, parseBasicInstant, parseHttpDate } from './dates.ts'
export { percentDecode, percentEncode } from './encoding.ts'
export { isHeaderNamed } from './header-name.ts'
export { emptyPayloadHash, isStreamingMode, payloadHash, type StreamingMode, unsignedPayload } from './payload.ts'
export type { SignableRequest, SigningCredentials } from './request.ts'
export { rulesOf, type SigningRules, s3Rules, standardRules } from './rules.ts'
export {
  type PresignOptions,
  presign,
  type SignedRequest,
  type SignOptions,
  sign,
  signStreaming,
  symmetricAlgorithm,
} from './sign.ts'
export { SigningKey, signingKey } from './signing-key.ts'
export { readerOf, type Verification, type VerifyOptions, verify } from './verify.ts'
