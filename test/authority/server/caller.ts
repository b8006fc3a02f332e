import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import type { Authority, Decision } from '../../../src/authority/index.ts'
import { type SignableRequest, type SigningCredentials, type SignOptions, sign } from '../../../src/signature/index.ts'

/** What a reply says, whatever its form. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
  readonly requestId: string
  readonly code: string | null
  readonly message: string | null
  /** The first element of this name. */
  text(name: string): string
}

export interface CallOptions {
  readonly service?: string
  readonly region?: string
  readonly at?: Date
  readonly credentials?: SigningCredentials
  readonly headers?: readonly (readonly [string, string])[]
  readonly sign?: Partial<SignOptions>
  /** Changes the request after it was signed. */
  readonly alter?: (request: SignableRequest) => SignableRequest
}

/** A call of STS or IAM over HTTP, signed by root unless it is said otherwise. */
export async function call(
  authority: Authority,
  parameters: Readonly<Record<string, string>> | string,
  options: CallOptions = {},
): Promise<Answer> {
  const action = typeof parameters === 'string' ? '' : (parameters['Action'] ?? '')
  const isSts = /^(?:GetCallerIdentity|GetSessionToken|AssumeRole|GetAccessKeyInfo|GetFederationToken)$/.test(action)
  const service = options.service ?? (isSts ? 'sts' : 'iam')
  const version = isSts ? '2011-06-15' : '2010-05-08'
  const body =
    typeof parameters === 'string' ? parameters : new URLSearchParams({ Version: version, ...parameters }).toString()
  const { request } = sign(
    {
      method: 'POST',
      path: '/',
      query: '',
      headers: [
        ['Host', new URL(authority.url).host],
        ['Content-Type', 'application/x-www-form-urlencoded; charset=utf-8'],
        ...(options.headers ?? []),
      ],
      body,
    },
    {
      credentials: {
        accessKeyId: authority.root.accessKeyId,
        secretAccessKey: authority.root.secretAccessKey,
        ...options.credentials,
      },
      region: options.region ?? 'us-east-1',
      service,
      at: options.at ?? new Date(),
      ...options.sign,
    },
  )
  return send(authority, options.alter === undefined ? request : options.alter(request))
}

/** Sends a request as it is. */
export function send(authority: Authority, request: SignableRequest): Promise<Answer> {
  const { hostname, port } = new URL(authority.url)
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      {
        hostname: hostname.replace(/^\[|\]$/g, ''),
        port,
        method: request.method,
        path: request.path + (request.query === '' ? '' : `?${request.query}`),
        headers: [...request.headers.flat(), ...lengthOf(request)],
        agent: false,
      },
      (reply) => {
        const chunks: Buffer[] = []
        reply.on('data', (chunk: Buffer) => chunks.push(chunk))
        reply.on('end', () => resolve(read(reply.statusCode ?? 0, reply.headers, Buffer.concat(chunks).toString())))
        reply.on('error', reject)
      },
    )
    outgoing.on('error', reject)
    outgoing.end(request.body)
  })
}

function lengthOf({ headers, body }: SignableRequest): readonly string[] {
  if (body.length === 0 || headers.some(([name]) => /^(?:content-length|transfer-encoding)$/i.test(name))) return []
  return ['Content-Length', String(Buffer.byteLength(body))]
}

/** What comes back, until the other side closes, for bytes that may be no HTTP. Gives up waiting after so many milliseconds. */
export function sendRaw(authority: Authority, text: string | Buffer, patience = 5_000): Promise<string> {
  const { hostname, port } = new URL(authority.url)
  return new Promise((resolve) => {
    let received = ''
    const socket = connect(Number(port), hostname)
    const timer = setTimeout(() => socket.destroy(), patience)
    socket.on('connect', () => socket.write(text))
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1')
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      clearTimeout(timer)
      resolve(received)
    })
  })
}

function read(status: number, headers: Answer['headers'], body: string): Answer {
  const text = (name: string): string | null => {
    const found = new RegExp(`<${name}>([^<]*)</${name}>`).exec(body)?.[1]
    return found === undefined ? null : unescapeXml(found)
  }
  return {
    status,
    headers,
    body,
    requestId: text('RequestId') ?? '',
    code: text('Code'),
    message: text('Message'),
    text(name) {
      const found = text(name)
      if (found === null) throw new Error(`no ${name} in ${body}`)
      return found
    },
  }
}

function unescapeXml(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&#xD;', '\r')
    .replaceAll('&amp;', '&')
}

/** What the authority itself says of an answer. */
export async function decisionOf(authority: Authority, answer: Answer): Promise<Decision> {
  const [decision] = await authority.decisions({ requestId: answer.requestId, limit: 1 })
  if (decision === undefined) throw new Error(`no decision for request ${answer.requestId}`)
  return decision
}

export type Ask = (parameters: Readonly<Record<string, string>> | string, options?: CallOptions) => Promise<Answer>

/** Calls of one authority, with options that hold for all of them. */
export function asker(authority: Authority, always: CallOptions = {}): Ask {
  return (parameters, options) => call(authority, parameters, { ...always, ...options })
}

/** A user with one key. */
export async function makeUser(ask: Ask, name: string, allow: readonly string[] = []) {
  await mustAsk(ask, { Action: 'CreateUser', UserName: name })
  if (allow.length > 0) {
    const document = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: allow, Resource: '*' }] }
    const PolicyDocument = JSON.stringify(document)
    await mustAsk(ask, { Action: 'PutUserPolicy', UserName: name, PolicyName: 'p', PolicyDocument })
  }
  const key = await mustAsk(ask, { Action: 'CreateAccessKey', UserName: name })
  return { accessKeyId: key.text('AccessKeyId'), secretAccessKey: key.text('SecretAccessKey') }
}

/** A session of GetSessionToken. */
export async function makeSession(ask: Ask, credentials: SigningCredentials, more: Record<string, string> = {}) {
  const made = await mustAsk(ask, { Action: 'GetSessionToken', ...more }, { credentials })
  return {
    accessKeyId: made.text('AccessKeyId'),
    secretAccessKey: made.text('SecretAccessKey'),
    sessionToken: made.text('SessionToken'),
  }
}

/** Throws what the reply says when it is a refusal. */
export async function mustAsk(ask: Ask, parameters: Record<string, string>, options?: CallOptions): Promise<Answer> {
  const answer = await ask(parameters, options)
  if (answer.status !== 200) throw new Error(answer.body)
  return answer
}
