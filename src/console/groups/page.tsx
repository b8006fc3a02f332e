import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import ContentLayout from '@cloudscape-design/components/content-layout'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useQuery } from '@tanstack/react-query'
import { useParams, useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import { usePage } from '../frame/title.ts'
import { Copy } from '../parts/copy.tsx'
import { Failure } from '../parts/failure.tsx'
import { HeldPolicies } from '../parts/held-policies.tsx'
import { Loading } from '../parts/loading.tsx'
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
  usePage({ text: 'User groups', to: '/groups' }, { text: groupName, to: pathOf('groups', groupName) })
  const { data, error } = useQuery(groupQuery(groupName))
  return (
    <ContentLayout header={<Top name={groupName} {...(data === undefined ? {} : { group: data })} />}>
      <Failure error={error} title="This user group cannot be shown" />
      {data === undefined ? error === null ? <Loading /> : null : <Whole group={data} />}
    </ContentLayout>
  )
}

function Top({ name, group }: { readonly name: string; readonly group?: Group }) {
  const router = useRouter()
  const [open, setOpen] = useState<'edit' | 'delete' | null>(null)
  const close = (): void => setOpen(null)
  return (
    <>
      <Header
        variant="h1"
        actions={
          group === undefined ? null : (
            <SpaceBetween direction="horizontal" size="xs">
              <SimulateButton kind="group" name={name} arn={group.Arn} />
              <Button onClick={() => setOpen('edit')}>Rename or move</Button>
              <Button onClick={() => setOpen('delete')}>Delete</Button>
            </SpaceBetween>
          )
        }
      >
        {name}
      </Header>
      {open === 'edit' && group !== undefined ? <EditGroup group={group} close={close} /> : null}
      {open === 'delete' ? (
        <DeleteGroup groupName={name} close={close} gone={() => void router.navigate({ to: '/groups' })} />
      ) : null}
    </>
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
