import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Container from '@cloudscape-design/components/container'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import Header from '@cloudscape-design/components/header'
import MixedLineBarChart, { type MixedLineBarChartProps } from '@cloudscape-design/components/mixed-line-bar-chart'
import SegmentedControl from '@cloudscape-design/components/segmented-control'
import Table from '@cloudscape-design/components/table'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { DecisionFilters, TimelineAnswer } from '../../authority/console/shapes.ts'
import { get } from '../api/call.ts'
import { Failure } from '../parts/failure.tsx'
import { When } from '../parts/when.tsx'
import { counted } from './words.ts'

type Minute = TimelineAnswer['minutes'][number]

/** More colours than this cannot be told apart. */
const mostSeries = 7
/** With more bars than this a bar is thinner than a finger and a line of text. */
const mostBars = 60

const spans = [
  ['60', 'Hour'],
  ['360', '6 hours'],
  ['1440', 'Day'],
] as const

/** Accepted and refused requests over time, the refused ones by cause. */
export function Timeline({ filters }: { readonly filters: DecisionFilters }) {
  const [minutes, setMinutes] = useState('60')
  // It has a time span of its own, and shows both outcomes side by side.
  const { since: _, until: __, outcome: ___, ...rest } = filters
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <SegmentedControl
              label="Time span"
              selectedId={minutes}
              options={spans.map(([id, text]) => ({ id, text }))}
              onChange={({ detail }) => setMinutes(detail.selectedId)}
            />
          }
        >
          {minutes === '60' ? 'Requests per minute' : 'Requests over time'}
        </Header>
      }
    >
      <TimelineChart filters={rest} minutes={Number(minutes)} height={140} />
    </Container>
  )
}

/** The chart alone, and a table that says the same. `minutes`: how far back. */
export function TimelineChart(props: {
  readonly filters: DecisionFilters
  readonly minutes: number
  readonly height: number
}) {
  const { filters, minutes, height } = props
  const { data, error } = useQuery({
    queryKey: ['timeline', filters, minutes],
    queryFn: () => get<TimelineAnswer>('decisions/timeline', { ...filters, minutes }),
    placeholderData: keepPreviousData,
    refetchInterval: 10_000,
  })
  if (error !== null) return <Failure error={error} title="The requests cannot be counted" />
  const perBar = Math.ceil(minutes / mostBars)
  const bars = together(data?.minutes ?? [], perBar)
  const series = seriesOf(bars)
  const some = bars.filter((bar) => total(bar) > 0)
  const label = perBar === 1 ? 'Requests per minute' : `Requests per ${perBar} minutes`
  return (
    <>
      <MixedLineBarChart
        series={series}
        stackedBars
        xScaleType="categorical"
        xDomain={bars.map(({ at }) => at)}
        yDomain={[0, Math.max(4, ...bars.map(total)) * 1.1]}
        xTickFormatter={clock}
        yTickFormatter={(value) => (Number.isInteger(value) ? String(value) : '')}
        height={height}
        hideFilter
        ariaLabel={label}
        ariaDescription={`${counted(
          sum(bars, ({ accepted }) => accepted),
          'accepted request',
        )}, ${counted(sum(bars, refusedOf), 'refused one')}. The same follows as a table.`}
        statusType={data === undefined ? 'loading' : 'finished'}
        loadingText="Counting"
        {...(some.length === 0 ? { hideLegend: true } : {})}
      />
      {data?.complete === false ? (
        <Alert type="info">
          There were too many to count. What is older than <When at={data.countedFrom} /> is not in it.
        </Alert>
      ) : null}
      <ExpandableSection headerText="Show as a table" variant="footer">
        <Table<Minute>
          variant="embedded"
          contentDensity="compact"
          wrapLines
          items={[...some].reverse()}
          trackBy="at"
          ariaLabels={{ tableLabel: label }}
          empty={<Box textAlign="center">No requests in this time.</Box>}
          columnDefinitions={[
            { id: 'at', header: 'From', cell: ({ at }) => <When at={at} />, isRowHeader: true },
            { id: 'accepted', header: 'Accepted', cell: ({ accepted }) => accepted },
            {
              id: 'refused',
              header: 'Refused',
              cell: ({ refused }) =>
                Object.entries(refused)
                  .map(([cause, count]) => `${cause}: ${count}`)
                  .join(', ') || '0',
            },
          ]}
        />
      </ExpandableSection>
    </>
  )
}

function seriesOf(bars: readonly Minute[]): readonly MixedLineBarChartProps.BarDataSeries<string>[] {
  const totals = new Map<string, number>()
  for (const { refused } of bars)
    for (const [cause, count] of Object.entries(refused)) totals.set(cause, (totals.get(cause) ?? 0) + count)
  const ranked = [...totals].sort(([, one], [, other]) => other - one).map(([cause]) => cause)
  const named = ranked.slice(0, mostSeries)
  const others = ranked.slice(mostSeries)
  const bar = (title: string, countOf: (minute: Minute) => number) => ({
    title,
    type: 'bar' as const,
    data: bars.map((minute) => ({ x: minute.at, y: countOf(minute) })),
  })
  return [
    ...(bars.some(({ accepted }) => accepted > 0) || named.length === 0
      ? [{ ...bar('accepted', ({ accepted }) => accepted), color: accepted }]
      : []),
    ...named.map((cause) => bar(cause, ({ refused }) => refused[cause] ?? 0)),
    ...(others.length === 0
      ? []
      : [bar(`${others.length} other causes`, ({ refused }) => sum(others, (cause) => refused[cause] ?? 0))]),
  ]
}

/** Cloudscape's green of what went well; the refused ones get its colours for categories. */
const accepted = '#67a353'

function together(minutes: readonly Minute[], size: number): readonly Minute[] {
  if (size === 1) return minutes
  const bars: Minute[] = []
  for (let from = 0; from < minutes.length; from += size) {
    const part = minutes.slice(from, from + size)
    const refused: Record<string, number> = {}
    for (const minute of part)
      for (const [cause, count] of Object.entries(minute.refused)) refused[cause] = (refused[cause] ?? 0) + count
    bars.push({ at: part[0]!.at, accepted: sum(part, ({ accepted: count }) => count), refused })
  }
  return bars
}

function sum<Item>(items: readonly Item[], countOf: (item: Item) => number): number {
  return items.reduce((total, item) => total + countOf(item), 0)
}

function refusedOf({ refused }: Minute): number {
  return Object.values(refused).reduce((total, count) => total + count, 0)
}

function total(minute: Minute): number {
  return minute.accepted + refusedOf(minute)
}

/** `12:05`, UTC as everywhere. */
function clock(at: string): string {
  return at.slice(11, 16)
}
