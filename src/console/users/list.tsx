import type { UserRow } from '../../authority/console/shapes.ts'
import { usePage } from '../frame/title.ts'
import { EntityTable } from '../parts/table.tsx'
import { pathOf, To } from '../parts/to.tsx'
import { Ago } from '../parts/when.tsx'

export function UsersPage() {
  usePage({ text: 'Users', to: '/users' })
  return (
    <EntityTable<UserRow>
      of="users"
      title="Users"
      description="People and programs that sign with long-term keys of their own, or sign in here with a password."
      keyOf={({ name }) => name}
      columns={[
        { id: 'name', header: 'User name', cell: ({ name }) => <To to={pathOf('users', name)}>{name}</To> },
        { id: 'path', header: 'Path', cell: ({ path }) => path },
        { id: 'groups', header: 'Groups', cell: ({ groups }) => groups },
        { id: 'lastActivityAt', header: 'Last activity', cell: ({ lastActivityAt }) => <Ago at={lastActivityAt} /> },
        { id: 'mfaDevices', header: 'MFA', cell: ({ mfaDevices }) => (mfaDevices === 0 ? 'None' : mfaDevices) },
        {
          id: 'passwordSetAt',
          header: 'Password age',
          cell: ({ passwordSetAt }) => <Ago at={passwordSetAt} none="None" />,
        },
        {
          id: 'activeKeySince',
          header: 'Active key age',
          cell: ({ activeKeySince }) => <Ago at={activeKeySince} none="None" />,
        },
      ]}
    />
  )
}
