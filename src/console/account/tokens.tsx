import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import RadioGroup from '@cloudscape-design/components/radio-group'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { aws } from '../api/call.ts'
import { useNotices } from '../frame/notices.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Failure } from '../parts/failure.tsx'

/** Integers by name; `authority.md` §4.3 lists them. */
interface Summary {
  readonly SummaryMap: Readonly<Record<string, number>>
}

const key = ['account-summary'] as const

/** Which session tokens the global endpoint of STS gives (SetSecurityTokenServicePreferences). */
export function TokensPart() {
  const { data, error } = useQuery({ queryKey: key, queryFn: () => aws<Summary>('iam', 'GetAccountSummary') })
  const [open, setOpen] = useState(false)
  const version = data?.SummaryMap['GlobalEndpointTokenVersion'] === 1 ? 1 : 2
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Session tokens that sts.amazonaws.com gives. Those of regional endpoints are valid in all Regions."
          actions={
            <Button disabled={data === undefined} onClick={() => setOpen(true)}>
              Change
            </Button>
          }
        >
          Security Token Service (STS)
        </Header>
      }
    >
      <Failure error={error} title="The setting cannot be shown" />
      {data === undefined
        ? null
        : version === 2
          ? 'Tokens of the global endpoint are valid in all Regions.'
          : 'Tokens of the global endpoint are valid only in Regions that are enabled by default.'}
      {open ? <ChangeVersion version={version} close={() => setOpen(false)} /> : null}
    </Container>
  )
}

function ChangeVersion({ version, close }: { readonly version: 1 | 2; readonly close: () => void }) {
  const queryClient = useQueryClient()
  const { done } = useNotices()
  const [chosen, setChosen] = useState(`v${version}Token`)
  return (
    <Dialog
      title="Tokens of the global endpoint"
      verb="Save changes"
      act={async () => {
        await aws('iam', 'SetSecurityTokenServicePreferences', { GlobalEndpointTokenVersion: chosen })
        await queryClient.invalidateQueries({ queryKey: key })
        done('Tokens from now on are of the chosen kind; those that were given are not changed.')
      }}
      close={close}
    >
      <RadioGroup
        ariaLabel="Version of the session tokens"
        value={chosen}
        onChange={({ detail }) => setChosen(detail.value)}
        items={[
          {
            value: 'v1Token',
            label: 'Valid only in Regions enabled by default',
            description: 'Shorter tokens (version 1).',
          },
          { value: 'v2Token', label: 'Valid in all Regions', description: 'Longer tokens (version 2).' },
        ]}
      />
    </Dialog>
  )
}
