import Checkbox from '@cloudscape-design/components/checkbox'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import RadioGroup from '@cloudscape-design/components/radio-group'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { GroupChooser, PolicyChooser, UserChooser } from '../../parts/chooser.tsx'
import type { Wanted } from './wanted.ts'

/** The second step: groups, another user's permissions, or policies; and the boundary. */
export function Permissions(props: { readonly wanted: Wanted; readonly change: (members: Partial<Wanted>) => void }) {
  const { wanted, change } = props
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">Permissions options</Header>}>
        <SpaceBetween size="l">
          <RadioGroup
            ariaLabel="Permissions options"
            value={wanted.how}
            onChange={({ detail }) => change({ how: detail.value as Wanted['how'] })}
            items={[
              {
                value: 'groups',
                label: 'Add user to group',
                description: 'What the policies of the groups allow. The best way where several users need the same.',
              },
              {
                value: 'copy',
                label: 'Copy permissions',
                description: 'The groups, policies, inline policies and boundary of another user.',
              },
              { value: 'attach', label: 'Attach policies directly', description: 'Policies for this user only.' },
            ]}
          />
          {wanted.how === 'groups' ? (
            <GroupChooser chosen={wanted.groups} choose={(groups) => change({ groups })} />
          ) : wanted.how === 'copy' ? (
            <UserChooser one chosen={wanted.from} choose={(from) => change({ from })} />
          ) : (
            <PolicyChooser chosen={wanted.policies} choose={(policies) => change({ policies })} />
          )}
        </SpaceBetween>
      </Container>
      <Container header={<Header variant="h2">Permissions boundary - optional</Header>}>
        <SpaceBetween size="m">
          <Checkbox
            checked={wanted.bounded}
            onChange={({ detail }) => change({ bounded: detail.checked })}
            description="The most that the user's policies can allow."
          >
            Use a permissions boundary
          </Checkbox>
          {wanted.bounded ? (
            <PolicyChooser one chosen={wanted.boundary} choose={(boundary) => change({ boundary })} />
          ) : null}
        </SpaceBetween>
      </Container>
    </SpaceBetween>
  )
}
