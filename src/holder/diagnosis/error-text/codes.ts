import { speaksJson } from './names.ts'

/** Codes that people paste bare, or that stand in prose; the longest first, so that `…Exception` wins over its stem. */
export const bareCodes =
  /\b(InvalidClientTokenId|UnrecognizedClientException|InvalidAccessKeyId|InvalidSignatureException|SignatureDoesNotMatch|ExpiredTokenException|ExpiredToken|RequestTimeTooSkewed|RequestExpired|IncompleteSignatureException|IncompleteSignature|AuthorizationHeaderMalformed|MissingAuthenticationTokenException|MissingAuthenticationToken|AuthFailure|InvalidToken|TokenRefreshRequired|OptInRequired|SubscriptionRequiredException|RegionDisabledException|UnauthorizedOperation|(?<!file\.)AccessDeniedException|AccessDenied(?!Exception)|InvalidIdentityToken|IDPRejectedClaim|NotSignedUp|InvalidAuthenticationCode)\b/

/** A person who asks about nothing but a code may write it in small letters, and may mean one that prose has for other things. */
export const askedCodes = new RegExp(
  `^(?:${bareCodes.source.slice(3, -3)}|AuthMissingFailure|MissingClientTokenId|MissingSecurityHeader|InvalidSecurity|RequestInTheFuture|AuthorizationQueryParametersError|AccountProblem|AllAccessDisabled|PendingVerification|PackedPolicyTooLarge|MalformedPolicyDocument|LimitExceeded|EntityAlreadyExists|DeleteConflict|NoSuchEntity|ForbiddenException|UnauthorizedException|NotAuthorizedException|IDPCommunicationError|IdempotentParameterMismatch|InvalidClientTokenException|NoCredentials|PartialCredentials|ProfileNotFound|ConfigParse|ConfigNotFound|CredentialRetrieval|SSOTokenLoad|UnauthorizedSSOToken|LoginRefreshRequired)(?:Error)?\\.?$`,
  'i',
)

export const anyLetters = new RegExp(bareCodes.source, 'i')

export const codesByLetters: ReadonlyMap<string, string> = new Map(
  askedCodes.source.match(/[A-Z][A-Za-z]{6,}/g)!.map((code) => [code.toLowerCase(), code]),
)

