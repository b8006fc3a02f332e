import { type Redacted, redact, type SecretKind } from '../../../anatomy/redact.ts'
import { familiesOf } from '../answers.ts'
import { clientTexts } from './client-texts.ts'
import type { ErrorSeen } from './error-seen.ts'
import { serviceName, serviceOfHost, serviceOfOperation, speaksJson } from './names.ts'
import { readRendering, renderings } from './renderings.ts'

export type { SecretKind } from '../../../anatomy/redact.ts'
export type { ErrorSeen } from './error-seen.ts'

/** A text read for its error. `plain` is for looking for proofs only and must never be shown. */
export interface ErrorText {
  readonly error: ErrorSeen | null
  /** The unredacted message of that error. */
  readonly plain: string
  /** The unredacted text, cut to its bound. */
  readonly whole: string
  readonly exposed: readonly SecretKind[]
}

/** A page of log, not a log: what lies behind is not read. */
const longest = 100_000

/** Codes that people paste bare, or that stand in prose; the longest first, so that `…Exception` wins over its stem. */
const bareCodes =
  /\b(InvalidClientTokenId|UnrecognizedClientException|InvalidAccessKeyId|InvalidSignatureException|SignatureDoesNotMatch|ExpiredTokenException|ExpiredToken|RequestTimeTooSkewed|RequestExpired|IncompleteSignatureException|IncompleteSignature|AuthorizationHeaderMalformed|MissingAuthenticationTokenException|MissingAuthenticationToken|AuthFailure|InvalidToken|TokenRefreshRequired|OptInRequired|SubscriptionRequiredException|RegionDisabledException|UnauthorizedOperation|AccessDeniedException|AccessDenied|InvalidIdentityToken|IDPRejectedClaim|NotSignedUp|InvalidAuthenticationCode)\b/

/** A person who asks about nothing but a code may write it in small letters, and may mean one that prose has for other things. */
const askedCodes = new RegExp(
  `^(?:${bareCodes.source.slice(3, -3)}|AuthMissingFailure|MissingClientTokenId|MissingSecurityHeader|InvalidSecurity|RequestInTheFuture|AuthorizationQueryParametersError|AccountProblem|AllAccessDisabled|PendingVerification|PackedPolicyTooLarge|MalformedPolicyDocument|LimitExceeded|EntityAlreadyExists|DeleteConflict|NoSuchEntity|ForbiddenException|UnauthorizedException|NotAuthorizedException|IDPCommunicationError|IdempotentParameterMismatch|InvalidClientTokenException|NoCredentials|PartialCredentials|ProfileNotFound|ConfigParse|ConfigNotFound|CredentialRetrieval|SSOTokenLoad|UnauthorizedSSOToken|LoginRefreshRequired)(?:Error)?\\.?$`,
  'i',
)

const anyLetters = new RegExp(bareCodes.source, 'i')

const codesByLetters: ReadonlyMap<string, string> = new Map(
  askedCodes.source.match(/[A-Z][A-Za-z]{6,}/g)!.map((code) => [code.toLowerCase(), code]),
)

