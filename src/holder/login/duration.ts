import { type Refused, refused } from './means.ts'

/** Seconds that AWS gives (STS API: GetSessionToken, AssumeRole; IAM User Guide, "role chaining"). */
export const bounds = {
  user: { least: 900, most: 129_600, says: 'A session of a user lasts from 15 minutes to 36 hours.' },
  root: { least: 900, most: 3600, says: 'A session of the root user lasts from 15 minutes to 1 hour.' },
  role: { least: 900, most: 43_200, says: 'A session of a role lasts from 15 minutes to at most 12 hours.' },
  chained: {
    least: 900,
    most: 3600,
    says: 'A role that is assumed with the session of another role (role chaining) lasts at most 1 hour, whatever the role allows.',
  },
} as const

export type DurationOf = keyof typeof bounds

const units: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 }

/** `--duration`: seconds, or a number with `s`, `m`, `h` or `d`, e.g. `8h`, `1h30m`; null for anything else. */
export function parseDuration(text: string): number | null {
  if (!/^(\d{1,9}|(\d{1,6}[dhms]){1,4})$/i.test(text)) return null
  const parts = [...text.toLowerCase().matchAll(/(\d+)([dhms]?)/g)]
  return parts.reduce((sum, [, number, unit = '']) => sum + Number(number) * units[unit]!, 0)
}

/** Refuses what AWS would refuse, before anybody is asked for a code. */
export function checkDuration(seconds: number | null, of: DurationOf): Refused | null {
  const { least, most, says } = bounds[of]
  if (seconds === null || (seconds >= least && seconds <= most)) return null
  return refused('usage', says, `Give --duration between ${least} and ${most} (seconds), or such as 1h.`)
}
