import SpaceBetween from '@cloudscape-design/components/space-between'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { EntityPage } from '../parts/entity-page.tsx'
import { HeldPolicies } from '../parts/held-policies.tsx'
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
  const found = useQuery(roleQuery(roleName))
  return (
    <EntityPage
      list={{ text: 'Roles', to: '/roles' }}
      name={roleName}
      path={pathOf('roles', roleName)}
      found={found}
      failedTitle="This role cannot be read"
      beside={<SimulateButton kind="role" name={roleName} arn={found.data?.Arn ?? null} />}
      acts={[
        {
          label: 'Delete',
          disabled: found.data === undefined,
          dialog: (close, gone) => <DeleteRole name={roleName} close={close} gone={gone} />,
        },
      ]}
    >
      {(role) => <Whole role={role} />}
    </EntityPage>
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
