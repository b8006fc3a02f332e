import type { Entity } from './entities.ts'

/** What one call needs to be allowed. */
export interface Permission {
  /** `iam:CreateUser` */
  readonly action: string
  /** ARN, or `*`. */
  readonly resource: string
  /** Action-specific condition keys, lower-cased (`aws:requesttag/team`, `iam:policyarn`, …). */
  readonly conditions?: ReadonlyMap<string, readonly string[]>
  /** The entity that the call is about, for `aws:ResourceTag`. */
  readonly entity?: Entity | undefined
}
