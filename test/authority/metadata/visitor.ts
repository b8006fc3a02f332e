import { request as httpRequest } from 'node:http'
import type { Authority } from '../../../src/authority/index.ts'
import type { Answer } from '../server/caller.ts'

/** What comes back of a path, as `Answer` has it, with the request id of the header. */
export type Told = Answer

/** A bare request, with these headers and no others but `Host`. */
export function visit(
  authority: Pick<Authority, 'url'>,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Told> {
  const { hostname, port } = new URL(authority.url)
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({ hostname, port, method, path, headers, agent: false }, (reply) => {
      const chunks: Buffer[] = []
      reply.on('data', (chunk: Buffer) => chunks.push(chunk))
      reply.on('error', reject)
      reply.on('end', () => {
        const body = Buffer.concat(chunks).toString()
        resolve({
          status: reply.statusCode ?? 0,
          headers: reply.headers,
          body,
          requestId: String(reply.headers['x-amzn-requestid'] ?? ''),
          code: null,
          message: null,
          text: () => body,
        })
      })
    })
    outgoing.on('error', reject)
    outgoing.end()
  })
}
