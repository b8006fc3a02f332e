import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator'
import type { DecisionAnswer } from '../../authority/console/shapes.ts'
import { checkWords } from './words.ts'

const marks: Readonly<Record<DecisionAnswer['walk'][number]['result'], readonly [StatusIndicatorProps.Type, string]>> =
  {
    passed: ['success', 'Passed'],
    failed: ['error', 'Failed'],
    'not-reached': ['pending', 'Not reached'],
  }

/** The checks in their order: what passed, where it stopped, and what was never looked at. */
export function Walk({ walk }: Pick<DecisionAnswer, 'walk'>) {
  if (walk.length === 0) return null
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="In this order. The first that fails decides; those after it are not looked at."
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
              <StatusIndicator type={type}>{words}</StatusIndicator>
              {result === 'failed' ? <strong>{checkWords(check)}</strong> : <span>{checkWords(check)}</span>}
            </li>
          )
        })}
      </ol>
    </Container>
  )
}
