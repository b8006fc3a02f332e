import Badge from '@cloudscape-design/components/badge'
import Container from '@cloudscape-design/components/container'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useQuery } from '@tanstack/react-query'
import type { CureFacts } from '../../authority/console/shapes.ts'
import type { CauseId } from '../../holder/diagnosis/anywhere.ts'
import { useSignedIn } from '../api/session.ts'
import { Failure } from '../parts/failure.tsx'
import { Loading } from '../parts/loading.tsx'
import { ShellChoice, ShellCommands } from '../parts/shell-commands.tsx'
import { To } from '../parts/to.tsx'
import type { CureStep } from './cure-step.ts'
import { curesOf } from './cures.ts'
import { knowledgeQuery } from './knowledge.ts'
import { sentence } from './words.ts'

/** So many stand open: who is tired reads no more. */
const mostOpen = 3

/** What to do, with commands for the chosen shell. `signed`: what the client signed instead, where that is known. */
export function Cures({ facts, signed }: { readonly facts: CureFacts; readonly signed: string | null }) {
  const { region } = useSignedIn()
  const { data: know, error } = useQuery(knowledgeQuery)
  const steps = know === undefined ? [] : curesOf(facts, region, know, signed)
  if (know !== undefined && steps.length === 0) return null
  const open = steps.slice(0, mostOpen)
  const more = steps.slice(mostOpen)
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={`Commands ask this authority when AWS_ENDPOINT_URL is ${location.origin} in that shell.`}
        >
          What to do
        </Header>
      }
    >
      <SpaceBetween size="l">
        <Failure error={error} title="The cure cannot be loaded" />
        {know === undefined && error === null ? <Loading /> : null}
        {steps.some(({ commands }) => Object.values(commands).some((lines) => lines.length > 0)) ? (
          <ShellChoice />
        ) : null}
        {open.map((step) => (
          <Step key={`${step.when} ${step.says}`} step={step} />
        ))}
        {more.length === 0 ? null : (
          <ExpandableSection headerText={more.length === 1 ? 'One more way' : `${more.length} more ways`}>
            <SpaceBetween size="l">
              {more.map((step) => (
                <Step key={`${step.when} ${step.says}`} step={step} />
              ))}
            </SpaceBetween>
          </ExpandableSection>
        )}
      </SpaceBetween>
    </Container>
  )
}

function Step({ step: { says, when, commands, by, link } }: { readonly step: CureStep }) {
  const { data: know } = useQuery(knowledgeQuery)
  const words = when === null || know === undefined ? says : know.conditional(when, says)
  return (
    <SpaceBetween size="xs">
      <SpaceBetween size="xs" direction="horizontal" alignItems="center">
        <span>{sentence(words)}</span>
        <Badge color={by === 'administrator' ? 'blue' : 'grey'}>
          {by === 'administrator' ? 'By an administrator' : 'By the caller'}
        </Badge>
        {link === null ? null : <To to={link.to}>{link.text}</To>}
      </SpaceBetween>
      <ShellCommands commands={commands} what={`command: ${says}`} />
    </SpaceBetween>
  )
}

/** The page of the cause, for who wants to be sure. */
export function MoreAboutCause({ cause }: { readonly cause: string }) {
  const { data: know } = useQuery(knowledgeQuery)
  if (know === undefined || !(cause in know.catalogue)) return null
  const { plain, catalogue, familyOf, causeNumbers } = know
  const id = cause as CauseId
  const { symptoms, lookAlikes, excludedBy, prevention } = catalogue[id]
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={[id, causeNumbers[id], familyOf(id)].filter((part) => part !== null).join(' · ')}
        >
          More about this cause
        </Header>
      }
    >
      <SpaceBetween size="xs">
        <Listed
          title="What people see"
          items={symptoms.map(({ code, text }) =>
            plain(code === null || text.includes(code) ? text : `${code}: ${text}`),
          )}
        />
        <Listed
          title="Easily taken for it"
          items={lookAlikes.map((other) => plain(`${catalogue[other.id].title}: ${other.says}`))}
        />
        <Listed title="It is something else when" items={excludedBy.map(plain)} />
        <Listed title="So that it does not come back" items={prevention.map(plain)} />
      </SpaceBetween>
    </Container>
  )
}

function Listed({ title, items }: { readonly title: string; readonly items: readonly string[] }) {
  if (items.length === 0) return null
  return (
    <ExpandableSection headerText={title}>
      <ul>
        {items.map((item) => (
          <li key={item}>{item}</li>
        ))}
      </ul>
    </ExpandableSection>
  )
}
