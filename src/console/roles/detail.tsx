import Button from '@cloudscape-design/components/button'
import ContentLayout from '@cloudscape-design/components/content-layout'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useQuery } from '@tanstack/react-query'
import { useParams, useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import { usePage } from '../frame/title.ts'
import { Failure } from '../parts/failure.tsx'
import { HeldPolicies } from '../parts/held-policies.tsx'
import { Loading } from '../parts/loading.tsx'
import { SimulateButton } from '../parts/simulate-button.tsx'
import { TabsInAddress } from '../parts/tabs-in-address.tsx'
import { Tags } from '../parts/tags.tsx'
import { pathOf } from '../parts/to.tsx'
import { AssumeRole } from './assume.tsx'
import { type Role, roleQuery } from './data.ts'
import { DeleteRole } from './delete.tsx'
import { RevokeSessions } from './revoke.tsx'
import { Summary } from './summary.tsx'
import { TrustRelationships } from './trust.tsx'

/** `/roles/‹name›` */
export function RolePage() {
  const { roleName = '' } = useParams({ strict: false })
  const { data, error } = useQuery(roleQuery(roleName))
  usePage({ text: 'Roles', to: '/roles' }, { text: roleName, to: pathOf('roles', roleName) })
  return (
    <ContentLayout header={<Top name={roleName} arn={data?.Arn ?? null} />}>
      <Failure error={error} title="This role cannot be read" />
      {data === undefined ? error === null ? <Loading /> : null : <Whole role={data} />}
    </ContentLayout>
  )
}

function Top({ name, arn }: { readonly name: string; readonly arn: string | null }) {
  const router = useRouter()
  const [deleting, setDeleting] = useState(false)
  return (
    <>
      <Header
        variant="h1"
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <SimulateButton kind="role" name={name} arn={arn} />
            <Button disabled={arn === null} onClick={() => setDeleting(true)}>
              Delete
            </Button>
          </SpaceBetween>
        }
      >
        {name}
      </Header>
      {deleting ? (
        <DeleteRole name={name} close={() => setDeleting(false)} gone={() => void router.navigate({ to: '/roles' })} />
      ) : null}
    </>
  )
}

function Whole({ role }: { readonly role: Role }) {
  const { RoleName: name } = role
  return (
    <SpaceBetween size="l">
      <Summary role={role} />
      <TabsInAddress
        label="About this role"
        tabs={[
          {
            id: 'permissions',
            label: 'Permissions',
            content: <HeldPolicies kind="role" name={name} />,
          },
          { id: 'trust', label: 'Trust relationships', content: <TrustRelationships role={role} /> },
          { id: 'tags', label: 'Tags', content: <Tags kind="role" name={name} /> },
          { id: 'use', label: 'Use this role', content: <AssumeRole role={role} /> },
          { id: 'revoke', label: 'Revoke sessions', content: <RevokeSessions role={role} /> },
        ]}
      />
    </SpaceBetween>
  )
}
