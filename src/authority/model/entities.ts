/**
 * What the authority knows, as plain values. Each entity has a kind and a key under which the store keeps it; a change
 * replaces or removes a whole entity. Times are ISO 8601 UTC strings with whole seconds (`2026-11-28T12:00:00Z`).
 */
export interface Tag {
  readonly key: string
  readonly value: string
}

export type KeyStatus = 'Active' | 'Inactive'

export interface Account {
  readonly kind: 'account'
  /** 12 digits. Key of the entity. */
  readonly id: string
  readonly partition: string
  readonly createdAt: string
  readonly alias: string | null
  /** Opt-in regions that were switched on. The members from here on are absent until they are first set. */
  readonly enabledRegions?: readonly string[]
  /** Regions whose STS endpoint was deactivated. */
  readonly stsInactiveIn?: readonly string[]
  /** Which session tokens the global endpoint gives. */
  readonly globalTokenVersion?: 1 | 2
  /** Null, as absent, while AWS's default holds. */
  readonly passwordPolicy?: PasswordPolicy | null
  /** By which the root user signs in to the console; null, as absent, until it has chosen a password. */
  readonly rootEmail?: string | null
  /** How often the operator has taken root's password away: links to a first sign-in from before no longer count. */
  readonly rootResets?: number
}

/** What UpdateAccountPasswordPolicy sets. */
export interface PasswordPolicy {
  readonly minimumLength: number
  readonly requireSymbols: boolean
  readonly requireNumbers: boolean
  readonly requireUppercase: boolean
  readonly requireLowercase: boolean
  readonly allowUsersToChange: boolean
  /** Days; null: passwords do not expire. */
  readonly maxAge: number | null
  /** So many former passwords may not be used again; null: any may. */
  readonly reusePrevention: number | null
  /** Once expired, only an administrator may set a new one. Null: nobody said, so they do not. */
  readonly hardExpiry: boolean | null
}

export interface User {
  readonly kind: 'user'
  /** `AIDA…`, 21 characters. Key of the entity. */
  readonly id: string
  readonly name: string
  /** Begins and ends with `/`. */
  readonly path: string
  readonly createdAt: string
  readonly tags: readonly Tag[]
  /** ARN of the managed policy that bounds the user. */
  readonly boundary: string | null
  /** Inline policies by name; the texts are kept as they came. */
  readonly inlinePolicies: Readonly<Record<string, string>>
  /** ARNs of attached managed policies, in the order of attachment. */
  readonly attachedPolicies: readonly string[]
  /**
   * Unique ids of the groups that the user is in, in the order of joining; absent: none. A membership stands here and not
   * with the group, because a user has ten at most (`quotas.groupsPerUser`) where a group may have every user of the account:
   * joining rewrites one small entity however many members there are, and whoever judges the user's requests has them at hand.
   */
  readonly groups?: readonly string[]
}

/** A group has policies, and who is in it has them too. It is no principal, has no tags and is bounded by nothing. */
export interface Group {
  readonly kind: 'group'
  /** `AGPA…`, 21 characters. Key of the entity. */
  readonly id: string
  readonly name: string
  readonly path: string
  readonly createdAt: string
  readonly inlinePolicies: Readonly<Record<string, string>>
  readonly attachedPolicies: readonly string[]
}

export interface Role {
  readonly kind: 'role'
  /** `AROA…`, 21 characters. Key of the entity. */
  readonly id: string
  readonly name: string
  readonly path: string
  readonly createdAt: string
  readonly description: string | null
  /** The trust policy's text as it came. */
  readonly trustPolicy: string
  /** Unique ids of the users and roles that the trust policy named by ARN when it was saved: `arn → id`. */
  readonly trustPrincipals: Readonly<Record<string, string>>
  /** Seconds, 3600 to 43200. */
  readonly maxSessionDuration: number
  readonly tags: readonly Tag[]
  readonly boundary: string | null
  readonly inlinePolicies: Readonly<Record<string, string>>
  readonly attachedPolicies: readonly string[]
}

/** In what a role is handed to EC2 instances. */
export interface InstanceProfile {
  readonly kind: 'instance-profile'
  /** `AIPA…`, 21 characters. Key of the entity. */
  readonly id: string
  readonly name: string
  readonly path: string
  readonly createdAt: string
  readonly tags: readonly Tag[]
  /** Unique id of its role; null while it has none. There is never more than one. */
  readonly roleId: string | null
}

