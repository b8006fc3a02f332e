import { describe, expect, test } from 'vitest'
import { explainError, explanationJson } from '../../../src/holder/diagnosis/index.ts'
import { hours, idOf, machine, secretOf, section, tokenOf } from './stand-in.ts'

const invalid = 'The security token included in the request is invalid'

interface Rendering {
  readonly why: string
  readonly text: string
  readonly error: {
    readonly code: string
    readonly service?: string | null
    readonly operation?: string | null
    readonly status?: number | null
    readonly client?: string | null
  }
}

/** One error, as each client writes it (`errors.md` §1.1 and public threads). */
const renderings: readonly Rendering[] = [
  {
    why: 'AWS CLI and botocore',
    text: `\nAn error occurred (InvalidClientTokenId) when calling the GetCallerIdentity operation: ${invalid}\n`,
    error: {
      code: 'InvalidClientTokenId',
      service: 'sts',
      operation: 'GetCallerIdentity',
      status: null,
      client: 'aws-cli',
    },
  },
  {
    why: 'AWS CLI v2 of 2026, with its prefix',
    text: `\naws: [ERROR]: An error occurred (ExpiredToken) when calling the ListBuckets operation: The provided token has expired.`,
    error: { code: 'ExpiredToken', service: 's3', operation: 'ListBuckets', client: 'aws-cli' },
  },
  {
    why: 'AWS CLI of 2013 to 2015',
    text: `A client error (InvalidClientTokenId) occurred when calling the ListUsers operation: ${invalid}`,
    error: { code: 'InvalidClientTokenId', service: 'iam', operation: 'ListUsers', client: 'aws-cli' },
  },
  {
    why: 'a Python traceback of boto3, with retries',
    text: `Traceback (most recent call last):\n  File "app.py", line 3, in <module>\nbotocore.exceptions.ClientError: An error occurred (UnrecognizedClientException) when calling the ListTables operation (reached max retries: 2): ${invalid}.`,
    error: { code: 'UnrecognizedClientException', service: 'dynamodb', operation: 'ListTables', client: 'boto3' },
  },
  {
    why: 'Go v2',
    text: `operation error STS: GetCallerIdentity, https response error StatusCode: 403, RequestID: 1e8dc3d1-0000-4000-8000-000000000000, api error InvalidClientTokenId: ${invalid}.`,
    error: {
      code: 'InvalidClientTokenId',
      service: 'sts',
      operation: 'GetCallerIdentity',
      status: 403,
      client: 'go-v2',
    },
  },
  {
    why: 'Go v2, an S3 call with a host id',
    text: 'operation error S3: ListBuckets, https response error StatusCode: 403, RequestID: ABC, HostID: a/b=, api error InvalidAccessKeyId: The AWS Access Key Id you provided does not exist in our records.',
    error: { code: 'InvalidAccessKeyId', service: 's3', operation: 'ListBuckets', status: 403, client: 'go-v2' },
  },
  {
    why: 'Go v1',
    text: `InvalidClientTokenId: ${invalid}.\n\tstatus code: 403, request id: 5f4a-1`,
    error: { code: 'InvalidClientTokenId', status: 403, client: 'go-v1' },
  },
  {
    why: 'Go v1, logged as JSON with escaped line ends',
    text: `{"level":"error","err":"ExpiredToken: The security token included in the request is expired\\n\\tstatus code: 403, request id: 1"}`,
    error: { code: 'ExpiredToken', status: 403 },
  },
  {
    why: 'Terraform with Go v1',
    text: `Error: error configuring Terraform AWS Provider: error validating provider credentials: error calling sts:GetCallerIdentity: InvalidClientTokenId: ${invalid}.\n\tstatus code: 403, request id: 5f4a-1`,
    error: {
      code: 'InvalidClientTokenId',
      service: 'sts',
      operation: 'GetCallerIdentity',
      status: 403,
      client: 'terraform',
    },
  },
  {
    why: 'Terraform with Go v2, in its box',
    text: `╷\n│ Error: Retrieving AWS account details: validating provider credentials: retrieving caller identity from STS: operation error STS: GetCallerIdentity, https response error StatusCode: 403, RequestID: a-1, api error InvalidClientTokenId: ${invalid}.\n│ \n│   with provider["registry.terraform.io/hashicorp/aws"],\n╵`,
    error: {
      code: 'InvalidClientTokenId',
      service: 'sts',
      operation: 'GetCallerIdentity',
      status: 403,
      client: 'terraform',
    },
  },
  {
    why: 'Java v1',
    text: `Exception in thread "main" com.amazonaws.services.securitytoken.model.AWSSecurityTokenServiceException: ${invalid}. (Service: AWSSecurityTokenService; Status Code: 403; Error Code: InvalidClientTokenId; Request ID: 7f3a; Proxy: null)\n\tat com.amazonaws.http.AmazonHttpClient`,
    error: { code: 'InvalidClientTokenId', service: 'sts', status: 403, client: 'java-v1' },
  },
  {
    why: 'Java v2, which leaves the code out',
    text: 'Caused by: software.amazon.awssdk.services.sts.model.StsException: The security token included in the request is expired (Service: Sts, Status Code: 403, Request ID: 69d5)',
    error: { code: 'ExpiredToken', service: 'sts', status: 403, client: 'java-v2' },
  },
  {
    why: 'Java v2, a JSON service with another name for the same thing',
    text: `software.amazon.awssdk.services.dynamodb.model.DynamoDbException: ${invalid}. (Service: DynamoDb, Status Code: 400, Request ID: ABC) (SDK Attempt Count: 1)`,
    error: { code: 'UnrecognizedClientException', service: 'dynamodb', status: 400, client: 'java-v2' },
  },
  {
    why: 'JavaScript v3',
    text: `InvalidClientTokenId: ${invalid}.\n    at throwDefaultError (/app/node_modules/@smithy/smithy-client/index.js:840:20) {\n  '$fault': 'client',\n  '$metadata': {\n    httpStatusCode: 403,\n    requestId: 'x'\n  },\n  Type: 'Sender',\n  Code: 'InvalidClientTokenId'\n}`,
    error: { code: 'InvalidClientTokenId', status: 403, client: 'js-v3' },
  },
  {
    why: 'JavaScript v2',
    text: `UnrecognizedClientException: ${invalid}.\n    at Request.extractError (/app/node_modules/aws-sdk/lib/protocol/json.js:61:27) {\n  code: 'UnrecognizedClientException',\n  statusCode: 400 }`,
    error: { code: 'UnrecognizedClientException', status: 400, client: 'js-v2' },
  },
  {
    why: 'JavaScript in brackets',
    text: `[InvalidClientTokenId: ${invalid}.]\n  message: '${invalid}.',`,
    error: { code: 'InvalidClientTokenId' },
  },
  {
    why: 'Ruby, as an uncaught exception',
    text: `/gems/aws-sdk-core/plugins/raise_response_errors.rb:17:in \`call': ${invalid} (Aws::STS::Errors::InvalidClientTokenId)`,
    error: { code: 'InvalidClientTokenId', service: 'sts', client: 'ruby' },
  },
  {
    why: 'fog, in Ruby',
    text: `Fog::AWS::IAM::Error: InvalidClientTokenId => ${invalid}`,
    error: { code: 'InvalidClientTokenId' },
  },
  {
    why: 'PHP with the body in it',
    text: 'Error executing "ListObjects" on "https://s3.amazonaws.com/bucket"; AWS HTTP error: Client error: `GET https://s3.amazonaws.com/bucket` resulted in a `403 Forbidden` response:\n<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>InvalidAccessKeyId</Code><Message>The AWS Access Key Id you (truncated...)\n InvalidAccessKeyId (client): The AWS Access Key Id you provided does not exist in our records. - <?xml version="1.0"',
    error: { code: 'InvalidAccessKeyId', service: 's3', operation: 'ListObjects', status: 403, client: 'php' },
  },
  {
    why: '.NET',
    text: `Amazon.CloudWatchLogs.AmazonCloudWatchLogsException: ${invalid}. ---> Amazon.Runtime.Internal.HttpErrorResponseException: Exception of type 'Amazon.Runtime.Internal.HttpErrorResponseException' was thrown.`,
    error: { code: 'UnrecognizedClientException', service: 'logs', client: 'dotnet' },
  },
  {
    why: 'Rust',
    text: `ServiceError(ServiceError { source: Unhandled(Unhandled { meta: ErrorMetadata { code: Some("InvalidClientTokenId"), message: Some("${invalid}."), extras: Some({}) } }) })`,
    error: { code: 'InvalidClientTokenId', client: 'rust' },
  },
  {
    why: 'the XML body of STS',
    text: `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">\n  <Error>\n    <Type>Sender</Type>\n    <Code>InvalidClientTokenId</Code>\n    <Message>${invalid}.</Message>\n  </Error>\n  <RequestId>x</RequestId>\n</ErrorResponse>`,
    error: { code: 'InvalidClientTokenId', service: 'sts', operation: null, client: 'xml' },
  },
  {
    why: 'the JSON body of STS',
    text: `{"Error":{"Code":"InvalidClientTokenId","Message":"${invalid}.","Type":"Sender"},"RequestId":"x"}`,
    error: { code: 'InvalidClientTokenId', client: 'json' },
  },
  {
    why: 'the body of a JSON service',
    text: `{"__type":"com.amazon.coral.service#UnrecognizedClientException","message":"${invalid}."}`,
    error: { code: 'UnrecognizedClientException', client: 'json' },
  },
  {
    why: 'a JSON body with the code behind',
    text: '{"message":"Signature expired: 20120907T094027Z is now earlier than 20120907T094737Z (20120907T095237Z - 5 min.)","code":"InvalidSignatureException","type":"Client"}',
    error: { code: 'InvalidSignatureException', client: 'json' },
  },
  {
    why: 'a bare code',
    text: 'ExpiredTokenException',
    error: { code: 'ExpiredTokenException', service: null, operation: null, status: null, client: null },
  },
  { why: 'a bare message', text: invalid, error: { code: 'InvalidClientTokenId', client: null } },
  {
    why: 'a wrapper that kept the body only',
    text: `litellm.AuthenticationError: Invalid Authentication - {"message":"${invalid}."}`,
    error: { code: 'InvalidClientTokenId' },
  },
  {
    why: 'a wrapper of Bedrock, whose own code has another name',
    text: `litellm.AuthenticationError: BedrockException Invalid Authentication - {"message":"${invalid}."}`,
    error: { code: 'UnrecognizedClientException', service: 'bedrock' },
  },
  {
    why: 'the command with its answer, where the operation’s name is shared by several services',
    text: `$ aws --profile dev kinesis list-streams\n\nAn error occurred (UnrecognizedClientException) when calling the ListStreams operation: ${invalid}.`,
    error: { code: 'UnrecognizedClientException', service: 'kinesis', operation: 'ListStreams', client: 'aws-cli' },
  },
  {
    why: 'a log of many lines around it',
    text: `2026-01-01 INFO start: ok\n2026-01-01 WARN Retry: later\n${'x: y\n'.repeat(300)}An error occurred (AuthFailure) when calling the DescribeInstances operation: AWS was not able to validate the provided access credentials\n2026-01-01 Error: done`,
    error: { code: 'AuthFailure', service: 'ec2', operation: 'DescribeInstances', client: 'aws-cli' },
  },
]

