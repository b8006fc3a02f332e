import { pythonJson } from '../files/dialects/python-json.ts'
import type { Described } from '../resolution/index.ts'
import { instantText } from '../resolution/token-cache.ts'
import { keepSignIn } from './keep.ts'
import { type LoginMeans, type Refused, refused, refusedBecause } from './means.ts'
import { callOidc, oidcEndpoint, type SsoAnswer, type SsoRefused } from './sso-calls.ts'
import { type Registration, registrationFor } from './sso-registration.ts'
import type { SsoSettings } from './sso-settings.ts'

/** A sign-in that has just been made; its token is in the cache. */
export interface SignedIn {
  readonly kind: 'signed-in'
  readonly accessToken: string
  readonly expiresAt: Date
  /** Whether SDKs can renew it by themselves. */
  readonly renews: boolean
}

export interface SignInWish {
  /** False: never open a browser; the person does, on any device. */
  readonly browser: boolean
  /** True: with a code to type, although the browser could come back by itself. */
  readonly deviceCode: boolean
}

/**
 * Signs a person in to IAM Identity Center and writes the token where every SDK looks for it. As in the AWS CLI since 2.22: the
 * authorization code grant with PKCE where an `sso-session` is configured and a browser of this computer can come back to it,
 * else the device grant (AWS CLI v2 customizations/sso/utils.py `do_sso_login`).
 */
export async function signIn(means: LoginMeans, settings: SsoSettings, wish: SignInWish): Promise<SignedIn | Refused> {
  const browser = wish.browser && means.doors.hasBrowser(means.machine)
  if (browser && !wish.deviceCode && settings.sessionName !== null) {
    const signedIn = await withRedirect(means, settings)
    if (signedIn !== 'not-supported') return signedIn
  }
  return await withDeviceCode(means, settings, browser)
}

/** RFC 6749 §4.1 with PKCE (RFC 7636), as `SSOTokenFetcherAuth`. */
async function withRedirect(means: LoginMeans, settings: SsoSettings): Promise<SignedIn | Refused | 'not-supported'> {
  const registration = await registrationFor(means, settings, 'authorization_code')
  if (registration.kind !== 'registration') {
    // An older OIDC service knows the device grant only.
    const knowsNot = registration.kind === 'failed' && /grant|redirect|metadata/.test(registration.error ?? '')
    return knowsNot ? 'not-supported' : notSignedIn(registration, settings)
  }
  const { createHash, randomBytes } = await import('node:crypto')
  const state = randomBytes(24).toString('base64url')
  const verifier = randomBytes(48).toString('base64url')
  const door = await means.doors.awaitRedirect(state)
  try {
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: registration.clientId,
      redirect_uri: door.redirectUri,
      state,
      code_challenge_method: 'S256',
      ...(settings.scopes === null ? {} : { scope: settings.scopes.join(' ') }),
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    })
    const url = webAddress(`${oidcEndpoint(means, settings.region)}/authorize?${query}`)
    if (url === null) return refused('no-credentials', 'The address of IAM Identity Center here is no web address.')
    const opened = means.doors.openBrowser(means.machine, url)
    means.person.showSignIn({ url, filledIn: null, userCode: null, opened })
    means.onStep('waiting for the sign-in in the browser')
    const answer = await door.answer
    if (answer.kind === 'timed-out')
      return refused('not-signed-in', 'Nobody signed in within ten minutes.', 'Log in again, or with --no-browser.')
    if (answer.kind === 'error') return deniedThere(answer.error)
    const created = await callOidc(means, settings, 'CreateToken', {
      clientId: registration.clientId,
      clientSecret: registration.clientSecret,
      grantType: 'authorization_code',
      code: answer.code,
      codeVerifier: verifier,
      redirectUri: door.redirectUri,
    })
    return created.kind === 'answered' ? keep(means, settings, registration, created) : notSignedIn(created, settings)
  } finally {
    door.close()
  }
}

/** RFC 8628 §3.5: the interval without one, and what `slow_down` adds. */
const usualInterval = 5
const longestInterval = 60
const longestWait = 30 * 60

/** What all browsers take. */
const longestAddress = 8192

/** RFC 8628, as `SSOTokenFetcher`. */
async function withDeviceCode(means: LoginMeans, settings: SsoSettings, browser: boolean): Promise<SignedIn | Refused> {
  let registration = await registrationFor(means, settings, 'device_code')
  if (registration.kind !== 'registration') return notSignedIn(registration, settings)
  let started = await startDevice(means, settings, registration)
  // What was registered long ago may be forgotten there.
  if (started.kind === 'failed' && started.error === 'invalid_client' && !registration.isNew) {
    registration = await registrationFor(means, settings, 'device_code', true)
    if (registration.kind !== 'registration') return notSignedIn(registration, settings)
    started = await startDevice(means, settings, registration)
  }
  if (started.kind !== 'answered') return notSignedIn(started, settings)
  return await withStarted(means, settings, registration, started, browser)
}

async function startDevice(means: LoginMeans, settings: SsoSettings, { clientId, clientSecret }: Registration) {
  const { startUrl } = settings
  return await callOidc(means, settings, 'StartDeviceAuthorization', { clientId, clientSecret, startUrl })
}

