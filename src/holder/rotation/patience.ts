import { type Caller, callAws } from '../calls/index.ts'
import type { RotationMeans } from './subject.ts'

/** What callAws gives. */
type Outcome = Awaited<ReturnType<typeof callAws>>

/** A new key is known everywhere after some seconds (IAM User Guide, "eventually consistent"). */
const patienceMs = 60_000
const firstPauseMs = 500
const longestPauseMs = 5000

/** Pauses in milliseconds, longer and longer, until the patience is at its end. */
export function* waits(): Generator<number> {
  let waited = 0
  for (let pause = firstPauseMs; waited < patienceMs; pause = Math.min(longestPauseMs, pause * 1.5)) {
    waited += pause
    yield pause
  }
}

/**
 * Asks IAM until it has given an answer that counts, or the patience is at its end: it may not know a key yet that STS knows already,
 * may be busy, or out of reach for a moment. What has no effect when it is done twice is asked again in all these cases; what has
 * (`once`), only where the first time certainly did nothing.
 */
export async function askPatiently(
  { pause }: Pick<RotationMeans, 'pause'>,
  caller: Caller,
  operation: string,
  parameters: Readonly<Record<string, string>>,
  { once = false }: { readonly once?: boolean } = {},
): Promise<Outcome> {
  let unsure: Outcome | null = null
  for (const wait of waits()) {
    const answer = await callAws(caller, 'iam', operation, parameters)
    const hasHappened = mayHaveHappened(answer)
    // A refusal in the end does not tell that nothing happened before.
    if (!mayPass(answer)) return hasHappened ? answer : (unsure ?? answer)
    if (hasHappened) unsure = answer
    if (hasHappened && once) return answer
    await pause(wait)
  }
  return unsure ?? (await callAws(caller, 'iam', operation, parameters))
}

function mayPass(answer: Outcome): boolean {
  if (answer.kind !== 'failed') return false
  return (
    answer.refusal?.code === 'InvalidClientTokenId' ||
    answer.reason === 'unavailable' ||
    answer.reason === 'unreachable'
  )
}

/** Whether AWS may have done it: what it refused it has not, but after an error of its own or without an answer nobody knows. */
export function mayHaveHappened(answer: Outcome): boolean {
  if (answer.kind === 'described') return false
  return answer.kind === 'answered' || answer.refusal === null || answer.refusal.status >= 500
}
