import { CountersignError } from '../errors.ts'
import type { Flags } from './terminal.ts'

const units: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

/**
 * Reads a span of time as people write it: `900`, `45m`, `12h`, `90d`, `2w`, `1h30m`. Gives whole seconds.
 *
 * @param flag for the message, e.g. `--duration`
 * @throws CountersignError `usage` for anything else
 */
export function secondsOf(flag: string, text: string): number {
  const parts = [...text.matchAll(/(\d{1,9})([smhdw]?)/gy)]
  const whole = parts.reduce((length, [part]) => length + part.length, 0)
  if (parts.length === 0 || whole !== text.length || (parts.length > 1 && parts.some(([, , unit]) => unit === '')))
    throw new CountersignError(
      'usage',
      `${flag} is a span of time such as 900 (seconds), 45m, 12h or 90d, not "${text}".`,
    )
  return parts.reduce((sum, [, number, unit]) => sum + Number(number) * units[unit!]!, 0)
}

/** STS API: a session lasts from 15 minutes (AssumeRole, GetSessionToken) to 36 hours (GetSessionToken of a user). */
const shortest = 900
const longest = 129_600

/**
 * What `--duration` asks of a session, in seconds; undefined without the flag.
 *
 * @throws CountersignError `usage` for what is no span of time, or one that STS gives to nobody
 */
export function durationOf(flags: Flags): number | undefined {
  const text = flags.text('duration')
  if (text === undefined) return undefined
  const seconds = secondsOf('--duration', text)
  if (seconds >= shortest && seconds <= longest) return seconds
  throw new CountersignError('usage', `A session lasts from 15m to 36h, not ${text}.`)
}
