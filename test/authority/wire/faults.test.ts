import { describe, expect, test } from 'vitest'
import type { Refusal } from '../../../src/authority/model/refusal.ts'
import { faultOf } from '../../../src/authority/wire/index.ts'

const invalid = 'The security token included in the request is invalid'

/** Codes, statuses and sentences as `authority.md` and `errors.md` give them, blanks and periods included. */
const rows: readonly [refusal: Refusal, code: string, status: number, message: string][] = [
  // Recorded from IAM on 24 February 2026 (LocalStack's validated snapshots): there is no colon.
  [
    { reason: 'key-not-visible', principal: 'arn:aws:iam::111111111111:user/a', accessKeyId: 'AKIAIOSFODNN7EXAMPLE' },
    'AccessDenied',
    403,
    'User: arn:aws:iam::111111111111:user/a is not authorized to perform iam:GetAccessKeyLastUsed on resource: access key AKIAIOSFODNN7EXAMPLE',
  ],
  [{ reason: 'unsigned' }, 'MissingAuthenticationToken', 403, 'Request is missing Authentication Token'],
  [
    {
      reason: 'not-key-value',
      fragment: '/20150830/us-east-1/sts/aws4_request',
      header: 'AWS4-HMAC-SHA256 Credential=A /20150830',
    },
    'IncompleteSignature',
    400,
    "'/20150830/us-east-1/sts/aws4_request' not a valid key=value pair (missing equal-sign) in Authorization header: 'AWS4-HMAC-SHA256 Credential=A /20150830'.",
  ],
  [
    {
      reason: 'parts-missing',
      missing: ['Credential', 'Signature', 'SignedHeaders', 'Date'],
      header: 'AWS4-HMAC-SHA256',
    },
    'IncompleteSignature',
    400,
    "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=AWS4-HMAC-SHA256",
  ],
  [
    { reason: 'query-parts-missing', missing: ['X-Amz-Signature', 'X-Amz-Date'] },
    'IncompleteSignature',
    400,
    "AWS query-string parameters must include 'X-Amz-Signature'. AWS query-string parameters must include 'X-Amz-Date'. Re-examine the query-string parameters.",
  ],
  [
    { reason: 'date-malformed', date: 'today' },
    'IncompleteSignature',
    400,
    "Date must be in ISO-8601 'basic format'. Got 'today'. See http://en.wikipedia.org/wiki/ISO_8601",
  ],
  [
    {
      reason: 'signature-expired',
      requestTime: '20150830T120000Z',
      limit: '20150830T122100Z',
      serverTime: '20150830T123600Z',
      toleranceMinutes: 15,
    },
    'SignatureDoesNotMatch',
    403,
    'Signature expired: 20150830T120000Z is now earlier than 20150830T122100Z (20150830T123600Z - 15 min.)',
  ],
  [
    {
      reason: 'signature-not-yet-current',
      requestTime: '20150830T130000Z',
      limit: '20150830T125100Z',
      serverTime: '20150830T123600Z',
      toleranceMinutes: 15,
    },
    'SignatureDoesNotMatch',
    403,
    'Signature not yet current: 20150830T130000Z is still later than 20150830T125100Z (20150830T123600Z + 15 min.)',
  ],
  [
    {
      reason: 'scope-wrong',
      faults: [
        { fault: 'region', got: 'a b' },
        { fault: 'service', expected: 'sts' },
        { fault: 'terminator', got: 'aws3' },
        { fault: 'date', scopeDate: '20150829', requestDate: '20150830', requestTime: '20150830T123600Z' },
      ],
    },
    'SignatureDoesNotMatch',
    403,
    "Credential should be scoped to a valid region, not 'a b'. Credential should be scoped to correct service: 'sts'. Credential should be scoped with a valid terminator: 'aws4_request', not 'aws3'. Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20150829' != '20150830', from '20150830T123600Z'. ",
  ],
  [
    { reason: 'credential-malformed', credential: 'a/b' },
    'IncompleteSignature',
    400,
    "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'a/b'",
  ],
  [
    { reason: 'algorithm-unsupported', algorithm: 'AWS3' },
    'IncompleteSignature',
    400,
    "Unsupported AWS 'algorithm': 'AWS3'.",
  ],
  [{ reason: 'key-unknown' }, 'InvalidClientTokenId', 403, `${invalid}.`],
  [{ reason: 'key-inactive' }, 'InvalidClientTokenId', 403, `${invalid}.`],
  [{ reason: 'key-deleted' }, 'InvalidClientTokenId', 403, `${invalid}.`],
  [{ reason: 'token-missing' }, 'InvalidClientTokenId', 403, invalid],
  [{ reason: 'token-of-other-key' }, 'InvalidClientTokenId', 403, invalid],
  [{ reason: 'session-barred', why: 'iam-without-mfa' }, 'InvalidClientTokenId', 403, invalid],
  [
    { reason: 'token-expired', expiredAt: '2026-11-28T12:00:00Z' },
    'ExpiredToken',
    403,
    'The security token included in the request is expired',
  ],
  [
    { reason: 'signature-mismatch', canonicalRequest: 'C\nR', stringToSign: 'S' },
    'SignatureDoesNotMatch',
    403,
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.\n\nThe Canonical String for this request should have been\n'C\nR'\n\nThe String-to-Sign should have been\n'S'\n",
  ],
  [
    { reason: 'action-unknown', action: 'Foo', version: '2011-06-15' },
    'InvalidAction',
    400,
    'Could not find operation Foo for version 2011-06-15',
  ],
  [
    {
      reason: 'not-authorized',
      principal: 'arn:aws:iam::123456789012:user/dev',
      action: 'iam:CreateUser',
      resource: 'arn:aws:iam::123456789012:user/x',
      verdict: { kind: 'implicit', policyType: 'identity-based' },
      statement: null,
    },
    'AccessDenied',
    403,
    'User: arn:aws:iam::123456789012:user/dev is not authorized to perform: iam:CreateUser on resource: arn:aws:iam::123456789012:user/x because no identity-based policy allows the iam:CreateUser action',
  ],
  [
    {
      reason: 'not-authorized',
      principal: 'P',
      action: 'sts:AssumeRole',
      resource: 'R',
      verdict: { kind: 'explicit', policyType: 'trust', policyArn: null },
      statement: null,
    },
    'AccessDenied',
    403,
    'User: P is not authorized to perform: sts:AssumeRole on resource: R with an explicit deny in the role trust policy',
  ],
  [
    { reason: 'mfa-code-wrong' },
    'AccessDenied',
    403,
    'MultiFactorAuthentication failed with invalid MFA one time pass code. ',
  ],
  [
    { reason: 'mfa-serial-wrong' },
    'AccessDenied',
    403,
    'MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.',
  ],
  [
    { reason: 'mfa-pair-incomplete' },
    'AccessDenied',
    403,
    'MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code. ',
  ],
  [
    { reason: 'called-with-session', operation: 'GetSessionToken' },
    'AccessDenied',
    403,
    'Cannot call GetSessionToken with session credentials',
  ],
  [{ reason: 'root-may-not-assume' }, 'AccessDenied', 403, 'Roles may not be assumed by root accounts.'],
  [
    { reason: 'duration-exceeds-role' },
    'ValidationError',
    400,
    'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
  ],
  [
    { reason: 'no-such-entity', says: 'The user with name x cannot be found.' },
    'NoSuchEntity',
    404,
    'The user with name x cannot be found.',
  ],
  [
    { reason: 'entity-exists', says: 'User with name x already exists.' },
    'EntityAlreadyExists',
    409,
    'User with name x already exists.',
  ],
  [
    { reason: 'limit-exceeded', says: 'Cannot exceed quota for AccessKeysPerUser: 2' },
    'LimitExceeded',
    409,
    'Cannot exceed quota for AccessKeysPerUser: 2',
  ],
  [{ reason: 'mfa-codes-wrong' }, 'InvalidAuthenticationCode', 403, 'Authentication code for device is not valid.'],
  [{ reason: 'throttled' }, 'Throttling', 400, 'Rate exceeded'],
  [{ reason: 'injected', code: 'Throttling' }, 'Throttling', 400, 'Rate exceeded'],
]

describe('the table of faults', () => {
  test.each(rows)('words %o as %s', (refusal, code, status, message) => {
    const fault = faultOf(refusal, 'sts')
    expect(fault).toEqual({ code, status, message, type: status >= 500 ? 'Receiver' : 'Sender' })
  })

  test('names the same fault in the words of each of the two services', () => {
    expect(faultOf({ reason: 'invalid-input', says: 'x' }, 'iam').code).toBe('InvalidInput')
    expect(faultOf({ reason: 'invalid-input', says: 'x' }, 'sts').code).toBe('InvalidParameterValue')
  })

  test('says Receiver for what is the server’s own fault', () => {
    expect(faultOf({ reason: 'unavailable' }, 'sts')).toMatchObject({ status: 503, type: 'Receiver' })
    expect(faultOf({ reason: 'injected', code: 'InternalFailure' }, 'iam')).toMatchObject({
      status: 500,
      type: 'Receiver',
    })
  })
})
