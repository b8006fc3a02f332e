/**
 * The date elements of IAM's date operators. The years that IAM takes and how it reads half-written times (`01T`, `t2:00`, a zone
 * of hours alone, no more than nine digits of a second) are those of Joda-Time's `ISODateTimeFormat.dateTimeParser`, so its
 * grammar is the rule: `date-element ['T' [time-element] [offset]]`.
 */
const yearly = /^([+-]?\d{1,9})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$/
const weekly = /^([+-]?\d{1,9})-[wW](\d{1,2})(?:-(\d))?$/
const daily = /^([+-]?\d{1,9})-(\d{1,3})$/
const timeShape = /^(?:(\d{1,2})(?:(?::(\d{1,2})(?::(\d{1,2}))?)?(?:[.,](\d{1,9}))?)?)?(z|[+-]\d.*)?$/i
const offsetShape = /^([+-])(\d{2})(?:(:?)(\d{2})(?:\3(\d{2})(?:[.,]?(\d{1,3}))?)?)?$/

const lastEpoch = 9223372036854775807n

/**
 * Reads a date as IAM's date operators do: ISO 8601 (year, month, week or day alone included; without a zone it is UTC) or whole
 * seconds since the epoch. Gives seconds since the epoch, or null when it is neither. Source: IAM User Guide, "Date condition
 * operators", and answers recorded from AWS by localstack's validated snapshots, Feb 2026.
 */
export function parsePolicyDate(text: string): number | null {
  if (text.length > 64) return null
  if (/^-?\d+$/.test(text) && text.length !== 4) {
    const seconds = BigInt(text)
    return seconds <= lastEpoch && seconds >= -lastEpoch ? Number(text) : null
  }
  const [date, ...times] = text.split(/t/i)
  if (times.length > 1) return null
  const day = dayOf(date!)
  const seconds = times.length === 0 ? 0 : secondsOf(times[0]!)
  return day === null || seconds === null ? null : day * 86400 + seconds
}

/** Days from the epoch. */
function dayOf(text: string): number | null {
  const week = weekly.exec(text)
  if (week !== null) return dayOfWeekDate(Number(week[1]), Number(week[2]), Number(week[3] ?? 1))
  const calendar = yearly.exec(text)
  if (calendar !== null) {
    const [year, month, day] = [calendar[1], calendar[2] ?? 1, calendar[3] ?? 1].map(Number) as [number, number, number]
    if (!isYear(year) || month < 1 || month > 12 || day < 1) return null
    const first = daysFromEpoch(year, month, 1)
    const next = month === 12 ? daysFromEpoch(year + 1, 1, 1) : daysFromEpoch(year, month + 1, 1)
    return first + day <= next ? first + day - 1 : null
  }
  const ordinal = daily.exec(text)
  if (ordinal === null) return null
  const [year, day] = [Number(ordinal[1]), Number(ordinal[2])]
  const first = daysFromEpoch(year, 1, 1)
  return isYear(year) && day >= 1 && day <= daysFromEpoch(year + 1, 1, 1) - first ? first + day - 1 : null
}

function isYear(year: number): boolean {
  return year >= -292275054 && year <= 292278993
}

/** The first week of a year is the one with 4 January in it; weeks begin on Monday. */
function dayOfWeekDate(year: number, week: number, day: number): number | null {
  if (!isYear(year) || week < 1 || day < 1 || day > 7) return null
  const start = firstMonday(year)
  return start + week * 7 <= firstMonday(year + 1) ? start + (week - 1) * 7 + day - 1 : null
}

function firstMonday(year: number): number {
  const fourth = daysFromEpoch(year, 1, 4)
  // The epoch was a Thursday.
  return fourth - ((((fourth + 3) % 7) + 7) % 7)
}

/** Seconds of the day in UTC; the smallest element that is written may have a fraction. */
function secondsOf(text: string): number | null {
  const found = timeShape.exec(text)
  if (found === null) return null
  const [, hours, minutes, seconds, fraction, zone] = found
  const [h, mi, s] = [Number(hours ?? 0), Number(minutes ?? 0), Number(seconds ?? 0)]
  if (h > 23 || mi > 59 || s > 59) return null
  const offset = zoneOffset(zone)
  if (offset === null) return null
  const unit = seconds !== undefined ? 1 : minutes !== undefined ? 60 : 3600
  return h * 3600 + mi * 60 + s + Number(`0.${fraction ?? '0'}`) * unit - offset
}

/** Seconds east of UTC. */
function zoneOffset(zone: string | undefined): number | null {
  if (zone === undefined || zone === 'Z' || zone === 'z') return 0
  const found = offsetShape.exec(zone)
  if (found === null) return null
  const [hours, minutes, seconds] = [found[2], found[4] ?? 0, found[5] ?? 0].map(Number) as [number, number, number]
  if (hours > 23 || minutes > 59 || seconds > 59) return null
  const east = hours * 3600 + minutes * 60 + seconds + Number(`0.${found[6] ?? '0'}`)
  return found[1] === '-' ? -east : east
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
