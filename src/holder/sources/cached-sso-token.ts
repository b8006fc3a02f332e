import { parseInstant } from '../files/instants.ts'
import type { Machine } from '../machine/machine.ts'

/** What a cache file of `aws sso login` holds, as far as it can be told without showing it. */
export type CachedSsoToken =
  | { readonly kind: 'absent' }
  /** It cannot be read, or is no JSON object. */
  | { readonly kind: 'broken' }
  | {
      readonly kind: 'found'
      readonly hasAccessToken: boolean
      /** Null when it is no date. */
      readonly expiresAt: Date | null
      readonly hasRefreshToken: boolean
      /** Whether the client is registered that would refresh the token: its id and secret are there. */
      readonly hasClient: boolean
      /** The end of that registration; null when none is told. */
      readonly registrationExpiresAt: Date | null
    }

/** Reads `~/.aws/sso/cache/<sha1>.json`. `path` is absolute. Never throws. */
export function cachedSsoToken(machine: Machine, path: string): CachedSsoToken {
  const reading = machine.readFile(path)
  if (reading.kind === 'absent') return { kind: 'absent' }
  if (reading.kind !== 'found') return { kind: 'broken' }
  const members = objectOf(new TextDecoder().decode(reading.bytes))
  if (members === null) return { kind: 'broken' }
  const isText = (name: string): boolean => typeof members[name] === 'string' && members[name] !== ''
  return {
    kind: 'found',
    hasAccessToken: isText('accessToken'),
    expiresAt: instantOf(members['expiresAt']),
    hasRefreshToken: isText('refreshToken'),
    hasClient: isText('clientId') && isText('clientSecret'),
    registrationExpiresAt: instantOf(members['registrationExpiresAt']),
  }
}

function objectOf(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : null
  } catch {
    return null
  }
}

function instantOf(value: unknown): Date | null {
  return typeof value === 'string' ? (parseInstant(value)?.at ?? null) : null
}
