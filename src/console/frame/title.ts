import { useEffect, useSyncExternalStore } from 'react'

export interface Crumb {
  readonly text: string
  /** Path inside the console. */
  readonly to: string
}

let trail: readonly Crumb[] = []
const listeners = new Set<() => void>()

/** A page says what it is called, for the breadcrumbs and for the browser's title; the way there first. */
export function usePage(...crumbs: readonly Crumb[]): void {
  const text = JSON.stringify(crumbs)
  useEffect(() => {
    trail = JSON.parse(text) as readonly Crumb[]
    document.title = `${trail.at(-1)?.text ?? 'Console'} · Countersign`
    for (const tell of listeners) tell()
  }, [text])
}

export function useTitle(): readonly Crumb[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => trail,
  )
}