describe('explain reads', () => {
  test.each(renderings.map((each) => [each.why, each] as const))('%s', async (_, { text, error }) => {
    expect((await explainError(text)).error).toMatchObject(error)
  })

  test.each([
    '',
    'hello',
    'TypeError: Cannot read properties of undefined',
    'Error: 404 not found',
    'npm ERR! code E403\nnpm ERR! 403 Forbidden',
    'Traceback (most recent call last):\nValueError: x: y',
  ])('no AWS error where there is none: %j', async (text) => {
    expect(await explainError(text)).toMatchObject({ error: null, causes: [] })
  })
})

describe('explain names, from the text alone,', () => {
  test.each([
    ['the missing half', 'Partial credentials found in env, missing: AWS_SECRET_ACCESS_KEY', 'partial-credentials'],
    [
      'no credentials',
      'Unable to locate credentials. You can configure credentials by running "aws configure".',
      'no-credentials',
    ],
    [
      'no credentials (JavaScript)',
      'CredentialsProviderError: Could not load credentials from any providers',
      'no-credentials',
    ],
    ['no credentials (Go)', 'NoCredentialProviders: no valid providers in chain. Deprecated.', 'no-credentials'],
    [
      'no credentials (Java)',
      'Unable to load credentials from any of the providers in the chain AwsCredentialsProviderChain(',
      'no-credentials',
    ],
    ['the missing profile', 'The config profile (dev) could not be found', 'profile-not-found'],
    ['the missing profile (Go)', 'failed to get shared config profile, dev', 'profile-not-found'],
    ['the broken file', 'Unable to parse config file: /u/alice/.aws/credentials', 'file-syntax'],
    [
      'the SSO login',
      'Error loading SSO Token: Token for https://x.awsapps.com/start does not exist',
      'sso-session-expired',
    ],
    [
      'the failed process',
      'Error when retrieving credentials from custom-process: aws-vault: error: exec: Failed',
      'process-failed',
    ],
    [
      'an expired session',
      'An error occurred (ExpiredToken) when calling the GetCallerIdentity operation: The security token included in the request is expired',
      'session-expired',
    ],
    [
      'a clock from the future',
      'An error occurred (SignatureDoesNotMatch) when calling the GetCallerIdentity operation: Signature not yet current: 20131120T113529Z is still later than 20131120T104538Z (20131120T104038Z + 5 min.)',
      'clock-skew',
    ],
    [
      'a blank behind the key id',
      "An error occurred (IncompleteSignature) when calling the GetCallerIdentity operation: '/20230101/us-east-1/sts/aws4_request,' not a valid key=value pair (missing equal-sign) in Authorization header: 'AWS4-HMAC-SHA256 Credential=AKIAY34FZKBOKMUTVV7A /20230101/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=0'.",
      'surrounding-whitespace',
    ],
    [
      'a JWT at an AWS endpoint',
      "'eyJhbGciOiJub25lIn0' not a valid key=value pair (missing equal-sign) in Authorization header: 'Bearer eyJhbGciOiJub25lIn0'.",
      'authorization-missing',
    ],
    [
      'another account’s ARN',
      'An error occurred (InvalidClientTokenId) when calling the Subscribe operation: No account found for the given parameters',
      'look-alike',
    ],
    [
      'the wrong region',
      "AuthorizationHeaderMalformed: The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-1'",
      'signing-scope-wrong',
    ],
    [
      'an explicit deny',
      'An error occurred (AccessDenied) when calling the ListUsers operation: User: arn:aws:iam::123456789012:user/a is not authorized to perform: iam:ListUsers on resource: * with an explicit deny in an identity-based policy',
      'explicitly-denied',
    ],
    [
      'a missing permission',
      'An error occurred (AccessDeniedException) when calling the GetParameter operation: User: arn:aws:iam::123456789012:user/a is not authorized to perform: ssm:GetParameter on resource: x because no identity-based policy allows the ssm:GetParameter action',
      'permission-missing',
    ],
    [
      'a session asked for by a session',
      'An error occurred (AccessDenied) when calling the GetSessionToken operation: Cannot call GetSessionToken with session credentials',
      'session-from-session',
    ],
    [
      'a used code',
      'An error occurred (AccessDenied) when calling the AssumeRole operation: MultiFactorAuthentication failed with invalid MFA one time pass code. ',
      'mfa-code-wrong',
    ],
    [
      'the quarantine',
      'AccessDenied: User: arn:aws:iam::123456789012:user/a is not authorized to perform: iam:CreateUser on resource: x with an explicit deny in an identity-based policy: arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV2',
      'key-quarantined',
    ],
    [
      'a registry login',
      'denied: Your authorization token has expired. Reauthenticate and try again.',
      'registry-login-expired',
    ],
    [
      'a region without STS',
      'An error occurred (RegionDisabledException) when calling the AssumeRole operation: STS is not activated in this region for account:123456789012. Your account administrator can activate STS in this region using the IAM Console.',
      'sts-region-deactivated',
    ],
  ])('%s', async (_, text, cause) => {
    const { causes } = await explainError(text)
    expect(causes[0]).toMatchObject({ id: cause, certainty: 'proven' })
    expect(causes[0]!.title.length).toBeGreaterThan(10)
  })

  test('how far the clocks are apart, and leaves room for a request that was held up', async () => {
    const { causes } = await explainError(
      'An error occurred (SignatureDoesNotMatch) when calling the GetCallerIdentity operation: Signature expired: 20220127T001427Z is now earlier than 20220127T014428Z (20220127T015928Z - 15 min.)',
    )
    expect(causes[0]).toMatchObject({
      id: 'clock-skew',
      certainty: 'likely',
      title: expect.stringContaining('105 minutes behind'),
    })
    expect(causes.map((cause) => cause.id)).toContain('request-delayed')
  })

  test('the skew in S3’s own words', async () => {
    const { causes } = await explainError(
      '<Error><Code>RequestTimeTooSkewed</Code><Message>The difference between the request time and the current time is too large.</Message><RequestTime>20230101T110000Z</RequestTime><ServerTime>2023-01-01T10:30:00Z</ServerTime></Error>',
    )
    expect(causes[0]).toMatchObject({
      id: 'clock-skew',
      certainty: 'proven',
      title: expect.stringContaining('30 minutes ahead'),
    })
  })

  test('suspects by the prefix of a key id that stands in it', async () => {
    const plain = await explainError(
      `<Error><Code>InvalidAccessKeyId</Code><Message>The AWS Access Key Id you provided does not exist in our records.</Message><AWSAccessKeyId>${idOf('ASIA', 3)}</AWSAccessKeyId></Error>`,
    )
    expect(plain.causes[0]!.id).toBe('session-token-missing')
    expect(plain.causes.map((cause) => cause.id)).not.toContain('key-inactive')
  })

  test('that nothing is proven by the headline error alone', async () => {
    const { causes } = await explainError(invalid)
    expect(causes.length).toBeGreaterThan(5)
    expect(new Set(causes.map((cause) => cause.certainty))).toEqual(new Set(['possible']))
  })
})

