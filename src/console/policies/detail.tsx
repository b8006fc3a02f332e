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
import { isAwsManaged, typeOfPolicy } from '../parts/holders.ts'
import { Loading } from '../parts/loading.tsx'
import { TabsInAddress } from '../parts/tabs-in-address.tsx'
import { Tags } from '../parts/tags.tsx'
import { pathOf } from '../parts/to.tsx'
import { When } from '../parts/when.tsx'
import { type Policy, policyQuery } from './data.ts'
import { DeletePolicy } from './delete.tsx'
import { Entities } from './entities.tsx'
import { Versions } from './versions.tsx'

/** `/policies/‹ARN›` */
export function PolicyPage() {
  const { policyArn = '' } = useParams({ strict: false })
  const { data, error } = useQuery(policyQuery(policyArn))
  const name = data?.PolicyName ?? policyArn.slice(policyArn.lastIndexOf('/') + 1)
  usePage({ text: 'Policies', to: '/policies' }, { text: name, to: pathOf('policies', policyArn) })
  return (
    <ContentLayout header={<Top name={name} arn={policyArn} known={data !== undefined} />}>
      <Failure error={error} title="This policy cannot be read" />
      {data === undefined ? error === null ? <Loading /> : null : <Whole policy={data} />}
    </ContentLayout>
  )
}

function Top({ name, arn, known }: { readonly name: string; readonly arn: string; readonly known: boolean }) {
  const router = useRouter()
  const [deleting, setDeleting] = useState(false)
  return (
    <>
      <Header
        variant="h1"
        actions={
          isAwsManaged(arn) ? null : (
            <Button disabled={!known} onClick={() => setDeleting(true)}>
              Delete
            </Button>
          )
        }
      >
        {name}
      </Header>
      {deleting ? (
        <DeletePolicy
          arn={arn}
          name={name}
          close={() => setDeleting(false)}
          gone={() => void router.navigate({ to: '/policies' })}
        />
      ) : null}
    </>
  )
}

function Whole({ policy }: { readonly policy: Policy }) {
  const { Arn: arn } = policy
  const fixed = isAwsManaged(arn)
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">Policy details</Header>}>
        <KeyValuePairs
          columns={2}
          minColumnWidth={180}
          items={[
            { label: 'Type', value: typeOfPolicy(arn) },
            { label: 'ARN', value: <Copy text={arn} what="ARN" /> },
            { label: 'Creation time', value: <When at={policy.CreateDate} /> },
            { label: 'Edited time', value: <When at={policy.UpdateDate} /> },
            ...(policy.Description ? [{ label: 'Description', value: policy.Description }] : []),
          ]}
        />
      </Container>
      <TabsInAddress
        label="About this policy"
        tabs={[
          { id: 'permissions', label: 'Permissions', content: <Versions policy={policy} /> },
          { id: 'entities', label: 'Entities attached', content: <Entities arn={arn} name={policy.PolicyName} /> },
          // AWS's own have none, and no operation reads them.
          ...(fixed
            ? []
            : [
                {
                  id: 'tags',
                  label: 'Tags',
                  content: <Tags kind="policy" name={arn} />,
                },
              ]),
        ]}
      />
    </SpaceBetween>
  )
}
