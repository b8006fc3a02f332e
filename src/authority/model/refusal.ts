import type { CauseId } from '../../cause-ids.ts'
import type { SignatureMismatch } from './store.ts'

/**
 * Why the authority says no, in its own words. Rooms below the wire answer with these values; only `wire/faults.ts`
 * knows which AWS code, status and sentence each of them becomes.
 */
export type Refusal = { readonly cause?: CauseId | undefined; readonly evidence?: readonly string[] | undefined } & (
  | AuthenticationRefusal
  | ParameterRefusal
  | PermissionRefusal
  | StateRefusal
  | FederationRefusal
)

/** Steps 1 to 10 of the order of checks (`authority.md` §2.1). */
export type AuthenticationRefusal =
  | { readonly reason: 'unsigned' }
  | { readonly reason: 'two-authentications' }
  /** Everything that is wrong with the Authorization header or query, as AWS's sentences are built from it. */
  | { readonly reason: 'not-key-value'; readonly fragment: string; readonly header: string }
  | {
      readonly reason: 'parts-missing'
      readonly missing: readonly ('Credential' | 'Signature' | 'SignedHeaders' | 'Date')[]
      readonly header: string
    }
  | { readonly reason: 'query-parts-missing'; readonly missing: readonly string[] }
  | { readonly reason: 'date-malformed'; readonly date: string }
  | {
      readonly reason: 'signature-expired'
      readonly requestTime: string
      readonly limit: string
      readonly serverTime: string
      readonly toleranceMinutes: number
    }
  | {
      readonly reason: 'signature-not-yet-current'
      readonly requestTime: string
      readonly limit: string
      readonly serverTime: string
      readonly toleranceMinutes: number
    }
  | { readonly reason: 'host-not-signed' }
  | { readonly reason: 'algorithm-unsupported'; readonly algorithm: string }
  | { readonly reason: 'credential-malformed'; readonly credential: string }
  | { readonly reason: 'scope-wrong'; readonly faults: readonly ScopeFault[] }
  | { readonly reason: 'key-unknown' }
  | { readonly reason: 'key-inactive' }
  | { readonly reason: 'key-deleted' }
  | { readonly reason: 'key-not-propagated' }
  | { readonly reason: 'key-of-other-partition' }
  | {
      readonly reason: 'signature-mismatch'
      readonly canonicalRequest: string
      readonly stringToSign: string
      /** For the decision log only. */
      readonly mismatch?: SignatureMismatch | null
    }
  | { readonly reason: 'token-missing' }
  | { readonly reason: 'token-unexpected' }
  | { readonly reason: 'token-empty' }
  | { readonly reason: 'token-malformed' }
  | { readonly reason: 'token-foreign' }
  | { readonly reason: 'token-of-other-key' }
  | { readonly reason: 'token-expired'; readonly expiredAt: string }
  | { readonly reason: 'parent-gone' }
  /** An opt-in region that the account has not switched on: no key of it is known there. */
  | { readonly reason: 'region-not-enabled' }
  /** A version 1 token in an opt-in region. */
  | { readonly reason: 'token-of-global-endpoint' }
  | { readonly reason: 'session-barred'; readonly why: 'iam-without-mfa' | 'sts-operation' | 'federated' }

export type ScopeFault =
  | { readonly fault: 'region'; readonly got: string }
  | { readonly fault: 'service'; readonly expected: string }
  | { readonly fault: 'terminator'; readonly got: string }
  | { readonly fault: 'date'; readonly scopeDate: string; readonly requestDate: string; readonly requestTime: string }

export type ParameterRefusal =
  | { readonly reason: 'action-missing' }
  | { readonly reason: 'action-unknown'; readonly action: string; readonly version: string }
  | { readonly reason: 'query-malformed' }
  | { readonly reason: 'body-too-large'; readonly limit: number }
  /** A member given twice, or a number that is none. */
  | { readonly reason: 'input-malformed'; readonly says: string }
  | { readonly reason: 'constraints'; readonly violations: readonly Violation[] }
  /** A hand-written check of IAM or STS (`ValidationError` 400) with its sentence. */
  | { readonly reason: 'invalid-parameter'; readonly says: string }
  /** IAM's `InvalidInput` or STS's `InvalidParameterValue`, with its sentence. */
  | { readonly reason: 'invalid-input'; readonly says: string }
  | { readonly reason: 'duration-exceeds-role' }
  | { readonly reason: 'duration-exceeds-chaining' }
  /** EC2's `DryRun` of a call that would have been allowed. */
  | { readonly reason: 'dry-run' }
  | { readonly reason: 'authorization-message-invalid' }
  | { readonly reason: 'policy-malformed'; readonly says: string }
  | { readonly reason: 'policy-too-large'; readonly percent: number; readonly what: 'policy' | 'tags' }

