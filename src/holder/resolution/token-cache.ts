import { pythonJson } from '../files/dialects/python-json.ts'
import type { Machine } from '../machine/machine.ts'
import { objectIn } from './exchange.ts'
import type { Means } from './resolution.ts'

/** A cached token of SSO or `aws login`: the file as it was read, and what it says. */
export interface CachedToken {
  readonly file: string
  readonly bytes: Uint8Array
  readonly members: Readonly<Record<string, unknown>>
}

/** Reads it; a string says why that is not possible. */
export function readToken(machine: Machine, file: string): CachedToken | string {
  const reading = machine.readFile(file)
  if (reading.kind === 'absent') return `${file} does not exist`
  if (reading.kind === 'unreadable') return `${file} cannot be read: ${reading.detail}`
  const members = objectIn(new TextDecoder().decode(reading.bytes))
  return members === null ? `${file} is not a JSON object` : { file, bytes: reading.bytes, members }
}

/**
 * Writes a renewed token back in the form in which the AWS CLI writes it: in one step, 0600 (botocore utils.py `JSONFileCache`),
 * and with all that stood there besides. Another program may have renewed it meanwhile: then its token stays.
 */
export function writeToken(means: Means, token: CachedToken, members: CachedToken['members']): void {
  const { file, bytes } = token
  try {
    means.disk?.write(file, new TextEncoder().encode(pythonJson(members)), { before: bytes })
    means.trail.push({ kind: 'cache', file, what: 'written' })
  } catch {
    means.trail.push({ kind: 'cache', file, what: 'not-written' })
  }
}

/** `2026-01-01T00:00:00Z`, as caches write instants. */
export function instantText(at: Date): string {
  return at.toISOString().replace(/\.\d+Z$/, 'Z')
}
