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
import { entityKey } from '../model/entities.ts'
import { createGroups, type Groups } from './groups.ts'
import { createSortedList, type SortedList } from './sorted-list.ts'

/** Every entity of one account with the indexes over them. Knows nothing of logs and time. */
export interface Holdings {
  account: Account
  /** False while `account` only stands in for one that no record has brought yet. */
  accountKept: boolean
  readonly accessKeys: Map<string, AccessKey>
  readonly deletedKeys: Map<string, DeletedKey>
  readonly keysOf: Groups<AccessKey>
  readonly users: NamedEntities<User>
  readonly groups: NamedEntities<Group>
  /** Id of a group → who is in it. */
  readonly membersOf: Map<string, SortedList<User>>
  readonly roles: NamedEntities<Role>
  readonly instanceProfiles: NamedEntities<InstanceProfile>
  /** Id of a role → the profiles that it is in. */
  readonly instanceProfilesOf: Map<string, SortedList<InstanceProfile>>
  readonly policies: Map<string, ManagedPolicy>
  readonly sortedPolicies: SortedList<ManagedPolicy>
  readonly devices: Map<string, MfaDevice>
  readonly sortedDevices: SortedList<MfaDevice>
  readonly devicesOf: Groups<MfaDevice>
  readonly oidcProviders: Map<string, OidcProvider>
  readonly sortedOidcProviders: SortedList<OidcProvider>
  readonly samlProviders: Map<string, SamlProvider>
  readonly sortedSamlProviders: SortedList<SamlProvider>
  readonly credentialReport: Map<string, CredentialReportPart>
  readonly loginProfiles: Map<string, LoginProfile>
  readonly permissionSets: Map<string, PermissionSet>
  readonly sortedPermissionSets: SortedList<PermissionSet>
  readonly portalSessions: Map<string, PortalSession>
  readonly portalSessionsOf: Groups<PortalSession>
  readonly consoleSessions: Map<string, ConsoleSession>
  readonly consoleSessionsOf: Groups<ConsoleSession>
  readonly ringKeys: Map<string, RingKey>
  /** The same array until a ring key comes or goes, so that readers may keep what they derived from it. */
  ringKeyList: readonly RingKey[]
  /** Policy ARN → who has it attached, or is bounded by it. */
  readonly attached: Map<string, SortedList<User | Group | Role>>
  readonly bounded: Map<string, SortedList<User | Role>>
  /** Only versions other than 1 are kept: most entities never change. */
  readonly versions: Map<string, number>
}

interface NamedEntities<T extends Named> {
  readonly byId: Map<string, T>
  /** Names are the same whatever their case. */
  readonly byName: Map<string, T>
  readonly sorted: SortedList<T>
}

type Named = User | Group | Role | InstanceProfile

export function emptyHoldings(account: Account): Holdings {
  return {
    account,
    accountKept: false,
    accessKeys: new Map(),
    deletedKeys: new Map(),
    keysOf: createGroups(byAge),
    users: namedEntities(),
    groups: namedEntities(),
    membersOf: new Map(),
    roles: namedEntities(),
    instanceProfiles: namedEntities(),
    instanceProfilesOf: new Map(),
    policies: new Map(),
    sortedPolicies: createSortedList<ManagedPolicy>(byNameAndId),
    devices: new Map(),
    sortedDevices: createSortedList((device) => `${device.name.toLowerCase()} ${device.serialNumber}`),
    devicesOf: createGroups((a, b) => compareText(a.serialNumber, b.serialNumber)),
    oidcProviders: new Map(),
    sortedOidcProviders: createSortedList((provider) => provider.arn),
    samlProviders: new Map(),
    sortedSamlProviders: createSortedList((provider) => provider.arn),
    credentialReport: new Map(),
    loginProfiles: new Map(),
    permissionSets: new Map(),
    sortedPermissionSets: createSortedList((set) => `${set.name.toLowerCase()} ${set.arn}`),
    portalSessions: new Map(),
    portalSessionsOf: createGroups(byAge),
    consoleSessions: new Map(),
    consoleSessionsOf: createGroups(byAge),
    ringKeys: new Map(),
    ringKeyList: [],
    attached: new Map(),
    bounded: new Map(),
    versions: new Map(),
  }
}

function namedEntities<T extends Named>(): NamedEntities<T> {
  return { byId: new Map(), byName: new Map(), sorted: createSortedList<T>(byNameAndId) }
}

