import { sameText } from '../../signature/index.ts'
import { isRefused } from '../actions/sentences.ts'
import { wholeSeconds } from '../actions/write.ts'
import { bearerOf } from '../authentication/index.ts'
import { renderPage } from '../identity-center/pages.ts'
import type { Principal, SessionClaims } from '../model/principal.ts'
import { decodeClaims, encodeClaims } from '../sessions/claims.ts'
import { headerOf } from '../sign-in/ground.ts'
import { type Asked as AskedOf, accepted, json, refused } from '../sign-in/replies.ts'
import type { OwnReply, Received } from '../wire/index.ts'
import { begin, ownerOf, tokenLifetime } from './beginning.ts'
import type { Ground } from './ground.ts'
import { consolePath } from './pages.ts'
import { noCookie } from './session.ts'

/**
 * The federation endpoint of AWS's sign-in: temporary credentials become a token, and the token a page that is signed in (IAM User
 * Guide, "Enabling custom identity broker access to the AWS console").
 */
export const federationPath = '/federation'

/** Seconds. */
const shortest = 900
const longest = 43_200
/** Of sessions that were made from a role's session ("role chaining"). */
const longestChained = 3600

interface Asked extends AskedOf {
  readonly ground: Ground
}

interface Refusal {
  readonly refused: string
  readonly status: 400
  readonly says: string
}

/** Answers `/federation`: getSigninToken for programs, login and logout for browsers. */
export function answerFederation(ground: Ground, call: Received, body: Uint8Array): OwnReply | Promise<OwnReply> {
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
      return giveToken({ ground, call, endpoint: 'signin', operation: 'GetSigninToken' }, parameters)
    case 'login': {
      const asked = { ground, call, endpoint: 'signin', operation: 'ConsoleLogin' } as const
      return call.method === 'POST' ? logIn(asked, parameters) : showOffer(asked, parameters)
    }
    case 'logout': {
      const page = { title: 'Signed out', parts: [{ kind: 'text', text: 'You can close this window.' }] } as const
      return renderPage(page, null, noCookie(call))
    }
    default:
      return json(400, { message: 'Action is getSigninToken, login or logout.' }, null)
  }
}

/** The one link to this endpoint that pages of brokers show. */
export function isSignInLink({ query }: Received): boolean {
  return new URLSearchParams(query).get('Action') === 'login'
}

