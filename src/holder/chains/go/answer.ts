import type { BrokenSource, SourceAnswer } from '../../sources/answer.ts'
import type { Credential, Place } from '../../sources/credential.ts'
import type { CredentialPlan } from '../../sources/plan.ts'
import type { Refusal } from '../start.ts'

/** An error of an SDK for Go: the name of its innermost type that has one (version 1: its code), and its words. */
export interface GoError {
  readonly name: string
  readonly text: string
  /** True for the one type that is itself called `Error`, that of `net/url`. */
  readonly isNamed?: boolean
}

/** What one source answers, before it is known whether a role stands over it. */
export type GoAnswer =
  | {
      readonly kind: 'absent'
      readonly because: string
      readonly at?: Place | undefined
      readonly isDisabled?: boolean
    }
  | { readonly kind: 'found'; readonly credential: Credential; readonly because: string; readonly at: Place }
  | { readonly kind: 'deferred'; readonly plan: CredentialPlan; readonly because: string; readonly at: Place }
  | GoFailure

export interface GoFailure {
  readonly kind: 'broken'
  /** `load`: while the configuration is loaded; `ask`: when the credentials are asked for. Loading comes first, for all roles. */
  readonly when: 'load' | 'ask'
  readonly reason: BrokenSource['reason']
  readonly error: GoError
  readonly because: string
  readonly at: Place
  /** The SDK keeps it to itself; then it holds nothing (version 1, in its default chain). */
  readonly isHidden?: boolean
  /** The provider stands in a cache of its own, which says something before its errors also below a role (version 2). */
  readonly hasOwnCache?: boolean
}

export function absent(because: string, at?: Place): GoAnswer {
  return { kind: 'absent', because, at }
}

export function failure(
  when: GoFailure['when'],
  reason: GoFailure['reason'],
  error: GoError,
  because: string,
  at: Place,
): GoFailure {
  return { kind: 'broken', when, reason, error, because, at }
}

/** An error that is made by `errors.New` or `fmt.Errorf` alone. */
export function plainError(text: string): GoError {
  return { name: 'Error', text }
}

/** An error of `net/url`, which is also that of a request which is not sent. */
export function urlError(text: string): GoError {
  return { name: 'Error', text, isNamed: true }
}

/** The name for an SDK that does not end with an error, but falls over (a `panic` of Go). */
export const fallingOver = 'panic'

/** `ErrorClass: message`. */
export function saying({ name, text }: GoError): string {
  return `${name}: ${text}`
}

export function refusal(reason: BrokenSource['reason'], error: GoError, at: Place | null): Refusal {
  return { reason, says: saying(error), at }
}

/** As the one loop takes it. `asking` is what the SDK says before each error of asking. */
export function sourceAnswer(answer: GoAnswer, asking: string): SourceAnswer {
  switch (answer.kind) {
    case 'absent':
      return {
        outcome: 'absent',
        because: answer.because,
        at: answer.at,
        reason: answer.isDisabled === true ? 'disabled' : 'not-configured',
      }
    case 'found':
      return { outcome: 'found', credential: answer.credential, because: answer.because, at: answer.at }
    case 'deferred':
      return { outcome: 'deferred', plan: answer.plan, because: answer.because, at: answer.at }
    case 'broken': {
      const { name, text } = answer.error
      const says = saying({ name, text: answer.when === 'ask' && name !== fallingOver ? asking + text : text })
      const error = { reason: answer.reason, says, ...(answer.isHidden === true ? { goesOn: true } : {}) }
      return { outcome: 'broken', error, because: answer.because, at: answer.at }
    }
  }
}

/** Whether a text has characters that no header may have (golang.org/x/net/http/httpguts `ValidHeaderFieldValue`). */
export function isUnsendable(text: string): boolean {
  return /[\0-\x08\n-\x1f\x7f]/.test(text)
}
