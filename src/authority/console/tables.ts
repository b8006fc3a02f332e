import type { Directory } from '../directory/directory.ts'
import { listAwsManagedPolicies } from '../policy/index.ts'
import { readCount } from './decision-query.ts'
import { groupRow, mfaDeviceRow, policyRow, providerRow, roleRow, typeOfPolicy, userRow } from './entity-rows.ts'
import { type Answer, type ApiRow, type Asked, type Needed, whyNot } from './ground.ts'
import {
  toListDevices,
  toListDevicesOfUsers,
  toListGroups,
  toListGroupsOfUsers,
  toListKeys,
  toListPolicies,
  toListProviders,
  toListRoles,
  toListUsers,
  toSeePasswords,
  toSeeRoles,
} from './needed.ts'
import type { TableAnswer } from './shapes.ts'

/** Lists of the directory that the server searches, sorts and cuts into pages, for accounts of 100,000 users. */
export const tableRows: readonly ApiRow[] = [
  tableOf('users', [toListUsers], {
    entities: (directory) => directory.users(),
    sortedBy: 'name',
    row: userRow,
    // What somebody has in hand: a name, an id, or a key out of a log.
    texts: (user, directory, _row, isShown) => [
      user.name,
      user.id,
      user.path,
      ...(isShown('keys') ? directory.accessKeysOf(user.id).map(({ id }) => id) : []),
    ],
    columns: {
      name: 'text',
      path: 'text',
      arn: 'text',
      id: 'text',
      createdAt: 'text',
      groups: 'number',
      mfaDevices: 'number',
      passwordSetAt: 'text',
      passwordLastUsedAt: 'text',
      keys: 'length',
      activeKeySince: 'text',
      lastActivityAt: 'text',
      hidden: 'list',
    },
    judged: {
      groups: toListGroupsOfUsers,
      mfaDevices: toListDevicesOfUsers,
      passwordSetAt: toSeePasswords,
      keys: toListKeys,
      activeKeySince: toListKeys,
      lastActivityAt: toListKeys,
    },
    aging: 'lastActivityAt',
  }),
  tableOf('groups', [toListGroups], {
    entities: (directory) => directory.groups(),
    sortedBy: 'name',
    row: groupRow,
    texts: ({ name, id, path }) => [name, id, path],
    columns: {
      name: 'text',
      path: 'text',
      arn: 'text',
      id: 'text',
      createdAt: 'text',
      members: 'number',
      policies: 'number',
    },
  }),
  tableOf('roles', [toListRoles], {
    entities: (directory) => directory.roles(),
    sortedBy: 'name',
    row: roleRow,
    texts: ({ name, id, path, description }, _directory, row) => [
      name,
      id,
      path,
      description ?? '',
      ...row().trustedEntities,
    ],
    columns: {
      name: 'text',
      path: 'text',
      arn: 'text',
      id: 'text',
      createdAt: 'text',
      description: 'text',
      trustedEntities: 'list',
      policies: 'number',
      maxSessionDuration: 'number',
      lastUsedAt: 'text',
      hidden: 'list',
    },
    judged: { lastUsedAt: toSeeRoles },
    aging: 'lastUsedAt',
  }),
  tableOf('policies', [toListPolicies], {
    entities: (directory) => [...directory.policies(), ...listAwsManagedPolicies(directory.account.partition)],
    row: policyRow,
    // The type, so that one is found by it.
    texts: ({ name, arn, description }) => [name, arn, description ?? '', typeOfPolicy(arn)],
    columns: {
      name: 'text',
      path: 'text',
      arn: 'text',
      type: 'text',
      attachments: 'number',
      boundaries: 'number',
      description: 'text',
      defaultVersion: 'text',
      createdAt: 'text',
      updatedAt: 'text',
    },
  }),
  tableOf('providers', toListProviders, {
    entities: (directory) => [...directory.oidcProviders(), ...directory.samlProviders()],
    row: providerRow,
    texts: (provider) => [provider.arn, ...(provider.kind === 'oidc-provider' ? provider.clientIds : [])],
    columns: { kind: 'text', name: 'text', arn: 'text', createdAt: 'text', audiences: 'list' },
  }),
  tableOf('mfa-devices', [toListDevices], {
    entities: (directory) => directory.mfaDevices(),
    row: mfaDeviceRow,
    texts: ({ serialNumber }, _directory, row) => [serialNumber, row().owner ?? ''],
    columns: {
      serialNumber: 'text',
      name: 'text',
      owner: 'text',
      ownerIsRoot: 'flag',
      enabledAt: 'text',
      createdAt: 'text',
    },
  }),
]

