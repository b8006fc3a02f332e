import type { Symptom } from './entry.ts'

function symptom(from: string, code: string | null, text: string): Symptom {
  return { from, code, text }
}

/** A text whose wording no raw reply confirms (`anatomy.md` §4.2): told as what it is. */
export function likeness(from: string, code: string, text: string): Symptom {
  return symptom(from, code, `${text} (or words like these)`)
}

const ofQuery = 'STS, IAM, SNS, SES and other query services'
const ofJson = 'DynamoDB, KMS, SSM, Lambda, ECS and other JSON services'

export const invalidClientTokenId = symptom(
  ofQuery,
  'InvalidClientTokenId',
  'The security token included in the request is invalid',
)
export const unrecognizedClient = symptom(
  ofJson,
  'UnrecognizedClientException',
  'The security token included in the request is invalid.',
)
export const invalidAccessKeyId = symptom(
  'S3',
  'InvalidAccessKeyId',
  'The AWS Access Key Id you provided does not exist in our records.',
)
export const invalidToken = symptom('S3', 'InvalidToken', 'The provided token is malformed or otherwise invalid.')
export const authFailure = symptom('EC2', 'AuthFailure', 'AWS was not able to validate the provided access credentials')

/** A key that is not accepted, as each family of services says it. */
export const keyRefused = [invalidClientTokenId, unrecognizedClient, invalidAccessKeyId, authFailure] as const
/** A session that is not accepted: S3 speaks of the token. */
export const sessionRefused = [invalidClientTokenId, unrecognizedClient, invalidToken, authFailure] as const

export const expiredToken = symptom(ofQuery, 'ExpiredToken', 'The security token included in the request is expired')
export const expiredTokenException = symptom(
  ofJson,
  'ExpiredTokenException',
  'The security token included in the request is expired',
)
export const s3Expired = symptom('S3', 'ExpiredToken', 'The provided token has expired.')
export const requestExpired = symptom('EC2', 'RequestExpired', 'Request has expired.')
export const sessionOver = [expiredToken, expiredTokenException, s3Expired, requestExpired] as const

export const signatureDoesNotMatch = symptom(
  ofQuery,
  'SignatureDoesNotMatch',
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
)
export const invalidSignature = symptom(
  ofJson,
  'InvalidSignatureException',
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
)
export const s3Signature = symptom(
  'S3',
  'SignatureDoesNotMatch',
  'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
)
export const signatureWrong = [signatureDoesNotMatch, invalidSignature, s3Signature, authFailure] as const

export const signatureExpired = symptom(
  'All services but S3 and EC2',
  'SignatureDoesNotMatch or InvalidSignatureException',
  'Signature expired: ‹request time› is now earlier than ‹limit› (‹AWS time› - 15 min.)',
)
export const signatureNotYetCurrent = symptom(
  'All services but S3 and EC2',
  'SignatureDoesNotMatch or InvalidSignatureException',
  'Signature not yet current: ‹request time› is still later than ‹limit› (‹AWS time› + 15 min.)',
)
export const requestTimeTooSkewed = symptom(
  'S3',
  'RequestTimeTooSkewed',
  'The difference between the request time and the current time is too large.',
)

export const notKeyValue = symptom(
  'Most services but S3',
  'IncompleteSignature',
  "'‹part›' not a valid key=value pair (missing equal-sign) in Authorization header: '‹header›'.",
)
export const notFiveParts = symptom(
  'Most services but S3',
  'IncompleteSignature',
  "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '‹text›'",
)
export const s3Malformed = symptom(
  'S3',
  'AuthorizationHeaderMalformed',
  'The authorization header is malformed; the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
)
export const s3EmptyKey = symptom(
  'S3',
  'AuthorizationHeaderMalformed',
  'The authorization header is malformed; a non-empty Access Key (AKID) must be provided in the credential.',
)
export const badHeaderNode = symptom(
  'Node.js, before anything is sent',
  null,
  'Invalid character in header content ["authorization"]',
)
export const badHeaderGo = symptom(
  'Go, before anything is sent',
  null,
  'net/http: invalid header field value for "Authorization"',
)
export const badHeaderPython = symptom(
  'Python, before anything is sent',
  null,
  "Invalid header value b'AWS4-HMAC-SHA256 Credential=‹…›'",
)

export const badTokenHeader = symptom(
  'Node.js, before anything is sent',
  null,
  'Invalid character in header content ["x-amz-security-token"]',
)

export const unableToLocate = symptom(
  'AWS CLI and boto3, before anything is sent',
  'NoCredentialsError',
  'Unable to locate credentials',
)
export const missingToken = symptom(
  'STS, IAM and other query services',
  'MissingAuthenticationToken',
  'Request is missing Authentication Token',
)
export const missingTokenJson = symptom(
  'JSON services',
  'MissingAuthenticationTokenException',
  'Missing Authentication Token',
)
export const credentialsMissingEc2 = symptom(
  'EC2',
  'AuthFailure',
  'AWS was not able to authenticate the request: access credentials are missing',
)
export const profileMissing = symptom(
  'AWS CLI and boto3, before anything is sent',
  'ProfileNotFound',
  'The config profile (‹name›) could not be found',
)
export const cannotParse = symptom(
  'AWS CLI and boto3, before anything is sent',
  'ConfigParseError',
  'Unable to parse config file: ‹path›',
)

export const deniedNoPolicy = symptom(
  'Most services',
  'AccessDenied or AccessDeniedException',
  'User: ‹arn› is not authorized to perform: ‹action› on resource: ‹resource› because no identity-based policy allows the ‹action› action',
)
export const deniedExplicitly = symptom(
  'Most services',
  'AccessDenied or AccessDeniedException',
  'User: ‹arn› is not authorized to perform: ‹action› on resource: ‹resource› with an explicit deny in ‹a kind of› policy',
)
export const s3Denied = symptom('S3', 'AccessDenied', 'Access Denied')
export const webIdentityDenied = symptom(
  'STS',
  'AccessDenied',
  'Not authorized to perform sts:AssumeRoleWithWebIdentity',
)
export const retrievalFailed = symptom(
  'AWS CLI and boto3, before anything is sent',
  'CredentialRetrievalError',
  'Error when retrieving credentials from ‹provider›: ‹why›',
)

export { symptom }
