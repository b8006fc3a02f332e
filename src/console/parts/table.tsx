import Box from '@cloudscape-design/components/box'
import ContentLayout from '@cloudscape-design/components/content-layout'
import Header from '@cloudscape-design/components/header'
import Pagination from '@cloudscape-design/components/pagination'
import Table, { type TableProps } from '@cloudscape-design/components/table'
import TextFilter from '@cloudscape-design/components/text-filter'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { type ReactNode, useDeferredValue, useState } from 'react'
import type { TableAnswer } from '../../authority/console/shapes.ts'
import { get } from '../api/call.ts'
import { Failure } from './failure.tsx'
import { useListInAddress } from './list-in-address.ts'

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
        <TextFilter
          filteringText={search}
          filteringPlaceholder="Search"
          filteringClearAriaLabel="Clear"
          filteringAriaLabel={`Search ${title.toLowerCase()}`}
          countText={search === '' ? '' : `${total} ${total === 1 ? 'match' : 'matches'}`}
          onChange={({ detail }) => look({ search: detail.filteringText, page: 1 })}
        />
      }
      pagination={
        <Pagination
          currentPageIndex={page}
          pagesCount={Math.max(1, Math.ceil(total / pageSize))}
          onChange={({ detail }) => look({ page: detail.currentPageIndex })}
          ariaLabels={{ nextPageLabel: 'Next page', previousPageLabel: 'Previous page', pageLabel: (n) => `Page ${n}` }}
        />
      }
      empty={
        <Box textAlign="center" color="inherit" padding="s">
          {search === '' ? (empty ?? 'There are none.') : `Nothing matches "${search}".`}
        </Box>
      }
    />
  )
}
