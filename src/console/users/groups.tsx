import { useQuery } from '@tanstack/react-query'
import type { GroupRow } from '../../authority/console/shapes.ts'
import { aws, awsAll } from '../api/call.ts'
import { GroupChooser } from '../parts/chooser.tsx'
import { Failure } from '../parts/failure.tsx'
import { Membership } from '../parts/membership.tsx'
import { pathOf, To } from '../parts/to.tsx'

interface Group {
  readonly GroupName: string
  readonly Arn: string
}

/** The tab "Groups" of a user. */
export function UserGroups({ userName }: { readonly userName: string }) {
  const { data, error } = useQuery({
    queryKey: ['user', userName, 'groups'],
    queryFn: () => awsAll<Group>('ListGroupsForUser', 'Groups', { UserName: userName }),
  })
  if (error !== null) return <Failure error={error} title="The user groups cannot be listed" />
  return (
    <Membership<Group, GroupRow>
      title="User groups membership"
      description="A user may do what the policies of its groups allow."
      noun="user groups"
      rows={data}
      total={data?.length ?? 0}
      nameOf={({ GroupName }) => GroupName}
      columns={[
        {
          id: 'name',
          header: 'Group name',
          cell: ({ GroupName }) => <To to={pathOf('groups', GroupName)}>{GroupName}</To>,
        },
        { id: 'arn', header: 'ARN', minWidth: 240, cell: ({ Arn }) => <span className="mono">{Arn}</span> },
      ]}
      empty="In no user group. Add the user to one to give it what others have."
      adding={{
        title: `Add ${userName} to user groups`,
        verb: 'Add user to groups',
        failedTitle: 'The user is not added to all of them',
        choose: (chosen, change) => (
          <GroupChooser chosen={chosen} choose={change} without={(data ?? []).map(({ GroupName }) => GroupName)} />
        ),
        add: ({ name }) => aws('iam', 'AddUserToGroup', { GroupName: name, UserName: userName }),
        done: () => 'The user is added.',
      }}
      removing={{
        title: (names) => `Remove ${userName} from ${names.length === 1 ? names[0] : `${names.length} groups`}?`,
        warning: (count) =>
          `What only the policies of ${count === 1 ? 'this group' : 'these groups'} allow is refused from now on.`,
        remove: (name) => aws('iam', 'RemoveUserFromGroup', { GroupName: name, UserName: userName }),
        done: () => 'The user is removed.',
      }}
    />
  )
}
