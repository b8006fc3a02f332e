import { beforeAll, describe, expect, test } from 'vitest'
import type { Answer, Asked, Ground } from '../../../src/authority/console/ground.ts'
import type {
  GroupRow,
  MfaDeviceRow,
  PolicyRow,
  ProviderRow,
  RoleRow,
  TableAnswer,
  UserRow,
} from '../../../src/authority/console/shapes.ts'
import { tableRows } from '../../../src/authority/console/tables.ts'
import type { Directory } from '../../../src/authority/directory/directory.ts'
import { createDirectory } from '../../../src/authority/directory/in-memory.ts'
import type { AccessKey, Account, SamlProvider, User } from '../../../src/authority/model/entities.ts'
import { type AuthorityAtHand, openAuthority } from '../actions/authority-at-hand.ts'

let at: AuthorityAtHand
beforeAll(async () => {
  at = await openAuthority()
})

const now = Date.parse('2026-11-28T12:00:00Z')

const root = { type: 'root', account: '123456789012', arn: 'arn:aws:iam::123456789012:root', session: null }

function ask(directory: Directory, table: string, query: string, principal: object = root): Answer {
  const row = tableRows.find(({ path }) => path === `table/${table}`)
  if (row === undefined) throw new Error(`no table ${table}`)
  const ground = { directory: () => directory, now: () => now } as unknown as Ground
  const call = { secure: false, sourceIp: '127.0.0.1', head: { userAgent: '', referer: null } }
  return row.run({ ground, call, principal, parameters: new URLSearchParams(query) } as unknown as Asked) as Answer
}

function table<Row>(name: string, query = '', directory: Directory = at.state.directory): TableAnswer<Row> {
  const answer = ask(directory, name, query)
  if (!('ok' in answer)) throw new Error(JSON.stringify(answer))
  return answer.ok as TableAnswer<Row>
}

const trust = (Principal: unknown, Effect = 'Allow') =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect, Action: 'sts:AssumeRole', Principal }] })
const policy = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] })