export function entityIn(holdings: Holdings, kind: EntityKind, key: string): Entity | undefined {
  switch (kind) {
    case 'account':
      return holdings.accountKept && holdings.account.id === key ? holdings.account : undefined
    case 'user':
      return holdings.users.byId.get(key)
    case 'group':
      return holdings.groups.byId.get(key)
    case 'role':
      return holdings.roles.byId.get(key)
    case 'instance-profile':
      return holdings.instanceProfiles.byId.get(key)
    case 'access-key':
      return holdings.accessKeys.get(key)
    case 'deleted-key':
      return holdings.deletedKeys.get(key)
    case 'mfa-device':
      return holdings.devices.get(key)
    case 'policy':
      return holdings.policies.get(key)
    case 'oidc-provider':
      return holdings.oidcProviders.get(key)
    case 'saml-provider':
      return holdings.samlProviders.get(key)
    case 'credential-report':
      return holdings.credentialReport.get(key)
    case 'login-profile':
      return holdings.loginProfiles.get(key)
    case 'permission-set':
      return holdings.permissionSets.get(key)
    case 'portal-session':
      return holdings.portalSessions.get(key)
    case 'console-session':
      return holdings.consoleSessions.get(key)
    case 'ring-key':
      return holdings.ringKeys.get(key)
  }
}

export function versionIn(holdings: Holdings, kind: EntityKind, key: string): number {
  const version = holdings.versions.get(`${kind} ${key}`)
  if (version !== undefined) return version
  return entityIn(holdings, kind, key) === undefined ? 0 : 1
}

export function putInto(holdings: Holdings, entity: Entity, version: number): void {
  const key = entityKey(entity)
  removeFromIndexes(holdings, entity.kind, key)
  addToIndexes(holdings, entity)
  const name = `${entity.kind} ${key}`
  if (version === 1) holdings.versions.delete(name)
  else holdings.versions.set(name, version)
}

export function removeFrom(holdings: Holdings, kind: EntityKind, key: string): void {
  removeFromIndexes(holdings, kind, key)
  holdings.versions.delete(`${kind} ${key}`)
}

function addToIndexes(holdings: Holdings, entity: Entity): void {
  switch (entity.kind) {
    case 'account':
      holdings.account = entity
      holdings.accountKept = true
      return
    case 'user':
      addNamed(holdings.users, entity)
      addPolicies(holdings, entity)
      for (const id of entity.groups ?? []) listOf(holdings.membersOf, id).add(entity)
      return
    case 'group':
      addNamed(holdings.groups, entity)
      addPolicies(holdings, entity)
      return
    case 'role':
      addNamed(holdings.roles, entity)
      addPolicies(holdings, entity)
      return
    case 'instance-profile':
      addNamed(holdings.instanceProfiles, entity)
      if (entity.roleId !== null) listOf(holdings.instanceProfilesOf, entity.roleId).add(entity)
      return
    case 'access-key':
      holdings.accessKeys.set(entity.id, entity)
      holdings.keysOf.add(entity.owner, entity)
      return
    case 'deleted-key':
      holdings.deletedKeys.set(entity.id, entity)
      return
    case 'mfa-device':
      holdings.devices.set(entity.serialNumber, entity)
      holdings.sortedDevices.add(entity)
      if (entity.owner !== null) holdings.devicesOf.add(entity.owner, entity)
      return
    case 'policy':
      holdings.policies.set(entity.arn, entity)
      holdings.sortedPolicies.add(entity)
      return
    case 'oidc-provider':
      holdings.oidcProviders.set(entity.arn, entity)
      holdings.sortedOidcProviders.add(entity)
      return
    case 'saml-provider':
      holdings.samlProviders.set(entity.arn, entity)
      holdings.sortedSamlProviders.add(entity)
      return
    case 'credential-report':
      holdings.credentialReport.set(entity.id, entity)
      return
    case 'login-profile':
      holdings.loginProfiles.set(entity.id, entity)
      return
    case 'permission-set':
      holdings.permissionSets.set(entity.arn, entity)
      holdings.sortedPermissionSets.add(entity)
      return
    case 'portal-session':
      holdings.portalSessions.set(entity.id, entity)
      holdings.portalSessionsOf.add(entity.owner, entity)
      return
    case 'console-session':
      holdings.consoleSessions.set(entity.id, entity)
      holdings.consoleSessionsOf.add(entity.owner, entity)
      return
    case 'ring-key':
      holdings.ringKeys.set(entity.id, entity)
      holdings.ringKeyList = [...holdings.ringKeys.values()]
  }
}

