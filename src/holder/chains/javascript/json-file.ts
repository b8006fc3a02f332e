import type { Machine } from '../../machine/machine.ts'
import { openedPath } from './places.ts'

/** A cache file as JavaScript reads it. Of a value that is no object, nothing is a member. */
export type JsonFile =
  | { readonly kind: 'unread'; readonly because: string }
  /** `says` is the message of `JSON.parse` without what it cites of the file. */
  | { readonly kind: 'invalid'; readonly says: string }
  | { readonly kind: 'value'; readonly value: Members | null }

export type Members = Readonly<Record<string, unknown>>

/** @param path as the SDK gives it to Node */
export function readJson(machine: Machine, path: string): JsonFile {
  const read = machine.readFile(openedPath(machine, path))
  if (read.kind !== 'found') return { kind: 'unread', because: read.kind === 'absent' ? 'absent' : read.because }
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { ignoreBOM: true }).decode(read.bytes))
    return { kind: 'value', value: value === null ? null : (membersOf(value) ?? {}) }
  } catch (error) {
    return { kind: 'invalid', says: withoutCitation(error instanceof Error ? error.message : '') }
  }
}

/** What stands in such a file is secret, and Node cites it. */
function withoutCitation(message: string): string {
  return message.replace(/^(Unexpected token ).*$/s, '$1in JSON')
}

export function membersOf(value: unknown): Members | null {
  return typeof value === 'object' && value !== null ? (value as Members) : null
}

/** `new Date(value)` of what stood in JSON. */
export function dateOf(value: unknown): Date {
  if (value === undefined) return new Date(Number.NaN)
  return new Date(value === null ? 0 : typeof value === 'number' || typeof value === 'string' ? value : Number.NaN)
}
