import { CountersignError } from '../../errors.ts'
import type { Decision } from '../model/store.ts'
import { mintRequestId } from '../sessions/mint.ts'
import { type BodyBudget, type ByteSource, readBody } from './body.ts'
import type { Exchange } from './exchange.ts'
import { type Head, readHead, splitTarget } from './head.ts'
import {
  astrayDecision,
  type EventStream,
  type HttpFault,
  type HttpReply,
  type OwnPages,
  type OwnPaths,
  type OwnReply,
  originDecision,
  renderHttpFault,
} from './http-faults.ts'
import type { Limits } from './limits.ts'
import { isFollowedLink, isLoopback, judgeOrigin, type OriginRules } from './origin.ts'
import type { Reply } from './reply.ts'
import { createHeaders, faultOfParser, rawReply } from './reply-headers.ts'
import { operationAt } from './rest-json.ts'
import { createStreams } from './streams.ts'
import { answerTestControl, type TestControls } from './test-controls.ts'
import type { UsualRequest } from './usual-request.ts'
import type { Received } from './walk.ts'

/** A request as Node's HTTP server gives it; only what is used of it. */
interface IncomingCall extends ByteSource {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly rawHeaders: readonly string[]
  /** Has the body arrived to its end? */
  readonly complete: boolean
  readonly socket: { readonly remoteAddress?: string | undefined }
  resume(): unknown
  destroy(): unknown
}

/** A response that is given in one piece. */
interface WholeReply {
  readonly destroyed: boolean
  readonly headersSent: boolean
  writeHead(status: number, headers: string[]): unknown
  end(body?: string | Uint8Array, encoding?: 'latin1' | 'utf8'): unknown
  on(event: 'close', listener: () => void): unknown
  destroy(): unknown
}

/** A response as Node's HTTP server gives it. */
interface OutgoingReply extends WholeReply {
  sendDate: boolean
  write(body: string | Uint8Array): boolean
}

/** A connection on which something came that is no HTTP. */
interface BrokenConnection {
  readonly writable: boolean
  end(text: string): unknown
  resume(): unknown
  destroy(): unknown
}

/** What happens to each request between the listener and the exchange: guards, paths, bodies, headers. */
export interface Answering {
  onRequest(request: IncomingCall, response: OutgoingReply): void
  /** One that was read whole before anything was asked. */
  onUsual(request: UsualRequest, sourceIp: string, response: WholeReply): void
  /** `begun`: has an answer to an earlier part of this connection been begun? */
  onBroken(code: string | undefined, connection: BrokenConnection, begun: boolean): void
  /** From now on each reply closes its connection; resolves when everything that has begun is answered. */
  finish(): Promise<void>
}

export interface AnsweringParts {
  readonly exchange: Exchange
  readonly decisions: { record(decision: Decision): void; room(): Promise<void> | null }
  /** Null: `/_test/…` is closed. */
  readonly controls: TestControls | null
  /** Instance metadata and container credentials. */
  readonly metadata: OwnPaths
  /** IAM Identity Center: what programs call without a signature, and the pages of people. */
  readonly identityCenter: OwnPages
  readonly console: OwnPages
  readonly rules: OriginRules
  readonly limits: Limits
  readonly budget: BodyBudget
  /** The authority's clock, milliseconds since the epoch. */
  readonly now: () => number
  readonly account: () => string
  readonly ready: () => boolean
  readonly onFailure: (error: unknown) => void
  /** Calls back after so many milliseconds of the real clock; gives the way to call it off. */
  readonly after: (milliseconds: number, then: () => void) => () => void
}

/** Of a request whose body is there. */
interface WholeVisit {
  readonly request: null
  readonly response: WholeReply
  readonly call: Received
}

interface OpenVisit {
  readonly request: IncomingCall
  readonly response: OutgoingReply
  readonly call: Received
}

type Visit = WholeVisit | OpenVisit

/** A visit has ended, or will end with the promise. */
type Progress = void | Promise<void>

const nothing = new Uint8Array(0)
/** So much lies in the system's own buffers when nobody reads it, and the connection counts as idle. */
const fitsUnread = 16_384
/** How much of a body that nobody wants is still let in. */
const lingerSize = 1_048_576

