import Button from '@cloudscape-design/components/button'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import type { PolicyRow } from '../../authority/console/shapes.ts'
import { usePage } from '../frame/title.ts'
import { EntityTable } from '../parts/table.tsx'
import { pathOf, To } from '../parts/to.tsx'
import { Ago } from '../parts/when.tsx'
import { DeletePolicy } from './delete.tsx'

export function PoliciesPage() {
  usePage({ text: 'Policies', to: '/policies' })
  const router = useRouter()
  const [deleting, setDeleting] = useState<PolicyRow | null>(null)
  return (
    <>
      <EntityTable<PolicyRow>
        of="policies"
        title="Policies"
        description="What may be done, and on what. Search for “AWS managed” or “Customer managed” to see only these."
        keyOf={({ arn }) => arn}
        columns={[
          { id: 'name', header: 'Policy name', cell: ({ name, arn }) => <To to={pathOf('policies', arn)}>{name}</To> },
          { id: 'type', header: 'Type', minWidth: 150, cell: ({ type }) => type },
          { id: 'attachments', header: 'Used as', cell: usedAs },
          { id: 'description', header: 'Description', cell: ({ description }) => description ?? '–' },
          { id: 'updatedAt', header: 'Edited', minWidth: 130, cell: ({ updatedAt }) => <Ago at={updatedAt} /> },
        ]}
        actions={(chosen) => (
          <SpaceBetween direction="horizontal" size="xs">
            <Button
              disabled={chosen === undefined || chosen.type === 'AWS managed'}
              onClick={() => setDeleting(chosen ?? null)}
            >
              Delete
            </Button>
            <Button variant="primary" onClick={() => void router.navigate({ to: '/policies/create' })}>
              Create policy
            </Button>
          </SpaceBetween>
        )}
      />
      {deleting === null ? null : (
        <DeletePolicy arn={deleting.arn} name={deleting.name} close={() => setDeleting(null)} />
      )}
    </>
  )
}

function usedAs({ attachments, boundaries }: PolicyRow): string {
  const uses = [
    attachments === 0 ? [] : [`Permissions policy (${attachments})`],
    boundaries === 0 ? [] : [`Permissions boundary (${boundaries})`],
  ].flat()
  return uses.length === 0 ? 'Nothing' : uses.join(', ')
}
