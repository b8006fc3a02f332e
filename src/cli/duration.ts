import { CountersignError } from '../errors.ts'
import type { Flags } from './terminal.ts'

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 }

/** STS API: a session lasts from 15 minutes (AssumeRole, GetSessionToken) to 36 hours (GetSessionToken of a user). */
const shortest = 900
const longest = 129_600

/**
 * What `--duration` asks for, in seconds: `3600`, `90m`, `8h`, `1h30m`. Undefined without the flag.
 *
 * @throws CountersignError `usage` for what is no duration, or one that STS gives to nobody
 */
export function durationOf(flags: Flags): number | undefined {
  const text = flags.text('duration')
  if (text === undefined) return undefined
  const parts = /^\d{1,6}$/.test(text) ? [`${text}s`] : /^(?:\d{1,6}[hms])+$/.test(text) ? text.match(/\d+[hms]/g)! : []
  const seconds = parts.reduce((sum, part) => sum + Number.parseInt(part, 10) * units[part.at(-1)!]!, 0)
  if (seconds >= shortest && seconds <= longest) return seconds
  throw new CountersignError('usage', `--duration is a time from 15m to 36h, such as 3600, 90m or 8h, not "${text}".`)
}
