import type { BrokenSource } from '../../sources/answer.ts'
import type { Credential, Place } from '../../sources/credential.ts'
import type { CredentialPlan, StaticPlan } from '../../sources/plan.ts'

/** What comes of a source, without asking anybody. */
export type Resolution = { readonly kind: 'found'; readonly credential: Credential } | Planned | Refused

export interface Planned {
  readonly kind: 'planned'
  readonly plan: AskedPlan
}

/** A plan whose credential stands nowhere yet. */
export type AskedPlan = Exclude<CredentialPlan, StaticPlan>

/** Why something gives no credentials. */
export interface Refused {
  readonly kind: 'refused'
  readonly reason: BrokenSource['reason']
  readonly says: string
  /** v3 asks its next source (`tryNextLink`); else it stops. */
  readonly goesOn: boolean
  readonly because: string
  readonly at: Place
}
