import { familiesOf } from '../answers.ts'
import { clientTexts } from './client-texts.ts'
import type { ErrorSeen } from './error-seen.ts'
import { serviceName, serviceOfOperation, speaksJson } from './names.ts'
import { type Redacted, redact, type SecretKind } from './redact.ts'
import { readRendering, renderings } from './renderings.ts'

export type { ErrorSeen } from './error-seen.ts'
export type { SecretKind } from './redact.ts'

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

/** Messages that tell their code by themselves: Java v2 and many wrappers leave the code out. */
const knownMessages: readonly (readonly [RegExp, string])[] = [
  [/The security token included in the request is invalid\.?/i, 'InvalidClientTokenId'],
  [/The security token included in the request (?:is|has) expired\.?/i, 'ExpiredToken'],
  [/The AWS Access Key Id you provided does not exist in our records\.?/i, 'InvalidAccessKeyId'],
  [/The provided token is malformed or otherwise invalid\.?/i, 'InvalidToken'],
  [/The provided token has expired\.?/i, 'ExpiredToken'],
  [/AWS was not able to (?:validate|authenticate)[^\r\n]{0,120}/i, 'AuthFailure'],
  [/The request signature we calculated does not match[^\r\n]{0,200}/i, 'SignatureDoesNotMatch'],
  [/Signature (?:expired|not yet current): [^\r\n]{0,200}/i, 'SignatureDoesNotMatch'],
  [/The difference between the request time and the current time is too large\.?/i, 'RequestTimeTooSkewed'],
  [/Credential should be scoped to [^\r\n]{0,200}/i, 'SignatureDoesNotMatch'],
  [/Credential must have exactly 5 slash-delimited elements[^\r\n]{0,300}/i, 'IncompleteSignature'],
  [/not a valid key=value pair \(missing equal-sign\)[^\r\n]{0,300}/i, 'IncompleteSignature'],
  [/Request is missing Authentication Token|Missing Authentication Token/i, 'MissingAuthenticationToken'],
  [/User: arn:[^\r\n]{1,300} is not authorized to perform[^\r\n]{0,600}/i, 'AccessDenied'],
  [/MultiFactorAuthentication failed[^\r\n]{0,300}/i, 'AccessDenied'],
  [/Not authorized to perform sts:AssumeRole[^\r\n]{0,200}/i, 'AccessDenied'],
  [/Cannot call Get(?:SessionToken|FederationToken) with session credentials/i, 'AccessDenied'],
  [/STS is not activated in this region for account[^\r\n]{0,300}/i, 'RegionDisabledException'],
  [/You are not subscribed to this service|needs a subscription for the service/i, 'OptInRequired'],
  [/Your authorization token has expired\. Reauthenticate and try again|no basic auth credentials/i, 'RegistryLogin'],
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
  const status = best.seen.status ?? statusIn(whole)
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
  for (const match of message.matchAll(/(?:^|[\s:])([A-Z][A-Za-z]{4,60}(?:\.\w{2,60})?): /g)) {
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
  const match = bareCodes.exec(text)
  return match === null ? [] : [{ at: match.index, seen: { code: match[1]!, message: '' } }]
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
  const known = isKnown(code, seen.message ?? '')
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
    /(?:^|[?&\s"'])Action=([A-Z]\w{1,120})/.exec(text)?.[1] ??
    /<((?!Error)\w{1,120})Response xmlns=/.exec(text)?.[1] ??
    null
  )
}

function serviceIn(text: string): string | null {
  const command =
    /(?:^|[$>#\s])aws\s+(?:--?[\w-]+(?:[ =](?!-)[^\s-]\S{0,100})?\s+){0,8}([a-z][a-z0-9-]{1,40})\s+[a-z][a-z0-9-]+/m.exec(
      text,
    )?.[1]
  const host =
    /(?:https?:\/\/|host:\s?)(?:[\w-]+\.)?([a-z][a-z0-9-]{1,40})(?:\.[a-z]{2}(?:-[a-z]+)+-\d)?\.amazonaws\.com/i.exec(
      text,
    )?.[1]
  if (/\/doc\/2011-06-15\//.test(text)) return 'sts'
  if (/\/doc\/2010-05-08\//.test(text)) return 'iam'
  if (/<HostId>|<AWSAccessKeyId>|<BucketName>/.test(text)) return 's3'
  return serviceName(command) ?? serviceName(host)
}

function statusIn(text: string): number | null {
  const found =
    /(?:httpStatusCode|statusCode|HTTPStatusCode|[Ss]tatus [Cc]ode|StatusCode)["']?\s*[:=]\s*["']?(\d{3})\b/.exec(
      text,
    )?.[1] ??
    /HTTP\/\d(?:\.\d)? (\d{3})\b/.exec(text)?.[1] ??
    /resulted in a `(\d{3}) /.exec(text)?.[1]
  return found === undefined ? null : Number(found)
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
    if (/botocore\.(exceptions|errorfactory)|boto3|Traceback \(most recent call last\)|\.py", line \d+/.test(text))
      return 'boto3'
    return 'aws-cli'
  }
  if (seen === 'js' || seen === 'js-v3' || seen === 'js-v2' || seen === null || seen === 'json') {
    if (/\$metadata|\$fault|@aws-sdk\/|@smithy\//.test(text)) return 'js-v3'
    if (/aws-sdk\/lib\/|extractError|AWS\.(?:Request|Service)|retryDelay/.test(text)) return 'js-v2'
  }
  if (seen === 'java')
    return /software\.amazon\.awssdk/.test(text) ? 'java-v2' : /com\.amazonaws/.test(text) ? 'java-v1' : 'java-v2'
  return seen === 'js' ? null : seen
}
