import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  type Stats,
  statSync,
} from 'node:fs'
import { resolve } from 'node:path'
import { CountersignError } from '../../errors.ts'
import type {
  Command,
  CommandOutcome,
  FileReading,
  IncomingReply,
  Machine,
  OutgoingRequest,
  ProcessSeen,
} from './machine.ts'
import { ancestorsOf, readProcessTable, readProcStat, windowsProcessQuery } from './process-table.ts'
import { type Route, routeOf } from './proxy.ts'
import { environmentOf } from './recorded.ts'
import { hostOf, parseUrl, pathOf, proxyCredential, unbracketed } from './url.ts'

const fileLimit = 64 * 1024 * 1024
const replyLimit = 1024 * 1024
const listLimit = 10_000

export interface RealMachineOptions {
  /** No request leaves: `send` rejects with `offline`. */
  readonly offline?: boolean
  /** The instant that the clock shows instead of the real one; it stands still. */
  readonly now?: Date | undefined
  /** A PEM file whose authorities are trusted instead of Node's; else `AWS_CA_BUNDLE` is honoured. */
  readonly caBundle?: string | undefined
  /** Proxies of the environment are not used: for an endpoint on this very computer. */
  readonly direct?: boolean
}

/** This computer, as a value. The environment is read once; files, clock and network when they are asked. */
export function realMachine(options: RealMachineOptions = {}): Machine {
  const platform = process.platform === 'win32' || process.platform === 'darwin' ? process.platform : 'linux'
  const variables = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const environment = environmentOf(platform, variables)
  const fixedNow = options.now
  let userHome: string | null | undefined

  const machine: Machine = {
    platform,
    cwd: workingDirectory(),
    get userHome() {
      // Asked only by rules that fall back on the user database: loading it costs start-up time.
      userHome ??= homeByUserDatabase()
      return userHome
    },
    env: (name) => environment.get(platform === 'win32' ? name.toUpperCase() : name)?.value,
    envNames: () => [...environment.values()].map(({ name }) => name),
    now: () => (fixedNow === undefined ? new Date() : new Date(fixedNow)),
    ticks: () => performance.now(),
    readFile: (path, most) => readBounded(path, most),
    mentions: isMentioned,
    list: (path) => namesIn(path).slice(0, listLimit),
    processes: async () => await ancestors(machine),
    send(request) {
      if (options.offline === true) {
        return Promise.reject(new CountersignError('offline', `Offline: ${hostOf(request.url)} was not asked.`))
      }
      const direct = options.direct === true || request.direct === true
      return send(machine, request, options.caBundle ?? machine.env('AWS_CA_BUNDLE'), direct)
    },
    run: (command) => run(command, machine),
  }
  return machine
}

export function namesIn(path: string): readonly string[] {
  try {
    return readdirSync(path).sort()
  } catch {
    return []
  }
}

function workingDirectory(): string {
  try {
    return process.cwd()
  } catch {
    // The directory was removed beneath us; the root is the one place that is always there.
    return resolve('/')
  }
}

function homeByUserDatabase(): string | null {
  try {
    return process.getBuiltinModule('node:os').userInfo().homedir || null
  } catch {
    return null
  }
}

// ---- reading

function readBounded(path: string, most = fileLimit): FileReading {
  return withFile(path, most, (descriptor, stats) => ({
    kind: 'found',
    bytes: readUpTo(descriptor, new Uint8Array(sizeOf(path, stats))),
    modifiedAt: stats.mtime,
    mode: process.platform === 'win32' ? null : stats.mode & 0o7777,
  }))
}

let searched: Buffer | undefined

/** Into one piece of memory for all files: nothing of them is kept. */
function isMentioned(path: string, text: string, most: number): boolean {
  const answer = withFile(path, most, (descriptor, { size }) => {
    if (searched === undefined || searched.length < size) searched = Buffer.allocUnsafeSlow(Math.max(size, 256 * 1024))
    return readUpTo(descriptor, searched.subarray(0, size)).includes(text)
  })
  return answer === true
}

