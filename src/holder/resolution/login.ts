import { parseInstant } from '../files/instants.ts'
import type { IncomingReply } from '../machine/machine.ts'
import { memberOf } from '../machine/reply-members.ts'
import type { LoginPlan } from '../sources/plan.ts'
import { signInEndpoint, wrongRegion } from './endpoints.ts'
import { call, objectIn, type PlannedCall, refusalOf, textIn } from './exchange.ts'
import {
  credentialOf,
  type Described,
  described,
  type Failed,
  failed,
  type Means,
  type Outcome,
  type Resolved,
} from './resolution.ts'
import { type CachedToken, instantText, readToken, writeToken } from './token-cache.ts'

const threshold = 5 * 60 * 1000
const required = ['accessToken', 'refreshToken', 'dpopKey', 'clientId'] as const

/**
 * The cached session of `aws login`; within five minutes of its end it is renewed with its refresh token and a proof that we
 * hold its key (DPoP, RFC 9449).
 * Sources: botocore credentials.py `LoginCredentialFetcher`, `_build_dpop_header`; `@aws-sdk/credential-provider-login`
 * LoginCredentialsFetcher; service model signin 2023-01-01.
 */
export async function login(plan: LoginPlan, means: Means): Promise<Outcome> {
  const token = readToken(means.machine, plan.cacheFile)
  if (typeof token === 'string') {
    const says = `LoginTokenLoadError: Unable to load a existing login session for session ${plan.session}. Please reauthenticate with 'aws login'.`
    return failed('token-missing', says, `there is no cached session of aws login: ${token}`, plan.at)
  }
  const missing = required.filter((name) => token.members[name] === undefined)
  const held = missing.length > 0 ? null : sessionIn(token.members, plan)
  if (held === null) {
    const says = `LoginTokenLoadError: Failed to load access token from token cache, missing required fields: ${missing.join(', ')}.`
    return failed('token-missing', says, `${token.file} does not hold a whole session`, plan.at)
  }
  const left = held.credential.expiration!.value.getTime() - means.machine.now().getTime()
  if (left > threshold) return used(means, token, held)
  const renewed = await renew(plan, means, token)
  if (renewed.kind === 'resolved' || left <= 0) return renewed
  return used(means, token, held)
}

function used(means: Means, { file }: CachedToken, held: Resolved): Resolved {
  means.trail.push({ kind: 'cache', file, what: 'used' })
  return held
}

function sessionIn(members: CachedToken['members'], { profile }: LoginPlan): Resolved | null {
  const held = members['accessToken']
  const session = typeof held === 'object' && held !== null ? (held as Record<string, unknown>) : null
  const accessKeyId = textIn(session, 'accessKeyId')
  const secretAccessKey = textIn(session, 'secretAccessKey')
  const sessionToken = textIn(session, 'sessionToken')
  const expiration = parseInstant(textIn(session, 'expiresAt') ?? '')?.at ?? null
  if (accessKeyId === null || secretAccessKey === null || sessionToken === null || expiration === null) return null
  const values = { accessKeyId, secretAccessKey, sessionToken, expiration, accountId: textIn(session, 'accountId') }
  return {
    kind: 'resolved',
    credential: credentialOf('login', profile, 'signin:CreateOAuth2Token', values),
    roleSession: null,
  }
}

