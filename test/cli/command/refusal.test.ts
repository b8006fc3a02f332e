import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { keepOutput } from '../../../src/cli/command/kept.ts'
import { errorIn, isAboutCredentials, isReal } from '../../../src/cli/command/refusal.ts'
import { readErrorText } from '../../../src/holder/diagnosis/error-text/index.ts'
import { explainError } from '../../../src/holder/diagnosis/explain.ts'

async function speaks(text: string, isTestRun = false): Promise<boolean> {
  const stderr = keepOutput()
  stderr.add(new TextEncoder().encode(text))
  const seen = errorIn({ kept: { stdout: keepOutput(), stderr } })
  if (seen.error === null || !isReal(seen.error, isTestRun)) return false
  return isAboutCredentials(await explainError(seen.text))
}

describe('what a failed command printed', () => {
  // Failures of other programs, and of AWS for other reasons than who asks.
  test.each([
    "fatal: unable to access 'https://github.com/x/y.git/': The requested URL returned error: 403",
    '{"message":"Bad credentials","documentation_url":"https://docs.github.com/rest","status":"401"}',
    "ERROR 1045 (28000): Access denied for user 'root'@'localhost' (using password: YES)",
    'remote: Permission to x/y.git denied to z.\nfatal: unable to access',
    'error: You must be logged in to the server (Unauthorized)',
    'npm error code E401\nnpm error Incorrect or missing password.',
    "Error response from daemon: pull access denied for foo, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
    'ERROR: (gcloud.auth.print-access-token) You do not currently have an active account selected.',
    'AADSTS700016: Application with identifier was not found in the directory',
    '<?xml version="1.0"?><Error><Code>AuthenticationFailed</Code><Message>Server failed to authenticate the request.</Message></Error>',
    'rpc error: code = Unauthenticated desc = invalid token',
    'jwt.exceptions.ExpiredSignatureError: Signature has expired',
    'AssertionError: 403 != 200',
    ' FAIL  src/s3.test.ts > uploads\nAssertionError: expected \'AccessDenied\' to equal \'NoSuchKey\'\n - Expected   "NoSuchKey"\n + Received   "AccessDenied"',
    'psycopg2.OperationalError: FATAL: password authentication failed for user "x"',
    'curl: (22) The requested URL returned error: 401 Unauthorized',
    'HTTP/1.1 403 Forbidden\nServer: nginx',
    'Error: getaddrinfo ENOTFOUND sts.us-east-1.amazonaws.com',
    'botocore.exceptions.EndpointConnectionError: Could not connect to the endpoint URL: "https://sts.us-east-1.amazonaws.com/"',
    'An error occurred (ThrottlingException) when calling the ListRoles operation (reached max retries: 4): Rate exceeded',
    'An error occurred (ValidationError) when calling the CreateStack operation: Template error',
    'An error occurred (404) when calling the HeadObject operation: Not Found',
    'An error occurred (403) when calling the HeadObject operation: Forbidden',
    'usage: aws [options] <command>\naws: error: the following arguments are required: command',
    'fatal error: An error occurred (NoSuchKey) when calling the GetObject operation: The specified key does not exist.',
    'Error: Failed to get existing workspaces: operation error S3: ListObjectsV2, https response error StatusCode: 301, RequestID: X, HostID: Y, api error PermanentRedirect: The bucket',
    'Error: creating EC2 Instance: InvalidParameterValue: bad\n  with aws_instance.x,\n  on main.tf line 1',
    'Could not assume role: token expired for session in our app',
    'sessions: ExpiredToken: your login has ended',
    'SSL: CERTIFICATE_VERIFY_FAILED certificate verify failed',
    'MissingAuthenticationToken appears in docs/errors.md:12\nlint failed',
    '[ERROR] Failed to execute goal: Compilation failure',
    "E   assert 'InvalidClientTokenId' in 'ok'",
  ])('says nothing about AWS credentials: %j', async (text) => {
    expect(await speaks(text)).toBe(false)
  })

  test.each([
    'An error occurred (InvalidClientTokenId) when calling the GetCallerIdentity operation: The security token included in the request is invalid.',
    'aws: [ERROR]: An error occurred (ExpiredToken) when calling the ListBuckets operation: The provided token has expired.',
    'Unable to locate credentials. You can configure credentials by running "aws configure".',
    'botocore.exceptions.NoCredentialsError: Unable to locate credentials',
    'The config profile (dev) could not be found',
    'CredentialsProviderError: Could not load credentials from any providers',
    'InvalidClientTokenId: The security token included in the request is invalid.\r\n    at throwDefaultError (node_modules/@smithy/smithy-client/dist-cjs/index.js:388:20)',
    'operation error STS: GetCallerIdentity, https response error StatusCode: 403, RequestID: 0e, api error SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided.',
    '\u001b[31m│\u001b[0m \u001b[1mError: \u001b[0mvalidating provider credentials: retrieving caller identity from STS: operation error STS: GetCallerIdentity, https response error StatusCode: 403, RequestID: 0e, api error InvalidClientTokenId: The security token included in the request is invalid.',
    '<ErrorResponse><Error><Type>Sender</Type><Code>ExpiredToken</Code><Message>The security token included in the request is expired</Message></Error></ErrorResponse>',
    'An error occurred (AccessDenied) when calling the AssumeRole operation: User: arn:aws:iam::123456789012:user/ada is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role/ops',
    'software.amazon.awssdk.core.exception.SdkClientException: Unable to load credentials from any of the providers in the chain',
  ])('is about AWS credentials: %j', async (text) => {
    expect(await speaks(text)).toBe(true)
  })

  test('in a test run counts only when a client wrote it about an operation', async () => {
    expect(await speaks("Expected: 'The security token included in the request is invalid.'", true)).toBe(false)
    const real =
      'botocore.exceptions.ClientError: An error occurred (ExpiredToken) when calling the ListBuckets operation: The provided token has expired.'
    expect(await speaks(real, true)).toBe(true)
  })
})

