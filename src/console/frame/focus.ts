import { useRouterState } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'

/** Milliseconds within which a page has its heading: its script may have to be loaded. */
const patience = 5_000

/**
 * After a link was followed, the heading of the new page has the focus: a screen reader says where one is, and Tab goes on from there. A page
 * that has put the focus into a field of its own keeps it.
 */
export function useFocusOnHeading(): void {
  const path = useRouterState({ select: ({ resolvedLocation }) => resolvedLocation?.pathname ?? null })
  const before = useRef(path)
  useEffect(() => {
    const from = before.current
    before.current = path
    // The first page begins where the browser begins.
    if (from === null || path === null || from === path) return
    return whenHeaded(() => {
      if (!isInPage(document.activeElement)) focusHeading()
    })
  }, [path])
}

/** Where nothing has the focus any more, as when the button that opened a dialog is gone with what was deleted. */
export function mendLostFocus(): void {
  const lost = () => document.activeElement === null || document.activeElement === document.body
  const mend = (): void => {
    if (lost()) focusHeading()
  }
  requestAnimationFrame(() => whenHeaded(mend))
  // A list is read anew after a deletion, and its buttons are switched off then.
  setTimeout(mend, 600)
}

function heading(): HTMLElement | null {
  return document.querySelector('main h1')
}

/** Not while a dialog is open. */
export function focusHeading(): void {
  const found = heading()
  if (found === null || document.querySelector('[role=dialog]') !== null) return
  found.tabIndex = -1
  found.focus({ preventScroll: true })
}

function isInPage(element: Element | null): boolean {
  return element?.matches('main input, main textarea, [role=dialog] *') ?? false
}

/** Calls once there is a heading; gives what calls it off. */
function whenHeaded(act: () => void): () => void {
  if (heading() !== null) {
    act()
    return () => {}
  }
  const observer = new MutationObserver(() => {
    if (heading() === null) return
    stop()
    act()
  })
  const timer = setTimeout(() => observer.disconnect(), patience)
  const stop = (): void => {
    clearTimeout(timer)
    observer.disconnect()
  }
  observer.observe(document.body, { childList: true, subtree: true })
  return stop
}
