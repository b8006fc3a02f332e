import { readBase64 } from '../../anatomy/base64.ts'
import type { Machine } from '../machine/machine.ts'
import { absolutePath } from '../machine/paths.ts'

/** A file with a web identity token, as far as it can be read. */
export type IdentityTokenSeen =
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly because: 'permission' | 'directory' | 'other' }
  | { readonly kind: 'empty' }
  /** `cut`: three parts are wanted, and there are fewer; `strange`: a part is not what it has to be. */
  | { readonly kind: 'no-jwt'; readonly how: 'cut' | 'strange' }
  | { readonly kind: 'jwt'; readonly claims: Claims }

/** The registered claims (RFC 7519 §4.1) that AWS looks at. What is missing or of another type is null. */
export interface Claims {
  readonly issuer: string | null
  readonly subject: string | null
  readonly audiences: readonly string[]
  /** Who it was issued to: AWS takes that for the audience when there are several (`azp`). */
  readonly authorizedParty: string | null
  readonly issuedAt: Date | null
  readonly notBefore: Date | null
  readonly expiresAt: Date | null
}

/** The longest that STS takes (`WebIdentityToken`, sts 2011-06-15 API). */
const longest = 20_000

/**
 * Reads the claims of the token in a file. The signature is not looked at: only AWS can judge it.
 * Sources: RFC 7515 §3.1, RFC 7519 §4.1.
 *
 * @param path as it stands in the setting
 */
export function readIdentityToken(machine: Machine, path: string): IdentityTokenSeen {
  const reading = machine.readFile(absolutePath(machine, path))
  if (reading.kind === 'absent') return { kind: 'absent' }
  if (reading.kind === 'unreadable') {
    const { because } = reading
    return { kind: 'unreadable', because: because === 'permission' || because === 'directory' ? because : 'other' }
  }
  const text = new TextDecoder().decode(reading.bytes.subarray(0, longest + 2)).trim()
  if (text === '') return { kind: 'empty' }
  const parts = text.split('.')
  if (parts.length !== 3 || text.length > longest) return { kind: 'no-jwt', how: parts.length < 3 ? 'cut' : 'strange' }
  const [header, payload] = [objectOf(parts[0]!), objectOf(parts[1]!)]
  if (header === null || payload === null || parts[2] === '') return { kind: 'no-jwt', how: 'strange' }
  return { kind: 'jwt', claims: claimsOf(payload) }
}

function objectOf(part: string): Readonly<Record<string, unknown>> | null {
  const { bytes, problem } = readBase64(part.replaceAll('-', '+').replaceAll('_', '/'))
  if (problem !== null) return null
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null
  } catch {
    return null
  }
}

function claimsOf(payload: Readonly<Record<string, unknown>>): Claims {
  const text = (name: string): string | null => (typeof payload[name] === 'string' ? payload[name].slice(0, 300) : null)
  const instant = (name: string): Date | null => {
    const seconds = payload[name]
    // Beyond this a date is none.
    return typeof seconds === 'number' && Math.abs(seconds) < 8.64e12 ? new Date(seconds * 1000) : null
  }
  const audience = payload['aud']
  const listed = Array.isArray(audience) ? audience : [audience]
  return {
    issuer: text('iss'),
    subject: text('sub'),
    audiences: listed.filter((each) => typeof each === 'string').slice(0, 20),
    authorizedParty: text('azp'),
    issuedAt: instant('iat'),
    notBefore: instant('nbf'),
    expiresAt: instant('exp'),
  }
}