/** Messages that tell their code by themselves: Java v2 and many wrappers leave the code out. */
export const knownMessages: readonly (readonly [RegExp, string])[] = [
  [/The security token included in the request (?:is invalid|isn.t valid|is not valid)\.?/i, 'InvalidClientTokenId'],
  [/The security token included in the request (?:is|has) expired\.?/i, 'ExpiredToken'],
  [/The (?:AWS )?Access Key Id you provided does not exist in our records\.?/i, 'InvalidAccessKeyId'],
  [/The provided token is malformed or otherwise invalid\.?/i, 'InvalidToken'],
  [/The provided token has expired\.?/i, 'ExpiredToken'],
  [/AWS was not able to (?:validate|authenticate)[^\r\n]{0,120}/i, 'AuthFailure'],
  [/The request signature we calculated does not match[^\r\n]{0,200}/i, 'SignatureDoesNotMatch'],
  [/Signature (?:expired|not yet current): [^\r\n]{0,200}/i, 'SignatureDoesNotMatch'],
  [
    /The difference between the request time and the (?:current|server's) time is too large\.?/i,
    'RequestTimeTooSkewed',
  ],
  [/Credential access key has length \d{1,4}, should be \d{1,4}/i, 'InvalidArgument'],
  [/(?:The )?Credential (?:should|must) be scoped to [^\r\n]{0,200}/i, 'SignatureDoesNotMatch'],
  [/The authorization header is malformed; [^\r\n]{0,400}/i, 'AuthorizationHeaderMalformed'],
  [/the region '[^'\r\n]{0,60}' is wrong; expecting '[^'\r\n]{0,60}'/i, 'AuthorizationHeaderMalformed'],
  [/Credential must have exactly 5 slash-delimited elements[^\r\n]{0,300}/i, 'IncompleteSignature'],
  [/(?:'[^'\r\n]{0,8000}' )?not a valid key=value pair \(missing equal-sign\)[^\r\n]{0,300}/i, 'IncompleteSignature'],
  [/Request is missing Authentication Token|Missing Authentication Token/i, 'MissingAuthenticationToken'],
  [/User: (?:arn:[^\r\n]{1,300}|anonymous) is not authorized to perform[^\r\n]{0,600}/i, 'AccessDenied'],
  [/MultiFactorAuthentication failed[^\r\n]{0,300}/i, 'AccessDenied'],
  [
    /To complete this action, please ensure that you are authenticated with an MFA device[^\r\n]{0,60}/i,
    'AccessDenied',
  ],
  [/Not authorized to perform sts:AssumeRole[^\r\n]{0,200}/i, 'AccessDenied'],
  [/Roles may not be assumed by root accounts\.?/i, 'AccessDenied'],
  [/EKS does not have permissions to assume the associated role\.?/, 'AccessDeniedException'],
  [/The requested DurationSeconds exceeds [^\r\n]{0,120}/i, 'ValidationError'],
  [
    /\d{1,3} validation errors? detected: [^\r\n]{0,400}'(?:tokenCode|serialNumber|durationSeconds)'[^\r\n]{0,300}/i,
    'ValidationError',
  ],
  [/Authorization header requires '(?:Credential|Signature|SignedHeaders)'[^\r\n]{0,600}/i, 'IncompleteSignature'],
  [/Cannot call Get(?:SessionToken|FederationToken) with session credentials/i, 'AccessDenied'],
  [/STS is not activated in this region for account[^\r\n]{0,300}/i, 'RegionDisabledException'],
  [/You are not subscribed to this service|needs a subscription for the service/i, 'OptInRequired'],
  [
    /Your authorization token has expired\. (?:Reauthenticate and try again|Please run 'aws ecr)|no basic auth credentials/i,
    'RegistryLogin',
  ],
  [
    /No OpenIDConnect provider found in your account[^\r\n]{0,300}|Incorrect token audience|The web identity token provided could not be validated|Token audience contains more than one audience[^\r\n]{0,60}|Couldn't retrieve verification key from your identity provider[^\r\n]{0,200}/i,
    'InvalidIdentityToken',
  ],
  // What a browser shows of S3's answer; EC2 writes a stop.
  [/^Request has expired\s*$/m, 'AccessDenied'],
  [/^Request is not yet valid\s*$/m, 'AccessDenied'],
  [/535[ -](?:5\.7\.8 )?Authentication Credentials Invalid/i, 'SmtpAuthentication'],
  [/Roles may not be assumed by root accounts\.?/i, 'AccessDenied'],
  [/The requested DurationSeconds exceeds [^\r\n]{0,200}/i, 'ValidationError'],
  [/\d{1,3} validation errors? detected: Value [^\r\n]{0,4000}/i, 'ValidationError'],
  [/The authorization mechanism you have provided is not supported\.[^\r\n|]{0,80}/i, 'InvalidRequest'],
  [/Authorization header requires (?:'|existence|three)[^\r\n]{0,2000}/i, 'IncompleteSignature'],
  [/Token must be redeemed within \d{1,3} minutes of issuance\.?/i, 'ExpiredTokenException'],
  [
    /(?:RoleSessionName (?:is required )?in AuthnResponse|Response signature invalid)[^\r\n(]{0,200}/i,
    'InvalidIdentityToken',
  ],
  [/Authentication code for device is not valid\.?/i, 'InvalidAuthenticationCode'],
  [/Cannot exceed quota for (?:AccessKeys|MFADevices)PerUser[^\r\n(]{0,40}/i, 'LimitExceeded'],
  [/The Access Key with id \S{1,128}(?: cannot be found\.?)?/i, 'NoSuchEntity'],
  [
    /Invalid login token\.[^\r\n"(]{0,300}|Unauthenticated access is not supported for this identity pool\.?|(?:Token|Login) is not from a supported provider of this identity pool\.?|Access to Identity '[^'\r\n]{0,120}' is forbidden\.?/i,
    'NotAuthorizedException',
  ],
  [/Session token not found or invalid/i, 'UnauthorizedException'],
]

/** The code that goes with a message; services that answer in JSON have names of their own for three of them. */
export function codeOfMessage(
  message: string,
  service: string | null = null,
  status: number | null = null,
): string | null {
  const code = knownMessages.find(([pattern]) => pattern.test(message))?.[1] ?? null
  const json = speaksJson(service) ?? (status === 400 && code !== 'InvalidToken')
  return code !== null && json ? (jsonCodes[code] ?? code) : code
}

const jsonCodes: Readonly<Record<string, string>> = {
  InvalidClientTokenId: 'UnrecognizedClientException',
  ExpiredToken: 'ExpiredTokenException',
  SignatureDoesNotMatch: 'InvalidSignatureException',
  AccessDenied: 'AccessDeniedException',
  ValidationError: 'ValidationException',
}

export const knownIssuer =
  /^(PackedPolicyTooLarge|MalformedPolicyDocument|LimitExceeded|EntityAlreadyExists|DeleteConflict|NoSuchEntity|InvalidAuthenticationCode|IDPCommunicationError|InvalidAuthorizationMessage|InvalidGrantException|InvalidArgument|InvalidRequest|ValidationError|ValidationException|CredentialsExpired|Throttling|AssumeRoleUnauthorizedAccess|InstanceProfileNotFound)/
