import { readAuthorization } from '../../signature/index.ts'
import type { Decision } from '../model/store.ts'
import type { Fault } from './faults.ts'
import type { Head } from './head.ts'
import type { Limits } from './limits.ts'
import type { OriginRefusal } from './origin.ts'
import { acceptedFormat, contentTypes, renderFault } from './render.ts'
import type { Received } from './walk.ts'

/**
 * Refusals that come before there is a call of STS or IAM. Codes and statuses are AWS's where its list of common errors has
 * one (IAM API Reference, "Common Error Types").
 */
export type HttpFault =
  | 'not-http'
  | 'head-too-large'
  | 'too-slow'
  | 'no-such-path'
  | 'method-not-allowed'
  | 'body-too-large'
  | 'busy'
  | 'internal-failure'
  | 'host-missing'
  | 'foreign-host'
  | 'cross-site'

const rows: { readonly [F in HttpFault]: readonly [code: string, status: number, message: string] } = {
  'not-http': ['MalformedHttpRequestException', 400, 'The request is not well-formed HTTP.'],
  'head-too-large': ['RequestHeaderSectionTooLarge', 431, 'The request header is too large.'],
  'too-slow': ['RequestTimeoutException', 408, 'The request was not received in time.'],
  'no-such-path': ['UnknownOperationException', 404, 'STS and IAM are called at the path /.'],
  'method-not-allowed': ['MethodNotAllowed', 405, 'STS and IAM are called by GET and POST.'],
  'body-too-large': ['RequestEntityTooLarge', 413, 'The request body is too large.'],
  busy: ['ServiceUnavailable', 503, 'The request has failed due to a temporary failure of the server.'],
  'internal-failure': [
    'InternalFailure',
    500,
    'The request processing has failed because of an unknown error, exception or failure.',
  ],
  'host-missing': ['MalformedHttpRequestException', 400, 'The request must have exactly one Host header.'],
  'foreign-host': ['AccessDenied', 403, 'The authority is not known under this Host name.'],
  'cross-site': ['AccessDenied', 403, 'Requests from web pages of other origins are refused.'],
}

export interface HttpReply {
  readonly status: number
  readonly contentType: string
  readonly body: string | Uint8Array
  /** `Cache-Control`; nothing is kept unless it says so. */
  readonly cache?: string | undefined
  /** The methods of the path, for a 405 (RFC 9110 §15.5.6). */
  readonly allow?: string | undefined
  /** Further lines of the header, name and value by turns. */
  readonly more?: readonly string[] | undefined
}

/** What answers at paths of its own beside the two APIs, without a signature. */
export interface OwnPaths {
  /** Null: the path is none of its own. */
  answer(call: Received): OwnReply | null
}

/** The same where a body may come along, and an answer may take its time. */
export interface OwnPages {
  /** Is the path one of these? */
  has(path: string): boolean
  /** May a link of another site lead here? Then a GET must change nothing. Absent: never. */
  isLinked?(call: Received): boolean
  /** How many bytes may come along with this call. */
  largestBody(call: Received, limits: Limits): number
  /** Must a refusal of this call be JSON, whatever it accepts? Absent: never. */
  speaksJson?(call: Received): boolean
  answer(call: Received, body: Uint8Array): OwnReply | Promise<OwnReply>
}

export interface OwnReply extends HttpReply {
  /** Null where nothing was decided. */
  readonly decision: Decision | null
  /** Instead of a body. */
  readonly stream?: EventStream | undefined
}

/** Server-sent events (WHATWG HTML, "Server-sent events"), until either side has enough. */
export interface EventStream {
  /** Whose it is: everybody may have so many. */
  readonly owner: string
  /** Begins to send; gives the way to stop it. */
  feed(sink: StreamSink): () => void
  /** Asked now and then: may the other side still have them? */
  mayGoOn(): boolean
}

export interface StreamSink {
  /** False while the other side does not keep up: what is given all the same is kept in memory until it does. */
  write(text: string): boolean
  end(): void
}

/** The reply in AWS's form; the namespace is that of STS, for no action is known yet. */
export function renderHttpFault(name: HttpFault, requestId: string, accept: string | null): HttpReply {
  const [code, status, message] = rows[name]
  const fault: Fault = { code, status, message, type: status >= 500 ? 'Receiver' : 'Sender' }
  const format = acceptedFormat(accept)
  const body = renderFault(fault, 'sts', requestId, format)
  return { status, contentType: contentTypes[format], body, allow: status === 405 ? 'GET, HEAD, POST' : undefined }
}

/** What the decision log keeps of a request that a web page may have sent. */
export function originDecision(refusal: OriginRefusal, facts: CallFacts): Decision {
  return faultDecision(refusal.reason, facts, [refusal.evidence])
}

/**
 * What the decision log keeps of a call of an API that came to a path or by a method of none: where a client's endpoint has a path of
 * its own, or where all of AWS was pointed here. Null for what is no such call, as whatever a browser or scanner asks for. The signature
 * has not been looked at: what it says of itself is only said.
 */
export function astrayDecision(
  fault: 'no-such-path' | 'method-not-allowed',
  { method, path, query, head }: Pick<Received, 'method' | 'path' | 'query' | 'head'>,
  facts: CallFacts,
): Decision | null {
  const read = readAuthorization({ method, path, query, headers: head.headers, body: noBody })
  if (
    read.kind === 'none' &&
    !(method === 'POST' && /^application\/x-www-form-urlencoded/i.test(head.contentType ?? ''))
  )
    return null
  const scope = read.kind === 'read' ? read.scope : null
  const [service = '', region = ''] = [scope?.service, scope?.region].map(
    (name) => /^[\w-]{1,64}$/.exec(name ?? '')?.[0],
  )
  const signedFor = service === '' ? '' : ` is signed for ${service} and`
  const evidence = [
    `the request ${method} ${beginOf(path)}${signedFor} came to no API of this authority`,
    'STS, IAM and EC2 are called by GET and POST at the path /',
  ]
  return {
    ...faultDecision(fault, facts, evidence),
    service,
    region: region === '' ? null : region,
    accessKeyId: /^A[KS]IA[A-Z2-7]{16}$/.exec(scope?.accessKeyId ?? '')?.[0] ?? null,
    cause: 'endpoint-override',
  }
}

const noBody = new Uint8Array(0)

/** Enough to know an endpoint or a bucket by; what stands behind it may be anybody's, and a secret. */
function beginOf(path: string): string {
  const [begin = '/'] = /^\/[\w.~-]{0,24}(?![^/])/.exec(path) ?? []
  return begin === path ? path : begin === '/' ? '/…' : `${begin}/…`
}

interface CallFacts {
  readonly requestId: string
  readonly at: Date
  readonly account: string
  readonly sourceIp: string
  readonly head: Head
}

function faultDecision(fault: HttpFault, facts: CallFacts, evidence: readonly string[]): Decision {
  const [code, status] = rows[fault]
  return {
    requestId: facts.requestId,
    at: facts.at.toISOString(),
    outcome: 'refused',
    service: '',
    operation: '',
    accessKeyId: null,
    principal: null,
    account: facts.account,
    region: null,
    sourceIp: facts.sourceIp,
    userAgent: (facts.head.userAgent ?? '').slice(0, 256),
    status,
    code,
    reason: fault,
    cause: null,
    evidence,
    checks: [],
    statement: null,
  }
}
