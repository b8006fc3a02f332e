/*
 * What the small JSON API of the console answers, as the pages read it: types only, and none from elsewhere. Times are ISO 8601, UTC.
 * An answer that is not 200 is not of these shapes.
 */

/** `GET decisions`, newest first. */
export interface DecisionsAnswer {
  readonly decisions: readonly DecisionRow[]
  /** Is there anything left to look through? With few matches a page may come back short, or empty, and still say so. */
  readonly more: boolean
  /** What `before` has to be for the next page; null when there is none. */
  readonly next: string | null
  /** Everything back to this time has been looked through; null: the whole log. */
  readonly searchedTo: string | null
}

/**
 * Of `GET decisions`, `GET decisions/timeline` and `GET decisions/stream`, each as a text; absent or empty: whatever it is.
 * `text` is looked for in every text of the record, whatever the case of A to Z.
 */
export interface DecisionFilters {
  readonly principal?: string
  readonly accessKeyId?: string
  readonly code?: string
  readonly cause?: string
  readonly outcome?: 'accepted' | 'refused'
  readonly operation?: string
  /** Not older than this. */
  readonly since?: string
  /** Older than this. */
  readonly until?: string
  readonly text?: string
}

export interface DecisionRow {
  readonly requestId: string
  readonly at: string
  readonly outcome: 'accepted' | 'refused'
  /** `sts`, `iam`, …, and `imds`, `container`, `sso`, `signin` for what is answered beside AWS's API. */
  readonly service: string
  /** Empty when the request did not say. */
  readonly operation: string
  readonly accessKeyId: string | null
  /** ARN of the caller, once it is proven. */
  readonly principal: string | null
  readonly account: string
  readonly region: string | null
  readonly sourceIp: string
  /** Anything at all may stand here: whoever asks chooses it. */
  readonly userAgent: string
  readonly status: number
  /** AWS's code, as the caller saw it; null when accepted. */
  readonly code: string | null
  /** The true reason, in the authority's own word; null when accepted. */
  readonly reason: string | null
  /** Cause id (`src/cause-ids.ts`); null where none fits. */
  readonly cause: string | null
  /** Plain sentences: what the check saw. */
  readonly evidence: readonly string[]
  /** Names of the checks that passed, in order. */
  readonly checks: readonly string[]
  /** `policy#sid-or-index` */
  readonly statement: string | null
  /** The session that this call gave. */
  readonly issued: { readonly accessKeyId: string; readonly principal: string; readonly expiresAt: string } | null
}

/** `GET decision?requestId=‹id›&at=‹its time, if known: it is found sooner›`; 404 when there is none (any more). */
export interface DecisionAnswer {
  readonly decision: DecisionRow
  /** Names of all checks, in order: those that passed, the one that failed (when it was one of these), and those never reached. */
  readonly walk: readonly { readonly check: string; readonly result: 'passed' | 'failed' | 'not-reached' }[]
  /** Only of a signature that does not match, and only as long as it is kept; else null. */
  readonly request: ComparedRequest | null
  readonly facts: CureFacts
}

/** Secrets are masked in all texts. */
export interface ComparedRequest {
  readonly computed: RequestTexts
  /** What was proven to have been signed: its signature is the one that was sent. Null: none of the likely mistakes gives that signature. */
  readonly implied: RequestTexts | null
  /** What the client did otherwise, as a sentence; of no `implied` what follows from that. */
  readonly says: string
  /** The canonical requests line by line, for showing them side by side; empty without `implied`. */
  readonly difference: readonly {
    readonly kind: 'same' | 'changed' | 'only-computed' | 'only-implied'
    readonly computed: string | null
    readonly implied: string | null
  }[]
}

export interface RequestTexts {
  readonly canonicalRequest: string
  readonly stringToSign: string
}

