import Box from '@cloudscape-design/components/box'
import ColumnLayout from '@cloudscape-design/components/column-layout'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { lazy, Suspense } from 'react'
import type { FindingsAnswer } from '../../authority/console/shapes.ts'
import { Loading } from '../parts/loading.tsx'
import { To } from '../parts/to.tsx'

// Charts are large: the rest of the page does not wait for them.
const Chart = lazy(async () => {
  const [{ TimelineChart }, { English }] = await Promise.all([
    import('../decisions/timeline.tsx'),
    import('../parts/english.tsx'),
  ])
  return {
    default: () => (
      <English>
        <TimelineChart filters={{}} minutes={60} height={110} />
      </English>
    ),
  }
})

/** Accepted and refused requests of the last hour, and the way to why. */
export function LastHour({ accepted, refused, complete }: FindingsAnswer['lastHour']) {
  const some = complete ? '' : ' or more'
  return (
    <Container
      header={
        <Header variant="h2" actions={<To to="/decisions">Why refused?</To>}>
          The last hour
        </Header>
      }
    >
      <SpaceBetween size="m">
        <ColumnLayout columns={2} minColumnWidth={120} variant="text-grid">
          <Count title="Refused" to="/decisions" text={`${refused.toLocaleString('en')}${some}`} />
          <Count title="Accepted" to="/decisions?outcome=accepted" text={`${accepted.toLocaleString('en')}${some}`} />
        </ColumnLayout>
        <Suspense fallback={<Loading />}>
          <Chart />
        </Suspense>
      </SpaceBetween>
    </Container>
  )
}

function Count({ title, to, text }: { readonly title: string; readonly to: string; readonly text: string }) {
  return (
    <div>
      <Box variant="awsui-key-label">{title}</Box>
      <To to={to} variant="awsui-value-large" ariaLabel={`${title}: ${text}`}>
        {text}
      </To>
    </div>
  )
}
