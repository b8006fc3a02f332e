import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import ContentLayout from '@cloudscape-design/components/content-layout'
import Header from '@cloudscape-design/components/header'
import LiveRegion from '@cloudscape-design/components/live-region'
import PropertyFilter from '@cloudscape-design/components/property-filter'
import SegmentedControl from '@cloudscape-design/components/segmented-control'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import Table from '@cloudscape-design/components/table'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { lazy, memo, type ReactNode, Suspense, useDeferredValue, useMemo } from 'react'
import type { DecisionRow } from '../../authority/console/shapes.ts'
import { usePage } from '../frame/title.ts'
import { English } from '../parts/english.tsx'
import { Failure } from '../parts/failure.tsx'
import { LoadOlder } from '../parts/load-older.tsx'
import { Loading } from '../parts/loading.tsx'
import { pathOf, To } from '../parts/to.tsx'
import { When } from '../parts/when.tsx'
import {
  filteringOptions,
  filteringProperties,
  filtersOf,
  filtersOfQuery,
  type Outcome,
  outcomeOf,
  queryOf,
  searchOf,
} from './filters.ts'
import { type LiveDecisions, useDecisions } from './live.ts'
import { counted, operationWords, shortPrincipal } from './words.ts'

const Timeline = lazy(async () => ({ default: (await import('./timeline.tsx')).Timeline }))

const outcomes: readonly (readonly [Outcome, string])[] = [
  ['refused', 'Refused'],
  ['accepted', 'Accepted'],
  ['all', 'All'],
]

/** What was asked of the authority, newest first, as it happens. */
export function DecisionsPage() {
  usePage({ text: 'Why refused?', to: '/decisions' })
  const search = useSearch({ strict: false }) as Readonly<Record<string, unknown>>
  const navigate = useNavigate()
  const filters = filtersOf(search)
  const outcome = outcomeOf(search)
  const live = useDecisions(filters)
  const show = (next: ReturnType<typeof searchOf>) => void navigate({ to: '/decisions', search: next, replace: true })
  // Whoever types or clicks goes before what comes in.
  const rows = useDeferredValue(live.rows)
  const options = useMemo(() => filteringOptions(rows, Date.now()), [rows])
  return (
    <English>
      <ContentLayout
        header={
          <Header
            variant="h1"
            description="Every request that came here and what was decided. Open one to see which check failed, what was seen, and what cures it."
            actions={<LiveActions live={live} />}
          >
            Why refused?
          </Header>
        }
      >
        <SpaceBetween size="l">
          <Suspense fallback={<Loading />}>
            <Timeline filters={filters} />
          </Suspense>
          <Container>
            <SpaceBetween size="m">
              <SpaceBetween size="xs">
                <SegmentedControl
                  label="Outcome"
                  selectedId={outcome}
                  options={outcomes.map(([id, text]) => ({ id, text }))}
                  onChange={({ detail }) => show(searchOf(filters, detail.selectedId as Outcome))}
                />
                <PropertyFilter
                  query={queryOf(filters)}
                  onChange={({ detail }) => show(searchOf(filtersOfQuery(detail), outcome))}
                  filteringProperties={filteringProperties}
                  filteringOptions={options}
                  freeTextFiltering={{ operators: [':'], defaultOperator: ':' }}
                  hideOperations
                  expandToViewport
                  filteringPlaceholder="Principal, key, code, cause, operation, time, or any text"
                  filteringAriaLabel="Filter requests"
                  countText={live.loading ? '' : `${counted(rows.length, 'request')} shown`}
                />
              </SpaceBetween>
              <Lost live={live} />
              {rows.length > 0 ? (
                <Requests rows={rows} />
              ) : live.loading ? (
                <Loading />
              ) : (
                <Empty filtered={Object.keys(filters).length > 1} live={live} />
              )}
              <Older live={live} />
            </SpaceBetween>
          </Container>
        </SpaceBetween>
      </ContentLayout>
    </English>
  )
}

