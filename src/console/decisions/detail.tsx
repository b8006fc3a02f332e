import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Container from '@cloudscape-design/components/container'
import ContentLayout from '@cloudscape-design/components/content-layout'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import type { DecisionAnswer, DecisionRow } from '../../authority/console/shapes.ts'
import { get } from '../api/call.ts'
import { statusOf } from '../api/failure.ts'
import { usePage } from '../frame/title.ts'
import { English } from '../parts/english.tsx'
import { Failure } from '../parts/failure.tsx'
import { Loading } from '../parts/loading.tsx'
import { pathOf, To } from '../parts/to.tsx'
import { Asked } from './asked.tsx'
import { Compared } from './compared.tsx'
import { Cures, MoreAboutCause } from './cure-steps.tsx'
import { knowledgeQuery } from './knowledge.ts'
import { Walk } from './walk.tsx'
import { operationWords, sentence } from './words.ts'

/** One request: why it was refused, what cures it, and all that the authority saw. */
export function DecisionPage() {
  const { requestId = '' } = useParams({ strict: false }) as { readonly requestId?: string }
  usePage({ text: 'Why refused?', to: '/decisions' }, { text: requestId, to: pathOf('decisions', requestId) })
  const { data, error, isPending } = useQuery({
    queryKey: ['decision', requestId],
    queryFn: () => get<DecisionAnswer>('decision', { requestId }),
  })
  if (isPending) return <Loading />
  if (statusOf(error) === 404 || data === undefined) return <Unknown requestId={requestId} error={error} />
  return (
    <English>
      <Decision {...data} />
    </English>
  )
}

function Unknown({ requestId, error }: { readonly requestId: string; readonly error: unknown }) {
  return (
    <ContentLayout header={<Header variant="h1">{statusOf(error) === 404 ? 'Not known here' : 'Why refused?'}</Header>}>
      <SpaceBetween size="m">
        {statusOf(error) === 404 ? (
          <Alert type="info" header="This authority has no such request on record">
            Either the request <span className="mono">{requestId}</span> went to another authority or to AWS itself, or
            its record has been cleared away since. <To to="/explain">Explain the error text</To> instead, or look
            through <To to="/decisions">what was refused here</To>.
          </Alert>
        ) : (
          <Failure error={error} title="The request cannot be shown" />
        )}
      </SpaceBetween>
    </ContentLayout>
  )
}

function Decision({ decision, walk, request, facts }: DecisionAnswer) {
  const refused = decision.outcome === 'refused'
  return (
    <ContentLayout
      header={
        <Header variant="h1" description={<Answer decision={decision} />}>
          {operationWords(decision)} was {refused ? 'refused' : 'accepted'}
        </Header>
      }
    >
      <SpaceBetween size="l">
        {refused ? <Why decision={decision} /> : null}
        {refused ? <Cures facts={facts} /> : null}
        {request === null ? null : <Compared request={request} />}
        <Walk walk={walk} decision={decision} />
        <Asked decision={decision} facts={facts} />
        {decision.cause === null ? null : <MoreAboutCause cause={decision.cause} />}
      </SpaceBetween>
    </ContentLayout>
  )
}

function Answer({ decision: { outcome, code, status } }: { readonly decision: DecisionRow }) {
  return outcome === 'accepted' ? (
    <StatusIndicator type="success">Accepted</StatusIndicator>
  ) : (
    <StatusIndicator type="error">
      {code ?? 'Refused'} (HTTP {status}) is what the caller saw
    </StatusIndicator>
  )
}

/** The true cause in one line, and what was seen. */
function Why({ decision: { cause, reason, evidence, statement } }: { readonly decision: DecisionRow }) {
  const { data: know } = useQuery(knowledgeQuery)
  const entry =
    cause !== null && know !== undefined && cause in know.catalogue ? know.catalogue[cause as 'key-inactive'] : null
  return (
    <Container header={<Header variant="h2">Why</Header>}>
      <SpaceBetween size="s">
        <Box variant="h3" tagOverride="p" padding="n">
          {entry === null || know === undefined
            ? (cause ?? reason ?? 'No reason is on record')
            : know.plain(entry.title)}
        </Box>
        {evidence.length === 0 ? null : (
          <ul className="facts">
            {evidence.map((says) => (
              <li key={says}>{sentence(says)}</li>
            ))}
          </ul>
        )}
        {statement === null || evidence.some((says) => says.includes(statement)) ? null : (
          <div>
            Deciding statement: <span className="mono">{statement}</span>
          </div>
        )}
        {entry === null || know === undefined ? null : <Box color="text-body-secondary">{know.plain(entry.story)}</Box>}
      </SpaceBetween>
    </Container>
  )
}
