import { sha256Hex } from '../files/digest.ts'
import { expandHome, expandVariables } from '../files/expand.ts'
import type { Machine } from '../machine/machine.ts'
import { absolutePath, joinPath } from '../machine/paths.ts'
import type { SourceAnswer } from './answer.ts'
import { jsonCacheEntry, keyError, membersOf } from './json-cache.ts'
import type { LoginPlan } from './plan.ts'
import { naiveInstant, parsedByPython } from './python-dates.ts'
import { profileSettings, type SourceGround } from './settings.ts'
import { absent, broken, deferred, refusedFiles, type Source } from './source.ts'

/** A session of `aws login` (botocore `LoginProvider`). */
export const login: Source = {
  provider: 'login',
  ask({ machine, files, profile, login: use }) {
    const refusal = refusedFiles(files)
    if (refusal !== null) return refusal
    const session = profileSettings(files, profile)?.get('login_session')
    if (session === undefined) return absent(`[${profile}] has no login_session`)
    if (use === 'unknown') return absent('this version does not know login_session', session.at)
    if (use === 'usable') {
      const plan: LoginPlan = {
        kind: 'login',
        profile,
        session: session.value,
        cacheFile: cacheFileOf(machine, session.value),
        region: null,
        at: session.at,
      }
      return (
        refusedSession(machine, plan) ??
        deferred(`the session ${session.value} of aws login would be used`, session.at, plan)
      )
    }
    const says =
      'MissingDependencyException: Missing Dependency: Using the login credential provider requires an additional dependency. ' +
      'You will need to pip install "botocore[crt]" before proceeding.'
    return broken('unsupported', says, `[${profile}] has login_session, which needs the AWS CRT`, session.at)
  },
}

/** botocore utils.py `get_login_token_cache_directory` and `generate_login_cache_key`. */
function cacheFileOf(machine: Machine, session: string): string {
  const named = machine.env('AWS_LOGIN_CACHE_DIRECTORY')
  const written =
    named === undefined ? joinPath(machine, '~', '.aws', 'login', 'cache') : expandVariables(machine, named)
  return absolutePath(machine, joinPath(machine, expandHome(machine, written), `${sha256Hex(session)}.json`))
}

const tokenFields = ['accessToken', 'refreshToken', 'dpopKey', 'clientId'] as const
const accessFields = ['accessKeyId', 'secretAccessKey', 'sessionToken', 'expiresAt', 'accountId'] as const

/** The error that loading the cached session ends in, null when it can be loaded (`LoginCredentialFetcher.load_cached_credentials`). */
function refusedSession(machine: Machine, { session, cacheFile, at }: LoginPlan): SourceAnswer | null {
  const refused = (says: string, because: string): SourceAnswer => broken('configuration', says, because, at)
  const failed = (words: string): string => `LoginTokenLoadError: Error loading login session token: ${words}`
  const entry = jsonCacheEntry(machine, cacheFile)
  if (entry.kind === 'absent') {
    const words = `Unable to load a existing login session for session ${session}. Please reauthenticate with 'aws login'.`
    return broken('file-unreadable', failed(words), `the session is not cached (${cacheFile})`, at)
  }
  const token = entry.kind === 'found' ? membersOf(entry.value) : null
  if (token === null)
    return broken('file-syntax', keyError(cacheFile), `the cached session ${cacheFile} is no JSON`, at)
  const missing = tokenFields.filter((field) => token[field] === undefined)
  if (missing.length > 0) {
    const words = `Failed to load access token from token cache, missing required fields: ${missing.join(', ')}.`
    return refused(failed(words), `the cached session ${cacheFile} lacks ${missing.join(', ')}`)
  }
  const access = membersOf(token['accessToken']) ?? {}
  const absentField = accessFields.find((field) => access[field] === undefined)
  if (absentField !== undefined) {
    return refused(`KeyError: '${absentField}'`, `the cached session ${cacheFile} lacks ${absentField}`)
  }
  const expires = parsedByPython(String(access['expiresAt']))
  const odd = `expiresAt of ${cacheFile} is no instant`
  if ('says' in expires) return refused(expires.says, odd)
  return expires.zone === 'local' ? refused(naiveInstant, odd) : null
}

/** Whether a cached session is so near its end that it is renewed before it is used. */
export function isLoginRenewed({ machine }: Pick<SourceGround, 'machine'>, { cacheFile }: LoginPlan): boolean {
  const entry = jsonCacheEntry(machine, cacheFile)
  const token = entry.kind === 'found' ? membersOf(entry.value) : null
  const expires = parsedByPython(String(membersOf(token?.['accessToken'])?.['expiresAt']))
  return 'at' in expires && expires.at.getTime() - machine.now().getTime() <= 5 * 60 * 1000
}
