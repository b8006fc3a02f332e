import {
  createServer,
  type IncomingHttpHeaders,
  IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { Readable } from 'node:stream'
import { createSecureContext } from 'node:tls'
import { CountersignError } from '../../errors.ts'
import { type Answering, headersForNode, type Limits } from '../wire/index.ts'

/** PEM texts. */
export interface TlsTexts {
  readonly cert: string
  readonly key: string
}

/**
 * A request whose body can be taken whole at the moment when the parser has it. Nearly all bodies here are a few dozen bytes
 * in the same packet as their head, and a stream's machinery would cost more than everything else that is done for them.
 * Until `takeBody` is called it is a stream like any other.
 */
class WireRequest extends IncomingMessage {
  #take: ((body: Uint8Array | null) => void) | null = null
  #parts: Uint8Array[] | null = null
  #headers: IncomingHttpHeaders | null = null

  /** Gives the body whole when its last byte is there, or null when the connection ends before. */
  takeBody(take: (body: Uint8Array | null) => void): void {
    this.#take = take
    this.#parts = []
    // So that Node does not throw the body away after the response.
    this._read(0)
  }

  /** Node's parser calls this with each part of the body, and with null at its end. */
  override push(part: Uint8Array | null): boolean {
    if (this.#parts === null) return super.push(part)
    if (part !== null) this.#parts.push(part)
    else this.#give(this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts))
    return true
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#give(null)
    super._destroy(error, callback)
  }

  #give(body: Uint8Array | null): void {
    const take = this.#take
    this.#take = null
    take?.(body)
  }

  /** Has all of it been taken? Null where the stream itself knows. */
  taken(): boolean | null {
    return this.#parts === null ? null : this.complete
  }

  headersForNode(): IncomingHttpHeaders {
    return (this.#headers ??= headersForNode(this.rawHeaders))
  }
}

const inherited = Object.getOwnPropertyDescriptor(Readable.prototype, 'readableEnded')!
// Accessors in Node, but properties to TypeScript, which therefore lets no class override them.
Object.defineProperties(WireRequest.prototype, {
  readableEnded: {
    get(this: WireRequest) {
      return this.taken() ?? inherited.get!.call(this)
    },
  },
  /** Only the three that Node's own server asks for; the authority reads `rawHeaders`. */
  headers: {
    get(this: WireRequest) {
      return this.headersForNode()
    },
  },
})

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

export function createListener(tls: TlsTexts | undefined, limits: Limits, answering: Answering): Server {
  const settings: ServerOptions<typeof WireRequest> = {
    IncomingMessage: WireRequest,
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
  server.on('request', answering.onRequest)
  server.on('checkExpectation', answering.onRequest)
  server.on(
    'clientError',
    (error: Error & { readonly code?: string }, socket: Socket & { _httpMessage?: ServerResponse }) =>
      answering.onBroken(error.code, socket, socket._httpMessage?.headersSent === true),
  )
  server.on('connect', (_request, socket) => socket.destroy())
  return server
}

export function listen(server: Server, port: number, host: string): Promise<void> {
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

export async function closeListener(
  server: Server,
  closeUnasked: () => void,
  answering: Answering,
  time: number,
): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  closeUnasked()
  const timer = setTimeout(() => server.closeAllConnections(), time)
  await answering.finish()
  closeUnasked()
  await closed
  clearTimeout(timer)
}

export function urlOf(scheme: string, host: string, server: Server): string {
  const { port } = server.address() as AddressInfo
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return `${scheme}://${reachable.includes(':') ? `[${reachable.replace(/^\[|\]$/g, '')}]` : reachable}:${port}`
}