const columns: readonly {
  readonly id: string
  readonly header: string
  readonly isRowHeader?: boolean
  readonly minWidth?: number
  readonly cell: (row: DecisionRow) => ReactNode
}[] = [
  {
    id: 'operation',
    header: 'Request',
    isRowHeader: true,
    minWidth: 160,
    cell: (row) => <To to={pathOf('decisions', row.requestId)}>{operationWords(row)}</To>,
  },
  {
    id: 'answer',
    header: 'Answer',
    minWidth: 260,
    cell: ({ outcome, code, status }) => (
      <StatusIndicator type={outcome === 'refused' ? 'error' : 'success'}>
        {outcome === 'refused' ? (code ?? `Refused, ${status}`) : 'Accepted'}
      </StatusIndicator>
    ),
  },
  {
    id: 'cause',
    header: 'True cause',
    minWidth: 130,
    cell: ({ cause, reason }) => cause ?? reason ?? '–',
  },
  {
    id: 'who',
    header: 'Who, and from where',
    minWidth: 190,
    cell: ({ principal, accessKeyId, sourceIp }) => (
      <>
        {principal !== null ? (
          shortPrincipal(principal)
        ) : accessKeyId === null ? (
          'Unknown: not signed'
        ) : (
          <span className="mono">{accessKeyId}</span>
        )}
        <Box color="text-body-secondary" fontSize="body-s">
          {sourceIp}
        </Box>
      </>
    ),
  },
  { id: 'at', header: 'Time', minWidth: 125, cell: ({ at }) => <When at={at} seconds /> },
]

/** Drawn anew only when there are other rows: it is what takes time. */
const Requests = memo(function Requests({ rows }: { readonly rows: readonly DecisionRow[] }) {
  return (
    <Table<DecisionRow>
      items={rows}
      trackBy="requestId"
      variant="embedded"
      wrapLines
      enableKeyboardNavigation
      ariaLabels={{ tableLabel: 'Requests' }}
      columnDefinitions={columns}
    />
  )
})

function LiveActions({ live }: { readonly live: ReturnType<typeof useDecisions> }) {
  const { paused, waiting, stream, pause, refresh } = live
  return (
    <SpaceBetween direction="horizontal" size="xs" alignItems="center">
      {paused ? (
        <StatusIndicator type="stopped">Paused</StatusIndicator>
      ) : stream === 'live' ? (
        <StatusIndicator type="success">Live</StatusIndicator>
      ) : stream === 'connecting' ? (
        <StatusIndicator type="pending">Connecting</StatusIndicator>
      ) : (
        <StatusIndicator type="warning">Not live</StatusIndicator>
      )}
      <LiveRegion hidden>{paused && waiting > 0 ? `${counted(waiting, 'new request')} waiting` : ''}</LiveRegion>
      <Button iconName="refresh" ariaLabel="Refresh" onClick={refresh} />
      <Button iconName={paused ? 'caret-right-filled' : 'pause'} onClick={() => pause(!paused)}>
        {!paused ? 'Pause' : waiting === 0 ? 'Resume' : `Resume, ${waiting.toLocaleString('en')} waiting`}
      </Button>
    </SpaceBetween>
  )
}

function Lost({ live: { lost, refresh } }: { readonly live: ReturnType<typeof useDecisions> }) {
  if (lost === null) return null
  return (
    <Alert
      type="warning"
      header={lost.count === null ? 'Some requests are not shown' : `${counted(lost.count, 'request')} not shown`}
      action={<Button onClick={refresh}>Load them</Button>}
    >
      They came faster than they could be sent to this page. They are in the log.
    </Alert>
  )
}

function Empty({ filtered, live }: { readonly filtered: boolean; readonly live: LiveDecisions }) {
  if (live.error !== null) return <Failure error={live.error} title="The requests cannot be shown" />
  return (
    <Box textAlign="center" padding="s">
      {live.next !== null
        ? 'None among the newest. Look through older ones below.'
        : filtered
          ? 'No request matches these filters.'
          : 'Nothing was refused. This page shows the next refusal as it happens.'}
    </Box>
  )
}

function Older({ live }: { readonly live: ReturnType<typeof useDecisions> }) {
  const { rows, error, cut, next, searchedTo, loading, loadOlder, refresh } = live
  return (
    <SpaceBetween size="xs">
      {error !== null && rows.length > 0 ? <Failure error={error} title="Older requests cannot be loaded" /> : null}
      <Box textAlign="center">
        {cut ? (
          <Button onClick={refresh}>Only the newest {rows.length} are kept here. Begin again</Button>
        ) : next === null ? (
          <Box color="text-body-secondary">{loading || rows.length === 0 ? '' : 'That is all that the log has.'}</Box>
        ) : (
          <LoadOlder loading={loading} load={loadOlder} searchedTo={searchedTo} />
        )}
      </Box>
    </SpaceBetween>
  )
}
