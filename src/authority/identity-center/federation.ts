import { timingSafeEqual } from 'node:crypto'
import { bearerOf } from '../authentication/index.ts'
import type { Principal, SessionClaims } from '../model/principal.ts'
import { headerOf } from '../sign-in/ground.ts'
import { type Asked, accepted, json, refused } from '../sign-in/replies.ts'
import type { OwnReply, Received } from '../wire/index.ts'
import type { Ground } from './ground.ts'
import { renderPage } from './pages.ts'

/**
 * The federation endpoint of AWS's sign-in: temporary credentials become a token, and the token a page that is signed in (IAM User
 * Guide, "Enabling custom identity broker access to the AWS console"). Behind the page is no console yet.
 */
export const federationPath = '/federation'

/** Seconds in which a token has to be used. */
const tokenLifetime = 15 * 60
const shortest = 900
const longest = 43_200
/** Of sessions that were made from a role's session ("role chaining"). */
const longestChained = 3600

interface Refusal {
  readonly refused: string
  readonly status: 400
  readonly says: string
}

export function answerFederation(ground: Ground, call: Received, body: Uint8Array): OwnReply {
  if (call.method !== 'GET' && call.method !== 'HEAD' && call.method !== 'POST')
    return { ...json(405, { message: 'GET and POST.' }, null), allow: 'GET, HEAD, POST' }
  const parameters = new URLSearchParams(call.query)
  if (call.method === 'POST') {
    const isForm = /^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(headerOf(call, 'content-type') ?? '')
    for (const [name, value] of new URLSearchParams(isForm ? Buffer.from(body).toString('utf8') : ''))
      parameters.set(name, value)
  }
  switch (parameters.get('Action')) {
    case 'getSigninToken':
      return giveToken(ground, { ground, call, endpoint: 'signin', operation: 'GetSigninToken' }, parameters)
    case 'login':
      return logIn({ ground, call, endpoint: 'signin', operation: 'ConsoleLogin' }, parameters)
    case 'logout':
      return renderPage({ title: 'Signed out', parts: [{ kind: 'text', text: 'You can close this window.' }] }, null)
    default:
      return json(400, { message: 'Action is getSigninToken, login or logout.' }, null)
  }
}

function giveToken(ground: Ground, asked: Asked, parameters: URLSearchParams): OwnReply {
  const session = openSession(parameters.get('Session') ?? '', ground)
  const end = 'refused' in session ? session : endOf(session.claims, parameters.get('SessionDuration'), ground)
  if ('refused' in session) return refuse(asked, session)
  const { claims, principal } = session
  const told = { principal: principal.arn, accessKeyId: claims.accessKeyId }
  if (typeof end !== 'number') return refuse(asked, end, told)
  const now = Math.floor(ground.now() / 1000)
  const SigninToken = ground.state.seal('sign-in token', { a: principal.arn, k: claims.accessKeyId, i: now, x: end })
  return json(200, { SigninToken }, accepted(asked, told))
}

function openSession(
  text: string,
  ground: Ground,
): { readonly claims: SessionClaims; readonly principal: Principal } | Refusal {
  const invalid = (refusal: string, says: string): Refusal => ({ refused: refusal, status: 400, says })
  const given = readSession(text)
  if (given === null)
    return invalid('session-malformed', 'Session is a JSON object with sessionId, sessionKey and sessionToken.')
  const opened = ground.ring().open(given.sessionToken)
  const denied = invalid('session-not-genuine', 'The credentials in Session are not valid.')
  if (opened.kind !== 'genuine') return denied
  const { claims } = opened
  if (claims.accessKeyId !== given.sessionId || !isSame(claims.secretAccessKey, given.sessionKey)) return denied
  if (claims.expiresAt * 1000 <= ground.now())
    return invalid('token-expired', 'The credentials in Session have expired.')
  const bearer = bearerOf(claims, ground.directory())
  if ('evidence' in bearer) return denied
  if (claims.type === 'session')
    return invalid('session-kind', 'The credentials in Session must come from AssumeRole or GetFederationToken.')
  return { claims, principal: bearer.principal }
}

/** When the console session ends, in seconds since the epoch. */
function endOf(claims: SessionClaims, asked: string | null, ground: Ground): number | Refusal {
  if (asked === null || asked === '') return claims.expiresAt
  const no = (says: string): Refusal => ({ refused: 'duration', status: 400, says })
  if (claims.type === 'federated')
    return no('SessionDuration cannot be used with the credentials of GetFederationToken.')
  const seconds = Number(asked)
  if (!/^\d{1,6}$/.test(asked) || seconds < shortest || seconds > longest)
    return no(`SessionDuration is a number of seconds from ${shortest} to ${longest}.`)
  if (/:assumed-role\//.test(claims.assumedBy ?? '') && seconds > longestChained)
    return no(`A session that was made by role chaining lasts ${longestChained} seconds at most.`)
  return Math.floor(ground.now() / 1000) + seconds
}

function logIn(asked: Asked, parameters: URLSearchParams): OwnReply {
  const { ground } = asked
  const now = ground.now() / 1000
  const held = ground.state.open('sign-in token', parameters.get('SigninToken') ?? '') as {
    readonly a: string
    readonly k: string
    readonly i: number
    readonly x: number
  } | null
  if (held === null || held.i + tokenLifetime <= now || held.i > now + 60 || held.x <= now) {
    const evidence = held === null ? 'the token was not given out here' : 'the token is over'
    const told = { status: 400, code: null, reason: 'sign-in-token', cause: null }
    const decision = refused(asked, told, { evidence: [evidence] })
    const parts = [
      { kind: 'text', text: 'The link is not valid, or more than 15 minutes old. Make a new one.' },
    ] as const
    return renderPage({ title: 'Sign-in did not work', status: 400, parts }, decision)
  }
  const { account } = ground.directory()
  const until = `${new Date(held.x * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`
  const destination = parameters.get('Destination')
  const page = {
    title: 'Signed in',
    parts: [
      {
        kind: 'facts',
        facts: [
          ['You', held.a],
          ['Account', account.alias === null ? account.id : `${account.alias} (${account.id})`],
          ['Until', until],
          ...(destination === null ? [] : ([['Asked for', destination.slice(0, 512)]] as const)),
        ],
      },
      { kind: 'text', quiet: true, text: 'Your sign-in works. This authority has no console to show behind it.' },
    ],
  } as const
  return renderPage(page, accepted(asked, { principal: held.a, accessKeyId: held.k }))
}

function readSession(text: string): Readonly<Record<'sessionId' | 'sessionKey' | 'sessionToken', string>> | null {
  if (text.length > 16_384) return null
  try {
    const value = JSON.parse(text) as Record<string, unknown> | null
    const { sessionId, sessionKey, sessionToken } = value ?? {}
    return typeof sessionId === 'string' && typeof sessionKey === 'string' && typeof sessionToken === 'string'
      ? { sessionId, sessionKey, sessionToken }
      : null
  } catch {
    return null
  }
}

function isSame(one: string, other: string): boolean {
  const a = Buffer.from(one)
  const b = Buffer.from(other)
  return a.length === b.length && timingSafeEqual(a, b)
}

function refuse(asked: Asked, { refused: reason, status, says }: Refusal, told = {}): OwnReply {
  const cause = reason === 'token-expired' ? 'session-expired' : null
  return json(
    status,
    { message: says },
    refused(asked, { status, code: null, reason, cause }, { ...told, evidence: [says] }),
  )
}
