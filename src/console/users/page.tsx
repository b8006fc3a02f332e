import SpaceBetween from '@cloudscape-design/components/space-between'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useSignedIn } from '../api/session.ts'
import { EntityPage } from '../parts/entity-page.tsx'
import { HeldPolicies } from '../parts/held-policies.tsx'
import { SimulateButton } from '../parts/simulate-button.tsx'
import { TabsInAddress } from '../parts/tabs-in-address.tsx'
import { Tags } from '../parts/tags.tsx'
import { pathOf } from '../parts/to.tsx'
import type { Owner } from './credentials/owner.ts'
import { SecurityCredentials } from './credentials/tab.tsx'
import { DeleteUser } from './delete.tsx'
import { EditUser } from './edit.tsx'
import { UserGroups } from './groups.tsx'
import { UserSummary } from './summary.tsx'
import { type User, userQuery } from './user.ts'

/** `/users/‹name›` */
export function UserPage() {
  const { userName = '' } = useParams({ strict: false })
  const found = useQuery(userQuery(userName))
  const user = found.data
  return (
    <EntityPage
      list={{ text: 'Users', to: '/users' }}
      name={userName}
      path={pathOf('users', userName)}
      found={found}
      failedTitle="This user cannot be shown"
      beside={user === undefined ? null : <SimulateButton kind="user" name={userName} arn={user.Arn} />}
      acts={
        user === undefined
          ? []
          : [
              { label: 'Rename or move', dialog: (close) => <EditUser user={user} close={close} /> },
              {
                label: 'Delete',
                dialog: (close, gone) => <DeleteUser userName={userName} close={close} gone={gone} />,
              },
            ]
      }
    >
      {(one) => <Whole user={one} />}
    </EntityPage>
  )
}

function Whole({ user }: { readonly user: User }) {
  const { principal } = useSignedIn()
  const owner: Owner = {
    userName: user.UserName,
    self: principal.type === 'user' && principal.userId === user.UserId,
  }
  return (
    <SpaceBetween size="l">
      <UserSummary user={user} owner={owner} />
      <TabsInAddress
        label="About this user"
        tabs={[
          { id: 'permissions', label: 'Permissions', content: <HeldPolicies kind="user" name={user.UserName} /> },
          { id: 'groups', label: 'Groups', content: <UserGroups userName={user.UserName} /> },
          { id: 'tags', label: 'Tags', content: <Tags kind="user" name={user.UserName} /> },
          {
            id: 'security-credentials',
            label: 'Security credentials',
            content: <SecurityCredentials owner={owner} />,
          },
        ]}
      />
    </SpaceBetween>
  )
}
