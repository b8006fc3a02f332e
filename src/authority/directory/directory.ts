import type {
  AccessKey,
  Account,
  ConsoleSession,
  CredentialReportPart,
  DeletedKey,
  Entity,
  EntityKind,
  Group,
  InstanceProfile,
  LoginProfile,
  ManagedPolicy,
  MfaDevice,
  OidcProvider,
  PermissionSet,
  PortalSession,
  RingKey,
  Role,
  SamlProvider,
  User,
} from '../model/entities.ts'
import type { ChangeRecord, KeyUse } from '../model/store.ts'

/**
 * The data plane: everything that is needed to judge a request, in memory, fed by the change log and by nothing else.
 * All answers are immediate; names are looked up whatever their case, as IAM does.
 */
export interface Directory {
  readonly account: Account
  /** The last change that has been applied. */
  readonly appliedSeq: number

  /** The version of an entity for a `Change`'s `expect`; 0 when it does not exist. */
  versionOf(kind: EntityKind, key: string): number

  accessKey(id: string): AccessKey | undefined
  deletedKey(id: string): DeletedKey | undefined
  /** All keys of a user's unique id, or of `root`, oldest first. */
  accessKeysOf(owner: string): readonly AccessKey[]

  user(id: string): User | undefined
  userNamed(name: string): User | undefined
  /** Sorted by name. */
  users(): readonly User[]

  group(id: string): Group | undefined
  groupNamed(name: string): Group | undefined
  /** Sorted by name. */
  groups(): readonly Group[]
  /** The groups that a user of this unique id is in, in the order of joining. */
  groupsOf(userId: string): readonly Group[]
  /** Who is in the group of this unique id, sorted by name. */
  membersOf(groupId: string): readonly User[]

  role(id: string): Role | undefined
  roleNamed(name: string): Role | undefined
  roles(): readonly Role[]

  instanceProfile(id: string): InstanceProfile | undefined
  instanceProfileNamed(name: string): InstanceProfile | undefined
  /** Sorted by name. */
  instanceProfiles(): readonly InstanceProfile[]
  /** Of a role's unique id, sorted by name. */
  instanceProfilesOf(roleId: string): readonly InstanceProfile[]

  policy(arn: string): ManagedPolicy | undefined
  policies(): readonly ManagedPolicy[]
  /** Users, groups and roles that a managed policy is attached to (`attached`), and users and roles that it bounds (`boundary`). */
  usersOfPolicy(arn: string): {
    readonly attached: readonly (User | Group | Role)[]
    readonly boundary: readonly (User | Role)[]
  }

  mfaDevice(serialNumber: string): MfaDevice | undefined
  mfaDevices(): readonly MfaDevice[]
  mfaDevicesOf(owner: string): readonly MfaDevice[]

  oidcProvider(arn: string): OidcProvider | undefined
  /** Sorted by ARN. */
  oidcProviders(): readonly OidcProvider[]

  samlProvider(arn: string): SamlProvider | undefined
  /** Sorted by ARN. */
  samlProviders(): readonly SamlProvider[]

  credentialReportPart(id: string): CredentialReportPart | undefined

  /** By the user's unique id, or `root`. */
  loginProfile(userId: string): LoginProfile | undefined

  permissionSet(arn: string): PermissionSet | undefined
  /** Sorted by name. */
  permissionSets(): readonly PermissionSet[]

  portalSession(id: string): PortalSession | undefined
  /** Of a user's unique id, oldest first. */
  portalSessionsOf(owner: string): readonly PortalSession[]

  consoleSession(id: string): ConsoleSession | undefined
  /** Those over included that nobody has cleared away yet. Oldest first. */
  consoleSessionsOf(owner: string): readonly ConsoleSession[]
  /** All of them, in no order. */
  consoleSessions(): Iterable<ConsoleSession>

  ringKeys(): readonly RingKey[]

  /** When and for what a key was last used, or a session of the role with this unique id; as far as this node knows. */
  lastUse(accessKeyId: string): KeyUse | undefined
  noteUse(use: KeyUse): void

  /**
   * When an entity last changed, in milliseconds of the authority's clock, for simulated propagation; undefined for
   * what was there at the start.
   */
  changedAt(kind: EntityKind, key: string): number | undefined
  /** The entity as it was before its last change (for simulated propagation); undefined when it was not there. */
  before(kind: EntityKind, key: string): Entity | undefined

  /** Applies records in the order of the log; those already applied are passed over. */
  apply(records: readonly ChangeRecord[], at: number): void
}