/** What a cure needs to know, as it is now; null where it does not apply or is not known (any more). */
export interface CureFacts {
  readonly cause: string | null
  readonly account: string
  readonly principal: string | null
  readonly region: string | null
  /** The key with which the request was signed, and whose it is (for `aws iam update-access-key`). */
  readonly key: {
    readonly accessKeyId: string
    /** `temporary`: of a session; `deleted`, and `unknown` when nothing is known of it. */
    readonly status: 'Active' | 'Inactive' | 'deleted' | 'temporary' | 'unknown'
    /** User name; null for root's and for keys without a known owner. */
    readonly userName: string | null
    readonly isRoot: boolean
    readonly createdAt: string | null
  } | null
  /** The user behind the request: of the key, of the session or of the principal. */
  readonly user: {
    readonly name: string
    readonly arn: string
    /** Serial numbers (ARNs) of the MFA devices. */
    readonly mfaDevices: readonly string[]
  } | null
  readonly role: { readonly name: string; readonly arn: string; readonly maxSessionDuration: number } | null
  /** What no policy allowed, or one denied. */
  readonly permission: {
    readonly principal: string
    readonly action: string
    readonly resource: string
    readonly statement: string | null
  } | null
}

/** `GET decisions/timeline?minutes=60&…filters`: every minute, oldest first. */
export interface TimelineAnswer {
  readonly minutes: readonly {
    /** Begin of the minute. */
    readonly at: string
    readonly accepted: number
    /** By cause id; `other` where the log has none. */
    readonly refused: Readonly<Record<string, number>>
  }[]
  /** False: there was too much to count; what is older than `countedFrom` is not in it. */
  readonly complete: boolean
  readonly countedFrom: string
}

/**
 * `GET decisions/stream?…filters` (server-sent events). `event: decision` has a `DecisionRow` as data and the request id as id (with
 * which a browser goes on where it was); `event: lost` has this: so many were not sent, because they came faster than they
 * could be shown, or null where nobody knows how many.
 */
export interface LostEvent {
  readonly count: number | null
}

/** `GET sessions?principal=&active=true&before=&limit=50`, newest first; pages as `DecisionsAnswer` does. */
export interface SessionsAnswer {
  readonly sessions: readonly IssuedSessionRow[]
  readonly more: boolean
  readonly next: string | null
  readonly searchedTo: string | null
}

export interface IssuedSessionRow {
  /** Of the call that gave it: `GET decision` tells all of it. */
  readonly requestId: string
  /** `AssumeRole`, `GetSessionToken`, `GetFederationToken`, `AssumeRoleWithWebIdentity`, `GetRoleCredentials`, … */
  readonly operation: string
  readonly accessKeyId: string
  /** ARN of the session's bearer. */
  readonly principal: string
  readonly type: 'session' | 'role' | 'federated'
  /** Whose policies it has, and where `AWSRevokeOlderSessions` is put to revoke it; null when that one is gone. */
  readonly holder: { readonly kind: 'user' | 'role' | 'root'; readonly name: string; readonly arn: string } | null
  readonly mfa: boolean
  readonly issuedAt: string
  readonly expiresAt: string
  /** Who asked for it: ARN, AWS service, or `‹provider›:‹audience›:‹subject›`. */
  readonly issuedTo: string | null
  /** The key that asked; null where nobody signed. */
  readonly issuedByKey: string | null
  readonly sourceIp: string
  readonly userAgent: string
  readonly state: 'valid' | 'expired' | 'revoked' | 'key-inactive' | 'key-deleted' | 'holder-gone' | 'signed-out'
  /** A sentence; null when valid. */
  readonly why: string | null
}

/**
 * `GET table/users`, `table/groups`, `table/roles`, `table/policies`, `table/providers`, `table/mfa-devices`
 * `?search=&sort=COLUMN&descending=true&page=1&size=50`. `sort` is the name of a member of the row; `size` is 200 at most.
 */
export interface TableAnswer<Row> {
  /** How many match `search`. */
  readonly total: number
  readonly items: readonly Row[]
}

export interface UserRow {
  readonly name: string
  readonly path: string
  readonly arn: string
  readonly id: string
  readonly createdAt: string
  readonly groups: number | null
  readonly mfaDevices: number | null
  /** When the password was last set; null without a password. */
  readonly passwordSetAt: string | null
  readonly passwordLastUsedAt: string | null
  readonly keys: readonly {
    readonly id: string
    readonly status: 'Active' | 'Inactive'
    readonly createdAt: string
    readonly lastUsedAt: string | null
  }[]
  /** Oldest active key (AWS's column "Active key age"); null without one. */
  readonly activeKeySince: string | null
  /** Latest of the password's and the keys' use; null: never. */
  readonly lastActivityAt: string | null
  /** The columns that the caller may not see; they are null, or empty. */
  readonly hidden: readonly string[]
}

