import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import ContentLayout from '@cloudscape-design/components/content-layout'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import LiveRegion from '@cloudscape-design/components/live-region'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Textarea from '@cloudscape-design/components/textarea'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { knowledgeQuery } from '../decisions/knowledge.ts'
import { usePage } from '../frame/title.ts'
import { Failure } from '../parts/failure.tsx'
import { pathOf, To } from '../parts/to.tsx'
import { Causes } from './causes.tsx'
import { errorTitle, requestIdsIn } from './read.ts'

/** An error with its whole canonical request has a few kilobytes; whole logs are for `countersign explain`, which stops no page. */
const mostCharacters = 1024 * 1024
/** Who types is not read in the middle of a word. Milliseconds. */
const pause = 300

/** Paste an error, read its cause; what was pasted goes nowhere. */
export function ExplainPage() {
  usePage({ text: 'Explain an error', to: '/explain' })
  const [text, setText] = useState('')
  const settled = useSettled(text)
  const { data: know, error: loading } = useQuery(knowledgeQuery)
  const told = useExplained(settled, know)
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description="Paste what the command, the SDK or the log printed, as much of it as there is. It is read in this browser; nothing of it is sent anywhere or kept."
        >
          Explain an error
        </Header>
      }
    >
      <SpaceBetween size="l">
        <Container>
          <SpaceBetween size="s">
            <FormField
              stretch
              label="Error text"
              {...(text.length > mostCharacters ? { errorText: 'That is more than 1 MB. Paste the error alone.' } : {})}
            >
              <Textarea
                value={text}
                onChange={({ detail }) => setText(detail.value)}
                rows={8}
                // A spelling service would be sent the text.
                spellcheck={false}
                autoComplete={false}
                placeholder="An error occurred (SignatureDoesNotMatch) when calling the GetCallerIdentity operation: …"
              />
            </FormField>
            <Button disabled={text === ''} onClick={() => setText('')}>
              Clear
            </Button>
            <LiveRegion hidden>{spoken(told.explanation)}</LiveRegion>
          </SpaceBetween>
        </Container>
        <Failure error={loading ?? told.failed} title="The text cannot be read" />
        {told.explanation?.heldSecret === true && text !== '' ? (
          <Alert
            type="warning"
            header="This text holds something secret"
            action={<Button onClick={() => setText('')}>Clear the text</Button>}
          >
            There is {listed(told.explanation.exposed)} in it. It was not sent anywhere, and is not shown again below.
            If others have seen that text too, replace the key or end the session.
          </Alert>
        ) : null}
        {told.explanation === null || know === undefined ? null : told.explanation.error === null ? (
          <Container>
            <Box>
              This text is not an AWS error that is known here. Paste the whole message, with the line in which the
              error stands.
            </Box>
          </Container>
        ) : (
          <SpaceBetween size="l">
            <Container header={<Header variant="h2">{errorTitle(told.explanation.error)}</Header>}>
              <SpaceBetween size="s">
                {told.explanation.error.message === '' ? null : (
                  <Box color="text-body-secondary">
                    <span className="mono">{told.explanation.error.message}</span>
                  </Box>
                )}
                {requestIdsIn(settled).map((id) => (
                  <div key={id}>
                    Was it this authority that refused? <To to={pathOf('decisions', id)}>Look up request {id}</To>
                  </div>
                ))}
                {told.explanation.causes.length > 0 ? null : <div>Nothing about credentials explains this error.</div>}
              </SpaceBetween>
            </Container>
            {told.explanation.causes.length === 0 ? null : <Causes findings={told.explanation.causes} know={know} />}
          </SpaceBetween>
        )}
      </SpaceBetween>
    </ContentLayout>
  )
}

type Explained = Awaited<ReturnType<typeof import('../../holder/diagnosis/anywhere.ts')['explainError']>>

/** What the diagnosis says of the text; never of a text that has changed since. */
function useExplained(
  text: string,
  know: typeof import('../../holder/diagnosis/anywhere.ts') | undefined,
): { readonly explanation: Explained | null; readonly failed: unknown } {
  const [told, setTold] = useState<ReturnType<typeof useExplained>>(nothing)
  useEffect(() => {
    if (know === undefined || text.trim() === '' || text.length > mostCharacters) {
      setTold(nothing)
      return
    }
    let current = true
    know.explainError(text).then(
      (explanation) => current && setTold({ explanation, failed: null }),
      (failed: unknown) => current && setTold({ explanation: null, failed }),
    )
    return () => {
      current = false
    }
  }, [text, know])
  return told
}

const nothing = { explanation: null, failed: null }

/** What a screen reader says when it is there; the rest is read on the page. */
function spoken(explanation: Explained | null): string {
  if (explanation === null) return ''
  const [first, ...others] = explanation.causes
  if (first === undefined) return explanation.error === null ? 'No error that is known here.' : 'No cause found.'
  return others.length === 0 ? first.title : `${first.title}. ${others.length} other possibilities.`
}

function useSettled(text: string): string {
  const [settled, settle] = useState(text)
  useEffect(() => {
    // What is cleared goes at once.
    const timer = setTimeout(() => settle(text), text === '' ? 0 : pause)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}

function listed(kinds: readonly string[]): string {
  return kinds.map((kind) => (/^[aeiouA]/.test(kind) ? `an ${kind}` : `a ${kind}`)).join(', ')
}
