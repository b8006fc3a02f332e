import Alert from '@cloudscape-design/components/alert'
import Container from '@cloudscape-design/components/container'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { ComparedRequest } from '../../authority/console/shapes.ts'
import { CodeBlock } from '../parts/shell-commands.tsx'
import { compareLines, type Part } from './difference.ts'
import { sentence } from './words.ts'
import './compared.css'

/** What was received beside what was signed, as far as that can be known. */
export function Compared({ request }: { readonly request: ComparedRequest }) {
  const { computed, implied, says, difference } = request
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Both sides make a canonical request out of what they see, and sign it. One different character gives another signature. Secrets are masked."
        >
          What was signed
        </Header>
      }
    >
      <SpaceBetween size="m">
        <Alert
          type={implied === null ? 'warning' : 'info'}
          header={implied === null ? 'The secret differs, not the request' : 'What the client did differently'}
        >
          {sentence(says)}
        </Alert>
        {implied === null ? (
          <CodeBlock text={computed.canonicalRequest} what="canonical request" />
        ) : (
          <Lines difference={difference} />
        )}
        <ExpandableSection headerText="String to sign">
          <SpaceBetween size="s">
            {implied === null ? null : <strong>Computed here</strong>}
            <CodeBlock text={computed.stringToSign} what="string to sign, as computed here" />
            {implied === null ? null : (
              <>
                <strong>Signed by the client</strong>
                <CodeBlock text={implied.stringToSign} what="string to sign, as the client signed it" />
              </>
            )}
          </SpaceBetween>
        </ExpandableSection>
        {implied === null ? null : (
          <ExpandableSection headerText="Both canonical requests, to copy">
            <SpaceBetween size="s">
              <strong>Computed here</strong>
              <CodeBlock text={computed.canonicalRequest} what="canonical request, as computed here" />
              <strong>Signed by the client</strong>
              <CodeBlock text={implied.canonicalRequest} what="canonical request, as the client signed it" />
            </SpaceBetween>
          </ExpandableSection>
        )}
      </SpaceBetween>
    </Container>
  )
}

function Lines({ difference }: Pick<ComparedRequest, 'difference'>) {
  return (
    <table className="compared">
      <caption className="visually-hidden">The two canonical requests, line by line</caption>
      <thead>
        <tr>
          <th scope="col">Line</th>
          <th scope="col">Computed here, from what arrived</th>
          <th scope="col">Signed by the client</th>
        </tr>
      </thead>
      <tbody>
        {difference.map(({ kind, computed, implied }, at) => {
          const [left, right] =
            kind === 'changed'
              ? compareLines(computed ?? '', implied ?? '')
              : [whole(computed, kind), whole(implied, kind)]
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name, and never move
            <tr key={at} className={kind}>
              <td>{at + 1}</td>
              <td>
                <span className="label">Computed here</span>
                <Marked parts={left} />
              </td>
              <td>
                <span className="label">Signed by the client</span>
                <Marked parts={right} />
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

function whole(line: string | null, kind: string): readonly Part[] | null {
  return line === null ? null : [{ text: line, differs: kind !== 'same' }]
}

function Marked({ parts }: { readonly parts: readonly Part[] | null }) {
  if (parts === null) return <span className="absent">no such line</span>
  // An empty line is one too: it must have its height.
  if (parts.every(({ text }) => text === '')) return <>{'\u00a0'}</>
  return parts.map(({ text, differs }, at) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: parts have no other name, and never move
    differs ? <mark key={at}>{text}</mark> : <span key={at}>{text}</span>,
  )
}
