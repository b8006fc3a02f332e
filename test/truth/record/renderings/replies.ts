/** One refusal as AWS sends it (`errors.md` §1.1 to §1.7), or one of the embedded authority's own. */
export interface Refusal {
  readonly name: string
  readonly service: 'sts' | 'iam' | 's3' | 'dynamodb' | 'ec2' | 'lambda'
  readonly operation: string
  readonly input?: Readonly<Record<string, unknown>>
  /** What the stand-in answers; without it the authority is asked with `who`. */
  readonly reply?: {
    readonly status: number
    readonly headers: Readonly<Record<string, string>>
    readonly body: string
  }
  readonly who?:
    | 'unknown'
    | 'wrong-secret'
    | 'stale-token'
    | 'no-rights'
    | 'blank-after-id'
    | 'swapped'
    | 'session'
    | 'nobody'
  readonly code: string
  readonly status: number
  /** The causes that may come first when nothing but the text is known. */
  readonly top: readonly string[]
}

const id = '1e8dc3d1-0000-4000-8000-000000000001'
const invalid = 'The security token included in the request is invalid'
const unknownKey = [
  'key-unknown',
  'session-token-missing',
  'key-inactive',
  'key-deleted',
  'stale-session-token',
  'session-expired',
]
const wrongSecret = ['secret-wrong', 'mixed-sessions', 'secret-mangled', 'request-altered']

function query(status: number, code: string, message: string, namespace = 'https://sts.amazonaws.com/doc/2011-06-15/') {
  return {
    status,
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': id },
    body: `<ErrorResponse xmlns="${namespace}">\n  <Error>\n    <Type>Sender</Type>\n    <Code>${code}</Code>\n    <Message>${message}</Message>\n  </Error>\n  <RequestId>${id}</RequestId>\n</ErrorResponse>\n`,
  }
}

function s3(status: number, code: string, message: string, more = '') {
  return {
    status,
    headers: {
      'content-type': 'application/xml',
      'x-amz-request-id': '4442587FB7D0A2F9',
      'x-amz-id-2': 'hostid1/abc=',
    },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message>${more}<RequestId>4442587FB7D0A2F9</RequestId><HostId>hostid1/abc=</HostId></Error>`,
  }
}

function ec2(status: number, code: string, message: string) {
  return {
    status,
    headers: { 'content-type': 'text/xml;charset=UTF-8' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors><RequestID>${id}</RequestID></Response>`,
  }
}

function json(code: string, message: string, member = 'message') {
  return {
    status: 400,
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amzn-requestid': 'ABCDEFGHIJKLMNOPQRSTUVWXYZVV4KQNSO5AEMVJF66Q9ASUAAJG',
    },
    body: JSON.stringify({ __type: `com.amazon.coral.service#${code}`, [member]: message }),
  }
}

function rest(code: string, message: string) {
  return {
    status: 403,
    headers: {
      'content-type': 'application/json',
      'x-amzn-errortype': `${code}:http://internal.amazon.com/coral/com.amazon.coral.service/`,
      'x-amzn-requestid': id,
    },
    body: JSON.stringify({ message }),
  }
}

const denied =
  'User: arn:aws:iam::123456789012:user/ada is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role/admin'
const assume = { RoleArn: 'arn:aws:iam::123456789012:role/admin', RoleSessionName: 'ada' }

