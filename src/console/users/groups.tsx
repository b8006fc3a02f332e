import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Table from '@cloudscape-design/components/table'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { GroupRow } from '../../authority/console/shapes.ts'
import { aws, awsAll } from '../api/call.ts'
import { useNotices } from '../frame/notices.tsx'
import { GroupChooser } from '../parts/chooser.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Failure } from '../parts/failure.tsx'
import { NoRows } from '../parts/search-and-pages.tsx'
import { pathOf, To } from '../parts/to.tsx'

interface Group {
  readonly GroupName: string
  readonly Arn: string
}

/** The tab "Groups" of a user. */
export function UserGroups({ userName }: { readonly userName: string }) {
  const queryClient = useQueryClient()
  const { done } = useNotices()
  const [chosen, setChosen] = useState<readonly Group[]>([])
  const [open, setOpen] = useState<'add' | 'remove' | null>(null)
  const close = (): void => setOpen(null)
  const { data, error, isPending } = useQuery({
    queryKey: ['user', userName, 'groups'],
    queryFn: () => awsAll<Group>('ListGroupsForUser', 'Groups', { UserName: userName }),
  })
  const changed = async (what: string): Promise<void> => {
    close()
    setChosen([])
    done(what)
    await Promise.all([
      queryClient.invalidateQueries({ queryKey: ['user', userName] }),
      queryClient.invalidateQueries({ queryKey: ['group'] }),
      queryClient.invalidateQueries({ queryKey: ['table'] }),
    ])
  }
  if (error !== null) return <Failure error={error} title="The user groups cannot be listed" />
  const groups = data ?? []
  return (
    <>
      <Table
        items={groups}
        trackBy={({ GroupName }) => GroupName}
        wrapLines
        loading={isPending}
        loadingText="Loading"
        selectionType="multi"
        selectedItems={chosen}
        onSelectionChange={({ detail }) => setChosen(detail.selectedItems)}
        ariaLabels={{
          tableLabel: 'User groups membership',
          selectionGroupLabel: 'Choose user groups',
          allItemsSelectionLabel: () => 'Choose all user groups',
          itemSelectionLabel: (_state, { GroupName }) => GroupName,
        }}
        columnDefinitions={[
          {
            id: 'name',
            header: 'Group name',
            isRowHeader: true,
            cell: ({ GroupName }) => <To to={pathOf('groups', GroupName)}>{GroupName}</To>,
          },
          { id: 'arn', header: 'ARN', minWidth: 240, cell: ({ Arn }) => <span className="mono">{Arn}</span> },
        ]}
        header={
          <Header
            variant="h2"
            counter={data === undefined ? '' : `(${groups.length})`}
            description="A user may do what the policies of its groups allow."
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button disabled={chosen.length === 0} onClick={() => setOpen('remove')}>
                  Remove
                </Button>
                <Button disabled={data === undefined} onClick={() => setOpen('add')}>
                  Add user to groups
                </Button>
              </SpaceBetween>
            }
          >
            User groups membership
          </Header>
        }
        empty={<NoRows>In no user group. Add the user to one to give it what others have.</NoRows>}
      />
      {open === 'add' ? (
        <AddToGroups
          userName={userName}
          present={groups.map(({ GroupName }) => GroupName)}
          close={close}
          done={() => changed('The user is added.')}
        />
      ) : null}
      {open === 'remove' ? (
        <Confirm
          title={`Remove ${userName} from ${chosen.length === 1 ? chosen[0]!.GroupName : `${chosen.length} groups`}?`}
          verb="Remove"
          close={close}
          act={async () => {
            for (const { GroupName } of chosen)
              await aws('iam', 'RemoveUserFromGroup', { GroupName, UserName: userName })
            await changed('The user is removed.')
          }}
        >
          What only the policies of {chosen.length === 1 ? 'this group' : 'these groups'} allow is refused from now on.
        </Confirm>
      ) : null}
    </>
  )
}

function AddToGroups(props: {
  readonly userName: string
  readonly present: readonly string[]
  readonly close: () => void
  readonly done: () => void
}) {
  const { userName, present, close, done } = props
  const [chosen, setChosen] = useState<readonly GroupRow[]>([])
  return (
    <Dialog
      title={`Add ${userName} to user groups`}
      verb="Add user to groups"
      size="large"
      ready={chosen.length > 0}
      failedTitle="The user is not added to all of them"
      close={close}
      done={done}
      // Adding who is in it changes nothing: so a second try goes on where the first one stopped.
      act={async () => {
        for (const { name } of chosen) await aws('iam', 'AddUserToGroup', { GroupName: name, UserName: userName })
      }}
    >
      <GroupChooser chosen={chosen} choose={setChosen} without={present} />
    </Dialog>
  )
}
