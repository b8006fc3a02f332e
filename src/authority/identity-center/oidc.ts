import { createHash } from 'node:crypto'
import { sameText } from '../../signature/index.ts'
import { userArn } from '../model/arn-of.ts'
import { passwordMark } from '../sign-in/people.ts'
import { type Asked, accepted, json } from '../sign-in/replies.ts'
import type { OwnReply, Received } from '../wire/index.ts'
import { type Client, callingClient, clientMark, deviceGrant, mayUse, registerClient } from './clients.ts'
import { type Ground, isOwnStartUrl, originOf } from './ground.ts'
import { isRefusal, type OidcRefusal, oidcRefusal, refuseOidc } from './oidc-faults.ts'
import { deviceLifetime, type Leave, type Pending, pollInterval } from './pending.ts'
import { requiredText } from './request-members.ts'
import { beginSession, refreshSession } from './tokens.ts'

type Body = Readonly<Record<string, unknown>>
type Answer = { readonly ok: object; readonly userId?: string; readonly evidence?: string } | OidcRefusal

interface Means {
  readonly ground: Ground
  readonly pending: Pending
  readonly call: Received
}

/**
 * The OIDC endpoints of IAM Identity Center: REST with JSON, unsigned (service model sso-oidc 2019-06-10; OAuth 2.0 RFC 6749, device grant
 * RFC 8628, PKCE RFC 7636).
 */
const operations: Readonly<
  Record<string, { readonly operation: string; answer(body: Body, means: Means): Answer | Promise<Answer> }>
> = {
  '/client/register': {
    operation: 'RegisterClient',
    answer: (body, { ground, call }) => registerClient(body, ground, originOf(call)),
  },
  '/device_authorization': { operation: 'StartDeviceAuthorization', answer: startDeviceAuthorization },
  '/token': { operation: 'CreateToken', answer: createToken },
}

export const oidcPaths: readonly string[] = Object.keys(operations)

export async function answerOidc(
  ground: Ground,
  pending: Pending,
  call: Received,
  body: Uint8Array,
): Promise<OwnReply> {
  const { operation, answer } = operations[call.path]!
  const asked: Asked = { ground, call, endpoint: 'sso-oauth', operation }
  if (call.method !== 'POST')
    return {
      ...json(405, { error: 'invalid_request', error_description: `${operation} is called by POST.` }, null),
      allow: 'POST',
    }
  const members = readObject(body)
  if (members === null) return refuseOidc(asked, oidcRefusal('invalid-request', 'The body is not a JSON object.'))
  const result = await answer(members, { ground, pending, call })
  if (isRefusal(result)) return refuseOidc(asked, result)
  const { account } = ground.directory()
  const user = result.userId === undefined ? undefined : ground.directory().user(result.userId)
  const principal = user === undefined ? null : userArn(account, user)
  const evidence = result.evidence === undefined ? [] : [result.evidence]
  return json(200, result.ok, accepted(asked, { principal, evidence }))
}

function startDeviceAuthorization(body: Body, { ground, pending, call }: Means): Answer {
  const client = callingClient(body, ground)
  if (isRefusal(client)) return client
  const startUrl = requiredText(body, 'startUrl', 2048)
  if (isRefusal(startUrl)) return startUrl
  if (!mayUse(client, deviceGrant))
    return oidcRefusal('unauthorized-client', 'The client did not register for the device grant.')
  if (!isOwnStartUrl(startUrl, ground))
    return oidcRefusal('invalid-request', `The start URL is not the one of this authority, ${originOf(call)}/start.`)
  const request = pending.startDevice({
    client: clientMark(client, ground),
    clientName: client.name,
    sourceIp: call.sourceIp,
  })
  if (request === null) return oidcRefusal('slow-down', 'Too many sign-ins wait to be allowed.')
  const verificationUri = `${originOf(call)}/device`
  return {
    ok: {
      // The end stands in the code, so that a code that is over is known as one whatever else was forgotten.
      deviceCode: ground.state.seal('device code', { d: request.id, x: request.expiresAt }),
      userCode: request.userCode,
      verificationUri,
      verificationUriComplete: `${verificationUri}?user_code=${request.userCode}`,
      expiresIn: deviceLifetime,
      interval: pollInterval,
    },
  }
}

