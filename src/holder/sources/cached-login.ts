import { parseInstant } from '../files/instants.ts'
import type { Machine } from '../machine/machine.ts'

/** What a cache file of `aws login` holds, as far as it can be told without showing it. */
export type CachedLogin =
  | { readonly kind: 'absent' }
  /** It cannot be read, is no JSON object, or lacks one of the members that every SDK needs. */
  | { readonly kind: 'broken' }
  /** `expiresAt` is null when it is no date. */
  | { readonly kind: 'found'; readonly expiresAt: Date | null }

const needed = ['clientId', 'refreshToken', 'dpopKey']
const neededOfToken = ['accessKeyId', 'secretAccessKey', 'sessionToken', 'accountId', 'expiresAt']

/** Reads `~/.aws/login/cache/<sha256>.json`. `path` is absolute. Never throws. */
export function cachedLogin(machine: Machine, path: string): CachedLogin {
  const reading = machine.readFile(path)
  if (reading.kind === 'absent') return { kind: 'absent' }
  if (reading.kind !== 'found') return { kind: 'broken' }
  const members = parsed(new TextDecoder().decode(reading.bytes))
  const token = objectOf(members?.['accessToken'])
  if (members === null || token === null) return { kind: 'broken' }
  const isWhole = needed.every((key) => isText(members[key])) && neededOfToken.every((key) => isText(token[key]))
  if (!isWhole) return { kind: 'broken' }
  return { kind: 'found', expiresAt: parseInstant(String(token['expiresAt']))?.at ?? null }
}

function parsed(text: string): Readonly<Record<string, unknown>> | null {
  try {
    return objectOf(JSON.parse(text))
  } catch {
    return null
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : null
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}