function giveToken(asked: Asked, parameters: URLSearchParams): OwnReply {
  const { ground } = asked
  const session = openSession(parameters.get('Session') ?? '', ground)
  const end = 'refused' in session ? session : endOf(session.claims, parameters.get('SessionDuration'), ground)
  if ('refused' in session) return refuse(asked, session)
  const { claims, principal } = session
  const told = { principal: principal.arn, accessKeyId: claims.accessKeyId }
  if (typeof end !== 'number') return refuse(asked, end, told)
  const now = Math.floor(ground.now() / 1000)
  const c = Buffer.from(encodeClaims({ ...claims, secretAccessKey: '' })).toString('base64')
  const token: SignInToken = { c, t: claims.issuedAt, i: now, x: end }
  const SigninToken = ground.state.seal('sign-in token', token)
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
  if (claims.accessKeyId !== given.sessionId || !sameText(claims.secretAccessKey, given.sessionKey)) return denied
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

interface SignInToken {
  /** The claims of the session that it was made of, without their secret; when that was issued, in seconds since the epoch. */
  readonly c: string
  readonly t: number
  /** When it was made, and when the console session ends. */
  readonly i: number
  readonly x: number
}

/** What a sign-in token would begin. */
interface Offer {
  /** Made of the token, so that each counts once: also after a restart, and on every node. */
  readonly id: string
  readonly claims: SessionClaims
  readonly principal: Principal
  readonly expiresAt: number
}

/**
 * The link that a broker gives leads to a page that says who one would be; only its button signs in. A link alone could sign anybody in
 * as somebody else, without their noticing, from any page of the web ("login CSRF").
 */
function showOffer(asked: Asked, parameters: URLSearchParams): OwnReply {
  const { ground, call } = asked
  const token = parameters.get('SigninToken') ?? ''
  const offer = openOffer(token, ground)
  if ('refused' in offer) return refuseLink(asked, offer.refused)
  const { account } = ground.directory()
  const destination = destinationOf(parameters, call)
  const page = {
    title: 'Sign in to the console?',
    parts: [
      { kind: 'text', text: 'The link that led here signs you in. Go on only if you have asked for it yourself.' },
      {
        kind: 'facts',
        facts: [
          ['You become', offer.principal.arn],
          ['Account', account.alias === null ? account.id : `${account.alias} (${account.id})`],
          ['Until', `${new Date(offer.expiresAt * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`],
        ],
      },
      {
        kind: 'form',
        method: 'post',
        action: federationPath,
        hidden: { Action: 'login', SigninToken: token, Destination: destination },
        fields: [],
        buttons: [{ step: 'sign-in', label: 'Sign in' }],
      },
    ],
  } as const
  return renderPage(page, null)
}

async function logIn(asked: Asked, parameters: URLSearchParams): Promise<OwnReply> {
  const { ground, call } = asked
  const offer = openOffer(parameters.get('SigninToken') ?? '', ground)
  if ('refused' in offer) return refuseLink(asked, offer.refused)
  const { id, claims, principal, expiresAt } = offer
  const { secretAccessKey: _, ...kept } = claims
  const row = {
    kind: 'console-session',
    id,
    owner: ownerOf(principal),
    createdAt: wholeSeconds(new Date(ground.now())),
    expiresAt: wholeSeconds(new Date(expiresAt * 1000)),
    // Sessions of roles carry no MFA, and those of GetFederationToken none either.
    mfaAt: null,
    accessKeyId: claims.accessKeyId,
    claims: JSON.stringify(kept),
    sourceIp: call.sourceIp,
  } as const
  const begun = await begin(row, null, call, ground, () =>
    ground.directory().consoleSession(id) === undefined ? [] : null,
  )
  if (isRefused(begun)) return refuseLink(asked, 'the token was used before')
  const told = { principal: principal.arn, accessKeyId: claims.accessKeyId, evidence: ['with a sign-in token'] }
  const more = ['Location', destinationOf(parameters, call), 'Referrer-Policy', 'same-origin', ...begun.cookie]
  return { status: 303, contentType: 'text/plain; charset=utf-8', body: '', decision: accepted(asked, told), more }
}

function openOffer(text: string, ground: Ground): Offer | { readonly refused: string } {
  const token = ground.state.open('sign-in token', text) as SignInToken | null
  if (token === null) return { refused: 'the token was not given out here' }
  const now = ground.now() / 1000
  const tooOld = token.i + tokenLifetime / 1000 <= now || token.x <= now
  if (tooOld || token.i > now + 60) return { refused: 'the token is over' }
  const { account } = ground.directory()
  const claims = decodeClaims(Buffer.from(token.c, 'base64'), { account: account.id, issuedAt: token.t })
  if (claims === null) return { refused: 'the token was made by another version' }
  const bearer = bearerOf(claims, ground.directory())
  if ('evidence' in bearer) return { refused: bearer.evidence }
  const id = ground.state.vouch('console session of a token', text)
  if (ground.directory().consoleSession(id) !== undefined) return { refused: 'the token was used before' }
  return { id, claims, principal: bearer.principal, expiresAt: token.x }
}

/** Only to the console itself: whoever made the link must not choose where a person lands who has just signed in. */
function destinationOf(parameters: URLSearchParams, { secure, head }: Received): string {
  const origin = `${secure ? 'https' : 'http'}://${head.host}`
  const text = parameters.get('Destination') ?? ''
  if (!URL.canParse(text, origin)) return consolePath
  const { origin: of, pathname, search, hash } = new URL(text, origin)
  const isOurs = of === new URL(origin).origin && pathname.startsWith(consolePath)
  return isOurs && !pathname.startsWith(`${consolePath}api/`) ? `${pathname}${search}${hash}` : consolePath
}

function refuseLink(asked: Asked, evidence: string): OwnReply {
  const told = { status: 400, code: null, reason: 'sign-in-token', cause: null }
  const decision = refused(asked, told, { evidence: [evidence] })
  const text = 'The link is not valid: it was used before, or is more than 15 minutes old. Make a new one.'
  return renderPage({ title: 'Sign-in did not work', status: 400, parts: [{ kind: 'text', text }] }, decision)
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

function refuse(asked: Asked, { refused: reason, status, says }: Refusal, told = {}): OwnReply {
  const cause = reason === 'token-expired' ? 'session-expired' : null
  return json(
    status,
    { message: says },
    refused(asked, { status, code: null, reason, cause }, { ...told, evidence: [says] }),
  )
}
