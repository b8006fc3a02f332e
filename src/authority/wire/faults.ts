import type { ServiceName } from '../actions/grid.ts'
import type { DenialReason, Refusal, ScopeFault, Violation } from '../model/refusal.ts'

/** Which API speaks. */
export type WireService = ServiceName

/** A refusal as AWS words it on the wire. */
export interface Fault {
  readonly code: string
  readonly status: number
  readonly message: string
  readonly type: 'Sender' | 'Receiver'
}

type Of<R extends Refusal['reason']> = Extract<Refusal, { readonly reason: R }>
type Row<R extends Refusal['reason']> = (
  refusal: Of<R>,
  service: WireService,
) => readonly [code: string, status: number, message: string]

/** Step 8 ends with a period and step 10 without, as most of AWS's replies were seen; nothing may depend on it (§2.1). */
const keyInvalid = 'The security token included in the request is invalid.'
const tokenInvalid = 'The security token included in the request is invalid'

/** Until some year with a blank at its end; without it in September 2026 (radkawar/stackd, `testdata/aws/iam/mfa.json`). */
const mfaNotValidated =
  'MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and ' +
  'associated with this user.'

const invalidKey = () => ['InvalidClientTokenId', 403, keyInvalid] as const
const invalidToken = () => ['InvalidClientTokenId', 403, tokenInvalid] as const
const incompleteSignature = (message: string) => ['IncompleteSignature', 400, message] as const
const signatureFault = (message: string) => ['SignatureDoesNotMatch', 403, message] as const
const validationError = (message: string) => ['ValidationError', 400, message] as const
const accessDenied = (message: string) => ['AccessDenied', 403, message] as const

/**
 * The one table of what each refusal is called on the wire: code, HTTP status and sentence, blanks and periods as AWS sends them.
 * Sources: `authority.md` §1.5, §2.1, §2.4, §3.3, §3.6, §4.1, §4.5, §5.10; `errors.md` §1.2 to §1.8.
 */
