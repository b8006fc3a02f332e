import { parseArn } from '../../anatomy/arn.ts'
import { isAwsHost } from '../../anatomy/partitions.ts'
import type { SigningCredentials } from '../../signature/request.ts'
import { awsEndpoints } from '../chains/aws-endpoints.ts'
import type { SdkName } from '../chains/trace.ts'
import { parseInstant } from '../files/instants.ts'
import { memberOf } from '../machine/reply-members.ts'
import type { Credential, Place, ProviderName } from '../sources/credential.ts'
import { isHostLabel, wrongRegion } from './endpoints.ts'
import { call, type PlannedCall, refusalOf } from './exchange.ts'
import { credentialOf, failed, type Means, type Outcome } from './resolution.ts'

export interface StsQuestion {
  readonly operation: 'AssumeRole' | 'AssumeRoleWithWebIdentity'
  readonly provider: ProviderName
  readonly profile: string | null
  readonly at: Place
  /** Null: the trace's own endpoint. */
  readonly region: string | null
  /** In the order in which they are sent; null ones are not. */
  readonly parameters: readonly (readonly [name: string, value: string | null])[]
  /** Null: the call is not signed. */
  readonly credential: Credential | null
}

/** Asks STS for a role session. */
export async function askSts(means: Means, question: StsQuestion): Promise<Outcome> {
  if (question.region !== null && !isHostLabel(question.region)) return wrongRegion(question.region, question.at)
  const target = targetOf(means, question.region)
  const url = URL.parse(target.endpoint)
  if (url === null)
    return failed(
      'unreachable',
      `ValueError: Invalid endpoint: ${target.endpoint}`,
      'the endpoint of STS is no web address',
      question.at,
    )
  const keys = question.credential === null ? null : keysOf(question.credential)
  if (keys === 'unusable') {
    const because = 'the keys that the role would be assumed with cannot be sent as they are'
    return failed(
      'keys-unusable',
      'InvalidKeys: the source keys are not of a form that can be sent',
      because,
      question.at,
    )
  }
  // As the SDKs write forms: a blank is `%20`.
  const { percentEncode, sign } = await import('../../signature/index.ts')
  const body = [['Action', question.operation], ['Version', '2011-06-15'], ...question.parameters]
    .flatMap(([name, value]) => (value === null ? [] : [`${name}=${percentEncode(String(value))}`]))
    .join('&')
  const unsigned = {
    method: 'POST' as const,
    path: url.pathname,
    query: '',
    headers: [
      ['Host', url.host],
      ['Content-Type', 'application/x-www-form-urlencoded; charset=utf-8'],
    ] as const,
    body,
  }
  const options = { region: target.region, service: 'sts', at: means.machine.now() }
  const headers = keys === null ? unsigned.headers : sign(unsigned, { credentials: keys, ...options }).request.headers
  const planned: PlannedCall = {
    service: 'sts',
    operation: question.operation,
    at: question.at,
    request: { method: 'POST', url: `${url.origin}${url.pathname}`, headers, body },
  }
  const called = await call(means, planned)
  if (called.kind !== 'answered') return called
  if (called.reply.status !== 200) return refusalOf(planned, called.reply)
  return sessionIn(called.reply.body, question)
}

function sessionIn(body: string, { operation, provider, profile, at }: StsQuestion): Outcome {
  const accessKeyId = memberOf(body, 'AccessKeyId')
  const secretAccessKey = memberOf(body, 'SecretAccessKey')
  const sessionToken = memberOf(body, 'SessionToken')
  const expiration = parseInstant(memberOf(body, 'Expiration') ?? '')?.at ?? null
  if (accessKeyId === null || secretAccessKey === null || sessionToken === null || expiration === null) {
    const because = `the answer to sts:${operation} does not hold whole credentials`
    return failed('unexpected-answer', `UnexpectedAnswer: ${because}`, because, at)
  }
  const roleSession = memberOf(body, 'Arn')
  const accountId = roleSession === null ? null : (parseArn(roleSession)?.account ?? null)
  const values = { accessKeyId, secretAccessKey, sessionToken, expiration, accountId }
  return { kind: 'resolved', credential: credentialOf(provider, profile, `sts:${operation}`, values), roleSession }
}

