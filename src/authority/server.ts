import { randomBytes } from 'node:crypto'
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
import { CountersignError } from '../errors.ts'
import {
  type ClockSetting,
  createAuthenticator,
  createClock,
  type FirstSettings,
  firstEntities,
} from './authentication/index.ts'
import { createDecisionLog } from './decisions/index.ts'
import type { Entity } from './model/entities.ts'
import type { Decision, DecisionQuery } from './model/store.ts'
import { codeAt } from './sessions/one-time-code.ts'
import { openDataDirectory } from './store/data-directory.ts'
import { openSqliteStore } from './store/sqlite.ts'
import { openState } from './store/state.ts'
import {
  type Answering,
  createAnswering,
  createBodyBudget,
  createExchange,
  createFaultQueue,
  defaultLimits,
  followConnections,
  headersForNode,
  type InjectedFault,
  isLoopback,
  type Limits,
  type OriginRules,
  type TestControls,
} from './wire/index.ts'

export interface AuthorityOptions extends FirstSettings {
  /** A directory (made with mode 0700), or `:memory:`. */
  readonly data: string
  /** Default 7374; 0 takes any free one. */
  readonly port?: number
  /** Default 127.0.0.1. */
  readonly host?: string
  /** Opens `/_test/…`; only on a loopback address. */
  readonly testControls?: boolean
  /** Further host names under which the authority may be called. */
  readonly allowHosts?: readonly string[]
  /** PEM texts; with them the listener speaks TLS. */
  readonly tls?: { readonly cert: string; readonly key: string }
  /** 32 bytes in base64 or hex; default is the directory's own key. */
  readonly masterKey?: string
  /** The machine's clock in milliseconds since the epoch; for tests. */
  readonly now?: () => number
  /** What an operator should see. Never holds a secret. */
  readonly log?: (line: LogLine) => void
  readonly limits?: Partial<Limits>
}

export interface LogLine {
  readonly level: 'info' | 'warn' | 'error'
  readonly message: string
}

/** A running authority, and its test controls as methods (`contract.md`). */
export interface Authority extends TestControls {
  readonly url: string
  /** 12 digits. */
  readonly account: string
  /** The root user's oldest access key; empty texts when it has none any more. */
  readonly root: { readonly accessKeyId: string; readonly secretAccessKey: string }
  /** Was the account made by this very start? */
  readonly created: boolean
  decisions(query: DecisionQuery): Promise<readonly Decision[]>
  /** Answers what has begun, writes down what was decided, and closes everything. */
  stop(): Promise<void>
}

/**
 * Starts an authority: STS and IAM over HTTP, as `contract.md` says under "The authority's wire".
 * Throws `usage` for options that cannot be (also for an address that is taken, and for a certificate and key that cannot be used), `store` for a data directory that cannot be used.
 */
