import ContentLayout from '@cloudscape-design/components/content-layout'
import Header from '@cloudscape-design/components/header'
import Table, { type TableProps } from '@cloudscape-design/components/table'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { type ReactNode, useDeferredValue, useState } from 'react'
import type { TableAnswer } from '../../authority/console/shapes.ts'
import { get } from '../api/call.ts'
import { Failure } from './failure.tsx'
import { useListInAddress } from './list-in-address.ts'
import { NoRows, Pages, Search } from './search-and-pages.tsx'

export interface Column<Row> {
  /** Of the row's member that the authority sorts by. */
  readonly id: string
  readonly header: string
  readonly cell: (row: Row) => ReactNode
  readonly sorts?: boolean
  /** Pixels; a window that is narrower than all of them scrolls the table. */
  readonly minWidth?: number
}

const pageSize = 50

/**
 * A list of the authority's entities (`GET table/‹of›`), searched, sorted and paged by the authority, so that 10,000 rows cost what 50 do.
 * `columns`: the first is the row's name. With `actions` a row can be chosen, and they are given it.
 */
export function EntityTable<Row>(props: {
  readonly of: 'users' | 'groups' | 'roles' | 'policies' | 'providers' | 'mfa-devices'
  readonly title: string
  readonly description?: ReactNode
  readonly columns: readonly Column<Row>[]
  readonly keyOf: (row: Row) => string
  readonly actions?: (chosen: Row | undefined) => ReactNode
  readonly empty?: ReactNode
}) {
  const { of, title, description, columns, keyOf, actions, empty } = props
  const [view, look] = useListInAddress(columns[0]!.id)
  const { search, page } = view
  const [chosen, setChosen] = useState<Row | undefined>(undefined)
  const asked = {
    ...view,
    search: useDeferredValue(search),
    // An address can be written by hand.
    sort: columns.find(({ id, sorts }) => id === view.sort && sorts !== false)?.id ?? columns[0]!.id,
    size: pageSize,
  }
  const { data, error, isPending } = useQuery({
    queryKey: ['table', of, asked],
    queryFn: () => get<TableAnswer<Row>>(`table/${of}`, asked),
    placeholderData: keepPreviousData,
  })
  if (error !== null)
    return (
      <ContentLayout header={<Header variant="h1">{title}</Header>}>
        <Failure error={error} title={`${title} cannot be listed`} />
      </ContentLayout>
    )
  const present = data?.items.find((row) => chosen !== undefined && keyOf(row) === keyOf(chosen))
  const total = data?.total ?? 0
  return (
    <Table
      variant="full-page"
      stickyHeader
      wrapLines
      items={data?.items ?? []}
      trackBy={keyOf}
      loading={isPending}
      loadingText="Loading"
      columnDefinitions={columns.map(({ id, header, cell, sorts, minWidth }, place) => ({
        id,
        header,
        cell,
        isRowHeader: place === 0,
        minWidth: minWidth ?? (place === 0 ? 180 : 105),
        ...(sorts === false ? {} : { sortingField: id }),
      }))}
      sortingColumn={{ sortingField: asked.sort }}
      sortingDescending={asked.descending}
      onSortingChange={({ detail }) =>
        look({
          sort: detail.sortingColumn.sortingField ?? asked.sort,
          descending: detail.isDescending ?? false,
          page: 1,
        })
      }
      {...(actions === undefined
        ? {}
        : {
            selectionType: 'single' as const,
            selectedItems: present === undefined ? [] : [present],
            onSelectionChange: ({ detail }: { readonly detail: TableProps.SelectionChangeDetail<Row> }) =>
              setChosen(detail.selectedItems[0]),
          })}
      ariaLabels={{
        tableLabel: title,
        selectionGroupLabel: `${title}: choose one`,
        itemSelectionLabel: (_state, row) => keyOf(row),
      }}
      header={
        <Header
          variant="awsui-h1-sticky"
          counter={data === undefined ? '' : `(${total})`}
          {...(description === undefined ? {} : { description })}
          actions={actions?.(present)}
        >
          {title}
        </Header>
      }
      filter={
        <Search
          what={title.toLowerCase()}
          text={search}
          found={total}
          change={(text) => look({ search: text, page: 1 })}
        />
      }
      pagination={<Pages page={page} total={total} size={pageSize} change={(to) => look({ page: to })} />}
      empty={<NoRows search={search}>{empty ?? 'There are none.'}</NoRows>}
    />
  )
}
