import { parseInstant } from '../files/instants.ts'
import type { SsoPlan } from '../sources/plan.ts'
import { cachedSso } from './cli-cache.ts'
import { signInEndpoint, wrongRegion } from './endpoints.ts'
import { call, codeOf, objectIn, type PlannedCall, refusalOf, textIn } from './exchange.ts'
import { credentialOf, type Described, described, type Failed, failed, type Means, type Outcome } from './resolution.ts'
import { type CachedToken, instantText, readToken, writeToken } from './token-cache.ts'

/** Minutes before the end of a token from which an SDK renews it (chains reference §3.4). */
function renewsWithin({ trace }: Means): number {
  if (trace.sdk === 'go-v2' || trace.sdk === 'terraform') return 0
  return trace.sdk === 'boto3' || trace.sdk === 'aws-cli-v1' || trace.sdk === 'aws-cli-v2' ? 15 : 5
}

/**
 * The portal's GetRoleCredentials, with the cached access token, which is renewed first when it is over or nearly so.
 * Sources: botocore credentials.py `SSOCredentialFetcher`, tokens.py `SSOTokenProvider`; service models sso 2019-06-10 and
 * sso-oidc 2019-06-10.
 */
export async function sso(plan: SsoPlan, means: Means): Promise<Outcome> {
  const cached = cachedSso(means, plan)
  if (cached !== null) return cached
  const accessToken = await accessTokenOf(plan, means)
  if (typeof accessToken === 'object') return accessToken
  const endpoint = signInEndpoint(means, 'sso', plan.region)
  if (endpoint === null) return wrongRegion(plan.region, plan.at)
  const query = new URLSearchParams({ role_name: plan.roleName, account_id: plan.accountId })
  const planned: PlannedCall = {
    service: 'sso',
    operation: 'GetRoleCredentials',
    at: plan.at,
    request: {
      method: 'GET',
      url: `${endpoint}/federation/credentials?${query.toString().replaceAll('+', '%20')}`,
      headers: [['x-amz-sso_bearer_token', accessToken]],
      body: '',
    },
  }
  const called = await call(means, planned)
  if (called.kind !== 'answered') return called
  const { reply } = called
  return reply.status === 200 ? roleIn(reply.body, plan) : refused(planned, reply, plan)
}

function roleIn(body: string, { profile, accountId, at }: SsoPlan): Outcome {
  const held = objectIn(body)?.['roleCredentials']
  const members = typeof held === 'object' && held !== null ? (held as Record<string, unknown>) : null
  const accessKeyId = textIn(members, 'accessKeyId')
  const secretAccessKey = textIn(members, 'secretAccessKey')
  const sessionToken = textIn(members, 'sessionToken')
  const milliseconds = members?.['expiration']
  const expiration = typeof milliseconds === 'number' ? new Date(milliseconds) : null
  const whole = accessKeyId !== null && secretAccessKey !== null && sessionToken !== null
  if (!whole || expiration === null || Number.isNaN(expiration.getTime())) {
    const because = 'the answer to sso:GetRoleCredentials does not hold whole credentials'
    return failed('unexpected-answer', `UnexpectedAnswer: ${because}`, because, at)
  }
  const values = { accessKeyId, secretAccessKey, sessionToken, expiration, accountId }
  return {
    kind: 'resolved',
    credential: credentialOf('sso', profile, 'sso:GetRoleCredentials', values),
    roleSession: null,
  }
}

/** What the portal's refusals mean (portal API reference, GetRoleCredentials; a role that is not assigned is answered 403). */
function refused(planned: PlannedCall, reply: Parameters<typeof refusalOf>[1], plan: SsoPlan): Failed {
  const failure = refusalOf(planned, reply)
  const code = codeOf(reply)
  if (reply.status === 401 || code === 'UnauthorizedException') {
    const because = 'IAM Identity Center does not accept the cached access token (it is over, or the session was ended)'
    return { ...failure, reason: 'token-expired', says: `UnauthorizedSSOTokenError: ${sessionOver}`, because }
  }
  if (reply.status === 403 || code === 'ForbiddenException') {
    const because = `IAM Identity Center does not give this person the role ${plan.roleName} in account ${plan.accountId}`
    return { ...failure, reason: 'role-unassigned', because }
  }
  return failure
}

const sessionOver =
  'The SSO session associated with this profile has expired or is otherwise invalid. To refresh this SSO session run aws sso ' +
  'login with the corresponding profile.'