export const refusals: readonly Refusal[] = [
  {
    name: 'unknown key',
    service: 'sts',
    operation: 'GetCallerIdentity',
    who: 'unknown',
    code: 'InvalidClientTokenId',
    status: 403,
    top: unknownKey,
  },
  {
    name: 'wrong secret',
    service: 'sts',
    operation: 'GetCallerIdentity',
    who: 'wrong-secret',
    code: 'SignatureDoesNotMatch',
    status: 403,
    top: wrongSecret,
  },
  {
    name: 'leftover token',
    service: 'sts',
    operation: 'GetCallerIdentity',
    who: 'stale-token',
    code: 'InvalidClientTokenId',
    status: 403,
    top: unknownKey,
  },
  {
    name: 'no rights',
    service: 'sts',
    operation: 'AssumeRole',
    input: assume,
    who: 'no-rights',
    code: 'AccessDenied',
    status: 403,
    top: ['explicitly-denied', 'permission-missing'],
  },
  {
    name: 'secret as id',
    service: 'sts',
    operation: 'GetCallerIdentity',
    who: 'swapped',
    code: 'IncompleteSignature',
    status: 400,
    top: ['id-secret-swapped'],
  },
  {
    name: 'nobody',
    service: 'sts',
    operation: 'GetCallerIdentity',
    who: 'nobody',
    code: 'NoCredentials',
    status: 0,
    top: ['no-credentials'],
  },
  {
    name: 'expired',
    service: 'sts',
    operation: 'GetCallerIdentity',
    reply: query(403, 'ExpiredToken', 'The security token included in the request is expired'),
    code: 'ExpiredToken',
    status: 403,
    top: ['session-expired'],
  },
  {
    name: 'slow clock',
    service: 'sts',
    operation: 'GetCallerIdentity',
    reply: query(
      403,
      'SignatureDoesNotMatch',
      'Signature expired: 20240305T093000Z is now earlier than 20240305T094500Z (20240305T100000Z - 15 min.)',
    ),
    code: 'SignatureDoesNotMatch',
    status: 403,
    top: ['clock-skew'],
  },
  {
    name: 'fast clock',
    service: 'sts',
    operation: 'GetCallerIdentity',
    reply: query(
      403,
      'SignatureDoesNotMatch',
      'Signature not yet current: 20240305T103000Z is still later than 20240305T101500Z (20240305T100000Z + 15 min.)',
    ),
    code: 'SignatureDoesNotMatch',
    status: 403,
    top: ['clock-skew'],
  },
  {
    name: 'wrong region',
    service: 'sts',
    operation: 'GetCallerIdentity',
    reply: query(403, 'SignatureDoesNotMatch', "Credential should be scoped to a valid region, not 'eu-central-1'. "),
    code: 'SignatureDoesNotMatch',
    status: 403,
    top: ['signing-scope-wrong'],
  },
  {
    name: 'unsigned',
    service: 'sts',
    operation: 'GetCallerIdentity',
    reply: query(403, 'MissingAuthenticationToken', 'Request is missing Authentication Token'),
    code: 'MissingAuthenticationToken',
    status: 403,
    top: ['authorization-missing', 'no-credentials'],
  },
  {
    name: 'STS off',
    service: 'sts',
    operation: 'AssumeRole',
    input: assume,
    reply: query(
      403,
      'RegionDisabledException',
      'STS is not activated in this region for account:123456789012. Your account administrator can activate STS in this region using the IAM Console.',
    ),
    code: 'RegionDisabledException',
    status: 403,
    top: ['sts-region-deactivated'],
  },
  {
    name: 'trust',
    service: 'sts',
    operation: 'AssumeRole',
    input: assume,
    reply: query(403, 'AccessDenied', denied),
    code: 'AccessDenied',
    status: 403,
    top: ['explicitly-denied', 'permission-missing'],
  },
  {
    name: 'id unknown to S3',
    service: 's3',
    operation: 'ListBuckets',
    reply: s3(
      403,
      'InvalidAccessKeyId',
      'The AWS Access Key Id you provided does not exist in our records.',
      '<AWSAccessKeyId>AKIAIOSFODNN7EXAMPLE</AWSAccessKeyId>',
    ),
    code: 'InvalidAccessKeyId',
    status: 403,
    top: unknownKey,
  },
  {
    name: 'token not accepted by S3',
    service: 's3',
    operation: 'ListBuckets',
    reply: s3(400, 'InvalidToken', 'The provided token is malformed or otherwise invalid.'),
    code: 'InvalidToken',
    status: 400,
    top: ['stale-session-token', 'session-expired', 'session-token-cut'],
  },
  {
    name: 'S3 clock',
    service: 's3',
    operation: 'ListBuckets',
    reply: s3(
      403,
      'RequestTimeTooSkewed',
      'The difference between the request time and the current time is too large.',
      '<RequestTime>20240305T093000Z</RequestTime><ServerTime>2024-03-05T10:00:00Z</ServerTime><MaxAllowedSkewMilliseconds>900000</MaxAllowedSkewMilliseconds>',
    ),
    code: 'RequestTimeTooSkewed',
    status: 403,
    top: ['clock-skew', 'request-delayed'],
  },
  {
    name: 'bucket elsewhere',
    service: 's3',
    operation: 'ListBuckets',
    reply: s3(
      400,
      'AuthorizationHeaderMalformed',
      "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-1'",
      '<Region>eu-west-1</Region>',
    ),
    code: 'AuthorizationHeaderMalformed',
    status: 400,
    top: ['signing-scope-wrong'],
  },
  {
    name: 'JSON token',
    service: 'dynamodb',
    operation: 'ListTables',
    reply: json('UnrecognizedClientException', `${invalid}.`),
    code: 'UnrecognizedClientException',
    status: 400,
    top: unknownKey,
  },
  {
    name: 'JSON expired',
    service: 'dynamodb',
    operation: 'ListTables',
    reply: json('ExpiredTokenException', 'The security token included in the request is expired'),
    code: 'ExpiredTokenException',
    status: 400,
    top: ['session-expired'],
  },
  {
    name: 'JSON denied',
    service: 'dynamodb',
    operation: 'ListTables',
    reply: json(
      'AccessDeniedException',
      'User: arn:aws:iam::123456789012:user/ada is not authorized to perform: dynamodb:ListTables on resource: arn:aws:dynamodb:us-east-1:123456789012:table/* because no identity-based policy allows the dynamodb:ListTables action',
      'Message',
    ),
    code: 'AccessDeniedException',
    status: 400,
    top: ['permission-missing'],
  },
  {
    name: 'EC2',
    service: 'ec2',
    operation: 'DescribeInstances',
    reply: ec2(401, 'AuthFailure', 'AWS was not able to validate the provided access credentials'),
    code: 'AuthFailure',
    status: 401,
    top: [...unknownKey, ...wrongSecret, 'clock-skew'],
  },
  {
    name: 'EC2 expired',
    service: 'ec2',
    operation: 'DescribeInstances',
    reply: ec2(400, 'RequestExpired', 'Request has expired.'),
    code: 'RequestExpired',
    status: 400,
    top: ['session-expired', 'clock-skew'],
  },
  {
    name: 'Lambda token',
    service: 'lambda',
    operation: 'ListFunctions',
    reply: rest('UnrecognizedClientException', `${invalid}.`),
    code: 'UnrecognizedClientException',
    status: 403,
    top: unknownKey,
  },
]
