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
  /** ISO 8601. */
  readonly now?: string | undefined
  /** Seconds from the real clock. */
  readonly offset?: number | undefined
}

/** A hundred years: beyond it dates leave the four-digit years that every wire format here needs. */
const maxOffset = 100 * 366 * 86_400

export function createClock(real: () => number): Clock {
  let offset = 0
  return {
    now: () => real() + offset,
    move(setting) {
      if (setting.now !== undefined) {
        const instant = Date.parse(setting.now)
        if (!/^\d{4}-\d\d-\d\dT/.test(setting.now) || Number.isNaN(instant)) return false
        offset = instant - real()
        return true
      }
      const seconds = setting.offset ?? 0
      if (!Number.isFinite(seconds) || Math.abs(seconds) > maxOffset) return false
      offset = Math.round(seconds * 1000)
      return true
    },
  }
}
