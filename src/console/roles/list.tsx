import Button from '@cloudscape-design/components/button'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import type { RoleRow } from '../../authority/console/shapes.ts'
import { usePage } from '../frame/title.ts'
import { EntityTable } from '../parts/table.tsx'
import { pathOf, To } from '../parts/to.tsx'
import { Ago } from '../parts/when.tsx'
import { DeleteRole } from './delete.tsx'

export function RolesPage() {
  usePage({ text: 'Roles', to: '/roles' })
  const router = useRouter()
  const [deleting, setDeleting] = useState<string | null>(null)
  return (
    <>
      <EntityTable<RoleRow>
        of="roles"
        title="Roles"
        description="Permissions without keys: whoever is trusted by a role gets credentials for a short time."
        keyOf={({ name }) => name}
        columns={[
          { id: 'name', header: 'Role name', cell: ({ name }) => <To to={pathOf('roles', name)}>{name}</To> },
          {
            id: 'trustedEntities',
            minWidth: 200,
            header: 'Trusted entities',
            sorts: false,
            cell: ({ trustedEntities }) =>
              trustedEntities.length === 0 ? 'Nobody' : trustedEntities.map((one) => <div key={one}>{one}</div>),
          },
          { id: 'policies', header: 'Policies', cell: ({ policies }) => policies },
          { id: 'lastUsedAt', header: 'Last activity', cell: ({ lastUsedAt }) => <Ago at={lastUsedAt} none="–" /> },
        ]}
        empty="There are no roles yet. Create one, and programs and people need no keys of their own for what it allows."
        actions={(chosen) => (
          <SpaceBetween direction="horizontal" size="xs">
            <Button disabled={chosen === undefined} onClick={() => setDeleting(chosen?.name ?? null)}>
              Delete
            </Button>
            <Button variant="primary" onClick={() => void router.navigate({ to: '/roles/create' })}>
              Create role
            </Button>
          </SpaceBetween>
        )}
      />
      {deleting === null ? null : <DeleteRole name={deleting} close={() => setDeleting(null)} />}
    </>
  )
}
