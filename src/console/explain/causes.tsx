import Badge, { type BadgeProps } from '@cloudscape-design/components/badge'
import Container from '@cloudscape-design/components/container'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type * as Diagnosis from '../../holder/diagnosis/anywhere.ts'
import { sentence } from '../decisions/words.ts'
import { ShellChoice, ShellCommands } from '../parts/shell-commands.tsx'

const certainties: Readonly<Record<Diagnosis.Certainty, readonly [BadgeProps['color'], string]>> = {
  proven: ['green', 'Proven by the text'],
  likely: ['blue', 'Likely'],
  possible: ['grey', 'Possible'],
}

/** The causes, most certain first; the first stands open. */
export function Causes({
  findings,
  know,
}: {
  readonly findings: readonly Diagnosis.Finding[]
  readonly know: typeof Diagnosis
}) {
  const [first, ...others] = findings
  if (first === undefined) return null
  return (
    <SpaceBetween size="l">
      <div data-cause={first.id}>
        <Container
          header={
            <Header variant="h2" description={<Name finding={first} know={know} />}>
              {first.title}
            </Header>
          }
        >
          <SpaceBetween size="m">
            <Telling finding={first} know={know} />
            <ShellChoice />
            <Cure finding={first} />
          </SpaceBetween>
        </Container>
      </div>
      {others.length === 0 ? null : (
        <Container header={<Header variant="h2">Other possibilities, most likely first</Header>}>
          <SpaceBetween size="xs">
            {others.map((finding) => (
              <div key={finding.id} data-cause={finding.id}>
                <ExpandableSection
                  headerText={finding.title}
                  headerDescription={`${certainties[finding.certainty][1]} · ${finding.id}`}
                >
                  <SpaceBetween size="s">
                    <Telling finding={finding} know={know} />
                    <Cure finding={finding} />
                  </SpaceBetween>
                </ExpandableSection>
              </div>
            ))}
          </SpaceBetween>
        </Container>
      )}
    </SpaceBetween>
  )
}

function Name({
  finding: { id, certainty },
  know,
}: {
  readonly finding: Diagnosis.Finding
  readonly know: typeof Diagnosis
}) {
  const [color, words] = certainties[certainty]
  const number = know.causeNumbers[id]
  return (
    <>
      <Badge color={color ?? 'grey'}>{words}</Badge>{' '}
      {[id, number, know.familyOf(id)].filter((part) => part !== null).join(' · ')}
    </>
  )
}

function Telling({
  finding: { id, evidence },
  know,
}: {
  readonly finding: Diagnosis.Finding
  readonly know: typeof Diagnosis
}) {
  return (
    <SpaceBetween size="xs">
      {evidence.length === 0 ? null : (
        <ul className="facts">
          {evidence.map(({ says }) => (
            <li key={says}>{sentence(says)}</li>
          ))}
        </ul>
      )}
      <div>{know.plain(know.catalogue[id].story)}</div>
    </SpaceBetween>
  )
}

function Cure({ finding: { fix } }: { readonly finding: Diagnosis.Finding }) {
  return (
    <SpaceBetween size="xs">
      <strong>{sentence(fix.says)}</strong>
      <ShellCommands commands={fix.commands} what={`command: ${fix.says}`} />
    </SpaceBetween>
  )
}
