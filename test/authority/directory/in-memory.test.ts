import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createDirectory, type LiveDirectory } from '../../../src/authority/directory/in-memory.ts'
import type {
  AccessKey,
  Account,
  Entity,
  Group,
  InstanceProfile,
  ManagedPolicy,
  MfaDevice,
  RingKey,
  Role,
  User,
} from '../../../src/authority/model/entities.ts'
import { entityKey } from '../../../src/authority/model/entities.ts'
import type { ChangeRecord, KeyUse } from '../../../src/authority/model/store.ts'

const createdAt = '2026-11-28T12:00:00Z'
const account: Account = { kind: 'account', id: '123456789012', partition: 'aws', createdAt, alias: null }
const readOnly = 'arn:aws:iam::aws:policy/ReadOnlyAccess'

function user(name: string, over: Partial<User> = {}): User {
  return {
    kind: 'user',
    id: `AIDA${name}`,
    name,
    path: '/',
    createdAt,
    tags: [],
    boundary: null,
    inlinePolicies: {},
    attachedPolicies: [],
    ...over,
  }
}
function group(name: string, over: Partial<Group> = {}): Group {
  return {
    kind: 'group',
    id: `AGPA${name}`,
    name,
    path: '/',
    createdAt,
    inlinePolicies: {},
    attachedPolicies: [],
    ...over,
  }
}
function profile(name: string, over: Partial<InstanceProfile> = {}): InstanceProfile {
  return { kind: 'instance-profile', id: `AIPA${name}`, name, path: '/', createdAt, tags: [], roleId: null, ...over }
}
function role(name: string, over: Partial<Role> = {}): Role {
  return {
    kind: 'role',
    id: `AROA${name}`,
    name,
    path: '/',
    createdAt,
    description: null,
    trustPolicy: '{}',
    trustPrincipals: {},
    maxSessionDuration: 3600,
    tags: [],
    boundary: null,
    inlinePolicies: {},
    attachedPolicies: [],
    ...over,
  }
}
function key(id: string, over: Partial<AccessKey> = {}): AccessKey {
  return { kind: 'access-key', id, owner: 'AIDAann', status: 'Active', createdAt, secret: 's', ...over }
}
function device(name: string, over: Partial<MfaDevice> = {}): MfaDevice {
  return {
    kind: 'mfa-device',
    serialNumber: `arn:aws:iam::123456789012:mfa/${name}`,
    name,
    path: '/',
    createdAt,
    tags: [],
    seed: 'A',
    owner: null,
    enabledAt: null,
    driftSteps: 0,
    lastPairStep: 0,
    usedSteps: [],
    ...over,
  }
}
function policy(name: string): ManagedPolicy {
  return {
    kind: 'policy',
    arn: `arn:aws:iam::123456789012:policy/${name}`,
    id: `ANPA${name}`,
    name,
    path: '/',
    description: null,
    createdAt,
    updatedAt: createdAt,
    tags: [],
    defaultVersion: 'v1',
    versions: [],
    nextVersion: 2,
  }
}
function ringKey(id: string): RingKey {
  return { kind: 'ring-key', id, createdAt, secret: '' }
}

/** A directory with the hand that writes its log. */
function open(history?: { keptFor?: number; most?: number }): {
  directory: LiveDirectory
  put(entity: Entity, at?: number): ChangeRecord
  remove(entity: Entity, at?: number): ChangeRecord
} {
  const directory = createDirectory(account, history === undefined ? {} : { history })
  let seq = 0
  const write = (op: 'put' | 'remove', entity: Entity, at: number): ChangeRecord => {
    seq += 1
    const version = directory.versionOf(entity.kind, entityKey(entity)) + 1
    const record: ChangeRecord = {
      seq,
      at: createdAt,
      op,
      kind: entity.kind,
      key: entityKey(entity),
      version,
      entity: op === 'put' ? entity : null,
    }
    directory.apply([record], at)
    return record
  }
  return {
    directory,
    put: (entity, at = 0) => write('put', entity, at),
    remove: (entity, at = 0) => write('remove', entity, at),
  }
}

const names = (entities: readonly { readonly name: string }[]) => entities.map(({ name }) => name)

