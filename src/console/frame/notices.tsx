import Flashbar, { type FlashbarProps } from '@cloudscape-design/components/flashbar'
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react'

interface Notices {
  /** Says that something was done; it stays until it is dismissed or the next one comes. */
  readonly done: (content: ReactNode) => void
  readonly failed: (header: string, error: unknown) => void
}

const NoticesContext = createContext<Notices | null>(null)
const ItemsContext = createContext<readonly FlashbarProps.MessageDefinition[]>([])

export function NoticesProvider({ children }: { readonly children: ReactNode }) {
  const [items, setItems] = useState<readonly FlashbarProps.MessageDefinition[]>([])
  const put = useCallback((item: Omit<FlashbarProps.MessageDefinition, 'id' | 'onDismiss'>) => {
    const id = crypto.randomUUID()
    const onDismiss = () => setItems((present) => present.filter((one) => one.id !== id))
    setItems((present) => [
      { ...item, id, onDismiss, dismissible: true, dismissLabel: 'Dismiss' },
      ...present.filter(({ type }) => type !== item.type),
    ])
  }, [])
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
  return <Flashbar items={useContext(ItemsContext)} />
}
