import { sameText } from '../../signature/index.ts'
import type { Refusal } from '../model/refusal.ts'
import { headerOf } from '../sign-in/ground.ts'
import type { EventStream, Exchange, OwnPages, OwnReply, Received, StreamSink } from '../wire/index.ts'
import { refusedReply } from './api-replies.ts'
import { apiRows } from './api-rows.ts'
import { ownerOf } from './beginning.ts'
import { answerFederation, federationPath, isSignInLink } from './federation.ts'
import type { Answer, ApiRow, Asked, Ground } from './ground.ts'
import { whyNot } from './ground.ts'
import { answerPages, type ConsoleFiles, consolePath } from './pages.ts'
import { type ConsoleSession, sessionOf, stayingSignedIn } from './session.ts'
import { signInRows } from './sign-in.ts'

export type { ConsoleFile, ConsoleFiles } from './pages.ts'
export { firstSignInLink, resetRootPassword } from './root.ts'

const apiPath = `${consolePath}api/`
/** The AWS API itself. */
const awsPath = `${apiPath}aws`
/** Bytes: the longest policy that the editor may ask about, each of its characters written as `\\uXXXX`. */
const largestJson = 1_048_576

export interface ConsoleParts {
  readonly ground: Ground
  readonly exchange: Pick<Exchange, 'answer'>
  readonly files: ConsoleFiles
}

/** The room's front door: the console's pages at `/console/`, and what they ask at `/console/api/`. */
export function createConsole(parts: ConsoleParts): OwnPages {
  const { ground } = parts
  return {
    has: (path) => path === '/console' || path.startsWith(consolePath) || path === federationPath,
    isLinked: (call) => (call.path === federationPath ? isSignInLink(call) : !call.path.startsWith(apiPath)),
    // Metadata of a SAML provider may be large; only who is signed in may send it, and nothing else is.
    largestBody: (call, { bodySize, freeBodySize }) => {
      // Nearly all are small, and whose they are is looked at once, when they are answered.
      if (call.head.bodyLength <= freeBodySize || !call.path.startsWith(apiPath)) return freeBodySize
      if (sessionOf(call, ground) === null) return freeBodySize
      return call.path === awsPath ? bodySize : Math.max(freeBodySize, largestJson)
    },
    speaksJson: ({ path }) => path.startsWith(apiPath),
    answer(call, body) {
      if (call.path === federationPath) return answerFederation(ground, call, body)
      return call.path.startsWith(apiPath) ? answerApi(parts, call, body) : answerPages(parts.files, call)
    },
  }
}

function answerApi(parts: ConsoleParts, call: Received, body: Uint8Array): OwnReply | Promise<OwnReply> {
  const { ground } = parts
  const name = call.path.slice(apiPath.length)
  const session = sessionOf(call, ground)
  const open = signInRows.find((row) => row.path === name)
  const row = apiRows.find((one) => one.path === name)
  const method = open?.method ?? row?.method ?? (name === 'aws' ? 'POST' : null)
  if (method === null) return json(404, { message: 'There is no such thing in the API of the console.' })
  if (call.method !== method) return { ...json(405, { message: `${method} only.` }), allow: method }
  if (method === 'POST' && session !== null && !bringsToken(call, session)) {
    return json(403, { message: 'The page is out of date. Load it again.', reason: 'form-token' })
  }
  if (open !== undefined) return open.run({ ground, call, session, body: readJson(body) })
  if (session === null) return json(401, { message: 'Nobody is signed in.', reason: 'signed-out' })
  const { principal } = session
  const reply =
    row === undefined
      ? parts.exchange.answer(call, body, { principal, region: ground.region, check: 'console-session' })
      : answerRow(row, { ground, call, principal, parameters: new URLSearchParams(call.query), body: readJson(body) })
  const staying = (one: OwnReply): OwnReply => ({
    ...one,
    // Browsers open a stream that broke off again and again by themselves, with nobody at the keyboard.
    more: [...(one.more ?? []), ...(one.stream === undefined ? stayingSignedIn(session, call, ground) : [])],
    decision: row === undefined && isOwnLook(one) ? null : one.decision,
  })
  return reply instanceof Promise ? reply.then(staying) : staying(reply)
}

/** A page looks whether a user has a password by asking for it: that there is none is nothing that anybody was refused. */
function isOwnLook({ decision }: OwnReply): boolean {
  return decision?.reason === 'no-such-entity' && decision.operation.startsWith('Get')
}

function answerRow(row: ApiRow, asked: Asked): OwnReply | Promise<OwnReply> {
  for (const needed of row.permission) {
    const refused = whyNot(asked, needed)
    if (refused !== null) return refusedReply(asked, row, refused)
  }
  const answer = row.run(asked)
  return answer instanceof Promise ? answer.then((later) => replyOf(row, asked, later)) : replyOf(row, asked, answer)
}

function replyOf(row: ApiRow, asked: Asked, answer: Answer): OwnReply {
  if ('ok' in answer) return json(200, answer.ok)
  if ('stream' in answer) {
    const more = ['X-Accel-Buffering', 'no']
    const mayGoOn = () => mayStillHave(row, asked)
    const feed: EventStream['feed'] = (sink) => answer.stream(guarded(sink, mayGoOn, asked.ground))
    const stream: EventStream = { owner: ownerOf(asked.principal), feed, mayGoOn }
    return { ...json(200, null), contentType: 'text/event-stream', body: ':\n\n', more, stream }
  }
  if ('invalid' in answer) return json(400, { message: answer.invalid })
  if ('absent' in answer) return json(404, { message: answer.absent })
  return refusedReply(asked, row, answer.refused satisfies Refusal)
}

/** Looks once a second, before something is sent, whether it still may be. */
function guarded(sink: StreamSink, mayGoOn: () => boolean, ground: Ground): StreamSink {
  let checkedAt = Math.floor(ground.now() / 1000)
  return {
    end: () => sink.end(),
    write(text) {
      const second = Math.floor(ground.now() / 1000)
      if (second !== checkedAt && !mayGoOn()) {
        sink.end()
        return false
      }
      checkedAt = second
      return sink.write(text)
    },
  }
}

/** The session may have ended meanwhile, and permissions may have been taken away. */
function mayStillHave(row: ApiRow, asked: Asked): boolean {
  const session = sessionOf(asked.call, asked.ground)
  if (session === null) return false
  const now = { ...asked, principal: session.principal }
  return row.permission.every((needed) => whyNot(now, needed) === null)
}

function bringsToken(call: Received, { formToken }: ConsoleSession): boolean {
  return sameText(headerOf(call, 'x-csrf-token') ?? '', formToken)
}

/** Null for what is no JSON: each row says for itself what it misses. */
function readJson(body: Uint8Array): unknown {
  if (body.length === 0) return null
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'))
  } catch {
    return null
  }
}

function json(status: number, body: unknown): OwnReply {
  return { status, contentType: 'application/json', body: JSON.stringify(body), decision: null }
}