/** One broken constraint of one member (`authority.md` §4.4). */
export interface Violation {
  /** Lower camel path, `tags.1.member.key`. */
  readonly path: string
  /** The value as AWS prints it, null for a missing member, undefined for a sensitive one that is not printed. */
  readonly value: string | null | undefined
  /** AWS's clause, e.g. `Member must have length less than or equal to 64`. */
  readonly clause: string
}

export type PermissionRefusal =
  | {
      readonly reason: 'not-authorized'
      readonly principal: string
      /** `iam:CreateUser` */
      readonly action: string
      readonly resource: string
      readonly verdict: DenialReason
      /** The deciding policy and statement, for the decision log only. */
      readonly statement: string | null
    }
  | { readonly reason: 'root-may-not-assume' }
  | { readonly reason: 'sts-region-deactivated'; readonly account: string }
  /** A call about another account than the caller's. */
  | { readonly reason: 'other-account'; readonly says: string }
  | { readonly reason: 'called-with-session'; readonly operation: string }
  | { readonly reason: 'mfa-code-wrong' }
  | { readonly reason: 'mfa-code-used' }
  | { readonly reason: 'mfa-serial-wrong' }
  | { readonly reason: 'mfa-pair-incomplete' }
  | { readonly reason: 'mfa-tries-spent' }
  | { readonly reason: 'own-mfa-needed' }
  /** GetAccessKeyLastUsed of a key that is not there. */
  | { readonly reason: 'key-not-visible'; readonly principal: string; readonly accessKeyId: string }

/** How a policy decision came to its no (`authority.md` §5.10). */
export type DenialReason =
  | { readonly kind: 'implicit'; readonly policyType: PolicyType }
  | { readonly kind: 'explicit'; readonly policyType: PolicyType; readonly policyArn: string | null }
  /** Cross-account: the short form. */
  | { readonly kind: 'unstated' }

export type PolicyType = 'identity-based' | 'resource-based' | 'session' | 'permissions-boundary' | 'trust'

export type StateRefusal =
  | { readonly reason: 'no-such-entity'; readonly says: string }
  | { readonly reason: 'entity-exists'; readonly says: string }
  | { readonly reason: 'limit-exceeded'; readonly says: string }
  | { readonly reason: 'delete-conflict'; readonly says: string }
  | { readonly reason: 'mfa-codes-wrong' }
  | { readonly reason: 'password-policy-violation' }
  | { readonly reason: 'old-password-wrong' }
  | { readonly reason: 'new-password-is-old' }
  /** A call of a user that somebody else made. */
  | { readonly reason: 'wrong-user-type' }
  /** A role that Identity Center keeps. */
  | { readonly reason: 'unmodifiable'; readonly says: string }
  | { readonly reason: 'policy-not-attachable'; readonly says: string }
  /** GetCredentialReport before the first one, and of one that is older than four hours. */
  | { readonly reason: 'report-absent' }
  | { readonly reason: 'report-expired' }
  | { readonly reason: 'concurrent-modification' }
  | { readonly reason: 'throttled' }
  | { readonly reason: 'unavailable' }
  | { readonly reason: 'injected'; readonly code: string }

/** Why a token of an identity provider is not taken (`authority.md` §3.5). */
export type FederationRefusal =
  /** The token, its provider or its keys are not what they should be; with AWS's sentence. */
  | { readonly reason: 'identity-token-invalid'; readonly says: string }
  /** Times are seconds since the epoch. */
  | { readonly reason: 'identity-token-expired'; readonly now: number; readonly expiresAt: number }
  /** Seconds since the token was issued. */
  | { readonly reason: 'identity-token-too-old'; readonly age: number }
  | { readonly reason: 'identity-provider-rejects'; readonly says: string }
  | { readonly reason: 'identity-provider-unreachable' }
  /** CreateOpenIDConnectProvider could not learn the certificate of the issuer. */
  | { readonly reason: 'certificate-unreachable' }
  /** No trust policy lets the bearer of the token assume the role, or there is no such role. */
  | {
      readonly reason: 'federation-not-authorized'
      readonly operation: string
      readonly statement: string | null
      /** AWS's own sentence, where it is not the general one. */
      readonly says?: string
    }
