import Button from '@cloudscape-design/components/button'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import type { GroupRow } from '../../authority/console/shapes.ts'
import { usePage } from '../frame/title.ts'
import { EntityTable } from '../parts/table.tsx'
import { pathOf, To } from '../parts/to.tsx'
import { Ago } from '../parts/when.tsx'
import { DeleteGroup } from './delete.tsx'

export function GroupsPage() {
  usePage({ text: 'User groups', to: '/groups' })
  const router = useRouter()
  const [deleting, setDeleting] = useState<string | null>(null)
  return (
    <>
      <EntityTable<GroupRow>
        of="groups"
        title="User groups"
        description="Users who may do the same. What a group's policies allow, all of its users may do."
        keyOf={({ name }) => name}
        empty="There are no user groups yet. Create one, and give it the policies that several users need."
        actions={(chosen) => (
          <SpaceBetween direction="horizontal" size="xs">
            <Button disabled={chosen === undefined} onClick={() => setDeleting(chosen?.name ?? null)}>
              Delete
            </Button>
            <Button variant="primary" onClick={() => void router.navigate({ to: '/create-group' })}>
              Create group
            </Button>
          </SpaceBetween>
        )}
        columns={[
          { id: 'name', header: 'Group name', cell: ({ name }) => <To to={pathOf('groups', name)}>{name}</To> },
          { id: 'path', header: 'Path', cell: ({ path }) => path },
          { id: 'members', header: 'Users', cell: ({ members }) => members },
          {
            id: 'policies',
            header: 'Permissions',
            cell: ({ policies }) => (policies === 0 ? 'Not defined' : `Defined (${policies})`),
          },
          { id: 'createdAt', header: 'Creation time', cell: ({ createdAt }) => <Ago at={createdAt} /> },
        ]}
      />
      {deleting === null ? null : <DeleteGroup groupName={deleting} close={() => setDeleting(null)} />}
    </>
  )
}
