import type { ReplySeen } from './verdict.ts'

/**
 * What a refusal says about the place where AWS stopped checking: each family is one step of AWS's order of checks.
 * `nothing-sent` is a client that stopped before any request; `other` says nothing about credentials.
 */
export type AnswerFamily =
  | 'accepted'
  | 'not-accepted'
  | 'expired'
  | 'signature'
  | 'clock'
  | 'scope'
  | 'malformed'
  | 'missing'
  | 'denied'
  | 'account-state'
  | 'look-alike'
  | 'nothing-sent'
  | 'other'

/** The part of a reply that decides its meaning. */
export type Answer = Pick<ReplySeen, 'code' | 'message'> & { readonly service?: string | null }

interface Meaning {
  readonly code: RegExp
  readonly message?: RegExp
  readonly families: readonly AnswerFamily[]
}

/** First row that fits wins: texts that change the meaning of a code stand before the code alone. */
const meanings: readonly Meaning[] = [
  {
    code: /^(InvalidClientTokenId|UnrecognizedClientException)$/,
    message: /no account found for the given parameters/i,
    families: ['look-alike'],
  },
  {
    code: /^(KMS\.|CloudTrailInvalidClientTokenId|InvalidClientRequestToken|InvalidClientToken(Exception)?$|InvalidNextToken|InvalidPaginationToken|IdempotentParameterMismatch|IdempotencyParameterMismatch|KMSInvalidSignature|InvalidTokenException$)/,
    families: ['look-alike'],
  },
  {
    code: /./,
    message:
      /signature (expired|not yet current)\b|request time and the current time is too large|more than 15 minutes after the date stamp/i,
    families: ['clock'],
  },
  { code: /^(RequestTimeTooSkewed|RequestInTheFuture)$/, families: ['clock'] },
  {
    code: /./,
    message:
      /credential (?:should|must) be scoped to|date in credential scope does not match|the region '[^']*' is wrong; expecting/i,
    families: ['scope'],
  },
  {
    code: /^(SignatureDoesNotMatch|InvalidSignatureException)$/,
    message: /must be a 'SignedHeader'|Found both 'X-Amz-Algorithm'/i,
    families: ['malformed'],
  },
  { code: /^(SignatureDoesNotMatch|InvalidSignatureException|InvalidSignature)$/, families: ['signature'] },
  {
    code: /^ExpiredToken(Exception)?$/,
    message: /current date\/time|token too old|token must be redeemed/i,
    families: ['denied'],
  },
  { code: /^(ExpiredToken(Exception)?|TokenRefreshRequired|ExpiredTokenError)$/, families: ['expired'] },
  { code: /^AccessDenied$/, message: /^request has expired/i, families: ['denied'] },
  { code: /^AccessDenied$/, message: /^request is not yet valid/i, families: ['clock'] },
  // AppSync and API Gateway: the authorizer of an application, and the token of its users.
  {
    code: /^UnauthorizedException$/,
    message: /authorization header|\bJWT\b|\btoken has expired|not authorized to make this call/i,
    families: ['look-alike'],
  },
  // Cognito's user pools: the users of an application, their passwords and tokens. IAM refuses there as `AccessDeniedException`,
  // and identity pools speak of logins and identities.
  {
    code: /^NotAuthorizedException$/,
    message: /^(?!$)(?!.*(?:\blogins?\b|identity pool|Access to Identity|not authorized to perform))/is,
    families: ['look-alike'],
  },
  { code: /^AccessDenied$/, message: /^No AWSAccessKey was presented/i, families: ['missing'] },
  { code: /^RequestExpired$/, message: /timestamp date is/i, families: ['clock'] },
  { code: /^RequestExpired$/, families: ['expired', 'clock'] },
  { code: /^AuthFailure$/, message: /credentials are missing/i, families: ['missing'] },
  { code: /^AuthFailure$/, families: ['not-accepted', 'signature', 'clock', 'expired'] },
  // S3 alone speaks of credentials with this code; elsewhere it is a token for paging or for a task.
  { code: /^InvalidToken$/, message: /^(?!$)(?!.*(?:provided token|security token))/is, families: ['look-alike'] },
  {
    code: /^(InvalidClientTokenId|UnrecognizedClientException|InvalidAccessKeyId|InvalidToken|InvalidSecurity)$/,
    families: ['not-accepted'],
  },
  {
    code: /^(IncompleteSignature(Exception)?|AuthorizationHeaderMalformed|AuthorizationQueryParametersError|InvalidHeaderValue)$/,
    families: ['malformed'],
  },
  {
    code: /^(MissingAuthenticationToken(Exception)?|AuthMissingFailure|MissingClientTokenId|MissingSecurityHeader)$/,
    families: ['missing'],
  },
  {
    code: /^(OptInRequired(Exception)?|SubscriptionRequiredException|NotSignedUp|AccountProblem|AllAccessDisabled|Blocked|PendingVerification|RegionDisabledException|KMSOptInRequired)$/,
    families: ['account-state'],
  },
  {
    code: /^(AccessDenied(Exception)?|UnauthorizedOperation|AuthorizationError(Exception)?|NotAuthorized(Exception)?|UnauthorizedException|ForbiddenException|InvalidIdentityToken(Exception)?|IDPRejectedClaim)$/,
    families: ['denied'],
  },
  // Templates and parameters have it too: only what STS says about a session is about who asks.
  {
    code: /^Validation(Error|Exception)$/,
    message: /\bDurationSeconds\b|role chaining|at '(?:tokenCode|serialNumber|durationSeconds)'/i,
    families: ['denied'],
  },
  {
    code: /^(NoCredentials|PartialCredentials|ProfileNotFound|ConfigParse|ConfigNotFound|CredentialRetrieval|SSOTokenLoad|UnauthorizedSSOToken|LoginRefreshRequired|LoginTokenLoad|InvalidConfig|InfiniteLoopConfig|TokenRetrieval|MetadataRetrieval|RefreshWithMFAUnsupported)/,
    families: ['nothing-sent'],
  },
]

