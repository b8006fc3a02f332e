import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator'
import type { DecisionAnswer, DecisionRow } from '../../authority/console/shapes.ts'
import { checkWords } from './words.ts'

const marks: Readonly<Record<DecisionAnswer['walk'][number]['result'], readonly [StatusIndicatorProps.Type, string]>> =
  {
    passed: ['success', 'Passed'],
    failed: ['error', 'Failed'],
    'not-reached': ['pending', 'Not reached'],
  }

/** The checks in their order: what passed, where it stopped, and what was never looked at. */
export function Walk({ walk, decision }: { readonly walk: DecisionAnswer['walk']; readonly decision: DecisionRow }) {
  if (walk.length === 0) return null
  const later = decision.outcome === 'refused' && walk.every(({ result }) => result === 'passed')
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="In this order; the first that fails answers, and nothing after it is looked at."
        >
          The checks
        </Header>
      }
    >
      <ol className="walk">
        {walk.map(({ check, result }) => {
          const [type, words] = marks[result]
          return (
            <li key={check} aria-current={result === 'failed' ? 'step' : undefined}>
              <SpaceBetween size="xs" direction="horizontal">
                <StatusIndicator type={type}>{words}</StatusIndicator>
                {result === 'failed' ? <strong>{checkWords(check)}</strong> : <span>{checkWords(check)}</span>}
              </SpaceBetween>
            </li>
          )
        })}
        {later ? (
          <li aria-current="step">
            <SpaceBetween size="xs" direction="horizontal">
              <StatusIndicator type="error">Failed</StatusIndicator>
              <strong>Who signed is proven. What was asked for was then refused: {decision.reason}</strong>
            </SpaceBetween>
          </li>
        ) : null}
      </ol>
    </Container>
  )
}
