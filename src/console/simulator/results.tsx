import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import Table from '@cloudscape-design/components/table'
import { useState } from 'react'
import { type Matched, MatchedStatement } from './matched.tsx'
import type { Question, Result, Statement } from './question.ts'

const decisions = {
  allowed: { type: 'success', text: 'Allowed' },
  explicitDeny: { type: 'error', text: 'Denied' },
  implicitDeny: { type: 'error', text: 'Denied' },
} as const

/** What the simulation said. `give` puts a condition key that was missing into the question. */
export function Results(props: {
  readonly question: Question
  readonly results: readonly Result[]
  readonly give: (key: string) => void
}) {
  const { question, results, give } = props
  const { source, documents } = question
  const [matched, setMatched] = useState<Matched | null>(null)
  const allowed = results.filter(({ decision }) => decision === 'allowed').length
  return (
    <>
      <Table<Result>
        items={results}
        trackBy={({ action, resource }) => `${action} ${resource}`}
        wrapLines
        columnDefinitions={[
          { id: 'action', header: 'Action', minWidth: 140, cell: ({ action }) => action, isRowHeader: true },
          {
            id: 'decision',
            header: 'Decision',
            minWidth: 120,
            cell: ({ decision }) => (
              <StatusIndicator type={decisions[decision].type}>{decisions[decision].text}</StatusIndicator>
            ),
          },
          {
            id: 'resource',
            header: 'Resource',
            minWidth: 140,
            cell: ({ resource }) => <span className="mono">{resource}</span>,
          },
          {
            id: 'why',
            header: 'Why',
            minWidth: 260,
            cell: (result) => (
              <Why result={result} show={(statement) => setMatched({ statement, source, documents })} />
            ),
          },
          {
            id: 'missing',
            header: 'Missing context values',
            minWidth: 180,
            cell: ({ missing }) => <Missing keys={missing} give={give} />,
          },
        ]}
        ariaLabels={{ tableLabel: 'Results' }}
        header={
          <Header variant="h2" description={`${allowed} of ${results.length} allowed.`}>
            Results
          </Header>
        }
      />
      {matched === null ? null : <MatchedStatement matched={matched} close={() => setMatched(null)} />}
    </>
  )
}

function Why({ result, show }: { readonly result: Result; readonly show: (statement: Statement) => void }) {
  const { decision, statements, withinBoundary } = result
  return (
    <SpaceBetween size="xxs">
      {decision === 'explicitDeny' ? <div>A statement denies it:</div> : null}
      {decision === 'implicitDeny' && withinBoundary !== false ? <div>No statement allows it.</div> : null}
      {statements.map((statement) => (
        <Button
          key={JSON.stringify(statement)}
          variant="inline-link"
          formAction="none"
          wrapText
          onClick={() => show(statement)}
        >
          {`${statement.SourcePolicyId}, ${rangeOf(statement)}`}
        </Button>
      ))}
      {withinBoundary === null ? null : (
        <Box color={withinBoundary ? 'inherit' : 'text-status-error'}>
          {withinBoundary ? 'The permissions boundary allows it.' : 'The permissions boundary does not allow it.'}
        </Box>
      )}
    </SpaceBetween>
  )
}

function rangeOf({ StartPosition, EndPosition }: Statement): string {
  return StartPosition.Line === EndPosition.Line
    ? `line ${StartPosition.Line}`
    : `lines ${StartPosition.Line} to ${EndPosition.Line}`
}

function Missing({ keys, give }: { readonly keys: readonly string[]; readonly give: (key: string) => void }) {
  if (keys.length === 0) return <>–</>
  return (
    <SpaceBetween size="xxs">
      {keys.map((key) => (
        <Button key={key} variant="inline-link" formAction="none" wrapText onClick={() => give(key)}>
          {key}
        </Button>
      ))}
    </SpaceBetween>
  )
}
