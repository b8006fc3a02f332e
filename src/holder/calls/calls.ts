import { isAwsHost, partitionOfRegion } from '../../anatomy/partitions.ts'
import { CountersignError } from '../../errors.ts'
import type { SigningCredentials } from '../../signature/request.ts'
import { askedRules } from '../chains/asked.ts'
import type { SdkName, Trace } from '../chains/trace.ts'
import { type AwsFiles, readAwsFiles } from '../files/aws-files.ts'
import type { Machine } from '../machine/machine.ts'
import { memberOf, membersOf } from '../machine/reply-members.ts'
import { call, refusalOf } from '../resolution/exchange.ts'
import { type Described, type Failed, type ResolutionOptions, resolveStep } from '../resolution/index.ts'
import { failed } from '../resolution/resolution.ts'
import type { Credential } from '../sources/credential.ts'

/** The services that speak AWS's Query protocol, with the version of each. */
const versions = { sts: '2011-06-15', iam: '2010-05-08' } as const

export type CalledService = keyof typeof versions

/** Who calls, from where, and how the endpoints are found. */
export interface Caller {
  readonly machine: Machine
  readonly credentials: SigningCredentials
  /** The credential whose values sign: where it came from, and when it ends. */
  readonly credential: Credential
  readonly trace: Trace
  /** Milliseconds for each request. */
  readonly timeoutMs: number
  readonly offline: boolean
  /** Told in one plain clause of each request before it is sent. */
  readonly onStep: (says: string) => void
}

export interface CallerQuestion extends ResolutionOptions {
  /** Default: `aws-cli-v2`. */
  readonly sdk?: SdkName | undefined
  readonly profile?: string | undefined
  readonly region?: string | undefined
  readonly endpointUrl?: string | undefined
}

const usualTimeoutMs = 5000

/**
 * Gets the credential that an SDK would use for a profile, and makes a caller of it. A failure is a value: that of running the
 * plan, or of a chain that ends with an error or with nothing.
 */
export async function callerFor(
  machine: Machine,
  question: CallerQuestion,
  files: AwsFiles = readAwsFiles(machine),
): Promise<Caller | Failed | Described> {
  const rules = await askedRules(question.sdk ?? 'aws-cli-v2')
  const trace = rules.trace(machine, question, files)
  const broken = trace.error ?? trace.clientError
  if (broken !== null) return failed('no-plan', broken.says, broken.says, broken.at)
  if (trace.winner === null)
    return failed('no-plan', 'NoCredentialsError: Unable to locate credentials', 'there are no credentials here')
  const resolution = await resolveStep(machine, trace, trace.winner, question, files)
  if (resolution.kind !== 'resolved') return resolution
  return callerWith(machine, trace, resolution.credential, question)
}

/** A caller with a credential that is at hand already, e.g. a session that was just made. */
export function callerWith(
  machine: Machine,
  trace: Trace,
  credential: Credential,
  { timeoutMs, offline, onStep }: Pick<ResolutionOptions, 'timeoutMs' | 'offline' | 'onStep'> = {},
): Caller {
  const sessionToken = credential.sessionToken?.value.reveal()
  const pair = { accessKeyId: credential.accessKeyId.value, secretAccessKey: credential.secretAccessKey.value.reveal() }
  return {
    machine,
    credential,
    credentials: sessionToken === undefined || sessionToken === '' ? pair : { ...pair, sessionToken },
    trace,
    timeoutMs: timeoutMs ?? usualTimeoutMs,
    offline: offline === true,
    onStep: onStep ?? (() => {}),
  }
}

/** What AWS answered. */
export interface Answered {
  readonly kind: 'answered'
  /** The reply as it came. It may hold a secret: never show it whole. */
  readonly body: string
  /** The text of the first element of that name, unescaped; null when there is none. */
  text(name: string): string | null
  /** The texts of all elements of that name, in order. */
  all(name: string): readonly string[]
}

/**
 * One signed call of STS or IAM, at the endpoints of the caller's trace. Never rejects because of an answer: a refusal of AWS is
 * `failed` with `refusal` (code, message, status), no answer is `failed` with `unreachable`, and offline it is only described.
 * (STS API 2011-06-15, IAM API 2010-05-08, Query protocol.)
 *
 * @throws CountersignError `usage` when the values cannot travel in a header
 */
export async function callAws(
  caller: Caller,
  service: CalledService,
  operation: string,
  parameters: Readonly<Record<string, string>> = {},
): Promise<Answered | Failed | Described> {
  const target = targetOf(caller.trace, service)
  const url = URL.parse(target.endpoint)
  if (url === null) return failed('unreachable', 'ValueError: Invalid endpoint', 'the endpoint is no web address')
  checkSendable(caller.credentials)
  const { percentEncode, sign } = await import('../../signature/index.ts')
  const body = Object.entries({ Action: operation, Version: versions[service], ...parameters })
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .join('&')
  const { request } = sign(
    {
      method: 'POST',
      path: url.pathname,
      query: '',
      headers: [
        ['Host', url.host],
        ['Content-Type', 'application/x-www-form-urlencoded; charset=utf-8'],
      ],
      body,
    },
    { credentials: caller.credentials, region: target.region, service, at: caller.machine.now() },
  )
  const planned = {
    service,
    operation,
    at: null,
    request: { method: 'POST', url: `${url.origin}${url.pathname}`, headers: request.headers, body },
  } as const
  const called = await call({ ...caller, trail: [] }, planned)
  if (called.kind !== 'answered') return called
  const { reply } = called
  if (reply.status !== 200) return refusalOf(planned, reply)
  return {
    kind: 'answered',
    body: reply.body,
    text: (name) => memberOf(reply.body, name),
    all: (name) => membersOf(reply.body, name),
  }
}

/** IAM is signed for the one region that it has in its partition (AWS General Reference, "IAM endpoints"). */
function targetOf({ endpoint }: Trace, service: CalledService): { readonly endpoint: string; readonly region: string } {
  if (service === 'sts') return { endpoint: endpoint.sts, region: endpoint.signingRegion }
  const ofAws = isAwsHost(URL.parse(endpoint.iam)?.hostname ?? '')
  const region = ofAws ? partitionOfRegion(endpoint.signingRegion).iam.signingRegion : endpoint.signingRegion
  return { endpoint: endpoint.iam, region }
}

/** A key id travels in the clear: what stands in its place must look like one, for it could be the secret. */
function checkSendable({ accessKeyId, secretAccessKey, sessionToken }: SigningCredentials): void {
  const sendable =
    /^\w{1,128}$/.test(accessKeyId) && /^[\x20-\x7e]*$/.test(sessionToken ?? '') && secretAccessKey !== ''
  if (!sendable)
    throw new CountersignError('usage', 'These credentials cannot be sent as they are.', {
      data: { hint: 'countersign check says what is wrong with them.' },
    })
}
