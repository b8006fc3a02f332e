import I18nProvider, { type I18nProviderProps } from '@cloudscape-design/components/i18n'
import messages from '@cloudscape-design/components/i18n/messages/all.en'
import type { ReactNode } from 'react'

/** Cloudscape's own English labels, for pages with its larger components, such as filters and charts. */
export function English({ children }: { readonly children: ReactNode }) {
  return (
    <I18nProvider locale="en" messages={[messages as I18nProviderProps.Messages]}>
      {children}
    </I18nProvider>
  )
}
