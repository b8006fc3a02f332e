import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { UserRow } from '../../authority/console/shapes.ts'
import { aws } from '../api/call.ts'
import { UserChooser } from '../parts/chooser.tsx'
import { Failure } from '../parts/failure.tsx'
import { Membership } from '../parts/membership.tsx'
import { Pages, pagesOf, Search } from '../parts/search-and-pages.tsx'
import { pathOf, To } from '../parts/to.tsx'
import { When } from '../parts/when.tsx'
import { type Member, membersQuery } from './group.ts'

const pageSize = 50

/** The tab "Users" of a user group. */
export function GroupUsers({ groupName }: { readonly groupName: string }) {
  const { data, error } = useQuery(membersQuery(groupName))
  const [search, setSearch] = useState('')
  const [page, setPage] = useState(1)
  if (error !== null) return <Failure error={error} title="The users cannot be listed" />
  const found = (data ?? []).filter(({ UserName }) => UserName.toLowerCase().includes(search.toLowerCase()))
  const shown = Math.min(page, pagesOf(found.length, pageSize))
  return (
    <Membership<Member, UserRow>
      title="Users in this group"
      noun="users"
      where=" on this page"
      rows={data === undefined ? undefined : found.slice((shown - 1) * pageSize, shown * pageSize)}
      total={data?.length ?? 0}
      nameOf={({ UserName }) => UserName}
      columns={[
        {
          id: 'name',
          header: 'User name',
          cell: ({ UserName }) => <To to={pathOf('users', UserName)}>{UserName}</To>,
        },
        { id: 'path', header: 'Path', cell: ({ Path }) => Path },
        { id: 'created', header: 'Created', cell: ({ CreateDate }) => <When at={CreateDate} /> },
      ]}
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
      search={search}
      empty={'Nobody is in this group. Add users with "Add users".'}
      adding={{
        title: `Add users to ${groupName}`,
        verb: 'Add users',
        failedTitle: 'Not all of them are added',
        choose: (chosen, change) => (
          <UserChooser chosen={chosen} choose={change} without={(data ?? []).map(({ UserName }) => UserName)} />
        ),
        add: ({ name }) => aws('iam', 'AddUserToGroup', { GroupName: groupName, UserName: name }),
        done: (count) => (count === 1 ? 'The user is added.' : `${count} users are added.`),
      }}
      removing={{
        title: (names) => `Remove ${names.length === 1 ? names[0] : `${names.length} users`} from ${groupName}?`,
        warning: () => 'What only the policies of this group allow them is refused from now on.',
        remove: (name) => aws('iam', 'RemoveUserFromGroup', { GroupName: groupName, UserName: name }),
        done: (count) => (count === 1 ? 'The user is removed.' : `${count} users are removed.`),
      }}
    />
  )
}