function withFile<T>(
  path: string,
  most: number,
  use: (descriptor: number, stats: Stats) => T,
): T | Exclude<FileReading, { kind: 'found' }> {
  let descriptor: number | undefined
  try {
    // Most of what is looked for is not there, and an exception takes longer than the look.
    const before = statSync(path, { throwIfNoEntry: false })
    if (before === undefined) return { kind: 'absent' }
    const refusal = unreadable(before, most)
    if (refusal !== null) return refusal
    // Not blocking: between the look and the opening the file may have become a pipe.
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    const stats = fstatSync(descriptor)
    const changed = unreadable(stats, most)
    if (changed !== null) return changed
    return use(descriptor, stats)
  } catch (error) {
    return failedReading(error)
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}

function unreadable(stats: Stats, most: number): Extract<FileReading, { kind: 'unreadable' }> | null {
  if (stats.isDirectory()) return { kind: 'unreadable', because: 'directory', detail: 'EISDIR: is a directory' }
  if (!stats.isFile()) return { kind: 'unreadable', because: 'not-a-file', detail: 'it is a pipe, socket or device' }
  const limit = Math.min(most, fileLimit)
  if (stats.size > limit) {
    const detail = `${stats.size} bytes; files above ${limit / 1024 / 1024} MiB are not read`
    return { kind: 'unreadable', because: 'too-large', detail }
  }
  return null
}

/** Files of `/proc` have no size until they are read; what stands there is short. */
function sizeOf(path: string, { size }: Stats): number {
  return size === 0 && path.startsWith('/proc/') ? 256 * 1024 : size
}

function readUpTo<T extends Uint8Array>(descriptor: number, bytes: T): T {
  const size = bytes.length
  let filled = 0
  while (filled < size) {
    const count = readSync(descriptor, bytes, filled, size - filled, null)
    if (count === 0) break
    filled += count
  }
  return bytes.subarray(0, filled) as T
}

function failedReading(error: unknown): Exclude<FileReading, { kind: 'found' }> {
  const code = codeOf(error)
  if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'absent' }
  const because = code === 'EACCES' || code === 'EPERM' ? 'permission' : code === 'ELOOP' ? 'loop' : 'io'
  const words = { permission: 'permission denied', loop: 'too many symbolic links', io: 'the file cannot be read' }
  return { kind: 'unreadable', because, detail: `${code}: ${words[because]}` }
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'EIO'
}

// ---- processes

/** This process and its ancestors: from `/proc` on Linux, from `ps` on macOS, from PowerShell on Windows. */
async function ancestors(machine: Machine): Promise<readonly ProcessSeen[]> {
  if (process.platform === 'linux') {
    const boot = textOf('/proc/stat')
    return ancestorsOf(process.pid, (id) => readProcStat(id, textOf(`/proc/${id}/stat`), boot))
  }
  const outcome = await machine.run(
    process.platform === 'win32'
      ? { line: ['powershell', '-NoProfile', '-NonInteractive', '-Command', windowsProcessQuery], timeoutMs: 3000 }
      : { line: ['/bin/ps', '-axo', 'pid=,ppid=,lstart=,comm='], timeoutMs: 2000, env: { LC_ALL: 'C' } },
  )
  const table = readProcessTable(outcome.kind === 'ended' ? outcome.stdout : '')
  return ancestorsOf(process.pid, (id) => table.get(id) ?? null)
}

export function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

// ---- programs

type Child = import('node:child_process').ChildProcessByStdio<null, NodeReadable, NodeReadable>
type NodeReadable = import('node:stream').Readable

const outputLimit = 1024 * 1024
const stderrLimit = 16 * 1024

