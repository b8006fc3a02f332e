import type { Machine } from '../../machine/machine.ts'

/** A file of JSON members, or why it is none. */
export type CacheFile =
  | { readonly kind: 'members'; readonly members: Readonly<Record<string, unknown>> }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable' }
  /** It is no JSON object. */
  | { readonly kind: 'invalid' }

/** Reads a cache file of `aws sso login` or `aws login`. `path` is absolute. Never throws. */
export function cacheFile(machine: Machine, path: string): CacheFile {
  const found = machine.readFile(path)
  if (found.kind === 'absent') return { kind: 'absent' }
  if (found.kind !== 'found') return { kind: 'unreadable' }
  try {
    const members: unknown = JSON.parse(new TextDecoder().decode(found.bytes))
    return typeof members === 'object' && members !== null && !Array.isArray(members)
      ? { kind: 'members', members: members as Readonly<Record<string, unknown>> }
      : { kind: 'invalid' }
  } catch {
    return { kind: 'invalid' }
  }
}

/** A member as `JsonNode.text()` of the SDK for Java 2 gives it: numbers and truth values are texts too. */
export function javaText(members: Readonly<Record<string, unknown>>, name: string): string | null {
  const value = members[name]
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : null
}

const isoInstant =
  /^([+-]?\d{4,10})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d{0,9})?(?:Z|([+-])(\d\d)(?::?(\d\d))?(?::?(\d\d))?)$/i

/** `Instant.parse` of Java 12 and newer; null for what it refuses. */
export function javaInstant(text: string): Date | null {
  const match = isoInstant.exec(text)
  return match === null ? null : instantOf(match)
}

const kotlinDay = /^(\d{4})-?(\d\d)-?(\d\d)$/
const kotlinInstant =
  /^(\d{4})-?(\d\d)-?(\d\d)[Tt](\d\d):?(\d\d):?(\d\d)(?:[.,]\d{1,9})?(?:[Zz]|([+-])(\d\d):?(?:$|(\d\d)))/

/** `Instant.fromIso8601` of the SDK for Kotlin: separators may be missing, and what follows the zone does not count. */
export function kotlinInstantOf(text: string): Date | null {
  const day = kotlinDay.exec(text)
  if (day !== null) return instantOf([text, day[1]!, day[2]!, day[3]!, '00', '00', '00'])
  const match = kotlinInstant.exec(text)
  return match === null ? null : instantOf(match)
}

function instantOf(parts: readonly (string | undefined)[]): Date | null {
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const sign = parts[7] === '-' ? -1 : 1
  const [hours = 0, minutes = 0, seconds = 0] = parts.slice(8, 11).map((part) => Number(part ?? 0))
  if (hour > 24 || minute > 59 || second > 60) return null
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null
  return new Date(date.setUTCHours(hour, minute, second) - sign * (hours * 3600 + minutes * 60 + seconds) * 1000)
}
