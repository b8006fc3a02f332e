import { parseRfc3339 } from '../../files/dialects/go-text.ts'
import { sha1Hex, sha256Hex } from '../../files/digest.ts'
import type { Machine } from '../../machine/machine.ts'
import { fallingOver, type GoError, plainError } from './answer.ts'
import { goTypeOf, isObject, jsonKindOf, member, parseGoJson } from './json.ts'
import { homeOf, homeVariable, joined, readNamed, unreadableWords } from './places.ts'

/** What a cached token file comes to: the path, as the SDK writes it, and the error when it cannot be used. */
export interface CachedToken {
  readonly written: string
  readonly path: string
  readonly error: GoError | null
  /** It is over, and is changed for a new one. */
  readonly isRefreshed: boolean
}

type SsoFields = Readonly<Record<'accessToken' | 'refreshToken' | 'clientId' | 'clientSecret', string>> & {
  readonly expiresAt: Date | null
}

/**
 * The token of an `sso-session`. Sources: aws-sdk-go-v2 credentials/ssocreds/sso_cached_token.go, sso_token_provider.go;
 * aws-sdk-go has the same in aws/credentials/ssocreds.
 *
 * @param key the session's name, or the start URL for the legacy form of version 2
 */
export function ssoToken(machine: Machine, key: string): CachedToken {
  const written = joined(machine, homeOf(machine), '.aws', 'sso', 'cache', `${sha1Hex(key)}.json`)
  const { path, reading, text } = readNamed(machine, written)
  const token = (error: GoError | null, isRefreshed = false): CachedToken => ({ written, path, error, isRefreshed })
  if (reading.kind !== 'found') {
    const why = unreadableWords(machine, written, reading)
    return token({ name: 'PathError', text: `failed to read cached SSO token file, ${why}` })
  }
  const fields = ssoFields(text)
  if ('text' in fields) return token({ ...fields, text: `failed to parse cached SSO token file, ${fields.text}` })
  // The year 1 is Go's instant that is none.
  if (fields.accessToken === '' || fields.expiresAt === null || fields.expiresAt.getTime() === zeroTime) {
    return token(plainError('cached SSO token must contain accessToken and expiresAt fields'))
  }
  if (machine.now().getTime() <= fields.expiresAt.getTime()) return token(null)
  const canRefresh = fields.clientId !== '' && fields.clientSecret !== '' && fields.refreshToken !== ''
  const over = 'cached SSO token is expired, or not present, and cannot be refreshed'
  return token(canRefresh ? null : plainError(`refresh cached SSO token failed, ${over}`), canRefresh)
}

const zeroTime = Date.UTC(2001, 0, 1) - 63_113_904_000_000

function ssoFields(text: string): SsoFields | GoError {
  const parsed = parseGoJson(text)
  if (parsed.kind === 'error') return parsed.error
  const found: Record<string, string> = { accessToken: '', refreshToken: '', clientId: '', clientSecret: '' }
  let expiresAt: Date | null = null
  // Anything but an object is as if it were empty.
  for (const [name, value] of isObject(parsed.value) ? Object.entries(parsed.value) : []) {
    if (name !== 'expiresAt' && !Object.hasOwn(found, name)) continue
    if (typeof value !== 'string') {
      return plainError(`field "${name}", expect value to be string, got ${goTypeOf(value)}`)
    }
    if (name !== 'expiresAt') found[name] = value
    else {
      expiresAt = parseRfc3339(value)
      if (expiresAt === null)
        return { ...timeError(value), text: `field "expiresAt", expected RFC3339 timestamp: ${timeError(value).text}` }
    }
  }
  return { ...(found as unknown as SsoFields), expiresAt }
}

function timeError(text: string): GoError {
  return { name: 'ParseError', text: `parsing time "${text}" as "2006-01-02T15:04:05Z07:00": cannot parse "${text}"` }
}

