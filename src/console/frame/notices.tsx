import Flashbar, { type FlashbarProps } from '@cloudscape-design/components/flashbar'
import { useRouterState } from '@tanstack/react-router'
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react'

interface Notices {
  /** Says that something was done; it stays until it is dismissed or the next one comes. */
  readonly done: (content: ReactNode) => void
  readonly failed: (header: string, error: unknown) => void
}

const NoticesContext = createContext<Notices | null>(null)
/** `at`: milliseconds since the page was loaded. */
type Item = FlashbarProps.MessageDefinition & { readonly at: number }

const ItemsContext = createContext<readonly Item[]>([])

/** Milliseconds for which a notice belongs to the page that comes next, such as that something was deleted. */
const carried = 1_500

export function NoticesProvider({ children }: { readonly children: ReactNode }) {
  const [items, setItems] = useState<readonly Item[]>([])
  const put = useCallback((item: Omit<FlashbarProps.MessageDefinition, 'id' | 'onDismiss'>) => {
    const id = crypto.randomUUID()
    const onDismiss = () => setItems((present) => present.filter((one) => one.id !== id))
    setItems((present) => [
      { ...item, id, at: performance.now(), onDismiss, dismissible: true, dismissLabel: 'Dismiss' },
      ...present.filter(({ type }) => type !== item.type),
    ])
  }, [])
  const path = useRouterState({ select: ({ location }) => location.pathname })
  // What was done on another page is not news here.
  useEffect(() => {
    if (path === '') return
    setItems((present) => present.filter(({ at }) => performance.now() - at < carried))
  }, [path])
  const notices = useMemo<Notices>(
    () => ({
      done: (content) => put({ type: 'success', content }),
      failed: (header, error) =>
        put({ type: 'error', header, content: error instanceof Error ? error.message : 'Something went wrong.' }),
    }),
    [put],
  )
  return (
    <NoticesContext value={notices}>
      <ItemsContext value={items}>{children}</ItemsContext>
    </NoticesContext>
  )
}

export function useNotices(): Notices {
  return useContext(NoticesContext)!
}

export function NoticeBar() {
  return <Flashbar items={useContext(ItemsContext).map(({ at: _at, ...item }) => item)} />
}