export function createAnswering(parts: AnsweringParts): Answering {
  const { exchange, decisions, controls, rules, limits } = parts
  const headers = createHeaders(parts.now)
  const streams = createStreams(parts)
  let begun = 0
  let finished: (() => void) | null = null

  function send({ response, call }: Visit, reply: HttpReply): void {
    if (response.destroyed || response.headersSent) return
    const { body } = reply
    const size = Buffer.byteLength(body)
    response.writeHead(reply.status, headers(call.requestId, reply, size, finished !== null))
    // Plain ASCII is the same in both, and needs no encoder as Latin-1.
    if (typeof body === 'string') response.end(body, size === body.length ? 'latin1' : 'utf8')
    else response.end(body)
    if (size < fitsUnread) return
    // Whoever does not read a long answer must not hold it here for ever.
    response.on(
      'close',
      parts.after(limits.idleTime, () => response.destroy()),
    )
  }

  /** An answer that does not wait for the body: closing at once would reset the connection and lose the answer. */
  function sendEarly(visit: Visit, reply: HttpReply): void {
    const { call } = visit
    if (visit.request === null || call.head.bodyLength === 0 || visit.request.complete) {
      send(visit, reply)
      return
    }
    const { request, response } = visit
    if (response.destroyed || response.headersSent) return
    response.writeHead(reply.status, headers(call.requestId, reply, Buffer.byteLength(reply.body), true))
    response.write(reply.body)
    let left = lingerSize
    const end = (): void => {
      callOff()
      response.end()
      // A sender that goes on all the same is cut off a little later.
      parts.after(limits.lingerTime, () => request.destroy())
    }
    const callOff = parts.after(limits.lingerTime, end)
    request.on('data', (chunk) => {
      left -= chunk.length
      if (left < 0) request.destroy()
    })
    request.on('end', end)
    request.on('close', callOff)
    request.resume()
  }

  function refuse(visit: Visit, name: HttpFault, accept = visit.call.head.accept): void {
    sendEarly(visit, renderHttpFault(name, visit.call.requestId, accept))
  }

  /** Whoever meant to call an API finds in the log why nothing came of it. */
  function turnAway(visit: Visit, name: 'no-such-path' | 'method-not-allowed'): void {
    const decision = astrayDecision(name, visit.call, factsOf(visit.call))
    if (decision !== null) decisions.record(decision)
    refuse(visit, name)
  }

  function factsOf({ requestId, sourceIp, head }: Received) {
    return { requestId, at: new Date(parts.now()), account: parts.account(), sourceIp, head }
  }

  function sendJson(visit: Visit, status: number, body: unknown, allow?: string): void {
    sendEarly(visit, { status, contentType: 'application/json', body: JSON.stringify(body), allow })
  }

  function answerCall(visit: OpenVisit): Progress {
    const { request, call } = visit
    const { bodyLength } = call.head
    if (bodyLength === 0) return answerWhole(visit, nothing)
    if (Number.isFinite(bodyLength) && bodyLength > limits.bodySize) return refuse(visit, 'body-too-large')
    let early: Reply | null = null
    const reading = readBody(request, {
      most: limits.bodySize,
      free: limits.freeBodySize,
      budget: parts.budget,
      mayGoOn: () => (early = exchange.refuseHead(call)) === null,
    })
    return reading.then((read) => {
      if (read.kind === 'broken') return
      if (read.kind === 'whole') {
        const answering = answerWhole(visit, read.body)
        if (read.taken === 0) return answering
        return Promise.resolve(answering).finally(() => parts.budget.give(read.taken))
      }
      if (early === null) return refuse(visit, read.why === 'busy' ? 'busy' : 'body-too-large')
      record(early)
      sendEarly(visit, early)
    })
  }

  function answerWhole(visit: Visit, body: Uint8Array): void | Promise<void> {
    const room = decisions.room()
    if (room !== null) return room.then(() => answerWhole(visit, body))
    const reply = exchange.answer(visit.call, body)
    if (reply instanceof Promise) return reply.then((later) => finishCall(visit, later))
    finishCall(visit, reply)
  }

  function finishCall(visit: Visit, reply: Reply): void {
    record(reply)
    send(visit, reply)
  }

  function record({ decision }: Pick<Reply, 'decision'>): void {
    if (decision !== null) decisions.record(decision)
  }

  async function answerControl(visit: OpenVisit, name: string): Promise<void> {
    const { head, method, query } = visit.call
    if (controls === null) return sendJson(visit, 404, { error: 'test controls are not open' })
    if (head.test !== '1') return sendJson(visit, 403, { error: 'test controls need the header X-Countersign-Test: 1' })
    if (head.origin !== null) return sendJson(visit, 403, { error: 'test controls are not for web pages' })
    if (head.host === null || !isLoopback(head.host.replace(/:\d+$/, ''))) {
      return sendJson(visit, 403, { error: 'test controls answer to loopback names only' })
    }
    const size = 65_536
    const read = await readBody(visit.request, { most: size, free: size, budget: parts.budget, mayGoOn: () => true })
    if (read.kind === 'broken') return
    if (read.kind === 'stopped') return sendJson(visit, 413, { error: 'the body is too large' })
    const reply = await answerTestControl(controls, method, name, query, read.body)
    sendJson(visit, reply.status, reply.body, reply.allow)
  }

  function beginStream(visit: OpenVisit, reply: OwnReply, stream: EventStream): void {
    const { response, call } = visit
    if (response.destroyed || response.headersSent) return
    if (!streams.hasRoom(stream.owner)) {
      refuse(visit, 'busy', 'application/json')
      return
    }
    // Nothing else comes over its connection, which need not be kept when it has ended.
    response.writeHead(reply.status, headers(call.requestId, reply, null, true))
    // Said before anything is known, so that the other side knows that it is connected.
    response.write(reply.body)
    streams.begin(response, stream)
    if (finished !== null) streams.endAll()
  }

  async function answerPage(visit: OpenVisit, pages: OwnPages): Promise<void> {
    const { call } = visit
    const accept = pages.speaksJson?.(call) === true ? 'application/json' : call.head.accept
    const most = pages.largestBody(call, limits)
    const free = Math.min(most, limits.freeBodySize)
    const read = await readBody(visit.request, { most, free, budget: parts.budget, mayGoOn: () => true })
    if (read.kind === 'broken') return
    if (read.kind === 'stopped') return refuse(visit, read.why === 'busy' ? 'busy' : 'body-too-large', accept)
    try {
      const room = decisions.room()
      if (room !== null) await room
      const reply = await pages.answer(call, read.body)
      record(reply)
      if (reply.stream === undefined) send(visit, reply)
      else beginStream(visit, reply, reply.stream)
    } catch (error) {
      giveUp(visit, error, accept)
    } finally {
      parts.budget.give(read.taken)
    }
  }

  /** Something broke inside: the other side hears no more than that. */
  function giveUp(visit: Visit, error: unknown, accept = visit.call.head.accept): void {
    parts.onFailure(error)
    if (visit.response.headersSent) return void visit.response.destroy()
    const isStore = error instanceof CountersignError && error.code === 'store'
    refuse(visit, isStore ? 'busy' : 'internal-failure', accept)
  }

  function isLinked(call: Received): boolean {
    return (
      isFollowedLink(call.method, call.head) &&
      [parts.identityCenter, parts.console].some((pages) => pages.has(call.path) && pages.isLinked?.(call) === true)
    )
  }

  /** A web page that has no business here is sent away. */
  function isTurnedAway(visit: Visit): boolean {
    const { call } = visit
    const refusal = judgeOrigin(call.head, rules)
    if (refusal === null || (refusal.reason === 'cross-site' && isLinked(call))) return false
    const decision = originDecision(refusal, factsOf(call))
    decisions.record(decision)
    // Test controls speak JSON, also when they refuse.
    if (isControl(call.path)) sendJson(visit, decision.status, { error: refusal.evidence })
    else refuse(visit, refusal.reason)
    return true
  }

  function route(visit: OpenVisit): Progress {
    const { call } = visit
    const { path, method } = call
    if (isTurnedAway(visit)) return
    if (path === '/' || /^\/+$/.test(path)) {
      if (method !== 'POST' && method !== 'GET' && method !== 'HEAD') return turnAway(visit, 'method-not-allowed')
      return answerCall(visit)
    }
    if (operationAt(path) !== null) return method === 'POST' ? answerCall(visit) : turnAway(visit, 'method-not-allowed')
    if (isControl(path)) return answerControl(visit, path.slice(controlPath.length))
    if (path === '/healthz') return sendJson(visit, 200, { status: 'ok' })
    if (path === '/readyz') {
      return parts.ready()
        ? sendJson(visit, 200, { status: 'ready' })
        : sendJson(visit, 503, { status: 'the store does not answer' })
    }
    for (const pages of [parts.identityCenter, parts.console])
      if (pages.has(path)) return parts.ready() ? answerPage(visit, pages) : refuse(visit, 'busy')
    const reply = parts.metadata.answer(call)
    if (reply === null) return turnAway(visit, 'no-such-path')
    if (!parts.ready()) return refuse(visit, 'busy')
    record(reply)
    sendEarly(visit, reply)
  }

  function follow(visit: Visit, step: () => Progress): void {
    const failed = (error: unknown): void => {
      giveUp(visit, error)
      done()
    }
    try {
      const progress = step()
      if (progress instanceof Promise) progress.then(done, failed)
      else done()
    } catch (error) {
      failed(error)
    }
  }

  function done(): void {
    begun -= 1
    if (begun === 0) finished?.()
  }

  function begin(method: string, target: string, head: Head, sourceIp: string): Received {
    begun += 1
    return {
      requestId: mintRequestId(),
      method,
      ...splitTarget(target),
      head,
      sourceIp,
      secure: rules.scheme === 'https',
    }
  }

  return {
    onRequest(request, response) {
      response.sendDate = false
      const { method = 'GET', url = '/', rawHeaders, socket } = request
      const call = begin(method, url, readHead(rawHeaders), socket.remoteAddress ?? '')
      const visit: OpenVisit = { request, response, call }
      follow(visit, () => route(visit))
    },
    onUsual({ head, body }, sourceIp, response) {
      const call = begin('POST', '/', head, sourceIp)
      const visit: Visit = { request: null, response, call }
      follow(visit, () => (isTurnedAway(visit) ? undefined : answerWhole(visit, body)))
    },
    onBroken(code, connection, answered) {
      if (answered || !connection.writable || code === 'ECONNRESET') return void connection.destroy()
      connection.end(rawReply(faultOfParser(code), headers))
      connection.resume()
      parts.after(limits.lingerTime, () => connection.destroy())
    },
    finish: () =>
      new Promise((resolve) => {
        finished = resolve
        streams.endAll()
        if (begun === 0) resolve()
      }),
  }
}

const controlPath = '/_test/'

function isControl(path: string): boolean {
  return path.startsWith(controlPath)
}
