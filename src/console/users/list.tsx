import Button from '@cloudscape-design/components/button'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import type { UserRow } from '../../authority/console/shapes.ts'
import { usePage } from '../frame/title.ts'
import { EntityTable } from '../parts/table.tsx'
import { pathOf, To } from '../parts/to.tsx'
import { Ago } from '../parts/when.tsx'
import { DeleteUser } from './delete.tsx'

/** In place of what the caller has no permission to see. */
const notShown = 'Not shown'

export function UsersPage() {
  usePage({ text: 'Users', to: '/users' })
  const router = useRouter()
  const [deleting, setDeleting] = useState<string | null>(null)
  return (
    <>
      <EntityTable<UserRow>
        of="users"
        title="Users"
        description="People and programs that sign with long-term keys of their own, or sign in here with a password."
        keyOf={({ name }) => name}
        empty={'There are no users yet. Create one, so that nobody has to work as root.'}
        actions={(chosen) => (
          <SpaceBetween direction="horizontal" size="xs">
            <Button disabled={chosen === undefined} onClick={() => setDeleting(chosen?.name ?? null)}>
              Delete
            </Button>
            <Button variant="primary" onClick={() => void router.navigate({ to: '/create-user' })}>
              Create user
            </Button>
          </SpaceBetween>
        )}
        columns={[
          { id: 'name', header: 'User name', cell: ({ name }) => <To to={pathOf('users', name)}>{name}</To> },
          { id: 'path', header: 'Path', cell: ({ path }) => path },
          { id: 'groups', header: 'Groups', cell: ({ groups }) => groups ?? notShown },
          {
            id: 'lastActivityAt',
            header: 'Last activity',
            cell: ({ lastActivityAt, hidden }) =>
              hidden.includes('lastActivityAt') ? notShown : <Ago at={lastActivityAt} />,
          },
          {
            id: 'mfaDevices',
            header: 'MFA',
            cell: ({ mfaDevices }) => (mfaDevices === 0 ? 'None' : (mfaDevices ?? notShown)),
          },
          {
            id: 'passwordSetAt',
            header: 'Password age',
            cell: ({ passwordSetAt, hidden }) =>
              hidden.includes('passwordSetAt') ? notShown : <Ago at={passwordSetAt} none="None" />,
          },
          {
            id: 'activeKeySince',
            header: 'Active key age',
            cell: ({ activeKeySince, hidden }) =>
              hidden.includes('activeKeySince') ? notShown : <Ago at={activeKeySince} none="None" />,
          },
        ]}
      />
      {deleting === null ? null : <DeleteUser userName={deleting} close={() => setDeleting(null)} />}
    </>
  )
}