const table: { readonly [R in Refusal['reason']]: Row<R> } = {
  unsigned: () => ['MissingAuthenticationToken', 403, 'Request is missing Authentication Token'],
  'two-authentications': () =>
    signatureFault(`Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.`),
  'not-key-value': ({ fragment, header }) =>
    incompleteSignature(
      `'${fragment}' not a valid key=value pair (missing equal-sign) in Authorization header: '${header}'.`,
    ),
  'parts-missing': ({ missing, header }) =>
    incompleteSignature(`${missing.map((part) => partMissing[part]).join('')}Authorization=${header}`),
  'query-parts-missing': ({ missing }) =>
    incompleteSignature(
      `${missing.map((part) => `AWS query-string parameters must include '${part}'. `).join('')}` +
        'Re-examine the query-string parameters.',
    ),
  'date-malformed': ({ date }) =>
    incompleteSignature(
      `Date must be in ISO-8601 'basic format'. Got '${date}'. See http://en.wikipedia.org/wiki/ISO_8601`,
    ),
  'signature-expired': ({ requestTime, limit, serverTime, toleranceMinutes }) =>
    signatureFault(
      `Signature expired: ${requestTime} is now earlier than ${limit} (${serverTime} - ${toleranceMinutes} min.)`,
    ),
  'signature-not-yet-current': ({ requestTime, limit, serverTime, toleranceMinutes }) =>
    signatureFault(
      `Signature not yet current: ${requestTime} is still later than ${limit} (${serverTime} + ${toleranceMinutes} min.)`,
    ),
  'host-not-signed': () => signatureFault(`'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.`),
  'algorithm-unsupported': ({ algorithm }) => incompleteSignature(`Unsupported AWS 'algorithm': '${algorithm}'.`),
  'credential-malformed': ({ credential }) =>
    incompleteSignature(
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential}'`,
    ),
  'scope-wrong': ({ faults }) => signatureFault(faults.map(scopeSentence).join('')),
  'key-unknown': invalidKey,
  'key-inactive': invalidKey,
  'key-deleted': invalidKey,
  'key-not-propagated': invalidKey,
  'key-of-other-partition': invalidKey,
  'signature-mismatch': ({ canonicalRequest, stringToSign }) =>
    signatureFault(
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and ' +
        'signing method. Consult the service documentation for details.' +
        `\n\nThe Canonical String for this request should have been\n'${canonicalRequest}'` +
        `\n\nThe String-to-Sign should have been\n'${stringToSign}'\n`,
    ),
  'token-missing': invalidToken,
  'token-unexpected': invalidToken,
  'token-empty': invalidToken,
  'token-malformed': invalidToken,
  'token-foreign': invalidToken,
  'token-of-other-key': invalidToken,
  'token-expired': () => ['ExpiredToken', 403, 'The security token included in the request is expired'],
  'parent-gone': invalidToken,
  'region-not-enabled': invalidToken,
  'token-of-global-endpoint': invalidToken,
  'session-barred': invalidToken,

  'action-missing': () => ['MissingAction', 400, 'The request is missing an action or a required parameter.'],
  'action-unknown': ({ action, version }) => [
    'InvalidAction',
    400,
    `Could not find operation ${action} for version ${version === '' ? 'NO_VERSION_SPECIFIED' : version}`,
  ],
  'query-malformed': () => ['MalformedQueryString', 404, 'The query string contains a syntax error.'],
  'body-too-large': ({ limit }) => ['RequestEntityTooLarge', 413, `Request size exceeded ${limit} bytes`],
  'input-malformed': ({ says }) => ['MalformedInput', 400, says],
  constraints: ({ violations }, service) => validationError(violationSentence(violations, service)),
  'invalid-parameter': ({ says }) => validationError(says),
  'invalid-input': ({ says }, service) => [service === 'iam' ? 'InvalidInput' : 'InvalidParameterValue', 400, says],
  'duration-exceeds-role': () =>
    validationError('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.'),
  'duration-exceeds-chaining': () =>
    validationError(
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    ),
  'dry-run': () => ['DryRunOperation', 412, 'Request would have succeeded, but DryRun flag is set.'],
  'authorization-message-invalid': () => ['InvalidAuthorizationMessageException', 400, 'Message is not valid'],
  'policy-malformed': ({ says }) => ['MalformedPolicyDocument', 400, says],
  'policy-too-large': ({ percent, what }) => [
    'PackedPolicyTooLarge',
    400,
    what === 'tags'
      ? `Packed size of session tags consumes ${percent}% of allotted space.`
      : `Packed policy consumes ${percent}% of allotted space, please use smaller policy.`,
  ],

  'not-authorized': ({ principal, action, resource, verdict }) =>
    accessDenied(
      `User: ${principal} is not authorized to perform: ${action} on resource: ${resource}${denialTail(verdict, action)}`,
    ),
  'sts-region-deactivated': ({ account }) => [
    'RegionDisabledException',
    403,
    `STS is not activated in this region for account:${account}. Your account administrator can activate STS in this region using the IAM Console.`,
  ],
  'root-may-not-assume': () => accessDenied('Roles may not be assumed by root accounts.'),
  'other-account': ({ says }) => accessDenied(says),
  'called-with-session': ({ operation }) => accessDenied(`Cannot call ${operation} with session credentials`),
  'mfa-code-wrong': () => accessDenied('MultiFactorAuthentication failed with invalid MFA one time pass code. '),
  'mfa-code-used': () => accessDenied('MultiFactorAuthentication failed with invalid MFA one time pass code. '),
  'mfa-serial-wrong': () => accessDenied(mfaNotValidated),
  // The same for a device whose codes are not looked at for a while (radkawar/stackd, `mfa_rejection*.json`).
  'mfa-tries-spent': () => accessDenied(mfaNotValidated),
  'mfa-pair-incomplete': () =>
    accessDenied('MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code. '),
  'own-mfa-needed': () =>
    accessDenied(
      'To complete this action, please ensure that you are authenticated with an MFA device that is enabled for this user.',
    ),
  'key-not-visible': ({ principal, accessKeyId }) =>
    accessDenied(
      // Without the colon that all other denials have (same source as `violationSentence`).
      `User: ${principal} is not authorized to perform iam:GetAccessKeyLastUsed on resource: access key ${accessKeyId}`,
    ),

  'no-such-entity': ({ says }) => ['NoSuchEntity', 404, says],
  'entity-exists': ({ says }) => ['EntityAlreadyExists', 409, says],
  'limit-exceeded': ({ says }) => ['LimitExceeded', 409, says],
  'delete-conflict': ({ says }) => ['DeleteConflict', 409, says],
  'mfa-codes-wrong': () => ['InvalidAuthenticationCode', 403, 'Authentication code for device is not valid.'],
  // The reply does not say which rule was broken (gree/subiam#3, "Password does not conform …"); the decision log does.
  'password-policy-violation': () => [
    'PasswordPolicyViolation',
    400,
    'Password does not conform to the account password policy.',
  ],
  'old-password-wrong': () => accessDenied('The old password was incorrect.'),
  // The code was recorded of AWS, its sentence was not (radkawar/stackd, `login_profile_aws.json`, September 2026).
  'new-password-is-old': () => accessDenied('The new password is the old one.'),
  'wrong-user-type': () => [
    'InvalidUserType',
    400,
    'The request was rejected because the type of user for the transaction was incorrect.',
  ],
  unmodifiable: ({ says }) => ['UnmodifiableEntity', 400, says],
  'policy-not-attachable': ({ says }) => ['PolicyNotAttachable', 400, says],
  // Seen of AWS without any sentence (goldfiglabs/introspector#17; recorded in February 2026 by localstack).
  'report-absent': () => ['ReportNotPresent', 410, ''],
  'report-expired': () => ['ReportExpired', 410, ''],
  'concurrent-modification': () => [
    'ConcurrentModification',
    409,
    'The request was rejected because multiple requests to change this object were submitted simultaneously. ' +
      'Wait a few minutes and submit your request again.',
  ],
  'identity-token-invalid': ({ says }) => ['InvalidIdentityToken', 400, says],
  'identity-token-expired': ({ now, expiresAt }) => [
    'ExpiredTokenException',
    400,
    `Token expired: current date/time ${now} must be before the expiration date/time ${expiresAt}`,
  ],
  'identity-token-too-old': ({ age }) => ['ExpiredTokenException', 400, `Token too old: ${age}`],
  'identity-provider-rejects': ({ says }) => ['IDPRejectedClaim', 403, says],
  'identity-provider-unreachable': () => [
    'IDPCommunicationError',
    400,
    // No reply was ever posted: the sentence is that of the service model.
    'The request could not be fulfilled because the identity provider (IDP) that was asked to verify the incoming identity ' +
      'token could not be reached.',
  ],
  'certificate-unreachable': () => [
    'OpenIdIdpCommunicationError',
    400,
    'The request failed because IAM cannot connect to the OpenID Connect identity provider URL.',
  ],
  'federation-not-authorized': ({ operation, says }) =>
    accessDenied(says ?? `Not authorized to perform sts:${operation}`),
  throttled: () => ['Throttling', 400, 'Rate exceeded'],
  unavailable: () => ['ServiceUnavailable', 503, 'The request has failed due to a temporary failure of the server.'],
  injected: ({ code }) => injectedFault(code),
}

