const isoShape =
  /^(-?\d{1,9})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?:[tT](\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,9}))?)?)?([zZ]|[+-]\d{2}(?::\d{2})?)?)?$/

const lastEpoch = 9223372036854775807n

/**
 * Reads a date as IAM's date operators do: the W3C profile of ISO 8601 (year, month or day alone included; without a zone
 * it is UTC) or whole seconds since the epoch. Gives seconds since the epoch, or null when it is neither.
 */
export function parsePolicyDate(text: string): number | null {
  if (text.length > 64) return null
  if (/^\d+$/.test(text) && text.length !== 4) return BigInt(text) <= lastEpoch ? Number(text) : null
  const found = isoShape.exec(text)
  return found === null ? null : instantOf(found)
}

function instantOf(found: RegExpExecArray): number | null {
  const [, year, month, day, hours, minutes, seconds, fraction, zone] = found
  const y = Number(year)
  const mo = Number(month ?? 1)
  const d = Number(day ?? 1)
  const h = Number(hours ?? 0)
  const mi = Number(minutes ?? 0)
  const s = Number(seconds ?? 0)
  if (y < -292275054 || y > 292278993) return null
  if (mo < 1 || mo > 12 || d < 1 || d > 31 || h > 23 || mi > 59 || s > 59) return null
  const offset = zoneOffset(zone)
  if (offset === null) return null
  return daysFromEpoch(y, mo, d) * 86400 + h * 3600 + mi * 60 + s + Number(`0.${fraction ?? '0'}`) - offset
}

/** Seconds east of UTC. */
function zoneOffset(zone: string | undefined): number | null {
  if (zone === undefined || zone === 'Z' || zone === 'z') return 0
  const digits = zone.replace(':', '')
  const hours = Number(digits.slice(1, 3))
  const minutes = Number(digits.slice(3) || 0)
  if (hours > 23 || minutes > 59) return null
  return (zone[0] === '-' ? -1 : 1) * (hours * 3600 + minutes * 60)
}

/** Proleptic Gregorian calendar; the JavaScript `Date` ends before the years that IAM accepts do. */
function daysFromEpoch(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146097 + dayOfEra - 719468
}
