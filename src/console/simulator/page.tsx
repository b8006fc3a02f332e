import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import ContentLayout from '@cloudscape-design/components/content-layout'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Textarea from '@cloudscape-design/components/textarea'
import { useMutation } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { usePage } from '../frame/title.ts'
import { Failure } from '../parts/failure.tsx'
import type { HolderKind } from '../parts/holders.ts'
import { PolicyEditor } from '../policies/editor.tsx'
import { blank, textOf } from '../policies/templates.ts'
import { ActionsField } from './actions-field.tsx'
import { ContextField, isSame } from './context-field.tsx'
import { type ContextEntry, type Question, type Source, simulate } from './question.ts'
import { Results } from './results.tsx'
import { SourceField } from './source-field.tsx'

/** A question in the address, as "Why refused?" asks it: `?kind=user&name=alice&arn=…&action=iam:ListUsers&resource=*`. */
function sourceOf(asked: Readonly<Record<string, unknown>>): Source | null {
  const [kind, name, arn] = [textIn(asked, 'kind'), textIn(asked, 'name'), textIn(asked, 'arn')]
  return (kind === 'user' || kind === 'group' || kind === 'role') && name !== '' && arn !== ''
    ? { kind, name, arn }
    : null
}

function textIn(asked: Readonly<Record<string, unknown>>, member: string): string {
  const value = asked[member]
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

/** What would be allowed, by the same code by which requests are judged. */
export function SimulatorPage() {
  usePage({ text: 'Policy simulator', to: '/simulator' })
  const asked = useSearch({ strict: false }) as Readonly<Record<string, unknown>>
  const [source, setSource] = useState<Source | null>(() => sourceOf(asked))
  const [kind, setKind] = useState<HolderKind | 'none'>(source?.kind ?? 'user')
  const [own, setOwn] = useState<string | null>(null)
  const [actions, setActions] = useState<readonly string[]>(() =>
    textIn(asked, 'action') ? [textIn(asked, 'action')] : [],
  )
  const [resources, setResources] = useState(() => textIn(asked, 'resource') || '*')
  const [context, setContext] = useState<readonly ContextEntry[]>([])
  const simulating = useMutation({
    mutationFn: async (question: Question) => ({ question, results: await simulate(question) }),
  })
  const question: Question = {
    source: kind === 'none' ? null : source,
    documents: own === null ? [] : [own],
    actions,
    resources: resources.split(/\s+/).filter((arn) => arn !== ''),
    context: context.filter(({ key }) => key !== ''),
  }
  const ready = actions.length > 0 && (kind === 'none' ? own !== null : source !== null)
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description="What a user, a group or a role may do, without doing it. Nothing is changed, and nothing is logged as refused."
        >
          Policy simulator
        </Header>
      }
    >
      <SpaceBetween size="l">
        <Container header={<Header variant="h2">Policies</Header>}>
          <SpaceBetween size="m">
            <SourceField
              kind={kind}
              source={source}
              choose={(nextKind, next) => {
                setKind(nextKind)
                setSource(next)
                if (nextKind === 'none' && own === null) setOwn(textOf(blank))
              }}
            />
            <OwnPolicy needed={kind === 'none'} text={own} onChange={setOwn} />
          </SpaceBetween>
        </Container>
        <Container header={<Header variant="h2">Request</Header>}>
          <SpaceBetween size="m">
            <ActionsField actions={actions} onChange={setActions} />
            <FormField label="Resources" constraintText="ARNs, one a line; * for actions that have no resource.">
              <Textarea
                value={resources}
                rows={2}
                spellcheck={false}
                onChange={({ detail }) => setResources(detail.value)}
              />
            </FormField>
            <ContextField context={context} onChange={setContext} />
          </SpaceBetween>
        </Container>
        <Button
          variant="primary"
          disabled={!ready}
          loading={simulating.isPending}
          onClick={() => simulating.mutate(question)}
        >
          Run simulation
        </Button>
        <Failure error={simulating.error} title="This cannot be simulated" />
        {simulating.data === undefined ? null : (
          <Results
            {...simulating.data}
            give={(key) => {
              if (!context.some((entry) => isSame(entry.key, key)))
                setContext([...context, { key, type: 'string', values: '' }])
            }}
          />
        )}
      </SpaceBetween>
    </ContentLayout>
  )
}

function OwnPolicy(props: {
  readonly needed: boolean
  readonly text: string | null
  readonly onChange: (text: string | null) => void
}): ReactNode {
  const { needed, text, onChange } = props
  const editor = <PolicyEditor kind="identity" label="Policy to simulate" value={text ?? ''} onChange={onChange} />
  if (needed) return editor
  return (
    <ExpandableSection
      headerText="One more policy - optional"
      headerDescription="As if it were attached, too: to try out what you are about to write."
      expanded={text !== null}
      onChange={({ detail }) => onChange(detail.expanded ? textOf(blank) : null)}
    >
      {text === null ? null : editor}
    </ExpandableSection>
  )
}
