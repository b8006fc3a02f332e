import { describe, expect, test } from 'vitest'
import { wrapSessionToken } from '../../../src/anatomy/session-token.ts'
import { explainError } from '../../../src/holder/diagnosis/index.ts'

const cli = (code: string, operation: string, message: string): string =>
  `An error occurred (${code}) when calling the ${operation} operation: ${message}`

interface Proven {
  readonly why: string
  readonly text: string
  readonly id: string
  readonly certainty: 'proven' | 'likely' | 'possible'
  /** What the evidence says, in part. */
  readonly says?: string | RegExp
}

const denied = (who: string, rest = 'because no identity-based policy allows the s3:GetObject action'): string =>
  cli(
    'AccessDenied',
    'GetObject',
    `User: ${who} is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::b/k" ${rest}`,
  )

const canonical = (host: string): string =>
  `POST\n/\n\ncontent-type:application/x-www-form-urlencoded; charset=utf-8\nhost:${host}\nx-amz-date:20240305T101010Z\n\ncontent-type;host;x-amz-date\nab821ae955788b0e33ebd34c208442ccfc2d406e2edc5e7a39bd6458fbb4f843`

/** botocore's debug log, as boto3 1.43 wrote it, cut to what counts. */
const debugLog = (host: string): string =>
  `2024-03-05 10:10:10,236 botocore.auth [DEBUG] CanonicalRequest:\n${canonical('sts.us-east-1.amazonaws.com')}\n2024-03-05 10:10:10,237 botocore.auth [DEBUG] StringToSign:\nAWS4-HMAC-SHA256\n20240305T101010Z\nbotocore.exceptions.ClientError: ${cli('SignatureDoesNotMatch', 'GetCallerIdentity', 'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.')}\n\nThe Canonical String for this request should have been\n'${canonical(host)}'\n\nThe String-to-Sign should have been\n'AWS4-HMAC-SHA256\n20240305T101010Z'`

const presigned = (token: string): string =>
  `https://b.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20240305T100000Z&X-Amz-Expires=604800&X-Amz-Security-Token=${token}&X-Amz-Signature=${'0'.repeat(64)}\n`

const tokenOf = (createdAt: string): string =>
  encodeURIComponent(
    wrapSessionToken({
      signingKeyNumber: 1,
      region: 'us-east-1',
      account: '123456789012',
      createdAt: new Date(createdAt),
      iv: new Uint8Array(12).fill(7),
      sealed: new Uint8Array(220).fill(9),
    }),
  )

