import Checkbox from '@cloudscape-design/components/checkbox'
import Container from '@cloudscape-design/components/container'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { PasswordFields } from '../password-fields.tsx'
import type { Wanted } from './wanted.ts'

/** The first step: name, path and password. */
export function Details(props: { readonly wanted: Wanted; readonly change: (members: Partial<Wanted>) => void }) {
  const { wanted, change } = props
  return (
    <Container header={<Header variant="h2">User details</Header>}>
      <SpaceBetween size="l">
        <FormField label="User name" constraintText="Letters, digits and + = , . @ - _, 64 at most.">
          <Input
            value={wanted.userName}
            onChange={({ detail }) => change({ userName: detail.value })}
            autoComplete={false}
            spellcheck={false}
          />
        </FormField>
        <ExpandableSection headerText="Path - optional">
          <FormField label="Path" constraintText="Begins and ends with /. It becomes part of the ARN.">
            <Input
              value={wanted.path}
              onChange={({ detail }) => change({ path: detail.value })}
              autoComplete={false}
              spellcheck={false}
            />
          </FormField>
        </ExpandableSection>
        <Checkbox
          checked={wanted.console}
          onChange={({ detail }) => change({ console: detail.checked })}
          description="For a person. Programs need an access key instead, which you create on the user's page."
        >
          Provide user access to the console
        </Checkbox>
        {wanted.console ? (
          <PasswordFields choice={wanted.password} change={(password) => change({ password })} />
        ) : null}
      </SpaceBetween>
    </Container>
  )
}
