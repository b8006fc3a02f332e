import { useRouter, useRouterState } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'

/** How a list is looked at. */
export interface ListView {
  readonly search: string
  /** 1-based. */
  readonly page: number
  readonly sort: string
  readonly descending: boolean
}

/** Milliseconds without a keystroke, after which the address follows. */
const pause = 300

/**
 * How a list is looked at, which stands in the address (`?search=ali&page=2`): so it is still the same after a reload and on the way back from
 * one of its rows. What is as at first is left out: it is sorted by `firstSort` then.
 */
export function useListInAddress(firstSort: string): readonly [ListView, (members: Partial<ListView>) => void] {
  const router = useRouter()
  const path = useRouterState({ select: ({ location }) => location.pathname })
  const address = useRouterState({ select: ({ location }) => location.searchStr })
  const [view, setView] = useState(() => read(address, firstSort))
  const written = useRef(address)
  const text = write(view, firstSort)
  useEffect(() => {
    // Somebody went to this list anew, by a link or by the browser's own buttons.
    if (address === written.current) return
    written.current = address
    setView(read(address, firstSort))
  }, [address, firstSort])
  useEffect(() => {
    if (text === written.current) return
    const timer = setTimeout(() => {
      written.current = text
      router.history.replace(`/console${path}${text}`)
    }, pause)
    return () => clearTimeout(timer)
  }, [text, path, router])
  return [view, (members) => setView((present) => ({ ...present, ...members }))]
}

function read(address: string, firstSort: string): ListView {
  const query = new URLSearchParams(address)
  const page = Number(query.get('page'))
  return {
    search: query.get('search') ?? '',
    page: Number.isSafeInteger(page) && page > 0 ? page : 1,
    sort: query.get('sort') ?? firstSort,
    descending: query.has('descending'),
  }
}

function write(view: ListView, firstSort: string): string {
  const query = new URLSearchParams()
  if (view.search !== '') query.set('search', view.search)
  if (view.sort !== firstSort) query.set('sort', view.sort)
  if (view.descending) query.set('descending', 'true')
  if (view.page !== 1) query.set('page', String(view.page))
  return query.size === 0 ? '' : `?${query}`
}
