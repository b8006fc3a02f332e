import Table from '@cloudscape-design/components/table'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useDeferredValue, useState } from 'react'
import type { GroupRow, PolicyRow, RoleRow, TableAnswer, UserRow } from '../../authority/console/shapes.ts'
import { get } from '../api/call.ts'
import { Failure } from './failure.tsx'
import { NoRows, Pages, Search } from './search-and-pages.tsx'
import type { Column } from './table.tsx'

const pageSize = 10

interface Choosing<Row> {
  readonly chosen: readonly Row[]
  readonly choose: (rows: readonly Row[]) => void
  readonly one?: boolean
  /** Keys of rows that cannot be chosen, because they are chosen already elsewhere. */
  readonly without?: readonly string[]
}

interface Entities<Row> extends Choosing<Row> {
  readonly of: 'users' | 'groups' | 'roles' | 'policies'
  /** What is chosen from, for who does not see it: `Policies`. */
  readonly label: string
  readonly columns: readonly Column<Row>[]
  readonly keyOf: (row: Row) => string
  readonly empty?: string
}

/**
 * Chooses one or several of the authority's entities inside a form or a dialog: searched and paged by the authority, what is chosen stays
 * chosen when the page changes.
 */
function Chooser<Row>(props: Entities<Row>) {
  const { of, label, columns, keyOf, chosen, choose, one = false, without = [], empty = 'There are none.' } = props
  const [search, setSearch] = useState('')
  const [page, setPage] = useState(1)
  const asked = { search: useDeferredValue(search), sort: columns[0]!.id, descending: false, page, size: pageSize }
  const { data, error, isPending } = useQuery({
    queryKey: ['table', of, asked],
    queryFn: () => get<TableAnswer<Row>>(`table/${of}`, asked),
    placeholderData: keepPreviousData,
  })
  if (error !== null) return <Failure error={error} title={`${label} cannot be listed`} />
  const items = data?.items ?? []
  const here = new Set(items.map(keyOf))
  const kept = new Set(chosen.map(keyOf))
  const total = data?.total ?? 0
  return (
    <Table
      variant="borderless"
      contentDensity="compact"
      wrapLines
      items={items}
      trackBy={keyOf}
      loading={isPending}
      loadingText="Loading"
      columnDefinitions={columns.map(({ id, header, cell }, place) => ({
        id,
        header,
        cell,
        isRowHeader: place === 0,
        minWidth: place === 0 ? 160 : 110,
      }))}
      selectionType={one ? 'single' : 'multi'}
      selectedItems={items.filter((row) => kept.has(keyOf(row)))}
      isItemDisabled={(row) => without.includes(keyOf(row))}
      onSelectionChange={({ detail }) => {
        const elsewhere = one ? [] : chosen.filter((row) => !here.has(keyOf(row)))
        choose([...elsewhere, ...detail.selectedItems])
      }}
      ariaLabels={{
        tableLabel: label,
        selectionGroupLabel: `Choose ${label.toLowerCase()}`,
        allItemsSelectionLabel: () => `Choose all ${label.toLowerCase()} on this page`,
        itemSelectionLabel: (_state, row) => keyOf(row),
      }}
      filter={
        <Search
          what={label.toLowerCase()}
          text={search}
          found={total}
          change={(text) => {
            setSearch(text)
            setPage(1)
          }}
        />
      }
      pagination={<Pages page={page} total={total} size={pageSize} change={setPage} />}
      empty={<NoRows search={search}>{empty}</NoRows>}
    />
  )
}

export function PolicyChooser(props: Choosing<PolicyRow>) {
  return (
    <Chooser<PolicyRow>
      {...props}
      of="policies"
      label="Policies"
      keyOf={({ arn }) => arn}
      columns={[
        { id: 'name', header: 'Policy name', cell: ({ name }) => name },
        { id: 'type', header: 'Type', cell: ({ type }) => type },
        { id: 'attachments', header: 'Attached to', cell: ({ attachments }) => attachments },
      ]}
    />
  )
}

export function GroupChooser(props: Choosing<GroupRow>) {
  return (
    <Chooser<GroupRow>
      {...props}
      of="groups"
      label="User groups"
      keyOf={({ name }) => name}
      empty="There are no user groups yet."
      columns={[
        { id: 'name', header: 'Group name', cell: ({ name }) => name },
        { id: 'members', header: 'Users', cell: ({ members }) => members },
        { id: 'policies', header: 'Policies', cell: ({ policies }) => policies },
      ]}
    />
  )
}

export function UserChooser(props: Choosing<UserRow>) {
  return (
    <Chooser<UserRow>
      {...props}
      of="users"
      label="Users"
      keyOf={({ name }) => name}
      empty="There are no users yet."
      columns={[
        { id: 'name', header: 'User name', cell: ({ name }) => name },
        { id: 'path', header: 'Path', cell: ({ path }) => path },
        { id: 'groups', header: 'Groups', cell: ({ groups }) => groups },
      ]}
    />
  )
}

export function RoleChooser(props: Choosing<RoleRow>) {
  return (
    <Chooser<RoleRow>
      {...props}
      of="roles"
      label="Roles"
      keyOf={({ name }) => name}
      empty="There are no roles yet."
      columns={[
        { id: 'name', header: 'Role name', cell: ({ name }) => name },
        {
          id: 'trustedEntities',
          header: 'Trusted entities',
          cell: ({ trustedEntities }) => trustedEntities.join(', '),
        },
      ]}
    />
  )
}
