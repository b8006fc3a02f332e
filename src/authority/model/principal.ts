import type { Tag } from './entities.ts'

/** What a sealed session token says. Issued by STS, opened by authentication; times are seconds since the epoch. */
export interface SessionClaims {
  readonly type: 'session' | 'role' | 'federated'
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly account: string
  readonly issuedAt: number
  readonly expiresAt: number
  /** When a one-time code was shown for this session; null without MFA. */
  readonly mfaAt: number | null
  /** GetSessionToken, GetFederationToken: the user's unique id or `root`. AssumeRole: the role's unique id. */
  readonly ownerId: string
  /** The long-term key that GetSessionToken or GetFederationToken was called with: when it goes, the session goes. */
  readonly parentKeyId: string | null
  /** The rest is of role sessions and, where it fits, of federated ones. */
  readonly roleArn: string | null
  /** Of a federated session: the name it was given. */
  readonly sessionName: string | null
  readonly sessionPolicies: readonly string[]
  readonly sessionPolicyArns: readonly string[]
  readonly tags: readonly Tag[]
  readonly transitiveTagKeys: readonly string[]
  readonly sourceIdentity: string | null
  /** The principal that assumed the role (an ARN, or the service or token that it was given to), for the audit trail. */
  readonly assumedBy: string | null
  /**
   * Condition keys that the session brings into each of its requests, lower-cased: where it was assumed from
   * (`aws:federatedprovider`, `‹issuer›:sub`, `ec2:roledelivery`, …). Absent: none.
   */
  readonly conditions?: Readonly<Record<string, readonly string[]>> | undefined
}

/** What only sessions of roles and of federated users have, as the others say it. */
export const ownSession = {
  roleArn: null,
  sessionName: null,
  sessionPolicies: [],
  sessionPolicyArns: [],
  tags: [],
  transitiveTagKeys: [],
  sourceIdentity: null,
  assumedBy: null,
} as const satisfies Partial<SessionClaims>

/** Who signed, once that is proven. */
export type Principal =
  | {
      readonly type: 'root'
      readonly account: string
      readonly arn: string
      readonly userId: string
      readonly accessKeyId: string
      readonly session: SessionClaims | null
    }
  | {
      readonly type: 'user'
      readonly account: string
      readonly arn: string
      /** `AIDA…` */
      readonly userId: string
      readonly userName: string
      readonly accessKeyId: string
      readonly session: SessionClaims | null
    }
  | {
      readonly type: 'role'
      readonly account: string
      /** `arn:…:sts::…:assumed-role/NAME/SESSION` */
      readonly arn: string
      /** `AROA…:SESSION` */
      readonly userId: string
      readonly roleArn: string
      readonly roleId: string
      readonly accessKeyId: string
      readonly session: SessionClaims
    }
  | {
      readonly type: 'federated'
      readonly account: string
      /** `arn:…:sts::…:federated-user/NAME` */
      readonly arn: string
      /** `‹account›:NAME` */
      readonly userId: string
      /** Unique id of the user that called GetFederationToken, or `root`. */
      readonly ownerId: string
      readonly accessKeyId: string
      readonly session: SessionClaims
    }
