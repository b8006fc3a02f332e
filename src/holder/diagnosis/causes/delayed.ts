import type { Scene } from '../scene.ts'
import { span } from '../words.ts'
import { type Cause, cure, evidence, type Found, found } from './cause.ts'
import { clockNow, isWholeHours, tolerated } from './clock.ts'

/** The clock is right, and the time in the request was not. */
export const delayedCauses: readonly Cause[] = [
  { id: 'request-delayed', failsAt: ['clock'], insteadOf: ['clock-skew'], look: requestDelayed },
]

/** The clock is right, and the request was signed long before it arrived, or with the time of another zone. */
function requestDelayed(scene: Scene): Found | null {
  const { skew, refusal } = scene
  if (refusal?.from !== 'text' || !refusal.families.includes('clock') || skew === null) return null
  const now = clockNow(scene)
  if (now === null || Math.abs(now) >= 60 || Math.abs(skew.seconds) <= tolerated) return null
  const isZone = isWholeHours(skew.seconds)
  return found(
    'likely',
    isZone
      ? 'The request was signed with the time of another time zone'
      : 'The request was signed long before it arrived',
    [
      evidence(
        `The time in the request was ${span(skew.seconds)} ${skew.seconds > 0 ? 'behind' : 'ahead of'} that of AWS`,
      ),
      evidence('The clock of this machine is right', { probe: 'sts-as-it-is' }),
      ...(isZone ? [evidence('The difference is a whole number of hours: local time was written as UTC')] : []),
    ],
    isZone
      ? cure('Let the program take the time in UTC (a clock of a container or a test may be set to another zone)')
      : cure('Sign just before sending: do not keep signed requests in a queue, and let retries sign anew'),
  )
}
