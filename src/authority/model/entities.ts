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
  /** Clock drift in time steps that a resync has taught. */
  readonly driftSteps: number
  /** The last time step whose code was accepted: each code counts once, on every node. */
  readonly lastUsedStep: number
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

/** One key of the ring that seals session tokens. */
export interface RingKey {
  readonly kind: 'ring-key'
  /** A small number as text; it stands in the clear in each token. Key of the entity. */
  readonly id: string
  readonly createdAt: string
  /** Base64 of 32 random bytes. Sealed by the store. */
  readonly secret: string
}

export type Entity = Account | User | Role | AccessKey | DeletedKey | MfaDevice | ManagedPolicy | OidcProvider | RingKey
export type EntityKind = Entity['kind']

/** The key under which an entity is kept within its kind. */
export function entityKey(entity: Entity): string {
  switch (entity.kind) {
    case 'mfa-device':
      return entity.serialNumber
    case 'policy':
    case 'oidc-provider':
      return entity.arn
    default:
      return entity.id
  }
}