async function run({ line, timeoutMs, env }: Command, machine: Machine): Promise<CommandOutcome> {
  const { spawn } = await import('node:child_process')
  const posix = process.platform !== 'win32'
  const variables = env ?? Object.fromEntries(machine.envNames().map((name) => [name, machine.env(name) ?? '']))
  const options = {
    cwd: machine.cwd,
    env: variables,
    stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that what it has started itself can be ended with it.
    detached: posix,
    windowsHide: true,
  }
  let child: Child | undefined
  const end = (): void => {
    if (child !== undefined) (posix ? endGroup : endTree(spawn))(child)
  }
  // Before it starts: a signal may come between its first step and our next one.
  const release = endWithUs(end)
  try {
    child = 'shell' in line ? spawn(line.shell, { ...options, shell: true }) : spawn(line[0], line.slice(1), options)
    return await outcomeOf(child, timeoutMs, end)
  } catch (error) {
    return notStarted(error)
  } finally {
    release()
  }
}

const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** In a group of its own a program hears no Ctrl-C: it is ended when this process ends. Gives what stops the watch. */
function endWithUs(end: () => void): () => void {
  const onSignal = (signal: NodeJS.Signals): void => {
    end()
    release()
    // As if nobody had listened: then the signal ends this process, too.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
  }
  const release = (): void => {
    process.off('exit', end)
    for (const signal of endingSignals) process.off(signal, onSignal)
  }
  process.on('exit', end)
  for (const signal of endingSignals) process.on(signal, onSignal)
  return release
}

function outcomeOf(child: Child, timeoutMs: number, end: () => void): Promise<CommandOutcome> {
  return new Promise((accept) => {
    const stdout: Uint8Array[] = []
    let size = 0
    let stderr = Buffer.alloc(0)
    const settle = (outcome: CommandOutcome): void => {
      clearTimeout(timer)
      accept(outcome)
    }
    const endWith = (outcome: CommandOutcome): void => {
      end()
      // Whoever still holds the other ends of the pipes is not waited for.
      child.stdout.destroy()
      child.stderr.destroy()
      child.unref()
      settle(outcome)
    }
    const timer = setTimeout(() => endWith({ kind: 'timed-out', stderr: stderr.toString() }), timeoutMs)
    child.stdout.on('data', (chunk: Uint8Array) => {
      size += chunk.length
      if (size > outputLimit) endWith({ kind: 'too-much-output' })
      else stdout.push(chunk)
    })
    child.stderr.on('data', (chunk: Uint8Array) => {
      stderr = Buffer.concat([stderr, chunk]).subarray(-stderrLimit)
    })
    child.on('error', (error) => settle(notStarted(error)))
    child.on('close', (exitCode, signal) => {
      settle({ kind: 'ended', exitCode, signal, stdout: Buffer.concat(stdout).toString(), stderr: stderr.toString() })
    })
  })
}

function endGroup({ pid }: Child): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // The whole group has ended by itself meanwhile.
  }
}

/** Windows has no groups to signal: a program of the system follows the children. */
function endTree(spawn: typeof import('node:child_process').spawn): (child: Child) => void {
  return (child) => {
    if (child.pid === undefined) return
    spawn('taskkill', ['/pid', String(child.pid), '/t', '/f'], { stdio: 'ignore', windowsHide: true })
      .on('error', () => child.kill())
      .unref()
  }
}

function notStarted(error: unknown): CommandOutcome {
  const code = codeOf(error)
  if (code === 'ENOENT')
    return { kind: 'not-started', because: 'not-found', detail: `${code}: there is no such program` }
  if (code === 'EACCES' || code === 'EPERM') {
    return { kind: 'not-started', because: 'permission', detail: `${code}: it may not be run` }
  }
  return { kind: 'not-started', because: 'io', detail: `${code}: it cannot be started` }
}

// ---- network

type Socket = import('node:net').Socket
type HttpRequest = import('node:http').ClientRequest
type Agent = import('node:http').Agent

