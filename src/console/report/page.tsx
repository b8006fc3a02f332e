import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import ContentLayout from '@cloudscape-design/components/content-layout'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Table from '@cloudscape-design/components/table'
import { useMutation } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { aws } from '../api/call.ts'
import { usePage } from '../frame/title.ts'
import { download } from '../parts/download.ts'
import { Failure } from '../parts/failure.tsx'
import { When } from '../parts/when.tsx'
import { readCsv } from './csv.ts'

interface Report {
  /** Base64 of the CSV. */
  readonly Content: string
  readonly GeneratedTime: number
}

interface Shown {
  readonly csv: string
  readonly generatedAt: number
  readonly rows: readonly Readonly<Record<string, string>>[]
}

const waitingTime = 500
const mostRows = 100

/** Who has which credential, how old it is, and when it was last used: the file that auditors ask for. */
export function ReportPage() {
  usePage({ text: 'Credential report', to: '/report' })
  const making = useMutation({ mutationFn: makeReport })
  const report = making.data
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description="All users with the state of their passwords, keys and MFA devices. A report is made anew every four hours at most."
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button
                disabled={report === undefined}
                iconName="download"
                onClick={() => report && download('credential-report.csv', report.csv, 'text/csv')}
              >
                Download .csv file
              </Button>
              <Button variant="primary" loading={making.isPending} onClick={() => making.mutate()}>
                Get the report
              </Button>
            </SpaceBetween>
          }
        >
          Credential report
        </Header>
      }
    >
      <SpaceBetween size="l">
        <Failure error={making.error} title="There is no report" />
        {report === undefined ? (
          <Container>
            <Box color="text-body-secondary">Press “Get the report”: it takes a moment for many users.</Box>
          </Container>
        ) : (
          <Rows report={report} />
        )}
      </SpaceBetween>
    </ContentLayout>
  )
}

const columns = [
  ['user', 'User'],
  ['password_enabled', 'Password'],
  ['password_last_used', 'Password last used'],
  ['mfa_active', 'MFA'],
  ['access_key_1_active', 'Key 1 active'],
  ['access_key_1_last_used_date', 'Key 1 last used'],
  ['access_key_2_active', 'Key 2 active'],
  ['access_key_2_last_used_date', 'Key 2 last used'],
] as const

function Rows({ report }: { readonly report: Shown }) {
  const { rows, generatedAt } = report
  return (
    <Table<Readonly<Record<string, string>>>
      items={rows.slice(0, mostRows)}
      trackBy={(row) => row['arn'] ?? ''}
      ariaLabels={{ tableLabel: 'Credential report' }}
      columnDefinitions={columns.map(([id, header], place) => ({
        id,
        header,
        cell: (row) => said(row[id] ?? ''),
        isRowHeader: place === 0,
      }))}
      header={
        <Header
          variant="h2"
          counter={`(${rows.length})`}
          description={
            <>
              Made <When at={generatedAt} />.
              {rows.length > mostRows
                ? ` The first ${mostRows} are shown; the file has all of them, with more columns.`
                : null}
            </>
          }
        >
          Users
        </Header>
      }
    />
  )
}

/** What stands in a field, in words (IAM User Guide, "Getting credential reports"). */
function said(field: string): ReactNode {
  if (field === 'true' || field === 'TRUE') return 'Yes'
  if (field === 'false' || field === 'FALSE') return 'No'
  if (field === 'N/A') return '–'
  if (field === 'no_information') return 'Never'
  return /^\d{4}-\d{2}-\d{2}T/.test(field) ? <When at={field} /> : field
}

async function makeReport(): Promise<Shown> {
  for (let state = 'STARTED'; state !== 'COMPLETE'; ) {
    state = (await aws<{ readonly State: string }>('iam', 'GenerateCredentialReport')).State
    if (state !== 'COMPLETE') await new Promise((resolve) => setTimeout(resolve, waitingTime))
  }
  const { Content, GeneratedTime } = await aws<Report>('iam', 'GetCredentialReport')
  const bytes = Uint8Array.from(atob(Content), (character) => character.charCodeAt(0))
  const csv = new TextDecoder().decode(bytes)
  return { csv, generatedAt: GeneratedTime, rows: readCsv(csv) }
}
