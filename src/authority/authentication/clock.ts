/** The authority's clock: the machine's own, unless a test control has moved it. Milliseconds since the epoch. */
export interface Clock {
  now(): number
  /**
   * Moves the clock: to an instant from which it goes on ticking, or by seconds against the real one; with neither it is the
   * machine's own again. Gives false, and changes nothing, when the instant or the offset is not one.
   */
  move(setting: ClockSetting): boolean
}

export interface ClockSetting {
  /** ISO 8601 with its zone, of the years 1970 to 2100. */
  readonly now?: string | undefined
  /** Seconds from the real clock, to an instant of the same years. */
  readonly offset?: number | undefined
}

/** Four-digit years, as every wire format here needs, from the epoch of one-time codes (RFC 6238) to those of session tokens. */
const earliest = 0
const latest = Date.UTC(2101, 0, 1)

/** An instant without its zone would be another one on each machine. */
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/

export function createClock(real: () => number): Clock {
  let offset = 0
  return {
    now: () => real() + offset,
    move({ now, offset: seconds = 0 }) {
      if (now === undefined && seconds === 0) {
        offset = 0
        return true
      }
      const present = real()
      const wanted =
        now === undefined ? present + Math.round(seconds * 1000) : instant.test(now) ? Date.parse(now) : Number.NaN
      if (!(wanted >= earliest && wanted < latest)) return false
      offset = wanted - present
      return true
    },
  }
}
