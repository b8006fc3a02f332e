import Box from '@cloudscape-design/components/box'
import Pagination from '@cloudscape-design/components/pagination'
import TextFilter from '@cloudscape-design/components/text-filter'
import type { ReactNode } from 'react'

/** What stands above a table that can be searched. `what`: what is searched, as `users in this group`; `found`: how many match. */
export function Search(props: {
  readonly what: string
  readonly text: string
  readonly found: number
  readonly change: (text: string) => void
}) {
  const { what, text, found, change } = props
  return (
    <TextFilter
      filteringText={text}
      filteringPlaceholder="Search"
      filteringClearAriaLabel="Clear"
      filteringAriaLabel={`Search ${what}`}
      countText={text === '' ? '' : `${found} ${found === 1 ? 'match' : 'matches'}`}
      onChange={({ detail }) => change(detail.filteringText)}
    />
  )
}

/** `page` counts from one; `total` rows, `size` of them on a page. */
export function Pages(props: {
  readonly page: number
  readonly total: number
  readonly size: number
  readonly change: (page: number) => void
}) {
  const { page, total, size, change } = props
  return (
    <Pagination
      currentPageIndex={page}
      pagesCount={pagesOf(total, size)}
      onChange={({ detail }) => change(detail.currentPageIndex)}
      ariaLabels={{ nextPageLabel: 'Next page', previousPageLabel: 'Previous page', pageLabel: (n) => `Page ${n}` }}
    />
  )
}

export function pagesOf(total: number, size: number): number {
  return Math.max(1, Math.ceil(total / size))
}

/** Stands where rows would; `children` says what to do where there are none yet. */
export function NoRows({ search = '', children }: { readonly search?: string; readonly children: ReactNode }) {
  return (
    <Box textAlign="center" color="inherit" padding="s">
      {search === '' ? children : `Nothing matches "${search}".`}
    </Box>
  )
}
