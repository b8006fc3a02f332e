import { createServer, type Server, type ServerOptions, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { createSecureContext } from 'node:tls'
import { CountersignError } from '../../errors.ts'
import type { Answering, Limits } from '../wire/index.ts'
import { followConnections } from './connections.ts'
import { answerUsual } from './usual-connections.ts'

/** PEM texts. */
export interface TlsTexts {
  readonly cert: string
  readonly key: string
}

/** Says which of the two PEM texts cannot be used; OpenSSL's sentences name the fault and never what was read. */
export function tryTls({ cert, key }: TlsTexts): void {
  const attempts = [
    ['the certificate of --tls-cert cannot be used', { cert }],
    ['the private key of --tls-key cannot be used', { key }],
    ['the certificate of --tls-cert and the private key of --tls-key do not go together', { cert, key }],
  ] as const
  for (const [what, parts] of attempts) {
    // Node takes an empty text for none at all.
    if (Object.values(parts).includes('')) throw new CountersignError('usage', `${what}: it is empty`)
    try {
      createSecureContext(parts)
    } catch (error) {
      throw new CountersignError('usage', `${what}: ${error instanceof Error ? error.message : ''}`, { cause: error })
    }
  }
}

export interface Listener {
  readonly server: Server
  /** Closes the connections on which nothing is being answered. */
  closeUnasked(): void
  destroyAll(): void
}

export function createListener(tls: TlsTexts | undefined, limits: Limits, answering: Answering): Listener {
  const settings: ServerOptions = {
    maxHeaderSize: limits.headSize,
    headersTimeout: limits.headTime,
    requestTimeout: limits.requestTime,
    keepAliveTimeout: limits.idleTime,
    connectionsCheckingInterval: Math.min(1_000, limits.headTime),
    insecureHTTPParser: false,
    // Node's own refusal has no body; `judgeOrigin` looks at the Host.
    requireHostHeader: false,
  }
  const server =
    tls === undefined
      ? createServer(settings)
      : createTlsServer({ ...settings, ...tls, handshakeTimeout: limits.headTime })
  server.maxConnections = limits.connections
  const onRequest = fewAtOnce(answering.onRequest)
  server.on('request', onRequest)
  server.on('checkExpectation', onRequest)
  server.on(
    'clientError',
    (error: Error & { readonly code?: string }, socket: Socket & { _httpMessage?: ServerResponse }) =>
      answering.onBroken(error.code, socket, socket._httpMessage?.headersSent === true),
  )
  server.on('connect', (_request, socket) => socket.destroy())
  const usual = answerUsual(server, tls === undefined ? 'connection' : 'secureConnection', limits, answering)
  return {
    server,
    closeUnasked: followConnections(server, usual.isAnswering),
    destroyAll() {
      server.closeAllConnections()
      usual.destroyAll()
    },
  }
}

/** No client sends that many requests without waiting for an answer, and each answer takes memory until it is read. */
const mostAtOnce = 16

function fewAtOnce(onRequest: Answering['onRequest']): Answering['onRequest'] {
  const underWay = new WeakMap<object, number>()
  return (request, response) => {
    const { socket } = request
    const many = underWay.get(socket) ?? 0
    if (many === mostAtOnce) {
      request.destroy()
      return
    }
    underWay.set(socket, many + 1)
    response.on('close', () => underWay.set(socket, underWay.get(socket)! - 1))
    onRequest(request, response)
  }
}

export function listen({ server }: Listener, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: Error & { readonly code?: string }) => {
      const why = error.code === 'EADDRINUSE' ? 'it is in use' : error.message
      reject(
        new CountersignError('usage', `cannot listen on ${host} port ${port}: ${why}`, {
          cause: error,
          data: { host, port },
        }),
      )
    })
    server.listen(port, host.replace(/^\[|\]$/g, ''), () => {
      server.removeAllListeners('error')
      resolve()
    })
  })
}

export async function closeListener(listener: Listener, answering: Answering, time: number): Promise<void> {
  const closed = new Promise<void>((resolve) => listener.server.close(() => resolve()))
  listener.closeUnasked()
  const timer = setTimeout(listener.destroyAll, time)
  await answering.finish()
  listener.closeUnasked()
  await closed
  clearTimeout(timer)
}

export function urlOf(scheme: string, host: string, { server }: Listener): string {
  const { port } = server.address() as AddressInfo
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return `${scheme}://${reachable.includes(':') ? `[${reachable.replace(/^\[|\]$/g, '')}]` : reachable}:${port}`
}
