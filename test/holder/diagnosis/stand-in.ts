import { mintAccessKeyId } from '../../../src/anatomy/access-key-id.ts'
import { wrapSessionToken } from '../../../src/anatomy/session-token.ts'
import type { IncomingReply, Machine, OutgoingRequest } from '../../../src/holder/machine/machine.ts'
import { type Recording, recordedMachine } from '../../../src/holder/machine/recorded.ts'
import { formatBasicInstant, parseBasicInstant, readAuthorization, sign } from '../../../src/signature/index.ts'
import { noteSecret } from '../../setup.ts'

/** Made from a seed, so that every run sees the same; characters of AWS's alphabet. */
export function secretOf(seed: number): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/+'
  let state = (seed * 2654435761) >>> 0
  let secret = ''
  for (let index = 0; index < 40; index += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    secret += alphabet[(state >>> 16) % 64]
  }
  noteSecret('SecretAccessKey', secret)
  return secret
}

export function idOf(prefix: 'AKIA' | 'ASIA', seed: number, account = accountA): string {
  return mintAccessKeyId(
    prefix,
    account,
    Uint8Array.from([seed, seed * 7, seed * 31, seed * 101, seed * 57], (n) => n & 255),
  )
}

const accountA = '609629065308'
export const accountB = '210987654321'
export const now = new Date('2026-11-28T12:00:00Z')
export const hours = (count: number, from = now): Date => new Date(from.getTime() + count * 3_600_000)

export function tokenOf(
  seed: number,
  { account = accountA, createdAt = hours(-0.2), region = 'eu-west-1' } = {},
): string {
  const token = wrapSessionToken({
    signingKeyNumber: 7,
    region,
    account,
    createdAt,
    iv: Uint8Array.from({ length: 12 }, (_, index) => (seed + index * 13) & 255),
    sealed: Uint8Array.from({ length: 400 }, (_, index) => (seed * 17 + index * index * 5 + index) & 255),
  })
  noteSecret('SessionToken', token)
  return token
}

export interface KnownKey {
  readonly secret: string
  readonly state?: 'active' | 'inactive' | 'deleted'
  readonly token?: string
  readonly expired?: boolean
  readonly user?: string
}

interface StandIn {
  readonly keys: Readonly<Record<string, KnownKey>>
  /** The server's clock. */
  readonly at?: Date
  /** Changes what arrives, as a proxy does. */
  readonly alter?: (request: OutgoingRequest) => OutgoingRequest
  /** Answers instead of STS. */
  readonly instead?: (request: OutgoingRequest) => IncomingReply | null
  /** Regions in which keys are known; all when absent. */
  readonly regions?: readonly string[]
}

/** What arrived, in order. */
export interface Sent {
  readonly requests: OutgoingRequest[]
}

/** STS and a little of IAM, checking in AWS's order: form, clock, key, signature, token. Every signature is really compared. */
function standIn(rules: StandIn): { readonly send: NonNullable<Recording['send']>; readonly sent: Sent } {
  const sent: Sent = { requests: [] }
  return {
    sent,
    send: async (outgoing) => {
      sent.requests.push(outgoing)
      return rules.instead?.(outgoing) ?? answer(rules, rules.alter?.(outgoing) ?? outgoing)
    },
  }
}

function answer(rules: StandIn, request: OutgoingRequest): IncomingReply {
  const at = rules.at ?? now
  const url = new URL(request.url)
  const header = (name: string) => request.headers.find(([each]) => each.toLowerCase() === name)?.[1] ?? null
  if (request.method === 'GET') return reply(302, '', at, [['location', 'https://aws.amazon.com/iam']])
  const authorization = readAuthorization({
    method: request.method,
    path: url.pathname,
    query: '',
    headers: request.headers,
    body: request.body,
  })
  if (authorization.kind === 'not-key-value')
    return refusal(
      400,
      'IncompleteSignature',
      `'${authorization.fragment}' not a valid key=value pair (missing equal-sign) in Authorization header: '${authorization.header}'.`,
      at,
    )
  if (authorization.kind !== 'read')
    return refusal(403, 'MissingAuthenticationToken', 'Request is missing Authentication Token', at)
  const date = parseBasicInstant(header('x-amz-date') ?? '')!
  const late = (at.getTime() - date.getTime()) / 1000
  const limit = (sign: number) => formatBasicInstant(new Date(at.getTime() + sign * 900_000))
  if (late > 900)
    return refusal(
      403,
      'SignatureDoesNotMatch',
      `Signature expired: ${formatBasicInstant(date)} is now earlier than ${limit(-1)} (${formatBasicInstant(at)} - 15 min.)`,
      at,
    )
  if (late < -900)
    return refusal(
      403,
      'SignatureDoesNotMatch',
      `Signature not yet current: ${formatBasicInstant(date)} is still later than ${limit(1)} (${formatBasicInstant(at)} + 15 min.)`,
      at,
    )
  const scope = authorization.scope
  if (scope === null)
    return refusal(400, 'IncompleteSignature', 'Credential must have exactly 5 slash-delimited elements', at)
  const unknown = refusal(403, 'InvalidClientTokenId', 'The security token included in the request is invalid.', at)
  const key = rules.keys[scope.accessKeyId]
  if (key === undefined || (key.state ?? 'active') !== 'active') return unknown
  if (rules.regions !== undefined && !rules.regions.includes(scope.region)) return unknown
  const token = header('x-amz-security-token')
  if (key.token !== undefined && token !== key.token) return unknown
  if (key.token !== undefined && key.expired)
    return refusal(403, 'ExpiredToken', 'The security token included in the request is expired', at)
  const ours = sign(
    {
      method: request.method,
      path: url.pathname,
      query: '',
      headers: request.headers.filter(([name]) => !/^(x-amz-date|x-amz-security-token|authorization)$/i.test(name)),
      body: request.body,
    },
    {
      credentials: {
        accessKeyId: scope.accessKeyId,
        secretAccessKey: key.secret,
        ...(token === null ? {} : { sessionToken: token }),
      },
      region: scope.region,
      service: scope.service,
      at: date,
    },
  )
  if (ours.signature !== authorization.signature) {
    const long = `\n\nThe Canonical String for this request should have been\n'${ours.canonicalRequest}'\n\nThe String-to-Sign should have been\n'${ours.stringToSign}'\n`
    return refusal(
      403,
      'SignatureDoesNotMatch',
      `The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.${long}`,
      at,
    )
  }
  if (key.token === undefined && token !== null)
    return refusal(403, 'InvalidClientTokenId', 'The security token included in the request is invalid', at)
  return act(rules, new URLSearchParams(request.body), scope.accessKeyId, at)
}

