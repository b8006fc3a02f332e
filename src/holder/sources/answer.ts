import type { Credential, Place } from './credential.ts'
import type { CredentialPlan } from './plan.ts'

/** What one source answers. */
export type SourceAnswer =
  | {
      readonly outcome: 'absent'
      readonly because: string
      readonly at?: Place | undefined
      /** `disabled`: it may be there, but a setting forbids to ask. Default: `not-configured`. */
      readonly reason?: 'not-configured' | 'disabled' | undefined
    }
  | {
      readonly outcome: 'found'
      readonly credential: Credential
      readonly because: string
      readonly at: Place
      /** The error with which the first use of these values ends, whatever the issuer would say of them. */
      readonly unusable?: BrokenSource | undefined
    }
  /** Would be asked only later, by a call or a process: a role, SSO, web identity, a process, a container or instance role. */
  | {
      readonly outcome: 'deferred'
      readonly because: string
      readonly at?: Place | undefined
      /** What would be done to get it. */
      readonly plan?: CredentialPlan | undefined
    }
  | {
      readonly outcome: 'broken'
      readonly error: BrokenSource
      readonly because: string
      readonly at?: Place | undefined
      /** What it holds all the same, e.g. values whose end is over. */
      readonly credential?: Credential | undefined
    }

/** Why a source that is there cannot be used, with the words of the SDK whose rules were asked. */
export interface BrokenSource {
  readonly reason:
    | 'partial-credentials'
    | 'profile-not-found'
    | 'file-syntax'
    | 'file-unreadable'
    | 'configuration'
    | 'expired'
    | 'process-failed'
    | 'unsupported'
  /** `ErrorClass: message` in that SDK's own words. */
  readonly says: string
  /** True when the SDK keeps this to itself and asks its next source; else it stops with this error. */
  readonly goesOn?: boolean | undefined
}
