import { type Refused, refused } from './means.ts'

/** Seconds that AWS gives (STS API: GetSessionToken, AssumeRole; IAM User Guide, "role chaining"). */
export const bounds = {
  user: { least: 900, most: 129_600, says: 'A session of a user lasts from 15 minutes to 36 hours.' },
  role: { least: 900, most: 43_200, says: 'A session of a role lasts from 15 minutes to at most 12 hours.' },
  chained: {
    least: 900,
    most: 3600,
    says: 'A role that is assumed with the session of another role (role chaining) lasts at most 1 hour, whatever the role allows.',
  },
} as const

export type DurationOf = keyof typeof bounds

/** Refuses what AWS would refuse, before anybody is asked for a code. */
export function checkDuration(seconds: number | null, of: DurationOf): Refused | null {
  const { least, most, says } = bounds[of]
  if (seconds === null || (seconds >= least && seconds <= most)) return null
  return refused(
    'usage',
    says,
    `Give a --duration (or duration_seconds in the profile) from ${least} to ${most} seconds.`,
  )
}