const partMissing = {
  Credential: `Authorization header requires 'Credential' parameter. `,
  Signature: `Authorization header requires 'Signature' parameter. `,
  SignedHeaders: `Authorization header requires 'SignedHeaders' parameter. `,
  Date: `Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. `,
} as const

function scopeSentence(fault: ScopeFault): string {
  switch (fault.fault) {
    case 'region':
      return `Credential should be scoped to a valid region, not '${fault.got}'. `
    case 'service':
      return `Credential should be scoped to correct service: '${fault.expected}'. `
    case 'terminator':
      return `Credential should be scoped with a valid terminator: 'aws4_request', not '${fault.got}'. `
    case 'date':
      return (
        'Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: ' +
        `'${fault.scopeDate}' != '${fault.requestDate}', from '${fault.requestTime}'. `
      )
  }
}

/** STS repeats the value; IAM no longer does (its replies as recorded in February 2026 by LocalStack's validated snapshots). */
function violationSentence(violations: readonly Violation[], service: WireService): string {
  const sentences = violations.map(({ path, value, clause }) => {
    const shown =
      value === undefined || service === 'iam' ? 'Value' : value === null ? 'Value null' : `Value '${value}'`
    return `${shown} at '${path}' failed to satisfy constraint: ${clause}`
  })
  const count = violations.length
  return `${count} validation ${count === 1 ? 'error' : 'errors'} detected: ${sentences.join('; ')}`
}

