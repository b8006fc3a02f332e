import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { aws } from '../api/call.ts'
import { useNotices } from '../frame/notices.tsx'
import { Copy } from '../parts/copy.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Failure } from '../parts/failure.tsx'
import { Loading } from '../parts/loading.tsx'
import { Tags } from '../parts/tags.tsx'
import { When } from '../parts/when.tsx'
import { ProviderHead } from './head.tsx'
import { isMetadataGood, MetadataField } from './saml-fields.tsx'

interface Provider {
  readonly SAMLMetadataDocument: string
  readonly CreateDate: number
  readonly ValidUntil?: number
}

export function SamlProvider({ arn, name }: { readonly arn: string; readonly name: string }) {
  const { data, error, isPending } = useQuery({
    queryKey: ['saml-provider', arn],
    queryFn: () => aws<Provider>('iam', 'GetSAMLProvider', { SAMLProviderArn: arn }),
  })
  const [replacing, setReplacing] = useState(false)
  if (isPending) return <Loading />
  if (data === undefined) return <Failure error={error} title="The provider cannot be shown" />
  return (
    <ProviderHead arn={arn} name={name}>
      <Container
        header={
          <Header variant="h2" actions={<Button onClick={() => setReplacing(true)}>Replace metadata</Button>}>
            Summary
          </Header>
        }
      >
        <KeyValuePairs
          columns={3}
          minColumnWidth={200}
          items={[
            { label: 'ARN', value: <Copy text={arn} what="ARN" /> },
            { label: 'Created', value: <When at={data.CreateDate} /> },
            { label: 'Valid until', value: <When at={data.ValidUntil} none="Not said" /> },
          ]}
        />
      </Container>
      <ExpandableSection headerText="Metadata document" variant="container">
        <pre className="mono lines">{data.SAMLMetadataDocument}</pre>
      </ExpandableSection>
      <Tags kind="saml-provider" name={arn} />
      {replacing ? <Replace arn={arn} close={() => setReplacing(false)} /> : null}
    </ProviderHead>
  )
}

function Replace({ arn, close }: { readonly arn: string; readonly close: () => void }) {
  const queryClient = useQueryClient()
  const { done } = useNotices()
  const [metadata, setMetadata] = useState('')
  return (
    <Dialog
      title="Replace metadata"
      verb="Replace"
      size="large"
      ready={isMetadataGood(metadata)}
      act={async () => {
        await aws('iam', 'UpdateSAMLProvider', { SAMLProviderArn: arn, SAMLMetadataDocument: metadata })
        await queryClient.invalidateQueries({ queryKey: ['saml-provider', arn] })
        done('The metadata was replaced.')
      }}
      close={close}
    >
      <MetadataField metadata={metadata} change={setMetadata} />
    </Dialog>
  )
}