const proven: readonly Proven[] = [
  {
    why: 'both sides’ canonical requests are the same, so the secret is another one',
    text: debugLog('sts.us-east-1.amazonaws.com'),
    id: 'secret-wrong',
    certainty: 'proven',
    says: 'AWS received exactly the request that the client signed',
  },
  {
    why: 'the canonical requests differ, and the header is named; the log could be of another request',
    text: debugLog('proxy.example.com'),
    id: 'request-altered',
    certainty: 'likely',
    says: 'differ in the header host',
  },
  {
    why: 'AWS’s canonical request alone is something to compare with',
    text: `SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.\n\nThe Canonical String for this request should have been\n'${canonical('sts.amazonaws.com')}'`,
    id: 'secret-wrong',
    certainty: 'possible',
    says: 'The answer holds the request as AWS saw it',
  },
  {
    why: 'a token that is older than any session can be, at the moment of the request',
    text: `${presigned(tokenOf('2024-03-01T10:00:00Z'))}${cli('InvalidToken', 'GetObject', 'The provided token is malformed or otherwise invalid.')}`,
    id: 'session-expired',
    certainty: 'proven',
    says: 'was 4 days old',
  },
  {
    why: 'a URL that was made for longer than its session',
    text: `${presigned(tokenOf('2024-03-05T09:59:00Z'))}<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>`,
    id: 'presigned-outlives-session',
    certainty: 'proven',
    says: /signed at 2024-03-05.10:00.*, for 7 days, by a session/,
  },
  {
    why: 'the age of a web identity token, from its two epochs',
    text: cli(
      'ExpiredTokenException',
      'AssumeRoleWithWebIdentity',
      'Token expired: current date/time 1709632210 must be before the expiration date/time 1709628610',
    ),
    id: 'oidc-token-invalid',
    certainty: 'proven',
    says: 'ended 60 minutes before it was used',
  },
  {
    why: 'old texts have no blank before the second epoch',
    text: cli(
      'ExpiredTokenException',
      'AssumeRoleWithWebIdentity',
      'Token expired: current date/time 1709632210 must be before the expiration date/time1709628610',
    ),
    id: 'oidc-token-invalid',
    certainty: 'proven',
    says: 'ended 60 minutes before it was used',
  },
  {
    why: 'the issuer that the account does not know',
    text: cli(
      'InvalidIdentityToken',
      'AssumeRoleWithWebIdentity',
      'No OpenIDConnect provider found in your account for https://token.actions.githubusercontent.com',
    ),
    id: 'oidc-token-invalid',
    certainty: 'proven',
    says: 'https://token.actions.githubusercontent.com',
  },
  {
    why: 'the permission set of a person who came through IAM Identity Center',
    text: denied('arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_ReadOnly_0123456789abcdef/ada'),
    id: 'permission-missing',
    certainty: 'proven',
    says: 'ada, signed in through IAM Identity Center with the permission set ReadOnly, in account 123456789012',
  },
  {
    why: 'a learner lab',
    text: denied('arn:aws:sts::123456789012:assumed-role/voclabs/user1=Ada'),
    id: 'permission-missing',
    certainty: 'proven',
    says: 'a learner lab (voclabs)',
  },
  {
    why: 'a guest of an identity pool',
    text: denied('arn:aws:sts::123456789012:assumed-role/Cognito_appUnauth_Role/CognitoIdentityCredentials'),
    id: 'permission-missing',
    certainty: 'proven',
    says: 'a guest of a Cognito identity pool',
  },
  {
    why: 'the root user',
    text: denied('arn:aws:iam::123456789012:root', 'with an explicit deny in a service control policy'),
    id: 'explicitly-denied',
    certainty: 'proven',
    says: 'the root user in account 123456789012',
  },
  {
    why: 'a caller without a signature',
    text: '{"Message":"User: anonymous is not authorized to perform: es:ESHttpGet because no resource-based policy allows the es:ESHttpGet action"}',
    id: 'authorization-missing',
    certainty: 'proven',
  },
  {
    why: 'the encoded reason, which can be decoded',
    text: cli(
      'UnauthorizedOperation',
      'RunInstances',
      'You are not authorized to perform this operation. Encoded authorization failure message: 4GIOHlTkIaWHQD0Q0m6X',
    ),
    id: 'permission-missing',
    certainty: 'likely',
    says: 'in encoded form',
  },
  {
    why: 'R2 counts the characters of an AWS key id',
    text: 'InvalidArgument: Credential access key has length 20, should be 32',
    id: 's3-compatible-mismatch',
    certainty: 'proven',
    says: 'have 32 characters, and this one has 20',
  },
  {
    why: 'a page token is no credential',
    text: cli('InvalidNextToken', 'DescribeParameters', 'The specified token is not valid.'),
    id: 'look-alike',
    certainty: 'proven',
    says: 'the next page of a list',
  },
  {
    why: 'instance metadata tells its own codes',
    text: '{"Code":"InstanceProfileNotFound","Message":"Instance Profile with name app cannot be found.","LastUpdated":"2026-03-05T10:10:07Z"}',
    id: 'instance-role-broken',
    certainty: 'proven',
  },
  {
    why: 'a program without a place to type the code',
    text: 'CredentialsProviderError: Profile dev requires multi-factor authentication, but no MFA code callback was provided.',
    id: 'mfa-required',
    certainty: 'proven',
  },
]

describe('the text itself shows', () => {
  test.each(proven.map((each) => [each.why, each] as const))('%s', async (_, { text, id, certainty, says }) => {
    const [first] = (await explainError(text)).causes
    expect(first).toMatchObject({ id, certainty })
    const told = first!.evidence.map((each) => each.says).join('\n')
    if (says !== undefined) expect(told).toMatch(says)
  })

  test('that the cure of an encoded refusal is to decode it', async () => {
    const [first] = (await explainError(proven.find(({ why }) => why.startsWith('the encoded'))!.text)).causes
    expect(first!.fix.commands.bash[0]).toBe('aws sts decode-authorization-message --encoded-message MESSAGE')
  })

  test('no session behind a URL that a long-term key signed', async () => {
    const url = presigned('x').replace(/X-Amz-Security-Token=[^&]*&/, '')
    const { causes } = await explainError(
      `${url}<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>`,
    )
    expect(causes.map(({ id }) => id)).not.toContain('presigned-outlives-session')
  })

  test('nothing of a fresh token that was refused', async () => {
    const text = `${presigned(tokenOf('2024-03-05T09:59:00Z'))}${cli('InvalidToken', 'GetObject', 'The provided token is malformed or otherwise invalid.')}`
    const { causes } = await explainError(text)
    expect(causes.filter(({ certainty }) => certainty !== 'possible')).toEqual([])
  })

  test('a proxy’s name is told, and the token in both requests is not', async () => {
    const token = `IQoJ${'a1B2'.repeat(40)}`
    const text = debugLog('proxy.example.com').replaceAll('x-amz-date:', `x-amz-security-token:${token}\nx-amz-date:`)
    const told = JSON.stringify(await explainError(text))
    expect(told).toContain('the header host')
    expect(told).not.toContain(token.slice(0, 12))
  })
})