async function renew(plan: LoginPlan, means: Means, token: CachedToken): Promise<Resolved | Failed | Described> {
  if (means.offline) return described('network', `signin:CreateOAuth2Token would be asked to renew ${token.file}`)
  if (means.disk === null) {
    const because =
      'the cached session of aws login is over; it was not renewed, because a renewed one could not be kept here'
    return failed('not-renewed', `LoginRefreshRequired: ${because}`, because, plan.at)
  }
  const region = textIn(token.members, 'signInRegion') ?? plan.region ?? means.trace.region?.name ?? null
  if (region === null || region === '') {
    return failed(
      'no-region',
      'NoRegionError: You must specify a region.',
      'renewing aws login needs a region',
      plan.at,
    )
  }
  const endpoint = signInEndpoint(means, 'signin', region)
  if (endpoint === null) return wrongRegion(region, plan.at)
  const url = `${endpoint}/v1/token`
  const proof = await proofOf(token.members, url, means.machine.now())
  if (proof === null) {
    const says = 'LoginTokenLoadError: Unable to load private key from cached token.'
    return failed('token-missing', says, `${token.file} holds no private key that can be used`, plan.at)
  }
  const planned: PlannedCall = {
    service: 'signin',
    operation: 'CreateOAuth2Token',
    at: plan.at,
    request: {
      method: 'POST',
      url,
      headers: [
        ['Content-Type', 'application/json'],
        ['DPoP', proof],
      ],
      body: JSON.stringify({
        clientId: token.members['clientId'],
        refreshToken: token.members['refreshToken'],
        grantType: 'refresh_token',
      }),
    },
  }
  const called = await call(means, planned)
  if (called.kind !== 'answered') return called
  return called.reply.status === 200 ? keep(plan, means, token, called.reply.body) : refused(planned, called.reply)
}

/** Takes what came over into the cache. */
function keep(plan: LoginPlan, means: Means, token: CachedToken, body: string): Resolved | Failed {
  const answer = objectIn(body)
  const given = answer?.['accessToken']
  const seconds = answer?.['expiresIn']
  const refreshToken = textIn(answer, 'refreshToken')
  const ends = typeof seconds === 'number' && seconds > 0 && seconds < 1e9 ? seconds * 1000 : null
  const members = {
    ...token.members,
    accessToken: {
      ...(token.members['accessToken'] as object),
      ...(typeof given === 'object' ? given : {}),
      expiresAt: ends === null ? null : instantText(new Date(means.machine.now().getTime() + ends)),
    },
    refreshToken,
  }
  const renewed = sessionIn(members, plan)
  if (renewed === null || refreshToken === null || typeof given !== 'object' || given === null) {
    const because = 'the answer to signin:CreateOAuth2Token does not hold a whole session'
    return failed('unexpected-answer', `LoginTokenLoadError: ${because}`, because, plan.at)
  }
  writeToken(means, token, members)
  return renewed
}

/** Words for each `error` of an AccessDeniedException (`OAuth2ErrorCode` of the service model). */
const meanings: Readonly<Record<string, string>> = {
  TOKEN_EXPIRED: 'the session of aws login has ended for good; it wants a new sign-in',
  USER_CREDENTIALS_CHANGED: 'the password has changed since aws login; it wants a new sign-in',
  INSUFFICIENT_PERMISSIONS: 'the person may not renew it (permission for CreateOAuth2Token)',
}

function refused(planned: PlannedCall, reply: IncomingReply): Failed {
  const failure = refusalOf(planned, reply)
  const because = meanings[memberOf(reply.body, 'error') ?? '']
  return because === undefined ? failure : { ...failure, reason: 'token-expired', because }
}

/** The DPoP header: a JWT over method and URL, signed with the cached key (RFC 9449 §4.2); null for a key that is none. */
async function proofOf(members: CachedToken['members'], url: string, now: Date): Promise<string | null> {
  const { createPrivateKey, createPublicKey, randomUUID, sign } = await import('node:crypto')
  try {
    const key = createPrivateKey(textIn(members, 'dpopKey') ?? '')
    const { x, y } = createPublicKey(key).export({ format: 'jwk' })
    if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') return null
    const header = { typ: 'dpop+jwt', alg: 'ES256', jwk: { kty: 'EC', x, y, crv: 'P-256' } }
    const payload = { htm: 'POST', htu: url, iat: Math.floor(now.getTime() / 1000), jti: randomUUID() }
    const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
    const signed = `${part(header)}.${part(payload)}`
    const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' })
    return `${signed}.${signature.toString('base64url')}`
  } catch {
    return null
  }
}
