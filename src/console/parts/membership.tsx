import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Table from '@cloudscape-design/components/table'
import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useNotices } from '../frame/notices.tsx'
import { Confirm } from './confirm.tsx'
import { Dialog } from './dialog.tsx'
import { NoRows } from './search-and-pages.tsx'
import type { Column } from './table.tsx'

/** Adding to a group, from either side: the dialog in which `Choice`s are chosen, and one call for each of them. */
interface Adding<Choice> {
  readonly title: string
  /** Of the button that opens it, and of its own: `Add users`. */
  readonly verb: string
  readonly failedTitle: string
  readonly choose: (chosen: readonly Choice[], change: (chosen: readonly Choice[]) => void) => ReactNode
  readonly add: (one: Choice) => Promise<unknown>
  readonly done: (count: number) => string
}

/** Taking out of a group, from either side; `title` and `warning` are of the chosen names. */
interface Removing {
  readonly title: (names: readonly string[]) => string
  readonly warning: (count: number) => string
  readonly remove: (name: string) => Promise<unknown>
  readonly done: (count: number) => string
}

/** Who is in a group, or which groups somebody is in. `rows`: those that are shown, of `total`; undefined while nobody knows. */
export function Membership<Row, Choice>(props: {
  readonly title: string
  readonly description?: string
  /** What the rows are: `users`. */
  readonly noun: string
  /** After "Choose all users". */
  readonly where?: string
  readonly rows: readonly Row[] | undefined
  readonly total: number
  readonly nameOf: (row: Row) => string
  readonly columns: readonly Column<Row>[]
  readonly filter?: ReactNode
  readonly pagination?: ReactNode
  readonly search?: string
  readonly empty: string
  readonly adding: Adding<Choice>
  readonly removing: Removing
}) {
  const { title, description, noun, where = '', rows, total, nameOf, columns, filter, pagination } = props
  const { search = '', empty, adding, removing } = props
  const queryClient = useQueryClient()
  const { done } = useNotices()
  const [chosen, setChosen] = useState<readonly Row[]>([])
  const [choices, setChoices] = useState<readonly Choice[]>([])
  const [open, setOpen] = useState<'add' | 'remove' | null>(null)
  const close = (): void => setOpen(null)
  const names = chosen.map(nameOf)
  const changed = async (what: string): Promise<void> => {
    close()
    setChosen([])
    done(what)
    await Promise.all(['user', 'group', 'table'].map((first) => queryClient.invalidateQueries({ queryKey: [first] })))
  }
  return (
    <>
      <Table
        items={rows ?? []}
        trackBy={nameOf}
        wrapLines
        loading={rows === undefined}
        loadingText="Loading"
        selectionType="multi"
        selectedItems={chosen}
        onSelectionChange={({ detail }) => setChosen(detail.selectedItems)}
        ariaLabels={{
          tableLabel: title,
          selectionGroupLabel: `Choose ${noun}`,
          allItemsSelectionLabel: () => `Choose all ${noun}${where}`,
          itemSelectionLabel: (_state, row) => nameOf(row),
        }}
        columnDefinitions={columns.map((column, place) => ({ ...column, isRowHeader: place === 0 }))}
        header={
          <Header
            variant="h2"
            counter={rows === undefined ? '' : `(${total})`}
            description={description}
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button disabled={chosen.length === 0} onClick={() => setOpen('remove')}>
                  Remove
                </Button>
                <Button
                  disabled={rows === undefined}
                  onClick={() => {
                    setChoices([])
                    setOpen('add')
                  }}
                >
                  {adding.verb}
                </Button>
              </SpaceBetween>
            }
          >
            {title}
          </Header>
        }
        filter={filter}
        pagination={pagination}
        empty={<NoRows search={search}>{empty}</NoRows>}
      />
      {open === 'add' ? (
        <Dialog
          title={adding.title}
          verb={adding.verb}
          size="large"
          ready={choices.length > 0}
          failedTitle={adding.failedTitle}
          close={close}
          done={() => void changed(adding.done(choices.length))}
          // Adding who is in it changes nothing: so a second try goes on where the first one stopped.
          act={async () => {
            for (const one of choices) await adding.add(one)
          }}
        >
          {adding.choose(choices, setChoices)}
        </Dialog>
      ) : null}
      {open === 'remove' ? (
        <Confirm
          title={removing.title(names)}
          verb="Remove"
          close={close}
          act={async () => {
            for (const name of names) await removing.remove(name)
            await changed(removing.done(names.length))
          }}
        >
          {removing.warning(names.length)}
        </Confirm>
      ) : null}
    </>
  )
}
