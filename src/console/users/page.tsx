import Button from '@cloudscape-design/components/button'
import ContentLayout from '@cloudscape-design/components/content-layout'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useQuery } from '@tanstack/react-query'
import { useParams, useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import { useSignedIn } from '../api/session.ts'
import { usePage } from '../frame/title.ts'
import { Failure } from '../parts/failure.tsx'
import { HeldPolicies } from '../parts/held-policies.tsx'
import { Loading } from '../parts/loading.tsx'
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
  usePage({ text: 'Users', to: '/users' }, { text: userName, to: pathOf('users', userName) })
  const { data, error } = useQuery(userQuery(userName))
  return (
    <ContentLayout header={<Top name={userName} {...(data === undefined ? {} : { user: data })} />}>
      <Failure error={error} title="This user cannot be shown" />
      {data === undefined ? error === null ? <Loading /> : null : <Whole user={data} />}
    </ContentLayout>
  )
}

function Top({ name, user }: { readonly name: string; readonly user?: User }) {
  const router = useRouter()
  const [open, setOpen] = useState<'edit' | 'delete' | null>(null)
  const close = (): void => setOpen(null)
  return (
    <>
      <Header
        variant="h1"
        actions={
          user === undefined ? null : (
            <SpaceBetween direction="horizontal" size="xs">
              <SimulateButton kind="user" name={name} arn={user.Arn} />
              <Button onClick={() => setOpen('edit')}>Rename or move</Button>
              <Button onClick={() => setOpen('delete')}>Delete</Button>
            </SpaceBetween>
          )
        }
      >
        {name}
      </Header>
      {open === 'edit' && user !== undefined ? <EditUser user={user} close={close} /> : null}
      {open === 'delete' ? (
        <DeleteUser userName={name} close={close} gone={() => void router.navigate({ to: '/users' })} />
      ) : null}
    </>
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
