import { type Server, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { type Answering, headText, type Limits, readUsual } from '../wire/index.ts'

/** The connections on which nothing but usual requests has come so far. */
export interface UsualConnections {
  isAnswering(socket: object): boolean
  destroyAll(): void
}

/**
 * Answers usual requests (`readUsual`) straight from the socket, for half of what Node's own server costs. As soon as anything else
 * comes, or something comes slowly, `server` gets the connection for good, with all that is not answered yet: so there is one way to
 * refuse what is no HTTP, and one set of time limits. `event` is the one with which `server` begins a connection.
 */
export function answerUsual(
  server: Server,
  event: 'connection' | 'secureConnection',
  limits: Limits,
  answering: Answering,
): UsualConnections {
  const generally = server.listeners(event)[0] as (socket: Socket) => void
  server.removeListener(event, generally)
  const connections = new Map<object, UsualConnection>()
  const beat = Math.min(1_000, limits.headTime)
  const sweep = setInterval(() => {
    for (const connection of connections.values()) connection.lookAfter()
  }, beat).unref()
  server.on('close', () => clearInterval(sweep))
  const ground: Ground = {
    answering,
    idleBeats: Math.ceil(limits.idleTime / beat),
    idleSeconds: Math.floor(limits.idleTime / 1_000),
    forget: (socket) => connections.delete(socket),
    handOver(socket, rest) {
      connections.delete(socket)
      generally.call(server, socket)
      if (rest !== null) socket.unshift(rest)
    },
  }
  server.on(event, (socket: Socket) => connections.set(socket, new UsualConnection(socket, ground)))
  return {
    isAnswering: (socket) => connections.get(socket)?.isAnswering === true,
    destroyAll() {
      for (const connection of connections.values()) connection.socket.destroy()
    },
  }
}

interface Ground {
  readonly answering: Answering
  /** How long a connection is kept on which nothing comes any more; in beats, and as clients are told. */
  readonly idleBeats: number
  readonly idleSeconds: number
  forget(socket: Socket): void
  handOver(socket: Socket, rest: Buffer | null): void
}

/** One request is answered at a time, and the next one read when the system has taken the reply. */
class UsualConnection {
  readonly socket: Socket
  readonly #ground: Ground
  readonly #sourceIp: string
  /** What has come and is not read yet. */
  #begun: Buffer | null = null
  #reply: Reply | null = null
  #hasAnswered = false
  #beats = 0

  constructor(socket: Socket, ground: Ground) {
    this.socket = socket
    this.#ground = ground
    this.#sourceIp = socket.remoteAddress ?? ''
    socket.on('data', this.#onData)
    socket.on('end', this.#onEnd)
    socket.on('close', this.#onClose)
    socket.on('error', this.#onError)
  }

  get isAnswering(): boolean {
    return this.#reply !== null
  }

  /** Once in a beat. Who is slow is not ours, and who is idle after an answer has to go in the end. */
  lookAfter(): void {
    this.#beats += 1
    if (this.#reply !== null) return
    if (this.#begun !== null || !this.#hasAnswered) {
      if (this.#beats > 1) this.#handOver(this.#begun)
    } else if (this.#beats > this.#ground.idleBeats) this.socket.destroy()
  }

  readonly #onData = (bytes: Buffer): void => {
    if (this.#begun === null) this.#beats = 0
    this.#begun = this.#begun === null ? bytes : Buffer.concat([this.#begun, bytes])
    this.#goOn()
  }

  #goOn(): void {
    while (this.#begun !== null && this.#reply === null && !this.socket.destroyed) {
      const request = readUsual(this.#begun)
      if (request === 'unfinished') return
      if (request === null) {
        this.#handOver(this.#begun)
        return
      }
      this.#begun = request.rest.length === 0 ? null : request.rest
      this.#reply = new Reply(this.socket, this.#ground.idleSeconds, this.#onReply)
      this.#ground.answering.onUsual(request, this.#sourceIp, this.#reply)
    }
    if (this.#reply !== null) this.socket.pause()
  }

  readonly #onReply = (goesOn: boolean): void => {
    this.#reply = null
    this.#hasAnswered = true
    this.#beats = 0
    if (!goesOn) {
      this.#begun = null
      this.socket.off('data', this.#onData)
      this.socket.destroySoon()
    } else if (this.socket.isPaused()) {
      this.socket.resume()
      this.#goOn()
    }
  }

  readonly #onEnd = (): void => {
    if (this.#begun === null) this.socket.end()
    else this.#ground.answering.onBroken('HPE_INVALID_EOF_STATE', this.socket, false)
  }

  readonly #onClose = (): void => {
    this.#ground.forget(this.socket)
    this.#reply?.close()
  }

  /** `close` comes after it. */
  readonly #onError = (): void => {}

  #handOver(rest: Buffer | null): void {
    this.socket.off('data', this.#onData)
    this.socket.off('end', this.#onEnd)
    this.socket.off('close', this.#onClose)
    this.socket.off('error', this.#onError)
    this.#ground.handOver(this.socket, rest)
  }
}

/** The answer to one request, with those of a `ServerResponse`'s ways that are needed of it. */
class Reply {
  headersSent = false
  readonly #socket: Socket
  readonly #idleSeconds: number
  /** The system has taken it. */
  readonly #done: (goesOn: boolean) => void
  #head = ''
  #goesOn = true
  #isClosed = false
  #closed: (() => void) | null = null

  constructor(socket: Socket, idleSeconds: number, done: (goesOn: boolean) => void) {
    this.#socket = socket
    this.#idleSeconds = idleSeconds
    this.#done = done
  }

  get destroyed(): boolean {
    return this.#socket.destroyed
  }

  writeHead(status: number, headers: readonly string[]): void {
    // Nothing but `close` is ever said in it.
    this.#goesOn = !headers.includes('Connection')
    const keepAlive = this.#goesOn ? `Connection: keep-alive\r\nKeep-Alive: timeout=${this.#idleSeconds}\r\n` : ''
    this.#head = `${headText(status, STATUS_CODES[status] ?? '', headers)}${keepAlive}\r\n`
    this.headersSent = true
  }

  end(body: string | Uint8Array = '', encoding: 'latin1' | 'utf8' = 'utf8'): void {
    const taken = (): void => {
      this.close()
      this.#done(this.#goesOn)
    }
    if (typeof body === 'string') this.#socket.write(this.#head + body, encoding)
    else {
      this.#socket.cork()
      this.#socket.write(this.#head, 'latin1')
      this.#socket.write(body)
      this.#socket.uncork()
    }
    if (this.#socket.writableLength === 0) taken()
    else this.#socket.write('', taken)
  }

  on(_event: 'close', listener: () => void): void {
    if (this.#isClosed) listener()
    else this.#closed = listener
  }

  close(): void {
    this.#isClosed = true
    this.#closed?.()
    this.#closed = null
  }

  destroy(): void {
    this.#socket.destroy()
  }
}
