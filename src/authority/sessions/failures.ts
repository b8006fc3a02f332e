/**
 * Slows down guessing at one MFA device (`authority.md` §4.7): the first failures are free, then each doubles the wait. It
 * never locks for good, so nobody can be shut out for longer than the longest wait. A plain value per device, that of a
 * device without failures being `undefined`; whoever keeps them drops what `isForgotten`.
 */
export interface Failures {
  readonly count: number
  /** Milliseconds since the epoch of the last failure. */
  readonly last: number
}

/** AWS judges nine codes, and then none for up to three minutes (radkawar/stackd, `testdata/aws/iam/mfa_rejection*.json`). */
const free = 9
const firstWait = 1_000
const longestWait = 900_000
/** After so long without a failure the count begins anew. */
const forgottenAfter = 86_400_000

/** The failures after one more at `now`, milliseconds. */
export function failedAgain(failures: Failures | undefined, now: number): Failures {
  const before = failures === undefined || isForgotten(failures, now) ? 0 : failures.count
  // The longest wait is reached long before; the count need not grow for ever.
  return { count: Math.min(before + 1, 64), last: now }
}

/** Milliseconds until the next code may be tried; 0 when it may be tried now. Codes that come earlier are not judged. */
export function waitAfter(failures: Failures | undefined, now: number): number {
  if (failures === undefined || failures.count < free || isForgotten(failures, now)) return 0
  const wait = Math.min(firstWait * 2 ** (failures.count - free), longestWait)
  // A clock that was set back does not lengthen the wait.
  return Math.max(0, Math.min(wait, failures.last + wait - now))
}

export function isForgotten(failures: Failures, now: number): boolean {
  return Math.abs(now - failures.last) >= forgottenAfter
}
