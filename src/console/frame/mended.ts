import { useEffect } from 'react'

/**
 * On a narrow page Cloudscape writes `aria-orientation` on its `nav`, where ARIA has no such thing (WAI-ARIA 1.2, "navigation") and which screen
 * readers may take for another kind of element.
 */
export function useMendedNavigation(): void {
  useEffect(() => {
    const mend = (): void => document.querySelector('nav[aria-orientation]')?.removeAttribute('aria-orientation')
    mend()
    const observer = new MutationObserver(mend)
    observer.observe(document.body, { childList: true, subtree: true })
    return () => observer.disconnect()
  }, [])
}
