import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/*
 * Answers on loopback whatever an SDK asks to get credentials: STS, the portal and the tokens of IAM Identity Center, the
 * refresh of `aws login`, container and instance metadata. Nothing is checked; what is answered tells what was asked, so that a
 * prediction can be compared with it.
 */

export interface Stub {
  readonly url: string
  /** The same without version 2 of the instance metadata. */
  readonly urlOfVersionOne: string
  stop(): Promise<void>
}

const later = '2099-01-01T00:00:00Z'

/** The session token that goes with a key id of the stub. */
export function tokenFor(accessKeyId: string): string {
  return `token-of-${accessKeyId}`
}

/** @param everywhere also on port 80 of every address (in a network namespace of its own) */
export async function startStub(everywhere: boolean): Promise<Stub> {
  const servers = [
    await listen(createServer(answering(true)), 0, '127.0.0.1'),
    await listen(createServer(answering(false)), 0, '127.0.0.1'),
    ...(everywhere ? [await listen(createServer(answering(true)), 80, '::')] : []),
  ]
  const url = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url: url(servers[0]!),
    urlOfVersionOne: url(servers[1]!),
    stop: async () => {
      for (const server of servers) {
        server.closeAllConnections()
        await new Promise((done) => server.close(done))
      }
    },
  }
}

async function listen(server: Server, port: number, host: string): Promise<Server> {
  server.keepAliveTimeout = 60_000
  await new Promise<void>((done, fail) => {
    server.once('error', fail)
    server.listen(port, host, done)
  })
  return server
}

function answering(hasTokens: boolean) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const [status, type, body] = answer(request, Buffer.concat(parts).toString('utf8'), hasTokens)
      response.writeHead(status, {
        'Content-Type': type,
        'Content-Length': Buffer.byteLength(body),
        'x-amzn-RequestId': 'made-up',
        'x-aws-ec2-metadata-token-ttl-seconds': '21600',
      })
      response.end(body)
    })
  }
}

type Answer = readonly [status: number, type: string, body: string]

function answer(request: IncomingMessage, body: string, hasTokens: boolean): Answer {
  const url = new URL(`http://stub${request.url ?? '/'}`)
  const path = url.pathname.replace(/^\/+/, '/')
  const form = new URLSearchParams(body || url.search)
  if (form.has('Action')) return query(form, String(request.headers.authorization ?? ''))
  if (path === '/federation/credentials') return portal(url.searchParams)
  if (path === '/token')
    return json({
      accessToken: 'made-up-new-access-token',
      tokenType: 'Bearer',
      expiresIn: 28800,
      refreshToken: 'made-up-new-refresh-token',
    })
  if (path === '/v1/token') return login()
  if (path.startsWith('/latest/')) return instance(request, path, hasTokens)
  if (path === '/container/token' && request.headers.authorization !== 'made-up-token') {
    return json({ code: 'AccessDenied', message: 'The token is missing or not the right one.' }, 401)
  }
  if (request.method === 'GET') return container()
  return json({ code: 'NotFound', message: 'The stub does not know this.' }, 404)
}

function json(value: unknown, status = 200): Answer {
  return [status, 'application/json', JSON.stringify(value)]
}

function keysFor(accessKeyId: string) {
  return { accessKeyId, secretAccessKey: 'made-up-secret', sessionToken: tokenFor(accessKeyId) }
}

// ---- STS and IAM

function query(form: URLSearchParams, authorization: string): Answer {
  const action = form.get('Action')!
  const role = (form.get('RoleArn') ?? '').replace(/^.*\//s, '')
  switch (action) {
    case 'AssumeRole': {
      const signer = /Credential=(.*?)\/\d{8}\//s.exec(authorization)?.[1] ?? ''
      return xml(action, session(`ASIAROLE_${role}_BY_${signer}`, role))
    }
    case 'AssumeRoleWithWebIdentity':
      return xml(
        action,
        `${session(`ASIAWEB_${role}`, role)}<SubjectFromWebIdentityToken>made-up</SubjectFromWebIdentityToken>`,
      )
    case 'GetCallerIdentity':
      return xml(
        action,
        '<Arn>arn:aws:iam::123456789012:user/ana</Arn><UserId>AIDAMADEUP</UserId><Account>123456789012</Account>',
      )
    case 'ListAccountAliases':
      return xml(action, '<AccountAliases/><IsTruncated>false</IsTruncated>')
    default:
      return [
        400,
        'text/xml',
        '<ErrorResponse><Error><Type>Sender</Type><Code>InvalidAction</Code><Message>The stub does not know this.</Message></Error></ErrorResponse>',
      ]
  }
}

function session(accessKeyId: string, role: string): string {
  const keys = keysFor(accessKeyId)
  return (
    `<Credentials><AccessKeyId>${escaped(keys.accessKeyId)}</AccessKeyId><SecretAccessKey>${keys.secretAccessKey}</SecretAccessKey>` +
    `<SessionToken>${escaped(keys.sessionToken)}</SessionToken><Expiration>${later}</Expiration></Credentials>` +
    `<AssumedRoleUser><AssumedRoleId>AROAMADEUP:s</AssumedRoleId><Arn>arn:aws:sts::123456789012:assumed-role/${escaped(role)}/s</Arn></AssumedRoleUser>`
  )
}

function xml(action: string, result: string): Answer {
  return [
    200,
    'text/xml',
    `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result>${result}</${action}Result>` +
      `<ResponseMetadata><RequestId>00000000-0000-0000-0000-000000000000</RequestId></ResponseMetadata></${action}Response>`,
  ]
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}

// ---- IAM Identity Center, login, containers, instances

function portal(asked: URLSearchParams): Answer {
  const keys = keysFor(`ASIASSO_${asked.get('account_id')}_${asked.get('role_name')}`)
  return json({ roleCredentials: { ...keys, expiration: Date.parse(later) } })
}

function login(): Answer {
  return json({
    accessToken: keysFor('ASIALOGINREFRESHED'),
    tokenType: 'aws_sigv4',
    expiresIn: 900,
    refreshToken: 'made-up-new-refresh-token',
    idToken: 'made-up-id-token',
  })
}

function container(): Answer {
  const { accessKeyId, secretAccessKey, sessionToken } = keysFor('ASIACONTAINER')
  return json({
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    Token: sessionToken,
    Expiration: later,
    RoleArn: 'arn:aws:iam::123456789012:role/task',
  })
}

function instance(request: IncomingMessage, path: string, hasTokens: boolean): Answer {
  const plain = (text: string): Answer => [200, 'text/plain', text]
  if (path === '/latest/api/token') {
    return hasTokens && request.method === 'PUT' ? plain('made-up-metadata-token') : [403, 'text/plain', 'Forbidden']
  }
  if (path === '/latest/meta-data/placement/region') return plain('eu-west-1')
  if (path === '/latest/meta-data/placement/availability-zone') return plain('eu-west-1a')
  if (path === '/latest/dynamic/instance-identity/document')
    return json({ region: 'eu-west-1', accountId: '123456789012' })
  if (/^\/latest\/meta-data\/iam\/security-credentials\/?$/.test(path)) return plain('instance-role')
  if (path === '/latest/meta-data/iam/security-credentials/instance-role') {
    const { accessKeyId, secretAccessKey, sessionToken } = keysFor('ASIAIMDS')
    return json({
      Code: 'Success',
      LastUpdated: '2026-01-01T00:00:00Z',
      Type: 'AWS-HMAC',
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      Token: sessionToken,
      Expiration: later,
    })
  }
  return [404, 'text/plain', 'Not Found']
}
