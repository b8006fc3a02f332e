const http = /^(?:[A-Za-z]{3,9}, )?(\d{1,2}) ([A-Za-z]{3}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) (GMT|UTC|UT|Z|[+-]\d{4})$/
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** An instant as `YYYYMMDD'T'HHMMSS'Z'` (UTC, ISO 8601 basic format), the form of `X-Amz-Date`. Fractions are dropped. */
export function formatBasicInstant(at: Date): string {
  return at.toISOString().replace(/[-:]|\.\d{3}/g, '')
}

/** The instant that a text in ISO 8601 basic format names; `null` for any other text and for dates that do not exist. */
export function parseBasicInstant(text: string): Date | null {
  if (!isBasicForm(text)) return null
  const number = (from: number, to: number): number => {
    let value = 0
    for (let at = from; at < to; at++) value = value * 10 + text.charCodeAt(at) - 0x30
    return value
  }
  return instantOf(number(0, 4), number(4, 6) - 1, number(6, 8), number(9, 11), number(11, 13), number(13, 15))
}

/** Whether a text has the form `YYYYMMDD'T'HHMMSS'Z'`. A regular expression would be the dearest part of a verification. */
export function isBasicForm(text: string): boolean {
  if (text.length !== 16 || text[8] !== 'T' || text[15] !== 'Z') return false
  for (let at = 0; at < 15; at++) {
    const digit = text.charCodeAt(at) - 0x30
    if ((digit < 0 || digit > 9) && at !== 8) return false
  }
  return true
}

/**
 * The instant of a `Date` header (RFC 9110 §5.6.7, the form of RFC 1123; the weekday is not checked, a numeric zone is
 * understood). `null` for any other text.
 */
export function parseHttpDate(text: string): Date | null {
  const [, day, monthName, year, hour, minute, second, zone] = http.exec(text) ?? []
  if (day === undefined || monthName === undefined || zone === undefined) return null
  const month = months.indexOf(monthName.toLowerCase())
  if (month < 0) return null
  const instant = instantOf(Number(year), month, Number(day), Number(hour), Number(minute), Number(second))
  if (instant === null || !/^[+-]/.test(zone)) return instant
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3))
  return new Date(instant.getTime() - (zone.startsWith('-') ? -1 : 1) * minutes * 60_000)
}

const daysOfMonths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** `null` for a day or a time that no calendar has; `month` counts from 0. */
function instantOf(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): Date | null {
  if (hour > 23 || minute > 59 || second > 59) return null
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  const days = month === 1 && isLeap ? 29 : (daysOfMonths[month] ?? 0)
  if (day < 1 || day > days) return null
  const instant = new Date(Date.UTC(year, month, day, hour, minute, second))
  // `Date.UTC` moves the years 0 to 99 into the twentieth century.
  if (year < 100) instant.setUTCFullYear(year, month, day)
  return instant
}