/** All steps at which this refusal may have been decided; several where a service folds them together (EC2). */
export function familiesOf(answer: Answer): readonly AnswerFamily[] {
  const row = meanings.find(({ code, message }) => code.test(answer.code) && (message?.test(answer.message) ?? true))
  if (row !== undefined) return row.families
  return tellingMessages.find(([pattern]) => pattern.test(answer.message))?.[1] ?? ['other']
}

/** Messages that mean the same under every code: gateways put codes of their own before them. */
const tellingMessages: readonly (readonly [RegExp, readonly AnswerFamily[]])[] = [
  [/the security token included in the request (is invalid|isn.t valid|is not valid)/i, ['not-accepted']],
  [/access key id you provided does not exist in our records/i, ['not-accepted']],
  [/security token included in the request (is|has) expired|provided token has expired/i, ['expired']],
  [/request signature we calculated does not match/i, ['signature']],
  [/not a valid key=value pair|exactly 5 slash-delimited elements/i, ['malformed']],
]

/** An instant in AWS's basic format `YYYYMMDD'T'HHMMSS'Z'` or ISO 8601 or RFC 1123; null when it is none. */
export function parseInstant(text: string): Date | null {
  const basic = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text.trim())
  const iso = basic ? `${basic[1]}-${basic[2]}-${basic[3]}T${basic[4]}:${basic[5]}:${basic[6]}Z` : text.trim()
  const at = new Date(iso)
  return Number.isNaN(at.getTime()) ? null : at
}

/**
 * The two clocks in a clock refusal: `server - request` in seconds (positive: the caller's clock is slow).
 * Texts: `Signature expired: ‹request› is now earlier than ‹limit› (‹server› - 15 min.)`, `Signature not yet current: …`.
 */
export function skewInMessage(message: string): { seconds: number; request: Date; server: Date } | null {
  const found =
    /signature (?:expired|not yet current):\s*(\d{8}T\d{6}Z) is (?:now earlier|still later) than \d{8}T\d{6}Z \((\d{8}T\d{6}Z) [+-] \d+ min\.?\)/i.exec(
      message,
    )
  const request = found && parseInstant(found[1]!)
  const server = found && parseInstant(found[2]!)
  if (!request || !server) return null
  return { seconds: Math.round((server.getTime() - request.getTime()) / 1000), request, server }
}