export interface AccessKey {
  readonly kind: 'access-key'
  /** `AKIA…`. Key of the entity. */
  readonly id: string
  /** The user's unique id, or `root`. */
  readonly owner: string
  readonly status: KeyStatus
  readonly createdAt: string
  /** Plain text in memory; the store seals it under the master key before it touches the disk. */
  readonly secret: string
}

/** What is left of a deleted key, so that the decision log can tell a deleted key from one that never was. */
export interface DeletedKey {
  readonly kind: 'deleted-key'
  readonly id: string
  readonly owner: string
  readonly deletedAt: string
}

export interface MfaDevice {
  readonly kind: 'mfa-device'
  /** The ARN. Key of the entity. */
  readonly serialNumber: string
  readonly name: string
  readonly path: string
  readonly createdAt: string
  readonly tags: readonly Tag[]
  /** Base32 text of 64 characters. Sealed by the store like a key's secret. */
  readonly seed: string
  /** Unique id of the user it is registered for, `root`, or null while unassigned. */
  readonly owner: string | null
  readonly enabledAt: string | null
  /** Clock drift in time steps that two codes in a row have taught. It stays when the device is taken from its user. */
  readonly driftSteps: number
  /** The step of the second of the two codes that were accepted last: a pair counts once. 0: none was. */
  readonly lastPairStep: number
  /** The latest steps whose code was accepted alone, in order: each counts once, on every node. */
  readonly usedSteps: readonly number[]
}

export interface PolicyVersion {
  /** `v1`, `v2`, … never used again. */
  readonly id: string
  readonly document: string
  readonly createdAt: string
}

export interface ManagedPolicy {
  readonly kind: 'policy'
  /** The ARN. Key of the entity. */
  readonly arn: string
  /** `ANPA…`. */
  readonly id: string
  readonly name: string
  readonly path: string
  readonly description: string | null
  readonly createdAt: string
  readonly updatedAt: string
  readonly tags: readonly Tag[]
  readonly defaultVersion: string
  readonly versions: readonly PolicyVersion[]
  /** The number of the next version. */
  readonly nextVersion: number
}

/** An OpenID Connect identity provider whose tokens the account trusts (AssumeRoleWithWebIdentity). */
export interface OidcProvider {
  readonly kind: 'oidc-provider'
  /** `arn:…:oidc-provider/‹issuer without its scheme›`. Key of the entity. */
  readonly arn: string
  /** The issuer as tokens name it: `https://…`, or `http://…` on a loopback host. Counts with its case. */
  readonly issuer: string
  readonly createdAt: string
  /** The audiences whose tokens are taken. */
  readonly clientIds: readonly string[]
  /** SHA-1 of certificates, 40 hexadecimal digits each: what to trust where no public authority vouches for the issuer. */
  readonly thumbprints: readonly string[]
  readonly tags: readonly Tag[]
}

/** A SAML 2.0 identity provider that trust policies may name. */
export interface SamlProvider {
  readonly kind: 'saml-provider'
  /** `arn:…:saml-provider/‹name›`. Key of the entity. */
  readonly arn: string
  readonly name: string
  /** By which the address names it where it sends encrypted assertions. Upper-case letters and digits. */
  readonly uuid: string
  readonly createdAt: string
  readonly validUntil: string
  /** The metadata's text as it came. */
  readonly metadata: string
  readonly encryption: 'Required' | 'Allowed'
  /** Oldest first. */
  readonly privateKeys: readonly { readonly id: string; readonly addedAt: string }[]
  readonly tags: readonly Tag[]
  /** The private keys' PEM texts in the same order, as JSON. Sealed by the store. */
  readonly secret: string
}

/**
 * The account's one credential report as it was generated. It may be long, so it is kept in parts; the first one tells how many
 * there are.
 */
export interface CredentialReportPart {
  readonly kind: 'credential-report'
  /** The number of the part, `0` for the first. Key of the entity. */
  readonly id: string
  readonly generatedAt: string
  readonly parts: number
  /** Base64 of a piece of the compressed report (gzip). */
  readonly content: string
}

