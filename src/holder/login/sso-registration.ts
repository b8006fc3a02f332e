import { pythonJson } from '../files/dialects/python-json.ts'
import { sha1Hex } from '../files/digest.ts'
import { expandHome } from '../files/expand.ts'
import { parseInstant } from '../files/instants.ts'
import { absolutePath, joinPath } from '../machine/paths.ts'
import type { Described } from '../resolution/index.ts'
import { failed } from '../resolution/resolution.ts'
import { instantText, readToken } from '../resolution/token-cache.ts'
import type { LoginMeans } from './means.ts'
import { callOidc, type SsoRefused } from './sso-calls.ts'
import type { SsoSettings } from './sso-settings.ts'

/** A client that is registered with the OIDC service. */
export interface Registration {
  readonly kind: 'registration'
  readonly clientId: string
  readonly clientSecret: string
  readonly expiresAt: Date
  /** Absolute. */
  readonly file: string
  /** Whether it was registered now, and not found in the cache. */
  readonly isNew: boolean
}

export type Grant = 'authorization_code' | 'device_code'

/** Registrations that nearly end are made anew (`_EXPIRY_WINDOW`). */
const windowMs = 15 * 60_000

/** Without a port: the authorization server lets a loopback address have any (RFC 8252 §7.3). */
const registeredRedirect = 'http://127.0.0.1/oauth/callback'

/**
 * The client for a sign-in, from the cache where the AWS CLI keeps it and in the form in which it does, or registered now.
 * (AWS CLI v2 botocore/utils.py `SSOTokenFetcher._registration`, `SSOTokenFetcherAuth._register_client`,
 * `BaseSSOTokenFetcher._registration_cache_key`.)
 *
 * @param anew true: the cached one was refused
 */
export async function registrationFor(
  means: LoginMeans,
  settings: SsoSettings,
  grant: Grant,
  anew = false,
): Promise<Registration | SsoRefused | Described> {
  const file = registrationFile(means, settings)
  const cached = readToken(means.machine, file)
  const before = typeof cached === 'string' ? null : cached.members
  const known = before === null || anew ? null : knownIn(before, grant, means.machine.now())
  if (known !== null) return { ...known, kind: 'registration', file, isNew: false }
  const scopes = settings.scopes ?? (grant === 'authorization_code' ? ['sso:account:access'] : null)
  const answer = await callOidc(means, settings, 'RegisterClient', {
    clientName: `botocore-client-${settings.sessionName ?? Math.floor(means.machine.now().getTime() / 1000)}`,
    clientType: 'public',
    ...(scopes === null ? {} : { scopes }),
    ...(grant === 'authorization_code'
      ? {
          grantTypes: ['authorization_code', 'refresh_token'],
          redirectUris: [registeredRedirect],
          issuerUrl: settings.startUrl,
        }
      : {}),
  })
  if (answer.kind !== 'answered') return answer
  const [clientId, clientSecret, seconds] = [
    answer.text('clientId'),
    answer.text('clientSecret'),
    answer.members['clientSecretExpiresAt'],
  ]
  if (clientId === null || clientSecret === null || typeof seconds !== 'number' || !(seconds > 0 && seconds < 1e11)) {
    const because = 'the answer to sso-oidc:RegisterClient does not hold a whole client'
    return { ...failed('unexpected-answer', `UnexpectedAnswer: ${because}`, because, settings.at), error: null }
  }
  const expiresAt = new Date(seconds * 1000)
  const members = {
    clientId,
    clientSecret,
    expiresAt: instantText(expiresAt),
    ...(scopes === null ? {} : { scopes }),
    ...(grant === 'authorization_code' ? { grantTypes: ['authorization_code', 'refresh_token'] } : {}),
  }
  means.disk.write(file, new TextEncoder().encode(pythonJson(members)))
  return { kind: 'registration', clientId, clientSecret, expiresAt, file, isNew: true }
}

/** The members in alphabetical order, as `sort_keys` wants them. */
export function registrationFile({ machine }: Pick<LoginMeans, 'machine'>, settings: SsoSettings): string {
  const { region, scopes, sessionName, startUrl } = settings
  const key = { region, scopes, session_name: sessionName, startUrl, tool: 'botocore' }
  const directory = expandHome(machine, joinPath(machine, '~', '.aws', 'sso', 'cache'))
  return absolutePath(machine, joinPath(machine, directory, `${sha1Hex(pythonJson(key))}.json`))
}

function knownIn(
  members: Readonly<Record<string, unknown>>,
  grant: Grant,
  now: Date,
): Pick<Registration, 'clientId' | 'clientSecret' | 'expiresAt'> | null {
  const { clientId, clientSecret, expiresAt, grantTypes } = members
  const ends = typeof expiresAt === 'string' ? (parseInstant(expiresAt)?.at ?? null) : null
  if (typeof clientId !== 'string' || typeof clientSecret !== 'string' || ends === null) return null
  if (ends.getTime() - now.getTime() < windowMs) return null
  const forCode = Array.isArray(grantTypes) && grantTypes.includes('authorization_code')
  return forCode === (grant === 'authorization_code') ? { clientId, clientSecret, expiresAt: ends } : null
}