function createToken(body: Body, means: Means): Answer | Promise<Answer> {
  const client = callingClient(body, means.ground)
  if (isRefusal(client)) return client
  const grantType = requiredText(body, 'grantType', 256)
  if (isRefusal(grantType)) return grantType
  const exchange = grants[grantType]
  if (exchange === undefined || !Object.hasOwn(grants, grantType))
    return oidcRefusal('unsupported-grant-type', `There is no grant type ${JSON.stringify(grantType)}.`)
  if (!mayUse(client, grantType))
    return oidcRefusal('unauthorized-client', `The client did not register for the grant ${grantType}.`)
  return exchange(body, client, means)
}

const grants: Readonly<Record<string, (body: Body, client: Client, means: Means) => Answer | Promise<Answer>>> = {
  [deviceGrant]: exchangeDeviceCode,
  authorization_code: exchangeCode,
  refresh_token: exchangeRefreshToken,
}

function exchangeDeviceCode(body: Body, client: Client, { ground, pending }: Means): Answer | Promise<Answer> {
  const code = requiredText(body, 'deviceCode', 2048)
  if (isRefusal(code)) return code
  const held = ground.state.open('device code', code) as { d: string; x: number } | null
  if (held === null) return oidcRefusal('invalid-grant', 'The device code is none of this authority.')
  if (held.x <= ground.now())
    return oidcRefusal('expired-token', 'Nobody allowed it in time: begin anew.', 'sso-session-expired')
  const request = pending.device(held.d)
  if (request === undefined)
    return oidcRefusal('invalid-grant', 'The device code was used before, or the authority has started anew since.')
  if (request.client !== clientMark(client, ground))
    return oidcRefusal('invalid-grant', 'The device code is another client\u2019s.')
  const verdict = pending.verdictOf(held.d)
  if (verdict === null) {
    return pending.pollsTooFast(held.d)
      ? oidcRefusal('slow-down', `Ask again after ${pollInterval} second more than before.`)
      : oidcRefusal('authorization-pending', 'Nobody has allowed it yet.')
  }
  pending.forgetDevice(held.d)
  if (verdict === 'denied') return oidcRefusal('access-denied', 'The person said no.')
  return begin(verdict, client, ground)
}

function exchangeCode(body: Body, client: Client, { ground, pending }: Means): Answer | Promise<Answer> {
  const code = requiredText(body, 'code', 2048)
  if (isRefusal(code)) return code
  const redirectUri = requiredText(body, 'redirectUri', 2048)
  if (isRefusal(redirectUri)) return redirectUri
  const verifier = requiredText(body, 'codeVerifier', 256)
  if (isRefusal(verifier)) return verifier
  const grant = pending.takeCode(code)
  if (grant === undefined)
    return oidcRefusal('invalid-grant', 'The code is none of this authority, is over, or was used before.')
  if (grant.client !== clientMark(client, ground))
    return oidcRefusal('invalid-grant', 'The code is another client\u2019s.')
  if (grant.redirectUri !== redirectUri)
    return oidcRefusal('invalid-grant', 'The redirect URI is another one than the code was sent to.')
  if (!/^[\w.~-]{43,128}$/.test(verifier) || !isChallengeOf(grant.challenge, verifier))
    return oidcRefusal('invalid-grant', 'The code verifier does not fit to the code challenge.')
  return begin(grant, client, ground)
}

async function exchangeRefreshToken(body: Body, client: Client, { ground }: Means): Promise<Answer> {
  const token = requiredText(body, 'refreshToken', 4096)
  if (isRefusal(token)) return token
  const reply = await refreshSession(token, client, ground)
  if (isRefusal(reply)) return reply
  const { userId, ...ok } = reply
  return { ok, userId, evidence: 'The session was refreshed.' }
}

async function begin({ userId, password }: Leave, client: Client, ground: Ground): Promise<Answer> {
  const directory = ground.directory()
  const user = directory.user(userId)
  const profile = directory.loginProfile(userId)
  if (user === undefined || profile === undefined || passwordMark(profile, ground) !== password)
    return oidcRefusal('access-denied', 'The person who allowed it is gone, or the password was set anew since.')
  const reply = await beginSession(user, client, ground)
  return isRefusal(reply) ? reply : { ok: reply, userId, evidence: `A session began for the client ${client.name}.` }
}

/** RFC 7636 §4.6. */
function isChallengeOf(challenge: string, verifier: string): boolean {
  return sameText(createHash('sha256').update(verifier).digest('base64url'), challenge)
}

function readObject(body: Uint8Array): Body | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Body) : null
  } catch {
    return null
  }
}