describe('explain with the machine', () => {
  const error = `An error occurred (InvalidClientTokenId) when calling the GetCallerIdentity operation: ${invalid}`
  const id = idOf('AKIA', 3)

  test('proves what the machine shows', async () => {
    const { machine: laid } = machine({ credentials: section('default', id, secretOf(3), tokenOf(3)) })
    expect((await explainError(error, { machine: laid })).causes[0]).toMatchObject({
      id: 'stale-session-token',
      certainty: 'proven',
      fix: { commands: { bash: ['countersign fix stale-session-token'] } },
    })
  })

  test('lists for a long-term key without a token only what fits one', async () => {
    const { machine: laid } = machine({ credentials: section('default', id, secretOf(3)) })
    const { causes } = await explainError(error, { machine: laid })
    expect(causes.slice(0, 3).map((cause) => cause.id)).toEqual(['key-unknown', 'key-inactive', 'key-deleted'])
    expect(causes.map((cause) => cause.id)).not.toContain('session-token-missing')
  })

  test('takes an old session for expired, whatever text AWS sent', async () => {
    const { machine: laid } = machine({
      credentials: section('default', idOf('ASIA', 4), secretOf(4), tokenOf(4, { createdAt: hours(-40) })),
    })
    expect((await explainError(error, { machine: laid })).causes[0]).toMatchObject({
      id: 'session-expired',
      certainty: 'proven',
    })
  })

  test('does not blame a leftover token for an answer about the signature', async () => {
    const { machine: laid } = machine({ credentials: section('default', id, secretOf(3), tokenOf(3)) })
    const text =
      'An error occurred (SignatureDoesNotMatch) when calling the GetCallerIdentity operation: The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.'
    const { causes } = await explainError(text, { machine: laid })
    expect(causes[0]).toMatchObject({ id: 'secret-wrong', certainty: 'likely' })
    expect(causes.map((cause) => cause.id)).not.toContain('stale-session-token')
  })

  test('speaks of the clock that signed, which may have been another one', async () => {
    const { machine: laid } = machine({ credentials: section('default', id, secretOf(3)) })
    const text = 'Signature expired: 20220127T001427Z is now earlier than 20220127T014428Z (20220127T015928Z - 15 min.)'
    expect((await explainError(text, { machine: laid })).causes[0]).toMatchObject({
      id: 'clock-skew',
      certainty: 'likely',
      title: 'The clock that signed was 105 minutes behind that of AWS',
    })
  })

  test('sends nothing', async () => {
    const { machine: laid, sent } = machine({ credentials: section('default', id, secretOf(3)), sts: { keys: {} } })
    await explainError(error, { machine: laid })
    expect(sent.requests).toEqual([])
  })
})