/** Messages that tell their code by themselves: Java v2 and many wrappers leave the code out. */
const knownMessages: readonly (readonly [RegExp, string])[] = [
  [/The security token included in the request (?:is invalid|isn.t valid|is not valid)\.?/i, 'InvalidClientTokenId'],
  [/The security token included in the request (?:is|has) expired\.?/i, 'ExpiredToken'],
  [/The (?:AWS )?Access Key Id you provided does not exist in our records\.?/i, 'InvalidAccessKeyId'],
  [/The provided token is malformed or otherwise invalid\.?/i, 'InvalidToken'],
  [/The provided token has expired\.?/i, 'ExpiredToken'],
  [/AWS was not able to (?:validate|authenticate)[^\r\n]{0,120}/i, 'AuthFailure'],
  [/The request signature we calculated does not match[^\r\n]{0,200}/i, 'SignatureDoesNotMatch'],
  [/Signature (?:expired|not yet current): [^\r\n]{0,200}/i, 'SignatureDoesNotMatch'],
  [/The difference between the request time and the current time is too large\.?/i, 'RequestTimeTooSkewed'],
  [/(?:The )?Credential (?:should|must) be scoped to [^\r\n]{0,200}/i, 'SignatureDoesNotMatch'],
  [/The authorization header is malformed; [^\r\n]{0,400}/i, 'AuthorizationHeaderMalformed'],
  [/the region '[^'\r\n]{0,60}' is wrong; expecting '[^'\r\n]{0,60}'/i, 'AuthorizationHeaderMalformed'],
  [/Credential must have exactly 5 slash-delimited elements[^\r\n]{0,300}/i, 'IncompleteSignature'],
  [/(?:'[^'\r\n]{0,8000}' )?not a valid key=value pair \(missing equal-sign\)[^\r\n]{0,300}/i, 'IncompleteSignature'],
  [/Request is missing Authentication Token|Missing Authentication Token/i, 'MissingAuthenticationToken'],
  [/User: arn:[^\r\n]{1,300} is not authorized to perform[^\r\n]{0,600}/i, 'AccessDenied'],
  [/MultiFactorAuthentication failed[^\r\n]{0,300}/i, 'AccessDenied'],
  [/Not authorized to perform sts:AssumeRole[^\r\n]{0,200}/i, 'AccessDenied'],
  [/Cannot call Get(?:SessionToken|FederationToken) with session credentials/i, 'AccessDenied'],
  [/STS is not activated in this region for account[^\r\n]{0,300}/i, 'RegionDisabledException'],
  [/You are not subscribed to this service|needs a subscription for the service/i, 'OptInRequired'],
  [
    /Your authorization token has expired\. (?:Reauthenticate and try again|Please run 'aws ecr)|no basic auth credentials/i,
    'RegistryLogin',
  ],
  [
    /No OpenIDConnect provider found in your account[^\r\n]{0,300}|Incorrect token audience|Couldn't retrieve verification key from your identity provider[^\r\n]{0,200}/i,
    'InvalidIdentityToken',
  ],
  // What a browser shows of S3's answer; EC2 writes a stop.
  [/^Request has expired\s*$/m, 'AccessDenied'],
  [/535[ -](?:5\.7\.8 )?Authentication Credentials Invalid/i, 'SmtpAuthentication'],
  [/Session token not found or invalid/i, 'UnauthorizedException'],
]

interface Candidate {
  readonly at: number
  readonly seen: Partial<ErrorSeen>
}

/**
 * Finds the one AWS (or client) error that a text is about: a pasted page of log, an exception of any SDK, a raw XML or
 * JSON body, a bare code. At most the first 100,000 characters are read. Returned texts hold no secret.
 * Forms: `errors.md` §1.1.
 */
export function readErrorText(text: string): ErrorText {
  const whole = text.slice(0, longest).replace(/\u001b\[[0-9;]{0,20}m/g, '')
  const best = choose([...fromRenderings(whole), ...fromClients(whole), ...fromMessages(whole), ...fromCode(whole)])
  const { exposed } = redact(whole)
  if (best === null) return { error: null, plain: '', whole, exposed }
  const plain = best.seen.message ?? ''
  const operation = best.seen.operation ?? operationIn(whole)
  const service = best.seen.service ?? serviceOfOperation(operation) ?? serviceIn(whole)
  // A client that sent nothing got no answer either; the status is that of some metadata endpoint.
  const sent = !familiesOf({ code: best.seen.code ?? '', message: '' }).includes('nothing-sent')
  const status = best.seen.status ?? (sent ? statusIn(whole) : null)
  const error: ErrorSeen = {
    code: best.seen.code || codeOfMessage(plain, service, status) || 'Unknown',
    message: oneLine(redact(plain)),
    service,
    operation,
    status,
    client: clientIn(whole, best.seen.client ?? null),
  }
  return { error, plain, whole, exposed }
}

function oneLine({ text }: Redacted): string {
  const flat = text.replace(/\s+/g, ' ').trim()
  return flat.length > 1000 ? `${flat.slice(0, 1000)}…` : flat
}

function fromRenderings(text: string): readonly Candidate[] {
  return renderings.flatMap((row) => readRendering(row, text).map(unwrapped))
}

/** `error configuring …: error calling …: InvalidClientTokenId: The security token …`: the code that AWS has is the inner one. */
function unwrapped(candidate: Candidate): Candidate {
  const { code = '', message = '' } = candidate.seen
  if (code !== '' && isKnown(code, message)) return candidate
  for (const match of message.matchAll(/(?<=^|[\s:])([A-Z][A-Za-z]{4,60}(?:\.\w{2,60})?): /g)) {
    const inner = message.slice(match.index + match[0].length)
    if (isKnown(match[1]!, inner)) return { ...candidate, seen: { ...candidate.seen, code: match[1]!, message: inner } }
  }
  return candidate
}

function isKnown(code: string, message: string): boolean {
  return (
    familiesOf({ code, message: '' })[0] !== 'other' ||
    knownIssuer.test(code) ||
    (code !== '' && /^(RegistryLogin|SmtpAuthentication)$/.test(code) && message !== '')
  )
}

function fromClients(text: string): readonly Candidate[] {
  return clientTexts.flatMap(({ code, client, pattern }) => {
    const match = pattern.exec(text)
    return match === null ? [] : [{ at: match.index, seen: { code, client, message: match[0] } }]
  })
}

function fromMessages(text: string): readonly Candidate[] {
  return knownMessages.flatMap(([pattern, code]) => {
    const match = pattern.exec(text)
    // The code is found anew once the service is known, which may have another name for it.
    return match === null
      ? []
      : [{ at: match.index, seen: { code: standsIn(text, code) ? code : '', message: match[0] } }]
  })
}

function standsIn(text: string, code: string): boolean {
  return text.includes(code) || codeOfMessage(text) === null
}

function fromCode(text: string): readonly Candidate[] {
  const asked = text.trim()
  if (asked.length <= 60 && askedCodes.test(asked)) {
    const letters = asked.toLowerCase().replace(/\.$/, '')
    const code = codesByLetters.get(letters) ?? codesByLetters.get(letters.replace(/error$/, ''))
    if (code !== undefined) return [{ at: 0, seen: { code, message: '' } }]
  }
  const match = bareCodes.exec(text) ?? (asked.length <= 60 ? anyLetters.exec(text) : null)
  const code = match === null ? undefined : codesByLetters.get(match[1]!.toLowerCase())
  return code === undefined ? [] : [{ at: match!.index, seen: { code, message: '' } }]
}

/** The code that goes with a message; services that answer in JSON have names of their own for three of them. */
function codeOfMessage(message: string, service: string | null = null, status: number | null = null): string | null {
  const code = knownMessages.find(([pattern]) => pattern.test(message))?.[1] ?? null
  const json = speaksJson(service) ?? (status === 400 && code !== 'InvalidToken')
  return code !== null && json ? (jsonCodes[code] ?? code) : code
}

const jsonCodes: Readonly<Record<string, string>> = {
  InvalidClientTokenId: 'UnrecognizedClientException',
  ExpiredToken: 'ExpiredTokenException',
  SignatureDoesNotMatch: 'InvalidSignatureException',
  AccessDenied: 'AccessDeniedException',
}

/** The most telling candidate: about credentials before others, structured before loose, earlier before later. */
function choose(candidates: readonly Candidate[]): Candidate | null {
  let best: { candidate: Candidate; score: number } | null = null
  for (const [index, candidate] of candidates.entries()) {
    const score = scoreOf(candidate) * 1000 - index
    if (score >= 1000 * 2 && (best === null || score > best.score)) best = { candidate, score }
  }
  return best?.candidate ?? null
}

function scoreOf({ seen }: Candidate): number {
  const code = seen.code || codeOfMessage(seen.message ?? '') || ''
  if (code === '') return 0
  // A gateway's own code stands for the message that it passes on; a word before a colon does not.
  const passedOn = seen.client !== 'js' && codeOfMessage(seen.message ?? '') !== null
  const known = isKnown(code, seen.message ?? '') || passedOn
  const structured = seen.operation != null || seen.status != null || (seen.client != null && seen.client !== 'js')
  // A loose `Word: text` is an error only when the word is a code that AWS has.
  if (!known && !structured) return 0
  return (known ? 8 : 0) + (structured ? 3 : 0) + (seen.message === '' ? 0 : 2) + (seen.operation != null ? 1 : 0)
}

const knownIssuer =
  /^(PackedPolicyTooLarge|MalformedPolicyDocument|LimitExceeded|EntityAlreadyExists|DeleteConflict|NoSuchEntity|InvalidAuthenticationCode|IDPCommunicationError|InvalidAuthorizationMessage|InvalidGrantException|InvalidArgument|InvalidRequest|CredentialsExpired|Throttling)/

function operationIn(text: string): string | null {
  return (
    /error calling (?:sts|iam):(\w{1,120})/.exec(text)?.[1] ??
    /Not authorized to perform sts:(\w{1,120})/.exec(text)?.[1] ??
    // The stacks of JavaScript v3 and Kotlin name the operation whose answer was read.
    /\bde_(\w{1,120})CommandError\b/.exec(text)?.[1] ??
    /\.(\w{1,120})OperationDeserializer/.exec(text)?.[1] ??
    /(?:^|[?&\s"'])Action=([A-Z]\w{1,120})/.exec(text)?.[1] ??
    /<((?!Error)\w{1,120})Response xmlns=/.exec(text)?.[1] ??
    null
  )
}

function serviceIn(text: string): string | null {
  const command =
    /(?:^|[$>#\s])aws\s+(?:--?[\w-]+(?:[ =](?!-)[^\s-]\S{0,100})?\s+){0,8}(?!sso\s+login)([a-z][a-z0-9-]{1,40})\s+[a-z][a-z0-9-]+/m.exec(
      text,
    )?.[1]
  const host = /(?:https?:\/\/|host:\s?)([\w.-]{1,200}\.amazonaws\.com)/i.exec(text)?.[1]
  const library =
    /@aws-sdk[\\/]client-([\w-]{2,60})|(?:awssdk|com\.amazonaws|sdk\.kotlin)\.services\.(\w{2,60})|aws-sdk[\\/]lib[\\/]services[\\/](\w{2,40})\.js|\bA(?:ws|WS)::(?!Errors)(\w{2,60})::|\bAmazon\.(?!Runtime)(\w{2,60})\.Amazon\w{2,60}Exception/
      .exec(text)
      ?.slice(1)
      .find((name) => name !== undefined)
  if (/\/doc\/2011-06-15\//.test(text)) return 'sts'
  if (/\/doc\/2010-05-08\//.test(text)) return 'iam'
  if (/<HostId>|<AWSAccessKeyId>|<BucketName>|<X-Amz-Expires>|<Token-0>/.test(text)) return 's3'
  if (/<Response>\s*<Errors>\s*<Error>/.test(text)) return 'ec2'
  return (
    serviceName(command) ??
    serviceName(library) ??
    serviceOfHost(host) ??
    (/\bBedrockException\b/.test(text) ? 'bedrock' : null)
  )
}

const statuses: readonly RegExp[] = [
  /(?:http_?status_?code|status_?code|status code|http_error)["']?\s*[:=(,]\s*["']?(?:StatusCode\()?(4\d\d|50\d|51[01])\b/i,
  /HTTP\/\d(?:\.\d)?"? (4\d\d|50\d|51[01])\b/,
  /resulted in a `(4\d\d|50\d|51[01]) /,
  /\bstatus\b["']?\s*(?:[:=]>?|=>)\s*["']?(4\d\d|50\d|51[01])\b/i,
  /(?:error|failed)["']?[:=]? \(?(4\d\d|50\d|51[01])\b/i,
  /\((4\d\d|50\d|51[01]), code=/,
  /\b(4\d\d|50\d|51[01]) (?:Bad Request|Unauthorized|Forbidden|Not Found|Conflict)\b/,
]

function statusIn(text: string): number | null {
  for (const pattern of statuses) {
    const found = pattern.exec(text)?.[1]
    if (found !== undefined) return Number(found)
  }
  return null
}

/** The client whose marks stand around the error: wrappers before what they wrap. */
function clientIn(text: string, seen: string | null): string | null {
  if (
    /registry\.terraform\.io|terraform-provider-aws|validating provider credentials|^[\s│╷]*Error: .{0,300}\n?[\s│]*\n?[\s│]*with (?:provider|module)/m.test(
      text,
    )
  )
    return 'terraform'
  if (seen === 'aws-cli' || seen === 'boto3') {
    if (
      /botocore\.(exceptions|errorfactory)|boto3|Traceback \(most recent call last\)|\.py", line \d+|\bClientError\b|\.exceptions\.\w+Error\b/.test(
        text,
      )
    )
      return 'boto3'
    return 'aws-cli'
  }
  if (seen === 'js' || seen === 'js-v3' || seen === 'js-v2' || seen === null || seen === 'json') {
    if (/\$metadata|\$fault|@aws-sdk\/|@smithy\//.test(text)) return 'js-v3'
    if (/aws-sdk[\\/]+lib[\\/]|extractError|AWS\.(?:Request|Service)|retryDelay/.test(text)) return 'js-v2'
  }
  if (seen === 'java')
    return /aws\.sdk\.kotlin/.test(text)
      ? 'kotlin'
      : /software\.amazon\.awssdk/.test(text)
        ? 'java-v2'
        : /com\.amazonaws/.test(text)
          ? 'java-v1'
          : 'java-v2'
  return seen === 'js' ? null : seen
}
