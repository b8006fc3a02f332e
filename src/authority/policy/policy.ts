import type { DenialReason, PolicyType } from '../model/refusal.ts'

/** A policy document after its grammar has been checked (`authority.md` §5.5); made by `compilePolicy`. */
export interface CompiledPolicy {
  /** What the log calls it: an ARN for managed policies, the name for inline ones, `trust policy`, `session policy`. */
  readonly name: string
  /** The group by which a user has it; absent where it is the principal's own. */
  readonly group?: string
  readonly statements: readonly CompiledStatement[]
}

export interface CompiledStatement {
  readonly sid: string | null
  /** Place in the document, from 0. */
  readonly index: number
  /** Offsets into the text: where the statement begins and ends (for the simulator's positions). */
  readonly start: number
  readonly end: number
  readonly effect: 'Allow' | 'Deny'
  /** Does the statement speak of this request (action, resource, conditions; the principal is asked apart)? */
  readonly matches: (request: PolicyRequest) => boolean
  /** How the matching principal element named the caller; null in identity policies. */
  readonly principalMatch: ((request: PolicyRequest) => PrincipalMatch | null) | null
  /** True when the statement speaks of all principals but some (`NotPrincipal`). */
  readonly exceptsPrincipals: boolean
}

/** How a resource policy named the caller; decides whether an identity policy is needed besides (`authority.md` §5.3). */
export type PrincipalMatch = 'anyone' | 'account' | 'user' | 'role' | 'role-session' | 'federated' | 'service'

/** One question to the policies. Condition keys are lower-cased; every value is text; several values make it multivalued. */
export interface PolicyRequest {
  readonly action: string
  readonly resource: string
  readonly conditions: ReadonlyMap<string, readonly string[]>
  /** Who asks, for Principal elements; null where nobody signed. */
  readonly caller: {
    readonly account: string
    /** The principal's own ARN (a role session's assumed-role ARN). */
    readonly arn: string
    /** Of a role session: the role's ARN. */
    readonly roleArn: string | null
    /** `AIDA…` or `AROA…` without the session name; the account id for root. */
    readonly uniqueId: string
    readonly type: 'root' | 'user' | 'role'
  } | null
  /** The AWS service (`ec2.amazonaws.com`) or identity provider (its ARN or name) that asks in place of a caller. */
  readonly visitor?: Visitor | undefined
  /**
   * Unique ids of the users and roles that a trust policy named by ARN when it was saved (`Role.trustPrincipals`): an ARN
   * stands for the entity that had it then, whatever its name is now. Absent: ARNs are compared as text.
   */
  readonly principalIds?: Readonly<Record<string, string>> | null
}

/** Who may ask for a role without credentials of an account. */
export type Visitor =
  | { readonly kind: 'service'; readonly name: string }
  | { readonly kind: 'federated'; readonly name: string }

/** The policies that apply to one question, by kind; null where the kind does not apply (no boundary, no session policy). */
export interface PolicySet {
  readonly identity: readonly CompiledPolicy[]
  readonly boundary: readonly CompiledPolicy[] | null
  readonly session: readonly CompiledPolicy[] | null
  readonly resource: readonly CompiledPolicy[] | null
  /** `trust`: a role's trust policy must allow explicitly, also for the account's root and in the same account. */
  readonly resourceKind: 'resource-based' | 'trust'
  /** True when the caller is the account's root user (identity policies do not apply to it). */
  readonly callerIsRoot: boolean
  readonly sameAccount: boolean
}

export type PolicyVerdict =
  | { readonly allowed: true; readonly statement: string | null }
  | { readonly allowed: false; readonly reason: DenialReason; readonly statement: string | null }

export type { DenialReason, PolicyType }
