import Checkbox from '@cloudscape-design/components/checkbox'
import Container from '@cloudscape-design/components/container'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import RadioGroup from '@cloudscape-design/components/radio-group'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Tiles from '@cloudscape-design/components/tiles'
import { useQuery } from '@tanstack/react-query'
import type { ProviderRow, TableAnswer } from '../../authority/console/shapes.ts'
import { get } from '../api/call.ts'
import { useSignedIn } from '../api/session.ts'
import { Failure } from '../parts/failure.tsx'
import { To } from '../parts/to.tsx'
import { PolicyEditor } from '../policies/editor.tsx'
import { type Draft, services } from './draft.ts'

interface Part {
  readonly draft: Draft
  readonly change: (members: Partial<Draft>) => void
}

/** First step: who is to assume the role. */
export function TrustedEntity({ draft, change }: Part) {
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">Trusted entity type</Header>}>
        <Tiles
          ariaLabel="Trusted entity type"
          columns={2}
          value={draft.entity}
          onChange={({ detail }) => change({ entity: detail.value as Draft['entity'] })}
          items={[
            {
              value: 'account',
              label: 'AWS account',
              description: 'Users and roles of this account or of another one.',
            },
            { value: 'service', label: 'AWS service', description: 'EC2, ECS, EKS or Lambda, for what runs there.' },
            {
              value: 'web-identity',
              label: 'Web identity',
              description: 'Whoever brings a token of an OpenID Connect provider.',
            },
            { value: 'custom', label: 'Custom trust policy', description: 'Write the policy yourself.' },
          ]}
        />
      </Container>
      <Chosen draft={draft} change={change} />
    </SpaceBetween>
  )
}

function Chosen(part: Part) {
  switch (part.draft.entity) {
    case 'account':
      return <Account {...part} />
    case 'service':
      return <Service {...part} />
    case 'web-identity':
      return <WebIdentity {...part} />
    case 'custom':
      return (
        <Container header={<Header variant="h2">Custom trust policy</Header>}>
          <PolicyEditor
            kind="trust"
            label="Trust policy"
            value={part.draft.custom}
            onChange={(custom) => part.change({ custom })}
          />
        </Container>
      )
  }
}

function Account({ draft, change }: Part) {
  const { account } = useSignedIn()
  return (
    <Container header={<Header variant="h2">An AWS account</Header>}>
      <SpaceBetween size="m">
        <RadioGroup
          ariaLabel="Which account"
          value={draft.otherAccount ? 'other' : 'this'}
          onChange={({ detail }) => change({ otherAccount: detail.value === 'other' })}
          items={[
            { value: 'this', label: `This account (${account.id})` },
            { value: 'other', label: 'Another AWS account' },
          ]}
        />
        {draft.otherAccount ? (
          <FormField label="Account ID" constraintText="12 digits.">
            <Input
              value={draft.account}
              inputMode="numeric"
              onChange={({ detail }) => change({ account: detail.value.trim() })}
              autoComplete={false}
            />
          </FormField>
        ) : null}
        <Checkbox
          checked={draft.asksExternalId}
          onChange={({ detail }) => change({ asksExternalId: detail.checked })}
          description="When somebody else’s account assumes this role for you: then nobody can make them use it for another."
        >
          Require external ID
        </Checkbox>
        {draft.asksExternalId ? (
          <FormField label="External ID">
            <Input
              value={draft.externalId}
              onChange={({ detail }) => change({ externalId: detail.value })}
              autoComplete={false}
              spellcheck={false}
            />
          </FormField>
        ) : null}
        <Checkbox
          checked={draft.mfa}
          onChange={({ detail }) => change({ mfa: detail.checked })}
          description="Whoever assumes the role has to give a code of their MFA device."
        >
          Require MFA
        </Checkbox>
      </SpaceBetween>
    </Container>
  )
}

function Service({ draft, change }: Part) {
  return (
    <Container header={<Header variant="h2">Use case</Header>}>
      <RadioGroup
        ariaLabel="Service"
        value={draft.service}
        onChange={({ detail }) => change({ service: detail.value })}
        items={services.map(({ name, title, description }) => ({ value: name, label: title, description }))}
      />
    </Container>
  )
}

function WebIdentity({ draft, change }: Part) {
  const { data, error, isPending } = useQuery({
    queryKey: ['table', 'providers', 'all'],
    queryFn: () => get<TableAnswer<ProviderRow>>('table/providers', { size: 200 }),
  })
  const providers = data?.items.filter(({ kind }) => kind === 'OpenID Connect') ?? []
  return (
    <Container header={<Header variant="h2">Web identity</Header>}>
      <SpaceBetween size="m">
        <Failure error={error} title="The identity providers cannot be listed" />
        <FormField
          label="Identity provider"
          description={
            data !== undefined && providers.length === 0 ? (
              <>
                There is none yet. <To to="/providers">Add one first</To>
              </>
            ) : (
              ''
            )
          }
        >
          <Select
            placeholder="Choose a provider"
            statusType={isPending ? 'loading' : 'finished'}
            selectedOption={draft.provider === null ? null : { value: draft.provider.arn, label: draft.provider.name }}
            options={providers.map(({ arn, name }) => ({ value: arn, label: name }))}
            onChange={({ detail }) => {
              const provider = providers.find(({ arn }) => arn === detail.selectedOption.value) ?? null
              change({ provider, audience: provider?.audiences.length === 1 ? provider.audiences[0]! : '' })
            }}
          />
        </FormField>
        <FormField label="Audience" description="For whom the provider makes the tokens: its client ID.">
          <Select
            placeholder="Choose an audience"
            disabled={draft.provider === null}
            selectedOption={draft.audience === '' ? null : { value: draft.audience, label: draft.audience }}
            options={(draft.provider?.audiences ?? []).map((value) => ({ value, label: value }))}
            onChange={({ detail }) => change({ audience: detail.selectedOption.value ?? '' })}
          />
        </FormField>
      </SpaceBetween>
    </Container>
  )
}