export async function startAuthority(options: AuthorityOptions): Promise<Authority> {
  const log = options.log ?? (() => {})
  const limits: Limits = { ...defaultLimits, ...options.limits }
  const host = options.host ?? '127.0.0.1'
  if (options.testControls === true && !isLoopback(host)) {
    throw new CountersignError('usage', `test controls need a loopback address; ${host} can be reached from elsewhere`)
  }
  if (options.tls !== undefined) tryTls(options.tls)
  const clock = createClock(options.now ?? Date.now)
  const report = (error: unknown): void => log({ level: 'error', message: describe(error) })
  const rooms = await openRooms(options, clock.now, report)
  const { state, decisions } = rooms
  const faults = createFaultQueue()
  let propagation: { readonly delay: number; readonly since: number } | null = null

  const controls: TestControls = {
    async reset() {
      faults.clear()
      propagation = null
      clock.move({})
      await decisions.flush()
      await state.reset(rooms.first)
    },
    clock: (setting: ClockSetting) => clock.move(setting),
    propagation(seconds) {
      if (!(seconds >= 0 && seconds <= 300)) return false
      propagation = seconds === 0 ? null : { delay: seconds * 1000, since: clock.now() }
      return true
    },
    fault: (fault: InjectedFault) => faults.add(fault),
    mfaCode(serial) {
      const device = state.directory.mfaDevice(serial)
      return device === undefined ? null : codeAt(device.seed, new Date(clock.now()), device.driftSteps)
    },
  }
  const exchange = createExchange({
    authenticator: createAuthenticator(),
    faults,
    now: clock.now,
    state: () => state,
    propagation: () => propagation,
    longestSilence: limits.storeSilence,
    onFailure: (error, requestId) => log({ level: 'error', message: `request ${requestId}: ${describe(error)}` }),
  })
  const rules: OriginRules = {
    scheme: options.tls === undefined ? 'http' : 'https',
    boundHost: host,
    allowHosts: (options.allowHosts ?? []).map((name) => name.toLowerCase()),
  }
  const answering = createAnswering({
    budget: createBodyBudget(limits.allBodies),
    after(milliseconds, then) {
      const timer = setTimeout(then, milliseconds).unref()
      return () => clearTimeout(timer)
    },
    exchange,
    decisions,
    controls: options.testControls === true ? controls : null,
    rules,
    limits,
    now: clock.now,
    account: () => state.directory.account.id,
    ready: () => state.silentFor() <= limits.storeSilence,
    onFailure: report,
  })
  let server: Server
  try {
    server = createListener(options, limits, answering)
    await listen(server, options.port ?? 7374, host)
  } catch (error) {
    await rooms.close()
    throw error
  }
  server.on('error', report)
  const closeUnasked = followConnections(server)
  const chores = startChores(rooms, report)
  if (options.testControls === true)
    log({ level: 'warn', message: 'test controls are open: anybody here may move the clock' })
  const [rootKey] = state.directory.accessKeysOf('root')
  let stopping: Promise<void> | null = null

  return {
    url: urlOf(rules.scheme, host, server),
    account: state.directory.account.id,
    root: { accessKeyId: rootKey?.id ?? '', secretAccessKey: rootKey?.secret ?? '' },
    created: rooms.created,
    ...controls,
    decisions: (query) => decisions.find(query),
    stop() {
      stopping ??= (async () => {
        await closeListener(server, closeUnasked, answering, limits.stopTime)
        clearInterval(chores)
        await rooms.close()
      })()
      return stopping
    },
  }
}

type Rooms = Awaited<ReturnType<typeof openRooms>>

/** Opens store and state; a store without an account gets one, and its root key is written down where there is a directory. */
async function openRooms(options: AuthorityOptions, now: () => number, onFailure: (error: unknown) => void) {
  const wanted = firstEntities(options, now())
  const directory =
    options.data === ':memory:' ? null : openDataDirectory({ path: options.data, masterKey: options.masterKey })
  try {
    const store = openSqliteStore({
      path: directory?.databasePath ?? ':memory:',
      masterKey: directory?.masterKey ?? randomBytes(32),
      now,
    })
    try {
      let created = false
      const first = (): readonly Entity[] => {
        // Before the account is in the store: a start that was cut off in between makes it anew and writes it again.
        directory?.writeRootCredentials(wanted.rootKey)
        created = true
        return wanted.entities
      }
      const state = await openState({ store, now, first })
      const decisions = createDecisionLog({ store, onFailure })
      const [rootKey] = state.directory.accessKeysOf('root')
      return {
        state,
        decisions,
        created,
        /** What the first start made, as far as it is still known. */
        first: created ? wanted.entities : [state.directory.account, rootKey ?? wanted.rootKey],
        async close() {
          await decisions.flush()
          await state.close()
          await store.close()
          directory?.close()
        },
      }
    } catch (error) {
      await store.close()
      throw error
    }
  } catch (error) {
    directory?.close()
    throw error
  }
}

/** What is written down between requests. */
function startChores({ state, decisions }: Rooms, onFailure: (error: unknown) => void): NodeJS.Timeout {
  let turns = 0
  return setInterval(() => {
    turns += 1
    void decisions.flush().catch(onFailure)
    if (turns % 10 === 0) void state.flushUses().catch(onFailure)
    if (turns % 3_000 === 0) void state.rotateRing().catch(onFailure)
  }, 200).unref()
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
function tryTls({ cert, key }: NonNullable<AuthorityOptions['tls']>): void {
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

function createListener({ tls }: AuthorityOptions, limits: Limits, answering: Answering): Server {
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

function listen(server: Server, port: number, host: string): Promise<void> {
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

async function closeListener(
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

function urlOf(scheme: string, host: string, server: Server): string {
  const { port } = server.address() as AddressInfo
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return `${scheme}://${reachable.includes(':') ? `[${reachable.replace(/^\[|\]$/g, '')}]` : reachable}:${port}`
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : 'unknown failure'
}
