import Button from '@cloudscape-design/components/button'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import type { ProviderRow } from '../../authority/console/shapes.ts'
import { useNotices } from '../frame/notices.tsx'
import { usePage } from '../frame/title.ts'
import { EntityTable } from '../parts/table.tsx'
import { pathOf, To } from '../parts/to.tsx'
import { When } from '../parts/when.tsx'
import { DeleteProvider } from './delete.tsx'

export function ProvidersPage() {
  usePage({ text: 'Identity providers', to: '/providers' })
  const router = useRouter()
  const queryClient = useQueryClient()
  const { done } = useNotices()
  const [going, setGoing] = useState<ProviderRow | null>(null)
  return (
    <>
      <EntityTable<ProviderRow>
        of="providers"
        title="Identity providers"
        description="Whose people and programs may get roles here with a token of their own, without a key."
        keyOf={({ arn }) => arn}
        actions={(chosen) => (
          <SpaceBetween direction="horizontal" size="xs">
            <Button disabled={chosen === undefined} onClick={() => setGoing(chosen ?? null)}>
              Delete
            </Button>
            <Button variant="primary" onClick={() => void router.navigate({ to: '/providers/create' })}>
              Add provider
            </Button>
          </SpaceBetween>
        )}
        columns={[
          { id: 'name', header: 'Provider', cell: ({ name, arn }) => <To to={pathOf('providers', arn)}>{name}</To> },
          { id: 'kind', header: 'Type', cell: ({ kind }) => kind },
          {
            id: 'audiences',
            header: 'Audiences',
            sorts: false,
            cell: ({ audiences }) => (audiences.length === 0 ? '–' : audiences.join(', ')),
          },
          { id: 'createdAt', header: 'Created', cell: ({ createdAt }) => <When at={createdAt} /> },
        ]}
        empty="There is no identity provider yet. Add one for GitHub Actions, a Kubernetes cluster or your company's sign-in."
      />
      {going === null ? null : (
        <DeleteProvider
          arn={going.arn}
          name={going.name}
          gone={async () => {
            done(`${going.name} was deleted.`)
            await queryClient.invalidateQueries({ queryKey: ['table', 'providers'] })
          }}
          close={() => setGoing(null)}
        />
      )}
    </>
  )
}