async function send(
  machine: Machine,
  request: OutgoingRequest,
  caBundle: string | undefined,
  direct: boolean,
): Promise<IncomingReply> {
  const url = parseUrl(request.url)
  const route: Route = direct ? { kind: 'direct' } : routeOf(url, machine)
  if (route.kind === 'refused') throw new CountersignError('unreachable', `${route.because}.`)
  const ca = url.protocol === 'https:' && caBundle ? readBundle(machine, caBundle) : undefined
  const deadline = new Deadline(request.timeoutMs)
  try {
    const through = route.kind === 'proxy' ? route.proxy : null
    const tunnel = through !== null && url.protocol === 'https:' ? await openTunnel(url, through, ca, deadline) : null
    const wire = { url, ca, tunnel, forward: tunnel === null ? through : null }
    return await exchange(machine, request, wire, deadline)
  } catch (cause) {
    throw unreachable(url, request.timeoutMs, deadline.hasPassed, cause)
  } finally {
    deadline.end()
  }
}

/** A time after which whatever is under way is destroyed. An `AbortController` does the same, and takes longer to load. */
class Deadline {
  hasPassed = false
  readonly #underWay = new Set<{ destroy(error: Error): unknown }>()
  readonly #timer: NodeJS.Timeout

  constructor(ms: number) {
    this.#timer = setTimeout(() => {
      this.hasPassed = true
      for (const each of this.#underWay) each.destroy(new CountersignError('unreachable', 'The deadline has passed.'))
    }, ms)
  }

  holds(each: { destroy(error: Error): unknown }): void {
    this.#underWay.add(each)
  }

  end(): void {
    clearTimeout(this.#timer)
    this.#underWay.clear()
  }
}

interface Wire {
  readonly url: URL
  readonly ca: string | undefined
  /** A TLS connection that stands already, inside a proxy's tunnel. */
  readonly tunnel: Socket | null
  /** A proxy that is asked for the whole URL. */
  readonly forward: URL | null
}

/** The connections that are kept, by protocol and trusted authorities. Idle ones keep no process alive. */
const agents = new Map<string, Agent>()

/** Node's own agent: a kept connection is taken again for the same host, so that only the first request pays for the handshake. */
function agentFor(wire: Wire, kind: typeof import('node:http').Agent): Agent {
  const key = `${wire.url.protocol}${wire.ca ?? ''}`
  const agent = agents.get(key) ?? new kind({ keepAlive: true })
  agents.set(key, agent)
  return agent
}

/** An endpoint on this computer has answered by then. */
const lateMs = 15

async function exchange(
  machine: Machine,
  request: OutgoingRequest,
  wire: Wire,
  deadline: Deadline,
): Promise<IncomingReply> {
  const { url, forward, tunnel } = wire
  const { request: open, Agent } = url.protocol === 'https:' ? await import('node:https') : await import('node:http')
  const isKept = request.keepAlive === true && tunnel === null
  return await new Promise<IncomingReply>((accept, reject) => {
    const outgoing: HttpRequest = open({
      method: request.method,
      host: unbracketed((forward ?? url).hostname),
      port: (forward ?? url).port || (url.protocol === 'https:' ? 443 : 80),
      path: forward === null ? pathOf(request.url) : request.url,
      agent: isKept ? agentFor(wire, Agent) : false,
      ...(wire.ca === undefined ? {} : { ca: wire.ca }),
      ...(tunnel === null ? {} : { createConnection: () => tunnel }),
    })
    deadline.holds(outgoing)
    outgoing.on('error', (error) => {
      // The other side may close a kept connection in the very moment in which it is taken again: then nothing was answered.
      if (outgoing.reusedSocket && codeOf(error) === 'ECONNRESET' && !deadline.hasPassed)
        exchange(machine, { ...request, keepAlive: false }, wire, deadline).then(accept, reject)
      else reject(error)
    })
    outgoing.setHeader('Host', url.host)
    const grouped = Map.groupBy(request.headers, ([name]) => name.toLowerCase())
    for (const [name, values] of grouped) {
      outgoing.setHeader(name, values.length === 1 ? values[0]![1] : values.map(([, value]) => value))
    }
    if (forward !== null && forward.username !== '') outgoing.setHeader('Proxy-Authorization', proxyCredential(forward))
    const late = request.onLate === undefined ? undefined : setTimeout(request.onLate, lateMs)
    outgoing.on('close', () => clearTimeout(late))
    outgoing.on('response', (incoming) => {
      clearTimeout(late)
      const receivedAt = machine.now()
      const chunks: Uint8Array[] = []
      let size = 0
      const finish = (): void => {
        const body = new TextDecoder().decode(Buffer.concat(chunks).subarray(0, replyLimit))
        const headers: [string, string][] = []
        for (let at = 0; at + 1 < incoming.rawHeaders.length; at += 2) {
          headers.push([incoming.rawHeaders[at]!.toLowerCase(), incoming.rawHeaders[at + 1]!])
        }
        accept({ status: incoming.statusCode ?? 0, headers, body, receivedAt })
      }
      incoming.on('data', (chunk: Uint8Array) => {
        chunks.push(chunk)
        size += chunk.length
        if (size < replyLimit) return
        finish()
        outgoing.destroy()
      })
      incoming.on('end', finish)
      incoming.on('error', reject)
    })
    if (request.onSent !== undefined) outgoing.once('finish', request.onSent)
    outgoing.end(request.method === 'GET' && request.body === '' ? undefined : request.body)
  })
}

