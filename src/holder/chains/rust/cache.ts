import { trimRust } from '../../files/dialects/sdk-spec-rust.ts'
import { sha1Hex, sha256Hex } from '../../files/digest.ts'
import { absolutePath } from '../../machine/paths.ts'
import { fileBelow, rustHome } from './files.ts'
import type { RustGround } from './ground.ts'

/** A cache file as the SDK for Rust takes it, or its words for why it does not. */
export type Cached<T> =
  | { readonly kind: 'read'; readonly path: string; readonly value: T }
  | { readonly kind: 'refused'; readonly path: string | null; readonly says: string }

export interface SsoToken {
  readonly expiresAt: Date
  /** Whether it has all that the refresh needs, at this instant. */
  readonly canBeRefreshed: boolean
}

/**
 * The token of `aws sso login`.
 *
 * @param identifier the name of the `sso-session`; the start URL in the legacy form
 * Source: aws-config sso/cache.rs, sso/token.rs.
 */
export function ssoToken(ground: RustGround, identifier: string): Cached<SsoToken> {
  const home = rustHome(ground.machine)
  if (home === null) return { kind: 'refused', path: null, says: "couldn't resolve a home directory" }
  const path = fileBelow(ground.machine, home, '.aws', 'sso', 'cache', `${sha1Hex(identifier)}.json`)
  const refused = (says: string): Cached<SsoToken> => ({ kind: 'refused', path, says })
  const text = readText(ground, path)
  if (text.kind === 'refused') return refused(`failed to read \`${path}\`: ${text.says}`)
  const members = membersOf(text.text)
  if (members === null) return refused('invalid JSON in cached SSO token file')
  for (const name of ['accessToken', 'expiresAt']) {
    if (!members.has(name.toLowerCase())) return refused(`missing field \`${name}\` in cached SSO token file`)
  }
  const expiresAt = parseRustInstant(members.get('expiresat')!)
  const registration = members.get('registrationexpiresat')
  const registeredUntil = registration === undefined ? null : parseRustInstant(registration)
  const invalid =
    expiresAt === null
      ? 'expiresAt'
      : registration !== undefined && registeredUntil === null
        ? 'registrationExpiresAt'
        : null
  if (expiresAt === null || invalid !== null) {
    return refused(`invalid value for the \`${invalid}\` field in the cached SSO token file`)
  }
  const canBeRefreshed =
    ['clientid', 'clientsecret', 'refreshtoken'].every((name) => members.has(name)) &&
    registeredUntil !== null &&
    registeredUntil.getTime() > ground.machine.now().getTime()
  return { kind: 'read', path, value: { expiresAt, canBeRefreshed } }
}

/** The session of `aws login`. Source: aws-config login/cache.rs, json_credentials.rs. */
export function loginSession(
  ground: RustGround,
  session: string,
): Cached<{ readonly expiresAt: Date; readonly dpopKey: string }> {
  const { machine } = ground
  const name = `${sha256Hex(trimRust(session))}.json`
  const folder = machine.env('AWS_LOGIN_CACHE_DIRECTORY')
  const home = rustHome(machine)
  if (folder === undefined && home === null) {
    return { kind: 'refused', path: null, says: "couldn't resolve a home directory" }
  }
  const path =
    folder === undefined ? fileBelow(machine, home!, '.aws', 'login', 'cache', name) : fileBelow(machine, folder, name)
  const text = readText(ground, path)
  if (text.kind === 'refused') return { kind: 'refused', path, says: `failed to read \`${path}\`: ${text.says}` }
  const invalid = { kind: 'refused', path, says: 'invalid JSON in cached Login token file' } as const
  const members = objectOf(text.text)
  if (members === null) return invalid
  const access = members.get('accesstoken')
  const missing = (field: string) =>
    ({ kind: 'refused', path, says: `missing field \`${field}\` in cached Login token file` }) as const
  if (access === undefined || access === null || typeof access !== 'object' || Array.isArray(access))
    return missing('accessKeyId')
  const inner = stringsOf(access)
  if (Object.values(access).some((value) => value !== null && typeof value === 'object' && !Array.isArray(value)))
    return invalid
  const expiration = inner.get('expiration') ?? inner.get('expiresat')
  const expiresAt = expiration === undefined ? null : parseRustInstant(expiration)
  const hasToken = inner.has('token') || inner.has('sessiontoken')
  const code = inner.get('code')
  if ((code !== undefined && code !== 'Success') || !inner.has('accesskeyid') || !inner.has('secretaccesskey'))
    return invalid
  if (!hasToken || expiresAt === null) return invalid
  if (!inner.has('accountid')) return missing('accountId')
  const outer = stringsOf(Object.fromEntries(members))
  for (const field of ['clientId', 'dpopKey', 'refreshToken']) {
    if (!outer.has(field.toLowerCase())) return missing(field)
  }
  return { kind: 'read', path, value: { expiresAt, dpopKey: outer.get('dpopkey')! } }
}

/** A file's text, or that SDK's words for why there is none. */
export function readText(
  { machine }: Pick<RustGround, 'machine'>,
  path: string,
):
  | { readonly kind: 'read'; readonly text: string }
  | { readonly kind: 'refused'; readonly says: string; readonly because: 'io' | 'not-utf-8' } {
  const found = path === '' ? ({ kind: 'absent' } as const) : machine.readFile(absolutePath(machine, path))
  if (found.kind !== 'found') {
    const says =
      found.kind === 'absent'
        ? 'No such file or directory (os error 2)'
        : found.because === 'directory'
          ? 'Is a directory (os error 21)'
          : found.because === 'permission'
            ? 'Permission denied (os error 13)'
            : found.detail
    return { kind: 'refused', because: 'io', says }
  }
  try {
    return { kind: 'read', text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(found.bytes) }
  } catch {
    return { kind: 'refused', because: 'not-utf-8', says: 'stream did not contain valid UTF-8' }
  }
}

/** Members that are text, by their names in lower case. Null when the text is no JSON object. */
function membersOf(text: string): ReadonlyMap<string, string> | null {
  const members = objectOf(text)
  return members === null ? null : stringsOf(Object.fromEntries(members))
}

function objectOf(text: string): ReadonlyMap<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return null
    return new Map(Object.entries(value).map(([name, member]) => [name.toLowerCase(), member]))
  } catch {
    return null
  }
}

function stringsOf(members: object): ReadonlyMap<string, string> {
  const strings = new Map<string, string>()
  for (const [name, value] of Object.entries(members))
    if (typeof value === 'string') strings.set(name.toLowerCase(), value)
  return strings
}

/** RFC 3339 in UTC with its `Z` (aws-smithy-types date_time/format.rs `rfc3339::parse` without offsets). */
export function parseRustInstant(text: string): Date | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.\d+)?Z$/.exec(text)
  if (match === null) return null
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const at = new Date(Date.UTC(year, month - 1, day, hour, minute, second))
  at.setUTCFullYear(year, month - 1, day)
  const isDate = at.getUTCMonth() === month - 1 && at.getUTCDate() === day && month > 0
  return isDate && hour < 24 && minute < 60 && second < 60 ? at : null
}
