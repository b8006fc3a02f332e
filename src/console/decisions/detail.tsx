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
import type { CauseId } from '../../cause-ids.ts'
import { get } from '../api/call.ts'
import { statusOf } from '../api/failure.ts'
import { usePage } from '../frame/title.ts'
import { Copy } from '../parts/copy.tsx'
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
          <>
            <Failure error={error} title="The request cannot be shown" />
            {statusOf(error) === 403 ? (
              <Box>
                The address of this page shows an administrator why: give it to one, or the request ID{' '}
                <Copy text={requestId} what="request ID" />.
              </Box>
            ) : null}
          </>
        )}
      </SpaceBetween>
    </ContentLayout>
  )
}

function Decision({ decision, walk, request, facts }: DecisionAnswer) {
  const refused = decision.outcome === 'refused'
  const signedOtherwise = request !== null && request.implied !== null
  return (
    <ContentLayout
      header={
        <Header variant="h1" description={<Answer decision={decision} />}>
          {operationWords(decision)} was {refused ? 'refused' : 'accepted'}
        </Header>
      }
    >
      <SpaceBetween size="l">
        {refused ? <Why decision={decision} signedOtherwise={signedOtherwise} /> : null}
        {/* What was signed tells more than any advice; where it is not known, the advice is all that there is. */}
        {signedOtherwise ? <Compared request={request} /> : null}
        {refused ? <Cures facts={facts} signed={signedOtherwise ? request.says : null} /> : null}
        {request === null || signedOtherwise ? null : <Compared request={request} />}
        <Walk walk={walk} />
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
    <>
      <StatusIndicator type="error">{code ?? 'Refused'}</StatusIndicator> with HTTP {status}: that is all that the
      caller saw.
    </>
  )
}

/** The true cause in one line, and what was seen. `signedOtherwise`: it is known what the client signed instead. */
function Why({ decision, signedOtherwise }: { readonly decision: DecisionRow; readonly signedOtherwise: boolean }) {
  const { cause, reason, evidence, statement } = decision
  const { data: know } = useQuery(knowledgeQuery)
  const entry =
    know !== undefined && cause !== null && cause in know.catalogue ? know.catalogue[cause as CauseId] : null
  // Who changed it, the client or something on the way, nobody can see from here.
  const isOtherRequest = cause === 'request-altered' && signedOtherwise
  const title = isOtherRequest
    ? 'What arrived is not what was signed'
    : entry === null
      ? null
      : know?.plain(entry.title)
  return (
    <Container header={<Header variant="h2">Why</Header>}>
      <SpaceBetween size="s">
        <Box variant="h3" tagOverride="p" padding="n">
          {title ?? cause ?? reason ?? 'No reason is on record'}
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
        {entry === null || know === undefined || isOtherRequest ? null : (
          <Box color="text-body-secondary">{know.plain(entry.story)}</Box>
        )}
      </SpaceBetween>
    </Container>
  )
}
