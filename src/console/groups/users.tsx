import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Table from '@cloudscape-design/components/table'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { UserRow } from '../../authority/console/shapes.ts'
import { aws } from '../api/call.ts'
import { useNotices } from '../frame/notices.tsx'
import { UserChooser } from '../parts/chooser.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Failure } from '../parts/failure.tsx'
import { NoRows, Pages, pagesOf, Search } from '../parts/search-and-pages.tsx'
import { pathOf, To } from '../parts/to.tsx'
import { When } from '../parts/when.tsx'
import { type Member, membersQuery } from './group.ts'

const pageSize = 50

/** The tab "Users" of a user group. */
export function GroupUsers({ groupName }: { readonly groupName: string }) {
  const queryClient = useQueryClient()
  const { done } = useNotices()
  const { data, error, isPending } = useQuery(membersQuery(groupName))
  const [search, setSearch] = useState('')
  const [page, setPage] = useState(1)
  const [chosen, setChosen] = useState<readonly Member[]>([])
  const [open, setOpen] = useState<'add' | 'remove' | null>(null)
  const close = (): void => setOpen(null)
  const changed = async (what: string): Promise<void> => {
    close()
    setChosen([])
    done(what)
    await Promise.all([
      queryClient.invalidateQueries({ queryKey: ['group', groupName] }),
      queryClient.invalidateQueries({ queryKey: ['user'] }),
      queryClient.invalidateQueries({ queryKey: ['table'] }),
    ])
  }
  if (error !== null) return <Failure error={error} title="The users cannot be listed" />
  const members = data ?? []
  const found = members.filter(({ UserName }) => UserName.toLowerCase().includes(search.toLowerCase()))
  const shown = Math.min(page, pagesOf(found.length, pageSize))
  return (
    <>
      <Table
        items={found.slice((shown - 1) * pageSize, shown * pageSize)}
        trackBy={({ UserName }) => UserName}
        wrapLines
        loading={isPending}
        loadingText="Loading"
        selectionType="multi"
        selectedItems={chosen}
        onSelectionChange={({ detail }) => setChosen(detail.selectedItems)}
        ariaLabels={{
          tableLabel: 'Users in this group',
          selectionGroupLabel: 'Choose users',
          allItemsSelectionLabel: () => 'Choose all users on this page',
          itemSelectionLabel: (_state, { UserName }) => UserName,
        }}
        columnDefinitions={[
          {
            id: 'name',
            header: 'User name',
            isRowHeader: true,
            cell: ({ UserName }) => <To to={pathOf('users', UserName)}>{UserName}</To>,
          },
          { id: 'path', header: 'Path', cell: ({ Path }) => Path },
          { id: 'created', header: 'Created', cell: ({ CreateDate }) => <When at={CreateDate} /> },
        ]}
        header={
          <Header
            variant="h2"
            counter={data === undefined ? '' : `(${members.length})`}
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button disabled={chosen.length === 0} onClick={() => setOpen('remove')}>
                  Remove
                </Button>
                <Button disabled={data === undefined} onClick={() => setOpen('add')}>
                  Add users
                </Button>
              </SpaceBetween>
            }
          >
            Users in this group
          </Header>
        }
        filter={
          <Search
            what="users in this group"
            text={search}
            found={found.length}
            change={(text) => {
              setSearch(text)
              setPage(1)
            }}
          />
        }
        pagination={<Pages page={shown} total={found.length} size={pageSize} change={setPage} />}
        empty={<NoRows search={search}>Nobody is in this group. Add users with "Add users".</NoRows>}
      />
      {open === 'add' ? (
        <AddUsers
          groupName={groupName}
          present={members.map(({ UserName }) => UserName)}
          close={close}
          done={(count) => changed(count === 1 ? 'The user is added.' : `${count} users are added.`)}
        />
      ) : null}
      {open === 'remove' ? (
        <Confirm
          title={`Remove ${chosen.length === 1 ? chosen[0]!.UserName : `${chosen.length} users`} from ${groupName}?`}
          verb="Remove"
          close={close}
          act={async () => {
            for (const { UserName } of chosen)
              await aws('iam', 'RemoveUserFromGroup', { GroupName: groupName, UserName })
            await changed(chosen.length === 1 ? 'The user is removed.' : `${chosen.length} users are removed.`)
          }}
        >
          What only the policies of this group allow them is refused from now on.
        </Confirm>
      ) : null}
    </>
  )
}

function AddUsers(props: {
  readonly groupName: string
  readonly present: readonly string[]
  readonly close: () => void
  readonly done: (count: number) => void
}) {
  const { groupName, present, close, done } = props
  const [chosen, setChosen] = useState<readonly UserRow[]>([])
  return (
    <Dialog
      title={`Add users to ${groupName}`}
      verb="Add users"
      size="large"
      ready={chosen.length > 0}
      failedTitle="Not all of them are added"
      close={close}
      done={() => done(chosen.length)}
      act={async () => {
        for (const { name } of chosen) await aws('iam', 'AddUserToGroup', { GroupName: groupName, UserName: name })
      }}
    >
      <UserChooser chosen={chosen} choose={setChosen} without={present} />
    </Dialog>
  )
}