describe('a secret in the pasted text', () => {
  const secret = secretOf(61)
  const token = tokenOf(61)

  test.each([
    [
      'a swapped secret in the Credential',
      `An error occurred (IncompleteSignature) when calling the GetCallerIdentity operation: Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${secret}/20230101/us-east-1/sts/aws4_request'`,
    ],
    [
      'a token in an S3 body',
      `<Error><Code>InvalidToken</Code><Message>The provided token is malformed or otherwise invalid.</Message><Token-0>${token}</Token-0></Error>`,
    ],
    [
      'variables of the shell',
      `export AWS_SECRET_ACCESS_KEY=${secret}\nexport AWS_SESSION_TOKEN="${token}"\nInvalidClientTokenId`,
    ],
    ['a credentials file', `[default]\naws_secret_access_key = ${secret}\naws_session_token=${token}\nExpiredToken`],
    [
      'JSON of STS',
      `{"SecretAccessKey": "${secret}", "SessionToken": "${token}"} then: An error occurred (ExpiredToken) when calling the X operation: y`,
    ],
    [
      'a canonical request',
      `An error occurred (SignatureDoesNotMatch) when calling the GetCallerIdentity operation: The request signature we calculated does not match the signature you provided.\n\nThe Canonical String for this request should have been\n'POST\n/\n\nx-amz-security-token:${token}\n\nhost'`,
    ],
    [
      'a message that quotes the token itself',
      `An error occurred (InvalidToken) when calling the ListBuckets operation: bad token ${token} sent`,
    ],
  ])('is told of and never repeated: %s', async (_, text) => {
    const explanation = await explainError(text)
    expect(explanation.heldSecret).toBe(true)
    const shown = JSON.stringify([explanation, explanationJson(explanation)])
    for (const value of [secret, token, token.slice(0, 60), secret.slice(5, 25)]) expect(shown).not.toContain(value)
  })

  test('is not seen where there is none', async () => {
    const text = `${invalid} commit 0123456789abcdef0123456789abcdef01234567 arn:aws:iam::123456789012:role/a-role-with-a-long-name-and-path/that-goes-on`
    expect((await explainError(text)).heldSecret).toBe(false)
  })

  test('and key ids are shortened', async () => {
    const { error } = await explainError(
      `An error occurred (AccessDenied) when calling the X operation: key ${idOf('AKIA', 8)} may not`,
    )
    expect(error!.message).toContain(`AKIA…${idOf('AKIA', 8).slice(-4)}`)
    expect(error!.message).not.toContain(idOf('AKIA', 8))
  })
})

test('a hostile text is read in bounded time', async () => {
  const texts = [
    '(Service: '.repeat(30_000),
    'A: '.repeat(60_000),
    `${'a'.repeat(200_000)} status code: `,
    '<Code>'.repeat(40_000),
    '"message":"'.repeat(30_000),
    "'".repeat(200_000),
    `An error occurred (${'x'.repeat(200_000)}`,
  ]
  for (const text of texts) await explainError(text)
})