function act(rules: StandIn, form: URLSearchParams, caller: string, at: Date): IncomingReply {
  const operation = form.get('Action') ?? ''
  const result = (inner: string) =>
    reply(
      200,
      `<${operation}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${operation}Result>${inner}</${operation}Result><ResponseMetadata><RequestId>r-200</RequestId></ResponseMetadata></${operation}Response>`,
      at,
    )
  const asked = form.get('AccessKeyId') ?? ''
  switch (operation) {
    case 'GetCallerIdentity':
      return result(
        `<Arn>arn:aws:iam::${accountA}:user/${rules.keys[caller]?.user ?? 'alice'}</Arn><UserId>AIDAEXAMPLEEXAMPLE123</UserId><Account>${accountA}</Account>`,
      )
    case 'AssumeRole':
      return refusal(
        403,
        'AccessDenied',
        `User: arn:aws:iam::${accountA}:user/alice is not authorized to perform: sts:AssumeRole on resource: ${form.get('RoleArn')}`,
        at,
      )
    case 'GetAccessKeyInfo':
      return result(`<Account>${accountA}</Account>`)
    case 'GetAccessKeyLastUsed': {
      const key = rules.keys[asked]
      if (key === undefined)
        return refusal(
          403,
          'AccessDenied',
          `User: arn:aws:iam::${accountA}:user/admin is not authorized to perform: iam:GetAccessKeyLastUsed on resource: access key ${asked}`,
          at,
        )
      return result(
        `<UserName>${key.user ?? 'alice'}</UserName><AccessKeyLastUsed><ServiceName>N/A</ServiceName><Region>N/A</Region></AccessKeyLastUsed>`,
      )
    }
    case 'ListUsers':
      return result(
        `<Users>${[...new Set(Object.values(rules.keys).map((key) => key.user ?? 'alice'))].map((name) => `<member><UserName>${name}</UserName></member>`).join('')}</Users><IsTruncated>false</IsTruncated>`,
      )
    case 'ListAccessKeys': {
      const keys = Object.entries(rules.keys).filter(
        ([, key]) =>
          (key.user ?? 'alice') === form.get('UserName') && key.state !== 'deleted' && key.token === undefined,
      )
      return result(
        `<AccessKeyMetadata>${keys.map(([id, key]) => `<member><UserName>${key.user ?? 'alice'}</UserName><AccessKeyId>${id}</AccessKeyId><Status>${key.state === 'inactive' ? 'Inactive' : 'Active'}</Status></member>`).join('')}</AccessKeyMetadata><IsTruncated>false</IsTruncated>`,
      )
    }
    default:
      return refusal(400, 'InvalidAction', `Could not find operation ${operation}`, at)
  }
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

export function refusal(status: number, code: string, message: string, at = now): IncomingReply {
  return reply(
    status,
    `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">\n  <Error>\n    <Type>Sender</Type>\n    <Code>${code}</Code>\n    <Message>${escapeXml(message)}</Message>\n  </Error>\n  <RequestId>r-${status}</RequestId>\n</ErrorResponse>\n`,
    at,
  )
}

export function reply(status: number, body: string, at = now, headers: IncomingReply['headers'] = []): IncomingReply {
  return {
    status,
    headers: [['date', at.toUTCString()], ['content-type', 'text/xml'], ...headers],
    body,
    receivedAt: now,
  }
}

export interface Laid extends Omit<Recording, 'files' | 'send'> {
  readonly credentials?: string | undefined
  readonly config?: string | undefined
  readonly files?: Recording['files'] | undefined
  readonly sts?: StandIn | undefined
}

export const home = '/u/alice'

/** A machine with the two AWS files and a network that ends at the stand-in. */
export function machine({ credentials, config, files, sts, env, ...rest }: Laid): {
  readonly machine: Machine
  readonly sent: Sent
} {
  const { send, sent } = standIn(sts ?? { keys: {} })
  const recorded = recordedMachine({
    now,
    userHome: home,
    env: { HOME: home, AWS_REGION: 'eu-west-1', ...env },
    ...rest,
    files: {
      ...(credentials === undefined ? {} : { [`${home}/.aws/credentials`]: credentials }),
      ...(config === undefined ? {} : { [`${home}/.aws/config`]: config }),
      ...files,
    },
    ...(sts === undefined ? {} : { send }),
  })
  return { machine: recorded, sent }
}

/** A section of the credentials file. */
export function section(name: string, id: string, secret: string, token?: string, more = ''): string {
  return `[${name}]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n${token === undefined ? '' : `aws_session_token = ${token}\n`}${more}`
}
