import type { SigningCredentials } from '../../../signature/request.ts'
import type { IncomingReply, Machine, OutgoingRequest } from '../../machine/machine.ts'
import type { AnswerFamily } from '../answers.ts'
import { familiesOf } from '../answers.ts'
import type { ReplySeen } from '../verdict.ts'
import { canonicalInRefusal, differences, type Identity, identityIn, type Reading, readReply } from './reading.ts'

/** A probe, told before it runs. */
export interface ProbeNotice {
  readonly name: ProbeName
  /** One plain clause for a person who waits, e.g. `asking STS who this key is`. */
  readonly says: string
  /** Where it goes, without path and query. */
  readonly endpoint: string
}

export type ProbeName =
  | 'sts-as-it-is'
  | 'sts-without-token'
  | 'sts-with-other-token'
  | 'sts-with-cleaned-values'
  | 'sts-with-swapped-values'
  | 'sts-at-server-time'
  | 'sts-in-default-region'
  | 'sts-with-wrong-signature'
  | 'sts-with-shadowed-profile'
  | 'sts-with-similar-id'
  | 'sts-as-neighbour'
  | 'clock'
  | 'sts-access-key-info'
  | 'iam-access-key-last-used'
  | 'iam-list-access-keys'
  | 'iam-list-users'
  | 'iam-list-mfa-devices'
  | 'iam-account-summary'
  | 'ec2-describe-regions'
  | 'account-region-status'
  | 'sts-in-other-partition'
  | 'sts-at-aws'
  | 'sts-decode-message'
  | 'instance-metadata'

/** What an experiment with GetCallerIdentity showed. */
export type Outcome =
  | {
      readonly kind: 'accepted'
      readonly identity: Identity
      readonly reply: ReplySeen
      readonly serverTime: Date | null
    }
  | {
      readonly kind: 'refused'
      readonly reply: ReplySeen
      /** The unshortened message: for looking for proofs only, never to be shown. */
      readonly plain: string
      readonly families: readonly AnswerFamily[]
      readonly serverTime: Date | null
      /** Parts of the request that arrived otherwise than they were signed; null when the reply does not tell. */
      readonly altered: readonly string[] | null
    }
  | { readonly kind: 'unclear'; readonly because: string; readonly serverTime: Date | null }

/** Where signed questions go. */
export interface Target {
  readonly endpoint: string
  readonly region: string
  readonly service: 'sts' | 'iam' | 'ec2' | 'account'
}

export interface Question {
  readonly operation: string
  /** Of a Query API; `json`: a JSON document is sent to `path` instead of a form. */
  readonly version: '2011-06-15' | '2010-05-08' | '2016-11-15' | 'json'
  readonly parameters: Readonly<Record<string, string>>
  readonly path?: string
}

/** Whoever asks: bounds the time of all questions together and announces each. */
export interface Asker {
  readonly machine: Machine
  readonly budget: Budget
  readonly onProbe: ((probe: ProbeNotice) => void) | undefined
  /** Told when a request is on its way and its answer is awaited. */
  readonly onSent?: (() => void) | undefined
  /** Told when the answer to a request lets wait for itself: there is time to prepare for any. */
  readonly onLate?: (() => void) | undefined
  /** Asks the person for leave; absent where nobody can give it. */
  readonly mayAsk?: ((what: Leave) => Promise<boolean>) | undefined
}

/** What is not done without leave. */
export interface Leave {
  readonly for: 'other-partitions' | 'aws-itself' | 'neighbour' | 'decode-message'
  /** One plain question for a person. */
  readonly says: string
}

/** The time that all probes of one diagnosis share. */
export class Budget {
  readonly #machine: Machine
  #ends: number
  readonly #total: number

  constructor(machine: Machine, totalMs: number) {
    this.#machine = machine
    this.#total = totalMs
    this.#ends = ticksOf(machine) + totalMs
  }