/** The token of the legacy form, which cannot be refreshed; version 1 looks for it below the home of the variable alone. */
export function legacyTokenOfV1(machine: Machine, startUrl: string): CachedToken {
  const written = joined(machine, homeVariable(machine), '.aws', 'sso', 'cache', `${sha1Hex(startUrl)}.json`)
  const { path, reading, text } = readNamed(machine, written)
  const invalid = (why: string): CachedToken => {
    const error = { name: 'SSOProviderInvalidToken', text: `the SSO session has expired or is invalid${why}` }
    return { written, path, error, isRefreshed: false }
  }
  if (reading.kind !== 'found') return invalid(`\ncaused by: ${unreadableWords(machine, written, reading)}`)
  const parsed = parseGoJson(text)
  if (parsed.kind === 'error') return invalid(`\ncaused by: ${parsed.error.text}`)
  if (!isObject(parsed.value)) return invalid(parsed.value === null ? '' : misfit(parsed.value, 'ssocreds.token'))
  for (const name of ['accessToken', 'region', 'startUrl']) {
    const value = member(parsed.value, name)
    if (value !== undefined && value !== null && typeof value !== 'string') return invalid(misfit(value, 'string'))
  }
  const end = member(parsed.value, 'expiresAt')
  if (end !== undefined && end !== null && typeof end !== 'string') return invalid(misfit(end, 'string'))
  const expiresAt = typeof end === 'string' ? parseRfc3339(end) : new Date(zeroTime)
  if (expiresAt === null) return invalid(`\ncaused by: expected RFC3339 timestamp: ${timeError(String(end)).text}`)
  const accessToken = member(parsed.value, 'accessToken')
  if (typeof accessToken !== 'string' || accessToken === '') return invalid('')
  return machine.now().getTime() > expiresAt.getTime()
    ? invalid('')
    : { written, path, error: null, isRefreshed: false }
}

function misfit(value: unknown, type: string): string {
  return `\ncaused by: json: cannot unmarshal ${jsonKindOf(value)} into Go value of type ${type}`
}

/** The cached session of `aws login`. Source: aws-sdk-go-v2 credentials/logincreds `token.go`, `provider.go`. */
export function loginToken(machine: Machine, session: string): CachedToken {
  const named = machine.env('AWS_LOGIN_CACHE_DIRECTORY') ?? ''
  const directory = named === '' ? joined(machine, homeOf(machine), '.aws', 'login', 'cache') : named
  const written = joined(machine, directory, `${sha256Hex(session)}.json`)
  const { path, reading, text } = readNamed(machine, written)
  const token = (error: GoError | null, isRefreshed = false): CachedToken => ({ written, path, error, isRefreshed })
  const unloaded = ({ name, text: why }: GoError): CachedToken => token({ name, text: `load login token: ${why}` })
  if (reading.kind === 'absent') return unloaded(plainError('token file not found, please reauthenticate'))
  if (reading.kind === 'unreadable') {
    return unloaded({ name: 'PathError', text: unreadableWords(machine, written, reading) })
  }
  const parsed = parseGoJson(text)
  if (parsed.kind === 'error') return unloaded(parsed.error)
  if (parsed.value === null) return token(fallenOver)
  const wrong = wrongLoginField(parsed.value)
  if (wrong !== null) return unloaded(wrong)
  const missing = missingLoginField(parsed.value)
  if (missing !== null) return token(plainError(`validate login token: missing ${missing}`))
  const end = parseRfc3339(String(member(member(parsed.value, 'accessToken'), 'expiresAt')), true)!
  return token(null, machine.now().getTime() >= end.getTime())
}

/** What Go says when it follows a pointer to nothing. */
const fallenOver: GoError = {
  name: fallingOver,
  text: 'runtime error: invalid memory address or nil pointer dereference',
}

const accessFields = ['accessKeyId', 'secretAccessKey', 'sessionToken', 'accountId', 'expiresAt']
const tokenFields = ['clientId', 'refreshToken', 'dpopKey']

function wrongLoginField(value: unknown): GoError | null {
  const misfitOf = (wrong: unknown, field: string): GoError => ({
    name: 'UnmarshalTypeError',
    text: `json: cannot unmarshal ${jsonKindOf(wrong)} into Go struct field ${field}`,
  })
  if (!isObject(value)) return misfitOf(value, 'loginToken')
  const access = member(value, 'accessToken') ?? {}
  if (!isObject(access)) return misfitOf(access, 'loginToken.accessToken')
  for (const name of [...accessFields, ...tokenFields, 'tokenType', 'identityToken']) {
    const field = member(accessFields.includes(name) ? access : value, name)
    if (field === undefined || field === null) continue
    if (name === 'expiresAt') {
      if (typeof field !== 'string') return plainError('Time.UnmarshalJSON: input is not a JSON string')
      if (parseRfc3339(field, true) === null) return timeError(field)
    } else if (typeof field !== 'string') return misfitOf(field, `loginToken.${name}`)
  }
  return null
}

function missingLoginField(value: unknown): string | null {
  const access = member(value, 'accessToken')
  if (access === undefined || access === null) return 'accessToken'
  const isMissing = (text: unknown): boolean => text === undefined || text === null || text === ''
  const missing = accessFields.find((name) => isMissing(member(access, name)))
  if (missing !== undefined) return `accessToken.${missing}`
  if (parseRfc3339(String(member(access, 'expiresAt')), true)?.getTime() === zeroTime) return 'accessToken.expiresAt'
  return tokenFields.find((name) => isMissing(member(value, name))) ?? null
}
