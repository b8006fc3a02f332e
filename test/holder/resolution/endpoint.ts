import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export interface Seen {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

export interface Told {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | object
  /** No answer at all. */
  readonly silent?: boolean
}

/** An endpoint on loopback that answers what the test says and keeps what it was asked. */
export async function endpoint(answer: (seen: Seen) => Told): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      const asked: Seen = { method, path: url, headers, body: Buffer.concat(chunks).toString() }
      seen.push(asked)
      const { status = 200, headers: told = {}, body = '', silent = false } = answer(asked)
      if (silent) return
      response.writeHead(status, told)
      response.end(typeof body === 'string' ? body : JSON.stringify(body))
    })
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

/** The members of a Query request. */
export function membersOf({ body }: Pick<Seen, 'body'>): Readonly<Record<string, string>> {
  return Object.fromEntries(new URLSearchParams(body))
}

/** An STS that gives whoever asks keys named after the role and after who asked, as a real one answers. */
export function sts(seen: Seen): Told {
  const { Action = '', RoleArn = '', RoleSessionName = '' } = membersOf(seen)
  const by = /Credential=([^/]+)\//.exec(String(seen.headers['authorization']))?.[1] ?? 'nobody'
  const role = RoleArn.slice(RoleArn.lastIndexOf('/') + 1)
  const body = `<${Action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${Action}Result>
    <AssumedRoleUser><AssumedRoleId>AROA:${RoleSessionName}</AssumedRoleId><Arn>arn:aws:sts::123456789012:assumed-role/${role}/${RoleSessionName}</Arn></AssumedRoleUser>
    <Credentials><AccessKeyId>ASIA${role}BY${by}</AccessKeyId><SecretAccessKey>secret&amp;of${role}</SecretAccessKey><SessionToken>token+of/${role}==</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>
  </${Action}Result><ResponseMetadata><RequestId>11111111-2222-3333-4444-555555555555</RequestId></ResponseMetadata></${Action}Response>`
  return { headers: { 'content-type': 'text/xml' }, body }
}