/** Where STS is: a configured endpoint stays, AWS's own goes with the region. */
function targetOf({ trace }: Means, region: string | null): { readonly endpoint: string; readonly region: string } {
  const { sts, signingRegion } = trace.endpoint
  if (region === null || region === trace.region?.name) return { endpoint: sts, region: signingRegion }
  if (!isAwsHost(URL.parse(sts)?.hostname ?? '')) return { endpoint: sts, region }
  const own = awsEndpoints(region)
  return { endpoint: own.sts, region: own.signingRegion }
}

/**
 * What is signed with. A key id travels in the clear, so that what stands in its place must look like one: it could be the secret.
 */
function keysOf({ accessKeyId, secretAccessKey, sessionToken }: Credential): SigningCredentials | 'unusable' {
  const id = accessKeyId.value
  const secret = secretAccessKey.value.reveal()
  const token = sessionToken?.value.reveal()
  const given = 'probe' in accessKeyId.at
  const sendable = (given ? /^[\x21-\x7e]{1,128}$/ : /^\w{1,32}$/).test(id) && /^[\x20-\x7e]*$/.test(token ?? '')
  if (!sendable || secret === '') return 'unusable'
  return token === undefined || token === ''
    ? { accessKeyId: id, secretAccessKey: secret }
    : { accessKeyId: id, secretAccessKey: secret, sessionToken: token }
}

type Clock = (now: Date) => string

const seconds: Clock = (now) => String(Math.floor(now.getTime() / 1000))
const milliseconds: Clock = (now) => String(now.getTime())
const nanoseconds: Clock = (now) => `${now.getTime()}000000`

/** 100 nanoseconds since the year 1, as .NET counts. */
const ticks: Clock = (now) => String((BigInt(now.getTime()) + 62_135_596_800_000n) * 10_000n)

const botocoreName: Clock = (now) => `botocore-session-${seconds(now)}`
const goName: Clock = (now) => `aws-go-sdk-${nanoseconds(now)}`
const ownName: Clock = (now) => `countersign-${milliseconds(now)}`

/** The session names that SDKs make up when none is configured (chains reference §3.2 and §3.3; each SDK's own source). */
const madeUpNames: Readonly<Record<SdkName, readonly [assumed: Clock, byToken: Clock]>> = {
  'aws-cli-v1': [botocoreName, botocoreName],
  'aws-cli-v2': [botocoreName, botocoreName],
  boto3: [botocoreName, botocoreName],
  'js-v3': [(now) => `aws-sdk-js-${milliseconds(now)}`, (now) => `aws-sdk-js-session-${milliseconds(now)}`],
  'js-v2': [(now) => `aws-sdk-js-${milliseconds(now)}`, ownName],
  'go-v2': [goName, nanoseconds],
  'go-v1': [nanoseconds, nanoseconds],
  terraform: [goName, nanoseconds],
  rust: [(now) => `assume-role-from-profile-${milliseconds(now)}`, (now) => `web-identity-token-${milliseconds(now)}`],
  'java-v2': [(now) => `aws-sdk-java-${milliseconds(now)}`, (now) => `aws-sdk-java-${milliseconds(now)}`],
  'java-v1': [(now) => `aws-sdk-java-${milliseconds(now)}`, (now) => `aws-sdk-java-${milliseconds(now)}`],
  kotlin: [(now) => `aws-sdk-kotlin-${milliseconds(now)}`, (now) => `aws-sdk-kotlin-${milliseconds(now)}`],
  dotnet: [(now) => `aws-dotnet-sdk-session-${ticks(now)}`, ownName],
  ruby: [() => 'default_session', ownName],
  php: [(now) => `aws-sdk-php-${milliseconds(now)}`, (now) => `aws-sdk-php-${milliseconds(now)}`],
  cpp: [ownName, ownName],
}

/** A name for a session that has none: as that SDK makes it up. */
export function sessionNameOf(means: Means, operation: StsQuestion['operation']): string {
  return madeUpNames[means.trace.sdk][operation === 'AssumeRole' ? 0 : 1](means.machine.now())
}
