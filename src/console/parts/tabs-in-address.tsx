import Tabs, { type TabsProps } from '@cloudscape-design/components/tabs'
import { useRouter, useRouterState } from '@tanstack/react-router'

/** Tabs whose choice stands in the address (`?tab=security-credentials`), so that one can be linked to and is still there after a reload. */
export function TabsInAddress({ label, tabs }: { readonly label: string; readonly tabs: readonly TabsProps.Tab[] }) {
  const router = useRouter()
  const asked = useRouterState({
    select: ({ location }) => String((location.search as { readonly tab?: unknown }).tab ?? ''),
  })
  const path = useRouterState({ select: ({ location }) => location.pathname })
  return (
    <Tabs
      ariaLabel={label}
      activeTabId={tabs.find(({ id }) => id === asked)?.id ?? tabs[0]!.id}
      tabs={tabs}
      i18nStrings={{ scrollLeftAriaLabel: 'Scroll left', scrollRightAriaLabel: 'Scroll right' }}
      onChange={({ detail }) =>
        router.history.replace(`/console${path.replace(/^\/console(?=\/|$)/, '')}?tab=${detail.activeTabId}`)
      }
    />
  )
}