describe('the directory', () => {
  test('finds groups and instance profiles by id, and by name whatever the case', () => {
    const { directory, put } = open()
    put(group('Devs'))
    put(profile('Web'))
    expect([directory.group('AGPADevs')?.name, directory.groupNamed('dEVS')?.id]).toEqual(['Devs', 'AGPADevs'])
    expect([directory.instanceProfile('AIPAWeb')?.name, directory.instanceProfileNamed('WEB')?.id]).toEqual([
      'Web',
      'AIPAWeb',
    ])
    expect([directory.groupNamed('Web'), directory.instanceProfileNamed('Devs')]).toEqual([undefined, undefined])
  })

  test('knows who is in a group by name, and a user’s groups in the order of joining', () => {
    const { directory, put, remove } = open()
    for (const name of ['devs', 'ops']) put(group(name))
    put(user('bob', { groups: ['AGPAops', 'AGPAdevs'] }))
    put(user('Al', { groups: ['AGPAdevs'] }))
    put(user('carl'))
    expect(names(directory.membersOf('AGPAdevs'))).toEqual(['Al', 'bob'])
    expect(names(directory.groupsOf('AIDAbob'))).toEqual(['ops', 'devs'])
    expect([directory.groupsOf('AIDAcarl'), directory.groupsOf('AIDAnobody')]).toEqual([[], []])
    put(user('Al', { name: 'zoe', groups: ['AGPAdevs', 'AGPAops'] }))
    put({ ...group('ops'), name: 'operators' })
    expect(names(directory.membersOf('AGPAdevs'))).toEqual(['bob', 'zoe'])
    expect(names(directory.groupsOf('AIDAAl'))).toEqual(['devs', 'operators'])
    put(user('bob', { groups: ['AGPAdevs'] }))
    expect(names(directory.membersOf('AGPAops'))).toEqual(['zoe'])
    remove(user('Al'))
    expect([directory.membersOf('AGPAops'), directory.membersOf('AGPAnone')]).toEqual([[], []])
  })

  test('gives a user the groups that came after it, as in a snapshot of any order', () => {
    const { directory, put } = open()
    put(user('bob', { groups: ['AGPAdevs'] }))
    expect(directory.groupsOf('AIDAbob')).toEqual([])
    put(group('devs'))
    expect([names(directory.groupsOf('AIDAbob')), names(directory.membersOf('AGPAdevs'))]).toEqual([['devs'], ['bob']])
  })

  test('knows the instance profiles that a role is in', () => {
    const { directory, put, remove } = open()
    put(profile('b', { roleId: 'AROAr' }))
    put(profile('A', { roleId: 'AROAr' }))
    put(profile('c'))
    expect(names(directory.instanceProfilesOf('AROAr'))).toEqual(['A', 'b'])
    put(profile('b'))
    put(profile('c', { roleId: 'AROAr' }))
    remove(profile('A'))
    expect([names(directory.instanceProfilesOf('AROAr')), directory.instanceProfilesOf('AROAx')]).toEqual([['c'], []])
  })

  test('finds users and roles by id, and by name whatever the case', () => {
    const { directory, put } = open()
    put(user('Ann'))
    put(role('Deploy'))
    expect(directory.user('AIDAAnn')?.name).toBe('Ann')
    expect(directory.userNamed('aNN')?.name).toBe('Ann')
    expect(directory.roleNamed('DEPLOY')?.id).toBe('AROADeploy')
    expect(directory.role('AROADeploy')?.name).toBe('Deploy')
    expect([directory.userNamed('Deploy'), directory.roleNamed('Ann'), directory.user('aidaann')]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })

  test('follows a rename, also when two users trade names', () => {
    const { directory, put } = open()
    put(user('a'))
    put(user('b'))
    put({ ...user('a'), name: 'c' })
    expect([directory.userNamed('a'), directory.userNamed('c')?.id]).toEqual([undefined, 'AIDAa'])
    put({ ...user('b'), name: 'a' })
    put({ ...user('a'), name: 'b' })
    expect([directory.userNamed('a')?.id, directory.userNamed('b')?.id, directory.userNamed('c')]).toEqual([
      'AIDAb',
      'AIDAa',
      undefined,
    ])
  })

  test('gives a new user of an old name, and no longer the old one', () => {
    const { directory, put, remove } = open()
    put(user('a'))
    remove(user('a'))
    put(user('a', { id: 'AIDAnew' }))
    expect([directory.userNamed('a')?.id, directory.user('AIDAa'), names(directory.users())]).toEqual([
      'AIDAnew',
      undefined,
      ['a'],
    ])
  })

  test('lists by name whatever the case, and `al` before `al-2`', () => {
    const { directory, put } = open()
    for (const name of ['bob', 'Al', 'al-2', 'ALa', 'zed', 'Carl']) {
      put(user(name))
      put(group(name))
      put(role(name))
      put(profile(name))
      put(policy(name))
      put(device(name))
    }
    const sorted = ['Al', 'al-2', 'ALa', 'bob', 'Carl', 'zed']
    expect(names(directory.users())).toEqual(sorted)
    expect(names(directory.groups())).toEqual(sorted)
    expect(names(directory.roles())).toEqual(sorted)
    expect(names(directory.instanceProfiles())).toEqual(sorted)
    expect(names(directory.policies())).toEqual(sorted)
    expect(names(directory.mfaDevices())).toEqual(sorted)
  })

  test('gives one and the same list until something changes, and never changes a list that it gave', () => {
    const { directory, put, remove } = open()
    put(user('b'))
    const before = directory.users()
    expect(directory.users()).toBe(before)
    put(user('a'))
    put(user('b', { path: '/moved/' }))
    remove(user('b'))
    put(user('c'))
    expect(names(before)).toEqual(['b'])
    expect(names(directory.users())).toEqual(['a', 'c'])
  })

  test('keeps an owner’s keys oldest first, and moves a device from owner to owner', () => {
    const { directory, put, remove } = open()
    put(key('AKIA2', { createdAt: '2026-11-28T12:00:02Z' }))
    put(key('AKIA1', { createdAt: '2026-11-28T12:00:01Z' }))
    put(key('AKIAROOT', { owner: 'root' }))
    const ids = (owner: string) => directory.accessKeysOf(owner).map(({ id }) => id)
    expect([ids('AIDAann'), ids('root'), ids('AIDAbob')]).toEqual([['AKIA1', 'AKIA2'], ['AKIAROOT'], []])
    put(key('AKIA1', { createdAt: '2026-11-28T12:00:01Z', status: 'Inactive' }))
    expect(directory.accessKeysOf('AIDAann').map(({ status }) => status)).toEqual(['Inactive', 'Active'])
    remove(key('AKIA1'))
    expect([ids('AIDAann'), directory.accessKey('AKIA1')]).toEqual([['AKIA2'], undefined])

    put(device('phone'))
    expect(directory.mfaDevicesOf('AIDAann')).toEqual([])
    put(device('phone', { owner: 'AIDAann' }))
    put(device('tablet', { owner: 'AIDAann' }))
    expect(names(directory.mfaDevicesOf('AIDAann'))).toEqual(['phone', 'tablet'])
    put(device('phone', { owner: 'AIDAbob' }))
    expect([names(directory.mfaDevicesOf('AIDAann')), names(directory.mfaDevicesOf('AIDAbob'))]).toEqual([
      ['tablet'],
      ['phone'],
    ])
  })

  test('knows who has a policy attached and whom it bounds', () => {
    const { directory, put, remove } = open()
    const limit = 'arn:aws:iam::123456789012:policy/limit'
    put(user('b', { attachedPolicies: [readOnly, limit] }))
    put(role('a', { attachedPolicies: [readOnly], boundary: limit }))
    put(group('c', { attachedPolicies: [readOnly] }))
    expect(names(directory.usersOfPolicy(readOnly).attached)).toEqual(['a', 'b', 'c'])
    expect(names(directory.usersOfPolicy(limit).attached)).toEqual(['b'])
    expect(names(directory.usersOfPolicy(limit).boundary)).toEqual(['a'])
    put(user('b', { attachedPolicies: [limit] }))
    remove(role('a'))
    remove(group('c'))
    expect(directory.usersOfPolicy(readOnly)).toEqual({ attached: [], boundary: [] })
    expect(directory.usersOfPolicy('arn:aws:iam::aws:policy/Nobody')).toEqual({ attached: [], boundary: [] })
  })

  test('remembers that a key was deleted', () => {
    const { directory, put } = open()
    put({ kind: 'deleted-key', id: 'AKIAGONE', owner: 'root', deletedAt: createdAt })
    expect([directory.deletedKey('AKIAGONE')?.owner, directory.accessKey('AKIAGONE')]).toEqual(['root', undefined])
  })

  test('gives the same array of ring keys until the ring changes', () => {
    const { directory, put, remove } = open()
    put(ringKey('1'))
    const before = directory.ringKeys()
    put(user('a'))
    expect(directory.ringKeys()).toBe(before)
    put(ringKey('2'))
    remove(ringKey('1'))
    expect([before.map(({ id }) => id), directory.ringKeys().map(({ id }) => id)]).toEqual([['1'], ['2']])
  })

  test('counts versions: 0 for what is not there, also for an account that only stands in', () => {
    const { directory, put, remove } = open()
    const version = (entity: Entity) => directory.versionOf(entity.kind, entityKey(entity))
    expect([version(user('a')), version(account)]).toEqual([0, 0])
    put(account)
    put(user('a'))
    put(user('a'))
    expect([version(user('a')), version(account)]).toEqual([2, 1])
    remove(user('a'))
    expect(version(user('a'))).toBe(0)
    put(account)
    expect(version(account)).toBe(2)
  })

  test('takes the account’s new alias', () => {
    const { directory, put } = open()
    put({ ...account, alias: 'shop' })
    expect(directory.account.alias).toBe('shop')
  })
})

describe('the change log', () => {
  test('is applied in order and each record once', () => {
    const { directory, put, remove } = open()
    const records = [put(user('a')), put(user('a', { path: '/x/' })), remove(user('a')), put(user('b'))]
    expect(directory.appliedSeq).toBe(4)
    directory.apply(records, 0)
    directory.apply(records.slice(0, 1), 0)
    expect([directory.appliedSeq, names(directory.users())]).toEqual([4, ['b']])
  })

  test('gives the same directory whether it came in one piece, record by record, or as a snapshot (seed 3)', async () => {
    const entity = fc.oneof(
      fc.record({
        kind: fc.constant('user' as const),
        n: fc.nat(6),
        path: fc.constantFrom('/', '/x/'),
        arns: fc.subarray(['p1', 'p2']),
      }),
      fc.record({
        kind: fc.constant('key' as const),
        n: fc.nat(6),
        path: fc.constantFrom('u1', 'u2'),
        arns: fc.constant([]),
      }),
    )
    const steps = fc.array(fc.record({ remove: fc.boolean(), entity, read: fc.boolean() }), { maxLength: 120 })
    await fc.assert(
      fc.asyncProperty(steps, async (plan) => {
        const one = open()
        const records: ChangeRecord[] = []
        const kept = new Map<string, Entity>()
        for (const { remove, entity: drawn, read } of plan) {
          const { kind, n, path, arns } = drawn
          const value =
            kind === 'user'
              ? user(`u${n}`, { path, attachedPolicies: arns, groups: arns })
              : key(`AKIA${n}`, { owner: path })
          if (remove && !kept.has(entityKey(value))) continue
          records.push(remove ? one.remove(value) : one.put(value))
          if (remove) kept.delete(entityKey(value))
          else kept.set(entityKey(value), value)
          // Reading in between makes the lists merge early.
          if (read) one.directory.users()
          if (read) one.directory.membersOf('p1')
        }
        const whole = createDirectory(account)
        whole.apply(records, 0)
        const loaded = createDirectory(account)
        const entities = [...kept.values()].map((value) => ({
          entity: value,
          version: one.directory.versionOf(value.kind, entityKey(value)),
        }))
        await loaded.reload({ seq: records.length, entities, uses: [] })
        const view = (directory: LiveDirectory) => ({
          seq: directory.appliedSeq,
          users: directory.users(),
          keys: ['u1', 'u2'].map((owner) => directory.accessKeysOf(owner)),
          attached: ['p1', 'p2'].map((arn) => directory.usersOfPolicy(arn).attached),
          members: ['p1', 'p2'].map((id) => directory.membersOf(id)),
          versions: [...kept.values()].map((value) => directory.versionOf(value.kind, entityKey(value))),
        })
        // The model: what is left, sorted the plain way.
        const left = [...kept.values()]
          .filter((value) => value.kind === 'user')
          .sort((a, b) => (a.name < b.name ? -1 : 1))
        expect(one.directory.users()).toEqual(left)
        expect(one.directory.membersOf('p1')).toEqual(left.filter(({ groups }) => groups?.includes('p1')))
        expect(view(whole)).toEqual(view(one.directory))
        expect(view(loaded)).toEqual(view(one.directory))
      }),
      { seed: 3, numRuns: 150 },
    )
  })

  test('a reload shows the old state until the new one is whole', async () => {
    const { directory, put } = open()
    put(user('old'))
    let seen: readonly string[] = []
    async function* slowly() {
      yield { entity: user('new'), version: 4 }
      seen = names(directory.users())
      yield { entity: user('newer'), version: 1 }
    }
    await directory.reload({ seq: 9, entities: slowly(), uses: [] })
    expect(seen).toEqual(['old'])
    expect(names(directory.users())).toEqual(['new', 'newer'])
    expect([directory.appliedSeq, directory.versionOf('user', 'AIDAnew')]).toEqual([9, 4])
  })

  test('a reload that fails leaves the old state as it was', async () => {
    const { directory, put } = open()
    put(user('old'))
    // biome-ignore lint/correctness/useYield: it fails before it has anything to give.
    async function* broken(): AsyncGenerator<never> {
      throw new Error('gone')
    }
    await expect(directory.reload({ seq: 9, entities: broken(), uses: [] })).rejects.toThrow('gone')
    expect([directory.appliedSeq, names(directory.users())]).toEqual([1, ['old']])
  })
})

describe('what was before a change', () => {
  test('is remembered with its time; what was there at the start never changed', () => {
    const directory = createDirectory(account, { entities: [{ entity: user('start'), version: 1 }], seq: 1 })
    expect(directory.changedAt('user', 'AIDAstart')).toBeUndefined()
    const old = directory.user('AIDAstart')
    const moved = user('start', { path: '/x/' })
    directory.apply(
      [{ seq: 2, at: createdAt, op: 'put', kind: 'user', key: 'AIDAstart', version: 2, entity: moved }],
      5_000,
    )
    expect([directory.changedAt('user', 'AIDAstart'), directory.before('user', 'AIDAstart')]).toEqual([5_000, old])
  })

  test('is nothing for what was created, and the whole for what was removed', () => {
    const { directory, put, remove } = open()
    put(key('AKIA1'), 1_000)
    expect([directory.changedAt('access-key', 'AKIA1'), directory.before('access-key', 'AKIA1')]).toEqual([
      1_000,
      undefined,
    ])
    remove(key('AKIA1'), 2_000)
    expect([directory.changedAt('access-key', 'AKIA1'), directory.before('access-key', 'AKIA1')?.kind]).toEqual([
      2_000,
      'access-key',
    ])
  })

  test('is forgotten after a while', () => {
    const { directory, put } = open({ keptFor: 1_000 })
    put(user('a'), 0)
    put(user('b'), 900)
    put(user('c'), 1_500)
    expect(['a', 'b', 'c'].map((name) => directory.changedAt('user', `AIDA${name}`))).toEqual([undefined, 900, 1_500])
  })

  test('is forgotten when there is too much of it, the oldest first', () => {
    const { directory, put } = open({ most: 2 })
    for (const name of ['a', 'b', 'a', 'c']) put(user(name), 0)
    expect(['a', 'b', 'c'].map((name) => directory.changedAt('user', `AIDA${name}`))).toEqual([0, undefined, 0])
  })
})

describe('the use of keys', () => {
  const use = (accessKeyId: string, second: number): KeyUse => ({
    accessKeyId,
    at: `2026-11-28T12:00:0${second}Z`,
    service: 'sts',
    region: 'eu-west-1',
  })

  test('is known at once and handed on once, the newest of each key', () => {
    const { directory, put } = open()
    put(key('AKIA1'))
    put(key('AKIA2'))
    for (const noted of [use('AKIA1', 1), use('AKIA2', 2), use('AKIA1', 3)]) directory.noteUse(noted)
    expect(directory.lastUse('AKIA1')).toEqual(use('AKIA1', 3))
    expect(directory.takeUses()).toEqual([use('AKIA1', 3), use('AKIA2', 2)])
    expect(directory.takeUses()).toEqual([])
    expect(directory.lastUse('AKIA1')).toEqual(use('AKIA1', 3))
  })

  test('is not kept for keys that are not there, and goes with its key', () => {
    const { directory, put, remove } = open()
    directory.noteUse(use('ASIA1', 1))
    put(key('AKIA1'))
    directory.noteUse(use('AKIA1', 1))
    remove(key('AKIA1'))
    expect([directory.lastUse('ASIA1'), directory.lastUse('AKIA1'), directory.takeUses()]).toEqual([
      undefined,
      undefined,
      [],
    ])
  })

  test('of a role is kept by its unique id, and goes with the role', () => {
    const { directory, put, remove } = open()
    directory.noteUse(use('AROAr', 1))
    expect(directory.lastUse('AROAr')).toBeUndefined()
    put(role('r'))
    directory.noteUse(use('AROAr', 2))
    expect([directory.lastUse('AROAr'), directory.takeUses()]).toEqual([use('AROAr', 2), [use('AROAr', 2)]])
    directory.noteUse(use('AROAr', 3))
    remove(role('r'))
    expect([directory.lastUse('AROAr'), directory.takeUses()]).toEqual([undefined, []])
  })

  test('comes back with a snapshot', async () => {
    const { directory } = open()
    await directory.reload({ seq: 1, entities: [{ entity: key('AKIA1'), version: 1 }], uses: [use('AKIA1', 5)] })
    expect([directory.lastUse('AKIA1'), directory.takeUses()]).toEqual([use('AKIA1', 5), []])
  })
})
