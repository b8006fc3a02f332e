/** An instant as a file or variable tells it. `local` means that no zone was written: the reader must know whose clock it was. */
export interface WrittenInstant {
  /** With `local`: as if it were UTC. */
  readonly at: Date
  readonly zone: 'offset' | 'local'
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const clock = String.raw`(\d{1,2})(?::?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9}))?)?)?`
const zone = String.raw`\s*(z|utc|gmt|[+-]\d{2}(?::?\d{2})?)?`
const iso = new RegExp(String.raw`^(\d{4})-?(\d{2})-?(\d{2})(?:(?:t|\s+)${clock}${zone})?$`, 'i')
const written = new RegExp(
  String.raw`^(?:[a-z]{3,9},?\s+)?(\d{1,2})[\s-]([a-z]{3,9})[\s-](\d{4})\s+${clock}${zone}$`,
  'i',
)

/**
 * Reads the forms in which tools write the end of a session: ISO 8601 (extended or basic, with a blank for the `T`) and the
 * form of mail headers (`Mon, 02 Jan 2026 15:04:05 GMT`). Gives null for anything else, and for a date that is none.
 */
export function parseInstant(text: string): WrittenInstant | null {
  const trimmed = text.trim()
  if (trimmed.length > 64) return null
  const numeric = iso.exec(trimmed)
  if (numeric !== null) return instantOf(Number(numeric[1]), Number(numeric[2]), Number(numeric[3]), numeric.slice(4))
  const named = written.exec(trimmed)
  if (named === null) return null
  const month = months.indexOf(named[2]!.slice(0, 3).toLowerCase()) + 1
  return instantOf(Number(named[3]), month, Number(named[1]), named.slice(4))
}

function instantOf(
  year: number,
  month: number,
  day: number,
  rest: readonly (string | undefined)[],
): WrittenInstant | null {
  const [hour = '0', minute = '0', second = '0', fraction = '0', offset] = rest
  const ms = Math.trunc(Number(`0.${fraction}`) * 1000)
  const at = new Date(Date.UTC(year, month - 1, day, Number(hour), Number(minute), Number(second), ms))
  at.setUTCFullYear(year, month - 1, day)
  const isDate = month >= 1 && month <= 12 && at.getUTCDate() === day && at.getUTCMonth() === month - 1
  if (!isDate || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null
  if (offset === undefined) return { at, zone: 'local' }
  return { at: new Date(at.getTime() - offsetMinutes(offset) * 60_000), zone: 'offset' }
}

function offsetMinutes(offset: string): number {
  const match = /^([+-])(\d{2}):?(\d{2})?$/.exec(offset)
  if (match === null) return 0
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0)
  return match[1] === '-' ? -minutes : minutes
}
