import { CountersignError } from '../errors.ts'
import type { Machine } from '../holder/machine/machine.ts'
import { percentEncode, type SigningCredentials, sign } from '../signature/index.ts'

/** One call's answer: what the wire carried. */
export interface Answer {
  readonly status: number
  readonly body: string
  /** AWS's code and message when the call was refused. */
  readonly refusal: { readonly code: string; readonly message: string } | null
  /** Text of the first element of that name; throws `defect` when there is none. */
  text(element: string): string
}

const versions = { sts: '2011-06-15', iam: '2010-05-08' } as const
export const labRegion = 'us-east-1'

/**
 * Makes one really signed STS or IAM call over HTTP, with the clock of the machine that it is made from.
 *
 * @param url the authority's address, without a path
 */
export async function callAws(
  machine: Machine,
  url: string,
  credentials: SigningCredentials,
  service: 'sts' | 'iam',
  action: string,
  parameters: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const members = { Action: action, Version: versions[service], ...parameters }
  const body = Object.entries(members)
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .join('&')
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
    { credentials, region: labRegion, service, at: machine.now() },
  )
  const reply = await machine.send({
    method: 'POST',
    url: `${url}/`,
    headers: request.headers,
    body,
    timeoutMs: 10_000,
  })
  return answerOf(action, reply.status, reply.body)
}

/** The same, for calls that must succeed for the scene to be set. */
export async function mustCall(...call: Parameters<typeof callAws>): Promise<Answer> {
  const answer = await callAws(...call)
  if (answer.refusal === null) return answer
  throw new CountersignError('defect', `${call[4]} was refused: ${answer.refusal.code}: ${answer.refusal.message}`)
}

function answerOf(action: string, status: number, body: string): Answer {
  const element = (name: string) => {
    const found = new RegExp(`<${name}>([^<]*)</${name}>`).exec(body)?.[1]
    return found === undefined ? null : decoded(found)
  }
  return {
    status,
    body,
    refusal: status === 200 ? null : { code: element('Code') ?? '', message: element('Message') ?? '' },
    text(name) {
      const found = element(name)
      if (found === null) throw new CountersignError('defect', `${action} answered without ${name}`)
      return found
    },
  }
}

function decoded(text: string): string {
  const signs: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' }
  return text
    .replace(/&#(x[0-9a-fA-F]+|\d+);/g, (_, number: string) => String.fromCodePoint(Number(number.replace(/^x/, '0x'))))
    .replace(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => signs[name]!)
}
