import { sha256Hex } from '../../files/digest.ts'
import type { Setting, Settings } from '../../files/reading.ts'
import { absolutePath, joinPath } from '../../machine/paths.ts'
import { dateOf, type JsonFile, type Members, membersOf, readJson } from './json-file.ts'
import { systemHome } from './places.ts'
import { readError } from './sections.ts'
import { refusedCall } from './v3-calls.ts'
import type { V3Ground } from './v3-ground.ts'
import type { Planned, Refused } from './v3-resolution.ts'

const refreshWindow = 5 * 60 * 1000

/**
 * What comes of a session of `aws login`. Everything that its file lacks stops the chain; a refresh that fails goes on when the
 * session is over, and is no matter as long as it is not.
 *
 * Source: credential-provider-login LoginCredentialsFetcher.js.
 */
export function loginResolution(ground: V3Ground, profile: string, settings: Settings): Planned | Refused {
  const { machine } = ground
  const session = settings.get('login_session')!
  const folder =
    machine.env('AWS_LOGIN_CACHE_DIRECTORY') ?? joinPath(machine, systemHome(machine), '.aws', 'login', 'cache')
  const written = joinPath(machine, folder, `${sha256Hex(session.value)}.json`)
  const token = readJson(machine, written)
  const wrong = fileError(token, written)
  if (wrong !== null || token.kind !== 'value' || token.value === null) {
    const says = `CredentialsProviderError: Failed to load token from ${written}: ${wrong}`
    return refusedSession(session, says, `the session of aws login in ${written} cannot be used`)
  }
  const region = regionOf(ground, token.value, settings)
  const refused = refusedRefresh(ground, token.value, region, session)
  if (refused !== null) return refused
  return {
    kind: 'planned',
    plan: {
      kind: 'login',
      profile,
      session: session.value,
      cacheFile: absolutePath(machine, written),
      region: region?.value ?? null,
      at: session.at,
    },
  }
}

function fileError(token: JsonFile, written: string): string | null {
  if (token.kind === 'unread') return `Error: ${readError(token.because, written, 'promise')}`
  if (token.kind === 'invalid') return `SyntaxError: ${token.says}`
  if (token.value === null) return "TypeError: Cannot read properties of null (reading 'accessToken')"
  const members = token.value
  const missing = ['accessToken', 'clientId', 'refreshToken', 'dpopKey'].filter((key) => !members[key])
  if (!membersOf(members['accessToken'])?.['accountId']) missing.push('accountId')
  if (missing.length === 0) return null
  return `CredentialsProviderError: Token validation failed, missing fields: ${missing.join(', ')}`
}

type Region = Pick<Setting, 'value'> & { readonly at: Refused['at'] | null }

/** The region whose sign-in service refreshes the session; null when there is none. */
function regionOf({ region }: V3Ground, token: Members, settings: Settings): Region | null {
  const signedIn = token['signInRegion']
  if (typeof signedIn === 'string' && signedIn !== '') return { value: signedIn, at: null }
  const own = settings.get('region')
  if (own !== undefined) return own
  return typeof region === 'string' ? null : { value: region.name, at: region.at }
}

/** The error of a refresh that cannot be asked for, if the session is over; else null. */
function refusedRefresh(ground: V3Ground, token: Members, region: Region | null, session: Setting): Refused | null {
  const now = ground.machine.now().getTime()
  const end = dateOf(membersOf(token['accessToken'])?.['expiresAt']).getTime()
  // An end that is no date is never near.
  if (Number.isNaN(end) || end - now > refreshWindow) return null
  if (region?.value === '') {
    return refusedSession(session, 'Error: Region is missing', 'the region of the sign-in service is empty')
  }
  const why = refreshError(ground, region, session)
  if (why === null || end > now) return null
  const says = `CredentialsProviderError: Failed to refresh token: ${why}. Please re-authenticate using aws login`
  const because = 'the session of aws login is over and cannot be refreshed'
  return { kind: 'refused', reason: 'expired', says, goesOn: true, because, at: session.at }
}

function refreshError(ground: V3Ground, region: Region | null, { at }: Setting): string | null {
  if (region === null) return ground.region === 'unknown' ? null : 'Error: Region is missing'
  const refused = refusedCall(ground, 'signin', { name: region.value, at: region.at }, at)
  return refused?.says ?? null
}

function refusedSession({ at }: Setting, says: string, because: string): Refused {
  return { kind: 'refused', reason: 'configuration', says, goesOn: false, because, at }
}
