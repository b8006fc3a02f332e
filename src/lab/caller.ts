import { CountersignError } from '../errors.ts'
import type { Machine } from '../holder/machine/machine.ts'
import { memberOf } from '../holder/machine/reply-members.ts'
import { percentEncode, type SigningCredentials, sign } from '../signature/index.ts'
import { failureOf } from './failure.ts'

/** One call's answer: what the wire carried. */
export interface Answer {
  readonly status: number
  readonly body: string
  /** AWS's code and message when the call was refused. */
  readonly refusal: { readonly code: string; readonly message: string } | null
  /** Text of the first element of that name; throws `defect` when there is none. */
  text(element: string): string
}

/** The services that speak AWS's Query protocol here, with the version of each. */
const versions = { sts: '2011-06-15', iam: '2010-05-08', ec2: '2016-11-15' } as const
export type AwsService = keyof typeof versions
export const labRegion = 'us-east-1'

export interface CallOptions {
  /** The region of the credential scope. Default: the lab's; IAM is signed for `us-east-1` wherever it is called from. */
  readonly region?: string | undefined
  /** The service of the credential scope, where it is not the called one. */
  readonly scope?: string | undefined
}

/**
 * Makes one really signed call over HTTP, with the clock of the machine that it is made from.
 *
 * @param url the authority's address, without a path
 */
export async function callAws(
  machine: Machine,
  url: string,
  credentials: SigningCredentials,
  service: AwsService,
  action: string,
  parameters: Readonly<Record<string, string>> = {},
  options: CallOptions = {},
): Promise<Answer> {
  const body = formOf({ Action: action, Version: versions[service], ...parameters })
  const region = service === 'iam' ? labRegion : (options.region ?? labRegion)
  const { request } = sign(
    {
      method: 'POST',
      path: '/',
      query: '',
      headers: [
        ['Host', new URL(url).host],
        ['Content-Type', 'application/x-www-form-urlencoded; charset=utf-8'],
      ],
      body,
    },
    { credentials, region, service: options.scope ?? service, at: machine.now() },
  )
  const outgoing = { method: 'POST', url: `${url}/`, headers: request.headers, body, timeoutMs: 10_000 } as const
  const reply = await machine.send(outgoing)
  const failure = failureOf(outgoing, reply)
  return {
    status: reply.status,
    body: reply.body,
    refusal: failure === null ? null : { code: failure.code, message: failure.message },
    text(name) {
      const found = memberOf(reply.body, name)
      if (found === null) throw new CountersignError('defect', `${action} answered without ${name}`)
      return found
    },
  }
}

/** The same, for calls that must succeed for the scene to be set. */
export async function mustCall(...call: Parameters<typeof callAws>): Promise<Answer> {
  const answer = await callAws(...call)
  if (answer.refusal === null) return answer
  throw new CountersignError('defect', `${call[4]} was refused: ${answer.refusal.code}: ${answer.refusal.message}`)
}

/** A call of AWS Account Management, which speaks REST and JSON; it must succeed. */
export async function callAccount(
  machine: Machine,
  url: string,
  credentials: SigningCredentials,
  operation: string,
  input: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  const body = JSON.stringify(input)
  const headers = [
    ['Host', new URL(url).host],
    ['Content-Type', 'application/json'],
  ] as const
  const path = `/${operation}`
  const options = { credentials, region: labRegion, service: 'account', at: machine.now() }
  const { request } = sign({ method: 'POST', path, query: '', headers, body }, options)
  const outgoing = { method: 'POST', url: url + path, headers: request.headers, body, timeoutMs: 10_000 } as const
  const reply = await machine.send(outgoing)
  const failure = failureOf(outgoing, reply)
  if (failure === null) return reply.body === '' ? null : JSON.parse(reply.body)
  throw new CountersignError('defect', `${operation} was refused: ${failure.code}: ${failure.message}`)
}

/** Parameters as a form of the Query protocol. */
export function formOf(members: Readonly<Record<string, string>>): string {
  return Object.entries(members)
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .join('&')
}