export interface GroupRow {
  readonly name: string
  readonly path: string
  readonly arn: string
  readonly id: string
  readonly createdAt: string
  readonly members: number
  /** Attached and inline ones. */
  readonly policies: number
}

export interface RoleRow {
  readonly name: string
  readonly path: string
  readonly arn: string
  readonly id: string
  readonly createdAt: string
  readonly description: string | null
  /** AWS's column "Trusted entities": `AWS service: ec2`, `Account: 123456789012`, `Identity Provider: …`. */
  readonly trustedEntities: readonly string[]
  readonly policies: number
  /** Seconds. */
  readonly maxSessionDuration: number
  /** When a session of it last asked for anything; null: never. */
  readonly lastUsedAt: string | null
  /** The columns that the caller may not see; they are null. */
  readonly hidden: readonly string[]
}

export interface PolicyRow {
  readonly name: string
  readonly path: string
  readonly arn: string
  readonly type: 'AWS managed' | 'Customer managed'
  /** To users, groups and roles. */
  readonly attachments: number
  readonly boundaries: number
  readonly description: string | null
  readonly defaultVersion: string
  readonly createdAt: string
  readonly updatedAt: string
}

export interface ProviderRow {
  readonly kind: 'OpenID Connect' | 'SAML'
  /** The issuer without its scheme, or the SAML provider's name. */
  readonly name: string
  readonly arn: string
  readonly createdAt: string
  readonly audiences: readonly string[]
}

export interface MfaDeviceRow {
  readonly serialNumber: string
  readonly name: string
  /** User name, `root` for the account's root user; null while it is nobody's. */
  readonly owner: string | null
  readonly ownerIsRoot: boolean
  readonly enabledAt: string | null
  readonly createdAt: string
}

/** `GET findings` */
export interface FindingsAnswer {
  /** Most severe first; what does not hold is not there. */
  readonly findings: readonly Finding[]
  readonly counts: {
    readonly users: number
    readonly groups: number
    readonly roles: number
    /** Customer managed ones. */
    readonly policies: number
    readonly providers: number
    readonly mfaDevices: number
    readonly accessKeys: number
  }
  /** Accepted and refused requests of the last hour, as far as they could be counted. */
  readonly lastHour: { readonly accepted: number; readonly refused: number; readonly complete: boolean }
}

export interface Finding {
  readonly id:
    | 'root-access-key'
    | 'root-without-mfa'
    | 'users-without-mfa'
    | 'old-keys'
    | 'never-used-keys'
    | 'unused-keys'
    | 'both-key-slots'
    | 'administrators'
    | 'password-policy-absent'
    | 'password-policy-weak'
    | 'refusals'
  readonly severity: 'high' | 'medium' | 'low'
  /** A sentence without names. */
  readonly title: string
  /** Users, keys or requests, as the title says. */
  readonly count: number
  /** 10 at most; empty where the caller may not list users. `href` is a path within the console: `/users/alice`. */
  readonly examples: readonly { readonly name: string; readonly href: string }[]
}

/**
 * `POST policy-check` with `{ document, kind: 'identity' | 'trust' | 'resource', inline? }`. `inline`: `user`, `group` or `role` where
 * an identity policy is to be inline in one; without it, it is to be managed.
 */
export interface PolicyCheckAnswer {
  /** One error at most, that for which IAM would refuse the text; then what to think over, in the order of the text. */
  readonly faults: readonly {
    /** 1-based, in UTF-16 code units; the end is behind the last character. */
    readonly line: number
    readonly column: number
    readonly endLine: number
    readonly endColumn: number
    readonly severity: 'error' | 'warning'
    readonly code: string
    /** Of an error in AWS's words. */
    readonly says: string
  }[]
  /** Characters, blanks left out, as IAM counts them. */
  readonly size: number
  /** Null where that is for another service to say. */
  readonly largest: number | null
}
