import Link, { type LinkProps } from '@cloudscape-design/components/link'
import { useRouter } from '@tanstack/react-router'
import type { ReactNode } from 'react'

export { pathOf } from './path-of.ts'

/** A link inside the console; `to` is a path below `/console`, its parts encoded (`pathOf`), with a query if need be. */
export function To({
  to,
  children,
  ...rest
}: { readonly to: string; readonly children: ReactNode } & Omit<LinkProps, 'href'>) {
  const router = useRouter()
  return (
    <Link
      {...rest}
      href={`/console${to}`}
      onFollow={(event) => {
        event.preventDefault()
        if (to.includes('?')) router.history.push(`/console${to}`)
        else void router.navigate({ to })
      }}
    >
      {children}
    </Link>
  )
}