async function openTunnel(url: URL, proxy: URL, ca: string | undefined, deadline: Deadline): Promise<Socket> {
  const [{ request: open }, { connect }] = await Promise.all([import('node:http'), import('node:tls')])
  const authority = `${url.hostname}:${url.port || 443}`
  const socket = await new Promise<Socket>((accept, reject) => {
    const outgoing = open({
      method: 'CONNECT',
      host: unbracketed(proxy.hostname),
      port: proxy.port || 80,
      path: authority,
      agent: false,
      headers: { host: authority, ...(proxy.username === '' ? {} : { 'proxy-authorization': proxyCredential(proxy) }) },
    })
    deadline.holds(outgoing)
    outgoing.on('error', reject)
    outgoing.on('connect', (reply, raw) => {
      if (reply.statusCode === 200) return accept(raw as Socket)
      raw.destroy()
      reject(
        new CountersignError(
          'unreachable',
          `The proxy ${proxy.host} answered ${reply.statusCode} to CONNECT ${authority}.`,
        ),
      )
    })
    outgoing.end()
  })
  return await new Promise<Socket>((accept, reject) => {
    const servername = unbracketed(url.hostname)
    const secure = connect({
      socket,
      ...(/^[\d.]+$|:/.test(servername) ? {} : { servername }),
      ...(ca === undefined ? {} : { ca }),
    })
    deadline.holds(secure)
    secure.once('secureConnect', () => accept(secure))
    secure.once('error', reject)
  })
}

function readBundle(machine: Machine, path: string): string {
  const reading = machine.readFile(resolve(machine.cwd, path))
  if (reading.kind === 'found') return new TextDecoder().decode(reading.bytes)
  const why = reading.kind === 'absent' ? 'it does not exist' : reading.detail
  throw new CountersignError('file-unreadable', `The CA bundle ${path} cannot be read: ${why}.`, { data: { path } })
}

function unreachable(url: URL, timeoutMs: number, late: boolean, cause: unknown): CountersignError {
  if (cause instanceof CountersignError && !late) return cause
  const why = late ? `no answer within ${timeoutMs} ms` : cause instanceof Error ? causeWords(cause) : 'it failed'
  return new CountersignError('unreachable', `${url.host} could not be reached: ${why}.`, {
    cause,
    data: { endpoint: url.origin },
  })
}

/** What the codes of the network mean, in words; the address stands in the sentence already. */
const networkWords: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was cut',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name could not be looked up',
  EHOSTUNREACH: 'no way leads there',
  ENETUNREACH: 'no way leads to that network',
  ETIMEDOUT: 'nobody answered',
}

function causeWords(error: Error): string {
  // Several addresses were tried, each with its own failure.
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return causeWords(error.errors[0])
  const code = codeOf(error)
  const plain = networkWords[code]
  if (plain !== undefined) return `${plain} (${code})`
  return error.message.includes(code) || code === 'EIO' ? error.message : `${code} ${error.message}`
}
