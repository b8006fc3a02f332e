import Box from '@cloudscape-design/components/box'
import ColumnLayout from '@cloudscape-design/components/column-layout'
import Container from '@cloudscape-design/components/container'
import ContentLayout from '@cloudscape-design/components/content-layout'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useQuery } from '@tanstack/react-query'
import type { FindingsAnswer } from '../../authority/console/shapes.ts'
import { get } from '../api/call.ts'
import { usePage } from '../frame/title.ts'
import { Failure } from '../parts/failure.tsx'
import { Loading } from '../parts/loading.tsx'
import { To } from '../parts/to.tsx'
import { AccountFacts } from './account.tsx'
import { Findings } from './findings.tsx'
import { LastHour } from './last-hour.tsx'

const findingsQuery = {
  queryKey: ['findings'],
  queryFn: () => get<FindingsAnswer>('findings'),
  refetchInterval: 30_000,
} as const

/** What needs somebody's hand, what there is, and what was refused just now. */
export function DashboardPage() {
  usePage({ text: 'Dashboard', to: '/' })
  const { data, error } = useQuery(findingsQuery)
  return (
    <ContentLayout header={<Header variant="h1">Dashboard</Header>}>
      <SpaceBetween size="l">
        {error === null ? null : <Failure error={error} title="The findings cannot be shown" />}
        {data === undefined ? (
          error === null ? (
            <Loading />
          ) : null
        ) : (
          <SpaceBetween size="l">
            <Findings findings={data.findings} />
            <Counts counts={data.counts} />
            <LastHour {...data.lastHour} />
          </SpaceBetween>
        )}
        <AccountFacts />
      </SpaceBetween>
    </ContentLayout>
  )
}

const places: readonly (readonly [keyof FindingsAnswer['counts'], string, string])[] = [
  ['users', 'Users', '/users'],
  ['groups', 'User groups', '/groups'],
  ['roles', 'Roles', '/roles'],
  ['policies', 'Customer managed policies', '/policies'],
  ['providers', 'Identity providers', '/providers'],
  ['accessKeys', 'Access keys', '/users'],
  ['mfaDevices', 'MFA devices', '/users'],
]

function Counts({ counts }: Pick<FindingsAnswer, 'counts'>) {
  return (
    <Container header={<Header variant="h2">IAM resources</Header>}>
      <ColumnLayout columns={4} minColumnWidth={120} variant="text-grid">
        {places.map(([member, title, to]) => (
          <div key={member}>
            <Box variant="awsui-key-label">{title}</Box>
            <To to={to} variant="awsui-value-large" ariaLabel={`${title}: ${counts[member]}`}>
              {counts[member].toLocaleString('en')}
            </To>
          </div>
        ))}
      </ColumnLayout>
    </Container>
  )
}