async function withStarted(
  means: LoginMeans,
  settings: SsoSettings,
  registration: Registration,
  started: SsoAnswer,
  browser: boolean,
): Promise<SignedIn | Refused> {
  const { clientId, clientSecret } = registration
  const deviceCode = started.text('deviceCode')
  const userCode = userCodeIn(started)
  const url = webAddress(started.text('verificationUri'))
  if (deviceCode === null || userCode === null || url === null)
    return refused('denied', 'The answer to sso-oidc:StartDeviceAuthorization lacks a code or an address.')
  const filledIn = webAddress(started.text('verificationUriComplete'))
  const opened = browser && means.doors.openBrowser(means.machine, filledIn ?? url)
  means.person.showSignIn({ url, filledIn, userCode, opened })
  const until = Math.min(secondsIn(started, 'expiresIn') ?? 600, longestWait)
  let interval = secondsIn(started, 'interval') ?? usualInterval
  for (let waited = 0; waited < until; ) {
    means.onStep(`waiting for the sign-in with the code ${userCode}, ${Math.ceil((until - waited) / 60)} min left`)
    interval = Math.min(interval, longestInterval)
    await means.doors.pause(interval * 1000)
    waited += interval
    const created = await callOidc(means, settings, 'CreateToken', {
      clientId,
      clientSecret,
      grantType: 'urn:ietf:params:oauth:grant-type:device_code',
      deviceCode,
    })
    if (created.kind === 'answered') return keep(means, settings, registration, created)
    if (created.kind === 'described') return notSignedIn(created, settings)
    if (created.error === 'slow_down') interval += 5
    // Out of reach for a moment: asked less often (RFC 8628 §3.5).
    else if (created.reason === 'unreachable' || created.reason === 'unavailable') interval *= 2
    else if (created.error === 'expired_token') break
    else if (created.error !== 'authorization_pending') return notSignedIn(created, settings)
  }
  return refused('not-signed-in', 'Nobody signed in before the code ended.', 'Log in again for a new code.')
}

function secondsIn({ members }: SsoAnswer, name: string): number | null {
  const value = members[name]
  return typeof value === 'number' && value >= 1 && value < 1e6 ? value : null
}

/** Short enough to be typed and compared, in signs that every screen shows (RFC 8628 §6.1); null for anything else. */
function userCodeIn(started: SsoAnswer): string | null {
  const code = started.text('userCode')
  return code !== null && /^[\x21-\x7e]{1,64}$/.test(code) ? code : null
}

/** What the service names is opened in a browser: nothing but a web page may be. */
function webAddress(text: string | null): string | null {
  const url = text === null ? null : URL.parse(text)
  const isWeb = url !== null && (url.protocol === 'https:' || url.protocol === 'http:')
  return isWeb && url.href.length <= longestAddress ? url.href : null
}

/** The token in the form and order in which the AWS CLI writes it. */
function keep(
  means: LoginMeans,
  settings: SsoSettings,
  registration: Registration,
  created: SsoAnswer,
): SignedIn | Refused {
  const accessToken = created.text('accessToken')
  const seconds = secondsIn(created, 'expiresIn')
  if (accessToken === null || seconds === null)
    return refused('denied', 'The answer to sso-oidc:CreateToken does not hold a token with its end.')
  const expiresAt = new Date(means.machine.now().getTime() + seconds * 1000)
  const refreshToken = created.text('refreshToken')
  const members = {
    startUrl: settings.startUrl,
    region: settings.region,
    accessToken,
    expiresAt: instantText(expiresAt),
    clientId: registration.clientId,
    clientSecret: registration.clientSecret,
    registrationExpiresAt: instantText(registration.expiresAt),
    ...(refreshToken === null ? {} : { refreshToken }),
  }
  // First, so that no token can stand there that logout does not know of.
  keepSignIn(means, settings, registration)
  means.disk.write(settings.tokenFile, new TextEncoder().encode(pythonJson(members)))
  return { kind: 'signed-in', accessToken, expiresAt, renews: refreshToken !== null }
}

function notSignedIn(failure: SsoRefused | Described, { profile, startUrl }: SsoSettings): Refused {
  if (failure.kind === 'described') return refused('unreachable', `Offline: ${failure.because}.`)
  if (failure.error === 'access_denied') return deniedThere('access_denied')
  if (failure.error === 'expired_token' || failure.error === 'invalid_grant')
    return refused(
      'not-signed-in',
      'The code of the sign-in was not taken: it came too late, or was used before.',
      'Log in again.',
    )
  const refusal = refusedBecause(failure, profile)
  return refusal.reason === 'unreachable'
    ? refusal
    : {
        ...refusal,
        hint: `Is ${startUrl} the right sso_start_url, and is sso_region the region of that Identity Center?`,
      }
}

function deniedThere(error: string): Refused {
  return error === 'access_denied'
    ? refused('not-signed-in', 'The sign-in was refused on its page.')
    : refused(
        'not-signed-in',
        `The sign-in page came back with an error (${error.replace(/[^\w .-]/g, '').slice(0, 60)}).`,
      )
}