describe('the tables of an account', () => {
  test('show users as AWS’s console does', async () => {
    await at.ok('CreateUser', { UserName: 'zoe', Path: '/ops/' })
    await at.ok('CreateUser', { UserName: 'Bob' })
    await at.ok('CreateGroup', { GroupName: 'admins' })
    await at.ok('AddUserToGroup', { GroupName: 'admins', UserName: 'zoe' })
    await at.ok('AttachGroupPolicy', { GroupName: 'admins', PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' })
    await at.ok('PutGroupPolicy', { GroupName: 'admins', PolicyName: 'more', PolicyDocument: policy })
    const { serialNumber } = await at.userWithDevice('mia')
    const { AccessKey } = await at.ok('CreateAccessKey', { UserName: 'zoe' })
    at.state.directory.noteUse({
      accessKeyId: AccessKey.AccessKeyId,
      at: '2026-11-28T11:00:00Z',
      service: 'sts',
      region: 'us-east-1',
    })
    const { total, items } = table<UserRow>('users')
    expect([total, items.map(({ name }) => name)]).toEqual([3, ['Bob', 'mia', 'zoe']])
    expect(items[2]).toEqual({
      hidden: [],
      name: 'zoe',
      path: '/ops/',
      arn: 'arn:aws:iam::123456789012:user/ops/zoe',
      id: expect.stringMatching(/^AIDA/),
      createdAt: expect.stringMatching(/^2026-11-28T/),
      groups: 1,
      mfaDevices: 0,
      passwordSetAt: null,
      passwordLastUsedAt: null,
      keys: [
        {
          id: AccessKey.AccessKeyId,
          status: 'Active',
          createdAt: expect.stringMatching(/^2026-11-28T/),
          lastUsedAt: '2026-11-28T11:00:00Z',
        },
      ],
      activeKeySince: expect.stringMatching(/^2026-11-28T/),
      lastActivityAt: '2026-11-28T11:00:00Z',
    })
    expect(items[1]?.mfaDevices).toBe(1)
    expect(
      table<UserRow>('users', `search=${AccessKey.AccessKeyId.slice(4, 14).toLowerCase()}`).items.map(
        ({ name }) => name,
      ),
    ).toEqual(['zoe'])
    expect(table<UserRow>('users', 'search=OPS').total).toBe(1)
    expect(table<MfaDeviceRow>('mfa-devices', 'search=MIA').items).toEqual([
      {
        serialNumber,
        name: 'mia',
        owner: 'mia',
        ownerIsRoot: false,
        enabledAt: expect.any(String),
        createdAt: expect.any(String),
      },
    ])
    expect(table<GroupRow>('groups').items).toMatchObject([{ name: 'admins', members: 1, policies: 2 }])
    expect(JSON.stringify(items)).not.toContain(AccessKey.SecretAccessKey)
  })

  test('follow every change', async () => {
    const before = table<UserRow>('users', 'search=later').total
    await at.ok('CreateUser', { UserName: 'later' })
    expect([before, table<UserRow>('users', 'search=later').total]).toEqual([0, 1])
    await at.ok('DeleteUser', { UserName: 'later' })
    expect(table<UserRow>('users', 'search=later').total).toBe(0)
  })

  test('name whom a role trusts', async () => {
    const principals = {
      Service: 'ec2.amazonaws.com',
      Account: { AWS: '123456789012' },
    }
    await at.ok('CreateRole', {
      RoleName: 'r1',
      AssumeRolePolicyDocument: trust({ Service: [principals.Service, 'lambda.amazonaws.com'] }),
    })
    await at.ok('CreateRole', {
      RoleName: 'r2',
      AssumeRolePolicyDocument: trust(principals.Account),
      Description: 'for people',
    })
    await at.ok('CreateRole', {
      RoleName: 'r3',
      AssumeRolePolicyDocument: trust({ AWS: 'arn:aws:iam::999999999999:root' }),
    })
    await at.ok('CreateRole', { RoleName: 'r4', AssumeRolePolicyDocument: trust({ AWS: '*' }) })
    await at.ok('CreateRole', { RoleName: 'r5', AssumeRolePolicyDocument: trust({ AWS: '*' }, 'Deny') })
    const { items } = table<RoleRow>('roles')
    expect(items.map(({ name, trustedEntities }) => [name, trustedEntities])).toEqual([
      ['r1', ['AWS service: ec2', 'AWS service: lambda']],
      ['r2', ['Account: 123456789012']],
      ['r3', ['Account: 999999999999']],
      ['r4', ['Anyone']],
      ['r5', []],
    ])
    expect(table<RoleRow>('roles', 'search=service:+ec2').items.map(({ name }) => name)).toEqual(['r1'])
    expect(table<RoleRow>('roles', 'search=people').items[0]?.maxSessionDuration).toBe(3600)
  })

  test('tell when a role was last used, to whoever may see each role', async () => {
    const [never, used] = table<RoleRow>('roles', 'sort=name').items
    at.state.directory.noteUse({
      accessKeyId: used?.id ?? '',
      at: '2026-11-28T11:00:00Z',
      service: 'sts',
      region: 'eu-west-1',
    })
    const { items } = table<RoleRow>('roles', 'sort=lastUsedAt&descending=true')
    expect(items[0]).toMatchObject({ name: used?.name, lastUsedAt: '2026-11-28T11:00:00Z', hidden: [] })
    expect(items.find(({ name }) => name === never?.name)?.lastUsedAt).toBeNull()
    await at.ok('CreateUser', { UserName: 'lister' })
    const lists = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iam:ListRoles', Resource: '*' }] }
    await at.ok('PutUserPolicy', { UserName: 'lister', PolicyName: 'p', PolicyDocument: JSON.stringify(lists) })
    // Nor does the order tell it: it is that of the names.
    const seen = ask(at.state.directory, 'roles', 'sort=lastUsedAt&descending=true', at.user('lister'))
    expect(seen).toMatchObject({
      ok: { items: [{ name: 'r5', lastUsedAt: null, hidden: ['lastUsedAt'] }, {}, {}, {}, {}] },
    })
  })

  test('count what policies are attached to, AWS’s own among them', async () => {
    await at.ok('CreatePolicy', { PolicyName: 'mine', PolicyDocument: policy })
    await at.ok('AttachUserPolicy', { UserName: 'zoe', PolicyArn: 'arn:aws:iam::123456789012:policy/mine' })
    await at.ok('PutUserPermissionsBoundary', {
      UserName: 'Bob',
      PermissionsBoundary: 'arn:aws:iam::123456789012:policy/mine',
    })
    const used = table<PolicyRow>('policies', 'sort=attachments&descending=true&size=2').items
    expect(used.map(({ name, type, attachments, boundaries }) => [name, type, attachments, boundaries])).toEqual(
      expect.arrayContaining([
        ['mine', 'Customer managed', 1, 1],
        ['AdministratorAccess', 'AWS managed', 1, 0],
      ]),
    )
    expect(table<PolicyRow>('policies', 'search=arn:aws:iam::123456789012').total).toBe(1)
  })

  test('name identity providers and their audiences', async () => {
    await at.ok('CreateOpenIDConnectProvider', {
      Url: 'https://token.actions.githubusercontent.com',
      ClientIDList: ['sts.amazonaws.com'],
      ThumbprintList: ['a'.repeat(40)],
    })
    const corporate: SamlProvider = {
      kind: 'saml-provider',
      arn: 'arn:aws:iam::123456789012:saml-provider/Corporate',
      name: 'Corporate',
      uuid: 'A1',
      createdAt: '2026-11-28T12:00:00Z',
      validUntil: '2027-11-28T12:00:00Z',
      metadata: '<EntityDescriptor/>',
      encryption: 'Allowed',
      privateKeys: [],
      tags: [],
      secret: '[]',
    }
    await at.state.commit([{ op: 'put', entity: corporate, expect: 0 }])
    expect(table<ProviderRow>('providers', 'search=corp').items).toEqual([
      { kind: 'SAML', name: 'Corporate', arn: corporate.arn, createdAt: corporate.createdAt, audiences: [] },
    ])
    const { items } = table<ProviderRow>('providers', 'search=sts.amazon')
    expect(items).toMatchObject([
      { kind: 'OpenID Connect', name: 'token.actions.githubusercontent.com', audiences: ['sts.amazonaws.com'] },
    ])
  })

  test.each(['users', 'groups', 'roles', 'policies', 'providers', 'mfa-devices'])(
    'of %s can be sorted by each column',
    (name) => {
      const [first] = table<object>(name).items
      for (const column of Object.keys(first ?? {})) {
        const valuesOf = (query: string) =>
          table<Record<string, unknown>>(name, `sort=${column}&size=200${query}`).items.map((row) => row[column])
        const [up, down] = [valuesOf(''), valuesOf('&descending=true')]
        const isThere = (value: unknown) => value !== null
        expect(down.filter(isThere)).toEqual(up.filter(isThere).toReversed())
        // What is not there comes last, either way.
        for (const values of [up, down]) expect(values.slice(values.filter(isThere).length).some(isThere)).toBe(false)
      }
      expect(Object.keys(first ?? {}).length).toBeGreaterThan(4)
    },
  )

  test.each(['sort=secret', 'sort=__proto__', 'size=201', 'page=0', `search=${'x'.repeat(257)}`])(
    'refuse %.20s',
    (query) => {
      expect(ask(at.state.directory, 'users', query)).toHaveProperty('invalid')
    },
  )
})

describe('the table of 100,000 users', () => {
  const account: Account = {
    kind: 'account',
    id: '123456789012',
    partition: 'aws',
    createdAt: '2026-01-01T00:00:00Z',
    alias: null,
  }
  const numberOf = (n: number) => String(n).padStart(6, '0')
  let directory: Directory
  beforeAll(() => {
    function* entities() {
      for (let n = 0; n < 100_000; n += 1) {
        // In no order of the names.
        const createdAt = new Date(Date.UTC(2026, 0, 1) + ((n * 7_919) % 100_000) * 60_000).toISOString()
        const user: User = {
          kind: 'user',
          id: `AIDA${numberOf(n)}`,
          name: `user-${numberOf(n)}`,
          path: '/',
          createdAt,
          tags: [],
          boundary: null,
          inlinePolicies: {},
          attachedPolicies: [],
        }
        const key: AccessKey = {
          kind: 'access-key',
          id: `AKIA${numberOf(n)}`,
          owner: user.id,
          status: 'Active',
          createdAt,
          secret: '',
        }
        yield { entity: user, version: 1 }
        yield { entity: key, version: 1 }
      }
    }
    directory = createDirectory(account, { entities: entities(), seq: 1 })
  })

  test('is searched, sorted and cut into pages', () => {
    expect(table<UserRow>('users', 'page=2&size=3', directory).items.map(({ name }) => name)).toEqual([
      'user-000003',
      'user-000004',
      'user-000005',
    ])
    expect(table<UserRow>('users', 'search=akia09999', directory)).toMatchObject({ total: 10, items: { length: 10 } })
    const [newest] = table<UserRow>('users', 'sort=createdAt&descending=true', directory).items
    expect(newest?.createdAt).toBe(new Date(Date.UTC(2026, 0, 1) + 99_999 * 60_000).toISOString())
    expect(table<UserRow>('users', 'page=100000', directory)).toEqual({ total: 100_000, items: [] })
  })

  test('answers at once when it was asked before', () => {
    const queries = [
      '',
      'search=9',
      'sort=createdAt',
      'sort=lastActivityAt&descending=true',
      'search=user-01&sort=keys',
    ]
    for (const query of queries) table('users', query, directory)
    const begun = performance.now()
    for (let page = 1; page <= 10; page += 1)
      for (const query of queries) table('users', `${query}&page=${page}`, directory)
    // Fifty answers; each would take some hundred times as long if anything were done anew.
    expect((performance.now() - begun) / 50).toBeLessThan(10)
  })
})
