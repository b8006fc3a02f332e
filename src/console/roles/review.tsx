import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { TagFields } from '../parts/tag-fields.tsx'
import { PolicyText } from '../policies/editor.tsx'
import type { Draft } from './draft.ts'
import { DurationField } from './duration.tsx'

/** Last step: its name, and all that was chosen before. */
export function NameAndReview(props: {
  readonly draft: Draft
  readonly change: (members: Partial<Draft>) => void
  readonly trust: string
  readonly edit: (step: number) => void
}) {
  const { draft, change, trust, edit } = props
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">Role details</Header>}>
        <SpaceBetween size="m">
          <FormField label="Role name" constraintText="Up to 64 letters, digits and + = , . @ - _">
            <Input
              value={draft.name}
              onChange={({ detail }) => change({ name: detail.value })}
              autoComplete={false}
              spellcheck={false}
            />
          </FormField>
          <FormField label="Description - optional">
            <Input
              value={draft.description}
              onChange={({ detail }) => change({ description: detail.value })}
              autoComplete={false}
            />
          </FormField>
          <DurationField seconds={draft.duration} onChange={(duration) => change({ duration })} />
          <ExpandableSection headerText="Path and tags - optional">
            <SpaceBetween size="m">
              <FormField label="Path" constraintText="Begins and ends with a slash, such as /teams/blue/.">
                <Input
                  value={draft.path}
                  onChange={({ detail }) => change({ path: detail.value })}
                  autoComplete={false}
                  spellcheck={false}
                />
              </FormField>
              <TagFields tags={draft.tags} onChange={(tags) => change({ tags })} />
            </SpaceBetween>
          </ExpandableSection>
        </SpaceBetween>
      </Container>
      <Container
        header={
          <Header variant="h2" actions={<Button onClick={() => edit(0)}>Edit trusted entity</Button>}>
            Step 1: Select trusted entity
          </Header>
        }
      >
        <PolicyText text={trust} label="Trust policy" />
      </Container>
      <Container
        header={
          <Header variant="h2" actions={<Button onClick={() => edit(1)}>Edit permissions</Button>}>
            Step 2: Add permissions
          </Header>
        }
      >
        {draft.policies.length === 0 && draft.boundary.length === 0 ? (
          <Box color="text-status-inactive">No policies: the role may do nothing until it has one.</Box>
        ) : (
          <ul>
            {draft.policies.map(({ arn, name, type }) => (
              <li key={arn}>
                {name} ({type})
              </li>
            ))}
            {draft.boundary.map(({ arn, name, type }) => (
              <li key={arn}>
                Permissions boundary: {name} ({type})
              </li>
            ))}
          </ul>
        )}
      </Container>
    </SpaceBetween>
  )
}