const implicitTail = {
  'identity-based': 'identity-based policy',
  'resource-based': 'resource-based policy',
  session: 'session policy',
  'permissions-boundary': 'permissions boundary',
  trust: 'role trust policy',
} as const

const explicitTail = {
  'identity-based': 'an identity-based policy',
  'resource-based': 'a resource-based policy',
  session: 'a session policy',
  'permissions-boundary': 'a permissions boundary',
  trust: 'the role trust policy',
} as const

function denialTail(verdict: DenialReason, action: string): string {
  switch (verdict.kind) {
    case 'implicit':
      return ` because no ${implicitTail[verdict.policyType]} allows the ${action} action`
    case 'explicit':
      return (
        ` with an explicit deny in ${explicitTail[verdict.policyType]}` +
        (verdict.policyArn === null ? '' : `: ${verdict.policyArn}`)
      )
    case 'unstated':
      return ''
  }
}

/** Status and sentence of the codes that a test may inject; any other code is a 400. */
const injectable: Readonly<Record<string, readonly [status: number, message: string]>> = {
  Throttling: [400, 'Rate exceeded'],
  ThrottlingException: [400, 'Rate exceeded'],
  RequestLimitExceeded: [503, 'Request limit exceeded.'],
  SlowDown: [503, 'Please reduce your request rate.'],
  InternalFailure: [500, 'The request processing has failed because of an unknown error, exception or failure.'],
  ServiceFailure: [500, 'The request processing has failed because of an unknown error, exception or failure.'],
  InternalError: [500, 'An internal error occurred.'],
  ServiceUnavailable: [503, 'The request has failed due to a temporary failure of the server.'],
  InvalidClientTokenId: [403, keyInvalid],
  ExpiredToken: [403, 'The security token included in the request is expired'],
  SignatureDoesNotMatch: [
    403,
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and ' +
      'signing method. Consult the service documentation for details.',
  ],
  MissingAuthenticationToken: [403, 'Request is missing Authentication Token'],
  OptInRequired: [403, 'The AWS Access Key Id needs a subscription for the service'],
  AccessDenied: [403, 'Access Denied'],
  RegionDisabledException: [403, 'STS is not activated in this region.'],
  RequestExpired: [400, 'Request has expired.'],
  IDPCommunicationError: [400, 'Error communicating with the identity provider.'],
  NoSuchEntity: [404, 'The entity cannot be found.'],
  EntityAlreadyExists: [409, 'The entity already exists.'],
  EntityTemporarilyUnmodifiable: [409, 'The entity cannot be modified at this time. Please try again.'],
  ConcurrentModification: [409, 'The request was rejected because of a concurrent modification.'],
  LimitExceeded: [409, 'The request was rejected because it attempted to create resources beyond the current limits.'],
  DeleteConflict: [409, 'The entity has subordinate entities.'],
}

function injectedFault(code: string): readonly [string, number, string] {
  const [status, message] = injectable[code] ?? [400, 'Injected by a test control.']
  return [code, status, message]
}

/** What a refusal is on the wire of this service. */
export function faultOf(refusal: Refusal, service: WireService): Fault {
  const row = table[refusal.reason] as (refusal: Refusal, service: WireService) => readonly [string, number, string]
  const [code, status, message] = row(refusal, service)
  return { code, status, message, type: status >= 500 ? 'Receiver' : 'Sender' }
}

/** Broken machinery, never the caller's doing: the reason stays in the authority's own log. */
export const internalFailure: Fault = {
  code: 'InternalFailure',
  status: 500,
  message: 'The request processing has failed because of an unknown error, exception or failure.',
  type: 'Receiver',
}
