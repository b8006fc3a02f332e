import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { Copy } from '../parts/copy.tsx'
import { EntityPage } from '../parts/entity-page.tsx'
import { HeldPolicies } from '../parts/held-policies.tsx'
import { SimulateButton } from '../parts/simulate-button.tsx'
import { TabsInAddress } from '../parts/tabs-in-address.tsx'
import { pathOf } from '../parts/to.tsx'
import { When } from '../parts/when.tsx'
import { DeleteGroup } from './delete.tsx'
import { EditGroup } from './edit.tsx'
import { type Group, groupQuery } from './group.ts'
import { GroupUsers } from './users.tsx'

/** `/groups/‹name›` */
export function GroupPage() {
  const { groupName = '' } = useParams({ strict: false })
  const found = useQuery(groupQuery(groupName))
  const group = found.data
  return (
    <EntityPage
      list={{ text: 'User groups', to: '/groups' }}
      name={groupName}
      path={pathOf('groups', groupName)}
      found={found}
      failedTitle="This user group cannot be shown"
      beside={group === undefined ? null : <SimulateButton kind="group" name={groupName} arn={group.Arn} />}
      acts={
        group === undefined
          ? []
          : [
              { label: 'Rename or move', dialog: (close) => <EditGroup group={group} close={close} /> },
              {
                label: 'Delete',
                dialog: (close, gone) => <DeleteGroup groupName={groupName} close={close} gone={gone} />,
              },
            ]
      }
    >
      {(one) => <Whole group={one} />}
    </EntityPage>
  )
}

function Whole({ group }: { readonly group: Group }) {
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">Summary</Header>}>
        <KeyValuePairs
          columns={3}
          minColumnWidth={200}
          items={[
            { label: 'User group name', value: group.GroupName },
            { label: 'Creation time', value: <When at={group.CreateDate} /> },
            { label: 'ARN', value: <Copy text={group.Arn} what="ARN" /> },
          ]}
        />
      </Container>
      <TabsInAddress
        label="About this user group"
        tabs={[
          { id: 'users', label: 'Users', content: <GroupUsers groupName={group.GroupName} /> },
          { id: 'permissions', label: 'Permissions', content: <HeldPolicies kind="group" name={group.GroupName} /> },
        ]}
      />
    </SpaceBetween>
  )
}
