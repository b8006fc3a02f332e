import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import Textarea from '@cloudscape-design/components/textarea'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { aws } from '../api/call.ts'
import { Copy } from '../parts/copy.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Failure } from '../parts/failure.tsx'
import { Loading } from '../parts/loading.tsx'
import { Tags } from '../parts/tags.tsx'
import { When } from '../parts/when.tsx'
import { ProviderHead } from './head.tsx'
import { linesOf, thumbprintFault } from './oidc-fields.tsx'

interface Provider {
  readonly Url: string
  readonly ClientIDList?: readonly string[]
  readonly ThumbprintList?: readonly string[]
  readonly CreateDate: number
}

export function OidcProvider({ arn, name }: { readonly arn: string; readonly name: string }) {
  const { data, error, isPending } = useQuery({
    queryKey: ['oidc-provider', arn],
    queryFn: () => aws<Provider>('iam', 'GetOpenIDConnectProvider', { OpenIDConnectProviderArn: arn }),
  })
  const [open, setOpen] = useState<'audiences' | 'thumbprints' | null>(null)
  if (isPending) return <Loading />
  if (data === undefined) return <Failure error={error} title="The provider cannot be shown" />
  const audiences = data.ClientIDList ?? []
  const thumbprints = data.ThumbprintList ?? []
  const close = () => setOpen(null)
  return (
    <ProviderHead arn={arn} name={name}>
      <Container header={<Header variant="h2">Summary</Header>}>
        <KeyValuePairs
          columns={3}
          minColumnWidth={200}
          items={[
            { label: 'Provider', value: data.Url },
            { label: 'ARN', value: <Copy text={arn} what="ARN" /> },
            { label: 'Created', value: <When at={data.CreateDate} /> },
          ]}
        />
      </Container>
      <Lines
        title="Audiences"
        description="Only tokens made for one of these are accepted."
        lines={audiences}
        edit={() => setOpen('audiences')}
      />
      <Lines
        title="Thumbprints"
        description="Certificates to trust where no public authority vouches for the provider."
        lines={thumbprints}
        edit={() => setOpen('thumbprints')}
      />
      <Tags kind="oidc-provider" name={arn} />
      {open === 'audiences' ? <EditAudiences arn={arn} present={audiences} close={close} /> : null}
      {open === 'thumbprints' ? <EditThumbprints arn={arn} present={thumbprints} close={close} /> : null}
    </ProviderHead>
  )
}

function Lines(props: {
  readonly title: string
  readonly description: string
  readonly lines: readonly string[]
  readonly edit: () => void
}) {
  const { title, description, lines, edit } = props
  return (
    <Container
      header={
        <Header
          variant="h2"
          counter={`(${lines.length})`}
          description={description}
          actions={
            <Button ariaLabel={`Edit ${title.toLowerCase()}`} onClick={edit}>
              Edit
            </Button>
          }
        >
          {title}
        </Header>
      }
    >
      {lines.length === 0 ? (
        'None.'
      ) : (
        <ul>
          {lines.map((line) => (
            <li key={line} className="mono">
              {line}
            </li>
          ))}
        </ul>
      )}
    </Container>
  )
}

interface Editing {
  readonly arn: string
  readonly present: readonly string[]
  readonly close: () => void
}

function EditAudiences({ arn, present, close }: Editing) {
  const queryClient = useQueryClient()
  const [text, setText] = useState(present.join('\n'))
  return (
    <Dialog
      title="Edit audiences"
      verb="Save changes"
      act={async () => {
        const wanted = linesOf(text)
        const named = (ClientID: string) => ({ OpenIDConnectProviderArn: arn, ClientID })
        try {
          // New ones first: none that is used is missing in between.
          for (const one of wanted.filter((line) => !present.includes(line)))
            await aws('iam', 'AddClientIDToOpenIDConnectProvider', named(one))
          for (const one of present.filter((line) => !wanted.includes(line)))
            await aws('iam', 'RemoveClientIDFromOpenIDConnectProvider', named(one))
        } finally {
          await queryClient.invalidateQueries({ queryKey: ['oidc-provider', arn] })
          await queryClient.invalidateQueries({ queryKey: ['table', 'providers'] })
        }
      }}
      close={close}
    >
      <FormField label="Audiences" description="One on each line.">
        <Textarea value={text} rows={6} spellcheck={false} onChange={({ detail }) => setText(detail.value)} />
      </FormField>
    </Dialog>
  )
}

function EditThumbprints({ arn, present, close }: Editing) {
  const queryClient = useQueryClient()
  const [text, setText] = useState(present.join('\n'))
  const fault = thumbprintFault(text) ?? (linesOf(text).length === 0 ? 'At least one.' : null)
  return (
    <Dialog
      title="Edit thumbprints"
      verb="Save changes"
      ready={fault === null}
      act={async () => {
        const parameters = { OpenIDConnectProviderArn: arn, ThumbprintList: linesOf(text) }
        await aws('iam', 'UpdateOpenIDConnectProviderThumbprint', parameters)
        await queryClient.invalidateQueries({ queryKey: ['oidc-provider', arn] })
      }}
      close={close}
    >
      <FormField label="Thumbprints" description="SHA-1 of a certificate, one on each line." errorText={fault ?? ''}>
        <Textarea value={text} rows={5} spellcheck={false} onChange={({ detail }) => setText(detail.value)} />
      </FormField>
    </Dialog>
  )
}
