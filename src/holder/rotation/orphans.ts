import type { KeySeen, Subject } from './subject.ts'

/** As far as AWS lets a clock be wrong (Signature Version 4, 15 minutes): IAM tells the time of a key by its own clock. */
const clocksApartMs = 15 * 60_000

/** Keys that a rotation which was cut off has made, and whose secret nobody got; none that was made at another time. */
export function orphansOf({ begun, keys }: Pick<Subject, 'begun' | 'keys'>): readonly KeySeen[] {
  if (begun === null || begun.newId !== null) return []
  const askedAt = Date.parse(begun.begunAt)
  return keys.filter(
    ({ id, createdAt }) =>
      !begun.known.includes(id) && createdAt !== null && Math.abs(createdAt.getTime() - askedAt) <= clocksApartMs,
  )
}