/** How a column is compared. */
type Kind = 'text' | 'number' | 'length' | 'list' | 'flag'

interface Table<Entity extends object, Row extends object> {
  entities(directory: Directory): readonly Entity[]
  row(entity: Entity, directory: Directory): Row
  /** In which `search` is looked for; `row` is made where it is asked for. */
  texts(entity: Entity, directory: Directory, row: () => Row, isShown: (column: string) => boolean): readonly string[]
  /** What the columns need that the list itself does not show. */
  readonly judged?: { readonly [Column in keyof Row & string]?: Needed }
  /** Every member of the row. */
  readonly columns: Readonly<Record<keyof Row & string, Kind>>
  /** As the directory has them, whatever their case. */
  readonly sortedBy?: keyof Row & string
  /** The column that also depends on last uses, which are no changes of the directory. */
  readonly aging?: keyof Row & string
}

const longestSearch = 256
const mostInPage = 200
const mostPages = 1_000_000

function tableOf<Entity extends object, Row extends object>(
  name: string,
  permission: readonly Needed[],
  table: Table<Entity, Row>,
): ApiRow {
  const orders = createOrders(table)
  return {
    method: 'GET',
    path: `table/${name}`,
    permission,
    run(asked: Asked): Answer {
      const { ground, parameters } = asked
      const search = (parameters.get('search') ?? '').trim()
      if (search.length > longestSearch) return { invalid: `search has ${longestSearch} characters at most.` }
      const column = parameters.get('sort') || 'name'
      const known = Object.hasOwn(table.columns, column) ? column : Object.keys(table.columns)[0]!
      if (known !== column && parameters.get('sort'))
        return { invalid: `sort is one of ${Object.keys(table.columns).join(', ')}.` }
      const page = readCount(parameters, 'page', 1, mostPages)
      const size = readCount(parameters, 'size', 50, mostInPage)
      if (page === null || size === null)
        return { invalid: `page is a number from 1, and size one from 1 to ${mostInPage}.` }
      const directory = ground.directory()
      const isDescending = parameters.get('descending') === 'true'
      const hidden = hiddenColumns(table, asked)
      // Neither its order nor what is found tells what a hidden column holds.
      const sort = (hidden.has(known) ? Object.keys(table.columns)[0]! : known) as keyof Row & string
      const found = orders(directory, ground.now(), { search, column: sort, isDescending, hidden })
      const items = found
        .slice((page - 1) * size, page * size)
        .map((entity) => withoutHidden(table, table.row(entity, directory), hidden))
      return { ok: { total: found.length, items } satisfies TableAnswer<Row> }
    },
  }
}

function hiddenColumns<Entity extends object, Row extends object>(
  { judged = {} }: Table<Entity, Row>,
  asked: Asked,
): ReadonlySet<string> {
  const needed = Object.entries(judged) as [string, Needed][]
  const refused = new Set([...new Set(needed.map(([, one]) => one))].filter((one) => whyNot(asked, one) !== null))
  return new Set(needed.filter(([, one]) => refused.has(one)).map(([column]) => column))
}

function withoutHidden<Entity extends object, Row extends object>(
  { columns }: Table<Entity, Row>,
  row: Row,
  hidden: ReadonlySet<string>,
): Row {
  if (hidden.size === 0) return row
  const nothing = [...hidden].map((column) => [column, columns[column as keyof Row & string] === 'length' ? [] : null])
  return { ...row, ...Object.fromEntries(nothing), hidden: [...hidden] }
}

