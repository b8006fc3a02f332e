import { sha1Hex } from '../../files/digest.ts'
import { parseInstant } from '../../files/instants.ts'
import { absolutePath } from '../../machine/paths.ts'
import { rubyHome } from './files.ts'
import type { RubyGround } from './ground.ts'

export const guidance =
  'The SSO session associated with this profile has expired or is otherwise invalid. To refresh this SSO session run ' +
  'aws sso login with the corresponding profile.'

/** The cache file of `aws sso login` for the name of a session, or a start URL. */
export function cacheFile({ machine }: RubyGround, identifier: string): string {
  return absolutePath(
    machine,
    [rubyHome(machine) ?? '', '.aws', 'sso', 'cache', `${sha1Hex(identifier)}.json`].join('/'),
  )
}

/** Why the cached token of a session can not be used (sso_token_provider.rb); null when it can. */
export function refusedBearer(ground: RubyGround, path: string): string | null {
  const token = readJson(ground, path)
  if (token.kind === 'error') return token.says
  if (token.kind === 'none') return `Aws::Errors::InvalidSSOToken: ${guidance}`
  const { members } = token
  const expiresAt = expiryOf(members)
  if (typeof expiresAt === 'string') return expiresAt === '' ? `Aws::Errors::InvalidSSOToken: ${guidance}` : expiresAt
  const now = ground.machine.now().getTime()
  const end = Math.floor(expiresAt.getTime() / 1000)
  if (Math.floor(now / 1000) + 300 <= end) return null
  if (['clientId', 'clientSecret', 'refreshToken'].every((name) => isSet(members[name]))) {
    const registration = members['registrationExpiresAt']
    if (!isSet(registration)) return null
    const until = typeof registration === 'string' ? timeOf(registration) : null
    if (until === null) return `ArgumentError: no time information in ${JSON.stringify(registration)}`
    // What can be refreshed is refreshed.
    if (until.getTime() > now) return null
  }
  return expiresAt.getTime() < now ? 'Aws::Errors::InvalidSSOToken: Token is invalid and failed to refresh.' : null
}

/** The end of a token; `''` when it has none that can be read, an error of Ruby's own when it is no text. */
export function expiryOf(members: Readonly<Record<string, unknown>>): Date | string {
  const { accessToken, expiresAt } = members
  if (!isSet(accessToken) || !isSet(expiresAt)) return ''
  if (typeof expiresAt !== 'string') return 'TypeError: no implicit conversion into String'
  return timeOf(expiresAt) ?? ''
}

/** `Time.parse`, as far as tools write times; without a zone it is that of the machine, which is taken for UTC. */
function timeOf(text: string): Date | null {
  return parseInstant(text)?.at ?? null
}

/** Ruby's truth: all but `nil` and `false`. */
export function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false
}

type Json =
  | { readonly kind: 'read'; readonly members: Readonly<Record<string, unknown>> }
  | { readonly kind: 'none' }
  | { readonly kind: 'error'; readonly says: string }

export function readJson({ machine }: RubyGround, path: string): Json {
  const found = machine.readFile(path)
  if (found.kind === 'absent') return { kind: 'none' }
  if (found.kind === 'unreadable') {
    const says =
      found.because === 'directory'
        ? `Errno::EISDIR: Is a directory @ io_fread - ${path}`
        : `Errno::EACCES: Permission denied @ rb_sysopen - ${path}`
    return { kind: 'error', says }
  }
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder().decode(found.bytes))
  } catch {
    return { kind: 'none' }
  }
  if (value === null) return { kind: 'error', says: "NoMethodError: undefined method `[]' for nil:NilClass" }
  if (Array.isArray(value)) return { kind: 'error', says: 'TypeError: no implicit conversion of String into Integer' }
  return typeof value === 'object' ? { kind: 'read', members: value as Record<string, unknown> } : { kind: 'none' }
}
