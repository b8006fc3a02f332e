import Button from '@cloudscape-design/components/button'
import ContentLayout from '@cloudscape-design/components/content-layout'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useRouter } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { type Crumb, usePage } from '../frame/title.ts'
import { Failure } from './failure.tsx'
import { Loading } from './loading.tsx'

/** What can be done to an entity: a button, and the dialog that it opens. */
export interface Act {
  /** On the button: `Delete`. */
  readonly label: string
  readonly disabled?: boolean
  /** `gone`: leads back to the list, for when there is nothing left to show. */
  readonly dialog: (close: () => void, gone: () => void) => ReactNode
}

/**
 * The page of one entity: its name with what can be done to it, and below that all of it, once `found` has it. `list` is where it is
 * one of several, `path` its own place; `beside` stands before the buttons.
 */
export function EntityPage<Entity>(props: {
  readonly list: Crumb
  readonly name: string
  readonly path: string
  readonly found: { readonly data: Entity | undefined; readonly error: Error | null }
  readonly failedTitle: string
  readonly beside?: ReactNode
  readonly acts: readonly Act[]
  readonly children: (entity: Entity) => ReactNode
}) {
  const { list, name, path, found, failedTitle, beside, acts, children } = props
  const { data, error } = found
  usePage(list, { text: name, to: path })
  const router = useRouter()
  const [open, setOpen] = useState<string | null>(null)
  const buttons = (
    <SpaceBetween direction="horizontal" size="xs">
      {beside}
      {acts.map(({ label, disabled = false }) => (
        <Button key={label} disabled={disabled} onClick={() => setOpen(label)}>
          {label}
        </Button>
      ))}
    </SpaceBetween>
  )
  const header = (
    <>
      <Header variant="h1" actions={buttons}>
        {name}
      </Header>
      {acts
        .find(({ label }) => label === open)
        ?.dialog(
          () => setOpen(null),
          () => void router.navigate({ to: list.to }),
        )}
    </>
  )
  return (
    <ContentLayout header={header}>
      <Failure error={error} title={failedTitle} />
      {data === undefined ? error === null ? <Loading /> : null : children(data)}
    </ContentLayout>
  )
}
