import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { Copy } from '../parts/copy.tsx'
import { type Act, EntityPage } from '../parts/entity-page.tsx'
import { isAwsManaged, typeOfPolicy } from '../parts/holders.ts'
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
  const { policyArn: arn = '' } = useParams({ strict: false })
  const found = useQuery(policyQuery(arn))
  const name = found.data?.PolicyName ?? arn.slice(arn.lastIndexOf('/') + 1)
  const remove: Act = {
    label: 'Delete',
    disabled: found.data === undefined,
    dialog: (close, gone) => <DeletePolicy arn={arn} name={name} close={close} gone={gone} />,
  }
  return (
    <EntityPage
      list={{ text: 'Policies', to: '/policies' }}
      name={name}
      path={pathOf('policies', arn)}
      found={found}
      failedTitle="This policy cannot be read"
      acts={isAwsManaged(arn) ? [] : [remove]}
    >
      {(policy) => <Whole policy={policy} />}
    </EntityPage>
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