/** The password of a user or of root: whoever has one may sign in at the pages of the authority. */
export interface LoginProfile {
  readonly kind: 'login-profile'
  /** The user's unique id, or `root`. Key of the entity. */
  readonly id: string
  readonly createdAt: string
  /** When the password was last set. */
  readonly changedAt: string
  /** Of the last sign-in; null before the first. */
  readonly lastUsedAt: string | null
  /** Must the user choose another one at the next sign-in? */
  readonly resetRequired: boolean
  /** How often the person has signed out everywhere since the password was set; absent: never. */
  readonly signOuts?: number
  /** Hashes of the password and of former ones, newest first, a line each (`sessions/password.ts`). Sealed by the store. */
  readonly secret: string
}

/** A permission set of IAM Identity Center: what a role has that people get in the account. */
export interface PermissionSet {
  readonly kind: 'permission-set'
  /** `arn:aws:sso:::permissionSet/ssoins-…/ps-…`. Key of the entity. */
  readonly arn: string
  readonly name: string
  readonly description: string | null
  readonly createdAt: string
  /** ISO 8601 duration as it came, one hour to twelve: `PT1H`. */
  readonly sessionDuration: string
  readonly relayState: string | null
  readonly tags: readonly Tag[]
  readonly inlinePolicy: string | null
  /** ARNs of AWS managed policies. */
  readonly managedPolicies: readonly string[]
  readonly customerPolicies: readonly CustomerPolicy[]
  readonly boundary: { readonly managed: string } | { readonly customer: CustomerPolicy } | null
  /** Unique ids of the users that have it, in the order of assignment. */
  readonly assignedTo: readonly string[]
  /** Unique id of the role that was made of it; null before the first assignment and after the last. */
  readonly roleId: string | null
  /** Seconds that the role's sessions last: the duration as it was last provisioned. */
  readonly roleSeconds: number
  /** Is the role as the permission set is now? */
  readonly provisioned: boolean
}

export interface CustomerPolicy {
  readonly name: string
  readonly path: string
}

/** One sign-in to the portal, from which access and refresh tokens come; they end with it. Holds no token. */
export interface PortalSession {
  readonly kind: 'portal-session'
  /** A random text. Key of the entity. */
  readonly id: string
  /** The user's unique id. */
  readonly owner: string
  readonly createdAt: string
  readonly expiresAt: string
  /** The client that asked for it, by the id under which it registered. */
  readonly clientId: string
  /** How often its refresh token has been exchanged: each counts once. */
  readonly refreshes: number
  /** When that was last done; null before the first time. */
  readonly refreshedAt: string | null
}

/** One sign-in to the console. Whoever holds its cookie has it; nothing here would let anybody in. */
export interface ConsoleSession {
  readonly kind: 'console-session'
  /** A random text. Key of the entity. */
  readonly id: string
  /** The user's unique id; `root`; `AROA…:‹session name›`; `‹account›:‹federated user›`. */
  readonly owner: string
  readonly createdAt: string
  readonly expiresAt: string
  /** When a one-time code was shown at the sign-in, in seconds since the epoch; null without MFA. */
  readonly mfaAt: number | null
  /** Its owner registered a device in it: so no code is asked for, and it goes on without MFA. Absent until then. */
  readonly deviceRegistered?: true
  /** `ASIA…`, by which decisions name the session. It has no secret, so nobody signs with it. */
  readonly accessKeyId: string
  /** Of a federated sign-in the claims of the session that it was made of, without their secret (JSON); else null. */
  readonly claims: string | null
  readonly sourceIp: string
}

/** One key of the ring that seals session tokens. */
export interface RingKey {
  readonly kind: 'ring-key'
  /** A small number as text; it stands in the clear in each token. Key of the entity. */
  readonly id: string
  readonly createdAt: string
  /** Base64 of 32 random bytes. Sealed by the store. */
  readonly secret: string
}

export type Entity =
  | Account
  | User
  | Group
  | Role
  | InstanceProfile
  | AccessKey
  | DeletedKey
  | MfaDevice
  | ManagedPolicy
  | OidcProvider
  | SamlProvider
  | CredentialReportPart
  | LoginProfile
  | PermissionSet
  | PortalSession
  | ConsoleSession
  | RingKey
export type EntityKind = Entity['kind']

/** The key under which an entity is kept within its kind. */
export function entityKey(entity: Entity): string {
  switch (entity.kind) {
    case 'mfa-device':
      return entity.serialNumber
    case 'policy':
    case 'oidc-provider':
    case 'saml-provider':
    case 'permission-set':
      return entity.arn
    default:
      return entity.id
  }
}
