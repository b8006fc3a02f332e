import { CountersignError } from '../errors.ts'
import { secondsOf } from './durations.ts'
import type { Flags } from './terminal.ts'

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
