import type { Credential } from '../../holder/sources/credential.ts'

export type Renewed =
  | { readonly kind: 'held'; readonly credential: Credential }
  | { readonly kind: 'not-renewed'; readonly because: string }

/** What is handed out: a credential that is still good, or why there is none any more. */
export type Kept =
  | { readonly kind: 'kept'; readonly credential: Credential }
  | { readonly kind: 'over'; readonly because: string }

/** SDKs begin to ask for the next one 5 to 15 minutes before the end (botocore `_DEFAULT_ADVISORY_REFRESH_TIMEOUT`). */
const windowMs = 15 * 60_000
/** A credential without a known end is looked up again after this time: its file may have changed. */
const unknownEndMs = 60_000
/** What failed is not tried again sooner, however often it is asked for. */
const pauseMs = 10_000

/**
 * Keeps a credential fresh for whoever asks: renews it before its end, once at a time; while that fails, the old one goes on to its
 * end. `now` is the machine's clock.
 */
export function createKeeper(first: Credential, now: () => Date, renew: () => Promise<Renewed>): () => Promise<Kept> {
  let current = first
  let since = now().getTime()
  let failure: { readonly at: number; readonly because: string } | null = null
  let running: Promise<void> | null = null

  const endOf = ({ expiration }: Credential) => expiration?.value.getTime() ?? null
  const isDue = (): boolean => {
    const at = now().getTime()
    const end = endOf(current)
    if (failure !== null && at - failure.at < pauseMs) return false
    // A session shorter than that window would be renewed at each question.
    return end === null ? at - since > unknownEndMs : end - at < Math.min(windowMs, (end - since) / 3)
  }
  const refresh = async () => {
    const renewed = await renew()
    if (renewed.kind === 'held') {
      current = renewed.credential
      since = now().getTime()
      failure = null
    } else failure = { at: now().getTime(), because: renewed.because }
  }

  return async () => {
    if (running !== null || isDue()) {
      running ??= refresh().finally(() => {
        running = null
      })
      await running
    }
    const end = endOf(current)
    if (end !== null && end <= now().getTime())
      return { kind: 'over', because: failure?.because ?? 'the session is over' }
    return { kind: 'kept', credential: current }
  }
}
