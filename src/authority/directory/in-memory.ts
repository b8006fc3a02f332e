import { CountersignError } from '../../errors.ts'
import type { Account } from '../model/entities.ts'
import type { ChangeRecord, KeyUse, Snapshot, Versioned } from '../model/store.ts'
import type { Directory } from './directory.ts'
import { emptyHoldings, entityIn, groupsOf, type Holdings, putInto, removeFrom, versionIn } from './holdings.ts'
import { createRecentChanges, type HistoryBounds } from './recent-changes.ts'

/** The directory with what its keeper needs besides: to be filled anew, and to hand on what it was told of uses. */
export interface LiveDirectory extends Directory {
  /** Replaces everything by the snapshot, all at once when it has been read to its end; until then the old state answers. */
  reload(snapshot: Snapshot): Promise<void>
  /** The uses noted since the last call, the newest of each key and role, for `Store.touchKeys`. */
  takeUses(): readonly KeyUse[]
}

export interface DirectoryOptions {
  readonly entities?: Iterable<Versioned>
  /** The point of the change log that `entities` stand for. Default 0. */
  readonly seq?: number
  readonly history?: HistoryBounds
}

const none = { attached: [], boundary: [] } as const

/**
 * An account's directory in memory. `account` answers until an account entity comes by `entities`, `reload` or `apply`.
 *
 */
export function createDirectory(account: Account, options: DirectoryOptions = {}): LiveDirectory {
  let holdings = emptyHoldings(account)
  let appliedSeq = options.seq ?? 0
  for (const { entity, version } of options.entities ?? []) putInto(holdings, entity, version)
  const recent = createRecentChanges(options.history)
  const uses = new Map<string, KeyUse>()
  let freshUses = new Map<string, KeyUse>()

  return {
    get account() {
      return holdings.account
    },
    get appliedSeq() {
      return appliedSeq
    },
    versionOf: (kind, key) => versionIn(holdings, kind, key),

    accessKey: (id) => holdings.accessKeys.get(id),
    deletedKey: (id) => holdings.deletedKeys.get(id),
    accessKeysOf: (owner) => holdings.keysOf.of(owner),

    user: (id) => holdings.users.byId.get(id),
    userNamed: (name) => holdings.users.byName.get(name.toLowerCase()),
    users: () => holdings.users.sorted.values(),

    group: (id) => holdings.groups.byId.get(id),
    groupNamed: (name) => holdings.groups.byName.get(name.toLowerCase()),
    groups: () => holdings.groups.sorted.values(),
    groupsOf: (userId) => groupsOf(holdings, userId),
    membersOf: (groupId) => holdings.membersOf.get(groupId)?.values() ?? [],

    role: (id) => holdings.roles.byId.get(id),
    roleNamed: (name) => holdings.roles.byName.get(name.toLowerCase()),
    roles: () => holdings.roles.sorted.values(),

    instanceProfile: (id) => holdings.instanceProfiles.byId.get(id),
    instanceProfileNamed: (name) => holdings.instanceProfiles.byName.get(name.toLowerCase()),
    instanceProfiles: () => holdings.instanceProfiles.sorted.values(),
    instanceProfilesOf: (roleId) => holdings.instanceProfilesOf.get(roleId)?.values() ?? [],

    policy: (arn) => holdings.policies.get(arn),
    policies: () => holdings.sortedPolicies.values(),
    usersOfPolicy: (arn) => ({
      attached: holdings.attached.get(arn)?.values() ?? none.attached,
      boundary: holdings.bounded.get(arn)?.values() ?? none.boundary,
    }),

    mfaDevice: (serialNumber) => holdings.devices.get(serialNumber),
    mfaDevices: () => holdings.sortedDevices.values(),
    mfaDevicesOf: (owner) => holdings.devicesOf.of(owner),

    oidcProvider: (arn) => holdings.oidcProviders.get(arn),
    oidcProviders: () => holdings.sortedOidcProviders.values(),

    samlProvider: (arn) => holdings.samlProviders.get(arn),
    samlProviders: () => holdings.sortedSamlProviders.values(),

    credentialReportPart: (id) => holdings.credentialReport.get(id),

    loginProfile: (userId) => holdings.loginProfiles.get(userId),

    permissionSet: (arn) => holdings.permissionSets.get(arn),
    permissionSets: () => holdings.sortedPermissionSets.values(),

    portalSession: (id) => holdings.portalSessions.get(id),
    portalSessionsOf: (owner) => holdings.portalSessionsOf.of(owner),

    consoleSession: (id) => holdings.consoleSessions.get(id),
    consoleSessionsOf: (owner) => holdings.consoleSessionsOf.of(owner),
    consoleSessions: () => holdings.consoleSessions.values(),

    ringKeys: () => holdings.ringKeyList,

    lastUse: (accessKeyId) => uses.get(accessKeyId),
    noteUse(use) {
      // Sessions' keys and unknown ones are not kept: nobody can ask for them, and there is no end of them.
      if (!holdings.accessKeys.has(use.accessKeyId) && !holdings.roles.byId.has(use.accessKeyId)) return
      uses.set(use.accessKeyId, use)
      freshUses.set(use.accessKeyId, use)
    },
    takeUses() {
      const taken = [...freshUses.values()]
      freshUses = new Map()
      return taken
    },

    changedAt: (kind, key) => recent.changedAt(kind, key),
    before: (kind, key) => recent.before(kind, key),

    apply(records, at) {
      for (const record of records) {
        if (record.seq <= appliedSeq) continue
        recent.note(record.kind, record.key, entityIn(holdings, record.kind, record.key), at)
        applyRecord(holdings, record)
        if (record.op === 'remove' && (record.kind === 'access-key' || record.kind === 'role')) {
          uses.delete(record.key)
          freshUses.delete(record.key)
        }
        appliedSeq = record.seq
      }
    },

    async reload(snapshot) {
      const fresh = emptyHoldings(holdings.account)
      for await (const { entity, version } of snapshot.entities) putInto(fresh, entity, version)
      holdings = fresh
      appliedSeq = snapshot.seq
      recent.clear()
      uses.clear()
      freshUses.clear()
      for (const use of snapshot.uses) uses.set(use.accessKeyId, use)
    },
  }
}

function applyRecord(holdings: Holdings, record: ChangeRecord): void {
  if (record.op === 'remove') removeFrom(holdings, record.kind, record.key)
  else if (record.entity !== null) putInto(holdings, record.entity, record.version)
  else throw new CountersignError('defect', `change ${record.seq} puts nothing`, { data: { seq: record.seq } })
}