  /** Milliseconds left; never more than the whole, also when the clock was set back meanwhile. */
  left(): number {
    return Math.max(0, Math.min(this.#total, this.#ends - ticksOf(this.#machine)))
  }

  /** The time that a person takes to answer is not that of the probes. */
  async whileAsked<T>(answer: Promise<T>): Promise<T> {
    const begun = ticksOf(this.#machine)
    const given = await answer
    this.#ends += Math.max(0, ticksOf(this.#machine) - begun)
    return given
  }
}

/** The clock may be set meanwhile, or stand still for a replay. */
function ticksOf(machine: Machine): number {
  return machine.ticks?.() ?? machine.now().getTime()
}

const callerIdentity: Question = { operation: 'GetCallerIdentity', version: '2011-06-15', parameters: {} }

/**
 * Asks STS who signs with these credentials. Sends the key id, the session token and a signature, never the secret.
 * `spoil` makes the signature deliberately wrong.
 */
export async function askIdentity(
  asker: Asker,
  notice: ProbeNotice,
  target: Target,
  credentials: SigningCredentials,
  at: Date,
  spoil = false,
): Promise<Outcome> {
  const asked = await ask(asker, notice, target, callerIdentity, credentials, at, spoil)
  if (asked.kind === 'unanswered') return { kind: 'unclear', because: asked.because, serverTime: null }
  const { reading, canonicalRequest } = asked
  switch (reading.kind) {
    case 'success': {
      const identity = identityIn(reading.body)
      const reply = accepted(reading)
      if (identity === null)
        return { kind: 'unclear', because: 'the answer names no identity', serverTime: reading.date }
      return { kind: 'accepted', identity, reply, serverTime: reading.date }
    }
    case 'refusal': {
      const families = familiesOf(reading.reply)
      const theirs = canonicalInRefusal(reading.plain)
      const altered = theirs === null ? null : differences(canonicalRequest, theirs)
      if (families.includes('other'))
        return { kind: 'unclear', because: `the endpoint answered ${reading.reply.code}`, serverTime: reading.date }
      return {
        kind: 'refused',
        reply: reading.reply,
        plain: reading.plain,
        families,
        altered,
        serverTime: reading.date,
      }
    }
    case 'stranger':
      return { kind: 'unclear', because: reading.because, serverTime: null }
  }
}

function accepted({ requestId, date }: { requestId: string | null; date: Date | null }): ReplySeen {
  return {
    service: 'sts',
    operation: callerIdentity.operation,
    status: 200,
    code: 'OK',
    message: '',
    requestId,
    date: date?.toISOString().replace('.000Z', 'Z') ?? null,
  }
}

type Asked =
  | { readonly kind: 'answered'; readonly reading: Reading; readonly canonicalRequest: string }
  | { readonly kind: 'unanswered'; readonly because: string }

/** Sends one signed request and reads the reply. Never rejects: no answer is a value. */
export async function ask(
  asker: Asker,
  notice: ProbeNotice,
  target: Target,
  question: Question,
  credentials: SigningCredentials,
  at: Date,
  spoil = false,
): Promise<Asked> {
  const left = asker.budget.left()
  if (left <= 0) return { kind: 'unanswered', because: 'the time for questions is used up' }
  asker.onProbe?.(notice)
  const url = urlOf(target.endpoint)
  if (url === null) return { kind: 'unanswered', because: 'the endpoint is not a web address' }
  const { body, contentType } = bodyOf(question)
  const path = (question.path === undefined ? url.pathname : url.pathname.replace(/\/+$/, '')) + (question.path ?? '')
  try {
    // Loaded only here, so that a diagnosis without network never loads the cryptography.
    const { sign } = await import('../../../signature/index.ts')
    const signed = sign(
      {
        method: 'POST',
        path,
        query: '',
        headers: [
          ['Host', url.host],
          ['Content-Type', contentType],
        ],
        body,
      },
      { credentials, region: target.region, service: target.service, at },
    )
    const request: OutgoingRequest = {
      method: 'POST',
      url: `${url.origin}${path}`,
      headers: spoil ? spoiled(signed.request.headers) : signed.request.headers,
      body,
      timeoutMs: left,
      keepAlive: true,
      onSent: asker.onSent,
      onLate: asker.onLate,
    }
    const reply = await asker.machine.send(request)
    const reading = readReply(reply, { service: target.service, operation: question.operation })
    return { kind: 'answered', reading, canonicalRequest: signed.canonicalRequest }
  } catch (error) {
    return { kind: 'unanswered', because: reasonOf(error) }
  }
}

function bodyOf({ operation, version, parameters }: Question): { readonly body: string; readonly contentType: string } {
  if (version === 'json') return { body: JSON.stringify(parameters), contentType: 'application/json' }
  const form = new URLSearchParams({ Action: operation, Version: version, ...parameters })
  return { body: form.toString(), contentType: 'application/x-www-form-urlencoded; charset=utf-8' }
}

/** Another signature of the right form: who knows the key refuses it for the signature, who does not for the key. */
function spoiled(headers: OutgoingRequest['headers']): OutgoingRequest['headers'] {
  return headers.map(([name, value]) =>
    name.toLowerCase() === 'authorization'
      ? [name, value.replace(/Signature=[0-9a-f]+/, `Signature=${'0'.repeat(64)}`)]
      : [name, value],
  )
}

/**
 * Reads the clock of an endpoint with an unsigned GET that carries nothing. Null when no AWS-like answer with a `Date` comes
 * (a redirect or a web page is a network's login page, whose clock may be anything).
 */
export async function askClock(asker: Asker, endpoint: string): Promise<{ server: Date; here: Date } | null> {
  const left = asker.budget.left()
  const url = urlOf(endpoint)
  if (left <= 0 || url === null) return null
  asker.onProbe?.({ name: 'clock', says: `comparing this clock with that of ${url.host}`, endpoint: url.origin })
  try {
    const reply: IncomingReply = await asker.machine.send({
      method: 'GET',
      url: `${url.origin}/`,
      headers: [['Host', url.host]],
      body: '',
      timeoutMs: left,
      keepAlive: true,
    })
    const reading = readReply(reply, callerIdentityOf('sts'))
    // AWS sends browsers that ask for `/` elsewhere: a redirect to AWS itself is AWS's answer.
    const redirect = reply.headers.find(([name]) => name.toLowerCase() === 'location')?.[1] ?? ''
    const awsRedirect = /^https:\/\/([\w-]+\.)*(aws\.amazon\.com|amazonaws\.com(\.cn)?|amazonaws\.cn)(\/|$)/.test(
      redirect,
    )
    if (reading.date === null || (reading.kind === 'stranger' && !awsRedirect)) return null
    return { server: reading.date, here: reply.receivedAt }
  } catch {
    return null
  }
}

function callerIdentityOf(service: string): { service: string; operation: string } {
  return { service, operation: callerIdentity.operation }
}

function urlOf(endpoint: string): URL | null {
  const url = URL.parse(endpoint)
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:') ? url : null
}

/** Only our own errors are quoted; a stranger's message may hold anything. */
function reasonOf(error: unknown): string {
  const ours = error as { code?: unknown; message?: unknown }
  return (ours.code === 'unreachable' || ours.code === 'offline' || ours.code === 'limit') &&
    typeof ours.message === 'string'
    ? ours.message
    : 'the request could not be sent'
}