test('the end of stderr is read first, then that of stdout, then how both began', () => {
  const text = (code: string) => `An error occurred (${code}) when calling the ListBuckets operation: it is so.\n`
  const codeIn = (stdout: readonly string[], stderr: readonly string[]) => {
    const kept = { stdout: keepOutput(), stderr: keepOutput() }
    for (const each of stdout) kept.stdout.add(new TextEncoder().encode(each))
    for (const each of stderr) kept.stderr.add(new TextEncoder().encode(each))
    return errorIn({ kept }).error?.code ?? null
  }
  const log = 'working on it, and nothing is wrong\n'.repeat(20_000)
  expect(codeIn([text('ExpiredToken')], [text('AccessDenied')])).toBe('AccessDenied')
  expect(codeIn([log, text('ExpiredToken')], [log])).toBe('ExpiredToken')
  expect(codeIn([text('ExpiredToken'), log], [log])).toBe('ExpiredToken')
  expect(codeIn(['downloading 10 %\r', 'downloading 90 %\r', text('ExpiredToken')], [])).toBe('ExpiredToken')
  expect(codeIn([log], [log])).toBeNull()
})

test('no text of the corpus is let go for want of a telling word', async () => {
  const directory = join(import.meta.dirname, '..', '..', 'cases', 'errors')
  const texts = readdirSync(directory)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => textsIn(JSON.parse(readFileSync(join(directory, name), 'utf8'))))
  expect(texts.length).toBeGreaterThan(200)
  // Every third: each is read twice.
  const lost = texts.filter((text, index) => {
    if (index % 3 !== 0) return false
    const stderr = keepOutput()
    stderr.add(new TextEncoder().encode(text))
    return readErrorText(text).error !== null && errorIn({ kept: { stdout: keepOutput(), stderr } }).error === null
  })
  expect(lost).toEqual([])
})

/** Every `text` of a file of cases, wherever it stands. */
function textsIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(textsIn)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, member]) =>
    name === 'text' && typeof member === 'string' ? [member] : textsIn(member),
  )
}
