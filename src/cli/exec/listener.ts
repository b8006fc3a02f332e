import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { CountersignError } from '../../errors.ts'
import type { Answering } from './answers.ts'

/*
 * An edge (docs/decisions/0015-exec.md): the server of `exec --server`, on this computer's loopback address.
 */

/** SDKs send a few hundred bytes and one request at a time. */
const limits = { head: 16 * 1024, headMs: 5_000, requestMs: 10_000, idleMs: 5_000, connections: 64, body: 1024 }

export interface Listening {
  /** E.g. `http://127.0.0.1:43210`. */
  readonly url: string
  close(): void
}

/** Listens on a free port of 127.0.0.1 until it is closed. */
export async function listen(answer: Answering): Promise<Listening> {
  const server = createServer(
    {
      maxHeaderSize: limits.head,
      headersTimeout: limits.headMs,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.idleMs,
      connectionsCheckingInterval: 1_000,
      insecureHTTPParser: false,
    },
    (request, response) => void serve(request, response, answer),
  )
  server.maxConnections = limits.connections
  await new Promise<void>((ready, reject) => {
    server.once('error', () =>
      reject(new CountersignError('unreachable', 'No port of 127.0.0.1 could be opened for --server.')),
    )
    server.listen({ host: '127.0.0.1', port: 0 }, ready)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function serve(request: IncomingMessage, response: ServerResponse, answer: Answering): Promise<void> {
  response.on('error', () => {})
  let size = 0
  request.on('data', (chunk: Uint8Array) => {
    size += chunk.length
    if (size > limits.body) request.destroy()
  })
  request.on('error', () => {})
  try {
    const refused = refusalOf(request)
    if (refused !== null) return send(response, refused, 'text/plain', '')
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
    )
    // Some SDKs put a slash of their own behind ours.
    const path = (request.url ?? '').split('?', 1)[0]!.replace(/^\/+/, '/')
    const reply = await answer({ method: request.method ?? '', path, headers })
    send(response, reply.status, reply.contentType, reply.body, reply.headers)
  } catch {
    send(response, 500, 'text/plain', '')
  }
}

/** The status for a request that must not be looked at any further; null for any other. */
function refusalOf({ headers, socket }: IncomingMessage): 400 | 403 | null {
  // A page in a browser that has bent its own name to 127.0.0.1 sends that name; and only browsers send an Origin.
  if (headers.host !== `127.0.0.1:${socket.localPort}` && headers.host !== `localhost:${socket.localPort}`) return 400
  return headers.origin !== undefined || !isOwnUser(socket) ? 403 : null
}

/**
 * Whether a program of the same user asks (or of root, which may do anything anyway). Linux tells (proc_net_tcp(5)); elsewhere, and where
 * that table has not even our own end of the connection, it is not known.
 */
function isOwnUser({ localPort, remotePort, remoteAddress }: Socket): boolean {
  const own = process.getuid?.()
  if (process.platform !== 'linux' || own === undefined) return true
  // The other end may have any address of this computer, and may be a socket of IPv6 that speaks to one of IPv4.
  const there = [endText(remoteAddress, remotePort), `${mappedStart}${endText(remoteAddress, remotePort)}`]
  const here = endText('127.0.0.1', localPort)
  try {
    const ends = ['tcp', 'tcp6'].flatMap(connectionEnds)
    if (!ends.some(({ local, remote }) => local === here && remote === there[0])) return true
    const user = ends.find(({ local, remote }) => there.includes(local) && remote.endsWith(here))?.user
    return user === own || user === 0
  } catch {
    return true
  }
}

/** The first 12 bytes of `::ffff:0:0/96` as the table writes them, in words of the processor's order. */
const mappedStart = '0000000000000000FFFF0000'

/** An IPv4 address and a port as the table writes them on processors that have the lowest byte first. */
function endText(address = '', port = 0): string {
  const bytes = address.split('.').map(Number)
  const hex = (number: number, digits: number) => number.toString(16).toUpperCase().padStart(digits, '0')
  return `${bytes
    .toReversed()
    .map((byte) => hex(byte, 2))
    .join('')}:${hex(port, 4)}`
}

function connectionEnds(table: string) {
  let text = ''
  try {
    text = readFileSync(`/proc/net/${table}`, 'latin1')
  } catch (error) {
    // A computer without IPv6 has no table of it.
    if (table === 'tcp') throw error
  }
  return text.split('\n').map((line) => {
    const [, local = '', remote = '', , , , , user] = line.trim().split(/\s+/)
    return { local, remote, user: Number(user ?? Number.NaN) }
  })
}

function send(
  response: ServerResponse,
  status: number,
  contentType: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { ...headers, 'Content-Type': contentType, 'Cache-Control': 'no-store' })
  response.end(body)
}
