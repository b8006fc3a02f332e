import type { Machine } from '../machine/machine.ts'

/** A cache file of botocore and the AWS CLI. */
export type JsonCacheEntry =
  | { readonly kind: 'absent' }
  /** It is there, and is no JSON that can be read: botocore then says `KeyError` with its name. */
  | { readonly kind: 'broken' }
  | { readonly kind: 'found'; readonly value: unknown }

/** The largest are some kilobytes. */
const byteLimit = 1024 * 1024

/** Reads one (botocore utils.py `JSONFileCache`). `path` is absolute. Never throws. */
export function jsonCacheEntry(machine: Machine, path: string): JsonCacheEntry {
  const reading = machine.readFile(path)
  if (reading.kind === 'absent') return reading
  // What is no file is not there to `os.path.isfile`.
  if (reading.kind === 'unreadable') return { kind: reading.because === 'directory' ? 'absent' : 'broken' }
  if (reading.bytes.length > byteLimit) return { kind: 'broken' }
  try {
    return { kind: 'found', value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(reading.bytes)) }
  } catch {
    return { kind: 'broken' }
  }
}

/** The members of a JSON object; null for anything else. */
export function membersOf(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : null
}

/** `KeyError` as botocore words it for a cache file that is there and cannot be read. */
export function keyError(path: string): string {
  return `KeyError: '${path.replace(/^.*[\\/]/s, '').replace(/\.json$/, '')}'`
}