/** The cached access token, renewed first when it may be and has to be. */
export async function accessTokenOf(plan: SsoPlan, means: Means): Promise<string | Failed | Described> {
  const token = readToken(means.machine, plan.tokenFile)
  const name = plan.sessionName ?? plan.startUrl
  if (typeof token === 'string') {
    const says = `SSOTokenLoadError: Error loading SSO Token: Token for ${name} does not exist`
    return failed('token-missing', says, `there is no cached token for ${name}: ${token}`, plan.at)
  }
  const accessToken = textIn(token.members, 'accessToken')
  const ends = parseInstant(textIn(token.members, 'expiresAt') ?? '')
  if (accessToken === null || ends === null) {
    const says = `SSOTokenLoadError: Error loading SSO Token: Token for ${plan.startUrl} is invalid`
    return failed('token-missing', says, `${token.file} holds no access token with its end`, plan.at)
  }
  const left = ends.at.getTime() - means.machine.now().getTime()
  const mayRenew = plan.sessionName !== null && left < renewsWithin(means) * 60_000
  const renewed = mayRenew ? await renew(plan, means, token) : 'the legacy form of SSO has no renewal'
  if (typeof renewed === 'object' && renewed.kind === 'renewed') return renewed.accessToken
  // What is left of the old one is still good.
  if (left > 0) return sendable(accessToken, plan)
  if (typeof renewed === 'object') return renewed
  const ended = `the cached token for ${name} ended ${instantText(ends.at)}`
  const says =
    plan.sessionName === null
      ? `UnauthorizedSSOTokenError: ${sessionOver}`
      : 'TokenRetrievalError: Error when retrieving token from sso: Token has expired and refresh failed'
  return failed('token-expired', says, `${ended}; ${renewed}`, plan.at)
}

function sendable(accessToken: string, { at }: SsoPlan): string | Failed {
  if (/^[\x21-\x7e]{1,65536}$/.test(accessToken)) return accessToken
  const because = 'the cached access token cannot be sent'
  return failed('token-missing', `SSOTokenLoadError: ${because}`, because, at)
}

type Renewal = { readonly kind: 'renewed'; readonly accessToken: string } | Failed | Described | string

/** OIDC CreateToken with the refresh token. A string says why the token was not renewed. */
async function renew(plan: SsoPlan, means: Means, token: CachedToken): Promise<Renewal> {
  const { members } = token
  const clientId = textIn(members, 'clientId')
  const clientSecret = textIn(members, 'clientSecret')
  const refreshToken = textIn(members, 'refreshToken')
  const registered = parseInstant(textIn(members, 'registrationExpiresAt') ?? '')
  if (clientId === null || clientSecret === null || refreshToken === null || registered === null) {
    return 'it holds nothing to renew it with'
  }
  const now = means.machine.now()
  if (registered.at <= now) return 'the registration of the client that could renew it is over, too'
  if (means.offline) return described('network', `sso-oidc:CreateToken would be asked to renew ${token.file}`)
  if (means.disk === null) {
    const because = `the cached token ${token.file} is over; it was not renewed, because a renewed one could not be kept here`
    return failed('not-renewed', `TokenRetrievalError: ${because}`, because, plan.at)
  }
  const endpoint = signInEndpoint(means, 'sso_oidc', plan.region)
  if (endpoint === null) return wrongRegion(plan.region, plan.at)
  const planned: PlannedCall = {
    service: 'sso-oidc',
    operation: 'CreateToken',
    at: plan.at,
    request: {
      method: 'POST',
      url: `${endpoint}/token`,
      headers: [['Content-Type', 'application/json']],
      body: JSON.stringify({ clientId, clientSecret, grantType: 'refresh_token', refreshToken }),
    },
  }
  const called = await call(means, planned)
  if (called.kind !== 'answered') return called
  if (called.reply.status !== 200) return notRenewed(planned, called.reply)
  const answer = objectIn(called.reply.body)
  const accessToken = textIn(answer, 'accessToken')
  const seconds = answer?.['expiresIn']
  if (accessToken === null || typeof seconds !== 'number' || !(seconds > 0 && seconds < 1e9)) {
    const because = 'the answer to sso-oidc:CreateToken does not hold a token with its end'
    return failed('unexpected-answer', `UnexpectedAnswer: ${because}`, because, plan.at)
  }
  writeToken(means, token, {
    ...members,
    startUrl: plan.startUrl,
    region: plan.region,
    accessToken,
    expiresAt: instantText(new Date(now.getTime() + seconds * 1000)),
    // Without a new one the old one stays good (RFC 6749 §6).
    refreshToken: textIn(answer, 'refreshToken') ?? refreshToken,
  })
  return { kind: 'renewed', accessToken }
}

function notRenewed(planned: PlannedCall, reply: Parameters<typeof refusalOf>[1]): Failed | string {
  const failure = refusalOf(planned, reply)
  return failure.reason === 'refused' ? `renewing it was refused: ${failure.says}` : failure
}