/** What is asked of a table. */
interface Order {
  readonly search: string
  readonly column: string
  readonly isDescending: boolean
  readonly hidden: ReadonlySet<string>
}

/** So many lists of one table are kept in order; each is an array of references. */
const mostOrders = 32
/** Milliseconds. So old may an order by last uses be. */
const oldest = 10_000

/** The entities that match, in order; kept as long as the directory is the same. */
function createOrders<Entity extends object, Row extends object>(table: Table<Entity, Row>) {
  let of: Directory | null = null
  let seq = Number.NaN
  let kept = new Map<string, readonly Entity[]>()

  function remembered(key: string, make: () => readonly Entity[]): readonly Entity[] {
    const known = kept.get(key)
    if (known !== undefined) {
      // What was asked for last goes last.
      kept.delete(key)
      kept.set(key, known)
      return known
    }
    const made = make()
    kept.set(key, made)
    if (kept.size > mostOrders) kept.delete(kept.keys().next().value!)
    return made
  }

  return (
    directory: Directory,
    now: number,
    { search, column, isDescending, hidden }: Order & { readonly column: keyof Row & string },
  ): readonly Entity[] => {
    if (directory !== of || directory.appliedSeq !== seq) {
      of = directory
      seq = directory.appliedSeq
      kept = new Map()
    }
    const sought = search.toLowerCase()
    const searched = `${sought === '' ? '' : [...hidden].join(',')} ${sought}`
    const isShown = (name: string): boolean => !hidden.has(name)
    const found = remembered(`search ${searched}`, () => matching(table, directory, sought, isShown))
    const age = column === table.aging ? Math.floor(now / oldest) : ''
    const order = `${column} ${age} ${searched}`
    const direction = isDescending ? 'down' : 'up'
    return remembered(`${direction} ${order}`, () => inOrder(table, directory, found, column, isDescending))
  }
}

function matching<Entity extends object, Row extends object>(
  table: Table<Entity, Row>,
  directory: Directory,
  search: string,
  isShown: (column: string) => boolean,
): readonly Entity[] {
  const entities = table.entities(directory)
  if (search === '') return entities
  return entities.filter((entity) =>
    table
      .texts(entity, directory, () => table.row(entity, directory), isShown)
      .some((text) => text.toLowerCase().includes(search)),
  )
}

/** Equal ones stay as the directory has them, by name; what is not there comes last, either way. */
function inOrder<Entity extends object, Row extends object>(
  table: Table<Entity, Row>,
  directory: Directory,
  found: readonly Entity[],
  column: keyof Row & string,
  isDescending: boolean,
): readonly Entity[] {
  if (column === table.sortedBy && !isDescending) return found
  const kind = table.columns[column]
  const keyed = found.map((entity) => {
    // Most columns are members of the entity, and making a whole row costs more than the sorting.
    const own = kind === 'text' ? (entity as Readonly<Record<string, unknown>>)[column] : undefined
    return { entity, key: keyOf(typeof own === 'string' ? own : table.row(entity, directory)[column], kind) }
  })
  const sign = isDescending ? -1 : 1
  return keyed.sort((a, b) => compareKeys(a.key, b.key, sign)).map(({ entity }) => entity)
}

function keyOf(value: unknown, kind: Kind): string | number | null {
  if (value === null) return null
  switch (kind) {
    case 'text':
      return String(value).toLowerCase()
    case 'list':
      return (value as readonly string[]).join(' ').toLowerCase()
    case 'length':
      return (value as readonly unknown[]).length
    default:
      return Number(value)
  }
}

function compareKeys(a: string | number | null, b: string | number | null, sign: 1 | -1): number {
  if (a === b) return 0
  if (a === null) return 1
  if (b === null) return -1
  return a < b ? -sign : sign
}
