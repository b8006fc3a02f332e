import Container from '@cloudscape-design/components/container'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { PolicyChooser } from '../parts/chooser.tsx'
import type { Draft } from './draft.ts'

/** Second step: what the role may do. */
export function AddPermissions(props: { readonly draft: Draft; readonly change: (members: Partial<Draft>) => void }) {
  const { draft, change } = props
  return (
    <SpaceBetween size="l">
      <Container
        header={
          <Header variant="h2" counter={`(${draft.policies.length} chosen)`}>
            Permissions policies
          </Header>
        }
      >
        <PolicyChooser chosen={draft.policies} choose={(policies) => change({ policies })} />
      </Container>
      <ExpandableSection
        variant="container"
        headerText="Set permissions boundary - optional"
        headerDescription="The most that its policies can allow. It allows nothing by itself."
      >
        <PolicyChooser one chosen={draft.boundary} choose={(boundary) => change({ boundary })} />
      </ExpandableSection>
    </SpaceBetween>
  )
}