function removeFromIndexes(holdings: Holdings, kind: EntityKind, key: string): void {
  const entity = entityIn(holdings, kind, key)
  if (entity === undefined) return
  switch (entity.kind) {
    case 'account':
      holdings.accountKept = false
      return
    case 'user':
      removeNamed(holdings.users, entity)
      removePolicies(holdings, entity)
      for (const id of entity.groups ?? []) holdings.membersOf.get(id)?.remove(entity)
      return
    case 'group':
      removeNamed(holdings.groups, entity)
      removePolicies(holdings, entity)
      return
    case 'role':
      removeNamed(holdings.roles, entity)
      removePolicies(holdings, entity)
      return
    case 'instance-profile':
      removeNamed(holdings.instanceProfiles, entity)
      if (entity.roleId !== null) holdings.instanceProfilesOf.get(entity.roleId)?.remove(entity)
      return
    case 'access-key':
      holdings.accessKeys.delete(key)
      holdings.keysOf.remove(entity.owner, entity)
      return
    case 'deleted-key':
      holdings.deletedKeys.delete(key)
      return
    case 'mfa-device':
      holdings.devices.delete(key)
      holdings.sortedDevices.remove(entity)
      if (entity.owner !== null) holdings.devicesOf.remove(entity.owner, entity)
      return
    case 'policy':
      holdings.policies.delete(key)
      holdings.sortedPolicies.remove(entity)
      return
    case 'oidc-provider':
      holdings.oidcProviders.delete(key)
      holdings.sortedOidcProviders.remove(entity)
      return
    case 'saml-provider':
      holdings.samlProviders.delete(key)
      holdings.sortedSamlProviders.remove(entity)
      return
    case 'credential-report':
      holdings.credentialReport.delete(key)
      return
    case 'login-profile':
      holdings.loginProfiles.delete(key)
      return
    case 'permission-set':
      holdings.permissionSets.delete(key)
      holdings.sortedPermissionSets.remove(entity)
      return
    case 'portal-session':
      holdings.portalSessions.delete(key)
      holdings.portalSessionsOf.remove(entity.owner, entity)
      return
    case 'console-session':
      holdings.consoleSessions.delete(key)
      holdings.consoleSessionsOf.remove(entity.owner, entity)
      return
    case 'ring-key':
      holdings.ringKeys.delete(key)
      holdings.ringKeyList = [...holdings.ringKeys.values()]
  }
}

function addNamed<T extends Named>(named: NamedEntities<T>, entity: T): void {
  named.byId.set(entity.id, entity)
  named.byName.set(entity.name.toLowerCase(), entity)
  named.sorted.add(entity)
}

function removeNamed<T extends Named>(named: NamedEntities<T>, entity: T): void {
  const name = entity.name.toLowerCase()
  named.byId.delete(entity.id)
  // A rename may have given the name to another entity within the same commit.
  if (named.byName.get(name)?.id === entity.id) named.byName.delete(name)
  named.sorted.remove(entity)
}

function addPolicies(holdings: Holdings, entity: User | Group | Role): void {
  for (const arn of entity.attachedPolicies) listOf(holdings.attached, arn).add(entity)
  if (entity.kind !== 'group' && entity.boundary !== null) listOf(holdings.bounded, entity.boundary).add(entity)
}

function removePolicies(holdings: Holdings, entity: User | Group | Role): void {
  for (const arn of entity.attachedPolicies) holdings.attached.get(arn)?.remove(entity)
  if (entity.kind !== 'group' && entity.boundary !== null) holdings.bounded.get(entity.boundary)?.remove(entity)
}

export function groupsOf(holdings: Holdings, userId: string): readonly Group[] {
  const ids = holdings.users.byId.get(userId)?.groups ?? []
  return ids.flatMap((id) => holdings.groups.byId.get(id) ?? [])
}

function listOf<T extends Named>(lists: Map<string, SortedList<T>>, name: string): SortedList<T> {
  let list = lists.get(name)
  if (list === undefined) lists.set(name, (list = createSortedList<T>(byNameAndId)))
  return list
}

/** A blank comes before every character that a name may have, so `al` stays before `al-2`. */
function byNameAndId(entity: { readonly name: string; readonly id: string }): string {
  return `${entity.name.toLowerCase()} ${entity.id}`
}

function byAge<T extends AccessKey | PortalSession | ConsoleSession>(a: T, b: T): number {
  return compareText(a.createdAt, b.createdAt) || compareText(a.id, b.id)
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
