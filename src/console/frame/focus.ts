import { useRouterState } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'

/** Milliseconds within which a page has its heading, and a list is read anew: its script may have to be loaded. */
const patience = 4_000

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
    if (!isInPage(document.activeElement)) focusHeading()
    return keepFocus()
  }, [path])
}

/** Where nothing has the focus any more, as when the button that opened a dialog is gone with what was deleted. */
export function mendLostFocus(): void {
  requestAnimationFrame(keepFocus)
}

/** Not while a dialog is open; those inside the page are menus, open or not. */
export function focusHeading(): void {
  const heading = document.querySelector<HTMLElement>('main h1')
  if (heading === null || document.querySelector('[role=dialog]:not(main *)') !== null) return
  heading.tabIndex = -1
  heading.focus({ preventScroll: true })
}

function isInPage(element: Element | null): boolean {
  return element?.matches('main input, main textarea, [role=dialog] *') ?? false
}

/**
 * For a while, or until somebody does something, gives the heading the focus whenever what had it goes: a page comes in pieces. Gives what
 * calls it off.
 */
function keepFocus(): () => void {
  const mend = (): void => {
    const { activeElement } = document
    if (activeElement === null || activeElement === document.body) focusHeading()
  }
  const observer = new MutationObserver(mend)
  const stop = (): void => {
    observer.disconnect()
    clearTimeout(timer)
    for (const kind of doings) removeEventListener(kind, stop, true)
  }
  const timer = setTimeout(stop, patience)
  for (const kind of doings) addEventListener(kind, stop, true)
  observer.observe(document.body, { childList: true, subtree: true, attributeFilter: ['disabled'] })
  mend()
  return stop
}

const doings = ['keydown', 'pointerdown'] as const
